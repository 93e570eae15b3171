/* Status names and the sticky first error of a context. Input: a code and a printf format; output:
 * the text kept in the context. Invariant: the first error wins until it is cleared. */
#include "status.h"

#include <stdio.h>
#include <string.h>

#define NAME_ROW(name, value, text) {name, #name},
static const struct {
    tt_status code;
    const char *name;
} names[] = {TT_STATUS_MAP(NAME_ROW)};

const char *tt_status_name(tt_status status)
{
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (names[i].code == status)
            return names[i].name;
    return "TT_ERR_UNKNOWN";
}

tt_status error_set(error_state *e, tt_ctx *ctx, tt_status code, const char *fmt, va_list args)
{
    if (e->code != TT_OK)
        return code;
    e->code = code;
    vsnprintf(e->text, sizeof e->text, fmt, args);
    if (e->fn)
        e->fn(ctx, code, e->text, e->user);
    return code;
}
