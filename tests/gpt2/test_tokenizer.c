/* The GPT-2 example's tokenizer: vectors (tests/gpt2/tokenizer_vectors.py) for a small vocabulary
 * that is here, words, and for the published one where TT_GPT2_TOKENIZER_DIR names its
 * folder; any bytes round-trip; characters; the special token; errors. */
#define _POSIX_C_SOURCE 200809L
#include "../unit/unit.h"
#include <signal.h>
#include <stdio.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include "gpt2/text/bytes.h"
#include "common/files.h"
#include "gpt2/text/tokenizer.h"

static char folder[] = "/tmp/tinytensor-tokenizer-XXXXXX";
static char error[512];

static tokenizer *opened(const char *dir)
{
    tokenizer *t = tokenizer_open(dir, error, sizeof error);
    ck_assert_msg(t != NULL, "%s", error);
    return t;
}

static void round_trip(tokenizer *t, const char *text, size_t n, bool special)
{
    int32_t *ids;
    char *back;
    int64_t count = tokenizer_encode(t, text, n, special, &ids);
    ck_assert_msg(count >= 0, "%s", tokenizer_error(t));
    ck_assert_int_eq(tokenizer_decode(t, ids, count, &back), n);
    ck_assert(memcmp(back, text, n) == 0);
    free(ids);
    free(back);
}

/* Vectors. */

static size_t from_hex(const char *hex, char *bytes)
{
    size_t n = 0;
    for (; hex[0] != '.' && hex[0]; hex += 2)
        bytes[n++] = (char)strtol((char[]){hex[0], hex[1], 0}, NULL, 16);
    return n;
}

static void check_line(tokenizer *t, char *line)
{
    char kind = *strtok(line, " "), *hex = strtok(NULL, " "), *expected = strtok(NULL, "\n");
    char *bytes = malloc(strlen(hex) + 1), *got = calloc(strlen(expected) + 1024, 1);
    int32_t *ids;
    size_t n = from_hex(hex, bytes), at = 0;
    int64_t count = tokenizer_encode(t, bytes, n, kind == 's', &ids);
    for (int64_t i = 0; i < count && at < strlen(expected) + 512; i++)
        at += (size_t)sprintf(got + at, "%s%d", i ? "," : "", (int)ids[i]);
    ck_assert_msg(strcmp(count ? got : ".", expected) == 0, "%s: %s, not %s", hex, got, expected);
    round_trip(t, bytes, n, kind == 's');
    free(ids);
    free(bytes);
    free(got);
}

static void check_vectors(const char *dir, const char *path)
{
    static char line[1 << 14];
    tokenizer *t = opened(dir);
    for (int pass = 0; pass < 2; pass++) { /* the second time all words are known */
        FILE *f = fopen(path, "r");
        int lines = 0;
        ck_assert_ptr_nonnull(f);
        while (fgets(line, sizeof line, f)) {
            check_line(t, line);
            lines++;
        }
        fclose(f);
        ck_assert_int_gt(lines, 200);
    }
    tokenizer_free(t);
}

/* The bytes of each token become tokens with the same bytes. */
static void check_tokens(const char *dir)
{
    tokenizer *t = opened(dir);
    ck_assert_int_eq(tokenizer_size(t), 256 + 1 + tokenizer_merges(t));
    ck_assert_int_eq(tokenizer_special(t), tokenizer_size(t) - 1);
    for (int32_t id = 0; id < tokenizer_size(t); id++) {
        char *text;
        int64_t n = tokenizer_decode(t, &id, 1, &text);
        ck_assert_int_gt(n, 0);
        round_trip(t, text, (size_t)n, true);
        free(text);
    }
    tokenizer_free(t);
}

START_TEST(small_vocabulary)
{
    check_vectors(HERE "/words", HERE "/vectors_words.txt");
    check_tokens(HERE "/words");
}
END_TEST

START_TEST(published_vocabulary)
{
    const char *dir = getenv("TT_GPT2_TOKENIZER_DIR");
    if (!dir || !*dir)
        return;
    check_vectors(dir, HERE "/vectors_gpt2.txt");
    check_tokens(dir);
}
END_TEST

/* Any bytes. */

static uint64_t state = 1;

static unsigned below(unsigned n)
{
    state = state * 6364136223846793005u + 1442695040888963407u;
    return (unsigned)(state >> 33) % n;
}

