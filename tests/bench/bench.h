/* bench: times a list of cases against a peer that runs the same cases in another process. Both
 * sides are timed alternately in one run, on the same number of threads, and the median is
 * printed: `name  ours  peer  ratio`. A benchmark is never a test. */
#ifndef TT_BENCH_H
#define TT_BENCH_H

#include <tinytensor/tinytensor.h>

typedef struct bench {
    const char *name;                              /* the peer knows the case by it */
    void (*setup)(tt_ctx *ctx, tt_tensor **t);     /* makes the operands, up to BENCH_OPERANDS */
    tt_tensor *(*run)(tt_ctx *ctx, tt_tensor **t); /* one call; a scope is around it */
    double bytes, flops;                           /* moved and computed by one call, or 0 */
    tt_grad_mode mode;
} bench;

enum { BENCH_OPERANDS = 24 };

/* Runs the cases whose name holds one of the words given as arguments (all without arguments), and
 * `SCRIPT SUBJECT` under python3 as the peer when it starts. Options: --rounds N, --threads N,
 * --no-peer, --markdown. Returns the exit code. */
int bench_main(int argc, char **argv, const char *subject, int n, const bench *cases);

#endif
