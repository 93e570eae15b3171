/* A trained model that is not ours (llm-viz's nano-gpt, which sorts three letters; MIT), with the
 * values that PyTorch computes: 19 tensors on the way from tokens to probabilities, every gradient,
 * a training run, and the loss on all 729 inputs. The model is computed twice: by the example, and
 * written out here operation by operation, so that each tensor is at hand. usage: test_nano_sort
 * FOLDER, or TT_SHARED_DATA with models/nano_sort in it; skipped where there is neither. */
#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "gpt2/model/forward.h"
#include "gpt2/model/weights.h"

enum { SKIPPED = 77, PATH = 4096 };

static int wrong;
static const char *folder;

static const char *in_folder(const char *name)
{
    static char path[PATH];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    return path;
}

static json_t *load(const char *name)
{
    json_error_t error;
    json_t *j = json_load_file(in_folder(name), 0, &error);
    if (!j) {
        printf("%s: %s\n", in_folder(name), error.text);
        exit(1);
    }
    return j;
}

/* Nested lists of two levels. */
static tt_tensor *ids_of(tt_ctx *ctx, json_t *rows)
{
    size_t n = json_array_size(rows), m = json_array_size(json_array_get(rows, 0));
    tt_tensor *x = tt_empty(ctx, TT_I64, TT_SHAPE((int64_t)n, (int64_t)m));
    int64_t *to = tt_data(x);
    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; k < m; k++)
            *to++ = json_integer_value(json_array_get(json_array_get(rows, i), k));
    return x;
}

/* NaN is larger than any number. */
static double larger(double a, double b)
{
    return isnan(a) || a >= b ? a : b;
}

static void report(const char *what, double off, double limit)
{
    printf("%-44s off by %.1e, limit %.0e\n", what, off, limit);
    wrong += !(off <= limit);
}

/* Largest difference over the largest value, where the reference is a number: it has null for the
 * scores that lie ahead, where ours must be -inf. */
static void check(json_t *reference, const char *name, tt_tensor *x)
{
    json_t *r = json_object_get(reference, name), *data = json_object_get(r, "data");
    x = tt_contiguous(tt_cast(x, TT_F64));
    const double *v = tt_cdata(x);
    double off = 0, top = 0;
    if (!x || (size_t)tt_numel(x) != json_array_size(data)) {
        report(name, INFINITY, 0);
        return;
    }
    for (size_t i = 0; i < json_array_size(data); i++) {
        json_t *e = json_array_get(data, i);
        if (json_is_null(e)) {
            off = larger(off, v[i] == -(double)INFINITY ? 0 : (double)INFINITY);
            continue;
        }
        off = larger(off, fabs(v[i] - json_number_value(e)));
        top = fmax(top, fabs(json_number_value(e)));
    }
    report(name, off / top, 1e-5);
}

static tt_tensor *weight(gpt2 *m, const char *name)
{
    for (int i = 0; i < m->n_params; i++)
        if (strcmp(m->params[i].name, name) == 0)
            return m->params[i].x;
    return NULL;
}

static tt_tensor *of_block(gpt2 *m, int layer, const char *name)
{
    char full[64];
    snprintf(full, sizeof full, "h.%d.%s", layer, name);
    return weight(m, full);
}

static tt_tensor *conv1d(gpt2 *m, int layer, const char *name, tt_tensor *x)
{
    char w[48], b[48];
    snprintf(w, sizeof w, "%s.weight", name);
    snprintf(b, sizeof b, "%s.bias", name);
    return tt_add(tt_einsum("b t i, i o -> b t o", TT_TENSORS(x, of_block(m, layer, w))),
                  of_block(m, layer, b));
}

static tt_tensor *norm(gpt2 *m, int layer, const char *name, tt_tensor *x)
{
    char w[48], b[48];
    snprintf(w, sizeof w, "%s.weight", name);
    snprintf(b, sizeof b, "%s.bias", name);
    return tt_layer_norm(x, of_block(m, layer, w), of_block(m, layer, b), 1e-5);
}

