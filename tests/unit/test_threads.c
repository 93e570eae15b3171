/* Threads: every kind of parallel kernel gives the same bits with 1, 2, 3 and 4 of them; contexts
 * used by two threads of the program at once are independent; shared tensors are read by both. The
 * sizes are above all grains. Run under ThreadSanitizer, too, and with each BLAS that is there. */
#include "unit.h"

#include <pthread.h>

/* The bytes of all results of a case, one behind the other. */
typedef struct results {
    char *bytes;
    size_t n, room;
} results;

static void add_result(results *r, tt_tensor *x)
{
    ck_assert_msg(x != NULL, "a result is NULL");
    size_t bytes = (size_t)tt_numel(x) * tt_itemsize(tt_dtype_of(x));
    if (r->n + bytes > r->room) {
        r->room = 2 * (r->n + bytes);
        r->bytes = realloc(r->bytes, r->room);
        ck_assert_ptr_nonnull(r->bytes);
    }
    ck_assert_int_eq(tt_copy_out(x, r->bytes + r->n, bytes), TT_OK);
    r->n += bytes;
}

/* Elementwise. */

enum { N = 150001 };

static tt_tensor *noise(tt_ctx *ctx, tt_dtype dtype)
{
    return dtype == TT_I64 ? tt_randint(ctx, TT_SHAPE(N), -99, 99)
                           : tt_randn(ctx, dtype, TT_SHAPE(N));
}

static void contiguous(tt_ctx *ctx, results *r)
{
    const tt_dtype dtypes[] = {TT_F32, TT_F64, TT_I64};
    for (int i = 0; i < 3; i++) {
        tt_tensor *x = noise(ctx, dtypes[i]), *y = noise(ctx, dtypes[i]);
        add_result(r, tt_add(x, y));
        add_result(r, tt_mul(x, y));
        add_result(r, tt_div(x, tt_add_scalar(tt_square(y), 1)));
        add_result(r, tt_maximum(x, y));
        add_result(r, tt_rsub_scalar(x, 3));
        add_result(r, tt_lt(x, y));
        add_result(r, tt_logical_xor(x, y));
        add_result(r, tt_where(tt_gt(x, y), x, y));
        add_result(r, tt_clamp(x, -1, 1));
        add_result(r, tt_masked_fill(x, tt_lt(x, y), 7));
        add_result(r, tt_isclose(x, y, 0.1, 0.1, true));
    }
}

static void functions(tt_ctx *ctx, results *r)
{
    tt_tensor *(*const f[])(tt_tensor *) = {tt_exp,     tt_tanh,  tt_gelu,  tt_erf,
                                            tt_sigmoid, tt_sin,   tt_relu,  tt_silu,
                                            tt_abs,     tt_isnan, tt_log1p, tt_atan};
    tt_tensor *single = noise(ctx, TT_F32), *twice = noise(ctx, TT_F64);
    for (size_t i = 0; i < sizeof f / sizeof *f; i++) {
        add_result(r, f[i](single));
        add_result(r, f[i](twice));
    }
    add_result(r, tt_pow(tt_exp(single), single));
    add_result(r, tt_atan2(single, tt_flip(single, TT_ALL_AXES)));
    add_result(r, tt_nan_to_num(tt_log(single), 1, 2, 3));
    add_result(r, tt_lerp(single, tt_neg(single), tt_sigmoid(single)));
}

static void strided(tt_ctx *ctx, results *r)
{
    tt_tensor *x = tt_randn(ctx, TT_F32, TT_SHAPE(300, 701)), *t = tt_transpose(x, 0, 1);
    tt_tensor *square = tt_randn(ctx, TT_F32, TT_SHAPE(401, 401));
    add_result(r, tt_add(square, tt_transpose(square, 0, 1)));
    add_result(r, tt_exp(tt_slice(x, "::-1, ::2")));
    add_result(r, tt_mul(tt_slice(t, "1:600:3"), tt_slice(t, "200:400")));
    add_result(r, tt_sub(t, tt_flip(t, TT_AXES(0))));
    tt_tensor *cube =
        tt_permute(tt_reshape(tt_slice(x, ":, 1:"), TT_SHAPE(30, 70, 100)), TT_AXES(2, 0, 1));
    add_result(r, tt_neg(cube));
    add_result(r, tt_add(cube, tt_contiguous(cube)));
}

