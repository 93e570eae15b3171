/* The loops of gemv_loops.c on operands of one type, included after vector_typed.h: once per type,
 * with T (the element), U (what alpha and beta are converted to), NAME(x) and WIDTH defined. */

static void NAME(add)(int64_t m, void *vout, const void *vx)
{
    T *restrict out = vout;
    const T *restrict x = vx;
    for (int64_t i = 0; i < m; i++)
        out[i] += x[i];
}

static void NAME(finish)(int64_t m, const void *vx, double scale, double keep, void *vy,
                         int64_t step)
{
    const T *restrict x = vx;
    T *restrict y = vy;
    const T alpha = (T)(U)scale, beta = (T)(U)keep;
    if (keep != 0) {
        for (int64_t i = 0; i < m; i++)
            y[i * step] = alpha * x[i] + beta * y[i * step];
    } else if (step == 1) {
        for (int64_t i = 0; i < m; i++)
            y[i] = alpha * x[i];
    } else {
        for (int64_t i = 0; i < m; i++)
            y[i * step] = alpha * x[i];
    }
}

/* s[4][WIDTH] = a (4, k) panel (k, WIDTH), both packed. */
static void NAME(micro)(int64_t k, const T *restrict a, const T *restrict b, int64_t ldb,
                        T *restrict s)
{
    T s0[WIDTH] = {0}, s1[WIDTH] = {0}, s2[WIDTH] = {0}, s3[WIDTH] = {0};
    for (int64_t l = 0; l < k; l++, a += 4, b += ldb)
        for (int j = 0; j < WIDTH; j++) {
            s0[j] += a[0] * b[j];
            s1[j] += a[1] * b[j];
            s2[j] += a[2] * b[j];
            s3[j] += a[3] * b[j];
        }
    for (int j = 0; j < WIDTH; j++) {
        s[j] = s0[j];
        s[WIDTH + j] = s1[j];
        s[2 * WIDTH + j] = s2[j];
        s[3 * WIDTH + j] = s3[j];
    }
}

/* dst (rows, ld) = src (rows, cols), the rest of each row zeros. */
static void NAME(pack)(int64_t rows, int64_t cols, int64_t ld, const void *vsrc, int64_t row,
                       int64_t col, void *vdst)
{
    const T *restrict src = vsrc;
    T *restrict dst = vdst;
    int64_t done = 0;
    if (row == 1 && cols >= 16) {
        const int64_t size = sizeof(T);
        for (; done < cols; done += SQUARE)
            (size == 4 ? ISA(transpose_4) : ISA(transpose_8))(
                rows, cols - done < SQUARE ? cols - done : SQUARE, (char *)(dst + done), ld * size,
                (const char *)(src + done * col), col * size);
        done = cols;
    }
    for (int64_t i = 0; i < rows; i++, src += row, dst += ld) {
        for (int64_t j = 0; col == 1 && i + AHEAD < rows && j < cols;
             j += LINE / (int64_t)sizeof(T))
            PREFETCH(src + AHEAD * row + j);
        if (col == 1)
            for (int64_t j = done; j < cols; j++)
                dst[j] = src[j];
        else
            for (int64_t j = done; j < cols; j++)
                dst[j] = src[j * col];
        for (int64_t j = cols; j < ld; j++)
            dst[j] = 0;
    }
}

/* One strip of up to 4 rows of c, over the columns of the packed panel of b. */
static void NAME(strip)(const product_args *p, int64_t rows, int64_t n, int64_t k, const T *a,
                        const T *panel, int64_t ld, T *c, double keep)
{
    T left[4 * PANEL_K], s[4 * WIDTH];
    NAME(pack)(k, rows, 4, a, p->a_col, p->a_row, left);
    for (int64_t j = 0; j < n; j += WIDTH) {
        int64_t w = n - j < WIDTH ? n - j : WIDTH;
        NAME(micro)(k, left, panel + j, ld, s);
        for (int64_t i = 0; i < rows; i++)
            NAME(finish)
        (w, s + i * WIDTH, p->alpha, keep, c + i * p->c_row + j * p->c_col, p->c_col);
    }
}

static void NAME(product)(const product_args *p)
{
    const T *a = p->a, *b = p->b;
    T *c = p->c, *panel = p->panel;
    int64_t l = 0;
    do { /* once for k 0 */
        int64_t k = p->k - l < PANEL_K ? p->k - l : PANEL_K;
        for (int64_t j = 0; j < p->n; j += PANEL_N) {
            int64_t n = p->n - j < PANEL_N ? p->n - j : PANEL_N;
            int64_t ld = (n + WIDTH - 1) / WIDTH * WIDTH;
            NAME(pack)(k, n, ld, b + l * p->b_row + j * p->b_col, p->b_row, p->b_col, panel);
            for (int64_t i = 0; i < p->m; i += 4)
                NAME(strip)
            (p, p->m - i < 4 ? p->m - i : 4, n, k, a + i * p->a_row + l * p->a_col, panel, ld,
             c + i * p->c_row + j * p->c_col, l ? 1 : p->beta);
        }
        l += PANEL_K;
    } while (l < p->k);
}

static void NAME(multiply)(int64_t n, const void *va, int64_t sa, const void *vb, int64_t sb,
                           double scale, bool accumulate, void *vout, int64_t so)
{
    const T *restrict a = va, *restrict b = vb;
    T *restrict out = vout;
    const T alpha = (T)(U)scale;
    if (accumulate) {
        for (int64_t i = 0; i < n; i++)
            out[i * so] += alpha * (a[i * sa] * b[i * sb]);
    } else if (so == 1 && sa == 1 && sb == 1) {
        for (int64_t i = 0; i < n; i++)
            out[i] = alpha * (a[i] * b[i]);
    } else if (so == 1 && sa == 1 && sb == 0) {
        for (int64_t i = 0; i < n; i++)
            out[i] = alpha * (a[i] * b[0]);
    } else if (so == 1 && sa == 0 && sb == 1) {
        for (int64_t i = 0; i < n; i++)
            out[i] = alpha * (a[0] * b[i]);
    } else {
        for (int64_t i = 0; i < n; i++)
            out[i * so] = alpha * (a[i * sa] * b[i * sb]);
    }
}
