/* Reads one term of a pattern. Input: text; output: groups of axes in the tables of the pattern.
 * Invariant: every index in the tables is within them, whatever the text, and every complaint
 * points at the byte it is about. */
#include "parser.h"

bool parser_fail(parser *s, int at, const char *why)
{
    return complain(s->m, TT_ERR_PATTERN, at, "%s", why);
}

int parser_peek(parser *s)
{
    for (;; s->at++) {
        int c = parser_byte(s, s->at);
        if (c != ' ' && c != '\t' && c != '\n' && c != '\r')
            return c;
    }
}

bool parser_arrow(parser *s)
{
    return parser_peek(s) == '-' && parser_byte(s, s->at + 1) == '>';
}

static int new_axis(parser *s, const char *name, int length, int64_t size)
{
    parsed *p = s->p;
    if (p->n_axes == PATTERN_AXES)
        return complain(s->m, TT_ERR_PATTERN, s->at, "more than %d different axes", PATTERN_AXES),
               -1;
    p->axis[p->n_axes] = (pattern_axis){name, length, s->at, size, NOWHERE, 0, -1};
    return p->n_axes++;
}

static pattern_group *new_group(parser *s, int at)
{
    parsed *p = s->p;
    if (p->n_groups == PATTERN_GROUPS) {
        complain(s->m, TT_ERR_PATTERN, at, "more than %d axes", PATTERN_GROUPS);
        return NULL;
    }
    pattern_group *g = &p->group[p->n_groups++];
    *g = (pattern_group){.first = p->n_items, .at = at, .end = at};
    s->term->n++;
    return g;
}

bool parser_add(parser *s, int axis, int at, int end)
{
    parsed *p = s->p;
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

/* The length of the name at s->at, 0 with a complaint when it is none. */
static int name_length(parser *s)
{
    int start = s->at, n = 0;
    while (is_word(parser_byte(s, start + n)))
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
    int axis = pattern_find(s->p, s->text + start, n);
    if (axis < 0)
        axis = new_axis(s, s->text + start, n, UNKNOWN);
    if (axis < 0 || !note_repeat(s, axis, start))
        return false;
    s->at += n;
    return parser_add(s, axis, start, s->at);
}

/* Digits, at most `largest`. */
bool parser_digits(parser *s, int64_t *value)
{
    int start = s->at;
    for (*value = 0; is_digit(parser_byte(s, s->at)); s->at++) {
        *value = *value * 10 + (parser_byte(s, s->at) - '0');
        if (*value > PATTERN_LARGEST)
            return parser_fail(s, start, "a size that is too large");
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
    if (!parser_digits(s, &value))
        return false;
    if (is_word(parser_byte(s, s->at)))
        return parser_fail(s, start, "a name begins with a letter");
    if (value == 0)
        return parser_fail(s, start, "an axis of size 0 needs a name");
    if (value == 1)
        return s->open != NOWHERE || unit_axis(s, start);
    int end = s->at;
    s->at = start; /* where the axis is, for messages */
    int axis = new_axis(s, s->text + start, 0, value);
    s->at = end;
    return axis >= 0 && parser_add(s, axis, start, end);
}

static bool read_dots(parser *s)
{
    int start = s->at, n = 0;
    while (parser_byte(s, s->at) == '.') {
        s->at++;
        n++;
    }
    if (n != 3)
        return parser_fail(s, start,
                           n < 3 ? "an ellipsis is three dots, '...'"
                                 : "an ellipsis is three dots and no more");
    if (s->term->dots_at != NOWHERE)
        return parser_fail(s, start, "a second '...' in one term");
    if (s->open != NOWHERE && !s->output)
        return parser_fail(s, start,
                           s->p->grammar & MANY_TERMS
                               ? "'...' within parentheses is for the output only"
                               : "'...' within parentheses is for the right side only");
    s->term->dots_at = start;
    if (s->open == NOWHERE)
        s->term->dots = s->term->n;
    if (!parser_add(s, DOTS, start, s->at))
        return false;
    s->p->group[s->p->n_groups - 1].dots = s->open == NOWHERE;
    return true;
}

static bool read_star(parser *s)
{
    if (s->term->dots_at != NOWHERE)
        return parser_fail(s, s->at, "a second '*'");
    if (s->open != NOWHERE)
        return parser_fail(s, s->at, "'*' within parentheses");
    s->term->dots_at = s->at;
    s->term->dots = s->term->n;
    s->at++;
    if (!parser_add(s, DOTS, s->at - 1, s->at))
        return false;
    s->p->group[s->p->n_groups - 1].dots = true;
    return true;
}

static bool open_group(parser *s)
{
    if (s->open != NOWHERE)
        return parser_fail(s, s->at, "parentheses within parentheses");
    if (!new_group(s, s->at))
        return false;
    s->open = s->at++;
    return true;
}

static bool close_group(parser *s)
{
    if (s->open == NOWHERE)
        return parser_fail(s, s->at, "')' without a '(' before it");
    s->open = NOWHERE;
    s->p->group[s->p->n_groups - 1].end = ++s->at;
    return true;
}

static bool bad_character(parser *s, int c)
{
    if (c == '-')
        return parser_fail(s, s->at,
                           parser_byte(s, s->at + 1) == ' '
                               ? "'->' is written without a space in it"
                               : "'-' is part of '->' only");
    if (c == '=')
        return parser_fail(s, s->at, "sizes come after the output, behind a comma: \", h=4\"");
    if (c == '*')
        return parser_fail(s, s->at, "'*' is for pack and unpack");
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

void parser_begin_term(parser *s, bool output)
{
    s->term = &s->p->term[s->p->n_terms];
    s->output = output;
    s->open = NOWHERE;
    parser_peek(s);
    *s->term = (pattern_term){
        .first = s->p->n_groups, .at = s->at, .end = s->at, .dots_at = NOWHERE, .dots = NOWHERE};
}

bool parser_term(parser *s, bool output)
{
    if (s->p->n_terms == PATTERN_TERMS - !output)
        return complain(s->m, TT_ERR_PATTERN, s->at, "more than %d terms", PATTERN_TERMS - 1);
    parser_begin_term(s, output);
    for (int c; (c = parser_peek(s)) != END && c != ',' && c != '>' && !parser_arrow(s);)
        if (!read_item(s, c))
            return false;
    if (s->open != NOWHERE)
        return parser_fail(s, s->open, "'(' is not closed");
    s->term->end = s->at;
    return true;
}