START_TEST(any_bytes_round_trip)
{
    static const char *const pieces[] = {
        "\xff", "\xc3", "\xa9", "\xe2\x82\xac",  "\xf0\x9f\x98\x80", "a", "the", " ", "  ", "\n",
        "'s",   "1",    "!",    "<|endoftext|>", "\xed\xa0\x80"};
    tokenizer *t = opened(HERE "/words");
    for (int i = 0; i < 3000; i++) {
        char text[256];
        size_t n = 0;
        for (unsigned k = below(12); k > 0; k--) {
            const char *piece = pieces[below(sizeof pieces / sizeof *pieces)];
            char byte = (char)below(256);
            bool one = below(3) == 0;
            size_t len = one ? 1 : strlen(piece);
            memcpy(text + n, one ? &byte : piece, len);
            n += len;
        }
        round_trip(t, text, n, i % 2);
    }
    tokenizer_free(t);
}
END_TEST

START_TEST(spelling_is_one_to_one)
{
    char spelled[8], byte;
    size_t n;
    uint32_t bad, codes[256];
    for (int b = 0; b < 256; b++) {
        size_t len = bytes_spell(&(char){(char)b}, 1, spelled);
        ck_assert_uint_eq(utf8_char(spelled, len, &codes[b]), len);
        ck_assert_uint_gt(codes[b], ' ');
        ck_assert(bytes_unspell(spelled, len, &byte, &n, &bad) && n == 1 &&
                  (unsigned char)byte == b);
        for (int other = 0; other < b; other++)
            ck_assert_uint_ne(codes[other], codes[b]);
    }
    ck_assert(!bytes_unspell("a b", 3, spelled, &n, &bad) && bad == ' ');
    ck_assert(!bytes_unspell("\xc5\x84", 2, spelled, &n, &bad) && bad == 0x144);
    ck_assert(!bytes_unspell("\xc2\xad", 2, spelled, &n, &bad) && bad == 0xad);
    ck_assert(!bytes_unspell("\xff", 1, spelled, &n, &bad) && bad == 0xfffd);
}
END_TEST

/* Text that comes in pieces: what is held back is at most a character, and nothing that is whole.
 */
START_TEST(unfinished_characters)
{
    static const char text[] = "a\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80z";
    static const size_t held[] = {0, 0, 1, 0, 1, 2, 0, 1, 2, 3, 0, 0};
    for (size_t n = 0; n < sizeof text; n++)
        ck_assert_uint_eq(utf8_unfinished(text, n), held[n]);
    ck_assert_uint_eq(utf8_unfinished("\xff", 1), 0);
    ck_assert_uint_eq(utf8_unfinished("\x80\x80\x80\x80", 4), 0);
    ck_assert_uint_eq(utf8_unfinished("\xc3\x28", 2), 0);
}
END_TEST

static double seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

/* A word of a million letters: n log n, where n squared would take hours. */
START_TEST(long_words)
{
    enum { N = 1000000 };
    char *text = malloc(N);
    tokenizer *t = opened(HERE "/words");
    double begin = seconds();
    for (int kind = 0; kind < 5; kind++) {
        for (int i = 0; i < N; i++)
            text[i] = kind == 0   ? 'a'
                      : kind == 1 ? "ab"[i % 2]
                      : kind == 2 ? ' '
                      : kind == 3 ? (char)('a' + below(26))
                                  : '\xff';
        round_trip(t, text, N, true);
    }
    ck_assert_msg(seconds() - begin < 60, "a million letters take %g s", seconds() - begin);
    tokenizer_free(t);
    free(text);
}
END_TEST

/* The special token, and ids. */

START_TEST(special_token)
{
    static const char text[] = "<|endoftext|>";
    tokenizer *t = opened(HERE "/words");
    int32_t *ids, special = (int32_t)tokenizer_special(t);
    ck_assert_int_eq(tokenizer_encode(t, text, sizeof text - 1, true, &ids), 1);
    ck_assert_int_eq(ids[0], special);
    free(ids);
    int64_t n = tokenizer_encode(t, text, sizeof text - 1, false, &ids);
    ck_assert_int_gt(n, 1);
    for (int64_t i = 0; i < n; i++)
        ck_assert_int_ne(ids[i], special);
    free(ids);
    tokenizer_free(t);
}
END_TEST

START_TEST(ids_outside_of_the_vocabulary)
{
    tokenizer *t = opened(HERE "/words");
    const int32_t wrong[] = {-1, (int32_t)tokenizer_size(t), INT32_MAX, INT32_MIN};
    char *text;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        ck_assert_int_eq(tokenizer_decode(t, (int32_t[]){0, wrong[i]}, 2, &text), -1);
        ck_assert_ptr_null(text);
    }
    ck_assert_int_eq(tokenizer_decode(t, NULL, 0, &text), 0);
    ck_assert_str_eq(text, "");
    free(text);
    tokenizer_free(t);
}
END_TEST

/* Characters. */

