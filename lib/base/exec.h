/* What every kernel is told: how many threads it may use, the table of inner loops compiled for
 * this processor, and where scratch memory comes from. Kernels know nothing else of a context. */
#ifndef TT_EXEC_H
#define TT_EXEC_H

#include <stddef.h>

typedef struct kernels kernels; /* one table per instruction set, see kernel/isa/kernels.h */

const kernels *kernels_pick(void); /* for this processor; TT_ISA overrides */
const char *kernels_name(const kernels *k);

/* Memory for the length of one kernel call, from the context's block cache, so that a steady step
 * calls no malloc. alloc returns NULL when there is none, and has then recorded TT_ERR_NOMEM. */
typedef struct scratch {
    void *(*alloc)(void *user, size_t bytes); /* 64-byte aligned */
    void (*free)(void *user, void *p);
    void *user;
} scratch;

typedef struct exec {
    int num_threads;
    const kernels *k;
    scratch mem;
} exec;

#endif
