#!/usr/bin/env python3
"""Who may know whom: keeps the source to the tables of docs/architecture.md.

A file knows another by including it, or by needing a symbol that the other's object defines. The
table with the heading `layer | what it holds | may know` has a row for each folder of lib/, the
lowest first. What may be known besides the own folder stands there in backquotes:

    `base`            the files of that folder
    `kernel/*`        the files of the folders in it
    `tensor/layout`   one file, with its header
    `<tensor.h>`      a public header
    `public`          every public header, and public functions of the own and of lower layers

Files must not know each other in a circle, either, be it through others; only public functions of
layers that have `public` may call each other as they like, since gradients are written in
operations. A link that is meant all the same is a row of the table with the heading
`from | to | by | why`. No folder of lib/ or examples/ holds more than 14 units: files of one name, a
driver with its loops (x.c, x.h, x_loops.c, x_typed.h).

usage: check_layers.py ROOT [LIBRARY.a]     without a library: by #include alone
"""
import fnmatch
import os
import re
import subprocess
import sys

MOST_UNITS = 14
SOURCE = (".c", ".h", ".def")


def tables(text):
    """Yields (heading, rows) of every table of a page, cells without outer white space."""
    lines = text.splitlines()
    for i, line in enumerate(lines):
        if re.match(r"\|(?:\s*-+\s*\|)+$", line) and i:
            rows = []
            for row in lines[i + 1:]:
                if not row.startswith("|"):
                    break
                rows.append(cells(row))
            yield cells(lines[i - 1]), rows


def cells(row):
    return [cell.strip() for cell in row.strip().strip("|").split("|")]


def quoted(cell):
    return re.findall(r"`([^`]+)`", cell)


class Design:
    """The tables: what each folder may know, in order, and the links that are meant."""

    def __init__(self, page):
        self.known, self.links, self.used = {}, [], set()
        with open(page) as f:
            for heading, rows in tables(f.read()):
                if heading == ["layer", "what it holds", "may know"]:
                    for layers, _, known in rows:
                        self.known.update({layer: quoted(known) for layer in quoted(layers)})
                elif heading == ["from", "to", "by", "why"]:
                    self.links += [[quoted(cell) for cell in row[:3]] for row in rows]
        self.order = list(dict.fromkeys(layer.split("/")[0] for layer in self.known))

    def meant(self, source, target, symbol):
        for i, (sources, targets, symbols) in enumerate(self.links):
            if (any(matches(source, s) for s in sources) and any(matches(target, t) for t in targets)
                    and any(fnmatch.fnmatchcase(symbol, s) for s in symbols)):
                self.used.add(i)
                return True
        return False

    def allows(self, source, target):
        layer = os.path.dirname(source)
        return layer == os.path.dirname(target) or any(
            matches(target, token) for token in self.known.get(layer, []))

    def is_public(self, layer):
        return "public" in self.known.get(layer, [])

    def is_below(self, source, target):
        top = [self.order.index(unit.split("/")[0]) for unit in (source, target)]
        return top[1] <= top[0]


def matches(unit, token):
    """Is lib/UNIT.* a file that the token names?"""
    folder = os.path.dirname(unit)
    return token in (unit, folder) or (token.endswith("/*") and folder.startswith(token[:-1]))


def source_files(top):
    return sorted(os.path.join(folder, name) for folder, _, names in os.walk(top)
                  for name in names if name.endswith(SOURCE))


def unit_of(path):
    return os.path.splitext(path)[0]


def includes(files):
    """Yields (file, what it includes, is it a public header), paths from lib/."""
    for path in files:
        with open(os.path.join("lib", path)) as f:
            text = f.read()
        for kind, name in re.findall(r'^\s*#\s*include\s*(["<])([^">]+)[">]', text, re.M):
            if kind == "<":
                if name.startswith("tinytensor/"):
                    yield path, name[len("tinytensor/"):], True
                continue
            beside = os.path.normpath(os.path.join(os.path.dirname(path), name))
            yield path, beside if os.path.exists(os.path.join("lib", beside)) else name, False


def object_symbols(library, files):
    """For each source file what its object defines for others, and what it needs."""
    sources = {path.replace("/", "_"): path for path in files if path.endswith(".c")}
    defined, needed, path = {}, {}, None
    text = subprocess.run(["nm", library], stdout=subprocess.PIPE, check=True, text=True).stdout
    for line in text.splitlines():
        member = re.match(r"(?:.*[/(])?([^/()]+)\.o\)?:$", line)
        if member:
            path = sources.get(member.group(1))
            if not path:
                sys.exit(f"check_layers: {line} is of no source file in lib/")
            continue
        fields = line.split()
        if len(fields) < 2 or not path:
            continue
        kind, name = fields[-2], fields[-1]
        if kind == "U":
            needed.setdefault(path, set()).add(name)
        elif kind.isupper():
            defined[name] = path
    return defined, needed