START_TEST(characters)
{
    static const char text[] = "hello\nworld 1\xff \xe2\x82\xac\xc3\xa9\xc3\xa8 \xf0\x9f\x98\x80";
    tokenizer *t = tokenizer_chars(text, sizeof text - 1, error, sizeof error), *again;
    ck_assert_msg(t != NULL, "%s", error);
    ck_assert(tokenizer_save(t, folder, error, sizeof error));
    again = opened(folder);
    ck_assert_int_eq(tokenizer_size(again), tokenizer_size(t));
    ck_assert_int_eq(tokenizer_special(t), -1);
    int32_t *a, *b;
    int64_t n = tokenizer_encode(t, text, sizeof text - 1, true, &a);
    ck_assert_int_eq(n, 20); /* 15 of ASCII, the lone byte, 4 characters of several bytes */
    ck_assert_int_eq(tokenizer_encode(again, text, sizeof text - 1, true, &b), n);
    ck_assert(memcmp(a, b, (size_t)n * sizeof *a) == 0);
    round_trip(again, text, sizeof text - 1, true);
    free(a);
    free(b);
    ck_assert_int_eq(tokenizer_encode(again, "hex", 3, true, &a), -1);
    ck_assert_ptr_null(a);
    ck_assert_ptr_nonnull(strstr(tokenizer_error(again), "0x78"));
    tokenizer_free(t);
    tokenizer_free(again);
}
END_TEST

/* Plain text: the characters' places in their order. */
START_TEST(characters_are_in_order)
{
    static const char text[] = "to be, or not to be\n";
    static const int32_t expected[] = {8, 6, 1, 3, 4, 2, 1, 6, 7, 1, 5, 6, 8, 1, 8, 6, 1, 3, 4, 0};
    tokenizer *t = tokenizer_chars(text, sizeof text - 1, error, sizeof error);
    int32_t *ids;
    ck_assert_int_eq(tokenizer_size(t), 9);
    ck_assert_int_eq(tokenizer_merges(t), 0);
    ck_assert_int_eq(tokenizer_encode(t, text, sizeof text - 1, true, &ids), 20);
    ck_assert(memcmp(ids, expected, sizeof expected) == 0);
    free(ids);
    tokenizer_free(t);
    ck_assert_ptr_null(tokenizer_chars("", 0, error, sizeof error));
    ck_assert_ptr_nonnull(strstr(error, "without a character"));
}
END_TEST

/* Errors. */

START_TEST(wrong_files)
{
    static const struct {
        const char *vocab, *merges, *error;
    } wrong[] = {
        {"", "", "x/vocab.json: line 1, column 0: '[' or '{' expected near end of file"},
        {"{\"a\": 0", "", "x/vocab.json: line 1, column 7: '}' expected near end of file"},
        {"[1, 2]", "", "x/vocab.json: not an object of tokens and ids"},
        {"{}", "", "x/vocab.json: not an object of tokens and ids"},
        {"{\"a\": 0, \"a\": 1}", "", "duplicate object key near"},
        {"{\"a\": 0, \"b\": \"1\"}", "", "x/vocab.json: 'b' has no whole number for an id"},
        {"{\"a\": 0, \"b\": 1.5}", "", "x/vocab.json: 'b' has no whole number for an id"},
        {"{\"a\": 0, \"b\": 2}", "",
         "x/vocab.json: 2 tokens must have the ids 0 to 1, but 'b' has 2"},
        {"{\"a\": 0, \"b\": -1}", "", "but 'b' has -1"},
        {"{\"a\": 1, \"b\": 1}", "", "x/vocab.json: 'a' and 'b' both have the id 1"},
        {"{\"a\": 0, \"\": 1}", "", "x/vocab.json: token 1 is empty"},
        {"{\"a\": 0, \"b c\": 1}", "",
         "x/vocab.json: token 1 has the character U+0020, which stands for no byte"},
        {"{\"a\": 0, \"\xe2\x96\x81\": 1}", "", "U+2581, which stands for no byte"},
        {"{\"a\\n\": 0, \"b\": 9}", "", "but 'b' has 9"},
        {"{\"a\\n\\u001b\": 5}", "", "but 'a?\?' has 5"},
        {"{\"a\": 0, \"b\": 1, \"ab\": 2}", "#version: 0.2\na b\nab\n",
         "x/merges.txt: line 3: not two tokens with a space between them"},
        {"{\"a\": 0, \"b\": 1, \"ab\": 2}", "a b a\n", "x/merges.txt: line 1: not two tokens"},
        {"{\"a\": 0, \"b\": 1, \"ab\": 2}", "a \n", "x/merges.txt: line 1: not two tokens"},
        {"{\"a\": 0, \"b\": 1, \"ab\": 2}", " a\n", "x/merges.txt: line 1: not two tokens"},
        {"{\"a\": 0, \"b\": 1, \"ab\": 2}", "a b\na c",
         "x/merges.txt: line 2: 'c' is not in vocab.json"},
        {"{\"a\": 0, \"b\": 1, \"ab\": 2}", "b a",
         "x/merges.txt: line 1: 'b a' makes a token that is not in vocab.json"},
        {"{\"a\": 0, \"b\": 1, \"ab\": 2}", "a b\n\na b\n",
         "x/merges.txt: line 3: 'a b' is there twice"},
        {"{\"a\": 0, \"b\": 1, \"ab\": 2}", "a \x01\n",
         "x/merges.txt: line 1: the character U+0001 stands for no byte"},
        {"{\"a\": 0, \"b\": 1, \"ab\": 2}", "a \xff\n", "U+FFFD stands for no byte"},
    };
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        *error = 0;
        ck_assert_ptr_null(tokenizer_parse("x", wrong[i].vocab, strlen(wrong[i].vocab),
                                           wrong[i].merges, strlen(wrong[i].merges), error,
                                           sizeof error));
        ck_assert_msg(strstr(error, wrong[i].error) && !strchr(error, '\n'), "'%s', not '%s'",
                      error, wrong[i].error);
    }
    ck_assert_ptr_null(tokenizer_open("/nowhere/at/all", error, sizeof error));
    ck_assert_str_eq(error, "/nowhere/at/all/vocab.json: No such file or directory");
}
END_TEST

