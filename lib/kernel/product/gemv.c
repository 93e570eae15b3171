/* Matrix by vector, y = alpha A x + beta y, batched: reads A once at memory speed on all threads. A
 * is cut into pieces of about PIECE elements, along its rows and, where these are few, along the
 * sum as well; the parts of a sum are then added in order. The cut depends on the shape alone,
 * hence also the bits. */
#include "gemv.h"
#include "kernel/isa/kernels.h"
#include "stage.h"
#include "kernel/walk/parallel.h"
#include "kernel/walk/tiles.h"

enum {
    PIECE = 1 << 15, /* elements of A in one piece: 128 KiB, about 10 us */
    STRIP = 1 << 14, /* bytes of results that stay in the L1 cache as columns are added */
    JOIN = 512,      /* results of which the parts are added up at once */
    DEPTH = 96,      /* columns in a piece at least: each piece writes a part of the sums */
    LANES = 32,      /* strips begin at multiples of what the loops take at once */
    MANY = 16,       /* enough pieces for any machine: the sum is not cut further */
};

typedef struct gemv { /* gemm_args with m or n 1, seen as A (m, k) times x (k) */
    const gemm_args *g;
    const product_loops *loops;
    size_t a_size, size; /* of an element of A, of all others */
    const gemm_strides *sa, *sx;
    const char *a, *x;
    char *y;
    int64_t m, k, a_row, a_col, x_step, y_step;
    bool by_rows; /* go along the rows of A, else down its columns */
    int64_t batches;
    int64_t height, depth; /* of a piece */
    int64_t blocks, parts; /* pieces along the rows, along the sum */
    char *sums;            /* [batch][part][m], when parts > 1 */
} gemv;

const product_loops *product_loops_of(const exec *x, tt_dtype dtype)
{
    const gemv_kernels *k = x->k->gemv;
    switch (dtype) {
    case TT_F32:
        return &k->f32;
    case TT_F64:
        return &k->f64;
    case TT_F16:
        return &k->f16;
    case TT_BF16:
        return &k->bf16;
    default:
        return &k->i64;
    }
}

static int64_t clamp(int64_t v, int64_t lo, int64_t hi)
{
    return v < lo ? lo : v > hi ? hi : v;
}

/* Offset of batch number b in elements. */
static int64_t batch_offset(const gemm_args *g, const gemm_strides *s, int64_t b)
{
    return row_major_at(b, g->nbatch, g->batch, s->batch);
}

static gemv orient(const exec *x, const gemm_args *g)
{
    tt_dtype a_dtype = g->half_b ? g->half_b : g->dtype;
    gemv v = {.g = g,
              .loops = product_loops_of(x, a_dtype),
              .a_size = (size_t)element_size(a_dtype),
              .size = (size_t)element_size(g->dtype),
              .y = g->c,
              .k = g->k,
              .batches = 1};
    if (g->n == 1 && !g->half_b) {
        v.m = g->m, v.y_step = g->sc.row;
        v.a = g->a, v.sa = &g->sa, v.a_row = g->sa.row, v.a_col = g->sa.col;
        v.x = g->b, v.sx = &g->sb, v.x_step = g->sb.row;
    } else {
        v.m = g->n, v.y_step = g->sc.col;
        v.a = g->b, v.sa = &g->sb, v.a_row = g->sb.col, v.a_col = g->sb.row;
        v.x = g->a, v.sx = &g->sa, v.x_step = g->sa.col;
    }
    for (int i = 0; i < g->nbatch; i++)
        v.batches *= g->batch[i];
    v.by_rows = v.m == 1 || (v.k > 1 && magnitude(v.a_col) <= magnitude(v.a_row));
    return v;
}

/* Rows are cut to pieces of whole rows, of which long ones are cut as well; columns are cut into
 * equal strips, and where these are few, into groups of columns. */
static void plan_pieces(gemv *v)
{
    if (v->by_rows) {
        v->depth = v->k > 2 * PIECE && v->m * v->batches < 4 * MANY ? PIECE / 2 : v->k;
        v->height = clamp(PIECE / v->depth / 4 * 4, 4, GEMV_BLOCK);
    } else {
        int64_t strips = ceil_div(v->m, STRIP / (int64_t)v->size);
        v->height = ceil_div(ceil_div(v->m, strips), LANES) * LANES;
        bool few = strips * v->batches < MANY;
        v->depth =
            few ? clamp(PIECE / v->height / 8 * 8, DEPTH, v->k > DEPTH ? v->k : DEPTH) : v->k;
    }
    v->blocks = ceil_div(v->m, v->height);
    v->parts = ceil_div(v->k, v->depth);
}

