"""What cannot travel is refused, by its name and the author's line; hooks of PyTorch hold."""

import traceback

import pytest
import torch
import torch.nn.functional as F
from torch import nn

from notebooklib.live import _hooks
from notebooklib.live._operations import Unsupported
from notebooklib.live._packing import digest, packed, stored
from notebooklib.live.tracing import trace

X = torch.arange(9.0).reshape(3, 3) + torch.eye(3)
MOVED = f"PyTorch {torch.__version__} has moved it: mend src/notebooklib/live/_hooks.py"


def branches(x):
    return {"y": x if x.sum() > 0 else -x}


@pytest.mark.parametrize(
    ("fn", "what", "instead"),
    [
        (lambda x: {"y": torch.linalg.qr(x)[0]}, "linalg_qr", "closed form"),
        (lambda x: {"y": torch.linalg.solve(x, x)}, "solve", "closed form"),
        (lambda x: {"y": x + torch.rand(3)}, "random numbers", "as an input"),
        (lambda x: {"y": x + torch.randn_like(x)}, "random numbers", "as an input"),
        (lambda x: {"y": F.dropout(x)}, "random numbers", "eval mode"),
        (lambda x: {"y": nn.Dropout(0.5)(x)}, "random numbers", "eval mode"),
        (branches, "path that depends on the values", "torch.where instead of if"),
        (lambda x: {"y": x * x.sum().item()}, "path that depends on the values", "torch.where"),
        (lambda x: {"y": x[x.argmax()]}, "path that depends on the values", "x[i[None]]"),
        (lambda x: {"y": x[x > 4]}, "boolean index", "shapes are fixed"),
        (lambda x: {"y": x.nonzero()}, "nonzero", "shapes are fixed"),
        (lambda x: {"y": torch.fft.fft(x).abs()}, "fft", "matrix of sines and cosines"),
        (lambda x: {"y": (x + 1j).abs()}, "complex", "two tensors"),
        (lambda x: {"y": x.cumprod(0)}, "cumprod", "logarithms"),
        (lambda x: {"y": F.pad(x, (-1, 0))}, "negative padding", "slice"),
        (lambda x: {"y": x.reshape(3, 1, 3)[[0, 1], :, [0, 1]]}, "no neighbours", "permute"),
        (lambda x: {"y": F.conv3d(x[None, None, None], x[None, None, None])}, "three", "simpler"),
        (lambda x: {"y": torch.round(x, decimals=2)}, "round with options", "simpler"),
        (lambda x: {"y": F.avg_pool2d(x[None], 2, ceil_mode=True)}, "avg_pool2d", "simpler"),
    ],
)
def test_refusals_name_the_line_and_say_what_to_write(fn, what, instead):
    with pytest.raises(Unsupported, match=what) as told:
        trace(fn, {"x": X})
    assert "test_live_tracing.py, line " in str(told.value)
    assert "fn: expected " in str(told.value) and ", got " in str(told.value)
    assert instead in str(told.value)


@pytest.mark.parametrize("result", [X, [X], {"y": 3}, {"y": "text"}, None])
def test_a_function_returns_named_tensors(result):
    with pytest.raises(ValueError, match="fn: expected a dict of named tensors, got"):
        trace(lambda x: result, {"x": X})


@pytest.mark.parametrize("value", [1.0, [1.0], X.half(), X.to(torch.complex64), None])
def test_inputs_are_tensors_of_known_kinds(value):
    with pytest.raises(ValueError, match="x.*: expected a tensor of float64"):
        trace(lambda x: {"y": x}, {"x": value})


def test_an_error_of_the_author_stays_as_it_is():
    def wrong(x):
        raise KeyError("mine")

    with pytest.raises(KeyError, match="mine"):
        trace(wrong, {"x": X})


def test_a_constant_beyond_32_bits_is_refused():
    with pytest.raises(ValueError, match="whole numbers below 2³¹"):
        trace(lambda x: {"y": x + torch.tensor([2**40, 1, 1])}, {"x": X.long()})