static void broadcast(tt_ctx *ctx, results *r)
{
    tt_tensor *x = tt_randn(ctx, TT_F32, TT_SHAPE(300, 701));
    tt_tensor *row = tt_randn(ctx, TT_F32, TT_SHAPE(701));
    tt_tensor *column = tt_randn(ctx, TT_F32, TT_SHAPE(300, 1));
    add_result(r, tt_add(x, row));
    add_result(r, tt_mul(column, x));
    add_result(r, tt_sub(column, row));
    add_result(r, tt_div(x, tt_scalar(ctx, TT_F32, 3)));
    add_result(r, tt_where(tt_gt_scalar(column, 0), x, row));
    add_result(r, tt_add(tt_reshape(x, TT_SHAPE(3, 100, 701)),
                         tt_randn(ctx, TT_F32, TT_SHAPE(3, 1, 701))));
}

static void derivatives(tt_ctx *ctx, results *r)
{
    tt_tensor *x = tt_randn(ctx, TT_F32, TT_SHAPE(300, 401));
    tt_tensor *row = tt_randn(ctx, TT_F32, TT_SHAPE(401));
    tt_set_requires_grad(x, true);
    tt_set_requires_grad(row, true);
    tt_tensor *y = tt_mul(tt_tanh(tt_add(x, row)), tt_gelu(tt_sub(x, row)));
    tt_backward(tt_mean(tt_div(y, tt_exp(row)), TT_ALL_AXES, false));
    add_result(r, tt_grad(x));
    add_result(r, tt_grad(row));
}

static void casts(tt_ctx *ctx, results *r)
{
    tt_tensor *x = tt_mul_scalar(noise(ctx, TT_F32), 50);
    for (int from = TT_F32; from <= TT_BF16; from++)
        for (int to = TT_F32; to <= TT_BF16; to++)
            add_result(r, tt_cast(tt_cast(x, (tt_dtype)from), (tt_dtype)to));
}

static void copies(tt_ctx *ctx, results *r)
{
    const tt_dtype dtypes[] = {TT_F32, TT_F64, TT_BOOL, TT_F16};
    for (int i = 0; i < 4; i++) {
        tt_tensor *x = tt_cast(tt_randn(ctx, TT_F32, TT_SHAPE(400, 501)), dtypes[i]);
        tt_tensor *y = tt_reshape(tt_slice(x, ":, 1:"), TT_SHAPE(40, 10, 50, 10));
        add_result(r, tt_contiguous(tt_transpose(x, 0, 1)));
        add_result(r, tt_contiguous(tt_permute(y, TT_AXES(0, 2, 1, 3))));
        add_result(r, tt_contiguous(tt_permute(y, TT_AXES(3, 1, 2, 0))));
        add_result(r, tt_clone(tt_slice(x, "::2, ::-3")));
        add_result(r, tt_cat(TT_TENSORS(x, tt_flip(x, TT_AXES(0))), 1));
        add_result(r, tt_tile(tt_slice(x, ":50"), TT_SHAPE(2, 3)));
        add_result(r, tt_repeat_interleave(x, 2, 1));
        add_result(r, tt_roll(x, 77, 1));
        add_result(r, tt_pad(x, 2, (int64_t[]){3, -5}, (int64_t[]){-1, 7}, 2));
        add_result(r, tt_tril(x, 3));
        add_result(r, tt_triu(tt_transpose(x, 0, 1), -5));
    }
    add_result(r, tt_full(ctx, TT_F32, TT_SHAPE(N), 3));
    add_result(r, tt_eye(ctx, TT_F32, 401, 503));
    add_result(r, tt_arange(ctx, TT_F64, 0, N, 1));
}

static void in_place(tt_ctx *ctx, results *r)
{
    tt_tensor *x = tt_randn(ctx, TT_F32, TT_SHAPE(300, 701));
    tt_tensor *row = tt_randn(ctx, TT_F32, TT_SHAPE(701));
    tt_add_(x, row);
    tt_mul_(tt_slice(x, "1:"), tt_slice(x, ":-1")); /* overlaps */
    tt_axpy_(x, -0.5, tt_sin(x));
    tt_mul_scalar_(tt_slice(x, ":, ::2"), 3);
    tt_copy_(tt_slice(x, ":100"), tt_slice(x, "200:"));
    tt_fill_(tt_slice(x, "::3, ::5"), 9);
    add_result(r, x);
}

