/* The subcommands, and what several of them begin with: the model, the tokenizer or the file that a
 * flag names. Whatever cannot be had ends the program. */
#ifndef EXAMPLES_COMMAND_H
#define EXAMPLES_COMMAND_H

#include <tinytensor/tinytensor.h>

#include "gpt2/model/params.h"
#include "gpt2/text/tokenizer.h"

int cmd_train(int argc, char **argv);
int cmd_generate(int argc, char **argv);
int cmd_convert(int argc, char **argv);
int cmd_eval(int argc, char **argv);
int cmd_logits(int argc, char **argv);
int cmd_grads(int argc, char **argv);
int cmd_info(int argc, char **argv);
int cmd_tokenize(int argc, char **argv);
int cmd_detokenize(int argc, char **argv);
int cmd_train_tokenizer(int argc, char **argv);

/* The files of a model's folder. */
#define FOLDER_PARTS "config.json model.safetensors vocab.json merges.txt checkpoint.safetensors"
/* The dtypes that --dtype has. */
#define DTYPES      "f32|f64|bf16|f16"
#define HALF_DTYPES "f32|bf16|f16"

/* The model of --model in a context of its own, its weights as --dtype says (NULL: as stored).
 * command: argv[0]. On a terminal it says what it has opened. */
tt_ctx *command_model(gpt2 *m, const char *command, const char *dir, const char *dtype,
                      int64_t threads, int64_t seed);
/* The folder's, which must be the one that a model there was saved with. */
tokenizer *command_tokenizer(const char *dir);
/* Mapped, as file_map has it. */
const char *command_file(const char *path, size_t *bytes);

#endif
