/* Heat maps as text and as a page: what fits into a window, colours, and what is drawn of a
 * pattern. */
#include "common/page/heatmap.h"

#include <stdio.h>
#include <unistd.h>

#include "unit.h"

enum { N = 32, HEADS = 4 };
static float weights[N * N];
static char names[N][8];
static const char *tokens[N];
static pattern heads[HEADS];

/* Each token reads the one `back` places before it; the first ones read themselves. */
static void make(int back)
{
    for (int q = 0; q < N; q++) {
        snprintf(names[q], sizeof names[q], "%d", q % 16);
        tokens[q] = names[q];
        for (int k = 0; k < N; k++)
            weights[q * N + k] = k == (q < back ? q : q - back) ? 1 : 0;
    }
    for (int i = 0; i < HEADS; i++) {
        heads[i] = (pattern){.n = N, .weights = weights, .tokens = tokens};
        snprintf(heads[i].title, sizeof heads[i].title, "head %d", i + 1);
    }
}

/* The number of letters of a line, and in it only what is seen. */
static int width_of(char *line)
{
    int n = 0;
    char *to = line;
    for (const char *s = line; *s && *s != '\n'; s++) {
        if (*s == '\033')
            s += strcspn(s, "m");
        else {
            n += ((unsigned char)*s & 0xC0) != 0x80;
            *to++ = *s;
        }
    }
    *to = 0;
    return n;
}

/* The text, without colours in `seen`. */
static void print(const terminal *t, int n, char *text, size_t size, int *widest, int *lines)
{
    FILE *f = tmpfile();
    ck_assert_ptr_nonnull(f);
    heatmaps_print(f, t, "What to see: a diagonal.", n, heads);
    rewind(f);
    char line[8192];
    *widest = *lines = 0;
    *text = 0;
    while (fgets(line, sizeof line, f)) {
        int width = width_of(line);
        *widest = width > *widest ? width : *widest;
        ++*lines;
        snprintf(text + strlen(text), size - strlen(text), "%s\n", line);
    }
    fclose(f);
}

START_TEST(the_strongest_diagonal_is_found)
{
    int64_t back;
    char words[64];
    make(7);
    ck_assert(pattern_diagonal(&heads[0], &back) == 1 && back == 7);
    pattern_words(&heads[0], words, sizeof words);
    ck_assert_str_eq(words, "reads 7 back: 1.00");
    make(0);
    pattern_words(&heads[0], words, sizeof words);
    ck_assert_str_eq(words, "reads itself: 1.00");
    for (int q = 0; q < N; q++)
        for (int k = 0; k <= q; k++)
            weights[q * N + k] = 1 / (float)(q + 1);
    pattern_words(&heads[0], words, sizeof words);
    ck_assert_str_eq(words, "no fixed distance");
}
END_TEST

START_TEST(no_line_is_wider_than_its_window)
{
    static char text[1 << 16];
    make(7);
    for (int columns = 24; columns <= 300; columns += 7)
        for (int colors = COLORS_NONE; colors <= COLORS_ALL; colors++) {
            int widest, lines;
            terminal t = {true, columns, 24, (terminal_colors)colors};
            print(&t, HEADS, text, sizeof text, &widest, &lines);
            ck_assert_msg(widest <= columns, "%d columns, colours %d: %d\n%s", columns, colors,
                          widest, text);
            for (int i = 0; i < HEADS; i++) {
                char title[16];
                snprintf(title, sizeof title, "head %d", i + 1);
                ck_assert_ptr_nonnull(strstr(text, title));
            }
            ck_assert_ptr_nonnull(strstr(text, "What to see"));
        }
}
END_TEST

