/* Indexing by lists, masks and along axes, windows and strides, against PyTorch and NumPy. */
#include "vectors.h"

static tt_tensor *indices(tt_tensor *x, int ndim, const int64_t *shape, const int64_t *values)
{
    return tt_from_data(tt_ctx_of(x), TT_I64, ndim, shape, values);
}

static tt_tensor *mask(tt_tensor *x, int ndim, const int64_t *shape, const char *values)
{
    return tt_from_data(tt_ctx_of(x), TT_BOOL, ndim, shape, values);
}

/* As indexing.py has them. */
#define P          indices(x, TT_SHAPE(3), (int64_t[]){2, 0, -1})
#define Q          indices(x, TT_SHAPE(2, 1), (int64_t[]){1, -2})
#define TWICE      indices(x, TT_SHAPE(4), (int64_t[]){1, 0, 1, -1})
#define NONE       indices(x, TT_SHAPE(0), (int64_t[]){0})
#define TWO        indices(x, TT_SCALAR, (int64_t[]){2})
#define M3         mask(x, TT_SHAPE(3), "\1\0\1")
#define YES        mask(x, TT_SCALAR, "\1")
#define NO         mask(x, TT_SCALAR, "\0")
#define M23        mask(x, TT_SHAPE(2, 3), "\1\0\1\0\0\1")
#define STEPS(...) ((const int64_t[]){__VA_ARGS__})
#define C          tt_contiguous

/* A permutation of each row that sorts it, of four numbers. */
static tt_tensor *order(tt_tensor *x)
{
    tt_tensor *held = tt_detach(x), *out[4];
    for (int i = 0; i < 4; i++) {
        out[i] = tt_argmin(held, 1, false);
        held = tt_scatter(held, 1, tt_unsqueeze(out[i], 1),
                          tt_full_like(tt_narrow(held, 1, 0, 1), INFINITY));
    }
    return tt_stack(4, out, 1);
}
#define ORDER order(x)

#define CASES "indexing.def"
#include "cases.h"

int main(int argc, char **argv)
{
    const TTest *const tests[] = {rows};
    return vectors_main(argc, argv, "indexing", list_cases, tests, sizeof tests / sizeof *tests);
}
