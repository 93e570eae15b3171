/* Sums of products of ROWS rows of g with PLACES places in x, with T, LANES, NAME(fold), DOTS (the
 * function), ROWS and PLACES defined; the latter three only once. */
static void DOTS(int64_t n, const void *vg, int64_t step, const void *vx,
                 const int64_t *restrict at, void *vsums)
{
    const T *restrict g = vg, *restrict x = vx, *b[PLACES];
    T *restrict sums = vsums, lane[ROWS][PLACES][LANES];
    for (int k = 0; k < PLACES; k++)
        b[k] = x + at[k];
    for (int i = 0; i < ROWS; i++)
        for (int k = 0; k < PLACES; k++)
            for (int l = 0; l < LANES; l++)
                lane[i][k][l] = 0;
    for (int64_t p = 0; p < n; p += LANES)
        for (int i = 0; i < ROWS; i++)
            for (int k = 0; k < PLACES; k++)
#pragma omp simd
                for (int l = 0; l < LANES; l++)
                    lane[i][k][l] += g[i * step + p + l] * b[k][p + l];
    for (int i = 0; i < ROWS; i++)
        for (int k = 0; k < PLACES; k++)
            sums[i * PLACES + k] = NAME(fold)(lane[i][k]);
}

#undef DOTS
#undef ROWS
#undef PLACES
