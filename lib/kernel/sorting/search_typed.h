/* Searching in one type: included by search.c with T and NAME(x) defined. */
#include "find_typed.h"

static void NAME(search)(int64_t begin, int64_t end, void *arg)
{
    const job *j = arg;
    const search_rows *r = j->r;
    const T *values = r->values;
    int64_t *out = j->out;
    for (int64_t i = begin; i < end; i++)
        out[i] = NAME(find)(r->n, (const T *)r->sorted + i / r->m * r->n, values[i], j->right);
}

static void NAME(isin)(int64_t begin, int64_t end, void *arg)
{
    const job *j = arg;
    const search_rows *r = j->r;
    const T *values = r->values, *sorted = r->sorted;
    bool *out = j->out;
    for (int64_t i = begin; i < end; i++) {
        int64_t at = NAME(find)(r->n, sorted, values[i], false);
        out[i] = at < r->n && sorted[at] == values[i];
    }
}

static int64_t NAME(first_fall)(int64_t n, const void *row)
{
    const T *a = row;
    for (int64_t i = 0; i < n; i++)
        if (IS_NAN(a[i]) || (i > 0 && a[i] < a[i - 1]))
            return i;
    return n;
}
