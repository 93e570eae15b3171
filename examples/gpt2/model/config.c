/* Reading and writing config.json. Fields that do not change what the model computes are ignored;
 * those that would make it another model than GPT-2 are errors. Invariant: a configuration that was
 * read has positive sizes that fit together. */
#include "config.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/error.h"
#include "common/files.h"

#if HAVE_JANSSON
#include <jansson.h>
#endif

enum { MAX_LAYERS = 100000 };

gpt2_config gpt2_config_default(void)
{
    return (gpt2_config){.n_layer = 12,
                         .n_head = 12,
                         .n_embd = 768,
                         .n_positions = 1024,
                         .vocab_size = 50257,
                         .n_inner = 4 * 768,
                         .layer_norm_epsilon = 1e-5,
                         .activation = GPT2_GELU_NEW,
                         .tie_word_embeddings = true,
                         .bos_token_id = 50256,
                         .eos_token_id = 50256};
}

#if HAVE_JANSSON
typedef struct reader {
    json_t *root;
    const char *name;
    char *error;
    size_t size;
} reader;

/* A value that is there, and not null. */
static json_t *field(const reader *r, const char *key)
{
    json_t *x = json_object_get(r->root, key);
    return json_is_null(x) ? NULL : x;
}

static bool read_size(const reader *r, const char *key, int64_t least, int64_t most, int64_t *out)
{
    json_t *x = field(r, key);
    if (!x)
        return true;
    if (!json_is_integer(x))
        return fail_with(r->error, r->size, "%s: %s is not a whole number", r->name, key);
    *out = json_integer_value(x);
    if (*out < least || *out > most)
        return fail_with(r->error, r->size, "%s: %s is %lld, not within %lld to %lld", r->name, key,
                         (long long)*out, (long long)least, (long long)most);
    return true;
}

/* A size under its name, or under the one that other models have for it. */
static bool read_named(const reader *r, const char *key, const char *other, int64_t most,
                       int64_t *out)
{
    int64_t second = -1;
    if (!read_size(r, key, 1, most, out) || !read_size(r, other, 1, most, &second))
        return false;
    if (second < 0)
        return true;
    if (field(r, key) && *out != second)
        return fail_with(r->error, r->size, "%s: %s is %lld, but %s is %lld", r->name, key,
                         (long long)*out, other, (long long)second);
    *out = second;
    return true;
}

static bool read_sizes(const reader *r, gpt2_config *c)
{
    const struct {
        const char *key, *other;
        int64_t most, *out;
    } sizes[] = {
        {"n_layer", "num_hidden_layers", MAX_LAYERS, &c->n_layer},
        {"n_head", "num_attention_heads", INT32_MAX, &c->n_head},
        {"n_embd", "hidden_size", INT32_MAX, &c->n_embd},
        {"n_positions", "max_position_embeddings", INT32_MAX, &c->n_positions},
        {"n_positions", "n_ctx", INT32_MAX, &c->n_positions},
    };
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++)
        if (!read_named(r, sizes[i].key, sizes[i].other, sizes[i].most, sizes[i].out))
            return false;
    if (c->n_embd % c->n_head)
        return fail_with(r->error, r->size, "%s: n_embd, %lld, is not a multiple of n_head, %lld",
                         r->name, (long long)c->n_embd, (long long)c->n_head);
    c->n_inner = 4 * c->n_embd;
    return read_size(r, "n_inner", 1, INT32_MAX, &c->n_inner) &&
           read_size(r, "vocab_size", 1, INT32_MAX, &c->vocab_size);
}

static bool read_special(const reader *r, const char *key, int64_t vocabulary, int64_t *out)
{
    json_t *x = json_object_get(r->root, key);
    if (x && !field(r, key))
        *out = -1;
    if (!read_size(r, key, -1, INT32_MAX, out))
        return false;
    if (*out >= vocabulary) /* as when the field is not there, in a small vocabulary */
        *out = -1;
    return true;
}

