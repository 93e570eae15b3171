/* The parser at work: its state, and what reads a term for what reads the whole (pattern.c). */
#ifndef TT_EINOPS_PARSER_H
#define TT_EINOPS_PARSER_H

#include "pattern.h"

enum { END = -1 }; /* in place of a character */

typedef struct parser {
    parsed *p;
    const char *text;
    int length, at;
    pattern_term *term; /* being read */
    int open;           /* where the parenthesis that is open stands, or NOWHERE */
    bool output;        /* the term is the output */
    message *m;
} parser;

static inline bool is_letter(int c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static inline bool is_digit(int c)
{
    return c >= '0' && c <= '9';
}

static inline bool is_word(int c)
{
    return is_letter(c) || is_digit(c) || c == '_';
}

/* The byte at an offset, or END. */
static inline int parser_byte(const parser *s, int i)
{
    return i < s->length ? (unsigned char)s->text[i] : END;
}

/* The next character that is no space, which s->at then points to. */
int parser_peek(parser *s);
bool parser_arrow(parser *s); /* is "->" next? */
bool parser_fail(parser *s, int at, const char *why);
/* Digits, up to PATTERN_LARGEST. */
bool parser_digits(parser *s, int64_t *value);

/* A term up to a comma, an arrow or the end. */
bool parser_term(parser *s, bool output);
void parser_begin_term(parser *s, bool output);
/* Appends an axis (or DOTS) to the group that is open, or as a group of its own. */
bool parser_add(parser *s, int axis, int at, int end);

#endif
