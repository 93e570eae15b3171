/* The colours of all pictures: of lines, the same for the same thing; and of weights from 0 to 1.
 * Each for a light ground and for a dark one. */
#ifndef EXAMPLES_PALETTE_H
#define EXAMPLES_PALETTE_H

#include <stdbool.h>

enum { PALETTE_LINES = 6 };

typedef struct rgb {
    int r, g, b;
} rgb;

rgb palette_line(int k, bool dark);
/* From near the ground, at 0, to the most unlike it, at 1; lightness changes evenly. */
rgb palette_weight(double weight, bool dark);
/* The same on a dark ground, of the 240 colours of xterm that no user changes. Chosen by eye: the
 * nearest ones jump from hue to hue. */
int palette_weight_256(double weight);

#endif
