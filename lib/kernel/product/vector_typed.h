/* The loops of gemv_loops.c in which a matrix meets a vector: included once per type of the matrix,
 * with A (its element), LOAD(a) (the same as a T), AS_LANES(v, a) (LANES of them as an array v), T
 * (the element of the vectors), LANES and NAME(x) defined. Accumulators are arrays of fixed length,
 * so that the compiler keeps them in vector registers and the order of summation is the same
 * whatever their width. */

/* The sum of the lanes, the upper half added to the lower until one is left. */
static T NAME(fold)(const T *lane)
{
    T s[LANES / 2];
    for (int l = 0; l < LANES / 2; l++)
        s[l] = lane[l] + lane[l + LANES / 2];
    for (int w = LANES / 4; w > 0; w /= 2)
        for (int l = 0; l < w; l++)
            s[l] += s[l + w];
    return s[0];
}

static T NAME(dot_any)(int64_t k, const A *a, int64_t col, const T *x, int64_t step)
{
    T s[4] = {0};
    int64_t j = 0;
    for (; j + 4 <= k; j += 4)
        for (int l = 0; l < 4; l++)
            s[l] += LOAD(a[(j + l) * col]) * x[(j + l) * step];
    for (int l = 0; j < k; j++, l++)
        s[l] += LOAD(a[j * col]) * x[j * step];
    return (s[0] + s[2]) + (s[1] + s[3]);
}

static T NAME(dot)(int64_t k, const A *restrict a, const T *restrict x)
{
    T s[LANES] = {0};
    int64_t j = 0;
    for (; j + LANES <= k; j += LANES) {
        AS_LANES(v, a + j);
        for (int l = 0; l < LANES; l++)
            s[l] += v[l] * x[j + l];
    }
    for (int l = 0; j < k; j++, l++)
        s[l] += LOAD(a[j]) * x[j];
    return NAME(fold)(s);
}

static void NAME(rows)(int64_t m, int64_t k, const void *va, int64_t row, int64_t col,
                       const void *vx, int64_t step, void *vout)
{
    const A *a = va;
    const T *x = vx;
    T *out = vout;
    bool fast = col == 1 && step == 1 && k >= LANES;
    /* one row after the other: memory is read faster in one stream than in several */
    for (int64_t i = 0; i < m; i++)
        out[i] = fast ? NAME(dot)(k, a + i * row, x) : NAME(dot_any)(k, a + i * row, col, x, step);
}

/* s[l] = t[l] + four columns of a, one after the other */
VECTOR void NAME(add4)(const A *restrict a, int64_t col, const T *restrict v, const T *t, T *s)
{
    const T v0 = v[0], v1 = v[1], v2 = v[2], v3 = v[3];
    AS_LANES(c0, a);
    AS_LANES(c1, a + col);
    AS_LANES(c2, a + 2 * col);
    AS_LANES(c3, a + 3 * col);
    for (int l = 0; l < LANES; l++)
        s[l] = (((t[l] + c0[l] * v0) + c1[l] * v1) + c2[l] * v2) + c3[l] * v3;
}

/* out += eight columns of a: fewer would spend more time on out than on a. Eight streams from
 * memory are slower than one, so the next eight columns, if there are more, are fetched meanwhile,
 * one after the other. */
static void NAME(axpy8)(int64_t m, const A *restrict a, int64_t col, const T *restrict x,
                        int64_t step, T *restrict out, bool more)
{
    const A *next = more ? a + 8 * col : a, *end = next + m;
    T v[8];
    for (int c = 0; c < 8; c++)
        v[c] = x[c * step];
    int64_t i = 0;
    for (; i + LANES <= m; i += LANES) {
        T s[LANES];
        for (size_t n = 0; more && n < 8 * LANES; n += LINE / sizeof(A)) {
            PREFETCH(next);
            next += LINE / sizeof(A);
            if (next >= end) {
                next = end + (col - m);
                end += col;
            }
        }
        NAME(add4)(a + i, col, v, out + i, s);
        NAME(add4)(a + i + 4 * col, col, v + 4, s, out + i);
    }
    for (; i < m; i++) {
        T s = out[i];
        for (int c = 0; c < 8; c++)
            s += LOAD(a[i + c * col]) * v[c];
        out[i] = s;
    }
}

static void NAME(axpy)(int64_t m, const A *restrict a, int64_t row, T v, T *restrict out)
{
    if (row == 1)
        for (int64_t i = 0; i < m; i++)
            out[i] += LOAD(a[i]) * v;
    else
        for (int64_t i = 0; i < m; i++)
            out[i] += LOAD(a[i * row]) * v;
}

static void NAME(columns)(int64_t m, int64_t k, const void *va, int64_t row, int64_t col,
                          const void *vx, int64_t step, void *vout)
{
    const A *a = va;
    const T *x = vx;
    T *out = vout;
    int64_t j = 0;
    for (int64_t i = 0; i < m; i++)
        out[i] = 0;
    for (; row == 1 && j + 8 <= k; j += 8)
        NAME(axpy8)(m, a + j * col, col, x + j * step, step, out, j + 16 <= k);
    for (; j < k; j++)
        NAME(axpy)(m, a + j * col, row, x[j * step], out);
}
