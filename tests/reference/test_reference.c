/* Results and gradients against PyTorch's and NumPy's, read from reference.npz (generate.py makes
 * it). A case is run in float64 with its gradient, once more from transposed memory, and in
 * float32. */
#define _DEFAULT_SOURCE /* mkstemp */
#include "../unit/unit.h"

#include <stdio.h>

typedef tt_tensor *(*fn1)(tt_tensor *);
typedef tt_tensor *(*fn2)(tt_tensor *, tt_tensor *);
typedef tt_tensor *(*apply)(tt_tensor **in, const void *arg);

static const char *path; /* of reference.npz */

static tt_tensor *load(tt_ctx *ctx, const char *name, const char *part)
{
    char key[128];
    snprintf(key, sizeof key, "%s.%s", name, part);
    tt_tensor *x = tt_load_npz(ctx, path, key);
    if (!x)
        tt_error_clear(ctx);
    return x;
}

/* The same values in memory whose axes run the other way round. */
static tt_tensor *strided(tt_tensor *x)
{
    int axes[TT_MAX_NDIM], n = tt_ndim(x);
    for (int i = 0; i < n; i++)
        axes[i] = n - 1 - i;
    return n ? tt_permute(tt_clone(tt_permute(x, n, axes)), n, axes) : x;
}

static void expect_close(const char *name, const char *what, tt_tensor *got, tt_tensor *want,
                         double rtol)
{
    tt_ctx *ctx = tt_ctx_of(want);
    ck_assert_msg(got != NULL, "%s %s: %s", name, what, tt_error_message(ctx));
    if (tt_dtype_of(got) == TT_BOOL || tt_dtype_of(want) == TT_BOOL) {
        got = tt_cast(got, TT_I64);
        want = tt_cast(want, TT_I64);
    }
    got = tt_cast(got, TT_F64);
    want = tt_cast(want, TT_F64);
    ck_assert_msg(tt_same_shape(got, want), "%s %s: the shape differs", name, what);
    if (!tt_allclose(got, want, rtol, rtol, true)) {
        tt_print(got);
        tt_print(want);
        ck_abort_msg("%s %s: the values differ (%s)", name, what, tt_error_message(ctx));
    }
}

static void check_gradients(tt_ctx *ctx, const char *name, tt_tensor **in, int n, tt_tensor *out)
{
    tt_tensor *seed = load(ctx, name, "seed");
    if (!seed)
        return;
    ck_assert_msg(tt_backward_with(out, seed, 0) == TT_OK, "%s: %s", name, tt_error_message(ctx));
    for (int i = 0; i < n; i++) {
        char part[16];
        snprintf(part, sizeof part, "grad%d", i);
        tt_tensor *want = load(ctx, name, part);
        if (want)
            expect_close(name, part, tt_grad(in[i]), want, 1e-9);
    }
}

static int load_inputs(tt_ctx *ctx, const char *name, tt_tensor **in)
{
    int n = 0;
    char part[16];
    for (; n < 4; n++) {
        snprintf(part, sizeof part, "in%d", n);
        in[n] = load(ctx, name, part);
        if (!in[n])
            break;
    }
    ck_assert_msg(n > 0, "%s: no such case in %s", name, path);
    return n;
}

static void run_case(const char *name, apply fn, const void *arg)
{
    for (int variant = 0; variant < 3; variant++) {
        tt_tensor *in[4] = {NULL};
        tt_ctx *ctx = tt_ctx_new();
        int n = load_inputs(ctx, name, in);
        bool single = variant == 2;
        for (int i = 0; i < n; i++) {
            bool is_float = tt_dtype_of(in[i]) == TT_F64;
            if (variant == 1)
                in[i] = strided(in[i]);
            if (single && is_float)
                in[i] = tt_cast(in[i], TT_F32);
            if (!single && is_float)
                in[i] = tt_param(in[i]);
        }
        tt_tensor *out = fn(in, arg);
        expect_close(name, single ? "float32" : "float64", out, load(ctx, name, "out"),
                     single ? 2e-5 : 1e-12);
        if (!single)
            check_gradients(ctx, name, in, n, out);
        tt_ctx_free(ctx);
    }
}

static tt_tensor *call1(tt_tensor **in, const void *arg)
{
    return (*(const fn1 *)arg)(in[0]);
}

