#!/usr/bin/env python3
"""Makes what test_gpt2 compares with: a 2-layer GPT-2 with random weights as a model folder, and
PyTorch's logits, loss, gradients and ten training steps of it, in float32 and float64.

usage: generate.py DIR      (needs torch; the folder is tests/gpt2/tiny)
"""
import json
import math
import os
import struct
import sys

import torch
import torch.nn.functional as F

LAYERS, HEADS, WIDTH, CONTEXT, VOCABULARY, BATCH = 2, 4, 32, 16, 61, 3


def shapes():
    c = WIDTH
    yield "wte.weight", (VOCABULARY, c)
    yield "wpe.weight", (CONTEXT, c)
    for i in range(LAYERS):
        for name, shape in (
            ("ln_1.weight", (c,)), ("ln_1.bias", (c,)),
            ("attn.c_attn.weight", (c, 3 * c)), ("attn.c_attn.bias", (3 * c,)),
            ("attn.c_proj.weight", (c, c)), ("attn.c_proj.bias", (c,)),
            ("ln_2.weight", (c,)), ("ln_2.bias", (c,)),
            ("mlp.c_fc.weight", (c, 4 * c)), ("mlp.c_fc.bias", (4 * c,)),
            ("mlp.c_proj.weight", (4 * c, c)), ("mlp.c_proj.bias", (c,)),
        ):
            yield "h.%d.%s" % (i, name), shape
    yield "ln_f.weight", (c,)
    yield "ln_f.bias", (c,)


def logits_of(p, ids):
    x = p["wte.weight"][ids] + p["wpe.weight"][: ids.shape[1]]
    b, t, c = x.shape
    hidden = torch.triu(torch.ones(t, t, dtype=torch.bool), 1)
    for i in range(LAYERS):
        h = "h.%d." % i
        y = F.layer_norm(x, (c,), p[h + "ln_1.weight"], p[h + "ln_1.bias"], 1e-5)
        y = y @ p[h + "attn.c_attn.weight"] + p[h + "attn.c_attn.bias"]
        q, k, v = (s.view(b, t, HEADS, c // HEADS).transpose(1, 2) for s in y.split(c, 2))
        s = (q @ k.transpose(-1, -2) / math.sqrt(c // HEADS)).masked_fill(hidden, -math.inf)
        y = (s.softmax(-1) @ v).transpose(1, 2).reshape(b, t, c)
        x = x + y @ p[h + "attn.c_proj.weight"] + p[h + "attn.c_proj.bias"]
        y = F.layer_norm(x, (c,), p[h + "ln_2.weight"], p[h + "ln_2.bias"], 1e-5)
        y = F.gelu(y @ p[h + "mlp.c_fc.weight"] + p[h + "mlp.c_fc.bias"], approximate="tanh")
        x = x + y @ p[h + "mlp.c_proj.weight"] + p[h + "mlp.c_proj.bias"]
    x = F.layer_norm(x, (c,), p["ln_f.weight"], p["ln_f.bias"], 1e-5)
    return x @ p["wte.weight"].t()


def loss_of(p, ids, targets):
    return F.cross_entropy(logits_of(p, ids).flatten(0, 1), targets.flatten())


def save(path, tensors):
    names = {torch.float32: "F32", torch.float64: "F64", torch.int64: "I64"}
    header, data = {}, b""
    for name, x in tensors.items():
        raw = x.detach().contiguous().numpy().tobytes()
        header[name] = {"dtype": names[x.dtype], "shape": list(x.shape),
                        "data_offsets": [len(data), len(data) + len(raw)]}
        data += raw
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    with open(path, "wb") as f:
        f.write(struct.pack("<Q", len(text)) + text + data)


def main():
    folder = sys.argv[1]
    os.makedirs(folder, exist_ok=True)
    torch.manual_seed(1)
    weights = {}
    for name, shape in shapes():
        x = torch.randn(shape) * (0.3 if len(shape) == 2 else 0.1)
        weights[name] = x + 1 if name.endswith(("ln_1.weight", "ln_2.weight", "ln_f.weight")) else x
    save(os.path.join(folder, "model.safetensors"), weights)
    with open(os.path.join(folder, "config.json"), "w") as f:
        json.dump({"architectures": ["GPT2LMHeadModel"], "model_type": "gpt2",
                   "activation_function": "gelu_new", "n_layer": LAYERS, "n_head": HEADS,
                   "n_embd": WIDTH, "n_positions": CONTEXT, "n_ctx": CONTEXT,
                   "vocab_size": VOCABULARY, "layer_norm_epsilon": 1e-5}, f, indent=2)
        f.write("\n")
    ids = torch.randint(0, VOCABULARY, (BATCH, CONTEXT))
    targets = torch.randint(0, VOCABULARY, (BATCH, CONTEXT))
    targets[0, :3] = -100
    out = {"ids": ids, "targets": targets}
    for dtype, tag in ((torch.float32, "f32"), (torch.float64, "f64")):
        p = {n: w.to(dtype).clone().requires_grad_() for n, w in weights.items()}
        out[tag + ".logits"] = logits_of(p, ids)
        loss = loss_of(p, ids, targets)
        loss.backward()
        out[tag + ".loss"] = loss
        for n in p:
            out[tag + ".grad." + n] = p[n].grad.clone()
        matrices = [w for w in p.values() if w.dim() == 2]
        vectors = [w for w in p.values() if w.dim() != 2]
        optim = torch.optim.AdamW(
            [{"params": matrices, "weight_decay": 0.1}, {"params": vectors, "weight_decay": 0.0}],
            lr=1e-2, betas=(0.9, 0.99), eps=1e-8)
        losses = []
        for _ in range(10):
            optim.zero_grad()
            loss = loss_of(p, ids, targets)
            losses.append(loss.item())
            loss.backward()
            torch.nn.utils.clip_grad_norm_(p.values(), 1.0)
            optim.step()
        out[tag + ".losses"] = torch.tensor(losses, dtype=torch.float64)
    save(os.path.join(folder, "expected.safetensors"), out)


main()
