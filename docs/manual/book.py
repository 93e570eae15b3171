"""What Doxygen found, as a book: its pages in the order of use, and where each name is explained."""
import os
import re
import xml.etree.ElementTree as ET

from render import plain


class Page:
    """A page of the manual: a chapter of docs/, or a group of the headers. `file` is its address."""

    def __init__(self, name, file, title, node, group=False):
        self.name, self.file, self.title, self.node, self.group = name, file, title, node, group
        self.section = ""
        self.children = []  # of a group: the names of those inside


class Book:
    """All pages, and an index of all names. Problems are kept, for a strict build to fail on."""

    def __init__(self, folder, contents):
        self.pages, self.structs, self.ids, self.names, self.problems = {}, {}, {}, {}, []
        self.headers = {}  # of a file of the headers: the page that has what it declares
        for file in sorted(os.listdir(folder)):
            if file.endswith(".xml") and file not in ("index.xml", "Doxyfile.xml"):
                self.read(ET.parse(os.path.join(folder, file)).getroot().find("compounddef"))
        with open(contents) as f:
            lines = [line.split() for line in f if line.strip() and not line.startswith("#")]
        self.listed = {name for words in lines for name in words[1:]}
        self.sections = []
        for words in lines:
            self.place(words[0], words[1:])
        for name, page in self.pages.items():
            if not page.section:
                self.problems.append("docs/manual/contents: %s is in no section" % name)
                self.sections[-1][1].append(page)
                page.section = self.sections[-1][0]
        self.index()

    def read(self, node):
        if node is None:
            return
        kind, ident, name = node.get("kind"), node.get("id"), node.findtext("compoundname")
        if kind == "group":
            page = Page("@" + name, "ref-" + name + ".html", node.findtext("title"), node, group=True)
            page.children = ["@" + g.get("refid")[len("group__") :].replace("__", "_") for g in node.findall("innergroup")]
            self.pages[page.name] = page
            self.ids[ident] = (page, "")
        elif kind == "page":
            where = node.find("location").get("file") if node.find("location") is not None else ident
            base = os.path.splitext(os.path.basename(where))[0]
            title = node.findtext("title")
            page = Page(base, ("index" if base == "landing" else base.lower()) + ".html", title, node)
            self.pages[base] = page
            self.ids[ident] = (page, "")
        elif kind == "struct":
            self.structs[ident] = node
        elif kind == "file":
            self.headers[ident] = node

    def place(self, section, names):
        """Pages of a section; a group brings those inside that are not named by themselves."""
        placed = []

        def add(name):
            page = self.pages.get(name)
            if page is None:
                self.problems.append("docs/manual/contents: there is no page %s" % name)
            elif not page.section:
                page.section = section
                placed.append(page)
                for child in page.children:
                    if child not in self.listed:  # that has its own place
                        add(child)

        for name in names:
            add(name)
        self.sections.append((section, placed))

    def members(self, page):
        return page.node.findall("sectiondef/memberdef") if page.group else []

    def inner_structs(self, page):
        """The structures of a group that have members worth a table."""
        found = [self.structs.get(c.get("refid")) for c in page.node.findall("innerclass")] if page.group else []
        return [s for s in found if s is not None and next(s.iter("memberdef"), None) is not None]

    def index(self):
        for page in self.pages.values():
            for member in self.members(page):
                name = member.findtext("name")
                self.names[name] = self.ids[member.get("id")] = (page, name)
                for value in member.findall("enumvalue"):
                    constant = value.findtext("name")
                    self.names[constant] = self.ids[value.get("id")] = (page, constant)
            for struct in self.inner_structs(page):
                name = struct.findtext("compoundname")
                self.names[name] = self.ids[struct.get("id")] = (page, name)
                for m in struct.iter("memberdef"):
                    self.ids[m.get("id")] = (page, name)
        for ident, node in self.headers.items():
            name = node.findtext("compoundname")
            target = self.pages.get("@" + os.path.splitext(name)[0])
            if target is None:
                target = self.header_page(name)
            if target is not None:
                self.ids[ident] = (target, "")

    def header_page(self, header):
        """The page of the first member that a header declares."""
        for page in self.pages.values():
            for member in self.members(page):
                place = member.find("location")
                if place is not None and place.get("file", "").endswith("/" + header):
                    return page
        return None

    @staticmethod
    def address(found, page):
        target, name = found
        file = "" if target is page and name else target.file
        return file + ("#" + name if name else "")

    def where(self, ident, page):
        """The address of what a reference of Doxygen's means."""
        found = self.ids.get(ident)
        if found is None and "_1" in ident:  # a section of a page, or a member of something else
            found = self.ids.get(ident.rsplit("_1", 1)[0])
        return self.address(found, page) if found else None

    def named(self, name, page):
        """The address of what explains a name."""
        found = self.names.get(name)
        return self.address(found, page) if found else None
