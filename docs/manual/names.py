"""The page "NumPy and PyTorch names": what a function of theirs is called here, from the headers.

A header says it in one of two ways: by naming the function of theirs in the first lines of a
description, as in "(numpy.concatenate)"; or not at all, and then it is the function of the same name
(ops.h). The names that theirs have are below, so that a function of our own is not called theirs;
tests/api/check_names.py compares them with the installed NumPy and PyTorch, where these are.
"""
import re

NUMPY = {
    name: "numpy." + name
    for name in (
        "abs acos acosh add all allclose any arange argmax argmin argsort bincount"
        " histogram interp isin median quantile searchsorted sort unique unravel_index array_equal asin asinh atan atan2 atanh ceil"
        " clip concatenate cos cosh count_nonzero cumprod cumsum diag diagonal diff dot einsum empty"
        " empty_like exp exp2 expm1 eye flip floor floor_divide fmod full full_like hypot isclose isfinite"
        " bitwise_and bitwise_or bitwise_xor bitwise_not copysign logaddexp nextafter signbit"
        " isinf isnan kron linspace log log10 log1p log2 logical_and logical_not logical_or logical_xor logspace"
        " matmul max maximum mean meshgrid min minimum moveaxis nan_to_num nanmax nanmean nanmin nansum"
        " nonzero ones ones_like outer pad prod reciprocal remainder repeat reshape roll round sign sin sinh"
        " put_along_axis sqrt square squeeze stack std sum take take_along_axis tan tanh tensordot tile transpose tril triu trunc var where"
        " zeros zeros_like"
    ).split()
}
NUMPY.update({"cast": "numpy.ndarray.astype", "from_data": "numpy.array", "seed": "numpy.random.seed",
              "save_npy": "numpy.save", "load_npy": "numpy.load", "save_npz": "numpy.savez", "load_npz": "numpy.load",
              "load_csv": "numpy.genfromtxt", "ndim": "numpy.ndarray.ndim", "shape": "numpy.ndarray.shape",
              "strides": "numpy.ndarray.strides", "numel": "numpy.ndarray.size", "itemsize": "numpy.dtype.itemsize",
              "item": "numpy.ndarray.item", "same_storage": "numpy.shares_memory", "print_with": "numpy.set_printoptions"})
TORCH = {
    name: "torch." + name
    for name in (
        "abs acos acosh add all allclose any arange argmax argmin argsort bincount"
        " isin kthvalue quantile searchsorted sort topk unique unravel_index as_strided asin asinh atan atan2 atanh bernoulli"
        " cat cdist ceil chunk clamp clone cos cosh count_nonzero cummax cummin cumprod cumsum diag"
        " diagonal diff div dot einsum empty empty_like eq erf erfc exp exp2 expm1 eye flatten flip floor"
        " floor_divide fmod full full_like gather ge gt hypot index_add index_put isclose isfinite isinf isnan kron le"
        " bitwise_and bitwise_or bitwise_xor bitwise_not bitwise_left_shift bitwise_right_shift copysign"
        " logaddexp nextafter signbit lgamma digamma erfinv"
        " lerp linspace log log10 log1p log2 logcumsumexp logical_and logical_not logical_or logical_xor"
        " logspace logsumexp lt masked_scatter masked_select matmul max maximum mean meshgrid min minimum moveaxis mul"
        " nan_to_num nanmean nansum narrow ne neg nonzero norm normal ones ones_like outer permute pow"
        " prod rand randint randn randperm reciprocal relu remainder repeat_interleave reshape roll"
        " round rsqrt scatter scatter_add select sigmoid sign sin sinh softmax log_softmax split sqrt"
        " square squeeze stack std sub sum tan tanh tensordot tile transpose tril triu trunc unbind"
        " unflatten unsqueeze var where zeros zeros_like"
    ).split()
}
TORCH.update(
    (name, "torch.nn.functional." + name)
    for name in (
        "cosine_similarity cross_entropy dropout elu embedding gelu group_norm hardtanh huber_loss kl_div l1_loss"
        " layer_norm leaky_relu linear max_pool2d mish mse_loss nll_loss one_hot rms_norm"
        " scaled_dot_product_attention silu softplus"
    ).split()
)
TORCH.update((name, "torch.Tensor." + name) for name in (
    "add_ sub_ mul_ div_ fill_ zero_ copy_ expand view detach backward item contiguous is_contiguous grad"
    " requires_grad size shape ndim").split())
TORCH.update(("init_" + name, "torch.nn.init." + name) for name in (
    "normal_ uniform_ xavier_uniform_ xavier_normal_ kaiming_uniform_ kaiming_normal_ zeros_ ones_ constant_").split())
