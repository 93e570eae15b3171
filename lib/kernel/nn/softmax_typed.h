/* Softmax of one row, its logarithm and their gradients: the loops of softmax_loops.c, included
 * once per type after exp_typed.h, with T and NAME(x) defined. */

/* y = exp(x - m) over at most a block, and its sum */
static T NAME(store_exp)(int64_t n, T *y, const T *x, T m)
{
    T lane[LANES] = {0}, rest[LANES];
    int64_t i = 0;
    for (; i + LANES <= n; i += LANES) {
#pragma omp simd
        for (int l = 0; l < LANES; l++) {
            T v = NAME(exp)(x[i + l] - m);
            y[i + l] = v;
            lane[l] += v;
        }
    }
    if (i < n) {
        NAME(pad)(n - i, x + i, rest);
        for (int l = 0; l < LANES; l++)
            rest[l] = NAME(exp)(rest[l] - m);
        for (int l = 0; l < LANES; l++)
            lane[l] += rest[l];
        memcpy(y + i, rest, (size_t)(n - i) * sizeof *y);
    }
    return NAME(fold_sum)(lane);
}

/* sum of a[i] b[i] (b NULL: of a[i]) over at most a block */
static T NAME(dot)(int64_t n, const T *a, const T *b)
{
    T lane[LANES] = {0}, tail = 0;
    int64_t i = 0;
    if (b) {
        for (; i + LANES <= n; i += LANES)
            for (int l = 0; l < LANES; l++)
                lane[l] += a[i + l] * b[i + l];
    } else {
        for (; i + LANES <= n; i += LANES)
            for (int l = 0; l < LANES; l++)
                lane[l] += a[i + l];
    }
    for (; i < n; i++)
        tail += b ? a[i] * b[i] : a[i];
    return NAME(fold_sum)(lane) + tail;
}

static void NAME(row)(int64_t n, void *out, const void *in, bool log_)
{
    T *y = out, m = NAME(row_max)(n, in);
    const T *x = in;
    double sum = 0;
    m = m == -(T)INFINITY ? 0 : m;
    for (int64_t i = 0; i < n; i += BLOCK) {
        int64_t k = n - i < BLOCK ? n - i : BLOCK;
        sum += (double)(log_ ? NAME(sum_exp)(k, x + i, m) : NAME(store_exp)(k, y + i, x + i, m));
    }
    T s = (T)(sum == 0 ? 0 : log_ ? log(sum) : 1 / sum);
    if (log_) {
        for (int64_t i = 0; i < n; i++)
            y[i] = (x[i] - m) - s;
    } else {
        for (int64_t i = 0; i < n; i++)
            y[i] *= s;
    }
}

static void NAME(grad_row)(int64_t n, void *out, const void *result, const void *grad, bool log_)
{
    T *gx = out;
    const T *y = result, *gy = grad;
    double sum = 0;
    for (int64_t i = 0; i < n; i += BLOCK)
        sum += (double)NAME(dot)(n - i < BLOCK ? n - i : BLOCK, gy + i, log_ ? NULL : y + i);
    T s = (T)sum;
    if (log_) {
        for (int64_t i = 0; i < n; i++)
            gx[i] = gy[i] - NAME(exp)(y[i]) * s;
    } else {
        for (int64_t i = 0; i < n; i++)
            gx[i] = y[i] * (gy[i] - s);
    }
}
