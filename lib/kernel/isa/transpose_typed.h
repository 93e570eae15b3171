/* Transposition of tiles of one size of elements, with T, NAME(x), TRANSPOSE (the name of what is
 * exported) and, where there are intrinsics for it, TURN, which turns a square, defined. Included
 * by transpose_loops.c. */

#ifndef TURN
#define TURN NAME(turn)
static void NAME(turn)(T (*restrict y)[BLOCK], T (*restrict x)[BLOCK])
{
    for (int i = 0; i < BLOCK; i++)
        for (int k = 0; k < BLOCK; k++)
            y[i][k] = x[k][i];
}
#endif

static void NAME(block)(char *dst, int64_t dst_row_step, const char *src, int64_t src_col_step)
{
    _Alignas(64) T x[BLOCK][BLOCK], y[BLOCK][BLOCK];
    for (int k = 0; k < BLOCK; k++)
        memcpy(x[k], src + k * src_col_step, sizeof x[k]);
    TURN(y, x);
    for (int i = 0; i < BLOCK; i++)
        memcpy(dst + i * dst_row_step, y[i], sizeof y[i]);
}

static void NAME(edge)(int64_t rows, int64_t cols, char *dst, int64_t dst_row_step, const char *src,
                       int64_t src_col_step)
{
    for (int64_t i = 0; i < rows; i++)
        for (int64_t k = 0; k < cols; k++)
            ((T *)(void *)(dst + i * dst_row_step))[k] =
                ((const T *)(const void *)(src + k * src_col_step))[i];
}

void TRANSPOSE(int64_t rows, int64_t cols, char *dst, int64_t dst_row_step, const char *src,
               int64_t src_col_step)
{
    for (int64_t i = 0; i < rows; i += BLOCK)
        for (int64_t k = 0; k < cols; k += BLOCK) {
            char *to = dst + i * dst_row_step + k * (int64_t)sizeof(T);
            const char *from = src + k * src_col_step + i * (int64_t)sizeof(T);
            if (k + 2 * BLOCK <= cols)
                fetch(to + BLOCK * sizeof(T), dst_row_step, from + BLOCK * src_col_step,
                      src_col_step);
            int64_t m = smaller(rows - i, BLOCK), n = smaller(cols - k, BLOCK);
            if (m == BLOCK && n == BLOCK)
                NAME(block)(to, dst_row_step, from, src_col_step);
            else
                NAME(edge)(m, n, to, dst_row_step, from, src_col_step);
        }
}
