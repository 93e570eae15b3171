/* Heat maps as text. Input: patterns and a window; output: heads side by side where they fit. A
 * cell is two columns of one line; in colours and where that is too wide, one column of half a
 * line. Invariant: every line of a head takes as many columns, so that the next one stands beside
 * it. */
#include <string.h>

#include "heatmap.h"

enum { GAP = 3, LABEL = 6, TOP = 4 };

/* How a head is drawn, and how many beside each other. */
typedef struct layout {
    int n, every; /* cells on a side, and of the pattern in one of them */
    int cell, label, top, width, beside;
    bool half; /* two queries a line */
} layout;

static bool is_first(char c)
{
    return ((unsigned char)c & 0xC0) != 0x80; /* of the bytes of a letter */
}

static int letters(const char *s)
{
    int n = 0;
    for (; *s; s++)
        n += is_first(*s);
    return n;
}

/* At most so many letters; the number that were written. */
static int write_letters(FILE *f, const char *s, int most)
{
    int n = 0;
    for (; *s && (n < most || !is_first(*s)); s++) {
        n += is_first(*s);
        if ((unsigned char)*s < ' ' || *s == 127)
            fputs("·", f);
        else
            fputc(*s, f);
    }
    return n;
}

static void write_letter(FILE *f, const char *s, int i)
{
    for (; *s; s++)
        if (is_first(*s) && i-- == 0) {
            write_letters(f, s, 1);
            return;
        }
    fputc(' ', f);
}

static layout layout_of(const terminal *t, const pattern *p, int every, int cell, bool half)
{
    layout l = {.n = (int)((p->n + every - 1) / every), .every = every, .cell = cell, .half = half};
    int longest = 0;
    for (int64_t k = 0; k < p->n; k++)
        longest = letters(p->tokens[k]) > longest ? letters(p->tokens[k]) : longest;
    l.top = longest < TOP ? longest : TOP;
    l.label = longest < LABEL ? longest : LABEL;
    l.width = (l.label + 1) * (half ? 2 : 1) + l.n * cell;
    l.beside = t->is ? (t->columns + GAP) / (l.width + GAP) : 1;
    return l;
}

/* The largest cells with which as many heads as can be stand beside each other. */
static layout choose(const terminal *t, const pattern *p, int n)
{
    bool colors = t->colors != COLORS_NONE;
    layout wide = layout_of(t, p, 1, 2, false);
    if (!t->is)
        return wide;
    layout small = layout_of(t, p, 1, 1, colors);
    bool few = wide.beside < (small.beside < n ? small.beside : n);
    bool high = wide.top + wide.n + 2 > t->lines;
    if (wide.beside > 0 && (!colors || !(few || high)))
        return wide;
    for (int every = 2; small.beside == 0 && small.n > 1; every++)
        small = layout_of(t, p, every, 1, colors);
    small.beside = small.beside > 0 ? small.beside : 1;
    return small;
}

/* The largest weight of a cell; -1: it lies ahead. */
static float cell_weight(const layout *l, const pattern *p, int q, int k)
{
    float most = -1;
    for (int64_t i = (int64_t)q * l->every; i < (q + 1) * l->every && i < p->n; i++)
        for (int64_t j = (int64_t)k * l->every; j < (k + 1) * l->every && j <= i; j++)
            most = p->weights[i * p->n + j] > most ? p->weights[i * p->n + j] : most;
    return most;
}

static void write_title(FILE *f, const terminal *t, const layout *l, const pattern *p)
{
    char words[64];
    pattern_words(p, words, sizeof words);
    if (t->colors != COLORS_NONE)
        fprintf(f, "\033[1m");
    int room = t->is ? l->width : 80, n = write_letters(f, p->title, room);
    terminal_plain(f, t);
    fprintf(f, "  ");
    n += 2 + write_letters(f, words, room - n - 2 > 0 ? room - n - 2 : 0);
    fprintf(f, "%*s", n < l->width ? l->width - n : 0, "");
}

/* Tokens from top to bottom, and where cells are one column every second one, so that neighbours do
 * not run together. */
static void write_keys(FILE *f, const layout *l, const pattern *p, int line)
{
    fprintf(f, "%*s", l->width - l->n * l->cell, "");
    for (int k = 0; k < l->n; k++) {
        bool shown = l->cell > 1 || k % 2 == 0;
        const char *token = shown ? p->tokens[(int64_t)k * l->every] : "";
        int n = letters(token), skip = n < l->top ? l->top - n : 0;
        write_letter(f, line < skip ? "" : token, line - skip);
        fprintf(f, "%*s", l->cell - 1, "");
    }
}

