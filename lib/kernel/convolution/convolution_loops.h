/* The table of inner loops of convolution, filled once per instruction set by convolution_loops.c.
 * What they read are planes (planes.h): a number of the sum, k, is a place `at[k]` in them, from
 * which the elements of neighbouring results lie side by side. */
#ifndef TT_KERNEL_CONVOLUTION_LOOPS_H
#define TT_KERNEL_CONVOLUTION_LOOPS_H

#include "kernel/walk/loops.h"

/* Where results go: a tile is columns p, p + 1, ... of planes `pitch` wide, of which those below
 * `count` are results. */
typedef struct conv_target {
    void
        *data; /* of result 0 of the first row of the planes, in the first of the tile's channels */
    const void *bias;                     /* of that channel, or NULL */
    int64_t channel, row, col, bias_step; /* elements apart */
    int64_t pitch, count;
} conv_target;

typedef struct conv_shape { /* of a tile of results: channels, and columns in adjacent lanes */
    int channels, columns;
} conv_shape;

typedef void conv_tile_fn(int64_t n, const void *w, const void *x, const int64_t *at, void *tile);
typedef void conv_dots_fn(int64_t n, const void *g, int64_t g_step, const void *x,
                          const int64_t *at, void *sums);

typedef struct conv_loops {
    /* The shape of tiles: of many channels, and of one (0 and 1 below, too). */
    conv_shape shape[2];
    /* tile (channels, columns) = sum over k < n of w[k channels + i] x[at[k] + j] */
    conv_tile_fn *tile[2];
    /* Writes `channels` rows of a tile, of which `columns` count, that begins at column p. */
    void (*put)(const conv_target *to, int64_t channels, const void *tile, int64_t tile_step,
                int64_t p, int64_t columns);
    /* Of sums: rows of g, and places in x; and how many lanes n must be a multiple of. */
    conv_shape sums[2];
    int lanes;
    /* sums (rows, places) = sum over p < n of g[i g_step + p] x[at[k] + p] */
    conv_dots_fn *dots[2];
    /* The same of one row and place, over `rows` of `count` columns that are `pitch` apart: what
     * lies between them is not touched. */
    double (*dot_rows)(int64_t rows, int64_t count, int64_t pitch, const void *g, const void *x);
    void (*gather)(int64_t n, void *to, int64_t to_step, const void *from, int64_t step);
    void (*add)(int64_t n, void *to, const void *from);
} conv_loops;

typedef struct convolution_kernels {
    conv_loops of[FLOATS]; /* F32, F64 */
} convolution_kernels;

#endif
