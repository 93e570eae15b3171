/* The singular value decomposition. */
#include <tinytensor/tinytensor.h>
#include "kernel/linalg/spectral.h"
#include "linalg.h"
#include "pairs.h"

/* Results; vectors are there where they are wanted, and while the call is recorded. */
enum { S, U, VH };

tt_status linalg_svd_infer(op_call *c)
{
    const tt_tensor *a = c->in[0];
    bool full = *(const bool *)c->attr;
    if (linalg_matrix(c, 0, "a") < 0)
        return c->ctx->err.code;
    int64_t m = rows_of(a), n = cols_of(a), k = smaller(m, n);
    c->dtype = a->dtype;
    bool ok = linalg_layout(&c->at, a, 1, k, 0);
    if (c->recording || c->wanted >> U)
        ok = ok && linalg_layout(infer_also(c, a->dtype), a, 2, m, full ? m : k) &&
             linalg_layout(infer_also(c, a->dtype), a, 2, full ? n : k, n);
    return ok ? TT_OK : linalg_too_many(c);
}

void linalg_svd_forward(op_call *c)
{
    linalg_report(c,
                  svd_run(&c->ctx->ex, linalg_result_of(c, S), linalg_result_of(c, U),
                          linalg_result_of(c, VH), operand_of(c->in[0])),
                  "a", &c->in[0]->at);
}

/* Vectors in the columns of u, of which the first k belong to values, and their gradient g; NULL:
 * no gradient. */
typedef struct side {
    tt_tensor *u, *rest, *g, *inner; /* rest: columns beyond k, or NULL; inner = u^T g */
    tt_tensor *across;               /* what of g lies outside of u's span */
} side;

static side side_of(const op_call *c, tt_tensor *u, tt_tensor *g, int64_t k)
{
    side s = {.u = u, .g = g};
    int64_t more = cols_of(u) - k;
    if (more)
        s.u = tt_narrow(u, -1, 0, k);
    if (!g)
        return s;
    if (more) {
        tt_tensor *gr = tt_narrow(g, -1, k, more), *x;
        s.rest = tt_narrow(u, -1, k, more);
        s.g = tt_narrow(g, -1, 0, k);
        x = tt_matmul(turned(s.rest), gr);
        /* any basis of the rest is as good: nothing may depend on which */
        pair_quotient(c->op->name, PAIR_DIFFERENCE, skew(x), tt_mul_scalar(tt_select(x, -1, 0), 0),
                      x);
        s.across = tt_neg(tt_matmul(s.rest, tt_matmul(turned(gr), s.u)));
    }
    s.inner = tt_matmul(turned(s.u), s.g);
    if (rows_of(u) > k) {
        tt_tensor *out = tt_sub(s.g, tt_matmul(s.u, s.inner));
        s.across = s.across ? tt_add(s.across, out) : out;
    }
    return s;
}

static tt_tensor *plus(tt_tensor *a, tt_tensor *b)
{
    return a && b ? tt_add(a, b) : a ? a : b;
}

/* The part of the gradient between the vectors of values: (P[i][j] s[j] + s[i] Q[i][j]) /
 * (s[j]^2 - s[i]^2), P and Q skew from either side, as a quotient by the difference of values and
 * one by their sum. Only P + Q must vanish where values are equal. */
static tt_tensor *between(const op_call *c, tt_tensor *s, const side *u, const side *v)
{
    const char *name = c->op->name;
    tt_tensor *p = u->inner, *q = v->inner;
    if (!p && !q)
        return NULL;
    tt_tensor *scale = p && q ? tt_maximum(tt_abs(tt_detach(p)), tt_abs(tt_detach(q))) : p ? p : q;
    tt_tensor *sum = plus(p, q), *difference = !q ? p : !p ? tt_neg(q) : tt_sub(p, q);
    tt_tensor *x = pair_quotient(name, PAIR_DIFFERENCE, skew(sum), s, scale);
    tt_tensor *y = pair_quotient(name, PAIR_SUM, skew(difference), s, scale);
    return tt_mul_scalar(tt_add(x, y), 0.5);
}

/* u for a gradient that depends on the values again. */
static tt_tensor *strict(const op_call *c, tt_tensor *u, tt_tensor *s, int64_t k)
{
    tt_tensor *v = pair_strict(c->op->name, PAIR_DIFFERENCE, u, s);
    return rows_of(u) > k ? pair_strict(c->op->name, PAIR_ZERO, v, s) : v;
}

static void svd_vjp(const op_call *c, op_grads *g)
{
    tt_tensor *s = c->result[S].tensor, *gs = grads_out_of(g, S), *gvh = grads_out_of(g, VH);
    int64_t k = s->at.shape[s->at.ndim - 1];
    tt_tensor *vectors = turned(c->result[VH].tensor);
    if (gvh)
        gvh = turned(gvh);
    if (!vectors)
        return;
    side u = side_of(c, c->result[U].tensor, grads_out_of(g, U), k);
    side v = side_of(c, vectors, gvh, k);
    if (gs && tensor_wants_grad(gs)) {
        u.u = strict(c, u.u, s, k);
        v.u = strict(c, v.u, s, k);
    }
    tt_tensor *inner = plus(gs ? diagonals(gs) : NULL, between(c, s, &u, &v)), *left = NULL;
    if (inner)
        left = tt_matmul(u.u, inner);
    if (u.across)
        left = plus(left, pair_quotient(c->op->name, PAIR_ZERO, u.across, s, u.g));
    tt_tensor *ga = left ? tt_matmul(left, turned(v.u)) : NULL;
    if (v.across)
        ga = plus(ga,
                  tt_matmul(u.u, turned(pair_quotient(c->op->name, PAIR_ZERO, v.across, s, v.g))));
    grads_add(g, 0, ga);
}

static const op svd = {.name = "svd",
                       .infer = linalg_svd_infer,
                       .forward = linalg_svd_forward,
                       .vjp = svd_vjp,
                       .saves = SAVE_RESULT(S) | SAVE_RESULT(U) | SAVE_RESULT(VH)};
static const op svdvals = {.name = "svdvals",
                           .infer = linalg_svd_infer,
                           .forward = linalg_svd_forward,
                           .vjp = svd_vjp,
                           .saves = SAVE_RESULT(S) | SAVE_RESULT(U) | SAVE_RESULT(VH)};

tt_status tt_svd(tt_tensor *a, bool full, tt_tensor **u, tt_tensor **s, tt_tensor **vh)
{
    tt_tensor **const out[] = {s, u, vh};
    return op_apply_all(&svd, 1, &a, &full, sizeof full, 3, out) ? TT_OK : op_status(a);
}

tt_tensor *tt_svdvals(tt_tensor *a)
{
    bool full = false;
    return op_apply(&svdvals, 1, &a, &full, sizeof full);
}
