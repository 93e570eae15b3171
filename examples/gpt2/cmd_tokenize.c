/* tinytensor-gpt2 tokenize, detokenize, train-tokenizer: text to token ids, and back. */
#define _POSIX_C_SOURCE 200809L /* mkdir */
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "args.h"
#include "commands.h"
#include "files.h"
#include "tokenizer.h"
#include "tokens.h"

enum { ERROR = 512 };

typedef struct words_options {
    const char *model, *file, *data, *out;
    bool no_special;
    int64_t vocab_size;
} words_options;

/* ---- arguments that are no flags ---- */

typedef struct bare {
    int n;
    char **at;
} bare;

/* Takes them out of argv: what is behind "--", what does not begin with "-", negative numbers. */
static bare take_bare(int *argc, char **argv, const arg *args, int n_args)
{
    bare b = {0, calloc((size_t)*argc, sizeof *b.at)};
    int kept = 1;
    if (!b.at)
        command_fail("no memory for the arguments");
    for (int i = 1; i < *argc; i++) {
        const arg *flag = NULL;
        for (int k = 0; k < n_args && !flag; k++)
            flag = strcmp(argv[i], args[k].name) == 0 ? &args[k] : NULL;
        if (strcmp(argv[i], "--") == 0) {
            while (++i < *argc)
                b.at[b.n++] = argv[i];
        } else if (argv[i][0] != '-' || isdigit((unsigned char)argv[i][1])) {
            b.at[b.n++] = argv[i];
        } else {
            argv[kept++] = argv[i];
            if (flag && flag->type != ARG_FLAG && i + 1 < *argc)
                argv[kept++] = argv[++i];
        }
    }
    *argc = kept;
    return b;
}

static tokenizer *open_tokenizer(const char *dir)
{
    char error[ERROR];
    tokenizer *t = tokenizer_open(dir, error, sizeof error);
    if (!t)
        command_fail("%s", error);
    return t;
}

static const char *map_file(const char *path, size_t *bytes)
{
    char error[ERROR];
    const char *data = file_map(path, bytes, error, sizeof error);
    if (*error)
        command_fail("%s", error);
    return data;
}

/* ---- tokenize ---- */

int cmd_tokenize(int argc, char **argv)
{
    words_options o = {0};
    const arg args[] = {
        {"--model", ARG_TEXT, &o.model, 0, 0, "DIR", "folder with vocab.json and merges.txt"},
        {"--file", ARG_TEXT, &o.file, 0, 0, "FILE", "a text file instead of TEXT"},
        {"--no-special", ARG_FLAG, &o.no_special, 0, 0, NULL,
         "take <|endoftext|> for ordinary text"},
    };
    const int n_args = sizeof args / sizeof *args;
    bare text = take_bare(&argc, argv, args, n_args);
    args_parse(argc, argv, "The token ids of TEXT, an argument (behind -- when it begins with -).",
               args, n_args);
    if (!o.model)
        command_usage(argv[0], "--model is needed");
    if (text.n + (o.file != NULL) != 1)
        command_usage(argv[0], "either one TEXT or --file is needed");
    tokenizer *t = open_tokenizer(o.model);
    size_t bytes = o.file ? 0 : strlen(text.at[0]);
    const char *data = o.file ? map_file(o.file, &bytes) : text.at[0];
    int32_t *ids;
    int64_t n = tokenizer_encode(t, data ? data : "", bytes, !o.no_special, &ids);
    if (n < 0)
        command_fail("%s", tokenizer_error(t));
    for (int64_t i = 0; i < n; i++)
        printf("%s%d", i ? " " : "", (int)ids[i]);
    printf("\n");
    free(ids);
    free(text.at);
    if (o.file)
        file_unmap(data, bytes);
    tokenizer_free(t);
    return 0;
}

/* ---- detokenize ---- */

typedef struct id_list {
    int32_t *ids;
    int64_t n, room;
} id_list;

