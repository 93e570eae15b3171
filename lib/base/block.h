/* Memory of a context: blocks from the user's allocator, kept in bins by size when freed, so that a
 * steady training step calls neither malloc nor mmap. A pool outlives its context while another
 * context still shares a block of it. */
#ifndef TT_BLOCK_H
#define TT_BLOCK_H

#include <stdbool.h>
#include <tinytensor/context.h>

typedef struct block_pool block_pool;

block_pool *block_pool_new(const tt_allocator *a, int64_t limit); /* NULL: no memory */
void block_pool_close(block_pool *p); /* frees all when the last block comes back */
void block_pool_share(block_pool *p); /* from now on blocks may be freed by other threads */

void *block_alloc(block_pool *p, size_t bytes); /* 64-byte aligned; NULL: no memory or limit */
void block_free(block_pool *p, void *data);     /* NULL is allowed */
void block_pool_trim(block_pool *p);            /* gives the cached blocks back */
int64_t block_pool_limit(const block_pool *p);  /* 0: none */
void block_pool_stats(const block_pool *p, tt_memory *m);

#endif
