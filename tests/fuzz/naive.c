/* Loops of naive.h over elements: views, and functions of one and two. */
#include "naive.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Everything is freed at once, so that nothing has to be counted. */
static naive_buffer *all;

static void *keep(size_t bytes)
{
    naive_buffer *b = calloc(1, sizeof *b + bytes);
    if (!b)
        abort();
    b->next = all;
    all = b;
    return b;
}

void naive_clear(void)
{
    for (naive_buffer *b = all, *next; b; b = next) {
        next = b->next;
        free(b);
    }
    all = NULL;
}

static naive shaped(int ndim, const int64_t *shape)
{
    naive x = {.ndim = ndim, .n = 1};
    for (int i = 0; i < ndim; i++)
        x.n *= x.shape[i] = shape[i];
    x.place = (int64_t *)(void *)((naive_buffer *)keep((size_t)x.n * sizeof *x.place))->at;
    return x;
}

naive naive_new(int ndim, const int64_t *shape)
{
    naive x = shaped(ndim, shape);
    x.memory = keep((size_t)x.n * sizeof(double));
    for (int64_t k = 0; k < x.n; k++)
        x.place[k] = k;
    return x;
}

double naive_get(const naive *x, int64_t k)
{
    return x->memory->at[x->place[k]];
}

double naive_most(const naive *x)
{
    double most = 0;
    for (int64_t k = 0; k < x->n; k++)
        most = fmax(most, isfinite(naive_get(x, k)) ? fabs(naive_get(x, k)) : 0);
    return most;
}

bool naive_tame(const naive *x)
{
    bool tame = true;
    for (int64_t k = 0; k < x->n; k++)
        tame &= fabs(naive_get(x, k)) <= 1e4;
    return tame;
}

void naive_set(const naive *x, int64_t k, double value)
{
    x->memory->at[x->place[k]] = value;
}

naive naive_copy(const naive *x)
{
    naive y = naive_new(x->ndim, x->shape);
    for (int64_t k = 0; k < y.n; k++)
        naive_set(&y, k, naive_get(x, k));
    return y;
}

void naive_index(const naive *x, int64_t k, int64_t *index)
{
    for (int i = x->ndim - 1; i >= 0; k /= x->shape[i--])
        index[i] = k % x->shape[i];
}

int64_t naive_element(const naive *x, const int64_t *index)
{
    int64_t k = 0;
    for (int i = 0; i < x->ndim; i++)
        k = k * x->shape[i] + index[i];
    return k;
}

naive naive_view(const naive *x, int ndim, const int64_t *shape, const int64_t *from)
{
    naive y = shaped(ndim, shape);
    y.memory = x->memory;
    for (int64_t k = 0; k < y.n; k++)
        y.place[k] = x->place[from ? from[k] : k];
    return y;
}

bool naive_broadcast(const naive *x, const naive *y, int *ndim, int64_t *shape)
{
    *ndim = x->ndim > y->ndim ? x->ndim : y->ndim;
    for (int i = 1; i <= *ndim; i++) {
        int64_t a = i <= x->ndim ? x->shape[x->ndim - i] : 1;
        int64_t b = i <= y->ndim ? y->shape[y->ndim - i] : 1;
        if (a != b && a != 1 && b != 1)
            return false;
        shape[*ndim - i] = a == 1 ? b : a;
    }
    return true;
}

naive naive_expand(const naive *x, int ndim, const int64_t *shape)
{
    naive y = shaped(ndim, shape);
    int64_t index[NAIVE_AXES];
    y.memory = x->memory;
    for (int64_t k = 0; k < y.n; k++) {
        naive_index(&y, k, index);
        int64_t *mine = index + ndim - x->ndim;
        for (int i = 0; i < x->ndim; i++)
            mine[i] = x->shape[i] == 1 ? 0 : mine[i];
        y.place[k] = x->place[naive_element(x, mine)];
    }
    return y;
}

naive naive_map(const naive *x, double (*f)(double))
{
    naive y = naive_new(x->ndim, x->shape);
    for (int64_t k = 0; k < y.n; k++)
        naive_set(&y, k, f(naive_get(x, k)));
    return y;
}

naive naive_zip(const naive *x, const naive *y, double (*f)(double, double))
{
    int ndim;
    int64_t shape[NAIVE_AXES];
    if (!naive_broadcast(x, y, &ndim, shape))
        abort();
    naive a = naive_expand(x, ndim, shape), b = naive_expand(y, ndim, shape);
    naive z = naive_new(ndim, shape);
    for (int64_t k = 0; k < z.n; k++)
        naive_set(&z, k, f(naive_get(&a, k), naive_get(&b, k)));
    return z;
}

