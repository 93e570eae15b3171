/* Wrong input to the operations: each gives its status and one line that says what is wrong, makes
 * no tensor, and leaves the operands as they were and the context usable. */
#include "unit.h"

#include <stdio.h>

#define I64S(...)                                                                                  \
    tt_from_data(ctx, TT_I64, TT_SHAPE((int64_t)(sizeof((int64_t[]){__VA_ARGS__}) / 8)),           \
                 (int64_t[]){__VA_ARGS__})

/* a: (2, 3) float32; b: (3, 2) float32; d: (2, 3) float64; n: (2, 3) int64; t: (2, 3) bool; h: (2,
 * 3) float16; z: (0, 3) float32; s: () float32; v: (4) float32 */
#define ROWS(X)                                                                                    \
    X(tt_add(a, b), TT_ERR_SHAPE,                                                                  \
      "add: shapes do not broadcast: (2, 3) float32 and (3, 2) float32")                           \
    X(tt_add(a, d), TT_ERR_DTYPE, "dtypes differ")                                                 \
    X(tt_add(t, t), TT_ERR_DTYPE, "add")                                                           \
    X(tt_mul(h, h), TT_ERR_DTYPE, "mul")                                                           \
    X(tt_add(a, NULL), TT_ERR_ARG, "add: an operand is NULL")                                      \
    X(tt_exp(h), TT_ERR_DTYPE, "exp")                                                              \
    X(tt_neg(t), TT_ERR_DTYPE, "neg")                                                              \
    X(tt_floor_divide(n, tt_zeros_like(n)), TT_ERR_ARG, "division by zero")                        \
    X(tt_remainder(n, tt_zeros_like(n)), TT_ERR_ARG, "division by zero")                           \
    X(tt_pow(n, tt_neg(tt_ones_like(n))), TT_ERR_ARG, "pow")                                       \
    X(tt_add_scalar(n, 0.5), TT_ERR_DTYPE, "add")                                                  \
    X(tt_where(a, a, a), TT_ERR_DTYPE, "where")                                                    \
    X(tt_where(t, a, d), TT_ERR_DTYPE, "where")                                                    \
    X(tt_masked_fill(a, a, 1), TT_ERR_DTYPE, "masked_fill")                                        \
    X(tt_sum(a, TT_AXES(2), false), TT_ERR_AXIS, "sum: axis 2 is out of range for (2, 3) float32") \
    X(tt_sum(a, TT_AXES(0, -2), false), TT_ERR_AXIS, "sum")                                        \
    X(tt_sum(h, TT_ALL_AXES, false), TT_ERR_DTYPE, "sum")                                          \
    X(tt_max(z, TT_AXES(0), false), TT_ERR_ARG, "max: no elements")                                \
    X(tt_argmax(z, 0, false), TT_ERR_ARG, "argmax: no elements")                                   \
    X(tt_argmax(a, 5, false), TT_ERR_AXIS, "argmax: axis 5")                                       \
    X(tt_cumsum(a, 2), TT_ERR_AXIS, "cumsum: axis 2")                                              \
    X(tt_diff(a, -3), TT_ERR_AXIS, "diff: axis -3")                                                \
    X(tt_reshape(a, TT_SHAPE(4, 2)), TT_ERR_SHAPE, "reshape")                                      \
    X(tt_reshape(a, TT_SHAPE(-1, -1)), TT_ERR_SHAPE, "reshape")                                    \
    X(tt_reshape(a, TT_SHAPE(-2, 3)), TT_ERR_SHAPE, "reshape")                                     \
    X(tt_view(tt_transpose(a, 0, 1), TT_SHAPE(6)), TT_ERR_SHAPE, "view")                           \
    X(tt_permute(a, TT_AXES(0, 0)), TT_ERR_AXIS, "permute")                                        \
    X(tt_permute(a, TT_AXES(0)), TT_ERR_AXIS, "permute")                                           \
    X(tt_transpose(a, 0, 2), TT_ERR_AXIS, "transpose: axis 2")                                     \
    X(tt_squeeze(a, TT_AXES(0)), TT_ERR_SHAPE, "squeeze")                                          \
    X(tt_unsqueeze(a, 4), TT_ERR_AXIS, "unsqueeze: axis 4")                                        \
    X(tt_expand(a, TT_SHAPE(2, 4)), TT_ERR_SHAPE, "expand")                                        \
    X(tt_flip(a, TT_AXES(3)), TT_ERR_AXIS, "flip: axis 3")                                         \
    X(tt_diagonal(a, 0, 1, 1), TT_ERR_AXIS, "diagonal")                                            \
    X(tt_select(a, 0, 2), TT_ERR_INDEX, "select")                                                  \
    X(tt_select(s, 0, 0), TT_ERR_AXIS, "select")                                                   \
    X(tt_narrow(a, 1, 2, 2), TT_ERR_INDEX, "narrow")                                               \
    X(tt_slice(a, "2"), TT_ERR_INDEX, "slice")                                                     \
    X(tt_slice(a, "1:x"), TT_ERR_PATTERN, "^")                                                     \
    X(tt_slice(a, "::0"), TT_ERR_PATTERN, "^")                                                     \
    X(tt_slice(a, "0, 0, 0"), TT_ERR_INDEX, "more items than axes")                                \
    X(tt_cat(TT_TENSORS(a, b), 0), TT_ERR_SHAPE, "cat")                                            \
    X(tt_cat(TT_TENSORS(a, d), 0), TT_ERR_DTYPE, "cat")                                            \
    X(tt_stack(TT_TENSORS(a, b), 0), TT_ERR_SHAPE, "stack")                                        \
    X(tt_tile(a, TT_SHAPE(-1)), TT_ERR_ARG, "tile: -1 repetitions")                                \
    X(tt_repeat_interleave(a, -1, 0), TT_ERR_ARG, "repeat_interleave")                             \
    X(tt_roll(a, 1, 2), TT_ERR_AXIS, "roll: axis 2")                                               \
    X(tt_one_hot(a, 3), TT_ERR_DTYPE, "one_hot")                                                   \
    X(tt_one_hot(I64S(0, 3), 3), TT_ERR_INDEX, "one_hot")                                          \
    X(tt_take(a, 0, I64S(0, 2)), TT_ERR_INDEX, "take: index 2, at (1,) of the indices")            \
    X(tt_take(a, 0, a), TT_ERR_DTYPE, "take: indices are (2, 3) float32, not int64")               \
    X(tt_take(a, 3, I64S(0)), TT_ERR_AXIS, "take: axis 3")                                         \
    X(tt_gather(a, 1, I64S(0)), TT_ERR_SHAPE, "gather")                                            \
    X(tt_scatter(a, 0, tt_full_like(n, 5), a), TT_ERR_INDEX, "scatter: index 5")                   \
    X(tt_scatter_add(a, 0, tt_zeros_like(n), d), TT_ERR_DTYPE, "scatter_add")                      \
    X(tt_masked_select(a, a), TT_ERR_DTYPE, "masked_select")                                       \
    X(tt_matmul(a, a), TT_ERR_SHAPE, "matmul")                                                     \
    X(tt_matmul(a, s), TT_ERR_SHAPE, "matmul")                                                     \
    X(tt_matmul(a, tt_cast(b, TT_F64)), TT_ERR_DTYPE, "matmul")                                    \
    X(tt_dot(v, a), TT_ERR_SHAPE, "dot")                                                           \
    X(tt_linear(a, b, NULL), TT_ERR_SHAPE, "linear: x (... in) is (2, 3) float32")                 \
    X(tt_softmax(a, 2), TT_ERR_AXIS, "softmax: axis 2")                                            \
    X(tt_softmax(n, 0), TT_ERR_DTYPE, "softmax: x is (2, 3) int64")                                \
    X(tt_dropout(a, 1.5), TT_ERR_ARG, "dropout: p is 1.5")                                         \
    X(tt_cross_entropy(a, I64S(0, 3), -100), TT_ERR_INDEX, "target 3 is not a class in [0, 3)")    \
    X(tt_cross_entropy(a, v, -100), TT_ERR_DTYPE, "cross_entropy")                                 \
    X(tt_cross_entropy(a, I64S(0), -100), TT_ERR_SHAPE, "cross_entropy")                           \
    X(tt_empty(ctx, TT_F32, TT_SHAPE(-1)), TT_ERR_SHAPE, "empty")                                  \
    X(tt_empty(ctx, TT_F64, TT_SHAPE((int64_t)1 << 40, (int64_t)1 << 40)), TT_ERR_SHAPE, "empty")  \
    X(tt_zeros(ctx, TT_F32, 17, many), TT_ERR_SHAPE, "zeros")                                      \
    X(tt_arange(ctx, TT_F32, 0, 1, 0), TT_ERR_ARG, "arange")                                       \
    X(tt_randint(ctx, TT_SHAPE(2), 3, 3), TT_ERR_ARG, "randint")                                   \
    X(tt_add(a, other), TT_ERR_CONTEXT, "operands belong to different contexts")                   \
    X(tt_load_npy(ctx, "/nowhere/x.npy"), TT_ERR_IO, "load_npy: /nowhere/x.npy")                   \
    X(tt_add_scalar(h, 1), TT_ERR_DTYPE, "add_scalar: no arithmetic on (2, 3) float16")            \
    X(tt_rsub_scalar(h, 1), TT_ERR_DTYPE, "rsub_scalar: no arithmetic on (2, 3) float16")          \
    X(tt_floor_divide_scalar(n, 0), TT_ERR_ARG, "floor_divide_scalar: integer division by zero")   \
    X(tt_pow_scalar(n, -1), TT_ERR_ARG, "pow_scalar: integers have no negative powers")            \
    X(tt_eq_scalar(tt_cast(n, TT_U8), 300), TT_ERR_DTYPE, "eq_scalar: 300 is no uint8")            \
    X(tt_lt_scalar(tt_cast(n, TT_I32), 0.5), TT_ERR_DTYPE, "lt_scalar: 0.5 is no int32")           \
    X(tt_bitwise_and(n, tt_cast(n, TT_I32)), TT_ERR_DTYPE, "bitwise_and: dtypes differ")           \
    X(tt_bitwise_or(a, a), TT_ERR_DTYPE, "bitwise_or: no operation on the bits of (2, 3) float32") \
    X(tt_bitwise_xor(n, I64S(1, 2)), TT_ERR_SHAPE, "bitwise_xor: shapes do not broadcast")         \
    X(tt_bitwise_left_shift(t, t), TT_ERR_DTYPE, "bitwise_left_shift: no operation on the bits")   \
    X(tt_bitwise_not(h), TT_ERR_DTYPE, "bitwise_not: no operation on the bits of (2, 3) float16")  \
    X(tt_bitwise_and_scalar(tt_cast(n, TT_U8), 256), TT_ERR_DTYPE,                                 \
      "bitwise_and_scalar: 256 is no uint8; cast the tensor to int64 first")                       \
    X(tt_bitwise_xor_scalar(a, 1), TT_ERR_DTYPE, "bitwise_xor: no operation on the bits")          \
    X(tt_logaddexp(a, d), TT_ERR_DTYPE, "logaddexp: dtypes differ")                                \
    X(tt_copysign(h, h), TT_ERR_DTYPE, "copysign: no arithmetic on (2, 3) float16")                \
    X(tt_eq_scalar(t, 2), TT_ERR_DTYPE, "eq_scalar: 2 is no bool")                                 \
    X(tt_std(n, TT_ALL_AXES, 0, false), TT_ERR_DTYPE, "std: ")                                     \
    X(tt_norm(z, TT_ALL_AXES, HUGE_VAL, false), TT_ERR_ARG, "norm: no elements")                   \
    X(tt_stack(TT_TENSORS(a, d), 0), TT_ERR_DTYPE, "stack: ")                                      \
    X(tt_tile(a, TT_SHAPE((int64_t)1 << 40, (int64_t)1 << 40)), TT_ERR_SHAPE, "tile: ")            \
    X(tt_embedding(a, I64S(2)), TT_ERR_INDEX, "embedding: index 2, at (0,) of the indices")        \
    X(tt_embedding(a, a), TT_ERR_DTYPE, "embedding: indices are")                                  \
    X(tt_mse_loss(n, n), TT_ERR_DTYPE, "mse_loss: int64")                                          \
    X(tt_mse_loss(a, b), TT_ERR_SHAPE, "mse_loss: ")                                               \
    X(tt_l1_loss(a, d), TT_ERR_DTYPE, "l1_loss: float32 and float64")                              \
    X(tt_kl_div(a, b), TT_ERR_SHAPE, "kl_div: log_q is (2, 3) float32, p (3, 2) float32")          \
    X(tt_mse_loss(tt_unsqueeze(v, 1), v), TT_ERR_SHAPE,                                            \
      "mse_loss: x is (4, 1) float32, y (4,) float32; both need one shape: tt_reshape or "         \
      "tt_expand one")                                                                             \
    X(tt_l1_loss_with(a, s, TT_LOSS_SUM), TT_ERR_SHAPE, "l1_loss: x is (2, 3) float32, y ()")      \
    X(tt_kl_div_with(s, a, TT_LOSS_NONE), TT_ERR_SHAPE, "kl_div: log_q is () float32, p (2, 3)")   \
    X(tt_bce_with_logits(tt_unsqueeze(v, 1), v), TT_ERR_SHAPE,                                     \
      "bce_with_logits: logits are (4, 1) float32, targets (4,) float32; both need one shape")     \
    X(tt_huber_loss(tt_unsqueeze(v, 1), v, 1), TT_ERR_SHAPE,                                       \
      "huber_loss: x is (4, 1) float32, y (4,) float32; both need one shape: tt_reshape or "       \
      "tt_expand one")                                                                             \
    X(tt_huber_loss(a, a, 0), TT_ERR_ARG, "huber_loss: delta is 0, not above 0")                   \
    X(tt_cross_entropy(a, tt_unsqueeze(I64S(0, 1), 1), -100), TT_ERR_SHAPE,                        \
      "cross_entropy: logits (... classes) are (2, 3) float32, targets (...) (2, 1) int64; "       \
      "tt_reshape one")                                                                            \
    X(tt_linear_cross_entropy(a, a, tt_unsqueeze(I64S(0, 1), 1), -100), TT_ERR_SHAPE,              \
      "targets (...) (2, 1) int64; tt_reshape one")                                                \
    X(tt_nll_loss(a, I64S(0), -100), TT_ERR_SHAPE,                                                 \
      "nll_loss: log_probs (... classes) are (2, 3) float32, targets (...) (1,) int64; "           \
      "tt_reshape one")                                                                            \
    X(tt_nll_loss(n, I64S(0, 1), -100), TT_ERR_DTYPE, "nll_loss: log_probs are (2, 3) int64")      \
    X(tt_nll_loss(a, v, -100), TT_ERR_DTYPE, "nll_loss: log_probs are (2, 3) float32, targets (4") \
    X(tt_nll_loss(a, I64S(0, 3), -100), TT_ERR_INDEX,                                              \
      "nll_loss: target 3 is not a class in [0, 3)")                                               \
    X(tt_nll_loss_with(a, I64S(-1, 0), -100, TT_LOSS_SUM), TT_ERR_INDEX,                           \
      "nll_loss: target -1 is not a class in [0, 3)")                                              \
    X(tt_rand(ctx, TT_I64, TT_SHAPE(2)), TT_ERR_DTYPE, "rand: int64")                              \
    X(tt_randn(ctx, TT_F32, TT_SHAPE(-1)), TT_ERR_SHAPE, "randn: (-1,)")                           \
    X(tt_randperm(ctx, -1), TT_ERR_SHAPE, "randperm: ")