/* Reductions. */

static void reduce_axes(results *r, tt_tensor *x, int n, const int *axes)
{
    tt_tensor *(*const any[])(tt_tensor *, int, const int *, bool) = {
        tt_sum, tt_mean, tt_max, tt_min, tt_prod, tt_all, tt_any, tt_count_nonzero};
    tt_tensor *(*const of_floats[])(tt_tensor *, int, const int *, bool) = {tt_logsumexp, tt_nansum,
                                                                            tt_nanmean};
    for (size_t i = 0; i < sizeof any / sizeof *any; i++)
        add_result(r, any[i](x, n, axes, false));
    if (tt_dtype_of(x) != TT_F32 && tt_dtype_of(x) != TT_F64)
        return;
    for (size_t i = 0; i < sizeof of_floats / sizeof *of_floats; i++)
        add_result(r, of_floats[i](x, n, axes, false));
    add_result(r, tt_var(x, n, axes, 1, false));
    add_result(r, tt_norm(x, n, axes, 2, false));
    add_result(r, tt_norm(x, n, axes, INFINITY, false));
}

static void reductions(tt_ctx *ctx, results *r, tt_dtype dtype)
{
    static const int axes[][2] = {{0, 0}, {0, 0}, {1, 0}, {2, 0}, {0, 1}, {1, 2}, {0, 2}};
    static const int count[] = {0, 1, 1, 1, 2, 2, 2};
    tt_tensor *base = tt_cast(tt_randn(ctx, TT_F32, TT_SHAPE(37, 65, 77)), dtype);
    tt_tensor *views[] = {base, tt_permute(base, TT_AXES(2, 0, 1)), tt_slice(base, "::-2, :, ::3")};
    for (int v = 0; v < 3; v++)
        for (int i = 0; i < 7; i++)
            reduce_axes(r, views[v], count[i], axes[i]);
}

static void reductions_f32(tt_ctx *ctx, results *r)
{
    reductions(ctx, r, TT_F32);
}

static void reductions_f64(tt_ctx *ctx, results *r)
{
    reductions(ctx, r, TT_F64);
}

static void reductions_of_others(tt_ctx *ctx, results *r)
{
    reductions(ctx, r, TT_I64);
    reductions(ctx, r, TT_BOOL);
}

/* Far longer than wide, and the other way round: cut along the reduced axis, or not. */
static void long_reductions(tt_ctx *ctx, results *r)
{
    const int64_t shapes[][2] = {{3, 70001}, {70001, 3}, {1, 200003}, {2000, 101}, {101, 2000}};
    for (int i = 0; i < 5; i++) {
        tt_tensor *x = tt_randn(ctx, TT_F32, 2, shapes[i]);
        for (int axis = 0; axis < 2; axis++) {
            add_result(r, tt_sum(x, 1, &axis, false));
            add_result(r, tt_max(x, 1, &axis, false));
            add_result(r, tt_logsumexp(x, 1, &axis, false));
            add_result(r, tt_argmax(x, axis, false));
            add_result(r, tt_argmin(x, axis, true));
            add_result(r, tt_mean(tt_cast(tt_mul_scalar(x, 0x1p60), TT_I64), 1, &axis, false));
            tt_tensor *p = tt_param(tt_clone(x));
            tt_tensor *y = tt_add(tt_var(p, 1, &axis, 1, false), tt_logsumexp(p, 1, &axis, false));
            tt_backward(tt_sum(y, TT_ALL_AXES, false));
            add_result(r, y);
            add_result(r, tt_grad(p));
        }
        add_result(r, tt_sum(x, TT_ALL_AXES, false));
        add_result(r, tt_argmax(tt_reshape(x, TT_SHAPE(-1)), 0, false));
    }
}

static void arguments(tt_ctx *ctx, results *r)
{
    const tt_dtype dtypes[] = {TT_F32, TT_F64, TT_I64, TT_BOOL};
    for (int i = 0; i < 4; i++) {
        tt_tensor *x = tt_mul_scalar(tt_randn(ctx, TT_F32, TT_SHAPE(37, 65, 77)), 5);
        x = tt_permute(tt_cast(tt_round(x), dtypes[i]), TT_AXES(1, 0, 2)); /* has equal ones */
        for (int axis = 0; axis < 3; axis++) {
            add_result(r, tt_argmax(x, axis, false));
            add_result(r, tt_argmin(x, axis, false));
        }
    }
}

