/* One line of gather.c for elements of one type: one(d, o) is done for each element d of the data
 * and o of the other operand, row(n, d, o) for many adjacent ones. Both are constants that are
 * inlined. Included by gather.c with T and NAME(x) defined. */

VECTOR void NAME(line)(const line *l, void (*one)(T *, T *),
                       void (*row)(int64_t, T *restrict, T *restrict))
{
    T *data = (T *)l->data, *other = (T *)l->other;
    int64_t n = l->n, ds = l->data_step, os = l->other_step, xs = l->index_step;
    for (int64_t i = 0; i < n && xs != 0; i++)
        one(data + i * ds + wrap(l->index[i * xs], l->size) * l->axis_step, other + i * os);
    if (xs != 0)
        return;
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
}
