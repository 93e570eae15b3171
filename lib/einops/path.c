/* The order of contraction. Input: which axes each operand has; output: pairs of operands, cheapest
 * in multiplications and additions. Few operands: the best of all orders, by dynamic programming
 * over subsets. Many: greedy, by the pair that frees the most memory, or costs the least, whichever
 * is the cheaper in the end. Invariant: costs depend on sizes only, so the order is reproducible.
 */
#include "path.h"

#include <math.h>

double path_elements(const path_problem *q, const axis_set *axes)
{
    double n = 1;
    for (int w = 0; w * 64 < q->n_axes; w++) {
        int axis = w * 64;
        for (uint64_t bits = axes->word[w]; bits; bits >>= 1, axis++)
            if (bits & 1)
                n *= (double)q->size[axis];
    }
    return n;
}

static int count(const path_problem *q, const axis_set *axes)
{
    int n = 0;
    for (int w = 0; w * 64 < q->n_axes; w++)
        for (uint64_t bits = axes->word[w]; bits; bits &= bits - 1)
            n++;
    return n;
}

static axis_set both(const axis_set *a, const axis_set *b)
{
    axis_set r;
    for (int w = 0; w < PATH_WORDS; w++)
        r.word[w] = a->word[w] | b->word[w];
    return r;
}

static axis_set shared(const axis_set *a, const axis_set *b)
{
    axis_set r;
    for (int w = 0; w < PATH_WORDS; w++)
        r.word[w] = a->word[w] & b->word[w];
    return r;
}

static axis_set without(const axis_set *a, const axis_set *b)
{
    axis_set r;
    for (int w = 0; w < PATH_WORDS; w++)
        r.word[w] = a->word[w] & ~b->word[w];
    return r;
}

static bool is_empty(const axis_set *a)
{
    uint64_t any = 0;
    for (int w = 0; w < PATH_WORDS; w++)
        any |= a->word[w];
    return any == 0;
}

static bool same(const axis_set *a, const axis_set *b)
{
    uint64_t differ = 0;
    for (int w = 0; w < PATH_WORDS; w++)
        differ |= a->word[w] ^ b->word[w];
    return differ == 0;
}

/* One multiplication for each combination of the axes, and an addition when some are summed. */
static double pair_cost(const path_problem *q, const axis_set *axes, const axis_set *result)
{
    return path_elements(q, axes) * (same(axes, result) ? 1 : 2);
}

static void add_step(path *r, const path_problem *q, int a, int b, const axis_set *axes,
                     const axis_set *result)
{
    path_step *s = &r->step[r->n++];
    double elements = path_elements(q, result);
    *s = (path_step){a, b, *result, pair_cost(q, axes, result)};
    r->cost += s->cost;
    r->largest = elements > r->largest ? elements : r->largest;
}

/* The search through every order: what is known of each set of operands. */
typedef struct subset {
    double cost;   /* of contracting its operands into one */
    axis_set axes; /* of that one */
    unsigned left; /* the operands on one side of its last step */
} subset;

/* What remains of some operands: axes that the others or the output have, too. */
static axis_set remains(const path_problem *q, unsigned members)
{
    axis_set in = {{0}}, rest = q->out;
    for (int i = 0; i < q->n; i++) {
        axis_set *to = members >> i & 1 ? &in : &rest;
        *to = both(to, &q->operand[i]);
    }
    return shared(&in, &rest);
}

/* The cheapest last step: all ways to part the members in two, the lowest on the left. Results with
 * too many axes cost so much that they are taken only where nothing else is possible. */
static void best_split(const path_problem *q, subset *table, unsigned members)
{
    static const double forbidden = 1e200;
    unsigned lowest = members & (~members + 1);
    subset *s = &table[members];
    s->axes = remains(q, members);
    s->cost = (double)INFINITY;
    double penalty = count(q, &s->axes) > LAYOUT_MAX_NDIM ? forbidden : 0;
    for (unsigned left = (members - 1) & members; left; left = (left - 1) & members) {
        if (!(left & lowest))
            continue;
        const subset *a = &table[left], *b = &table[members & ~left];
        double cost = a->cost + b->cost + penalty;
        if (cost >= s->cost && s->left)
            continue;
        axis_set axes = both(&a->axes, &b->axes);
        cost += pair_cost(q, &axes, &s->axes);
        if (cost < s->cost || !s->left) {
            s->cost = cost;
            s->left = left;
        }
    }
}

/* Writes the steps of a subset, those of its parts first; returns the number of its result.
 * NOLINTNEXTLINE(misc-no-recursion): as deep as there are operands */
static int write_steps(path *r, const path_problem *q, const subset *table, unsigned members)
{
    int i = 0;
    while (!(members >> i & 1))
        i++;
    if (members == 1u << i)
        return i;
    const subset *s = &table[members];
    unsigned right = members & ~s->left;
    int a = write_steps(r, q, table, s->left), b = write_steps(r, q, table, right);
    axis_set axes = both(&table[s->left].axes, &table[right].axes);
    add_step(r, q, a, b, &axes, &s->axes);
    return q->n + r->n - 1;
}

