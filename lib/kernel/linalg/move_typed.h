/* Small matrices to columns and back, and the search for what is not finite. For the type T, whose
 * bits BITS show an infinity or a NaN by those of INF. */
static void NAME(move_in)(matrix m, T *restrict to, int64_t ld)
{
    const T *from = m.data;
    for (int64_t j = 0; j < m.cols; j++)
        for (int64_t i = 0; i < m.rows; i++)
            to[j * ld + i] = from[i * m.row + j * m.col];
}

static void NAME(move_out)(const T *restrict from, int64_t ld, matrix m)
{
    T *to = m.data;
    for (int64_t i = 0; i < m.rows; i++)
        for (int64_t j = 0; j < m.cols; j++)
            to[i * m.row + j * m.col] = from[j * ld + i];
}

static bool NAME(finite)(int64_t rows, int64_t cols, const T *a, int64_t ld)
{
    BITS bad = 0;
    for (int64_t j = 0; j < cols; j++)
        for (int64_t i = 0; i < rows; i++) {
            BITS bits;
            memcpy(&bits, &a[j * ld + i], sizeof bits);
            bad |= (BITS)((bits & INF) == INF);
        }
    return !bad;
}
