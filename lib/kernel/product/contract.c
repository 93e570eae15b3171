/* A table of axes becomes one batched matrix product. Axes are given their roles (batch: in a, b
 * and out; M: a and out; N: b and out; K: summed), neighbours that travel together become one, and
 * what is left over of M and N joins the batch. Only where K, or M or N in many small pieces, has
 * no single stride is an operand copied, once. Without K it is an elementwise (outer) product, done
 * directly. */
#include <assert.h>
#include "contract.h"
#include "kernel/walk/copy.h"
#include "gemm.h"
#include "gemv.h"
#include "stage.h"
#include "roles.h"
#include "kernel/walk/parallel.h"

enum { STRIPE = 1 << 14 }; /* elements of an elementwise product that a thread is given */

typedef struct table {
    const contract_plan *p;
    roles role;
    const void *data[2]; /* a and b, or their copies */
    void *copy[2];
} table;

void contract_init(contract_plan *p, tt_dtype dtype)
{
    p->dtype = dtype;
    p->half_b = (tt_dtype)0;
    p->accumulate = false;
    p->alpha = 1;
    p->naxes = 0;
}

void contract_keep(contract_plan *p, int64_t size, int64_t a, int64_t b, int64_t out)
{
    p->axis[p->naxes++] = (contract_axis){.size = size, .a = a, .b = b, .out = out};
}

void contract_sum(contract_plan *p, int64_t size, int64_t a, int64_t b)
{
    p->axis[p->naxes++] = (contract_axis){.size = size, .a = a, .b = b, .summed = true};
}

static tt_dtype dtype_of(const table *t, side s)
{
    return s == B && t->p->half_b ? t->p->half_b : t->p->dtype;
}

/* Replaces an operand by a copy in which M (or N) and K each have one stride, the group that was
 * nearest to contiguous innermost. */
static bool copy_operand(const exec *x, table *t, side s)
{
    group *batch = &t->role[BATCH], *mine = &t->role[s == A ? M : N], *k = &t->role[K];
    stage p;
    stage_begin(&p);
    for (int i = 0; i < batch->n; i++)
        if (*stride_in(&batch->axis[i], s) != 0)
            stage_axis(&p, batch->axis[i].size, stride_in(&batch->axis[i], s));
    bool k_inner = group_least_stride(k, s) <= group_least_stride(mine, s);
    for (int pass = 0; pass < 2; pass++) {
        group *g = (pass == 1) == k_inner ? k : mine;
        for (int i = 0; i < g->n; i++)
            stage_axis(&p, g->axis[i].size, stride_in(&g->axis[i], s));
    }
    t->copy[s] = stage_alloc(x, &p, dtype_of(t, s));
    if (t->copy[s])
        stage_copy_in(x, &p, dtype_of(t, s), t->copy[s], t->data[s]);
    t->data[s] = t->copy[s];
    return t->copy[s] != NULL;
}

/* The only axis of a group, or one of size 1. */
static contract_axis single(group *g)
{
    group_coalesce(g);
    assert(g->n <= 1);
    return g->n ? g->axis[0] : (contract_axis){.size = 1};
}

static bool run_gemm(const exec *x, table *t, void *out)
{
    const contract_plan *p = t->p;
    contract_axis m = single(&t->role[M]), n = single(&t->role[N]), k = single(&t->role[K]);
    group *batch = &t->role[BATCH];
    group_sort(batch, false);
    group_coalesce(batch);
    assert(batch->n <= GEMM_MAX_BATCH);
    gemm_args g = {.dtype = p->dtype,
                   .half_b = p->half_b,
                   .m = m.size,
                   .n = n.size,
                   .k = k.size,
                   .nbatch = batch->n,
                   .alpha = p->alpha,
                   .beta = p->accumulate ? 1 : 0,
                   .a = t->data[A],
                   .b = t->data[B],
                   .c = out,
                   .sa = {.row = m.a, .col = k.a},
                   .sb = {.row = k.b, .col = n.b},
                   .sc = {.row = m.out, .col = n.out}};
    for (int i = 0; i < batch->n; i++) {
        g.batch[i] = batch->axis[i].size;
        g.sa.batch[i] = batch->axis[i].a;
        g.sb.batch[i] = batch->axis[i].b;
        g.sc.batch[i] = batch->axis[i].out;
    }
    return gemm_run(x, &g);
}

static bool run_sum(const exec *x, table *t, void *out)
{
    bool copied[2];
    roles_arrange(t->role, copied);
    bool ok = (!copied[A] || copy_operand(x, t, A)) && (!copied[B] || copy_operand(x, t, B)) &&
              run_gemm(x, t, out);
    for (int s = A; s <= B; s++)
        if (t->copy[s])
            x->mem.free(x->mem.user, t->copy[s]);
    return ok;
}

