/* Reductions: picks the loops for an id, runs them over the tasks of a reduce_plan and finishes the
 * accumulators (a division, a logarithm, ...) into the result. An id is one or two steps; the
 * second reads what the first found (log-sum-exp: the maximum; variance: the mean) before it was
 * rounded to an element, task by task, so that the data of a task is still in cache. Parts of one
 * result are joined in order, whoever ran them. */
#include <math.h>
#include <stddef.h>
#include <string.h>
#include "kernel/isa/kernels.h"
#include "kernel/walk/tiles.h"
#include "reduce.h"
#include "plan.h"

enum { GRAIN = 32768, MAX_STEPS = 2, FEW = 128, NARROW = 64 };

/* What becomes of an accumulator. */
typedef enum finish {
    KEEP,
    ANY, /* v > 0 */
    ALL, /* v == n */
#define FINISH(name, value) name,
#include "reduce.def"
} finish;

typedef enum centre {
    NONE,
    FIXED,    /* the job's parameter */
    FIRST,    /* the first of the elements */
    PREVIOUS, /* what the step before found */
    FINITE    /* the same, 0 if infinite or NaN */
} centre;

typedef struct step {
    reduce_map map;
    finish how;
    centre from;
} step;

typedef struct recipe {
    int nsteps;
    step steps[MAX_STEPS];
} recipe;

typedef struct job {
    reduce_plan p;
    const exec *x;
    const recipe *r;
    const reduce_loop *loops; /* of the input's type */
    const char *in;
    int64_t in_size;
    operand out, mid, rest;
    double param;         /* order of a norm, correction of a variance */
    int step;             /* the one that runs in parts */
    reduce_acc *partial;  /* width places for each part of each line */
    reduce_acc *previous; /* and for each line what the step before found */
} job;

static reduce_type loop_type(tt_dtype t)
{
    static const reduce_type table[] = {
        [TT_F32] = LOOP_TYPE_F32, [TT_F64] = LOOP_TYPE_F64, [TT_I64] = LOOP_TYPE_I64,
        [TT_BOOL] = LOOP_TYPE_U8, [TT_I32] = LOOP_TYPE_I32, [TT_U8] = LOOP_TYPE_U8,
        [TT_F16] = LOOP_TYPE_H16, [TT_BF16] = LOOP_TYPE_H16};
    return table[t];
}

static double load(operand o, int64_t at)
{
    return o.dtype == TT_F32 ? (double)((const float *)o.data)[at] : ((const double *)o.data)[at];
}

/* Results to every stride-th element; whole: they are integers. */
#define STORE(NAME, T, FROM)                                                                       \
    static void NAME(T *out, int64_t stride, int64_t m, const reduce_acc *a)                       \
    {                                                                                              \
        for (int64_t i = 0; i < m; i++)                                                            \
            out[i * stride] = (T)a[i].FROM;                                                        \
    }

STORE(store_f32, float, f)
STORE(store_f64, double, f)
STORE(store_i64, int64_t, i)
STORE(store_byte, uint8_t, i)

static void store(operand o, int64_t at, int64_t stride, bool whole, int64_t m, reduce_acc *a)
{
    bool floating = o.dtype == TT_F32 || o.dtype == TT_F64;
    for (int64_t i = 0; i < m && whole && floating; i++)
        a[i].f = (double)a[i].i;
    if (o.dtype == TT_F32)
        store_f32((float *)o.data + at, stride, m, a);
    else if (o.dtype == TT_F64)
        store_f64((double *)o.data + at, stride, m, a);
    else if (o.dtype == TT_I64)
        store_i64((int64_t *)o.data + at, stride, m, a);
    else
        store_byte((uint8_t *)o.data + at, stride, m, a);
}

/* v finished to a floating result; c: the centre. */
static double finished(const job *j, finish how, double v, double c)
{
    const double n = (double)j->p.total, p = j->param;
    switch (how) {
#define FINISH(name, value)                                                                        \
    case name:                                                                                     \
        return value;
#include "reduce.def"
    default:
        return v;
    }
}

