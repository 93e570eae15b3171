/* The loops of loss_loops.c: maximum and sum of exponentials of a row, the gradient of its cross
 * entropy, and binary cross entropy element by element. Included once per type after exp_typed.h,
 * with T and NAME(x) defined. */

static double NAME(row_sum_exp)(int64_t n, const void *in, int64_t stride, double *maximum)
{
    T packed[BLOCK], rest[LANES], m = -(T)INFINITY;
    double sum = 0;
    for (int64_t i = 0; i < n; i += BLOCK) {
        int64_t k = n - i < BLOCK ? n - i : BLOCK;
        const T *x = (const T *)in + i * stride;
        for (int64_t j = 0; j < k && stride != 1; j++)
            packed[j] = x[j * stride];
        x = stride == 1 ? x : packed;
        if (n < LANES) { /* padded here once, instead of twice below */
            NAME(pad)(k, x, rest);
            x = rest;
            k = LANES;
        }
        T top = NAME(row_max)(k, x);
        if (top > m) {
            sum *= sum == 0 ? 1 : exp((double)m - (double)top);
            m = top;
        }
        sum += (double)NAME(sum_exp)(k, x, m == -(T)INFINITY ? 0 : m);
    }
    *maximum = m == -(T)INFINITY ? 0 : (double)m;
    return sum;
}

static void NAME(cross_entropy_grad)(int64_t n, void *out, int64_t gs, const void *in, int64_t xs,
                                     const void *weight, int64_t ws, double top, double scale,
                                     double shift)
{
    const T *x = in, *w = weight;
    T *g = out, c = (T)top, a = (T)scale, b = (T)shift;
    if (gs == 1 && xs == 1) {
        for (int64_t i = 0; i < n; i++)
            g[i] = a * NAME(exp)(x[i] - c);
    } else {
        for (int64_t i = 0; i < n; i++)
            g[i * gs] = a * NAME(exp)(x[i * xs] - c);
    }
    for (int64_t i = 0; i < n && b != 0; i++)
        g[i * gs] -= w ? b * w[i * ws] : b;
}

static inline T NAME(bce_of)(T z, T t)
{
    return ((z > 0 || z != z ? z : 0) - z * t) + NAME(softplus)(-NAME(abs)(z));
}

static void NAME(bce)(int64_t n, char *const *ptr, const int64_t *step, const void *arg)
{
    const int64_t size = sizeof(T), a = step[0] / size, b = step[1] / size, c = step[2] / size;
    T *loss = (T *)(void *)ptr[0];
    const T *z = (const T *)(const void *)ptr[1], *t = (const T *)(const void *)ptr[2];
    (void)arg;
    if (a == 1 && b == 1 && c == 1) {
        for (int64_t i = 0; i < n; i++)
            loss[i] = NAME(bce_of)(z[i], t[i]);
    } else {
        for (int64_t i = 0; i < n; i++)
            loss[i * a] = NAME(bce_of)(z[i * b], t[i * c]);
    }
}

static void NAME(bce_grad)(int64_t n, char *const *ptr, const int64_t *step, const void *arg)
{
    const int64_t size = sizeof(T), a = step[0] / size, b = step[1] / size, c = step[2] / size;
    const int64_t d = step[3] / size;
    T *gz = (T *)(void *)ptr[0];
    const T *z = (const T *)(const void *)ptr[1], *t = (const T *)(const void *)ptr[2];
    const T *g = (const T *)(const void *)ptr[3];
    (void)arg;
    if (a == 1 && b == 1 && c == 1 && d == 1) {
        for (int64_t i = 0; i < n; i++)
            gz[i] = g[i] * (NAME(sigmoid)(z[i]) - t[i]);
    } else {
        for (int64_t i = 0; i < n; i++)
            gz[i * a] = g[i * d] * (NAME(sigmoid)(z[i * b]) - t[i * c]);
    }
}
