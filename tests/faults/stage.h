/* What the calls of calls.def work on: operands of every kind in a context whose allocations are
 * counted. Each call gets a stage of its own, so that what one does is not seen by the next. */
#ifndef TT_STAGE_H
#define TT_STAGE_H

#include <tinytensor/tinytensor.h>

#include "../unit/counted.h"

/* How the operands lie in memory: in one piece; as views with other strides; and so many elements
 * that scratch memory and parts of reductions are needed. */
typedef enum shape_of_stage { SMALL, TURNED, LARGE, STAGES } shape_of_stage;

typedef struct stage {
    counter count;
    tt_ctx *ctx, *other;
    int64_t r, c;
    tt_tensor *x, *y, *z; /* (r, c) float32, which require a gradient */
    tt_tensor *v;         /* (c) likewise */
    tt_tensor *p, *q;     /* (r, c) float32, to be written to */
    tt_tensor *i;         /* (r, c) int64, 0, 1, 2 */
    tt_tensor *t;         /* (r) int64, the same */
    tt_tensor *b;         /* (r, c) bool */
    tt_tensor *a; /* (c) a parameter with a gradient, in an optimiser that has taken a step */
    tt_optim *optim;
    tt_tensor *d;         /* (2) float64 */
    tt_tensor *one;       /* () int64 */
    tt_safetensors *file; /* of x and y, with the key "made" */
    tt_tensor *held[9];   /* those of which the digest is made */
    int n_held;
    tt_scope scope;    /* in which calls run */
    tt_tensor *result; /* of the last call */
} stage;

/* The files that calls read and write: a folder that main makes, with one of each kind. */
const char *stage_file(const char *name);
void stage_files_make(void);
void stage_files_remove(void);
int stage_files_count(void);

const char *stage_optim(const stage *s); /* the state of an optimiser like its own */

void stage_make(stage *s, shape_of_stage kind);
void stage_free(stage *s); /* what was taken and not given back is in count.held */

/* A hash of all operands, their gradients, and the result. */
uint64_t stage_digest(const stage *s);

#endif
