/* Every differentiable operation against central differences in float64, over the layouts that
 * break gradients: contiguous, transposed, sliced with a step, reversed, broadcast, size 0, 0-d;
 * and gradients of gradients for the same rows. */
#include "../unit/unit.h"

typedef tt_tensor *(*call)(tt_tensor **in);

typedef struct row {
    const char *name;
    call fn;
    double lo, hi;
    int n;            /* inputs */
    bool keeps_shape; /* may be fed any shape (elementwise) */
    bool first_only;  /* no second derivative is asked for (kinks, or constant gradients) */
} row;

#define ROW1(id)                                                                                   \
    static tt_tensor *fn_##id(tt_tensor **in)                                                      \
    {                                                                                              \
        return tt_##id(in[0]);                                                                     \
    }
#define UNARY(name, y, dx, ddx, reads, cost, lo, hi) ROW1(name)
#include "kernel/elementwise/unary.def"
#define BINARY(name, z, cost, lo, hi, ...)                                                         \
    static tt_tensor *fn_##name(tt_tensor **in)                                                    \
    {                                                                                              \
        return tt_##name(in[0], in[1]);                                                            \
    }
#include "kernel/elementwise/binary.def"

#define CASE(id, expression)                                                                       \
    static tt_tensor *fn_##id(tt_tensor **in)                                                      \
    {                                                                                              \
        tt_tensor *x = in[0], *y = in[1], *z = in[2];                                              \
        (void)x, (void)y, (void)z;                                                                 \
        return expression;                                                                         \
    }
static tt_tensor *idx(tt_tensor *x, int ndim, const int64_t *shape, const int64_t *values)
{
    return tt_from_data(tt_ctx_of(x), TT_I64, ndim, shape, values);
}
#define IDX(...) idx(x, TT_SHAPE(2, 2), (int64_t[]){__VA_ARGS__})
CASE(sum, tt_sum(x, TT_AXES(0), false))
CASE(mean, tt_mean(x, TT_AXES(-1), true))
CASE(prod, tt_prod(x, TT_AXES(0), false))
CASE(max, tt_max(x, TT_AXES(1), false))
CASE(min, tt_min(x, TT_ALL_AXES, false))
CASE(logsumexp, tt_logsumexp(x, TT_AXES(1), true))
CASE(var, tt_var(x, TT_AXES(0), 1, false))
CASE(std, tt_std(x, TT_AXES(1), 1, false))
CASE(norm, tt_norm(x, TT_AXES(1), 2, false))
CASE(norm3, tt_norm(x, TT_ALL_AXES, 3, false))
CASE(nansum, tt_nansum(x, TT_AXES(1), false))
CASE(nanmean, tt_nanmean(x, TT_AXES(1), false))
CASE(cumsum, tt_cumsum(x, 1))
CASE(cumprod, tt_cumprod(x, 0))
CASE(cummax, tt_cummax(x, 1))
CASE(cummin, tt_cummin(x, 0))
CASE(logcumsumexp, tt_logcumsumexp(x, 1))
CASE(diff, tt_diff(x, 0))
CASE(reshape, tt_reshape(x, TT_SHAPE(-1)))
CASE(view_twice, tt_mul(tt_flatten(x, 0, 1), tt_flatten(x, 0, 1)))
CASE(transpose, tt_transpose(x, 0, 1))
CASE(moveaxis, tt_moveaxis(tt_unsqueeze(x, 1), 0, 2))
CASE(expand, tt_expand(tt_unsqueeze(x, 0), TT_SHAPE(3, -1, -1)))
CASE(flip, tt_flip(x, TT_AXES(1)))
CASE(select, tt_select(x, 1, -1))
CASE(slice, tt_slice(x, "::-2, 1:"))
CASE(diagonal, tt_diagonal(x, 1, 0, 1))
CASE(cast, tt_cast(x, TT_F64))
CASE(clone, tt_clone(x))
CASE(cat, tt_cat(TT_TENSORS(x, x), 1))
CASE(stack, tt_stack(TT_TENSORS(x, x), 0))
CASE(tile, tt_tile(x, TT_SHAPE(2, 1, 3)))
CASE(repeat_interleave, tt_repeat_interleave(x, 2, 0))
CASE(roll, tt_roll(x, -1, 1))
CASE(pad, tt_pad(x, 2, (int64_t[]){1, -1}, (int64_t[]){0, 2}, 3))
CASE(tril, tt_tril(x, 0))
CASE(triu, tt_triu(x, 1))
CASE(diag, tt_diag(tt_select(x, 0, 0), -1))
CASE(take, tt_take(x, 1, IDX(1, -1, 1, 0)))
CASE(gather, tt_gather(x, 1, IDX(1, 1, 0, 2)))
CASE(scatter, tt_scatter(x, 1, IDX(1, 1, 0, 2), y))
CASE(scatter_add, tt_scatter_add(x, 1, IDX(1, 1, 0, 2), y))
CASE(index_add, tt_index_add(x, 0, idx(x, TT_SHAPE(3), (int64_t[]){1, 0, 1}), y))
CASE(masked_select, tt_masked_select(x, tt_gt_scalar(x, 0)))
CASE(where, tt_where(tt_gt_scalar(x, 0), x, y))
CASE(masked_fill, tt_masked_fill(x, tt_gt_scalar(x, 0.5), 2))
CASE(clamp, tt_clamp(x, -0.9, 0.9))
CASE(lerp, tt_lerp(x, y, z))
CASE(nan_to_num, tt_nan_to_num(x, 0, 1, -1))
CASE(add_scalar, tt_add_scalar(x, 2))
CASE(rsub_scalar, tt_rsub_scalar(x, 2))
CASE(rdiv_scalar, tt_rdiv_scalar(x, 2))
CASE(pow_scalar, tt_pow_scalar(x, 3))
CASE(rpow_scalar, tt_rpow_scalar(x, 2))
CASE(matmul, tt_matmul(x, tt_transpose(y, 0, 1)))
CASE(matmul_batch, tt_matmul(tt_unsqueeze(x, 0), tt_expand(tt_unsqueeze(tt_transpose(y, 0, 1), 0),
                                                           TT_SHAPE(2, -1, -1))))
