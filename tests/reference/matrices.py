# What the expressions of matrices.def call.
import scipy.linalg


def near_one(*shape):
    """Matrices whose diagonal dominates."""
    return u(*shape, shape[-1]) + 2 * shape[-1] * np.eye(shape[-1])


def low(*shape, rank):
    """Matrices of a lower rank."""
    *lead, m, n = shape
    return u(*lead, m, rank) @ u(*lead, rank, n)


def onto(q):
    """The projection onto what orthonormal columns span: it does not depend on the basis."""
    return q @ q.mT


def orth(x):
    """SciPy's, of the rank that it finds, so that PyTorch gives the gradient."""
    rank = scipy.linalg.orth(x.detach().numpy()).shape[1]
    return torch.linalg.svd(x)[0][:, :rank]


def taken_to_0(x):
    """The projection onto SciPy's null space, likewise."""
    q = scipy.linalg.null_space(x.detach().numpy())
    p = torch.eye(x.shape[1]).double() - torch.linalg.pinv(x, rtol=1e-5) @ x
    assert np.allclose(q @ q.T, p.detach().numpy())
    return p


def angles(x, y):
    return torch.tensor(scipy.linalg.subspace_angles(x.detach().numpy(), y.detach().numpy()))


def factored(x, y, part):
    """The vectors of the product, of the values that its factors can have, with signs as ours."""
    k = min(*x.shape[-2:], y.shape[-1])
    u, s, vh = (t for t in torch.linalg.svd(x @ y, full_matrices=False))
    sign = torch.gather(u, -2, u.abs().argmax(-2, keepdim=True)).sign().detach()
    return ((u * sign)[..., :k], s[..., :k], (vh * sign.mT)[..., :k, :])[part]


def eig_small(x, y):
    w = torch.linalg.eigvals(y @ x)
    keys = w.detach().numpy()
    order = torch.tensor(np.lexsort((keys.imag, keys.real.round(12)), axis=-1))
    return w.gather(-1, order)


def gram_schmidt(x):
    """Column after column; dependent ones become 0."""
    q = []
    for j in range(x.shape[-1]):
        v = x[..., j]
        for _ in range(2):
            for e in q:
                v = v - e * (e * v).sum(-1, keepdim=True)
        n = v.norm(dim=-1, keepdim=True)
        keep = n > 1e-10
        q.append(torch.where(keep, v / torch.where(keep, n, torch.ones_like(n)), torch.zeros_like(v)))
    return torch.stack(q, -1)

def arr_t(values):
    return torch.tensor(values).double()


def cond(x, p):
    """torch.linalg.cond has no gradient of these."""
    return torch.linalg.matrix_norm(x, p) * torch.linalg.matrix_norm(torch.linalg.inv(x), p)
