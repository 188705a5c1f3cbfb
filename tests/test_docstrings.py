"""Each public docstring keeps the dialect of CONTRIBUTING.md, beyond what numpydoc checks."""

import ast
import re
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[1] / "src" / "notebooklib"
FILES = [
    path
    for path in sorted(PACKAGE.rglob("*.py"))
    if not re.match(r"_(?!_init)|chapter_", path.name)
]
CHECKS = {  # what refuses its argument
    node.name
    for node in ast.parse((PACKAGE / "_validate.py").read_text(encoding="utf-8")).body
    if isinstance(node, ast.FunctionDef) and not node.name.startswith("_")
}


def public(tree, prefix=""):
    """Yield the public functions and classes of a module or class, by name."""
    for node in tree.body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and not node.name.startswith("_"):
            if "setter" not in decorators(node):
                yield prefix + node.name, node
            if isinstance(node, ast.ClassDef):
                yield from public(node, f"{node.name}.")


def decorators(node):
    return {getattr(d, "id", getattr(d, "attr", "")) for d in node.decorator_list}


def refuses(node):
    """Return whether a function, or a class when it is made, raises by its own lines."""
    if isinstance(node, ast.ClassDef):
        makers = ("__init__", "__post_init__")
        return any(refuses(part) for part in node.body if getattr(part, "name", "") in makers)
    calls = [part.func for part in ast.walk(node) if isinstance(part, ast.Call)]
    checks = {call.id for call in calls if isinstance(call, ast.Name)} & CHECKS
    through = any(ast.unparse(call).startswith("_validate.") for call in calls)
    raised = [part.exc for part in ast.walk(node) if isinstance(part, ast.Raise) and part.exc]
    raised = [exc for exc in raised if ast.unparse(exc) != "NotImplementedError"]
    return bool(checks or through or raised)


CASES = [
    pytest.param(node, id=f"{path.relative_to(PACKAGE).with_suffix('')}.{name}")
    for path in FILES
    for name, node in public(ast.parse(path.read_text(encoding="utf-8")))
]


@pytest.mark.parametrize("node", CASES)
def test_a_docstring_says_what_can_be_raised(node):
    assert not refuses(node) or "Raises\n------\n" in (ast.get_docstring(node) or "")


@pytest.mark.parametrize("node", CASES)
def test_every_array_has_its_shape(node):
    array = r"^(?:\S.* : )?(\S*(?:ndarray|array_like|Tensor)\b.*)$"
    for kind in re.findall(array, ast.get_docstring(node) or "", re.MULTILINE):
        assert "shape" in kind, kind


@pytest.mark.parametrize("node", CASES)
def test_formulas_are_readable_in_help(node):
    assert not re.search(r"\.\. math::|:math:", ast.get_docstring(node) or "")


@pytest.mark.parametrize("node", CASES)
def test_every_public_function_has_an_example(node):
    if node.name not in ("forward", "direction"):  # the example of their class runs these
        shown = decorators(node) & {"property", "cached_property"}
        assert shown or ">>> " in (ast.get_docstring(node) or "")
