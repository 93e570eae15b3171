/* pack, unpack and parse_shape. Input: tensors and a pattern of one term; output: one tensor and
 * the shapes that were under the "*", or the reverse. Invariant: what unpack gives has the shapes
 * of what pack was given. */
#include <string.h>
#include <tinytensor/einops.h>
#include <tinytensor/shape.h>
#include "einops/bind/plan.h"

/* Where the "*" stands: named axes before and after it. */
typedef struct star {
    int before, after;
} star;

static bool read_star(const tt_tensor *x, const char *name, const char *text, parsed *p, star *s)
{
    message m;
    message_clear(&m);
    if (!text) {
        op_fail(x, TT_ERR_ARG, "%s: the pattern is NULL", name);
        return false;
    }
    bool ok = pattern_parse(p, text, strlen(text), STAR, &m);
    if (ok && p->term[0].dots == NOWHERE)
        ok = complain(&m, TT_ERR_PATTERN, p->term[0].end, "there is no '*'");
    for (int g = 0; ok && g < p->n_groups; g++) {
        const pattern_group *group = &p->group[g];
        bool plain = group->dots || (group->n == 1 && text[group->at] != '(' &&
                                     p->axis[p->item[group->first].axis].length);
        if (!plain)
            ok = complain(&m, TT_ERR_PATTERN, group->at, "only names and a '*' are allowed");
    }
    for (int i = 0; ok && i < p->n_axes; i++)
        if (p->axis[i].size != UNKNOWN)
            ok = complain(&m, TT_ERR_PATTERN, p->axis[i].size_at, "sizes have no place here");
    if (!ok)
        report(x, name, text, &m);
    else
        *s = (star){p->term[0].dots, p->term[0].n - p->term[0].dots - 1};
    return ok;
}

/* Does tensor i have the named axes, in the sizes of tensor 0? */
static bool fits(tt_tensor *const *x, int i, const star *s, const parsed *p)
{
    const layout *at = &x[i]->at, *first = &x[0]->at;
    if (at->ndim < s->before + s->after) {
        op_fail(x[0], TT_ERR_SHAPE, "pack: \"%s\" names %d axes, tensor %d is %s", p->text,
                s->before + s->after, i, describe(x[i]).s);
        return false;
    }
    bool same = true;
    for (int k = 0; k < s->before; k++)
        same = same && at->shape[k] == first->shape[k];
    for (int k = 1; k <= s->after; k++)
        same = same && at->shape[at->ndim - k] == first->shape[first->ndim - k];
    if (!same)
        op_fail(x[0], TT_ERR_SHAPE,
                "pack: axes named in \"%s\" differ: tensor 0 is %s, tensor %d is %s", p->text,
                describe(x[0]).s, i, describe(x[i]).s);
    if (same && x[i]->dtype != x[0]->dtype)
        op_fail(x[0], TT_ERR_DTYPE, "pack: dtypes differ: tensor 0 is %s, tensor %d is %s",
                describe(x[0]).s, i, describe(x[i]).s);
    return same && x[i]->dtype == x[0]->dtype;
}

/* x with the axes under the star as one. */
static tt_tensor *flatten(tt_tensor *x, const star *s)
{
    int64_t shape[LAYOUT_MAX_NDIM + 1], merged = 1;
    int n = 0, behind = x->at.ndim - s->after;
    for (int k = 0; k < s->before; k++)
        shape[n++] = x->at.shape[k];
    for (int k = s->before; k < behind; k++)
        merged *= x->at.shape[k];
    shape[n++] = merged;
    for (int k = behind; k < x->at.ndim; k++)
        shape[n++] = x->at.shape[k];
    return tt_reshape(x, n, shape);
}

/* The shapes under the star, in a tensor that keeps them as long as its scope. */
static bool remember(tt_packing *ps, int n, tt_tensor *const *x, const star *s)
{
    enum { INTS = sizeof(tt_packed) / sizeof(int64_t) };
    tt_tensor *memory = tt_empty(x[0]->ctx, TT_I64, TT_SHAPE(n, INTS));
    tt_packed *parts = tt_data(memory);
    if (!parts)
        return false;
    for (int i = 0; i < n; i++) {
        parts[i] = (tt_packed){.ndim = x[i]->at.ndim - s->before - s->after};
        for (int k = 0; k < parts[i].ndim; k++)
            parts[i].shape[k] = x[i]->at.shape[s->before + k];
    }
    *ps = (tt_packing){n, parts, memory};
    return true;
}

static tt_tensor *join(tt_ctx *ctx, int n, tt_tensor *const *x, const star *s)
{
    if (n == 1)
        return flatten(x[0], s);
    tt_tensor **flat = tt_ctx_alloc(ctx, (size_t)n * sizeof(tt_tensor *)), *y = NULL;
    if (!flat)
        return NULL;
    for (int i = 0; i < n; i++)
        flat[i] = flatten(x[i], s);
    if (!ctx->err.code)
        y = tt_cat(n, flat, s->before);
    for (int i = 0; i < n; i++)
        tensor_release(flat[i]);
    tt_ctx_dealloc(ctx, flat);
    return y;
}

