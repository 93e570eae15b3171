"""C code as HTML: colours for its parts, and a link on every name that the manual explains."""
import html
import re

TOKEN = re.compile(
    r"(?P<comment>/\*.*?\*/|//[^\n]*)|(?P<string>\"(?:\\.|[^\"\\\n])*\"|'(?:\\.|[^'\\\n])+')"
    r"|(?P<directive>^[ \t]*#[ \t]*\w+)|(?P<number>\b\d[\w.]*(?:(?<=[eE])[+-]\d+)?)|(?P<name>\b[A-Za-z_]\w*)",
    re.S | re.M,
)
KEYWORDS = set(
    "auto bool break case char const continue default do double else enum extern float for goto if"
    " inline int long register restrict return short signed sizeof static struct switch typedef union"
    " unsigned void volatile while int64_t int32_t uint64_t size_t uint8_t FILE true false NULL".split()
)


def highlight(text, link):
    """link(name) is the address of what explains the name, or None."""
    out, at = [], 0
    for m in TOKEN.finditer(text):
        out.append(html.escape(text[at : m.start()], quote=False))
        shown, at = html.escape(m.group(), quote=False), m.end()
        if m.lastgroup != "name":
            out.append('<span class="%s">%s</span>' % (m.lastgroup, shown))
        elif m.group() in KEYWORDS:
            out.append('<span class="keyword">%s</span>' % shown)
        else:
            where = link(m.group())
            out.append('<a href="%s">%s</a>' % (where, shown) if where else shown)
    out.append(html.escape(text[at:], quote=False))
    return "".join(out)


def linked_names(text, link):
    """Inline code: tt_ names that the manual explains are links, the rest is as it was."""

    def one(m):
        where = link(m.group())
        return '<a href="%s">%s</a>' % (where, m.group()) if where else m.group()

    return re.sub(r"\b(?:tt|TT)_\w+", one, html.escape(text, quote=False))
