/* An allocator that counts, and fails at a chosen call. fail_at 0: it never fails, and calls are
 * not counted; held: what was taken and not given back. */
#ifndef TT_COUNTED_H
#define TT_COUNTED_H

#include <stdlib.h>
#include <tinytensor/tinytensor.h>

typedef struct counter {
    int64_t held, calls, fail_at;
} counter;

static inline void *counting_alloc(size_t bytes, void *user)
{
    counter *c = user;
    if (c->fail_at && ++c->calls == c->fail_at)
        return NULL;
    void *p = malloc(bytes);
    c->held += p != NULL;
    return p;
}

static inline void counting_free(void *p, void *user)
{
    counter *c = user;
    c->held -= p != NULL;
    free(p);
}

static inline tt_ctx *counted(counter *c)
{
    tt_ctx_options o = TT_CTX_OPTIONS_INIT;
    o.allocator = (tt_allocator){counting_alloc, counting_free, c};
    return tt_ctx_new_with(&o);
}

#endif
