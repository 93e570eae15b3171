#!/usr/bin/env python3
"""Compares tinytensor-gpt2 with Hugging Face transformers, both ways: models trained here open there
and give the same logits, models saved there open here and give the same logits, gradients and greedy
continuations, and the tokenizers give the same ids and texts. A line for each check; exit 1 when one
is wrong. Not part of the tests: it needs PyTorch, transformers and safetensors (checked with PyTorch
1.13, transformers 4.30.2 and tokenizers 0.13.3: a virtual environment that sees the system's PyTorch,
`python3 -m venv --system-site-packages DIR`, then `DIR/bin/pip install transformers==4.30.2
safetensors`).

usage: compare_transformers.py PROGRAM TEXT [GPT2-FOLDER]
PROGRAM: tinytensor-gpt2; TEXT: a text of some 100 kB or more to train on and to tokenize;
GPT2-FOLDER: with GPT-2's published vocab.json and merges.txt.
"""
import os
import random
import subprocess
import sys
import tempfile
import time

import numpy
import torch
from safetensors.numpy import load_file
from transformers import AutoTokenizer, GPT2Config, GPT2LMHeadModel, GPT2Tokenizer, GPT2TokenizerFast

if len(sys.argv) not in (3, 4):
    sys.exit(__doc__)
program, text = sys.argv[1:3]
wrong = 0


def run(*arguments):
    done = subprocess.run([program, *map(str, arguments)], capture_output=True)
    if done.returncode:
        sys.exit(f"{' '.join(map(str, arguments))}: {done.stderr.decode()}")
    return done.stdout


def report(what, ok, detail):
    global wrong
    wrong += not ok
    print(f"{'ok   ' if ok else 'WRONG'} {what}: {detail}", flush=True)


def ids_of(data):
    return list(map(int, data.split()))


def report_off(what, here, there, limit):
    ok = here.shape == there.shape
    off = abs(here - there).max() if ok else numpy.inf
    report(what, off <= limit * abs(there).max(),
           f"off by {off:.1e}, {off / abs(there).max():.1e} of the largest")


def compare_logits(what, folder, model, limit=1e-5):
    ids = [random.randrange(model.config.vocab_size) for _ in range(model.config.n_positions)]
    out = os.path.join(top, "logits.npy")
    run("logits", "--model", folder, "--ids", ",".join(map(str, ids)), "--out", out,
        "--dtype", "f32")
    with torch.no_grad():
        there = model(torch.tensor([ids])).logits[0].numpy()
    report_off(f"{what}: logits", numpy.load(out), there, limit)


def compare_gradients(what, folder, model):
    ids, targets = ([random.randrange(model.config.vocab_size)
                     for _ in range(model.config.n_positions)] for _ in range(2))
    targets[3] = -100
    out = os.path.join(top, "grads.safetensors")
    loss = float(run("grads", "--model", folder, "--ids", ",".join(map(str, ids)),
                     "--targets", ",".join(map(str, targets)), "--out", out).split()[-1])
    model.zero_grad()
    there = torch.nn.functional.cross_entropy(model(torch.tensor([ids])).logits[0],
                                              torch.tensor(targets))
    there.backward()
    grads, theirs = load_file(out), {n: p.grad.numpy() for n, p in model.named_parameters()}
    if grads.keys() != theirs.keys():
        report(f"{what}: gradients", False, f"other names: {grads.keys() ^ theirs.keys()}")
        return
    off = max(abs(grads[n] - g).max() / abs(g).max() for n, g in theirs.items())
    report(f"{what}: loss", abs(loss / there.item() - 1) < 1e-5, f"{loss}, there {there.item()}")
    report(f"{what}: gradients", off < 1e-4, f"all {len(grads)}, off by {off:.1e} of the largest")


def compare_greedy(what, folder, model):
    prompt, n = [5, 17, 99], model.config.n_positions - 3
    there = model.generate(torch.tensor([prompt]), max_new_tokens=n, do_sample=False,
                           eos_token_id=None, pad_token_id=0)[0, 3:].tolist()
    for flags in [], ["--no-cache"]:
        here = ids_of(run("generate", "--model", folder, "--ids", "5,17,99", "--tokens", n,
                          "--greedy", "--dtype", "f32", *flags))
        report(f"{what}: greedy{' without cache' if flags else ''}", here == there,
               f"{n} tokens, {len(set(there))} of them distinct")