/* Finishes m accumulators; true if they then hold integers. */
static bool finish_all(const job *j, const step *s, int64_t m, const double *c, reduce_acc *a)
{
    bool integer = j->loops[s->map].integer;
    if (s->how == KEEP)
        return integer;
    if (s->how == ANY || s->how == ALL) {
        for (int64_t i = 0; i < m; i++)
            a[i].i = s->how == ANY ? a[i].i > 0 : a[i].i == j->p.total;
        return true;
    }
    for (int64_t i = 0; i < m; i++)
        a[i].f = finished(j, s->how, integer ? (double)a[i].i : a[i].f, c ? c[i] : 0);
    return false;
}

static reduce_acc identity(const job *j, const step *s)
{
    return j->loops[s->map].identity;
}

static void clear(const job *j, const step *s, int64_t m, reduce_acc *a)
{
    reduce_acc id = identity(j, s);
    for (int64_t i = 0; i < m; i++)
        a[i] = id;
}

/* Of a column plan: are several rows one behind the other, and few enough elements in each? */
static bool is_narrow(const reduce_plan *p)
{
    return p->columns && p->width <= NARROW && p->width == p->kept[0].size && p->kept[0].in == 1 &&
           p->red[0].in == p->width;
}

/* Bytes that the loops need for a line. */
static size_t loop_space(const reduce_plan *p)
{
    if (is_narrow(p))
        return 2 * REDUCE_COLUMNS * sizeof(double) + reduce_space(true, REDUCE_COLUMNS, 1);
    return reduce_space(p->columns, p->width, p->columns ? p->kept[0].in : p->red[0].in);
}

/* Rows as narrow as m, one behind the other: several of them are run as one wide row. */
static void narrow(const reduce_loop *loop, int64_t m, int64_t n, const char *in, int64_t size,
                   const double *c, reduce_acc id, reduce_acc *a, char *space)
{
    reduce_acc *wide = (reduce_acc *)(void *)space;
    double *centres = (double *)(wide + REDUCE_COLUMNS);
    space = (char *)(centres + REDUCE_COLUMNS);
    int64_t group = REDUCE_COLUMNS / m, groups = n / group;
    for (int64_t i = 0; i < group * m; i++) {
        wide[i] = id;
        centres[i] = c ? c[i % m] : 0;
    }
    loop->column(group * m, groups, in, 1, group * m, centres, wide, space);
    for (int64_t g = 0; g < group; g++)
        loop->join(m, a, wide + g * m);
    const char *rest = in + groups * group * m * size;
    loop->column(m, n - groups * group, rest, 1, m, c, a, space);
}

/* Units [begin, end) of m outputs side by side; in: their first element. */
static void run_units(const job *j, const step *s, int64_t m, const char *in, int64_t begin,
                      int64_t end, const double *c, reduce_acc *a, char *space)
{
    const reduce_plan *p = &j->p;
    const reduce_axis *r = &p->red[0];
    const reduce_loop *loop = &j->loops[s->map];
    int64_t segments = (r->size + p->depth - 1) / p->depth, across = p->kept[0].in;
    for (int64_t u = begin; u < end; u++) {
        int64_t from = u % segments * p->depth;
        int64_t n = r->size - from < p->depth ? r->size - from : p->depth;
        int64_t at = from * r->in + reduce_offset(p->nred - 1, p->red + 1, u / segments);
        const char *data = in + at * j->in_size;
        if (!p->columns)
            loop->row(n, data, r->in, c ? c[0] : 0, a, space);
        else if (n > REDUCE_COLUMNS && is_narrow(p))
            narrow(loop, m, n, data, j->in_size, c, identity(j, s), a, space);
        else
            loop->column(m, n, data, across, r->in, c, a, space);
    }
}

/* The last step writes to out, the one before to aux. */
static bool to_out(const job *j, int k)
{
    return k + 1 == j->r->nsteps;
}

