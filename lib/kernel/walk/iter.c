/* Plans and walks the loops of pointwise operations. Input: operands of one shape with any strides;
 * output: calls of an inner loop on rows. A row never leaves the operands, each element of the
 * result is visited once, and the split into rows does not depend on the number of threads. */
#include "iter.h"

#include <string.h>
#include "kernel/isa/kernels.h"
#include "parallel.h"
#include "tiles.h"

enum {
    GRAIN = 32768,    /* simple operations that are worth a thread's while */
    SHORT_ROW = 16,   /* shorter rows are walked along a longer axis, */
    LONG_BLOCK = 512, /* in blocks of so many elements */
    TILE_ROWS = 64,   /* of a transposed tile */
    TILE_COLS = 128,
    LINE = 64 /* bytes */
};

/* The common case: every operand is contiguous, or one element repeated. */
typedef struct flat {
    loop_fn loop;
    const void *arg;
    int n_ops;
    int64_t step[ITER_MAX_OPS];
    char *ptr[ITER_MAX_OPS];
} flat;

static int64_t flat_step(const operand *o)
{
    const layout *l = o->at;
    int64_t expect = 1;
    bool straight = true, still = true;
    for (int i = l->ndim - 1; i >= 0; i--) {
        if (l->shape[i] == 1)
            continue;
        straight = straight && l->stride[i] == expect;
        still = still && l->stride[i] == 0;
        expect *= l->shape[i];
    }
    return straight ? element_size(o->dtype) : still ? 0 : -1;
}

static bool flatten(flat *f, const operand *ops, int n_ops)
{
    for (int i = 0; i < n_ops; i++) {
        f->step[i] = flat_step(&ops[i]);
        if (f->step[i] < 0)
            return false;
        f->ptr[i] = ops[i].data;
    }
    return true;
}

static void flat_chunk(int64_t begin, int64_t end, void *arg)
{
    const flat *f = arg;
    char *ptr[ITER_MAX_OPS];
    for (int i = 0; i < f->n_ops; i++)
        ptr[i] = f->ptr[i] + begin * f->step[i];
    f->loop(end - begin, ptr, f->step, f->arg);
}

/* Should axis a be outside of axis b: by the first operand that moves along both and can tell. */
static bool outside(const iter *it, int a, int b)
{
    for (int i = 0; i < it->n_ops; i++) {
        int64_t sa = magnitude(it->step[a][i]), sb = magnitude(it->step[b][i]);
        if (sa && sb && sa != sb)
            return sa > sb;
    }
    return a < b;
}

void iter_move_axis(iter *it, int axis, int place)
{
    int64_t shape = it->shape[axis], step[ITER_MAX_OPS];
    memcpy(step, it->step[axis], sizeof step);
    int by = axis < place ? 1 : -1;
    for (int i = axis; i != place; i += by) {
        it->shape[i] = it->shape[i + by];
        memcpy(it->step[i], it->step[i + by], sizeof step);
    }
    it->shape[place] = shape;
    memcpy(it->step[place], step, sizeof step);
}

static void sort_axes(iter *it)
{
    for (int i = 1; i < it->ndim; i++) {
        int place = i;
        while (place > 0 && !outside(it, place - 1, i))
            place--;
        if (place != i)
            iter_move_axis(it, i, place);
    }
}

/* Walks an axis the other way round when the result, or else the first operand that moves, does. */
static void flip_axis(iter *it, int axis)
{
    int64_t *step = it->step[axis];
    for (int i = 0; i < it->n_ops; i++) {
        if (step[i] > 0)
            return;
        if (step[i] < 0)
            break;
    }
    for (int i = 0; i < it->n_ops; i++) {
        it->ptr[i] += step[i] * (it->shape[axis] - 1);
        step[i] = -step[i];
    }
}

static bool mergeable(const iter *it, int outer, int inner)
{
    for (int i = 0; i < it->n_ops; i++)
        if (it->step[outer][i] != it->step[inner][i] * it->shape[inner])
            return false;
    return true;
}

static void merge_axes(iter *it)
{
    int last = 0;
    for (int i = 1; i < it->ndim; i++) {
        if (mergeable(it, last, i)) {
            it->shape[last] *= it->shape[i];
        } else {
            last++;
            it->shape[last] = it->shape[i];
        }
        memcpy(it->step[last], it->step[i], sizeof it->step[i]);
    }
    it->ndim = it->ndim ? last + 1 : 0;
}