def trained_here():
    small = ["--n-layer", 2, "--n-head", 2, "--n-embd", 32, "--block-size", 32, "--steps", 50]
    words = os.path.join(top, "words")
    run("train-tokenizer", "--data", text, "--vocab-size", 500, "--out", words)
    for name, flags in [("char", []), ("words", ["--tokenizer", words])]:
        folder = os.path.join(top, name + "-model")
        run("train", "--data", text, "--out", folder, *flags, *small)
        model, found = GPT2LMHeadModel.from_pretrained(folder, output_loading_info=True)
        report(f"trained here ({name}): opens there", not any(found.values()),
               {k: v for k, v in found.items() if v} or "nothing missing, nothing unknown")
        tied = model.lm_head.weight.data_ptr() == model.transformer.wte.weight.data_ptr()
        report(f"trained here ({name}): tied head", tied, tied)
        compare_logits(f"trained here ({name})", folder, model.eval())
        yield folder, name


def saved_there():
    cases = [(True, "gelu_new", None), (True, "gelu", 100), (False, "gelu", None),
             (False, "gelu_new", 100)]
    for tied, activation, n_inner in cases:
        torch.manual_seed(0)
        model = GPT2LMHeadModel(GPT2Config(
            vocab_size=200, n_positions=40, n_embd=48, n_layer=3, n_head=4, n_inner=n_inner,
            activation_function=activation, tie_word_embeddings=tied, initializer_range=0.3,
            bos_token_id=0, eos_token_id=0)).eval()
        for p in model.parameters():  # biases and norms of a fresh model are 0 and 1
            p.data += 0.05 * torch.randn_like(p)
        folder = os.path.join(top, f"there-{activation}-{tied}")
        model.save_pretrained(folder, safe_serialization=True)
        what = f"saved there ({activation}, {'tied' if tied else 'separate'} head)"
        compare_logits(what, folder, model)
        compare_gradients(what, folder, model)
        compare_greedy(what, folder, model)
    for kind in torch.float16, torch.bfloat16:
        folder = os.path.join(top, f"there-{kind}")
        model.to(kind).save_pretrained(folder, safe_serialization=True)
        compare_logits(f"saved there ({kind})", folder, model.float())


def hard_texts():
    kinds = [(0x20, 0x7f), (0x20, 0x250), (0x370, 0x530), (0x590, 0x780), (0x900, 0xb00),
             (0x3040, 0x3100), (0x4e00, 0x9fff), (0x2000, 0x2070), (0x1f300, 0x1f700),
             (0x300, 0x370), (0xe000, 0x10ffff), (0, 0x20)]
    pieces = [" ", "\n", "\t", "  ", "a", "I'll", "1", "²", "!", "\u00a0", "\u2003", "é", "\r\n"]
    for _ in range(1000):
        yield "".join(chr(random.randrange(*random.choice(kinds))) for _ in range(200))
        yield "".join(random.choice(pieces) for _ in range(200))


def compare_tokens(folder, name):
    fast, slow = GPT2TokenizerFast.from_pretrained(folder), GPT2Tokenizer.from_pretrained(folder)
    own = open(text, encoding="utf-8").read()
    code = "".join(open(f, encoding="utf-8").read() for f in [__file__, random.__file__,
                                                              subprocess.__file__])
    texts = {"a text": own, "code": code, "hard strings": "\n".join(hard_texts()),
             "the special one": "Hello, it's <|endoftext|> 1234 naïve<|endoftext|>漢字"}
    if name == "char":  # it knows the characters of its text only
        texts = {"a text": own}
    elif name == "GPT-2":
        texts["a large text"] = own * (1 + 6_000_000 // len(own))
    for what, t in texts.items():
        path = os.path.join(top, "text")
        with open(path, "wb") as f:
            f.write(t.encode())
        begin = time.time()
        here = ids_of(run("tokenize", "--model", folder, "--file", path))
        seconds = time.time() - begin
        size = os.path.getsize(path)
        report(f"tokens ({name}), {what}", here == fast(t)["input_ids"],
               f"{len(here)} ids of {size} bytes; {size / 1e6 / seconds:.1f} MB/s, start included")
        some = here[:20000]
        back = run("detokenize", "--model", folder, " ".join(map(str, some))).decode(errors="replace")
        report(f"tokens ({name}), {what}: back", back == fast.decode(
            some, clean_up_tokenization_spaces=False), f"{len(some)} ids")
        if what != "a large text":
            part = t[:100_000]
            with open(path, "wb") as f:
                f.write(part.encode())
            report(f"tokens ({name}), {what}: GPT2Tokenizer", slow(part)["input_ids"] == ids_of(
                run("tokenize", "--model", folder, "--file", path)), f"{len(part)} characters")
    if os.path.exists(os.path.join(folder, "config.json")):
        auto = AutoTokenizer.from_pretrained(folder)
        report(f"tokens ({name}): AutoTokenizer", auto(own[:999]) == fast(own[:999]), type(auto).__name__)


random.seed(1)
with tempfile.TemporaryDirectory() as top:
    made = list(trained_here())
    saved_there()
    for made_folder, made_name in made:
        compare_tokens(made_folder, made_name)
    if len(sys.argv) > 3:
        compare_tokens(sys.argv[3], "GPT-2")
sys.exit(wrong > 0)
