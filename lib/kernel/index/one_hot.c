/* One-hot rows: a one in the place that an index names. */
#include <string.h>
#include "gather.h"
#include "kernel/walk/parallel.h"
#include "kernel/walk/walk.h"

enum { GRAIN = 16384 };

typedef struct hot_job {
    operand out, indices;
    int64_t classes, size;
    char one[8]; /* in out's dtype */
} hot_job;

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
            clear_elements(row, across, j->classes, j->size);
            memcpy(row + k * across, j->one, (size_t)j->size);
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