/* The pattern's tables are too large for a small stack. */
static bool read_fitting_star(int n, tt_tensor *const *x, const char *pattern, star *s)
{
    parsed *p = tt_ctx_alloc(x[0]->ctx, sizeof *p);
    bool ok = p && read_star(x[0], "pack", pattern, p, s);
    for (int i = 0; ok && i < n; i++)
        ok = fits(x, i, s, p);
    tt_ctx_dealloc(x[0]->ctx, p);
    return ok;
}

tt_tensor *tt_pack(int n, tt_tensor *const *tensors, const char *pattern, tt_packing *ps)
{
    star s;
    if (ps)
        *ps = (tt_packing){0, NULL, NULL};
    tt_ctx *ctx = n > 0 ? op_context("pack", n, tensors) : NULL;
    if (!ctx || !read_fitting_star(n, tensors, pattern, &s))
        return NULL;
    if (s.before + s.after == LAYOUT_MAX_NDIM)
        return op_fail(tensors[0], TT_ERR_SHAPE, "pack: the result has more than %d axes",
                       LAYOUT_MAX_NDIM);
    if (ps && !remember(ps, n, tensors, &s))
        return NULL;
    return join(ctx, n, tensors, &s);
}

/* How many elements of the packed axis part i takes; -1 when one of its sizes is unknown, -2 when
 * its shape makes no sense. */
static int64_t extent(const tt_packed *part, int others)
{
    int64_t n = 1;
    int unknown = 0;
    if (part->ndim < 0 || part->ndim + others > LAYOUT_MAX_NDIM)
        return -2;
    for (int k = 0; k < part->ndim; k++) {
        if (part->shape[k] == -1)
            unknown++;
        else if (!mul_fits(n, part->shape[k], &n))
            return -2;
    }
    return unknown > 1 ? -2 : unknown ? -1 : n;
}

/* The length of each part; false with the error recorded when they do not make up the axis. */
static bool measure(tt_tensor *x, const tt_packing *ps, const star *s, int64_t *length)
{
    int64_t total = 0, size = x->at.shape[s->before];
    int unknown = NOWHERE;
    for (int i = 0; i < ps->n; i++) {
        length[i] = extent(&ps->parts[i], s->before + s->after);
        bool second = length[i] == -1 && unknown != NOWHERE;
        if (length[i] == -2 || second || length[i] > INT64_MAX / 16 - total) {
            op_fail(x, TT_ERR_SHAPE, "unpack: %s in part %d of the packing",
                    second ? "a second unknown size" : "a shape that makes no sense", i);
            return false;
        }
        if (length[i] == -1)
            unknown = i;
        else
            total += length[i];
    }
    if (unknown != NOWHERE && total <= size)
        length[unknown] = size - total;
    else if (total != size)
        op_fail(x, TT_ERR_SHAPE, "unpack: the parts have %lld elements, axis %d of %s has %lld",
                (long long)total, s->before, describe(x).s, (long long)size);
    return !x->ctx->err.code;
}

static tt_tensor *part_of(tt_tensor *x, const tt_packed *part, const star *s, int64_t start,
                          int64_t length, int number)
{
    int64_t shape[LAYOUT_MAX_NDIM], known = 1;
    int n = 0, unknown = NOWHERE;
    for (int k = 0; k < s->before; k++)
        shape[n++] = x->at.shape[k];
    for (int k = 0; k < part->ndim; k++, n++) {
        shape[n] = part->shape[k];
        if (shape[n] == -1)
            unknown = n;
        else
            known *= shape[n];
    }
    for (int k = s->before + 1; k < x->at.ndim; k++)
        shape[n++] = x->at.shape[k];
    if (unknown != NOWHERE) {
        if (known == 0 || length % known)
            return op_fail(x, TT_ERR_SHAPE,
                           "unpack: %lld elements are left for part %d, not divisible by %lld",
                           (long long)length, number, (long long)known);
        shape[unknown] = length / known;
    }
    tt_tensor *piece = tt_narrow(x, s->before, start, length), *y = tt_reshape(piece, n, shape);
    tensor_release(piece);
    return y;
}

/* The packing as a program may have filled it in. */
static bool usable(tt_tensor *x, const tt_packing *ps, int max, tt_tensor **out)
{
    if (!ps || ps->n < 0 || (ps->n && !ps->parts) || (ps->n && !out))
        op_fail(x, TT_ERR_ARG, "unpack: the packing or the list of results is NULL");
    else if (ps->n > max)
        op_fail(x, TT_ERR_ARG, "unpack: %d tensors do not fit into %d places", ps->n, max);
    else if (ps->memory && !tensor_alive(ps->memory))
        op_fail(x, TT_ERR_DEAD, "unpack: the scope of the packing has ended");
    return !x->ctx->err.code;
}