static void scans(tt_ctx *ctx, results *r)
{
    tt_tensor *x = tt_randn(ctx, TT_F32, TT_SHAPE(37, 65, 77));
    tt_tensor *views[] = {x, tt_permute(x, TT_AXES(2, 0, 1)), tt_reshape(x, TT_SHAPE(1, -1, 1))};
    for (int v = 0; v < 3; v++)
        for (int axis = 0; axis < 3; axis++) {
            add_result(r, tt_cumsum(views[v], axis));
            add_result(r, tt_cumprod(views[v], axis));
            add_result(r, tt_cummax(views[v], axis));
            add_result(r, tt_cummin(views[v], axis));
            add_result(r, tt_logcumsumexp(views[v], axis));
            add_result(r, tt_diff(views[v], axis));
        }
}

/* Networks. */

static void softmaxes(tt_ctx *ctx, results *r)
{
    static const int64_t shapes[][3] = {{37, 65, 77}, {5, 3, 9001}, {9001, 3, 5}};
    for (int k = 0; k < 3; k++)
        for (int axis = 0; axis < 3; axis++) {
            tt_tensor *x = tt_randn(ctx, TT_F32, 3, shapes[k]);
            tt_tensor *w = tt_randn(ctx, TT_F32, 3, shapes[k]);
            tt_set_requires_grad(x, true);
            tt_tensor *p = tt_softmax(x, axis), *l = tt_log_softmax(x, axis);
            tt_backward(tt_sum(tt_mul(w, tt_add(p, l)), TT_ALL_AXES, false));
            add_result(r, p);
            add_result(r, l);
            add_result(r, tt_grad(x));
        }
}

static void cross_entropies(tt_ctx *ctx, results *r)
{
    static const int64_t shapes[][2] = {{900, 211}, {17, 9001}, {9001, 10}};
    for (int k = 0; k < 3; k++) {
        tt_tensor *x = tt_randn(ctx, TT_F32, 2, shapes[k]);
        tt_tensor *t = tt_randint(ctx, 1, shapes[k], 0, shapes[k][1]);
        tt_cross_entropy_options o = TT_CROSS_ENTROPY_OPTIONS_INIT;
        tt_set_requires_grad(x, true);
        t = tt_masked_fill(t, tt_eq_scalar(t, 3), -100);
        tt_tensor *loss = tt_cross_entropy(x, t, -100);
        tt_backward(loss);
        add_result(r, loss);
        add_result(r, tt_grad(x));
        o.label_smoothing = 0.1;
        o.weight = tt_rand(ctx, TT_F32, TT_SHAPE(shapes[k][1]));
        loss = tt_cross_entropy_with(x, t, &o);
        tt_backward(loss);
        add_result(r, loss);
        add_result(r, tt_grad(x));
    }
}

static void losses(tt_ctx *ctx, results *r)
{
    tt_tensor *x = tt_randn(ctx, TT_F32, TT_SHAPE(300, 401));
    tt_tensor *y = tt_rand(ctx, TT_F32, TT_SHAPE(300, 401));
    tt_set_requires_grad(x, true);
    tt_tensor *all[] = {tt_mse_loss(x, y), tt_l1_loss(x, y), tt_bce_with_logits(x, y),
                        tt_kl_div(x, y)};
    for (int i = 0; i < 4; i++) {
        tt_backward(all[i]);
        add_result(r, all[i]);
        add_result(r, tt_grad(x));
    }
}

static void norms_and_attention(tt_ctx *ctx, results *r)
{
    tt_tensor *x = tt_randn(ctx, TT_F32, TT_SHAPE(2, 3, 137, 32));
    tt_tensor *w = tt_rand(ctx, TT_F32, TT_SHAPE(32)), *b = tt_rand(ctx, TT_F32, TT_SHAPE(32));
    tt_tensor *in[] = {x, w, b};
    for (int i = 0; i < 3; i++)
        tt_set_requires_grad(in[i], true);
    tt_tensor *y = tt_layer_norm(x, w, b, 1e-5), *z = tt_rms_norm(x, w, 1e-5);
    tt_tensor *a = tt_scaled_dot_product_attention(y, z, x, NULL, true, 0);
    add_result(r, a);
    tt_backward(tt_mean(tt_square(a), TT_ALL_AXES, false));
    for (int i = 0; i < 3; i++)
        add_result(r, tt_grad(in[i]));
}

