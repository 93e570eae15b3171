/* Learning merges. All different words of the text lie one after the other as lists of tokens. Each
 * pair of neighbours has its count, weighted by how often the text has the word, and the places
 * where it is or was; a heap gives the most frequent pair. A merge looks only at its pair's places.
 * Invariant: the counts are exact; a pair whose count is at least 2 is in the heap with that count
 * or a higher one. */
#include <stdlib.h>
#include <string.h>

#include "bytes.h"
#include "common/error.h"
#include "common/progress.h"
#include "pretokenize.h"
#include "vocabulary.h"

#define END UINT32_MAX
enum { BYTES = 256, LEAST = 2 /* times that a pair must be there */ };

typedef struct place {
    int32_t id; /* -1: part of the token before it */
    uint32_t prev, next, word;
} place;

typedef struct pair {
    int64_t count;
    uint32_t *places;
    int64_t n, room;
    bool more; /* counted up by the merge that is being done */
} pair;

typedef struct entry {
    int64_t count;
    int64_t pair;
} entry;

typedef struct learner {
    vocabulary *v;
    const char *text; /* where it begins */
    int64_t seen;     /* words of it */
    words words;      /* of the text */
    int64_t *times, times_room;
    place *places;
    pairs numbers;
    pair *pairs;
    int64_t pairs_room;
    entry *heap;
    int64_t heap_n, heap_room;
    int64_t *grown, grown_n, grown_room; /* pairs with `more` */
} learner;

/* The most frequent pair; of several the one with the lowest ids. */
static bool above(const learner *t, entry a, entry b)
{
    return a.count != b.count ? a.count > b.count
                              : t->numbers.keys[a.pair] < t->numbers.keys[b.pair];
}

#define HEAP_ITEM  entry
#define HEAP_ABOVE above
#include "common/heap.h"

static void end(learner *t)
{
    for (int64_t i = 0; i < t->numbers.n && t->pairs; i++)
        free(t->pairs[i].places);
    words_free(&t->words);
    pairs_free(&t->numbers);
    free(t->times);
    free(t->places);
    free(t->pairs);
    free(t->heap);
    free(t->grown);
}

static bool count_word(void *user, const char *word, size_t n)
{
    enum { SOME = 1 << 14 };
    learner *t = user;
    if (++t->seen % SOME == 0)
        progress_step(word - t->text, NULL);
    int64_t known = t->words.n, i = words_add(&t->words, word, n);
    int64_t *times = i < 0 ? NULL : room_for(t->times, i, &t->times_room, sizeof *times);
    if (!times)
        return false;
    t->times = times;
    t->times[i] = i == known ? 1 : t->times[i] + 1;
    return true;
}

static bool count_words(learner *t, const char *text, size_t n, char *error, size_t size)
{
    pretokenizer *cut = pretokenizer_new(error, size);
    if (!cut)
        return false;
    bool ok = true;
    progress_begin("counting words", (int64_t)n);
    while (n && ok) {
        const char *special = special_find(text, n);
        size_t before = special ? (size_t)(special - text) : n;
        size_t skip = special ? before + sizeof SPECIAL - 1 : n;
        ok = pretokenizer_split(cut, text, before, count_word, t);
        text += skip;
        n -= skip;
    }
    progress_end();
    pretokenizer_free(cut);
    return ok || fail_with(error, size, "no memory for the words of the text");
}

static bool push(learner *t, int64_t number)
{
    entry *heap = room_for(t->heap, t->heap_n, &t->heap_room, sizeof *heap);
    if (!heap)
        return false;
    t->heap = heap;
    heap_rise(heap, t->heap_n++, (entry){t->pairs[number].count, number}, t);
    return true;
}

static bool add_place(pair *p, uint32_t where)
{
    if (p->n == p->room) { /* most pairs are rare */
        int64_t room = p->room ? 2 * p->room : 4;
        uint32_t *places = realloc(p->places, (size_t)room * sizeof *places);
        if (!places)
            return false;
        p->places = places;
        p->room = room;
    }
    p->places[p->n++] = where;
    return true;
}

/* One more pair, of the token at `where` and the one after it. */
static bool count_up(learner *t, uint32_t where)
{
    const place *left = &t->places[where];
    int64_t known = t->numbers.n, i = pairs_add(&t->numbers, left->id, t->places[left->next].id);
    pair *all = i < 0 ? NULL : room_for(t->pairs, i, &t->pairs_room, sizeof *all);
    int64_t *grown = room_for(t->grown, t->grown_n, &t->grown_room, sizeof *grown);
    if (grown)
        t->grown = grown;
    if (all)
        t->pairs = all;
    if (all && i == known)
        all[i] = (pair){0};
    if (!all || !grown || !add_place(&all[i], where)) {
        t->numbers.n = all ? t->numbers.n : known;
        return false;
    }
    if (!all[i].more)
        grown[t->grown_n++] = i;
    all[i].more = true;
    all[i].count += t->times[left->word];
    return true;
}

static void count_down(learner *t, uint32_t where)
{
    const place *left = &t->places[where];
    int64_t i = pairs_find(&t->numbers, left->id, t->places[left->next].id);
    t->pairs[i].count -= t->times[left->word];
}

