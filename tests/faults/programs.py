#!/usr/bin/env python3
"""The programs with calls to the system that fail: each of the first calls of a kind and many of the
later ones, alone and with all that follow. Afterwards there is the old file or the new one, the exit
code is 1, or 0 where nothing was lost, and one line says what happened.
usage: programs.py PRELOAD NAME PROGRAM PROJECT-ROOT (NAME: a row of CASES in cases.py)"""
import filecmp
import os
import re
import shutil
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor

from cases import CASES

# What each kind of call fails with. Of some there are thousands: those that are not tried one by one
# are tried in steps that grow.
ERRORS = {"malloc": 12, "mmap": 12, "open": 24, "write": 28, "fsync": 5, "rename": 30, "mkdir": 28}
ONE_BY_ONE = {"malloc": 8}
EVER = 1 << 40


def tree(folder):
    """Every file below a folder, by its path."""
    found = []
    for where, _, names in os.walk(folder):
        found += [os.path.relpath(os.path.join(where, name), folder) for name in names]
    return sorted(found)


def points(kind, n):
    """Which calls fail, of n."""
    one, at, chosen = ONE_BY_ONE.get(kind, 24), 1, []
    while at <= n:
        chosen.append(at)
        at += 1 if at < one else 1 + at // 4
    return chosen


def untimed(text):
    """What was printed, but for how long it took."""
    return re.sub(r"[0-9.]+ s\b", "T s", text)


def same_tree(a, b):
    """Whether two folders hold the same files."""
    return tree(a) == tree(b) and all(
        filecmp.cmp(os.path.join(a, x), os.path.join(b, x), shallow=False) for x in tree(a))


class Case:
    """A command over a folder in which old files lie, and what it makes of them."""

    def __init__(self, preload, program, title, case, work):
        self.preload, self.program, self.title, self.case = preload, program, title, case
        self.name = os.path.basename(program)
        self.old = os.path.join(work, "old")
        self.new = os.path.join(work, "new")
        self.work = work
        self.wrong = []
        os.makedirs(self.old)
        for path, content in case["files"].items():
            with open(os.path.join(self.old, path), "w", encoding="utf-8") as file:
                file.write(content)
        for command in case.get("before", []):
            ended = self.run(command, self.old)
            if ended.returncode:
                sys.exit(f"{command}: {ended.stderr}")
        shutil.copytree(self.old, self.new)
        self.counted = os.path.join(work, "count")
        self.whole = self.run(case["command"], self.new, TT_FAULTS_COUNT=self.counted)
        if self.whole.returncode == 77:
            print("the kernel does not let calls be stopped here")
            sys.exit(77)
        if self.whole.returncode:
            sys.exit(f"{case['command']}: exit {self.whole.returncode}: {self.whole.stderr}")

    def run(self, command, folder, **environment):
        env = dict(os.environ, TT_NUM_THREADS="1", OPENBLAS_NUM_THREADS="1", **environment)
        if environment:
            env["LD_PRELOAD"] = self.preload
        return subprocess.run([self.program, *command], cwd=folder, env=env, capture_output=True,
                              stdin=subprocess.DEVNULL, text=True, errors="replace", timeout=60)

    def faults(self):
        with open(self.counted, encoding="utf-8") as file:
            made = dict(line.split() for line in file)
        for kind, error in ERRORS.items():
            for at in points(kind, int(made[kind])):
                yield kind, at, at, error
                yield kind, at, EVER, error

    def attempt(self, fault):
        kind, at, to, error = fault
        folder = tempfile.mkdtemp(dir=self.work)
        shutil.copytree(self.old, folder, dirs_exist_ok=True)
        ended = self.run(self.case["command"], folder, TT_FAULTS=f"{kind}:{at}:{to}:{error}")
        for problem in self.problems(ended, folder):
            self.wrong.append(f"{self.title}: {kind} {at}{' and all after it' if to > at else ''}: "
                              f"{problem}")
        shutil.rmtree(folder)

    def problems(self, ended, folder):
        lines = [x for x in ended.stderr.splitlines() if x.startswith(self.name)]
        if ended.returncode not in (0, 1):
            yield f"exit {ended.returncode}: {ended.stderr}"
        elif ended.returncode == 1 and (len(lines) != 1 or not ended.stderr.endswith("\n")):
            yield f"not one line: {ended.stderr!r}"
        elif ended.returncode == 0 and lines:
            yield f"exit 0 and a complaint: {ended.stderr!r}"
        if ended.returncode == 0 and untimed(ended.stdout) != untimed(self.whole.stdout):
            yield f"exit 0, but it prints {ended.stdout[:200]!r}"
        yield from self.files(folder, ended.returncode == 0)
        yield from self.mixture(folder)
        yield from self.afterwards(folder)

    def files(self, folder, complete):
        """Each file is the old one or the new one, and after success the new one."""
        for path in sorted(set(tree(folder) + tree(self.old) + tree(self.new))):
            here, old, new = (os.path.join(x, path) for x in (folder, self.old, self.new))
            if self.like(here, new) or (not complete and self.like(here, old)):
                continue
            if self.may_vary(path, complete):
                continue
            if not os.path.exists(here):
                yield f"{path} is gone"
            elif not os.path.exists(new):
                yield f"{path} stays"
            else:
                yield f"{path} is neither the old nor the new one"

    def mixture(self, folder):
        """Old and new files side by side are refused by those who read them."""
        where, reader = self.case.get("set", (None, None))
        if not where or any(same_tree(*(os.path.join(x, where) for x in (folder, y)))
                            for y in (self.old, self.new)):
            return
        ended = self.run(reader, folder)
        if ended.returncode != 1:
            yield f"{where} is a mixture of old and new, and {reader[0]} ends with " \
                  f"{ended.returncode}"

    def may_vary(self, path, complete):
        """A log with times in it; and, before the end, what lies in a folder."""
        within = path.split(os.sep)[0] in self.case.get("between", [])
        return path in self.case.get("grows", []) or (within and not complete)

    @staticmethod
    def like(a, b):
        if not os.path.exists(a) or not os.path.exists(b):
            return os.path.exists(a) == os.path.exists(b)
        return filecmp.cmp(a, b, shallow=False)

    def afterwards(self, folder):
        """The command works when it is given again, and makes what it makes without faults."""
        command = self.case["command"]
        for flag, path in self.case.get("again", []):
            if os.path.exists(os.path.join(folder, path)):
                command = command + [flag]
        ended = self.run(command, folder)
        if ended.returncode:
            yield f"given again: exit {ended.returncode}: {ended.stderr}"
            return
        for path in sorted(set(tree(folder) + tree(self.new))):
            if not self.like(os.path.join(folder, path), os.path.join(self.new, path)) and \
                    not self.may_vary(path, True):
                yield f"given again: {path} is not what it should be"


def main():
    preload, name, program, root = sys.argv[1:5]
    wrong, runs = [], 0
    for title, case in CASES[name](root).items():
        with tempfile.TemporaryDirectory() as work:
            one = Case(os.path.realpath(preload), os.path.realpath(program), title,
                       case, work)
            faults = list(one.faults())
            with ThreadPoolExecutor(os.cpu_count()) as pool:
                list(pool.map(one.attempt, faults))
            print(f"{title}: {len(faults)} faults, {len(one.wrong)} problems", flush=True)
            runs += len(faults)
            wrong += one.wrong
    print("\n".join(wrong[:40]))
    sys.exit(1 if wrong or not runs else 0)


if __name__ == "__main__":
    main()