/* Products. */

static void product(results *r, tt_tensor *a, tt_tensor *b)
{
    add_result(r, tt_matmul(a, b));
    add_result(r, tt_matmul(tt_transpose(b, -1, -2), tt_transpose(a, -1, -2)));
}

static tt_tensor *matrix(tt_ctx *ctx, tt_dtype dtype, int64_t rows, int64_t cols, bool transposed)
{
    int64_t shape[] = {transposed ? cols : rows, transposed ? rows : cols};
    tt_tensor *x =
        dtype == TT_I64 ? tt_randint(ctx, 2, shape, -9, 9) : tt_randn(ctx, dtype, 2, shape);
    return transposed ? tt_transpose(x, 0, 1) : x;
}

static void matrices(tt_ctx *ctx, results *r)
{
    static const int64_t sizes[][3] = {{257, 190, 131}, {64, 768, 96},  {1, 700, 900},
                                       {900, 700, 1},   {3, 1000, 401}, {401, 1000, 3},
                                       {70, 3, 1900},   {8, 9, 7},      {2, 30000, 2}};
    const tt_dtype dtypes[] = {TT_F32, TT_F64, TT_I64};
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++)
        for (int v = 0; v < 4; v++)
            for (int d = 0; d < (v ? 1 : 3); d++) {
                const int64_t *s = sizes[i];
                product(r, matrix(ctx, dtypes[d], s[0], s[1], v & 1),
                        matrix(ctx, dtypes[d], s[1], s[2], v & 2));
            }
}

static void batches(tt_ctx *ctx, results *r)
{
    static const int64_t sizes[][4] = {{24, 40, 64, 40}, {3, 130, 70, 90}, {200, 7, 5, 9},
                                       {5, 1, 300, 200}, {64, 16, 16, 16}, {2, 400, 2, 300}};
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        const int64_t *s = sizes[i];
        tt_tensor *a = tt_randn(ctx, TT_F32, TT_SHAPE(s[0], s[1], s[2]));
        tt_tensor *b = tt_randn(ctx, TT_F32, TT_SHAPE(s[0], s[2], s[3]));
        product(r, a, b);
        product(r, a, tt_select(b, 0, 0));
        product(r, tt_slice(a, ":, ::-1"), tt_slice(b, ":, :, ::2"));
        add_result(r, tt_matmul(tt_transpose(tt_contiguous(tt_transpose(a, 1, 2)), 1, 2), b));
        tt_tensor *heads = tt_transpose(tt_randn(ctx, TT_F32, TT_SHAPE(s[1], s[0], s[2])), 0, 1);
        add_result(r, tt_matmul(heads, b)); /* as attention lays them out */
    }
}

static void contractions(tt_ctx *ctx, results *r)
{
    tt_tensor *a = tt_randn(ctx, TT_F32, TT_SHAPE(20, 30, 40));
    tt_tensor *b = tt_randn(ctx, TT_F32, TT_SHAPE(40, 50, 30));
    add_result(r, tt_tensordot(a, b, 2, (int[]){1, 2}, (int[]){2, 0}));
    add_result(r, tt_tensordot(a, b, 1, (int[]){1}, (int[]){2}));
    add_result(r, tt_dot(a, tt_transpose(b, 0, 1)));
    add_result(r, tt_outer(tt_select(a, 0, 0), tt_select(b, 0, 0)));
}

static void linears(tt_ctx *ctx, results *r)
{
    static const int64_t sizes[][3] = {{512, 96, 200}, {1, 900, 700}, {7, 300, 900}, {300, 2, 500}};
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        const int64_t *s = sizes[i];
        tt_tensor *x = tt_randn(ctx, TT_F32, TT_SHAPE(s[0], s[1]));
        tt_tensor *w = tt_randn(ctx, TT_F32, TT_SHAPE(s[2], s[1]));
        tt_tensor *b = tt_randn(ctx, TT_F32, TT_SHAPE(s[2]));
        tt_tensor *in[] = {x, w, b};
        for (int k = 0; k < 3; k++)
            tt_set_requires_grad(in[k], true);
        tt_tensor *y = tt_linear(x, w, b);
        add_result(r, y);
        tt_backward(tt_mean(tt_square(y), TT_ALL_AXES, false));
        for (int k = 0; k < 3; k++)
            add_result(r, tt_grad(in[k]));
        add_result(r, tt_linear_cross_entropy(x, w, tt_randint(ctx, 1, s, 0, s[2]), -100));
    }
}

