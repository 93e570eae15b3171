/* Elementwise operations of one operand: a record and a public function per row of unary.def.
 * Input: a tensor; output: one of the same shape. Invariant: what a row computes and its
 * derivatives stand in the row alone. */
#include <tinytensor/activation.h>
#include <tinytensor/elementwise.h>
#include <tinytensor/shape.h>
#include "kernel/elementwise/elementwise.h"
#include "op/core/op.h"

/* Float functions of integers give float64, as in NumPy. */
static tt_tensor *as_float(tt_tensor *x)
{
    return tensor_live(x) && (dtype_is_integer(x->dtype) || x->dtype == TT_BOOL)
               ? tt_cast(x, TT_F64)
               : x;
}

typedef struct unary_attr {
    unary_id id;
    unary_with with;
} unary_attr;

static tt_status unary_infer(op_call *c)
{
    const unary_attr *a = c->attr;
    if (!unary_takes(a->id, c->in[0]->dtype))
        return op_no_arithmetic(c);
    return infer_same_shape(c, c->in[0]->dtype);
}

static void unary_forward(op_call *c)
{
    const unary_attr *a = c->attr;
    unary_run(&c->ctx->ex, a->id, a->with, operand_of(c->out), operand_of(c->in[0]));
}

/* The derivative as an op of (g, z, x): z, x or y as the row reads, is a constant to it. Of x only
 * the place in the graph matters: through it the second derivative flows. */
static void grad_forward(op_call *c)
{
    const unary_attr *a = c->attr;
    operand z = operand_of(c->in[1]);
    unary_grad_run(&c->ctx->ex, a->id, a->with, operand_of(c->out), operand_of(c->in[0]), z, z);
}

static void grad2_forward(op_call *c) /* in: gg, g, z, x */
{
    const unary_attr *a = c->attr;
    operand z = operand_of(c->in[2]);
    unary_grad2_run(&c->ctx->ex, a->id, a->with, operand_of(c->out), operand_of(c->in[0]),
                    operand_of(c->in[1]), z, z);
}

static void third_order(const op_call *c, op_grads *g)
{
    (void)g;
    op_error(c, TT_ERR_UNSUPPORTED, "derivatives beyond the second are not available");
}

static void grad_vjp(const op_call *c, op_grads *g);

