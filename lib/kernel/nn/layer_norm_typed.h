/* The loops of layer_norm_loops.c over one row of n elements. Included once per type, with T and
 * NAME(x) defined. A row is read twice, from cache the second time: its mean, then its deviations
 * from it. */

static void NAME(row)(const layer_norm_args *a, void *to, const void *from, void *stats)
{
    const T *restrict x = from, *restrict w = a->weight, *restrict b = a->bias;
    T *restrict y = to, s = 0, mean = 0;
    const int64_t n = a->n;
    if (a->centred) {
#pragma omp simd reduction(+ : s)
        for (int64_t i = 0; i < n; i++)
            s += x[i];
        mean = s / (T)n;
        s = 0;
    }
#pragma omp simd reduction(+ : s)
    for (int64_t i = 0; i < n; i++)
        s += (x[i] - mean) * (x[i] - mean);
    const T r = 1 / NAME(sqrt)(s / (T)n + (T)a->eps);
    ((T *)stats)[0] = mean;
    ((T *)stats)[1] = r;
    if (w && b) {
#pragma omp simd
        for (int64_t i = 0; i < n; i++)
            y[i] = (x[i] - mean) * r * w[i] + b[i];
    } else if (w) {
#pragma omp simd
        for (int64_t i = 0; i < n; i++)
            y[i] = (x[i] - mean) * r * w[i];
    } else {
#pragma omp simd
        for (int64_t i = 0; i < n; i++)
            y[i] = (x[i] - mean) * r + (b ? b[i] : 0);
    }
}

static void NAME(grad)(const layer_norm_args *a, void *to, const void *grad, const void *from,
                       const void *stats)
{
    const T *restrict x = from, *restrict g = grad, *restrict w = a->weight;
    const T mean = ((const T *)stats)[0], r = ((const T *)stats)[1];
    T *restrict gx = to, s = 0, t = 0;
    const int64_t n = a->n;
    if (w) {
#pragma omp simd reduction(+ : s, t)
        for (int64_t i = 0; i < n; i++) {
            s += g[i] * w[i];
            t += g[i] * w[i] * (x[i] - mean);
        }
    } else {
#pragma omp simd reduction(+ : s, t)
        for (int64_t i = 0; i < n; i++) {
            s += g[i];
            t += g[i] * (x[i] - mean);
        }
    }
    s = a->centred ? s / (T)n : 0;
    t = t * r * r / (T)n;
    if (w) {
#pragma omp simd
        for (int64_t i = 0; i < n; i++)
            gx[i] = r * (g[i] * w[i] - s - (x[i] - mean) * t);
    } else {
#pragma omp simd
        for (int64_t i = 0; i < n; i++)
            gx[i] = r * (g[i] - s - (x[i] - mean) * t);
    }
}

static void NAME(weights)(const layer_norm_args *a, int64_t rows, void *out, const void *grad,
                          const void *from, const void *stats)
{
    const int64_t n = a->n;
    T *restrict gw = out, *restrict gb = gw + n;
    const T *restrict g = grad, *restrict x = from, *st = stats;
    memset(out, 0, (size_t)(2 * n) * sizeof(T));
    for (int64_t k = 0; k < rows; k++, g += n, x += n, st += 2) {
        const T mean = st[0], r = st[1];
#pragma omp simd
        for (int64_t i = 0; i < n; i++) {
            gw[i] += g[i] * ((x[i] - mean) * r);
            gb[i] += g[i];
        }
    }
}
