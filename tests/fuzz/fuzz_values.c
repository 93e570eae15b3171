/* A program of API calls on float64 tensors beside the same in naive loops (naive.h): views of
 * views, writes that other views must see, broadcasting, and the rows of all tables (beside.h).
 * After each step its result has the values that the loops have; after a write, all tensors. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "beside.h"
#include "naive.h"
#include "step.h"

enum { REGISTERS = 8, BASIC = 15, OPS = 1 << 12 };

static const beside_table *const tables[] = {&beside_lines, &beside_shapes, &beside_indices,
                                             &beside_products, &beside_nets};

static int rows_count(void)
{
    int n = 0;
    for (size_t i = 0; i < sizeof tables / sizeof *tables; i++)
        n += tables[i]->n;
    return n;
}

typedef struct pair {
    tt_tensor *t; /* NULL: there is none */
    naive n;
    double slack; /* what the sums in it may be off, times their largest element */
} pair;

/* What a program works on, and what it is doing, for messages. */
typedef struct machine {
    tt_ctx *ctx;
    pair r[REGISTERS];
    step_kind now;
} machine;

static bool close_to(double a, double b, double slack)
{
    return a == b || (isnan(a) && isnan(b)) || fabs(a - b) <= 1e-11 * fabs(b) + slack ||
           (fabs(b) > 1e290 && !isfinite(a)) || (fabs(b) < 1e-290 && fabs(a) < 1e-290);
}

/* The tensor has the shape and the values of the loops, which then take over its roundings. */
static void expect_same(const machine *m, const pair *p, double slack)
{
    size_t bytes;
    if (tt_ndim(p->t) != p->n.ndim)
        step_wrong(&m->now, "%d axes, not %d", tt_ndim(p->t), p->n.ndim);
    for (int i = 0; i < p->n.ndim; i++)
        if (tt_shape(p->t)[i] != p->n.shape[i])
            step_wrong(&m->now, "axis %d has %lld elements, not %lld", i,
                       (long long)tt_shape(p->t)[i], (long long)p->n.shape[i]);
    double *got = step_bytes(p->t, &bytes);
    for (int64_t k = 0; got && k < p->n.n; k++) {
        double want = naive_get(&p->n, k);
        if (!close_to(got[k], want, slack))
            step_wrong(&m->now, "element %lld is %.17g, not %.17g", (long long)k, got[k], want);
        naive_set(&p->n, k, got[k]);
    }
    free(got);
}

/* The result of a step takes a register, if it is not too large. */
static void put(machine *m, int to, tt_tensor *t, naive n, double slack)
{
    pair p = {t, n, slack};
    if (!t)
        step_wrong(&m->now, "%s", tt_error_message(m->ctx));
    expect_same(m, &p, slack);
    if (p.n.n <= 400)
        m->r[to] = p;
}

/* Does the library refuse, as it must? */
static void refused(const machine *m, bool wrong)
{
    if (!wrong || tt_ok(m->ctx))
        step_wrong(&m->now, "not refused");
    tt_error_clear(m->ctx);
}

static void map(machine *m, const pair *x, const step *s)
{
    int i = (s->b & 127) % maps_count;
    m->now.name = maps[i].name;
    put(m, s->to, maps[i].call(x->t), naive_map(&x->n, maps[i].f), 0);
}

static void zip(machine *m, const pair *x, const pair *y, const step *s)
{
    int i = (s->b & 127) % zips_count, ndim;
    int64_t shape[NAIVE_AXES];
    m->now.name = zips[i].name;
    if (!zips[i].call)
        return;
    tt_tensor *z = zips[i].call(x->t, y->t);
    if (naive_broadcast(&x->n, &y->n, &ndim, shape))
        put(m, s->to, z, naive_zip(&x->n, &y->n, zips[i].f), 0);
    else
        refused(m, z == NULL);
}

/* The number beside x, for naive_zip(). */
static void zip_scalar(machine *m, const pair *x, const step *s)
{
    static const double numbers[] = {0, 1, -1, 2, 0.5, -2.5, 3, 1e-3, 1e6, -7};
    int i = (s->b & 127) % zips_count;
    naive v = naive_new(0, NULL);
    naive_set(&v, 0, numbers[(s->c & 127) % 10]);
    m->now.name = zips[i].name;
    if (zips[i].scalar)
        put(m, s->to, zips[i].scalar(x->t, naive_get(&v, 0)), naive_zip(&x->n, &v, zips[i].f), 0);
}

/* Every other tensor over the same memory sees it. */
static void write(machine *m, const pair *x, const pair *y, const step *s)
{
    int i = (s->b & 127) % zips_count, ndim;
    int64_t shape[NAIVE_AXES];
    bool copies = !zips[i].write;
    m->now.name = copies ? "copy_" : zips[i].name;
    tt_status status = copies ? tt_copy_(x->t, y->t) : zips[i].write(x->t, y->t);
    if (status != TT_OK) { /* an element of x that is there twice, or shapes */
        refused(m, true);
        return;
    }
    if (!naive_broadcast(&x->n, &y->n, &ndim, shape))
        step_wrong(&m->now, "shapes that do not broadcast are not refused");
    naive from = naive_expand(&y->n, x->n.ndim, x->n.shape);
    naive z = copies ? naive_copy(&from) : naive_zip(&x->n, &from, zips[i].f);
    for (int64_t k = 0; k < z.n; k++)
        naive_set(&x->n, k, naive_get(&z, k));
    for (int k = 0; k < REGISTERS; k++)
        expect_same(m, &m->r[k], 0);
}

