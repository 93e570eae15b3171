/* config.json of the GPT-2 example: any bytes give a configuration that makes sense, or an error.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gpt2/model/config.h"
#include "fuzz.h"

static const char all[] =
    "{\"model_type\": \"gpt2\", \"n_layer\": 3, \"n_head\": 2, \"n_embd\": 8, \"n_inner\": null, "
    "\"n_ctx\": 7,"
    " \"n_positions\": 7, \"vocab_size\": 50, \"layer_norm_epsilon\": 1e-5, \"eos_token_id\": 49,"
    " \"activation_function\": \"gelu\", \"tie_word_embeddings\": false, \"x\": [1, {\"y\": "
    "\"\\u00e9\"}]}";
static const char other[] =
    "{\"num_hidden_layers\": 1, \"hidden_size\": 24, \"num_attention_heads\": 3}";

const uint8_t *fuzz_seed(int i, size_t *size)
{
    *size = i == 0 ? sizeof all - 1 : sizeof other - 1;
    return i == 0 ? (const uint8_t *)all : i == 1 ? (const uint8_t *)other : NULL;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    gpt2_config c;
    char error[400] = "";
    if (!gpt2_config_parse("x", (const char *)data, size, &c, error, sizeof error)) {
        if (!*error || strchr(error, '\n'))
            abort();
        return 0;
    }
    if (c.n_layer < 1 || c.n_head < 1 || c.n_embd < 1 || c.n_embd % c.n_head || c.n_inner < 1 ||
        c.n_positions < 1 || c.vocab_size < 1 || !(c.layer_norm_epsilon > 0))
        abort();
    if (c.bos_token_id >= c.vocab_size || c.eos_token_id >= c.vocab_size)
        abort();
    return 0;
}
