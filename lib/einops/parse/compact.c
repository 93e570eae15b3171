/* NumPy's notation or einops's? "ij,jk->ik" is read letter by letter, "batch in_dim, in_dim out ->
 * batch out" by words; both may have single letters with spaces between. Input: the text and the
 * number of axes of each operand; output: which of the two. The rule is the whole of this file. */
#include "pattern.h"

/* What the inputs look like. */
typedef struct survey {
    bool only_letters;   /* no digits, underscores, parentheses: with them it is einops's */
    bool single_letters; /* no word is longer: the same either way, but for the output */
    bool single_words;   /* no term has two words */
    bool certain; /* every term touches its ellipsis, or is as long as its operand has axes */
    bool letters_fit, words_fit; /* as many letters, or words, as axes */
} survey;

typedef struct term_survey {
    int letters, words, pieces, longest; /* pieces are between spaces */
    bool dots;
} term_survey;

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/* Reads a term up to a comma, an arrow or the end; false when it has anything but letters, spaces
 * and dots. */
static bool look(const char *text, size_t length, size_t *at, term_survey *t)
{
    int word = 0;
    bool touching = false; /* the character before belongs to the same piece */
    *t = (term_survey){0};
    for (; *at < length && text[*at] != ',' && text[*at] != '-'; ++*at) {
        char c = text[*at];
        bool letter = is_letter(c), space = is_space(c);
        if (!letter && !space && c != '.')
            return false;
        t->pieces += !space && !touching;
        touching = !space;
        word = letter ? word + 1 : 0;
        t->words += word == 1;
        t->letters += letter;
        t->longest = word > t->longest ? word : t->longest;
        t->dots = t->dots || c == '.';
    }
    return true;
}

static void add(survey *s, const term_survey *t, int ndim)
{
    s->single_letters = s->single_letters && t->longest <= 1;
    s->single_words = s->single_words && t->pieces <= 1;
    s->certain = s->certain && (t->dots ? t->pieces == 1 : t->letters == ndim);
    s->letters_fit = s->letters_fit && (t->dots ? t->letters <= ndim : t->letters == ndim);
    s->words_fit = s->words_fit && (t->dots ? t->words <= ndim : t->words == ndim);
}

static bool decide(const survey *s)
{
    if (!s->only_letters || s->single_letters)
        return s->only_letters;
    if (s->single_words)
        return s->certain || !s->words_fit;
    return s->letters_fit && !s->words_fit;
}

bool pattern_is_compact(const char *text, size_t length, int n, const int *ndim)
{
    survey s = {true, true, true, true, true, true};
    size_t at = 0;
    for (int i = 0; s.only_letters; i++, at++) {
        term_survey t;
        s.only_letters = look(text, length, &at, &t);
        if (s.only_letters && i < n)
            add(&s, &t, ndim[i]);
        if (at >= length || text[at] == '-')
            break;
    }
    return decide(&s);
}
