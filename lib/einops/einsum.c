/* einsum. Input: a pattern and operands; output: the contraction. Each operand is split, its
 * diagonals taken and its lone axes summed; then two operands at a time become one, in the order
 * that path.c finds, and the result is arranged as the output. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <tinytensor/einops.h>
#include <tinytensor/reduce.h>
#include "op/product/contract.h"
#include "named.h"
#include "path.h"

static const plan_rule rule = {"einsum", true, false, true};
static const plan_rule path_rule = {"einsum_path", true, false, true};

/* What a call works with, too large for a small stack. */
typedef struct tables {
    parsed p;
    plan pl;
    int16_t uses[PLAN_AXES];
    bool keep[PLAN_AXES];
    path_problem problem; /* of three operands or more, */
    path path;
    named operand[PATTERN_TERMS]; /* and what has become of them */
    int16_t where[2 * PATTERN_TERMS];
} tables;

static tt_ctx *check(const char *name, const char *text, int n, tt_tensor *const *x)
{
    tt_ctx *ctx = n > 0 ? op_context(name, n, x) : NULL;
    if (!ctx)
        return NULL;
    if (!text)
        ctx_error(ctx, TT_ERR_ARG, "%s: the pattern is NULL", name);
    else if (n > PATTERN_TERMS - 1)
        ctx_error(ctx, TT_ERR_ARG, "%s: %d operands; at most %d are possible", name, n,
                  PATTERN_TERMS - 1);
    else if (!dtype_is_arithmetic(x[0]->dtype))
        ctx_error(ctx, TT_ERR_DTYPE, "%s: no products of %s; cast first", name, describe(x[0]).s);
    for (int i = 1; i < n; i++)
        if (x[i]->dtype != x[0]->dtype)
            ctx_error(ctx, TT_ERR_DTYPE, "%s: dtypes differ: operand 0 is %s, operand %d is %s",
                      name, describe(x[0]).s, i, describe(x[i]).s);
    return ctx->err.code ? NULL : ctx;
}

/* In how many operands each axis is. */
static void count_uses(const plan *pl, int n, int16_t *uses)
{
    for (int i = 0; i < pl->n_axes; i++)
        uses[i] = 0;
    for (int i = 0; i < n; i++)
        for (int k = 0; k < pl->in[i].n; k++) {
            bool again = false;
            for (int j = 0; j < k; j++)
                again = again || pl->in[i].axis[j] == pl->in[i].axis[k];
            uses[pl->in[i].axis[k]] = (int16_t)(uses[pl->in[i].axis[k]] + !again);
        }
}

/* The axes that outlive the preparation of the operands: the output's, and those of several. */
static void find_kept(const plan *pl, const int16_t *uses, bool *keep)
{
    for (int i = 0; i < pl->n_axes; i++)
        keep[i] = pl->output[i] || uses[i] > 1;
}

static bool bind(tables *t, const plan_rule *r, const char *text, int n, tt_tensor *const *x)
{
    message m;
    int ndim[PATTERN_TERMS];
    size_t length = strlen(text);
    message_clear(&m);
    m.shapes = n > 1; /* which of them? messages say it where it matters */
    for (int i = 0; i < n; i++)
        ndim[i] = x[i]->at.ndim;
    unsigned grammar = MANY_TERMS | IMPLICIT | REPEATS | UNDERSCORE;
    if (pattern_is_compact(text, length, n, ndim))
        grammar |= LETTERS;
    if (pattern_parse(&t->p, text, length, grammar, &m) && plan_bind(&t->pl, &t->p, r, n, x, &m)) {
        count_uses(&t->pl, n, t->uses);
        find_kept(&t->pl, t->uses, t->keep);
        return true;
    }
    report(x[0], r->name, text, &m);
    return false;
}

static void pose(path_problem *q, const plan *pl, const bool *keep, int n)
{
    q->n = n;
    q->n_axes = pl->n_axes;
    q->size = pl->size;
    q->out = (axis_set){{0}};
    for (int k = 0; k < pl->out.n; k++)
        set_add(&q->out, pl->out.axis[k]);
    for (int i = 0; i < n; i++) {
        q->operand[i] = (axis_set){{0}};
        for (int k = 0; k < pl->in[i].n; k++)
            if (keep[pl->in[i].axis[k]])
                set_add(&q->operand[i], pl->in[i].axis[k]);
    }
}

static void prepare(named *t, tt_tensor *x, const plan *pl, const plan_term *in, bool repeats,
                    const bool *keep)
{
    named_begin(t, x, false, pl, in);
    if (repeats)
        named_diagonals(t);
    named_reduce(t, keep, tt_sum);
}

