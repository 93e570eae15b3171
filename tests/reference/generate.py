#!/usr/bin/env python3
"""Writes reference.npz: inputs, results and gradients of each case, computed by PyTorch and NumPy.

Case NAME has NAME.in0, NAME.in1, ... (float64 unless it says otherwise), NAME.out and, where it is
differentiable, NAME.grad0, ...: the gradient of sum(out * NAME.seed) with respect to each float input.
Needs PyTorch and NumPy; the tests need only the file. Run: python3 generate.py
"""
import math
import re
from pathlib import Path
import numpy as np
import torch
import torch.nn.functional as F

rng = np.random.default_rng(0)
store = {}


def case(name, fn, *inputs, grad=True):
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
    text = (Path(__file__).resolve().parents[2] / "lib/kernel" / table).read_text()
    return [name for kind, name in re.findall(r"^(\w+)\((\w+),", text, re.M) if kind in kinds]


def u(*shape, lo=-2.0, hi=2.0):
    return rng.uniform(lo, hi, size=shape)


# Unary: a grid of ordinary values with the gradient, and special values without.
special = np.array([0.0, -0.0, 1.0, -1.0, np.inf, -np.inf, np.nan, 1e-300, -1e-300, 1e-30, 88.5, -88.5,
                    -104.0, 710.0, -746.0, 0.5, -0.5, 1.5, 2.5, -2.5, 1e10, 3.14159265])
domains = {
    "log": (0.1, 3), "log2": (0.1, 3), "log10": (0.1, 3), "log1p": (-0.9, 3), "sqrt": (0.1, 3),
    "rsqrt": (0.1, 3), "reciprocal": (0.3, 3), "asin": (-0.9, 0.9), "acos": (-0.9, 0.9),
    "acosh": (1.1, 3), "atanh": (-0.9, 0.9),
}
names = rows("elementwise/unary.def", "UNARY", "UNARY_FAR")
functions = {
    "gelu": lambda x: F.gelu(x), "gelu_tanh": lambda x: F.gelu(x, approximate="tanh"), "silu": F.silu,
    "relu": lambda x: torch.relu(x), "softplus": lambda x: F.softplus(x, threshold=1000), "sigmoid": torch.sigmoid,
}
for name in names:
    fn = functions.get(name, getattr(torch, name, None))
    lo, hi = domains.get(name, (-2, 2))
    case(f"unary.{name}", fn, np.linspace(lo, hi, 24).reshape(4, 6) + 0.003)
    if hasattr(np, name):  # PyTorch's own vector functions differ from IEEE at some ends of the range
        fn = lambda x: torch.tensor(getattr(np, name)(x.numpy()))
    if name == "softplus":
        fn = lambda x: torch.logaddexp(x, torch.zeros_like(x))
    case(f"special.{name}", fn, special, grad=False)
for name in rows("elementwise/unary.def", "UNARY_TEST"):
    case(f"special.{name}", getattr(torch, name), special, grad=False)

# Binary: broadcast both ways.
positive = {"pow"}
for name in rows("elementwise/binary.def", "BINARY"):
    if name == "floor_divide":
        continue
    lo = 0.3 if name in positive else -2
    b = u(3, 1) if name not in ("div", "fmod", "remainder") else u(3, 1, lo=0.5)
    case(f"binary.{name}", getattr(torch, name), u(2, 3, 4, lo=lo), b)
    case(f"binary_row.{name}", getattr(torch, name), u(4, lo=lo), np.abs(u(3, 4)) + 0.5)
case("binary.floor_divide", lambda a, b: torch.div(a, b, rounding_mode="floor"), u(2, 3, 4), u(3, 1), grad=False)
for name in rows("elementwise/compare.def", "COMPARE", "LOGICAL"):
    a = rng.integers(0, 3, size=(2, 3)).astype(np.float64)
    case(f"compare.{name}", getattr(torch, name), a, np.array([0.0, 1.0, np.nan]), grad=False)
