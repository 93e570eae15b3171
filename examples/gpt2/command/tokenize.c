/* tinytensor-gpt2 tokenize: text to token ids. Input: an argument or a file, any bytes; output: the
 * ids on one line. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "command.h"
#include "common/args/args.h"
#include "common/files.h"
#include "common/program.h"
#include "gpt2/text/tokenizer.h"

int cmd_tokenize(int argc, char **argv)
{
    const char *model = NULL, *file = NULL;
    bool no_special = false;
    const arg args[] = {
        {"--model", ARG_IN, &model, 0, 0, "DIR", "folder with vocab.json and merges.txt"},
        {"--file", ARG_IN, &file, 0, 0, "FILE", "a text file instead of TEXT"},
        {"--no-special", ARG_FLAG, &no_special, 0, 0, NULL, "take <|endoftext|> for ordinary text"},
    };
    int n_bare;
    char **bare = args_parse(
        argc, argv,
        &(arg_table){"The token ids of TEXT, an argument (behind -- when it begins with -).",
                     ARG_ROWS(args), .bare = "TEXT"},
        &n_bare);
    if (!model)
        program_usage(argv[0], "--model is needed");
    if (n_bare + (file != NULL) != 1)
        program_usage(argv[0], "either one TEXT or --file is needed");
    tokenizer *t = command_tokenizer(model);
    size_t bytes = file ? 0 : strlen(bare[0]);
    const char *data = file ? command_file(file, &bytes) : bare[0];
    int32_t *ids;
    int64_t n = tokenizer_encode(t, data ? data : "", bytes, !no_special, &ids);
    if (n < 0)
        program_fail("%s", tokenizer_error(t));
    for (int64_t i = 0; i < n; i++)
        printf("%s%d", i ? " " : "", (int)ids[i]);
    printf("\n");
    free(ids);
    if (file)
        file_unmap(data, bytes);
    tokenizer_free(t);
    return 0;
}
