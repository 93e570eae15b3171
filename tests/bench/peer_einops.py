"""The cases of bench_einops in PyTorch, and some in NumPy: name -> function that makes the operands
and returns the call."""
import numpy
import torch


def on(shapes, f):
    def case():
        operands = [torch.randn(*shape) for shape in shapes]

        def call():
            with torch.no_grad():
                return f(*operands)

        return call

    return case


def einsum(pattern, *shapes):
    return on(shapes, lambda *operands: torch.einsum(pattern, *operands))


def in_numpy(pattern, *shapes):
    def case():
        operands = [numpy.random.standard_normal(shape).astype(numpy.float32) for shape in shapes]
        return lambda: numpy.einsum(pattern, *operands, optimize=True)

    return case


def patches(x):
    b, h, w, c = x.shape
    x = x.view(b, h // 16, 16, w // 16, 16, c).permute(0, 1, 3, 2, 4, 5)
    return x.reshape(b, h // 16 * (w // 16), 16 * 16 * c)


def side_by_side(x):
    return x.permute(1, 0, 2, 3).reshape(x.shape[1], -1, x.shape[3])


def pool(x):
    b, c, h, w = x.shape
    return x.view(b, c, h // 2, 2, w // 2, 2).amax((3, 5))


def upsample(x):
    b, c, h, w = x.shape
    return x.view(b, c, h, 1, w, 1).expand(b, c, h, 2, w, 2).reshape(b, c, 2 * h, 2 * w)


HEADS = (4, 256, 12, 64)
THIN = ((512, 512), (512, 8), (8, 512))
IMAGES = ((32, 224, 224, 3),)
POOLED = ((32, 64, 112, 112),)
CASES = {
    "bqhd,bkhd->bhqk": einsum("bqhd,bkhd->bhqk", HEADS, HEADS),
    "bhqk,bkhd->bqhd": einsum("bhqk,bkhd->bqhd", (4, 12, 256, 256), HEADS),
    "bij,bjk->bik 48x64x64": einsum("bij,bjk->bik", (48, 64, 64), (48, 64, 64)),
    "ij,jk->ik 1024": einsum("ij,jk->ik", (1024, 1024), (1024, 1024)),
    "ijkl,klmn->ijmn 32": einsum("ijkl,klmn->ijmn", (32, 32, 32, 32), (32, 32, 32, 32)),
    "ij,jk,kl->il": einsum("ij,jk,kl->il", *THIN),
    "ij,jk,kl->il (NumPy)": in_numpy("ij,jk,kl->il", *THIN),
    "bqhd,bkhd->bhqk (NumPy)": in_numpy("bqhd,bkhd->bhqk", HEADS, HEADS),
    "abc->cab contiguous 256^3": on(
        ((256, 256, 256),), lambda x: torch.einsum("abc->cab", x).contiguous()
    ),
    "ii->i": einsum("ii->i", (1024, 1024)),
    "ii-> of 2x2": einsum("ii->", (2, 2)),
    "b h w c -> b c h w contiguous": on(IMAGES, lambda x: x.permute(0, 3, 1, 2).contiguous()),
    "b h w c -> b c h w view": on(IMAGES, lambda x: x.permute(0, 3, 1, 2)),
    "patches of 16": on(IMAGES, patches),
    "images side by side": on(IMAGES, side_by_side),
    "max pooling 2x2": on(POOLED, pool),
    "repeat 2x2": on(POOLED, upsample),
    "ij,jk->ik of 2x2": einsum("ij,jk->ik", (2, 2), (2, 2)),
    "bqhd,bkhd->bhqk, small": einsum("bqhd,bkhd->bhqk", (1, 2, 1, 2), (1, 2, 1, 2)),
    "matmul of 2x2": on(((2, 2), (2, 2)), torch.matmul),
}
