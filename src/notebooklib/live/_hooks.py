"""All that tracing takes from PyTorch's private parts; `tests/test_live_tracing.py` guards each.

When a new version of PyTorch moves one of them, that test names it, and this file is the place.
"""

import traceback
import warnings
from collections.abc import Callable
from unittest import mock

from notebooklib._extras import needed

with needed("torch"):
    import torch
    from torch._decomp import core_aten_decompositions, get_decompositions
    from torch.fx.experimental.proxy_tensor import PythonKeyTracer, make_fx
    from torch.utils import _pytree as pytree

__all__ = ["core_aten_decompositions", "flatten", "get_decompositions", "record", "unflatten"]


def record(flat: Callable, leaves: list, table: dict) -> torch.fx.GraphModule:
    """Return the operations that `flat(*leaves)` performs, none of which writes in place.

    The first pass breaks operations up by the `table`; where they, or the author, write in place,
    a second one turns that into new values.
    """
    plain = torch.backends.mkldnn.flags(enabled=False)  # the LSTM of oneDNN is one opaque operation
    quiet = warnings.catch_warnings(action="ignore")  # what PyTorch says to itself
    with quiet, torch.no_grad(), _own_lines(), _as_if_compiling(), plain:
        leaves = [leaf.clone() for leaf in leaves]  # a tensor given twice makes two inputs
        module = make_fx(flat, table, record_stack_traces=True)(*leaves)
        schemas = (getattr(node.target, "_schema", None) for node in module.graph.nodes)
        if any(schema is not None and schema.is_mutable for schema in schemas):
            raw = module
            again = torch.func.functionalize(lambda *values: torch.fx.Interpreter(raw).run(*values))
            with torch.fx.traceback.preserve_node_meta():
                module = make_fx(again, table)(*leaves)
    module.graph.eliminate_dead_code()
    return module


def flatten(tree) -> tuple[list[str], list, object]:
    """Return the dotted names, the values and the plan of nested dicts and lists."""
    pairs, plan = pytree.tree_flatten_with_path(tree)
    steps = [[str(getattr(k, "key", getattr(k, "idx", k))) for k in path] for path, _ in pairs]
    return [".".join(step) for step in steps], [value for _, value in pairs], plan


def unflatten(values: list, plan: object):
    """Return the nested dicts and lists that `flatten` took apart."""
    return pytree.tree_unflatten(values, plan)


def own(filename: str) -> bool:
    """Say whether a line of code is the author's: neither PyTorch's nor that of this package."""
    name = filename.replace("\\", "/")
    return "/torch/" not in name and "/notebooklib/live/" not in name


def _own_lines():
    """Let each operation know the author's line that asked for it."""

    def last(tracer, frames):
        return traceback.StackSummary.from_list([f for f in frames if own(f.filename)][-1:])

    return mock.patch.object(PythonKeyTracer, "_filter_traceback_frames", last)


def _as_if_compiling():
    """Skip checks that read values, as `notebooklib._tensors.tokens` does while compiling."""
    return mock.patch.object(torch.compiler, "is_compiling", lambda: True)
