/* tinytensor-gpt2: the subcommands, and what they share. */
#define _XOPEN_SOURCE 700 /* SIGXFSZ */
#include <errno.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "commands.h"

static const struct {
    const char *name;
    int (*run)(int argc, char **argv);
    const char *what;
} commands[] = {
    {"train", cmd_train, "train a model on text or tokens"},
    {"generate", cmd_generate, "continue a text"},
    {"eval", cmd_eval, "loss, perplexity and bits per byte of a text"},
    {"logits", cmd_logits, "write a model's logits as a .npy file"},
    {"grads", cmd_grads, "write the gradient of every parameter"},
    {"tokenize", cmd_tokenize, "text to token ids"},
    {"detokenize", cmd_detokenize, "token ids to text"},
    {"train-tokenizer", cmd_train_tokenizer, "make a byte-level BPE vocabulary from a text"},
    {"convert", cmd_convert, "write a model with another dtype"},
    {"info", cmd_info, "what a model folder holds, and the memory it needs"},
};
enum { COMMANDS = sizeof commands / sizeof *commands };

void command_fail(const char *format, ...)
{
    static char line[8192];
    va_list args;
    va_start(args, format);
    vsnprintf(line, sizeof line, format, args);
    va_end(args);
    for (char *c = line; *c; c++) /* parts may be what a file holds */
        if ((unsigned char)*c < ' ' || *c == 127)
            *c = '?';
    fprintf(stderr, "tinytensor-gpt2: %s\n", line);
    exit(1);
}

void command_usage(const char *command, const char *why)
{
    fprintf(stderr, "%s: %s; see --help\n", command, why);
    exit(2);
}

static void stop(tt_ctx *ctx, tt_status status, const char *message, void *user)
{
    (void)ctx, (void)status, (void)user;
    command_fail("%s", message);
}

tt_ctx *command_context(int64_t threads, int64_t seed)
{
    tt_ctx *ctx = tt_ctx_new();
    if (!ctx)
        command_fail("no memory");
    tt_set_error_handler(ctx, stop, NULL);
    if (threads > 0)
        tt_set_num_threads(ctx, (int)threads);
    tt_seed(ctx, (uint64_t)seed);
    return ctx;
}

static void usage(FILE *to)
{
    fprintf(to,
            "usage: tinytensor-gpt2 COMMAND [flags]\nGPT-2: train it, load it, look inside.\n\n");
    for (int i = 0; i < COMMANDS; i++)
        fprintf(to, "  %-16s %s\n", commands[i].name, commands[i].what);
    fprintf(to, "\ntinytensor-gpt2 COMMAND --help tells its flags.\n");
}

/* Nothing of what was printed is lost without a word. */
static int end_output(int status)
{
    if (fflush(stdout) != 0 || ferror(stdout))
        command_fail("standard output: %s", strerror(errno));
    return status;
}

int main(int argc, char **argv)
{
    signal(SIGXFSZ, SIG_IGN); /* a file over the limit is an error of writing, like a full disk */
    if (argc < 2) {
        usage(stderr);
        return 2;
    }
    if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0) {
        usage(stdout);
        return 0;
    }
    for (int i = 0; i < COMMANDS; i++)
        if (strcmp(argv[1], commands[i].name) == 0) {
            char name[64]; /* as messages and --help call it */
            snprintf(name, sizeof name, "tinytensor-gpt2 %s", commands[i].name);
            argv[1] = name;
            return end_output(commands[i].run(argc - 1, argv + 1));
        }
    fprintf(stderr, "tinytensor-gpt2: no command '%s'; see --help\n", argv[1]);
    return 2;
}
