/* The names in a pattern, and sizes given for them. */
#include "pattern.h"

#include <stdio.h>
#include <string.h>
#include "parser.h"

int pattern_find(const parsed *p, const char *name, int length)
{
    for (int i = 0; i < p->n_axes; i++)
        if (p->axis[i].length == length && memcmp(p->axis[i].name, name, (size_t)length) == 0)
            return i;
    return -1;
}

described pattern_axis_text(const parsed *p, int axis)
{
    described d;
    const pattern_axis *a = &p->axis[axis];
    if (a->length)
        snprintf(d.s, sizeof d.s, "axis '%.*s'", a->length, a->name);
    else
        snprintf(d.s, sizeof d.s, "the axis of size %lld", (long long)a->size);
    return d;
}

bool pattern_give_at(parsed *p, const char *name, int length, int64_t size, int at, int size_at,
                     message *m)
{
    int axis = pattern_find(p, name, length);
    if (axis < 0) {
        complain(m, TT_ERR_PATTERN, at, "the size of '%.*s' is not used: no axis has that name",
                 length, name);
        for (int i = 0; i < p->n_axes; i++)
            if (one_typo(name, length, p->axis[i].name, p->axis[i].length))
                suggest(m, p->axis[i].name, p->axis[i].length);
        return false;
    }
    if (p->axis[axis].size != UNKNOWN)
        return complain(m, TT_ERR_PATTERN, at, "the size of '%.*s' is given twice", length, name);
    if (size < 0 || size > PATTERN_LARGEST)
        return complain(m, TT_ERR_PATTERN, size_at, "the size of '%.*s' is %s: %lld", length, name,
                        size < 0 ? "negative" : "too large", (long long)size);
    p->axis[axis].size = size;
    p->axis[axis].size_at = size_at;
    return true;
}

bool pattern_give(parsed *p, const char *name, int64_t size, message *m)
{
    if (!name)
        return complain(m, TT_ERR_ARG, NOWHERE, "the name of a size is NULL");
    size_t n = 0;
    while (n <= PATTERN_NAME && is_word((unsigned char)name[n]))
        n++;
    if (n == 0 || n > PATTERN_NAME || name[n])
        return complain(m, TT_ERR_PATTERN, NOWHERE, "a size is given for what is no name");
    return pattern_give_at(p, name, (int)n, size, NOWHERE, NOWHERE, m);
}
