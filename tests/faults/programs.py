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
PARTS = ".tinytensor-"  # folders with parts of a set, which the next start puts into place or removes


def tree(folder):
    """Every file below a folder, by its path; but what a set that is being replaced consists of."""
    found = []
    for where, folders, names in os.walk(folder):
        folders[:] = [x for x in folders if not x.startswith(PARTS)]
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


def parts(folder):
    """The folders with parts of a set that lie below a folder."""
    return [x for _, folders, _ in os.walk(folder) for x in folders if x.startswith(PARTS)]


def untouched(folder, old):
    """Whether everything is as it was."""
    names = tree(folder)
    return names == tree(old) and not parts(folder) and all(
        filecmp.cmp(os.path.join(folder, x), os.path.join(old, x), shallow=False) for x in names)


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
            with open(os.path.join(self.old, path), "wb") as file:
                file.write(content if isinstance(content, bytes) else content.encode())
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

    def read_both(self):
        """What is read from the old set, and from the new one."""
        reader = self.case.get("reads")
        self.readings = [self.run(reader, x).stdout for x in (self.old, self.new)] if reader else []
        if reader and self.readings[0] == self.readings[1]:
            sys.exit(f"{self.title}: old and new cannot be told apart: {self.readings}")

    def run(self, command, folder, **environment):
        env = dict(os.environ, TT_NUM_THREADS="1", OPENBLAS_NUM_THREADS="1", **environment)
        if environment:
            env["LD_PRELOAD"] = self.preload
        return subprocess.run([self.program, *command], cwd=folder, env=env, capture_output=True,
                              stdin=subprocess.DEVNULL, text=True, errors="replace", timeout=60)

    def faults(self):
        """Each fault that the command can meet: kind, first and last call, error."""
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
        if not untouched(folder, self.old):
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
        """Whoever reads a set that was being replaced is told, or gets all of one of the two."""
        reader = self.case.get("reads")
        if not reader:
            return
        ended = self.run(reader, folder)
        if ended.returncode == 1 and len(ended.stderr.splitlines()) == 1:
            return
        if ended.returncode != 0 or ended.stdout not in self.readings:
            yield f"{reader[0]} reads neither the old nor the new: exit {ended.returncode}, " \
                  f"{ended.stdout[:80]!r} {ended.stderr[:200]!r}"

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
        ended = self.run(command, folder)
        if ended.returncode == 1 and "--resume goes on with it" in ended.stderr:
            ended = self.run([*command, "--resume"], folder)
        if ended.returncode:
            yield f"given again: exit {ended.returncode}: {ended.stderr}"
            return
        for path in sorted(set(tree(folder) + tree(self.new))):
            if not self.like(os.path.join(folder, path), os.path.join(self.new, path)) and \
                    not self.may_vary(path, True):
                yield f"given again: {path} is not what it should be"
        if parts(folder):
            yield f"given again: {parts(folder)} stay"


def main():
    preload, name, program, root = sys.argv[1:5]
    wrong, runs = [], 0
    for title, case in CASES[name](root).items():
        with tempfile.TemporaryDirectory() as work:
            one = Case(os.path.realpath(preload), os.path.realpath(program), title,
                       case, work)
            one.read_both()
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
