/* Contexts and scopes. A context owns a block pool, the handle slots and a stack of scopes; ending
 * a scope releases the handles made in it. Invariant: scope 0, the root, lives as long as the
 * context. */
#include "graph.h"

#include "base/threads.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct owned {
    struct owned *next;
    void (*free)(void *user);
    void *user;
};

enum { SEED = 0, FIRST_SCOPES = 16 };

static void *scratch_alloc(void *user, size_t bytes)
{
    tt_ctx *ctx = user;
    void *p = block_alloc(ctx->pool, bytes);
    if (!p)
        ctx_error(ctx, TT_ERR_NOMEM, "out of memory: %zu bytes of scratch", bytes);
    return p;
}

static void scratch_free(void *user, void *p)
{
    tt_ctx *ctx = user;
    block_free(ctx->pool, p);
}

static int threads(int n)
{
    return n <= 0 ? threads_default() : n < THREADS_MAX ? n : THREADS_MAX;
}

static void set_options(tt_ctx *ctx, const tt_ctx_options *o)
{
    ctx->seed = o ? o->seed : SEED;
    ctx->ex.k = kernels_pick();
    ctx->ex.mem = (scratch){scratch_alloc, scratch_free, ctx};
    ctx->ex.num_threads = threads(o ? o->num_threads : 0);
    ctx->mode = TT_GRAD;
    ctx->next_mark = 1;
}

tt_ctx *tt_ctx_new_with(const tt_ctx_options *options)
{
    tt_ctx_options o = TT_CTX_OPTIONS_INIT;
    if (options)
        memcpy(&o, options,
               options->struct_size && options->struct_size < sizeof o ? options->struct_size
                                                                       : sizeof o);
    block_pool *pool = block_pool_new(&o.allocator, o.memory_limit);
    if (!pool)
        return NULL;
    tt_ctx *ctx = block_alloc(pool, sizeof *ctx);
    if (ctx) {
        memset(ctx, 0, sizeof *ctx);
        ctx->pool = pool;
        set_options(ctx, &o);
        ctx->scopes = block_alloc(pool, FIRST_SCOPES * sizeof *ctx->scopes);
        if (ctx->scopes) {
            ctx->cap_scopes = FIRST_SCOPES;
            ctx->scopes[ctx->n_scopes++] = (scope){.mode = TT_GRAD};
            return ctx;
        }
        block_free(pool, ctx);
    }
    block_pool_close(pool);
    return NULL;
}

tt_ctx *tt_ctx_new(void)
{
    return tt_ctx_new_with(NULL);
}

static void end_scopes(tt_ctx *ctx, int down_to)
{
    while (ctx->n_scopes > down_to) {
        scope *s = &ctx->scopes[ctx->n_scopes - 1];
        while (s->first)
            tensor_release(s->first);
        ctx->n_scopes--;
        ctx->mode = s->mode;
    }
}

void tt_ctx_free(tt_ctx *ctx)
{
    if (!ctx || ctx_releasing(ctx, "ctx_free"))
        return;
    for (owned *o; (o = ctx->owned);) {
        ctx->owned = o->next;
        o->free(o->user);
        block_free(ctx->pool, o);
    }
    end_scopes(ctx, 0);
    tape_clear(ctx);
    block_pool *pool = ctx->pool;
    tensor_slots_free(ctx);
    block_free(pool, ctx->scopes);
    block_free(pool, ctx);
    block_pool_close(pool);
}

tt_status tt_ctx_on_free(tt_ctx *ctx, void (*fn)(void *user), void *user)
{
    if (!ctx || ctx_releasing(ctx, "ctx_on_free"))
        return TT_ERR_ARG;
    if (!fn)
        return ctx_error(ctx, TT_ERR_ARG, "ctx_on_free: the function is NULL");
    owned *o = block_alloc(ctx->pool, sizeof *o);
    if (!o)
        return ctx_error(ctx, TT_ERR_NOMEM, "out of memory: ctx_on_free");
    *o = (owned){ctx->owned, fn, user};
    ctx->owned = o;
    return TT_OK;
}

void *tt_ctx_alloc(tt_ctx *ctx, size_t bytes)
{
    if (!ctx || ctx_releasing(ctx, "ctx_alloc") || ctx->err.code)
        return NULL;
    return scratch_alloc(ctx, bytes);
}

void tt_ctx_dealloc(tt_ctx *ctx, void *p)
{
    if (ctx)
        block_free(ctx->pool, p);
}

bool tt_ok(const tt_ctx *ctx)
{
    return ctx && ctx->err.code == TT_OK;
}

