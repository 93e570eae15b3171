#!/usr/bin/env python3
"""Compares tinytensor-gpt2 with Hugging Face transformers, both ways: models trained here open there
and give the same logits, models saved there open here and give the same logits and greedy
continuations, and the tokenizers give the same ids. Not part of the tests: it needs PyTorch and
transformers (checked with 4.30.2 and PyTorch 1.13).

usage: compare_transformers.py PROGRAM TEXT [GPT2-FOLDER]
TEXT: a text to train on and to tokenize; GPT2-FOLDER: with GPT-2's vocab.json and merges.txt.
"""
import json
import os
import random
import subprocess
import sys
import tempfile
import time

import numpy
import torch
from transformers import GPT2Config, GPT2LMHeadModel, GPT2Tokenizer, GPT2TokenizerFast

program, text = sys.argv[1:3]
wrong = 0


def run(*arguments):
    return subprocess.run([program, *map(str, arguments)], check=True, capture_output=True).stdout


def report(what, ok, detail):
    global wrong
    wrong += not ok
    print(f"{'ok   ' if ok else 'WRONG'} {what}: {detail}", flush=True)


def logits_here(folder, ids):
    out = os.path.join(top, "logits.npy")
    run("logits", "--model", folder, "--ids", ",".join(map(str, ids)), "--out", out)
    return numpy.load(out)


def logits_there(model, ids):
    with torch.no_grad():
        return model(torch.tensor([ids])).logits[0].numpy()


def compare_logits(what, folder, model):
    ids = [random.randrange(model.config.vocab_size) for _ in range(model.config.n_positions)]
    a, b = logits_here(folder, ids), logits_there(model, ids)
    off = abs(a - b).max() / abs(b).max()
    report(f"{what}: logits", off < 1e-5, f"off by {off:.1e} of the largest")


def trained_here():
    small = ["--n-layer", 2, "--n-head", 2, "--n-embd", 32, "--block-size", 32, "--steps", 50]
    for name in ["char", "words"]:
        folder, tokens = os.path.join(top, "out-" + name), []
        if name == "words":
            words = os.path.join(top, "words")
            run("train-tokenizer", "--data", text, "--vocab-size", 500, "--out", words)
            tokens = ["--tokenizer", words]
        run("train", "--data", text, "--out", folder, *tokens, *small)
        compare_logits(f"trained here ({name})", folder, GPT2LMHeadModel.from_pretrained(folder))
    return os.path.join(top, "out-words")


def saved_there():
    for tied, activation, n_inner in [(True, "gelu_new", None), (False, "gelu", 100)]:
        torch.manual_seed(0)
        model = GPT2LMHeadModel(GPT2Config(
            vocab_size=200, n_positions=40, n_embd=48, n_layer=3, n_head=4, n_inner=n_inner,
            activation_function=activation, tie_word_embeddings=tied, initializer_range=0.3,
            bos_token_id=0, eos_token_id=0)).eval()
        folder = os.path.join(top, f"there-{activation}")
        model.save_pretrained(folder, safe_serialization=True)
        what = f"saved there ({activation}, {'tied' if tied else 'separate'} head)"
        compare_logits(what, folder, model)
        prompt = [5, 17, 99]
        here = list(map(int, run("generate", "--model", folder, "--ids", "5,17,99", "--tokens", 30,
                                 "--greedy").split()))
        there = model.generate(torch.tensor([prompt]), max_new_tokens=30, do_sample=False,
                               eos_token_id=None, pad_token_id=0)[0, 3:].tolist()
        report(f"{what}: greedy", here[-30:] == there, f"30 tokens, {len(set(there))} of them distinct")


def hard_texts():
    random.seed(1)
    kinds = [(0x20, 0x7f), (0x20, 0x250), (0x370, 0x530), (0x590, 0x780), (0x900, 0xb00),
             (0x3040, 0x3100), (0x4e00, 0x9fff), (0x2000, 0x2070), (0x1f300, 0x1f700), (0x300, 0x370)]
    for _ in range(400):
        yield "".join(chr(random.randrange(*random.choice(kinds))) for _ in range(200))
        yield "".join(random.choice([" ", "\n", "\t", "  ", "a", "I'll", "1", "²", "!", "\u00a0", "\u2003", "é"])
                      for _ in range(200))


def compare_tokens(folder, name):
    fast, slow = GPT2TokenizerFast.from_pretrained(folder), GPT2Tokenizer.from_pretrained(folder)
    own = open(__file__, encoding="utf-8").read() + open(text, encoding="utf-8").read()
    large = own * (1 + 6_000_000 // len(own)) if name == "GPT-2" else own
    texts = {"a text": large, "hard strings": "\n".join(hard_texts())}
    for what, t in texts.items():
        path = os.path.join(top, "text")
        with open(path, "wb") as f:
            f.write(t.encode())
        begin = time.time()
        here = list(map(int, run("tokenize", "--model", folder, "--file", path).split()))
        seconds = time.time() - begin
        there = fast(t)["input_ids"]
        size = os.path.getsize(path)
        report(f"tokens ({name}), {what}", here == there,
               f"{len(there)} ids of {size} bytes; {size / 1e6 / seconds:.1f} MB/s here")
    sample = "Hello, it's <|endoftext|> 1234 naïve 漢字"
    here = list(map(int, run("tokenize", "--model", folder, sample).split()))
    report(f"tokens ({name}), the special one", here == slow(sample)["input_ids"], here)


with tempfile.TemporaryDirectory() as top:
    words = trained_here()
    saved_there()
    compare_tokens(words, "trained here")
    if len(sys.argv) > 3:
        compare_tokens(sys.argv[3], "GPT-2")
sys.exit(wrong > 0)
