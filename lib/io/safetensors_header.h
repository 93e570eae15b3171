/* The JSON at the beginning of a safetensors file: names, dtypes, shapes and places of the tensors,
 * and free text. */
#ifndef TT_SAFETENSORS_HEADER_H
#define TT_SAFETENSORS_HEADER_H

#include "base/block.h"
#include "tensor/layout.h"

/* The longest header; the format says so. */
enum { ST_MAX_HEADER = 100 * 1000 * 1000 };

#define ST_METADATA "__metadata__" /* the key that is no tensor */

typedef struct st_entry {
    const char *name, *dtype; /* UTF-8; the dtype as the file names it */
    int64_t begin, end;       /* bytes from the end of the header */
    int64_t numel;            /* -1: more than an int64_t holds */
    int64_t ndim;             /* sizes beyond LAYOUT_MAX_NDIM are counted, not kept */
    int64_t shape[LAYOUT_MAX_NDIM];
} st_entry;

typedef struct st_pair {
    const char *key, *value;
} st_pair;

typedef struct st_header {
    block_pool *pool;
    char *text; /* every string above, one after the other */
    st_entry *entry;
    st_pair *pair;
    int64_t entries, entries_room, pairs, pairs_room;
} st_header;

typedef struct st_error {
    char s[512]; /* empty: no memory */
} st_error;

/* Reads n bytes of JSON. False, with the reason, when they are not a header; then there is nothing
 * to free. Names may still be there twice, and places overlap. */
bool st_parse(st_header *h, block_pool *pool, const char *json, int64_t n, st_error *why);
void st_free(st_header *h);

bool st_is_utf8(const char *s, int64_t n);

#endif
