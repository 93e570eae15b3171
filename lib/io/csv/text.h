/* A table as text: its lines and the values in them. Input: a file; output: one field after the
 * other, as a piece of the file that is held in memory, which ends in a NUL. */
#ifndef TT_IO_CSV_TEXT_H
#define TT_IO_CSV_TEXT_H

#include <tinytensor/io.h>
#include "tensor/object.h"

/* One value of a line, without the blanks around it. */
typedef struct csv_field {
    const char *text;
    int64_t length;
    bool quoted; /* text is what stands between the quotes */
} csv_field;

typedef struct csv_text {
    tt_ctx *ctx;
    const char *op, *path; /* for messages: the function and the file */
    tt_csv_options options;
    char *data; /* with csv_close() given back */
    const char *at, *end;
    int64_t line; /* number of the line that is being read, from 1 */
    bool in_line; /* fields of it are left */
} csv_text;

/* false: recorded. Options are checked. */
bool csv_open(csv_text *t, tt_ctx *ctx, const char *op, const char *path,
              const tt_csv_options *options);
void csv_close(csv_text *t);
void csv_rewind(csv_text *t);

/* Goes to the next line that has values; false at the end of the file. */
bool csv_next_line(csv_text *t);
/* The next field of the line; false when there is none left. */
bool csv_next_field(csv_text *t, csv_field *f);

#endif
