/* Slices as text: NumPy's basic indexing. Input: a tensor and text such as "1:3, ..., ::-1";
 * output: a view. Invariant: an error shows the text with a caret under the place. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <tinytensor/shape.h>
#include "base/caret.h"
#include "part.h"
#include "slice_parse.h"

enum { TEXT = 512 };

static tt_tensor *fail_at(const tt_tensor *x, tt_status code, const char *text, size_t at,
                          const char *why)
{
    caret_line e = caret_around(text, strlen(text), at);
    return op_fail(x, code, "slice: %s, for %s\n  %s\n  %*s^", why, describe(x).s, e.s, e.caret,
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
    *length = span > 0 ? (span - 1) / step + 1 : 0;
}

/* What one slice is made of while its items are applied. */
typedef struct slicing {
    const tt_tensor *x;
    const char *text;
    part p;
    int k;      /* the axis of p that is next */
    int behind; /* axes that an ellipsis stands for */
} slicing;

static bool take_index(slicing *s, const slice_item *i)
{
    char why[96];
    int64_t n = s->p.at.shape[s->k], index = i->start < 0 ? i->start + n : i->start;
    if (index < 0 || index >= n) {
        snprintf(why, sizeof why, "index %lld is out of range for an axis of size %lld",
                 (long long)i->start, (long long)n);
        return fail_at(s->x, TT_ERR_INDEX, s->text, i->at, why), false;
    }
    part_range(&s->p, s->k, index, 1, 1);
    part_drop(&s->p, s->k);
    return true;
}

static bool take_item(slicing *s, const slice_item *i)
{
    int64_t start, length;
    switch (i->kind) {
    case SLICE_INDEX:
        return take_index(s, i);
    case SLICE_ELLIPSIS:
        s->k += s->behind;
        return true;
    case SLICE_NEW_AXIS:
        if (s->p.at.ndim == LAYOUT_MAX_NDIM)
            return fail_at(s->x, TT_ERR_SHAPE, s->text, i->at, "more than 16 axes"), false;
        part_insert(&s->p, s->k++);
        return true;
    default:
        resolve(i, s->p.at.shape[s->k], &start, &length);
        part_range(&s->p, s->k++, start, i->step, length);
        return true;
    }
}

/* How many axes the items name; -1 with the error recorded when they are too many. */
static int count_axes(const tt_tensor *x, const char *text, int n, const slice_item *items)
{
    int used = 0;
    bool dots = false;
    for (int i = 0; i < n; i++) {
        if (items[i].kind == SLICE_ELLIPSIS && dots)
            return fail_at(x, TT_ERR_PATTERN, text, items[i].at, "a second '...'"), -1;
        dots = dots || items[i].kind == SLICE_ELLIPSIS;
        if (items[i].kind != SLICE_INDEX && items[i].kind != SLICE_RANGE)
            continue;
        if (++used > x->at.ndim)
            return fail_at(x, TT_ERR_INDEX, text, items[i].at, "more items than axes"), -1;
    }
    return used;
}

static tt_tensor *sliced(tt_tensor *x, const char *text)
{
    slice_item items[SLICE_MAX_ITEMS];
    size_t at;
    const char *why;
    int n;
    if (!slice_parse(text, items, SLICE_MAX_ITEMS, &n, &at, &why))
        return fail_at(x, TT_ERR_PATTERN, text, at, why);
    int used = count_axes(x, text, n, items);
    if (used < 0)
        return NULL;
    slicing s;
    s.x = x;
    s.text = text;
    s.k = 0;
    s.behind = x->at.ndim - used;
    part_begin(&s.p, x);
    for (int i = 0; i < n; i++)
        if (!take_item(&s, &items[i]))
            return NULL;
    return part_view(x, &s.p);
}

tt_tensor *tt_slice_n(tt_tensor *x, const char *text)
{
    if (!op_context("slice", 1, &x))
        return NULL;
    return text ? sliced(x, text) : op_fail(x, TT_ERR_ARG, "slice: the text is NULL");
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
