/* Adding to elements of one type: included by gather.c after gather_typed.h, with T, SUM(a, b) and
 * NAME(x) defined. */

VECTOR void NAME(add_one)(T *d, T *o)
{
    *d = SUM(*d, *o);
}

VECTOR void NAME(add_row)(int64_t n, T *restrict d, T *restrict o)
{
#pragma omp simd
    for (int64_t i = 0; i < n; i++)
        d[i] = SUM(d[i], o[i]);
}

static bool NAME(add)(const line *l)
{
    return NAME(line)(l, NAME(add_one), NAME(add_row));
}
