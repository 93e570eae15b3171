/* A program of API calls in any order, right and wrong: operations and views, scopes that end
 * before their time or twice, handles that are dead, NULL or of another context, gradients, memory
 * that runs out. Whatever it is: a call that fails says so in its context, a handle that is dead is
 * never taken for another, what lives can be read to its last element, and all memory comes back.
 */
#include <stdlib.h>
#include <string.h>

#include "../unit/counted.h"
#include "step.h"

enum { CONTEXTS = 2, DEPTH = 12, ROOT = 0, LONG = 30 };

/* A handle, and what is known of it without asking the library. */
typedef struct handle {
    tt_tensor *t;
    int ctx, level; /* the scope that it belongs to, counted from the root */
    bool dead;
    int died; /* at which step */
} handle;

typedef struct world {
    counter count;
    tt_ctx *ctx[CONTEXTS];
    tt_scope open[CONTEXTS][DEPTH], ended[CONTEXTS];
    int depth[CONTEXTS]; /* open scopes besides the root */
    handle r[STEP_REGISTERS];
    int steps;
    step_kind now;
} world;

/* Nothing, one line, or a line with the pattern and one with the mark. */
static void expect_sane(world *w)
{
    for (int i = 0; i < CONTEXTS; i++) {
        const char *message = tt_error_message(w->ctx[i]);
        if (tt_ok(w->ctx[i]) != !*message)
            step_wrong(&w->now, "an error without a text, or the reverse: '%s'", message);
        tt_memory m = tt_memory_stats(w->ctx[i]);
        if (m.bytes_in_use < 0 || m.live_tensors < 0 || m.cached < 0)
            step_wrong(&w->now, "impossible memory");
    }
}

/* Reads every element of what lives; what is dead must say so. */
static void expect_readable(world *w)
{
    for (int i = 0; i < STEP_REGISTERS; i++) {
        const handle *h = &w->r[i];
        size_t n;
        if (!h->t)
            continue;
        tt_error_clear(w->ctx[h->ctx]);
        if (h->dead && tt_ctx_of(h->t))
            step_wrong(&w->now, "a handle whose scope has ended is alive");
        tt_error_clear(w->ctx[h->ctx]);
        if (h->dead)
            continue;
        void *data = step_bytes(h->t, &n);
        if (!data)
            step_wrong(&w->now, "cannot read a tensor that lives: %s",
                       tt_error_message(w->ctx[h->ctx]));
        free(data);
    }
}

/* Another handle on the same tensor belongs to the same scope. */
static int level_of(const world *w, tt_tensor *t, int ctx)
{
    for (int i = 0; i < STEP_REGISTERS; i++)
        if (w->r[i].t == t && !w->r[i].dead)
            return w->r[i].level;
    return w->depth[ctx];
}

static void put(world *w, int to, tt_tensor *t, int ctx)
{
    if (!t)
        return;
    if (tt_ctx_of(t) != w->ctx[ctx])
        step_wrong(&w->now, "the result is of another context");
    w->r[to] = (handle){t, ctx, level_of(w, t, ctx), false, 0};
}

/* All handles on one tensor go to another scope together. */
static void move(world *w, const tt_tensor *t, int level)
{
    for (int i = 0; i < STEP_REGISTERS; i++)
        if (w->r[i].t == t && !w->r[i].dead)
            w->r[i].level = level;
}

static bool dead_or_none(const handle *h)
{
    return h->dead || !h->t;
}

/* A register from y on that goes with x, mostly. */
static int partner(const world *w, const step *s, int y)
{
    const handle *x = &w->r[s->x];
    for (int i = 0; i < STEP_REGISTERS && (s->c & 7) != 5 && !dead_or_none(x); i++) {
        const handle *h = &w->r[(y + i) % STEP_REGISTERS];
        if (h->ctx == x->ctx && !dead_or_none(h) && tt_dtype_of(h->t) == tt_dtype_of(x->t))
            return (y + i) % STEP_REGISTERS;
    }
    return y;
}

/* An operation. Of its operands the first is always used; with two of two contexts nothing is made.
 */
static void operate(world *w, step *s)
{
    const step_kind *k = &step_kinds[s->op];
    const handle x = w->r[s->x], *y = &w->r[partner(w, s, s->y)], *z = &w->r[partner(w, s, s->z)];
    int n = (int)strlen(k->operands), ctx = n ? x.ctx : s->a & 1;
    w->now = *k;
    tt_tensor *t = k->run(w->ctx[ctx], x.t, y->t, z->t, s);
    if (n && dead_or_none(&x) && t)
        step_wrong(k, "a result of a tensor that is not there");
    if (!t && tt_ok(w->ctx[0]) && tt_ok(w->ctx[1]) && (x.t || !n))
        step_wrong(k, "neither a result nor an error");
    if (t && !tt_ok(w->ctx[ctx]))
        step_wrong(k, "a result and an error: %s", tt_error_message(w->ctx[ctx]));
    if (!k->writes && tt_numel(t) <= 4096)
        put(w, s->to, t, ctx);
}

