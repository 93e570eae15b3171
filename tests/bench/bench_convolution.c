/* Convolution, pooling and normalisation of channels against PyTorch. */
#define CONV (2.0 * 16 * 64 * 56 * 56 * 32 * 9) /* floating point operations */
#define MAP  (16.0 * 32 * 56 * 56 * 4)          /* bytes */

#include "bench.h"

static tt_tensor *backward(tt_tensor **t, int n, tt_tensor *y)
{
    tt_zero_grad(n, t);
    tt_backward(tt_sum(y, TT_ALL_AXES, false));
    return y;
}

#define ROWS "convolution.def"
#include "rows.h"

int main(int argc, char **argv)
{
    return bench_main(argc, argv, CASES, cases);
}
