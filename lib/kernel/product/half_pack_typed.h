/* The copying loop of gemv_loops.c for a matrix of 16-bit floats, which makes float32 of it:
 * included after vector_typed.h, with its macros. */

static void NAME(widen)(int64_t n, const A *src, float *dst)
{
    int64_t j = 0;
    for (; j + LANES <= n; j += LANES) {
        AS_LANES(v, src + j);
        for (int l = 0; l < LANES; l++)
            dst[j + l] = v[l];
    }
    for (; j < n; j++)
        dst[j] = LOAD(src[j]);
}

/* dst (rows, ld) = src (rows, cols) with contiguous columns, LANES rows and SQUARE columns at a
 * time */
static void NAME(pack_turned)(int64_t rows, int64_t cols, int64_t ld, const A *src, int64_t col,
                              float *dst)
{
    float part[SQUARE * LANES];
    for (int64_t j = 0; j < cols; j += SQUARE)
        for (int64_t i = 0; i < rows; i += LANES) {
            int64_t w = cols - j < SQUARE ? cols - j : SQUARE;
            int64_t h = rows - i < LANES ? rows - i : LANES;
            for (int64_t k = 0; k < w; k++)
                NAME(widen)(h, src + (j + k) * col + i, part + k * LANES);
            ISA(transpose_4)
            (h, w, (char *)(dst + i * ld + j), ld * (int64_t)sizeof(float), (const char *)part,
             LANES * (int64_t)sizeof(float));
        }
}

static void NAME(pack)(int64_t rows, int64_t cols, int64_t ld, const void *vsrc, int64_t row,
                       int64_t col, void *vdst)
{
    const A *src = vsrc;
    float *dst = vdst;
    if (row == 1 && col != 1) {
        NAME(pack_turned)(rows, cols, ld, src, col, dst);
        return;
    }
    for (int64_t i = 0; i < rows; i++, src += row, dst += ld) {
        if (col == 1) {
            for (int64_t j = 0; i + AHEAD < rows && j < cols; j += LINE / (int64_t)sizeof(A))
                PREFETCH(src + AHEAD * row + j);
            NAME(widen)(cols, src, dst);
        } else {
            for (int64_t j = 0; j < cols; j++)
                dst[j] = LOAD(src[j * col]);
        }
    }
}