bool iter_init(iter *it, const operand *ops, int n_ops)
{
    const layout *first = ops[0].at;
    it->n_ops = n_ops;
    it->ndim = 0;
    for (int i = 0; i < n_ops; i++)
        it->ptr[i] = ops[i].data;
    for (int axis = 0; axis < first->ndim; axis++) {
        if (first->shape[axis] == 0)
            return false;
        if (first->shape[axis] == 1)
            continue;
        it->shape[it->ndim] = first->shape[axis];
        for (int i = 0; i < n_ops; i++)
            it->step[it->ndim][i] = ops[i].at->stride[axis] * element_size(ops[i].dtype);
        flip_axis(it, it->ndim++);
    }
    sort_axes(it);
    merge_axes(it);
    return true;
}

/* Everything else: tiles of the last two axes, within an odometer of the others. */
typedef struct tiling {
    iter it;                                    /* at least two axes */
    int64_t tile_rows, tile_cols, down, across; /* size of a tile, number of them */
    bool turned[ITER_MAX_OPS];                  /* operands that are copied tile by tile */
    int log2[ITER_MAX_OPS];                     /* of the bytes of an element */
    loop_fn loop;
    const void *arg;
    const copy_kernels *copy;
} tiling;

static void add_axis(iter *it)
{
    it->shape[it->ndim] = 1;
    memset(it->step[it->ndim], 0, sizeof it->step[0]);
    it->ndim++;
    iter_move_axis(it, it->ndim - 1, 0);
}

/* An axis along which operand i is read element by element, while its columns skip lines. */
static int better_axis(const iter *it, int i, int itemsize)
{
    int last = it->ndim - 1;
    if (magnitude(it->step[last][i]) < LINE || it->shape[last] < SHORT_ROW)
        return -1;
    for (int axis = 0; axis < last; axis++)
        if (it->step[axis][i] == itemsize && it->shape[axis] >= SHORT_ROW)
            return axis;
    return -1;
}

static bool find_turned(tiling *w)
{
    int rows = -1, last = w->it.ndim - 1;
    for (int i = 1; i < w->it.n_ops; i++) {
        int axis = better_axis(&w->it, i, 1 << w->log2[i]);
        w->turned[i] = axis >= 0 && (rows < 0 || axis == rows);
        if (w->turned[i])
            rows = axis;
    }
    if (rows < 0)
        return false;
    iter_move_axis(&w->it, rows, last - 1);
    w->tile_rows = TILE_ROWS;
    w->tile_cols = TILE_COLS;
    return true;
}

/* Rows of a few elements: a long axis becomes the inner one, in blocks that stay in cache while the
 * short axis passes over them. The nearest to the rows is best for the cache. */
static bool find_long_axis(tiling *w)
{
    iter *it = &w->it;
    int last = it->ndim - 1, best = last;
    if (it->shape[last] >= SHORT_ROW)
        return false;
    for (int axis = last - 1; axis >= 0 && it->shape[best] < 4 * SHORT_ROW; axis--)
        if (it->shape[axis] > it->shape[best])
            best = axis;
    if (it->shape[best] < 4 * it->shape[last])
        return false;
    iter_move_axis(it, best, last);
    w->tile_rows = it->shape[last - 1];
    w->tile_cols = LONG_BLOCK;
    return true;
}

static void plan_walk(tiling *w, const operand *ops, int64_t grain)
{
    iter *it = &w->it;
    while (it->ndim < 2)
        add_axis(it);
    for (int i = 0; i < it->n_ops; i++) {
        w->turned[i] = false;
        w->log2[i] = element_log2(ops[i].dtype);
    }
    int64_t *rows = &it->shape[it->ndim - 2], *cols = &it->shape[it->ndim - 1];
    if (!find_turned(w) && !find_long_axis(w)) {
        w->tile_cols = *cols < grain ? *cols : grain;
        w->tile_rows = grain / w->tile_cols;
    }
    if (w->tile_rows > *rows)
        w->tile_rows = *rows;
    w->down = (*rows - 1) / w->tile_rows + 1;
    w->across = (*cols - 1) / w->tile_cols + 1;
}

/* Of operand i's copy of a tile. */
static size_t turned_bytes(const tiling *w, int i)
{
    int64_t cols = smaller(w->tile_cols, w->it.shape[w->it.ndim - 1]);
    return w->turned[i] ? tile_bytes(w->tile_rows * cols << w->log2[i]) : 0;
}

/* The turned operands of a tile, copied so that their columns are adjacent, one behind the other
 * into memory. */
