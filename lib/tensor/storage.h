/* Refcounted memory behind tensors. Views, saved activations and gradients share a storage; the
 * version counts in-place writes, so that autograd notices a write to what it saved. */
#ifndef TT_STORAGE_H
#define TT_STORAGE_H

#include <stdatomic.h>
#include <stdint.h>
#include "base/block.h"
#include "base/inline.h"

typedef struct storage {
    atomic_int refs; /* atomic: another context may share it */
    uint32_t version;
    block_pool *pool; /* where this header (and the data, unless borrowed) came from */
    char *data;
    int64_t bytes;
    void (*release)(void *user); /* borrowed memory only */
    void *user;
} storage;

storage *storage_new(block_pool *p, int64_t bytes); /* NULL: no memory */
storage *storage_borrow(block_pool *p, void *data, int64_t bytes, void (*release)(void *),
                        void *user);
void storage_free(storage *s); /* when the last reference has gone */

INLINE storage *storage_ref(storage *s)
{
    atomic_fetch_add_explicit(&s->refs, 1, memory_order_relaxed);
    return s;
}

INLINE void storage_unref(storage *s) /* NULL is allowed */
{
    if (s && atomic_fetch_sub_explicit(&s->refs, 1, memory_order_acq_rel) == 1)
        storage_free(s);
}

INLINE bool storage_is_shared(const storage *s)
{
    return atomic_load_explicit(&s->refs, memory_order_relaxed) > 1;
}

#endif
