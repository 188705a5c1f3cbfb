"""The pages of the library's functions: made from its source, they say what the library says."""

import inspect
import re
import sys
from importlib import import_module
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "book" / "_ext"))
pytest.importorskip("sphinx")

from quiet_page import docstrings, functions  # noqa: E402

MODULES = docstrings.modules()


@pytest.mark.parametrize("name", MODULES)
def test_what_is_parsed_is_what_is_imported(name):
    module = import_module(f"notebooklib.{name}")
    found = docstrings.entries(name)
    assert found
    for one in found:
        thing = getattr(module, one.name)
        assert inspect.cleandoc(thing.__doc__) == one.doc
        if inspect.isfunction(thing) and not hasattr(thing, "__wrapped__"):
            given = [name for name in inspect.signature(thing).parameters]
            assert re.findall(r"(\w+)(?==|[,)\n]|$)", _without_values(one.call)) == given
    offered = getattr(module, "__all__", None) or [
        key
        for key, thing in vars(module).items()
        if not key.startswith("_") and getattr(thing, "__module__", "") == module.__name__
    ]
    here = {k for k in offered if _at_home(getattr(module, k), module.__name__)}
    assert {one.name for one in found} == here


def _without_values(call):
    """Return a call without its defaults: its arguments' names alone."""
    inner = call.partition("(")[2].rstrip(")\n")
    for _ in range(3):
        inner = re.sub(r"\([^()]*\)|\[[^\[\]]*\]|'[^']*'", "", inner)
    return re.sub(r"=[^,]*", "", inner)


def _at_home(thing, name):
    is_code = inspect.isfunction(thing) or inspect.isclass(thing)
    return is_code and thing.__module__.startswith(name)


def test_every_module_has_its_page_in_the_table_of_contents():
    pages = functions.pages(ROOT / "book")
    assert set(pages) == set(MODULES)
    toc = yaml.safe_load((ROOT / "_toc.yml").read_text(encoding="utf-8"))
    beside = [c for part in toc["parts"] for c in part["chapters"]]
    listed = [s["file"] for c in beside if c["file"] == "book/functions" for s in c["sections"]]
    assert list(dict.fromkeys(pages[name] for name in pages)) == sorted(listed)


def test_a_page_is_made_of_what_a_docstring_says():
    one = next(e for e in docstrings.entries("linear_algebra") if e.name == "projection")
    text = functions.described(one).astext()
    told = docstrings.sections(one.doc)
    assert {"", "Parameters", "Returns", "Raises", "Examples"} <= set(told)
    for part in told.values():
        words = re.findall(r"\w{3,}", part)
        assert words and all(word in text for word in words)
    assert one.call in text


@pytest.mark.parametrize(
    ("code", "names", "own", "anywhere", "anchor"),
    [
        ("la.det", {"la": "linear_algebra"}, (), False, None),
        ("la.determinant(A)", {"la": "linear_algebra"}, (), False, "linear_algebra.determinant"),
        ("determinant", {}, (), False, None),
        ("determinant", {}, (), True, "linear_algebra.determinant"),
        ("determinant", {}, ("determinant",), True, None),
        ("SGD(0.1)", {"SGD": "optim.SGD"}, (), False, "optim.SGD"),
        ("mlp.Network.fit", {}, (), False, "mlp.Network.fit"),
        ("transformer.softmax", {}, (), False, "mlp.softmax"),
        ("notebooklib.optim.bowl", {}, (), False, "optim.bowl"),
        ("A @ v", {}, (), True, None),
        ("np.linalg.solve", {}, (), True, None),
    ],
)
def test_code_leads_to_the_function_it_names(code, names, own, anywhere, anchor):
    found = functions.meant(code, names, set(own), anywhere)
    assert (found and found.anchor) == anchor
