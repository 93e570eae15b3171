/* Sorting of few elements of one kind: included by radix.c with T, BITS(e) (of its key), NAME(x).
 */

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

#undef T
#undef BITS
#undef NAME
