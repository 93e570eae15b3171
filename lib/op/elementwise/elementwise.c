/* Elementwise operations: one op per row of the kernels' tables. Input: tensors that broadcast;
 * output: a new tensor. Invariant: what a row computes and its derivatives stand in the row alone.
 */
#include "kernel/elementwise/elementwise.h"
#include "op/core/op.h"

/* ---- unary ---- */

/* Float functions of integers give float64, as in NumPy. */
static tt_tensor *as_float(tt_tensor *x)
{
    return tensor_live(x) && (x->dtype == TT_I64 || x->dtype == TT_BOOL) ? tt_cast(x, TT_F64) : x;
}

static tt_status refuse(op_call *c)
{
    return op_error(c, TT_ERR_DTYPE, "no arithmetic on %s; cast first", describe(c->in[0]).s);
}

static tt_status unary_infer(op_call *c)
{
    if (!unary_takes(*(const unary_id *)c->attr, c->in[0]->dtype))
        return refuse(c);
    return infer_same_shape(c, c->in[0]->dtype);
}

static void unary_forward(op_call *c)
{
    unary_run(&c->ctx->ex, *(const unary_id *)c->attr, operand_of(c->out), operand_of(c->in[0]));
}

/* The derivative as an op of (g, z [, x]): z, x or y as the row reads, is a constant to it. x, of
 * which only the place in the graph matters, is there in recorded passes: through it the second
 * derivative flows. */
static void grad_forward(op_call *c)
{
    operand z = operand_of(c->in[1]);
    unary_grad_run(&c->ctx->ex, *(const unary_id *)c->attr, operand_of(c->out),
                   operand_of(c->in[0]), z, z);
}

static void grad2_forward(op_call *c) /* in: gg, g, z, x */
{
    operand z = operand_of(c->in[2]);
    unary_grad2_run(&c->ctx->ex, *(const unary_id *)c->attr, operand_of(c->out),
                    operand_of(c->in[0]), operand_of(c->in[1]), z, z);
}

static void third_order(const op_call *c, op_grads *g)
{
    (void)g;
    op_error(c, TT_ERR_UNSUPPORTED, "derivatives beyond the second are not available");
}

static const op unary_grad2 = {"unary_grad2", unary_infer, grad2_forward, third_order, 0};

static void grad_vjp(const op_call *c, op_grads *g);
static const op unary_grad = {"unary_grad", unary_infer, grad_forward, grad_vjp,
                              SAVE_IN(0) | SAVE_IN(1)};

static void grad_vjp(const op_call *c, op_grads *g)
{
    const unary_id *id = c->attr;
    tt_tensor *gg = grads_out(g), *z = c->in[1];
    if (grads_need(g, 0)) {
        tt_tensor *in[] = {gg, z, c->in[c->n_in - 1]};
        grads_add(g, 0, op_apply(&unary_grad, c->n_in, in, id, sizeof *id));
    }
    if (c->n_in > 2 && grads_need(g, 2)) {
        tt_tensor *in[] = {gg, c->in[0], z, c->in[2]};
        grads_add(g, 2, op_apply(&unary_grad2, 4, in, id, sizeof *id));
    }
}

static void unary_vjp(const op_call *c, op_grads *g)
{
    const unary_id *id = c->attr;
    unary_reads reads = unary_grad_reads(*id);
    tt_tensor *gy = grads_out(g); /* stands in where nothing is read */
    tt_tensor *z = tt_detach(reads == READS_X ? c->in[0] : reads == READS_Y ? c->out : gy);
    tt_tensor *in[] = {gy, z, c->in[0]};
    grads_add(g, 0, op_apply(&unary_grad, c->ctx->mode == TT_GRAD ? 3 : 2, in, id, sizeof *id));
}