static void begin(world *w, int ctx, int mode)
{
    if (w->depth[ctx] == DEPTH)
        return;
    tt_scope s = tt_scope_begin(w->ctx[ctx], mode ? TT_GRAD : TT_NO_GRAD);
    if (s.mark)
        w->open[ctx][w->depth[ctx]++] = s;
    else if (tt_ok(w->ctx[ctx]))
        step_wrong(&w->now, "neither a scope nor an error");
}

/* Ends one of the open scopes and all in it, or one that has ended long ago. */
static void end(world *w, int ctx, int which)
{
    if (which < 0 || !w->depth[ctx]) {
        tt_scope_end(w->ctx[ctx], w->ended[ctx]);
        return;
    }
    int at = which % w->depth[ctx];
    w->ended[ctx] = w->open[ctx][at];
    tt_scope_end(w->ctx[ctx], w->open[ctx][at]);
    w->depth[ctx] = at;
    for (int i = 0; i < STEP_REGISTERS; i++)
        if (w->r[i].ctx == ctx && w->r[i].level > at && !w->r[i].dead) {
            w->r[i].dead = true;
            w->r[i].died = w->steps;
        }
}

/* Handles that have been dead for long may be those of other tensors. */
static void forget(world *w)
{
    for (int i = 0; i < STEP_REGISTERS; i++)
        if (w->r[i].dead && w->steps - w->r[i].died > LONG)
            w->r[i] = (handle){0};
}

static void keep(world *w, const handle *x)
{
    w->now.name = "keep";
    tt_tensor *t = tt_keep(x->t);
    if ((t != NULL) == dead_or_none(x))
        step_wrong(&w->now, "a dead one is kept, or one that lives is not");
    if (t && x->level > ROOT)
        move(w, t, x->level - 1);
}

static void param(world *w, const handle *x)
{
    w->now.name = "param";
    tt_tensor *t = tt_param(x->t);
    if (t && dead_or_none(x))
        step_wrong(&w->now, "a dead one becomes a parameter");
    if (t)
        move(w, t, ROOT);
}

static void share(world *w, const step *s)
{
    const handle *x = &w->r[s->x];
    int to = s->a & 1;
    w->now.name = "share";
    tt_tensor *t = tt_share(w->ctx[to], x->t);
    if (t && dead_or_none(x))
        step_wrong(&w->now, "a dead one is shared");
    put(w, s->to, t, to);
}

static void gradients(world *w, const step *s)
{
    const handle *x = &w->r[s->x], *y = &w->r[s->y];
    tt_tensor *out[2] = {NULL};
    int ctx = x->ctx;
    if (!x->t)
        return;
    w->now.name = "gradients";
    switch (s->a & 7) {
    case 0:
        tt_backward(x->t);
        break;
    case 1:
        tt_backward_with(x->t, y->t, (unsigned)s->b & 3);
        break;
    case 2:
        tt_backward(tt_sum(x->t, TT_ALL_AXES, false));
        break;
    case 3:
        tt_grads_of(tt_sum(x->t, TT_ALL_AXES, false), 2, (tt_tensor *[]){y->t, w->r[s->z].t},
                    (unsigned)s->b & 3, out);
        put(w, s->to, out[0], ctx);
        break;
    case 4:
        put(w, s->to, tt_clone(tt_grad(x->t)), ctx);
        break;
    case 5:
        tt_zero_grad(TT_TENSORS(x->t, y->t));
        break;
    case 6:
        tt_set_requires_grad(x->t, s->b & 1);
        break;
    default:
        tt_clip_grad_norm(TT_TENSORS(x->t, y->t), 0.5);
    }
}

static void train(world *w, const step *s)
{
    const handle *x = &w->r[s->x], *y = &w->r[s->y];
    int ctx = s->a & 1;
    w->now.name = "train";
    tt_optim *o = s->b & 1 ? tt_adamw(w->ctx[ctx], TT_TENSORS(x->t, y->t), 0.1, NULL)
                           : tt_sgd(w->ctx[ctx], TT_TENSORS(x->t), 0.1, NULL);
    if (!o && tt_ok(w->ctx[0]) && tt_ok(w->ctx[1]))
        step_wrong(&w->now, "neither an optimiser nor an error");
    tt_optim_add_group(o, TT_TENSORS(y->t), 0.5, 0);
    tt_optim_step(o);
    tt_optim_zero_grad(o);
    tt_optim_free(o);
}

