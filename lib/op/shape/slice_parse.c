/* Parser of slices. Input: text; output: a list of items. Invariant: never reads past the NUL, and
 * knows nothing of tensors. */
#include "slice_parse.h"

#include <string.h>

typedef struct cursor {
    const char *text, *at;
    const char *why; /* set at the first thing that cannot be read, which `at` then points to */
} cursor;

static void skip_space(cursor *c)
{
    while (*c->at == ' ' || *c->at == '\t' || *c->at == '\n' || *c->at == '\r')
        c->at++;
}

static bool fail(cursor *c, const char *why)
{
    if (!c->why)
        c->why = why;
    return false;
}

static bool take(cursor *c, const char *word)
{
    size_t n = strlen(word);
    skip_space(c);
    if (strncmp(c->at, word, n) != 0)
        return false;
    c->at += n;
    return true;
}

/* An integer if there is one; space may stand after its sign, as in Python. */
static bool number(cursor *c, int64_t *value, bool *found)
{
    int64_t v = 0;
    bool negative = false;
    skip_space(c);
    const char *start = c->at;
    if (*c->at == '-' || *c->at == '+') {
        negative = *c->at++ == '-';
        skip_space(c);
    }
    *found = *c->at >= '0' && *c->at <= '9';
    if (!*found) {
        bool sign_alone = c->at != start;
        c->at = start;
        return sign_alone ? fail(c, "a sign without a number") : true;
    }
    for (; *c->at >= '0' && *c->at <= '9'; c->at++)
        v = v < SLICE_FAR / 10 ? v * 10 + (*c->at - '0') : SLICE_FAR;
    *value = negative ? -v : v;
    return true;
}

static bool range(cursor *c, slice_item *item)
{
    bool has_step = false;
    item->kind = SLICE_RANGE;
    item->step = 1;
    if (!number(c, &item->stop, &item->has_stop))
        return false;
    if (take(c, ":")) {
        skip_space(c);
        const char *start = c->at;
        if (!number(c, &item->step, &has_step))
            return false;
        if (has_step && item->step == 0) {
            c->at = start;
            return fail(c, "a step of 0");
        }
        item->step = has_step ? item->step : 1;
    }
    return true;
}

static bool item(cursor *c, slice_item *i)
{
    skip_space(c);
    *i = (slice_item){.at = (size_t)(c->at - c->text)};
    if (take(c, "...")) {
        i->kind = SLICE_ELLIPSIS;
        return true;
    }
    if (take(c, "None") || take(c, "newaxis")) {
        i->kind = SLICE_NEW_AXIS;
        return true;
    }
    if (!number(c, &i->start, &i->has_start))
        return false;
    if (take(c, ":"))
        return range(c, i);
    i->kind = SLICE_INDEX;
    return i->has_start ||
           fail(c, *c->at && *c->at != ',' ? "an integer, a range, '...' or None is expected"
                                           : "an item is missing");
}

bool slice_parse(const char *text, slice_item *items, int max, int *n, size_t *error_at,
                 const char **why)
{
    cursor c = {text, text, NULL};
    bool more = true, ok = true;
    for (*n = 0; ok && more; ++*n) {
        ok = *n < max ? item(&c, &items[*n]) : fail(&c, "too many items");
        more = ok && take(&c, ",");
        if (more) { /* NumPy allows one comma at the end */
            skip_space(&c);
            more = *c.at != '\0';
        }
    }
    skip_space(&c);
    if (ok && *c.at)
        ok = fail(&c, "a comma or the end is expected");
    *error_at = (size_t)(c.at - text);
    *why = c.why;
    return ok;
}
