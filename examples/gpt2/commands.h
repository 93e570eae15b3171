/* What the subcommands share: how they end, and the context they work in. */
#ifndef EXAMPLES_COMMANDS_H
#define EXAMPLES_COMMANDS_H

#include <tinytensor/tinytensor.h>

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

/* "tinytensor-gpt2: ..." on stderr; exit 1. */
_Noreturn void command_fail(const char *format, ...);
/* "COMMAND: why; see --help" on stderr; exit 2. command: argv[0] of a subcommand. */
_Noreturn void command_usage(const char *command, const char *why);
/* A context whose first error ends the program by command_fail. */
tt_ctx *command_context(int64_t threads, int64_t seed);

#endif
