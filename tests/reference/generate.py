#!/usr/bin/env python3
"""Writes reference.npz, of cases.def and the library's tables, and FAMILY.npz of each other FAMILY.def:
inputs, results and gradients of each case, computed by PyTorch, NumPy and SciPy.

Case NAME has NAME.in0, NAME.in1, ... (float64 unless it says otherwise), NAME.out and, where it is
differentiable, NAME.grad0, ...: the gradient of sum(out * NAME.seed) with respect to each float input.
What the expressions of FAMILY.def call besides is in FAMILY.py.
Needs PyTorch, NumPy and SciPy; the tests need only the files. Run: python3 generate.py [FAMILY...]
"""
import math
import re
import sys
import zlib
from pathlib import Path
import numpy as np
import torch
import torch.nn.functional as F

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
rng = None  # of the case that is being made: each has its own, so that one more changes no other
store = {}
np.seterr(all="ignore")  # infinities and NaN are wanted


def at(name):
    """The name; what u and the others draw after it depends on it alone."""
    global rng
    rng = np.random.default_rng(zlib.crc32(name.encode()))
    return name


def case(name, fn, *inputs, grad=True):
    """Called as case(at(name), ...), so that the inputs are drawn for this name."""
    tensors = [torch.tensor(np.asarray(i)) for i in inputs]
    floats = [t.requires_grad_() for t in tensors if grad and t.dtype == torch.float64]
    out = fn(*tensors)
    for i, t in enumerate(tensors):
        store[f"{name}.in{i}"] = t.detach().numpy()
    store[f"{name}.out"] = out.detach().numpy()
    if floats and out.requires_grad:
        seed = torch.tensor(rng.uniform(-1, 1, size=tuple(out.shape)))
        store[f"{name}.seed"] = seed.numpy()
        (out * seed).sum().backward()
        for i, t in enumerate(tensors):
            if t.grad is not None:
                store[f"{name}.grad{i}"] = t.grad.numpy()


def rows(table, *kinds):
    """The names in the rows of a table of the library, in its order."""
    text = (ROOT / "lib/kernel" / table).read_text()
    return [name for kind, name in re.findall(r"^(\w+)\((\w+),", text, re.M) if kind in kinds]


def domain(table, name):
    """The ends of the interval with which a row ends."""
    text = (ROOT / "lib/kernel" / table).read_text()
    lo, hi = re.search(rf"^\w+\({name},.*?(-?[\d.]+), *(-?[\d.]+)\)$", text, re.M).groups()
    return float(lo), float(hi)


def u(*shape, lo=-2.0, hi=2.0):
    return rng.uniform(lo, hi, size=shape)


def ints(*shape):
    return rng.integers(-1, 3, size=shape).astype(np.float64)


def arr(values):
    return np.array(values, dtype=np.float64)


def holes(*shape, inf=True):
    """Normal numbers with a NaN and, where wanted, both infinities among them."""
    x = u(*shape)
    x.flat[1] = x.flat[x.size - 2] = np.nan
    if inf:
        x.flat[3], x.flat[6] = np.inf, -np.inf
    return x


def held(x):
    """A copy to be written in place."""
    return x.detach().clone()


# What stands for the same in cases.def and in test_reference.c.
NAMES = {
    "torch": torch, "np": np, "F": F, "math": math, "u": u, "ints": ints, "arr": arr, "holes": holes, "held": held,
    "IDX": torch.tensor([[2, 0, 2], [1, 1, 0]]), "ONCE": torch.tensor([[2, 0, 1], [1, 2, 0]]),
    "TARGETS": torch.tensor([[0, 3, -100], [2, 1, 3]]),
}
AXES = {"all": (0, 1, 2), "0": (0,), "1": (-2,), "2": (2,), "02": (2, 0)}


def cases(table, names):
    """Makes those of the rows of a file: id, inputs, PyTorch's expression."""
    for kind, name, inputs, torchs in re.findall(r'^(CASE|REDUCTION)\((\w+), "(.*?)",\s+"(.*?)",',
                                                 table.read_text(), re.M):
        forms = {name: torchs}
        if kind == "REDUCTION":
            forms = {f"{name}__{key}": torchs.replace("AXES", str(axes)) for key, axes in AXES.items()}
        for name, torchs in forms.items():
            at(name)
            drawn = eval(inputs + ",", names)
            case(name, eval("lambda " + ", ".join("xyzw"[:len(drawn)]) + ": " + torchs, names), *drawn)