START_TEST(heads_stand_side_by_side_where_there_is_room)
{
    static char text[1 << 16];
    int widest, lines;
    make(7);
    print(&(terminal){true, 80, 24, COLORS_ALL}, 2, text, sizeof text, &widest, &lines);
    ck_assert_ptr_nonnull(strstr(strstr(text, "head 1"), "head 2"));
    ck_assert_msg(lines <= 23, "%d lines", lines); /* and one for the prompt */
    ck_assert(strcspn(strstr(text, "head 1"), "\n") > 40);
    print(&(terminal){true, 200, 60, COLORS_ALL}, 2, text, sizeof text, &widest, &lines);
    ck_assert_msg(widest > 130 && lines > N && lines < 2 * N, "%d by %d", widest, lines);
    print(&(terminal){true, 80, 60, COLORS_NONE}, 2, text, sizeof text, &widest, &lines);
    ck_assert(lines > 2 * N);
    print(&(terminal){true, 200, 60, COLORS_NONE}, 2, text, sizeof text, &widest, &lines);
    ck_assert(lines < 2 * N);
}
END_TEST

START_TEST(labels_of_neighbours_do_not_run_together)
{
    static char text[1 << 16];
    int widest, lines;
    make(7);
    for (int columns = 24; columns <= 200; columns += 11) {
        print(&(terminal){true, columns, 24, COLORS_256}, 1, text, sizeof text, &widest, &lines);
        const char *below = strchr(strstr(text, "head 1"), '\n') + 1;
        for (int line = 0; line < 2; line++, below = strchr(below, '\n') + 1)
            for (const char *s = below; *s != '\n'; s++)
                ck_assert_msg(!(*s >= '0' && *s <= '9' && s[1] >= '0' && s[1] <= '9'), "%s", text);
    }
}
END_TEST

START_TEST(a_file_has_shades_only)
{
    static char raw[1 << 16];
    make(7);
    FILE *f = tmpfile();
    ck_assert_ptr_nonnull(f);
    setenv("TERM", "xterm-256color", 1);
    setenv("COLORTERM", "truecolor", 1);
    terminal t = terminal_of(f);
    ck_assert(!t.is && t.colors == COLORS_NONE);
    heatmaps_print(f, &t, "", HEADS, heads);
    rewind(f);
    raw[fread(raw, 1, sizeof raw - 1, f)] = 0;
    fclose(f);
    ck_assert_ptr_null(strchr(raw, '\033'));
    ck_assert_ptr_nonnull(strstr(raw, "\nhead 2"));
    ck_assert_ptr_nonnull(strstr(raw, "██ ."));
}
END_TEST

START_TEST(a_page_has_every_weight_and_no_markup_of_its_tokens)
{
    static char page[1 << 18];
    char path[] = "/tmp/heatmap_XXXXXX";
    make(7);
    tokens[3] = "<i>";
    tokens[4] = "a\n&";
    weights[20 * N + 2] = 0.1234f;
    int fd = mkstemp(path);
    ck_assert_int_ge(fd, 0);
    close(fd);
    ck_assert(heatmaps_page(path, "A & B", "What to see: 1 < 2.", HEADS, heads));
    FILE *f = fopen(path, "r");
    ck_assert_ptr_nonnull(f);
    page[fread(page, 1, sizeof page - 1, f)] = 0;
    fclose(f);
    unlink(path);
    ck_assert_ptr_nonnull(strstr(page, "name=\"viewport\""));
    ck_assert_ptr_nonnull(strstr(page, "prefers-color-scheme: dark"));
    ck_assert_ptr_nonnull(strstr(page, "<span>&#60;i&#62;</span><span>a·&#38;</span>"));
    ck_assert_ptr_nonnull(strstr(page, "<h1>A &#38; B</h1>"));
    int weights_there = 1;
    char *data = strstr(page, "data-w=\"") + 8, *end = strchr(data, '"');
    for (char *s = data; s < end; s++)
        weights_there += *s == ' ';
    ck_assert_int_eq(weights_there, N * (N + 1) / 2);
    ck_assert(strstr(data, " 1234 ") != NULL && strstr(data, " 1234 ") < end);
}
END_TEST

RUN_TESTS("heatmap", the_strongest_diagonal_is_found, no_line_is_wider_than_its_window,
          heads_stand_side_by_side_where_there_is_room, labels_of_neighbours_do_not_run_together,
          a_file_has_shades_only, a_page_has_every_weight_and_no_markup_of_its_tokens)