tt_status tt_error_code(const tt_ctx *ctx)
{
    return ctx ? ctx->err.code : TT_ERR_NOMEM;
}

const char *tt_error_message(const tt_ctx *ctx)
{
    if (!ctx)
        return "no context: out of memory";
    return ctx->releasing ? "a release function of borrow may not use the context" : ctx->err.text;
}

void tt_error_clear(tt_ctx *ctx)
{
    if (!ctx || ctx_releasing(ctx, "error_clear"))
        return;
    ctx->err.code = TT_OK;
    ctx->err.text[0] = '\0';
}

void ctx_put_aside(tt_ctx *ctx, error_state *held)
{
    held->code = ctx->err.code;
    if (held->code)
        *held = ctx->err;
    ctx->err.code = TT_OK;
}

void ctx_put_back(tt_ctx *ctx, const error_state *held)
{
    if (held->code)
        ctx->err = *held;
}

tt_status tt_error_set(tt_ctx *ctx, tt_status status, const char *format, ...)
{
    va_list args;
    if (!ctx || status == TT_OK)
        return status;
    va_start(args, format);
    error_set(&ctx->err, ctx, status, format, args);
    va_end(args);
    return ctx->err.code;
}

void tt_set_error_handler(tt_ctx *ctx, tt_error_handler fn, void *user)
{
    if (!ctx)
        return;
    ctx->err.fn = fn;
    ctx->err.user = user;
}

static bool grow_scopes(tt_ctx *ctx)
{
    if (ctx->n_scopes < ctx->cap_scopes)
        return true;
    int cap = ctx->cap_scopes * 2;
    scope *s = block_alloc(ctx->pool, (size_t)cap * sizeof *s);
    if (!s)
        return false;
    memcpy(s, ctx->scopes, (size_t)ctx->n_scopes * sizeof *s);
    block_free(ctx->pool, ctx->scopes);
    ctx->scopes = s;
    ctx->cap_scopes = cap;
    return true;
}

tt_scope tt_scope_begin(tt_ctx *ctx, tt_grad_mode mode)
{
    if (!ctx || ctx_releasing(ctx, "scope_begin"))
        return (tt_scope){0};
    if (!grow_scopes(ctx)) {
        ctx_error(ctx, TT_ERR_NOMEM, "out of memory: scope_begin at depth %d", ctx->n_scopes);
        return (tt_scope){0};
    }
    scope *s = &ctx->scopes[ctx->n_scopes++];
    *s = (scope){.mark = ctx->next_mark++, .mode = ctx->mode}; /* restored at the end */
    ctx->mode = mode;
    return (tt_scope){s->mark};
}

void tt_scope_end(tt_ctx *ctx, tt_scope s)
{
    if (!ctx || s.mark <= 0 || ctx_releasing(ctx, "scope_end"))
        return;
    for (int i = ctx->n_scopes - 1; i > ROOT; i--)
        if (ctx->scopes[i].mark == s.mark) {
            end_scopes(ctx, i);
            return;
        }
}

tt_tensor *tt_keep(tt_tensor *t)
{
    if (!tensor_alive(t) || ctx_releasing(t->ctx, "keep"))
        return NULL;
    if (t->scope > ROOT)
        tensor_move(t, t->scope - 1);
    return t;
}

tt_ctx *tt_ctx_of(const tt_tensor *t)
{
    return tensor_alive(t) ? t->ctx : NULL;
}

tt_tensor *tt_share(tt_ctx *ctx, tt_tensor *t)
{
    if (!ctx || ctx_releasing(ctx, "share") || !tensor_alive(t) || ctx->err.code)
        return NULL;
    block_pool_share(t->ctx->pool);
    tt_tensor *copy = tensor_of(ctx, t->dtype, &t->at, storage_ref(t->store));
    if (copy)
        copy->readonly = READ_ONLY;
    return copy;
}

void tt_seed(tt_ctx *ctx, uint64_t seed)
{
    if (!ctx)
        return;
    ctx->seed = seed;
    ctx->counter = 0;
}

void tt_set_num_threads(tt_ctx *ctx, int n)
{
    if (ctx)
        ctx->ex.num_threads = threads(n);
}

int tt_num_threads(const tt_ctx *ctx)
{
    return ctx ? ctx->ex.num_threads : 0;
}

tt_memory tt_memory_stats(const tt_ctx *ctx)
{
    tt_memory m = {0};
    if (ctx) {
        block_pool_stats(ctx->pool, &m);
        m.live_tensors = ctx->live;
    }
    return m;
}

void tt_memory_trim(tt_ctx *ctx)
{
    if (ctx)
        block_pool_trim(ctx->pool);
}