static void run_turned(const tiling *w, int64_t rows, int64_t cols, char *const *corner,
                       char *memory)
{
    const iter *it = &w->it;
    const int64_t *down = it->step[it->ndim - 2], *across = it->step[it->ndim - 1];
    char *ptr[ITER_MAX_OPS];
    int64_t row_step[ITER_MAX_OPS], step[ITER_MAX_OPS];
    for (int i = 0; i < it->n_ops; i++) {
        ptr[i] = corner[i];
        row_step[i] = down[i];
        step[i] = across[i];
        if (!w->turned[i])
            continue;
        int size = 1 << w->log2[i];
        ptr[i] = memory;
        memory += turned_bytes(w, i);
        row_step[i] = size * cols;
        step[i] = size;
        w->copy->transpose[w->log2[i]](rows, cols, ptr[i], row_step[i], corner[i], across[i]);
    }
    for (int64_t r = 0; r < rows; r++) {
        w->loop(cols, ptr, step, w->arg);
        for (int i = 0; i < it->n_ops; i++)
            ptr[i] += row_step[i];
    }
}

static void run_rows(const tiling *w, int64_t rows, int64_t cols, char *const *corner)
{
    const iter *it = &w->it;
    char *ptr[ITER_MAX_OPS];
    memcpy(ptr, corner, sizeof ptr);
    for (int64_t r = 0; r < rows; r++) {
        w->loop(cols, ptr, it->step[it->ndim - 1], w->arg);
        for (int i = 0; i < it->n_ops; i++)
            ptr[i] += it->step[it->ndim - 2][i];
    }
}

/* Tile number `item`, counted along columns, then rows, then the outer axes. memory: for the turned
 * operands; NULL: there are none. */
static void run_tile(const tiling *w, int64_t item, char *memory)
{
    const iter *it = &w->it;
    int last = it->ndim - 1;
    int64_t col = item % w->across * w->tile_cols;
    item /= w->across;
    int64_t row = item % w->down * w->tile_rows;
    item /= w->down;
    char *corner[ITER_MAX_OPS] = {NULL};
    for (int i = 0; i < it->n_ops; i++)
        corner[i] = it->ptr[i] + row * it->step[last - 1][i] + col * it->step[last][i];
    iter_move_to(it, last - 1, item, corner);
    int64_t rows = it->shape[last - 1] - row, cols = it->shape[last] - col;
    rows = rows < w->tile_rows ? rows : w->tile_rows;
    cols = cols < w->tile_cols ? cols : w->tile_cols;
    if (memory)
        run_turned(w, rows, cols, corner, memory);
    else
        run_rows(w, rows, cols, corner);
}

static void walk_chunk(int64_t begin, int64_t end, void *arg)
{
    for (int64_t item = begin; item < end; item++)
        run_tile(arg, item, NULL);
}

static void turning_chunk(int64_t begin, int64_t end, void *arg, char *memory)
{
    for (int64_t item = begin; item < end; item++)
        run_tile(arg, item, memory);
}

static void run_walk(const exec *x, tiling *w)
{
    const iter *it = &w->it;
    int64_t items = w->down * w->across;
    for (int axis = 0; axis < it->ndim - 2; axis++)
        items *= it->shape[axis];
    int64_t per_item = w->tile_rows * w->tile_cols;
    int64_t grain = per_item < GRAIN ? GRAIN / per_item : 1;
    size_t bytes = 0;
    for (int i = 1; i < it->n_ops; i++)
        bytes += turned_bytes(w, i);
    if (bytes)
        parallel_tiles(x, items, grain, bytes, turning_chunk, w);
    else
        parallel_for(x, items, grain, walk_chunk, w);
}

void iter_run(const exec *x, const operand *ops, int n_ops, int cost, loop_fn loop, const void *arg)
{
    int64_t grain = GRAIN / cost;
    flat f;
    if (flatten(&f, ops, n_ops)) {
        int64_t n = layout_numel(ops[0].at);
        if (n <= grain) {
            if (n)
                loop(n, f.ptr, f.step, arg);
            return;
        }
        f.loop = loop;
        f.arg = arg;
        f.n_ops = n_ops;
        parallel_for(x, n, grain, flat_chunk, &f);
        return;
    }
    tiling w;
    if (!iter_init(&w.it, ops, n_ops))
        return;
    w.loop = loop;
    w.arg = arg;
    w.copy = x->k->copy;
    plan_walk(&w, ops, grain);
    run_walk(x, &w);
}