TORCH.update({"cast": "torch.Tensor.to", "from_data": "torch.tensor", "borrow": "torch.from_numpy",
              "set_requires_grad": "torch.Tensor.requires_grad_", "on_grad": "torch.Tensor.register_hook",
              "grads_of": "torch.autograd.grad", "set_anomaly": "torch.autograd.set_detect_anomaly",
              "param": "torch.nn.Parameter", "scope_begin": "torch.no_grad", "gradcheck": "torch.autograd.gradcheck",
              "seed": "torch.manual_seed", "numel": "torch.numel", "set_num_threads": "torch.set_num_threads",
              "num_threads": "torch.get_num_threads", "optim_step": "torch.optim.Optimizer.step",
              "optim_zero_grad": "torch.optim.Optimizer.zero_grad", "optim_save": "torch.optim.Optimizer.state_dict",
              "optim_load": "torch.optim.Optimizer.load_state_dict", "set_training": "torch.nn.Module.train",
              "zero_grad": "torch.nn.Module.zero_grad", "data": "torch.Tensor.data_ptr"})
# Words by which something is looked for that neither it nor its kin elsewhere are called.
SOUGHT = {
    "backward": "backprop backpropagation", "unsqueeze": "newaxis", "matmul": "mm bmm gemm", "seed": "manual_seed",
    "scaled_dot_product_attention": "sdpa flash", "lr_cosine": "scheduler schedule", "lr_linear": "scheduler schedule",
    "save_params": "state_dict save_model", "load_params": "load_state_dict load_model", "repeat": "broadcast_to",
    "masked_select": "boolean", "take": "fancy", "index": "fancy advanced", "error_message": "exception", "detach": "stop_gradient",
    "F32": "float32 float", "F64": "float64 double", "F16": "float16 half", "BF16": "bfloat16", "I64": "int64 long",
    "I32": "int32 int", "U8": "uint8 byte", "BOOL": "boolean",
}
COMMENT = re.compile(r"/\*\*(.*?)\*/\s*TT_API\s+([^;]*?)\b(tt_\w+)\s*\(", re.S)
THEIRS = re.compile(r"\b(numpy|torch|einops)\.([A-Za-z_][\w.]*\w)")
INTRO = """# NumPy and PyTorch names

What the functions of NumPy, PyTorch and einops are called here. The table is made of the headers: each
function of the library says whose semantics it has, and where it says nothing they are those of the
function of the same name, or of the nearest. What differs throughout:

- Axes come as a list, `TT_AXES(0, -1)`; `TT_ALL_AXES` stands for `None`. Whether a reduction keeps its
  axes (`keepdims`, `keepdim`) is always said.
- Types are never mixed: `tt_cast` converts. `tt_add_scalar` and its kin take a number on the right.
- A name that ends in `_` writes in place, as in PyTorch.
- `x[1:, ::2]` is `tt_slice(x, "1:, ::2")`, `x[:, None]` is `tt_slice(x, ":, None")` or `tt_unsqueeze`,
  `x[mask]` is `tt_masked_select`, `x[i]` with a tensor of indices is `tt_take`; with several, `x[i, j]` is
  `tt_index`, and `x[i, j] = v` is `tt_index_put`, which gives a copy.

"""


def functions(paths):
    """(header, name, comment) of every function that has a comment of its own, in their order."""
    for path in paths:
        with open(path) as f:
            text = f.read()
        for m in COMMENT.finditer(text):
            comment = m.group(1)
            if "/**" in comment:
                comment = comment.rsplit("/**", 1)[1]
            yield path, m.group(3), " ".join(re.sub(r"^ *\* ?", "", comment, flags=re.M).split())


def theirs(name, comment):
    """What a function is called in NumPy, PyTorch and einops: three lists of names."""
    first = re.split(r"@param|@code|@return", comment)[0]
    said = {"numpy": [], "torch": [], "einops": []}
    for library, path in THEIRS.findall(first):
        if path not in ("h", "md"):
            full = "%s.%s" % (library, path)
            if full not in said[library]:
                said[library].append(full)
    bare = name[len("tt_") :]
    if not any(said.values()) and bare in NUMPY:
        said["numpy"].append(NUMPY[bare])
    if not said["torch"] and bare in TORCH and not said["einops"]:
        said["torch"].append(TORCH[bare])
    return said["numpy"], said["torch"], said["einops"]


def rows(paths):
    for path, name, comment in functions(paths):
        found = theirs(name, comment)
        if any(found):
            yield path, name, found, re.split(r"(?<=[\w)\]])\. |: ", comment)[0]


def page(paths):
    """The page, as Markdown."""
    chapters = {}
    for path, name, (numpy, torch, einops), _ in rows(paths):
        quoted = lambda names: ", ".join("`%s`" % n for n in names)  # noqa: E731
        row = (quoted(numpy + einops), quoted(torch), "`%s`" % name)
        chapters.setdefault(path.rsplit("/", 1)[-1], []).append(row)
    out = [INTRO]
    for header, table in chapters.items():
        titles = ("NumPy, einops", "PyTorch", "here")
        used = [i for i in range(3) if any(row[i] for row in table)]
        lines = [[titles[i] for i in used], ["---"] * len(used)] + [[row[i] for i in used] for row in table]
        out.append("\n## %s\n\n%s" % (header, "".join("| %s |\n" % " | ".join(line) for line in lines)))
    return "".join(out)
