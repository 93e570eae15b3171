/* Parser of patterns. Input: text and what is allowed in it; output: the tables of a pattern. The
 * terms are read by parser.c; this is what stands around them, and the output that NumPy implies.
 */
#include "pattern.h"

#include "parser.h"

/* Is an item of the form "name =" next? */
static bool size_ahead(parser *s)
{
    int before = s->at;
    parser_peek(s);
    while (is_word(parser_byte(s, s->at)))
        s->at++;
    bool found = parser_peek(s) == '=';
    s->at = before;
    return found;
}

static bool read_size(parser *s)
{
    int64_t value;
    int c = parser_peek(s), start = s->at;
    if (!size_ahead(s) || !is_letter(c))
        return parser_fail(s, start, "a size is expected, as in 'h=4'");
    while (is_word(parser_byte(s, s->at)))
        s->at++;
    int length = s->at - start;
    parser_peek(s);
    s->at++; /* the '=' */
    int sign = parser_peek(s), value_at = s->at;
    if (sign == '-' || sign == '+')
        s->at++;
    if (!is_digit(parser_peek(s)))
        return parser_fail(s, value_at, "a whole number is expected");
    if (!parser_digits(s, &value))
        return false;
    return pattern_give_at(s->p, s->text + start, length, sign == '-' ? -value : value, start,
                           value_at, s->m);
}

/* NumPy: the ellipsis, then what stands once in all inputs, in the order of the alphabet. */
static bool implicit_output(parser *s)
{
    parsed *p = s->p;
    int16_t order[PATTERN_AXES];
    int n = 0;
    bool dots = false;
    for (int i = 0; i < p->n_axes; i++) {
        if (p->axis[i].length != 1)
            return parser_fail(s, s->at, "'->' is missing; only single letters can do without");
        if (p->axis[i].uses != 1)
            continue;
        int k = n++;
        for (; k > 0 && p->axis[order[k - 1]].name[0] > p->axis[i].name[0]; k--)
            order[k] = order[k - 1];
        order[k] = (int16_t)i;
    }
    for (int t = 0; t < p->n_terms; t++)
        dots = dots || p->term[t].dots_at != NOWHERE;
    parser_begin_term(s, true);
    if (dots) {
        s->term->dots_at = s->at;
        s->term->dots = 0;
        if (!parser_add(s, DOTS, s->at, s->at))
            return false;
        p->group[p->n_groups - 1].dots = true;
    }
    for (int i = 0; i < n; i++)
        if (!parser_add(s, order[i], p->axis[order[i]].at, p->axis[order[i]].at + 1))
            return false;
    p->has_output = true;
    return true;
}

static bool read_inputs(parser *s)
{
    parsed *p = s->p;
    if (!parser_term(s, false))
        return false;
    for (p->n_terms = 1; parser_peek(s) == ','; p->n_terms++) {
        int comma = s->at++;
        if (size_ahead(s) || !(p->grammar & MANY_TERMS)) {
            s->at = comma;
            break;
        }
        if (!parser_term(s, false))
            return false;
    }
    return true;
}

static bool read_output(parser *s)
{
    unsigned grammar = s->p->grammar;
    if (parser_peek(s) == '>')
        return parser_fail(s, s->at, "'>' is part of '->' only");
    if (parser_arrow(s)) {
        if (!(grammar & (ARROW | IMPLICIT)))
            return parser_fail(s, s->at, "'->' has no place here");
        s->at += 2;
        s->p->has_output = true;
        return parser_term(s, true);
    }
    if (grammar & ARROW)
        return parser_fail(s, s->at,
                           parser_peek(s) == ',' ? "a comma before '->'; there is one tensor only"
                                                 : "'->' is missing");
    return !(grammar & IMPLICIT) || implicit_output(s);
}

static bool read_rest(parser *s)
{
    while (parser_peek(s) == ',') {
        s->at++;
        if (!read_size(s))
            return false;
    }
    if (parser_arrow(s))
        return parser_fail(s, s->at, s->p->has_output ? "a second '->'" : "'->' has no place here");
    int c = parser_peek(s);
    if (c == '>')
        return parser_fail(s, s->at, "'>' is part of '->' only");
    return c == END || parser_fail(s, s->at, "a comma or the end is expected");
}

bool pattern_parse(parsed *p, const char *text, size_t length, unsigned grammar, message *m)
{
    p->text = text;
    p->grammar = grammar;
    p->n_terms = p->n_groups = p->n_items = p->n_axes = 0;
    p->has_output = false;
    if (length > INT32_MAX / 2)
        return complain(m, TT_ERR_PATTERN, NOWHERE, "the pattern is too long");
    parser s = {.p = p, .text = text, .length = (int)length, .open = NOWHERE, .m = m};
    if (parser_peek(&s) == END)
        return parser_fail(&s, 0, "the pattern is empty");
    return read_inputs(&s) && read_output(&s) && read_rest(&s);
}
