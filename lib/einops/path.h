/* The order in which many operands are contracted, two at a time. */
#ifndef TT_EINOPS_PATH_H
#define TT_EINOPS_PATH_H

#include "einops/bind/plan.h"

enum {
    PATH_OPERANDS = PATTERN_TERMS,
    PATH_OPTIMAL = 10, /* up to so many operands every order is weighed */
    PATH_WORDS = (PLAN_AXES + 63) / 64
};

typedef struct axis_set {
    uint64_t word[PATH_WORDS];
} axis_set;

static inline void set_add(axis_set *s, int axis)
{
    s->word[axis / 64] |= (uint64_t)1 << axis % 64;
}

static inline bool set_has(const axis_set *s, int axis)
{
    return s->word[axis / 64] >> axis % 64 & 1;
}

/* What is to be contracted. Every axis is in the output or in two operands at least. */
typedef struct path_problem {
    int n, n_axes;
    const int64_t *size;
    axis_set operand[PATH_OPERANDS];
    axis_set out;
} path_problem;

/* Operands are 0 to n - 1, and n + k is the result of step k. */
typedef struct path_step {
    int a, b;
    axis_set axes; /* of the result */
    double cost;   /* multiplications and additions */
} path_step;

typedef struct path {
    int n;          /* steps */
    double cost;    /* of all of them */
    double largest; /* elements of the largest result */
    path_step step[PATH_OPERANDS];
} path;

/* False when there is no memory, which is recorded. Results have at most LAYOUT_MAX_NDIM axes where
 * some order allows it. */
bool path_find(path *r, const path_problem *q, tt_ctx *ctx);
/* The product of the sizes of some axes. */
double path_elements(const path_problem *q, const axis_set *axes);

#endif