CASE(outer, tt_outer(x, y))
CASE(tensordot, tt_tensordot(x, y, 1, (int[]){1}, (int[]){1}))
CASE(linear, tt_linear(x, y, tt_select(z, 1, 0)))
CASE(softmax, tt_softmax(x, 1))
CASE(softmax_0, tt_softmax(x, 0))
CASE(log_softmax, tt_log_softmax(x, 1))
CASE(cross_entropy, tt_cross_entropy(x, idx(x, TT_SHAPE(3), (int64_t[]){1, 0, -7}), -7))
CASE(mse_loss, tt_mse_loss(x, y))
CASE(bce_with_logits, tt_bce_with_logits(x, y))
CASE(embedding, tt_embedding(x, IDX(0, 1, 1, 2)))
CASE(atan2_scalar, tt_atan2_scalar(x, 0.7))
CASE(div_scalar, tt_div_scalar(x, 3))
CASE(sub_scalar, tt_sub_scalar(x, 3))
CASE(fmod_scalar, tt_fmod_scalar(x, 0.83))
CASE(remainder_scalar, tt_remainder_scalar(x, 0.83))
CASE(floor_divide_scalar, tt_floor_divide_scalar(x, 0.83))
CASE(hypot_scalar, tt_hypot_scalar(x, 0.7))
CASE(maximum_scalar, tt_maximum_scalar(x, 0.1))
CASE(minimum_scalar, tt_minimum_scalar(x, 0.1))
CASE(contiguous, tt_contiguous(tt_transpose(x, 0, 1)))
CASE(dot, tt_dot(tt_select(x, 0, 1), tt_select(y, 0, 2)))
CASE(narrow, tt_narrow(x, 1, 1, 2))
CASE(permute, tt_permute(x, TT_AXES(1, 0)))
CASE(squeeze, tt_squeeze(tt_unsqueeze(x, 1), TT_AXES(1)))
CASE(unflatten, tt_unflatten(x, 1, TT_SHAPE(2, -1)))
CASE(view, tt_view(tt_contiguous(x), TT_SHAPE(2, 6)))
CASE(slice_n, tt_slice_n(x, "1:, ..., ::2"))
CASE(l1_loss, tt_l1_loss(x, y))
CASE(l1_loss_with, tt_l1_loss_with(x, y, TT_LOSS_NONE))
CASE(mse_loss_with, tt_mse_loss_with(x, y, TT_LOSS_SUM))
CASE(bce_with_logits_with, tt_bce_with_logits_with(x, tt_sigmoid(y), TT_LOSS_NONE))
CASE(kl_div, tt_kl_div(tt_log_softmax(x, 1), tt_softmax(y, 1)))
CASE(kl_div_with, tt_kl_div_with(x, tt_softmax(y, 1), TT_LOSS_NONE))
CASE(nll_loss, tt_nll_loss(x, idx(x, TT_SHAPE(3), (int64_t[]){1, 0, -7}), -7))
CASE(nll_loss_with,
     tt_nll_loss_with(x, idx(x, TT_SHAPE(3), (int64_t[]){3, 0, 1}), -7, TT_LOSS_NONE))

