"""What the Python tests of the programs share: running them, on a terminal too, and counting faults.

A test file is called with GPT2 MLP BLOCK PROJECT-ROOT, and ends by main(), which runs its functions
test_*, each in an empty folder of its own.
"""
import fcntl
import os
import pty
import re
import select
import signal
import struct
import subprocess
import sys
import tempfile
import termios
import time
import traceback

GPT2, MLP, BLOCK, ROOT = (os.path.realpath(a) for a in sys.argv[1:5])
SHIPPED = os.path.join(ROOT, "examples/models/shakespeare")
DIGITS = os.path.join(ROOT, "examples/data/digits.csv.gz")
SHAKESPEARE = os.path.join(ROOT, "examples/data/shakespeare.txt")
# a model and a training of a few milliseconds
TINY = ("--n-layer 1 --n-head 2 --n-embd 16 --block-size 16 --batch-size 4 --warmup 5 --eval-iters 2 "
        "--eval-every 10 --threads 1").split()


def text(size=16000, path="text"):
    """A text of so many bytes, as a file in the test's folder."""
    with open(SHAKESPEARE, "rb") as f, open(path, "wb") as to:
        to.write(f.read(size))
    return path


def train(out, *more, data="text", steps=20):
    return [GPT2, "train", "--data", data, "--out", out, "--steps", str(steps)] + TINY + list(more)


class Ended:
    def __init__(self, code, out, err):
        self.code, self.raw, self.err = code, out, err
        self.out = out.decode(errors="replace")


def run(command, code=0, says=None, input=None, **more):
    """Runs a command, which must end with this code and, if it fails, one line that holds `says`."""
    p = subprocess.run(command, input=input or b"", stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=120, **more)
    e = Ended(p.returncode, p.stdout, p.stderr.decode(errors="replace"))
    words = " ".join(os.path.basename(command[0]) if i == 0 else c for i, c in enumerate(command))
    assert e.code == code, "%s: exit %s, not %s: %s" % (words, e.code, code, e.err)
    if says is not None:
        assert says in e.err, "%s: %r is not in: %s" % (words, says, e.err)
    if code:
        assert e.err.count("\n") == 1, "%s: not one line: %s" % (words, e.err)
    return e


# Whoever began the tests in the background had Ctrl-C ignored, which a command would inherit.
signal.signal(signal.SIGINT, signal.default_int_handler)


def start(command, **more):
    return subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, **more)


def wait_for(condition, seconds=30):
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "nothing came of %d s of waiting" % seconds
        time.sleep(0.005)


class Screen:
    """What a command wrote to a terminal: pieces with the second at which they came."""

    def __init__(self):
        self.pieces, self.code = [], None

    @property
    def all(self):
        return b"".join(p for _, p in self.pieces).decode(errors="replace")

    def lines(self):
        """What stands there at the end: each line as the last of what was drawn over it."""
        shown = []
        for line in self.all.split("\n"):
            shown.append(line.rstrip("\r").split("\r")[-1].replace("\x1b[K", ""))
        return shown

    def silence(self):
        """The longest time in which nothing was drawn."""
        times = [t for t, _ in self.pieces]
        return max([b - a for a, b in zip(times, times[1:])] + [times[0] if times else 1e9])


def terminal(command, columns=100, when=None, send=signal.SIGINT, seconds=120, env=None):
    """Runs a command on a terminal. when: a signal is sent once this is on the screen."""
    screen, began = Screen(), time.monotonic()
    pid, fd = pty.fork()
    if pid == 0:
        os.environ.update(env or {})
        os.execv(command[0], command)
    fcntl.ioctl(fd, termios.TIOCSWINSZ, struct.pack("HHHH", 30, columns, 0, 0))
    while True:
        ready, _, _ = select.select([fd], [], [], seconds)
        assert ready, "%s hangs: %s" % (command, screen.all[-500:])
        try:
            piece = os.read(fd, 65536)
        except OSError:  # the other end is closed
            break
        if not piece:
            break
        screen.pieces.append((time.monotonic() - began, piece))
        if when and re.search(when, screen.all):
            os.kill(pid, send)
            when = None
    os.close(fd)
    _, status = os.waitpid(pid, 0)
    screen.code = os.waitstatus_to_exitcode(status)
    return screen


def traces():
    """Whether strace works here, for what cannot be brought about otherwise."""
    try:
        return subprocess.run(["strace", "-o", "/dev/null", "true"], stderr=subprocess.DEVNULL).returncode == 0
    except OSError:
        return False


def main(names):
    wrong, home = 0, os.getcwd()
    for name, test in list(names.items()):
        if not name.startswith("test_"):
            continue
        with tempfile.TemporaryDirectory() as folder:
            os.chdir(folder)
            began = time.monotonic()
            try:
                test()
            except Exception:  # a fault of a test is no reason to leave out the others
                wrong += 1
                print("FAILED %s" % name)
                traceback.print_exc(file=sys.stdout)
            print("%-50s %6.2f s" % (name, time.monotonic() - began))
            os.chdir(home)
    sys.exit(1 if wrong else 0)
