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
    char error[4096 + 200]; /* of a reader that failed: one line, with file, line and column */
} dataset;

/* "-" is standard input. False: d->error says what is wrong, and d holds nothing else. */
bool dataset_read_csv(const char *path, dataset *d);
/* images and labels of MNIST's idx format; pixels are scaled to 0 .. 1 */
bool dataset_read_idx(const char *images, const char *labels, dataset *d);
void dataset_free(dataset *d);

#endif
