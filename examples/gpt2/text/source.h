/* What --data names, as tokens: a text file, or shards of tokens (*.bin, a glob). */
#ifndef EXAMPLES_SOURCE_H
#define EXAMPLES_SOURCE_H

#include "tokenizer.h"
#include "tokens.h"

typedef struct source {
    tokens data;
    bool shards;      /* else a text, */
    int64_t bytes;    /* of so many bytes, */
    tokenizer *words; /* cut by this one; NULL when it is empty */
} source;

/* dir: the folder of the tokenizer for a text; NULL: one of its characters. False: the error says
 * why, and nothing is held. */
bool source_read(source *s, const char *path, const char *dir, char *error, size_t size);
void source_free(source *s);

#endif
