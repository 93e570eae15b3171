/* The first error of a context: a code and one line of text in a fixed buffer, so that reporting
 * works without memory. Later errors are dropped until it is cleared. */
#ifndef TT_STATUS_H
#define TT_STATUS_H

#include <stdarg.h>
#include <tinytensor/context.h>

typedef struct error_state {
    tt_status code;
    tt_error_handler fn;
    void *user;
    char text[1024];
} error_state;

/* Records (if it is the first) and calls the handler; returns code. */
tt_status error_set(error_state *e, tt_ctx *ctx, tt_status code, const char *fmt, va_list args);

#endif