static int take_apart(tt_ctx *ctx, tt_tensor *x, const tt_packing *ps, const star *s,
                      tt_tensor **out)
{
    int64_t *length = tt_ctx_alloc(ctx, ((size_t)ps->n + 1) * sizeof *length), start = 0;
    if (!length)
        return (int)ctx->err.code;
    bool ok = measure(x, ps, s, length);
    for (int i = 0; ok && i < ps->n; start += length[i++]) {
        out[i] = part_of(x, &ps->parts[i], s, start, length[i], i);
        ok = out[i] != NULL;
    }
    tt_ctx_dealloc(ctx, length);
    return ok ? ps->n : (int)ctx->err.code;
}

int tt_unpack(tt_tensor *x, const tt_packing *ps, const char *pattern, int max, tt_tensor **out)
{
    star s;
    tt_ctx *ctx = op_context("unpack", 1, &x);
    if (!ctx)
        return (int)op_status(x);
    if (!usable(x, ps, max, out))
        return (int)ctx->err.code;
    parsed *p = tt_ctx_alloc(ctx, sizeof *p);
    bool read = p && read_star(x, "unpack", pattern, p, &s);
    tt_ctx_dealloc(ctx, p);
    if (!read)
        return (int)ctx->err.code;
    if (x->at.ndim != s.before + 1 + s.after) {
        op_fail(x, TT_ERR_SHAPE, "unpack: \"%s\" has %d axes, the tensor is %s", pattern,
                s.before + 1 + s.after, describe(x).s);
        return (int)ctx->err.code;
    }
    return take_apart(ctx, x, ps, &s, out);
}

static bool is_skipped(const pattern_axis *a)
{
    return a->length == 1 && a->name[0] == '_';
}

/* Compares or notes the size of axis k, which the group stands for. */
static bool take_size(const parsed *p, const pattern_group *g, int64_t size, int *n, int max,
                      tt_axis_size *out, message *m)
{
    if (p->text[g->at] == '(' && g->n > 0)
        return complain(m, TT_ERR_PATTERN, g->at, "parentheses have no place here");
    const pattern_axis *a = g->n ? &p->axis[p->item[g->first].axis] : NULL;
    int64_t wanted = a ? a->size : 1;
    if (wanted != UNKNOWN && wanted != size)
        return complain(m, TT_ERR_SHAPE, g->at, "'%.*s' stands for an axis of %lld", g->end - g->at,
                        p->text + g->at, (long long)size);
    if (!a || !a->length || is_skipped(a))
        return true;
    if (*n == max)
        return complain(m, TT_ERR_ARG, g->at, "%d places are too few", max);
    memcpy(out[*n].name, a->name, (size_t)a->length);
    out[*n].name[a->length] = '\0';
    out[(*n)++].size = size;
    return true;
}

static bool sizes_of(const tt_tensor *x, const parsed *p, int max, tt_axis_size *out, message *m)
{
    const pattern_term *t = &p->term[0];
    int ndim = x->at.ndim, named = t->dots == NOWHERE ? t->n : t->n - 1, n = 0, k = 0;
    if (t->dots == NOWHERE ? ndim != named : ndim < named)
        return complain(m, TT_ERR_SHAPE, t->at, "the pattern has %s%d ax%s, the tensor %d",
                        t->dots == NOWHERE ? "" : "at least ", named, named == 1 ? "is" : "es",
                        ndim);
    for (int g = 0; g < t->n; g++) {
        if (g == t->dots)
            k += ndim - named;
        else if (!take_size(p, &p->group[t->first + g], x->at.shape[k++], &n, max, out, m))
            return false;
    }
    for (; n < max; n++)
        out[n] = (tt_axis_size){"", 0};
    return true;
}

tt_status tt_parse_shape(tt_tensor *x, const char *pattern, int max, tt_axis_size *out)
{
    message m;
    tt_ctx *ctx = op_context("parse_shape", 1, &x);
    if (!ctx)
        return op_status(x);
    if (!pattern || max < 0 || (max && !out))
        return ctx_error(ctx, TT_ERR_ARG, "parse_shape: the pattern or the list of sizes is NULL");
    message_clear(&m);
    parsed *p = tt_ctx_alloc(ctx, sizeof *p);
    if (p && (!pattern_parse(p, pattern, strlen(pattern), UNDERSCORE, &m) ||
              !sizes_of(x, p, max, out, &m)))
        report(x, "parse_shape", pattern, &m);
    tt_ctx_dealloc(ctx, p);
    return ctx->err.code;
}
