/* Reductions: picks the loops for an id, runs them over the tasks of a reduce_plan and finishes the
 * accumulators (a division, a logarithm, ...) into the result. An id is one or two steps; the
 * second reads what the first wrote (log-sum-exp: the maximum; variance: the mean), task by task,
 * so that the data of a task is still in cache. Parts of one result are joined in order, whoever
 * ran them. */
#include <math.h>
#include <stddef.h>
#include "kernel/isa/kernels.h"
#include "kernel/walk/parallel.h"
#include "reduce.h"
#include "plan.h"

enum { GRAIN = 32768, MAX_STEPS = 2, FEW = 128, NARROW = 64 };

/* What becomes of an accumulator; c is the centre, n the number of elements. */
typedef enum finish {
    KEEP,
    MEAN,     /* acc / n */
    ANY,      /* acc > 0 */
    ALL,      /* acc == n */
    LOG,      /* c + log(acc) */
    VARIANCE, /* acc / max(0, n - correction) */
    ROOT,     /* sqrt(acc) */
    POWER,    /* acc^(1 / order) */
    DIVIDE    /* c / acc */
} finish;

typedef enum centre {
    NONE,
    FIXED,    /* the job's parameter */
    PREVIOUS, /* what the step before wrote */
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
    operand out, aux;
    double param; /* order of a norm, correction of a variance */
    int step;     /* the one that runs in parts */
    reduce_acc *partial;
} job;