/* One block; the first one's tensors are checked. */
static tt_tensor *block(gpt2 *m, int i, tt_tensor *x, json_t *r)
{
    tt_tensor *part[3], *ln1 = norm(m, i, "ln_1", x);
    tt_tensor *qkv = conv1d(m, i, "attn.c_attn", ln1);
    tt_unbind(tt_rearrange(qkv, "b t (three h d) -> three b h t d, three=3, h=3"), 0, 3, part);
    tt_tensor *s = tt_einsum("b h q d, b h k d -> b h q k", TT_TENSORS(part[0], part[1]));
    s = tt_div_scalar(s, sqrt((double)tt_size(part[0], -1)));
    tt_tensor *ahead = tt_triu(tt_ones(m->ctx, TT_BOOL, TT_SHAPE(tt_size(s, 2), tt_size(s, 3))), 1);
    s = tt_masked_fill(s, ahead, -(double)INFINITY);
    tt_tensor *p = tt_softmax(s, -1);
    tt_tensor *y = tt_einsum("b h q k, b h k d -> b h q d", TT_TENSORS(p, part[2]));
    y = tt_rearrange(y, "b h t d -> b t (h d)");
    tt_tensor *y_proj = conv1d(m, i, "attn.c_proj", y), *middle = tt_add(x, y_proj);
    tt_tensor *ln2 = norm(m, i, "ln_2", middle);
    tt_tensor *fc = conv1d(m, i, "mlp.c_fc", ln2), *gelu = tt_gelu_tanh(fc);
    tt_tensor *mlp = conv1d(m, i, "mlp.c_proj", gelu), *out = tt_add(middle, mlp);
    tt_tensor *fused = tt_scaled_dot_product_attention(part[0], part[1], part[2], NULL, true, 0);
    const struct {
        const char *name;
        tt_tensor *x;
    } all[] = {{"ln1", ln1},      {"qkv", qkv},
               {"att", s},        {"attSm", p},
               {"y", y},          {"y", tt_rearrange(fused, "b h t d -> b t (h d)")},
               {"yProj", y_proj}, {"attnResid", middle},
               {"ln2", ln2},      {"fc", fc},
               {"gelu", gelu},    {"mlp", mlp},
               {"mlpResid", out}};
    for (size_t k = 0; i == 0 && k < sizeof all / sizeof *all; k++)
        check(r, all[k].name, all[k].x);
    return out;
}

static void check_forward(tt_ctx *ctx)
{
    gpt2 m;
    json_t *r = load("reference.json");
    tt_scope s = tt_scope_begin(ctx, TT_NO_GRAD);
    gpt2_open(&m, ctx, folder, TT_F32);
    tt_tensor *ids = ids_of(ctx, json_object_get(r, "input_ids"));
    tt_tensor *x = tt_embedding(weight(&m, "wte.weight"), ids);
    check(r, "tok_emb", x);
    x = tt_add(x, tt_narrow(weight(&m, "wpe.weight"), 0, 0, tt_size(ids, 1)));
    for (int i = 0; i < 3; i++) {
        char name[16];
        snprintf(name, sizeof name, "block%d", i);
        x = block(&m, i, x, r);
        check(r, name, x);
    }
    x = tt_layer_norm(x, weight(&m, "ln_f.weight"), weight(&m, "ln_f.bias"), 1e-5);
    check(r, "ln_f", x);
    x = tt_einsum("b t c, v c -> b t v", TT_TENSORS(x, weight(&m, "lm_head.weight")));
    check(r, "lm_head", x);
    check(r, "probs", tt_softmax(x, -1));
    check(r, "lm_head", gpt2_logits(&m, gpt2_hidden(&m, ids, NULL)));
    gpt2_free(&m);
    tt_scope_end(ctx, s);
    json_decref(r);
}

/* Largest difference over the largest value. */
static double distance(tt_tensor *x, tt_tensor *reference)
{
    tt_tensor *a = tt_cast(x, TT_F64), *b = tt_cast(reference, TT_F64);
    return tt_item(tt_max(tt_abs(tt_sub(a, b)), TT_ALL_AXES, false)) /
           tt_item(tt_max(tt_abs(b), TT_ALL_AXES, false));
}

static void check_gradients(gpt2 *m)
{
    tt_safetensors *f = tt_safetensors_open(m->ctx, in_folder("grads_step0.safetensors"));
    for (int i = 0; i < m->n_params; i++) {
        char name[80], what[120];
        bool head = strcmp(m->params[i].name, "lm_head.weight") == 0;
        snprintf(name, sizeof name, "%s%s", head ? "" : "transformer.", m->params[i].name);
        tt_tensor *reference = tt_safetensors_get(f, name);
        snprintf(what, sizeof what, "gradient, %s: %s", tt_dtype_name(gpt2_dtype(m)),
                 m->params[i].name);
        report(what, distance(tt_grad(m->params[i].x), reference), 1e-5);
    }
    if (tt_safetensors_count(f) != m->n_params)
        report("number of gradients", INFINITY, 0);
    tt_safetensors_close(f);
}