/* Indexing and random numbers. */

static void indexing(tt_ctx *ctx, results *r)
{
    const tt_dtype dtypes[] = {TT_F32, TT_I64, TT_U8};
    for (int d = 0; d < 3; d++) {
        tt_tensor *x = tt_cast(tt_randn(ctx, TT_F32, TT_SHAPE(300, 401)), dtypes[d]);
        tt_tensor *at = tt_randint(ctx, TT_SHAPE(300, 401), -300, 300);
        tt_tensor *few = tt_randint(ctx, TT_SHAPE(500), -300, 300);
        add_result(r, tt_gather(x, 0, at));
        add_result(r, tt_gather(tt_transpose(x, 0, 1), 1, tt_transpose(at, 0, 1)));
        add_result(r, tt_scatter(x, 0, at, tt_flip(x, TT_ALL_AXES)));
        add_result(r, tt_scatter(x, 1, at, x));
        add_result(r, tt_take(x, 0, few));
        add_result(r, tt_take(x, 1, tt_slice(at, ":2, :150")));
        add_result(r, tt_masked_select(x, tt_gt_scalar(at, 0)));
        add_result(r, tt_nonzero(x));
        add_result(r, tt_index(x, TT_TENSORS(at, tt_select(at, 0, 0))));
        add_result(r, tt_index(x, TT_TENSORS(tt_slice(at, ":, :300"), NULL)));
        add_result(
            r, tt_index_put(x, TT_TENSORS(few), tt_take(x, 0, tt_flip(few, TT_ALL_AXES)), false));
        add_result(r, tt_index_put(x, TT_TENSORS(NULL, few), tt_take(x, 1, few), false));
        add_result(r, tt_masked_scatter(x, tt_gt_scalar(at, 0), tt_flip(x, TT_ALL_AXES)));
        add_result(r, tt_one_hot(tt_slice(tt_abs(few), ":300"), 301));
        if (dtypes[d] == TT_U8)
            continue;
        add_result(r, tt_scatter_add(x, 0, at, x));
        add_result(r, tt_scatter_add(x, 1, at, tt_flip(x, TT_ALL_AXES)));
        add_result(r, tt_index_add(x, 0, few, tt_take(x, 0, tt_flip(few, TT_ALL_AXES))));
        add_result(r, tt_index_add(x, 1, few, tt_take(x, 1, few)));
        add_result(r, tt_index_put(tt_slice(x, ":, :40"), TT_TENSORS(tt_select(at, 1, 0)),
                                   tt_slice(x, ":, 40:80"), true));
        add_result(r,
                   tt_index_put(x, TT_TENSORS(at, tt_select(at, 0, 0)), tt_select(x, 0, 0), true));
    }
}

static void gradients_of_indexing(tt_ctx *ctx, results *r)
{
    tt_tensor *x = tt_randn(ctx, TT_F32, TT_SHAPE(300, 401));
    tt_tensor *at = tt_randint(ctx, TT_SHAPE(300, 401), 0, 300);
    tt_set_requires_grad(x, true);
    tt_tensor *y = tt_add(tt_scatter(x, 0, at, tt_gather(x, 1, at)), tt_scatter_add(x, 0, at, x));
    tt_tensor *z = tt_embedding(x, tt_select(at, 0, 0));
    tt_tensor *s = tt_masked_select(x, tt_gt_scalar(x, 0));
    tt_tensor *w = tt_sliding_window(x, 1, 7, 3),
              *v = tt_sliding_window(tt_flatten(x, 0, 1), 0, 9, 2);
    tt_tensor *parts[] = {
        y, z, s, w, v, tt_cumsum(x, 1), tt_cumprod(x, 0), tt_max(x, TT_AXES(1), false)};
    for (int i = 0; i < 6; i++) {
        tt_backward(tt_mean(tt_square(parts[i]), TT_ALL_AXES, false));
        add_result(r, tt_grad(x));
    }
}

