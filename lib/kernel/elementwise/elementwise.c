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
static const uint8_t test_last[] = {
#define UNARY_TEST(name, y, last) TT_##last,
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
static const bool compare_logical[] = {
#define COMPARE(...) false,
#define LOGICAL(...) true,
#include "compare.def"
};
static const bool bitwise_shifts[] = {
#define BITWISE(...) false,
#define SHIFT(...)   true,
#include "bitwise.def"
};

enum { CHEAP = 1 };

bool unary_takes(unary_id id, tt_dtype dtype)
{
    return dtype <= (unary_int[id] ? TT_I64 : TT_F64);
}

bool test_takes(test_id id, tt_dtype dtype)
{
    return dtype <= test_last[id];
}

bool binary_takes(binary_id id, tt_dtype dtype)
{
    return dtype <= (binary_ints[id] != INT_NONE ? TT_I64 : TT_F64);
}

binary_int binary_on_int(binary_id id)
{
    return (binary_int)binary_ints[id];
}

bool compare_takes(compare_id id, tt_dtype dtype)
{
    return dtype <= TT_BOOL || (!compare_logical[id] && (dtype == TT_I32 || dtype == TT_U8));
}

bool bitwise_takes(bitwise_id id, tt_dtype dtype)
{
    return dtype == TT_I64 || dtype == TT_I32 || dtype == TT_U8 ||
           (dtype == TT_BOOL && !bitwise_shifts[id]);
}

unary_reads unary_grad_reads(unary_id id)
{
    return (unary_reads)unary_saved[id];
}

static void run(const exec *x, int n, const operand *ops, int cost, loop_fn loop, const void *arg)
{
    iter_run(x, ops, n, cost, loop, arg);
}

/* Two or three numbers in the dtype's own form. */
typedef union pair {
    float f32[3];
    double f64[3];
    int64_t i64[3];
} pair;

/* What a loop is told of the numbers of its row. */
static pair numbers(unary_with with, tt_dtype dtype)
{
    pair p = {{0}};
    if (dtype == TT_F32) {
        p.f32[0] = (float)with.a;
        p.f32[1] = (float)with.b;
    } else {
        p.f64[0] = with.a;
        p.f64[1] = with.b;
    }
    return p;
}

void unary_run(const exec *x, unary_id id, unary_with with, operand out, operand in)
{
    const operand ops[] = {out, in};
    pair p = numbers(with, in.dtype);
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
    pair p = numbers(with, g.dtype);
    run(x, 3, ops, unary_cost[id], x->k->unary->grad[id][g.dtype], &p);
}

void unary_grad2_run(const exec *x, unary_id id, unary_with with, operand out, operand gg,
                     operand g, operand in, operand y)
{
    const operand ops[] = {out, gg, g, saved(id, g, in, y)};
    pair p = numbers(with, g.dtype);
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
static bool any_i64(operand in, bool (*is)(int64_t))
{
    int64_t n = layout_numel(in.at);
    layout at;
    layout_copy(&at, in.at);
    at.offset = 0;
    for (int64_t k = 0; k < n; k++)
        if (is(((const int64_t *)in.data)[layout_at(&at, k)]))
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
    return any_i64(in, is_zero);
}

bool pointwise_has_negative(const exec *x, operand in)
{
    (void)x;
    return any_i64(in, is_negative);
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

/* The bound of integers that v is, rounded inwards; NaN is none. */
static int64_t least(double v)
{
    return isnan(v) ? INT64_MIN : to_i64(ceil(v));
}

static int64_t largest(double v)
{
    return isnan(v) ? INT64_MAX : to_i64(floor(v));
}

static pair bounds(tt_dtype dtype, double lo, double hi)
{
    pair p = {{0}};
    if (dtype == TT_F32) {
        p.f32[0] = (float)lo;
        p.f32[1] = (float)hi;
    } else if (dtype == TT_F64) {
        p.f64[0] = lo;
        p.f64[1] = hi;
    } else {
        p.i64[0] = least(lo);
        p.i64[1] = largest(hi);
    }
    return p;
}

void clamp_run(const exec *x, operand out, operand in, double lo, double hi)
{
    const operand ops[] = {out, in};
    pair p = bounds(in.dtype, lo, hi);
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
    int64_t element[1];
    element_store(element, y.dtype, a);
    run(x, 2, ops, CHEAP, x->k->select->axpy[y.dtype], element);
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
    pair p = {{0}};
    const double v[] = {nan, posinf, neginf};
    for (int i = 0; i < 3; i++)
        if (in.dtype == TT_F32)
            p.f32[i] = (float)v[i];
        else
            p.f64[i] = v[i];
    run(x, 2, ops, CHEAP, x->k->select->nan_to_num[in.dtype], &p);
}
