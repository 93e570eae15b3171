/* The rows of the library's tables and of cases.def against PyTorch and NumPy (reference.npz). */
#define _DEFAULT_SOURCE /* mkstemp */
#include "vectors.h"

#include <stdio.h>

typedef tt_tensor *(*fn1)(tt_tensor *);
typedef tt_tensor *(*fn2)(tt_tensor *, tt_tensor *);

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

#define COMPARE(name, ...)                                                                         \
    static tt_tensor *scalar_##name(tt_tensor *x)                                                  \
    {                                                                                              \
        return tt_##name##_scalar(x, 0.75);                                                        \
    }
#define LOGICAL COMPARE
#include "kernel/elementwise/compare.def"
#define BINARY(name, ...)                                                                          \
    static tt_tensor *scalar_##name(tt_tensor *x)                                                  \
    {                                                                                              \
        return tt_##name##_scalar(x, 0.75);                                                        \
    }
#include "kernel/elementwise/binary.def"

START_TEST(with_a_number)
{
#define COMPARE(name, ...) run1("scalar", #name, scalar_##name);
#define LOGICAL            COMPARE
#include "kernel/elementwise/compare.def"
#define BINARY(name, ...) run1("scalar", #name, scalar_##name);
#include "kernel/elementwise/binary.def"
}
END_TEST

/* Integers beside the ends of their range: compared as such, since float64 has not all digits of
 * int64. */
static void run_integers_of(const char *name, const char *type, fn1 one, fn2 two)
{
    char full[64];
    tt_ctx *ctx = tt_ctx_new();
    tt_tensor *in[4];
    snprintf(full, sizeof full, "integer.%s.%s", name, type);
    load_inputs(ctx, full, in);
    tt_tensor *want = load(ctx, full, "out");
    for (int turned = 0; turned < 2; turned++) {
        tt_tensor *x = turned ? strided(in[0]) : in[0];
        tt_tensor *out = one ? one(x) : two(x, in[1]);
        ck_assert_msg(out != NULL, "%s: %s", full, tt_error_message(ctx));
        ck_assert_str_eq(tt_dtype_name(tt_dtype_of(out)), type);
        ck_assert_msg(tt_array_equal(out, want), "%s: the values differ", full);
    }
    tt_ctx_free(ctx);
}

static void run_integers(const char *name, fn1 one, fn2 two)
{
    run_integers_of(name, "int64", one, two);
    run_integers_of(name, "int32", one, two);
    run_integers_of(name, "uint8", one, two);
}

/* On bits: every type that a row takes, from memory the other way round as well. */
static void run_bits(const char *name, fn2 f, tt_tensor *(*with)(tt_tensor *, int64_t))
{
    static const char *const types[] = {"int64", "int32", "uint8", "bool"};
    for (int i = 0; i < (strstr(name, "shift") ? 3 : 4); i++) {
        char full[64];
        tt_ctx *ctx = tt_ctx_new();
        tt_tensor *in[4];
        snprintf(full, sizeof full, "bits.%s.%s", name, types[i]);
        load_inputs(ctx, full, in);
        ck_assert_str_eq(tt_dtype_name(tt_dtype_of(in[0])), types[i]);
        tt_tensor *want = load(ctx, full, "out");
        ck_assert_msg(tt_array_equal(f(in[0], in[1]), want), "%s: the values differ", full);
        ck_assert_msg(tt_array_equal(f(strided(in[0]), in[1]), want), "%s, strided", full);
        tt_tensor *one = tt_ones(ctx, tt_dtype_of(in[0]), TT_SCALAR);
        ck_assert_msg(tt_array_equal(with(in[0], 1), f(in[0], one)), "%s_scalar", full);
        tt_ctx_free(ctx);
    }
}

START_TEST(bits)
{
#define BITWISE(name, ...) run_bits(#name, tt_##name, tt_##name##_scalar);
#define SHIFT              BITWISE
#include "kernel/elementwise/bitwise.def"
}
END_TEST

