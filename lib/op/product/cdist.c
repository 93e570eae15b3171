/* Distances between the rows of two matrices, composed of public operations: the norms of all
 * differences, which are exact also where two rows are near (the expansion into products is not).
 */
#include <tinytensor/tinytensor.h>
#include "op/core/op.h"

/* Leading axes broadcast? */
static bool batches_fit(const tt_tensor *a, const tt_tensor *b)
{
    for (int i = 3; i <= a->at.ndim && i <= b->at.ndim; i++) {
        int64_t m = a->at.shape[a->at.ndim - i], n = b->at.shape[b->at.ndim - i];
        if (m != n && m != 1 && n != 1)
            return false;
    }
    return true;
}

tt_tensor *tt_cdist(tt_tensor *a, tt_tensor *b, double p)
{
    tt_tensor *in[] = {a, b};
    if (!op_context("cdist", 2, in))
        return NULL;
    if (a->dtype != b->dtype || !dtype_is_float(a->dtype))
        return op_fail(a, TT_ERR_DTYPE, "cdist: %s and %s; both are float32 or both float64",
                       describe(a).s, describe(b).s);
    if (a->at.ndim < 2 || b->at.ndim < 2 ||
        a->at.shape[a->at.ndim - 1] != b->at.shape[b->at.ndim - 1] || !batches_fit(a, b))
        return op_fail(a, TT_ERR_SHAPE, "cdist: a (... n d) is %s, b (... m d) %s", describe(a).s,
                       describe(b).s);
    if (!(p >= 0))
        return op_fail(a, TT_ERR_ARG, "cdist: p is %g, negative", p);
    tt_tensor *e = tt_sub(tt_unsqueeze(a, -2), tt_unsqueeze(b, -3));
    if (a->at.shape[a->at.ndim - 1] == 0) /* points without coordinates are all one */
        return tt_sum(e, TT_AXES(-1), false);
    return tt_norm(e, TT_AXES(-1), p, false);
}
