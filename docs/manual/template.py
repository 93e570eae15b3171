"""The frame of every page: the head, the search, the list of all pages, a table of contents."""
import html

PAGE = """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>{title}</title>
<link rel="stylesheet" href="manual.css">
<script defer src="index.js"></script>
<script defer src="search.js"></script>
</head>
<body>
<header>
<a class="brand" href="index.html">libtinytensor <small>{version}</small></a>
<div class="search" role="search">
<input id="search" type="search" placeholder="Search: softmax, slice, numpy.where" aria-label="Search the manual"
 autocomplete="off" spellcheck="false" role="combobox" aria-expanded="false" aria-controls="results">
<ul id="results" role="listbox" hidden></ul>
</div>
<a class="all" href="functions.html">All functions</a>
</header>
<div class="frame{alone}">
<nav class="pages" aria-label="Pages">
<details open>
<summary>Pages</summary>
{nav}
</details>
<script>if (!matchMedia("(min-width: 60rem)").matches) document.querySelector(".pages > details").open = false;</script>
</nav>
<main>
<h1>{heading}</h1>
{toc_small}
{body}
<footer>{before}{after}</footer>
</main>
{toc}
</div>
</body>
</html>
"""


def navigation(book, page):
    out = []
    for section, pages in book.sections:
        here = any(p is page for p in pages)
        out.append("<details%s><summary>%s</summary>\n<ul>" % (" open" if here else "", html.escape(section)))
        for p in pages:
            mark = ' aria-current="page"' if p is page else ""
            inside = ' class="inside"' if p.group and any(p.name in q.children for q in pages) else ""
            out.append('<li%s><a href="%s"%s>%s</a></li>' % (inside, p.file, mark, html.escape(p.title)))
        out.append("</ul></details>")
    return "\n".join(out)


def contents_of(headings):
    """A nested list of the headings of a page."""
    out, depth = "", 0
    for level, address, text in headings:
        level = min(max(level, 2), 3) - 1
        while depth < level:
            out, depth = out + "<ul>", depth + 1
        while depth > level:
            out, depth = out + "</ul>", depth - 1
        shown = html.escape(text).replace("_", "_<wbr>")  # where a long name may be broken
        out += '<li><a href="#%s">%s</a></li>' % (address, shown)
    return out + "</ul>" * depth


def frame(book, page, version, body, headings):
    """A whole page. A table of contents stands beside it where it has several headings."""
    order = [p for _, pages in book.sections for p in pages]
    at = order.index(page) if page in order else -1
    before = after = ""
    if at > 0:
        before = '<a rel="prev" href="%s">&larr; %s</a>' % (order[at - 1].file, html.escape(order[at - 1].title))
    if 0 <= at < len(order) - 1:
        after = '<a rel="next" href="%s">%s &rarr;</a>' % (order[at + 1].file, html.escape(order[at + 1].title))
    toc = small = ""
    alone = " alone"
    if len(headings) > 3:
        listed = contents_of(headings)
        toc = '<aside class="toc" aria-label="On this page"><p>On this page</p>%s</aside>' % listed
        alone = ""
        small = '<details class="toc-small"><summary>On this page</summary>%s</details>' % listed
    title = page.title if page.title == "libtinytensor" else page.title + " - libtinytensor"
    return PAGE.format(title=html.escape(title), version=html.escape(version), heading=html.escape(page.title),
                       nav=navigation(book, page), body=body, toc=toc, toc_small=small, alone=alone,
                       before=before, after=after)
