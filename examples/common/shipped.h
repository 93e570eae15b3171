/* What ships with the programs: data and models. */
#ifndef EXAMPLES_SHIPPED_H
#define EXAMPLES_SHIPPED_H

/* Where it lies: in the folder that the environment's TT_DATA_DIR names, if it does; else under
 * examples/ of the project, where the program is run from there; in share/tinytensor beside the
 * program's own folder; or in `installed`. in_project: "data/NAME" or "models/NAME"; the other
 * places have no "data/". Returns room for 4096 characters filled, the last place when it is in
 * none. */
const char *shipped_path(const char *in_project, const char *installed, char *room);

#endif
