/* The loops of layer_norm_loops.c over one row of n elements. Included once per type, with T,
 * NAME(x) and EXTREME defined. A row is read twice, from cache the second time: its mean, then its
 * deviations. Where the mean is large it has no digits for its own rounding, which is not small
 * beside the deviations: they are taken from the centre c, as near to the mean as an element can
 * be, and what is left, `rest`, is the mean of these. */

typedef struct NAME(stats) {
    T c, r, rest; /* the mean is c + rest; r: one over the deviation */
} NAME(stats);

/* The 32 lanes of partial sums, added up; lanes hide the latency of one sum. */
VECTOR T NAME(fold)(T *lane)
{
    for (int w = LANES / 2; w > 0; w /= 2)
        for (int l = 0; l < w; l++)
            lane[l] += lane[l + w];
    return lane[0];
}

static T NAME(mean)(int64_t n, const T *restrict x)
{
    T lane[LANES] = {0}, s = 0;
    int64_t i = 0;
    for (; i + LANES <= n; i += LANES)
        for (int l = 0; l < LANES; l++)
            lane[l] += x[i + l];
#pragma omp simd reduction(+ : s)
    for (int64_t k = i; k < n; k++)
        s += x[k];
    return (NAME(fold)(lane) + s) / (T)n;
}

static T NAME(mean_square)(int64_t n, const T *restrict x)
{
    T lane[LANES] = {0}, s = 0;
    int64_t i = 0;
    for (; i + LANES <= n; i += LANES)
        for (int l = 0; l < LANES; l++)
            lane[l] += x[i + l] * x[i + l];
#pragma omp simd reduction(+ : s)
    for (int64_t k = i; k < n; k++)
        s += x[k] * x[k];
    return (NAME(fold)(lane) + s) / (T)n;
}

/* The mean of x - c, and that of its square. */
static T NAME(moments)(int64_t n, const T *restrict x, T c, T *square)
{
    T first[LANES] = {0}, second[LANES] = {0}, s = 0, t = 0;
    int64_t i = 0;
    for (; i + LANES <= n; i += LANES)
        for (int l = 0; l < LANES; l++) {
            const T d = x[i + l] - c;
            first[l] += d;
            second[l] += d * d;
        }
#pragma omp simd reduction(+ : s, t)
    for (int64_t k = i; k < n; k++) {
        const T d = x[k] - c;
        s += d;
        t += d * d;
    }
    *square = (NAME(fold)(second) + t) / (T)n;
    return (NAME(fold)(first) + s) / (T)n;
}

static NAME(stats) NAME(measure)(const layer_norm_args *a, const T *x)
{
    NAME(stats) st = {0, 0, 0};
    T square;
    if (a->centred) {
        st.c = NAME(mean)(a->n, x);
        st.rest = NAME(moments)(a->n, x, st.c, &square);
        if (16 * st.rest * st.rest > square) { /* the sum was too coarse: from nearer by */
            st.c += st.rest;
            st.rest = NAME(moments)(a->n, x, st.c, &square);
        }
        square -= st.rest * st.rest;
        square = square < 0 ? 0 : square;
    } else {
        square = NAME(mean_square)(a->n, x);
    }
    st.r = 1 / NAME(sqrt)(square + (T)a->eps);
    return st;
}

/* Rows whose squares leave the range of T, 1/deviation included: rare, and slow. Their elements are
 * (x f - c) r; f, a power of two, brings the largest to about 1. */
typedef struct NAME(scaled) {
    double f, c, r;
} NAME(scaled);

static bool NAME(is_extreme)(T r)
{
    return !(r > EXTREME && r < (T)INFINITY);
}

static NAME(scaled) NAME(rescale)(const layer_norm_args *a, const T *x)
{
    NAME(scaled) s = {1, 0, 0};
    double top = 0, square = 0, n = (double)a->n;
    for (int64_t i = 0; i < a->n; i++)
        top = fmax(top, fabs((double)x[i]));
    if (top > 0 && top < (double)INFINITY)
        s.f = ldexp(1, -(top < 0x1p-1000 ? -1000 : ilogb(top)));
    for (int k = 0; k < 2 && a->centred; k++) { /* again, for what the rounding leaves */
        double rest = 0;
        for (int64_t i = 0; i < a->n; i++)
            rest += ((double)x[i] * s.f - s.c) / n;
        s.c += rest;
    }
    for (int64_t i = 0; i < a->n; i++)
        square += ((double)x[i] * s.f - s.c) * ((double)x[i] * s.f - s.c) / n;
    s.r = 1 / sqrt(square + (a->eps > 0 ? a->eps * s.f * s.f : 0));
    return s;
}