static void random_numbers(tt_ctx *ctx, results *r)
{
    add_result(r, tt_rand(ctx, TT_F32, TT_SHAPE(N)));
    add_result(r, tt_rand(ctx, TT_F64, TT_SHAPE(N)));
    add_result(r, tt_normal(ctx, TT_F32, TT_SHAPE(N), 2, 3));
    add_result(r, tt_randn(ctx, TT_F64, TT_SHAPE(N)));
    add_result(r, tt_randint(ctx, TT_SHAPE(N), -7, 1000));
    add_result(r, tt_randperm(ctx, N));
    add_result(r, tt_bernoulli(tt_rand(ctx, TT_F32, TT_SHAPE(N))));
    tt_set_training(ctx, true);
    tt_tensor *x = tt_ones(ctx, TT_F32, TT_SHAPE(N));
    tt_set_requires_grad(x, true);
    tt_backward(tt_sum(tt_dropout(x, 0.3), TT_ALL_AXES, false));
    add_result(r, tt_grad(x));
    tt_init_kaiming_normal_(tt_detach(tt_reshape(x, TT_SHAPE(1, -1))), 0);
    add_result(r, x);
}

/* Training. */

static tt_optim *optimiser(tt_ctx *ctx, int kind, int n, tt_tensor *const *params)
{
    tt_sgd_options sgd = TT_SGD_OPTIONS_INIT;
    tt_adam_options adam = TT_ADAM_OPTIONS_INIT;
    sgd.momentum = 0.9;
    sgd.nesterov = true;
    adam.weight_decay = 0.1;
    return kind == 0   ? tt_sgd(ctx, n, params, 0.1, NULL)
           : kind == 1 ? tt_sgd(ctx, n, params, 0.1, &sgd)
           : kind == 2 ? tt_adam(ctx, n, params, 1e-2, &adam)
                       : tt_adamw(ctx, n, params, 1e-2, NULL);
}

static void training(tt_ctx *ctx, results *r)
{
    for (int kind = 0; kind < 4; kind++) {
        tt_tensor *w1 = tt_param(tt_normal(ctx, TT_F32, TT_SHAPE(300, 128), 0, 0.1));
        tt_tensor *b1 = tt_param(tt_zeros(ctx, TT_F32, TT_SHAPE(300)));
        tt_tensor *w2 = tt_param(tt_normal(ctx, TT_F32, TT_SHAPE(10, 300), 0, 0.1));
        tt_tensor *params[] = {w1, b1, w2};
        tt_optim *o = optimiser(ctx, kind, 3, params);
        for (int step = 0; step < 3; step++) {
            tt_scope s = tt_scope_begin(ctx, TT_GRAD);
            tt_tensor *x = tt_randn(ctx, TT_F32, TT_SHAPE(256, 128));
            tt_tensor *t = tt_randint(ctx, TT_SHAPE(256), 0, 10);
            tt_tensor *h = tt_relu(tt_linear(x, w1, b1));
            tt_optim_zero_grad(o);
            tt_backward(tt_cross_entropy(tt_linear(h, w2, NULL), t, -100));
            tt_clip_grad_norm(3, params, 0.1);
            tt_optim_step(o);
            tt_scope_end(ctx, s);
        }
        for (int i = 0; i < 3; i++)
            add_result(r, params[i]);
        tt_optim_free(o);
    }
}

/* The cases. */

typedef struct row {
    const char *name;
    void (*fn)(tt_ctx *ctx, results *r);
} row;

#define ROW(name)                                                                                  \
    {                                                                                              \
#name, name                                                                                \
    }
static const row rows[] = {ROW(contiguous),
                           ROW(functions),
                           ROW(strided),
                           ROW(broadcast),
                           ROW(derivatives),
                           ROW(casts),
                           ROW(copies),
                           ROW(in_place),
                           ROW(reductions_f32),
                           ROW(reductions_f64),
                           ROW(reductions_of_others),
                           ROW(long_reductions),
                           ROW(arguments),
                           ROW(scans),
                           ROW(softmaxes),
                           ROW(cross_entropies),
                           ROW(losses),
                           ROW(norms_and_attention),
                           ROW(matrices),
                           ROW(batches),
                           ROW(contractions),
                           ROW(linears),
                           ROW(indexing),
                           ROW(gradients_of_indexing),
                           ROW(random_numbers),
                           ROW(training)};
enum { ROWS = sizeof rows / sizeof *rows };

