/* Errors and how to handle them. The first one stays in the context, with a message that shows the
 * shapes; what follows does nothing. So an expression needs no checks within, but one at its
 * end. */
#include <stdio.h>
#include <stdlib.h>
#include <tinytensor/tinytensor.h>

/* A function of a library built upon this one: it passes on what went wrong below it, and adds its
 * own conditions in the same way. NULL in, NULL out. */
static tt_tensor *normalise(tt_tensor *x)
{
    tt_tensor *length = tt_norm(x, TT_ALL_AXES, 2, false);
    if (length && tt_item(length) == 0)
        return tt_error_set(tt_ctx_of(x), TT_ERR_NUMERIC, "normalise: the vector is 0"), NULL;
    return tt_div(x, length);
}

/* Called at once when an error is recorded: to log it, to count it, or to end the program. */
static void report(tt_ctx *ctx, tt_status code, const char *message, void *user)
{
    (void)ctx;
    printf("  %d. %s: %s\n", ++*(int *)user, tt_status_name(code), message);
}

int main(void)
{
    tt_ctx *ctx = tt_ctx_new();
    tt_tensor *a = tt_ones(ctx, TT_F32, TT_SHAPE(2, 3)), *b = tt_ones(ctx, TT_F32, TT_SHAPE(4, 5));

    puts("one check at the end:");
    tt_tensor *y = tt_relu(tt_add_scalar(tt_matmul(a, b), 1)); /* fails in the innermost call */
    printf("  the result is %s\n", y ? "there" : "NULL");
    printf("  %s: %s\n", tt_status_name(tt_error_code(ctx)), tt_error_message(ctx));

    puts("nothing happens until the error is cleared; what is there can still be printed:");
    printf("  a + a is %s, and here is a:\n", tt_add(a, a) ? "there" : "NULL");
    tt_print(a);
    tt_error_clear(ctx);
    printf("  a + a is %s\n", tt_add(a, a) ? "there" : "NULL");

    puts("an error that is expected: is there a file?");
    if (!tt_load_npy(ctx, "weights.npy") && tt_error_code(ctx) == TT_ERR_IO) {
        tt_error_clear(ctx);
        puts("  no; starting with random numbers");
    }

    puts("errors of one's own:");
    normalise(tt_zeros(ctx, TT_F32, TT_SHAPE(3)));
    printf("  %s\n", tt_error_message(ctx));
    tt_error_clear(ctx);

    puts("a handler sees each error when it happens:");
    int seen = 0;
    tt_set_error_handler(ctx, report, &seen);
    tt_slice(a, "0, 1:2:0");
    tt_error_clear(ctx);
    tt_einsum("i j, j k -> i k", TT_TENSORS(a, b));
    tt_error_clear(ctx);
    tt_set_error_handler(ctx, NULL, NULL);

    puts("out of memory is an error like the others, here beyond a limit:");
    tt_ctx_options o = TT_CTX_OPTIONS_INIT;
    o.memory_limit = 1000000;
    tt_ctx *small = tt_ctx_new_with(&o);
    tt_zeros(small, TT_F32, TT_SHAPE(1000, 1000));
    printf("  %s\n", tt_status_name(tt_error_code(small)));
    tt_ctx_free(small);

    tt_ctx_free(ctx);
    return EXIT_SUCCESS;
}