/* Functions that fill a list: their results, joined with weights. */
static tt_tensor *joined(int n, tt_tensor **parts)
{
    tt_tensor *sum = NULL;
    for (int i = 0; i < n; i++) {
        tt_tensor *t = tt_sum(tt_mul_scalar(tt_square(parts[i]), i + 1), TT_ALL_AXES, false);
        sum = sum ? tt_add(sum, t) : t;
    }
    return sum;
}
static tt_tensor *fn_chunk(tt_tensor **in)
{
    tt_tensor *out[2];
    tt_chunk(in[0], 1, 2, out);
    return joined(2, out);
}
static tt_tensor *fn_split(tt_tensor **in)
{
    tt_tensor *out[2];
    tt_split(in[0], 1, 2, (int64_t[]){1, 3}, out);
    return joined(2, out);
}
static tt_tensor *fn_unbind(tt_tensor **in)
{
    tt_tensor *out[3];
    return joined(tt_unbind(in[0], 0, 3, out), out);
}
static tt_tensor *fn_meshgrid(tt_tensor **in)
{
    tt_tensor *out[2], *rows[] = {tt_select(in[0], 0, 0), tt_select(in[1], 1, 0)};
    tt_meshgrid(2, rows, out);
    return joined(2, out);
}
/* The same drops for every call, so that differences are those of one function. */
static tt_tensor *fn_dropout(tt_tensor **in)
{
    tt_ctx *ctx = tt_ctx_of(in[0]);
    tt_seed(ctx, 3);
    tt_set_training(ctx, true);
    return tt_dropout(in[0], 0.4);
}
static tt_tensor *fn_cross_entropy_with(tt_tensor **in)
{
    tt_cross_entropy_options o = TT_CROSS_ENTROPY_OPTIONS_INIT;
    o.weight = tt_from_data(tt_ctx_of(in[0]), TT_F64, TT_SHAPE(4), (double[]){1, 2, 0.5, 3});
    o.label_smoothing = 0.1;
    tt_tensor *t = tt_from_data(tt_ctx_of(in[0]), TT_I64, TT_SHAPE(3), (int64_t[]){3, 0, -100});
    return tt_cross_entropy_with(in[0], t, &o);
}
static tt_tensor *fn_layer_norm(tt_tensor **in)
{
    return tt_layer_norm(in[0], tt_select(in[1], 0, 0), tt_select(in[2], 0, 0), 1e-5);
}
static tt_tensor *fn_rms_norm(tt_tensor **in)
{
    return tt_rms_norm(in[0], tt_select(in[1], 0, 0), 1e-5);
}
static tt_tensor *fn_scaled_dot_product_attention(tt_tensor **in)
{
    return tt_scaled_dot_product_attention(in[0], in[1], in[2], NULL, true, 0);
}
static tt_tensor *fn_linear_cross_entropy(tt_tensor **in)
{
    tt_tensor *t = tt_from_data(tt_ctx_of(in[0]), TT_I64, TT_SHAPE(3), (int64_t[]){2, 0, -100});
    return tt_linear_cross_entropy(in[0], in[1], t, -100);
}

