/* Views and slices: other ways to look at the same memory. They cost nothing, whatever the size,
 * and what is written through one is seen through all. Slices are written as in NumPy. */
#include <stdio.h>
#include <tinytensor/tinytensor.h>

static void show(const char *what, tt_tensor *x)
{
    printf("%s\n", what);
    tt_print(x);
}

int main(void)
{
    tt_ctx *ctx = tt_ctx_new();
    tt_tensor *x = tt_reshape(tt_arange(ctx, TT_I64, 0, 24, 1), TT_SHAPE(4, 6));
    show("x", x);

    show("x[1]: a row", tt_slice(x, "1"));
    show("x[:, -1]: the last column", tt_slice(x, ":, -1"));
    show("x[1:3, ::2]: rows 1 and 2, every other column", tt_slice(x, "1:3, ::2"));
    show("x[::-1, :2]: from the bottom up", tt_slice(x, "::-1, :2"));
    int from = 2; /* bounds may be numbers of the program */
    show("x[from:, 5]", tt_slice(x, "%d:, 5", from));
    show("x[..., None] has one more axis", tt_slice(x, "0, :3, None"));

    puts("\nThe axes in another order: strides change, elements stay.");
    tt_tensor *t = tt_transpose(x, 0, 1);
    printf("strides of x: %lld and %lld, of its transpose: %lld and %lld; the same memory: %s\n",
           (long long)tt_strides(x)[0], (long long)tt_strides(x)[1], (long long)tt_strides(t)[0],
           (long long)tt_strides(t)[1], tt_same_storage(x, t) ? "yes" : "no");
    show("as (2, 2, 6)", tt_view(x, TT_SHAPE(2, 2, 6)));
    show("its diagonal", tt_diagonal(x, 0, 0, 1));
    show("its first row three times, with a stride of 0",
         tt_expand(tt_slice(x, "0"), TT_SHAPE(3, 6)));

    puts("\nWhat is written through a view is written in x.");
    tt_fill_(tt_slice(x, "1:3, 1:3"), -1);
    tt_copy_(tt_slice(x, "0, ::2"), tt_slice(x, "3, ::2"));
    show("x", x);

    puts("\nA copy has memory of its own.");
    tt_tensor *copy = tt_clone(tt_slice(x, "0"));
    tt_fill_(copy, 99);
    show("copy", copy);
    show("x[0]", tt_slice(x, "0"));

    puts("\nA view that cannot be one says why; tt_reshape() would copy.");
    tt_view(t, TT_SHAPE(24));
    printf("%s\n", tt_error_message(ctx));
    tt_ctx_free(ctx);
    return 0;
}
