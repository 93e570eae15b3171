/* One line of gather.c for elements of one type: one(d, o) is done for each element d of the data
 * and o of the other operand, row(n, d, o) for many adjacent ones. Both are constants that are
 * inlined. False: an index is out of range. Included by gather.c with T and NAME(x) defined. */

VECTOR bool NAME(line)(const line *l, void (*one)(T *, T *),
                       void (*row)(int64_t, T *restrict, T *restrict))
{
    T *data = (T *)l->data, *other = (T *)l->other;
    int64_t n = l->n, ds = l->data_step, os = l->other_step, xs = l->index_step;
    for (int64_t k = 0; k < n && xs != 0; k += BLOCK) {
        int64_t end = n - k < BLOCK ? n : k + BLOCK;
        if (!within(l->index + k * xs, xs, end - k, l->size))
            return false;
        for (int64_t i = k; i < end; i++)
            one(data + i * ds + wrap(l->index[i * xs], l->size) * l->axis_step, other + i * os);
    }
    if (xs != 0)
        return true;
    if (!within(l->index, 0, 1, l->size))
        return false;
    T *d = data + wrap(*l->index, l->size) * l->axis_step;
    if (ds == 1 && os == 1 && n >= MANY) {
        row(n, d, other);
    } else if (ds == 1 && os == 1) {
        for (int64_t i = 0; i < n; i++)
            one(d + i, other + i);
    } else {
        for (int64_t i = 0; i < n; i++)
            one(d + i * ds, other + i * os);
    }
    return true;
}