CASE(einsum, tt_einsum("ij,kj,kl->il", TT_TENSORS(x, y, z)))
CASE(einsum_groups,
     tt_einsum("i (j k), ... k -> ... (i j), k=2", TT_TENSORS(x, tt_narrow(y, 1, 1, 2))))
CASE(einsum_diagonal, tt_einsum("i i, i j -> j", TT_TENSORS(tt_narrow(x, 1, 0, 3), y)))
CASE(rearrange, tt_rearrange(x, "a (b c) -> b (c a), c=%d", 2))
CASE(rearrange_n, tt_rearrange_n(x, "a (b 1) -> (b a)", 0, NULL, NULL))
CASE(rearrange_list, tt_rearrange_list(TT_TENSORS(x, y), "l a b -> b (a l)"))
CASE(rearrange_view, tt_rearrange_view(x, "a b -> b 1 a"))
CASE(reduce, tt_reduce(x, "a (b %d) -> b", TT_MEAN, 2))
CASE(reduce_n, tt_reduce_n(x, "a b -> a", TT_PROD, 0, NULL, NULL))
CASE(reduce_list, tt_reduce_list(TT_TENSORS(x, y), "l a b -> b", TT_SUM))
CASE(repeat, tt_repeat(x, "a b -> (b %d) a", 2))
CASE(repeat_n, tt_repeat_n(x, "a b -> a c b", 1, (const char *[]){"c"}, (int64_t[]){3}))
CASE(repeat_list, tt_repeat_list(TT_TENSORS(x, y), "l a b -> a l (b 2)"))
CASE(pack, tt_pack(TT_TENSORS(x, tt_select(y, 1, 0)), "a *", NULL))
static tt_tensor *unpacked(tt_tensor *x)
{
    const tt_packed parts[] = {{1, {2}}, {2, {-1, 2}}};
    tt_tensor *out[2] = {NULL, NULL};
    tt_unpack(x, &(tt_packing){2, parts, NULL}, "a *", 2, out);
    return tt_mul(out[0], tt_reshape(out[1], TT_SHAPE(3, 2)));
}
CASE(unpack, unpacked(x))