ia, ib = rng.integers(-9, 9, size=(5, 6)), np.array([3, -3, 7, -7, 1, -1])
for name, fn in {"floor_divide": np.floor_divide, "remainder": np.remainder, "fmod": np.fmod, "mul": np.multiply,
                 "maximum": np.maximum, "sub": np.subtract}.items():
    store[f"integer.{name}.in0"], store[f"integer.{name}.in1"] = ia, ib
    store[f"integer.{name}.out"] = fn(ia, ib)

# Reductions over several sets of axes.
axes = {"all": (0, 1, 2), "0": (0,), "1": (1,), "2": (2,), "02": (0, 2)}
for key, a in axes.items():
    case(f"sum.{key}", lambda x: x.sum(a), u(3, 4, 5))
    case(f"mean.{key}", lambda x: x.mean(a), u(3, 4, 5))
    case(f"max.{key}", lambda x: x.amax(a), u(3, 4, 5))
    case(f"min.{key}", lambda x: x.amin(a), u(3, 4, 5))
    case(f"logsumexp.{key}", lambda x: x.logsumexp(a), u(3, 4, 5))
    case(f"var.{key}", lambda x: x.var(a, unbiased=True), u(3, 4, 5))
    case(f"std.{key}", lambda x: x.std(a, unbiased=False), u(3, 4, 5))
    case(f"norm.{key}", lambda x: torch.linalg.vector_norm(x, 2, a), u(3, 4, 5))
    case(f"norm1.{key}", lambda x: torch.linalg.vector_norm(x, 1, a), u(3, 4, 5))
    case(f"norm3.{key}", lambda x: torch.linalg.vector_norm(x, 3, a), u(3, 4, 5))
    case(f"norminf.{key}", lambda x: torch.linalg.vector_norm(x, math.inf, a), u(3, 4, 5))
ties = np.array([[1.0, 3.0, 3.0], [2.0, 2.0, 2.0]])
case("max.ties", lambda x: x.amax(1), ties)
case("prod.plain", lambda x: x.prod(1), u(3, 4))
case("prod.zero", lambda x: x.prod(1), np.array([[1.0, 0.0, 3.0], [0.0, 0.0, 2.0], [1.0, 2.0, 4.0]]))
holes = u(3, 4)
holes[0, 1] = holes[2, 3] = np.nan
case("nansum", lambda x: x.nansum(1), holes)
case("nanmean", lambda x: x.nanmean(1), holes)
case("argmax", lambda x: x.argmax(1), u(4, 7), grad=False)
case("argmin", lambda x: x.argmin(0), u(4, 7), grad=False)
for name in "cumsum cumprod logcumsumexp".split():
    case(f"{name}.0", lambda x: getattr(torch, name)(x, 0), u(4, 5))
    case(f"{name}.1", lambda x: getattr(torch, name)(x, 1), u(4, 5))
case("cumprod.zero", lambda x: torch.cumprod(x, 1), np.array([[1.0, 0.0, 3.0, 0.0, 2.0], [2.0, 3.0, 0.0, 1.0, 4.0]]))
case("cummax", lambda x: torch.cummax(x, 1)[0], u(4, 6))
case("cummin", lambda x: torch.cummin(x, 1)[0], u(4, 6))
case("diff", lambda x: torch.diff(x, dim=1), u(3, 5))

# Products.
case("matmul.2x2", torch.matmul, u(3, 4), u(4, 5))
case("matmul.vector_matrix", torch.matmul, u(4), u(4, 5))
case("matmul.matrix_vector", torch.matmul, u(3, 4), u(4))
case("matmul.dot", torch.matmul, u(4), u(4))
case("matmul.batch", torch.matmul, u(2, 1, 3, 4), u(5, 4, 2))
case("matmul.batch_vector", torch.matmul, u(2, 3, 4), u(4))
case("outer", torch.outer, u(3), u(4))
case("tensordot", lambda a, b: torch.tensordot(a, b, dims=([1, 2], [0, 2])), u(2, 3, 4), u(3, 5, 4))
case("linear", F.linear, u(2, 3, 4), u(5, 4), u(5))

