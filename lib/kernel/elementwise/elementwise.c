/* Drivers of the pointwise operations: they pick the row's inner loop for the dtype and let the
 * iterator walk. Invariant: dtypes have been checked by the caller with the *_takes functions. */
#include "elementwise.h"

#include <math.h>
#include "kernel/isa/kernels.h"
#include "kernel/walk/iter.h"
#include "kernel/walk/parallel.h"
#include "loops.h"
#include "tensor/convert.h"

/* Each column of the tables that drivers ask for; ids index them. */
static const uint8_t unary_cost[] = {
#define UNARY(name, y, dx, ddx, reads, cost, ...) cost,
#define UNARY_WITH(name, y, dx, ddx, cost)        cost,
#include "unary.def"
};
static const uint8_t unary_saved[] = {
#define UNARY(name, y, dx, ddx, reads, ...) READS_##reads,
#define UNARY_WITH(...)                     READS_X,
#include "unary.def"
};
static const bool unary_int[UNARY_COUNT] = {
#define UNARY_INT(name, ...) [UNARY_##name] = true,
#include "unary.def"
};
static const bool test_bools[] = {
#define UNARY_TEST(name, y, bools) bools,
#include "unary.def"
};
static const uint8_t binary_cost[] = {
#define BINARY(name, z, cost, ...) cost,
#include "binary.def"
};
static const uint8_t binary_ints[BINARY_COUNT] = {
#define BINARY_INT(name, z, y) [BINARY_##name] = INT_##y,
#include "binary.def"
};
static const bool bitwise_shifts[] = {
#define BITWISE(...) false,
#define SHIFT(...)   true,
#include "bitwise.def"
};

enum { CHEAP = 1 };

bool unary_takes(unary_id id, tt_dtype dtype)
{
    return dtype_is_float(dtype) || (unary_int[id] && dtype_is_integer(dtype));
}

bool test_takes(test_id id, tt_dtype dtype)
{
    return dtype_is_arithmetic(dtype) || (test_bools[id] && dtype == TT_BOOL);
}

bool binary_takes(binary_id id, tt_dtype dtype)
{
    return dtype_is_float(dtype) || (binary_ints[id] != INT_NONE && dtype_is_integer(dtype));
}

binary_int binary_on_int(binary_id id)
{
    return (binary_int)binary_ints[id];
}

bool bitwise_takes(bitwise_id id, tt_dtype dtype)
{
    return dtype_is_integer(dtype) || (dtype == TT_BOOL && !bitwise_shifts[id]);
}

bool dtype_holds(tt_dtype dtype, double value)
{
    tt_limits l = tt_dtype_limits(dtype);
    if (dtype_is_float(dtype) || dtype_is_half(dtype))
        return true;
    return value == floor(value) && value >= l.min && value <= l.max && value != 0x1p63;
}

unary_reads unary_grad_reads(unary_id id)
{
    return (unary_reads)unary_saved[id];
}

static void run(const exec *x, int n, const operand *ops, int cost, loop_fn loop, const void *arg)
{
    iter_run(x, ops, n, cost, loop, arg);
}

/* What a loop is told of numbers: each in the dtype's own form. */
typedef struct numbers {
    int64_t element[3]; /* the memory of as many of any dtype */
} numbers;

static numbers numbers_of(tt_dtype dtype, double a, double b, double c)
{
    numbers r;
    int64_t size = element_size(dtype);
    const double v[] = {a, b, c};
    for (int i = 0; i < 3; i++)
        element_store((char *)r.element + i * size, dtype, v[i]);
    return r;
}

void unary_run(const exec *x, unary_id id, unary_with with, operand out, operand in)
{
    const operand ops[] = {out, in};
    numbers p = numbers_of(in.dtype, with.a, with.b, 0);
    run(x, 2, ops, unary_cost[id], x->k->unary->map[id][in.dtype], &p);
}

static operand saved(unary_id id, operand g, operand in, operand y)
{
    unary_reads r = unary_grad_reads(id);
    return r == READS_X ? in : r == READS_Y ? y : g; /* where nothing is read, anything will do */
}

void unary_grad_run(const exec *x, unary_id id, unary_with with, operand dx, operand g, operand in,
                    operand y)
{
    const operand ops[] = {dx, g, saved(id, g, in, y)};
    numbers p = numbers_of(g.dtype, with.a, with.b, 0);
    run(x, 3, ops, unary_cost[id], x->k->unary->grad[id][g.dtype], &p);
}

