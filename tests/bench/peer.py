#!/usr/bin/env python3
"""The other side of the benchmarks: times expressions in PyTorch, or NumPy, in their best
configuration.

Started by the benchmark programs. Says in its first line "ok" and what it runs, or "no" and why it
does not. Then reads requests, a line each, and answers with a number and, behind a blank, what is
to be said about it:

    NAME \t OPERANDS \t forward|grad \t MODE \t EXPRESSION    seconds of one call, 0 if it cannot
    memory                                                    largest resident size in MiB

Operands are x, y, z to the expression, and all of them the list t; bench.h says how they are
written. An expression whose value is a function is evaluated once, and the function is timed.
"""
import gc
import os
import sys
import time

os.environ.setdefault("TORCHINDUCTOR_COMPILE_THREADS", "1")  # leaves no processes behind
answers = os.fdopen(os.dup(1), "w")
os.dup2(2, 1)  # whatever else is printed does not answer


def say(text):
    print(text.replace("\n", " ")[:400], file=answers, flush=True)


def refuse(text):
    say("no " + text)
    sys.exit(1)


try:
    import torch
    import torch.nn.functional as F
except ImportError as e:
    refuse("%s: %s" % (sys.executable, e))
if tuple(int(n) for n in torch.__version__.split(".")[:2]) < (2, 4):
    refuse("%s: PyTorch %s is too old, 2.4 or later is compared with" % (sys.executable,
                                                                      torch.__version__))
try:
    import numpy
except ImportError:
    numpy = None

import peer_models

LONG_CALL = 0.3  # as in bench.c
SLICE = 0.01 if "quick" in sys.argv else 0.05
DTYPES = {"f16": torch.float16, "bf16": torch.bfloat16}


def blas_of_numpy():
    """OpenBLAS's version and the kernel that it picked."""
    try:
        import threadpoolctl
    except ImportError:
        return "its BLAS is not known without threadpoolctl"
    for info in threadpoolctl.threadpool_info():
        if info["user_api"] == "blas" and "torch" not in info["filepath"]:
            return "%s %s, %s, %s" % (info["internal_api"], info["version"],
                                      info.get("architecture", "kernel not known"),
                                      info.get("threading_layer", "threads not known"))
    return "BLAS not known"


def about():
    import platform
    import re

    config = torch.__config__.show()
    blas = re.search(r"BLAS_INFO=(\w+)", config)
    blas = blas.group(1) if blas else "not known"
    mkl = re.search(r"Math Kernel Library Version (\S+?)(-Product)? ", config)
    if mkl and blas == "mkl":
        blas = "MKL " + mkl.group(1)
    onednn = re.search(r"MKL-DNN (v\S+)", config)
    parts = ["Python " + platform.python_version(),
             "PyTorch %s (%s, BLAS: %s, oneDNN: %s)" % (
                 torch.__version__, torch.backends.cpu.get_cpu_capability(), blas,
                 onednn.group(1) if onednn else "no")]
    if numpy:
        parts.append("NumPy %s (%s)" % (numpy.__version__, blas_of_numpy()))
    try:
        import scipy
        parts.append("SciPy " + scipy.__version__)
    except ImportError:
        pass
    return "; ".join(parts + ["%d threads" % torch.get_num_threads()])


def reset_peak():
    gc.collect()
    try:
        import ctypes
        ctypes.CDLL(None).malloc_trim(0)
        with open("/proc/self/clear_refs", "w") as f:
            f.write("5")
    except (AttributeError, OSError):
        pass


def peak():
    try:
        with open("/proc/self/status") as f:
            return [int(line.split()[1]) / 1024 for line in f if line.startswith("VmHWM")][0]
    except (OSError, IndexError):
        return 0.0


def operands(text):
    made = []
    for one in filter(None, text.split("; ")):
        words, times, param, below, dtype = one.split(), 1, False, 0, torch.float32
        shape = [int(n) for n in words.pop().split("x")]
        while words:
            word = words.pop(0)
            if word == "param":
                param = True
            elif word == "below":
                below = int(words.pop(0))
            elif word in DTYPES:
                dtype = DTYPES[word]
            elif words.pop(0) == "of":
                times = int(word)
        for _ in range(times):
            x = torch.randint(0, below, shape) if below else torch.randn(shape).to(dtype)
            made.append(x.requires_grad_(param))
    return made


class Case:
    """One request made ready: its operands, its call, and how often it is repeated."""

    def __init__(self, text, forward, mode, expression):
        peer_models.MODE.autocast = "autocast" in mode
        peer_models.MODE.compiled = "compiled" in mode
        self.forward = forward == "forward"
        t = operands(text)
        names = dict(vars(peer_models), torch=torch, F=F, numpy=numpy, t=t)
        if expression.startswith(("numpy.", "scipy.")):
            if numpy is None:
                raise RuntimeError("no NumPy")
            t = names["t"] = [x.numpy() for x in t]
        if expression.startswith("scipy."):
            import scipy.linalg
            names["scipy"] = scipy
        self.call = eval("lambda %s: lambda: %s" % (", ".join("xyz"), expression), names)(
            *(t + [None] * 3)[:3])
        with torch.inference_mode(self.forward):
            value = self.call()
        if callable(value):
            self.call = value
        once = self.seconds(1)
        if once < LONG_CALL or peer_models.MODE.compiled:
            once = self.seconds(1)
        self.repeats = max(1, int(SLICE / max(once, 1e-7)))

    def seconds(self, n):
        f = self.call
        with torch.inference_mode(self.forward):
            begin = time.perf_counter()
            for _ in range(n):
                f()
            return (time.perf_counter() - begin) / n


def main():
    import warnings

    warnings.filterwarnings("ignore")
    torch.set_num_threads(int(os.environ.get("OMP_NUM_THREADS", "2")))
    say("ok " + about())
    name, case = None, None
    for line in sys.stdin:
        if line == "memory\n":
            say("%.3f" % peak())
            continue
        request = line.rstrip("\n").split("\t")
        try:
            if request[0] != name:
                name, case = request[0], None  # frees what the case before held
                reset_peak()
                case = Case(*request[1:])
            say("%.9e" % case.seconds(case.repeats))
        except Exception as e:
            name, case = None, None
            say("0 %s: %s" % (type(e).__name__, str(e).strip().split("\n")[0]))


main()
