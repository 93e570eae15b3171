/* Indexing by a list (NumPy's advanced indexing): an index tensor, a mask or nothing for each of
 * the leading axes. The indexed axes are merged into one, and the list becomes one tensor of
 * places along it, so that reading and writing are those of tt_take() and its reverse. Invariant:
 * every index is checked before a kernel sees it. */
#include <stdlib.h>
#include <tinytensor/ops.h>
#include "kernel/index/gather.h"
#include "kernel/walk/copy.h"
#include "op/index/index.h"

/* An index or a mask of the list, which stands for `span` axes of x from `first` on. */
typedef struct entry {
    int number; /* in the list */
    int first, span;
    int64_t size; /* that the axes have together */
    tt_tensor *mask;
    tt_tensor *at; /* int64; of a mask the places where it is true, (n) */
} entry;

typedef struct selection {
    const char *name;
    tt_tensor *x;
    int n;
    entry entries[LAYOUT_MAX_NDIM];
    int covered;    /* axes of x that the list stands for */
    bool apart;     /* something stands between the entries: the axes of the indices come first */
    layout indices; /* that all entries have in common */

    /* what is read or written in their place */
    tt_tensor *merged; /* x, its indexed axes one */
    tt_tensor *at;     /* places along that axis */
    int axis;
    bool moved;
    int back[LAYOUT_MAX_NDIM]; /* axes of x in the order of those that merged was made from */
    layout permuted;           /* x's shape in that order */
    layout chosen;             /* the shape of what is read or written */
} selection;

static tt_tensor *refuse(const selection *s, tt_status code, const char *what, const entry *e,
                         const tt_tensor *t)
{
    return op_fail(s->x, code, "%s: indices[%d] is %s%s", s->name, e->number, describe(t).s, what);
}

/* Adds what stands at `number` in the list. */
static bool add_entry(selection *s, int number, tt_tensor *t)
{
    const layout *x = &s->x->at;
    entry *e = &s->entries[s->n];
    bool mask = t->dtype == TT_BOOL;
    *e = (entry){.number = number, .first = s->covered, .span = mask ? t->at.ndim : 1, .size = 1};
    if (!mask && t->dtype != TT_I64)
        return refuse(s, TT_ERR_DTYPE, ", not int64 or bool", e, t);
    s->covered += e->span;
    if (s->covered > x->ndim)
        return true; /* said by those who know how many there are */
    for (int i = 0; i < e->span; i++) {
        int64_t size = x->shape[e->first + i];
        if (mask && t->at.shape[i] != size)
            return op_fail(s->x, TT_ERR_SHAPE,
                           "%s: indices[%d], a mask, is %s, the axes from %d on are of x %s",
                           s->name, number, describe(t).s, e->first, describe(s->x).s);
        if (!mul_fits(e->size, size, &e->size))
            return op_fail(s->x, TT_ERR_SHAPE, "%s: %s has too many elements", s->name,
                           describe(s->x).s);
    }
    e->mask = mask ? t : NULL;
    e->at = mask ? NULL : t;
    s->n++;
    return true;
}

static bool read_list(selection *s, int n, tt_tensor *const *list)
{
    tt_tensor *given[1 + LAYOUT_MAX_NDIM] = {s->x};
    int n_given = 1, last = -1;
    bool room = n >= 0 && n <= LAYOUT_MAX_NDIM;
    if (!room || (n > 0 && !list)) {
        op_fail(s->x, TT_ERR_ARG, "%s: a list of %d indices%s", s->name, n,
                room ? " is NULL" : "; from 0 to 16 are possible");
        return false;
    }
    for (int i = 0; i < n; i++)
        if (list[i])
            given[n_given++] = list[i];
    if (!op_context(s->name, n_given, given))
        return false;
    for (int i = 0; i < n; i++) {
        if (!list[i]) {
            s->covered++;
            continue;
        }
        s->apart = s->apart || (last >= 0 && last != i - 1);
        last = i;
        if (!add_entry(s, i, list[i]))
            return false;
    }
    if (s->covered > s->x->at.ndim)
        op_fail(s->x, TT_ERR_SHAPE, "%s: the indices are for %d axes; x is %s", s->name, s->covered,
                describe(s->x).s);
    return s->covered <= s->x->at.ndim;
}

/* Of masks the places, and the shape that all indices have in common. */
static bool broadcast_entries(selection *s)
{
    layout_init(&s->indices, 0, NULL);
    for (int i = 0; i < s->n; i++) {
        entry *e = &s->entries[i];
        layout both;
        if (e->mask)
            e->at = tt_select(tt_nonzero(tt_reshape(e->mask, TT_SHAPE(-1))), 1, 0);
        if (!e->at)
            return false;
        if (!layout_broadcast(&both, &s->indices, &e->at->at)) {
            op_fail(s->x, TT_ERR_SHAPE,
                    "%s: the indices do not broadcast: indices[%d] %s %s, those before it %s",
                    s->name, e->number, e->mask ? "chooses" : "is", describe(e->at).s,
                    describe_shape(s->indices.ndim, s->indices.shape).s);
            return false;
        }
        layout_copy(&s->indices, &both);
    }
    return true;
}

