/* The loops of attention_loops.c over one row of scores of a tile. Included once per type, with T
 * and NAME(x) defined. */

static double NAME(step)(int64_t n, void *scores, double *m, double *sum)
{
    T *restrict x = scores, top = (T)*m, total = 0;
#pragma omp simd reduction(max : top)
    for (int64_t i = 0; i < n; i++)
        top = x[i] > top ? x[i] : top;
    const T base = top == -(T)INFINITY ? 0 : top;
#pragma omp simd reduction(+ : total)
    for (int64_t i = 0; i < n; i++) {
        x[i] = NAME(exp)(x[i] - base);
        total += x[i];
    }
    double factor = *sum == 0 ? 0 : exp(*m - (double)base);
    *m = (double)top;
    *sum = *sum * factor + (double)total;
    return factor;
}

static void NAME(times)(int64_t n, void *row, double f)
{
    T *restrict x = row;
#pragma omp simd
    for (int64_t i = 0; i < n; i++)
        x[i] *= (T)f;
}

static void NAME(grad)(int64_t n, void *scores, void *dp, double lse, double delta, double scale)
{
    T *restrict x = scores, *restrict g = dp;
    const T l = (T)lse, d = (T)delta, s = (T)scale;
#pragma omp simd
    for (int64_t i = 0; i < n; i++) {
        T p = NAME(exp)(x[i] - l);
        x[i] = p;
        g[i] = p * (g[i] - d) * s;
    }
}

static double NAME(dot)(int64_t n, const void *a, const void *b)
{
    const T *restrict x = a, *restrict y = b;
    T s = 0;
#pragma omp simd reduction(+ : s)
    for (int64_t i = 0; i < n; i++)
        s += x[i] * y[i];
    return (double)s;
}
