# What the expressions of linalg.def call: PyTorch's decompositions, with signs and orders as ours.


def spd(*shape):
    """Symmetric positive definite matrices."""
    a = u(*shape, shape[-1])
    return a @ np.swapaxes(a, -1, -2) + np.eye(shape[-1])


def near_one(*shape):
    """Matrices whose diagonal dominates."""
    return u(*shape, shape[-1]) + 2 * shape[-1] * np.eye(shape[-1])


def sign_of(v):
    """1 or -1 for each column: the sign of its largest element."""
    largest = v.abs().argmax(-2, keepdim=True)
    return torch.gather(v, -2, largest).sign().detach()


def svd(x, part, full=False):
    u, s, vh = torch.linalg.svd(x, full_matrices=full)
    k = s.shape[-1]
    signs = sign_of(u)
    u = u * signs
    rows = torch.cat([signs[..., :k], sign_of(vh.mT)[..., k:]], -1) if full and vh.shape[-2] > k else signs[..., :vh.shape[-2]]
    return (u, s, vh * rows.mT)[part]


def eigh(x, part):
    w, v = torch.linalg.eigh((x + x.mT) / 2)
    return (w, v * sign_of(v))[part]


def qr(x, part, mode="reduced"):
    q, r = torch.linalg.qr(x, mode=mode)
    signs = torch.diagonal(r, dim1=-2, dim2=-1).sign().detach()
    columns = torch.cat([signs, torch.ones(*signs.shape[:-1], q.shape[-1] - signs.shape[-1])], -1).to(x.dtype)
    return (q * columns[..., None, :], r * columns[..., :r.shape[-2], None])[part]


def eig(x):
    """Values by real and then by imaginary part, vectors with their largest element real."""
    w, v = torch.linalg.eig(x)
    keys = w.detach().numpy()
    order = torch.tensor(np.lexsort((keys.imag, keys.real.round(12)), axis=-1))
    w, v = w.gather(-1, order), v.gather(-1, order[..., None, :].expand(v.shape))
    size = v.abs().detach()
    first = (size >= (1 - 1e-8) * size.amax(-2, keepdim=True)).int().argmax(-2, keepdim=True)
    largest = torch.gather(v, -2, first)
    return w, v * largest.abs() / largest
