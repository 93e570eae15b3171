/* Refcounted memory behind tensors. Views, saved activations and gradients share a storage; the
 * version counts in-place writes, so that autograd notices a write to what it saved. */
#ifndef TT_STORAGE_H
#define TT_STORAGE_H

#include <stdatomic.h>
#include <stdint.h>
#include "base/block.h"

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
storage *storage_ref(storage *s);
void storage_unref(storage *s); /* NULL is allowed */
bool storage_is_shared(const storage *s);

#endif
