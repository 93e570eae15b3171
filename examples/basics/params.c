/* Saving and loading parameters: a model is a list of names and tensors. What is loaded goes into
 * the tensors that are there; a file that does not fit changes nothing, and all that is wrong is
 * said. */
#include <stdio.h>
#include <tinytensor/tinytensor.h>

static const char *const names[] = {"hidden.weight", "hidden.bias", "out.weight", "out.bias"};
enum { PARAMS = 4 };

static void make_model(tt_ctx *ctx, tt_tensor *p[PARAMS], int64_t hidden)
{
    const int64_t rows[] = {hidden, hidden, 1, 1}, columns[] = {2, 0, hidden, 0};
    for (int i = 0; i < PARAMS; i++) {
        p[i] = tt_empty(ctx, TT_F32, columns[i] ? 2 : 1, (int64_t[]){rows[i], columns[i]});
        tt_init_uniform_(p[i], -1, 1);
        p[i] = tt_param(p[i]);
    }
}

static tt_tensor *forward(tt_tensor *const p[PARAMS], tt_tensor *x)
{
    return tt_linear(tt_tanh(tt_linear(x, p[0], p[1])), p[2], p[3]);
}

/* Learns the product of two numbers in [-1, 1]. */
static double train(tt_ctx *ctx, tt_tensor *const p[PARAMS], tt_optim *opt, int steps)
{
    double last = 0;
    for (int i = 0; i < steps && tt_ok(ctx); i++) {
        tt_scope s = tt_scope_begin(ctx, TT_GRAD);
        tt_tensor *x = tt_uniform(ctx, TT_F32, TT_SHAPE(64, 2), -1, 1);
        tt_optim_zero_grad(opt);
        tt_tensor *loss = tt_mse_loss(forward(p, x), tt_prod(x, TT_AXES(1), true));
        tt_backward(loss);
        tt_optim_step(opt);
        last = tt_item(loss);
        tt_scope_end(ctx, s);
    }
    return last;
}

int main(void)
{
    tt_ctx *ctx = tt_ctx_new();
    tt_tensor *p[PARAMS], *q[PARAMS], *small[PARAMS];
    make_model(ctx, p, 16);
    tt_optim *opt = tt_adam(ctx, PARAMS, p, 0.02, NULL);
    train(ctx, p, opt, 300);
    tt_save_params("product.safetensors", PARAMS, names, p);
    tt_optim_save(opt, "product.npz"); /* to go on, the optimiser's means are needed as well */

    tt_tensor *x = tt_from_data(ctx, TT_F32, TT_SHAPE(1, 2), (const float[]){0.5f, -0.8f});
    puts("another model, with the same parameters:");
    make_model(ctx, q, 16);
    printf("  new:    0.5 times -0.8 is %.2f\n", tt_item(forward(q, x)));
    tt_load_params("product.safetensors", PARAMS, names, q);
    printf("  loaded: 0.5 times -0.8 is %.2f\n", tt_item(forward(q, x)));
    printf("  as the first one says: %s\n",
           tt_array_equal(forward(p, x), forward(q, x)) ? "yes" : "no");

    puts("\ntraining goes on as if there had been no file:");
    tt_optim *other = tt_adam(ctx, PARAMS, q, 0.02, NULL);
    tt_optim_load(other, "product.npz");
    tt_seed(ctx, 7); /* the same examples for both */
    double a = train(ctx, p, opt, 200);
    tt_seed(ctx, 7);
    double b = train(ctx, q, other, 200);
    printf("  the same loss, to the last bit: %s\n", a == b ? "yes" : "no");

    puts("\na model of another size:");
    make_model(ctx, small, 8);
    tt_load_params("product.safetensors", PARAMS, names, small);
    printf("  %s\n", tt_error_message(ctx));
    tt_error_clear(ctx);

    puts("\nand one with another name, which Python would see as well:");
    const char *const renamed[] = {"hidden.weight", "hidden.bias", "head.weight", "out.bias"};
    tt_load_params("product.safetensors", PARAMS, renamed, q);
    printf("  %s\n", tt_error_message(ctx));
    remove("product.safetensors");
    remove("product.npz");
    tt_ctx_free(ctx);
    return 0;
}