static void fold(machine *m, const pair *x, const step *s)
{
    int i = s->b & 3, axis = x->n.ndim ? (s->c & 127) % (x->n.ndim + 1) - 1 : -1;
    bool keep = s->a & 1;
    m->now.name = folds[i].name;
    if ((x->n.n == 0 || (axis >= 0 && x->n.shape[axis] == 0)) && i > 1)
        return; /* no largest of nothing */
    double loud = i == 0 ? beside_slack(&x->n) : 0;
    tt_tensor *t = folds[i].call(x->t, axis < 0 ? 0 : 1, &axis, keep);
    put(m, s->to, t, naive_fold(&x->n, axis, keep, folds[i].begin, folds[i].f), loud);
}

static void scan(machine *m, const pair *x, const step *s)
{
    int i = s->b & 3;
    if (x->n.ndim == 0)
        return;
    int axis = (s->c & 127) % x->n.ndim;
    m->now.name = folds[i].name;
    double loud = i == 0 ? beside_slack(&x->n) : 0;
    put(m, s->to, folds[i].scan(x->t, axis), naive_scan(&x->n, axis, folds[i].f), loud);
}

static void turn(machine *m, const pair *x, const step *s)
{
    if (x->n.ndim == 0)
        return;
    int a = (s->a & 127) % x->n.ndim, b = (s->b & 127) % x->n.ndim;
    m->now.name = "transpose";
    put(m, s->to, tt_transpose(x->t, a, b), naive_transpose(&x->n, a, b), 0);
}

static void slice(machine *m, const pair *x, const step *s)
{
    if (x->n.ndim == 0)
        return;
    int axis = (s->a & 127) % x->n.ndim;
    int64_t size = x->n.shape[axis], start = size ? (s->b & 127) % size : 0;
    int64_t stride = s->c & 1 ? -1 - (s->c >> 1 & 1) : 1 + (s->c >> 1 & 1);
    int64_t left = stride > 0 ? size - start : start + 1;
    int64_t n = size ? (left + llabs(stride) - 1) / llabs(stride) : 0;
    char text[200] = "", stop[24] = "";
    for (int i = 0; i < axis; i++)
        strcat(text, ":,");
    if ((s->c & 60) == 60) { /* nothing */
        n = 0;
        snprintf(stop, sizeof stop, "%lld", (long long)start);
    }
    m->now.name = "slice";
    tt_tensor *t =
        tt_slice(x->t, "%s %lld:%s:%lld", text, (long long)start, stop, (long long)stride);
    put(m, s->to, t, naive_narrow(&x->n, axis, start, n, stride), 0);
}

/* Where strides do not allow a view it is a copy, which writes do not reach. */
static void reshape(machine *m, const pair *x, const step *s)
{
    int64_t part = (s->a & 3) + 1;
    if (x->n.n == 0 || x->n.n % part)
        return;
    int ndim = s->b & 1 ? 2 : 1;
    int64_t shape[] = {ndim == 2 ? part : x->n.n, x->n.n / part};
    m->now.name = "reshape";
    tt_tensor *t = tt_reshape(x->t, ndim, shape);
    naive from = tt_same_storage(t, x->t) ? x->n : naive_copy(&x->n);
    put(m, s->to, t, naive_view(&from, ndim, shape, NULL), 0);
}

static void expand(machine *m, const pair *x, const step *s)
{
    int64_t shape[NAIVE_AXES];
    if (x->n.ndim >= 4)
        return;
    memcpy(shape + 1, x->n.shape, sizeof shape - sizeof *shape);
    shape[0] = (s->a & 1) + 1;
    m->now.name = "expand";
    put(m, s->to, tt_expand(x->t, x->n.ndim + 1, shape), naive_expand(&x->n, x->n.ndim + 1, shape),
        0);
}

static void copy(machine *m, const pair *x, const step *s)
{
    m->now.name = "clone";
    put(m, s->to, tt_clone(x->t), naive_copy(&x->n), 0);
}

static void cat(machine *m, const pair *x, const pair *y, const step *s)
{
    if (x->n.ndim == 0 || x->n.ndim != y->n.ndim)
        return;
    int axis = (s->a & 127) % x->n.ndim;
    for (int i = 0; i < x->n.ndim; i++)
        if (i != axis && x->n.shape[i] != y->n.shape[i])
            return;
    m->now.name = "cat";
    put(m, s->to, tt_cat(TT_TENSORS(x->t, y->t), axis), naive_cat(&x->n, &y->n, axis), 0);
}

