/* A recurrent network by hand: a gated unit reads a text letter by letter, guesses the next one,
 * and learns to recite it. The gates are written out; tt_gru_cell() is the same in one call. */
#include <stdio.h>
#include <string.h>
#include <tinytensor/tinytensor.h>

static const char text[] = "the rain in spain stays mainly in the plain. ";
static const char letters[] = "abcdefghijklmnopqrstuvwxyz .";
enum { LENGTH = sizeof text - 1, LETTERS = 28, HIDDEN = 32, STEPS = 150 };
enum { WX, WH, BX, BH, OUT, BO, PARAMS };

/* r: how much of the state goes into the candidate n; z: how much of the state stays. */
static tt_tensor *step(tt_tensor *const p[PARAMS], tt_tensor *x, tt_tensor *h)
{
    tt_tensor *a[3], *b[3];
    tt_chunk(tt_linear(x, p[WX], p[BX]), -1, 3, a);
    tt_chunk(tt_linear(h, p[WH], p[BH]), -1, 3, b);
    tt_tensor *r = tt_sigmoid(tt_add(a[0], b[0])), *z = tt_sigmoid(tt_add(a[1], b[1]));
    tt_tensor *n = tt_tanh(tt_add(a[2], tt_mul(r, b[2])));
    return tt_lerp(n, h, z);
}

static tt_tensor *param(tt_ctx *ctx, int64_t rows, int64_t columns)
{
    tt_tensor *w = tt_empty(ctx, TT_F64, TT_SHAPE(rows, columns));
    tt_init_xavier_uniform_(w, 1);
    return tt_param(columns == 1 ? tt_squeeze(w, TT_AXES(1)) : w);
}

/* The mean loss of guessing each letter from those before it. */
static tt_tensor *read_text(tt_ctx *ctx, tt_tensor *const p[PARAMS], tt_tensor *codes)
{
    tt_tensor *x = tt_cast(tt_one_hot(codes, LETTERS), TT_F64), *states[LENGTH - 1];
    tt_tensor *h = tt_zeros(ctx, TT_F64, TT_SHAPE(HIDDEN));
    for (int t = 0; t < LENGTH - 1; t++)
        states[t] = h = step(p, tt_select(x, 0, t), h);
    tt_tensor *logits = tt_linear(tt_stack(LENGTH - 1, states, 0), p[OUT], p[BO]);
    return tt_cross_entropy(logits, tt_slice(codes, "1:"), -100);
}

/* Always the likeliest letter, from the first one on. */
static void recite(tt_ctx *ctx, tt_tensor *const p[PARAMS])
{
    tt_scope s = tt_scope_begin(ctx, TT_NO_GRAD);
    tt_tensor *h = tt_zeros(ctx, TT_F64, TT_SHAPE(HIDDEN));
    int64_t k = strchr(letters, text[0]) - letters;
    for (int t = 0; t < LENGTH; t++) {
        putchar(letters[k]);
        h = step(p, tt_cast(tt_one_hot(tt_scalar(ctx, TT_I64, (double)k), LETTERS), TT_F64), h);
        k = tt_item_i64(tt_argmax(tt_linear(h, p[OUT], p[BO]), 0, false));
    }
    putchar('\n');
    tt_scope_end(ctx, s);
}

int main(void)
{
    tt_ctx *ctx = tt_ctx_new();
    tt_tensor *p[PARAMS] = {param(ctx, 3 * HIDDEN, LETTERS), param(ctx, 3 * HIDDEN, HIDDEN),
                            param(ctx, 3 * HIDDEN, 1),       param(ctx, 3 * HIDDEN, 1),
                            param(ctx, LETTERS, HIDDEN),     param(ctx, LETTERS, 1)};
    tt_tensor *codes = tt_empty(ctx, TT_I64, TT_SHAPE(LENGTH));
    for (int t = 0; t < LENGTH; t++)
        tt_set(codes, TT_INDEX(t), (double)(strchr(letters, text[t]) - letters));
    tt_optim *opt = tt_adam(ctx, PARAMS, p, 0.01, NULL);
    for (int i = 0; i <= STEPS && tt_ok(ctx); i++) {
        tt_scope s = tt_scope_begin(ctx, TT_GRAD);
        tt_optim_zero_grad(opt);
        tt_tensor *loss = read_text(ctx, p, codes);
        tt_backward(loss);
        tt_clip_grad_norm(PARAMS, p, 1);
        tt_optim_step(opt);
        if (i % 50 == 0) {
            printf("step %3d, loss %.3f: ", i, tt_item(loss));
            recite(ctx, p);
        }
        tt_scope_end(ctx, s);
    }
    tt_tensor *x = tt_rand(ctx, TT_F64, TT_SHAPE(LETTERS)),
              *h = tt_rand(ctx, TT_F64, TT_SHAPE(HIDDEN));
    tt_tensor *cell = tt_gru_cell(x, h, p[WX], p[WH], p[BX], p[BH]);
    printf("as tt_gru_cell: %s\n",
           tt_allclose(step(p, x, h), cell, 1e-12, 0, false) ? "yes" : "no");

    int failed = !tt_ok(ctx);
    if (failed)
        fprintf(stderr, "%s\n", tt_error_message(ctx));
    tt_ctx_free(ctx);
    return failed;
}
