/* Softmax of columns side by side: each step along the axis is a row of up to COLUMNS elements.
 * Included by softmax_loops.c once per type, with T and NAME(x) defined. The sums are taken in the
 * pass that finds the maxima, so that memory is read twice only: after every DEPTH rows those so
 * far are scaled to the new maximum. */

static void NAME(raise)(int64_t m, int64_t n, const T *x, int64_t across, int64_t along, T *top,
                        double *sum)
{
    T old[COLUMNS], part[COLUMNS];
    for (int64_t j = 0; j < m; j++)
        old[j] = top[j];
    for (int64_t i = 0; i < n; i++)
        for (int64_t j = 0; j < m; j++)
            top[j] = NAME(larger)(top[j], x[i * along + j * across]);
    for (int64_t j = 0; j < m; j++)
        sum[j] *= (double)(top[j] == -(T)INFINITY ? 1 : NAME(exp)(old[j] - top[j]));
    for (int64_t j = 0; j < m; j++) {
        old[j] = top[j] == -(T)INFINITY ? 0 : top[j];
        part[j] = 0;
    }
    for (int64_t i = 0; i < n; i++)
        for (int64_t j = 0; j < m; j++)
            part[j] += NAME(exp)(x[i * along + j * across] - old[j]);
    for (int64_t j = 0; j < m; j++)
        sum[j] += (double)part[j];
}

static void NAME(any_columns)(int64_t m, int64_t n, softmax_matrix out, softmax_matrix in,
                              bool log_)
{
    T top[COLUMNS], last[COLUMNS], *y = (T *)(void *)out.data;
    double sum[COLUMNS];
    const T *x = (const T *)(const void *)in.data;
    int64_t xs = in.across, ys = out.across;
    for (int64_t j = 0; j < m; j++) {
        top[j] = -(T)INFINITY;
        sum[j] = 0;
    }
    for (int64_t i = 0; i < n; i += DEPTH)
        NAME(raise)(m, n - i < DEPTH ? n - i : DEPTH, x + i * in.along, xs, in.along, top, sum);
    for (int64_t j = 0; j < m; j++) {
        top[j] = top[j] == -(T)INFINITY ? 0 : top[j];
        last[j] = (T)(sum[j] == 0 ? 0 : log_ ? log(sum[j]) : 1 / sum[j]);
    }
    for (int64_t i = 0; i < n; i++) {
        const T *from = x + i * in.along;
        T *to = y + i * out.along;
        /* NOLINTNEXTLINE(bugprone-branch-clone): the branches differ, the check sees omp alone */
        if (log_) {
#pragma omp simd
            for (int64_t j = 0; j < m; j++)
                to[j * ys] = (from[j * xs] - top[j]) - last[j];
        } else {
#pragma omp simd
            for (int64_t j = 0; j < m; j++)
                to[j * ys] = NAME(exp)(from[j * xs] - top[j]) * last[j];
        }
    }
}

static void NAME(any_grad_columns)(int64_t m, int64_t n, softmax_matrix out, softmax_matrix result,
                                   softmax_matrix grad, bool log_)
{
    double sum[COLUMNS] = {0};
    T *gx = (T *)(void *)out.data;
    const T *y = (const T *)(const void *)result.data;
    const T *gy = (const T *)(const void *)grad.data;
    for (int64_t i = 0; i < n; i++)
        for (int64_t j = 0; j < m; j++) {
            T g = gy[i * grad.along + j * grad.across];
            sum[j] += (double)(log_ ? g : g * y[i * result.along + j * result.across]);
        }
    for (int64_t i = 0; i < n; i++)
        for (int64_t j = 0; j < m; j++) {
            T v = y[i * result.along + j * result.across];
            T g = gy[i * grad.along + j * grad.across];
            T s = (T)sum[j];
            gx[i * out.along + j * out.across] = log_ ? g - NAME(exp)(v) * s : v * (g - s);
        }
}

/* Columns that are adjacent: their distance is said as a constant, for the compiler to see. */
static void NAME(columns)(int64_t m, int64_t n, softmax_matrix y, softmax_matrix x, bool log_)
{
    if (x.across == 1 && y.across == 1) {
        softmax_matrix x1 = {x.data, 1, x.along}, y1 = {y.data, 1, y.along};
        NAME(any_columns)(m, n, y1, x1, log_);
    } else {
        NAME(any_columns)(m, n, y, x, log_);
    }
}

static void NAME(grad_columns)(int64_t m, int64_t n, softmax_matrix gx, softmax_matrix y,
                               softmax_matrix gy, bool log_)
{
    if (gx.across == 1 && y.across == 1 && gy.across == 1) {
        softmax_matrix gx1 = {gx.data, 1, gx.along}, y1 = {y.data, 1, y.along};
        softmax_matrix gy1 = {gy.data, 1, gy.along};
        NAME(any_grad_columns)(m, n, gx1, y1, gy1, log_);
    } else {
        NAME(any_grad_columns)(m, n, gx, y, gy, log_);
    }
}
