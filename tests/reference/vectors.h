/* Results and gradients against those that an npz file holds (generate.py makes it). A case is run
 * in float64 with its gradient, once more from transposed memory, and in float32. */
#ifndef TT_VECTORS_H
#define TT_VECTORS_H

#include "../unit/unit.h"

/* A case: a result of its inputs. */
typedef tt_tensor *(*apply)(tt_tensor **in, const void *arg);

/* The array NAME.PART of the file; NULL when there is none. */
tt_tensor *load(tt_ctx *ctx, const char *name, const char *part);

/* The inputs NAME.in0 and on, of which there are four at most; how many. */
int load_inputs(tt_ctx *ctx, const char *name, tt_tensor **in);

/* The same values in memory whose axes run the other way round. */
tt_tensor *strided(tt_tensor *x);

void expect_close(const char *name, const char *what, tt_tensor *got, tt_tensor *want, double rtol);

/* The gradients of sum(out * NAME.seed), where the file has them. */
void check_gradients(tt_ctx *ctx, const char *name, tt_tensor **in, int n, tt_tensor *out);

void run_case(const char *name, apply fn, const void *arg);

/* Prints the function that the case NAME or NAME__SPECIAL tests. */
void list_case(const char *name);

/* What a program does: it runs the tests on the file that it is given, or, with --list, prints the
 * functions whose values are compared, for check_values.sh. */
int vectors_main(int argc, char **argv, const char *suite, void (*list)(void),
                 const TTest *const *tests, size_t n);

#endif
