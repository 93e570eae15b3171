/* Stores draws as elements of one type: included by fill.c with T, FROM (a draw), AS(v) and NAME(x)
 * defined. */

static void NAME(store)(operand out, int64_t n, int64_t k, const FROM *v)
{
    T *to = out.data;
    if (layout_is_contiguous(out.at)) {
        for (int64_t i = 0; i < n; i++)
            to[k + i] = (T)AS(v[i]);
    } else {
        for (int64_t i = 0; i < n; i++)
            to[layout_at(out.at, k + i) - out.at->offset] = (T)AS(v[i]);
    }
}
