#!/usr/bin/env python3
"""The programs on a terminal: what they say that they have loaded, a line that moves while they work
and leaves no trace, and a last line when they are done; and that elsewhere nothing of it is seen.

usage: test_terminal.py GPT2 MLP BLOCK PROJECT-ROOT
"""
from programs import *

BAR = r"\[#*\.*\] +\d+%  (\d+:\d\d|-:--) left  "
MOST = 1.5  # seconds without a sign of life: a second, and what a busy machine adds


def check(screen, *patterns):
    """It ended well, showed these, was not silent, and left no bar."""
    assert screen.code == 0, (screen.code, screen.all)
    for p in patterns:
        assert re.search(p, "\n".join(screen.lines()) + screen.all, re.M), "%r is not on the screen: %s" % (
            p, screen.all[-3000:])
    assert screen.silence() < MOST, "%.1f s of silence: %s" % (screen.silence(), screen.all)
    for line in screen.lines():
        assert not re.search(BAR, line), "a bar is left: %r" % line
    return screen


def longer(screen_of, n, *patterns):
    """screen_of(n) shows these. What is done at once is not shown, so n is doubled for a quick machine."""
    began = time.monotonic()
    s = screen_of(n)
    while time.monotonic() - began < 3 and not all(re.search(p, s.all, re.M) for p in patterns):
        n, began = 2 * n, time.monotonic()
        s = screen_of(n)
    return check(s, *patterns)


def slow(call, n, seconds, command):
    """The command, with its n-th system call of this name taking longer."""
    return ["/usr/bin/env", "strace", "-f", "-o", "/dev/null", "-e", "trace=" + call, "-e",
            "inject=%s:delay_enter=%d:when=%d" % (call, seconds * 1e6, n)] + command


def test_training():
    text()
    longer(lambda n: terminal(train("b%d" % n, steps=n)), 1500, BAR + r"loss [0-9.]+  \d+ tokens/s")
    s = check(terminal(train("m", steps=1500)), r"^text: 16000 tokens of a vocabulary of \d+, 14400 of them to train on",
              r"^m: 1 layers, 0\.0\d million parameters; 1 thread$",
              r"^step  1500  train loss", r"^val loss [0-9.]+$", r"^the model is in m: tinytensor-gpt2 generate --model m")
    assert s.lines()[0].startswith("text: ") and s.lines()[1].startswith("m: "), s.lines()
    assert s.lines()[2].startswith("step     0 "), s.lines()


def test_training_with_long_calls():
    """Evaluating and saving are shown, too."""
    if not traces():
        return
    text()
    check(terminal(slow("fsync", 2, 2, train("m", steps=5))), r"saving", r"^val loss")
    longer(lambda n: terminal(train("n%d" % n, "--eval-iters", str(n), steps=2)), 3000, BAR + "evaluating")


def test_a_narrow_window():
    text()
    s = longer(lambda n: terminal(train("m%d" % n, steps=n), columns=40), 1500, r"\[[#.]{30}\]")
    for part in re.split(r"[\r\n]", s.all):
        if part.startswith("[#") or part.startswith("[."):
            assert len(part.replace("\x1b[K", "")) < 40, part


def test_hours():
    """What takes days is told in hours."""
    text()
    s = terminal(train("m", steps=100000000), when=r"\] +0%  \d+:\d\d:\d\d left")
    assert s.code == 0, (s.code, s.all[-500:])
    assert all(int(m) < 60 for m in re.findall(r"\] +\d+%  \d+:(\d\d):\d\d left", s.all))


def test_evaluation():
    longer(lambda n: terminal([GPT2, "eval", "--model", SHIPPED, "--data", text(n), "--stride", "64"]), 16000,
           BAR + r"loss [0-9.]+")
    text(16000)
    s = check(terminal([GPT2, "eval", "--model", SHIPPED, "--data", "text", "--stride", "64"]),
              r"shakespeare: 4 layers, 2\.0 million parameters in float16; \d+ threads?", r"^text: \d+ tokens",
              r"^tokens \d+$")
    assert run([GPT2, "eval", "--model", SHIPPED, "--data", "text", "--stride", "64"]).out.splitlines() == \
        [l for l in s.lines() if re.match("loss|perplexity|bits|tokens", l)]