/* Questions, which may be asked of anything. */
static void ask(world *w, const handle *x)
{
    char text[200];
    w->now.name = "ask";
    tt_print_options o = TT_PRINT_OPTIONS_INIT;
    o.threshold = 10;
    tt_format(x->t, &o, text, sizeof text);
    if (dead_or_none(x) && (tt_ndim(x->t) || tt_numel(x->t) || tt_shape(x->t) || tt_data(x->t) ||
                            tt_requires_grad(x->t) || tt_has_grad(x->t) || tt_grad(x->t)))
        step_wrong(&w->now, "a dead one answers");
    tt_item(x->t);
    tt_is_contiguous(x->t);
}

static void other(world *w, step *s, int what)
{
    handle *x = &w->r[s->x];
    int ctx = s->b & 1;
    w->now = (step_kind){.name = "other"};
    switch (what) {
    case 0:
    case 1:
        begin(w, ctx, s->a & 1);
        break;
    case 2:
        end(w, ctx, s->a);
        break;
    case 3:
        keep(w, x);
        break;
    case 4:
        param(w, x);
        break;
    case 5:
        share(w, s);
        break;
    case 6:
    case 7:
        gradients(w, s);
        break;
    case 8:
        train(w, s);
        break;
    case 9:
        ask(w, x);
        break;
    case 10:
        w->count.calls = 0;
        w->count.fail_at = s->a & 15; /* 0: no longer */
        break;
    case 11:
        *x = w->r[s->to]; /* the same tensor twice, or a dead one again */
        break;
    case 12:
        *x = (handle){0};
        break;
    case 13:
        tt_set_readonly(x->t);
        break;
    case 14:
        tt_error_set(w->ctx[ctx], TT_ERR_ARG, "of the program: %d", s->a);
        break;
    default:
        tt_seed(w->ctx[ctx], (uint64_t)s->a);
        tt_set_training(w->ctx[ctx], s->a & 1);
        tt_set_anomaly(w->ctx[ctx], s->a & 2);
    }
}
enum { OTHERS = 16 };

static void start(world *w)
{
    tt_tensor *r[STEP_REGISTERS];
    for (int i = 0; i < CONTEXTS; i++) {
        w->ctx[i] = counted(&w->count);
        if (!w->ctx[i])
            abort();
        tt_set_num_threads(w->ctx[i], 1);
        step_registers(w->ctx[i], false, r);
        for (int k = i; k < STEP_REGISTERS; k += i + 1) /* every second one of another context */
            w->r[k] = (handle){r[k], i, ROOT, false, 0};
    }
    for (int k = 0; k < 8; k++) /* those that can: so that gradients are wanted from the start */
        if (tt_dtype_of(w->r[k].t) <= TT_F64)
            tt_set_requires_grad(w->r[k].t, true);
}

/* Operations in turn, and after every two of them something else. */
const uint8_t *fuzz_seed(int i, size_t *size)
{
    enum { STEPS = 60 };
    static uint8_t program[STEPS * STEP_BYTES];
    for (int k = 0; k < STEPS; k++) {
        int op =
            k % 3 == 2 ? step_kinds_count + (k / 3 + i) % OTHERS : (k + i * 40) % step_kinds_count;
        uint8_t *d = program + (ptrdiff_t)k * STEP_BYTES;
        d[0] = (uint8_t)op;
        for (int n = 1; n < STEP_BYTES; n++)
            d[n] = (uint8_t)(k * (2 * n + i) + n * 5 + i);
        d[4] = (uint8_t)((d[4] & 15) | (op >> 8) << 4);
    }
    *size = sizeof program;
    return i < 12 ? program : NULL;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static world w;
    const uint8_t *last = data + size;
    step s;
    w = (world){0};
    start(&w);
    for (; w.steps < 200 && step_next(&data, last, step_kinds_count + 4 * OTHERS, &s); w.steps++) {
        forget(&w);
        if (s.op < step_kinds_count)
            operate(&w, &s);
        else
            other(&w, &s, (s.op - step_kinds_count) % OTHERS);
        expect_sane(&w);
        bool stays = (s.c & 15) == 9; /* an error stays until the next step */
        for (int i = 0; i < CONTEXTS; i++) {
            if (!stays)
                tt_error_clear(w.ctx[i]);
            tt_memory_trim(w.ctx[i]); /* what is freed is gone, for sanitizers to see */
        }
        if ((s.c & 7) == 3)
            expect_readable(&w);
    }
    w.count.fail_at = 0;
    tt_error_clear(w.ctx[0]);
    tt_error_clear(w.ctx[1]);
    expect_readable(&w);
    for (int i = 0; i < CONTEXTS; i++)
        tt_ctx_free(w.ctx[i]);
    if (w.count.held)
        step_wrong(&w.now, "%lld blocks stay", (long long)w.count.held);
    return 0;
}
