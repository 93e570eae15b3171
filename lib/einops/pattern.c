/* Parser of patterns. Input: text and what is allowed in it; output: the tables of a pattern.
 * Invariant: every index in the tables is within them, whatever the text, and every complaint
 * points at the byte it is about. */
#include "pattern.h"

#include <stdio.h>
#include <string.h>

enum { END = -1 };
static const int64_t largest = INT64_MAX / 16;

typedef struct parser {
    pattern *p;
    const char *text;
    int length, at;
    pattern_term *term; /* being read */
    int open;           /* where the parenthesis that is open stands, or NOWHERE */
    bool output;        /* the term is the output */
    message *m;
} parser;

static bool is_letter(int c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool is_digit(int c)
{
    return c >= '0' && c <= '9';
}

static bool is_word(int c)
{
    return is_letter(c) || is_digit(c) || c == '_';
}

static bool fail(parser *s, int at, const char *why)
{
    return complain(s->m, TT_ERR_PATTERN, at, "%s", why);
}

static int at_offset(const parser *s, int i)
{
    return i < s->length ? (unsigned char)s->text[i] : END;
}

/* The next character that is no space. */
static int peek(parser *s)
{
    for (;; s->at++) {
        int c = at_offset(s, s->at);
        if (c != ' ' && c != '\t' && c != '\n' && c != '\r')
            return c;
    }
}

static bool arrow_ahead(parser *s)
{
    return peek(s) == '-' && at_offset(s, s->at + 1) == '>';
}

/* ---- axes ---- */

static int find(const pattern *p, const char *name, int length)
{
    for (int i = 0; i < p->n_axes; i++)
        if (p->axis[i].length == length && memcmp(p->axis[i].name, name, (size_t)length) == 0)
            return i;
    return -1;
}

described pattern_axis_text(const pattern *p, int axis)
{
    described d;
    const pattern_axis *a = &p->axis[axis];
    if (a->length)
        snprintf(d.s, sizeof d.s, "axis '%.*s'", a->length, a->name);
    else
        snprintf(d.s, sizeof d.s, "the axis of size %lld", (long long)a->size);
    return d;
}

static int new_axis(parser *s, const char *name, int length, int64_t size)
{
    pattern *p = s->p;
    if (p->n_axes == PATTERN_AXES)
        return complain(s->m, TT_ERR_PATTERN, s->at, "more than %d different axes", PATTERN_AXES),
               -1;
    p->axis[p->n_axes] = (pattern_axis){name, length, s->at, size, NOWHERE, 0, -1};
    return p->n_axes++;
}

static pattern_group *new_group(parser *s, int at)
{
    pattern *p = s->p;
    if (p->n_groups == PATTERN_GROUPS) {
        complain(s->m, TT_ERR_PATTERN, at, "more than %d axes", PATTERN_GROUPS);
        return NULL;
    }
    pattern_group *g = &p->group[p->n_groups++];
    *g = (pattern_group){.first = p->n_items, .at = at, .end = at};
    s->term->n++;
    return g;
}

/* Appends to the group that is open, or as a group of its own. */
static bool add_item(parser *s, int axis, int at, int end)
{
    pattern *p = s->p;
    if (p->n_items == PATTERN_ITEMS)
        return complain(s->m, TT_ERR_PATTERN, at, "more than %d axes", PATTERN_ITEMS);
    if (s->open == NOWHERE && !new_group(s, at))
        return false;
    pattern_group *g = &p->group[p->n_groups - 1];
    p->item[p->n_items++] = (pattern_item){(int16_t)axis, at};
    g->n++;
    g->end = end;
    if (g->n > 1)
        s->term->composed = true;
    if (axis >= 0 && !s->output)
        p->axis[axis].uses++;
    return true;
}

static const char *side(const parser *s)
{
    if (!(s->p->grammar & (ARROW | IMPLICIT)))
        return "in the pattern";
    if (s->p->grammar & MANY_TERMS)
        return s->output ? "in the output" : "in the term";
    return s->output ? "on the right" : "on the left";
}

static bool note_repeat(parser *s, int axis, int at)
{
    pattern_axis *a = &s->p->axis[axis];
    int16_t term = (int16_t)s->p->n_terms;
    bool skipped = a->length == 1 && a->name[0] == '_' && !(s->p->grammar & (ARROW | IMPLICIT));
    if (a->seen == term && !skipped) {
        if (s->output || !(s->p->grammar & REPEATS))
            return complain(s->m, TT_ERR_PATTERN, at, "%s stands twice %s",
                            pattern_axis_text(s->p, axis).s, side(s));
        s->term->repeats = true;
    }
    a->seen = term;
    return true;
}

/* ---- items of a term ---- */

/* The length of the name at s->at, 0 with a complaint when it is none. */
static int name_length(parser *s)
{
    int start = s->at, n = 0;
    while (is_word(at_offset(s, start + n)))
        n++;
    const char *name = s->text + start;
    if (n > PATTERN_NAME)
        return complain(s->m, TT_ERR_PATTERN, start, "a name of %d letters; at most %d are allowed",
                        n, PATTERN_NAME);
    if (n == 1 && name[0] == '_' && (s->p->grammar & UNDERSCORE))
        return n;
    if (s->p->grammar & LETTERS && is_letter(name[0]))
        return 1;
    if (name[0] == '_' || name[n - 1] == '_')
        return complain(s->m, TT_ERR_PATTERN, start, "the name '%.*s' begins or ends with '_'", n,
                        name);
    return n;
}

static bool read_name(parser *s)
{
    int start = s->at, n = name_length(s);
    if (!n)
        return false;
    int axis = find(s->p, s->text + start, n);
    if (axis < 0)
        axis = new_axis(s, s->text + start, n, UNKNOWN);
    if (axis < 0 || !note_repeat(s, axis, start))
        return false;
    s->at += n;
    return add_item(s, axis, start, s->at);
}

/* Digits, at most `largest`. */
static bool digits(parser *s, int64_t *value)
{
    int start = s->at;
    for (*value = 0; is_digit(at_offset(s, s->at)); s->at++) {
        *value = *value * 10 + (at_offset(s, s->at) - '0');
        if (*value > largest)
            return fail(s, start, "a size that is too large");
    }
    return true;
}

/* "1" outside of parentheses; inside it says nothing. */
static bool unit_axis(parser *s, int start)
{
    pattern_group *g = new_group(s, start);
    if (g)
        g->end = s->at;
    return g != NULL;
}

static bool read_size_axis(parser *s)
{
    int start = s->at;
    int64_t value;
    if (!digits(s, &value))
        return false;
    if (is_word(at_offset(s, s->at)))
        return fail(s, start, "a name begins with a letter");
    if (value == 0)
        return fail(s, start, "an axis of size 0 needs a name");
    if (value == 1)
        return s->open != NOWHERE || unit_axis(s, start);
    int end = s->at;
    s->at = start; /* where the axis is, for messages */
    int axis = new_axis(s, s->text + start, 0, value);
    s->at = end;
    return axis >= 0 && add_item(s, axis, start, end);
}

static bool read_dots(parser *s)
{
    int start = s->at, n = 0;
    while (at_offset(s, s->at) == '.') {
        s->at++;
        n++;
    }
    if (n != 3)
        return fail(s, start, n < 3 ? "an ellipsis is three dots, '...'"
                                    : "an ellipsis is three dots and no more");
    if (s->term->dots_at != NOWHERE)
        return fail(s, start, "a second '...' in one term");
    if (s->open != NOWHERE && !s->output)
        return fail(s, start, s->p->grammar & MANY_TERMS
                                  ? "'...' within parentheses is for the output only"
                                  : "'...' within parentheses is for the right side only");
    s->term->dots_at = start;
    if (s->open == NOWHERE)
        s->term->dots = s->term->n;
    if (!add_item(s, DOTS, start, s->at))
        return false;
    s->p->group[s->p->n_groups - 1].dots = s->open == NOWHERE;
    return true;
}

static bool read_star(parser *s)
{
    if (s->term->dots_at != NOWHERE)
        return fail(s, s->at, "a second '*'");
    s->term->dots_at = s->at;
    s->term->dots = s->term->n;
    s->at++;
    return add_item(s, DOTS, s->at - 1, s->at);
}

static bool open_group(parser *s)
{
    if (s->open != NOWHERE)
        return fail(s, s->at, "parentheses within parentheses");
    if (!new_group(s, s->at))
        return false;
    s->open = s->at++;
    return true;
}

static bool close_group(parser *s)
{
    if (s->open == NOWHERE)
        return fail(s, s->at, "')' without a '(' before it");
    s->open = NOWHERE;
    s->p->group[s->p->n_groups - 1].end = ++s->at;
    return true;
}

static bool bad_character(parser *s, int c)
{
    if (c == '-')
        return fail(s, s->at, at_offset(s, s->at + 1) == ' ' ? "'->' is written without a space in it"
                                                             : "'-' is part of '->' only");
    if (c == '=')
        return fail(s, s->at, "sizes come after the output, behind a comma: \", h=4\"");
    if (c == '*')
        return fail(s, s->at, "'*' is for pack and unpack");
    if (c >= 0x80)
        return complain(s->m, TT_ERR_PATTERN, s->at, "the byte 0x%02x is no ASCII letter", c);
    if (c < ' ' || c == 0x7f)
        return complain(s->m, TT_ERR_PATTERN, s->at, "the byte 0x%02x is no letter", c);
    return complain(s->m, TT_ERR_PATTERN, s->at, "'%c' has no meaning in a pattern", c);
}

static bool read_item(parser *s, int c)
{
    if (is_letter(c) || c == '_')
        return read_name(s);
    if (is_digit(c))
        return read_size_axis(s);
    if (c == '(')
        return open_group(s);
    if (c == ')')
        return close_group(s);
    if (c == '.' && !(s->p->grammar & STAR))
        return read_dots(s);
    if (c == '*' && s->p->grammar & STAR)
        return read_star(s);
    return bad_character(s, c);
}

static bool read_term(parser *s, bool output)
{
    pattern *p = s->p;
    if (p->n_terms == PATTERN_TERMS - !output)
        return complain(s->m, TT_ERR_PATTERN, s->at, "more than %d terms", PATTERN_TERMS - 1);
    s->term = &p->term[p->n_terms];
    s->output = output;
    s->open = NOWHERE;
    peek(s);
    *s->term = (pattern_term){.first = p->n_groups, .at = s->at, .dots_at = NOWHERE, .dots = NOWHERE};
    for (int c; (c = peek(s)) != END && c != ',' && c != '>' && !arrow_ahead(s);)
        if (!read_item(s, c))
            return false;
    if (s->open != NOWHERE)
        return fail(s, s->open, "'(' is not closed");
    s->term->end = s->at;
    return true;
}

/* ---- sizes ---- */

static bool give(pattern *p, const char *name, int length, int64_t size, int at, int size_at,
                 message *m)
{
    int axis = find(p, name, length);
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
    if (size < 0 || size > largest)
        return complain(m, TT_ERR_PATTERN, size_at, "the size of '%.*s' is %s: %lld", length, name,
                        size < 0 ? "negative" : "too large", (long long)size);
    p->axis[axis].size = size;
    p->axis[axis].size_at = size_at;
    return true;
}

/* Is an item of the form "name =" next? */
static bool size_ahead(parser *s)
{
    int before = s->at;
    peek(s);
    while (is_word(at_offset(s, s->at)))
        s->at++;
    bool found = peek(s) == '=';
    s->at = before;
    return found;
}

static bool read_size(parser *s)
{
    int64_t value;
    int c = peek(s), start = s->at;
    if (!size_ahead(s) || !is_letter(c))
        return fail(s, start, "a size is expected, as in 'h=4'");
    while (is_word(at_offset(s, s->at)))
        s->at++;
    int length = s->at - start;
    peek(s);
    s->at++; /* the '=' */
    int sign = peek(s), value_at = s->at;
    if (sign == '-' || sign == '+')
        s->at++;
    if (!is_digit(peek(s)))
        return fail(s, value_at, "a whole number is expected");
    if (!digits(s, &value))
        return false;
    return give(s->p, s->text + start, length, sign == '-' ? -value : value, start, value_at, s->m);
}

bool pattern_give(pattern *p, const char *name, int64_t size, message *m)
{
    if (!name)
        return complain(m, TT_ERR_ARG, NOWHERE, "the name of a size is NULL");
    size_t n = 0;
    while (n <= PATTERN_NAME && is_word((unsigned char)name[n]))
        n++;
    if (n == 0 || n > PATTERN_NAME || name[n])
        return complain(m, TT_ERR_PATTERN, NOWHERE, "a size is given for what is no name");
    return give(p, name, (int)n, size, NOWHERE, NOWHERE, m);
}

/* ---- the whole ---- */

/* NumPy: the ellipsis, then what stands once in all inputs, in the order of the alphabet. */
static bool implicit_output(parser *s)
{
    pattern *p = s->p;
    int16_t order[PATTERN_AXES];
    int n = 0;
    bool dots = false;
    for (int i = 0; i < p->n_axes; i++) {
        if (p->axis[i].length != 1)
            return fail(s, s->at, "'->' is missing; only single letters can do without");
        if (p->axis[i].uses != 1)
            continue;
        int k = n++;
        for (; k > 0 && p->axis[order[k - 1]].name[0] > p->axis[i].name[0]; k--)
            order[k] = order[k - 1];
        order[k] = (int16_t)i;
    }
    for (int t = 0; t < p->n_terms; t++)
        dots = dots || p->term[t].dots_at != NOWHERE;
    s->term = &p->term[p->n_terms];
    s->output = true;
    *s->term = (pattern_term){p->n_groups, 0, s->at, s->at, NOWHERE, NOWHERE, false, false};
    if (dots) {
        s->term->dots_at = s->at;
        s->term->dots = 0;
        if (!add_item(s, DOTS, s->at, s->at))
            return false;
        p->group[p->n_groups - 1].dots = true;
    }
    for (int i = 0; i < n; i++)
        if (!add_item(s, order[i], p->axis[order[i]].at, p->axis[order[i]].at + 1))
            return false;
    p->has_output = true;
    return true;
}

static bool read_inputs(parser *s)
{
    pattern *p = s->p;
    if (!read_term(s, false))
        return false;
    for (p->n_terms = 1; peek(s) == ','; p->n_terms++) {
        int comma = s->at++;
        if (size_ahead(s) || !(p->grammar & MANY_TERMS)) {
            s->at = comma;
            break;
        }
        if (!read_term(s, false))
            return false;
    }
    return true;
}

static bool read_output(parser *s)
{
    unsigned grammar = s->p->grammar;
    if (arrow_ahead(s)) {
        if (!(grammar & (ARROW | IMPLICIT)))
            return fail(s, s->at, "'->' has no place here");
        s->at += 2;
        s->p->has_output = true;
        return read_term(s, true);
    }
    if (grammar & ARROW)
        return fail(s, s->at, "'->' is missing");
    return !(grammar & IMPLICIT) || implicit_output(s);
}

static bool read_rest(parser *s)
{
    while (peek(s) == ',') {
        s->at++;
        if (!read_size(s))
            return false;
    }
    if (arrow_ahead(s))
        return fail(s, s->at, s->p->has_output ? "a second '->'" : "'->' has no place here");
    int c = peek(s);
    if (c == '>')
        return fail(s, s->at, "'>' is part of '->' only");
    return c == END || fail(s, s->at, "a comma or the end is expected");
}

bool pattern_parse(pattern *p, const char *text, size_t length, unsigned grammar, message *m)
{
    p->text = text;
    p->grammar = grammar;
    p->n_terms = p->n_groups = p->n_items = p->n_axes = 0;
    p->has_output = false;
    if (length > INT32_MAX / 2)
        return complain(m, TT_ERR_PATTERN, NOWHERE, "the pattern is too long");
    parser s = {.p = p, .text = text, .length = (int)length, .open = NOWHERE, .m = m};
    if (peek(&s) == END)
        return fail(&s, 0, "the pattern is empty");
    return read_inputs(&s) && read_output(&s) && read_rest(&s);
}
