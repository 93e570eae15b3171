/* The tensor handle and the context: the only place where struct tt_tensor and struct tt_ctx are
 * defined. A handle is a slab slot that belongs to a scope; storage is shared by reference. */
#ifndef TT_OBJECT_H
#define TT_OBJECT_H

#include <stdbool.h>
#include <stdint.h>
#include <tinytensor/context.h>
#include <tinytensor/tensor.h>
#include "base/block.h"
#include "base/exec.h"
#include "base/status.h"
#include "describe.h"
#include "element.h"
#include "layout.h"
#include "storage.h"

struct node; /* graph.h: how a tensor was computed */
struct leaf; /* graph.h: where the gradient of a parameter accumulates */

enum { ALIVE = 0x7e4501aa, DEAD = 0x0dead0aa, PRIVATE = -1, ROOT = 0 };

struct tt_tensor {
    _Alignas(64) uint32_t stamp; /* ALIVE, or DEAD while the slot waits for reuse */
    int scope; /* index in the context's stack of scopes; PRIVATE: held by the library */
    tt_ctx *ctx;
    tt_tensor *prev, *next; /* in the scope's list, or in the list of free slots */
    storage *store;         /* NULL: a private handle that keeps only dtype and shape */
    char *data;             /* the first element */
    struct node *node;      /* set when computed from something that requires grad */
    struct leaf *leaf;      /* set when it is a leaf that requires grad */
    uint32_t version;       /* private handles: the storage's version when it was saved */
    tt_dtype dtype;
    uint8_t result;   /* which result of its node */
    uint8_t readonly; /* 0, or why it may not be written: READ_ONLY, UNDROPPED */
    bool seen;        /* the user has had it: its slot waits before it is used again */
    layout at;
};

typedef struct scope {
    tt_tensor *first;
    int64_t mark;
    tt_grad_mode mode;
} scope;

typedef struct chunk chunk; /* a block of handle slots */
typedef struct owned owned; /* memory of the context's own life */

/* Why a tensor is read-only: the file or the user that it comes from wants it so; or it is what
 * tt_dropout() was given, which outside training it returns. Views are as their base. */
enum { READ_ONLY = 1, UNDROPPED };

struct op; /* op/core/op.h */

struct tt_ctx {
    error_state err;
    block_pool *pool;
    exec ex;
    chunk *chunks, *newest, *fresh_chunk; /* in the order of their creation */
    tt_tensor *fresh, *fresh_end;         /* slots of fresh_chunk that were never used */
    tt_tensor *free_first, *free_last;    /* FIFO, so that a dead handle is noticed for long */
    tt_tensor *unseen;                    /* LIFO, of slots that nobody but the library knew */
    int64_t slots, spare;                 /* all, and those without a tensor, but for the unseen */
    int64_t few;                          /* fewer spare ones are too few */
    int64_t live;
    scope *scopes;
    int n_scopes, cap_scopes;
    int64_t next_mark;
    tt_grad_mode mode;
    bool training, anomaly;
    bool (*composing)(const struct op *o); /* tests: is o to be computed by its composition */
    uint64_t seed, counter;                /* of the counter-based generator */
    struct node *tape_last;                /* recorded nodes in creation order, newest last */
    struct node *dying;                    /* nodes whose last reference went, being released */
    bool draining;
    struct pass *pass; /* autograd/grads.h: the innermost backward pass that is under way */
    owned *owned;
    bool releasing;     /* a release function of tt_borrow is running: everything is refused, */
    const char *called; /* and this is what it called */
};

/* Records an error, `format` and its values following; returns code. NULL ctx is allowed. */
tt_status ctx_error(tt_ctx *ctx, tt_status code, const char *format, ...) TT_PRINTF(3, 4);
/* The same, for functions that return a pointer; returns NULL. */
void *ctx_fail(tt_ctx *ctx, tt_status code, const char *format, ...) TT_PRINTF(3, 4);
/* For functions that are refused where a release function calls them: notes the name. */
bool ctx_releasing(tt_ctx *ctx, const char *name);
/* For what works in a context with an error, too: the error is put aside in *held, and back in the
 * place of whatever was recorded meanwhile, which the caller returns. */
void ctx_put_aside(tt_ctx *ctx, error_state *held);
void ctx_put_back(tt_ctx *ctx, const error_state *held);
void tensor_slots_free(tt_ctx *ctx); /* at the end of the context */

/* New handles in the innermost scope (NULL: no memory, recorded). `at` is copied. */
tt_tensor *tensor_new(tt_ctx *ctx, tt_dtype dtype, const layout *at); /* contiguous, offset 0 */
tt_tensor *tensor_of(tt_ctx *ctx, tt_dtype dtype, const layout *at, storage *s); /* takes s */
tt_tensor *tensor_view(tt_tensor *x,
                       const layout *at); /* same storage, at->offset from its start */
/* A handle in no scope; with_data: shares the storage, else keeps dtype and shape alone. */
tt_tensor *tensor_private(tt_tensor *x, bool with_data);
void tensor_release(tt_tensor *t); /* unlinks, drops storage and graph links, frees the slot */
void tensor_move(tt_tensor *t, int scope);
void tensor_replace(tt_tensor *t, tt_tensor *from); /* t becomes what from is, in t's scope */

bool tensor_alive(const tt_tensor *t); /* non-NULL and its scope not ended; records TT_ERR_DEAD */
/* The same, and records nothing: for those who name the function themselves. */
static inline bool tensor_live(const tt_tensor *t)
{
    return t && t->stamp == ALIVE;
}
int64_t tensor_numel(const tt_tensor *t);

/* "(64, 784) float32" */
static inline described describe(const tt_tensor *t)
{
    return describe_typed(t->at.ndim, t->at.shape, t->dtype);
}

#endif