naive naive_fold(const naive *x, int axis, bool keepdim, double begin, double (*f)(double, double))
{
    int64_t shape[NAIVE_AXES], index[NAIVE_AXES];
    int ndim = 0;
    for (int i = 0; i < x->ndim; i++)
        shape[i] = axis < 0 || i == axis ? 1 : x->shape[i];
    naive y = naive_new(x->ndim, shape);
    for (int64_t k = 0; k < y.n; k++)
        naive_set(&y, k, begin);
    for (int64_t k = 0; k < x->n; k++) {
        naive_index(x, k, index);
        for (int i = 0; i < x->ndim; i++)
            index[i] = axis < 0 || i == axis ? 0 : index[i];
        int64_t to = naive_element(&y, index);
        naive_set(&y, to, f(naive_get(&y, to), naive_get(x, k)));
    }
    for (int i = 0; i < x->ndim; i++)
        if (keepdim || (axis >= 0 && i != axis))
            shape[ndim++] = shape[i];
    return naive_view(&y, ndim, shape, NULL);
}

naive naive_scan(const naive *x, int axis, double (*f)(double, double))
{
    naive y = naive_copy(x);
    int64_t index[NAIVE_AXES];
    for (int64_t k = 0; k < x->n; k++) { /* the one before it comes earlier in C order */
        naive_index(x, k, index);
        if (index[axis]-- == 0)
            continue;
        naive_set(&y, k, f(naive_get(&y, naive_element(x, index)), naive_get(x, k)));
    }
    return y;
}

naive naive_transpose(const naive *x, int a, int b)
{
    naive y = naive_view(x, x->ndim, x->shape, NULL);
    int64_t index[NAIVE_AXES], kept = y.shape[a];
    y.shape[a] = y.shape[b];
    y.shape[b] = kept;
    for (int64_t k = 0; k < y.n; k++) {
        naive_index(&y, k, index);
        kept = index[a];
        index[a] = index[b];
        index[b] = kept;
        y.place[k] = x->place[naive_element(x, index)];
    }
    return y;
}

naive naive_narrow(const naive *x, int axis, int64_t start, int64_t n, int64_t step)
{
    int64_t shape[NAIVE_AXES], index[NAIVE_AXES];
    memcpy(shape, x->shape, sizeof shape);
    shape[axis] = n;
    naive y = shaped(x->ndim, shape);
    y.memory = x->memory;
    for (int64_t k = 0; k < y.n; k++) {
        naive_index(&y, k, index);
        index[axis] = start + index[axis] * step;
        y.place[k] = x->place[naive_element(x, index)];
    }
    return y;
}

naive naive_cat(const naive *x, const naive *y, int axis)
{
    int64_t shape[NAIVE_AXES], index[NAIVE_AXES];
    memcpy(shape, x->shape, sizeof shape);
    shape[axis] += y->shape[axis];
    naive z = naive_new(x->ndim, shape);
    for (int64_t k = 0; k < z.n; k++) {
        naive_index(&z, k, index);
        const naive *from = x;
        if (index[axis] >= x->shape[axis]) {
            index[axis] -= x->shape[axis];
            from = y;
        }
        naive_set(&z, k, naive_get(from, naive_element(from, index)));
    }
    return z;
}

naive naive_take(const naive *x, int axis, const naive *which)
{
    int64_t shape[NAIVE_AXES], index[NAIVE_AXES];
    memcpy(shape, x->shape, sizeof shape);
    shape[axis] = which->n;
    naive z = naive_new(x->ndim, shape);
    for (int64_t k = 0; k < z.n; k++) {
        naive_index(&z, k, index);
        index[axis] = (int64_t)naive_get(which, index[axis]);
        naive_set(&z, k, naive_get(x, naive_element(x, index)));
    }
    return z;
}

naive naive_drop(const naive *x, int axis)
{
    int64_t shape[NAIVE_AXES];
    int ndim = 0;
    for (int i = 0; i < x->ndim; i++)
        if (i != axis)
            shape[ndim++] = x->shape[i];
    return naive_view(x, ndim, shape, NULL);
}

naive naive_cycle(const naive *x, int64_t from, int ndim, const int64_t *shape)
{
    naive y = naive_new(ndim, shape);
    for (int64_t k = 0; k < y.n && x->n; k++)
        naive_set(&y, k, naive_get(x, (from + k) % x->n));
    return y;
}
