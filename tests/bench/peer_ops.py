"""The cases of bench_ops in PyTorch: name -> function that makes the operands and returns the call."""
import torch
import torch.nn.functional as F

M1, M16 = 1 << 20, 1 << 24


def on(make, f):
    """A case whose operands are made by `make`, and computed on by `f`, without gradients."""

    def case():
        operands = make()

        def call():
            with torch.no_grad():
                f(*operands)

        return call

    return case


def two(n):
    return lambda: (torch.randn(n), torch.randn(n))


def one(*shape):
    return lambda: (torch.randn(*shape),)


def logits():
    return torch.randn(1024, 50257), torch.randint(0, 50257, (1024,))


def tiny(f):
    def case():
        a, b = torch.randn(4), torch.randn(4)
        return lambda: f(a, b)

    return case


def tiny_recorded(f):
    def case():
        a, b = torch.randn(4, requires_grad=True), torch.randn(4)
        return lambda: f(a, b)

    return case


def hundred(a, b):
    z = a
    for _ in range(100):
        z = z * b
    z.sum().backward()


def cross_entropy_backward():
    x, y = logits()
    x.requires_grad_()

    def call():
        x.grad = None
        F.cross_entropy(x, y).backward()

    return call


def mlp_step(sizes, batch, loss, target):
    def case():
        layers = []
        for i in range(len(sizes) - 1):
            layers += [torch.nn.Linear(sizes[i], sizes[i + 1]), torch.nn.ReLU()]
        net = torch.nn.Sequential(*layers[:-1])
        optim = torch.optim.AdamW(net.parameters())
        x, y = torch.randn(batch, sizes[0]), target(batch)

        def call():
            optim.zero_grad()
            loss(net(x), y).backward()
            optim.step()

        return call

    return case


def label(batch):
    return torch.randint(0, 10, (batch,))


FASHION = (784, 256, 128, 10)
CASES = {
    "x + x[0] 4096x4096": on(one(4096, 4096), lambda x: x + x[0]),
    "x + x^T 4096x4096": on(one(4096, 4096), lambda x: x + x.t()),
    "x^T contiguous 4096x4096": on(one(4096, 4096), lambda x: x.t().contiguous()),
    "sum axis 0 4096x4096": on(one(4096, 4096), lambda x: x.sum(0)),
    "sum axis 1 4096x4096": on(one(4096, 4096), lambda x: x.sum(1)),
    "sum axis 1 262144x16": on(one(262144, 16), lambda x: x.sum(1)),
    "max axis 1 4096x4096": on(one(4096, 4096), lambda x: x.amax(1)),
    "argmax axis 1 4096x4096": on(one(4096, 4096), lambda x: x.argmax(1)),
    "cumsum axis 1 4096x1024": on(one(4096, 1024), lambda x: x.cumsum(1)),
    "softmax 4096x1024": on(one(4096, 1024), lambda x: x.softmax(1)),
    "log_softmax 4096x1024": on(one(4096, 1024), lambda x: x.log_softmax(1)),
    "cross_entropy 1024x50257": on(logits, F.cross_entropy),
    "cross_entropy + backward 1024x50257": cross_entropy_backward,
    "matmul 1024": on(lambda: (torch.randn(1024, 1024), torch.randn(1024, 1024)), torch.matmul),
    "matmul A B^T 1024": on(
        lambda: (torch.randn(1024, 1024), torch.randn(1024, 1024)), lambda a, b: a @ b.t()
    ),
    "add of 4": tiny(torch.add),
    "add of 4, recorded": tiny_recorded(torch.add),
    "100 muls of 4, forward + backward": tiny_recorded(hundred),
    "step of MLP 2-16-16-1, batch 32, AdamW": mlp_step(
        (2, 16, 16, 1), 32, F.mse_loss, lambda n: torch.randn(n, 1)
    ),
    "step of MLP 784-256-128-10, batch 64": mlp_step(FASHION, 64, F.cross_entropy, label),
    "step of MLP 784-256-128-10, batch 128": mlp_step(FASHION, 128, F.cross_entropy, label),
}
for size, text in ((M1, "1M"), (M16, "16M")):
    for name, f in (
        ("add", lambda a, b: a + b),
        ("mul", lambda a, b: a * b),
        ("exp", lambda a, b: a.exp()),
        ("tanh", lambda a, b: a.tanh()),
        ("relu", lambda a, b: a.relu()),
        ("sum", lambda a, b: a.sum()),
    ):
        CASES["%s %s" % (name, text)] = on(two(size), f)
