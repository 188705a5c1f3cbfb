"""Anchors that plain Markdown links can name, so that JupyterLab and GitHub follow them too."""

import re

from docutils import nodes
from sphinx.transforms import SphinxTransform
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.util import logging

LOG = logging.getLogger(__name__)
SYMBOLS = "book/notation"


class SymbolAnchors(SphinxTransform):
    """Give each row of the table of symbols an anchor, named after its first formula."""

    default_priority = 400

    def apply(self, **kwargs):
        """Name the rows."""
        if self.env.docname != SYMBOLS:
            return
        taken = set()
        for row in self.document.findall(nodes.row):
            math = next(iter(row.children[0].findall(nodes.math)), None)
            if math is not None:
                row["ids"].append(symbol_anchor(math.astext(), taken))


def symbol_anchor(tex: str, taken: set[str]) -> str:
    r"""Return an anchor for a formula that is not among those `taken`, and take it.

    Examples
    --------
    >>> taken = set()
    >>> symbol_anchor(r"\theta", taken), symbol_anchor(r"\theta", taken)
    ('symbol-theta', 'symbol-theta-2')
    """
    name = "symbol-" + (re.sub(r"[^A-Za-z0-9]+", "-", tex).strip("-").lower() or "sign")
    unique, number = name, 1
    while unique in taken:
        number += 1
        unique = f"{name}-{number}"
    taken.add(unique)
    return unique


class EquationTags(SphinxTransform):
    r"""Take the number, such as `\tag{8.1}`, out of a formula: the page counts for itself."""

    default_priority = 860  # before equations are counted

    def apply(self, **kwargs):
        """Remember each number under the equation's name, to be compared with the page's."""
        tags = self.env.metadata[self.env.docname].setdefault("equation_tags", {})
        for block in self.document.findall(nodes.math_block):
            text = re.sub(r"\s*\\tag\{([^}]*)\}", "", block.astext())
            if text != block.astext():
                tags[str(block.get("label"))] = re.search(r"\\tag\{([^}]*)\}", block.astext())[1]
                block.clear()
                block += nodes.Text(text)


def compare_equation_tags(app, env) -> None:
    """Warn where the number that JupyterLab shows is not the number on the page."""
    if "book" not in env.domains:
        return
    things = env.get_domain("book").things
    for docname in sorted(env.found_docs):
        tags = env.metadata[docname].get("equation_tags", {})
        for name, tag in tags.items():
            counted = things[name].number if name in things else "none"
            if tag != counted:
                LOG.warning(
                    "%s: expected \\tag{%s}, got \\tag{%s}", name, counted, tag, location=docname
                )


class TermLinks(SphinxPostTransform):
    """Give a plain link to the glossary the look of a term: it is written `[word](…#term-word)`."""

    default_priority = 800  # links are resolved

    def run(self, **kwargs):
        """Mark them."""
        for link in self.document.findall(nodes.reference):
            if "#term-" in link.get("refuri", "") and isinstance(link.children[0], nodes.Element):
                if "std-term" not in link.children[0]["classes"]:
                    link.children[0]["classes"] += ["std", "std-term"]


def let_links_name_anchors(app, env) -> None:
    """Let `[words](page.md#anchor)` lead to a term or a label: MyST knows headings alone."""
    for name, (docname, anchor, _) in env.get_domain("std").labels.items():
        _let(env, docname, anchor, name)
    for name, (docname, anchor) in env.get_domain("std").anonlabels.items():
        _let(env, docname, anchor, name)
    for (kind, name), (docname, anchor) in env.get_domain("std").objects.items():
        if kind == "term":
            _let(env, docname, anchor, name)
    if "book" in env.domains:  # figures, moves, exercises and equations
        for thing in env.get_domain("book").things.values():
            _let(env, thing.docname, thing.anchor, thing.text)
    if SYMBOLS in env.found_docs:
        for row in env.get_doctree(SYMBOLS).findall(nodes.row):
            for anchor in row["ids"]:
                _let(env, SYMBOLS, anchor, row.children[0].astext())


def _let(env, docname: str, anchor: str, name: str) -> None:
    if docname in env.metadata:
        slugs = env.metadata[docname].setdefault("myst_slugs", {})
        slugs.setdefault(anchor, (0, anchor, name))
