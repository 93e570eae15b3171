/* Loops of naive.h that sum: along lines, and over named axes. */
#include <stdlib.h>
#include <string.h>

#include "naive.h"

enum { LINE = 4096 };

naive naive_lines(const naive *x, int axis, int64_t m, naive_line *f)
{
    static double in[LINE], out[LINE];
    int64_t shape[NAIVE_AXES], index[NAIVE_AXES], n = x->shape[axis];
    memcpy(shape, x->shape, sizeof shape);
    shape[axis] = m;
    naive y = naive_new(x->ndim, shape);
    if (n > LINE || m > LINE)
        abort();
    for (int64_t k = 0; k < y.n; k++) {
        naive_index(&y, k, index);
        if (index[axis] != 0)
            continue;
        for (index[axis] = 0; index[axis] < n; index[axis]++)
            in[index[axis]] = naive_get(x, naive_element(x, index));
        f(in, n, out, m);
        for (index[axis] = 0; index[axis] < m; index[axis]++)
            naive_set(&y, naive_element(&y, index), out[index[axis]]);
    }
    return y;
}

/* The sizes of the letters of an operand; false when they are others already. */
static bool name_axes(const char *letters, size_t n, const naive *x, int64_t *size)
{
    if ((int)n != x->ndim)
        return false;
    for (int i = 0; i < x->ndim; i++) {
        int64_t *of = &size[(unsigned char)letters[i]];
        if (*of >= 0 && *of != x->shape[i])
            return false;
        *of = x->shape[i];
    }
    return true;
}

static int64_t element(const char *letters, const naive *x, const int64_t *at)
{
    int64_t index[NAIVE_AXES];
    for (int i = 0; i < x->ndim; i++)
        index[i] = at[(unsigned char)letters[i]];
    return naive_element(x, index);
}

bool naive_einsum(const char *pattern, const naive *x, const naive *y, naive *z)
{
    const char *arrow = strstr(pattern, "->"), *comma = strchr(pattern, ',');
    const char *out = arrow + 2, *second = comma ? comma + 1 : arrow;
    int64_t size[256], at[256] = {0}, shape[NAIVE_AXES], total = 1;
    memset(size, -1, sizeof size);
    if (!comma != !y || !name_axes(pattern, (size_t)((comma ? comma : arrow) - pattern), x, size) ||
        (y && !name_axes(second, (size_t)(arrow - second), y, size)))
        return false;
    for (int c = 0; c < 256; c++)
        total *= size[c] < 0 ? 1 : size[c];
    if (total > NAIVE_MOST)
        return false;
    for (int i = 0; out[i]; i++)
        shape[i] = size[(unsigned char)out[i]];
    *z = naive_new((int)strlen(out), shape);
    for (int64_t k = 0; k < total; k++) {
        int64_t rest = k;
        for (int c = 0; c < 256; c++)
            if (size[c] > 0) {
                at[c] = rest % size[c];
                rest /= size[c];
            }
        double term = naive_get(x, element(pattern, x, at));
        if (y)
            term *= naive_get(y, element(second, y, at));
        int64_t to = element(out, z, at);
        naive_set(z, to, naive_get(z, to) + term);
    }
    return true;
}