static void run_row(const row *k, int threads, results *r)
{
    tt_ctx_options o = TT_CTX_OPTIONS_INIT;
    o.num_threads = threads;
    o.seed = 5;
    tt_ctx *ctx = tt_ctx_new_with(&o);
    k->fn(ctx, r);
    ck_assert_msg(tt_ok(ctx), "%s: %s", k->name, tt_error_message(ctx));
    tt_ctx_free(ctx);
}

START_TEST(same_bits)
{
    const row *k = &rows[_i];
    results one = {0};
    run_row(k, 1, &one);
    for (int threads = 2; threads <= 4; threads++) {
        results many = {0};
        run_row(k, threads, &many);
        ck_assert_int_eq(many.n, one.n);
        size_t same = 0; /* an assertion per byte would take minutes */
        while (same < one.n && many.bytes[same] == one.bytes[same])
            same++;
        ck_assert_msg(same == one.n, "%s: byte %zu differs with %d threads", k->name, same,
                      threads);
        free(many.bytes);
    }
    free(one.bytes);
}
END_TEST

/* Several threads of the program. */

enum { WORKERS = 3 };

typedef struct worker {
    pthread_t thread;
    tt_ctx *ctx;
    tt_tensor *weight; /* shared */
    results r;
} worker;

static const int mixed[] = {3, 7, 17, 18, 22, 25}; /* of the rows, a bit of everything */

static void *run_mixed(void *arg)
{
    worker *w = arg;
    for (size_t i = 0; i < sizeof mixed / sizeof *mixed; i++)
        run_row(&rows[mixed[i]], 2, &w->r);
    return NULL;
}

static void start(worker *w, void *(*fn)(void *))
{
    ck_assert_int_eq(pthread_create(&w->thread, NULL, fn, w), 0);
}

static void expect_same_results(worker *w)
{
    for (int i = 0; i < WORKERS; i++) {
        ck_assert_int_eq(w[i].r.n, w[0].r.n);
        ck_assert_mem_eq(w[i].r.bytes, w[0].r.bytes, w[0].r.n);
    }
    for (int i = 0; i < WORKERS; i++)
        free(w[i].r.bytes);
}

/* Contexts are independent: the program may use one in each of its threads. */
START_TEST(contexts_at_once)
{
    worker w[WORKERS] = {{.ctx = NULL}};
    run_mixed(&w[0]);
    for (int i = 1; i < WORKERS; i++)
        start(&w[i], run_mixed);
    for (int i = 1; i < WORKERS; i++)
        pthread_join(w[i].thread, NULL);
    expect_same_results(w);
}
END_TEST

static void *infer(void *arg)
{
    worker *w = arg;
    for (int i = 0; i < 20; i++) {
        tt_scope s = tt_scope_begin(w->ctx, TT_NO_GRAD);
        tt_seed(w->ctx, (uint64_t)i);
        tt_tensor *x = tt_randn(w->ctx, TT_F32, TT_SHAPE(64, 200));
        tt_tensor *y = tt_linear(x, w->weight, tt_select(w->weight, 1, 0));
        add_result(&w->r, tt_softmax(y, -1));
        add_result(&w->r, tt_contiguous(tt_transpose(w->weight, 0, 1)));
        tt_scope_end(w->ctx, s);
    }
    tt_ctx_free(w->ctx); /* lets go of the shared memory, perhaps last */
    return NULL;
}

START_TEST(shared_weights)
{
    worker w[WORKERS] = {{.ctx = NULL}};
    tt_ctx *owner = tt_ctx_new();
    tt_tensor *weight = tt_randn(owner, TT_F32, TT_SHAPE(150, 200));
    for (int i = 0; i < WORKERS; i++) {
        w[i].ctx = tt_ctx_new();
        tt_set_num_threads(w[i].ctx, 2);
        w[i].weight = tt_share(w[i].ctx, weight);
        ck_assert(tt_is_readonly(w[i].weight));
    }
    tt_ctx_free(owner);
    for (int i = 0; i < WORKERS; i++)
        start(&w[i], infer);
    for (int i = 0; i < WORKERS; i++)
        pthread_join(w[i].thread, NULL);
    expect_same_results(w);
}
END_TEST

int main(void)
{
    TCase *c = new_case("threads");
    tcase_add_loop_test(c, same_bits, 0, ROWS);
    tcase_add_test(c, contexts_at_once);
    tcase_add_test(c, shared_weights);
    return run_suite("threads", c);
}