def write(family):
    np.savez(HERE / f"{family}.npz", **store)
    print(family + ":", len(store), "arrays")
    store.clear()


wanted = sys.argv[1:]
for table in sorted(HERE.glob("*.def")):
    family = table.stem
    if family == "cases" or wanted and family not in wanted:
        continue
    names, own = dict(NAMES), HERE / f"{family}.py"
    if own.exists():
        exec(compile(own.read_text(), own, "exec"), names)
    cases(table, names)
    write(family)
if wanted and "reference" not in wanted:
    sys.exit()

cases(HERE / "cases.def", NAMES)

# Unary: a grid of ordinary values with the gradient, and special values without.
special = np.array([0.0, -0.0, 1.0, -1.0, np.inf, -np.inf, np.nan, 1e-300, -1e-300, 1e-30, 88.5, -88.5,
                    -104.0, 710.0, -746.0, 0.5, -0.5, 1.5, 2.5, -2.5, 1e10, 3.14159265])
names = rows("elementwise/unary.def", "UNARY", "UNARY_FAR")
functions = {
    "gelu": lambda x: F.gelu(x), "gelu_tanh": lambda x: F.gelu(x, approximate="tanh"), "silu": F.silu,
    "relu": lambda x: torch.relu(x), "mish": F.mish, "softplus": lambda x: F.softplus(x, threshold=1000), "sigmoid": torch.sigmoid,
}
for name in names:
    fn = functions.get(name, getattr(torch, name, None))
    lo, hi = domain("elementwise/unary.def", name)
    case(at(f"unary.{name}"), fn, np.linspace(lo + 0.003, hi, 24).reshape(4, 6))
    if hasattr(np, name):  # PyTorch's own vector functions differ from IEEE at some ends of the range
        fn = lambda x: torch.tensor(getattr(np, name)(x.numpy()))
    if name == "softplus":
        fn = lambda x: torch.logaddexp(x, torch.zeros_like(x))
    case(at(f"special.{name}"), fn, special, grad=False)
for name in rows("elementwise/unary.def", "UNARY_TEST"):
    case(at(f"special.{name}"), getattr(torch, name), special, grad=False)

# Binary: broadcast both ways, and with a number.
INTEGERS = {"add": np.add, "sub": np.subtract, "mul": np.multiply, "pow": np.power, "maximum": np.maximum,
            "minimum": np.minimum, "fmod": np.fmod, "remainder": np.remainder, "floor_divide": np.floor_divide,
            "neg": np.negative, "abs": np.abs, "sign": np.sign, "square": np.square, "relu": lambda x: np.maximum(x, 0),
            "floor": np.floor, "ceil": np.ceil, "round": np.round, "trunc": np.trunc}
for name in rows("elementwise/binary.def", "BINARY"):
    fn = getattr(torch, name)
    if name == "floor_divide":
        fn = lambda a, b: torch.div(a, b, rounding_mode="floor").detach()
    if name == "nextafter":  # PyTorch knows no gradient of it
        fn = lambda a, b: torch.nextafter(a.detach(), b.detach())
    lo = 0.3 if name == "pow" else -2
    at(f"binary.{name}")
    b = u(3, 1) if name not in ("div", "fmod", "remainder") else u(3, 1, lo=0.5)
    case(f"binary.{name}", fn, u(2, 3, 4, lo=lo), b)
    if name != "floor_divide":
        case(at(f"binary_row.{name}"), fn, u(4, lo=lo), np.abs(u(3, 4)) + 0.5)
    case(at(f"scalar.{name}"), lambda x: fn(x, torch.tensor(0.75, dtype=x.dtype)), u(3, 4, lo=lo))
for name in rows("elementwise/compare.def", "COMPARE", "LOGICAL"):
    case(at(f"compare.{name}"), getattr(torch, name), rng.integers(0, 3, size=(2, 3)).astype(np.float64),
         np.array([0.0, 1.0, np.nan]), grad=False)
    case(at(f"scalar.{name}"), lambda x: getattr(torch, name)(x, torch.tensor(0.75)), ints(3, 4) * 0.75, grad=False)
