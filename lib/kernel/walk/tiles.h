/* Loops over several threads whose tasks need memory of their own: tiles, panels, accumulators. A
 * program may give its threads small stacks, so what is larger than a few KiB comes from the
 * context, as much as there are threads, for the length of the loop. */
#ifndef TT_KERNEL_TILES_H
#define TT_KERNEL_TILES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "base/exec.h"

/* memory: aligned to 64 bytes, nobody else's during the call, whatever was in it. */
typedef void tile_fn(int64_t begin, int64_t end, void *arg, char *memory);

/* parallel_for (parallel.h), where each call of fn gets `bytes` of memory. False: there is none,
 * which is recorded, and fn was not called. */
bool parallel_tiles(const exec *x, int64_t n, int64_t grain, size_t bytes, tile_fn *fn, void *arg);

/* bytes rounded up so that what follows is aligned as the memory is. */
static inline size_t tile_bytes(int64_t bytes)
{
    return ((size_t)bytes + 63) / 64 * 64;
}

#endif
