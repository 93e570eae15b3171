/* tinytensor-gpt2 detokenize: token ids to text. Input: ids in arguments or in a file; output: the
 * bytes that they stand for, and nothing else. */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "command.h"
#include "common/args/args.h"
#include "common/files.h"
#include "common/program.h"
#include "gpt2/text/tokenizer.h"

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
            program_fail("token id %lld%s is outside of the vocabulary of %lld", (long long)id,
                         id > INT32_MAX ? "..." : "", (long long)vocabulary);
        if (!gap)
            program_fail("'%.*s' is not a token id", end - begin > 20 ? 20 : (int)(end - begin),
                         begin);
        if (list->n == list->room) {
            list->room = 2 * list->room + 64;
            list->ids = realloc(list->ids, (size_t)list->room * sizeof *list->ids);
        }
        if (!list->ids)
            program_fail("no memory for the ids");
        list->ids[list->n++] = (int32_t)id;
    }
}

int cmd_detokenize(int argc, char **argv)
{
    const char *model = NULL, *file = NULL;
    const arg args[] = {
        {"--model", ARG_IN, &model, 0, 0, "DIR", "folder with vocab.json and merges.txt"},
        {"--file", ARG_IN, &file, 0, 0, "FILE", "a file of ids instead of IDS"},
    };
    int n_bare;
    char **bare = args_parse(
        argc, argv,
        &(arg_table){"The bytes of the token ids IDS, with spaces or commas between them.",
                     ARG_ROWS(args), .bare = "IDS"},
        &n_bare);
    if (!model)
        program_usage(argv[0], "--model is needed");
    if (!n_bare == !file)
        program_usage(argv[0], "either IDS or --file is needed");
    tokenizer *t = command_tokenizer(model);
    id_list list = {0};
    char *text;
    for (int i = 0; i < n_bare; i++)
        parse_ids(&list, bare[i], bare[i] + strlen(bare[i]), tokenizer_size(t));
    if (file) {
        size_t bytes;
        const char *data = command_file(file, &bytes);
        if (data)
            parse_ids(&list, data, data + bytes, tokenizer_size(t));
        file_unmap(data, bytes);
    }
    int64_t n = tokenizer_decode(t, list.ids, list.n, &text);
    if (n < 0)
        program_fail("no memory for the text");
    fwrite(text, 1, (size_t)n, stdout);
    free(text);
    free(list.ids);
    tokenizer_free(t);
    return 0;
}