static bool find_optimal(path *r, const path_problem *q, tt_ctx *ctx)
{
    unsigned all = (1u << q->n) - 1;
    subset *table = tt_ctx_alloc(ctx, (all + 1) * sizeof *table);
    if (!table)
        return false;
    for (unsigned members = 1; members <= all; members++) {
        table[members].left = 0;
        if ((members & (members - 1)) == 0) {
            table[members].cost = 0;
            table[members].axes = remains(q, members);
        } else {
            best_split(q, table, members);
        }
    }
    write_steps(r, q, table, all);
    tt_ctx_dealloc(ctx, table);
    return true;
}

/* The greedy search: what is left to contract, and who has which axis. */
typedef enum taste { FREES_MOST, COSTS_LEAST, TASTES } taste;

typedef struct greedy {
    const path_problem *q;
    taste taste;
    int n;
    struct {
        int id;
        axis_set axes;
        double elements;
    } live[PATH_OPERANDS];
    int16_t uses[PLAN_AXES]; /* operands that have it, and the output */
    axis_set twice;          /* axes that the next contraction of two removes */
} greedy;

static void start(greedy *g, const path_problem *q, taste t)
{
    g->q = q;
    g->taste = t;
    g->n = q->n;
    g->twice = (axis_set){{0}};
    for (int i = 0; i < q->n; i++) {
        g->live[i].id = i;
        g->live[i].axes = q->operand[i];
        g->live[i].elements = path_elements(q, &q->operand[i]);
    }
    for (int axis = 0; axis < q->n_axes; axis++) {
        g->uses[axis] = set_has(&q->out, axis) ? 2 : 0; /* never removed */
        for (int i = 0; i < q->n; i++)
            g->uses[axis] = (int16_t)(g->uses[axis] + set_has(&q->operand[i], axis));
        if (g->uses[axis] == 2 && !set_has(&q->out, axis))
            set_add(&g->twice, axis);
    }
}

static axis_set result_of(const greedy *g, int i, int j)
{
    axis_set common = shared(&g->live[i].axes, &g->live[j].axes);
    axis_set removed = shared(&common, &g->twice), axes = both(&g->live[i].axes, &g->live[j].axes);
    return without(&axes, &removed);
}

/* Less is better. Pairs without a common axis come behind all others, the smallest first, and
 * results with too many axes last of all. */
static double score(const greedy *g, int i, int j)
{
    static const double outer = 1e100, forbidden = 1e200;
    axis_set common = shared(&g->live[i].axes, &g->live[j].axes), result = result_of(g, i, j);
    double elements = path_elements(g->q, &result), s;
    if (g->taste == FREES_MOST) {
        s = elements - g->live[i].elements - g->live[j].elements;
    } else {
        axis_set axes = both(&g->live[i].axes, &g->live[j].axes);
        s = pair_cost(g->q, &axes, &result);
    }
    if (count(g->q, &result) > LAYOUT_MAX_NDIM)
        return forbidden * (1 + elements);
    return is_empty(&common) ? outer * (1 + elements) : s;
}

/* Two operands become one, which takes the first's place. */
static void contract(greedy *g, path *r, int i, int j)
{
    axis_set axes = both(&g->live[i].axes, &g->live[j].axes), result = result_of(g, i, j);
    axis_set common = shared(&g->live[i].axes, &g->live[j].axes);
    add_step(r, g->q, g->live[i].id, g->live[j].id, &axes, &result);
    for (int axis = 0; axis < g->q->n_axes; axis++)
        if (set_has(&common, axis) && --g->uses[axis] == 2 && !set_has(&g->q->out, axis))
            set_add(&g->twice, axis);
    g->live[i].id = g->q->n + r->n - 1;
    g->live[i].axes = result;
    g->live[i].elements = path_elements(g->q, &result);
    g->live[j] = g->live[--g->n];
}

static void find_greedily(path *r, const path_problem *q, taste t)
{
    greedy g;
    start(&g, q, t);
    while (g.n > 1) {
        int a = 0, b = 1;
        double best = (double)INFINITY;
        for (int i = 0; i < g.n; i++)
            for (int j = i + 1; j < g.n; j++) {
                double s = score(&g, i, j);
                if (s < best) {
                    best = s;
                    a = i;
                    b = j;
                }
            }
        contract(&g, r, a, b);
    }
}

static void clear(path *r)
{
    r->n = 0;
    r->cost = r->largest = 0;
}

bool path_find(path *r, const path_problem *q, tt_ctx *ctx)
{
    clear(r);
    if (q->n < 2)
        return true;
    if (q->n <= PATH_OPTIMAL)
        return find_optimal(r, q, ctx);
    double least = (double)INFINITY;
    taste best = FREES_MOST;
    for (int t = 0; t < TASTES; t++) {
        clear(r);
        find_greedily(r, q, (taste)t);
        if (r->cost < least) {
            least = r->cost;
            best = (taste)t;
        }
    }
    if (best != TASTES - 1) {
        clear(r);
        find_greedily(r, q, best);
    }
    return true;
}
