/* The parser by itself: which notation a text is in, what the tables hold, limits, random bytes. */
#include "../unit/unit.h"

#include <stdio.h>
#include "einops/parse/pattern.h"

static const unsigned einsum = MANY_TERMS | IMPLICIT | REPEATS | UNDERSCORE;

static bool parse(parsed *p, const char *text, unsigned grammar)
{
    message m;
    message_clear(&m);
    return pattern_parse(p, text, strlen(text), grammar, &m);
}

static bool compact(const char *text, int n, const int *ndim)
{
    return pattern_is_compact(text, strlen(text), n, ndim);
}
#define NDIM(...)                                                                                  \
    (int)(sizeof((int[]){__VA_ARGS__}) / sizeof(int)), (int[])                                     \
    {                                                                                              \
        __VA_ARGS__                                                                                \
    }

START_TEST(letters_or_words)
{
    /* one word for each operand, as long as it has axes; or touching its ellipsis */
    ck_assert(compact("ij,jk->ik", NDIM(2, 2)));
    ck_assert(compact(" ij , jk -> ik", NDIM(2, 2)));
    ck_assert(compact("...ij,...jk->...ik", NDIM(3, 4)));
    ck_assert(compact("i...j,k->...", NDIM(3, 1)));
    ck_assert(compact("ij", NDIM(2)));
    ck_assert(compact(",ij->ij", NDIM(0, 2)));
    ck_assert(compact("...,ab->...", NDIM(3, 2)));
    /* words */
    ck_assert(!compact("dim,dim->dim", NDIM(1, 1)));
    ck_assert(!compact("in out, out -> in", NDIM(2, 1)));
    ck_assert(!compact("batch ... in_dim, in_dim -> ...", NDIM(3, 1)));
    ck_assert(!compact("... ij, jk -> ...", NDIM(3, 1)));
    ck_assert(!compact("(ij)->ij", NDIM(1)));
    ck_assert(!compact("i2->i2", NDIM(2)));
    /* single letters: the output may still be one word */
    ck_assert(compact("i,j->ij", NDIM(1, 1)));
    ck_assert(compact("i j, j k -> ik", NDIM(2, 2)));
    /* spaces within NumPy's notation, where words do not fit */
    ck_assert(compact("i j,jk->ik", NDIM(2, 2)));
    ck_assert(compact("ij k, k -> ij", NDIM(3, 1)));
    ck_assert(!compact("ij k, k -> ij", NDIM(2, 1)));
    /* neither fits: it is reported letter by letter */
    ck_assert(compact("ij,jk->ik", NDIM(3, 3)));
}
END_TEST

START_TEST(tables)
{
    parsed p;
    ck_assert(parse(&p, "b t (h d) ...-> b h t d () (1 ...) 1, h=12 , t = 3", ARROW));
    ck_assert_int_eq(p.n_terms, 1);
    ck_assert_int_eq(p.n_axes, 4);
    ck_assert_int_eq(p.term[0].n, 4);
    ck_assert_int_eq(p.term[0].dots, 3);
    ck_assert(p.term[0].composed);
    ck_assert_int_eq(p.group[p.term[0].first + 2].n, 2);
    ck_assert_int_eq(p.term[1].n, 7);
    ck_assert_int_eq(p.group[p.term[1].first + 4].n, 0);
    ck_assert_int_eq(p.group[p.term[1].first + 5].n, 1);
    ck_assert_int_eq(p.group[p.term[1].first + 6].n, 0);
    ck_assert_int_eq(p.axis[pattern_find(&p, "h", 1)].size, 12);
    ck_assert_int_eq(p.axis[pattern_find(&p, "t", 1)].size, 3);
    ck_assert_int_eq(p.axis[pattern_find(&p, "d", 1)].size, UNKNOWN);
    ck_assert_int_eq(pattern_find(&p, "x", 1), NOWHERE);
}
END_TEST

/* The output that NumPy implies, as text. */
static void implied(const char *text, const char *output)
{
    parsed p;
    char got[64];
    size_t n = 0;
    ck_assert_msg(parse(&p, text, einsum | LETTERS), "%s", text);
    for (int g = p.term[p.n_terms].first; g < p.n_groups; g++)
        n += (size_t)snprintf(
            got + n, sizeof got - n, "%s",
            p.group[g].dots ? "..." : (char[]){p.axis[p.item[p.group[g].first].axis].name[0], 0});
    got[n] = '\0';
    ck_assert_str_eq(got, output);
}

