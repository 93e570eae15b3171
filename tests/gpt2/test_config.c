/* config.json of the GPT-2 example: defaults, other names, what is wrong, and what is written. */
#define _POSIX_C_SOURCE 200809L
#include "../unit/unit.h"
#include <stdio.h>
#include <unistd.h>

#include "gpt2/model/config.h"

static char error[300];

static gpt2_config parsed(const char *json)
{
    gpt2_config c;
    bool ok = gpt2_config_parse("c", json, strlen(json), &c, error, sizeof error);
    ck_assert_msg(ok, "%s: %s", json, error);
    return c;
}

START_TEST(defaults)
{
    gpt2_config c = parsed("{}");
    ck_assert(c.n_layer == 12 && c.n_head == 12 && c.n_embd == 768 && c.n_inner == 3072);
    ck_assert(c.n_positions == 1024 && c.vocab_size == 50257 && c.tie_word_embeddings);
    ck_assert(c.layer_norm_epsilon == 1e-5 && c.activation == GPT2_GELU_NEW);
    ck_assert(c.bos_token_id == 50256 && c.eos_token_id == 50256);
    c = parsed("{\"n_inner\": null, \"n_embd\": 1600, \"n_head\": 25, \"n_layer\": 48}");
    ck_assert(c.n_inner == 6400 && c.n_layer == 48);
}
END_TEST

START_TEST(fields)
{
    gpt2_config c = parsed(
        "{\"model_type\": \"gpt2\", \"n_layer\": 3, \"n_head\": 2, \"n_embd\": 8, \"n_inner\": 20,"
        " \"n_positions\": 7, \"n_ctx\": 7, \"vocab_size\": 50, \"layer_norm_epsilon\": 0.001,"
        " \"activation_function\": \"gelu\", \"tie_word_embeddings\": false, \"bos_token_id\": 1,"
        " \"eos_token_id\": 2, \"scale_attn_weights\": true, \"summary_type\": \"cls_index\","
        " \"resid_pdrop\": 0.1, \"reorder_and_upcast_attn\": false}");
    ck_assert(c.n_layer == 3 && c.n_head == 2 && c.n_embd == 8 && c.n_inner == 20);
    ck_assert(c.n_positions == 7 && c.vocab_size == 50 && c.layer_norm_epsilon == 0.001);
    ck_assert(c.activation == GPT2_GELU && !c.tie_word_embeddings);
    ck_assert(c.bos_token_id == 1 && c.eos_token_id == 2);
    c = parsed("{\"num_hidden_layers\": 5, \"num_attention_heads\": 4, \"hidden_size\": 64,"
               " \"max_position_embeddings\": 32, \"vocab_size\": 99, \"layer_norm_epsilon\": 1}");
    ck_assert(c.n_layer == 5 && c.n_head == 4 && c.n_embd == 64 && c.n_positions == 32);
    ck_assert(c.bos_token_id == -1 && c.eos_token_id == -1); /* the defaults are beyond it */
    c = parsed("{\"activation_function\": \"gelu_pytorch_tanh\", \"bos_token_id\": null}");
    ck_assert(c.activation == GPT2_GELU_NEW && c.bos_token_id == -1 && c.eos_token_id == 50256);
}
END_TEST