static void NAME(extreme_row)(const layer_norm_args *a, T *y, const T *x)
{
    const T *w = a->weight, *b = a->bias;
    const NAME(scaled) s = NAME(rescale)(a, x);
    for (int64_t i = 0; i < a->n; i++) {
        T v = (T)(((double)x[i] * s.f - s.c) * s.r);
        y[i] = (w ? v * w[i] : v) + (b ? b[i] : 0);
    }
}

static void NAME(extreme_grad)(const layer_norm_args *a, T *gx, const T *g, const T *x)
{
    const T *w = a->weight;
    const NAME(scaled) s = NAME(rescale)(a, x);
    double mean = 0, along = 0, n = (double)a->n;
    for (int64_t i = 0; i < a->n; i++) {
        double v = ((double)x[i] * s.f - s.c) * s.r, gw = (double)g[i] * (w ? (double)w[i] : 1);
        mean += a->centred ? gw / n : 0;
        along += gw * v / n;
    }
    for (int64_t i = 0; i < a->n; i++) {
        double v = ((double)x[i] * s.f - s.c) * s.r, gw = (double)g[i] * (w ? (double)w[i] : 1);
        gx[i] = (T)((gw - mean - v * along) * s.r * s.f);
    }
}

static void NAME(extreme_weights)(const layer_norm_args *a, T *gw, T *gb, const T *g, const T *x)
{
    const NAME(scaled) s = NAME(rescale)(a, x);
    for (int64_t i = 0; i < a->n; i++) {
        gw[i] += g[i] * (T)(((double)x[i] * s.f - s.c) * s.r);
        gb[i] += g[i];
    }
}

static void NAME(row)(const layer_norm_args *a, void *to, const void *from, void *stats)
{
    const T *restrict x = from, *restrict w = a->weight, *restrict b = a->bias;
    T *restrict y = to;
    const NAME(stats) st = NAME(measure)(a, x);
    const T c = st.c, r = st.r, q = -st.rest * r;
    const int64_t n = a->n;
    memcpy(stats, &st, sizeof st);
    if (NAME(is_extreme)(r)) {
        NAME(extreme_row)(a, y, x);
    } else if (w && b) {
#pragma omp simd
        for (int64_t i = 0; i < n; i++)
            y[i] = ((x[i] - c) * r + q) * w[i] + b[i];
    } else if (w) {
#pragma omp simd
        for (int64_t i = 0; i < n; i++)
            y[i] = ((x[i] - c) * r + q) * w[i];
    } else {
#pragma omp simd
        for (int64_t i = 0; i < n; i++)
            y[i] = ((x[i] - c) * r + q) + (b ? b[i] : 0);
    }
}

static void NAME(grad)(const layer_norm_args *a, void *to, const void *grad, const void *from,
                       const void *stats)
{
    const T *restrict x = from, *restrict g = grad, *restrict w = a->weight;
    const NAME(stats) *st = stats;
    const T c = st->c, r = st->r;
    T *restrict gx = to, s = 0, t = 0;
    const int64_t n = a->n;
    if (NAME(is_extreme)(r)) {
        NAME(extreme_grad)(a, gx, g, x);
        return;
    }
    if (w) {
#pragma omp simd reduction(+ : s, t)
        for (int64_t i = 0; i < n; i++) {
            s += g[i] * w[i];
            t += g[i] * w[i] * (x[i] - c);
        }
    } else {
#pragma omp simd reduction(+ : s, t)
        for (int64_t i = 0; i < n; i++) {
            s += g[i];
            t += g[i] * (x[i] - c);
        }
    }
    t = (t - st->rest * s) * r * r / (T)n;
    s = (a->centred ? s / (T)n : 0) - st->rest * t;
    if (w) {
#pragma omp simd
        for (int64_t i = 0; i < n; i++)
            gx[i] = r * (g[i] * w[i] - s - (x[i] - c) * t);
    } else {
#pragma omp simd
        for (int64_t i = 0; i < n; i++)
            gx[i] = r * (g[i] - s - (x[i] - c) * t);
    }
}

static void NAME(weights)(const layer_norm_args *a, int64_t rows, void *out, const void *grad,
                          const void *from, const void *stats)
{
    const int64_t n = a->n;
    T *restrict gw = out, *restrict gb = gw + n;
    const T *restrict g = grad, *restrict x = from;
    const NAME(stats) *st = stats;
    memset(out, 0, (size_t)(2 * n) * sizeof(T));
    for (int64_t k = 0; k < rows; k++, g += n, x += n, st++) {
        const T c = st->c, r = st->r, q = -st->rest * r;
        if (NAME(is_extreme)(r)) {
            NAME(extreme_weights)(a, gw, gb, g, x);
            continue;
        }
#pragma omp simd
        for (int64_t i = 0; i < n; i++) {
            gw[i] += g[i] * ((x[i] - c) * r + q);
            gb[i] += g[i];
        }
    }
}