class Check:
    def __init__(self, design):
        self.design, self.bad, self.arrows = design, [], {}

    def arrow(self, source, target, how):
        self.arrows.setdefault(source, {}).setdefault(target, how)

    def include(self, source, target, public):
        layer = os.path.dirname(source)
        if public:
            if not self.design.is_public(layer) and f"<{target}>" not in self.design.known.get(layer, []):
                self.bad.append(f"lib/{source} includes <tinytensor/{target}>, "
                                f"which layer {layer} must not know")
            return
        if not self.design.allows(unit_of(source), unit_of(target)):
            self.bad.append(f"lib/{source} includes {target}, which layer {layer} must not know")
        self.arrow(source, target, "includes")

    def symbol(self, source, target, name):
        here, there = unit_of(source), unit_of(target)
        layer, design = os.path.dirname(source), self.design
        public = (name.startswith("tt_") and design.is_public(layer)
                  and design.is_below(here, there))
        if not design.allows(here, there) and not public:
            if design.meant(here, there, name):
                return
            self.bad.append(f"lib/{source} needs {name} of lib/{target}, "
                            f"which layer {layer} must not know")
        if public and design.is_public(os.path.dirname(target)):
            return
        if not design.meant(here, there, name):
            self.arrow(source, target, f"needs {name} of")

    def circles(self):
        """One circle of each group of files that know each other."""
        for group in groups(self.arrows):
            path = circle(self.arrows, group)
            steps = [f"lib/{a} {self.arrows[a][b]} lib/{b}" for a, b in zip(path, path[1:])]
            self.bad.append("a circle of files:\n    " + "\n    ".join(steps))


def groups(arrows):
    """The strongly connected groups of more than one file (Tarjan), or of one that knows itself."""
    index, low, stack, found = {}, {}, [], []

    def visit(v):
        index[v] = low[v] = len(index)
        stack.append(v)
        for w in sorted(arrows.get(v, {})):
            if w not in index:
                visit(w)
                low[v] = min(low[v], low[w])
            elif w in stack:
                low[v] = min(low[v], index[w])
        if low[v] == index[v]:
            at = stack.index(v)
            group = stack[at:]
            del stack[at:]
            if len(group) > 1 or v in arrows.get(v, {}):
                found.append(set(group))

    for v in sorted(arrows):
        if v not in index:
            visit(v)
    return found


def circle(arrows, group):
    """A shortest way from one file of a group back to it."""
    start = min(group)
    ways = [[start]]
    seen = set()
    for way in ways:
        for w in sorted(arrows[way[-1]]):
            if w == start:
                return way + [w]
            if w in group and w not in seen:
                seen.add(w)
                ways.append(way + [w])
    return []


def crowded():
    for top in ("lib", "examples"):
        for folder, _, names in os.walk(top):
            n = len({re.sub(r"(_loops|_typed)?\.\w+$", "", name) for name in names
                     if name.endswith(SOURCE)})
            # the programs of basics know nothing of each other: a list, and no family
            if n > MOST_UNITS and folder != "examples/basics":
                yield f"{folder} holds {n} units, more than {MOST_UNITS}: make rooms"


def main():
    if len(sys.argv) not in (2, 3):
        sys.exit(__doc__)
    library = os.path.abspath(sys.argv[2]) if len(sys.argv) == 3 else None
    os.chdir(sys.argv[1])
    design = Design("docs/architecture.md")
    if not design.known:
        sys.exit("docs/architecture.md has no table of layers")
    files = [os.path.relpath(path, "lib") for path in source_files("lib")]
    check = Check(design)
    folders = sorted({os.path.dirname(path) for path in files})
    check.bad += [f"lib/{f} has no row in docs/architecture.md" for f in folders
                  if f not in design.known]
    check.bad += [f"docs/architecture.md has a row for lib/{layer}, which is not there"
                  for layer in design.known if layer not in folders]
    check.bad += crowded()
    if not check.bad:
        for source, target, public in includes(files):
            check.include(source, target, public)
        if library:
            defined, needed = object_symbols(library, files)
            for source in sorted(needed):
                for name in sorted(needed[source]):
                    if defined.get(name, source) != source:
                        check.symbol(source, defined[name], name)
            check.bad += [f"docs/architecture.md means a link that is not there: {link}"
                          for i, link in enumerate(design.links) if i not in design.used]
        check.circles()
    for line in check.bad:
        print(line)
    sys.exit(1 if check.bad else 0)


if __name__ == "__main__":
    main()