/* Twenty steps; x, y, the optimiser and the losses are the reference's. */
static void check_training(tt_ctx *ctx, tt_dtype dtype, const char *results, double limit)
{
    gpt2 m;
    json_t *t = load("train_reference.json");
    json_t *r = json_object_get(json_object_get(t, "results"), results);
    json_t *losses = json_object_get(r, "losses");
    tt_tensor *x = ids_of(ctx, json_object_get(t, "x")), *y = ids_of(ctx, json_object_get(t, "y"));
    gpt2_open(&m, ctx, folder, (int)dtype);
    gpt2_trainable(&m);
    tt_adamw_options o = TT_ADAMW_OPTIONS_INIT;
    o.beta1 = 0.9, o.beta2 = 0.95, o.weight_decay = 0.1;
    tt_optim *optim = tt_adamw(ctx, m.n_params, m.leaves, 1e-3, &o);
    double worst = 0, norm_off = 0;
    for (size_t i = 0; i < json_array_size(losses); i++) {
        tt_scope s = tt_scope_begin(ctx, TT_GRAD);
        tt_optim_zero_grad(optim);
        tt_tensor *loss = gpt2_loss(&m, x, y);
        tt_backward(loss);
        if (i == 0)
            check_gradients(&m);
        double norm = tt_clip_grad_norm(m.n_params, m.leaves, 1);
        double e = json_number_value(json_array_get(losses, i));
        if (i == 0)
            norm_off = fabs(norm / json_number_value(json_object_get(r, "grad_norm0")) - 1);
        worst = larger(worst, fabs(tt_item(loss) / e - 1));
        tt_optim_step(optim);
        tt_scope_end(ctx, s);
    }
    char what[64];
    snprintf(what, sizeof what, "losses of %zu steps, %s", json_array_size(losses), results);
    report(what, worst, limit);
    report("norm of the first gradient", norm_off, limit);
    gpt2_free(&m);
    json_decref(t);
}

/* Number n's six digits in base three, their order, and what is to be learned: six letters and five
 * of the sorted ones go in, the six sorted ones are to come out. */
static void sorting_example(int n, int64_t *x, int64_t *sorted)
{
    int of[3] = {0};
    for (int i = 0; i < 6; i++, n /= 3)
        of[x[i] = n % 3]++;
    for (int i = 0; i < 6; i++)
        sorted[i] = i < of[0] ? 0 : i < of[0] + of[1] ? 1 : 2;
    memcpy(x + 6, sorted, 5 * sizeof *x);
}

/* All inputs there are: the model sorts each, as sure of it as the reference is. */
static void check_sorting(tt_ctx *ctx)
{
    enum { ALL = 729 };
    gpt2 m;
    json_t *e = load("expected.json");
    tt_scope s = tt_scope_begin(ctx, TT_NO_GRAD);
    gpt2_open(&m, ctx, folder, TT_F64);
    tt_tensor *x = tt_empty(ctx, TT_I64, TT_SHAPE(ALL, 11));
    tt_tensor *y = tt_empty(ctx, TT_I64, TT_SHAPE(ALL, 6));
    int64_t *to_x = tt_data(x), *to_y = tt_data(y);
    for (int n = 0; n < ALL; n++)
        sorting_example(n, to_x + 11 * n, to_y + 6 * n);
    tt_tensor *logits = tt_narrow(gpt2_logits(&m, gpt2_hidden(&m, x, NULL)), 1, 5, 6);
    report("all inputs sorted", tt_array_equal(tt_argmax(logits, -1, false), y) ? 0 : 1, 0);
    tt_cross_entropy_options each = TT_CROSS_ENTROPY_OPTIONS_INIT;
    each.reduction = TT_LOSS_NONE;
    tt_tensor *nll = tt_cross_entropy_with(logits, y, &each);
    double got_mean = tt_item(tt_mean(nll, TT_ALL_AXES, false));
    double got_max = tt_item(tt_max(nll, TT_ALL_AXES, false));
    double mean = json_number_value(json_object_get(e, "mean_nll_sorted_half_all_729"));
    double max = json_number_value(json_object_get(e, "max_nll"));
    report("mean loss of all inputs", fabs(got_mean / mean - 1), 1e-9);
    report("largest loss of all inputs", fabs(got_max / max - 1), 1e-9);
    gpt2_free(&m);
    tt_scope_end(ctx, s);
    json_decref(e);
}

/* The folder that is named, or the one among the shared data. */
static void choose_folder(int argc, char **argv)
{
    static char path[PATH];
    const char *shared = getenv("TT_SHARED_DATA");
    snprintf(path, sizeof path, "%s%s",
             shared     ? shared
             : argc > 1 ? argv[1]
                        : ".",
             shared ? "/models/nano_sort" : "");
    folder = path;
}

int main(int argc, char **argv)
{
    choose_folder(argc, argv);
    if (access(in_folder("reference.json"), R_OK) != 0) {
        printf("no %s: skipped\n", in_folder("reference.json"));
        return SKIPPED;
    }
    tt_ctx *ctx = tt_ctx_new();
    check_forward(ctx);
    check_training(ctx, TT_F32, "f32", 1e-4);
    check_training(ctx, TT_F64, "f64", 1e-9);
    check_sorting(ctx);
    if (!tt_ok(ctx))
        printf("%s\n", tt_error_message(ctx));
    wrong += !tt_ok(ctx);
    tt_ctx_free(ctx);
    return wrong > 0;
}