typedef struct elementwise {
    const table *t;
    const product_loops *loops;
    char *out;
    group g;                      /* the innermost axis last */
    int64_t size, length, pieces; /* bytes of an element; the innermost axis is cut into pieces */
} elementwise;

static void run_stripes(int64_t begin, int64_t end, void *arg)
{
    const elementwise *e = arg;
    const contract_axis *inner = &e->g.axis[e->g.n - 1];
    for (int64_t u = begin; u < end; u++) {
        int64_t first = u % e->pieces * e->length, row = u / e->pieces;
        int64_t n = inner->size - first < e->length ? inner->size - first : e->length;
        int64_t a = first * inner->a, b = first * inner->b, out = first * inner->out;
        for (int i = e->g.n - 2; i >= 0; row /= e->g.axis[i--].size) {
            int64_t at = row % e->g.axis[i].size;
            a += at * e->g.axis[i].a;
            b += at * e->g.axis[i].b;
            out += at * e->g.axis[i].out;
        }
        e->loops->multiply(n, (const char *)e->t->data[A] + a * e->size, inner->a,
                           (const char *)e->t->data[B] + b * e->size, inner->b, e->t->p->alpha,
                           e->t->p->accumulate, e->out + out * e->size, inner->out);
    }
}

/* Nothing is summed: every element of out is one product. */
static void run_elementwise(const exec *x, const table *t, void *out)
{
    elementwise e;
    e.t = t;
    e.loops = product_loops_of(x, t->p->dtype);
    e.out = out;
    e.size = element_size(t->p->dtype);
    e.g.n = 0;
    for (int r = BATCH; r < K; r++)
        for (int i = 0; i < t->role[r].n; i++)
            group_append(&e.g, &t->role[r].axis[i]);
    group_sort(&e.g, false);
    group_coalesce(&e.g);
    if (e.g.n == 0)
        group_append(&e.g, &(contract_axis){.size = 1});
    int64_t inner = e.g.axis[e.g.n - 1].size, rows = group_count(&e.g) / inner;
    e.length = inner < STRIPE ? inner : STRIPE;
    e.pieces = (inner + e.length - 1) / e.length;
    parallel_for(x, rows * e.pieces, STRIPE / e.length, run_stripes, &e);
}

/* Replaces a b that is half by a float32 copy. */
static bool widen(const exec *x, table *t)
{
    stage p;
    stage_begin(&p);
    for (int r = BATCH; r < K; r++)
        for (int i = 0; i < t->role[r].n; i++)
            if (t->role[r].axis[i].b != 0)
                stage_axis(&p, t->role[r].axis[i].size, &t->role[r].axis[i].b);
    t->copy[B] = stage_alloc(x, &p, TT_F32);
    if (t->copy[B])
        stage_cast_in(x, &p, TT_F32, t->copy[B], t->p->half_b, t->data[B]);
    t->data[B] = t->copy[B];
    return t->copy[B] != NULL;
}

/* An empty sum. */
static void run_zeros(const exec *x, const contract_plan *p, void *out)
{
    static const int64_t zero = 0; /* as a float and as a double too */
    layout at = {.ndim = 0};
    for (int i = 0; i < p->naxes; i++)
        if (!p->axis[i].summed && p->axis[i].size != 1) {
            at.shape[at.ndim] = p->axis[i].size;
            at.stride[at.ndim++] = p->axis[i].out;
        }
    if (!p->accumulate)
        fill_run(x, (operand){out, &at, p->dtype}, &zero);
}

bool contract_run(const exec *x, const contract_plan *p, void *out, const void *a, const void *b)
{
    bool empty = false;
    for (int i = 0; i < p->naxes; i++) {
        if (p->axis[i].size == 0 && !p->axis[i].summed)
            return true;
        empty = empty || p->axis[i].size == 0;
    }
    if (empty) {
        run_zeros(x, p, out);
        return true;
    }
    table t; /* large, and mostly unused: not initialised as a whole */
    t.p = p;
    t.data[A] = a;
    t.data[B] = b;
    t.copy[A] = t.copy[B] = NULL;
    roles_fill(t.role, p);
    if (t.role[K].n > 0)
        return run_sum(x, &t, out);
    if (p->half_b && !widen(x, &t))
        return false;
    run_elementwise(x, &t, out);
    if (t.copy[B])
        x->mem.free(x->mem.user, t.copy[B]);
    return true;
}
