#!/usr/bin/env python3
"""The command lines of the programs: what every program takes, hints, and "-" for files.

usage: test_flags.py GPT2 MLP BLOCK PROJECT-ROOT
"""
import gzip
import os
import re

from programs import *

COMMANDS = "train generate eval logits grads tokenize detokenize train-tokenizer convert info".split()
ALL = [[MLP], [BLOCK], [GPT2]] + [[GPT2, c] for c in COMMANDS]


def test_version_everywhere():
    for command in ALL:
        lines = run(command + ["--version"]).out.splitlines()
        assert re.fullmatch(r"tinytensor-[a-z0-9-]+ \d+\.\d+\.\d+", lines[0]), lines
        assert lines[0].split()[0] == os.path.basename(command[0]), lines
        assert lines[1].startswith("libtinytensor "), lines


def flags(command):
    """The rows of --help-flags, by their first field."""
    rows = {}
    for line in run(command + ["--help-flags"]).out.splitlines():
        fields = line.split("\t")
        rows.setdefault(fields[0], []).append(fields[1:])
    return rows


def test_the_listing_for_machines_and_the_help_agree():
    assert [c for c, _ in flags([GPT2])["command"]] == COMMANDS
    for command in ALL:
        rows = flags(command)
        assert len(rows["program"]) == 1 and len(rows["program"][0]) == 2, rows
        help = run(command + ["--help"]).out
        for row in rows["flag"]:
            assert len(row) == 7, row
            name, kind, what, default, low, high, about = row
            assert kind in "text choice in out int real flag".split(), row
            assert name in help, (name, help)
            assert about and (kind == "flag") == (what == ""), row
            assert (low != "") == (high != "") == (kind in ("int", "real")), row
        for name in re.findall(r"^  (--[a-z0-9-]+)", help, re.M):
            assert name in [r[0] for r in rows["flag"]], name


def test_help_fits_a_terminal():
    for command in ALL:
        lines = run(command + ["--help"]).out.splitlines()
        for line in lines:
            assert len(line) <= 80 or " " not in line.strip(), line
    assert run([GPT2, "help"]).out == run([GPT2, "--help"]).out
    assert run([GPT2, "help", "train"]).out == run([GPT2, "train", "--help"]).out
    run([GPT2, "help", "trian"], 2, "no command 'trian' (did you mean train?)")


def test_values_behind_equals_signs():
    one = run([MLP, "--epochs=1", "--seed=3", "--data=" + DIGITS]).out
    assert one == run([MLP, "--epochs", "1", "--seed", "3", "--data", DIGITS]).out
    assert run([GPT2, "tokenize", "--model=" + SHIPPED, "a=b"]).out.strip()
    run([GPT2, "generate", "--greedy=1"], 2, "--greedy: has no value")
    run([GPT2, "generate", "--help=1"], 2, "--help: has no value")
    run([MLP, "--epochs="], 2, "--epochs: a whole number is needed, not ''")
    run([GPT2, "generate", "--model="], 2, "--model: a path is needed, not ''")
    run(train("", data=SHAKESPEARE), 2, "--out: a path is needed, not ''")
    run([MLP, "--epoch=1"], 2, "--epoch: no such flag (did you mean --epochs?)")


def test_what_may_have_been_meant():
    for typed, meant in (("trian", "train"), ("generte", "generate"), ("tokenise", "tokenize"), ("inf", "info")):
        run([GPT2, typed], 2, "no command '%s' (did you mean %s?)" % (typed, meant))
    assert "did you mean" not in run([GPT2, "zebra"], 2, "no command 'zebra'").err
    run([GPT2, "--versoin"], 2, "(did you mean --version?)")
    run([GPT2, "--model", SHIPPED], 2, "--model: a command comes before its flags")
    for command, typed, meant in (([MLP], "--batch_size", "--batch-size"), ([MLP], "--confuson", "--confusion"),
                                  ([BLOCK], "--layer", "--layers"), ([GPT2, "train"], "--n-embed", "--n-embd"),
                                  ([GPT2, "generate"], "--temp", "--temperature"), ([MLP], "--versoin", "--version")):
        run(command + [typed, "3"], 2, "%s: no such flag (did you mean %s?)" % (typed, meant))
    assert "did you mean" not in run([MLP, "--bogus"], 2, "--bogus: no such flag").err


