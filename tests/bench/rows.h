/* rows: a table of cases from the file that ROWS names, which has a line ROW(...) for each: an
 * identifier, the row's name, its operands, our call as an expression of x, y, z and t, and the
 * rest of its bench (see bench.h), the peer's call first. Defines `cases`. */
#include "bench.h"

#define M 1048576.0

#define ROW(ID, NAME, OPERANDS, OURS, ...)                                                         \
    static tt_tensor *run_##ID(tt_ctx *ctx, tt_tensor **t)                                         \
    {                                                                                              \
        tt_tensor *x = t[0], *y = t[1], *z = t[2];                                                 \
        (void)ctx, (void)x, (void)y, (void)z;                                                      \
        return OURS;                                                                               \
    }
#include ROWS
#undef ROW

#define ROW(ID, NAME, OPERANDS, OURS, ...)                                                         \
    {.name = NAME, .operands = OPERANDS, .run = run_##ID, __VA_ARGS__},
static const bench cases[] = {
#include ROWS
};
#undef ROW

enum { CASES = sizeof cases / sizeof *cases };
