#!/usr/bin/env python3
"""Compiles and runs the C code that the documentation shows.

A block that has main() is a program. Any other is wrapped into a function with a context `ctx`,
which must be without an error at the end. A ```text block right after a block is what it prints.
In pages a comment right before the block says otherwise:
  <!-- fails -->       the context must have an error at the end
  <!-- from FILE -->   an excerpt of FILE, which must hold it, up to white space

usage: check_docs.py ROOT LIBRARY COMPILER...      (compiler: with its flags)
       check_docs.py --write ...                   puts what the blocks print into the pages
"""
import os
import re
import subprocess
import sys
import tempfile

WRAP = """#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <tinytensor/tinytensor.h>

static void fragment(tt_ctx *ctx)
{
    (void)ctx;
%s
}

int main(void)
{
    tt_ctx *ctx = tt_ctx_new();
    fragment(ctx);
    if (tt_ok(ctx) == %d) {
        fprintf(stderr, "%%s\\n", tt_error_message(ctx));
        return 1;
    }
    tt_ctx_free(ctx);
    return 0;
}
"""
FENCE = re.compile(r"(?:^<!-- *(.*?) *-->\n)?^```(\w*)[^\n]*\n(.*?)^```$", re.M | re.S)
HEADER_CODE = re.compile(r"@code(?:\{\.c\})?\n(.*?)@endcode", re.S)


class Block:
    """A piece of code in a file, with what the file says of it."""

    def __init__(self, text, match, code, note="", printed=None):
        self.line = text.count("\n", 0, match.start()) + 1
        self.code, self.note = code, note
        self.printed = printed  # the match of the block of text after it


def blocks_of_page(text):
    found = list(FENCE.finditer(text))
    for i, m in enumerate(found):
        if m.group(2) != "c":
            continue
        after = found[i + 1] if i + 1 < len(found) else None
        if after and (after.group(2) != "text" or text[m.end() : after.start()].strip()):
            after = None
        yield Block(text, m, m.group(3), m.group(1) or "", after)


def blocks_of_header(text):
    for m in HEADER_CODE.finditer(text):
        yield Block(text, m, re.sub(r"^ *\* ?", "", m.group(1), flags=re.M))


def source_of(block):
    if re.search(r"\bmain\s*\(", block.code):
        return block.code
    return WRAP % (block.code, 1 if block.note == "fails" else 0)


def excerpt_fault(root, block):
    path = block.note[len("from ") :].strip()
    with open(os.path.join(root, path)) as f:
        if "".join(block.code.split()) in "".join(f.read().split()):
            return None
    return "is no longer what %s says" % path


def run(args, **more):
    return subprocess.run(args, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, **more)


def output_of(block, library, compiler, work):
    """What the block prints; raises ValueError with what went wrong."""
    path, program = os.path.join(work, "shown.c"), os.path.join(work, "shown")
    with open(path, "w") as f:
        f.write(source_of(block))
    rpath = "-Wl,-rpath," + os.path.dirname(library)
    built = run(compiler + [path, "-o", program, library, "-lm", rpath])
    if built.returncode != 0:
        raise ValueError("does not compile\n" + built.stdout.decode())
    try:
        ran = run([program], cwd=work, timeout=60)
    except subprocess.TimeoutExpired:
        raise ValueError("runs for more than a minute")
    if ran.returncode != 0:
        raise ValueError("exits %d\n%s" % (ran.returncode, ran.stdout.decode()))
    return ran.stdout.decode()


def check(root, block, library, compiler, work):
    """None when all is well, else what is not."""
    if block.note.startswith("from "):
        return excerpt_fault(root, block)
    try:
        output = output_of(block, library, compiler, work)
    except ValueError as e:
        return str(e)
    if block.printed and output.rstrip() != block.printed.group(3).rstrip():
        return "prints\n%sand the page says\n%s" % (output, block.printed.group(3))
    return None


def rewrite(path, library, compiler, work):
    with open(path) as f:
        text = f.read()
    for block in reversed(list(blocks_of_page(text))):
        if block.printed:
            m = block.printed
            text = text[: m.start(3)] + output_of(block, library, compiler, work) + text[m.end(3) :]
    with open(path, "w") as f:
        f.write(text)


def main():
    args = sys.argv[1:]
    write = args[0] == "--write"
    root, library, compiler = args[write], os.path.abspath(args[write + 1]), args[write + 2 :]
    headers = "include/tinytensor/"
    names = ["README.md"] + sorted("docs/" + p for p in os.listdir(root + "/docs"))
    names += sorted(headers + p for p in os.listdir(os.path.join(root, headers)))
    wrong = total = 0
    with tempfile.TemporaryDirectory() as work:
        for name in names:
            if not name.endswith((".md", ".h")):
                continue
            path = os.path.join(root, name)
            if write and name.endswith(".md"):
                rewrite(path, library, compiler, work)
            with open(path) as f:
                text = f.read()
            for block in (blocks_of_page if name.endswith(".md") else blocks_of_header)(text):
                total += 1
                fault = check(root, block, library, compiler, work)
                if fault:
                    wrong += 1
                    print("%s:%d: %s" % (name, block.line, fault))
    print("%d blocks of code, %d wrong" % (total, wrong))
    return 1 if wrong or total == 0 else 0


if __name__ == "__main__":
    sys.exit(main())
