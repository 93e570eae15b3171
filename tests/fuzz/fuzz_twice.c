/* A program of API calls in two contexts, which must agree: with 1 and with 3 threads on every bit,
 * with the plainest and the best instruction set on every value but for roundings; in results, in
 * gradients and in errors. The first byte chooses what differs. */
#define _POSIX_C_SOURCE 200809L /* setenv */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "step.h"

enum { MOST = 1 << 17 }; /* elements of a result that is kept */

typedef struct twice {
    bool threads; /* what differs; else the instruction set */
    tt_ctx *ctx[2];
    tt_tensor *r[2][STEP_REGISTERS];
} twice;

static tt_ctx *context(const char *isa, int threads)
{
    tt_ctx_options o = TT_CTX_OPTIONS_INIT;
    o.num_threads = threads;
    o.memory_limit = 256 << 20;
    if (isa)
        setenv("TT_ISA", isa, 1);
    tt_ctx *ctx = tt_ctx_new_with(&o);
    if (isa)
        unsetenv("TT_ISA");
    if (!ctx)
        abort();
    tt_set_training(ctx, true);
    return ctx;
}

/* A bound on what roundings come to, in multiples of the larger operands and of how many of them
 * are summed. */
static double slack(const step_kind *k, int n, tt_tensor *const *in, tt_dtype dtype)
{
    double largest = 1, terms = 1, product = 1;
    for (int i = 0; i < n; i++) {
        tt_tensor *x = tt_nan_to_num(tt_cast(in[i], TT_F64), 0, 1e300, -1e300);
        double most = tt_numel(x) ? tt_item(tt_max(tt_abs(x), TT_ALL_AXES, false)) : 0;
        product *= fmax(most, 1);
        largest = fmax(largest, most);
        terms = fmax(terms, (double)tt_numel(x));
    }
    double unit = dtype == TT_F64 ? 1e-13 : 1e-5;
    return k->how == CLOSE ? unit * largest : unit * sqrt(terms) * fmax(product, largest) * 10;
}

static void expect_close(const step_kind *k, const tt_tensor *x, const tt_tensor *y, double slack)
{
    size_t n = (size_t)tt_numel(x);
    double largest = 1, *a = NULL, *b = NULL;
    tt_tensor *xs = tt_cast((tt_tensor *)(uintptr_t)x, TT_F64);
    tt_tensor *ys = tt_cast((tt_tensor *)(uintptr_t)y, TT_F64);
    size_t bytes;
    a = step_bytes(xs, &bytes);
    b = step_bytes(ys, &bytes);
    for (size_t i = 0; i < n && a && b; i++)
        if (isfinite(a[i]))
            largest = fmax(largest, fabs(a[i]));
    for (size_t i = 0; i < n && a && b; i++) {
        double relative = 1e-5 * (k->how == CLOSE ? fabs(a[i]) : largest);
        bool huge = fabs(a[i]) > 1e30 || fabs(b[i]) > 1e30; /* at the edge of float32 */
        bool same = a[i] == b[i] || (isnan(a[i]) && isnan(b[i])) ||
                    fabs(a[i] - b[i]) <= slack + relative || huge || k->how == FREE ||
                    (k->how == ROUGH && (!isfinite(a[i]) || !isfinite(b[i])));
        if (!same)
            step_wrong(k, "element %zu is %.9g and %.9g, more than %g apart", i, a[i], b[i],
                       slack + relative);
    }
    free(a);
    free(b);
}

static void expect_bits(const step_kind *k, const char *what, const tt_tensor *x,
                        const tt_tensor *y)
{
    size_t n, m;
    void *a = step_bytes(x, &n), *b = step_bytes(y, &m);
    if (n != m || (a && b && memcmp(a, b, n) != 0))
        step_wrong(k, "other bits of the %s", what);
    free(a);
    free(b);
}

/* The same error in both, or none; and what they have made is of one shape and type. */
static bool agree(const twice *t, const step_kind *k, tt_tensor *const *y)
{
    if (tt_error_code(t->ctx[0]) != tt_error_code(t->ctx[1]) ||
        strcmp(tt_error_message(t->ctx[0]), tt_error_message(t->ctx[1])) != 0)
        step_wrong(k, "'%s' and '%s'", tt_error_message(t->ctx[0]), tt_error_message(t->ctx[1]));
    if (!y[0] && tt_ok(t->ctx[0]))
        step_wrong(k, "no result and no error");
    tt_error_clear(t->ctx[0]);
    tt_error_clear(t->ctx[1]);
    if (!y[0] != !y[1])
        step_wrong(k, "only one has a result");
    /* how many elements are selected is a value, too */
    if (y[0] && (!tt_same_shape(y[0], y[1]) || tt_dtype_of(y[0]) != tt_dtype_of(y[1])))
        step_wrong(k, "other shapes");
    return y[0] != NULL;
}

