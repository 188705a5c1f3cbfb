"""Puts the library's functions into the book, and lets inline code that names one lead there.

A page `book/functions_NAME.md` holds ```` ```{functions} NAME ```` for one module or several; the
directive without a name lists all there is. Both are made from the source when the site is built.
"""

import ast
import re
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

from docutils import nodes
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.util.docutils import SphinxDirective
from sphinx.util.osutil import relative_uri

from . import docstrings
from .docstrings import Entry, about, entries, everything, fields, modules, sections

DIRECTIVE = re.compile(r"^```\{functions\} *([\w ]*)$", re.MULTILINE)
MARKED = re.compile(r"``(.+?)``|`(.+?)`|\barXiv:(\d{4}\.\d{4,5})")
CODE = re.compile(r"(?:notebooklib\.)?([A-Za-z_][\w.]*)(?:\(.*\))?", re.DOTALL)
PLAIN = {"support_smartquotes": False}  # 1 ... n and f' are meant as they are written
TITLES = nodes.title | nodes.term
FIELDS = ("Parameters", "Attributes", "Returns", "Yields", "Raises")


# ------------------------------------------------------------------------------ what is said


def inline(text: str) -> list[nodes.Node]:
    """Return a text of a docstring as nodes: code between backticks, papers of the arXiv as links.

    Examples
    --------
    >>> [type(node).__name__ for node in inline("At most `n`, see arXiv:1706.03762.")]
    ['Text', 'literal', 'Text', 'reference', 'Text']
    """
    found, start = [], 0
    text = re.sub(r"\s*\n\s*", " ", text)
    for match in MARKED.finditer(text):
        found.append(nodes.Text(text[start : match.start()]))
        code, start = match[1] or match[2], match.end()
        if code:
            found.append(nodes.literal("", code))
        else:
            address = f"https://arxiv.org/abs/{match[3]}"
            found.append(nodes.reference("", match[0], refuri=address, internal=False))
    return [node for node in [*found, nodes.Text(text[start:])] if node.astext()]


def paragraphs(text: str, *classes: str) -> list[nodes.paragraph]:
    """Return the paragraphs of a text."""
    text = re.sub(r"(?<=[a-z])'(?=[a-z]\b)", "’", text)  # a writer's, but f' keeps its prime
    parts = [part for part in re.split(r"\n\s*\n", text) if part.strip()]
    return [nodes.paragraph("", "", *inline(p), **PLAIN, classes=list(classes)) for p in parts]


def code(text: str, language: str, *classes: str) -> nodes.literal_block:
    """Return a block of code."""
    return nodes.literal_block(text, text, language=language, classes=list(classes))


def listed(heading: str, text: str) -> list[nodes.Node]:
    """Return a section of fields under its heading."""
    items = []
    for name, kind, said in fields(text):
        named = heading not in ("Returns", "Yields") or kind
        term = [nodes.literal("", name)] if named else inline(name)
        if kind:
            term.append(nodes.inline("", "", nodes.Text(" "), *inline(kind), **PLAIN))
        content = nodes.definition("", *paragraphs(said))
        items.append(nodes.definition_list_item("", nodes.term("", "", *term, **PLAIN), content))
    return [
        nodes.paragraph("", heading, classes=["part"]),
        nodes.definition_list("", *items, classes=["fields"]),
    ]


def described(one: Entry) -> nodes.section:
    """Return the section of a page that describes a function or a class with its methods."""
    told = sections(one.doc)
    box = part(nodes.literal("", one.name), one.anchor)
    box["classes"] = ["function"]
    if one.call:
        box += code(one.call, "python", "signature")
        box["arguments"] = re.findall(r"\w+", one.call)[1:]
    box += paragraphs(told.pop("", ""))
    for heading, text in told.items():
        if heading in FIELDS:
            box += listed(heading, text)
        elif heading == "Examples":
            box += code(text, "pycon")
        else:
            box += paragraphs(text, "notes")
    box += [described(method) for method in one.methods]
    return box


def part(title: nodes.Node, anchor: str, *content: nodes.Node) -> nodes.section:
    """Return a section of a page."""
    return nodes.section("", nodes.title("", "", title), *content, ids=[anchor])


def module_parts(module: str) -> Iterator[nodes.section]:
    """Yield a section for each file of a module, or the entries of a module of one file."""
    homes = list(dict.fromkeys(one.home for one in entries(module)))
    for home in homes:
        found = [described(one) for one in entries(module) if one.home == home]
        if home == module:
            yield from found
        else:
            stem = home.rpartition(".")[2].replace("_", " ")
            title = stem.upper() if len(stem) < 4 else stem.capitalize()
            yield part(nodes.Text(title), f"file-{home}", *paragraphs(about(home)), *found)


def overview(module: str) -> nodes.section:
    """Return the list of what a module holds, a sentence each."""
    items = []
    for one in entries(module):
        sentence = paragraphs(one.doc)[0]
        term = nodes.term("", "", nodes.literal("", one.name, module=module))
        items.append(nodes.definition_list_item("", term, nodes.definition("", sentence)))
    name = nodes.literal("", module, module=module)
    said = paragraphs(about(module))[:1]
    listing = nodes.definition_list("", *items, classes=["overview"])
    return part(name, f"module-{module}", *said, listing)


