/* Handles: slots of slabs, linked into their scope's list. Input: a layout and a storage; output: a
 * live handle. Invariants: a live handle is in exactly one list, or PRIVATE and in none; a slot
 * that the user has had and that has been let go waits until QUARANTINE others have been taken, so
 * that its stale handle is recognised meanwhile, unless there is no memory for so many. */
#include "graph.h"

#include <stddef.h>
#include <string.h>

enum {
    QUARANTINE = 4096,
    FIRST = QUARANTINE + 512, /* slots of the first chunk: memory is touched as they are used */
    LARGEST = 1 << 14,        /* of those that follow, each of which doubles the number */
    SMALL = 64,               /* where memory is short */
    SHARE = 16                /* of a memory limit: the most that a chunk of many may take */
};

struct chunk {
    struct chunk *next; /* the newer one */
    int64_t n;
    tt_tensor slot[];
};

static void record(tt_ctx *ctx, tt_status code, const char *format, va_list args)
{
    if (ctx)
        error_set(&ctx->err, ctx, code, format, args);
}

tt_status ctx_error(tt_ctx *ctx, tt_status code, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    record(ctx, code, format, args);
    va_end(args);
    return code;
}

void *ctx_fail(tt_ctx *ctx, tt_status code, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    record(ctx, code, format, args);
    va_end(args);
    return NULL;
}

#if defined __SANITIZE_ADDRESS__
#define HAVE_ASAN 1
#elif defined __has_feature
#if __has_feature(address_sanitizer)
#define HAVE_ASAN 1
#endif
#endif
#ifdef HAVE_ASAN
#include <sanitizer/asan_interface.h>
/* A dead slot keeps its stamp and context readable; touching the rest is a library bug. */
static void poison(tt_tensor *t)
{
    ASAN_POISON_MEMORY_REGION(&t->data, sizeof *t - offsetof(tt_tensor, data));
}
static void unpoison(tt_tensor *t)
{
    ASAN_UNPOISON_MEMORY_REGION(t, sizeof *t);
}
#else
static void poison(tt_tensor *t)
{
    (void)t;
}
static void unpoison(tt_tensor *t)
{
    (void)t;
}
#endif

static void put_slot(tt_ctx *ctx, tt_tensor *t)
{
    t->stamp = DEAD;
    if (!t->seen) {
        t->next = ctx->unseen;
        ctx->unseen = t;
        poison(t);
        return;
    }
    t->next = NULL;
    if (ctx->free_first)
        ctx->free_last->next = t;
    else
        ctx->free_first = t;
    ctx->free_last = t;
    ctx->spare++;
    poison(t);
}

static void begin_chunk(tt_ctx *ctx, chunk *c)
{
    ctx->fresh = c->slot;
    ctx->fresh_end = c->slot + c->n;
    ctx->fresh_chunk = c;
}

/* One that no handle has ever had. */
static tt_tensor *take_fresh(tt_ctx *ctx)
{
    tt_tensor *t = ctx->fresh++;
    t->ctx = ctx;
    if (ctx->fresh == ctx->fresh_end && ctx->fresh_chunk->next)
        begin_chunk(ctx, ctx->fresh_chunk->next);
    return t;
}

/* The one that has waited longest. The next one will be wanted soon, and has left the cache. */
static tt_tensor *take_oldest(tt_ctx *ctx)
{
    tt_tensor *t = ctx->free_first;
    ctx->free_first = t->next;
    uintptr_t next = (uintptr_t)t->next;
    __builtin_prefetch((void *)next, 1);
    __builtin_prefetch((void *)(next + offsetof(tt_tensor, version)), 1);
    __builtin_prefetch((void *)(next + offsetof(tt_tensor, at.stride)), 1);
    unpoison(t);
    return t;
}

static bool add_chunk(tt_ctx *ctx, int64_t n)
{
    chunk *c = block_alloc(ctx->pool, sizeof *c + (size_t)n * sizeof c->slot[0]);
    if (!c)
        return false;
    c->next = NULL;
    c->n = n;
    if (ctx->newest)
        ctx->newest->next = c;
    else
        ctx->chunks = c;
    ctx->newest = c;
    if (ctx->fresh == ctx->fresh_end)
        begin_chunk(ctx, c);
    ctx->slots += n;
    ctx->spare += n;
    return true;
}

/* Slots become too few. Those for the quarantine may be refused, and are then not asked for again.
 */
COLD static bool more_slots(tt_ctx *ctx)
{
    int64_t n = ctx->slots ? ctx->slots : FIRST, limit = block_pool_limit(ctx->pool);
    if (n > LARGEST)
        n = LARGEST;
    if (ctx->few || !ctx->slots) {
        bool modest = !limit || n * (int64_t)sizeof(tt_tensor) <= limit / SHARE;
        ctx->few = modest && add_chunk(ctx, n) ? QUARANTINE : 0;
    }
    if (ctx->spare >= 0 || add_chunk(ctx, SMALL))
        return true;
    ctx_error(ctx, TT_ERR_NOMEM, "out of memory for tensor handles");
    return false;
}

void tensor_slots_free(tt_ctx *ctx)
{
    for (chunk *c = ctx->chunks, *next; c; c = next) {
        next = c->next;
        for (int64_t i = 0; i < c->n; i++)
            unpoison(&c->slot[i]);
        block_free(ctx->pool, c);
    }
    ctx->chunks = NULL;
}

static tt_tensor *reset(tt_tensor *t)
{
    t->stamp = ALIVE;
    t->prev = t->next = NULL;
    t->scope = PRIVATE;
    t->store = NULL;
    t->data = NULL;
    t->node = NULL;
    t->leaf = NULL;
    t->version = 0;
    t->result = 0;
    t->readonly = 0;
    t->seen = false;
    return t;
}

