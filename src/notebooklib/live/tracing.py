"""Records a function of tensors as a small graph that run.js executes in the reader's page.

The mathematics stays in Python: PyTorch records which of its own operations the function performs,
breaks them into simpler ones and leaves a list. Shapes are fixed. Inputs and outputs are named; a
nested dict or list of tensors gets dotted names.
"""

import json
import re
import traceback
from collections.abc import Callable, Mapping

from notebooklib._extras import needed
from notebooklib._validate import choice, function
from notebooklib.live import _hooks
from notebooklib.live._decompositions import TABLE
from notebooklib.live._operations import (
    SUPPORTED,
    Unsupported,
    canonical,
    line_of,
    peculiar,
    refuse,
    where,
)
from notebooklib.live._packing import DTYPES, plain, stored

with needed("torch"):
    import torch
    from torch import Tensor

SMALL = 4096  # entries up to which a constant result is computed here; larger ones in the page


def trace(fn: Callable[..., dict], inputs: Mapping, *, weights: str = "float32") -> dict:
    """Record ``fn(**inputs)``, which returns a dict of tensors, as a graph.

    Parameters
    ----------
    fn : callable
        Pure: what it returns depends on its arguments alone. Modules it holds are in eval mode.
    inputs : mapping
        Example tensors, or nested dicts and lists of them, by the name of the argument; their
        shapes and dtypes become those of the graph.
    weights : {"float32", "float16"}
        How float32 constants of 256 entries or more travel.

    Returns
    -------
    dict
        "inputs" and "outputs" (from name to slot), "tensors" (a shape and dtype a slot), "consts",
        "nodes" (operation, arguments, slot; "%3" stands for slot 3) in the order of execution.

    Raises
    ------
    ValueError
        If an operation cannot travel, the function looks into a tensor (``if x > 0``, ``.item()``)
        or draws random numbers; the message names the author's line and what to write instead.
        Also if it returns no dict of tensors.

    Examples
    --------
    >>> graph = trace(lambda x: {"y": (x * x).sum()}, {"x": torch.ones(3)})
    >>> [node[0] for node in graph["nodes"]], list(graph["outputs"])
    (['mul', 'sum'], ['y'])
    """
    function(fn, "fn"), choice(weights, "weights", ("float32", "float16"))
    names, leaves, plan = _hooks.flatten(dict(inputs))
    for name, value in zip(names, leaves, strict=True):
        if not isinstance(value, Tensor) or value.dtype not in DTYPES:
            kinds = ", ".join(DTYPES.values())
            came = value.dtype if isinstance(value, Tensor) else type(value).__name__
            raise ValueError(f"{name}: expected a tensor of {kinds}, got {came}")
    out_names: list[str] = []

    def flat(*values):
        result = fn(**_hooks.unflatten(list(values), plan))
        named, tensors, _ = _hooks.flatten(result)
        if not isinstance(result, dict) or not all(isinstance(t, Tensor) for t in tensors):
            came = type(result).__name__ if not isinstance(result, dict) else "other values in it"
            raise ValueError(f"fn: expected a dict of named tensors, got {came}")
        out_names[:] = named
        return tensors

    try:
        module = _hooks.record(flat, leaves, TABLE)
    except NotImplementedError as error:
        raise refuse(str(error), _raised_at(error)) from error
    except RuntimeError as error:
        if not re.search("data-dependent|item|tracing tensor", str(error)):
            raise
        told = "a path that depends on the values of its tensors"
        raise Unsupported(
            f"fn: expected one path for all inputs, got {told} at {_raised_at(error)}; "
            "write torch.where instead of if, x[i[None]][0] instead of x[i]"
        ) from error
    return _Lowering(weights).graph(module, names, out_names)


def _raised_at(error: Exception) -> str:
    frames = [f for f in traceback.extract_tb(error.__traceback__) if _hooks.own(f.filename)]
    return line_of("".join(traceback.format_list(frames[-1:])))


def _slots(args: list) -> list[int]:
    return [int(slot) for slot in re.findall(r'"%(\d+)"', json.dumps(args))]


