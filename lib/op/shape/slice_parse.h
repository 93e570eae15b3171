/* The text of a slice, as NumPy writes basic indexing: "1:3, ..., ::-1, None, -2". */
#ifndef TT_SLICE_PARSE_H
#define TT_SLICE_PARSE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { SLICE_MAX_ITEMS = 48 };

typedef enum slice_kind { SLICE_INDEX, SLICE_RANGE, SLICE_ELLIPSIS, SLICE_NEW_AXIS } slice_kind;

/* Numbers are within +-SLICE_FAR, which stands for all that is farther away. */
#define SLICE_FAR (INT64_MAX / 4)

typedef struct slice_item {
    slice_kind kind;
    bool has_start, has_stop;
    int64_t start, stop, step; /* an index stands in start */
    size_t at;                 /* offset of the item in the text */
} slice_item;

/* Reads up to the NUL and writes at most max items. False: *error_at is the offset of what cannot
 * be read, *why says why. */
bool slice_parse(const char *text, slice_item *items, int max, int *n, size_t *error_at,
                 const char **why);

#endif
