# What rows of indexing.def call, as test_indexing.c has it.
P = torch.tensor([2, 0, -1])
Q = torch.tensor([[1], [-2]])
TWICE = torch.tensor([1, 0, 1, -1])
NONE = torch.zeros(0, dtype=torch.int64)
TWO = torch.tensor(2)
M3 = torch.tensor([True, False, True])
YES, NO = torch.tensor(True), torch.tensor(False)
M23 = torch.tensor([[True, False, True], [False, False, True]])


def put(x, at, v, add=False):
    """NumPy's assignment, of which the last for a place stays; with the gradient of those that did."""
    places = torch.arange(x.numel()).reshape(x.shape)[at]
    rows = v.expand(places.shape).reshape(-1)
    if add:
        return x.flatten().index_put((places.reshape(-1),), rows, accumulate=True).reshape(x.shape)
    last = {int(p): i for i, p in enumerate(places.reshape(-1))}
    where = torch.tensor(list(last), dtype=torch.int64)
    which = torch.tensor(list(last.values()), dtype=torch.int64)
    return x.flatten().index_put((where,), rows[which]).reshape(x.shape)


def put_along(x, axis, at, v):
    full = [n if i == axis else max(n, m) for i, (n, m) in enumerate(zip(at.shape, x.shape))]
    grid = [torch.arange(n).reshape([-1 if k == i else 1 for k in range(x.ndim)]) for i, n in enumerate(x.shape)]
    grid[axis] = at
    return put(x, tuple(grid), v)
