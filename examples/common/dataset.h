/* Labelled pictures or rows of numbers, from CSV (last column the label) or MNIST idx files, either
 * of them compressed with gzip or not. */
#ifndef EXAMPLES_DATASET_H
#define EXAMPLES_DATASET_H

#include <stdbool.h>
#include <stdint.h>

typedef struct dataset {
    int64_t n, features, classes;
    float *x; /* (n, features) */
    int64_t *y;
} dataset;

/* False: one line about what is wrong, with file, line and column, has been printed. */
bool dataset_read_csv(const char *path, dataset *d);
/* images and labels of MNIST's idx format; pixels are scaled to 0 .. 1 */
bool dataset_read_idx(const char *images, const char *labels, dataset *d);
void dataset_free(dataset *d);

#endif