static double first_of(const job *j, const reduce_line *l, int64_t i)
{
    const operand in = {(void *)(uintptr_t)j->in, NULL, j->in_size == 4 ? TT_F32 : TT_F64};
    return j->p.total > 0 ? load(in, l->in + i * j->p.kept[0].in) : 0;
}

/* The centres of a step, or NULL where it has none; previous: what the step before found. */
static const double *centres(const job *j, int k, const reduce_line *l, const reduce_acc *previous,
                             double *c)
{
    centre from = j->r->steps[k].from;
    if (from == NONE)
        return NULL;
    for (int64_t i = 0; i < l->m; i++) {
        c[i] = from == FIXED ? j->param : from == FIRST ? first_of(j, l, i) : previous[i].f;
        if (from == FINITE && !isfinite(c[i]))
            c[i] = 0;
    }
    return c;
}

/* What mid, already written, has no digits for. */
static void store_rest(const job *j, const reduce_line *l, const reduce_acc *a)
{
    reduce_acc rest;
    for (int64_t i = 0; i < l->m; i++) {
        int64_t at = l->aux + i * j->p.kept[0].aux;
        rest.f = a[i].f - load(j->mid, at);
        store(j->rest, at, 1, false, 1, &rest);
    }
}

static void finish_line(const job *j, int k, const reduce_line *l, const double *c, reduce_acc *a)
{
    const reduce_axis *across = &j->p.kept[0];
    finish how = j->r->steps[k].how;
    if (j->rest.data && how == LOG)
        store(j->rest, l->aux, across->aux, false, l->m, a);
    bool whole = finish_all(j, &j->r->steps[k], l->m, c, a);
    if (to_out(j, k))
        store(j->out, l->out, across->out, whole, l->m, a);
    else
        store(j->mid, l->aux, across->aux, whole, l->m, a);
    if (j->rest.data && how == SHIFTED_MEAN)
        store_rest(j, l, a);
}

static void run_part(const job *j, int k, const reduce_line *l, int64_t part, const double *c,
                     reduce_acc *a, char *space)
{
    const reduce_plan *p = &j->p;
    const step *s = &j->r->steps[k];
    int64_t begin = p->units * part / p->parts, end = p->units * (part + 1) / p->parts;
    clear(j, s, l->m, a);
    run_units(j, s, l->m, j->in + l->in * j->in_size, begin, end, c, a, space);
}

/* Whole lines: all steps and parts of each. */
static void lines_task(int64_t begin, int64_t end, void *arg, char *memory)
{
    const job *j = arg;
    char *loops = memory + tile_bytes(3 * j->p.width * (int64_t)sizeof(double));
    reduce_acc *acc = (reduce_acc *)(void *)memory, *part = acc + j->p.width;
    double *space = (double *)(part + j->p.width);
    for (int64_t t = begin; t < end; t++) {
        reduce_line l = reduce_line_at(&j->p, t);
        for (int k = 0; k < j->r->nsteps; k++) {
            const double *c = centres(j, k, &l, acc, space);
            run_part(j, k, &l, 0, c, acc, loops);
            for (int64_t i = 1; i < j->p.parts; i++) {
                run_part(j, k, &l, i, c, part, loops);
                j->loops[j->r->steps[k].map].join(l.m, acc, part);
            }
            finish_line(j, k, &l, c, acc);
        }
    }
}

/* One part of one line, in the current step. */
static void parts_task(int64_t begin, int64_t end, void *arg, char *memory)
{
    const job *j = arg;
    char *loops = memory + tile_bytes(j->p.width * (int64_t)sizeof(double));
    double *space = (double *)(void *)memory;
    for (int64_t t = begin; t < end; t++) {
        int64_t line = t / j->p.parts;
        reduce_line l = reduce_line_at(&j->p, line);
        const double *c = centres(j, j->step, &l, j->previous + line * j->p.width, space);
        run_part(j, j->step, &l, t % j->p.parts, c, j->partial + t * j->p.width, loops);
    }
}

