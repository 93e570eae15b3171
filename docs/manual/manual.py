#!/usr/bin/env python3
"""The manual, as web pages: what Doxygen reads in the headers and in docs/, in the order of use.

Doxygen checks and writes XML; this makes pages of it with a search of its own, a list of all pages,
tables of contents, links on the names of functions, and the examples of docs/examples. Nothing is
loaded from elsewhere, so the pages work from files and without a network.

usage: manual.py [--strict] --root ROOT --doxygen DOXYGEN --doxyfile FILE --version VERSION
                 --out FOLDER [--depfile FILE] HEADER...
  --strict: whatever is undocumented, unlinked, without its example or in no section is a failure
"""
import argparse
import html
import os
import re
import shutil
import subprocess
import sys

sys.dont_write_bytecode = True  # beside the sources is no place for it
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import array_api  # noqa: E402
import basics  # noqa: E402
import examples  # noqa: E402
import names  # noqa: E402
from book import Book, Page  # noqa: E402
from members import KINDS, member_html, struct_html, summary  # noqa: E402
from render import Renderer, plain  # noqa: E402
from template import frame  # noqa: E402

HERE = os.path.dirname(os.path.abspath(__file__))
ILLUSTRATED = ("shape.h", "index.h", "sorting.h", "einops.h")  # every function of these has an example


def run_doxygen(options, work):
    """Doxygen's XML, in work/xml; returns what it complained of."""
    os.makedirs(work, exist_ok=True)
    made = {"names.md": names.page(options.headers), "array-api.md": array_api.page(options.headers)}
    for name, text in made.items():
        with open(os.path.join(work, name), "w") as f:
            f.write(text)
    pages = sorted(os.path.join(options.root, "docs", f) for f in os.listdir(os.path.join(options.root, "docs")))
    given = [p for p in pages if p.endswith(".md")] + [os.path.join(work, name) for name in made] + basics.write(options.root, work) + options.headers
    with open(options.doxyfile) as f:
        settings = f.read()
    settings += "\nOUTPUT_DIRECTORY = %s\nINPUT = %s\n" % (work, " ".join('"%s"' % g for g in given))
    shutil.rmtree(os.path.join(work, "xml"), ignore_errors=True)
    ran = subprocess.run([options.doxygen, "-"], input=settings.encode(), stdout=subprocess.PIPE,
                         stderr=subprocess.STDOUT, cwd=work, check=False)
    said = [line for line in ran.stdout.decode().splitlines() if line.strip()]
    if not os.path.isdir(os.path.join(work, "xml")):
        sys.exit("doxygen wrote nothing (exit %d)\n%s" % (ran.returncode, "\n".join(said)))
    return said


def first_text(node):
    return " ".join(plain(node.find("briefdescription")).split())


def page_text(page):
    """What a page is about: its brief, else its first sentence."""
    paragraph = page.node.find("detaileddescription//para")
    return first_text(page.node) or re.split(r"(?<=[a-z0-9)][.]) ", " ".join(plain(paragraph).split()))[0]


def cut_short(book):
    """First sentences that Doxygen ends at an initial, as in "(J. Smith)"."""
    for page in book.pages.values():
        for node in book.members(page) + book.inner_structs(page):
            if re.search(r"\b[A-Z]\.$", first_text(node)):
                yield "%s: the first sentence ends at an initial: %s" % (
                    node.findtext("name") or node.findtext("compoundname"), first_text(node))