static bool entries_in_range(const selection *s)
{
    for (int i = 0; i < s->n; i++) {
        const entry *e = &s->entries[i];
        int64_t bad = 0;
        if (e->mask || index_check(&s->x->ctx->ex, operand_of(e->at), e->size, &bad))
            continue;
        op_fail(s->x, TT_ERR_INDEX,
                "%s: index %lld, at %s of indices[%d], is out of range for axis %d of size %lld",
                s->name, (long long)bad, index_place(e->at, bad).s, e->number, e->first,
                (long long)e->size);
        return false;
    }
    return true;
}

/* Entries whose axes lie far apart in memory first: then x can more often be merged as a view. */
static void sort_entries(selection *s)
{
    const layout *x = &s->x->at;
    for (int i = 1; i < s->n; i++)
        for (int k = i; k > 0; k--) {
            entry *a = &s->entries[k - 1], *b = &s->entries[k], held = *a;
            if (a->span == 0 || b->span == 0 ||
                llabs(x->stride[a->first]) >= llabs(x->stride[b->first]))
                break;
            *a = *b;
            *b = held;
        }
}

/* x with the indexed axes merged. */
static bool merge(selection *s)
{
    const layout *x = &s->x->at;
    bool indexed[LAYOUT_MAX_NDIM] = {false};
    int before = s->apart || s->n == 0 ? 0 : s->entries[0].first, n = 0, m = 0;
    int order[LAYOUT_MAX_NDIM];
    int64_t shape[LAYOUT_MAX_NDIM + 1], size = 1;
    sort_entries(s);
    for (; n < before; n++, m++) {
        order[n] = n;
        shape[m] = x->shape[n];
    }
    s->axis = m;
    for (int i = 0; i < s->n; i++) {
        const entry *e = &s->entries[i];
        if (!mul_fits(size, e->size, &size))
            return op_fail(s->x, TT_ERR_SHAPE, "%s: %s has too many elements", s->name,
                           describe(s->x).s);
        for (int k = e->first; k < e->first + e->span; k++) {
            indexed[k] = true;
            order[n++] = k;
        }
    }
    shape[m++] = size;
    for (int k = before; k < x->ndim; k++)
        if (!indexed[k]) {
            order[n++] = k;
            shape[m++] = x->shape[k];
        }
    if (!op_can_have_axes(s->name, s->x, m))
        return false;
    for (int i = 0; i < x->ndim; i++) {
        s->back[order[i]] = i;
        s->moved = s->moved || order[i] != i;
    }
    s->merged = s->moved ? tt_permute(s->x, x->ndim, order) : s->x;
    if (!s->merged)
        return false;
    layout_copy(&s->permuted, &s->merged->at);
    if (m != x->ndim || s->n != 1)
        s->merged = tt_reshape(s->merged, m, shape);
    return s->merged != NULL;
}

/* The list as one tensor of places: each counts the elements of the merged axes in C order. */
typedef struct flat_attr {
    int64_t size[LAYOUT_MAX_NDIM];
    layout at;
} flat_attr;

static tt_status flat_infer(op_call *c)
{
    const flat_attr *a = c->attr;
    c->dtype = TT_I64;
    layout_copy(&c->at, &a->at);
    return TT_OK;
}

static void flat_forward(op_call *c)
{
    const flat_attr *a = c->attr;
    layout at[LAYOUT_MAX_NDIM];
    operand in[LAYOUT_MAX_NDIM];
    for (int i = 0; i < c->n_in; i++)
        in[i] = operand_expand(c->in[i], &c->at, &at[i]);
    flatten_run(&c->ctx->ex, operand_of(c->out), c->n_in, in, a->size);
}

static bool flatten(selection *s)
{
    static const op flat = {.name = "index", .infer = flat_infer, .forward = flat_forward};
    tt_tensor *in[LAYOUT_MAX_NDIM];
    flat_attr a;
    for (int i = 0; i < s->n; i++) {
        in[i] = s->entries[i].at;
        a.size[i] = s->entries[i].size;
    }
    layout_copy(&a.at, &s->indices);
    s->at = s->n == 1   ? in[0]
            : s->n == 0 ? tt_zeros(s->x->ctx, TT_I64, TT_SCALAR)
                        : op_apply(&flat, s->n, in, &a, sizeof a);
    return s->at != NULL;
}

/* Is there room for what the indices choose? */
static bool chosen_fits(selection *s)
{
    if (!index_replaced(&s->merged->at, s->axis, &s->at->at, &s->chosen))
        op_fail(s->x, TT_ERR_SHAPE, "%s: %s by indices %s has too many axes or elements", s->name,
                describe(s->x).s, describe(s->at).s);
    return !s->x->ctx->err.code;
}

static bool select_entries(selection *s, const char *name, tt_tensor *x, int n,
                           tt_tensor *const *list)
{
    *s = (selection){.name = name, .x = x};
    return op_context(name, 1, &x) && read_list(s, n, list) && broadcast_entries(s) &&
           entries_in_range(s) && merge(s) && flatten(s) && chosen_fits(s);
}

