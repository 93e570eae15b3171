/* Shapes and dtypes as text. Input: plain values; output: a line that always fits; long shapes are
 * cut. Invariant: needs no memory, so that running out of it can be reported. */
#include "describe.h"

#include <stdio.h>
#include <string.h>

described describe_shape(int ndim, const int64_t *shape)
{
    described d;
    size_t n = 0, most = sizeof d.s - 32; /* leaves room for the dtype */
    n += (size_t)snprintf(d.s, most, "(");
    for (int i = 0; i < ndim && n + 24 < most; i++)
        n += (size_t)snprintf(d.s + n, most - n, "%lld%s", (long long)shape[i],
                              i + 1 < ndim ? ", "
                              : ndim == 1  ? ","
                                           : "");
    snprintf(d.s + n, sizeof d.s - n, ")");
    return d;
}

described describe_typed(int ndim, const int64_t *shape, tt_dtype dtype)
{
    described d = describe_shape(ndim, shape);
    size_t n = strlen(d.s);
    snprintf(d.s + n, sizeof d.s - n, " %s", tt_dtype_name(dtype));
    return d;
}