static bool read_fingerprint(const reader *r, const char *key, char *out)
{
    json_t *x = field(r, key);
    const char *text = json_string_value(x);
    if (x && (!text || strlen(text) >= FINGERPRINT_TEXT))
        return fail_with(r->error, r->size, "%s: %s is not a text of %d digits", r->name, key,
                         FINGERPRINT_TEXT - 1);
    if (x)
        snprintf(out, FINGERPRINT_TEXT, "%s", text);
    return true;
}

static bool read_activation(const reader *r, gpt2_activation *out)
{
    static const struct {
        const char *name;
        gpt2_activation is;
    } known[] = {
        {"gelu_new", GPT2_GELU_NEW},  {"gelu_pytorch_tanh", GPT2_GELU_NEW},
        {"gelu_fast", GPT2_GELU_NEW}, {"gelu", GPT2_GELU},
        {"gelu_python", GPT2_GELU},
    };
    json_t *x = field(r, "activation_function");
    if (!x)
        return true;
    const char *name = json_string_value(x);
    for (size_t i = 0; name && i < sizeof known / sizeof *known; i++)
        if (strcmp(name, known[i].name) == 0) {
            *out = known[i].is;
            return true;
        }
    return fail_with(r->error, r->size,
                     "%s: activation_function is %s%.40s%s, not gelu_new or gelu", r->name,
                     name ? "'" : "", name ? name : "no text", name ? "'" : "");
}

/* A truth value that this model takes only one way; or either way, into *out. */
static bool read_truth(const reader *r, const char *key, bool must, bool *out)
{
    json_t *x = field(r, key);
    if (!x)
        return true;
    if (!json_is_boolean(x))
        return fail_with(r->error, r->size, "%s: %s is not true or false", r->name, key);
    if (out)
        *out = json_is_true(x);
    else if (json_is_true(x) != must)
        return fail_with(r->error, r->size, "%s: %s is %s; a GPT-2 with that is not supported",
                         r->name, key, must ? "false" : "true");
    return true;
}

static bool read_epsilon(const reader *r, double *out)
{
    json_t *x = field(r, "layer_norm_epsilon");
    if (!x)
        return true;
    *out = json_number_value(x);
    if (json_is_number(x) && *out > 0 && *out <= 1)
        return true;
    return fail_with(r->error, r->size, "%s: layer_norm_epsilon is not a number above 0, at most 1",
                     r->name);
}

static bool read_all(const reader *r, gpt2_config *c)
{
    json_t *type = field(r, "model_type");
    const char *is = json_string_value(type);
    if (type && (!is || strcmp(is, "gpt2") != 0))
        return fail_with(r->error, r->size, "%s: model_type is '%.40s', not 'gpt2'", r->name,
                         is ? is : "");
    return read_sizes(r, c) && read_activation(r, &c->activation) &&
           read_epsilon(r, &c->layer_norm_epsilon) &&
           read_truth(r, "tie_word_embeddings", true, &c->tie_word_embeddings) &&
           read_truth(r, "scale_attn_weights", true, NULL) &&
           read_truth(r, "scale_attn_by_inverse_layer_idx", false, NULL) &&
           read_truth(r, "add_cross_attention", false, NULL) &&
           read_special(r, "bos_token_id", c->vocab_size, &c->bos_token_id) &&
           read_special(r, "eos_token_id", c->vocab_size, &c->eos_token_id) &&
           read_fingerprint(r, "tinytensor_set", c->set) &&
           read_fingerprint(r, "tinytensor_vocabulary", c->vocabulary);
}

