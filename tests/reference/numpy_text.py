#!/usr/bin/env python3
"""Writes slices.txt and printing.txt: what NumPy makes of slices, and how it prints arrays.

slices.txt has one slice a line, `shape; views; items; result`, of the numbers 0, 1, 2, ... in that
shape, after views: t transposes, f flips every axis, s takes every second index of the last axis.
The result is a shape, `=`, and the sum of (k + 1) times the k-th element in C order; or an error.
printing.txt has cases of three parts: a line with the dtype, the shape and the print options; a line
with the values (none where they are 0, 1, 2, ...); and the lines that NumPy prints, each after a `|`.
Needs NumPy; the tests need only the files. Run: python3 numpy_text.py
"""
import os
import random
import re
import numpy as np

HERE = os.path.dirname(os.path.abspath(__file__))
rng = random.Random(2)


def base(shape, views):
    x = np.arange(int(np.prod(shape, dtype=int))).reshape(shape)
    for v in views:
        x = x.T if v == "t" else np.flip(x) if v == "f" else x[..., ::2]
    return x


def number(size):
    far = [10**18, -(10**18), 2**63 - 1, -(2**63), 99, -99]
    return str(rng.choice(far) if rng.random() < 0.04 else rng.randint(-size - 2, size + 2))


def item(size):
    kind = rng.random()
    space = lambda: " " * rng.choice([0, 0, 0, 1])
    if kind < 0.35:
        return number(size - 2 if rng.random() < 0.8 else size)
    if kind < 0.78:
        parts = [space() + (number(size) if rng.random() < 0.5 else "") + space() for _ in range(rng.choice([2, 3]))]
        if len(parts) == 3 and parts[2].strip() == "0" and rng.random() < 0.8:
            parts[2] = "-1"
        return ":".join(parts)
    if kind < 0.86:
        return "..."
    if kind < 0.94:
        return rng.choice(["None", "newaxis"])
    return rng.choice(["::", "+1", "1.5", "::::", "1 2", ". ..", "- 1", "y", "1:2:3:4", "2:y"])


def slice_result(x, items):
    try:
        y = np.asarray(eval(f"x[{items}]", {"x": x, "newaxis": None}))
    except IndexError as e:
        # NumPy has one error for all of these; here a text that cannot be read is another
        return "pattern" if "single ellipsis" in str(e) or "only integers" in str(e) else "index"
    except (SyntaxError, NameError, ValueError, TypeError):
        return "pattern"
    weighted = int((y.ravel() * np.arange(1, y.size + 1)).sum())
    return " ".join(map(str, y.shape)) + " = " + str(weighted)


def slices():
    lines = set()
    while len(lines) < 600:
        shape = [rng.choice([0, 1, 2, 3, 5, 7]) for _ in range(rng.randint(0, 4))]
        views = "".join(v for v in "tfs" if shape and rng.random() < 0.3)
        x = base(shape, views)
        count = rng.randint(1, x.ndim + 1)
        items = ", ".join(item(x.shape[i] if i < x.ndim else 3) for i in range(count))
        if rng.random() < 0.05:
            items += ","
        result = slice_result(x, items)
        if result == "index" and re.search(r":[^,:]*:\s*0\s*(,|$)", items):
            continue  # two faults, of which either may be reported
        if "=" in result or rng.random() < 0.35:
            lines.add(f"{' '.join(map(str, shape))}; {views}; {items}; {result}")
    return sorted(lines)


def values(dtype, n, kind):
    r = np.random.default_rng(rng.randrange(2**32))
    x = r.standard_normal(n)
    with np.errstate(all="ignore"):
        if dtype == "bool":
            return x > (9 if kind == 0 else 0)
        if dtype in ("int64", "int32", "uint8"):
            return (x * 10.0 ** r.integers(0, 6 if dtype != "uint8" else 2)).astype("int64").astype(dtype)
        if kind == 1:
            x = np.round(x * 4) / 4
        if kind == 2:
            x = x * 10.0 ** r.integers(-9, 9, n)
        if kind == 3:
            x = np.where(r.random(n) < 0.3, [np.nan, np.inf, -np.inf][r.integers(3)], x)
        if kind == 4:
            x = x * 10.0 ** r.integers(-12, 12)
        if kind == 5:
            x = 2.0 ** r.integers(-20, 26, n)
        if kind == 6:
            x = np.where(r.random(n) < 0.5, -0.0, np.round(x * 50))
        return x.astype(dtype)


def printing():
    shapes = [(), (1,), (4,), (12,), (30,), (2, 3), (5, 4), (1, 1), (0,), (3, 0), (2, 2, 3), (2, 1, 2, 2)]
    large = [(1001,), (1100,), (40, 30), (8, 12, 12), (3, 2, 200)]
    for k in range(170):
        shape = rng.choice(shapes) if k % 8 else rng.choice(large)
        dtype = rng.choice(["float32", "float64", "float64", "float16", "int64", "bool", "int32", "uint8"])
        n = int(np.prod(shape, dtype=int))
        if n > 60:
            dtype = rng.choice(["float32", "float64", "int64", "int32"])
        x = np.arange(n).astype(dtype) if n > 60 else values(dtype, n, rng.randrange(7))
        o = dict(precision=8, threshold=1000, edgeitems=3, linewidth=75, suppress=False)
        if rng.random() < 0.5:
            o = dict(precision=rng.choice([0, 1, 3, 4, 12, 17]), threshold=rng.choice([0, 5, 20, 1000]) if n <= 60 else 100,
                     edgeitems=rng.choice([1, 2, 3, 4]), linewidth=rng.choice([20, 40, 75, 120]), suppress=rng.random() < 0.4)
        np.set_printoptions(**o)
        yield " ".join([dtype, "x".join(map(str, shape)) or "-", *(str(int(v)) for v in o.values())])
        # one digit more than any of the types needs, so that the text is the value
        yield "" if n > 60 else " ".join(f"{v:.17g}" if x.dtype.kind == "f" else str(int(v)) for v in x)
        yield from ("|" + line for line in str(x.reshape(shape)).split("\n"))


def write(name, lines):
    with open(os.path.join(HERE, name), "w") as f:
        f.writelines(line + "\n" for line in lines)


write("slices.txt", slices())
write("printing.txt", printing())