static void join_parts(const job *j, int64_t lines, double *space)
{
    for (int64_t t = 0; t < lines; t++) {
        reduce_line l = reduce_line_at(&j->p, t);
        reduce_acc *acc = j->partial + t * j->p.parts * j->p.width;
        for (int64_t i = 1; i < j->p.parts; i++)
            j->loops[j->r->steps[j->step].map].join(l.m, acc, acc + i * j->p.width);
        reduce_acc *previous = j->previous + t * j->p.width;
        finish_line(j, j->step, &l, centres(j, j->step, &l, previous, space), acc);
        memcpy(previous, acc, (size_t)l.m * sizeof *acc);
    }
}

static void execute(job *j)
{
    const reduce_plan *p = &j->p;
    int64_t lines = reduce_lines(p), width = p->width;
    int64_t cost = p->total / p->parts * width + 1, grain = GRAIN / cost + 1;
    reduce_acc few[FEW];
    int64_t places = lines * p->parts * width, slots = places + (lines + 1) * width;
    bool parted = p->parts > 1 && j->x->num_threads > 1;
    if (parted)
        j->partial =
            slots <= FEW ? few : j->x->mem.alloc(j->x->mem.user, sizeof few[0] * (size_t)slots);
    if (!parted || !j->partial) {
        size_t bytes = tile_bytes(3 * width * (int64_t)sizeof(double)) + loop_space(p);
        parallel_tiles(j->x, lines, GRAIN / (cost * p->parts) + 1, bytes, lines_task, j);
        return;
    }
    j->previous = j->partial + places;
    double *space = (double *)(void *)(j->previous + lines * width);
    size_t bytes = tile_bytes(width * (int64_t)sizeof(double)) + loop_space(p);
    bool ok = true;
    for (j->step = 0; ok && j->step < j->r->nsteps; j->step++) {
        ok = parallel_tiles(j->x, lines * p->parts, grain, bytes, parts_task, j);
        if (ok)
            join_parts(j, lines, space);
    }
    if (j->partial != few)
        j->x->mem.free(j->x->mem.user, j->partial);
    j->partial = NULL;
}

/* The macros of the rows' steps. */
/* clang-format off */
#define NEVER                           {0}
#define ONE(map, how)                   {1, {{MAP_##map, how, NONE}}}
#define FOR(map, how)                   {1, {{MAP_##map, how, FIXED}}}
#define TWO(map, how, map2, how2, from) {2, {{MAP_##map, how, NONE}, {MAP_##map2, how2, from}}}
#define SHIFTED(map, how, map2, how2, from) \
    {2, {{MAP_##map, how, FIRST}, {MAP_##map2, how2, from}}}
/* clang-format on */

void reduce_run(const exec *x, const reduce_args *a)
{
    static const recipe numbers[] = {
#define REDUCE(name, of_int, of_bool, empty, saves, dx, lo, hi, steps, truths)       steps,
#define REDUCE_APART(name, of_int, of_bool, empty, saves, dx, lo, hi, steps, truths) steps,
#define REDUCE_TEST(name, result, empty, steps)                                      steps,
#define REDUCE_STEPS(name, steps)                                                    steps,
#include "reduce.def"
    };
    static const recipe truths[REDUCE_COUNT] = {
#define REDUCE(name, of_int, of_bool, empty, saves, dx, lo, hi, steps, truths)       truths,
#define REDUCE_APART(name, of_int, of_bool, empty, saves, dx, lo, hi, steps, truths) truths,
#define REDUCE_TEST(name, result, empty, steps)                                      steps,
#include "reduce.def"
    };
    const operand in = a->in;
    job j = {.x = x,
             .r = in.dtype == TT_BOOL ? &truths[a->id] : &numbers[a->id],
             .loops = x->k->reduce->loop[loop_type(in.dtype)],
             .in = in.data,
             .in_size = element_size(in.dtype),
             .out = a->out,
             .mid = a->mid.data ? a->mid : a->out,
             .rest = a->rest,
             .param = a->p};
    reduce_plan_init(&j.p, in.at, j.out.at, j.mid.at, a->reduced);
    execute(&j);
}
