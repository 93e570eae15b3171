/* Convolution, pooling, normalisation of channels and upsampling, against PyTorch. */
#include "vectors.h"

#define CONV (&(tt_conv2d_options){sizeof(tt_conv2d_options), {2, 1}, {1, 3}, {2, 3}, 2, false})
#define SAME (&(tt_conv2d_options){sizeof(tt_conv2d_options), {1, 1}, {0, 0}, {1, 1}, 1, true})
#define TRANSPOSED                                                                                 \
    (&(tt_conv_transpose2d_options){                                                               \
        sizeof(tt_conv_transpose2d_options), {3, 2}, {1, 2}, {2, 0}, {1, 3}, 2})

#define CASES "convolution.def"
#include "cases.h"

int main(int argc, char **argv)
{
    const TTest *const tests[] = {rows};
    return vectors_main(argc, argv, "convolution", list_cases, tests, sizeof tests / sizeof *tests);
}
