#!/usr/bin/env python3
"""The other side of the benchmarks: times cases in PyTorch (or NumPy), by name.

Started by the benchmark programs with the subject as argument; reads names of cases, a line each,
and answers each with the seconds of one call, or 0 when it has no such case; "peak memory" with the
bytes of its largest resident size. Says which versions it runs first.
"""
import importlib
import os
import resource
import sys
import time

import numpy
import torch

torch.set_num_threads(int(os.environ.get("OMP_NUM_THREADS", "2")))


def once(f, n):
    begin = time.perf_counter()
    for _ in range(n):
        f()
    return (time.perf_counter() - begin) / n


class Timer:
    """Keeps one case ready: its operands, and how often it is repeated."""

    def __init__(self, cases):
        self.cases, self.name, self.call, self.repeats = cases, None, None, 1

    def seconds(self, name):
        if name == "peak memory":
            return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024.0
        if name not in self.cases:
            return 0.0
        if name != self.name:
            self.call = None  # frees the operands of the case before
            self.name, self.call = name, self.cases[name]()
            once(self.call, 2)
            self.repeats = max(1, int(0.05 / max(once(self.call, 1), 1e-7)))
        return once(self.call, self.repeats)


def main():
    sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
    timer = Timer(importlib.import_module("peer_" + sys.argv[1]).CASES)
    print("PyTorch %s, NumPy %s, %d threads" % (torch.__version__, numpy.__version__,
                                               torch.get_num_threads()), flush=True)
    for line in sys.stdin:
        print("%.9e" % timer.seconds(line.rstrip("\n")), flush=True)


main()