/* "1 2 3", "1,2,3", and the like, up to end. */
static void parse_ids(id_list *list, const char *at, const char *end, int64_t vocabulary)
{
    for (; at < end; at++) {
        int64_t id = 0;
        const char *begin = at;
        for (; at < end && isdigit((unsigned char)*at) && id <= INT32_MAX; at++)
            id = 10 * id + (*at - '0');
        bool gap = at == end || isspace((unsigned char)*at) || *at == ',';
        if (begin == at && gap)
            continue;
        if (begin < at && (id > INT32_MAX || (gap && id >= vocabulary)))
            command_fail("token id %lld%s is outside of the vocabulary of %lld", (long long)id,
                         id > INT32_MAX ? "..." : "", (long long)vocabulary);
        if (!gap)
            command_fail("'%.*s' is not a token id", end - begin > 20 ? 20 : (int)(end - begin),
                         begin);
        if (list->n == list->room) {
            list->room = 2 * list->room + 64;
            list->ids = realloc(list->ids, (size_t)list->room * sizeof *list->ids);
        }
        if (!list->ids)
            command_fail("no memory for the ids");
        list->ids[list->n++] = (int32_t)id;
    }
}

int cmd_detokenize(int argc, char **argv)
{
    words_options o = {0};
    const arg args[] = {
        {"--model", ARG_TEXT, &o.model, 0, 0, "DIR", "folder with vocab.json and merges.txt"},
        {"--file", ARG_TEXT, &o.file, 0, 0, "FILE", "a file of ids instead of IDS"},
    };
    const int n_args = sizeof args / sizeof *args;
    bare given = take_bare(&argc, argv, args, n_args);
    args_parse(argc, argv, "The bytes of the token ids IDS, with spaces or commas between them.",
               args, n_args);
    if (!o.model)
        command_usage(argv[0], "--model is needed");
    if (!given.n == !o.file)
        command_usage(argv[0], "either IDS or --file is needed");
    tokenizer *t = open_tokenizer(o.model);
    id_list list = {0};
    char *text;
    for (int i = 0; i < given.n; i++)
        parse_ids(&list, given.at[i], given.at[i] + strlen(given.at[i]), tokenizer_size(t));
    if (o.file) {
        size_t bytes;
        const char *data = map_file(o.file, &bytes);
        if (data)
            parse_ids(&list, data, data + bytes, tokenizer_size(t));
        file_unmap(data, bytes);
    }
    int64_t n = tokenizer_decode(t, list.ids, list.n, &text);
    if (n < 0)
        command_fail("no memory for the text");
    fwrite(text, 1, (size_t)n, stdout);
    free(text);
    free(list.ids);
    free(given.at);
    tokenizer_free(t);
    return 0;
}

/* ---- train-tokenizer ---- */

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static void need_folder(const char *dir)
{
    struct stat st;
    if (mkdir(dir, 0777) != 0 && (errno != EEXIST || stat(dir, &st) != 0 || !S_ISDIR(st.st_mode)))
        command_fail("%s: %s", dir, strerror(errno == EEXIST ? ENOTDIR : errno));
}

int cmd_train_tokenizer(int argc, char **argv)
{
    words_options o = {.vocab_size = 1024};
    char error[ERROR];
    const arg args[] = {
        {"--data", ARG_TEXT, &o.data, 0, 0, "FILE", "the text"},
        {"--vocab-size", ARG_INT, &o.vocab_size, 257, 1e9, "N",
         "tokens: 256 bytes, merges, <|endoftext|>"},
        {"--out", ARG_TEXT, &o.out, 0, 0, "DIR", "where vocab.json and merges.txt go"},
    };
    args_parse(argc, argv, "Learns a byte-level BPE vocabulary from a text.", args,
               sizeof args / sizeof *args);
    if (!o.data || !o.out)
        command_usage(argv[0], "--data and --out are needed");
    size_t bytes;
    double begin = now();
    const char *data = map_file(o.data, &bytes);
    if (!bytes)
        command_fail("%s: the file is empty", o.data);
    tokenizer *t = tokenizer_train(data, bytes, o.vocab_size, error, sizeof error);
    if (!t)
        command_fail("%s", error);
    need_folder(o.out);
    if (!tokenizer_save(t, o.out, error, sizeof error))
        command_fail("%s", error);
    printf("%lld tokens, %lld of them merges, from %lld bytes in %.2f s\n",
           (long long)tokenizer_size(t), (long long)tokenizer_merges(t), (long long)bytes,
           now() - begin);
    if (tokenizer_size(t) < o.vocab_size)
        printf("%lld were asked for; no other pair is in the text twice\n",
               (long long)o.vocab_size);
    file_unmap(data, bytes);
    tokenizer_free(t);
    return 0;
}
