/* Copies of what is apart, for the loops of reductions. Included once per type, with T, its SIZE in
 * bytes, and P(x), the prefix of its names, defined; SIZE is undefined at the end. */

/* n elements, s apart. */
static void P(pack)(int64_t n, const T *restrict x, int64_t s, T *restrict out)
{
    for (int64_t i = 0; i < n; i++)
        out[i] = x[i * s];
}

/* n rows of m columns. */
static void P(pack_tile)(int64_t m, int64_t n, const T *restrict x, int64_t cs, int64_t rs,
                         T *restrict out)
{
    if (rs == 1) {
        TRANSPOSE(SIZE)
        (n, m, (char *)out, m * SIZE, (const char *)x, cs * SIZE);
        return;
    }
    for (int64_t j = 0; j < m; j++)
        for (int64_t i = 0; i < n; i++)
            out[i * m + j] = x[j * cs + i * rs];
}
#undef SIZE
