/* Matrices in the last two axes of operands: several at once, each computed by one thread, or large
 * ones one after the other; and what may be wrong with one. F32 and F64, any strides. */
#ifndef TT_KERNEL_LINALG_BATCH_H
#define TT_KERNEL_LINALG_BATCH_H

#include <stdbool.h>
#include "kernel/walk/kernel.h"

typedef enum linalg_kind {
    LINALG_OK,
    LINALG_NO_MEMORY,    /* recorded already */
    LINALG_TOO_LARGE,    /* for LAPACK's integers */
    LINALG_NOT_FINITE,   /* NaN or an infinity in the matrix */
    LINALG_SINGULAR,     /* pivot `place`, from 0, is zero */
    LINALG_NOT_POSITIVE, /* leading minor `place`, from 1, is not positive */
    LINALG_NOT_CONVERGED
} linalg_kind;

typedef struct linalg_result {
    linalg_kind kind;
    int64_t matrix; /* the first of the batch with which something is wrong */
    int64_t place;
} linalg_result;

static const linalg_result linalg_fine = {LINALG_OK, 0, 0};
static const linalg_result linalg_not_finite = {LINALG_NOT_FINITE, 0, 0};

/* A matrix, a vector (one column) or a number of an operand; strides in elements. */
typedef struct matrix {
    void *data;
    int64_t rows, cols, row, col;
} matrix;

enum { BATCH_OPERANDS = 6 };

typedef struct batch batch;
/* One matrix of each operand. memory: b->memory bytes, aligned to 64. */
typedef linalg_result matrix_fn(const batch *b, const matrix *m, char *memory);

/* The same for n matrices from number `first` on; the result names the first that is refused. */
typedef linalg_result group_fn(const batch *b, int64_t first, int64_t n, char *memory);

/* What is the same for all matrices. Operands have the same leading axes (of stride 0 where they
 * are broadcast), and `axes` behind them; one without data is not wanted. */
struct batch {
    const exec *x;
    tt_dtype dtype;
    int n;
    operand of[BATCH_OPERANDS];
    int axes[BATCH_OPERANDS];
    matrix_fn *fn;
    group_fn *group; /* in place of fn: `lanes` matrices at a time */
    int64_t lanes;
    const void *arg;
    size_t memory;
    double work; /* operations of one matrix or group */
    bool alone;  /* one after the other on the calling thread: fn itself takes others to its help */
};

void batch_init(batch *b, const exec *x, tt_dtype dtype);
/* The next operand. */
void batch_add(batch *b, operand o, int axes);
/* The operand's matrix of the batch with this number. */
matrix batch_matrix(const batch *b, int operand, int64_t number);
linalg_result batch_run(const batch *b);
/* How many matrices an operand with `axes` axes of its own is. */
int64_t batch_count(operand o, int axes);

/* m to columns without gaps but for those of `ld`. False: an element is not finite. */
bool matrix_load(const batch *b, matrix m, void *to, int64_t ld);
/* And back. */
void matrix_store(const batch *b, const void *from, int64_t ld, matrix m);
void matrix_store_vector(const batch *b, const void *from, matrix m);

/* How a matrix of so many rows lies in LAPACK's way; never 0. */
static inline int64_t leading(int64_t rows)
{
    return rows > 0 ? rows : 1;
}

/* Of the matrices of an operand. */
static inline int64_t matrix_rows(operand o)
{
    return o.at->shape[o.at->ndim - 2];
}

static inline int64_t matrix_cols(operand o)
{
    return o.at->shape[o.at->ndim - 1];
}

/* Where the parts of a task's memory begin: each aligned to 64 bytes. */
typedef struct parts {
    int64_t used;
    int64_t size; /* of an element */
} parts;

/* Room for n elements; the offset of it. */
static inline int64_t parts_add(parts *p, int64_t n)
{
    int64_t at = p->used;
    p->used += (n * p->size + 63) / 64 * 64;
    return at;
}

#endif