static const op index_op = {.name = "index",
                            .infer = take_infer,
                            .forward = take_forward,
                            .vjp = take_vjp,
                            .saves = SAVE_IN(1)};

tt_tensor *tt_index(tt_tensor *x, int n, tt_tensor *const *indices)
{
    selection s;
    if (!select_entries(&s, "index", x, n, indices))
        return NULL;
    tt_tensor *in[] = {s.merged, s.at};
    return op_apply(&index_op, 2, in, &s.axis, sizeof s.axis);
}

/* in: x, places along the axis, values of the shape that they choose. */
static void put_forward(op_call *c)
{
    copy_run(&c->ctx->ex, operand_of(c->out), operand_of(c->in[0]));
    take_put_run(&c->ctx->ex, operand_of(c->out), *(const int *)c->attr, operand_of(c->in[1]),
                 operand_of(c->in[2]));
}

static tt_status put_infer(op_call *c)
{
    return infer_same_shape(c, c->in[0]->dtype);
}

static void put_vjp(const op_call *c, op_grads *g);
static const op put = {.name = "index_put",
                       .infer = put_infer,
                       .forward = put_forward,
                       .vjp = put_vjp,
                       .saves = SAVE_IN(1)};
static const op put_add = {.name = "index_put",
                           .infer = put_infer,
                           .forward = index_add_forward,
                           .vjp = index_add_vjp,
                           .saves = SAVE_IN(1)};

static tt_tensor *put_along(tt_tensor *x, tt_tensor *at, tt_tensor *values, int axis)
{
    tt_tensor *in[] = {x, at, values};
    return op_apply(&put, 3, in, &axis, sizeof axis);
}

/* Which of the places did not keep what was written there, as another came after it: the places
 * are numbered, the numbers written, and who does not find his own has lost. */
static tt_tensor *lost(tt_tensor *at, int64_t size)
{
    tt_tensor *number = tt_reshape(tt_arange(at->ctx, TT_I64, 0, (double)tensor_numel(at), 1),
                                   at->at.ndim, at->at.shape);
    tt_tensor *board = tt_full(at->ctx, TT_I64, TT_SHAPE(size), -1);
    return tt_ne(tt_take(put_along(board, at, number, 0), 0, at), number);
}

static void put_vjp(const op_call *c, op_grads *g)
{
    int axis = *(const int *)c->attr;
    tt_tensor *gy = grads_out(g), *at = c->in[1];
    const layout *v = &c->in[2]->at;
    if (grads_need(g, 0)) {
        tt_tensor *zero = tt_zeros(c->ctx, gy->dtype, TT_SCALAR);
        grads_add(g, 0, put_along(gy, at, tt_expand(zero, v->ndim, v->shape), axis));
    }
    if (grads_need(g, 2)) {
        int64_t shape[LAYOUT_MAX_NDIM];
        for (int i = axis; i < v->ndim; i++)
            shape[i - axis] = i < axis + at->at.ndim ? v->shape[i] : 1;
        tt_tensor *no = tt_reshape(lost(at, c->in[0]->at.shape[axis]), v->ndim - axis, shape);
        grads_add(g, 2, tt_masked_fill(tt_take(gy, axis, at), no, 0));
    }
}

/* The values in the shape that the indices choose. */
static tt_tensor *values_of(const selection *s, tt_tensor *values)
{
    const layout *want = &s->chosen;
    layout as;
    if (values->dtype != s->x->dtype)
        return op_fail(s->x, TT_ERR_DTYPE, "%s: x is %s, the values are %s; cast one with tt_cast",
                       s->name, describe(s->x).s, describe(values).s);
    if (!layout_expand(&as, &values->at, want->ndim, want->shape))
        return op_fail(s->x, TT_ERR_SHAPE,
                       "%s: the values are %s, which do not broadcast to %s, what the indices "
                       "choose of x %s",
                       s->name, describe(values).s, describe_shape(want->ndim, want->shape).s,
                       describe(s->x).s);
    return tt_expand(values, want->ndim, want->shape);
}

tt_tensor *tt_index_put(tt_tensor *x, int n, tt_tensor *const *indices, tt_tensor *values,
                        bool accumulate)
{
    selection s;
    tt_tensor *both[] = {x, values};
    if (!op_context("index_put", 2, both) || !select_entries(&s, "index_put", x, n, indices))
        return NULL;
    if (accumulate && !dtype_is_arithmetic(x->dtype))
        return op_fail(x, TT_ERR_DTYPE, "index_put: no arithmetic on %s", describe(x).s);
    values = values_of(&s, values);
    if (!values)
        return NULL;
    tt_tensor *in[] = {s.merged, s.at, values};
    tt_tensor *y = op_apply(accumulate ? &put_add : &put, 3, in, &s.axis, sizeof s.axis);
    if (s.merged->at.ndim != s.permuted.ndim || s.n != 1)
        y = tt_reshape(y, s.permuted.ndim, s.permuted.shape);
    return s.moved ? tt_permute(y, x->at.ndim, s.back) : y;
}
