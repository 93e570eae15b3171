/* tinytensor-gpt2: the roof over its subcommands. Input: the command line; output: the exit code of
 * the subcommand that it names. Invariant: a subcommand sees an argv[0] that is its own name, as
 * messages and --help call it. */
#define _XOPEN_SOURCE 700 /* SIGXFSZ */
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "command.h"
#include "common/args/args.h"
#include "common/program.h"

const char program_name[] = "tinytensor-gpt2";

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

static const char ABOUT[] = "GPT-2: train it, load it, look inside.";

static void usage(FILE *to)
{
    fprintf(to, "usage: tinytensor-gpt2 COMMAND [flags]\n%s\n\n", ABOUT);
    for (int i = 0; i < COMMANDS; i++)
        fprintf(to, "  %-16s %s\n", commands[i].name, commands[i].what);
    fprintf(to, "\ntinytensor-gpt2 COMMAND --help tells its flags,\n"
                "tinytensor-gpt2 --version the versions.\n");
}

/* As args_list() has it. */
static void list(void)
{
    args_list(program_name, &(arg_table){.about = ABOUT});
    for (int i = 0; i < COMMANDS; i++)
        printf("command\t%s\t%s\n", commands[i].name, commands[i].what);
}

static void no_command(const char *name)
{
    const char *names[COMMANDS + 2] = {"--help", "--version"}, *meant;
    for (int i = 0; i < COMMANDS; i++)
        names[i + 2] = commands[i].name;
    meant = args_nearest(name, names, COMMANDS + 2);
    if (meant)
        program_usage(program_name, "no command '%s' (did you mean %s?)", name, meant);
    if (*name == '-')
        program_usage(program_name, "%s: a command comes before its flags", name);
    program_usage(program_name, "no command '%s'", name);
}

/* argv[0] is the command's name. */
static int run_command(int argc, char **argv)
{
    for (int i = 0; i < COMMANDS; i++)
        if (strcmp(argv[0], commands[i].name) == 0) {
            char name[64];
            snprintf(name, sizeof name, "%s %s", program_name, commands[i].name);
            argv[0] = name;
            return program_end(commands[i].run(argc, argv));
        }
    no_command(argv[0]);
    return 2;
}

/* `help` and `help COMMAND`, as many programs have them. */
static int help(char *command)
{
    static char flag[] = "--help";
    if (command)
        return run_command(2, (char *[]){command, flag, NULL});
    usage(stdout);
    return program_end(0);
}

int main(int argc, char **argv)
{
    signal(SIGXFSZ, SIG_IGN); /* a file over the limit is an error of writing, like a full disk */
    if (argc < 2) {
        usage(stderr);
        return 2;
    }
    if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0)
        return help(NULL);
    if (strcmp(argv[1], "help") == 0)
        return help(argv[2]);
    if (strcmp(argv[1], "--version") == 0)
        return program_version();
    if (strcmp(argv[1], "--help-flags") == 0) {
        list();
        return program_end(0);
    }
    return run_command(argc - 1, argv + 1);
}
