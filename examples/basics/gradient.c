/* A gradient: what is computed from a parameter is recorded, and the record is walked backwards.
 * Derivatives of derivatives work the same way; with them Newton's method finds a minimum. */
#include <stdio.h>
#include <tinytensor/tinytensor.h>

/* Rosenbrock's valley, (1 - x)^2 + 100 (y - x^2)^2, whose minimum is 0 at (1, 1). */
static tt_tensor *valley(tt_tensor *p)
{
    tt_tensor *x = tt_select(p, 0, 0), *y = tt_select(p, 0, 1);
    tt_tensor *along = tt_square(tt_rsub_scalar(x, 1));
    tt_tensor *across = tt_square(tt_sub(y, tt_square(x)));
    return tt_add(along, tt_mul_scalar(across, 100));
}

/* One step of Newton's method: solves H d = g for the Hessian H of two numbers, and takes p - d. */
static void newton(tt_ctx *ctx, tt_tensor *p)
{
    double g[2], h[2][2];
    tt_tensor *first, *second;
    tt_scope s = tt_scope_begin(ctx, TT_GRAD);
    tt_grads_of(valley(p), TT_TENSORS(p), TT_CREATE_GRAPH, &first); /* itself recorded */
    for (int i = 0; i < 2; i++) {
        g[i] = tt_get(first, TT_INDEX(i));
        tt_grads_of(tt_select(first, 0, i), TT_TENSORS(p), TT_RETAIN_GRAPH, &second);
        tt_copy_out(second, h[i], sizeof h[i]);
    }
    double det = h[0][0] * h[1][1] - h[0][1] * h[1][0];
    const double d[] = {(g[0] * h[1][1] - g[1] * h[0][1]) / det,
                        (g[1] * h[0][0] - g[0] * h[1][0]) / det};
    tt_scope writing =
        tt_scope_begin(ctx, TT_NO_GRAD); /* parameters are written outside of records */
    tt_sub_(p, tt_from_data(ctx, TT_F64, TT_SHAPE(2), d));
    tt_scope_end(ctx, writing);
    tt_scope_end(ctx, s); /* what the step made is gone */
}

int main(void)
{
    tt_ctx *ctx = tt_ctx_new();

    tt_tensor *x = tt_param(tt_scalar(ctx, TT_F64, 2));
    tt_tensor *y = tt_mul(tt_square(x), x);
    tt_backward(y);
    printf("y = x^3 at 2: y = %g, dy/dx = %g\n", tt_item(y), tt_item(tt_grad(x)));
    tt_backward(tt_mul_scalar(x, 5));
    printf("gradients add up until they are set to zero: %g\n", tt_item(tt_grad(x)));

    tt_tensor *w = tt_param(tt_arange(ctx, TT_F64, 0, 3, 1));
    tt_backward(tt_sum(tt_exp(w), TT_ALL_AXES, false));
    printf("the gradient of sum(e^w) is e^w: ");
    tt_print(tt_grad(w));

    puts("\nNewton's method on Rosenbrock's valley, from (-1.2, 1):");
    tt_tensor *p = tt_param(tt_from_data(ctx, TT_F64, TT_SHAPE(2), (const double[]){-1.2, 1}));
    for (int step = 0; step < 6 && tt_ok(ctx); step++) {
        printf("step %d: f(%7.4f, %7.4f) = %.3g\n", step, tt_get(p, TT_INDEX(0)),
               tt_get(p, TT_INDEX(1)), tt_item(tt_detach(valley(p))));
        newton(ctx, p);
    }
    if (!tt_ok(ctx))
        fprintf(stderr, "%s\n", tt_error_message(ctx));
    tt_ctx_free(ctx);
    return 0;
}