#define SAVES_X    SAVE_IN(0)
#define SAVES_Y    SAVE_OUT
#define SAVES_NONE 0
#define UNARY(name, y, dx, ddx, reads, cost, lo, hi)                                               \
    static const op op_##name = {#name, unary_infer, unary_forward, unary_vjp, SAVES_##reads};     \
    tt_tensor *tt_##name(tt_tensor *x)                                                             \
    {                                                                                              \
        unary_id id = UNARY_##name;                                                                \
        if (tensor_live(x) && !unary_takes(id, TT_I64) && x->dtype > TT_F64)                       \
            x = as_float(x);                                                                       \
        return op_apply(&op_##name, 1, &x, &id, sizeof id);                                        \
    }
#include "kernel/elementwise/unary.def"

static tt_status test_infer(op_call *c)
{
    tt_dtype d = c->in[0]->dtype;
    bool logical = *(const test_id *)c->attr == TEST_logical_not;
    if (!dtype_is_arithmetic(d) && !(logical && d == TT_BOOL))
        return refuse(c);
    return infer_same_shape(c, TT_BOOL);
}

static void test_forward(op_call *c)
{
    test_run(&c->ctx->ex, *(const test_id *)c->attr, operand_of(c->out), operand_of(c->in[0]));
}

#define UNARY_TEST(name, y)                                                                        \
    static const op op_##name = {#name, test_infer, test_forward, NULL, 0};                        \
    tt_tensor *tt_##name(tt_tensor *x)                                                             \
    {                                                                                              \
        test_id id = TEST_##name;                                                                  \
        return op_apply(&op_##name, 1, &x, &id, sizeof id);                                        \
    }
#include "kernel/elementwise/unary.def"

/* ---- binary ---- */

static bool divides(binary_id id)
{
    return id == BINARY_fmod || id == BINARY_remainder || id == BINARY_floor_divide;
}

static tt_status binary_infer(op_call *c)
{
    binary_id id = *(const binary_id *)c->attr;
    tt_dtype d = c->in[0]->dtype;
    if (check_same_dtype(c) < 0)
        return c->ctx->err.code;
    if (!binary_takes(id, d))
        return refuse(c);
    if (d == TT_I64 && divides(id) && pointwise_has_zero(&c->ctx->ex, operand_of(c->in[1])))
        return op_error(c, TT_ERR_ARG, "integer division by zero");
    if (d == TT_I64 && id == BINARY_pow &&
        pointwise_has_negative(&c->ctx->ex, operand_of(c->in[1])))
        return op_error(c, TT_ERR_ARG, "integers have no negative powers; cast to float64 first");
    return infer_broadcast(c, d);
}

static void binary_forward(op_call *c)
{
    layout a, b;
    binary_run(&c->ctx->ex, *(const binary_id *)c->attr, operand_of(c->out),
               operand_expand(c->in[0], &c->at, &a), operand_expand(c->in[1], &c->at, &b));
}

static tt_tensor *apply_binary(const op *o, binary_id id, tt_tensor *a, tt_tensor *b)
{
    tt_tensor *in[] = {a, b};
    if (tensor_live(a) && a->dtype == TT_I64 && !binary_takes(id, TT_I64) && tensor_live(b) &&
        b->dtype == TT_I64) { /* true division, atan2, hypot */
        in[0] = tt_cast(a, TT_F64);
        in[1] = tt_cast(b, TT_F64);
    }
    return op_apply(o, 2, in, &id, sizeof id);
}

/* The gradients, in the library's own operations: x, y are the operands, z the result. */
typedef struct operands {
    tt_tensor *g, *x, *y, *z;
} operands;

static operands of(const op_call *c, const op_grads *g)
{
    return (operands){grads_out(g), c->in[0], c->in[1], c->out};
}

static void add_vjp(const op_call *c, op_grads *g)
{
    (void)c;
    grads_add(g, 0, grads_out(g));
    grads_add(g, 1, grads_out(g));
}

static void sub_vjp(const op_call *c, op_grads *g)
{
    (void)c;
    grads_add(g, 0, grads_out(g));
    if (grads_need(g, 1))
        grads_add(g, 1, tt_neg(grads_out(g)));
}

static void mul_vjp(const op_call *c, op_grads *g)
{
    operands o = of(c, g);
    if (grads_need(g, 0))
        grads_add(g, 0, tt_mul(o.g, o.y));
    if (grads_need(g, 1))
        grads_add(g, 1, tt_mul(o.g, o.x));
}

static void div_vjp(const op_call *c, op_grads *g)
{
    operands o = of(c, g);
    tt_tensor *q = tt_div(o.g, o.y);
    grads_add(g, 0, q);
    if (grads_need(g, 1))
        grads_add(g, 1, tt_neg(tt_mul(q, o.z)));
}

/* d/dx = y x^(y-1), 0 where y is 0; d/dy = z log x, 0 where x is 0 and y is not negative. */
static void pow_vjp(const op_call *c, op_grads *g)
{
    operands o = of(c, g);
    if (grads_need(g, 0)) {
        tt_tensor *d = tt_mul(tt_mul(o.g, o.y), tt_pow(o.x, tt_sub_scalar(o.y, 1)));
        grads_add(g, 0, tt_masked_fill(d, tt_eq_scalar(o.y, 0), 0));
    }
    if (grads_need(g, 1)) {
        tt_tensor *flat = tt_logical_and(tt_eq_scalar(o.x, 0), tt_ge_scalar(o.y, 0));
        grads_add(g, 1, tt_masked_fill(tt_mul(o.g, tt_mul(o.z, tt_log(o.x))), flat, 0));
    }
}

/* Where both are equal each gets half, as PyTorch gives. */
static void extreme_vjp(op_grads *g, operands o, tt_tensor *first)
{
    tt_dtype d = o.g->dtype;
    tt_tensor *half = tt_mul_scalar(tt_cast(tt_eq(o.x, o.y), d), 0.5);
    tt_tensor *weight = tt_add(tt_cast(first, d), half);
    if (grads_need(g, 0))
        grads_add(g, 0, tt_mul(o.g, weight));
    if (grads_need(g, 1))
        grads_add(g, 1, tt_mul(o.g, tt_rsub_scalar(weight, 1)));
}

static void maximum_vjp(const op_call *c, op_grads *g)
{
    operands o = of(c, g);
    extreme_vjp(g, o, tt_gt(o.x, o.y));
}

static void minimum_vjp(const op_call *c, op_grads *g)
{
    operands o = of(c, g);
    extreme_vjp(g, o, tt_lt(o.x, o.y));
}

static void fmod_vjp(const op_call *c, op_grads *g)
{
    operands o = of(c, g);
    grads_add(g, 0, o.g);
    if (grads_need(g, 1))
        grads_add(g, 1, tt_neg(tt_mul(o.g, tt_trunc(tt_div(o.x, o.y)))));
}

static void remainder_vjp(const op_call *c, op_grads *g)
{
    operands o = of(c, g);
    grads_add(g, 0, o.g);
    if (grads_need(g, 1))
        grads_add(g, 1, tt_neg(tt_mul(o.g, tt_floor(tt_div(o.x, o.y)))));
}

static void floor_divide_vjp(const op_call *c, op_grads *g)
{
    if (grads_need(g, 0))
        grads_add(g, 0, tt_zeros_like(c->in[0]));
    if (grads_need(g, 1))
        grads_add(g, 1, tt_zeros_like(c->in[1]));
}

static void atan2_vjp(const op_call *c, op_grads *g)
{
    operands o = of(c, g);
    tt_tensor *s = tt_div(o.g, tt_add(tt_square(o.x), tt_square(o.y)));
    if (grads_need(g, 0))
        grads_add(g, 0, tt_mul(s, o.y));
    if (grads_need(g, 1))
        grads_add(g, 1, tt_neg(tt_mul(s, o.x)));
}

static void hypot_vjp(const op_call *c, op_grads *g)
{
    operands o = of(c, g);
    tt_tensor *s = tt_div(o.g, o.z);
    if (grads_need(g, 0))
        grads_add(g, 0, tt_mul(s, o.x));
    if (grads_need(g, 1))
        grads_add(g, 1, tt_mul(s, o.y));
}

enum {
    SAVES_add = 0,
    SAVES_sub = 0,
    SAVES_floor_divide = 0,
    SAVES_mul = 3,
    SAVES_maximum = 3,
    SAVES_minimum = 3,
    SAVES_fmod = 3,
    SAVES_remainder = 3,
    SAVES_atan2 = 3,
    SAVES_div = 2 | 1 << 16,
    SAVES_pow = 3 | 1 << 16,
    SAVES_hypot = 3 | 1 << 16
};

#define BINARY(name, z, cost, lo, hi)                                                              \
    static const op op_##name = {#name, binary_infer, binary_forward, name##_vjp, SAVES_##name};   \
    tt_tensor *tt_##name(tt_tensor *a, tt_tensor *b)                                               \
    {                                                                                              \
        return apply_binary(&op_##name, BINARY_##name, a, b);                                      \
    }
#include "kernel/elementwise/binary.def"

/* ---- comparison and logic ---- */

static tt_status compare_infer(op_call *c)
{
    tt_dtype d = c->in[0]->dtype;
    if (check_same_dtype(c) < 0)
        return c->ctx->err.code;
    if (!compare_takes(*(const compare_id *)c->attr, d))
        return refuse(c);
    return infer_broadcast(c, TT_BOOL);
}

static void compare_forward(op_call *c)
{
    layout a, b;
    compare_run(&c->ctx->ex, *(const compare_id *)c->attr, operand_of(c->out),
                operand_expand(c->in[0], &c->at, &a), operand_expand(c->in[1], &c->at, &b));
}

#define COMPARE(name, z)                                                                           \
    static const op op_##name = {#name, compare_infer, compare_forward, NULL, 0};                  \
    tt_tensor *tt_##name(tt_tensor *a, tt_tensor *b)                                               \
    {                                                                                              \
        compare_id id = COMPARE_##name;                                                            \
        tt_tensor *in[] = {a, b};                                                                  \
        return op_apply(&op_##name, 2, in, &id, sizeof id);                                        \
    }
#define LOGICAL(name, z) COMPARE(name, z)
#include "kernel/elementwise/compare.def"
