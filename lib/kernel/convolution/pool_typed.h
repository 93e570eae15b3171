/* Windows of one plane for one type, with T and NAME(x) defined. */

static void NAME(max_plane)(const pool_args *a, const T *x, T *y, int64_t *at)
{
    const conv_axis *h = &a->axis[0], *w = &a->axis[1];
    for (int64_t i = 0; i < h->y; i++)
        for (int64_t j = 0; j < w->y; j++) {
            span rows = tapped(h, i), columns = tapped(w, j);
            int64_t best = smaller(rows.begin * w->x + columns.begin, h->x * w->x - 1);
            T most = -(T)INFINITY;
            for (int64_t r = rows.begin; r < rows.end; r += h->dilation)
                for (int64_t q = columns.begin; q < columns.end; q += w->dilation) {
                    T v = x[r * w->x + q];
                    if (v > most || v != v) {
                        most = v;
                        best = r * w->x + q;
                    }
                }
            *y++ = most;
            *at++ = best;
        }
}

static void NAME(mean_plane)(const job *j, const T *x, T *y)
{
    int64_t width = j->a->axis[1].x;
    for (int64_t i = 0; i < j->a->axis[0].y; i++)
        for (int64_t k = 0; k < j->a->axis[1].y; k++) {
            span rows = j->rows[i], columns = j->columns[k];
            T sum = 0;
            for (int64_t r = rows.begin; r < rows.end; r++)
                for (int64_t q = columns.begin; q < columns.end; q++)
                    sum += x[r * width + q];
            *y++ = sum / (T)(j->a->divisor ? j->a->divisor : rows.count * columns.count);
        }
}

static void NAME(spread_plane)(const job *j, const T *g, T *gx)
{
    int64_t width = j->a->axis[1].x;
    for (int64_t i = 0; i < j->a->axis[0].x * width; i++)
        gx[i] = 0;
    for (int64_t i = 0; i < j->a->axis[0].y; i++)
        for (int64_t k = 0; k < j->a->axis[1].y; k++) {
            span rows = j->rows[i], columns = j->columns[k];
            T v = *g++ / (T)(j->a->divisor ? j->a->divisor : rows.count * columns.count);
            for (int64_t r = rows.begin; r < rows.end; r++)
                for (int64_t q = columns.begin; q < columns.end; q++)
                    gx[r * width + q] += v;
        }
}