/* The axes of the product of a and b, in their order there, then those of b. */
static void list_axes(const named *a, const named *b, const axis_set *axes, plan_term *out)
{
    out->n = 0;
    for (int i = 0; i < a->n; i++)
        if (set_has(axes, a->axis[i]) && out->n < LAYOUT_MAX_NDIM)
            out->axis[out->n++] = a->axis[i];
    for (int i = 0; i < b->n; i++)
        if (set_has(axes, b->axis[i]) && named_find(a, b->axis[i]) == NOWHERE &&
            out->n < LAYOUT_MAX_NDIM)
            out->axis[out->n++] = b->axis[i];
}

static int place_in(const named *t, int axis)
{
    int k = named_find(t, axis);
    return k == NOWHERE ? ABSENT : k;
}

/* a becomes the sum over what is not in out of the product of a and b; b is released. */
static void multiply(named *a, named *b, const plan *pl, const plan_term *out)
{
    contract_attr table;
    contract_begin(&table);
    for (int k = 0; k < out->n; k++)
        contract_add(&table, pl->size[out->axis[k]], place_in(a, out->axis[k]),
                     place_in(b, out->axis[k]), k);
    for (int i = 0; i < a->n; i++) {
        bool kept = false;
        for (int k = 0; k < out->n; k++)
            kept = kept || out->axis[k] == a->axis[i];
        if (!kept)
            contract_add(&table, pl->size[a->axis[i]], i, place_in(b, a->axis[i]), ABSENT);
    }
    named_become(a, op_contract(a->x, b->x, &table));
    named_release(b);
    a->n = out->n;
    memcpy(a->axis, out->axis, (size_t)out->n * sizeof *out->axis);
}

static bool too_wide(const path *r, const path_problem *q, int step, tt_ctx *ctx)
{
    int n = 0;
    for (int i = 0; i < q->n_axes; i++)
        n += set_has(&r->step[step].axes, i);
    if (n > LAYOUT_MAX_NDIM)
        ctx_error(ctx, TT_ERR_SHAPE,
                  "einsum: every order of contraction has a result with more than %d axes",
                  LAYOUT_MAX_NDIM);
    return n > LAYOUT_MAX_NDIM;
}

static tt_tensor *contract_two(tt_tensor *const *x, const plan *pl, const bool *keep)
{
    named t[2];
    for (int i = 0; i < 2; i++)
        prepare(&t[i], x[i], pl, &pl->in[i], pl->p->term[i].repeats, keep);
    multiply(&t[0], &t[1], pl, &pl->out);
    return named_finish(&t[0], pl);
}

/* Three or more. The result of each step takes the place of its first operand; where[] says where
 * the numbers of the path are now. */
static tt_tensor *contract_all(tt_ctx *ctx, int n, tt_tensor *const *x, tables *w)
{
    const plan *pl = &w->pl;
    const path *r = &w->path;
    named *t = w->operand;
    plan_term axes;
    pose(&w->problem, pl, w->keep, n);
    if (!path_find(&w->path, &w->problem, ctx))
        return NULL;
    for (int i = 0; i < n; i++) {
        prepare(&t[i], x[i], pl, &pl->in[i], pl->p->term[i].repeats, w->keep);
        w->where[i] = (int16_t)i;
    }
    for (int k = 0; k < r->n; k++) {
        named *a = &t[w->where[r->step[k].a]], *b = &t[w->where[r->step[k].b]];
        w->where[n + k] = w->where[r->step[k].a];
        if (too_wide(r, &w->problem, k, ctx))
            break;
        list_axes(a, b, &r->step[k].axes, &axes);
        multiply(a, b, pl, k == r->n - 1 ? &pl->out : &axes);
    }
    named *last = &t[w->where[n + r->n - 1]];
    if (!ctx->err.code)
        return named_finish(last, pl);
    for (int i = 0; i < n; i++)
        named_release(&t[i]);
    return NULL;
}

static tt_tensor *contract_one(tt_tensor *x, const plan *pl)
{
    named t;
    prepare(&t, x, pl, &pl->in[0], pl->p->term[0].repeats, pl->output);
    named_arrange(&t, pl);
    return named_finish(&t, pl);
}

tt_tensor *tt_einsum(const char *text, int n, tt_tensor *const *inputs)
{
    tt_ctx *ctx = check(rule.name, text, n, inputs);
    tables *t = ctx ? tt_ctx_alloc(ctx, sizeof *t) : NULL;
    tt_tensor *y = NULL;
    if (t && bind(t, &rule, text, n, inputs))
        y = n == 1   ? contract_one(inputs[0], &t->pl)
            : n == 2 ? contract_two(inputs, &t->pl, t->keep)
                     : contract_all(ctx, n, inputs, t);
    tt_ctx_dealloc(ctx, t);
    return y ? op_narrowed(y, inputs[0]->dtype) : NULL; /* sums are wider */
}

