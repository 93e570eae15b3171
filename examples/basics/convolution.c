/* Convolution by pattern: the windows of an image are its shifted views, and einsum multiplies a
 * kernel with all of them. Edges of a picture are found so, and kernels are learned back from what
 * they did. */
#include <stdio.h>
#include <tinytensor/tinytensor.h>

enum { SIZE = 24 };

/* One image for each kernel: (h w), (k 3 3) -> (k h-2 w-2). Window (h, w) has the pixel (h + i, w +
 * j) at its place (i, j), so that all windows are nine shifted views. */
static tt_tensor *convolve(tt_tensor *image, tt_tensor *kernels)
{
    int h = (int)tt_size(image, 0) - 2, w = (int)tt_size(image, 1) - 2;
    tt_tensor *shifted[9];
    for (int i = 0; i < 3; i++)
        for (int j = 0; j < 3; j++)
            shifted[3 * i + j] = tt_slice(image, "%d:%d, %d:%d", i, i + h, j, j + w);
    return tt_einsum("(i j) h w, k i j -> k h w, i=3",
                     TT_TENSORS(tt_stack(9, shifted, 0), kernels));
}

static void draw(const char *what, tt_tensor *image)
{
    double most = tt_item(tt_max(image, TT_ALL_AXES, false));
    printf("%s\n", what);
    for (int64_t i = 0; i < tt_size(image, 0); i++) {
        for (int64_t j = 0; j < tt_size(image, 1); j++) {
            int shade = (int)(4.99 * tt_get(image, TT_INDEX(i, j)) / most);
            printf("%c%c", " .:*#"[shade], " .:*#"[shade]); /* letters are twice as high as wide */
        }
        putchar('\n');
    }
}

/* A ring, and a block in its middle. */
static tt_tensor *picture(tt_ctx *ctx)
{
    tt_tensor *at = tt_linspace(ctx, TT_F32, -1, 1, SIZE), *row = tt_unsqueeze(at, 1);
    tt_tensor *r = tt_hypot(row, at), *x = tt_maximum(tt_abs(row), tt_abs(at));
    tt_tensor *ring = tt_logical_and(tt_lt_scalar(r, 0.9), tt_gt_scalar(r, 0.65));
    return tt_cast(tt_logical_or(ring, tt_lt_scalar(x, 0.3)), TT_F32);
}

int main(void)
{
    tt_ctx *ctx = tt_ctx_new();
    tt_tensor *image = picture(ctx);
    draw("the picture", image);

    const float sobel[] = {-1, 0,  1,  -2, 0, 2, -1, 0, 1,  /* left to right */
                           -1, -2, -1, 0,  0, 0, 1,  2, 1}; /* top to bottom */
    tt_tensor *kernels = tt_from_data(ctx, TT_F32, TT_SHAPE(2, 3, 3), sobel);
    tt_tensor *slopes = convolve(image, kernels);
    draw("\nits edges: how steep it is", tt_norm(slopes, TT_AXES(0), 2, false));

    /* What did this to the picture? A kernel of which nothing is known, by gradient descent. */
    tt_tensor *guess = tt_param(tt_zeros(ctx, TT_F32, TT_SHAPE(2, 3, 3)));
    tt_optim *opt = tt_adam(ctx, TT_TENSORS(guess), 0.05, NULL);
    for (int step = 0; step < 300 && tt_ok(ctx); step++) {
        tt_scope s = tt_scope_begin(ctx, TT_GRAD);
        tt_optim_zero_grad(opt);
        tt_backward(tt_mse_loss(convolve(image, guess), slopes));
        tt_optim_step(opt);
        tt_scope_end(ctx, s);
    }
    puts("\nthe kernels, learned back from the edges:");
    tt_print(tt_add_scalar(tt_round(tt_detach(guess)), 0)); /* adding 0 makes -0 a 0 */

    int failed = !tt_ok(ctx);
    if (failed)
        fprintf(stderr, "%s\n", tt_error_message(ctx));
    tt_ctx_free(ctx);
    return failed;
}
