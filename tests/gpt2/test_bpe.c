/* Merging and learning merges, against plain loops over random words and texts. */
#include "../unit/unit.h"
#include <stdio.h>

#include "gpt2/text/bpe.h"
#include "gpt2/text/vocabulary.h"

static uint64_t state = 1;

static int32_t below(int n)
{
    state = state * 6364136223846793005u + 1442695040888963407u;
    return (int32_t)((state >> 33) % (unsigned)n);
}

/* Merging. */

/* One pass per merge: the pair of lowest rank, all over the word, from the left. */
static int64_t merge_plainly(const bpe *b, int32_t *ids, int64_t n)
{
    for (;;) {
        int64_t best = INT64_MAX, out = 0;
        for (int64_t i = 0; i + 1 < n; i++) {
            int64_t rank = pairs_find(&b->pairs, ids[i], ids[i + 1]);
            best = rank >= 0 && rank < best ? rank : best;
        }
        if (best == INT64_MAX)
            return n;
        for (int64_t i = 0; i < n; i++) {
            bool pair = i + 1 < n && pairs_find(&b->pairs, ids[i], ids[i + 1]) == best;
            ids[out++] = pair ? b->made[best] : ids[i];
            i += pair;
        }
        n = out;
    }
}

/* Tables of any merges: also such that a later merge makes what an earlier one needs. */
START_TEST(merges_as_plain_loops_do)
{
    enum { LETTERS = 3, N = 60 };
    for (int table = 0; table < 400; table++) {
        bpe b = {0};
        bool twice;
        int32_t tokens = LETTERS + 12;
        for (int32_t k = 0; k < 12; k++) /* a token is longer than its parts: ids say the order */
            bpe_add(&b, below(LETTERS + (k + 1) / 2), below(LETTERS + (k + 1) / 2), LETTERS + k,
                    &twice);
        for (int k = 0; k < 12; k++) { /* and some more, of later ones */
            int32_t left = below(tokens), right = below(tokens),
                    made = (left > right ? left : right) + 1;
            if (made < tokens)
                bpe_add(&b, left, right, made, &twice);
        }
        for (int word = 0; word < 20; word++) {
            int32_t x[N], y[N];
            int64_t n = below(N + 1);
            for (int64_t i = 0; i < n; i++)
                x[i] = y[i] = below(LETTERS);
            int64_t expected = merge_plainly(&b, y, n);
            ck_assert_int_eq(bpe_merge(&b, x, n), expected);
            ck_assert(memcmp(x, y, (size_t)expected * sizeof *x) == 0);
        }
        bpe_free(&b);
    }
}
END_TEST

START_TEST(a_pair_is_added_once)
{
    bpe b = {0};
    bool twice;
    ck_assert(bpe_add(&b, 1, 2, 3, &twice) && !twice);
    ck_assert(!bpe_add(&b, 1, 2, 4, &twice) && twice);
    ck_assert(bpe_add(&b, 2, 1, 5, &twice) && !twice);
    ck_assert_int_eq(b.pairs.n, 2);
    bpe_free(&b);
}
END_TEST

/* Learning. */

enum { MAX_TEXT = 400 };

typedef struct plain {
    int32_t ids[MAX_TEXT];
    bool begins[MAX_TEXT]; /* a word */
    int n;
} plain;

static int count_pair(const plain *p, int32_t left, int32_t right)
{
    int count = 0;
    for (int i = 0; i + 1 < p->n; i++)
        count += !p->begins[i + 1] && p->ids[i] == left && p->ids[i + 1] == right;
    return count;
}

/* The most frequent pair; of several the one with the lowest ids. */
static int best_pair(const plain *p, int32_t *left, int32_t *right)
{
    int best = 0;
    for (int i = 0; i + 1 < p->n; i++) {
        int32_t l = p->ids[i], r = p->ids[i + 1];
        int count = p->begins[i + 1] ? 0 : count_pair(p, l, r);
        if (count > best || (count && count == best && (l < *left || (l == *left && r < *right)))) {
            best = count;
            *left = l;
            *right = r;
        }
    }
    return best;
}

static void join_pair(plain *p, int32_t left, int32_t right, int32_t made)
{
    int out = 0;
    for (int i = 0; i < p->n; i++, out++) {
        bool pair =
            i + 1 < p->n && !p->begins[i + 1] && p->ids[i] == left && p->ids[i + 1] == right;
        p->begins[out] = p->begins[i];
        p->ids[out] = pair ? made : p->ids[i];
        i += pair;
    }
    p->n = out;
}

/* Words of letters, with one space before each: the regular expression's words. The last one may be
 * a space. */
static plain random_text(char *text)
{
    plain p = {0};
    int letters = 1 + below(4), length = 1 + below(8);
    for (p.n = 0; p.n < 40 + below(MAX_TEXT - 40); p.n++) {
        p.begins[p.n] = p.n == 0 || (!p.begins[p.n - 1] && below(length) == 0);
        text[p.n] = p.begins[p.n] ? ' ' : (char)('a' + below(letters));
    }
    return p;
}

START_TEST(learns_as_plain_loops_do)
{
    for (int k = 0; k < 60; k++) {
        char text[MAX_TEXT], error[200];
        plain p = random_text(text);
        vocabulary v = {0};
        int32_t left = 0, right = 0, made = 256;
        int wanted = 257 + below(60);
        ck_assert(vocabulary_train(&v, text, (size_t)p.n, wanted, error, sizeof error));
        for (int i = 0; i < p.n; i++)
            p.ids[i] = (int32_t)words_find(&v.tokens, text + i, 1);
        for (; made + 1 < wanted && best_pair(&p, &left, &right) >= 2; made++) {
            int64_t rank = made - 256;
            ck_assert_int_lt(rank, v.merges.pairs.n);
            ck_assert_uint_eq(v.merges.pairs.keys[rank], (uint64_t)left << 32 | (uint32_t)right);
            ck_assert_int_eq(v.merges.made[rank], made);
            join_pair(&p, left, right, made);
        }
        ck_assert_int_eq(v.merges.pairs.n, made - 256);
        ck_assert_int_eq(v.tokens.n, made + 1);
        vocabulary_free(&v);
    }
}
END_TEST

START_TEST(what_is_learned_does_not_cross_words)
{
    static const char text[] =
        " it's it's 12 12 a, a, <|endoftext|><|endoftext|> x x\xff\xff\xff\xff";
    char error[200];
    vocabulary v = {0};
    ck_assert(vocabulary_train(&v, text, sizeof text - 1, 400, error, sizeof error));
    static const char *const tokens[] = {"'s", " 12", " it", "\xff\xff", " x", "<|endoftext|>"};
    static const char *const none[] = {"t's", "s ", "a,", "<|", "endo", " <", "x\xff"};
    for (size_t i = 0; i < sizeof tokens / sizeof *tokens; i++)
        ck_assert_int_ge(words_find(&v.tokens, tokens[i], strlen(tokens[i])), 0);
    for (size_t i = 0; i < sizeof none / sizeof *none; i++)
        ck_assert_int_eq(words_find(&v.tokens, none[i], strlen(none[i])), -1);
    vocabulary_free(&v);
    ck_assert(!vocabulary_train(&v, text, sizeof text - 1, 256, error, sizeof error));
    ck_assert_ptr_nonnull(strstr(error, "a vocabulary of 256 tokens"));
    vocabulary_free(&v);
}
END_TEST

RUN_TESTS("bpe", merges_as_plain_loops_do, a_pair_is_added_once, learns_as_plain_loops_do,
          what_is_learned_does_not_cross_words)