typedef struct writer {
    char *to;
    size_t room;
} writer;

static void put(writer *w, const char *format, ...) TT_PRINTF(2, 3);
static void put(writer *w, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    int n = vsnprintf(w->to, w->room, format, args);
    va_end(args);
    size_t used = n < 0 ? 0 : (size_t)n < w->room ? (size_t)n : w->room - 1;
    w->to += used;
    w->room -= used;
}

static void put_axes(writer *w, const plan *pl, const axis_set *axes)
{
    const char *space = "";
    for (int i = 0; i < pl->n_axes; i++) {
        if (!set_has(axes, i))
            continue;
        const pattern_axis *a = i < pl->p->n_axes ? &pl->p->axis[i] : NULL;
        if (a && a->length)
            put(w, "%s%.*s", space, a->length, a->name);
        else if (a)
            put(w, "%s%lld", space, (long long)a->size);
        else
            put(w, "%s...%d", space, i - pl->p->n_axes);
        space = " ";
    }
}

/* One loop over all axes: a multiplication for each operand but the first, an addition for a sum.
 */
static double naive_cost(const path_problem *q, const plan *pl)
{
    axis_set all = {{0}};
    bool summed = false;
    for (int i = 0; i < q->n; i++)
        for (int k = 0; k < pl->in[i].n; k++)
            set_add(&all, pl->in[i].axis[k]);
    for (int i = 0; i < q->n_axes; i++)
        summed = summed || (set_has(&all, i) && !set_has(&q->out, i));
    return path_elements(q, &all) * ((q->n > 2 ? q->n - 1 : 1) + summed);
}

/* Summing the lone axes beforehand reads the operand once. */
static double sums_cost(const path_problem *q, const plan *pl, const bool *keep)
{
    double cost = 0;
    for (int i = 0; i < q->n; i++) {
        axis_set axes = {{0}};
        bool lone = false;
        for (int k = 0; k < pl->in[i].n; k++) {
            set_add(&axes, pl->in[i].axis[k]);
            lone = lone || !keep[pl->in[i].axis[k]];
        }
        cost += lone ? path_elements(q, &axes) : 0;
    }
    return cost;
}

static void describe_path(writer *w, const path *r, const path_problem *q, const plan *pl,
                          const bool *keep)
{
    double naive = naive_cost(q, pl), chosen = r->cost + sums_cost(q, pl, keep);
    put(w, "naive cost: %.6g\n", naive);
    put(w, "chosen cost: %.6g\n", chosen);
    put(w, "largest intermediate: %.6g elements\n", r->largest);
    put(w, "order:");
    for (int k = 0; k < r->n; k++)
        put(w, "%s (%d, %d)", k ? "," : "", r->step[k].a, r->step[k].b);
    put(w, "\n");
    for (int k = 0; k < r->n; k++) {
        const path_step *s = &r->step[k];
        put(w, "  %d = %d * %d: ", q->n + k, s->a, s->b);
        put_axes(w, pl, s->a < q->n ? &q->operand[s->a] : &r->step[s->a - q->n].axes);
        put(w, ", ");
        put_axes(w, pl, s->b < q->n ? &q->operand[s->b] : &r->step[s->b - q->n].axes);
        put(w, " -> ");
        put_axes(w, pl, &s->axes);
        put(w, ", cost %.6g\n", s->cost);
    }
}

static void write_path(tt_ctx *ctx, int n, tables *t, writer *w)
{
    path_problem *q = &t->problem;
    pose(q, &t->pl, t->keep, n);
    if (!path_find(&t->path, q, ctx))
        return;
    if (n == 1)
        t->path.largest = path_elements(q, &q->out);
    describe_path(w, &t->path, q, &t->pl, t->keep);
}

tt_status tt_einsum_path(const char *pattern, int n, tt_tensor *const *inputs, char *text,
                         size_t size)
{
    tt_ctx *ctx = check(path_rule.name, pattern, n, inputs);
    if (!ctx)
        return n > 0 ? op_status(inputs[0]) : TT_ERR_ARG;
    if (!text || !size)
        return ctx_error(ctx, TT_ERR_ARG, "einsum_path: no room for the text");
    text[0] = '\0';
    tables *t = tt_ctx_alloc(ctx, sizeof *t);
    if (t && bind(t, &path_rule, pattern, n, inputs))
        write_path(ctx, n, t, &(writer){text, size});
    tt_ctx_dealloc(ctx, t);
    return ctx->err.code;
}
