/* One matrix, for the type T with functions M of libm. */
static T NAME(largest)(matrix m)
{
    const T *x = m.data;
    T most = 0;
    for (int64_t i = 0; i < m.rows; i++)
        for (int64_t j = 0; j < m.cols; j++)
            most = M(fmax)(most, M(fabs)(x[i * m.row + j * m.col]));
    return most;
}

static linalg_result NAME(pairs)(const batch *b, const matrix *m, char *memory)
{
    int kind = *(const int *)b->arg;
    int64_t n = m[0].cols;
    const T *x = m[1].data, *w = m[2].data;
    T *y = m[0].data, eps = (T)larger(n, m[0].rows) * (T)EPS;
    T near = SLACK * eps * NAME(largest)(m[2]), small = SLACK_ABOVE * eps * NAME(largest)(m[3]);
    (void)memory;
    for (int64_t i = 0; i < m[0].rows; i++)
        for (int64_t j = 0; j < n; j++) {
            T other = kind == 2 ? 0 : w[i * m[2].row], own = w[j * m[2].row];
            T d = kind == 0 ? own - other : own + other, v = x[i * m[1].row + j * m[1].col];
            T *at = &y[i * m[0].row + j * m[0].col];
            *at = 0;
            if (kind != 2 && i == j)
                continue;
            if (M(fabs)(d) > near)
                *at = v / d;
            else if (!(M(fabs)(v) <= small))
                return (linalg_result){LINALG_SINGULAR, 0, i * n + j};
        }
    return (linalg_result){LINALG_OK, 0, 0};
}