def test_conversion_and_logits():
    check(terminal([GPT2, "convert", "--model", SHIPPED, "--out", "m", "--dtype", "f32"]),
          r"^m: 2\.0 million parameters in float32, 8\.0 MB")
    if traces():
        check(terminal(slow("fsync", 4, 2, [GPT2, "convert", "--model", SHIPPED, "--out", "m", "--dtype", "bf16"])), "writing")
        check(terminal(slow("fsync", 1, 2, [GPT2, "logits", "--model", SHIPPED, "--ids", "1,2", "--out", "x.npy"])), "computing the logits")
    check(terminal([GPT2, "logits", "--model", SHIPPED, "--ids", "1,2,3", "--out", "x.npy"]), r"^x\.npy: 3 tokens, 1024 logits each")
    check(terminal([GPT2, "grads", "--model", SHIPPED, "--ids", "1,2", "--targets", "2,3", "--out", "g"]), r"^g: the gradients of 52")


def test_learning_a_vocabulary():
    data = open(text(1100000), "rb").read()

    def large(n):
        with open("large", "wb") as f:
            for i in range(n):
                f.write(data.replace(b"e", b"%d" % i))

    def learn(n):
        large(n)
        return terminal([GPT2, "train-tokenizer", "--data", "large", "--vocab-size", "12000", "--out", "words%d" % n])

    def cut(n):
        large(n)
        return terminal(train("m%d" % n, "--tokenizer", "words12", data="large", steps=1))

    check(learn(12), r"^large: 13\.\d MB of text", r"^12000 tokens, 11743 of them merges")
    longer(learn, 13, BAR + "(counting words|merging pairs)")
    longer(cut, 12, BAR + "cutting the text into tokens")


def test_generation():
    s = longer(lambda n: terminal([GPT2, "generate", "--model", SHIPPED, "--prompt", "ROMEO:", "--tokens", str(n), "--no-cache"]),
               150, BAR + "generating", r"^\d+ tokens in")
    assert "ROMEO:" in "".join(s.lines()[:3]), s.lines()[:3]
    plain = run([GPT2, "generate", "--model", SHIPPED, "--prompt", "ROMEO:", "--tokens", "50"]).out
    s = terminal([GPT2, "generate", "--model", SHIPPED, "--prompt", "ROMEO:", "--tokens", "50", "--stream"])
    assert plain in s.all.replace("\r\n", "\n"), s.all


def test_perceptron():
    longer(lambda n: terminal([MLP, "--data", DIGITS, "--epochs", str(n)]), 40, BAR + r"epoch \d+ of \d+  val accuracy [0-9.]+")
    s = check(terminal([MLP, "--data", DIGITS]), r"digits\.csv\.gz: \d+ rows of 64 numbers to train on, \d+ to test on, 10 classes",
              r"^val accuracy [0-9.]+$")
    assert len([l for l in s.lines() if l.startswith("epoch ")]) == 20, s.lines()
    for epochs, most in ((20, 20), (21, 20), (39, 20), (100, 20), (101, 20)):
        out = run([MLP, "--data", DIGITS, "--epochs", str(epochs), "--hidden", "4", "--batch-size", "500"]).out
        lines = [l for l in out.splitlines() if l.startswith("epoch")]
        assert 10 < len(lines) <= most and lines[-1].startswith("epoch %2d " % epochs), (epochs, lines)
    out = run([MLP, "--data", DIGITS, "--epochs", "41", "--hidden", "4", "--batch-size", "500", "--verbose"]).out
    assert out.count("epoch ") == 41


def test_transformer_block():
    s = longer(lambda n: terminal([BLOCK, "--steps", str(n)]), 200, BAR + "training")
    check(s, r"^accuracy [0-9.]+$")


def test_errors_leave_no_bar():
    text(1000000)
    open("bad.csv", "w").write("1,2,0\n" * 300000 + "1,x,0\n")
    s = terminal([MLP, "--data", "bad.csv"])
    assert s.code == 1 and s.lines()[-2] == "tinytensor-mlp: bad.csv: line 300001, column 2: not a number", s.lines()
    s = terminal(train("m", "--lr", "1000", "--grad-clip", "0", "--warmup", "400", steps=3000))
    assert s.code == 1 and s.lines()[-2].startswith("tinytensor-gpt2: "), s.lines()


def test_ctrl_c_on_a_terminal():
    text()
    s = terminal(train("m", steps=1000000), when=r"tokens/s")
    assert s.code == 0 and re.match(r"interrupted after step \d+; continue with --resume", s.lines()[-2]), s.lines()[-3:]
    s = terminal([MLP, "--data", DIGITS, "--epochs", "10000", "--save", "w"], when=r"epoch \d+ of", send=signal.SIGTERM)
    assert s.code == 0 and s.lines()[-2].startswith("val accuracy"), s.lines()[-3:]


main(globals())
