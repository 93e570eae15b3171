/* What is documented as new memory is that also where nothing would have to be copied: one
 * repetition, a shift by none, a list of one. What is written to the result reaches no operand. */
#include "unit.h"

#include <stdio.h>

#define ROWS(X)                                                                                    \
    X(tt_clone(x))                                                                                 \
    X(tt_tile(x, TT_SHAPE(1, 1)))                                                                  \
    X(tt_tile(x, TT_SHAPE(2, 1)))                                                                  \
    X(tt_tile(x, 0, NULL))                                                                         \
    X(tt_tile(deep, TT_SHAPE(1)))                                                                  \
    X(tt_repeat_interleave(x, 1, 1))                                                               \
    X(tt_repeat_interleave(x, 3, 0))                                                               \
    X(tt_roll(x, 0, 1))                                                                            \
    X(tt_roll(x, 4, 1))                                                                            \
    X(tt_pad(x, 2, zero, zero, 0))                                                                 \
    X(tt_tril(x, 9))                                                                               \
    X(tt_triu(x, -9))                                                                              \
    X(tt_cat(TT_TENSORS(x), 0))                                                                    \
    X(tt_stack(TT_TENSORS(x), 0))                                                                  \
    X(tt_clamp(x, -9, 9))                                                                          \
    X(tt_nan_to_num(x, 0, 1, 2))                                                                   \
    X(tt_masked_fill(x, tt_zeros(ctx, TT_BOOL, TT_SCALAR), 1))                                     \
    X(tt_where(tt_ones(ctx, TT_BOOL, TT_SCALAR), x, x))                                            \
    X(tt_sum(x, TT_AXES(0), true))                                                                 \
    X(tt_max(x, TT_AXES(0), true))                                                                 \
    X(tt_cumsum(x, 0))                                                                             \
    X(tt_mul_scalar(x, 1))

START_TEST(results_do_not_share_the_memory_of_operands)
{
    tt_ctx *ctx = tt_ctx_new();
    tt_tensor *x = counting(ctx, TT_SHAPE(1, 4));
    int64_t many[TT_MAX_NDIM], zero[2] = {0, 0};
    int wrong = 0;
    for (int i = 0; i < TT_MAX_NDIM; i++)
        many[i] = i ? 1 : 4;
    tt_tensor *deep = tt_reshape(x, TT_MAX_NDIM, many);
#define X(expression)                                                                              \
    {                                                                                              \
        tt_tensor *y = expression;                                                                 \
        if (tt_same_storage(x, y) || tt_fill_(y, 9) != TT_OK || tt_get(x, TT_INDEX(0, 1)) != 1) {  \
            fprintf(stderr, "%s: %s\n", #expression, y ? "shares memory" : tt_error_message(ctx)); \
            wrong++;                                                                               \
        }                                                                                          \
    }
    ROWS(X)
#undef X
    ck_assert_int_eq(wrong, 0);
    tt_ctx_free(ctx);
}
END_TEST

RUN_TESTS("new memory", results_do_not_share_the_memory_of_operands)
