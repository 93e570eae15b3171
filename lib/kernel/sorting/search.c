/* Binary search of many values. Each is independent of the others, so they are cut anywhere. */
#include "search.h"
#include "base/inline.h"
#include "kernel/walk/parallel.h"

enum { GRAIN = 2048 };

typedef struct job {
    const search_rows *r;
    bool right;
    const void *heights;
    void *out;
} job;

#define T       float
#define NAME(x) f32_##x
#include "search_typed.h"
#include "interp_typed.h"
#undef T
#undef NAME

#define T       double
#define NAME(x) f64_##x
#include "search_typed.h"
#include "interp_typed.h"
#undef T
#undef NAME

#define T       int64_t
#define NAME(x) i64_##x
#include "search_typed.h"
#undef T
#undef NAME

typedef void task_fn(int64_t begin, int64_t end, void *arg);

static void run(const exec *x, task_fn *const *task, job j)
{
    parallel_for(x, j.r->rows * j.r->m, GRAIN, task[j.r->dtype], &j);
}

void search_run(const exec *x, const search_rows *r, bool right, int64_t *out)
{
    static task_fn *const task[] = {
        [TT_F32] = f32_search, [TT_F64] = f64_search, [TT_I64] = i64_search};
    run(x, task, (job){r, right, NULL, out});
}

void isin_run(const exec *x, const search_rows *r, bool *out)
{
    static task_fn *const task[] = {[TT_F32] = f32_isin, [TT_F64] = f64_isin, [TT_I64] = i64_isin};
    run(x, task, (job){r, false, NULL, out});
}

void interp_run(const exec *x, const search_rows *r, const void *heights, void *out)
{
    static task_fn *const task[] = {[TT_F32] = f32_interp, [TT_F64] = f64_interp};
    run(x, task, (job){r, true, heights, out});
}

int64_t first_fall(tt_dtype dtype, int64_t n, const void *row)
{
    return dtype == TT_F32   ? f32_first_fall(n, row)
           : dtype == TT_F64 ? f64_first_fall(n, row)
                             : i64_first_fall(n, row);
}