static void compare(const twice *t, const step_kind *k, const char *what, tt_tensor *const *y,
                    double slack)
{
    if (t->threads || (k->how == SAME && tt_dtype_of(y[0]) != TT_F32))
        expect_bits(k, what, y[0], y[1]);
    else
        expect_close(k, y[0], y[1], slack);
}

/* Gradients of the step, by operands that are leaves of their own. */
static void differentiate(const twice *t, const step_kind *k, int n, const step *s)
{
    tt_tensor *leaf[2][3], *y[2], *g[2];
    for (int side = 0; side < 2; side++) {
        const int from[] = {s->x, s->y, s->z};
        tt_tensor **l = leaf[side];
        for (int i = 0; i < 3; i++) {
            l[i] = i < n ? tt_clone(tt_detach(t->r[side][from[i]])) : NULL;
            if (l[i] && tt_dtype_of(l[i]) <= TT_F64)
                tt_set_requires_grad(l[i], true);
        }
        y[side] = k->run(t->ctx[side], l[0], l[1], l[2], s);
        if (tt_requires_grad(y[side]))
            tt_backward_with(y[side], tt_full_like(y[side], 0.5), 0);
    }
    if (!agree(t, k, y))
        return;
    double rough =
        k->how == FREE ? (double)INFINITY : slack(k, n, leaf[0], tt_dtype_of(y[0])) * 100;
    for (int i = 0; i < n; i++) {
        if (tt_has_grad(leaf[0][i]) != tt_has_grad(leaf[1][i]))
            step_wrong(k, "only one has a gradient");
        for (int side = 0; side < 2; side++)
            g[side] = tt_grad(leaf[side][i]);
        step_kind loose = *k;
        loose.how = k->how == FREE ? FREE : ROUGH;
        if (g[0])
            compare(t, t->threads ? k : &loose, "gradient", g, rough);
    }
}

/* From here on both have the values of the first, so that roundings do not add up. */
static void align(const twice *t, const step_kind *k, tt_tensor **y)
{
    size_t n;
    void *data = step_bytes(y[0], &n);
    tt_tensor *same =
        tt_from_data(t->ctx[1], tt_dtype_of(y[0]), tt_ndim(y[0]), tt_shape(y[0]), data);
    free(data);
    if (k->writes)
        tt_copy_(y[1], same);
    else
        y[1] = same;
}

static void run(twice *t, step *s)
{
    const step_kind *k = &step_kinds[s->op];
    int n = step_fit(k, t->r[0], s);
    tt_tensor *y[2], *in[] = {t->r[0][s->x], t->r[0][s->y], t->r[0][s->z]};
    for (int i = 0; i < n; i++)
        if (!in[i])
            return;
    double loose = t->threads || k->how == FREE || k->how == SAME
                       ? 0
                       : slack(k, n, in, TT_F32); /* before anything is overwritten */
    if (!k->writes) {
        tt_scope scope[] = {tt_scope_begin(t->ctx[0], TT_GRAD), tt_scope_begin(t->ctx[1], TT_GRAD)};
        differentiate(t, k, n, s);
        tt_scope_end(t->ctx[0], scope[0]);
        tt_scope_end(t->ctx[1], scope[1]);
    }
    for (int side = 0; side < 2; side++)
        y[side] = k->run(t->ctx[side], t->r[side][s->x], t->r[side][s->y], t->r[side][s->z], s);
    if (!agree(t, k, y))
        return;
    bool fresh = k->writes || !tt_same_storage(y[0], in[0]);
    if (!(k->how == FREE && !t->threads))
        compare(t, k, "result", y, loose);
    if (!t->threads && fresh)
        align(t, k, y);
    bool keep = tt_numel(y[0]) <= MOST && !k->writes;
    for (int side = 0; side < 2 && keep; side++)
        t->r[side][s->to] = y[side];
}

const uint8_t *fuzz_seed(int i, size_t *size)
{
    return step_seed(i, size);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const uint8_t *end = data + size;
    twice t = {0};
    step s;
    if (size < 1)
        return 0;
    t.threads = *data++ & 1;
    t.ctx[0] = context(t.threads ? NULL : "baseline", 1);
    t.ctx[1] = context(NULL, t.threads ? 3 : 1);
    for (int side = 0; side < 2; side++) {
        tt_scope_begin(t.ctx[side], TT_NO_GRAD);
        step_registers(t.ctx[side], t.threads, t.r[side]);
    }
    for (int n = 0; n < 100 && step_next(&data, end, step_kinds_count, &s); n++)
        run(&t, &s);
    tt_ctx_free(t.ctx[0]);
    tt_ctx_free(t.ctx[1]);
    return 0;
}
