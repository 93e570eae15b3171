/* argmax and argmin along one axis: the same plan as the other reductions, with the place of the
 * best element instead of an accumulator. Parts are ranges of the axis; the best of each is
 * compared in order, so that the first of equals wins. */
#include <stddef.h>
#include "kernel/isa/kernels.h"
#include "kernel/walk/tiles.h"
#include "reduce.h"
#include "plan.h"

enum { GRAIN = 32768, FEW = 128 };

typedef struct job {
    reduce_plan p;
    const reduce_arg_loop *loop;
    const char *in;
    int64_t in_size;
    int64_t *out;
    int64_t *partial; /* width places for each part of each line; NULL: parts are run one by one */
} job;

static size_t loop_space(const reduce_plan *p)
{
    return reduce_space(p->columns, p->width, p->columns ? p->kept[0].in : p->red[0].in);
}

static void run_part(const job *j, const reduce_line *l, int64_t part, int64_t *at, char *space)
{
    const reduce_plan *p = &j->p;
    const reduce_axis *r = &p->red[0];
    int64_t begin = p->units * part / p->parts * p->depth;
    int64_t end = p->units * (part + 1) / p->parts * p->depth;
    end = end < r->size ? end : r->size;
    const char *in = j->in + (l->in + begin * r->in) * j->in_size;
    if (p->columns)
        j->loop->column(l->m, end - begin, in, p->kept[0].in, r->in, at, space);
    else
        at[0] = j->loop->row(end - begin, in, r->in, space);
    for (int64_t i = 0; i < l->m; i++)
        at[i] += begin;
}

/* best = the better of best and the later one. */
static void join(const job *j, const reduce_line *l, int64_t *best, const int64_t *later)
{
    int64_t along = j->p.red[0].in * j->in_size, across = j->p.kept[0].in * j->in_size;
    const char *in = j->in + l->in * j->in_size;
    for (int64_t i = 0; i < l->m; i++) {
        const char *column = l->m > 1 ? in + i * across : in;
        if (j->loop->beats(column + later[i] * along, column + best[i] * along))
            best[i] = later[i];
    }
}

static void store(const job *j, const reduce_line *l, const int64_t *at)
{
    for (int64_t i = 0; i < l->m; i++)
        j->out[l->out + i * j->p.kept[0].out] = at[i];
}

static void lines_task(int64_t begin, int64_t end, void *arg, char *memory)
{
    const job *j = arg;
    char *space = memory;
    int64_t *best = (int64_t *)(void *)(memory + tile_bytes((int64_t)loop_space(&j->p)));
    int64_t *part = best + j->p.width;
    for (int64_t t = begin; t < end; t++) {
        reduce_line l = reduce_line_at(&j->p, t);
        run_part(j, &l, 0, best, space);
        for (int64_t i = 1; i < j->p.parts; i++) {
            run_part(j, &l, i, part, space);
            join(j, &l, best, part);
        }
        store(j, &l, best);
    }
}

static void parts_task(int64_t begin, int64_t end, void *arg, char *memory)
{
    const job *j = arg;
    for (int64_t t = begin; t < end; t++) {
        reduce_line l = reduce_line_at(&j->p, t / j->p.parts);
        run_part(j, &l, t % j->p.parts, j->partial + t * j->p.width, memory);
    }
}

static void join_parts(const job *j, int64_t lines)
{
    for (int64_t t = 0; t < lines; t++) {
        reduce_line l = reduce_line_at(&j->p, t);
        int64_t *best = j->partial + t * j->p.parts * j->p.width;
        for (int64_t i = 1; i < j->p.parts; i++)
            join(j, &l, best, best + i * j->p.width);
        store(j, &l, best);
    }
}

static void execute(const exec *x, job *j)
{
    const reduce_plan *p = &j->p;
    int64_t lines = reduce_lines(p);
    int64_t few[FEW], slots = lines * p->parts * p->width;
    int64_t cost = p->total / p->parts * p->width + 1;
    bool parted = p->parts > 1 && x->num_threads > 1;
    if (parted)
        j->partial = slots <= FEW ? few : x->mem.alloc(x->mem.user, sizeof few[0] * (size_t)slots);
    if (!parted || !j->partial) {
        size_t bytes = tile_bytes((int64_t)loop_space(p)) + 2 * (size_t)p->width * sizeof(int64_t);
        parallel_tiles(x, lines, GRAIN / (cost * p->parts) + 1, bytes, lines_task, j);
        return;
    }
    if (parallel_tiles(x, lines * p->parts, GRAIN / cost + 1, loop_space(p), parts_task, j))
        join_parts(j, lines);
    if (j->partial != few)
        x->mem.free(x->mem.user, j->partial);
}

void reduce_arg_run(const exec *x, bool largest, operand out, operand in, int axis)
{
    static const reduce_type type[] = {[TT_F32] = LOOP_TYPE_F32,
                                       [TT_F64] = LOOP_TYPE_F64,
                                       [TT_I64] = LOOP_TYPE_I64,
                                       [TT_BOOL] = LOOP_TYPE_U8};
    bool reduced[LAYOUT_MAX_NDIM] = {false};
    reduced[axis] = true;
    job j = {.in = in.data, .in_size = element_size(in.dtype), .out = out.data};
    j.loop = &x->k->reduce->arg[type[in.dtype]][largest];
    reduce_plan_init(&j.p, in.at, out.at, out.at, reduced);
    execute(x, &j);
}
