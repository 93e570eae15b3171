/* Tiles of one shape and type, with T, TILE (the function), ROWS (its channels) and COLUMNS
 * defined; the latter three only once. The sums are an array of constant size, which compilers keep
 * in vector registers. */
static void TILE(int64_t n, const void *vw, const void *vx, const int64_t *restrict at, void *vtile)
{
    const T *restrict w = vw, *restrict x = vx;
    T *restrict tile = vtile, sum[ROWS][COLUMNS];
    for (int i = 0; i < ROWS; i++)
        for (int j = 0; j < COLUMNS; j++)
            sum[i][j] = 0;
    for (int64_t k = 0; k < n; k++, w += ROWS) {
        const T *restrict b = x + at[k];
        for (int i = 0; i < ROWS; i++)
#pragma omp simd
            for (int j = 0; j < COLUMNS; j++)
                sum[i][j] += w[i] * b[j];
    }
    for (int i = 0; i < ROWS; i++)
        for (int j = 0; j < COLUMNS; j++)
            tile[i * COLUMNS + j] = sum[i][j];
}

#undef TILE
#undef ROWS
#undef COLUMNS
