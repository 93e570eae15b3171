/* Drives decompositions over a batch. Input: operands with common leading axes, and a function of
 * one matrix of each; output: what that writes, and the first matrix that it refuses. Invariant:
 * whether matrices are computed side by side or one after the other depends on shapes alone. */
#include "batch.h"

#include <stdatomic.h>
#include <string.h>
#include "kernel/product/blas.h"
#include "kernel/walk/copy.h"
#include "kernel/walk/tiles.h"

enum {
    TASK = 1 << 16, /* operations that are worth a thread */
    SMALL = 32 * 32 /* elements that are moved here rather than by copy_run */
};

void batch_init(batch *b, const exec *x, tt_dtype dtype)
{
    memset(b, 0, sizeof *b);
    b->x = x;
    b->dtype = dtype;
}

void batch_add(batch *b, operand o, int axes)
{
    b->of[b->n] = o;
    b->axes[b->n++] = axes;
}

matrix batch_matrix(const batch *b, int i, int64_t number)
{
    const operand *o = &b->of[i];
    matrix m = {.rows = 1, .cols = 1, .row = 1, .col = 1};
    if (!o->data)
        return m;
    int lead = o->at->ndim - b->axes[i];
    int64_t at = row_major_at(number, lead, o->at->shape, o->at->stride);
    m.data = (char *)o->data + at * element_size(b->dtype);
    if (b->axes[i] > 0) {
        m.rows = o->at->shape[lead];
        m.row = o->at->stride[lead];
    }
    if (b->axes[i] > 1) {
        m.cols = o->at->shape[lead + 1];
        m.col = o->at->stride[lead + 1];
    }
    return m;
}

int64_t batch_count(operand o, int axes)
{
    int64_t n = 1;
    for (int i = 0; i < o.at->ndim - axes; i++)
        n *= o.at->shape[i];
    return n;
}

/* Matrices, or groups of them. */
static int64_t count(const batch *b)
{
    int64_t n = batch_count(b->of[0], b->axes[0]);
    return b->group ? ceil_div(n, b->lanes) : n;
}

static linalg_result run_group(const batch *b, int64_t number, char *memory)
{
    int64_t first = number * b->lanes, n = batch_count(b->of[0], b->axes[0]);
    return b->group(b, first, smaller(b->lanes, n - first), memory);
}

static linalg_result run_one(const batch *b, int64_t number, char *memory)
{
    if (b->group)
        return run_group(b, number, memory);
    matrix m[BATCH_OPERANDS];
    for (int i = 0; i < b->n; i++)
        m[i] = batch_matrix(b, i, number);
    linalg_result r = b->fn(b, m, memory);
    r.matrix = number;
    return r;
}

typedef struct job {
    const batch *b;
    _Atomic int64_t first; /* of those that were refused */
} job;

static void run_some(int64_t begin, int64_t end, void *arg, char *memory)
{
    job *j = arg;
    for (int64_t i = begin; i < end; i++)
        if (run_one(j->b, i, memory).kind != LINALG_OK) {
            int64_t first = atomic_load(&j->first);
            while (i < first && !atomic_compare_exchange_weak(&j->first, &first, i))
                ;
        }
}

typedef struct again {
    const batch *b;
    linalg_result r;
} again;

/* Which one was refused is noted alone; why is found out by computing it once more. */
static void run_again(int64_t begin, int64_t end, void *arg, char *memory)
{
    again *a = arg;
    (void)begin, (void)end;
    a->r = run_one(a->b, a->r.matrix, memory);
}

static linalg_result run_alone(const batch *b, int64_t n)
{
    linalg_result r = {LINALG_OK, 0, 0};
    if (n <= 0)
        return r;
    char *memory = b->x->mem.alloc(b->x->mem.user, b->memory);
    if (!memory)
        return (linalg_result){LINALG_NO_MEMORY, 0, 0};
    blas_guard guard = blas_enter();
    for (int64_t i = 0; i < n && r.kind == LINALG_OK; i++)
        r = run_one(b, i, memory);
    blas_leave(guard);
    b->x->mem.free(b->x->mem.user, memory);
    return r;
}

linalg_result batch_run(const batch *b)
{
    if (b->alone)
        return run_alone(b, count(b));
    int64_t n = count(b), grain = b->work < TASK ? (int64_t)(TASK / (b->work + 1)) + 1 : 1;
    job j = {.b = b};
    again a = {b, {LINALG_OK, 0, 0}};
    atomic_init(&j.first, n);
    blas_guard guard = blas_enter();
    bool ok = parallel_tiles(b->x, n, grain, b->memory, run_some, &j);
    a.r.matrix = atomic_load(&j.first);
    if (ok && a.r.matrix < n)
        ok = parallel_tiles(b->x, 1, 1, b->memory, run_again, &a);
    blas_leave(guard);
    if (!ok)
        a.r.kind = LINALG_NO_MEMORY;
    return a.r;
}

#define T       float
#define BITS    uint32_t
#define INF     0x7f800000u
#define NAME(x) x##_f32
#include "move_typed.h"
#undef T
#undef BITS
#undef INF
#undef NAME
#define T       double
#define BITS    uint64_t
#define INF     0x7ff0000000000000u
#define NAME(x) x##_f64
#include "move_typed.h"

static layout by_columns(matrix m, int64_t ld)
{
    return (layout){.ndim = 2, .shape = {m.rows, m.cols}, .stride = {1, ld}};
}

static layout as_it_lies(matrix m)
{
    return (layout){.ndim = 2, .shape = {m.rows, m.cols}, .stride = {m.row, m.col}};
}

static bool is_f32(const batch *b)
{
    return b->dtype == TT_F32;
}

bool matrix_load(const batch *b, matrix m, void *to, int64_t ld)
{
    if (m.rows * m.cols <= SMALL) {
        if (is_f32(b))
            move_in_f32(m, to, ld);
        else
            move_in_f64(m, to, ld);
    } else {
        layout from = as_it_lies(m), here = by_columns(m, ld);
        copy_run(b->x, (operand){to, &here, b->dtype}, (operand){m.data, &from, b->dtype});
    }
    return is_f32(b) ? finite_f32(m.rows, m.cols, to, ld) : finite_f64(m.rows, m.cols, to, ld);
}

void matrix_store(const batch *b, const void *from, int64_t ld, matrix m)
{
    if (!m.data)
        return;
    if (m.rows * m.cols <= SMALL) {
        if (is_f32(b))
            move_out_f32(from, ld, m);
        else
            move_out_f64(from, ld, m);
        return;
    }
    layout to = as_it_lies(m), here = by_columns(m, ld);
    copy_run(b->x, (operand){m.data, &to, b->dtype},
             (operand){(void *)(uintptr_t)from, &here, b->dtype});
}

void matrix_store_vector(const batch *b, const void *from, matrix m)
{
    matrix_store(b, from, m.rows, m);
}