static tt_tensor *call2(tt_tensor **in, const void *arg)
{
    return (*(const fn2 *)arg)(in[0], in[1]);
}

static void run1(const char *group, const char *name, fn1 f)
{
    char full[64];
    snprintf(full, sizeof full, "%s.%s", group, name);
    run_case(full, call1, &f);
}

static void run2(const char *group, const char *name, fn2 f)
{
    char full[64];
    snprintf(full, sizeof full, "%s.%s", group, name);
    run_case(full, call2, &f);
}

/* clang-format off */
/* Each row of the library's tables has its vectors, or fails. */
START_TEST(unary)
{
#define UNARY(name, ...) run1("unary", #name, tt_##name);
#include "kernel/elementwise/unary.def"
}
END_TEST

static void run_special(const char *name, fn1 f)
{
    char full[64];
    tt_ctx *ctx = tt_ctx_new();
    tt_tensor *in[4];
    snprintf(full, sizeof full, "special.%s", name);
    load_inputs(ctx, full, in);
    expect_close(full, "float64", f(in[0]), load(ctx, full, "out"), 1e-12);
    tt_ctx_free(ctx);
}

/* Zeros, infinities, NaN, and the ends of the range, in float64. */
START_TEST(special_values)
{
#define UNARY(name, ...)      run_special(#name, tt_##name);
#define UNARY_TEST(name, ...) run_special(#name, tt_##name);
#include "kernel/elementwise/unary.def"
}
END_TEST

#define REDUCE(name, ...)                                                                          \
    static tt_tensor *reduce_##name(tt_tensor *x)                                                  \
    {                                                                                              \
        return tt_##name(x, TT_AXES(1), false);                                                    \
    }
#define REDUCE_TEST REDUCE
#include "kernel/reduce/reduce.def"

START_TEST(reduce_rows)
{
#define REDUCE(name, ...) run1("reduce", #name, reduce_##name);
#define REDUCE_TEST       REDUCE
#include "kernel/reduce/reduce.def"
}
END_TEST

static bool is_remainder(const char *name)
{
    return strcmp(name, "fmod") == 0 || strcmp(name, "remainder") == 0;
}

static void run_binary(const char *name, fn2 f)
{
    if (is_remainder(name)) /* see below */
        return;
    run2("binary", name, f);
    if (strcmp(name, "floor_divide") != 0)
        run2("binary_row", name, f);
}

START_TEST(binary)
{
#define BINARY(name, ...) run_binary(#name, tt_##name);
#include "kernel/elementwise/binary.def"
}
END_TEST

/* A rounding of the quotient moves these by a whole divisor in float32: float64 only. */
START_TEST(remainders)
{
    static const struct {
        const char *name;
        fn2 f;
    } rows[] = {{"binary.fmod", tt_fmod}, {"binary.remainder", tt_remainder}};
    for (int i = 0; i < 2; i++) {
        tt_ctx *ctx = tt_ctx_new();
        tt_tensor *in[4];
        for (int k = 0, n = load_inputs(ctx, rows[i].name, in); k < n; k++)
            in[k] = tt_param(in[k]);
        tt_tensor *out = rows[i].f(in[0], in[1]);
        expect_close(rows[i].name, "float64", out, load(ctx, rows[i].name, "out"), 1e-12);
        check_gradients(ctx, rows[i].name, in, 2, out);
        tt_ctx_free(ctx);
    }
}
END_TEST

START_TEST(comparisons)
{
#define COMPARE(name, ...) run2("compare", #name, tt_##name);
#define LOGICAL            COMPARE
#include "kernel/elementwise/compare.def"
}
END_TEST

START_TEST(integers)
{
#define ROW(name) run2("integer", #name, tt_##name);
    ROW(floor_divide)
    ROW(remainder)
    ROW(fmod)
    ROW(mul)
    ROW(maximum)
    ROW(sub)
#undef ROW
}
END_TEST

/* One row per case: its name and how it is computed. */
typedef struct row {
    const char *name;
    apply fn;
} row;

static void run_rows(const row *rows, size_t n)
{
    for (size_t i = 0; i < n; i++)
        run_case(rows[i].name, rows[i].fn, NULL);
}

