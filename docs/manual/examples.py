"""Examples of functions, from docs/examples: a heading with the name, then text, code and its output.

Each file is a page of Markdown of the simplest kind, whose code tests/api/check_docs.py runs, and
whose output it compares. The manual shows each example at its function.
"""
import html
import os
import re

from code import highlight, linked_names

PART = re.compile(r"^```(\w*)\n(.*?)^```$", re.M | re.S)


def read(folder):
    """The text under each heading: {function: text}."""
    found = {}
    for file in sorted(os.listdir(folder)):
        with open(os.path.join(folder, file)) as f:
            for part in re.split(r"^## ", f.read(), flags=re.M)[1:]:
                name, text = part.split("\n", 1)
                found[name.strip()] = re.sub(r"<!--.*?-->\n", "", text)
    return found


def prose(text, link):
    out = ""
    for paragraph in re.split(r"\n\s*\n", text.strip()):
        if paragraph.strip():
            pieces = paragraph.replace("\n", " ").split("`")
            out += "<p>%s</p>\n" % "".join(
                "<code>%s</code>" % linked_names(p, link) if i % 2 else html.escape(p, quote=False)
                for i, p in enumerate(pieces))
    return out


def example_html(text, link):
    """An example as it stands at its function."""
    out, at = ['<div class="example">\n<p class="label">Example</p>\n'], 0
    for m in PART.finditer(text):
        out.append(prose(text[at : m.start()], link))
        if m.group(1) == "c":
            out.append('<pre class="code">%s</pre>\n' % highlight(m.group(2).rstrip("\n"), link))
        else:
            out.append('<pre class="output">%s</pre>\n' % html.escape(m.group(2).rstrip("\n"), quote=False))
        at = m.end()
    out.append(prose(text[at:], link) + "</div>\n")
    return "".join(out)
