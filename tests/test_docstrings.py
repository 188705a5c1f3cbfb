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


def raises_unsaid(node, said):
    return refuses(node) and "Raises\n------\n" not in said


def array_without_shape(node, said):
    array = r"^(?:\S.* : )?(\S*(?:ndarray|array_like|Tensor)\b.*)$"
    return any("shape" not in kind for kind in re.findall(array, said, re.MULTILINE))


def formula_in_tex(node, said):
    return bool(re.search(r"\.\. math::|:math:", said))


def no_example(node, said):
    by_its_class = node.name in ("forward", "direction")  # the example of their class runs these
    read = decorators(node) & {"property", "cached_property"}
    return not by_its_class and not read and ">>> " not in said


FAULTS = [raises_unsaid, array_without_shape, formula_in_tex, no_example]


def faults_of(node):
    return [fault for fault in FAULTS if fault(node, ast.get_docstring(node) or "")]


@pytest.mark.parametrize("node", CASES)
def test_a_docstring_keeps_the_dialect(node):
    assert faults_of(node) == []


SOUND = '''
def weigh(x):
    """Return the weighted x.

    Parameters
    ----------
    x : array_like, shape (n,)
        Numbers, yₖ = wₖ xₖ.

    Returns
    -------
    ndarray, shape (n,)
        The same.

    Raises
    ------
    ValueError
        If x is empty.

    Examples
    --------
    >>> weigh([1])
    """
    return vector(x, "x")
'''
PLANTED = [
    (raises_unsaid, "Raises", "Warns"),
    (raises_unsaid, "    Raises\n    ------\n    ValueError\n        If x is empty.\n", ""),
    (array_without_shape, "array_like, shape (n,)", "array_like"),
    (array_without_shape, "ndarray, shape (n,)", "ndarray"),
    (array_without_shape, "x : array_like, shape (n,)", "x : Tensor or None"),
    (formula_in_tex, "yₖ = wₖ xₖ", ":math:`y = w x`"),
    (formula_in_tex, "    Parameters", "    .. math:: y\n\n    Parameters"),
    (no_example, ">>> ", ""),
]


def faults(text):
    (node,) = [node for _, node in public(ast.parse(text))]
    return faults_of(node)


def test_a_sound_docstring_has_no_fault():
    assert faults(SOUND) == []


@pytest.mark.parametrize(("fault", "old", "new"), PLANTED)
def test_a_planted_fault_is_seen(fault, old, new):
    assert old in SOUND
    assert faults(SOUND.replace(old, new)) == [fault]


@pytest.mark.parametrize(
    "line", ["raise ValueError", "return vector(x)", "return _validate.count(x)"]
)
def test_a_function_that_refuses_is_known(line):
    makes = f"class Thing:\n    def __post_init__(self):\n        {line}"
    tree = ast.parse(f"def f(x):\n    {line}\n{makes}")
    assert all(refuses(node) for node in tree.body)
    assert not refuses(ast.parse("def f(x):\n    raise NotImplementedError").body[0])


def test_every_module_is_read():
    assert len(CASES) > 200
    assert any(case.id.startswith("transformer/") for case in CASES)