START_TEST(implicit_outputs)
{
    implied("ij,jk", "ik");
    implied("ba", "ab");
    implied("ii", "");
    implied("bA,Ac", "bc");
    implied("zB,a", "Baz"); /* upper case first, as in ASCII */
    implied("...ij,...j", "...i");
    implied(",", "");
}
END_TEST

START_TEST(spaces)
{
    parsed p;
    ck_assert(parse(&p, "\ta\n b\r->\tb a\n", ARROW));
    ck_assert(parse(&p, "a b->b a", ARROW));
    ck_assert(parse(&p, "(a b)c->c(a b)", ARROW));
    ck_assert(parse(&p, "a...->...a", ARROW));
    ck_assert(parse(&p, "->", ARROW));
    ck_assert(!parse(&p, "a b-> b a\v", ARROW));
}
END_TEST

START_TEST(typing_errors)
{
    ck_assert(one_typo("in_dim", 6, "in_dimm", 7));
    ck_assert(one_typo("in_dim", 6, "n_dim", 5));
    ck_assert(one_typo("in_dim", 6, "in_din", 6));
    ck_assert(one_typo("in_dim", 6, "ni_dim", 6));
    ck_assert(one_typo("in_dim", 6, "in_dmi", 6));
    ck_assert(!one_typo("in_dim", 6, "in_dim", 6));
    ck_assert(!one_typo("in_dim", 6, "out_dim", 7));
    ck_assert(!one_typo("dim1", 4, "dim2", 4)); /* which differ on purpose */
    ck_assert(!one_typo("h", 1, "w", 1));
}
END_TEST

/* The tables are full before they overflow. */
START_TEST(limits)
{
    static char text[200000];
    parsed p;
    size_t n = 0;
    for (int i = 0; i < 300; i++)
        n += (size_t)sprintf(text + n, "a%d ", i);
    sprintf(text + n, "->");
    ck_assert(!parse(&p, text, ARROW));
    n = 0;
    for (int i = 0; i < 2000; i++)
        n += (size_t)sprintf(text + n, "1 ");
    sprintf(text + n, "->");
    ck_assert(!parse(&p, text, ARROW));
    memset(text, ',', 200);
    strcpy(text + 200, "->");
    ck_assert(!parse(&p, text, einsum));
    strcpy(text + 126, "->");
    ck_assert(parse(&p, text, einsum));
    ck_assert_int_eq(p.n_terms, 127);
    n = 0;
    for (int i = 0; i < 1100; i++)
        n += (size_t)sprintf(text + n, "i ");
    sprintf(text + n, "->");
    ck_assert(!parse(&p, text, einsum));
    memset(text, 'a', 100000);
    strcpy(text + 100000, "->");
    ck_assert(!parse(&p, text, ARROW));
}
END_TEST

/* Any bytes are parsed or refused, and the place of a complaint is within the text. */
START_TEST(random_bytes)
{
    static const char common[] = "abh1 ().,->=*_...2\t";
    static const unsigned grammars[] = {ARROW, MANY_TERMS | IMPLICIT | REPEATS | UNDERSCORE,
                                        MANY_TERMS | IMPLICIT | REPEATS | LETTERS, STAR,
                                        UNDERSCORE};
    uint64_t state = 12345;
    for (int i = 0; i < 200000; i++) {
        char text[32];
        parsed p;
        message m;
        size_t n = 0;
        message_clear(&m);
        for (state = state * 6364136223846793005u + 1; n < (state >> 59); n++) {
            state = state * 6364136223846793005u + 1442695040888963407u;
            text[n] = state >> 33 & 15 ? common[(state >> 40) % (sizeof common - 1)]
                                       : (char)(state >> 50);
        }
        pattern_is_compact(text, n, 2, (int[]){2, 2});
        if (!pattern_parse(&p, text, n, grammars[i % 5], &m)) {
            ck_assert_int_eq(m.code, TT_ERR_PATTERN);
            ck_assert(m.text[0] && m.at >= NOWHERE && m.at <= (int)n);
        }
    }
}
END_TEST

RUN_TESTS("einops pattern", letters_or_words, tables, implicit_outputs, spaces, typing_errors,
          limits, random_bytes)
