/* The one place where threads are started. */
#ifndef TT_KERNEL_PARALLEL_H
#define TT_KERNEL_PARALLEL_H

#include <stdint.h>
#include "base/exec.h"

/* fn(begin, end, arg) over the chunks [0, grain), [grain, 2 grain), ... of [0, n): the same chunks
 * for any number of threads, each run once, in no order. Serial when n <= grain, when the context
 * has one thread, or inside a parallel region (of a host program too). */
void parallel_for(const exec *x, int64_t n, int64_t grain,
                  void (*fn)(int64_t begin, int64_t end, void *arg), void *arg);

#endif