START_TEST(wrong_fields)
{
    static const struct {
        const char *json, *error;
    } wrong[] = {
        {"", "c: line 1, column 0: '[' or '{' expected near end of file"},
        {"{\"n_layer\": 1", "c: line 1, column 13: '}' expected near end of file"},
        {"[]", "c: not an object of fields and values"},
        {"{\"n_layer\": 1, \"n_layer\": 2}", "duplicate object key"},
        {"{\"model_type\": \"bert\"}", "c: model_type is 'bert', not 'gpt2'"},
        {"{\"model_type\": 2}", "c: model_type is '', not 'gpt2'"},
        {"{\"n_layer\": 0}", "c: n_layer is 0, not within 1 to 100000"},
        {"{\"n_layer\": -3}", "c: n_layer is -3, not within"},
        {"{\"n_layer\": 12.0}", "c: n_layer is not a whole number"},
        {"{\"n_layer\": \"12\"}", "c: n_layer is not a whole number"},
        {"{\"n_embd\": 9999999999}", "c: n_embd is 9999999999, not within 1 to 2147483647"},
        {"{\"n_embd\": 99999999999999999999}", "too big integer"},
        {"{\"n_head\": 5}", "c: n_embd, 768, is not a multiple of n_head, 5"},
        {"{\"n_ctx\": 512, \"n_positions\": 1024}", "c: n_positions is 1024, but n_ctx is 512"},
        {"{\"n_embd\": 24, \"hidden_size\": 36}", "c: n_embd is 24, but hidden_size is 36"},
        {"{\"vocab_size\": 0}", "c: vocab_size is 0"},
        {"{\"n_inner\": 0}", "c: n_inner is 0"},
        {"{\"layer_norm_epsilon\": 0}", "c: layer_norm_epsilon is not a number above 0"},
        {"{\"layer_norm_epsilon\": -1e-5}", "c: layer_norm_epsilon is not"},
        {"{\"layer_norm_epsilon\": \"1e-5\"}", "c: layer_norm_epsilon is not"},
        {"{\"activation_function\": \"relu\"}",
         "c: activation_function is 'relu', not gelu_new or gelu"},
        {"{\"activation_function\": 3}", "c: activation_function is no text, not gelu_new or gelu"},
        {"{\"activation_function\": \"a\\nb\"}", "'a?b'"},
        {"{\"tie_word_embeddings\": 1}", "c: tie_word_embeddings is not true or false"},
        {"{\"scale_attn_weights\": false}", "c: scale_attn_weights is false; a GPT-2 with that"},
        {"{\"scale_attn_by_inverse_layer_idx\": true}",
         "inverse_layer_idx is true; a GPT-2 with that"},
        {"{\"add_cross_attention\": true}", "c: add_cross_attention is true"},
        {"{\"tinytensor_set\": 12}", "c: tinytensor_set is not a text of 16 digits"},
        {"{\"tinytensor_vocabulary\": \"0123456789abcdef0\"}",
         "c: tinytensor_vocabulary is not a text of 16 digits"},
        {"{\"eos_token_id\": \"x\"}", "c: eos_token_id is not a whole number"},
    };
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        gpt2_config c;
        ck_assert(
            !gpt2_config_parse("c", wrong[i].json, strlen(wrong[i].json), &c, error, sizeof error));
        ck_assert_msg(strstr(error, wrong[i].error) && !strchr(error, '\n'), "'%s', not '%s'",
                      error, wrong[i].error);
    }
}
END_TEST

START_TEST(written_and_read_again)
{
    char path[] = "/tmp/tinytensor-config-XXXXXX";
    const gpt2_config configs[] = {
        gpt2_config_default(),
        {3, 2, 8, 7, 50, 20, 1.0 / 3, GPT2_GELU, false, -1, 49, "0123456789abcdef",
         "fedcba9876543210"},
        {1, 1, 1, 1, 1, 4, 1e-12, GPT2_GELU_NEW, true, -1, -1, "", ""},
    };
    int fd = mkstemp(path);
    ck_assert_int_ge(fd, 0);
    close(fd);
    for (size_t i = 0; i < sizeof configs / sizeof *configs; i++) {
        gpt2_config a = configs[i], b;
        ck_assert_msg(gpt2_config_write(path, &a, error, sizeof error), "%s", error);
        ck_assert_msg(gpt2_config_read(path, &b, error, sizeof error), "%s", error);
        ck_assert(a.n_layer == b.n_layer && a.n_head == b.n_head && a.n_embd == b.n_embd);
        ck_assert(a.n_positions == b.n_positions && a.vocab_size == b.vocab_size);
        ck_assert(a.n_inner == b.n_inner && a.layer_norm_epsilon == b.layer_norm_epsilon);
        ck_assert(a.activation == b.activation && a.tie_word_embeddings == b.tie_word_embeddings);
        ck_assert(a.bos_token_id == b.bos_token_id && a.eos_token_id == b.eos_token_id);
        ck_assert_str_eq(a.set, b.set);
        ck_assert_str_eq(a.vocabulary, b.vocabulary);
    }
    gpt2_config c;
    unlink(path);
    ck_assert(!gpt2_config_read(path, &c, error, sizeof error));
    ck_assert_ptr_nonnull(strstr(error, "No such file or directory"));
    ck_assert(!gpt2_config_write("/nowhere/at/all/config.json", &c, error, sizeof error));
}
END_TEST

RUN_TESTS("config", defaults, fields, wrong_fields, written_and_read_again)