def test_bounds_and_choices_are_named():
    run([MLP, "--lr", "-1"], 2, "--lr: the number is out of bounds: -1 is not within 0 to 1000000")
    run([GPT2, "train", "--dropout", "1"], 2, "1 is not within 0 to 0.99")
    run([GPT2, "train", "--steps", "1e10"], 2, "1e10 is not within 0 to 1000000000")
    run([MLP, "--activation", "sine"], 2, "--activation: relu, tanh or gelu, not 'sine'")
    run([MLP, "--activation", "rel"], 2, "--activation: relu, tanh or gelu, not 'rel'")
    run([BLOCK, "--task", ""], 2, "--task: copy or induction, not ''")
    run([MLP, "digits.csv"], 2, "'digits.csv': every argument has a flag before it")


def test_info_takes_a_folder():
    assert run([GPT2, "info", SHIPPED]).out == run([GPT2, "info", "--model", SHIPPED]).out
    run([GPT2, "info", SHIPPED, SHIPPED], 2, "one folder is needed")
    run([GPT2, "info", SHIPPED, "--model", SHIPPED], 2, "one folder is needed")
    run([GPT2, "info"], 2, "DIR or --model is needed")


def test_generate_takes_the_shipped_model():
    env = dict(os.environ, TT_DATA_DIR=os.path.join(ROOT, "examples"))
    e = run([GPT2, "generate", "--tokens", "5", "--prompt", "ROMEO:", "--greedy"], env=env)
    assert e.out == run([GPT2, "generate", "--tokens", "5", "--prompt", "ROMEO:", "--greedy", "--model", SHIPPED]).out
    assert "the model is %s/examples/models/shakespeare, which ships" % ROOT in e.err, e.err
    assert run([GPT2, "generate", "--tokens", "5", "--prompt", "ROMEO:", "--greedy"], cwd=ROOT,
               env={k: v for k, v in os.environ.items() if k != "TT_DATA_DIR"}).out == e.out
    run([GPT2, "generate", "--tokens", "5"], 2, "--model is needed", env=dict(os.environ, TT_DATA_DIR="nowhere"))


def test_standard_input():
    data = open(text(), "rb").read()
    ids = run([GPT2, "tokenize", "--model", SHIPPED, "--file", "text"]).raw
    assert run([GPT2, "tokenize", "--model", SHIPPED, "--file", "-"], input=data).raw == ids
    assert run([GPT2, "detokenize", "--model", SHIPPED, "--file", "-"], input=ids).raw == data
    assert run([GPT2, "tokenize", "--model", SHIPPED, "--file", "-"], input=b"").raw == b"\n"
    evaluated = run([GPT2, "eval", "--model", SHIPPED, "--data", "text"]).raw
    assert run([GPT2, "eval", "--model", SHIPPED, "--data", "-"], input=data).raw == evaluated
    run(train("a"))
    run(train("b", data="-"), input=data)
    for name in ("model.safetensors", "checkpoint.safetensors", "vocab.json"):
        assert open("a/" + name, "rb").read() == open("b/" + name, "rb").read(), name
    run([GPT2, "train-tokenizer", "--data", "-", "--vocab-size", "300", "--out", "words"], input=data)
    run([GPT2, "train-tokenizer", "--data", "-", "--out", "none"], 1, "-: the file is empty", input=b"")
    rows = open(DIGITS, "rb").read()
    trained = run([MLP, "--data", DIGITS, "--epochs", "1"]).raw
    assert run([MLP, "--data", "-", "--epochs", "1"], input=rows).raw == trained
    assert run([MLP, "--data", "-", "--epochs", "1"], input=gzip.decompress(rows)).raw == trained
    run([MLP, "--data", DIGITS, "--epochs", "1", "--save", "w.npz"])
    weights = open("w.npz", "rb").read()
    assert run([MLP, "--data", DIGITS, "--epochs", "0", "--load", "-"], input=weights).raw == \
        run([MLP, "--data", DIGITS, "--epochs", "0", "--load", "w.npz"]).raw
    prompt = [GPT2, "generate", "--model", SHIPPED, "--tokens", "5", "--greedy"]
    assert run(prompt + ["--prompt-file", "-"], input=b"ROMEO:\n").raw == run(prompt + ["--prompt", "ROMEO:\n"]).raw
    run(prompt + ["--prompt-file", "-", "--prompt", "x"], 2, "--prompt-file and --prompt exclude each other")


