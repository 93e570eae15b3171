/* Elementwise operations. Operands have out's shape (inputs are broadcast with strides of 0), any
 * strides, and one dtype where not said otherwise; out may be the very same view as an input, and
 * overlaps none otherwise. Nothing fails: the caller has checked shapes and dtypes. In short:
 *   unary_run     UNARY rows F32 F64; UNARY_INT rows also I64 I32 U8 -> same   (unary_takes tells)
 *   test_run      isnan isinf isfinite: F32 F64 I64 I32 U8; logical_not: + BOOL -> BOOL
 *   binary_run    BINARY rows F32 F64; BINARY_INT rows also I64 I32 U8 -> same (binary_takes tells)
 *   compare_run   F32 F64 I64 BOOL I32 U8 -> BOOL
 *   bitwise_run   BITWISE rows I64 I32 U8 BOOL, SHIFT rows I64 I32 U8 -> same
 *   where_run     any of the 8 dtypes, cond BOOL;   the rest: as said at each. */
#ifndef TT_KERNEL_POINTWISE_H
#define TT_KERNEL_POINTWISE_H

#include <stdbool.h>
#include "kernel/walk/kernel.h"

typedef enum unary_id {
#define UNARY(name, ...)      UNARY_##name,
#define UNARY_WITH(name, ...) UNARY_##name,
#include "unary.def"
    UNARY_COUNT
} unary_id;

typedef enum test_id {
#define UNARY_TEST(name, ...) TEST_##name,
#include "unary.def"
    TEST_COUNT
} test_id;

typedef enum binary_id {
#define BINARY(name, ...) BINARY_##name,
#include "binary.def"
    BINARY_COUNT
} binary_id;

typedef enum compare_id {
#define COMPARE(name, ...) COMPARE_##name,
#define LOGICAL(name, ...) COMPARE_##name,
#include "compare.def"
    COMPARE_COUNT
} compare_id;

typedef enum bitwise_id {
#define BITWISE(name, ...) BITWISE_##name,
#define SHIFT(name, ...)   BITWISE_##name,
#include "bitwise.def"
    BITWISE_COUNT
} bitwise_id;

/* What the gradient of a unary operation reads beside the incoming gradient. */
typedef enum unary_reads { READS_NONE, READS_X, READS_Y } unary_reads;

/* What the second operand of a binary operation on integers must be; INT_NONE: there is none. */
typedef enum binary_int { INT_NONE, INT_ANY, INT_NONZERO, INT_NOT_NEGATIVE } binary_int;

bool unary_takes(unary_id id, tt_dtype dtype);
bool test_takes(test_id id, tt_dtype dtype);
bool binary_takes(binary_id id, tt_dtype dtype);
binary_int binary_on_int(binary_id id);
bool bitwise_takes(bitwise_id id, tt_dtype dtype);
/* Can elements be the number? Integers only whole ones of their range; floats round it. */
bool dtype_holds(tt_dtype dtype, double value);
unary_reads unary_grad_reads(unary_id id);

/* The numbers that a UNARY_WITH row is given; the others look at none. */
typedef struct unary_with {
    double a, b;
} unary_with;

/* out = f(in). */
void unary_run(const exec *x, unary_id id, unary_with with, operand out, operand in);
/* dx = g f'; of in and y (the result) only the one in unary_grad_reads(id) is looked at. F32 F64.
 */
void unary_grad_run(const exec *x, unary_id id, unary_with with, operand dx, operand g, operand in,
                    operand y);
/* out = gg g f'': the gradient of unary_grad with respect to x, gg being that of dx. F32 F64. */
void unary_grad2_run(const exec *x, unary_id id, unary_with with, operand out, operand gg,
                     operand g, operand in, operand y);
/* out (BOOL) = a property of in. */
void test_run(const exec *x, test_id id, operand out, operand in);

/* out = f(a, b). Integers: fmod, remainder, floor_divide by 0 give 0, and pow with a negative
 * exponent what truncation gives: check with the two functions below first where that is an error.
 */
void binary_run(const exec *x, binary_id id, operand out, operand a, operand b);
/* Is any element of an operand of integers 0 (negative)? */
bool pointwise_has_zero(const exec *x, operand in);
bool pointwise_has_negative(const exec *x, operand in);

/* out (BOOL) = a relation of a and b. */
void compare_run(const exec *x, compare_id id, operand out, operand a, operand b);

/* out = a and b, bit by bit, or the like. */
void bitwise_run(const exec *x, bitwise_id id, operand out, operand a, operand b);

/* out = cond ? a : b; out, a and b of any one dtype. */
void where_run(const exec *x, operand out, operand cond, operand a, operand b);
/* out = mask ? *value : in; value points at one element of out's dtype (any). */
void masked_fill_run(const exec *x, operand out, operand in, operand mask, const void *value);

/* out = min(max(in, lo), hi); NaN stays, an infinite bound is none. Numbers (integers: bounds
 * inwards).
 */
void clamp_run(const exec *x, operand out, operand in, double lo, double hi);

/* out = a + w (b - a), exact at w = 0 and 1. F32 F64. */
void lerp_run(const exec *x, operand out, operand a, operand b, operand w);
/* y += a in. Numbers (integers wrap; a truncated). */
void axpy_run(const exec *x, operand y, double a, operand in);
/* out (BOOL) = |a - b| <= atol + rtol |b|, or equal infinities, or both NaN if equal_nan.
 * Numbers. */
void isclose_run(const exec *x, operand out, operand a, operand b, double rtol, double atol,
                 bool equal_nan);
/* NaN, +inf and -inf replaced. F32 F64. */
void nan_to_num_run(const exec *x, operand out, operand in, double nan, double posinf,
                    double neginf);

#endif