at("integer")
small, divisors = rng.integers(-9, 9, size=(5, 6)), np.array([3, -3, 7, -7, 1, -1])
for dtype in (np.int64, np.int32, np.uint8):
    info = np.iinfo(dtype)
    x = small.astype(dtype)
    x[0, :4] = [info.max, info.min, info.max // 2 + 2, info.min // 2]
    for name in rows("elementwise/binary.def", "BINARY_INT"):
        key = f"integer.{name}.{info.dtype.name}"
        y = (np.abs(divisors) if name == "pow" else divisors).astype(dtype)
        store[key + ".in0"], store[key + ".in1"] = x, y
        store[key + ".out"] = INTEGERS[name](x, y)
    for name in rows("elementwise/unary.def", "UNARY_INT"):
        key = f"integer.{name}.{info.dtype.name}"
        store[key + ".in0"], store[key + ".out"] = x, INTEGERS[name](x)

# Bits of every type that has them; shifts by more than there are, too.
for name in rows("elementwise/bitwise.def", "BITWISE", "SHIFT"):
    at(f"bits.{name}")
    for dtype in (np.int64, np.int32, np.uint8, np.bool_):
        if dtype == np.bool_ and "shift" in name:
            continue
        info = np.iinfo(dtype) if dtype != np.bool_ else None
        a = rng.integers(info.min, info.max, size=(5, 6), dtype=dtype, endpoint=True) if info else rng.integers(0, 2, (5, 6)) > 0
        b = rng.integers(info.min, info.max, size=6, dtype=dtype) if info else np.arange(6) % 2 > 0
        if info:
            a[0, :3] = info.min, info.max, 0
        if "shift" in name:
            b = np.array([0, 1, 5, info.bits - 1, info.bits, 200], dtype=np.int64).astype(dtype)
            a[4], b[3] = -a[0] if info.min else a[0], info.bits - 2
        key = f"bits.{name}.{np.dtype(dtype).name}"
        store[key + ".in0"], store[key + ".in1"] = a, b
        store[key + ".out"] = getattr(np, name.removeprefix("bitwise_") if "shift" in name else name)(a, b)

# Ten steps of each optimiser on the same gradients: parameters after each step.
def optimiser(name, make):
    at(name)
    p = torch.nn.Parameter(torch.tensor(u(4, 3)))
    store[f"{name}.in0"] = p.detach().numpy().copy()
    o, grads, after = make([p]), [], []
    for _ in range(10):
        p.grad = torch.tensor(u(4, 3))
        grads.append(p.grad.numpy().copy())
        o.step()
        after.append(p.detach().numpy().copy())
    store[f"{name}.in1"], store[f"{name}.out"] = np.stack(grads), np.stack(after)


optimiser("sgd", lambda p: torch.optim.SGD(p, lr=0.1))
optimiser("sgd_momentum", lambda p: torch.optim.SGD(p, lr=0.1, momentum=0.9, dampening=0.1, weight_decay=0.01))
optimiser("sgd_nesterov", lambda p: torch.optim.SGD(p, lr=0.1, momentum=0.9, nesterov=True))
optimiser("adam", lambda p: torch.optim.Adam(p, lr=0.1, weight_decay=0.01))
optimiser("adamw", lambda p: torch.optim.AdamW(p, lr=0.1, weight_decay=0.1))

# Each row of reduce.def, over the middle axis: with a zero, and NaN for those that leave it out.
reductions = {"max": torch.amax, "min": torch.amin,
              "nanmax": lambda x, a: torch.where(x.isnan(), -math.inf, x).amax(a),
              "nanmin": lambda x, a: torch.where(x.isnan(), math.inf, x).amin(a)}
for name in rows("reduce/reduce.def", "REDUCE", "REDUCE_APART", "REDUCE_TEST"):
    at(f"reduce.{name}")
    x, fn = u(3, 4, 5), reductions.get(name) or getattr(torch, name)
    x[0, 1, 2] = np.nan if name.startswith("nan") else 0
    case(f"reduce.{name}", lambda x: fn(x, 1), x)

write("reference")
