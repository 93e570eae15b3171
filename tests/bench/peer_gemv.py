"""The cases of bench_gemv in PyTorch: name -> function that makes the operands and returns the call."""
import torch
import torch.nn.functional as F

VOCABULARY, WIDTH, HIDDEN, LAYERS = 50257, 768, 3072, 20


def case(rows, out, layers, transposed=False):
    """Products of float32; of 16-bit weights PyTorch would convert the row as well."""

    def make():
        x = torch.randn(rows, WIDTH)
        weights = [torch.randn(WIDTH, out) if transposed else torch.randn(out, WIDTH)
                   for _ in range(layers)]

        def call():
            with torch.no_grad():
                for w in weights:
                    torch.matmul(x, w) if transposed else F.linear(x, w)

        return call

    return make


CASES = {
    "linear (1, 768) (50257, 768) f32": case(1, VOCABULARY, 1),
    "20 linear (1, 768) (3072, 768) f32": case(1, HIDDEN, LAYERS),
    "20 matmul (1, 768) (768, 3072) f32": case(1, HIDDEN, LAYERS, transposed=True),
    "20 linear (16, 768) (3072, 768) f32": case(16, HIDDEN, LAYERS),
}
