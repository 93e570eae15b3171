/* The place of the first extremum. Included once per type and direction, with T, P(x), the prefix
 * of the type, and, undefined at the end, NAME(x), BEST (the extremum of a block) and LARGEST (1 or
 * 0).
 */

/* Whether b replaces a, which stands before it; NaN beats all but NaN. */
VECTOR bool NAME(better)(T b, T a)
{
    return (LARGEST ? b > a : b < a) || (IS_NAN(b) && !IS_NAN(a));
}

static int64_t NAME(row)(int64_t n, const void *in, int64_t s, char *space)
{
    const T *x = in;
    T best = x[0], *packed = (T *)(void *)space;
    int64_t from = 0;
    for (int64_t i = 0; i < n && !IS_NAN(best); i += BLOCK) {
        int64_t count = n - i < BLOCK ? n - i : BLOCK;
        if (s != 1)
            P(pack)(count, x + i * s, s, packed);
        T v = BEST(count, s == 1 ? x + i : packed, 0);
        if (NAME(better)(v, best)) {
            best = v;
            from = i;
        }
    }
    while (x[from * s] != best && !IS_NAN(x[from * s]))
        from++;
    return from;
}

static void NAME(column)(int64_t m, int64_t n, const void *in, int64_t cs, int64_t rs,
                         int64_t *restrict at, char *space)
{
    const T *restrict x = in;
    T *restrict best = (T *)(void *)space;
    for (int64_t j = 0; j < m; j++) {
        best[j] = x[j * cs];
        at[j] = 0;
    }
    for (int64_t i = 1; i < n; i++)
        for (int64_t j = 0; j < m; j++) {
            T v = x[i * rs + j * cs];
            bool better = NAME(better)(v, best[j]);
            best[j] = better ? v : best[j];
            at[j] = better ? i : at[j];
        }
}

static bool NAME(beats)(const void *b, const void *a)
{
    return NAME(better)(*(const T *)b, *(const T *)a);
}
#undef NAME
#undef BEST
#undef LARGEST
