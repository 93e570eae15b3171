/* Convolution, pooling, normalisation of channels and upsampling, against PyTorch. */
#include "vectors.h"

#define CONV (&(tt_conv2d_options){sizeof(tt_conv2d_options), {2, 1}, {1, 3}, {2, 3}, 2, false})
#define SAME (&(tt_conv2d_options){sizeof(tt_conv2d_options), {1, 1}, {0, 0}, {1, 1}, 1, true})
#define TRANSPOSED                                                                                 \
    (&(tt_conv_transpose2d_options){                                                               \
        sizeof(tt_conv_transpose2d_options), {3, 2}, {1, 2}, {2, 0}, {1, 3}, 2})
#define MAX_POOL                                                                                   \
    (&(tt_max_pool2d_options){sizeof(tt_max_pool2d_options), {2, 3}, {2, 3}, {1, 0}, {3, 2}, true})
#define AVG_POOL(include_pad, divisor)                                                             \
    (&(tt_avg_pool2d_options){                                                                     \
        sizeof(tt_avg_pool2d_options), {3, 2}, {3, 2}, {1, 1}, true, include_pad, divisor})

static tt_tensor *pool_indices(tt_tensor *x, int64_t kernel, int64_t stride, int64_t padding)
{
    tt_tensor *at = NULL;
    return tt_max_pool2d(x, kernel, stride, padding, &at) ? at : NULL;
}

/* As convolution.py has it. */
static tt_tensor *running(tt_tensor *x, tt_tensor *y)
{
    tt_tensor *both = tt_clone(tt_detach(y));
    tt_batch_norm(tt_detach(x), tt_select(both, 0, 0), tt_select(both, 0, 1), NULL, NULL, true, 0.3,
                  1e-5);
    return both;
}

#define CASES "convolution.def"
#include "cases.h"

int main(int argc, char **argv)
{
    const TTest *const tests[] = {rows};
    return vectors_main(argc, argv, "convolution", list_cases, tests, sizeof tests / sizeof *tests);
}
