#!/usr/bin/env python3
"""Runs clang-tidy, as .clang-tidy says, over the sources of lib and examples.

A file that is compiled several times, once per instruction set, is read once, and each file by a
process of its own, several at a time. Exits 1 when something is found, 77 without clang-tidy.

usage: lint.py PROJECT-ROOT BUILD-FOLDER [PART-OF-A-PATH...]
"""
import json
import os
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

# What the compiler of the build knows and clang does not is no finding.
TOLERANT = ["--extra-arg=-Wno-unknown-warning-option", "--extra-arg=-Wno-ignored-optimization-argument"]


def sources(root, build):
    """The compile command of each source of lib and examples, the first one of several."""
    with open(os.path.join(build, "compile_commands.json")) as f:
        commands = json.load(f)
    found = {}
    for command in commands:
        path = os.path.realpath(os.path.join(command["directory"], command["file"]))
        if os.path.relpath(path, root).split(os.sep)[0] in ("lib", "examples"):
            found.setdefault(path, dict(command, file=path))
    return found


def main():
    root, build, wanted = os.path.realpath(sys.argv[1]), sys.argv[2], sys.argv[3:]
    tidy = shutil.which("clang-tidy") or shutil.which("clang-tidy-14")
    if not tidy:
        print("clang-tidy is not here")
        return 77
    found = sources(root, build)
    database = os.path.join(build, "lint")
    os.makedirs(database, exist_ok=True)
    with open(os.path.join(database, "compile_commands.json"), "w") as f:
        json.dump(list(found.values()), f)

    def look(path):
        return subprocess.run([tidy, "--quiet", "-p", database] + TOLERANT + [path],
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT)

    paths = sorted(p for p in found if not wanted or any(w in p for w in wanted))
    bad = 0
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        for path, done in zip(paths, pool.map(look, paths)):
            if done.returncode != 0:
                bad += 1
                print(done.stdout.decode(), flush=True)
    print("%d files, %d with findings" % (len(paths), bad))
    return 1 if bad or not paths else 0


if __name__ == "__main__":
    sys.exit(main())