#define CASE(id, expression)                                                                       \
    static tt_tensor *case_##id(tt_tensor **in, const void *arg)                                   \
    {                                                                                              \
        tt_tensor *x = in[0], *y = in[1], *z = in[2];                                              \
        (void)arg, (void)x, (void)y, (void)z;                                                      \
        return expression;                                                                         \
    }
#define REDUCTION(id, call, ...)                                                                   \
    CASE(id##_all, call(x, TT_ALL_AXES, __VA_ARGS__))                                              \
    CASE(id##_0, call(x, TT_AXES(0), __VA_ARGS__))                                                 \
    CASE(id##_1, call(x, TT_AXES(-2), __VA_ARGS__))                                                \
    CASE(id##_2, call(x, TT_AXES(2), __VA_ARGS__))                                                 \
    CASE(id##_02, call(x, TT_AXES(2, 0), __VA_ARGS__))
REDUCTION(sum, tt_sum, false)
REDUCTION(mean, tt_mean, false)
REDUCTION(max, tt_max, false)
REDUCTION(min, tt_min, false)
REDUCTION(logsumexp, tt_logsumexp, false)
REDUCTION(var, tt_var, 1, false)
REDUCTION(std, tt_std, 0, false)
REDUCTION(norm, tt_norm, 2, false)
REDUCTION(norm1, tt_norm, 1, false)
REDUCTION(norm3, tt_norm, 3, false)
REDUCTION(norminf, tt_norm, (double)INFINITY, false)
CASE(max_ties, tt_max(x, TT_AXES(1), false))
CASE(prod, tt_prod(x, TT_AXES(1), false))
CASE(nansum, tt_nansum(x, TT_AXES(1), false))
CASE(nanmean, tt_nanmean(x, TT_AXES(1), false))
CASE(argmax, tt_argmax(x, 1, false))
CASE(argmin, tt_argmin(x, 0, false))
CASE(cumsum_0, tt_cumsum(x, 0))
CASE(cumsum_1, tt_cumsum(x, 1))
CASE(cumprod_0, tt_cumprod(x, 0))
CASE(cumprod_1, tt_cumprod(x, 1))
CASE(logcumsumexp_0, tt_logcumsumexp(x, 0))
CASE(logcumsumexp_1, tt_logcumsumexp(x, 1))
CASE(cummax, tt_cummax(x, 1))
CASE(cummin, tt_cummin(x, 1))
CASE(diff, tt_diff(x, 1))

#define REDUCTION_ROWS(id)                                                                         \
    {#id ".all", case_##id##_all}, {#id ".0", case_##id##_0}, {#id ".1", case_##id##_1},           \
        {#id ".2", case_##id##_2},                                                                 \
    {                                                                                              \
#id ".02", case_##id##_02                                                                  \
    }
START_TEST(reductions)
{
    static const row rows[] = {
        REDUCTION_ROWS(sum),       REDUCTION_ROWS(mean),      REDUCTION_ROWS(max),
        REDUCTION_ROWS(min),       REDUCTION_ROWS(logsumexp), REDUCTION_ROWS(var),
        REDUCTION_ROWS(std),       REDUCTION_ROWS(norm),      REDUCTION_ROWS(norm1),
        REDUCTION_ROWS(norm3),     REDUCTION_ROWS(norminf),   {"max.ties", case_max_ties},
        {"prod.plain", case_prod}, {"prod.zero", case_prod},  {"nansum", case_nansum},
        {"nanmean", case_nanmean}, {"argmax", case_argmax},   {"argmin", case_argmin}};
    run_rows(rows, sizeof rows / sizeof *rows);
}
END_TEST

START_TEST(scans)
{
    static const row rows[] = {{"cumsum.0", case_cumsum_0},
                               {"cumsum.1", case_cumsum_1},
                               {"cumprod.0", case_cumprod_0},
                               {"cumprod.1", case_cumprod_1},
                               {"cumprod.zero", case_cumprod_1},
                               {"logcumsumexp.0", case_logcumsumexp_0},
                               {"logcumsumexp.1", case_logcumsumexp_1},
                               {"cummax", case_cummax},
                               {"cummin", case_cummin},
                               {"diff", case_diff}};
    run_rows(rows, sizeof rows / sizeof *rows);
}
END_TEST

CASE(matmul, tt_matmul(x, y))
CASE(outer, tt_outer(x, y))
CASE(tensordot, tt_tensordot(x, y, 2, (int[]){1, 2}, (int[]){0, 2}))
CASE(linear, tt_linear(x, y, z))
START_TEST(products)
{
    static const row rows[] = {{"matmul.2x2", case_matmul},
                               {"matmul.vector_matrix", case_matmul},
                               {"matmul.matrix_vector", case_matmul},
                               {"matmul.dot", case_matmul},
                               {"matmul.batch", case_matmul},
                               {"matmul.batch_vector", case_matmul},
                               {"outer", case_outer},
                               {"tensordot", case_tensordot},
                               {"linear", case_linear}};
    run_rows(rows, sizeof rows / sizeof *rows);
}
END_TEST

static tt_tensor *indices(tt_tensor *x, int ndim, const int64_t *shape, const int64_t *values)
{
    return tt_from_data(tt_ctx_of(x), TT_I64, ndim, shape, values);
}
#define IDX indices(x, TT_SHAPE(2, 3), (int64_t[]){2, 0, 2, 1, 1, 0})
CASE(cat, tt_cat(TT_TENSORS(x, y), 1))
CASE(stack, tt_stack(TT_TENSORS(x, y), 1))
CASE(tile, tt_tile(x, TT_SHAPE(2, 1, 2)))
CASE(repeat_interleave, tt_repeat_interleave(x, 3, 1))
CASE(roll, tt_roll(x, 2, 1))
CASE(pad, tt_pad(x, 2, (int64_t[]){1, 2}, (int64_t[]){0, 1}, 7))
CASE(tril, tt_tril(x, 1))
CASE(triu, tt_triu(x, -1))
CASE(diag, tt_diag(x, 1))
CASE(diagonal, tt_diagonal(x, 1, 0, 2))
CASE(flip, tt_flip(x, TT_AXES(0, 2)))
CASE(take, tt_take(x, 1, IDX))
CASE(gather, tt_gather(x, 1, IDX))
CASE(scatter_add, tt_scatter_add(x, 1, IDX, y))
CASE(index_add, tt_index_add(x, 0, indices(x, TT_SHAPE(3), (int64_t[]){1, 0, 1}), y))
CASE(where, tt_where(tt_gt_scalar(x, 0), x, y))
CASE(clamp, tt_clamp(x, -0.5, 1.0))
CASE(lerp, tt_lerp(x, y, z))
START_TEST(movement_and_indexing)
{
    static const row rows[] = {{"cat", case_cat},
                               {"stack", case_stack},
                               {"tile", case_tile},
                               {"repeat_interleave", case_repeat_interleave},
                               {"roll", case_roll},
                               {"pad", case_pad},
                               {"tril", case_tril},
                               {"triu", case_triu},
                               {"diag", case_diag},
                               {"diagonal", case_diagonal},
                               {"flip", case_flip},
                               {"take", case_take},
                               {"gather", case_gather},
                               {"scatter_add", case_scatter_add},
                               {"index_add", case_index_add},
                               {"where", case_where},
                               {"clamp", case_clamp},
                               {"lerp", case_lerp}};
    run_rows(rows, sizeof rows / sizeof *rows);
}
END_TEST

static tt_tensor *smoothed(tt_tensor *x, tt_tensor *targets)
{
    tt_cross_entropy_options o = TT_CROSS_ENTROPY_OPTIONS_INIT;
    o.label_smoothing = 0.1;
    o.reduction = TT_LOSS_SUM;
    return tt_cross_entropy_with(x, targets, &o);
}
#define TARGETS indices(x, TT_SHAPE(2, 3), (int64_t[]){0, 3, -100, 2, 1, 3})
CASE(softmax_0, tt_softmax(x, 0))
CASE(softmax_1, tt_softmax(x, 1))
CASE(log_softmax, tt_log_softmax(x, -1))
CASE(cross_entropy, tt_cross_entropy(x, TARGETS, -100))
CASE(cross_entropy_sum, smoothed(x, TARGETS))
CASE(nll_loss, tt_nll_loss(x, TARGETS, -100))
CASE(mse_loss, tt_mse_loss(x, y))
CASE(l1_loss, tt_l1_loss(x, y))
CASE(bce_with_logits, tt_bce_with_logits(x, y))
CASE(kl_div, tt_kl_div(x, y))
CASE(embedding, tt_embedding(x, IDX))
START_TEST(neural_network_functions)
{
    static const row rows[] = {{"softmax.0", case_softmax_0},
                               {"softmax.1", case_softmax_1},
                               {"log_softmax", case_log_softmax},
                               {"cross_entropy", case_cross_entropy},
                               {"cross_entropy_sum", case_cross_entropy_sum},
                               {"nll_loss", case_nll_loss},
                               {"mse_loss", case_mse_loss},
                               {"l1_loss", case_l1_loss},
                               {"bce_with_logits", case_bce_with_logits},
                               {"kl_div", case_kl_div},
                               {"embedding", case_embedding}};
    run_rows(rows, sizeof rows / sizeof *rows);
}
END_TEST

typedef tt_optim *(*make_optim)(tt_ctx *ctx, tt_tensor *p);

static tt_optim *make_sgd(tt_ctx *ctx, tt_tensor *p)
{
    return tt_sgd(ctx, TT_TENSORS(p), 0.1, NULL);
}

static tt_optim *make_momentum(tt_ctx *ctx, tt_tensor *p)
{
    tt_sgd_options o = TT_SGD_OPTIONS_INIT;
    o.momentum = 0.9;
    o.dampening = 0.1;
    o.weight_decay = 0.01;
    return tt_sgd(ctx, TT_TENSORS(p), 0.1, &o);
}

static tt_optim *make_nesterov(tt_ctx *ctx, tt_tensor *p)
{
    tt_sgd_options o = TT_SGD_OPTIONS_INIT;
    o.momentum = 0.9;
    o.nesterov = true;
    return tt_sgd(ctx, TT_TENSORS(p), 0.1, &o);
}

static tt_optim *make_adam(tt_ctx *ctx, tt_tensor *p)
{
    tt_adam_options o = TT_ADAM_OPTIONS_INIT;
    o.weight_decay = 0.01;
    return tt_adam(ctx, TT_TENSORS(p), 0.1, &o);
}

static tt_optim *make_adamw(tt_ctx *ctx, tt_tensor *p)
{
    tt_adamw_options o = TT_ADAMW_OPTIONS_INIT;
    o.weight_decay = 0.1;
    return tt_adamw(ctx, TT_TENSORS(p), 0.1, &o);
}

/* Ten steps; after the fifth the state goes through a file into a new optimiser. */
static void run_optimiser(const char *name, make_optim make)
{
    char file[] = "/tmp/tinytensor-optim-XXXXXX";
    tt_ctx *ctx = tt_ctx_new();
    tt_tensor *p = tt_param(load(ctx, name, "in0"));
    tt_tensor *grads = load(ctx, name, "in1"), *after = load(ctx, name, "out");
    tt_optim *o = make(ctx, p);
    int fd = mkstemp(file);
    ck_assert_int_ge(fd, 0);
    for (int i = 0; i < 10; i++) {
        tt_optim_zero_grad(o);
        tt_backward(tt_sum(tt_mul(p, tt_select(grads, 0, i)), TT_ALL_AXES, false));
        ck_assert_msg(tt_optim_step(o) == TT_OK, "%s: %s", name, tt_error_message(ctx));
        expect_close(name, "step", tt_detach(p), tt_select(after, 0, i), 1e-12);
        if (i == 4) {
            ck_assert_msg(tt_optim_save(o, file) == TT_OK, "%s", tt_error_message(ctx));
            tt_optim_free(o);
            o = make(ctx, p);
            ck_assert_msg(tt_optim_load(o, file) == TT_OK, "%s", tt_error_message(ctx));
        }
    }
    remove(file);
    tt_ctx_free(ctx);
}

START_TEST(optimisers)
{
    run_optimiser("sgd", make_sgd);
    run_optimiser("sgd_momentum", make_momentum);
    run_optimiser("sgd_nesterov", make_nesterov);
    run_optimiser("adam", make_adam);
    run_optimiser("adamw", make_adamw);
}
END_TEST

int main(int argc, char **argv)
{
    const TTest *const tests[] = {unary,
                                  special_values,
                                  binary,
                                  remainders,
                                  comparisons,
                                  integers,
                                  reductions,
                                  reduce_rows,
                                  scans,
                                  products,
                                  movement_and_indexing,
                                  neural_network_functions,
                                  optimisers};
    if (argc != 2)
        return EXIT_FAILURE;
    path = argv[1];
    return run_tests("reference", tests, sizeof tests / sizeof *tests);
}
