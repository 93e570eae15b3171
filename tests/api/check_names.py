#!/usr/bin/env python3
"""The page "NumPy and PyTorch names" names functions that NumPy and PyTorch have, and the lists it is
made with hold no others; the functions that everybody looks for are on it. On the page "Array API" stand
all names of the standard, nine in ten with what they are here.

usage: check_names.py ROOT    TT_PEER_PYTHON names a Python with NumPy and PyTorch; else this one is
asked, and what it does not have is not compared.
"""
import glob
import json
import os
import subprocess
import sys

WANTED = {
    "numpy.concatenate": "tt_cat", "numpy.transpose": "tt_permute", "numpy.add": "tt_add", "numpy.where": "tt_where",
    "numpy.negative": "tt_neg", "numpy.matmul": "tt_matmul", "numpy.einsum": "tt_einsum", "numpy.take": "tt_take",
    "numpy.sum": "tt_sum", "numpy.reshape": "tt_reshape", "torch.gather": "tt_gather", "torch.cat": "tt_cat",
    "torch.softmax": "tt_softmax", "torch.nn.functional.cross_entropy": "tt_cross_entropy",
    "torch.optim.AdamW": "tt_adamw", "torch.masked_select": "tt_masked_select", "einops.rearrange": "tt_rearrange",
}
ASK = """
import importlib, json, sys
known = {}
for name in json.load(sys.stdin):
    parts = name.split(".")
    try:
        at = importlib.import_module(parts[0])
    except ImportError:
        continue
    for i, part in enumerate(parts[1:], 1):
        if not hasattr(at, part):
            try:
                at = importlib.import_module(".".join(parts[:i + 1]))
                continue
            except ImportError:
                pass
        at = getattr(at, part, None)
    known[name] = at is not None
json.dump(known, sys.stdout)
"""


def main():
    root = sys.argv[1]
    sys.dont_write_bytecode = True
    sys.path.insert(0, os.path.join(root, "docs", "manual"))
    import array_api
    import names

    headers = sorted(glob.glob(os.path.join(root, "include", "tinytensor", "*.h")))
    here, bad = {}, 0
    for _, name, found, _ in names.rows(headers):
        for theirs in sum(found, []):
            here.setdefault(theirs, []).append(name)
    for theirs, ours in WANTED.items():
        if ours not in here.get(theirs, []):
            print("%s is not %s on the page, but %s" % (theirs, ours, here.get(theirs)))
            bad = 1
    standard = list(array_api.entries(headers))
    there = sum(1 for _, _, found, _ in standard if found)
    wrong = list(array_api.problems(headers))
    if len(standard) != 166 or there < 150:
        wrong.append("of %d names of the array API standard %d are here" % (len(standard), there))
    for problem in wrong:
        print("array_api.py: " + problem)
        bad = 1
    spaces = {"Linear algebra (linalg)": "numpy.linalg.", "Fourier transforms (fft)": "numpy.fft."}
    listed = {spaces.get(group, "numpy.") + name for group, name, _, _ in standard}
    newer = "numpy.__array_namespace_info__"  # a NumPy with the standard's names
    asked = sorted(listed | {newer} | set(here) | set(names.NUMPY.values()) | set(names.TORCH.values()))
    python = os.environ.get("TT_PEER_PYTHON", sys.executable)
    ran = subprocess.run([python, "-c", ASK], input=json.dumps(asked).encode(), stdout=subprocess.PIPE, check=True)
    known = json.loads(ran.stdout)
    for name, there in known.items():
        if not there and (known.get(newer) or name not in listed | {newer}):
            print("%s: there is no such function" % name)
            bad = 1
    return bad


if __name__ == "__main__":
    sys.exit(main())
