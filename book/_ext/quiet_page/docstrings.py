"""Reads what the library says of itself: its public functions and classes, from their source.

The source is parsed, never imported: the site is built without PyTorch, NumPy and matplotlib.
"""

import ast
import inspect
import re
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

LIBRARY = Path(__file__).resolve().parents[3] / "src" / "notebooklib"
SECTION = re.compile(r"^(\w[\w ]*)\n-+\n", re.MULTILINE)
LINE = 72  # characters of a signature that stand on a page without scrolling
SELF = ("self", "cls")


@dataclass(frozen=True)
class Entry:
    """A public function, class or method.

    Attributes
    ----------
    name : str
        As its module knows it: ``gradient_descent``, ``Network.fit``.
    module : str
        The module that offers it, below ``notebooklib``.
    home : str
        The module that defines it, such as ``optim.descent``.
    call : str
        How it is called, with its defaults; empty for what is no function.
    doc : str
        Its docstring without indentation.
    methods : tuple of Entry
        The public methods and properties of a class.
    """

    name: str
    module: str
    home: str
    call: str
    doc: str
    methods: tuple["Entry", ...] = field(default=())

    @property
    def anchor(self) -> str:
        """Return its anchor on the page of its module."""
        return f"{self.module}.{self.name}"


def sections(doc: str) -> dict[str, str]:
    r"""Cut a docstring at its headings; what stands before the first is under "".

    Examples
    --------
    >>> sections("Add.\n\na + b\n\nReturns\n-------\nint\n    The sum.")
    {'': 'Add.\n\na + b', 'Returns': 'int\n    The sum.'}
    """
    head, *rest = SECTION.split(doc)
    return {"": head.strip(), **dict(zip(rest[::2], map(str.strip, rest[1::2]), strict=True))}


def fields(text: str) -> list[tuple[str, str, str]]:
    r"""Return the fields of a section: a name, a kind and what is said of it.

    Examples
    --------
    >>> fields("x : array_like, shape (n,)\n    The data.\n\n    Any unit.\nlr : float")
    [('x', 'array_like, shape (n,)', 'The data.\n\nAny unit.'), ('lr', 'float', '')]
    """
    found = []
    for head, body in re.findall(r"^(\S.*)\n?((?:(?: +.*)?(?:\n|$))*)", text, re.MULTILINE):
        name, _, kind = head.partition(" : ")
        found.append((name, kind, textwrap.dedent(body).strip()))
    return found


def call_of(name: str, arguments: ast.arguments) -> str:
    """Return how a function is called, on several lines where one would be long.

    Examples
    --------
    >>> node = ast.parse("def f(self, a: int, *, b: float = 0.5, **rest): ...").body[0]
    >>> call_of("f", node.args)
    'f(a, *, b=0.5, **rest)'
    """
    given = [*arguments.posonlyargs, *arguments.args]
    defaults = [None] * (len(given) - len(arguments.defaults)) + arguments.defaults
    parts = [_part(a, d) for a, d in zip(given, defaults, strict=True) if a.arg not in SELF]
    if arguments.posonlyargs:
        parts.insert(sum(a.arg not in SELF for a in arguments.posonlyargs), "/")
    if arguments.vararg:
        parts.append(f"*{arguments.vararg.arg}")
    elif arguments.kwonlyargs:
        parts.append("*")
    parts += [_part(a, d) for a, d in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True)]
    if arguments.kwarg:
        parts.append(f"**{arguments.kwarg.arg}")
    return _wrapped(name, parts)


def _part(argument: ast.arg, default: ast.expr | None) -> str:
    return argument.arg + ("" if default is None else f"={ast.unparse(default)}")


def _wrapped(name: str, parts: list[str]) -> str:
    line = f"{name}({', '.join(parts)})"
    if len(line) <= LINE:
        return line
    body = textwrap.wrap(", ".join(parts), LINE - 4, break_long_words=False)
    return f"{name}(\n" + textwrap.indent("\n".join(body), "    ") + "\n)"


def _decorators(node: ast.AST) -> set[str]:
    return {getattr(d, "attr", getattr(d, "id", "")) for d in node.decorator_list}


def _made(node: ast.ClassDef) -> str:
    """Return how an object of a class is made: by its `__init__`, or by its annotated fields."""
    for part in node.body:
        if isinstance(part, ast.FunctionDef) and part.name == "__init__":
            return call_of(node.name, part.args)
    parts = [
        _part(ast.arg(part.target.id), part.value)
        for part in node.body
        if isinstance(part, ast.AnnAssign) and not ast.unparse(part.annotation).startswith("Class")
    ]
    parts = [re.sub(r"=field\(default_factory=(\w+)\)", r"=\1()", part) for part in parts]
    return _wrapped(node.name, parts) if parts else ""


def entry(node: ast.FunctionDef | ast.ClassDef, module: str, home: str, owner: str = "") -> Entry:
    """Return what a definition says of itself."""
    doc, name = inspect.cleandoc(ast.get_docstring(node) or ""), f"{owner}{node.name}"
    if isinstance(node, ast.FunctionDef):
        shown = _decorators(node) & {"property", "cached_property"}
        called = "" if shown else call_of(name, node.args)
        return Entry(name, module, home, called, doc)
    methods = tuple(
        entry(part, module, home, f"{node.name}.")
        for part in node.body
        if isinstance(part, ast.FunctionDef)
        and (part.name == "__call__" or not part.name.startswith("_"))
        and "setter" not in _decorators(part)
    )
    return Entry(name, module, home, _made(node), doc, methods)


@lru_cache
def _parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def _file_of(dotted: str) -> Path:
    path = LIBRARY.joinpath(*dotted.split("."))
    return path / "__init__.py" if path.is_dir() else path.with_suffix(".py")


def about(module: str) -> str:
    """Return the docstring of a module."""
    return ast.get_docstring(_parsed(_file_of(module))) or ""


@lru_cache
def entries(module: str) -> tuple[Entry, ...]:
    """Return what a module defines or, for a package, what it offers of its files, in their order.

    A name that comes from another module is left to that module.

    Parameters
    ----------
    module : str
        Its name below ``notebooklib``.
    """
    tree = _parsed(_file_of(module))
    homes = {
        alias.asname or alias.name: node.module.removeprefix("notebooklib.")
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("notebooklib.")
        for alias in node.names
    }
    offered = _all(tree)
    files = {module: None} | {
        home: None for home in homes.values() if home.startswith(f"{module}.")
    }
    found = []
    for home in files:
        for node in _parsed(_file_of(home)).body:
            if isinstance(node, ast.FunctionDef | ast.ClassDef) and not node.name.startswith("_"):
                if offered is None or node.name in offered:
                    found.append(entry(node, module, home))
    return tuple(found)


def _all(tree: ast.Module) -> set[str] | None:
    for node in tree.body:
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "__all__":
            return set(ast.literal_eval(node.value))
    return None


def modules() -> list[str]:
    """Return the public modules and packages of the library."""
    return sorted(
        path.stem
        for path in LIBRARY.iterdir()
        if not path.name.startswith(("_", "."))
        and (path.suffix == ".py" or (path / "__init__.py").exists())
    )


def everything() -> Iterator[Entry]:
    """Yield all entries of the library, each class before its methods."""
    for module in modules():
        for one in entries(module):
            yield one
            yield from one.methods
