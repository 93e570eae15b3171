#!/usr/bin/env python3
"""Compiles and runs the C code that the documentation shows.

A block that has main() is a program. Any other is wrapped into a function with a context `ctx`,
which must be without an error at the end; those of a file are built and run as one program. A ```text
block right after a block is what it prints.
In pages a comment right before the block says otherwise:
  <!-- fails -->       the context must have an error at the end
  <!-- from FILE -->   an excerpt of FILE, which must hold it, up to white space; C++, too

usage: check_docs.py ROOT LIBRARY COMPILER...      (compiler: with its flags)
       check_docs.py --write ...                   puts what the blocks print into the pages
"""
import os
import re
import subprocess
import sys
import tempfile

BEGIN = """#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <tinytensor/tinytensor.h>
"""
FUNCTION = """
static void fragment_%d(tt_ctx *ctx)
{
    (void)ctx;
%s
}
"""
MAIN = """
int main(void)
{
    static const struct {
        void (*run)(tt_ctx *ctx);
        int fails;
    } all[] = {%s};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        tt_ctx *ctx = tt_ctx_new();
        all[i].run(ctx);
        fflush(stdout);
        if (tt_ok(ctx) == all[i].fails)
            printf("%%s\\n", tt_ok(ctx) ? "no error" : tt_error_message(ctx));
        printf("\\036%%d\\036", tt_ok(ctx) != all[i].fails);
        tt_ctx_free(ctx);
    }
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
        if m.group(2) != "c" and not (m.group(2) == "cpp" and (m.group(1) or "").startswith("from ")):
            continue
        after = found[i + 1] if i + 1 < len(found) else None
        if after and (after.group(2) != "text" or text[m.end() : after.start()].strip()):
            after = None
        yield Block(text, m, m.group(3), m.group(1) or "", after)


def blocks_of_header(text):
    for m in HEADER_CODE.finditer(text):
        yield Block(text, m, re.sub(r"^ *\* ?", "", m.group(1), flags=re.M))


def is_program(block):
    return re.search(r"\bmain\s*\(", block.code) is not None


def source_of(blocks):
    """One program of blocks, which are all fragments, or one that has main()."""
    if is_program(blocks[0]):
        return blocks[0].code
    rows = ", ".join("{fragment_%d, %d}" % (i, b.note == "fails") for i, b in enumerate(blocks))
    return BEGIN + "".join(FUNCTION % (i, b.code) for i, b in enumerate(blocks)) + MAIN % rows


def excerpt_fault(root, block):
    path = block.note[len("from ") :].strip()
    with open(os.path.join(root, path)) as f:
        if "".join(block.code.split()) in "".join(f.read().split()):
            return None
    return "is no longer what %s says" % path


def run(args, **more):
    return subprocess.run(args, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, **more)


def run_blocks(blocks, library, compiler, work):
    """What blocks print, built and run as one program: (fault or None, text) of each."""
    path, program = os.path.join(work, "shown.c"), os.path.join(work, "shown")
    with open(path, "w") as f:
        f.write(source_of(blocks))
    rpath = "-Wl,-rpath," + os.path.dirname(library)
    built = run(compiler + [path, "-o", program, library, "-lm", rpath])
    if built.returncode != 0:
        if len(blocks) > 1:  # which of them is it?
            return [r for b in blocks for r in run_blocks([b], library, compiler, work)]
        return [("does not compile\n" + built.stdout.decode(), "")]
    try:
        ran = run([program], cwd=work, timeout=60)
    except subprocess.TimeoutExpired:
        return [("runs for more than a minute", "")] * len(blocks)
    text = ran.stdout.decode()
    if ran.returncode != 0 and len(blocks) > 1:
        return [r for b in blocks for r in run_blocks([b], library, compiler, work)]
    if ran.returncode != 0:
        return [("exits %d\n%s" % (ran.returncode, text), "")]
    if is_program(blocks[0]):
        return [(None, text)]
    pieces = text.split("\036")
    return [(None if ok == "1" else "ends with an error, or without the one that it should have\n" + shown, shown)
            for shown, ok in zip(pieces[::2], pieces[1::2])]


def outputs(blocks, library, compiler, work):
    """(fault, text) of each block that runs: fragments together, programs by themselves."""
    runs = [b for b in blocks if not b.note.startswith("from ")]
    fragments = [b for b in runs if not is_program(b)]
    found = {}
    for together in ([fragments] if fragments else []) + [[b] for b in runs if is_program(b)]:
        for block, result in zip(together, run_blocks(together, library, compiler, work)):
            found[id(block)] = result
    return found


def check(root, block, ran):
    """None when all is well, else what is not. ran: its result, where it runs."""
    if ran is None:
        return excerpt_fault(root, block)
    fault, output = ran
    if fault is None and block.printed and output.rstrip() != block.printed.group(3).rstrip():
        return "prints\n%sand the page says\n%s" % (output, block.printed.group(3))
    return fault


def rewrite(path, library, compiler, work):
    with open(path) as f:
        text = f.read()
    blocks = list(blocks_of_page(text))
    found = outputs(blocks, library, compiler, work)
    for block in reversed(blocks):
        m = block.printed
        if m and id(block) in found:
            fault, output = found[id(block)]
            if fault:
                print("%s:%d: %s" % (path, block.line, fault))
                continue
            text = text[: m.start(3)] + output + text[m.end(3) :]
    with open(path, "w") as f:
        f.write(text)


def sources(root):
    """The files that show code, by their paths from the root."""
    yield "README.md"
    for folder in ("docs", "docs/examples", "include/tinytensor"):
        for name in sorted(os.listdir(os.path.join(root, folder))):
            if name.endswith((".md", ".h")):
                yield folder + "/" + name


def main():
    args = sys.argv[1:]
    write = args[0] == "--write"
    root, library, compiler = args[write], os.path.abspath(args[write + 1]), args[write + 2 :]
    wrong = total = 0
    with tempfile.TemporaryDirectory() as work:
        for name in sources(root):
            path = os.path.join(root, name)
            if write and name.endswith(".md"):
                rewrite(path, library, compiler, work)
            with open(path) as f:
                text = f.read()
            blocks = list((blocks_of_page if name.endswith(".md") else blocks_of_header)(text))
            found = outputs(blocks, library, compiler, work)
            for block in blocks:
                total += 1
                fault = check(root, block, found.get(id(block)))
                if fault:
                    wrong += 1
                    print("%s:%d: %s" % (name, block.line, fault))
    print("%d blocks of code, %d wrong" % (total, wrong))
    return 1 if wrong or total == 0 else 0


if __name__ == "__main__":
    sys.exit(main())
