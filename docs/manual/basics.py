"""The programs of examples/basics as pages: what each says of itself, its code, and what it prints."""
import os
import re


def programs(folder):
    """Their names, in the order of README.md."""
    with open(os.path.join(folder, "README.md")) as f:
        return re.findall(r"^\| `(\w+)\.c` \|", f.read(), re.M)


def index(folder):
    """README.md, with links."""
    with open(os.path.join(folder, "README.md")) as f:
        return re.sub(r"^\| `(\w+)\.c` \|", r"| [\1.c](basics-\1.md) |", f.read(), flags=re.M)


def page(folder, name):
    with open(os.path.join(folder, name + ".c")) as f:
        comment, code = re.match(r"/\*(.*?)\*/\n(.*)", f.read(), re.S).groups()
    with open(os.path.join(folder, name + ".txt")) as f:
        printed = f.read()
    told = " ".join(re.sub(r"^ \*", "", comment, flags=re.M).split())
    line = "cc %s.c $(pkg-config --cflags --libs tinytensor) -o %s && ./%s" % (name, name, name)
    return "# %s.c\n\n%s\n\n```c\n%s```\n\n```sh\n%s\n```\n\n```text\n%s\n```\n" % (
        name, told, code, line, printed.rstrip("\n"))


def write(root, work):
    """Writes all into a folder; returns the files, in order."""
    folder = os.path.join(root, "examples", "basics")
    texts = [("basics", index(folder))] + [("basics-" + n, page(folder, n)) for n in programs(folder)]
    files = []
    for name, text in texts:
        files.append(os.path.join(work, name + ".md"))
        with open(files[-1], "w") as f:
            f.write(text)
    return files