class Functions(SphinxDirective):
    """Describe the functions of the modules that are named, or list those of all."""

    optional_arguments = 1
    final_argument_whitespace = True

    def run(self) -> list[nodes.Node]:
        """Return the sections; the page is read anew when the source has changed."""
        for path in docstrings.LIBRARY.rglob("*.py"):
            self.env.note_dependency(str(path))
        named = " ".join(self.arguments).split()
        if not named:
            return [overview(module) for module in modules()]
        if len(named) == 1:
            return [*paragraphs(about(named[0])), *module_parts(named[0])]
        return [
            part(nodes.Text(name), f"module-{name}", *paragraphs(about(name)), *module_parts(name))
            for name in named
        ]


# ---------------------------------------------------------------------------- what leads there


@lru_cache
def pages(folder: Path) -> dict[str, str]:
    """Return the document that describes each module, found by the directive in it."""
    found = {}
    for path in sorted(folder.glob("functions*.md")):
        for names in DIRECTIVE.findall(path.read_text(encoding="utf-8")):
            found |= dict.fromkeys(names.split(), f"{folder.name}/{path.stem}")
    return found


@lru_cache
def by_name() -> dict[str, Entry]:
    """Return what each name stands for, alone and behind its module, where it is the only one."""
    found: dict[str, list[Entry]] = {}
    for one in everything():
        for name in (one.name, f"{one.module}.{one.name}"):
            found.setdefault(name, []).append(one)
    return {name: same[0] for name, same in found.items() if len(same) == 1}


def imported(source: str) -> tuple[dict[str, str], set[str]]:
    r"""Return what a cell imports of the library, by the name it has there, and what it defines.

    Examples
    --------
    >>> imported("from notebooklib import linear_algebra as la")
    ({'la': 'linear_algebra'}, set())
    >>> imported("from notebooklib.optim import SGD\ndef rank(A): ...")
    ({'SGD': 'optim.SGD'}, {'rank'})
    """
    try:
        body = ast.parse(source).body
    except SyntaxError:  # an output, or a cell with a line of IPython's
        return {}, set()
    names, own = {}, set()
    for node in body:
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("notebooklib"):
            package = node.module.removeprefix("notebooklib").lstrip(".").partition(".")[0]
            for alias in node.names:
                full = f"{package}.{alias.name}" if package else alias.name
                names[alias.asname or alias.name] = full
        elif isinstance(node, ast.FunctionDef | ast.ClassDef):
            own.add(node.name)
    return names, own


class FunctionLinks(SphinxPostTransform):
    """Let inline code lead to the function it names: of a module, imported, or in a table."""

    default_priority = 700
    formats = ("html",)

    def run(self, **kwargs):
        """Walk through the inline code of a page."""
        homes = pages(Path(self.app.srcdir) / "book")
        here = self.env.docname
        names: dict[str, str] = {}
        own: set[str] = set()
        for block in self.document.findall(nodes.literal_block):
            if "notebooklib" in block.astext() or "def " in block.astext():
                more, defined = imported(block.astext())
                names, own = names | more, own | defined
        for literal in list(self.document.findall(nodes.literal)):
            of = literal.get("module")
            if _inside(literal, nodes.reference if of else nodes.reference | TITLES):
                continue
            anywhere = here in homes.values() or _inside(literal, nodes.entry) is not None
            text = f"{of}.{literal.astext()}" if of else literal.astext()
            one = meant(text, names, own | _arguments(literal), anywhere)
            if of == literal.astext() and of in homes:
                self._lead(literal, homes[of], "")
            elif one is not None and one.module in homes:
                self._lead(literal, homes[one.module], f"#{one.anchor}")

    def _lead(self, literal: nodes.literal, document: str, anchor: str) -> None:
        page = self.app.builder.get_target_uri
        address = relative_uri(page(self.env.docname), page(document)) + anchor
        link = nodes.reference("", "", internal=True, refuri=address, classes=["to-function"])
        literal.replace_self(link)
        link += literal


def meant(text: str, names: dict[str, str], own: set[str], anywhere: bool) -> Entry | None:
    """Return what of the library a piece of code names, or None.

    Parameters
    ----------
    text : str
        Such as ``rank``, ``la.rank(A)`` or ``Network.fit``.
    names : dict
        What the page imports, by the name it has there.
    own : set of str
        What the page defines itself: those names are its own.
    anywhere : bool
        Whether a bare name that is not imported counts.

    Examples
    --------
    >>> meant("la.rank(A)", {"la": "linear_algebra"}, set(), False).anchor
    'linear_algebra.rank'
    >>> meant("rank", {}, {"rank"}, True), meant("rank", {}, set(), False)
    (None, None)
    """
    found = CODE.fullmatch(text)
    if found is None:
        return None
    known = by_name()
    first, dot, rest = found[1].partition(".")
    if first in own:
        return None
    full = names.get(first, first) + dot + rest
    if full in known and (dot or first in names or anywhere):
        return known[full]
    module, _, name = full.partition(".")  # what a module offers of another
    return known.get(name) if module in modules() else None


def _arguments(node: nodes.Node) -> set[str]:
    """Return the arguments of the function whose description a node stands in."""
    section = _inside(node, nodes.section)
    return set(section.get("arguments", ())) if section is not None else set()


def _inside(node: nodes.Node, kind: type) -> nodes.Node | None:
    while node is not None and not isinstance(node, kind):
        node = node.parent
    return node


def note_names(app, config) -> None:
    """Let every page be written anew where a function has come, gone or moved."""
    docstrings.entries.cache_clear()
    docstrings._parsed.cache_clear()
    by_name.cache_clear()
    pages.cache_clear()
    config.library_names = " ".join(sorted(by_name()))


def setup(app):
    """Connect to Sphinx."""
    app.add_config_value("library_names", "", "html")
    app.connect("config-inited", note_names)
    app.add_directive("functions", Functions)
    app.add_post_transform(FunctionLinks)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