/* The records of first and second derivatives, which messages name after their row. */
static const op slopes[UNARY_COUNT] = {
#define UNARY(row, ...)                                                                            \
    [UNARY_##row] = {.name = #row "_backward",                                                     \
                     .infer = unary_infer,                                                         \
                     .forward = grad_forward,                                                      \
                     .vjp = grad_vjp,                                                              \
                     .saves = SAVE_IN(0) | SAVE_IN(1)},
#define UNARY_WITH UNARY
#include "kernel/elementwise/unary.def"
};
static const op bends[UNARY_COUNT] = {
#define UNARY(row, ...)                                                                            \
    [UNARY_##                                                                                      \
        row] = {.name = #row, .infer = unary_infer, .forward = grad2_forward, .vjp = third_order},
#define UNARY_WITH UNARY
#include "kernel/elementwise/unary.def"
};

static void grad_vjp(const op_call *c, op_grads *g)
{
    unary_id id = ((const unary_attr *)c->attr)->id;
    tt_tensor *gg = grads_out(g), *z = c->in[1];
    if (grads_need(g, 0)) {
        tt_tensor *in[] = {gg, z, c->in[2]};
        grads_add(g, 0, op_apply(&slopes[id], 3, in, c->attr, sizeof(unary_attr)));
    }
    if (grads_need(g, 2)) {
        tt_tensor *in[] = {gg, c->in[0], z, c->in[2]};
        grads_add(g, 2, op_apply(&bends[id], 4, in, c->attr, sizeof(unary_attr)));
    }
}

/* g times the derivative: the gradient from that of the result, or the tangent of the result. */
static tt_tensor *times_slope(const op_call *c, tt_tensor *g)
{
    unary_id id = ((const unary_attr *)c->attr)->id;
    unary_reads reads = unary_grad_reads(id);
    tt_tensor *read = reads == READS_X   ? c->in[0]
                      : reads == READS_Y ? c->out
                                         : g; /* stands in where nothing is read */
    tt_tensor *in[] = {g, tt_detach(read), c->in[0]};
    return op_apply(&slopes[id], 3, in, c->attr, sizeof(unary_attr));
}

static void unary_vjp(const op_call *c, op_grads *g)
{
    grads_add(g, 0, times_slope(c, grads_out(g)));
}

static void unary_jvp(const op_call *c, tt_tensor *const *tangent, tt_tensor **out)
{
    out[0] = times_slope(c, tangent[0]);
}

#define SAVES_X    SAVE_IN(0)
#define SAVES_Y    SAVE_OUT
#define SAVES_NONE 0
#define UNARY(name, y, dx, ddx, reads, ...)                                                        \
    static const op op_##name = {#name,                                                            \
                                 .infer = unary_infer,                                             \
                                 .forward = unary_forward,                                         \
                                 .vjp = unary_vjp,                                                 \
                                 .jvp = unary_jvp,                                                 \
                                 .saves = SAVES_##reads};                                          \
    tt_tensor *tt_##name(tt_tensor *x)                                                             \
    {                                                                                              \
        const unary_attr a = {.id = UNARY_##name};                                                 \
        if (tensor_live(x) && !unary_takes(a.id, TT_I64) && x->dtype > TT_F64)                     \
            x = as_float(x);                                                                       \
        return op_apply(&op_##name, 1, &x, &a, sizeof a);                                          \
    }
#define UNARY_WITH(name, ...)                                                                      \
    static const op op_##name = {#name,                                                            \
                                 .infer = unary_infer,                                             \
                                 .forward = unary_forward,                                         \
                                 .vjp = unary_vjp,                                                 \
                                 .jvp = unary_jvp,                                                 \
                                 .saves = SAVES_X};
#include "kernel/elementwise/unary.def"

static tt_tensor *apply_with(const op *o, unary_id id, tt_tensor *x, double a, double b)
{
    const unary_attr attr = {id, {a, b}};
    x = as_float(x);
    return op_apply(o, 1, &x, &attr, sizeof attr);
}

tt_tensor *tt_leaky_relu(tt_tensor *x, double slope)
{
    return apply_with(&op_leaky_relu, UNARY_leaky_relu, x, slope, 0);
}

tt_tensor *tt_elu(tt_tensor *x, double alpha)
{
    return apply_with(&op_elu, UNARY_elu, x, alpha, 0);
}

tt_tensor *tt_hardtanh(tt_tensor *x, double lo, double hi)
{
    if (lo > hi && op_context("hardtanh", 1, &x))
        return op_fail(x, TT_ERR_ARG, "hardtanh: lo is %g, above hi, %g", lo, hi);
    return apply_with(&op_hardtanh, UNARY_hardtanh, x, lo, hi);
}

static tt_status test_infer(op_call *c)
{
    tt_dtype d = c->in[0]->dtype;
    if (!test_takes(*(const test_id *)c->attr, d))
        return op_no_arithmetic(c);
    return infer_same_shape(c, TT_BOOL);
}

static void test_forward(op_call *c)
{
    test_run(&c->ctx->ex, *(const test_id *)c->attr, operand_of(c->out), operand_of(c->in[0]));
}

#define UNARY_TEST(name, ...)                                                                      \
    static const op op_##name = {#name, .infer = test_infer, .forward = test_forward};             \
    tt_tensor *tt_##name(tt_tensor *x)                                                             \
    {                                                                                              \
        test_id id = TEST_##name;                                                                  \
        return op_apply(&op_##name, 1, &x, &id, sizeof id);                                        \
    }
#include "kernel/elementwise/unary.def"