def group_body(book, page, renderer, shown):
    """A group: what it is, the groups in it, its members in short and in full."""
    out = [renderer.blocks(page.node.find("briefdescription")), renderer.blocks(page.node.find("detaileddescription"))]
    inside = [book.pages[c] for c in page.children if c in book.pages]
    if inside:
        out.append(renderer.heading(2, "Chapters"))
        for child in inside:
            listed = ", ".join('<a href="%s#%s"><code>%s</code></a>' % (child.file, m.findtext("name"), m.findtext("name"))
                               for m in book.members(child) if m.get("kind") == "function")
            out.append('<p><a href="%s"><strong>%s</strong></a>: %s<br>%s</p>\n' % (
                child.file, html.escape(child.title), renderer.brief(child.node), listed))
    members, structs = book.members(page), book.inner_structs(page)
    for kind, title in KINDS:
        these = structs if kind == "struct" else [m for m in members if m.get("kind") == kind]
        named = {s.findtext("compoundname") for s in structs}
        if kind == "typedef":  # that of a structure is told with it
            these = [m for m in these if m.findtext("name") not in named]
        if not these:
            continue
        out.append(renderer.heading(2, title))
        name_of = lambda m: m.findtext("compoundname") or m.findtext("name")  # noqa: E731
        if len(these) > 2:
            out.append(summary(renderer, [(name_of(m), renderer.brief(m)) for m in these]))
        for m in these:
            if kind == "struct":
                out.append(struct_html(renderer, m))
                continue
            name = m.findtext("name")
            text = shown.get(name)
            out.append(member_html(renderer, m, examples.example_html(text, renderer.link) if text else ""))
    return "".join(out)


def function_index(book, renderer):
    """All functions, by their letters."""
    letters = {}
    for name, (page, _) in book.names.items():
        for m in book.members(page):
            if m.findtext("name") == name and m.get("kind") == "function":
                letters.setdefault(name[3].upper(), []).append((name, page, renderer.brief(m)))
    out = "<p>%s</p>\n" % " ".join('<a href="#%s">%s</a>' % (renderer_slug(c), c) for c in sorted(letters))
    for letter in sorted(letters):
        out += renderer.heading(2, letter)
        rows = "".join('<tr><td><a href="%s#%s"><code>%s</code></a></td><td>%s</td></tr>\n' % (p.file, n, n, first)
                       for n, p, first in sorted(letters[letter]))
        out += '<table class="summary">\n%s</table>\n' % rows
    return out


def renderer_slug(letter):
    return letter.lower()


def js_row(row):
    return "[%s]" % ",".join('"%s"' % f.replace("\\", "\\\\").replace('"', '\\"').replace("<", "\\u003c") for f in row)


def words_of(body, address):
    """The words under a heading, each once, up to the next heading: what the search finds it by."""
    begin = body.find('id="%s"' % address)
    end = re.compile(r"<h[234] ").search(body, begin)
    part = body[body.find(">", begin) + 1 : end.start() if end else len(body)]
    text = re.sub(r"<[^>]*>", " ", part.replace("<wbr>", ""))
    found = re.findall(r"[a-z][a-z0-9_]{2,}", html.unescape(text).lower())
    return " ".join(dict.fromkeys(w[3:] if w.startswith("tt_") else w for w in found))[:1500]


def search_rows(book, sections, also):
    """[name, kind, address, first sentence, other names, and of a section its words] of what can be found."""
    for page in book.pages.values():
        yield [page.title, "page", page.file, page_text(page), page.name.strip("@")]
        for m in book.members(page):
            kind = {"define": "macro", "typedef": "type", "enum": "type"}.get(m.get("kind"), "function")
            name = m.findtext("name")
            yield [name, kind, "%s#%s" % (page.file, name), first_text(m), " ".join(also.get(name, []))]
            for v in m.findall("enumvalue"):
                constant = v.findtext("name")
                yield [constant, "constant", "%s#%s" % (page.file, constant), first_text(v), " ".join(also.get(constant, []))]
        for s in book.inner_structs(page):
            name = s.findtext("compoundname")
            yield [name, "type", "%s#%s" % (page.file, name), first_text(s), ""]
    for page, address, text, words in sections:
        if not page.group:
            yield [text, "section", "%s#%s" % (page.file, address), page.title, "", words]


