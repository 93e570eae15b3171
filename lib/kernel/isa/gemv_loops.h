/* The loops of isa/gemv.c in which a matrix meets a vector: included once per type of the matrix,
 * with A (its element), LOAD(a) (the same as a T), LOAD_LANES(a, v) (LANES of them into an array), T
 * (the element of the vectors), LANES and NAME(x) defined. Accumulators are arrays of fixed length, so that the compiler keeps them in vector
 * registers and the order of summation is the same whatever their width. */

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
        T v[LANES];
        LOAD_LANES(a + j, v);
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

/* out += four columns of a, one after the other. */
static void NAME(axpy4)(int64_t m, const A *restrict a, int64_t col, const T *restrict v,
                        T *restrict out)
{
    const A *restrict a1 = a + col, *restrict a2 = a1 + col, *restrict a3 = a2 + col;
    T v0 = v[0], v1 = v[1], v2 = v[2], v3 = v[3];
    int64_t i = 0;
    for (; i + LANES <= m; i += LANES) {
        T c0[LANES], c1[LANES], c2[LANES], c3[LANES];
        LOAD_LANES(a + i, c0);
        LOAD_LANES(a1 + i, c1);
        LOAD_LANES(a2 + i, c2);
        LOAD_LANES(a3 + i, c3);
        for (int l = 0; l < LANES; l++) {
            T s = out[i + l];
            s += c0[l] * v0;
            s += c1[l] * v1;
            s += c2[l] * v2;
            s += c3[l] * v3;
            out[i + l] = s;
        }
    }
    for (; i < m; i++) {
        T s = out[i];
        s += LOAD(a[i]) * v0;
        s += LOAD(a1[i]) * v1;
        s += LOAD(a2[i]) * v2;
        s += LOAD(a3[i]) * v3;
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
    for (; row == 1 && j + 4 <= k; j += 4) {
        const T v[4] = {x[j * step], x[(j + 1) * step], x[(j + 2) * step], x[(j + 3) * step]};
        NAME(axpy4)(m, a + j * col, col, v, out);
    }
    for (; j < k; j++)
        NAME(axpy)(m, a + j * col, row, x[j * step], out);
}