/* What files may have besides: no header, lines that end in CR LF, no line end, empty lines. */
START_TEST(lenient_merges)
{
    static const char vocab[] = "{\"ab\": 2, \"a\": 0, \"b\": 1, \"abb\": 3}";
    static const char *const merges[] = {"a b\nab b", "#version: 0.2\r\na b\r\nab b\r\n",
                                         "#version: 0.2 - made by x\n\na b\n\nab b\n\n"};
    for (int i = 0; i < 3; i++) {
        int32_t *ids;
        tokenizer *t = tokenizer_parse("x", vocab, sizeof vocab - 1, merges[i], strlen(merges[i]),
                                       error, sizeof error);
        ck_assert_msg(t != NULL, "%s", error);
        ck_assert_int_eq(tokenizer_encode(t, "abba", 4, true, &ids), 2);
        ck_assert(ids[0] == 3 && ids[1] == 0);
        free(ids);
        tokenizer_free(t);
    }
}
END_TEST

START_TEST(saving)
{
    tokenizer *t = opened(HERE "/words"), *again;
    char path[256], before[] = "what was there";
    ck_assert(tokenizer_save(t, folder, error, sizeof error));
    again = opened(folder);
    ck_assert_int_eq(tokenizer_size(again), tokenizer_size(t));
    ck_assert_int_eq(tokenizer_merges(again), tokenizer_merges(t));
    tokenizer_free(again);
    ck_assert(!tokenizer_save(t, "/nowhere/at/all", error, sizeof error));
    ck_assert_ptr_nonnull(strstr(error, "/nowhere/at/all/vocab.json: "));
    /* a full disk: the file stays as it was */
    snprintf(path, sizeof path, "%s/kept", folder);
    ck_assert(file_write(path, before, sizeof before, error, sizeof error));
    struct rlimit limit, none;
    getrlimit(RLIMIT_FSIZE, &limit);
    none = limit;
    none.rlim_cur = 0;
    signal(SIGXFSZ, SIG_IGN);
    setrlimit(RLIMIT_FSIZE, &none);
    ck_assert(!file_write(path, "new", 3, error, sizeof error));
    setrlimit(RLIMIT_FSIZE, &limit);
    ck_assert_ptr_nonnull(strstr(error, "cannot write: File too large"));
    FILE *f = fopen(path, "r");
    char now[sizeof before] = "";
    ck_assert_uint_eq(fread(now, 1, sizeof now, f), sizeof before);
    ck_assert_str_eq(now, before);
    fclose(f);
    unlink(path);
    tokenizer_free(t);
}
END_TEST

static void remove_folder(void)
{
    static const char *const files[] = {"vocab.json", "merges.txt", "kept"};
    char path[256];
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        snprintf(path, sizeof path, "%s/%s", folder, files[i]);
        unlink(path);
    }
    rmdir(folder);
}

int main(void)
{
    const TTest *const tests[] = {small_vocabulary,
                                  published_vocabulary,
                                  any_bytes_round_trip,
                                  spelling_is_one_to_one,
                                  unfinished_characters,
                                  long_words,
                                  special_token,
                                  ids_outside_of_the_vocabulary,
                                  characters,
                                  characters_are_in_order,
                                  wrong_files,
                                  lenient_merges,
                                  saving};
    if (!mkdtemp(folder))
        return EXIT_FAILURE;
    int status = run_tests("tokenizer", tests, sizeof tests / sizeof *tests);
    remove_folder();
    return status;
}
