/* What the targets that load files share: a context with little memory, and a look at all elements.
 */
#ifndef TT_FUZZ_LOAD_H
#define TT_FUZZ_LOAD_H

#include <stdlib.h>
#include <tinytensor/tinytensor.h>

static inline tt_ctx *small_context(void)
{
    static tt_ctx *ctx;
    tt_ctx_options o = TT_CTX_OPTIONS_INIT;
    o.memory_limit = 64 << 20;
    if (!ctx)
        ctx = tt_ctx_new_with(&o);
    return ctx;
}

/* Reads every element; NULL must come with an error. */
static inline void look_at(tt_ctx *ctx, tt_tensor *x)
{
    if (!x && tt_ok(ctx))
        abort();
    if (x && tt_item(tt_count_nonzero(x, TT_ALL_AXES, false)) > (double)tt_numel(x))
        abort();
}

#endif
