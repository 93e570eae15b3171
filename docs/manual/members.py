"""What the headers declare, as HTML: a table of what a group has, then each member in full."""
import html

from code import highlight
from render import plain

KINDS = [("define", "Macros"), ("typedef", "Types"), ("struct", "Structures"), ("enum", "Enumerations"),
         ("function", "Functions")]


def prototype(member):
    """How a member is written in C, broken after its commas where a line would be long."""
    name, kind = member.findtext("name"), member.get("kind")
    if kind == "define":
        params = [p.findtext("defname") for p in member.findall("param")]
        has_params = member.find("param") is not None
        return "#define %s%s" % (name, "(%s)" % ", ".join(p or "" for p in params) if has_params else "")
    if kind == "enum":
        return "enum %s" % name
    if kind == "typedef":
        return " ".join(member.findtext("definition").split()) + ";"
    kinds = plain(member.find("type")).replace(" *", " *")
    begin = "%s%s%s(" % (kinds, "" if kinds.endswith("*") else " ", name)
    params = []
    for p in member.findall("param"):
        written, declared = plain(p.find("type")), p.findtext("declname") or ""
        array = p.findtext("array") or ""
        if "(*" in written:  # a pointer to a function has its name inside
            params.append(written.replace("(*", "(*" + declared, 1) + array)
        else:
            params.append((written + ("" if written.endswith("*") or not declared else " ") + declared + array).strip())
    line = begin + ", ".join(params or ["void"]) + ");"
    if len(line) <= 78:
        return line
    lines, pad = [begin], " " * len(begin)
    for i, p in enumerate(params):
        piece = p + ("," if i + 1 < len(params) else ");")
        if len(lines[-1]) + len(piece) + 1 > 78 and lines[-1].strip() and lines[-1] != begin:
            lines.append(pad)
        lines[-1] += piece if lines[-1] in (begin, pad) else " " + piece
    return "\n".join(lines)


def fields(renderer, rows, address=None):
    """Members of structures, constants of enumerations."""
    out = ""
    for name, told in rows:
        out += '<tr><td><code%s>%s</code></td><td>%s</td></tr>\n' % (
            ' id="%s"' % name.split(" ")[-1] if address else "", html.escape(name), told)
    return '<table class="params">\n%s</table>\n' % out


def told(renderer, node):
    return (renderer.brief(node) + " " + renderer.blocks(node.find("detaileddescription"))).replace(
        "<p>", "").replace("</p>", "").strip()


def member_html(renderer, member, example):
    """A member in full: heading, prototype, description, and an example where there is one."""
    name = member.findtext("name")
    renderer.taken.add(name)
    renderer.headings.append((3, name, name))
    out = ['<section class="member">\n<h3 id="%s">%s<a class="here" href="#%s" aria-label="link to %s">#</a></h3>\n'
           % (name, name, name, name)]
    link = lambda word: None if word == name else renderer.link(word)  # noqa: E731
    out.append('<pre class="prototype">%s</pre>\n' % highlight(prototype(member), link))
    first = renderer.brief(member)
    if first:
        out.append("<p>%s</p>\n" % first)
    out.append(renderer.blocks(member.find("detaileddescription")))
    if member.get("kind") == "enum":
        rows = [(v.findtext("name"), told(renderer, v)) for v in member.findall("enumvalue")]
        out.append(fields(renderer, rows, address=True))
    if example:
        out.append(example)
    out.append("</section>\n")
    return "".join(out)


def struct_html(renderer, struct):
    """A structure: what it is for, and its members."""
    name = struct.findtext("compoundname")
    renderer.taken.add(name)
    renderer.headings.append((3, name, name))
    out = ['<section class="member">\n<h3 id="%s">%s<a class="here" href="#%s">#</a></h3>\n' % (name, name, name)]
    out.append('<pre class="prototype">struct %s</pre>\n' % name)
    out.append("<p>%s</p>\n" % renderer.brief(struct))
    out.append(renderer.blocks(struct.find("detaileddescription")))
    rows = []
    for m in struct.iter("memberdef"):
        kind = plain(m.find("type"))
        written = (kind + ("" if kind.endswith("*") or "(*" in kind else " ") + m.findtext("name"))
        if "(*" in kind:
            written = kind + m.findtext("name") + (m.findtext("argsstring") or "")
        else:
            written += m.findtext("argsstring") or ""
        rows.append((written, told(renderer, m)))
    out.append(fields(renderer, rows))
    out.append("</section>\n")
    return "".join(out)


def summary(renderer, members):
    """A table: name and first sentence of each."""
    rows = ""
    for name, first in members:
        rows += '<tr><td><a href="#%s"><code>%s</code></a></td><td>%s</td></tr>\n' % (name, name, first)
    return '<table class="summary">\n%s</table>\n' % rows
