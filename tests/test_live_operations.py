"""Every operation of run.js against PyTorch, in the browsers that readers use."""

import os
import warnings
from functools import cache

import pytest
import torch
from live_browser import answers, command, gap
from live_cases import CASES, LAYERS

from notebooklib.live._hooks import flatten
from notebooklib.live._operations import SUPPORTED
from notebooklib.live.tracing import trace

LIMITS = {torch.float64: 1e-13, torch.float32: 4e-6}


def cast(value, dtype):
    return value.to(dtype) if value.is_floating_point() else value


@cache
def made():
    """Return, for both browsers, each case traced, with its inputs and what PyTorch computes."""
    found = {}
    for name, (fn, inputs) in CASES.items():
        for dtype in LIMITS:
            LAYERS.to(dtype)
            given = {k: cast(v, dtype) for k, v in inputs.items()}
            with torch.no_grad():
                names, values, _ = flatten(fn(**given))
            wanted = dict(zip(names, values, strict=True))
            found[name, dtype] = trace(fn, given), given, wanted
    return found


@pytest.fixture(scope="module", params=["chromium", "firefox"])
def told(request):
    if command(request.param, "", "") is None:
        missing = f"no {request.param} on this machine"
        must = os.environ.get("CI") and request.param == "chromium"
        pytest.fail(missing) if must else pytest.skip(missing)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        cases = made()
    results = answers(request.param, [(graph, given) for graph, given, _ in cases.values()])
    return {key: (result, case) for (key, case), result in zip(cases.items(), results, strict=True)}


@pytest.mark.parametrize("dtype", LIMITS, ids=str)
@pytest.mark.parametrize("name", CASES)
def test_operation(told, name, dtype):
    result, (_, _, wanted) = told[name, dtype]
    assert isinstance(result, dict), result
    gaps = {key: gap(result[key], value) for key, value in wanted.items()}
    assert max(gaps.values()) < LIMITS[dtype], gaps


def test_every_operation_was_tried(told):
    used = {node[0] for _, (graph, *_) in told.values() for node in graph["nodes"]}
    assert used >= SUPPORTED
