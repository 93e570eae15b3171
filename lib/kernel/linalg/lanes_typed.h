/* Groups of small matrices, brought side by side and back, for the type T with functions M of libm;
 * numbers that differ by a part of NEAR count as equal. */

/* False: an element is not finite. */
static bool NAME(bring)(matrix m, int lane, bool lower, T *restrict to)
{
    const T *from = m.data;
    T none = 0;
    for (int64_t i = 0; i < m.rows; i++)
        for (int64_t j = 0; j < m.cols; j++) {
            T x = lower && j > i ? from[j * m.row + i * m.col] : from[i * m.row + j * m.col];
            to[(i * m.cols + j) * SMALL_LANES + lane] = x;
            none += x - x;
        }
    return none == 0;
}

static void NAME(fill)(int64_t rows, int64_t cols, int lane, T *to)
{
    for (int64_t i = 0; i < rows; i++)
        for (int64_t j = 0; j < cols; j++)
            to[(i * cols + j) * SMALL_LANES + lane] = i == j;
}

static linalg_result NAME(solve_group)(const batch *b, int64_t first, int64_t n, char *memory)
{
    linalg_result r = {LINALG_OK, 0, 0};
    matrix y = batch_matrix(b, 0, first), a = batch_matrix(b, 1, first);
    T *am = (T *)(void *)memory, *ym = am + a.rows * a.cols * SMALL_LANES + SMALL_GAP;
    T *bad = ym + y.rows * y.cols * SMALL_LANES;
    for (int64_t l = 0; l < SMALL_LANES; l++) {
        if (l >= n) {
            NAME(fill)(a.rows, a.cols, (int)l, am);
            NAME(fill)(y.rows, y.cols, (int)l, ym);
            continue;
        }
        if (!NAME(bring)(batch_matrix(b, 1, first + l), (int)l, false, am) && r.kind == LINALG_OK)
            r = (linalg_result){LINALG_NOT_FINITE, first + l, 0};
        NAME(bring)(batch_matrix(b, 2, first + l), (int)l, false, ym);
    }
    b->x->k->small->loops[b->dtype].solve(a.rows, y.cols, am, ym, bad);
    for (int64_t l = 0; l < n; l++) {
        if (bad[l] >= 0 && (r.kind == LINALG_OK || r.matrix > first + l))
            r = (linalg_result){LINALG_SINGULAR, first + l, (int64_t)bad[l]};
        matrix m = batch_matrix(b, 0, first + l);
        T *to = m.data;
        for (int64_t i = 0; i < m.rows; i++)
            for (int64_t j = 0; j < m.cols; j++)
                to[i * m.row + j * m.col] = ym[(i * m.cols + j) * SMALL_LANES + l];
    }
    return r;
}

/* -1 where the largest element of a vector, the first of those that are as large, is negative. */
static T NAME(turn)(int64_t n, const T *v, int64_t step)
{
    T most = 0;
    for (int64_t i = 0; i < n; i++)
        most = M(fmax)(most, M(fabs)(v[i * step]));
    for (int64_t i = 0; i < n; i++)
        if (M(fabs)(v[i * step]) >= most * (1 - NEAR))
            return v[i * step] < 0 ? -1 : 1;
    return 1;
}

/* One matrix's values, in order, and vectors. */
static void NAME(give)(const T *a, const T *v, matrix w, matrix vectors)
{
    int64_t n = w.rows, order[SMALL_MOST];
    T *values = w.data, *to = vectors.data;
    for (int64_t i = 0; i < n; i++) {
        int64_t j = i;
        T x = a[(i * n + i) * SMALL_LANES];
        for (; j > 0 && a[order[j - 1] * (n + 1) * SMALL_LANES] > x; j--)
            order[j] = order[j - 1];
        order[j] = i;
    }
    for (int64_t j = 0; j < n; j++) {
        values[j * w.row] = a[order[j] * (n + 1) * SMALL_LANES];
        if (!to)
            continue;
        const T *column = v + order[j] * SMALL_LANES;
        T sign = NAME(turn)(n, column, n * SMALL_LANES);
        for (int64_t i = 0; i < n; i++)
            to[i * vectors.row + j * vectors.col] = sign * column[i * n * SMALL_LANES];
    }
}

static linalg_result NAME(eigh_group)(const batch *b, int64_t first, int64_t n, char *memory)
{
    int64_t rows = batch_matrix(b, 2, first).rows;
    T *a = (T *)(void *)memory,
      *v = b->of[1].data ? a + rows * rows * SMALL_LANES + SMALL_GAP : NULL;
    for (int64_t l = 0; l < SMALL_LANES; l++)
        if (l >= n)
            NAME(fill)(rows, rows, (int)l, a);
        else if (!NAME(bring)(batch_matrix(b, 2, first + l), (int)l, true, a))
            return (linalg_result){LINALG_NOT_FINITE, first + l, 0};
    if (!b->x->k->small->loops[b->dtype].jacobi(rows, a, v))
        return (linalg_result){LINALG_NOT_CONVERGED, first, 0};
    for (int64_t l = 0; l < n; l++)
        NAME(give)
    (a + l, v ? v + l : NULL, batch_matrix(b, 0, first + l), batch_matrix(b, 1, first + l));
    return (linalg_result){LINALG_OK, 0, 0};
}