static tt_tensor *take_slot(tt_ctx *ctx)
{
    if (--ctx->spare < ctx->few && !more_slots(ctx)) {
        ctx->spare++;
        return NULL;
    }
    tt_tensor *t = ctx->fresh != ctx->fresh_end ? take_fresh(ctx) : take_oldest(ctx);
    return reset(t);
}

/* For a handle of the library's own: a slot that is still in the cache, where there is one. */
static tt_tensor *take_unseen(tt_ctx *ctx)
{
    tt_tensor *t = ctx->unseen;
    if (!t)
        return take_slot(ctx);
    ctx->unseen = t->next;
    unpoison(t);
    return reset(t);
}

static void link_to(tt_tensor *t, int scope_index)
{
    scope *s = &t->ctx->scopes[scope_index];
    t->scope = scope_index;
    t->seen = true;
    t->prev = NULL;
    t->next = s->first;
    if (s->first)
        s->first->prev = t;
    s->first = t;
    t->ctx->live++;
}

static void unlink_from(tt_tensor *t)
{
    if (t->scope == PRIVATE)
        return;
    if (t->prev)
        t->prev->next = t->next;
    else
        t->ctx->scopes[t->scope].first = t->next;
    if (t->next)
        t->next->prev = t->prev;
    t->scope = PRIVATE;
    t->ctx->live--;
}

/* A release function of tt_borrow may come at any time, the context's lists half changed. Until it
 * returns, the context has an error, so that nothing is done. */
COLD static void release_borrowed(tt_ctx *ctx, storage *s)
{
    tt_status before = ctx->err.code;
    ctx->err.code = TT_ERR_ARG;
    ctx->releasing = true;
    storage_unref(s);
    ctx->releasing = false;
    ctx->err.code = before;
    if (ctx->called)
        ctx_error(ctx, TT_ERR_ARG,
                  "borrow: the release function called %s; it may not use the context",
                  ctx->called);
    ctx->called = NULL;
}

bool ctx_releasing(tt_ctx *ctx, const char *name)
{
    if (ctx->releasing && !ctx->called)
        ctx->called = name;
    return ctx->releasing;
}

INLINE void drop_storage(tt_ctx *ctx, storage *s)
{
    if (!s)
        return;
    if (s->release && !ctx->releasing)
        release_borrowed(ctx, s);
    else
        storage_unref(s);
}

tt_tensor *tensor_of(tt_ctx *ctx, tt_dtype dtype, const layout *at, storage *s)
{
    tt_tensor *t = take_slot(ctx);
    if (!t) {
        drop_storage(ctx, s);
        return NULL;
    }
    t->dtype = dtype;
    layout_copy(&t->at, at);
    t->store = s;
    t->data = s->data + at->offset * element_size(dtype);
    link_to(t, ctx->n_scopes - 1);
    return t;
}

tt_tensor *tensor_new(tt_ctx *ctx, tt_dtype dtype, const layout *at)
{
    int64_t bytes = layout_numel(at) * element_size(dtype);
    storage *s = storage_new(ctx->pool, bytes);
    if (!s) {
        ctx_error(ctx, TT_ERR_NOMEM, "out of memory: %lld bytes for a tensor of shape %s",
                  (long long)bytes, describe_shape(at->ndim, at->shape).s);
        return NULL;
    }
    return tensor_of(ctx, dtype, at, s);
}

tt_tensor *tensor_view(tt_tensor *x, const layout *at)
{
    tt_tensor *t = tensor_of(x->ctx, x->dtype, at, storage_ref(x->store));
    if (t)
        t->readonly = x->readonly;
    return t;
}

tt_tensor *tensor_private(tt_tensor *x, bool with_data)
{
    tt_tensor *t = take_unseen(x->ctx);
    if (!t)
        return NULL;
    t->dtype = x->dtype;
    layout_copy(&t->at, &x->at);
    if (with_data && x->store) { /* a private handle may itself have none */
        t->store = storage_ref(x->store);
        t->data = x->data;
        t->version = x->store->version;
        t->readonly = x->readonly;
    }
    return t;
}

/* Lets go of storage and graph, keeping the slot. */
static void empty(tt_tensor *t)
{
    struct node *n = t->node;
    struct leaf *l = t->leaf;
    drop_storage(t->ctx, t->store);
    t->store = NULL;
    t->node = NULL;
    t->leaf = NULL;
    if (n)
        node_unref(t->ctx, n);
    if (l)
        leaf_unref(t->ctx, l);
}

void tensor_release(tt_tensor *t)
{
    if (!t)
        return;
    unlink_from(t);
    empty(t);
    put_slot(t->ctx, t);
}

void tensor_move(tt_tensor *t, int scope_index)
{
    unlink_from(t);
    link_to(t, scope_index);
}

void tensor_replace(tt_tensor *t, tt_tensor *from)
{
    empty(t);
    layout_copy(&t->at, &from->at);
    t->dtype = from->dtype;
    t->store = from->store;
    t->data = from->data;
    t->node = from->node;
    t->result = from->result;
    t->leaf = from->leaf;
    t->version = from->version;
    t->readonly = from->readonly;
    from->store = NULL;
    from->node = NULL;
    from->leaf = NULL;
    tensor_release(from);
}

bool tensor_alive(const tt_tensor *t)
{
    if (!t)
        return false;
    if (t->stamp == ALIVE)
        return true;
    if (t->stamp == DEAD)
        ctx_error(t->ctx, TT_ERR_DEAD, "tensor used after its scope ended");
    return false;
}

int64_t tensor_numel(const tt_tensor *t)
{
    return layout_numel(&t->at);
}