START_TEST(operations)
{
    static const int64_t many[17] = {1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1};
    tt_ctx *ctx = tt_ctx_new(), *second = tt_ctx_new();
    tt_tensor *a = counting(ctx, TT_SHAPE(2, 3)), *b = counting(ctx, TT_SHAPE(3, 2));
    tt_tensor *d = tt_cast(a, TT_F64), *n = tt_cast(a, TT_I64), *t = tt_gt_scalar(a, 2);
    tt_tensor *h = tt_cast(a, TT_F16), *z = tt_zeros(ctx, TT_F32, TT_SHAPE(0, 3));
    tt_tensor *s = tt_scalar(ctx, TT_F32, 1), *v = counting(ctx, TT_SHAPE(4));
    tt_tensor *other = tt_ones(second, TT_F32, TT_SHAPE(2, 3)), *before = tt_clone(a);
    int wrong = 0;
#define X(expression, code, text)                                                                  \
    wrong += not_refused(ctx, #expression, expression, code, text);                                \
    tt_error_clear(second);
    ROWS(X)
#undef X
    ck_assert_int_eq(wrong, 0);
    ck_assert(tt_array_equal(a, before)); /* and the context works */
    tt_ctx_free(ctx);
    tt_ctx_free(second);
}
END_TEST

START_TEST(in_place)
{
    tt_ctx *ctx = tt_ctx_new();
    tt_tensor *a = counting(ctx, TT_SHAPE(2, 3)), *before = tt_clone(a), *p = tt_param(tt_clone(a));
    tt_tensor *wide = tt_expand(tt_narrow(a, 0, 0, 1), TT_SHAPE(4, 3));
    tt_fill_(wide, 1);
    expect_error(ctx, TT_ERR_ARG, "overlap in memory");
    tt_fill_(tt_set_readonly(tt_reshape(a, TT_SHAPE(6))), 1);
    expect_error(ctx, TT_ERR_ARG, "read-only");
    tt_add_(p, a);
    expect_error(ctx, TT_ERR_GRAD, "TT_NO_GRAD");
    tt_add_(a, p);
    expect_error(ctx, TT_ERR_GRAD, "TT_NO_GRAD");
    tt_copy_(a, tt_ones(ctx, TT_F32, TT_SHAPE(5)));
    expect_error(ctx, TT_ERR_SHAPE, "copy_");
    tt_copy_(a, NULL);
    expect_error(ctx, TT_ERR_ARG, "NULL");
    ck_assert_int_eq(tt_set(a, TT_INDEX(2, 0), 1), TT_ERR_INDEX);
    expect_error(ctx, TT_ERR_INDEX, "set");
    ck_assert(tt_array_equal(a, before));
    tt_ctx_free(ctx);
}
END_TEST

/* After the first error nothing runs, and the first is the one that is told. */
START_TEST(the_first_one_is_kept)
{
    tt_ctx *ctx = tt_ctx_new();
    tt_tensor *a = counting(ctx, TT_SHAPE(2, 3));
    tt_tensor *y = tt_sum(tt_exp(tt_reshape(tt_add(a, a), TT_SHAPE(7))), TT_AXES(9), false);
    ck_assert_ptr_null(y);
    ck_assert_int_eq(tt_fill_(a, 9), TT_ERR_SHAPE);
    ck_assert_ptr_null(tt_ones(ctx, TT_F32, TT_SHAPE(1)));
    expect_error(ctx, TT_ERR_SHAPE, "reshape");
    ck_assert(tt_get(a, TT_INDEX(0, 1)) == 1);
    tt_ctx_free(ctx);
}
END_TEST

START_TEST(dead_handles)
{
    tt_ctx *ctx = tt_ctx_new();
    tt_scope s = tt_scope_begin(ctx, TT_GRAD);
    tt_tensor *a = counting(ctx, TT_SHAPE(2));
    tt_scope_end(ctx, s);
    ck_assert_ptr_null(tt_exp(a));
    expect_error(ctx, TT_ERR_DEAD, "exp: operand 0 is used after its scope ended");
    tt_ctx_free(ctx);
}
END_TEST

START_TEST(initialisers)
{
    tt_ctx *ctx = tt_ctx_new();
    ck_assert_int_eq(tt_init_normal_(tt_zeros(ctx, TT_I64, TT_SHAPE(2)), 0, 1), TT_ERR_DTYPE);
    expect_error(ctx, TT_ERR_DTYPE, "init_normal_: int64");
    tt_init_normal_(tt_zeros(ctx, TT_F32, TT_SHAPE(2)), 0, -1);
    expect_error(ctx, TT_ERR_ARG, "init_normal_: ");
    tt_init_kaiming_uniform_(tt_zeros(ctx, TT_F32, TT_SHAPE(2)), 0);
    expect_error(ctx, TT_ERR_SHAPE, "init_kaiming_uniform_: a tensor of 1 axes");
    ck_assert_int_eq(tt_init_uniform_(NULL, 0, 1), TT_ERR_ARG);
    tt_ctx_free(ctx);
}
END_TEST

/* A step is taken by the parameters of all groups or by none. */
START_TEST(a_step_that_fails)
{
    tt_ctx *ctx = tt_ctx_new();
    tt_tensor *p = tt_param(tt_ones(ctx, TT_F32, TT_SHAPE(2)));
    tt_tensor *q = tt_param(tt_ones(ctx, TT_F32, TT_SHAPE(2)));
    tt_optim *o = tt_sgd(ctx, TT_TENSORS(p), 0.5, NULL);
    ck_assert_int_eq(tt_optim_add_group(o, TT_TENSORS(q), 0.5, 0), TT_OK);
    ck_assert_int_lt(tt_optim_add_group(o, TT_TENSORS(q), 0.5, 0), 0);
    expect_error(ctx, TT_ERR_ARG, "optim_add_group: parameter 0 is given twice");
    ck_assert_ptr_null(tt_adamw(ctx, TT_TENSORS(tt_detach(p)), 0.5, NULL));
    expect_error(ctx, TT_ERR_GRAD, "adamw: parameter 0 does not require grad");
    tt_backward(tt_sum(tt_mul(p, q), TT_ALL_AXES, false));
    tt_set_readonly(q);
    ck_assert_int_eq(tt_optim_step(o), TT_ERR_ARG);
    expect_error(ctx, TT_ERR_ARG, "optim_step: parameter 1 is read-only");
    ck_assert(tt_get(p, TT_INDEX(0)) == 1);
    tt_ctx_free(ctx);
}
END_TEST

/* With a number logic asks only whether it is 0, whatever the dtype could hold. */
START_TEST(logic_with_numbers)
{
    tt_ctx *ctx = tt_ctx_new();
    tt_tensor *n = I64S(0, 1);
    expect_values(tt_logical_and_scalar(n, 0.5), F64(0, 1));
    expect_values(tt_logical_or_scalar(n, NAN), F64(1, 1));
    expect_values(tt_logical_xor_scalar(tt_cast(n, TT_BOOL), 7), F64(1, 0));
    expect_values(tt_eq_scalar(tt_cast(n, TT_U8), 1), F64(0, 1));
    tt_ctx_free(ctx);
}
END_TEST

/* Shapes that do not broadcast name both; nothing is written. */
START_TEST(broadcasting)
{
    int ndim = -7;
    int64_t shape[TT_MAX_NDIM] = {-7};
    tt_ctx *ctx = tt_ctx_new();
    tt_tensor *out[] = {NULL, NULL}, *x = tt_zeros(ctx, TT_F32, TT_SHAPE(2, 3));
    tt_tensor *y = tt_zeros(ctx, TT_BOOL, TT_SHAPE(2));
    ck_assert_int_eq(tt_broadcast_shapes(ctx, TT_SHAPE(2, 3), TT_SHAPE(2), &ndim, shape),
                     TT_ERR_SHAPE);
    expect_error(ctx, TT_ERR_SHAPE, "broadcast_shapes: shapes do not broadcast: (2, 3) and (2,)");
    ck_assert(ndim == -7 && shape[0] == -7);
    tt_broadcast_shapes(ctx, TT_SHAPE(2, -3), TT_SHAPE(2), &ndim, shape);
    expect_error(ctx, TT_ERR_SHAPE, "broadcast_shapes: (2, -3) has a negative size");
    ck_assert_int_eq(tt_broadcast_tensors(TT_TENSORS(x, y), out), TT_ERR_SHAPE);
    expect_error(ctx, TT_ERR_SHAPE, "broadcast_tensors: shapes do not broadcast: (2, 3) and (2,)");
    ck_assert(out[0] == NULL && out[1] == NULL);
    ck_assert_int_eq(tt_broadcast_shapes(ctx, TT_SCALAR, TT_SHAPE(0, 1), &ndim, shape), TT_OK);
    ck_assert(ndim == 2 && shape[0] == 0 && shape[1] == 1);
    ck_assert_int_eq(tt_broadcast_tensors(TT_TENSORS(tt_select(x, 1, 0), y), out), TT_OK);
    ck_assert(tt_ok(ctx));
    tt_ctx_free(ctx);
}
END_TEST

RUN_TESTS("errors", operations, in_place, the_first_one_is_kept, dead_handles, initialisers,
          a_step_that_fails, logic_with_numbers, broadcasting)
