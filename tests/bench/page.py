"""The pages that tests/bench/run writes: what was measured, as tables in Markdown."""
import datetime
import os
import platform
import re
import subprocess

TITLES = {
    "ops": "Operations and small networks",
    "einops": "Patterns",
    "indexing": "Indexing",
    "convolution": "Convolution, pooling, normalisation of channels",
    "sorting": "Order",
    "linalg": "Linear algebra",
    "matrices": "Functions of matrices",
    "gemv": "Few rows times many weights",
    "gpt2": "GPT-2",
    "threads": "Threads",
}
ABOUT = {
    "gemv": "What generation does: reading the weights is all the work, so that a rate is to be "
    "compared with that of the plain reader. With 16-bit weights PyTorch's row is of 16 bits as "
    "well; ours stays float32.",
    "gpt2": "124M: 12 layers of width 768, 12 heads, vocabulary 50,257; nano: 4 layers of width "
    "128, vocabulary 65. A training step is forward, backward and AdamW. \"Products\" are those of "
    "a step and nothing else: its ceiling. \"16+64\" generates 64 tokens after a prompt of 16; "
    "reading the weights 64 times is its floor. bf16 and f16: the weights are stored so; PyTorch "
    "then computes in that type, our activations stay float32. In rows named autocast or compiled "
    "that is PyTorch's mode; ours is the same float32 step. Memory is the largest resident size.",
}


class Row:
    """A line of a program; bench.h has the fields."""

    def __init__(self, fields):
        self.name, self.operands = fields[:2]
        self.ours, self.peer, self.ratio, self.low, self.high = map(float, fields[2:7])
        self.rate, mib, peer_mib, self.why, p = fields[7:]
        self.mib, self.peer_mib, self.product = float(mib), float(peer_mib), p == "1"
        self.again = None


class Table:
    def __init__(self, subject):
        self.subject, self.ours, self.peer, self.failed = subject, "", "", False
        self.rows, self.notes, self.text = [], [], []
        self.haswell, self.haswell_about = {}, []


class Facts:
    """The machine, and how the run went."""

    def __init__(self, load, took, quick, missing, coretype):
        self.load, self.took, self.quick, self.missing = load, took, quick, missing
        self.coretype = coretype
        self.date = datetime.date.today().isoformat()


def seconds(s):
    if s <= 0:
        return "-"
    for unit, size in (("ns", 1e-9), ("us", 1e-6), ("ms", 1e-3)):
        if s < 1000 * size or unit == "ms":
            return "%s %s" % ("%.0f" % (s / size) if unit == "ns" else "%.2f" % (s / size), unit)


def times(ratio):
    return "%.2fx" % ratio if ratio > 0 else ""


def kernels(coretype):
    """What is said of the kernels that OpenBLAS picks."""
    if not coretype:
        return "OPENBLAS_CORETYPE and OPENBLAS_L2_SIZE are unset for both sides."
    return ("OPENBLAS_CORETYPE is %s for both sides, since our OpenBLAS is older than the processor and "
            "falls back to kernels without vectors where it is unset (README.md); PyTorch's BLAS is another, "
            "and NumPy's picks the same kernels by itself." % coretype)


def swing(r):
    return "%.2f to %.2f" % (r.low, r.high) if r.ratio > 0 else ""


def table(titles, rows, texts=1):
    """The first columns are text, the others are figures."""
    lines = ["| " + " | ".join(titles) + " |",
             "|" + "---|" * texts + "--:|" * (len(titles) - texts)]
    return "\n".join(lines + ["| " + " | ".join(row) + " |" for row in rows]) + "\n"


def read(path):
    try:
        with open(path) as f:
            return f.read().strip()
    except OSError:
        return ""


