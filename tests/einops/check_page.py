#!/usr/bin/env python3
"""Compares the table in docs/einops.md with what the examples give when they are run.

usage: check_page.py PAGE PROGRAM            exits 1 when the page is stale
       check_page.py --write PAGE PROGRAM    brings it up to date
"""
import difflib
import subprocess
import sys

BEGIN, END = "<!-- table begins -->\n", "<!-- table ends -->\n"


def main():
    write = sys.argv[1] == "--write"
    page, program = sys.argv[1 + write : 3 + write]
    table = subprocess.run([program], check=True, stdout=subprocess.PIPE).stdout.decode()
    with open(page, encoding="utf-8") as f:
        text = f.read()
    start, end = text.index(BEGIN) + len(BEGIN), text.index(END)
    shown = text[start:end]
    if write:
        with open(page, "w", encoding="utf-8") as f:
            f.write(text[:start] + "\n" + table + "\n" + text[end:])
        return 0
    if shown.strip() == table.strip():
        return 0
    sys.stdout.writelines(
        difflib.unified_diff(shown.strip().splitlines(True), table.strip().splitlines(True), page, "run")
    )
    print("\nThe table is stale: run check_page.py --write.")
    return 1


if __name__ == "__main__":
    sys.exit(main())
