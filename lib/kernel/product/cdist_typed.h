/* The loops of a tile for one type, with T and NAME(x) defined. Included by cdist_loops.c. The
 * inner loops run over a constant number of lanes, which the compiler turns into vectors. */

/* What a difference counts; how is a constant where this is inlined. */
VECTOR T NAME(counts)(cdist_kind how, T e, T p)
{
    return how == CDIST_COUNT    ? (T)(e != 0)
           : how == CDIST_SUM    ? NAME(abs)(e)
           : how == CDIST_SQUARE ? e * e
           : how == CDIST_POWER  ? POW(NAME(abs)(e), p)
                                 : NAME(abs)(e);
}

VECTOR void NAME(forward)(cdist_kind how, int64_t n, int64_t depth, const T *restrict a,
                          const T *restrict b, T p, T *restrict acc)
{
    for (int64_t i = 0; i < n; i++) {
        T lane[CDIST_COLUMNS] = {0};
        for (int64_t k = 0; k < depth; k++) {
            const T x = a[i * CDIST_DEPTH + k];
#pragma omp simd
            for (int j = 0; j < CDIST_COLUMNS; j++) {
                const T v = NAME(counts)(how, x - b[k * CDIST_COLUMNS + j], p);
                lane[j] = how != CDIST_MAX ? lane[j] + v : v > lane[j] || v != v ? v : lane[j];
            }
        }
        for (int j = 0; j < CDIST_COLUMNS; j++) {
            T *to = &acc[i * CDIST_COLUMNS + j];
            *to = how != CDIST_MAX                      ? *to + lane[j]
                  : lane[j] > *to || lane[j] != lane[j] ? lane[j]
                                                        : *to;
        }
    }
}

/* The derivative of the distance y by a coordinate that differs by e. Of CDIST_MAX g has been
 * divided among the coordinates that attain it. */
VECTOR T NAME(slope)(cdist_kind how, T e, T y, T p)
{
    const T sign = NAME(sign)(e);
    return how == CDIST_COUNT    ? 0
           : how == CDIST_SUM    ? sign
           : how == CDIST_SQUARE ? e
           : how == CDIST_POWER  ? (e == 0 ? 0 : sign * POW(NAME(abs)(e) / y, p - 1))
                                 : (NAME(abs)(e) == y ? sign : 0);
}

VECTOR void NAME(backward)(cdist_kind how, int64_t n, int64_t columns, const T *restrict a,
                           const T *restrict b, const T *restrict g, const T *restrict y, T p,
                           T *restrict acc)
{
    for (int64_t i = 0; i < n; i++) {
        T lane[CDIST_DEPTH] = {0};
        for (int64_t j = 0; j < columns; j++) {
            const T d = y[i * CDIST_DEPTH + j];
            if (d == 0)
                continue;
            const T w = g[i * CDIST_DEPTH + j] / (how == CDIST_SQUARE ? d : 1);
#pragma omp simd
            for (int k = 0; k < CDIST_DEPTH; k++) {
                const T e = a[i * CDIST_DEPTH + k] - b[j * CDIST_DEPTH + k];
                lane[k] += w * NAME(slope)(how, e, d, p);
            }
        }
        for (int k = 0; k < CDIST_DEPTH; k++)
            acc[i * CDIST_DEPTH + k] += lane[k];
    }
}

/* One function for each kind, so that its kind is a constant. */
#define LOOPS(id, how)                                                                             \
    static void NAME(id##_forward)(int64_t n, int64_t depth, const void *a, const void *b,         \
                                   double p, void *acc)                                            \
    {                                                                                              \
        NAME(forward)(how, n, depth, a, b, (T)p, acc);                                             \
    }                                                                                              \
    static void NAME(id##_backward)(int64_t n, int64_t columns, const void *a, const void *b,      \
                                    const void *g, const void *y, double p, void *acc)             \
    {                                                                                              \
        NAME(backward)(how, n, columns, a, b, g, y, (T)p, acc);                                    \
    }
LOOPS(count, CDIST_COUNT)
LOOPS(sum, CDIST_SUM)
LOOPS(square, CDIST_SQUARE)
LOOPS(power, CDIST_POWER)
LOOPS(max, CDIST_MAX)
#undef LOOPS
