/* Files as storages. Input: a path; output: its bytes, mapped or copied. Invariant: a copy is what
 * the file held when it was read, and no later change of the file reaches it; a map shows every
 * change, and reading what was cut off raises SIGBUS. */
#define _DEFAULT_SOURCE /* mmap */
#include "contents.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>

#include "file.h"

/* The map, which the storage lets go of. */
typedef struct map {
    block_pool *pool;
    void *address;
    size_t bytes;
} map;

static void unmap(void *user)
{
    map *m = user;
    munmap(m->address, m->bytes);
    block_free(m->pool, m);
}

static void *no_memory(tt_ctx *ctx, const contents *c)
{
    return ctx_fail(ctx, TT_ERR_NOMEM, "%s: %s: out of memory", c->op, c->path);
}

/* What is written to a page by mistake ends the program. */
static storage *map_file(tt_ctx *ctx, const contents *c, FILE *f, size_t bytes)
{
    map *m = block_alloc(ctx->pool, sizeof *m);
    if (!m)
        return no_memory(ctx, c);
    *m = (map){ctx->pool, mmap(NULL, bytes, PROT_READ, MAP_PRIVATE, fileno(f), 0), bytes};
    if (m->address == MAP_FAILED) {
        int error = errno;
        block_free(ctx->pool, m);
        return ctx_fail(ctx, TT_ERR_IO, "%s: %s: cannot map: %s", c->op, c->path, strerror(error));
    }
    storage *s = storage_borrow(ctx->pool, m->address, (int64_t)bytes, unmap, m);
    if (s)
        return s;
    unmap(m);
    return no_memory(ctx, c);
}

static storage *copy_file(tt_ctx *ctx, const contents *c, FILE *f, size_t bytes)
{
    storage *s = storage_new(ctx->pool, (int64_t)bytes);
    if (!s)
        return no_memory(ctx, c);
    if (file_read(ctx, f, c->op, c->path, s->data, bytes))
        return s;
    storage_unref(s);
    return NULL;
}

storage *contents_open(tt_ctx *ctx, const contents *c)
{
    int64_t size;
    FILE *f = file_open(ctx, c->op, c->path, &size);
    if (!f)
        return NULL;
    size_t bytes = (size_t)size;
    storage *s = NULL;
    if (size < c->least || (int64_t)bytes != size)
        ctx_error(ctx, TT_ERR_FORMAT, "%s: %s: too %s for %s", c->op, c->path,
                  size < c->least ? "short" : "large", c->kind);
    else
        s = c->copy ? copy_file(ctx, c, f, bytes) : map_file(ctx, c, f, bytes);
    fclose(f);
    return s;
}
