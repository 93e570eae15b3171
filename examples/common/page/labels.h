/* Labels in a column that want to stand at certain places and need room. */
#ifndef EXAMPLES_LABELS_H
#define EXAMPLES_LABELS_H

enum { LABELS_MOST = 16 };

/* Moves the places, in whatever order they come, until they are a gap apart and between lo and hi,
 * keeping their order and moving as little as can be (least squares). Where the gap is too large
 * for all to fit it is made smaller. At most LABELS_MOST. */
void labels_spread(int n, double *places, double gap, double lo, double hi);

#endif
