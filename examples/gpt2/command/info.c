/* tinytensor-gpt2 info: what a model folder holds. Output: sizes, parameters by part, and the
 * memory that generating and training take, reckoned from the sizes alone. */
#include <stdio.h>
#include <string.h>

#include "command.h"
#include "common/args/args.h"
#include "common/program.h"

static int64_t count(const gpt2_param *p)
{
    return p->shape[0] * (p->ndim == 2 ? p->shape[1] : 1);
}

static void part(const gpt2 *m, const char *title, const char *word)
{
    int64_t n = 0;
    for (int i = 0; i < m->n_params; i++)
        if (strstr(m->params[i].name, word))
            n += count(&m->params[i]);
    printf("  %-22s %13lld\n", title, (long long)n);
}

static void print_sizes(const gpt2 *m)
{
    const gpt2_config *c = &m->config;
    printf("layers %lld, heads %lld, channels %lld, context %lld, vocabulary %lld\n",
           (long long)c->n_layer, (long long)c->n_head, (long long)c->n_embd,
           (long long)c->n_positions, (long long)c->vocab_size);
    printf("activation %s, layer norm epsilon %g, %s head, weights stored as %s\n",
           c->activation == GPT2_GELU ? "gelu" : "gelu_new", c->layer_norm_epsilon,
           c->tie_word_embeddings ? "tied" : "separate", tt_dtype_name(tt_dtype_of(m->wte->x)));
}

/* Returns how many there are in all. */
static int64_t print_parts(const gpt2 *m)
{
    int64_t total = 0;
    for (int i = 0; i < m->n_params; i++)
        total += count(&m->params[i]);
    printf("\nparameters               %13lld\n", (long long)total);
    part(m, "token embedding", "wte");
    part(m, "position embedding", "wpe");
    part(m, "attention", ".attn.");
    part(m, "mlp", ".mlp.");
    part(m, "layer norms", "ln_");
    if (!m->config.tie_word_embeddings)
        part(m, "head", "lm_head");
    return total;
}

static void print_memory(const gpt2 *m, int64_t total)
{
    const gpt2_config *c = &m->config;
    double mb = 1e6, cache = 2.0 * (double)(c->n_layer * c->n_positions * c->n_embd) * 4;
    printf("\nmemory to generate      %10.1f MB in float32, %.1f MB in bf16 or f16\n",
           ((double)total * 4 + cache) / mb, ((double)total * 2 + cache) / mb);
    /* parameters, gradients, two means; per token of a batch about 34 channels a layer */
    double per_token = (double)(c->n_layer * c->n_embd) * 34 * 4;
    printf("memory to train         %10.1f MB, and %.2f MB for each token of a batch\n",
           (double)total * 16 / mb, per_token / mb);
}

int cmd_info(int argc, char **argv)
{
    const char *model = NULL;
    const arg args[] = {{"--model", ARG_IN, &model, 0, 0, "DIR", "the same as DIR"}};
    gpt2 m;
    int n_bare;
    char **bare = args_parse(
        argc, argv, &(arg_table){"What the model folder DIR holds.", ARG_ROWS(args), .bare = "DIR"},
        &n_bare);
    if (n_bare + (model != NULL) == 0)
        program_usage(argv[0], "DIR or --model is needed");
    if (n_bare + (model != NULL) > 1)
        program_usage(argv[0], "one folder is needed");
    tt_ctx *ctx = command_model(&m, argv[0], n_bare ? bare[0] : model, NULL, 0, 0);
    print_sizes(&m);
    print_memory(&m, print_parts(&m));
    gpt2_free(&m);
    tt_ctx_free(ctx);
    return 0;
}