static const row rows[] = {
#define UNARY(name, y, dx, ddx, reads, cost, lo, hi) {#name, fn_##name, lo, hi, 1, true, false},
#include "kernel/elementwise/unary.def"
#define BINARY(name, z, cost, lo, hi, ...) {#name, fn_##name, lo, hi, 2, true, false},
#include "kernel/elementwise/binary.def"
#define X(id, n) {#id, fn_##id, -2, 2, n, false, false},
    X(sum, 1) X(mean, 1) X(prod, 1) X(max, 1) X(min, 1) X(logsumexp, 1) X(var, 1) X(std, 1) X(
        norm, 1) X(norm3, 1) X(nansum, 1) X(nanmean, 1) X(cumsum, 1) X(cumprod, 1) X(cummax, 1)
        X(cummin, 1) X(logcumsumexp, 1) X(diff, 1) X(reshape, 1) X(view_twice, 1) X(transpose, 1) X(
            moveaxis, 1) X(expand, 1) X(flip, 1) X(select, 1) X(slice, 1) X(diagonal, 1) X(cast, 1)
            X(clone, 1) X(cat, 1) X(stack, 1) X(tile, 1) X(repeat_interleave, 1) X(roll, 1)
                X(pad, 1) X(tril, 1) X(triu, 1) X(diag, 1) X(take, 1) X(gather, 1) X(scatter, 2) X(
                    scatter_add, 2) X(index_add, 2) X(masked_select, 1) X(where, 2)
                    X(masked_fill, 1) X(clamp, 1) X(lerp, 3) X(nan_to_num, 1) X(add_scalar, 1) X(
                        rsub_scalar, 1) X(pow_scalar, 1) X(rpow_scalar, 1) X(matmul, 2)
                        X(matmul_batch, 2) X(outer, 2) X(tensordot, 2) X(linear, 3) X(
                            softmax, 1) X(softmax_0, 1) X(log_softmax, 1) X(cross_entropy, 1)
                            X(mse_loss, 2) X(bce_with_logits, 2) X(einsum, 3) X(einsum_groups, 2) X(
                                einsum_diagonal, 2) X(rearrange, 1) X(rearrange_n, 1)
                                X(rearrange_list, 2) X(rearrange_view, 1) X(reduce, 1)
                                    X(reduce_n, 1) X(reduce_list, 2) X(repeat, 1) X(repeat_n, 1)
                                        X(repeat_list, 2) X(pack, 2) X(unpack, 1) X(embedding, 1) X(
                                            atan2_scalar,
                                            1) X(div_scalar, 1) X(sub_scalar, 1) X(fmod_scalar, 1)
                                            X(remainder_scalar, 1) X(floor_divide_scalar, 1) X(
                                                hypot_scalar,
                                                1) X(maximum_scalar, 1)
                                                X(minimum_scalar, 1) X(contiguous, 1) X(dot, 2) X(
                                                    narrow,
                                                    1) X(permute, 1)
                                                    X(squeeze, 1) X(unflatten, 1) X(view, 1) X(
                                                        slice_n,
                                                        1) X(l1_loss, 2)
                                                        X(l1_loss_with, 2) X(mse_loss_with, 2) X(
                                                            bce_with_logits_with,
                                                            2) X(kl_div,
                                                                 2) X(kl_div_with, 2)
                                                            X(nll_loss, 1) X(nll_loss_with, 1) X(
                                                                chunk,
                                                                1) X(split,
                                                                     1) X(unbind, 1)
                                                                X(meshgrid, 2) X(dropout, 1) X(
                                                                    cross_entropy_with,
                                                                    1) X(layer_norm,
                                                                         3) X(rms_norm, 2)
                                                                    X(scaled_dot_product_attention,
                                                                      3) X(linear_cross_entropy, 2)
#undef X
                                                                        {"rdiv_scalar",
                                                                         fn_rdiv_scalar, 0.5, 2, 1,
                                                                         true, false},
};
enum { ROWS = sizeof rows / sizeof *rows, LAYOUTS = 5 };

/* A 3 x 4 tensor of random values in one of the layouts. */
static tt_tensor *input(tt_ctx *ctx, const row *r, int layout)
{
    switch (layout) {
    case 0:
        return tt_uniform(ctx, TT_F64, TT_SHAPE(3, 4), r->lo, r->hi);
    case 1:
        return tt_transpose(tt_uniform(ctx, TT_F64, TT_SHAPE(4, 3), r->lo, r->hi), 0, 1);
    case 2:
        return tt_slice(tt_uniform(ctx, TT_F64, TT_SHAPE(6, 9), r->lo, r->hi), "::2, 1::2");
    case 3:
        return tt_flip(tt_uniform(ctx, TT_F64, TT_SHAPE(3, 4), r->lo, r->hi), TT_ALL_AXES);
    default:
        return tt_expand(tt_uniform(ctx, TT_F64, TT_SHAPE(4), r->lo, r->hi), TT_SHAPE(3, 4));
    }
}

static tt_tensor *run(tt_ctx *ctx, int n, tt_tensor *const *inputs, void *user)
{
    tt_tensor *in[3] = {NULL};
    (void)ctx;
    for (int i = 0; i < n; i++)
        in[i] = inputs[i];
    return ((const row *)user)->fn(in);
}