def test_standard_output():
    text()
    logits = [GPT2, "logits", "--model", SHIPPED, "--ids", "1,2,3", "--out"]
    run(logits + ["a.npy"])
    os.mkdir("temporary")
    e = run(logits + ["-"], env=dict(os.environ, TMPDIR="temporary"))
    assert os.listdir("temporary") == []
    assert e.raw == open("a.npy", "rb").read() and "3 tokens" in e.err, e.err
    grads = [GPT2, "grads", "--model", SHIPPED, "--ids", "1,2", "--targets", "2,3", "--out"]
    run(grads + ["a.safetensors"])
    assert run(grads + ["-"]).raw == open("a.safetensors", "rb").read()
    mlp = [MLP, "--data", DIGITS, "--epochs", "2"]
    run(mlp + ["--save", "a.npz", "--plot", "a.svg"])
    e = run(mlp + ["--save", "-"])
    assert e.raw == open("a.npz", "rb").read() and "val accuracy" in e.err
    assert run(mlp + ["--plot", "-"]).raw == open("a.svg", "rb").read()
    block = [BLOCK, "--steps", "3"]
    run(block + ["--html", "a.html", "--plot", "b.svg"])
    assert run(block + ["--html", "-"]).raw == open("a.html", "rb").read()
    assert run(block + ["--plot", "-"]).raw == open("b.svg", "rb").read()
    run(train("a", "--log", "a.csv"))
    e = run(train("b", "--log", "-"))
    columns = lambda rows: [r.split(",")[:5] for r in rows.splitlines()]
    assert columns(e.out) == columns(open("a.csv").read()), e.out
    assert "step    10" in e.err, e.err
    run(block + ["--plot", "-", "--html", "-"], 2, "--plot and --html are the same file: '-' would be written twice")


def test_nothing_is_written_over_what_is_read():
    text()
    run(train("m"))
    os.symlink("text", "link")
    os.link("text", "hard")
    os.mkdir("empty")
    refused = [
        (train("n", "--log", "text"), "--log", "--data"), (train("n", "--plot", "link"), "--plot", "--data"),
        (train("n", "--log", "hard"), "--log", "--data"),
        (train("n", "--log", "x", "--plot", "./x"), "--plot", "--log"),
        (train("n", "--log", "x", "--plot", "empty/../x"), "--plot", "--log"),
        (train("n", "--log", "n/../text"), "--log", "--data"),
        (train("n", "--log", "n/k/.././/config.json"), "--out", "--log"),
        (train("m", "--init-from", "./m"), "--out", "--init-from"),
        (train("m", "--tokenizer", "m"), "--out", "--tokenizer"),
        (train("n", "--init-from", "m", "--log", "m/config.json"), "--log", "--init-from"),
        (train("n", "--log", "n/config.json"), "--out", "--log"), (train("m", "--log", "m/model.safetensors"), "--out", "--log"),
        (train("n", data="t?xt") + ["--log", "text"], "--log", "--data"),
        ([GPT2, "convert", "--model", "m", "--out", "m/"], "--out", "--model"),
        ([GPT2, "logits", "--model", "m", "--ids", "1", "--out", "m/model.safetensors"], "--out", "--model"),
        ([GPT2, "grads", "--model", "m", "--ids", "1", "--targets", "1", "--out", "m/vocab.json"], "--out", "--model"),
        ([GPT2, "train-tokenizer", "--data", "m/merges.txt", "--out", "m"], "--out", "--data"),
        ([MLP, "--data", "text", "--save", "text"], "--save", "--data"),
        ([MLP, "--load", "text", "--save", "text"], "--save", "--load"),
        ([MLP, "--data", "text", "--plot", "hard"], "--plot", "--data"),
        ([BLOCK, "--plot", "x", "--html", "x"], "--plot", "--html"),
    ]
    before = open("text", "rb").read()
    for command, a, b in refused:
        run(command, 2, "%s and %s are the same" % (a, b))
    assert open("text", "rb").read() == before and not os.path.exists("n")
    run([GPT2, "logits", "--model", "m", "--ids", "1", "--out", "m/logits.npy"])
    run([GPT2, "logits", "--model", "m", "--ids", "1", "--out", "m/logits.npy"])


main(globals())