bool gpt2_config_parse(const char *name, const char *json, size_t bytes, gpt2_config *c,
                       char *error, size_t size)
{
    json_error_t e;
    reader r = {json_loadb(json, bytes, JSON_REJECT_DUPLICATES, &e), name, error, size};
    bool ok = false;
    *c = gpt2_config_default();
    if (!r.root)
        fail_with(error, size, "%s: line %d, column %d: %s", name, e.line, e.column, e.text);
    else if (!json_is_object(r.root))
        fail_with(error, size, "%s: not an object of fields and values", name);
    else
        ok = read_all(&r, c);
    json_decref(r.root);
    return ok;
}
#else
bool gpt2_config_parse(const char *name, const char *json, size_t bytes, gpt2_config *c,
                       char *error, size_t size)
{
    (void)json, (void)bytes;
    *c = gpt2_config_default();
    return fail_with(error, size, "%s: this program was built without jansson, which reads JSON",
                     name);
}
#endif

bool gpt2_config_read(const char *path, gpt2_config *c, char *error, size_t size)
{
    size_t bytes;
    *c = gpt2_config_default();
    const char *json = file_map(path, &bytes, error, size);
    if (*error)
        return false;
    bool ok = gpt2_config_parse(path, json ? json : "", bytes, c, error, size);
    file_unmap(json, bytes);
    return ok;
}

static void spell_id(char *text, size_t size, int64_t id, int64_t vocabulary)
{
    if (id < 0 || id >= vocabulary)
        snprintf(text, size, "null");
    else
        snprintf(text, size, "%lld", (long long)id);
}

/* Adds a line to those that are there, if there is a fingerprint. */
static void spell_fingerprint(char *lines, size_t size, const char *name, const char *value)
{
    size_t n = strlen(lines);
    if (*value)
        snprintf(lines + n, size - n, "  \"tinytensor_%s\": \"%s\",\n", name, value);
}

bool gpt2_config_write(const char *path, const gpt2_config *c, char *error, size_t size)
{
    char text[1024], bos[24], eos[24], epsilon[40], inner[24] = "null", marks[128] = "";
    spell_id(bos, sizeof bos, c->bos_token_id, c->vocab_size);
    spell_id(eos, sizeof eos, c->eos_token_id, c->vocab_size);
    snprintf(epsilon, sizeof epsilon, "%.15g", c->layer_norm_epsilon);
    if (strtod(epsilon, NULL) != c->layer_norm_epsilon)
        snprintf(epsilon, sizeof epsilon, "%.17g", c->layer_norm_epsilon);
    spell_fingerprint(marks, sizeof marks, "set", c->set);
    spell_fingerprint(marks, sizeof marks, "vocabulary", c->vocabulary);
    if (c->n_inner != 4 * c->n_embd)
        snprintf(inner, sizeof inner, "%lld", (long long)c->n_inner);
    int n = snprintf(text, sizeof text,
                     "{\n"
                     "  \"activation_function\": \"%s\",\n"
                     "  \"architectures\": [\n    \"GPT2LMHeadModel\"\n  ],\n"
                     "  \"bos_token_id\": %s,\n"
                     "  \"eos_token_id\": %s,\n"
                     "  \"layer_norm_epsilon\": %s,\n"
                     "  \"model_type\": \"gpt2\",\n"
                     "  \"n_ctx\": %lld,\n"
                     "  \"n_embd\": %lld,\n"
                     "  \"n_head\": %lld,\n"
                     "  \"n_inner\": %s,\n"
                     "  \"n_layer\": %lld,\n"
                     "  \"n_positions\": %lld,\n"
                     "  \"tie_word_embeddings\": %s,\n%s"
                     "  \"vocab_size\": %lld\n"
                     "}\n",
                     c->activation == GPT2_GELU ? "gelu" : "gelu_new", bos, eos, epsilon,
                     (long long)c->n_positions, (long long)c->n_embd, (long long)c->n_head, inner,
                     (long long)c->n_layer, (long long)c->n_positions,
                     c->tie_word_embeddings ? "true" : "false", marks, (long long)c->vocab_size);
    return file_write(path, text, (size_t)n, error, size);
}
