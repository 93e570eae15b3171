/* Initialisers: fill a tensor in place from the context's generator. Fans as PyTorch counts them:
 * fan in is the size of axis 1 times all later ones, fan out that of axis 0 times the later ones.
 */
#include <math.h>
#include <tinytensor/tinytensor.h>

/* The context of a float tensor in whose name `name` something is to be drawn; else NULL. */
static tt_ctx *drawable(const char *name, tt_tensor *x, bool range_ok)
{
    tt_ctx *ctx = tt_ctx_of(x);
    tt_dtype d = tt_dtype_of(x);
    if (!tt_ok(ctx))
        return NULL;
    if (d != TT_F32 && d != TT_F64)
        tt_error_set(ctx, TT_ERR_DTYPE, "%s: %s; float32 or float64 is needed", name,
                     tt_dtype_name(d));
    else if (!range_ok)
        tt_error_set(ctx, TT_ERR_ARG, "%s: a parameter is NaN, or a spread negative", name);
    return tt_ok(ctx) ? ctx : NULL;
}

static tt_status refused(tt_tensor *x)
{
    tt_ctx *ctx = tt_ctx_of(x);
    return ctx ? tt_error_code(ctx) : TT_ERR_ARG;
}

static tt_status fill_from(tt_tensor *x, tt_tensor *values, tt_scope s)
{
    tt_ctx *ctx = tt_ctx_of(x);
    tt_status status = values ? tt_copy_(x, values) : tt_error_code(ctx);
    tt_scope_end(ctx, s);
    return status;
}

static tt_status normal(const char *name, tt_tensor *x, double mean, double std)
{
    tt_ctx *ctx = drawable(name, x, std >= 0);
    if (!ctx)
        return refused(x);
    tt_scope s = tt_scope_begin(ctx, TT_NO_GRAD);
    return fill_from(x, tt_normal(ctx, tt_dtype_of(x), tt_ndim(x), tt_shape(x), mean, std), s);
}

static tt_status uniform(const char *name, tt_tensor *x, double lo, double hi)
{
    tt_ctx *ctx = drawable(name, x, lo == lo && hi == hi);
    if (!ctx)
        return refused(x);
    tt_scope s = tt_scope_begin(ctx, TT_NO_GRAD);
    return fill_from(x, tt_uniform(ctx, tt_dtype_of(x), tt_ndim(x), tt_shape(x), lo, hi), s);
}

tt_status tt_init_normal_(tt_tensor *x, double mean, double std)
{
    return normal("init_normal_", x, mean, std);
}

tt_status tt_init_uniform_(tt_tensor *x, double lo, double hi)
{
    return uniform("init_uniform_", x, lo, hi);
}

tt_status tt_init_constant_(tt_tensor *x, double value)
{
    tt_ctx *ctx = tt_ctx_of(x);
    if (!ctx)
        return TT_ERR_ARG;
    tt_scope s = tt_scope_begin(ctx, TT_NO_GRAD);
    tt_status status = tt_fill_(x, value);
    tt_scope_end(ctx, s);
    return status;
}

tt_status tt_init_zeros_(tt_tensor *x)
{
    return tt_init_constant_(x, 0);
}

tt_status tt_init_ones_(tt_tensor *x)
{
    return tt_init_constant_(x, 1);
}

static bool fans(const char *name, tt_tensor *x, double *in, double *out)
{
    if (tt_ndim(x) < 2) {
        tt_error_set(tt_ctx_of(x), TT_ERR_SHAPE,
                     "%s: a tensor of %d axes has no fan in and fan out; it needs two or more",
                     name, tt_ndim(x));
        return false;
    }
    double rest = 1;
    for (int i = 2; i < tt_ndim(x); i++)
        rest *= (double)tt_size(x, i);
    *in = (double)tt_size(x, 1) * rest;
    *out = (double)tt_size(x, 0) * rest;
    return true;
}

tt_status tt_init_xavier_uniform_(tt_tensor *x, double gain)
{
    double in, out;
    if (!fans("init_xavier_uniform_", x, &in, &out))
        return refused(x);
    double bound = gain * sqrt(6 / (in + out));
    return uniform("init_xavier_uniform_", x, -bound, bound);
}

tt_status tt_init_xavier_normal_(tt_tensor *x, double gain)
{
    double in, out;
    if (!fans("init_xavier_normal_", x, &in, &out))
        return refused(x);
    return normal("init_xavier_normal_", x, 0, gain * sqrt(2 / (in + out)));
}

tt_status tt_init_kaiming_uniform_(tt_tensor *x, double a)
{
    double in, out;
    if (!fans("init_kaiming_uniform_", x, &in, &out))
        return refused(x);
    double bound = sqrt(2 / (1 + a * a)) * sqrt(3 / in);
    return uniform("init_kaiming_uniform_", x, -bound, bound);
}

tt_status tt_init_kaiming_normal_(tt_tensor *x, double a)
{
    double in, out;
    if (!fans("init_kaiming_normal_", x, &in, &out))
        return refused(x);
    return normal("init_kaiming_normal_", x, 0, sqrt(2 / (1 + a * a) / in));
}
