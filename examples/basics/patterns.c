/* Patterns: what a tensor looks like before and after, with a name for each axis. One notation for
 * transposing, reshaping, reducing, repeating and multiplying, which checks that the axes fit. */
#include <stdio.h>
#include <tinytensor/tinytensor.h>

static void show(const char *pattern, tt_tensor *x)
{
    printf("\n\"%s\"\n", pattern);
    tt_print(x);
}

int main(void)
{
    tt_ctx *ctx = tt_ctx_new();
    tt_tensor *x = tt_reshape(tt_arange(ctx, TT_F32, 0, 16, 1), TT_SHAPE(4, 4));
    puts("x is (h w), four by four:");
    tt_print(x);

    puts("\nrearrange: axes move, are joined, and are taken apart");
    show("h w -> w h", tt_rearrange(x, "h w -> w h"));
    show("(h a) (w b) -> (h w) (a b), a=2, b=2: patches of 2 by 2, one a row",
         tt_rearrange(x, "(h a) (w b) -> (h w) (a b), a=2, b=2"));

    puts("\nreduce: axes that are gone on the right");
    show("h w -> h, sum", tt_reduce(x, "h w -> h", TT_SUM));
    show("(h 2) (w 2) -> h w, max: pooling", tt_reduce(x, "(h 2) (w 2) -> h w", TT_MAX));

    puts("\nrepeat: axes that are new on the right");
    tt_tensor *row = tt_slice(x, "0, :3");
    show("w -> h w, h=2", tt_repeat(row, "w -> h w, h=%d", 2));
    show("w -> (w 2): every element twice", tt_repeat(row, "w -> (w 2)"));

    puts("\neinsum: what stands in all operands is multiplied, what is gone is summed");
    tt_tensor *a = tt_slice(x, ":2, :3"), *b = tt_slice(x, ":3, :2");
    show("i k, k j -> i j: the product of matrices",
         tt_einsum("i k, k j -> i j", TT_TENSORS(a, b)));
    show("i i -> : the trace", tt_einsum("i i ->", TT_TENSORS(x)));
    show("i, j -> i j: every pair", tt_einsum("i, j -> i j", TT_TENSORS(row, row)));
    tt_tensor *batch = tt_stack(TT_TENSORS(a, tt_neg(a)), 0);
    show("b i k, b j k -> b i j: inner products of the rows, for each b",
         tt_einsum("b i k, b j k -> b i j", TT_TENSORS(batch, batch)));

    puts("\nA pattern that does not fit names the place:");
    tt_rearrange(x, "(h a) w -> h a w, a=3");
    printf("%s\n", tt_error_message(ctx));
    tt_ctx_free(ctx);
    return 0;
}
