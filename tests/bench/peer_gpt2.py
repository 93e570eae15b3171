"""The cases of bench_gpt2 in PyTorch: a plain GPT-2 of torch.nn modules with random weights."""
import math

import torch
import torch.nn as nn
import torch.nn.functional as F


class Block(nn.Module):
    def __init__(self, width, heads):
        super().__init__()
        self.heads = heads
        self.ln1, self.ln2 = nn.LayerNorm(width), nn.LayerNorm(width)
        self.qkv, self.out = nn.Linear(width, 3 * width), nn.Linear(width, width)
        self.up, self.down = nn.Linear(width, 4 * width), nn.Linear(4 * width, width)

    def forward(self, x, past):
        b, t, c = x.shape
        q, k, v = self.qkv(self.ln1(x)).split(c, 2)
        q, k, v = (p.view(b, t, self.heads, c // self.heads).transpose(1, 2) for p in (q, k, v))
        if past is not None:
            k, v = torch.cat([past[0], k], 2), torch.cat([past[1], v], 2)
        s = q @ k.transpose(-2, -1) / math.sqrt(c // self.heads)
        if t > 1:
            seen = torch.tril(torch.ones(t, k.size(2), dtype=torch.bool))
            s = s.masked_fill(~seen, float("-inf"))
        y = (s.softmax(-1) @ v).transpose(1, 2).reshape(b, t, c)
        x = x + self.out(y)
        h = self.up(self.ln2(x))
        if hasattr(F, "scaled_dot_product_attention") or torch.__version__ >= "1.12":
            h = F.gelu(h, approximate="tanh")
        else:
            h = 0.5 * h * (1 + torch.tanh(math.sqrt(2 / math.pi) * (h + 0.044715 * h**3)))
        return x + self.down(h), (k, v)


class GPT2(nn.Module):
    def __init__(self, layers=12, heads=12, width=768, vocabulary=50257, context=1024):
        super().__init__()
        self.wte, self.wpe = nn.Embedding(vocabulary, width), nn.Embedding(context, width)
        self.blocks = nn.ModuleList([Block(width, heads) for _ in range(layers)])
        self.lnf = nn.LayerNorm(width)
        for p in self.parameters():
            if p.dim() > 1:
                nn.init.normal_(p, 0, 0.02)

    def forward(self, ids, targets=None, past=None, begin=0):
        x = self.wte(ids) + self.wpe(torch.arange(begin, begin + ids.size(1)))
        kept = []
        for i, block in enumerate(self.blocks):
            x, kv = block(x, None if past is None else past[i])
            kept.append(kv)
        x = self.lnf(x)
        if targets is None:
            return x[:, -1:] @ self.wte.weight.t(), kept
        logits = x @ self.wte.weight.t()
        return F.cross_entropy(logits.view(-1, logits.size(-1)), targets.view(-1))


def train(b, t, **sizes):
    def case():
        model = GPT2(**sizes)
        optim = torch.optim.AdamW(model.parameters(), 1e-4)
        v = model.wte.num_embeddings
        x, y = torch.randint(0, v, (b, t)), torch.randint(0, v, (b, t))

        def call():
            optim.zero_grad()
            model(x, y).backward()
            optim.step()

        return call

    return case


def generate():
    model = GPT2()
    prompt, one = torch.randint(0, 50257, (1, 16)), torch.randint(0, 50257, (1, 1))

    def call():
        with torch.no_grad():
            _, past = model(prompt)
            for i in range(64):
                logits, past = model(one, None, past, 16 + i)
                logits.argmax()

    return call


LAYERS = ((768, 2304, 12), (768, 768, 12), (768, 3072, 12), (3072, 768, 12), (768, 50257, 1))


def products(n):
    """The products of a training step and nothing else, by BLAS into memory that is there."""

    def case():
        sides = [(torch.randn(n, i), torch.randn(i, o), torch.randn(n, o), k) for i, o, k in LAYERS]
        outs = [(torch.empty(n, o), torch.empty(n, i), torch.empty(i, o)) for i, o, _ in LAYERS]

        def call():
            for (x, w, g, k), (y, gx, gw) in zip(sides, outs):
                for _ in range(k):
                    torch.mm(x, w, out=y)
                    torch.mm(g, w.t(), out=gx)
                    torch.mm(x.t(), g, out=gw)

        return call

    return case


CASES = {
    "train 124M B=4 T=64": train(4, 64),
    "train 124M B=4 T=256": train(4, 256),
    "train 124M B=1 T=1024": train(1, 1024),
    "products of 124M B=4 T=64": products(256),
    "products of 124M 1024 tokens": products(1024),
    "train nano 4x128 B=12 T=64": train(
        12, 64, layers=4, heads=4, width=128, vocabulary=65, context=64
    ),
    "generate 124M 16+64 f32": generate,
}
