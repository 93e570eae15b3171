/* The rest of gather.h: checks of indices, places of nonzeros, selection by mask, one-hot rows and
 * triangles. Where C order decides the result (nonzeros, masks) one thread walks line by line. */
#include <string.h>
#include "gather.h"
#include "kernel/isa/isa.h"
#include "kernel/walk/parallel.h"
#include "kernel/reduce/reduce.h"
#include "kernel/walk/walk.h"

enum { GRAIN = 16384 };

bool index_check(const exec *x, operand indices, int64_t size, int64_t *bad)
{
    (void)x;
    walk w;
    walk_layouts(&w, indices.at, NULL, NULL);
    for (walk_start(&w, 0); w.left > 0; walk_next(&w)) {
        const int64_t *index = (const int64_t *)indices.data + w.at[0];
        bool out = false;
        for (int64_t i = 0; i < w.n; i++)
            out |= index[i * w.step[0]] < -size || index[i * w.step[0]] >= size;
        for (int64_t i = 0; i < w.n && out; i++) {
            *bad = index[i * w.step[0]];
            if (*bad < -size || *bad >= size)
                return false;
        }
    }
    return true;
}

int64_t nonzero_count(const exec *x, operand in)
{
    int64_t count = 0;
    bool all[LAYOUT_MAX_NDIM];
    layout one = {.ndim = in.at->ndim};
    for (int i = 0; i < in.at->ndim; i++) {
        all[i] = true;
        one.shape[i] = 1;
        one.stride[i] = 1;
    }
    operand out = {&count, &one, TT_I64};
    reduce_run(x, REDUCE_count_nonzero, out, out, in, all, 0);
    return count;
}

static bool is_nonzero(tt_dtype t, const char *p)
{
    switch (t) {
    case TT_F32:
        return *(const float *)(const void *)p != 0;
    case TT_F64:
        return *(const double *)(const void *)p != 0;
    case TT_I64:
        return *(const int64_t *)(const void *)p != 0;
    case TT_I32:
        return *(const int32_t *)(const void *)p != 0;
    case TT_F16:
    case TT_BF16:
        return (*(const uint16_t *)(const void *)p & 0x7fff) != 0;
    default:
        return *p != 0;
    }
}

void nonzero_run(const exec *x, operand out, operand in)
{
    (void)x;
    const layout *at = in.at;
    int64_t place[LAYOUT_MAX_NDIM] = {0}, row = 0, count = layout_numel(at);
    int64_t size = element_size(in.dtype), *to = out.data;
    const char *p = in.data;
    for (int64_t k = 0; k < count && row < out.at->shape[0]; k++) {
        if (is_nonzero(in.dtype, p)) {
            for (int i = 0; i < at->ndim; i++)
                to[row * out.at->stride[0] + i * out.at->stride[1]] = place[i];
            row++;
        }
        for (int i = at->ndim - 1; i >= 0; i--) {
            p += at->stride[i] * size;
            if (++place[i] < at->shape[i])
                break;
            p -= at->shape[i] * at->stride[i] * size;
            place[i] = 0;
        }
    }
}

#define T       uint8_t
#define NAME(x) b1_##x
#include "mask_typed.h"
#undef T
#undef NAME

#define T       uint16_t
#define NAME(x) b2_##x
#include "mask_typed.h"
#undef T
#undef NAME

#define T       uint32_t
#define NAME(x) b4_##x
#include "mask_typed.h"
#undef T
#undef NAME

#define T       uint64_t
#define NAME(x) b8_##x
#include "mask_typed.h"

typedef int64_t masked_fn(int64_t n, char *data, int64_t step, const uint8_t *mask, int64_t mstep,
                          char *vector, int64_t vstep, int64_t room);

static void masked(operand data, operand mask, operand vector, masked_fn *fn)
{
    int64_t size = element_size(data.dtype), step = vector.at->stride[0], done = 0;
    walk w;
    walk_layouts(&w, data.at, mask.at, NULL);
    for (walk_start(&w, 0); w.left > 0; walk_next(&w))
        done += fn(w.n, (char *)data.data + w.at[0] * size, w.step[0],
                   (const uint8_t *)mask.data + w.at[1], w.step[1],
                   (char *)vector.data + done * step * size, step, vector.at->shape[0] - done);
}

void masked_select_run(const exec *x, operand out, operand in, operand mask)
{
    static masked_fn *const fn[] = {[1] = b1_pack, [2] = b2_pack, [4] = b4_pack, [8] = b8_pack};
    (void)x;
    masked(in, mask, out, fn[element_size(in.dtype)]);
}

void masked_scatter_run(const exec *x, operand into, operand mask, operand src)
{
    static masked_fn *const fn[] = {
        [1] = b1_unpack, [2] = b2_unpack, [4] = b4_unpack, [8] = b8_unpack};
    (void)x;
    masked(into, mask, src, fn[element_size(into.dtype)]);
}

typedef struct hot_job {
    operand out, indices;
    int64_t classes, size;
    char one[8]; /* in out's dtype */
} hot_job;

static void set(char *p, int64_t step, int64_t n, const char *value, int64_t size)
{
    if (step == size && value == NULL) {
        memset(p, 0, (size_t)(n * size));
        return;
    }
    static const char zero[8] = {0};
    for (int64_t i = 0; i < n; i++)
        memcpy(p + i * step, value ? value : zero, (size_t)size);
}

static void hot_lines(int64_t begin, int64_t end, void *arg)
{
    const hot_job *j = arg;
    layout rows = *j->out.at;
    int64_t across = rows.stride[--rows.ndim] * j->size;
    walk w;
    walk_layouts(&w, j->indices.at, &rows, NULL);
    for (walk_start(&w, begin); begin < end; begin++, walk_next(&w))
        for (int64_t i = 0; i < w.n; i++) {
            int64_t k = ((const int64_t *)j->indices.data)[w.at[0] + i * w.step[0]];
            char *row = (char *)j->out.data + (w.at[1] + i * w.step[1]) * j->size;
            k = k < 0 ? k + j->classes : k;
            set(row, across, j->classes, NULL, j->size);
            set(row + k * across, across, 1, j->one, j->size);
        }
}

void one_hot_run(const exec *x, operand out, operand indices)
{
    hot_job j = {out, indices, out.at->shape[out.at->ndim - 1], element_size(out.dtype), {0}};
    const float f32 = 1;
    const double f64 = 1;
    const int64_t i64 = 1;
    const int32_t i32 = 1;
    const uint8_t u8 = 1;
    const void *one = out.dtype == TT_F32   ? (const void *)&f32
                      : out.dtype == TT_F64 ? (const void *)&f64
                      : out.dtype == TT_I64 ? (const void *)&i64
                      : out.dtype == TT_I32 ? (const void *)&i32
                                            : (const void *)&u8;
    memcpy(j.one, one, (size_t)j.size);
    layout rows = *out.at;
    rows.ndim--;
    walk w;
    walk_layouts(&w, indices.at, &rows, NULL);
    if (w.n > 0 && j.classes > 0)
        parallel_for(x, w.lines, GRAIN / (w.n * j.classes) + 1, hot_lines, &j);
}

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
        set(to + drop * os, os, j->columns - kept, NULL, j->size);
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
