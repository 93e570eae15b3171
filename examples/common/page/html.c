/* The frame of a page. Input: title, text and the parts in between; output: a file that is whole or
 * not there. Invariant: a cell with data-w, data-q and data-k tells them when it is pointed at. */
#include "html.h"

static const char head[] =
    "<meta charset=\"utf-8\">\n<style>\n"
    "body { font: 15px/1.5 system-ui, sans-serif; margin: 2em; color: #222; background: #fff }\n"
    ".heads { display: flex; flex-wrap: wrap; gap: 2em }\n"
    "figure { margin: 0 } figcaption { font-weight: 600; margin-bottom: .4em }\n"
    "table { border-collapse: collapse; font: 11px/1 ui-monospace, monospace }\n"
    "th { font-weight: 400; color: #666; min-width: 17px; padding: 0 1px; text-align: center }\n"
    "td { width: 17px; height: 17px; padding: 0; border: 1px solid #f3f3f3 }\n"
    "td:hover, td.on { outline: 2px solid #d33 }\n"
    "#tip { position: fixed; display: none; background: #222; color: #fff; padding: 3px 7px;\n"
    "  border-radius: 4px; font-size: 13px; pointer-events: none; white-space: nowrap }\n"
    "</style>\n";

static const char script[] = "<div id=\"tip\"></div>\n<script>\n"
                             "const tip = document.getElementById('tip');\n"
                             "document.addEventListener('mousemove', e => {\n"
                             "  const d = e.target.dataset;\n"
                             "  tip.style.display = d && d.w ? 'block' : 'none';\n"
                             "  if (!d || !d.w) return;\n"
                             "  tip.textContent = `query ${d.q} → key ${d.k}: ${d.w}`;\n"
                             "  tip.style.left = e.clientX + 14 + 'px';\n"
                             "  tip.style.top = e.clientY + 14 + 'px';\n"
                             "});\n</script>\n";

void html_text(FILE *f, const char *s)
{
    for (; *s; s++)
        if (*s == '<' || *s == '>' || *s == '&' || *s == '"')
            fprintf(f, "&#%d;", *s);
        else
            fputc(*s, f);
}

bool html_begin(replacement *r, const char *path, const char *title, const char *text)
{
    if (!replace_begin(r, path))
        return false;
    fprintf(r->f, "<!doctype html>\n<html lang=\"en\">\n<title>");
    html_text(r->f, title);
    fprintf(r->f, "</title>\n%s<h1>", head);
    html_text(r->f, title);
    fprintf(r->f, "</h1>\n<p>");
    html_text(r->f, text);
    fprintf(r->f, "</p>\n<div class=\"heads\">\n");
    return true;
}

bool html_end(replacement *r)
{
    fprintf(r->f, "</div>\n%s</html>\n", script);
    return replace_end(r);
}