def aliases(headers):
    """The words under which a function is also found: its names in NumPy and PyTorch."""
    also = {}
    for _, name, found, _ in names.rows(headers):
        words = []
        for full in sum(found, []):
            last = full.rsplit(".", 1)[-1].lower()
            words += [full.lower(), last, "np." + last if full.startswith("numpy.") else last]
        also[name] = sorted(set(words))
    for bare, words in names.SOUGHT.items():
        name = ("TT_" if bare.isupper() else "tt_") + bare
        also[name] = also.get(name, []) + words.split()
    return also


def check_links(pages):
    """Addresses that lead nowhere."""
    ids = {file: set(re.findall(r'\bid="([^"]*)"', text)) for file, text in pages.items()}
    for file, text in pages.items():
        for target in set(re.findall(r'<a [^>]*?href="([^"]*)"', text)):
            if re.match(r"[a-z]+:", target):
                continue
            to, _, anchor = target.partition("#")
            to = to or file
            if to not in ids or (anchor and anchor not in ids[to]):
                yield "%s: a link to %s, which is not there" % (file, target)


def build(options, work):
    problems = run_doxygen(options, work)
    book = Book(os.path.join(work, "xml"), os.path.join(HERE, "contents"))
    shown = examples.read(os.path.join(options.root, "docs", "examples"))
    pages, sections = {}, []
    for page in list(book.pages.values()):
        renderer = Renderer(book, page)
        if page.group:
            body = group_body(book, page, renderer, shown)
        else:
            body = renderer.blocks(page.node.find("detaileddescription"))
        sections += [(page, a, t, words_of(body, a)) for _, a, t in renderer.headings]
        pages[page.file] = frame(book, page, options.version, body, renderer.headings)
    listed = Page("functions", "functions.html", "All functions", None)
    renderer = Renderer(book, listed)
    pages[listed.file] = frame(book, listed, options.version, function_index(book, renderer), [])

    problems += book.problems
    problems += ["docs/examples: %s is no function" % n for n in shown if n not in book.names]
    problems += ["names.py: %s is looked for, but there is none" % n for n in aliases(options.headers) if n not in book.names]
    for path, name, _ in names.functions(options.headers):
        if os.path.basename(path) in ILLUSTRATED and name not in shown:
            problems.append("docs/examples: %s of %s has no example" % (name, os.path.basename(path)))
    problems += sorted(check_links(pages)) + list(cut_short(book))
    rows = ",\n".join(js_row(row) for row in search_rows(book, sections, aliases(options.headers)))
    return pages, "var manualIndex = [\n%s\n];\n" % rows, problems


def write_depfile(options, out):
    """What the manual is made of, for ninja."""
    docs = os.path.join(options.root, "docs")
    folders = (docs, os.path.join(docs, "examples"), HERE, os.path.join(options.root, "examples", "basics"))
    of = [os.path.join(f, name) for f in folders for name in sorted(os.listdir(f))]
    of = [f for f in of if os.path.isfile(f)] + options.headers
    with open(options.depfile, "w") as f:
        f.write("%s: %s\n" % (os.path.relpath(out), " ".join(o.replace(" ", "\\ ") for o in of)))


def main():
    p = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    p.add_argument("--strict", action="store_true")
    for name in ("root", "doxygen", "doxyfile", "version", "out"):
        p.add_argument("--" + name, required=True)
    p.add_argument("--depfile")
    p.add_argument("headers", nargs="+")
    options = p.parse_args()
    out = os.path.abspath(options.out)
    pages, index, problems = build(options, out + ".work")
    shutil.rmtree(out, ignore_errors=True)
    os.makedirs(out)
    for file, text in list(pages.items()) + [("index.js", index)]:
        with open(os.path.join(out, file), "w", encoding="utf-8") as f:
            f.write(text)
    for file in ("manual.css", "search.js"):
        shutil.copy(os.path.join(HERE, file), out)
    shutil.rmtree(out + ".work")
    for line in problems:
        print(line, file=sys.stderr)
    if options.depfile:
        write_depfile(options, out)
    return 1 if options.strict and problems else 0


if __name__ == "__main__":
    sys.exit(main())
