/* Random tensors from the context's counter. Invariant: the numbers depend on the seed and on how
 * many were drawn before, not on threads or the processor. */
#include <tinytensor/random.h>
#include "kernel/random/random.h"
#include "op/core/op.h"

static rng begin(const tt_ctx *ctx)
{
    return (rng){ctx->seed, ctx->counter};
}

static tt_tensor *end(tt_ctx *ctx, tt_tensor *x, const rng *r)
{
    ctx->counter = r->counter;
    return x;
}

static tt_tensor *float_empty(tt_ctx *ctx, const char *name, tt_dtype dtype, int ndim,
                              const int64_t *shape)
{
    if (!ctx || ctx->err.code)
        return NULL;
    if (!dtype_is_float(dtype))
        return ctx_error(ctx, TT_ERR_DTYPE, "%s: %s; float32 or float64 is needed", name,
                         tt_dtype_name(dtype)),
               NULL;
    return op_empty(ctx, name, dtype, ndim, shape);
}

static tt_tensor *uniform(tt_ctx *ctx, const char *name, tt_dtype dtype, int ndim,
                          const int64_t *shape, double lo, double hi)
{
    tt_tensor *x = float_empty(ctx, name, dtype, ndim, shape);
    if (!x)
        return NULL;
    rng r = begin(ctx);
    random_uniform_run(&ctx->ex, &r, operand_of(x), lo, hi);
    return end(ctx, x, &r);
}

tt_tensor *tt_uniform(tt_ctx *ctx, tt_dtype dtype, int ndim, const int64_t *shape, double lo,
                      double hi)
{
    return uniform(ctx, "uniform", dtype, ndim, shape, lo, hi);
}

tt_tensor *tt_rand(tt_ctx *ctx, tt_dtype dtype, int ndim, const int64_t *shape)
{
    return uniform(ctx, "rand", dtype, ndim, shape, 0, 1);
}

static tt_tensor *normal(tt_ctx *ctx, const char *name, tt_dtype dtype, int ndim,
                         const int64_t *shape, double mean, double std)
{
    tt_tensor *x = float_empty(ctx, name, dtype, ndim, shape);
    if (!x)
        return NULL;
    if (!(std >= 0))
        return op_fail(x, TT_ERR_ARG, "%s: std is %g", name, std);
    rng r = begin(ctx);
    random_normal_run(&ctx->ex, &r, operand_of(x), mean, std);
    return end(ctx, x, &r);
}

tt_tensor *tt_normal(tt_ctx *ctx, tt_dtype dtype, int ndim, const int64_t *shape, double mean,
                     double std)
{
    return normal(ctx, "normal", dtype, ndim, shape, mean, std);
}

tt_tensor *tt_randn(tt_ctx *ctx, tt_dtype dtype, int ndim, const int64_t *shape)
{
    return normal(ctx, "randn", dtype, ndim, shape, 0, 1);
}

tt_tensor *tt_randint(tt_ctx *ctx, int ndim, const int64_t *shape, int64_t lo, int64_t hi)
{
    tt_tensor *x = op_empty(ctx, "randint", TT_I64, ndim, shape);
    if (!x)
        return NULL;
    if (lo >= hi)
        return op_fail(x, TT_ERR_ARG, "randint: no integers from %lld to below %lld", (long long)lo,
                       (long long)hi);
    rng r = begin(ctx);
    random_integers_run(&ctx->ex, &r, operand_of(x), lo, hi);
    return end(ctx, x, &r);
}

tt_tensor *tt_randperm(tt_ctx *ctx, int64_t n)
{
    tt_tensor *x = op_empty(ctx, "randperm", TT_I64, 1, &n);
    if (!x)
        return NULL;
    rng r = begin(ctx);
    random_permutation_run(&ctx->ex, &r, operand_of(x));
    return end(ctx, x, &r);
}

tt_tensor *tt_bernoulli(tt_tensor *p)
{
    tt_ctx *ctx = op_context("bernoulli", 1, &p);
    if (!ctx)
        return NULL;
    if (!dtype_is_float(p->dtype))
        return op_fail(p, TT_ERR_DTYPE, "bernoulli: p is %s; float32 or float64 is needed",
                       describe(p).s);
    tt_tensor *x = tt_empty_like(p);
    if (!x)
        return NULL;
    rng r = begin(ctx);
    random_bernoulli_run(&ctx->ex, &r, operand_of(x), operand_of(p));
    return end(ctx, x, &r);
}
