"""The page "Array API": what the functions of the Python array API standard, version 2024.12, are called
here, from the headers.

A name of the standard is the function tt_NAME of the headers, or what AS says, or it is not there, for a
reason. tests/api/check_names.py holds the lists against the headers and against the installed NumPy.
"""
import re

import names

GROUPS = {
    "Creation": "arange asarray empty empty_like eye from_dlpack full full_like linspace meshgrid ones ones_like tril"
    " triu zeros zeros_like",
    "Data types": "astype can_cast finfo iinfo isdtype result_type",
    "Elementwise": "abs acos acosh add asin asinh atan atan2 atanh bitwise_and bitwise_left_shift bitwise_invert"
    " bitwise_or bitwise_right_shift bitwise_xor ceil clip conj copysign cos cosh divide equal exp expm1 floor"
    " floor_divide greater greater_equal hypot imag isfinite isinf isnan less less_equal log log1p log2 log10"
    " logaddexp logical_and logical_not logical_or logical_xor maximum minimum multiply negative nextafter"
    " not_equal positive pow real reciprocal remainder round sign signbit sin sinh square sqrt subtract tan tanh"
    " trunc",
    "Indexing": "take take_along_axis",
    "Products": "matmul matrix_transpose tensordot vecdot",
    "Shapes": "broadcast_arrays broadcast_to concat expand_dims flip moveaxis permute_dims repeat reshape roll squeeze"
    " stack tile unstack",
    "Searching": "argmax argmin count_nonzero nonzero searchsorted where",
    "Sets": "unique_all unique_counts unique_inverse unique_values",
    "Sorting": "argsort sort",
    "Statistics": "cumulative_prod cumulative_sum max mean min prod std sum var",
    "Utilities": "all any diff",
    "Linear algebra (linalg)": "cholesky cross det diagonal eigh eigvalsh inv matrix_norm matrix_power matrix_rank"
    " outer pinv qr slogdet solve svd svdvals trace vector_norm",
    "Fourier transforms (fft)": "fft ifft fftn ifftn rfft irfft rfftn irfftn hfft ihfft fftfreq rfftfreq fftshift"
    " ifftshift",
}
AS = {
    "asarray": "tt_from_data(ctx, ...), or tt_borrow(ctx, ...) without a copy", "astype": "tt_cast(x, dtype)",
    "finfo": "tt_dtype_limits(dtype)", "iinfo": "tt_dtype_limits(dtype)",
    "bitwise_invert": "tt_bitwise_not(x)", "clip": "tt_clamp(x, lo, hi)", "divide": "tt_div(a, b)", "equal": "tt_eq(a, b)",
    "greater": "tt_gt(a, b)", "greater_equal": "tt_ge(a, b)", "less": "tt_lt(a, b)", "less_equal": "tt_le(a, b)",
    "multiply": "tt_mul(a, b)", "negative": "tt_neg(x)", "not_equal": "tt_ne(a, b)", "subtract": "tt_sub(a, b)",
    "positive": "tt_clone(x)",
    "matrix_transpose": "tt_transpose(x, -2, -1)", "vecdot": 'tt_einsum("... i, ... i -> ...", TT_TENSORS(a, b))',
    "broadcast_arrays": "tt_broadcast_tensors(n, x, out)", "broadcast_to": "tt_expand(x, SHAPE)",
    "concat": "tt_cat(TENSORS, axis)", "expand_dims": "tt_unsqueeze(x, axis)", "permute_dims": "tt_permute(x, AXES)",
    "repeat": "tt_repeat_interleave(x, n, axis)", "unstack": "tt_unbind(x, axis, max, out)",
    "unique_all": "tt_unique(x, &inverse, &counts); the first places: tt_take(tt_argsort(x, 0, false), 0, tt_searchsorted(sorted, values, false))",
    "unique_counts": "tt_unique(x, NULL, &counts)", "unique_inverse": "tt_unique(x, &inverse, NULL)",
    "unique_values": "tt_unique(x, NULL, NULL)",
    "cumulative_prod": "tt_cumprod(x, axis)", "cumulative_sum": "tt_cumsum(x, axis)",
    "vector_norm": "tt_norm(x, AXES, ord, keepdim)",
    "fftshift": "tt_roll(x, n / 2, axis), an axis at a time", "ifftshift": "tt_roll(x, -(n / 2), axis), an axis at a time",
}
COMPLEX = "there are no complex numbers"
WITHOUT = {name: COMPLEX for name in (
    "conj imag real fft ifft fftn ifftn rfft irfft rfftn irfftn hfft ihfft").split()}
WITHOUT["fftfreq"] = WITHOUT["rfftfreq"] = "there is no transform whose frequencies these would be"
WITHOUT["from_dlpack"] = "not yet"
INTRO = """# Array API

The [Python array API standard](https://data-apis.org/array-api/2024.12/) names what NumPy, PyTorch, JAX and
others have in common. Of the %d functions that version 2024.12 names, %d are here; the others stand with the
reason. Where a function has no options that stand in its row, its arguments are those of its page here. The
types that the standard asks for beyond those of this library are the other integers and complex numbers.

"""


def entries(paths):
    """(group, name, what stands for it here or None, the reason if None)."""
    here = {name for _, name, _ in names.functions(paths)}
    for group, listed in GROUPS.items():
        for name in listed.split():
            found = AS.get(name) or ("tt_" + name if "tt_" + name in here else None)
            yield group, name, found, None if found else WITHOUT.get(name)


def problems(paths):
    """What is wrong with the lists."""
    here = {name for _, name, _ in names.functions(paths)}
    all_names = " ".join(GROUPS.values()).split()
    for group, name, found, reason in entries(paths):
        if not found and not reason:
            yield "%s is neither here nor left out with a reason" % name
        if found and name in WITHOUT:
            yield "%s is here, and yet a reason is given why not" % name
        for function in re.findall(r"\btt_\w+", found or ""):
            if function not in here:
                yield "%s stands for %s, but there is none" % (function, name)
    for name in set(AS) | set(WITHOUT):
        if name not in all_names:
            yield "%s is no name of the standard" % name


def page(paths):
    """The page, as Markdown."""
    rows = list(entries(paths))
    out = [INTRO % (len(rows), sum(1 for r in rows if r[2]))]
    for group in GROUPS:
        out.append("\n## %s\n\n| standard | here |\n| --- | --- |\n" % group)
        out += ["| `%s` | %s |\n" % (name, "`%s`" % found if found else "no: " + (reason or "?"))
                for g, name, found, reason in rows if g == group]
    return "".join(out)
