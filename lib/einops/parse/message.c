/* Messages about patterns. Input: what is wrong and where; output: the context's error, one line
 * with the facts, then the pattern with a caret under the place. */
#include "message.h"

#include <stdio.h>
#include <string.h>
#include "base/caret.h"

void message_clear(message *m)
{
    m->code = TT_OK;
    m->at = NOWHERE;
    m->shapes = false;
    m->text[0] = m->hint[0] = '\0';
}

bool complain(message *m, tt_status code, int at, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    m->code = code;
    m->at = at;
    vsnprintf(m->text, sizeof m->text, format, args);
    va_end(args);
    return false;
}

/* Names of one or two characters, and names that differ in a digit, are different on purpose. */
static bool deliberate(const char *a, int na, const char *b, int nb, int i)
{
    bool digit_a = i < na && a[i] >= '0' && a[i] <= '9';
    bool digit_b = i < nb && b[i] >= '0' && b[i] <= '9';
    return na < 3 || nb < 3 || (digit_a && digit_b);
}

bool one_typo(const char *a, int na, const char *b, int nb)
{
    int front = 0, back = 0, least = na < nb ? na : nb;
    while (front < least && a[front] == b[front])
        front++;
    while (back < least - front && a[na - 1 - back] == b[nb - 1 - back])
        back++;
    if (deliberate(a, na, b, nb, front))
        return false;
    int left_a = na - front - back, left_b = nb - front - back;
    if (left_a == 2 && left_b == 2)
        return a[front] == b[front + 1] && a[front + 1] == b[front];
    return left_a <= 1 && left_b <= 1 && left_a + left_b > 0;
}

void suggest(message *m, const char *name, int length)
{
    snprintf(m->hint, sizeof m->hint, "; did you mean '%.*s'?", length, name);
}

tt_tensor *report(const tt_tensor *x, const char *function, const char *pattern, const message *m)
{
    size_t length = strlen(pattern), at = m->at == NOWHERE ? 0 : (size_t)m->at;
    caret_line e = caret_around(pattern, length, at);
    described shape = describe(x);
    const char *before = m->shapes ? "" : ", for ";
    if (m->shapes)
        shape.s[0] = '\0';
    if (strspn(pattern, " \t\r\n") == length)
        return op_fail(x, m->code, "%s: %s%s%s", function, m->text, before, shape.s);
    if (m->at == NOWHERE)
        return op_fail(x, m->code, "%s: %s%s%s%s\n  %s", function, m->text, before, shape.s,
                       m->hint, e.s);
    return op_fail(x, m->code, "%s: %s%s%s%s\n  %s\n  %*s^", function, m->text, before, shape.s,
                   m->hint, e.s, e.caret, "");
}
