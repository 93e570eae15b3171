/* Model folders through the programs: a small folder that works, one file of it replaced by the
 * input, is given to the commands that read one. Whatever is in it: exit 0, or exit 1 and one line
 * that says whose it is. The input's first byte names the file, the second the command; the path of
 * tinytensor-gpt2 is in TT_FUZZ_PROGRAM. */
#define _DEFAULT_SOURCE /* mkdtemp, wait4 */
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "fuzz.h"

enum { FILES = 5, MOST = 1 << 16, SECONDS = 60 };

static const char *const names[FILES] = {"config.json", "vocab.json", "merges.txt",
                                         "model.safetensors", "checkpoint.safetensors"};
static const char *const commands[][12] = {
    {"info", "--model", "m"},
    {"generate", "--model", "m", "--prompt", "the", "--tokens", "3", "--greedy"},
    {"tokenize", "--model", "m", "the cat"},
    {"eval", "--model", "m", "--data", "page"},
    {"convert", "--model", "m", "--out", "c", "--dtype", "bf16"},
    {"grads", "--model", "m", "--ids", "1,2", "--targets", "2,1", "--out", "g"},
};
enum { COMMANDS = sizeof commands / sizeof *commands };
static const char *const resume[] = {"train",
                                     "--data",
                                     "page",
                                     "--out",
                                     "m",
                                     "--resume",
                                     "--steps",
                                     "3",
                                     "--n-layer",
                                     "1",
                                     "--n-head",
                                     "2",
                                     "--n-embd",
                                     "8",
                                     "--block-size",
                                     "8",
                                     "--batch-size",
                                     "2",
                                     "--eval-iters",
                                     "1",
                                     "--threads",
                                     "1",
                                     NULL};
static const char *const train[] = {
    "train", "--data",       "page", "--out",        "m", "--steps",      "2", "--n-layer",
    "1",     "--n-head",     "2",    "--n-embd",     "8", "--block-size", "8", "--batch-size",
    "2",     "--eval-iters", "1",    "--save-every", "1", "--threads",    "1", NULL};

static char folder[300];
static uint8_t whole[FILES][MOST];
static size_t sizes[FILES];

static const char *in_folder(const char *name)
{
    static char path[400];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    return path;
}

static void write_file(const char *name, const void *data, size_t size)
{
    FILE *f = fopen(in_folder(name), "wb");
    if (!f || fwrite(data, 1, size, f) != size || fclose(f) != 0)
        abort();
}

static size_t read_file(const char *name, void *data)
{
    FILE *f = fopen(in_folder(name), "rb");
    size_t n = f ? fread(data, 1, MOST, f) : 0;
    if (f)
        fclose(f);
    return n;
}

/* Runs the program in the folder; its exit status, and what it said, in said. */
static int run(const char *const *arguments, char *said, size_t room)
{
    const char *program = getenv("TT_FUZZ_PROGRAM"), *argv[40] = {program};
    for (int i = 0; i < 38 && arguments[i]; i++)
        argv[i + 1] = arguments[i];
    pid_t child = program ? fork() : -1;
    if (child < 0)
        abort();
    if (child == 0) {
        int out = open("/dev/null", O_RDWR), err = -1;
        if (chdir(folder) == 0)
            err = open("err", O_WRONLY | O_CREAT | O_TRUNC, 0666);
        if (out < 0 || err < 0 || dup2(out, 0) < 0 || dup2(out, 1) < 0 || dup2(err, 2) < 0)
            _exit(99);
        alarm(SECONDS);
        execv(program, (char *const *)(uintptr_t)argv);
        _exit(98);
    }
    int status;
    if (waitpid(child, &status, 0) != child)
        abort();
    static char all[MOST];
    size_t n = read_file("err", all);
    snprintf(said, room, "%.*s", (int)(n < MOST ? n : MOST), all);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

static void remove_all(void)
{
    char command[400];
    snprintf(command, sizeof command, "rm -rf '%s'", folder);
    if (system(command) != 0)
        perror(folder);
}

/* A folder with a model that has been trained for two steps, and its checkpoint. */
static void begin(void)
{
    char text[2000] = "", said[400], path[40];
    const char *dir = getenv("TMPDIR");
    snprintf(folder, sizeof folder, "%s/tinytensor-fuzz-XXXXXX", dir ? dir : "/tmp");
    if (!mkdtemp(folder))
        abort();
    atexit(remove_all);
    for (int i = 0; i < 40; i++)
        strcat(text, i % 3 ? "the cat sat on the mat. " : "a dog ran to the hat!\n");
    write_file("page", text, strlen(text));
    if (run(train, said, sizeof said) != 0) {
        fprintf(stderr, "train: %s", said);
        abort();
    }
    for (int i = 0; i < FILES; i++) {
        snprintf(path, sizeof path, "m/%s", names[i]);
        sizes[i] = read_file(path, whole[i]);
        if (!sizes[i] || sizes[i] == MOST)
            abort();
    }
}

const uint8_t *fuzz_seed(int i, size_t *size)
{
    static uint8_t seed[MOST + 2];
    if (!*folder)
        begin();
    if (i >= FILES)
        return NULL;
    seed[0] = (uint8_t)i;
    seed[1] = (uint8_t)(i * 5 + 1);
    memcpy(seed + 2, whole[i], sizes[i]);
    *size = sizes[i] + 2;
    return seed;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char path[40], said[4096];
    if (!*folder)
        begin();
    if (size < 2)
        return 0;
    for (int i = 0; i < FILES; i++) {
        bool given = i == data[0] % FILES;
        snprintf(path, sizeof path, "m/%s", names[i]);
        write_file(path, given ? data + 2 : whole[i], given ? size - 2 : sizes[i]);
    }
    bool goes_on = data[0] % FILES == FILES - 1; /* only train reads a checkpoint */
    int status = run(goes_on ? resume : commands[data[1] % COMMANDS], said, sizeof said);
    const char *line_end = strchr(said, '\n');
    bool one_line = line_end && !line_end[1] && strncmp(said, "tinytensor-gpt2", 15) == 0;
    if ((status != 0 && status != 1) || (status == 1 && !one_line)) {
        fprintf(stderr, "%s with another %s: exit %d: %s\n",
                goes_on ? "train" : commands[data[1] % COMMANDS][0], names[data[0] % FILES], status,
                said);
        abort();
    }
    return 0;
}