void unary_grad2_run(const exec *x, unary_id id, unary_with with, operand out, operand gg,
                     operand g, operand in, operand y)
{
    const operand ops[] = {out, gg, g, saved(id, g, in, y)};
    numbers p = numbers_of(g.dtype, with.a, with.b, 0);
    run(x, 4, ops, unary_cost[id], x->k->unary->grad2[id][g.dtype], &p);
}

void test_run(const exec *x, test_id id, operand out, operand in)
{
    const operand ops[] = {out, in};
    run(x, 2, ops, CHEAP, x->k->unary->test[id][in.dtype], NULL);
}

void binary_run(const exec *x, binary_id id, operand out, operand a, operand b)
{
    const operand ops[] = {out, a, b};
    run(x, 3, ops, binary_cost[id], x->k->binary->map[id][a.dtype], NULL);
}

/* Is there an element that `is` says yes to? */
static bool any_integer(operand in, bool (*is)(int64_t))
{
    int64_t n = layout_numel(in.at), size = element_size(in.dtype);
    layout at;
    layout_copy(&at, in.at);
    at.offset = 0;
    for (int64_t k = 0; k < n; k++)
        if (is(element_load_i64((const char *)in.data + layout_at(&at, k) * size, in.dtype)))
            return true;
    return false;
}

static bool is_zero(int64_t v)
{
    return v == 0;
}

static bool is_negative(int64_t v)
{
    return v < 0;
}

bool pointwise_has_zero(const exec *x, operand in)
{
    (void)x;
    return any_integer(in, is_zero);
}

bool pointwise_has_negative(const exec *x, operand in)
{
    (void)x;
    return any_integer(in, is_negative);
}

void compare_run(const exec *x, compare_id id, operand out, operand a, operand b)
{
    const operand ops[] = {out, a, b};
    run(x, 3, ops, CHEAP, x->k->compare->map[id][a.dtype], NULL);
}

void bitwise_run(const exec *x, bitwise_id id, operand out, operand a, operand b)
{
    const operand ops[] = {out, a, b};
    run(x, 3, ops, CHEAP, x->k->bitwise->map[id][a.dtype], NULL);
}

void where_run(const exec *x, operand out, operand cond, operand a, operand b)
{
    const operand ops[] = {out, cond, a, b};
    run(x, 4, ops, CHEAP, x->k->select->where[element_log2(out.dtype)], NULL);
}

void masked_fill_run(const exec *x, operand out, operand in, operand mask, const void *value)
{
    layout still;
    layout_copy(&still, out.at);
    for (int i = 0; i < still.ndim; i++)
        still.stride[i] = 0;
    where_run(x, out, mask, (operand){(void *)(uintptr_t)value, &still, out.dtype}, in);
}

/* Of integers a bound is rounded inwards; NaN is none. */
static numbers bounds(tt_dtype dtype, double lo, double hi)
{
    if (dtype_is_integer(dtype)) {
        lo = isnan(lo) ? -HUGE_VAL : ceil(lo);
        hi = isnan(hi) ? HUGE_VAL : floor(hi);
    }
    return numbers_of(dtype, lo, hi, 0);
}

void clamp_run(const exec *x, operand out, operand in, double lo, double hi)
{
    const operand ops[] = {out, in};
    numbers p = bounds(in.dtype, lo, hi);
    run(x, 2, ops, CHEAP, x->k->select->clamp[in.dtype], &p);
}

void lerp_run(const exec *x, operand out, operand a, operand b, operand w)
{
    const operand ops[] = {out, a, b, w};
    run(x, 4, ops, CHEAP, x->k->select->lerp[out.dtype], NULL);
}

void axpy_run(const exec *x, operand y, double a, operand in)
{
    const operand ops[] = {y, in};
    numbers p = numbers_of(y.dtype, a, 0, 0);
    run(x, 2, ops, CHEAP, x->k->select->axpy[y.dtype], &p);
}

void isclose_run(const exec *x, operand out, operand a, operand b, double rtol, double atol,
                 bool equal_nan)
{
    const operand ops[] = {out, a, b};
    bool none = isnan(rtol) || isnan(atol); /* a tolerance below 0, which no distance is within */
    const isclose_args args = {none ? 0 : rtol, none ? -1 : atol, equal_nan};
    run(x, 3, ops, 4, x->k->select->isclose[a.dtype], &args);
}

void nan_to_num_run(const exec *x, operand out, operand in, double nan, double posinf,
                    double neginf)
{
    const operand ops[] = {out, in};
    numbers p = numbers_of(in.dtype, nan, posinf, neginf);
    run(x, 2, ops, CHEAP, x->k->select->nan_to_num[in.dtype], &p);
}