static bool push_grown(learner *t)
{
    for (int64_t i = 0; i < t->grown_n; i++) {
        pair *p = &t->pairs[t->grown[i]];
        p->more = false;
        if (p->count >= LEAST && !push(t, t->grown[i]))
            return false;
    }
    t->grown_n = 0;
    return true;
}

static bool lay_out(learner *t)
{
    size_t at = 0, n;
    t->places = malloc((t->words.n_bytes + 1) * sizeof *t->places);
    if (!t->places || t->words.n_bytes >= END)
        return false;
    for (int64_t w = 0; w < t->words.n; w++) {
        const char *bytes = words_get(&t->words, w, &n);
        for (size_t i = 0; i < n; i++, at++)
            t->places[at] = (place){(int32_t)words_find(&t->v->tokens, bytes + i, 1),
                                    i ? (uint32_t)at - 1 : END, i + 1 < n ? (uint32_t)at + 1 : END,
                                    (uint32_t)w};
    }
    for (size_t i = 0; i < at; i++)
        if (t->places[i].next != END && !count_up(t, (uint32_t)i))
            return false;
    return push_grown(t);
}

static bool join(learner *t, uint32_t where, int32_t made)
{
    place *left = &t->places[where], *right = &t->places[left->next];
    if (left->prev != END)
        count_down(t, left->prev);
    if (right->next != END)
        count_down(t, left->next);
    left->id = made;
    right->id = -1;
    left->next = right->next;
    if (left->next != END)
        t->places[left->next].prev = where;
    return (left->prev == END || count_up(t, left->prev)) &&
           (left->next == END || count_up(t, where));
}

static int by_place(const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return (x > y) - (x < y);
}

static bool merge(learner *t, int64_t number, int32_t made)
{
    uint64_t key = t->numbers.keys[number];
    int32_t left = (int32_t)(key >> 32), right = (int32_t)(key & UINT32_MAX);
    pair p = t->pairs[number]; /* taken out: the table may move */
    t->pairs[number] = (pair){.more = p.more};
    bool ok = true;
    if (left == right) /* aaa is (aa)a */
        qsort(p.places, (size_t)p.n, sizeof *p.places, by_place);
    for (int64_t i = 0; i < p.n && ok; i++) {
        const place *x = &t->places[p.places[i]];
        if (x->id == left && x->next != END && t->places[x->next].id == right)
            ok = join(t, p.places[i], made);
    }
    free(p.places);
    t->pairs[number].count = 0;
    return ok && push_grown(t);
}

/* The token that a pair makes; -1: no memory. */
static int64_t add_token(learner *t, int64_t number)
{
    uint64_t key = t->numbers.keys[number];
    size_t left, right;
    const char *a = words_get(&t->v->tokens, (int64_t)(key >> 32), &left);
    const char *b = words_get(&t->v->tokens, (int64_t)(key & UINT32_MAX), &right);
    char *bytes = malloc(left + right);
    if (!bytes)
        return -1;
    memcpy(bytes, a, left);
    memcpy(bytes + left, b, right);
    int64_t made = words_add(&t->v->tokens, bytes, left + right);
    free(bytes);
    bool twice;
    if (made >= 0 &&
        !bpe_add(&t->v->merges, (int32_t)(key >> 32), (int32_t)(key & UINT32_MAX), (int32_t)made,
                 &twice) &&
        !twice)
        return -1;
    return made;
}

static bool learn(learner *t, int64_t n)
{
    while (t->v->tokens.n + 1 < n && t->heap_n) {
        entry top = heap_pop(t->heap, t->heap_n--, t);
        int64_t count = t->pairs[top.pair].count;
        if (count != top.count) {
            if (count >= LEAST && !push(t, top.pair))
                return false;
            continue;
        }
        int64_t made = add_token(t, top.pair);
        if (made < 0 || !merge(t, top.pair, (int32_t)made))
            return false;
        progress_step(made - BYTES, NULL);
    }
    return true;
}

bool vocabulary_train(vocabulary *v, const char *text, size_t bytes, int64_t n, char *error,
                      size_t size)
{
    learner t = {.v = v, .text = text};
    if (n < BYTES + 1 || n > INT32_MAX / 2)
        return fail_with(error, size, "a vocabulary of %lld tokens: it has 256 bytes, and " SPECIAL,
                         (long long)n);
    bool ok = true;
    for (int i = 0; i < BYTES && ok; i++)
        ok = words_add(&v->tokens, &(char){(char)bytes_in_order(i)}, 1) == i;
    if (ok && count_words(&t, text, bytes, error, size)) {
        progress_begin("merging pairs", n - BYTES);
        ok = lay_out(&t) && learn(&t, n);
        progress_end();
        ok = ok && words_add(&v->tokens, SPECIAL, sizeof SPECIAL - 1) >= 0;
        if (!ok)
            fail_with(error, size, "no memory for the pairs of %lld words", (long long)t.words.n);
    } else {
        if (!ok)
            fail_with(error, size, "no memory for a vocabulary");
        ok = false;
    }
    end(&t);
    return ok;
}
