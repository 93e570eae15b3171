/* Triangles of matrices: what lies on the other side of a diagonal becomes 0. */
#include <string.h>
#include "gather.h"
#include "kernel/walk/parallel.h"

enum { GRAIN = 16384 };

typedef struct tri_job {
    operand out, in;
    bool lower;
    int64_t diagonal, size, rows, columns;
} tri_job;

static void copy(char *out, int64_t os, const char *in, int64_t is, int64_t n, int64_t size)
{
    if (n <= 0)
        return;
    if (os == size && is == size) {
        memcpy(out, in, (size_t)(n * size));
        return;
    }
    for (int64_t i = 0; i < n; i++)
        memcpy(out + i * os, in + i * is, (size_t)size);
}

/* Rows of all matrices, counted through. */
static void tri_rows(int64_t begin, int64_t end, void *arg)
{
    const tri_job *j = arg;
    layout out = *j->out.at, in = *j->in.at;
    int64_t os = out.stride[out.ndim - 1] * j->size, is = in.stride[in.ndim - 1] * j->size;
    out.ndim--;
    in.ndim--;
    for (int64_t k = begin; k < end; k++) {
        char *to = (char *)j->out.data + (layout_at(&out, k) - out.offset) * j->size;
        const char *from = (const char *)j->in.data + (layout_at(&in, k) - in.offset) * j->size;
        /* the first column right of the diagonal (lower), or on it (upper) */
        int64_t edge = k % j->rows + j->diagonal + (j->lower ? 1 : 0);
        edge = edge < 0 ? 0 : edge > j->columns ? j->columns : edge;
        int64_t keep = j->lower ? 0 : edge, kept = j->lower ? edge : j->columns - edge;
        int64_t drop = j->lower ? edge : 0;
        copy(to + keep * os, os, from + keep * is, is, kept, j->size);
        clear_elements(to + drop * os, os, j->columns - kept, j->size);
    }
}

void tri_run(const exec *x, operand out, operand in, bool lower, int64_t diagonal)
{
    int n = in.at->ndim;
    tri_job j = {.out = out, .in = in, .lower = lower, .size = element_size(in.dtype)};
    j.rows = in.at->shape[n - 2];
    j.columns = in.at->shape[n - 1];
    /* beyond the corners nothing changes, and the sum with a row number cannot overflow */
    int64_t most = j.rows + j.columns;
    j.diagonal = diagonal > most ? most : diagonal < -most ? -most : diagonal;
    if (layout_numel(in.at) > 0)
        parallel_for(x, layout_numel(in.at) / j.columns, GRAIN / j.columns + 1, tri_rows, &j);
}