# Movement with copies, indexing.
case("cat", lambda a, b: torch.cat([a, b], 1), u(2, 3), u(2, 2))
case("stack", lambda a, b: torch.stack([a, b], 1), u(2, 3), u(2, 3))
case("tile", lambda x: x.tile(2, 1, 2), u(2, 3))
case("repeat_interleave", lambda x: x.repeat_interleave(3, 1), u(2, 3))
case("roll", lambda x: x.roll(2, 1), u(2, 5))
case("pad", lambda x: F.pad(x, (2, 1, 1, 0), value=7.0), u(2, 3))
case("tril", lambda x: x.tril(1), u(2, 4, 4))
case("triu", lambda x: x.triu(-1), u(4, 3))
case("diag", lambda x: x.diag(1), u(3))
case("diagonal", lambda x: x.diagonal(1, 0, 2), u(3, 2, 4))
case("flip", lambda x: x.flip(0, 2), u(2, 3, 4))
idx = np.array([[2, 0, 2], [1, 1, 0]])
case("take", lambda x: x[:, torch.tensor(idx)], u(2, 3, 2))
case("gather", lambda x: x.gather(1, torch.tensor(idx)), u(2, 3))
case("scatter_add", lambda x, s: x.scatter_add(1, torch.tensor(idx), s), u(2, 3), u(2, 3))
case("index_add", lambda x, s: x.index_add(0, torch.tensor([1, 0, 1]), s), u(2, 3), u(3, 3))
case("where", lambda a, b: torch.where(a > 0, a, b), u(3, 4), u(4))
case("clamp", lambda x: x.clamp(-0.5, 1.0), u(3, 4))
case("lerp", torch.lerp, u(3, 4), u(3, 4), u(3, 4))

# Neural network functions.
case("softmax.0", lambda x: x.softmax(0), u(3, 4))
case("softmax.1", lambda x: x.softmax(1), u(3, 4) * 5)
case("log_softmax", lambda x: x.log_softmax(-1), u(2, 3, 4) * 5)
targets = np.array([[0, 3, -100], [2, 1, 3]])
case("cross_entropy", lambda x: F.cross_entropy(x.reshape(-1, 4), torch.tensor(targets).reshape(-1)), u(2, 3, 4))
case("cross_entropy_sum", lambda x: F.cross_entropy(x.reshape(-1, 4), torch.tensor(targets).reshape(-1),
                                                    reduction="sum", label_smoothing=0.1), u(2, 3, 4))
case("nll_loss", lambda x: F.nll_loss(x.reshape(-1, 4), torch.tensor(targets).reshape(-1)), u(2, 3, 4))
case("mse_loss", F.mse_loss, u(3, 4), u(3, 4))
case("l1_loss", F.l1_loss, u(3, 4), u(3, 4))
case("bce_with_logits", F.binary_cross_entropy_with_logits, u(3, 4) * 5, u(3, 4, lo=0, hi=1))
case("kl_div", lambda x, p: F.kl_div(x, p), -np.abs(u(3, 4)), u(3, 4, lo=0.1, hi=1))
case("embedding", lambda w: F.embedding(torch.tensor(idx), w), u(4, 5))

# Ten steps of each optimiser on the same gradients: parameters after each step.
def optimiser(name, make):
    torch.manual_seed(0)
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
reductions = {"max": torch.amax, "min": torch.amin}
for name in rows("reduce/reduce.def", "REDUCE", "REDUCE_TEST"):
    x, fn = u(3, 4, 5), reductions.get(name, getattr(torch, name))
    x[0, 1, 2] = np.nan if name.startswith("nan") else 0
    case(f"reduce.{name}", lambda x: fn(x, 1), x)

np.savez("reference.npz", **store)
print(len(store), "arrays")
