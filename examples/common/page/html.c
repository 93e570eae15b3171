/* The frame of a page. Input: title, style and the parts in between; output: a file that is whole
 * or not there. Invariant: colours are named once each, in two sets. */
#include "html.h"

static const char head[] =
    "<meta charset=\"utf-8\">\n"
    "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
    "<meta name=\"color-scheme\" content=\"light dark\">\n<style>\n"
    ":root { --ink: #1f2328; --mute: #5f6872; --paper: #fff; --line: #d5dae0; --mark: #d1440c }\n"
    "@media (prefers-color-scheme: dark) {\n"
    "  :root { --ink: #e8eaed; --mute: #9aa3ad; --paper: #14181d; --line: #333b45; --mark: #ffb35c "
    "}\n"
    "}\n"
    "body { font: 15px/1.5 system-ui, sans-serif; margin: 0 auto; padding: 20px 16px 40px;\n"
    "  max-width: 1600px; color: var(--ink); background: var(--paper) }\n"
    "h1 { font-size: 1.4em; line-height: 1.25; margin: 0 0 .4em }\n"
    "p { margin: .3em 0; max-width: 72ch }\n";

void html_text(FILE *f, const char *s)
{
    for (; *s; s++)
        if (*s == '<' || *s == '>' || *s == '&' || *s == '"' || *s == '\'')
            fprintf(f, "&#%d;", *s);
        else if ((unsigned char)*s < ' ' || *s == 127)
            fprintf(f, "·");
        else
            fputc(*s, f);
}

bool html_begin(replacement *r, const char *path, const char *title)
{
    if (!replace_begin(r, path))
        return false;
    fprintf(r->f, "<!doctype html>\n<html lang=\"en\">\n<head>\n<title>");
    html_text(r->f, title);
    fprintf(r->f, "</title>\n%s", head);
    return true;
}

void html_body(FILE *f, const char *title)
{
    fprintf(f, "</style>\n</head>\n<body>\n<h1>");
    html_text(f, title);
    fprintf(f, "</h1>\n");
}

bool html_end(replacement *r)
{
    fprintf(r->f, "</body>\n</html>\n");
    return replace_end(r);
}
