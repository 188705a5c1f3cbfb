"""The operations that run.js knows, and how a recorded one becomes one of them."""

import re

from notebooklib._extras import needed

with needed("torch"):
    import torch

# The names are those of ATen, without overload. Views that only rename axes are all "view".
UNARY = (
    "neg exp log log1p expm1 sqrt rsqrt sin cos tan atan tanh sigmoid relu erf abs sign reciprocal "
    "floor ceil round logical_not bitwise_not isnan copy"
).split()
BINARY = (
    "add sub mul div pow maximum minimum atan2 fmod remainder eq ne lt le gt ge "
    "logical_and logical_or bitwise_and bitwise_or"
).split()
OTHER = (
    "where clamp sum mean prod amax amin any argmax argmin cumsum sort view permute expand slice "
    "select flip repeat diagonal cat constant_pad_nd mm bmm convolution max_pool2d_with_indices "
    "index index_put gather scatter scatter_add"
).split()
SUPPORTED = {*UNARY, *BINARY, *OTHER}
VIEWS = {"view", "_unsafe_view", "reshape", "unsqueeze", "squeeze", "squeeze_", "unsqueeze_"}
COPIES = {"clone", "_to_copy", "alias", "detach", "lift_fresh_copy", "lift_fresh"}
SAME = {  # another name of ATen's for an operation
    "logical_xor": "ne",
    "bitwise_xor": "ne",
    "_unsafe_index": "index",
    "_unsafe_index_put": "index_put",
}
OF_TRUTH = {"add": "logical_or", "mul": "logical_and", "bitwise_not": "logical_not"}  # for booleans

HINTS = {  # what to write instead, by a part of the operation's name
    "bernoulli": "draw no random numbers: put a module into eval mode, or take Noise as an input",
    "rand": "draw no random numbers: take them as an input (Noise)",
    "normal": "draw no random numbers: take them as an input (Noise)",
    "dropout": "put the module into eval mode",
    "nonzero": "shapes are fixed: keep all entries and choose with torch.where",
    "masked_select": "shapes are fixed: keep all entries and choose with torch.where",
    "unique": "shapes are fixed: compare with all values, (x[:, None] == values)",
    "linalg": "write the closed form of a small matrix, or iterate, a power at a step",
    "_svd": "iterate, a power at a step",
    "fft": "multiply by the matrix of sines and cosines",
    "complex": "carry the real and the imaginary part as two tensors",
    "cumprod": "sum the logarithms, x.log().cumsum(0).exp()",
    "no neighbours": "permute the axes first",
    "padding": "take a slice",
    "as_strided": "reach the entries by indexing",
    "cdist": "write (a[:, None] - b).square().sum(-1).sqrt()",
}


class Unsupported(ValueError):
    """Something that cannot travel: it names what, the author's line, and what to write."""


def refuse(what: str, where: str) -> Unsupported:
    """Return the error for something that cannot travel, asked for at the line `where`."""
    hint = next((say for part, say in HINTS.items() if part in what), "write it with simpler ones")
    expected = "operations that can travel to the page"
    return Unsupported(f"fn: expected {expected}, got {what} at {where}; {hint}")


def canonical(node) -> tuple[str, list]:
    """Return the short name of a recorded operation and all its arguments in the schema's order."""
    schema, meta = node.target._schema, node.meta["val"]
    name = schema.name.split("::")[1]
    args = list(node.args)
    for argument in schema.arguments[len(args) :]:
        args.append(node.kwargs.get(argument.name, argument.default_value))
    name = SAME.get(name, name)
    if getattr(meta, "dtype", None) == torch.bool:
        name = OF_TRUTH.get(name, name)
    if name in VIEWS:
        return "view", args[:1]
    if name in COPIES:
        return "copy", args[:1]
    if name == "copy":  # copy(self, source): the source, in the shape and dtype of self
        return "expand", [args[1]]
    if name in ("max", "min") and len(args) == 1:
        return f"a{name}", [args[0], []]
    if name in ("add", "sub", "logical_or") and args[2:] == [1]:
        args = args[:2]
    if name in ("sum", "mean", "prod", "any"):
        dims = args[1] if len(args) > 1 and not isinstance(args[1], torch.dtype) else None
        args = [args[0], [] if dims is None else [dims] if isinstance(dims, int) else list(dims)]
    if name in ("amax", "amin"):
        args = args[:2]
    if name == "sort" and schema.overload_name == "stable":
        args = [args[0], *args[2:]]
    if name == "expand":
        args = args[:1]
    return name, args


def peculiar(name: str, call: list, shapes: list) -> str:
    """Return what of a known operation run.js does not know, or nothing.

    `call` holds its arguments, "%3" for slot 3; `shapes` the shape and dtype of each slot.
    """
    if name in UNARY and call[1:]:
        return f"{name} with options"
    if name in ("index", "index_put"):
        used = [k for k, index in enumerate(call[1]) if index is not None]
        if any(shapes[int(call[1][k][1:])][1] == "bool" for k in used):
            return "nonzero places of a boolean index"
        if used != list(range(used[0], used[0] + len(used))):
            return "an index of axes that are no neighbours"
    if name == "constant_pad_nd" and min(call[1]) < 0:
        return "negative padding"
    if name == "convolution" and len(shapes[int(call[0][1:])][0]) not in (3, 4):
        return "a convolution of three dimensions"
    if name == "scatter" and call[4:]:
        return "scatter with a reduction"
    return ""


def where(node) -> str:
    """Name the author's line that asked for a recorded operation."""
    return line_of(node.stack_trace or node.meta.get("stack_trace") or "")


def line_of(trace: str) -> str:
    """Return "file, line 3, in f: code" of a stack trace's one frame."""
    found = re.search(r'File "([^"]+)", (line \d+), (in \S+)\s*([^\n]*)', trace)
    if not found:
        return "an unknown line"
    file, line, function, code = found.groups()
    name = file.replace("\\", "/").rsplit("/", 1)[-1]
    name = "the cell" if name.split(".")[0].isdigit() else name  # an IPython kernel numbers them
    return f"{name}, {line}, {function}: {code[:100].strip()}"