def test_equal_operations_are_done_once_and_constants_are_computed_here():
    w = torch.linspace(0, 1, 3)
    graph = trace(lambda x: {"a": (x @ w.exp()).sum(), "b": (x @ w.exp()).sum()}, {"x": X})
    assert [node[0] for node in graph["nodes"]].count("exp") == 0
    assert graph["outputs"]["a"] == graph["outputs"]["b"]


def test_what_no_output_needs_is_left_out():
    graph = trace(lambda x: {"y": x + 1, "z": (x.exp(), x)[1]}, {"x": X})
    assert [node[0] for node in graph["nodes"]] == ["add"]


def test_a_tensor_given_twice_makes_two_inputs():
    x = torch.ones(2)
    graph = trace(lambda a, b: {"y": a - 2 * b}, {"a": x, "b": x})
    assert len(graph["inputs"]) == len({*graph["inputs"].values()}) == 2
    (_, (left, right), _) = graph["nodes"][-1]
    assert left == f"%{graph['inputs']['a']}" and right != f"%{graph['inputs']['b']}"


def test_nested_names():
    state = {"w": [X, {"b": X}]}
    graph = trace(lambda s: {"s": {"w": [s["w"][0] + 1, s["w"][1]["b"]]}}, {"s": state})
    assert list(graph["inputs"]) == ["s.w.0", "s.w.1.b"]
    assert list(graph["outputs"]) == ["s.w.0", "s.w.1"]


def test_the_digest_knows_the_graph_and_not_its_weights():
    def graph(w, f=torch.exp):
        return trace(lambda x: {"y": f(x) @ w}, {"x": X})

    one, other = graph(torch.rand(3, 400)), graph(torch.rand(3, 400))
    assert digest(one) == digest(other) and packed(one) != packed(other)
    assert digest(graph(torch.rand(3, 400), torch.sin)) != digest(one)


def test_half_the_weight():
    w = torch.rand(3, 400)
    single, half = (
        trace(lambda x: {"y": x @ w}, {"x": X}, weights=k) for k in ("float32", "float16")
    )
    assert 0.4 < len(str(half)) / len(str(single)) < 0.7
    assert stored(torch.zeros(5, 5)) == {"fill": 0.0}
    assert stored(torch.tensor([torch.inf])) == {"fill": "inf"}
    assert "fill" not in stored(torch.tensor([-0.0, 0.0]))


# ---------------------------------------------------------------- private parts of PyTorch


def test_the_hooks_are_where_they_were():
    from torch.fx.experimental.proxy_tensor import PythonKeyTracer

    assert hasattr(PythonKeyTracer, "_filter_traceback_frames"), MOVED
    assert callable(torch.compiler.is_compiling), MOVED
    assert _hooks.get_decompositions([torch.ops.aten.addmm]), MOVED


def test_the_authors_line_is_known():
    def fn(x):
        return {"y": x.sin()}  # this line

    recorded = _hooks.record(lambda x: [fn(x)["y"]], [X], {})
    told = [node.stack_trace for node in recorded.graph.nodes if node.op == "call_function"]
    assert any("# this line" in (text or "") for text in told), MOVED


def test_checks_of_values_are_skipped_and_afterwards_are_not():
    seen = []
    trace(lambda x: seen.append(torch.compiler.is_compiling()) or {"y": x}, {"x": X})
    assert seen == [True] * len(seen) and seen, MOVED
    assert not torch.compiler.is_compiling(), MOVED


def test_an_lstm_is_broken_up():
    lstm = nn.LSTM(3, 4).eval()
    graph = trace(lambda x: {"y": lstm(x[None])[0]}, {"x": X})
    assert {"sigmoid", "tanh"} <= {node[0] for node in graph["nodes"]}, MOVED


def test_names_of_nested_values():
    assert _hooks.flatten({"a": [1, {"b": 2}]})[:2] == (["a.0", "a.1.b"], [1, 2]), MOVED


def test_frames_of_pytorch_are_told_apart():
    frame = traceback.extract_stack()[-1]
    assert _hooks.own(frame.filename) and not _hooks.own(torch.__file__)
