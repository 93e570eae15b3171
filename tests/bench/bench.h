/* bench: times a list of cases against a peer that runs the same cases in another process. Both
 * sides are timed alternately in one run, on the same number of threads, and medians are printed:
 * `name  ours  peer  ratio`. The peer is PyTorch under a Python, or this very program on another
 * build of the library. A benchmark is never a test. */
#ifndef TT_BENCH_H
#define TT_BENCH_H

#include <tinytensor/tinytensor.h>

/* One row of a table. `operands` are made alike on both sides and are x, y, z, ... to `run` and to
 * `peer`: shapes separated by semicolons, of normal numbers in float32 unless words before the
 * shape say otherwise, in this order: `20 of` (that many operands), `param` (its gradient is
 * wanted), `below 10` (random integers), `f16`, `bf16`. */
typedef struct bench {
    const char
        *name; /* what is computed, and how large; names stay, figures are compared by them */
    const char *operands;
    tt_tensor *(*run)(tt_ctx *ctx, tt_tensor **t); /* one call; a scope is around it */
    tt_grad_mode mode;
    void (*setup)(tt_ctx *ctx, tt_tensor **t); /* what is made besides the operands, or NULL */
    double bytes, flops;                       /* moved or computed by one call, or 0 */
    bool product;      /* large matrix products: measured with two kernels of BLAS as well */
    const char *peer;  /* a Python expression of x, y, z and t, the list of all, or NULL; one whose
                          value is a function is evaluated once, and the function is timed */
    const char *modes; /* of the peer, as rows of their own: "autocast bfloat16; compiled" */
} bench;

enum { BENCH_OPERANDS = 24 };

/* Measures the rows whose name holds one of the words given as arguments (all without arguments).
 * Options:
 *   --rounds N      of which the median is taken (7; 5 or 3 when a call takes long)
 *   --quick         3 short rounds, one when a call takes long: to see that everything works
 *   --threads N     on both sides (what the library would take)
 *   --products      the rows of matrix products only
 *   --exact         words are whole names of rows
 *   --no-peer       our side alone; otherwise $TT_PEER_PYTHON, or python3, with PyTorch
 *   --against DIR   the peer is this program with the library in DIR
 *   --tsv           for tests/bench/run: `row`, name, operands, seconds, the peer's, ratio, the
 *                   rounds' lowest and highest, rate, peak MiB, the peer's, why there is none, and
 *                   whether it is a product
 * Returns the exit code. */
int bench_main(int argc, char **argv, int n, const bench *cases);

#endif