/* block_sums: room for the sums of a block, where they are not cut further. */
static void run_piece(const gemv *v, int64_t piece, char *block_sums)
{
    int64_t part = piece % v->parts, block = piece / v->parts % v->blocks;
    int64_t batch = piece / v->parts / v->blocks;
    int64_t i = block * v->height, j = part * v->depth;
    int64_t m = v->m - i < v->height ? v->m - i : v->height;
    int64_t k = v->k - j < v->depth ? v->k - j : v->depth;
    int64_t at_a = batch_offset(v->g, v->sa, batch) + i * v->a_row + j * v->a_col;
    int64_t at_x = batch_offset(v->g, v->sx, batch) + j * v->x_step;
    const char *a = v->a + at_a * (int64_t)v->a_size, *x = v->x + at_x * (int64_t)v->size;
    char *out = v->parts == 1 ? block_sums
                              : v->sums + ((batch * v->parts + part) * v->m + i) * (int64_t)v->size;
    (v->by_rows ? v->loops->rows : v->loops->columns)(m, k, a, v->a_row, v->a_col, x, v->x_step,
                                                      out);
    if (v->parts > 1)
        return;
    int64_t at_y = batch_offset(v->g, &v->g->sc, batch) + i * v->y_step;
    v->loops->finish(m, out, v->g->alpha, v->g->beta, v->y + at_y * (int64_t)v->size, v->y_step);
}

static void run_pieces(int64_t begin, int64_t end, void *arg, char *memory)
{
    for (int64_t i = begin; i < end; i++)
        run_piece(arg, i, memory);
}

/* The parts of one block of results, added in order to the first of them. */
static void join_parts(int64_t begin, int64_t end, void *arg)
{
    const gemv *v = arg;
    int64_t blocks = ceil_div(v->m, JOIN), size = (int64_t)v->size;
    for (int64_t u = begin; u < end; u++) {
        int64_t batch = u / blocks, i = u % blocks * JOIN;
        int64_t m = v->m - i < JOIN ? v->m - i : JOIN;
        char *sum = v->sums + (batch * v->parts * v->m + i) * size;
        for (int64_t p = 1; p < v->parts; p++)
            v->loops->add(m, sum, sum + p * v->m * size);
        int64_t at_y = batch_offset(v->g, &v->g->sc, batch) + i * v->y_step;
        v->loops->finish(m, sum, v->g->alpha, v->g->beta, v->y + at_y * size, v->y_step);
    }
}

/* A strided x is read once per row of A: copied first, where there are several rows. */
static bool stage_x(const exec *x, gemv *v, gemm_strides *strides, void **copy)
{
    *copy = NULL;
    if (!v->by_rows || v->x_step == 1 || v->m < 4)
        return true;
    stage p;
    stage_begin(&p);
    *strides = *v->sx;
    for (int i = 0; i < v->g->nbatch; i++)
        if (strides->batch[i] != 0)
            stage_axis(&p, v->g->batch[i], &strides->batch[i]);
    stage_axis(&p, v->k, &v->x_step);
    if (!(*copy = stage_alloc(x, &p, v->g->dtype)))
        return false;
    stage_copy_in(x, &p, v->g->dtype, *copy, v->x);
    v->x = *copy;
    v->sx = strides;
    return true;
}

static bool alloc_sums(const exec *x, gemv *v)
{
    if (v->parts == 1)
        return true;
    size_t n = (size_t)(v->batches * v->parts * v->m) * v->size;
    v->sums = x->mem.alloc(x->mem.user, n);
    return v->sums != NULL;
}

static bool run(const exec *x, gemv *v)
{
    int64_t piece = v->height * v->depth; /* small ones go to a thread several at a time */
    size_t bytes = v->parts == 1 ? (size_t)smaller(v->height, v->m) * v->size : 0;
    bool ok = parallel_tiles(x, v->batches * v->blocks * v->parts,
                             piece < PIECE ? PIECE / piece : 1, bytes, run_pieces, v);
    if (ok && v->parts > 1)
        parallel_for(x, v->batches * ceil_div(v->m, JOIN), 1, join_parts, v);
    return ok;
}

bool gemv_run(const exec *x, const gemm_args *g)
{
    gemv v = orient(x, g);
    plan_pieces(&v);
    gemm_strides packed;
    void *copy = NULL;
    bool ok = alloc_sums(x, &v) && stage_x(x, &v, &packed, &copy) && run(x, &v);
    if (copy)
        x->mem.free(x->mem.user, copy);
    if (v.sums)
        x->mem.free(x->mem.user, v.sums);
    return ok;
}
