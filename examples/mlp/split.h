/* What the perceptron is trained on and tested on. */
#ifndef EXAMPLES_SPLIT_H
#define EXAMPLES_SPLIT_H

#include <tinytensor/tinytensor.h>

/* The files of a folder of MNIST's, as a table of arguments has them. */
#define IDX_FILES                                                                                  \
    "train-images-idx3-ubyte train-labels-idx1-ubyte t10k-images-idx3-ubyte "                      \
    "t10k-labels-idx1-ubyte train-images-idx3-ubyte.gz train-labels-idx1-ubyte.gz "                \
    "t10k-images-idx3-ubyte.gz t10k-labels-idx1-ubyte.gz"

/* Rows x (n, features) and labels y (n). */
typedef struct split {
    tt_tensor *x, *y, *val_x, *val_y;
    int64_t features, classes;
} split;

/* A CSV, of which a fraction is held out, or a folder of MNIST's files, which has test files of its
 * own. What cannot be read ends the program. */
split split_read(tt_ctx *ctx, const char *path, double fraction);

#endif
