/* Functions of the user that misbehave, in the middle of what the library does: hooks on gradients,
 * functions of checkpoints and of gradcheck, what releases borrowed memory, handlers of errors.
 * Each does what the next bytes say: returns nothing, something dead, foreign or of another shape,
 * leaves scopes open, ends those of others, computes, differentiates, fails. Afterwards the context
 * works, its scopes are those from before, and all memory comes back. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../unit/counted.h"
#include "step.h"

typedef struct play {
    const uint8_t *at, *end; /* what is still to be done */
    counter count;
    tt_ctx *ctx, *other;
    tt_tensor *x, *p, *dead, *foreign; /* (2, 3) float64; p requires a gradient */
    tt_scope outer;                    /* open, and not the functions' own */
    int depth, released, borrowed;
} play;

static int next(play *p)
{
    return p->at < p->end ? *p->at++ : 0;
}

static tt_tensor *product(play *p, tt_tensor *x)
{
    return tt_mul(tt_exp(tt_mul_scalar(x, 0.1)), tt_requires_grad(x) ? p->p : x);
}

static tt_tensor *function(tt_ctx *ctx, int n, tt_tensor *const *in, void *user);
static tt_tensor *hook(tt_tensor *grad, void *user);

/* Something else in between, which is allowed. */
static void distract(play *p, tt_tensor *x)
{
    tt_tensor *g[1] = {NULL};
    if (p->depth > 2)
        return;
    p->depth++;
    switch (next(p) & 7) {
    case 0:
        tt_scope_begin(p->ctx, TT_NO_GRAD); /* and stays open */
        break;
    case 1:
        tt_scope_end(p->ctx, p->outer); /* which is not its own */
        break;
    case 2: {
        tt_scope s = tt_scope_begin(p->ctx, TT_GRAD);
        tt_backward(tt_sum(tt_square(p->p), TT_ALL_AXES, false));
        tt_scope_end(p->ctx, s);
        break;
    }
    case 3:
        tt_grads_of(tt_sum(tt_mul(p->p, p->p), TT_ALL_AXES, false), 1, &p->p, TT_CREATE_GRAPH, g);
        break;
    case 4:
        tt_checkpoint(p->ctx, function, p, 1, &p->p);
        break;
    case 5:
        tt_error_set(p->ctx, TT_ERR_ARG, "of the function");
        break;
    case 6:
        tt_keep(x);
        break;
    default:
        tt_zero_grad(1, &p->p);
    }
    p->depth--;
}

/* What a function returns, of a right answer y. */
static tt_tensor *answer(play *p, tt_tensor *x, tt_tensor *y)
{
    int what = next(p);
    if (what & 32)
        distract(p, x);
    switch (what & 15) {
    case 0:
        return NULL;
    case 1:
        return p->dead;
    case 2:
        return p->foreign;
    case 3:
        return tt_reshape(y, TT_SHAPE(-1));
    case 4:
        return tt_cast(y, TT_F32);
    case 5:
        return tt_set_readonly(tt_clone(y));
    case 6:
        return x;
    case 7: { /* of a scope that ends before it returns */
        tt_scope s = tt_scope_begin(p->ctx, TT_NO_GRAD);
        tt_tensor *gone = tt_clone(y);
        tt_scope_end(p->ctx, s);
        return gone;
    }
    case 8:
        tt_scope_begin(p->ctx, TT_GRAD);
        return tt_mul_scalar(y, 1);
    default:
        return y;
    }
}

static tt_tensor *function(tt_ctx *ctx, int n, tt_tensor *const *in, void *user)
{
    play *p = user;
    (void)ctx, (void)n;
    return answer(p, in[0], product(p, in[0]));
}

static tt_tensor *hook(tt_tensor *grad, void *user)
{
    return answer(user, grad, tt_mul_scalar(grad, 0.5));
}

static void handler(tt_ctx *ctx, tt_status status, const char *message, void *user)
{
    (void)user;
    if (status == TT_OK || !*message || tt_error_code(ctx) != status)
        abort();
}

/* Releases memory, and calls what it may not. */
static void release(void *user)
{
    play *p = user;
    p->released++;
    switch (next(p) & 3) {
    case 0:
        tt_exp(p->x);
        break;
    case 1:
        tt_scope_begin(p->ctx, TT_GRAD);
        break;
    default:
        break;
    }
}

