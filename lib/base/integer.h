/* Small arithmetic on sizes and strides. */
#ifndef TT_INTEGER_H
#define TT_INTEGER_H

#include <stdint.h>

static inline int64_t smaller(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

static inline int64_t larger(int64_t a, int64_t b)
{
    return a > b ? a : b;
}

static inline int64_t magnitude(int64_t a)
{
    return a < 0 ? -a : a;
}

/* a / b, rounded up; a is not negative. */
static inline int64_t ceil_div(int64_t a, int64_t b)
{
    return (a + b - 1) / b;
}

/* Where element k lies, counted with the last of n axes fastest: its index along each axis times
 * the axis's step. */
static inline int64_t row_major_at(int64_t k, int n, const int64_t *size, const int64_t *step)
{
    int64_t at = 0;
    for (int i = n - 1; i >= 0; k /= size[i--])
        at += k % size[i] * step[i];
    return at;
}

#endif
