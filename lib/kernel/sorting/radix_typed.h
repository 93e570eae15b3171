/* Sorting of one kind of element: included by radix.c with T, BITS(e) (of its key), NAME(x). */

/* a: less than b? Places decide among equal keys where BITS has them; else order stays. */
static void NAME(insert)(int64_t n, T *a)
{
    for (int64_t i = 1; i < n; i++) {
        T e = a[i];
        int64_t j = i;
        for (; j > 0 && BITS(e) < BITS(a[j - 1]); j--)
            a[j] = a[j - 1];
        a[j] = e;
    }
}

static void NAME(merge)(int64_t left, int64_t n, const T *restrict a, T *restrict to)
{
    int64_t i = 0, j = left, k = 0;
    while (i < left && j < n) {
        bool second = BITS(a[j]) < BITS(a[i]);
        to[k++] = second ? a[j] : a[i];
        j += second;
        i += !second;
    }
    while (i < left)
        to[k++] = a[i++];
    while (j < n)
        to[k++] = a[j++];
}

static void *NAME(merge_sort)(int64_t n, T *a, T *b)
{
    for (int64_t i = 0; i < n; i += RUN)
        NAME(insert)(smaller(RUN, n - i), a + i);
    for (int64_t run = RUN; run < n; run *= 2) {
        for (int64_t i = 0; i < n; i += 2 * run)
            NAME(merge)(smaller(run, n - i), smaller(2 * run, n - i), a + i, b + i);
        T *t = a;
        a = b;
        b = t;
    }
    return a;
}

static void NAME(count)(int64_t begin, int64_t end, void *arg)
{
    const pass *p = arg;
    for (int64_t c = begin; c < end; c++) {
        int64_t *count = p->counters + c * p->digits, to = cut_end(p, c);
        const T *from = p->from;
        memset(count, 0, (size_t)p->digits * sizeof *count);
        for (int64_t i = c * p->cut; i < to; i++)
            count[BITS(from[i]) >> p->shift & (uint64_t)(p->digits - 1)]++;
    }
}

static void NAME(scatter)(int64_t begin, int64_t end, void *arg)
{
    const pass *p = arg;
    for (int64_t c = begin; c < end; c++) {
        int64_t *restrict next = p->counters + c * p->digits, last = cut_end(p, c);
        const T *restrict from = p->from;
        T *restrict to = p->to;
        const uint64_t mask = (uint64_t)(p->digits - 1);
        const int shift = p->shift;
        for (int64_t i = c * p->cut; i < last; i++) {
            T e = from[i];
            to[next[BITS(e) >> shift & mask]++] = e;
        }
    }
}

#undef T
#undef BITS
#undef NAME
