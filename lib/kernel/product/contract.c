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
#include "pack.h"
#include "kernel/walk/parallel.h"

enum { STRIPE = 1 << 14 }; /* elements of an elementwise product that a thread is given */

typedef struct group {
    int n;
    contract_axis axis[CONTRACT_MAX_AXES];
} group;

typedef enum role { BATCH, M, N, K, ROLES } role;

typedef enum side { A, B } side;

typedef struct table {
    const contract_plan *p;
    group role[ROLES];   /* M and N: only what becomes one axis, the rest is in BATCH */
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

static int64_t magnitude(int64_t v)
{
    return v < 0 ? -v : v;
}

/* Is x to be outside of y: by the strides in out; among summed axes by those in a or in b. */
static bool outside(const contract_axis *x, const contract_axis *y, bool by_b)
{
    int64_t xa = magnitude(x->a), ya = magnitude(y->a), xb = magnitude(x->b), yb = magnitude(y->b);
    if (!x->summed)
        return x->out > y->out;
    if (by_b)
        return xb != yb ? xb > yb : xa > ya;
    return xa != ya ? xa > ya : xb > yb;
}

static void sort(group *g, bool by_b)
{
    for (int i = 1; i < g->n; i++) {
        contract_axis moving = g->axis[i];
        int j = i;
        for (; j > 0 && outside(&moving, &g->axis[j - 1], by_b); j--)
            g->axis[j] = g->axis[j - 1];
        g->axis[j] = moving;
    }
}

/* Neighbours of which the outer steps over the inner in every operand become one axis. */
static void coalesce(group *g)
{
    int n = 0;
    for (int i = 0; i < g->n; i++) {
        contract_axis *outer = n > 0 ? &g->axis[n - 1] : NULL;
        const contract_axis *inner = &g->axis[i];
        if (outer && outer->a == inner->a * inner->size && outer->b == inner->b * inner->size &&
            outer->out == inner->out * inner->size) {
            int64_t size = outer->size * inner->size;
            *outer = *inner;
            outer->size = size;
        } else {
            g->axis[n++] = *inner;
        }
    }
    g->n = n;
}

static role role_of(const contract_axis *x)
{
    if (x->summed)
        return K;
    return x->b == 0 && x->a != 0 ? M : x->a == 0 && x->b != 0 ? N : BATCH;
}

static void append(group *g, const contract_axis *x)
{
    g->axis[g->n++] = *x;
}

static int64_t count(const group *g)
{
    int64_t n = 1;
    for (int i = 0; i < g->n; i++)
        n *= g->axis[i].size;
    return n;
}

static int64_t *stride(contract_axis *x, side s)
{
    return s == A ? &x->a : &x->b;
}

static void fill_table(table *t)
{
    for (int r = 0; r < ROLES; r++)
        t->role[r].n = 0;
    for (int i = 0; i < t->p->naxes; i++) {
        const contract_axis *x = &t->p->axis[i];
        if (x->size != 1) /* which say nothing */
            append(&t->role[role_of(x)], x);
    }
    for (int r = 0; r < ROLES; r++) {
        sort(&t->role[r], false);
        coalesce(&t->role[r]);
    }
}

/* The axis of M (or N) that a loop over the others would leave: the contiguous one of out, else the
 * contiguous one of the operand when its K is not, else the longest. */
static int pick(table *t, role r, side s)
{
    group *g = &t->role[r], *k = &t->role[K];
    bool k_contiguous = false;
    for (int i = 0; i < k->n; i++)
        k_contiguous = k_contiguous || *stride(&k->axis[i], s) == 1;
    if (g->axis[g->n - 1].out == 1) /* they are sorted by out */
        return g->n - 1;
    int longest = 0;
    for (int i = 0; i < g->n; i++) {
        if (!k_contiguous && *stride(&g->axis[i], s) == 1)
            return i;
        longest = g->axis[i].size > g->axis[longest].size ? i : longest;
    }
    return longest;
}

/* Does out step evenly from axis i over axis i + 1? */
static bool out_merges(const group *g, int i)
{
    return g->axis[i].out == g->axis[i + 1].out * g->axis[i + 1].size;
}

/* Several axes in M (or N): a loop over all but one costs a reading of the other operand each time,
 * `other` elements long for each element summed; to merge them costs one copy of this operand. True
 * when the copy is to be made; axes that are not merged have moved to the batch. */
static bool gather_group(table *t, role r, side s, int64_t other)
{
    group *g = &t->role[r];
    if (g->n < 2)
        return false;
    int first = pick(t, r, s), last = first;
    if (g->axis[first].size < other) {
        while (first > 0 && out_merges(g, first - 1))
            first--;
        while (last + 1 < g->n && out_merges(g, last))
            last++;
    }
    group kept;
    kept.n = 0;
    for (int i = 0; i < g->n; i++)
        append(i >= first && i <= last ? &kept : &t->role[BATCH], &g->axis[i]);
    *g = kept;
    return g->n > 1;
}

static bool k_merges(group *k, side s)
{
    for (int i = 0; i + 1 < k->n; i++)
        if (*stride(&k->axis[i], s) != *stride(&k->axis[i + 1], s) * k->axis[i + 1].size)
            return false;
    return true;
}

/* Elements to copy if K keeps the order in which it is now. */
static int64_t k_cost(table *t, const bool *copied)
{
    group *k = &t->role[K];
    int64_t cost = copied[A] || k_merges(k, A) ? 0 : count(&t->role[M]);
    return cost + (copied[B] || k_merges(k, B) ? 0 : count(&t->role[N]));
}

/* Several axes in K: in the order of a or in that of b, whichever needs the smaller copy. */
static void order_sum(table *t, bool *copied)
{
    group *k = &t->role[K];
    if (k->n > 1) {
        int64_t cost = k_cost(t, copied);
        group by_a = *k;
        sort(k, true);
        if (k_cost(t, copied) >= cost)
            *k = by_a;
        coalesce(k);
    }
    copied[A] = copied[A] || !k_merges(k, A);
    copied[B] = copied[B] || !k_merges(k, B);
}

static int64_t smallest(group *g, side s)
{
    int64_t least = INT64_MAX;
    for (int i = 0; i < g->n; i++) {
        int64_t v = magnitude(*stride(&g->axis[i], s));
        least = v < least ? v : least;
    }
    return least;
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
    pack p;
    pack_begin(&p);
    for (int i = 0; i < batch->n; i++)
        if (*stride(&batch->axis[i], s) != 0)
            pack_axis(&p, batch->axis[i].size, stride(&batch->axis[i], s));
    bool k_inner = smallest(k, s) <= smallest(mine, s);
    for (int pass = 0; pass < 2; pass++) {
        group *g = (pass == 1) == k_inner ? k : mine;
        for (int i = 0; i < g->n; i++)
            pack_axis(&p, g->axis[i].size, stride(&g->axis[i], s));
    }
    t->copy[s] = pack_alloc(x, &p, dtype_of(t, s));
    if (t->copy[s])
        pack_copy_in(x, &p, dtype_of(t, s), t->copy[s], t->data[s]);
    t->data[s] = t->copy[s];
    return t->copy[s] != NULL;
}

/* The only axis of a group, or one of size 1. */
static contract_axis single(group *g)
{
    coalesce(g);
    assert(g->n <= 1);
    return g->n ? g->axis[0] : (contract_axis){.size = 1};
}

static bool run_gemm(const exec *x, table *t, void *out)
{
    const contract_plan *p = t->p;
    contract_axis m = single(&t->role[M]), n = single(&t->role[N]), k = single(&t->role[K]);
    group *batch = &t->role[BATCH];
    sort(batch, false);
    coalesce(batch);
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
    int64_t m = count(&t->role[M]), n = count(&t->role[N]);
    copied[A] = gather_group(t, M, A, n);
    copied[B] = gather_group(t, N, B, m);
    order_sum(t, copied);
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
    e.size = (int64_t)product_size(t->p->dtype);
    e.g.n = 0;
    for (int r = BATCH; r < K; r++)
        for (int i = 0; i < t->role[r].n; i++)
            append(&e.g, &t->role[r].axis[i]);
    sort(&e.g, false);
    coalesce(&e.g);
    if (e.g.n == 0)
        append(&e.g, &(contract_axis){.size = 1});
    int64_t inner = e.g.axis[e.g.n - 1].size, rows = count(&e.g) / inner;
    e.length = inner < STRIPE ? inner : STRIPE;
    e.pieces = (inner + e.length - 1) / e.length;
    parallel_for(x, rows * e.pieces, STRIPE / e.length, run_stripes, &e);
}

/* Replaces a b that is half by a float32 copy. */
static bool widen(const exec *x, table *t)
{
    pack p;
    pack_begin(&p);
    for (int r = BATCH; r < K; r++)
        for (int i = 0; i < t->role[r].n; i++)
            if (t->role[r].axis[i].b != 0)
                pack_axis(&p, t->role[r].axis[i].size, &t->role[r].axis[i].b);
    t->copy[B] = pack_alloc(x, &p, TT_F32);
    if (t->copy[B])
        pack_cast_in(x, &p, TT_F32, t->copy[B], t->p->half_b, t->data[B]);
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
    fill_table(&t);
    if (t.role[K].n > 0)
        return run_sum(x, &t, out);
    if (p->half_b && !widen(x, &t))
        return false;
    run_elementwise(x, &t, out);
    if (t.copy[B])
        x->mem.free(x->mem.user, t.copy[B]);
    return true;
}
