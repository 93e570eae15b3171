/* Functions of matrices, norms, subspaces, products given by factors (matrices.npz). */
#include "vectors.h"

static tt_tensor *truth(tt_tensor *x, bool yes)
{
    tt_ctx *ctx = tt_ctx_of(x);
    return tt_ok(ctx) ? tt_scalar(ctx, TT_BOOL, yes) : NULL;
}

/* What a basis spans, whichever it is. */
static tt_tensor *onto(tt_tensor *q)
{
    return tt_matmul(q, tt_transpose(q, -1, -2));
}

#define ONTO  onto
#define CASES "matrices.def"
#include "cases.h"

int main(int argc, char **argv)
{
    const TTest *const tests[] = {rows};
    return vectors_main(argc, argv, "matrices", list_cases, tests, sizeof tests / sizeof *tests);
}