START_TEST(integers)
{
#define BINARY_INT(name, ...) run_integers(#name, NULL, tt_##name);
#include "kernel/elementwise/binary.def"
#define UNARY_INT(name, ...) run_integers(#name, tt_##name, NULL);
#include "kernel/elementwise/unary.def"
}
END_TEST

/* What the rows of cases.def are made of. */
static tt_tensor *indices(tt_tensor *x, int ndim, const int64_t *shape, const int64_t *values)
{
    return tt_from_data(tt_ctx_of(x), TT_I64, ndim, shape, values);
}

static tt_tensor *truth(tt_tensor *x, bool value)
{
    return tt_full(tt_ctx_of(x), TT_BOOL, 0, NULL, value);
}

static tt_tensor *common_shape(tt_tensor *x, tt_tensor *y)
{
    int ndim;
    int64_t shape[TT_MAX_NDIM];
    tt_ctx *ctx = tt_ctx_of(x);
    if (tt_broadcast_shapes(ctx, tt_ndim(x), tt_shape(x), tt_ndim(y), tt_shape(y), &ndim, shape) <
        0)
        return NULL;
    return tt_zeros(ctx, TT_F64, ndim, shape);
}

static tt_tensor *smoothed(tt_tensor *x, tt_tensor *targets)
{
    tt_cross_entropy_options o = TT_CROSS_ENTROPY_OPTIONS_INIT;
    o.label_smoothing = 0.1;
    o.reduction = TT_LOSS_SUM;
    return tt_cross_entropy_with(x, targets, &o);
}

static tt_tensor *lstm_cell(tt_tensor *x, tt_tensor *hc, tt_tensor *weights, tt_tensor *biases,
                            tt_tensor **out, int k)
{
    out[0] = tt_lstm_cell(x, tt_select(hc, 0, 0), tt_select(hc, 0, 1), tt_narrow(weights, 1, 0, 4),
                          tt_narrow(weights, 1, 4, 3), biases ? tt_select(biases, 0, 0) : NULL,
                          biases ? tt_select(biases, 0, 1) : NULL, &out[1]);
    return out[k];
}

#define IDX     indices(x, TT_SHAPE(2, 3), (int64_t[]){2, 0, 2, 1, 1, 0})
#define ONCE    indices(x, TT_SHAPE(2, 3), (int64_t[]){2, 0, 1, 1, 2, 0})
#define TARGETS indices(x, TT_SHAPE(2, 3), (int64_t[]){0, 3, -100, 2, 1, 3})
#define CASES   "cases.def"
#include "cases.h"

/* The functions whose values are compared, for check_values.sh. */
static void list(void)
{
#define UNARY(name, ...)      puts("tt_" #name);
#define UNARY_TEST(name, ...) puts("tt_" #name);
#include "kernel/elementwise/unary.def"
#define BINARY(name, ...) puts("tt_" #name "\ntt_" #name "_scalar");
#include "kernel/elementwise/binary.def"
#define COMPARE(name, ...) puts("tt_" #name "\ntt_" #name "_scalar");
#define LOGICAL            COMPARE
#include "kernel/elementwise/compare.def"
#define BITWISE(name, ...) puts("tt_" #name "\ntt_" #name "_scalar");
#define SHIFT              BITWISE
#include "kernel/elementwise/bitwise.def"
#define REDUCE(name, ...) puts("tt_" #name);
#define REDUCE_TEST       REDUCE
#include "kernel/reduce/reduce.def"
    list_cases();
}

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
    const TTest *const tests[] = {unary,       special_values, binary,   remainders,
                                  comparisons, with_a_number,  integers, bits,
                                  reduce_rows, optimisers,     rows};
    return vectors_main(argc, argv, "reference", list, tests, sizeof tests / sizeof *tests);
}