static void borrow(play *p)
{
    static double memory[6] = {1, 2, 3, 4, 5, 6};
    tt_scope s = tt_scope_begin(p->ctx, TT_GRAD);
    tt_tensor *t = tt_borrow(p->ctx, TT_F64, TT_SHAPE(2, 3), NULL, memory, release, p);
    p->borrowed += t != NULL;
    tt_tensor *y = tt_mul(t, p->p);
    if (next(p) & 1)
        tt_backward(tt_sum(y, TT_ALL_AXES, false));
    tt_scope_end(p->ctx, s);
}

static void with_hooks(play *p)
{
    tt_tensor *y = product(p, p->p), *g[1] = {NULL};
    tt_on_grad(y, hook, p);
    if (next(p) & 1)
        tt_on_grad(p->p, hook, p); /* stays, for all that comes */
    y = tt_sum(tt_mul(y, p->x), TT_ALL_AXES, false);
    int how = next(p);
    if (how & 1)
        tt_backward_with(y, NULL, (unsigned)how >> 1 & 3);
    else
        tt_grads_of(y, 1, &p->p, (unsigned)how >> 1 & 3, g);
}

static void with_checkpoint(play *p)
{
    tt_tensor *y = tt_checkpoint(p->ctx, function, p, 1, next(p) & 1 ? &p->p : &p->x);
    if (next(p) & 1)
        y = tt_checkpoint(p->ctx, function, p, 1, &y);
    if (tt_requires_grad(y))
        tt_backward_with(y, tt_ones_like(y), (unsigned)next(p) & 3);
}

/* One thing, in scopes of its own; and whatever became of it, the context works. */
static void act(play *p)
{
    tt_scope s = tt_scope_begin(p->ctx, TT_GRAD);
    p->outer = next(p) & 1 ? s : tt_scope_begin(p->ctx, TT_GRAD);
    int what = next(p);
    if (what & 8) {
        p->count.calls = 0;
        p->count.fail_at = next(p) & 63;
    }
    switch (what & 7) {
    case 0:
    case 1:
        with_hooks(p);
        break;
    case 2:
    case 3:
        with_checkpoint(p);
        break;
    case 4:
        borrow(p);
        break;
    case 5:
        tt_gradcheck(p->ctx, function, p, 1, &p->x, NULL);
        break;
    default:
        tt_set_error_handler(p->ctx, what & 16 ? handler : NULL, p);
        distract(p, p->x);
    }
    p->count.fail_at = 0;
    tt_error_clear(p->ctx);
    tt_error_clear(p->other);
    tt_scope_end(p->ctx, s);
    tt_memory_trim(p->ctx);
    if (tt_item(tt_sum(p->x, TT_ALL_AXES, false)) != 21 || !tt_ok(p->ctx)) {
        fprintf(stderr, "the context does not work: %s\n", tt_error_message(p->ctx));
        abort();
    }
}

static tt_tensor *numbers(tt_ctx *ctx)
{
    return tt_from_data(ctx, TT_F64, TT_SHAPE(2, 3), (double[]){1, 2, 3, 4, 5, 6});
}

const uint8_t *fuzz_seed(int i, size_t *size)
{
    static uint8_t seed[64];
    for (int k = 0; k < (int)sizeof seed; k++)
        seed[k] = (uint8_t)(k * (7 + 2 * i) + i * 13 + (k * k >> 3));
    *size = sizeof seed;
    return i < 24 ? seed : NULL;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static play p;
    p = (play){.at = data, .end = data + size};
    p.ctx = counted(&p.count);
    p.other = counted(&p.count);
    if (!p.ctx || !p.other)
        abort();
    p.x = numbers(p.ctx);
    p.p = tt_param(numbers(p.ctx));
    p.foreign = numbers(p.other);
    tt_scope s = tt_scope_begin(p.ctx, TT_GRAD);
    p.dead = numbers(p.ctx);
    tt_scope_end(p.ctx, s);
    for (int n = 0; n < 20 && p.at < p.end; n++)
        act(&p);
    tt_set_error_handler(p.ctx, NULL, NULL);
    tt_ctx_free(p.ctx);
    tt_ctx_free(p.other);
    if (p.count.held || p.released != p.borrowed) {
        fprintf(stderr, "%lld blocks stay; %d of %d released\n", (long long)p.count.held,
                p.released, p.borrowed);
        abort();
    }
    return 0;
}