/* The gradient as a function, for a check of the second derivative. */
static tt_tensor *run_gradient(tt_ctx *ctx, int n, tt_tensor *const *inputs, void *user)
{
    tt_tensor *xs[3], *out[3];
    tt_scope s =
        tt_scope_begin(ctx, TT_GRAD); /* also inside the differences, which record nothing */
    for (int i = 0; i < n; i++) {
        xs[i] = inputs[i];
        if (!tt_requires_grad(xs[i])) {
            xs[i] = tt_detach(xs[i]);
            tt_set_requires_grad(xs[i], true);
        }
    }
    tt_tensor *y = run(ctx, n, xs, user);
    tt_tensor *w =
        tt_add_scalar(tt_mul_scalar(tt_reshape(tt_arange(ctx, TT_F64, 0, (double)tt_numel(y), 1),
                                               tt_ndim(y), tt_shape(y)),
                                    0.3),
                      0.5);
    tt_tensor *total = NULL;
    if (tt_grads_of(tt_sum(tt_mul(y, w), TT_ALL_AXES, false), n, xs, TT_CREATE_GRAPH, out) == TT_OK)
        for (int i = 0; i < n; i++) {
            tt_tensor *part = tt_sum(tt_mul(out[i], out[i]), TT_ALL_AXES, false);
            total = total ? tt_add(total, part) : part;
        }
    total = tt_keep(total);
    tt_scope_end(ctx, s);
    return total;
}

START_TEST(first_derivatives)
{
    const row *r = &rows[_i];
    for (int layout = 0; layout < LAYOUTS; layout++) {
        tt_ctx *ctx = tt_ctx_new();
        tt_tensor *in[3];
        tt_gradcheck_report report;
        tt_seed(ctx, (uint64_t)_i + 1);
        for (int i = 0; i < r->n; i++)
            in[i] = input(ctx, r, layout == 4 && i > 0 ? 0 : layout);
        /* an expanded input repeats its values: extrema would tie and selections jump */
        bool ties = layout == 4 && (strstr(r->name, "max") || strstr(r->name, "min"));
        if (!ties)
            ck_assert_msg(tt_gradcheck(ctx, run, (void *)(uintptr_t)r, r->n, in, &report) == TT_OK,
                          "%s, layout %d: %s", r->name, layout, tt_error_message(ctx));
        tt_ctx_free(ctx);
    }
}
END_TEST

START_TEST(second_derivatives)
{
    const row *r = &rows[_i];
    tt_ctx *ctx = tt_ctx_new();
    tt_tensor *in[3];
    tt_gradcheck_report report;
    tt_seed(ctx, (uint64_t)_i + 1);
    for (int i = 0; i < r->n; i++)
        in[i] = input(ctx, r, i % 2);
    ck_assert_msg(tt_gradcheck(ctx, run_gradient, (void *)(uintptr_t)r, r->n, in, &report) == TT_OK,
                  "%s: %s", r->name, tt_error_message(ctx));
    tt_ctx_free(ctx);
}
END_TEST

/* Broadcasting one operand against the other, size-0 and 0-d, for what is elementwise. */
START_TEST(other_shapes)
{
    static const int64_t shapes[][2] = {{3, 1}, {1, 4}, {0, 4}, {1, 1}};
    const row *r = &rows[_i];
    for (size_t k = 0; r->keeps_shape && k < 5; k++) {
        tt_ctx *ctx = tt_ctx_new();
        tt_tensor *in[2];
        tt_gradcheck_report report;
        in[0] = k < 4 ? tt_uniform(ctx, TT_F64, 2, shapes[k], r->lo, r->hi)
                      : tt_uniform(ctx, TT_F64, TT_SCALAR, r->lo, r->hi);
        in[1] = tt_uniform(ctx, TT_F64, k == 2 ? 2 : 1, k == 2 ? (int64_t[]){1, 4} : (int64_t[]){4},
                           r->lo, r->hi);
        ck_assert_msg(tt_gradcheck(ctx, run, (void *)(uintptr_t)r, r->n, in, &report) == TT_OK,
                      "%s, shape %d: %s", r->name, (int)k, tt_error_message(ctx));
        tt_ctx_free(ctx);
    }
}
END_TEST

int main(void)
{
    TCase *c = new_case("grad");
    tcase_add_loop_test(c, first_derivatives, 0, ROWS);
    tcase_add_loop_test(c, second_derivatives, 0, ROWS);
    tcase_add_loop_test(c, other_shapes, 0, ROWS);
    return run_suite("grad", c);
}
