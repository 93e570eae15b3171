"""Doxygen's XML as HTML: paragraphs, lists, tables, code, and the descriptions of functions.

Doxygen reads the headers and pages, and complains of what is wrong in them; what it found is written
as XML, of which this makes the inside of a page. Headings get addresses made of their words, members
their names, so that links survive from one version to the next.
"""
import html
import re

from code import highlight, linked_names

INLINE = {"bold": "strong", "emphasis": "em", "superscript": "sup", "subscript": "sub", "strike": "s"}
LETTERS = {"nonbreakablespace": "&nbsp;", "ndash": "&ndash;", "mdash": "&mdash;", "sp": " ", "hellip": "&hellip;",
           "times": "&times;", "le": "&le;", "ge": "&ge;", "linebreak": "<br>", "hruler": "<hr>", "copy": "&copy;"}
BLOCKS = {"itemizedlist", "orderedlist", "table", "programlisting", "verbatim", "parameterlist", "simplesect",
          "heading", "blockquote", "preformatted", "variablelist"}


def slug(text):
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-") or "top"


def plain(node):
    """The text in a node, without marks; spaces of listings are elements."""
    if node is None:
        return ""
    parts = [node.text or ""]
    for child in node:
        parts.append(" " if child.tag == "sp" else plain(child))
        parts.append(child.tail or "")
    return "".join(parts)


def breakable(cell):
    """Names in the cell of a table may be broken after a point or an underscore; not inside of tags."""
    return re.sub(r"(?<=[a-z][._])(?=[a-z])(?![^<]*>)", "<wbr>", cell)


class Renderer:
    """Makes HTML of nodes. book.where(refid) and book.named(name) say where links lead."""

    def __init__(self, book, page):
        self.book, self.page = book, page
        self.headings = []  # (level, address, text), for the table of contents
        self.taken = set()

    def link(self, name):
        return self.book.named(name, self.page)

    def address(self, text):
        base = address = slug(text)
        n = 2
        while address in self.taken:
            address, n = "%s-%d" % (base, n), n + 1
        self.taken.add(address)
        return address

    def heading(self, level, text, shown=None):
        address = self.address(text)
        self.headings.append((level, address, text))
        return '<h%d id="%s">%s<a class="here" href="#%s" aria-label="link to this section">#</a></h%d>\n' % (
            level, address, shown or html.escape(text), address, level)

    def inline(self, node):
        """The inside of a node, with its text."""
        return html.escape(node.text or "", quote=False) + "".join(
            self.node(child) + html.escape(child.tail or "", quote=False) for child in node)

    def paragraph(self, node):
        """A para may hold blocks, which HTML has beside paragraphs and not in them."""
        out, text = [], html.escape(node.text or "", quote=False)
        for child in node:
            if child.tag in BLOCKS:
                if text.strip():
                    out.append("<p>%s</p>\n" % text.strip())
                out.append(self.node(child))
                text = ""
            else:
                text += self.node(child)
            text += html.escape(child.tail or "", quote=False)
        if text.strip():
            out.append("<p>%s</p>\n" % text.strip())
        return "".join(out)

    def blocks(self, node):
        return "".join(self.node(child) for child in node) if node is not None else ""

    def node(self, node):
        known = getattr(self, "tag_" + node.tag, None)
        if known:
            return known(node)
        if node.tag in INLINE:
            return "<%s>%s</%s>" % (INLINE[node.tag], self.inline(node), INLINE[node.tag])
        if node.tag in LETTERS:
            return LETTERS[node.tag]
        return self.inline(node)

    def tag_para(self, node):
        return self.paragraph(node)

    def tag_title(self, node):
        return ""  # written by the section

    def section(self, node, level):
        title = node.find("title")
        shown = self.inline(title) if title is not None else ""
        return self.heading(level, plain(title), shown) + self.blocks(node)

    def tag_sect1(self, node):
        return self.section(node, 2)

    def tag_sect2(self, node):
        return self.section(node, 3)

    def tag_sect3(self, node):
        return self.section(node, 4)

    def tag_heading(self, node):
        return self.heading(min(int(node.get("level")) + 1, 6), plain(node), self.inline(node))

    def tag_ref(self, node):
        where = self.book.where(node.get("refid"), self.page)
        return '<a href="%s">%s</a>' % (where, self.inline(node)) if where else self.inline(node)

    def tag_ulink(self, node):
        return '<a href="%s">%s</a>' % (html.escape(node.get("url")), self.inline(node))

    def tag_anchor(self, node):
        return ""

    def tag_computeroutput(self, node):
        return "<code>%s</code>" % linked_names(plain(node), self.link)

    def tag_programlisting(self, node):
        text = "\n".join(plain(line) for line in node.findall("codeline")).strip("\n")
        if (node.get("filename") or ".c") in (".c", ".h"):
            return '<pre class="code">%s</pre>\n' % highlight(text, self.link)
        kind = "output" if node.get("filename") in (".text", ".txt") else "plain"
        return '<pre class="%s">%s</pre>\n' % (kind, html.escape(text, quote=False))

    def tag_verbatim(self, node):
        return '<pre class="plain">%s</pre>\n' % html.escape(plain(node).strip("\n"), quote=False)

    tag_preformatted = tag_verbatim

    def tag_itemizedlist(self, node):
        return "<ul>\n%s</ul>\n" % self.items(node)

    def tag_orderedlist(self, node):
        return "<ol>\n%s</ol>\n" % self.items(node)

    def items(self, node):
        out = ""
        for item in node.findall("listitem"):
            inside = self.blocks(item).strip()
            one = re.fullmatch(r"<p>(.*)</p>", inside, re.S)
            out += "<li>%s</li>\n" % (one.group(1) if one and "<p>" not in one.group(1) else inside)
        return out

    def tag_blockquote(self, node):
        return "<blockquote>%s</blockquote>\n" % self.blocks(node)

    def tag_table(self, node):
        rows = []
        for row in node.findall("row"):
            cells = ""
            for entry in row.findall("entry"):
                tag = "th" if entry.get("thead") == "yes" else "td"
                inside = re.sub(r"^<p>(.*)</p>$", r"\1", self.blocks(entry).strip(), flags=re.S)
                right = ' class="right"' if entry.get("align") == "right" else ""
                cells += "<%s%s>%s</%s>" % (tag, right, breakable(inside), tag)
            rows.append("<tr>%s</tr>\n" % cells)
        return '<div class="wide"><table>\n%s</table></div>\n' % "".join(rows)

    def tag_parameterlist(self, node):
        rows = ""
        for item in node.findall("parameteritem"):
            names = ", ".join(plain(n) for n in item.iter("parametername"))
            rows += "<tr><td><code>%s</code></td><td>%s</td></tr>\n" % (
                html.escape(names), self.blocks(item.find("parameterdescription")).replace("<p>", "").replace("</p>", ""))
        return '<table class="params">\n%s</table>\n' % rows

    def tag_simplesect(self, node):
        title = {"return": "Returns", "note": "Note", "see": "See also"}.get(node.get("kind"))
        if title is None:
            title = plain(node.find("title"))
        return '<dl class="fact"><dt>%s</dt><dd>%s</dd></dl>\n' % (html.escape(title), self.blocks(node).strip())

    def brief(self, member):
        """The first sentence, as inline text."""
        found = member.find("briefdescription")
        return re.sub(r"</?p>", "", self.blocks(found)).strip() if found is not None else ""
