"""What the peer's expressions call besides PyTorch itself: small networks, GPT-2, loops.

A function that trains or generates returns the call to time; the mode that the peer is in (see
MODE) says whether the model is compiled and computes in bfloat16.
"""
import torch
import torch.nn as nn
import torch.nn.functional as F


class Mode:
    autocast = compiled = False


MODE = Mode()


def trainer(model, lr, loss):
    """A step of AdamW on loss(model), the model in the peer's mode; `loss` gets the model."""
    optim = torch.optim.AdamW(model.parameters(), lr, fused=True)
    forward = torch.compile(model) if MODE.compiled else model
    autocast = MODE.autocast

    def call():
        optim.zero_grad()
        if autocast:
            with torch.autocast("cpu", torch.bfloat16):
                value = loss(forward)
        else:
            value = loss(forward)
        value.backward()
        optim.step()

    return call


def hundred(x, y):
    z = x
    for _ in range(100):
        z = z * y
    z.sum().backward()


def backward(x, loss):
    x.grad = None
    loss.backward()


def backward_all(t, y):
    for p in t:
        p.grad = None
    y.sum().backward()


def all_of(f, x, weights):
    for w in weights:
        f(x, w)


def mlp_step(sizes, loss, x, y):
    layers = []
    for i in range(len(sizes) - 1):
        layers += [nn.Linear(sizes[i], sizes[i + 1]), nn.ReLU()]
    return trainer(nn.Sequential(*layers[:-1]), 1e-3, lambda net: loss(net(x), y))


class Cache:
    """Keys and values of a layer, in memory for `length` positions."""

    def __init__(self, heads, size, length, dtype):
        self.n = 0
        self.k, self.v = (torch.empty(1, heads, length, size, dtype=dtype) for _ in range(2))

    def add(self, k, v):
        end = self.n + k.size(2)
        self.k[:, :, self.n : end], self.v[:, :, self.n : end] = k, v
        self.n = end
        return self.k[:, :, :end], self.v[:, :, :end]


class Block(nn.Module):
    def __init__(self, width, heads):
        super().__init__()
        self.heads = heads
        self.ln1, self.ln2 = nn.LayerNorm(width), nn.LayerNorm(width)
        self.qkv, self.out = nn.Linear(width, 3 * width), nn.Linear(width, width)
        self.up, self.down = nn.Linear(width, 4 * width), nn.Linear(4 * width, width)

    def forward(self, x, cache=None):
        b, t, c = x.shape
        q, k, v = self.qkv(self.ln1(x)).split(c, 2)
        q, k, v = (p.view(b, t, self.heads, c // self.heads).transpose(1, 2) for p in (q, k, v))
        if cache is not None:
            k, v = cache.add(k, v)
        y = F.scaled_dot_product_attention(q, k, v, is_causal=t > 1)
        x = x + self.out(y.transpose(1, 2).reshape(b, t, c))
        return x + self.down(F.gelu(self.up(self.ln2(x)), approximate="tanh"))


class GPT2(nn.Module):
    def __init__(self, layers=12, heads=12, width=768, vocabulary=50257, context=1024):
        super().__init__()
        self.wte, self.wpe = nn.Embedding(vocabulary, width), nn.Embedding(context, width)
        self.blocks = nn.ModuleList([Block(width, heads) for _ in range(layers)])
        self.lnf = nn.LayerNorm(width)
        for p in self.parameters():
            if p.dim() > 1:
                nn.init.normal_(p, 0, 0.02)

    def forward(self, ids, targets=None, caches=None):
        begin = caches[0].n if caches else 0
        x = self.wte(ids) + self.wpe(torch.arange(begin, begin + ids.size(1)))
        for i, block in enumerate(self.blocks):
            x = block(x, caches[i] if caches else None)
        x = self.lnf(x)
        if targets is None:
            return F.linear(x[:, -1:], self.wte.weight)
        logits = F.linear(x, self.wte.weight)
        return F.cross_entropy(logits.view(-1, logits.size(-1)), targets.view(-1))


def train(model, ids, targets):
    return trainer(model, 1e-4, lambda m: m(ids, targets))


def generate(model, prompt, one):
    """64 tokens after the prompt."""
    width, dtype = model.wte.weight.shape[1], model.wte.weight.dtype
    heads = model.blocks[0].heads

    def call():
        caches = [
            Cache(heads, width // heads, prompt.size(1) + 64, dtype) for _ in model.blocks
        ]
        model(prompt, None, caches)
        for _ in range(64):
            model(one, None, caches).argmax()

    return call


def products(t, times):
    """The products of a training step and nothing else, by BLAS into memory that is there."""
    layers = [(t[i], t[i + 1], t[i + 2]) for i in range(0, len(t), 3)]
    outs = [(torch.empty_like(g), torch.empty_like(x), torch.empty_like(w)) for x, w, g in layers]

    def call():
        for (x, w, g), (y, gx, gw), n in zip(layers, outs, times):
            for _ in range(n):
                torch.mm(x, w, out=y)
                torch.mm(g, w.t(), out=gx)
                torch.mm(x.t(), g, out=gw)

    return call