static void write_query(FILE *f, const layout *l, const pattern *p, int q)
{
    const char *token = q < l->n ? p->tokens[(int64_t)q * l->every] : "";
    int n = letters(token);
    fprintf(f, "%*s", n < l->label ? l->label - n : 0, "");
    write_letters(f, token, l->label);
    fprintf(f, " ");
}

static void write_shade(FILE *f, const layout *l, float w)
{
    static const char *const shades[] = {" ", "░", "▒", "▓", "█"};
    int shade = w < 0.05f ? 0 : w < 0.25f ? 1 : w < 0.5f ? 2 : w < 0.75f ? 3 : 4;
    if (w < 0)
        fprintf(f, "%*s", l->cell, ".");
    else
        for (int i = 0; i < l->cell; i++)
            fputs(shades[shade], f);
}

/* Two cells, one above the other. */
static void write_halves(FILE *f, const terminal *t, float upper, float lower)
{
    const float *letter = upper >= 0 ? &upper : &lower;
    if (*letter >= 0)
        terminal_weight(f, t, false, (double)*letter);
    if (upper >= 0 && lower >= 0)
        terminal_weight(f, t, true, (double)lower);
    fputs(*letter < 0 ? " " : letter == &upper ? "▀" : "▄", f);
    terminal_plain(f, t);
}

static void write_cells(FILE *f, const terminal *t, const layout *l, const pattern *p, int line)
{
    int q = l->half ? 2 * line : line;
    write_query(f, l, p, q);
    if (l->half)
        write_query(f, l, p, q + 1);
    for (int k = 0; k < l->n; k++) {
        float w = cell_weight(l, p, q, k);
        if (l->half) {
            write_halves(f, t, w, q + 1 < l->n ? cell_weight(l, p, q + 1, k) : -1);
        } else if (t->colors == COLORS_NONE) {
            write_shade(f, l, w);
        } else {
            if (w >= 0)
                terminal_weight(f, t, true, (double)w);
            fprintf(f, "%*s", l->cell, "");
            terminal_plain(f, t);
        }
    }
}

static void write_scale(FILE *f, const terminal *t, const layout *l)
{
    int steps = t->columns < 36 ? t->columns - 12 : 24;
    if (t->colors == COLORS_NONE) {
        terminal_wrap(f, t, 0,
                      "Weight: ░ from 0.05, ▒ from 0.25, ▓ from 0.5, █ from 0.75. Rows read "
                      "columns; what lies ahead is a dot.");
    } else {
        fprintf(f, "Weight 0 ");
        for (int k = 0; k < steps; k++) {
            terminal_weight(f, t, true, (double)k / (steps > 1 ? steps - 1 : 1));
            fputc(' ', f);
        }
        terminal_plain(f, t);
        fprintf(f, " 1");
        terminal_wrap(f, t, steps + 11,
                      l->half ? "Rows read columns; two rows a line." : "Rows read columns.");
    }
    char text[64];
    snprintf(text, sizeof text, "A cell is the largest of %d by %d.", l->every, l->every);
    if (l->every > 1)
        terminal_wrap(f, t, 0, text);
}

static void write_heads(FILE *f, const terminal *t, const layout *l, int n, const pattern *patterns)
{
    int lines = l->half ? (l->n + 1) / 2 : l->n;
    for (int line = -1 - l->top; line < lines; line++) {
        for (int i = 0; i < n; i++) {
            if (line == -1 - l->top)
                write_title(f, t, l, &patterns[i]);
            else if (line < 0)
                write_keys(f, l, &patterns[i], line + l->top);
            else
                write_cells(f, t, l, &patterns[i], line);
            fprintf(f, "%*s", i + 1 < n ? GAP : 0, "");
        }
        fprintf(f, "\n");
    }
}

void heatmaps_print(FILE *f, const terminal *t, const char *see, int n, const pattern *patterns)
{
    if (n == 0)
        return;
    layout l = choose(t, &patterns[0], n);
    int rows = (n + l.beside - 1) / l.beside;
    l.beside = (n + rows - 1) / rows; /* as many in each row */
    for (int first = 0; first < n; first += l.beside) {
        fprintf(f, "\n");
        write_heads(f, t, &l, first + l.beside < n ? l.beside : n - first, patterns + first);
    }
    write_scale(f, t, &l);
    terminal_wrap(f, t, 0, see);
}