def processor():
    info = {}
    for line in read("/proc/cpuinfo").split("\n\n")[0].split("\n"):
        key, _, value = line.partition(":")
        info[key.strip()] = value.strip()
    text = info.get("model name", platform.processor() or platform.machine())
    if "cpu family" in info:
        text += " (family %s, model %s)" % (info["cpu family"], info.get("model", "?"))
    caches = []
    for i in range(8):
        folder = "/sys/devices/system/cpu/cpu0/cache/index%d/" % i
        if read(folder + "type") in ("Data", "Unified"):
            caches.append("L%s %s" % (read(folder + "level"), read(folder + "size")))
    return text + (", caches " + ", ".join(caches) if caches else "")


def usable():
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()


def commit():
    try:
        return subprocess.run(["git", "-C", os.path.dirname(__file__), "rev-parse", "--short",
                               "HEAD"], capture_output=True, text=True, check=True).stdout.strip()
    except (OSError, subprocess.CalledProcessError):
        return ""


def machine(tables, facts):
    release = re.match(r"[\d.]*", platform.release()).group()
    lines = ["- Processor: %s; %d usable" % (processor(), usable()),
             "- System: %s %s, %s" % (platform.system(), release, platform.machine()),
             "- Date: %s; the run took %d min %02d s, load average at its begin %.2f" % (
                 facts.date, facts.took // 60, facts.took % 60, facts.load)]
    return lines


def has_peer(t):
    return any(row.peer > 0 for row in t.rows)


def main_table(t):
    memory = t.subject == "gpt2"
    titles = ["case", "operands", "ours"]
    titles += ["peer", "ratio", "rounds"] if has_peer(t) else []
    titles += ["our rate"] + (["our memory"] if memory else [])
    titles += ["the peer's"] if memory and has_peer(t) else []
    rows = []
    for r in t.rows:
        operands = r.operands if len(r.operands) < 60 else r.operands[:56] + " ..."
        row = [r.name, operands, seconds(r.ours)]
        row += [seconds(r.peer), times(r.ratio), swing(r)] if has_peer(t) else []
        row += [r.rate] + (["%.0f MiB" % r.mib] if memory else [])
        row += ["%.0f MiB" % r.peer_mib if r.peer > 0 else ""] if memory and has_peer(t) else []
        rows.append(row)
    return table(titles, rows, 2)


def skipped(t):
    lines = ["- %s: no figure of the peer (%s)" % (r.name, r.why) for r in t.rows if r.why]
    lines += ["- " + note for note in t.notes]
    return "\n".join(lines) + "\n" if lines else ""


def section(t):
    parts = ["## %s\n" % TITLES.get(t.subject, t.subject)]
    if t.subject in ABOUT:
        parts.append(ABOUT[t.subject] + "\n")
    if t.rows:
        parts.append(main_table(t))
    if t.text:
        parts.append("```\n" + "".join(t.text) + "```\n")
    return "\n".join(parts + [skipped(t)] if skipped(t) else parts)


def products(tables):
    """Matrix products with the kernels that OpenBLAS picks, and with those for Haswell."""
    pairs = [(r, t.haswell[r.name]) for t in tables for r in t.rows if r.name in t.haswell]
    if not pairs:
        return ""
    rows = []
    for plain, other in pairs:
        row = [plain.name]
        for r in (plain, other):
            row += [seconds(r.ours), seconds(r.peer), times(r.ratio)]
        rows.append(row)
    titles = ["case", "ours", "peer", "ratio", "ours, Haswell", "peer, Haswell", "ratio, Haswell"]
    about = "".join("- %s\n" % text for text in next(
        (t.haswell_about for t in tables if t.haswell), []) if text)
    return ("## Products with two kernels of OpenBLAS\n\n"
            "The kernel that OpenBLAS picks on this processor, and its kernel for Haswell\n"
            "(`OPENBLAS_CORETYPE=Haswell`, set for both sides; a peer with a BLAS of its own\n"
            "does not heed it). With it:\n\n" + about + "\n" + table(titles, rows))


HOW = """## How to repeat it

```
meson setup build && ninja -C build
TT_PEER_PYTHON=/path/to/python tests/bench/run        # this page; or: ninja -C build bench
tests/bench/run --quick ops gemv                      # some subjects, few rounds, to the screen
tests/bench/run --peer none                           # without a peer: our figures alone
tests/bench/run --against /path/to/old/build/lib      # our rows on two builds of the library
build/tests/bench/bench_ops softmax                   # rows whose name holds a word
```

`TT_PEER_PYTHON` is a Python that has PyTorch 2.4 or later, NumPy, and threadpoolctl to name
NumPy's BLAS (`pip install torch numpy scipy threadpoolctl`); without it `python3` is asked. PyTorch
compiles (`torch.compile`) with the C++ compiler that it finds; a row that it cannot run has no
figure and a reason. The machine should be quiet: both sides swing with what else it does.
"""

CONFIGURATION = """The peer is PyTorch in its best configuration: `inference_mode` where no gradient
is wanted, `scaled_dot_product_attention`, fused AdamW, keys and values cached in place; NumPy with `optimize=True` where a row says so. Memory comes from libc on both sides.
"""


def wrap(text, width=100):
    import textwrap
    return "\n".join(textwrap.fill(p, width, break_long_words=False, break_on_hyphens=False)
                     for p in text.split("\n\n")) + "\n"


def performance(tables, facts):
    peers = [t.peer for t in tables if t.peer and not t.peer.startswith("none")]
    without = next((t.peer for t in tables if t.peer.startswith("none")), "")
    about = machine(tables, facts)
    ours = next((t.ours for t in tables if t.ours), "")
    about.append("- Ours: %s%s" % (ours, "; commit " + commit() if commit() else ""))
    about.append("- Peer: " + (peers[0] if peers else without or "none"))
    rounds = "3 short rounds or 1 long one" if facts.quick else (
        "7 rounds, of 5 where a call takes more than 0.3 s, of 3 where it takes more than 2 s")
    intro = wrap("Written by `tests/bench/run`. Both sides of a row are timed alternately in one "
                 "run, on the same number of threads, float32 unless a row says otherwise. A "
                 "figure is the median of %s. The ratio, how many times faster ours is, is the "
                 "median of the rounds' ratios, which stand beside it from the lowest to the "
                 "highest. %s "
                 "Ratios near 1 mean \"the same\": memory and clock of a machine swing."
                 % (rounds, kernels(facts.coretype)))
    parts = ["# Performance\n", intro]
    parts += ["**A quick trial**: too few rounds for figures to rely on.\n"] if facts.quick else []
    parts.append(wrap(CONFIGURATION) if peers else
                 "**Without a peer**: these are our figures alone.\n")
    parts += ["## The machine\n", "\n".join(about) + "\n", HOW]
    parts += [section(t) for t in tables]
    parts += [products(tables)] if products(tables) else []
    if facts.missing:
        parts.append("Not built, so not measured: %s.\n" % ", ".join(facts.missing))
    return "\n".join(parts)


def comparison(tables, facts):
    """Before and after: the same rows of ours on two libraries."""
    parts = ["# Before and after\n",
             wrap("Each row on two builds of the library, alternating, medians; the ratio is "
                  "before / after, above 1 is faster now, beside it the rounds' from the lowest to "
                  "the highest. Rows that came out below 0.97 were measured "
                  "again with more rounds: the second figures are shown, the first ratio behind "
                  "them."), "\n".join(machine(tables, facts)) + "\n"]
    slower = []
    for t in tables:
        rows = []
        for first in t.rows:
            r = first.again or first
            if 0 < r.ratio < 0.97:
                slower.append("%s (%s)" % (r.name, times(r.ratio)))
            rows.append([r.name, seconds(r.peer), seconds(r.ours), times(r.ratio), swing(r),
                         times(first.ratio) if first.again else ""])
        parts += ["## %s\n" % TITLES.get(t.subject, t.subject),
                  "- before: %s\n- after: %s\n" % (t.peer, t.ours),
                  table(["case", "before", "after", "ratio", "rounds", "first"], rows), skipped(t)]
    parts.append("Slower than 0.97: %s.\n" % (", ".join(slower) if slower else "no row"))
    return "\n".join(p for p in parts if p)
