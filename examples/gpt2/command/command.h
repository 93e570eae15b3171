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

/* The model of --model in a context of its own, its weights as --dtype says (NULL: as stored).
 * command: argv[0]; dtypes: the names that --dtype has. */
tt_ctx *command_model(gpt2 *m, const char *command, const char *dir, const char *dtype,
                      const char *dtypes, int64_t threads, int64_t seed);
tokenizer *command_tokenizer(const char *dir);
/* Mapped, as file_map has it. */
const char *command_file(const char *path, size_t *bytes);

#endif
