/* Functions of the user that are called in the middle of something: hooks, and the functions of
 * tt_checkpoint and tt_gradcheck. Between begin and end stands the call; end closes the scopes that
 * it left open and checks what it returned. */
#ifndef TT_CALLBACK_H
#define TT_CALLBACK_H

#include "tensor/object.h"

typedef struct callback {
    tt_ctx *ctx;
    const char *name; /* how messages begin: "checkpoint: the function" */
    int depth;        /* scopes that are open, */
    int64_t mark;     /* and the innermost of them */
} callback;

callback callback_begin(tt_ctx *ctx, const char *name);
/* y, which the function returned, alive, of the context and in no scope that it left open. NULL:
 * the context has an error now (or the function returned NULL, where it may). */
tt_tensor *callback_end(const callback *c, tt_tensor *y, bool may_be_null);

#endif
