/* Loops over several threads. Nothing else in the library runs on more than the caller's. */
#ifndef TT_KERNEL_PARALLEL_H
#define TT_KERNEL_PARALLEL_H

#include <stdint.h>
#include "base/exec.h"

/* fn(begin, end, arg) over the chunks [0, grain), [grain, 2 grain), ... of [0, n): the same chunks
 * for any number of threads, each run once, in no order. The calling thread works too, and waits
 * for no other that has not begun a chunk. Serial when n <= grain, when the context has one thread,
 * and inside a chunk of another parallel_for. */
void parallel_for(const exec *x, int64_t n, int64_t grain,
                  void (*fn)(int64_t begin, int64_t end, void *arg), void *arg);

#endif
