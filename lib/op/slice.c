/* Slices as text: NumPy's basic indexing. Input: a tensor and text such as "1:3, ..., ::-1"; output:
 * a view. Invariant: an error shows the text with a caret under the place. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include "part.h"
#include "slice_parse.h"

enum { TEXT = 512 };

static tt_tensor *fail_at(tt_tensor *x, tt_status code, const char *text, size_t at,
                          const char *why)
{
    return op_fail(x, code, "slice: %s, for %s\n  %s\n  %*s^", why, describe(x).s, text, (int)at,
                   "");
}

static int64_t clip(int64_t v, int64_t lo, int64_t hi)
{
    return v < lo ? lo : v > hi ? hi : v;
}

/* Python's rules: negative ends count from the end, then both are clipped. */
static void resolve(const slice_item *i, int64_t n, int64_t *start, int64_t *length)
{
    bool back = i->step < 0;
    int64_t lo = back ? -1 : 0, hi = back ? n - 1 : n;
    int64_t first = back ? hi : lo, last = back ? lo : hi;
    if (i->has_start)
        first = clip(i->start < 0 ? i->start + n : i->start, lo, hi);
    if (i->has_stop)
        last = clip(i->stop < 0 ? i->stop + n : i->stop, lo, hi);
    int64_t span = back ? first - last : last - first, step = back ? -i->step : i->step;
    *start = first;
    *length = span > 0 ? (span + step - 1) / step : 0;
}

/* Applies one item to axis *k of the part. */
static bool apply(tt_tensor *x, part *p, const slice_item *i, int *k, int skip, const char *text)
{
    int64_t start, length;
    if (i->kind == SLICE_ELLIPSIS) {
        *k += skip;
        return true;
    }
    if (i->kind == SLICE_NEW_AXIS) {
        if (p->at.ndim == LAYOUT_MAX_NDIM)
            return fail_at(x, TT_ERR_SHAPE, text, i->at, "more than 16 axes"), false;
        part_insert(p, (*k)++);
        return true;
    }
    int64_t n = p->at.shape[*k];
    if (i->kind == SLICE_INDEX) {
        int64_t index = i->start < 0 ? i->start + n : i->start;
        if (index < 0 || index >= n)
            return fail_at(x, TT_ERR_INDEX, text, i->at, "the index is out of range"), false;
        part_range(p, *k, index, 1, 1);
        part_drop(p, *k);
        return true;
    }
    resolve(i, n, &start, &length);
    part_range(p, (*k)++, start, i->step, length);
    return true;
}

static tt_tensor *sliced(tt_tensor *x, const char *text)
{
    slice_item items[SLICE_MAX_ITEMS];
    size_t at;
    const char *why;
    int n, used = 0, dots = -1, k = 0;
    part p;
    if (!slice_parse(text, items, &n, &at, &why))
        return fail_at(x, TT_ERR_PATTERN, text, at, why);
    for (int i = 0; i < n; i++) {
        if (items[i].kind == SLICE_ELLIPSIS && dots >= 0)
            return fail_at(x, TT_ERR_PATTERN, text, items[i].at, "a second '...'");
        if (items[i].kind == SLICE_ELLIPSIS)
            dots = i;
        if (items[i].kind == SLICE_INDEX || items[i].kind == SLICE_RANGE) {
            if (++used > x->at.ndim)
                return fail_at(x, TT_ERR_INDEX, text, items[i].at, "more items than axes");
        }
    }
    part_begin(&p, x);
    for (int i = 0; i < n; i++)
        if (!apply(x, &p, &items[i], &k, x->at.ndim - used, text))
            return NULL;
    return part_view("slice", x, &p);
}

tt_tensor *tt_slice_n(tt_tensor *x, const char *text)
{
    if (!op_context("slice", 1, &x))
        return NULL;
    if (!text)
        return op_fail(x, TT_ERR_ARG, "slice: the text is NULL");
    return sliced(x, text);
}

tt_tensor *tt_slice(tt_tensor *x, const char *text, ...)
{
    char buffer[TEXT];
    va_list args;
    if (!op_context("slice", 1, &x))
        return NULL;
    if (!text)
        return op_fail(x, TT_ERR_ARG, "slice: the text is NULL");
    va_start(args, text);
    int n = vsnprintf(buffer, sizeof buffer, text, args);
    va_end(args);
    if (n < 0 || n >= TEXT)
        return op_fail(x, TT_ERR_PATTERN, "slice: the text is longer than %d bytes", TEXT - 1);
    return sliced(x, buffer);
}
