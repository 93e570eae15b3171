# What rows of sorting.def call.
def nan_last(x, axis, descending):
    """argsort, stable, with NaN last in both directions, unlike PyTorch's, where it comes first."""
    v = x.detach().double()
    key = torch.where(v.isnan(), math.nan, -v if descending else v)
    return key.argsort(dim=axis, stable=True)


def unique(x, axis=None):
    found = np.unique(x.detach().numpy(), return_inverse=True, return_counts=True, axis=axis)
    return [torch.tensor(part) for part in found]


def histogram(x, bins, ends=None):
    return torch.tensor(np.histogram(x.detach().numpy(), bins, ends)[0])


def interp(x, xp, fp):
    """numpy.interp with a gradient."""
    j = (torch.searchsorted(xp.detach(), x.detach(), right=True) - 1).clamp(0, len(xp) - 2)
    t = ((x - xp[j]) / (xp[j + 1] - xp[j])).clamp(0, 1)
    y = fp[j] + t * (fp[j + 1] - fp[j])
    assert np.allclose(y.detach(), np.interp(x.detach(), xp.detach(), fp.detach()))
    return y