static reduce_type loop_type(tt_dtype t)
{
    static const reduce_type table[] = {
        [TT_F32] = LOOP_F32, [TT_F64] = LOOP_F64, [TT_I64] = LOOP_I64, [TT_BOOL] = LOOP_U8,
        [TT_I32] = LOOP_I32, [TT_U8] = LOOP_U8,   [TT_F16] = LOOP_H16, [TT_BF16] = LOOP_H16};
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

/* v finished to a floating result. */
static double finished(const job *j, finish how, double v, double c)
{
    double n = (double)j->p.total;
    switch (how) {
    case MEAN:
        return v / n;
    case LOG:
        return c + log(v);
    case VARIANCE:
        return v / fmax(0, n - j->param);
    case ROOT:
        return sqrt(v);
    case POWER:
        return pow(v, 1 / j->param);
    case DIVIDE:
        return c / v;
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

/* Rows as narrow as m, one behind the other: several of them are run as one wide row. */
static void narrow(const reduce_loop *loop, int64_t m, int64_t n, const char *in, int64_t size,
                   const double *c, reduce_acc id, reduce_acc *a)
{
    reduce_acc wide[REDUCE_COLUMNS];
    double centres[REDUCE_COLUMNS];
    int64_t group = REDUCE_COLUMNS / m, groups = n / group;
    for (int64_t i = 0; i < group * m; i++) {
        wide[i] = id;
        centres[i] = c ? c[i % m] : 0;
    }
    loop->column(group * m, groups, in, 1, group * m, centres, wide);
    for (int64_t g = 0; g < group; g++)
        loop->join(m, a, wide + g * m);
    const char *rest = in + groups * group * m * size;
    loop->column(m, n - groups * group, rest, 1, m, c, a);
}

/* Units [begin, end) of m outputs side by side; in: their first element. */
static void run_units(const job *j, const step *s, int64_t m, const char *in, int64_t begin,
                      int64_t end, const double *c, reduce_acc *a)
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
            loop->row(n, data, r->in, c ? c[0] : 0, a);
        else if (m <= NARROW && m == p->kept[0].size && across == 1 && r->in == m &&
                 n > REDUCE_COLUMNS)
            narrow(loop, m, n, data, j->in_size, c, identity(j, s), a);
        else
            loop->column(m, n, data, across, r->in, c, a);
    }
}

/* The last step writes to out, the one before to aux. */
static bool to_out(const job *j, int k)
{
    return k + 1 == j->r->nsteps;
}

/* The centres of a step, or NULL where it has none. */
static const double *centres(const job *j, int k, const reduce_line *l, double *c)
{
    centre from = j->r->steps[k].from;
    if (from == NONE)
        return NULL;
    for (int64_t i = 0; i < l->m; i++) {
        c[i] = from == FIXED ? j->param : load(j->aux, l->aux + i * j->p.kept[0].aux);
        if (from == FINITE && !isfinite(c[i]))
            c[i] = 0;
    }
    return c;
}

static void finish_line(const job *j, int k, const reduce_line *l, const double *c, reduce_acc *a)
{
    const reduce_axis *across = &j->p.kept[0];
    bool whole = finish_all(j, &j->r->steps[k], l->m, c, a);
    if (to_out(j, k))
        store(j->out, l->out, across->out, whole, l->m, a);
    else
        store(j->aux, l->aux, across->aux, whole, l->m, a);
}

static void run_part(const job *j, int k, const reduce_line *l, int64_t part, const double *c,
                     reduce_acc *a)
{
    const reduce_plan *p = &j->p;
    const step *s = &j->r->steps[k];
    int64_t begin = p->units * part / p->parts, end = p->units * (part + 1) / p->parts;
    clear(j, s, l->m, a);
    run_units(j, s, l->m, j->in + l->in * j->in_size, begin, end, c, a);
}

/* Whole lines: all steps and parts of each. */
static void lines_task(int64_t begin, int64_t end, void *arg)
{
    const job *j = arg;
    reduce_acc acc[REDUCE_COLUMNS], part[REDUCE_COLUMNS];
    double space[REDUCE_COLUMNS];
    for (int64_t t = begin; t < end; t++) {
        reduce_line l = reduce_line_at(&j->p, t);
        for (int k = 0; k < j->r->nsteps; k++) {
            const double *c = centres(j, k, &l, space);
            run_part(j, k, &l, 0, c, acc);
            for (int64_t i = 1; i < j->p.parts; i++) {
                run_part(j, k, &l, i, c, part);
                j->loops[j->r->steps[k].map].join(l.m, acc, part);
            }
            finish_line(j, k, &l, c, acc);
        }
    }
}

/* One part of one line, in the current step. */
static void parts_task(int64_t begin, int64_t end, void *arg)
{
    const job *j = arg;
    double space[REDUCE_COLUMNS];
    for (int64_t t = begin; t < end; t++) {
        reduce_line l = reduce_line_at(&j->p, t / j->p.parts);
        const double *c = centres(j, j->step, &l, space);
        run_part(j, j->step, &l, t % j->p.parts, c, j->partial + t * j->p.width);
    }
}

static void join_parts(const job *j, int64_t lines)
{
    double space[REDUCE_COLUMNS];
    for (int64_t t = 0; t < lines; t++) {
        reduce_line l = reduce_line_at(&j->p, t);
        reduce_acc *acc = j->partial + t * j->p.parts * j->p.width;
        for (int64_t i = 1; i < j->p.parts; i++)
            j->loops[j->r->steps[j->step].map].join(l.m, acc, acc + i * j->p.width);
        finish_line(j, j->step, &l, centres(j, j->step, &l, space), acc);
    }
}

static void execute(job *j)
{
    const reduce_plan *p = &j->p;
    int64_t lines = reduce_lines(p);
    int64_t cost = p->total / p->parts * p->width + 1, grain = GRAIN / cost + 1;
    reduce_acc few[FEW];
    int64_t slots = lines * p->parts * p->width;
    bool parted = p->parts > 1 && j->x->num_threads > 1;
    if (parted)
        j->partial =
            slots <= FEW ? few : j->x->mem.alloc(j->x->mem.user, sizeof few[0] * (size_t)slots);
    if (!parted || !j->partial) {
        parallel_for(j->x, lines, GRAIN / (cost * p->parts) + 1, lines_task, j);
        return;
    }
    for (j->step = 0; j->step < j->r->nsteps; j->step++) {
        parallel_for(j->x, lines * p->parts, grain, parts_task, j);
        join_parts(j, lines);
    }
    if (j->partial != few)
        j->x->mem.free(j->x->mem.user, j->partial);
}

static void run(const exec *x, const recipe *r, operand in, operand out, operand aux, double param,
                const bool *reduced)
{
    job j = {.x = x, .r = r, .in = in.data, .out = out, .aux = aux, .param = param};
    j.in_size = element_size(in.dtype);
    reduce_plan_init(&j.p, in.at, out.at, aux.at, reduced);
    j.loops = x->k->reduce->loop[loop_type(in.dtype)];
    execute(&j);
}

/* clang-format off */
#define ONE(MAP, HOW)                   {1, {{MAP, HOW, NONE}}}
#define TWO(MAP, HOW, MAP2, HOW2, FROM) {2, {{MAP, HOW, NONE}, {MAP2, HOW2, FROM}}}
/* clang-format on */

void reduce_run(const exec *x, reduce_id id, operand out, operand in, const bool *reduced)
{
    static const recipe numbers[REDUCE_COUNT] = {
        [REDUCE_SUM] = ONE(MAP_SUM, KEEP),
        [REDUCE_MEAN] = ONE(MAP_SUM, MEAN),
        [REDUCE_PROD] = ONE(MAP_PROD, KEEP),
        [REDUCE_MAX] = ONE(MAP_MAX, KEEP),
        [REDUCE_MIN] = ONE(MAP_MIN, KEEP),
        [REDUCE_ANY] = ONE(MAP_NONZERO, ANY),
        [REDUCE_ALL] = ONE(MAP_NONZERO, ALL),
        [REDUCE_COUNT_NONZERO] = ONE(MAP_NONZERO, KEEP),
        [REDUCE_COUNT_NUMBERS] = ONE(MAP_NUMBER, KEEP),
        [REDUCE_NANSUM] = ONE(MAP_NANSUM, KEEP),
        [REDUCE_NANMEAN] = TWO(MAP_NANSUM, KEEP, MAP_NUMBER, DIVIDE, PREVIOUS),
        [REDUCE_SUM_SQUARES] = ONE(MAP_SQUARE, KEEP),
        [REDUCE_SUM_ABS] = ONE(MAP_ABS, KEEP),
        [REDUCE_MAX_ABS] = ONE(MAP_MAX_ABS, KEEP),
        [REDUCE_MIN_ABS] = ONE(MAP_MIN_ABS, KEEP),
        [REDUCE_LOGSUMEXP] = TWO(MAP_MAX, KEEP, MAP_EXP, LOG, FINITE),
    };
    static const recipe truths[REDUCE_COUNT] = {
        [REDUCE_SUM] = ONE(MAP_NONZERO, KEEP), [REDUCE_MEAN] = ONE(MAP_NONZERO, MEAN),
        [REDUCE_PROD] = ONE(MAP_NONZERO, ALL), [REDUCE_MAX] = ONE(MAP_NONZERO, ANY),
        [REDUCE_MIN] = ONE(MAP_NONZERO, ALL),  [REDUCE_ANY] = ONE(MAP_NONZERO, ANY),
        [REDUCE_ALL] = ONE(MAP_NONZERO, ALL),  [REDUCE_COUNT_NONZERO] = ONE(MAP_NONZERO, KEEP),
    };
    run(x, in.dtype == TT_BOOL ? &truths[id] : &numbers[id], in, out, out, 0, reduced);
}

void reduce_var_run(const exec *x, operand out, operand mean, operand in, const bool *reduced,
                    double correction)
{
    static const recipe variance = TWO(MAP_SUM, MEAN, MAP_DEVIATION, VARIANCE, PREVIOUS);
    run(x, &variance, in, out, mean, correction, reduced);
}

void reduce_norm_run(const exec *x, operand out, operand in, const bool *reduced, double ord)
{
    static const recipe largest = ONE(MAP_MAX_ABS, KEEP), smallest = ONE(MAP_MIN_ABS, KEEP),
                        count = ONE(MAP_NONZERO, KEEP), sum = ONE(MAP_ABS, KEEP),
                        root = ONE(MAP_SQUARE, ROOT), general = {1, {{MAP_POW, POWER, FIXED}}};
    const recipe *r = &general;
    if (isinf(ord))
        r = ord > 0 ? &largest : &smallest;
    else if (ord == 0)
        r = &count;
    else if (ord == 1)
        r = &sum;
    else if (ord == 2)
        r = &root;
    run(x, r, in, out, out, ord, reduced);
}