class _Lowering:
    """From recorded operations to the graph: constants computed, equal operations done once."""

    def __init__(self, weights: str) -> None:
        self.weights = weights
        self.tensors: list = []
        self.nodes: list = []
        self.values: dict[int, Tensor] = {}  # slot → tensor, for what depends on no input
        self.seen: dict = {}  # a constant, or an operation with its arguments → slot
        self.known: dict = {}  # recorded node → slot, or slots

    def graph(self, module, names: list[str], out_names: list[str]) -> dict:
        inputs, outputs, free = {}, {}, iter(names)
        for node in module.graph.nodes:
            if node.op == "placeholder":
                meta = node.meta["val"] if "val" in node.meta else node.meta["tensor_meta"]
                self.known[node] = inputs[next(free)] = self.slot(meta)
            elif node.op == "get_attr":
                self.known[node] = self.constant(getattr(module, node.target))
            elif node.op == "output":
                for name, argument in zip(out_names, node.args[0], strict=True):
                    outputs[name] = int(self.ref(argument)[1:])
            elif getattr(node.target, "__name__", "") == "getitem":
                self.known[node] = self.known[node.args[0]][node.args[1]]
            else:
                self.known[node] = self.operation(node)
        return self.pruned(inputs, outputs)

    def slot(self, meta) -> int:
        self.tensors.append([list(meta.shape), DTYPES.get(meta.dtype, str(meta.dtype))])
        return len(self.tensors) - 1

    def constant(self, value: Tensor) -> int:
        value = value.detach().cpu().contiguous()
        key = (value.dtype, value.shape, value.numpy().tobytes())
        if key not in self.seen:
            self.seen[key] = self.slot(value)
            self.values[self.seen[key]] = value
        return self.seen[key]

    def ref(self, a):
        """Return an argument as JSON holds it."""
        if isinstance(a, torch.fx.Node):
            known = self.known[a]
            return [f"%{i}" for i in known] if isinstance(known, tuple) else f"%{known}"
        if isinstance(a, list | tuple):
            return [self.ref(b) for b in a]
        if isinstance(a, Tensor):
            return f"%{self.constant(a)}"
        if isinstance(a, torch.dtype | torch.device | torch.layout | torch.memory_format):
            return None
        return a if a is None or isinstance(a, bool | int | str) else plain(a)

    def operation(self, node):
        if torch.Tag.nondeterministic_seeded in node.target.tags:
            raise refuse(f"{node.target}, which draws random numbers,", where(node))
        name, args = canonical(node)
        meta = node.meta["val"]
        metas = meta if isinstance(meta, tuple | list) else [meta]
        if any(m.dtype.is_complex for m in metas):
            raise refuse(f"{node.target} with complex numbers", where(node))
        call = [self.ref(a) for a in args]
        only_shape = name.endswith("_like") or name.startswith("new_")
        if only_shape or all(slot in self.values for slot in _slots(call)):
            folded = self.folded(node, name)
            if folded is not None:
                return folded
        what = "" if name in SUPPORTED else str(node.target)
        if what := what or peculiar(name, call, self.tensors):
            raise refuse(what, where(node))
        if any(m.dtype not in DTYPES for m in metas):
            raise refuse(f"{node.target} with short numbers", where(node))
        key = json.dumps([name, call, [[list(m.shape), str(m.dtype)] for m in metas]])
        if key not in self.seen:
            slots = tuple(self.slot(m) for m in metas)
            self.seen[key] = slots if metas is meta else slots[0]
            self.nodes.append([name, call, list(slots) if metas is meta else slots[0]])
        return self.seen[key]

    def folded(self, node, name: str):
        """Compute what depends on constants only, unless the page had better do it."""
        with torch.no_grad():
            named = {k: v for k, v in node.kwargs.items() if k != "pin_memory"}
            real = node.target(*[self.real(a) for a in node.args], **named)
        parts = list(real) if isinstance(real, tuple | list) else [real]
        first = parts[0].flatten()[:1]
        uniform = len(parts) == 1 and first.numel() and bool((real == first).all())
        if max(p.numel() for p in parts) > SMALL and not uniform and name in SUPPORTED:
            return None
        slots = tuple(self.constant(p) for p in parts)
        return slots if isinstance(real, tuple | list) else slots[0]

    def real(self, a):
        if isinstance(a, torch.fx.Node):
            known, meta = self.known[a], a.meta.get("val")
            if isinstance(known, tuple):
                return [self.values[i] for i in known]
            if known in self.values:
                return self.values[known]
            return torch.empty(meta.shape, dtype=meta.dtype)  # only its shape is looked at
        return type(a)(self.real(b) for b in a) if isinstance(a, list | tuple) else a

    def pruned(self, inputs: dict, outputs: dict) -> dict:
        """Drop what no output needs, number the slots anew, store the constants that remain."""
        needed, nodes = set(outputs.values()), []
        for name, args, out in reversed(self.nodes):
            outs = out if isinstance(out, list) else [out]
            if needed & set(outs):
                nodes.append([name, args, out])
                needed |= set(outs)  # an operation with two results writes both
                needed |= set(_slots(args))
        keep = sorted(needed | set(inputs.values()))
        if strange := [kind for _, kind in map(self.tensors.__getitem__, keep) if "." in kind]:
            raise Unsupported(f"fn: expected {', '.join(DTYPES.values())}, got {strange[0]}")
        new = {old: i for i, old in enumerate(keep)}

        def renumbered(args):
            text = json.dumps(args)
            return json.loads(re.sub(r'"%(\d+)"', lambda m: f'"%{new[int(m[1])]}"', text))

        held = [s for s in keep if s in self.values]
        return {
            "inputs": {name: new[slot] for name, slot in inputs.items()},
            "outputs": {name: new[slot] for name, slot in outputs.items()},
            "tensors": [self.tensors[s] for s in keep],
            "consts": {str(new[s]): stored(self.values[s], self.weights) for s in held},
            "nodes": [
                [n, renumbered(a), [new[s] for s in o] if isinstance(o, list) else new[o]]
                for n, a, o in nodes[::-1]
            ],
        }