static void take(machine *m, const pair *x, const step *s)
{
    if (x->n.ndim == 0)
        return;
    int axis = (s->a & 127) % x->n.ndim;
    int64_t size = x->n.shape[axis], which[3];
    naive index = naive_new(1, (int64_t[]){3});
    for (int i = 0; i < 3 && size; i++) {
        which[i] = ((s->b & 127) + i * 5) % size;
        naive_set(&index, i, (double)which[i]);
    }
    if (!size)
        return;
    m->now.name = "take";
    tt_tensor *t = tt_take(x->t, axis, tt_from_data(m->ctx, TT_I64, TT_SHAPE(3), which));
    put(m, s->to, t, naive_take(&x->n, axis, &index), 0);
}

/* A row of the tables. Where only one side gives a view, as reshape() and einsum() may, the
 * register has memory of its own on both. */
static void row(machine *m, int i, const pair *x, const pair *y, const step *s)
{
    int t = 0;
    for (; i >= tables[t]->n; t++)
        i -= tables[t]->n;
    const beside_row *now = &tables[t]->rows[i];
    const beside_case c = {m->ctx, x->t, y->t, &x->n, &y->n, s->a, s->b, s->c};
    beside_result r = {0};
    m->now.name = now->name;
    if (!now->run(now, &c, &r))
        return;
    bool of_x = tt_same_storage(r.t, x->t), of_y = tt_same_storage(r.t, y->t);
    if ((r.n.memory == x->n.memory && !of_x) || (r.n.memory == y->n.memory && !of_y))
        r.n = naive_copy(&r.n);
    if ((of_x && r.n.memory != x->n.memory) || (of_y && r.n.memory != y->n.memory))
        r.t = tt_clone(r.t);
    put(m, s->to, r.t, r.n, r.slack);
}

static void basic(machine *m, int op, const pair *x, const pair *y, const step *s)
{
    switch (op) {
    case 0:
    case 1:
        map(m, x, s);
        break;
    case 2:
        zip(m, x, y, s);
        break;
    case 3:
        zip_scalar(m, x, s);
        break;
    case 4:
    case 5:
        write(m, x, y, s);
        break;
    case 6:
        fold(m, x, s);
        break;
    case 7:
        scan(m, x, s);
        break;
    case 8:
        turn(m, x, s);
        break;
    case 9:
        slice(m, x, s);
        break;
    case 10:
        reshape(m, x, s);
        break;
    case 11:
        expand(m, x, s);
        break;
    case 12:
        copy(m, x, s);
        break;
    case 13:
        cat(m, x, y, s);
        break;
    default:
        take(m, x, s);
    }
}

/* Every other step is one of the basic ones, which make what the rows then work on. */
static void run(machine *m, const step *s)
{
    const pair *x = &m->r[s->x % REGISTERS], *y = &m->r[s->y % REGISTERS];
    step n = *s;
    n.to %= REGISTERS;
    if (s->op & 1)
        row(m, (s->op >> 1) % rows_count(), x, y, &n);
    else
        basic(m, (s->op >> 1) % BASIC, x, y, &n);
}

static void begin(machine *m)
{
    static const int64_t shapes[REGISTERS][3] = {{3, 4}, {4}, {4, 3}, {2, 3, 4},
                                                 {3, 1}, {0}, {1, 4}, {3, 3}};
    static const int axes[REGISTERS] = {2, 1, 2, 3, 2, 0, 2, 2};
    for (int i = 0; i < REGISTERS; i++) {
        pair *p = &m->r[i];
        p->n = naive_new(axes[i], shapes[i]);
        for (int64_t k = 0; k < p->n.n; k++)
            naive_set(&p->n, k, (double)((k * 7 + i * 3) % 13 - 6) * 0.25);
        p->t = tt_from_data(m->ctx, TT_F64, axes[i], shapes[i], p->n.memory->at);
    }
}

/* Each row in turn, with other operands and numbers every time, and after it a basic step. */
const uint8_t *fuzz_seed(int i, size_t *size)
{
    enum { STEPS = 48, SEEDS = 32 };
    static uint8_t program[STEPS * STEP_BYTES];
    for (int k = 0; k < STEPS; k++) {
        int at = i * STEPS / 2 + k / 2, op = k & 1 ? at % BASIC << 1 : at % rows_count() << 1 | 1;
        uint8_t *d = program + (ptrdiff_t)k * STEP_BYTES;
        d[0] = (uint8_t)op;
        for (int j = 1; j < STEP_BYTES; j++)
            d[j] = (uint8_t)(at * (7 * j + 2 * i + 1) + k * 13 + j * i);
        d[4] = (uint8_t)((op >> 8 & 15) << 4 | (k * 5 + i) % REGISTERS);
    }
    *size = sizeof program;
    return i < SEEDS ? program : NULL;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const uint8_t *end = data + size;
    machine m = {.ctx = tt_ctx_new()};
    step s;
    if (!m.ctx)
        abort();
    tt_set_num_threads(m.ctx, 1);
    tt_scope_begin(m.ctx, TT_NO_GRAD);
    begin(&m);
    for (int n = 0; n < 200 && step_next(&data, end, OPS, &s); n++)
        run(&m, &s);
    tt_ctx_free(m.ctx);
    naive_clear();
    return 0;
}
