/* A pass of the radix sort for one kind of element: included by sorting_loops.c with T, BITS(e) (of
 * its key), NAME(x). */

static void NAME(count)(int64_t begin, int64_t end, void *arg)
{
    const radix_pass *p = arg;
    const uint64_t mask = (uint64_t)(p->digits - 1);
    const int shift = p->shift;
    for (int64_t c = begin; c < end; c++) {
        int64_t *restrict count = radix_counters_of(p, c), to = radix_cut_end(p, c);
        const T *restrict from = p->from;
        memset(count, 0, (size_t)p->digits * sizeof *count);
        for (int64_t i = c * p->cut; i < to; i++)
            count[BITS(from[i]) >> shift & mask]++;
    }
}

static void NAME(scatter)(int64_t begin, int64_t end, void *arg)
{
    const radix_pass *p = arg;
    const uint64_t mask = (uint64_t)(p->digits - 1);
    const int shift = p->shift;
    for (int64_t c = begin; c < end; c++) {
        int64_t *restrict next = radix_counters_of(p, c), last = radix_cut_end(p, c);
        const T *restrict from = p->from;
        T *restrict to = p->to;
        for (int64_t i = c * p->cut; i < last; i++) {
            T e = from[i];
            to[next[BITS(e) >> shift & mask]++] = e;
        }
    }
}

#undef T
#undef BITS
#undef NAME
