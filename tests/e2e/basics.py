#!/usr/bin/env python3
"""Runs the programs of examples/basics and compares what each prints with the file beside it: words as
they are, numbers up to their last digit, in which instruction sets may differ. They leave no file behind.

usage: basics.py [--write] FOLDER PROGRAM...     (--write: puts what is printed into the files)
"""
import os
import re
import subprocess
import sys
import tempfile

NUMBER = re.compile(r"(?<![\w.])[-+]?\d+(?:\.\d*)?(?:e[-+]?\d+)?%?")


def unit(text):
    """What one in the last digit of a number stands for; 0 for whole numbers, which are counted."""
    if text.endswith("%"):
        return unit(text[:-1]) or 1
    digits, _, exponent = text.partition("e")
    places = len(digits.partition(".")[2])
    return 10.0 ** (int(exponent or 0) - places) if "." in digits or exponent else 0


def same(got, want):
    """Do two lines agree, white space within them aside?"""
    if NUMBER.sub("#", got).split() != NUMBER.sub("#", want).split():
        return False
    for a, b in zip(NUMBER.findall(got), NUMBER.findall(want)):
        if abs(float(a.rstrip("%")) - float(b.rstrip("%"))) > 1.01 * max(unit(a), unit(b)):
            return False
    return True


def output_of(program):
    with tempfile.TemporaryDirectory() as work:
        ran = subprocess.run([os.path.abspath(program)], cwd=work, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                             timeout=100)
        left = os.listdir(work)
    if ran.returncode != 0 or left:
        sys.exit("%s: exits %d, leaves %s\n%s" % (program, ran.returncode, left, ran.stdout.decode()))
    return ran.stdout.decode()


def main():
    args = sys.argv[1:]
    write = args[0] == "--write"
    folder, programs = args[write], args[write + 1 :]
    wrong = 0
    for program in programs:
        path = os.path.join(folder, os.path.basename(program).replace("basics_", "") + ".txt")
        got = output_of(program)
        if write:
            with open(path, "w") as f:
                f.write(got)
            continue
        with open(path) as f:
            want = f.read()
        lines, wanted = got.splitlines(), want.splitlines()
        if len(lines) != len(wanted):
            wrong += 1
            print("%s: %d lines, not %d:\n%s" % (program, len(lines), len(wanted), got))
        for i, (a, b) in enumerate(zip(lines, wanted)):
            if not same(a, b):
                wrong += 1
                print("%s: line %d is\n%s\nand not\n%s" % (program, i + 1, a, b))
    return 1 if wrong or not programs else 0


if __name__ == "__main__":
    sys.exit(main())
