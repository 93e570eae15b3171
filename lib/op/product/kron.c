/* The Kronecker product: each pair of axes becomes one, that of a outside, that of b inside. */
#include <tinytensor/elementwise.h>
#include <tinytensor/product.h>
#include <tinytensor/shape.h>
#include "op/core/op.h"

/* Shapes that broadcast to all products. Axes of size 1 need none of their own. */
typedef struct pairs {
    int ndim;
    int64_t a[2 * LAYOUT_MAX_NDIM], b[2 * LAYOUT_MAX_NDIM];
} pairs;

static void add_pair(pairs *p, int64_t a, int64_t b)
{
    if (a != 1) {
        p->a[p->ndim] = a;
        p->b[p->ndim++] = 1;
    }
    if (b != 1) {
        p->a[p->ndim] = 1;
        p->b[p->ndim++] = b;
    }
}

static int64_t size_at(const layout *at, int ndim, int i)
{
    int k = i - (ndim - at->ndim);
    return k < 0 ? 1 : at->shape[k];
}

tt_tensor *tt_kron(tt_tensor *a, tt_tensor *b)
{
    tt_tensor *in[] = {a, b};
    if (!op_context("kron", 2, in))
        return NULL;
    if (a->dtype != b->dtype)
        return op_fail(a, TT_ERR_DTYPE, "kron: dtypes differ: %s and %s; cast one with tt_cast",
                       describe(a).s, describe(b).s);
    if (!dtype_is_arithmetic(a->dtype))
        return op_fail(a, TT_ERR_DTYPE, "kron: no arithmetic on %s; cast first", describe(a).s);
    int ndim = a->at.ndim > b->at.ndim ? a->at.ndim : b->at.ndim;
    int64_t shape[LAYOUT_MAX_NDIM];
    pairs p = {0};
    bool fits = true;
    for (int i = 0; i < ndim; i++) {
        int64_t n = size_at(&a->at, ndim, i), m = size_at(&b->at, ndim, i);
        fits = mul_fits(n, m, &shape[i]) && fits;
        add_pair(&p, n, m);
    }
    layout all;
    if (p.ndim > LAYOUT_MAX_NDIM || !fits || !layout_init(&all, ndim, shape))
        return op_fail(a, TT_ERR_SHAPE, "kron: too many axes or elements: a is %s, b is %s",
                       describe(a).s, describe(b).s);
    tt_tensor *product = tt_mul(tt_reshape(a, p.ndim, p.a), tt_reshape(b, p.ndim, p.b));
    return tt_reshape(product, ndim, shape);
}
