/* Storage: one block that begins with its header, or a header alone for borrowed memory.
 * Invariant: the block goes back to its pool when the last reference goes. */
#include "storage.h"

enum { HEADER = 64 };
_Static_assert(sizeof(storage) <= HEADER, "the header fits before the data");

static storage *init(storage *s, block_pool *p)
{
    if (!s)
        return NULL;
    *s = (storage){.pool = p};
    atomic_init(&s->refs, 1);
    return s;
}

storage *storage_new(block_pool *p, int64_t bytes)
{
    storage *s = init(block_alloc(p, HEADER + (size_t)bytes), p);
    if (s) {
        s->data = (char *)s + HEADER;
        s->bytes = bytes;
    }
    return s;
}

storage *storage_borrow(block_pool *p, void *data, int64_t bytes, void (*release)(void *),
                        void *user)
{
    storage *s = init(block_alloc(p, HEADER), p);
    if (s) {
        s->data = data;
        s->bytes = bytes;
        s->release = release;
        s->user = user;
    }
    return s;
}

void storage_free(storage *s)
{
    if (s->release)
        s->release(s->user);
    block_free(s->pool, s);
}
