/* Colours and sizes of terminals. Input: a stream and the environment; output: what may be written
 * to it. Invariant: nothing but text goes to what is no terminal, or where the user wants no
 * colours. */
#define _DEFAULT_SOURCE /* winsize, beside POSIX */
#include "terminal.h"

#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "palette.h"

static const char *variable(const char *name)
{
    const char *value = getenv(name);
    return value ? value : "";
}

static terminal_colors colors_of(void)
{
    const char *term = variable("TERM"), *colors = variable("COLORTERM");
    if (*variable("NO_COLOR") || !*term || strcmp(term, "dumb") == 0)
        return COLORS_NONE;
    if (strcmp(colors, "truecolor") == 0 || strcmp(colors, "24bit") == 0 || strstr(term, "direct"))
        return COLORS_ALL;
    return strstr(term, "256color") ? COLORS_256 : COLORS_NONE;
}

static int size_of(int known, const char *name, int otherwise)
{
    int said = atoi(variable(name));
    return known > 0 ? known : said > 0 ? said : otherwise;
}

terminal terminal_of(FILE *f)
{
    terminal t = {.is = isatty(fileno(f)), .columns = 80, .lines = 24};
    if (!t.is)
        return t;
    struct winsize size = {0};
    ioctl(fileno(f), TIOCGWINSZ, &size);
    t.columns = size_of(size.ws_col, "COLUMNS", 80);
    t.lines = size_of(size.ws_row, "LINES", 24);
    t.colors = colors_of();
    return t;
}

void terminal_weight(FILE *f, const terminal *t, bool ground, double weight)
{
    rgb c = palette_weight(weight, true);
    if (t->colors == COLORS_ALL)
        fprintf(f, "\033[%d;2;%d;%d;%dm", ground ? 48 : 38, c.r, c.g, c.b);
    else if (t->colors == COLORS_256)
        fprintf(f, "\033[%d;5;%dm", ground ? 48 : 38, palette_weight_256(weight));
}

void terminal_plain(FILE *f, const terminal *t)
{
    if (t->colors != COLORS_NONE)
        fprintf(f, "\033[0m");
}

static int letters(const char *s, int bytes)
{
    int n = 0;
    for (int i = 0; i < bytes; i++)
        n += ((unsigned char)s[i] & 0xC0) != 0x80;
    return n;
}

void terminal_wrap(FILE *f, const terminal *t, int at, const char *text)
{
    while (*text) {
        int word = (int)strcspn(text, " "), width = letters(text, word);
        if (at > 0 && at + 1 + width >= t->columns) {
            fprintf(f, "\n");
            at = 0;
        } else if (at > 0) {
            fprintf(f, " ");
            at++;
        }
        fprintf(f, "%.*s", word, text);
        at += width;
        text += word + (text[word] == ' ');
    }
    fprintf(f, "\n");
}
