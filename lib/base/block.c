/* Size-binned cache of data blocks. Input: byte counts; output: 64-byte aligned blocks. A freed
 * block goes to the bin of its size and serves the next request of that bin.
 * Invariant: a block's bin size is at least the bytes asked for and at most an eighth more, of
 * large blocks a sixty-fourth. */
#define _DEFAULT_SOURCE /* madvise, posix_memalign */
#include "block.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#ifdef __linux__
#include <sys/mman.h>
#endif

enum {
    ALIGN = 64,
    HUGE_PAGE = 1 << 21,
    LARGE_BITS = 14, /* from 2^14 units of ALIGN bytes, 1 MiB, a block is large */
    LARGE = ALIGN << LARGE_BITS,
    FEW = 3,  /* bins per doubling, as a power of two: of small blocks, */
    MANY = 6, /* and of large ones */
    LARGE_BIN = (LARGE_BITS - FEW) << FEW,
    BINS = LARGE_BIN + (45 << MANY),
    WIDER = 32, /* bins: half a doubling */
};

typedef struct block { /* lies in the 64 bytes before the data */
    struct block *next;
    void *raw; /* what the allocator returned */
    size_t size;
    int bin;
} block;

struct block_pool {
    tt_allocator a;
    int64_t limit, in_use, peak, cached, blocks;
    bool closed, shared;
    atomic_flag lock;
    block *bin[BINS];
};

static void *default_alloc(size_t bytes, void *user)
{
    void *p = NULL;
    (void)user;
    if (bytes < 2 * (size_t)HUGE_PAGE)
        return malloc(bytes);
    if (posix_memalign(&p, HUGE_PAGE, bytes) != 0)
        return NULL;
#if defined __linux__ && defined MADV_HUGEPAGE
    /* Fewer page faults; a refusal costs nothing. The last part, less than a page, stays small. */
    madvise(p, bytes / HUGE_PAGE * HUGE_PAGE, MADV_HUGEPAGE);
#endif
    return p;
}

static void default_free(void *p, void *user)
{
    (void)user;
    free(p);
}

block_pool *block_pool_new(const tt_allocator *a, int64_t limit)
{
    const tt_allocator standard = {default_alloc, default_free, NULL};
    if (!a || !a->alloc)
        a = &standard;
    block_pool *p = a->alloc(sizeof *p, a->user);
    if (!p)
        return NULL;
    memset(p, 0, sizeof *p);
    p->a = *a;
    p->limit = limit;
    atomic_flag_clear(&p->lock);
    return p;
}

static void lock(block_pool *p)
{
    if (p->shared)
        while (atomic_flag_test_and_set_explicit(&p->lock, memory_order_acquire)) {
        }
}

static void unlock(block_pool *p)
{
    if (p->shared)
        atomic_flag_clear_explicit(&p->lock, memory_order_release);
}

void block_pool_share(block_pool *p)
{
    p->shared = true;
}

/* 2^bits bins per doubling: sizes (2^bits + s) << e units, 0 <= s < 2^bits. */
static int bin_of(size_t bytes, size_t *size)
{
    size_t units = (bytes + ALIGN - 1) / ALIGN;
    bool large = units >= (size_t)1 << LARGE_BITS;
    int bits = large ? MANY : FEW, e = 0;
    if (units < (size_t)1 << FEW)
        units = (size_t)1 << FEW;
    while (units >> e >> (bits + 1))
        e++;
    size_t s = (units + (((size_t)1 << e) - 1)) >> e; /* may be 2^(bits + 1): the next doubling */
    *size = (s << e) * ALIGN;
    int bin = (e << bits) + (int)(s - ((size_t)1 << bits));
    return large ? bin - ((LARGE_BITS - MANY) << MANY) + LARGE_BIN : bin;
}

static void drop(block_pool *p, block *b)
{
    p->a.free(b->raw, p->a.user);
    p->blocks--;
}

static void trim(block_pool *p)
{
    for (int i = 0; i < BINS && p->cached; i++)
        for (block *b = p->bin[i], *next; b; b = next) {
            next = b->next;
            p->cached -= (int64_t)b->size;
            p->bin[i] = next;
            drop(p, b);
        }
}

void block_pool_trim(block_pool *p)
{
    lock(p);
    trim(p);
    unlock(p);
}

static block *fresh(block_pool *p, size_t size, int bin)
{
    if (p->limit && p->in_use + p->cached + (int64_t)size > p->limit)
        trim(p);
    if (p->limit && p->in_use + (int64_t)size > p->limit)
        return NULL;
    void *raw = p->a.alloc(size + 2 * ALIGN, p->a.user);
    if (!raw && p->cached) {
        trim(p);
        raw = p->a.alloc(size + 2 * ALIGN, p->a.user);
    }
    if (!raw)
        return NULL;
    char *data = (char *)raw + ALIGN;
    data += (ALIGN - (size_t)((uintptr_t)data % ALIGN)) % ALIGN;
    block *b = (block *)(void *)(data - ALIGN);
    *b = (block){.raw = raw, .size = size, .bin = bin};
    p->blocks++;
    return b;
}

/* A large request takes a block that is up to half as large again before it asks for memory:
 * gradients then live where activations were. */
static block *take_cached(block_pool *p, int bin, size_t size)
{
    int last = size >= LARGE ? bin + WIDER : bin;
    for (int i = bin; i <= last && i < BINS; i++) {
        block *b = p->bin[i];
        if (!b)
            continue;
        p->bin[i] = b->next;
        p->cached -= (int64_t)b->size;
        return b;
    }
    return NULL;
}

void *block_alloc(block_pool *p, size_t bytes)
{
    size_t size;
    if (bytes > (size_t)1 << 60)
        return NULL;
    int bin = bin_of(bytes, &size);
    lock(p);
    block *b = take_cached(p, bin, size);
    if (!b)
        b = fresh(p, size, bin);
    if (b) {
        p->in_use += (int64_t)b->size;
        if (p->in_use > p->peak)
            p->peak = p->in_use;
    }
    unlock(p);
    return b ? (char *)b + ALIGN : NULL;
}

static void destroy(block_pool *p)
{
    tt_allocator a = p->a;
    trim(p);
    a.free(p, a.user);
}

void block_free(block_pool *p, void *data)
{
    if (!data)
        return;
    block *b = (block *)(void *)((char *)data - ALIGN);
    lock(p);
    p->in_use -= (int64_t)b->size;
    b->next = p->bin[b->bin];
    p->bin[b->bin] = b;
    p->cached += (int64_t)b->size;
    bool last = p->closed && p->in_use == 0;
    unlock(p);
    if (last)
        destroy(p);
}

void block_pool_close(block_pool *p)
{
    lock(p);
    p->closed = true;
    bool last = p->in_use == 0;
    unlock(p);
    if (last)
        destroy(p);
}

int64_t block_pool_limit(const block_pool *p)
{
    return p->limit;
}

void block_pool_stats(const block_pool *p, tt_memory *m)
{
    m->bytes_in_use = p->in_use;
    m->peak = p->peak;
    m->cached = p->cached;
    m->blocks = p->blocks;
}
