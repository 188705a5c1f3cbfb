"""Numbers figures, exercises and equations, and turns links to them into their numbers.

A chapter that is cut into sections counts through all of them, in the order of the table of
contents: "Figure 12.7", "(12.3)". Exercises bring their number with them, since their checkers are
found by it. In Markdown, ``[](#fig-shear)`` reads "Figure 1.3"; a link with a text keeps it.
"""

import re
from collections import defaultdict
from dataclasses import dataclass

from docutils import nodes
from sphinx import addnodes
from sphinx.domains import Domain
from sphinx.transforms import SphinxTransform
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.util.nodes import make_refnode

from .widgets import is_ask

ANCHOR = re.compile(r"#?((?:fig|move|ex|eq)-[\w.-]+)")
EXERCISE = re.compile(r"Exercise (\d+\.\d+)")
PICTURES = {"image/svg+xml", "image/png"}


@dataclass(frozen=True)
class Thing:
    """What has a number: a figure, an exercise or an equation."""

    kind: str
    number: str
    docname: str
    anchor: str

    @property
    def text(self) -> str:
        """What a link to it reads.

        Examples
        --------
        >>> Thing("figure", "1.3", "book/01", "fig-shear").text
        'Figure 1.3'
        >>> Thing("equation", "1.2", "book/01", "eq-euler").text
        '(1.2)'
        """
        if self.kind == "equation":
            return f"({self.number})"
        return f"{self.kind.title()} {self.number}"


def chapter(docname: str) -> str:
    """Return the number of the chapter that a document belongs to, or nothing.

    Examples
    --------
    >>> chapter("book/12_a_attention"), chapter("book/intro")
    ('12', '')
    """
    found = re.search(r"(?:^|/)(\d+)_[^/]*$", docname)
    return str(int(found[1])) if found else ""


def numbered(chapter_number: str, count: int) -> str:
    """Return the number of the `count`-th thing of its kind in a chapter.

    Examples
    --------
    >>> numbered("12", 3), numbered("", 3)
    ('12.3', '3')
    """
    return f"{chapter_number}.{count}" if chapter_number else str(count)


class BookDomain(Domain):
    """Knows what has a number, in which document it stands and under which anchor."""

    name = "book"
    label = "Figures, exercises and equations"
    initial_data = {"found": {}, "things": {}}
    dangling_warnings = {"number": "nothing in the book is named %(target)s"}

    @property
    def found(self) -> dict[str, list[tuple[str, str]]]:
        """Return what each document holds, in order: its kind, and its name or number."""
        return self.data["found"]

    @property
    def things(self) -> dict[str, Thing]:
        """Return all that is numbered, by its anchor."""
        return self.data["things"]

    def clear_doc(self, docname):
        """Forget a document."""
        self.found.pop(docname, None)

    def merge_domaindata(self, docnames, otherdata):
        """Take over what another process has read."""
        for docname in docnames:
            self.found[docname] = otherdata["found"].get(docname, [])

    def of(self, docname: str, kind: str) -> list[Thing]:
        """Return the things of one kind in a document, in order."""
        return [t for t in self.things.values() if t.docname == docname and t.kind == kind]

    def resolve_xref(self, env, fromdocname, builder, typ, target, node, contnode):
        """Return the link to something numbered."""
        thing = self.things.get(target)
        if thing is None:
            return None
        content = contnode if node.get("refexplicit") else nodes.inline("", thing.text)
        return make_refnode(builder, fromdocname, thing.docname, thing.anchor, content)


def count(found: dict[str, list[tuple[str, str]]], order: list[str]) -> dict[str, Thing]:
    """Give numbers to what the documents hold, in reading order.

    Parameters
    ----------
    found : dict
        For each document its things, each a kind and a name (for an exercise its number).
    order : list of str
        The documents as they are read.

    Returns
    -------
    dict
        From each anchor to what it stands for.

    Raises
    ------
    ValueError
        If two things bear the same name.

    Examples
    --------
    >>> held = {"02_a": [("figure", "fig-a"), ("figure", "")], "02_b": [("figure", "")]}
    >>> [(name, thing.text) for name, thing in count(held, ["02_a", "02_b"]).items()]
    [('fig-a', 'Figure 2.1'), ('fig-2-2', 'Figure 2.2'), ('fig-2-3', 'Figure 2.3')]
    """
    prefix = {"figure": "fig", "exercise": "ex", "equation": "eq"}
    counts: dict[tuple[str, str], int] = defaultdict(int)
    things: dict[str, Thing] = {}
    for docname in order:
        for kind, name in found.get(docname, []):
            if kind == "exercise":
                number, name = name, ""
            else:
                key = (chapter(docname) or docname, kind)
                counts[key] += 1
                number = numbered(chapter(docname), counts[key])
            anchor = name or f"{prefix[kind]}-{number.replace('.', '-')}"
            if anchor in things:
                if kind == "exercise":
                    continue
                raise ValueError(f"name: expected one thing named {anchor}, got two")
            things[anchor] = Thing(kind, number, docname, anchor)
    return things


def cell_of(node: nodes.Node) -> nodes.Element | None:
    """Return the code cell that a node stands in."""
    while node is not None and node.get("nb_element") != "cell_code":
        node = node.parent
    return node


def exercise_number(paragraph: nodes.Element) -> str:
    """Return the number of the exercise whose text begins here, or nothing."""
    first = next((child for child in paragraph.children if child.astext()), None)
    if isinstance(first, nodes.strong) or isinstance(paragraph, nodes.title):
        found = EXERCISE.match(paragraph.astext())
        return found[1] if found else ""
    return ""


class FindNumbered(SphinxTransform):
    """Note what a document holds that has a number; leave marks at which to write it."""

    default_priority = 870  # before MyST looks for the targets of links (879)

    def apply(self, **kwargs):
        """Walk through the document once."""
        found = self.env.get_domain("book").found[self.env.docname] = []
        for node in list(self.document.findall(nodes.Element)):
            if isinstance(node, nodes.container) and node.get("nb_element") == "mime_bundle":
                forms = {form["mime_type"]: form for form in node.children}
                if forms.keys() & PICTURES and not is_ask(self.env, self.env.docname, forms):
                    node["numbered"] = "figure"
                    found.append(("figure", cell_of(node)["cell_metadata"].get("name", "")))
            elif isinstance(node, nodes.math_block) and str(node.get("label")).startswith("eq-"):
                found.append(("equation", node["label"]))
            elif isinstance(node, nodes.paragraph | nodes.title):
                if number := exercise_number(node):
                    node["exercise"] = number
                    found.append(("exercise", number))
        for link in list(self.document.findall(nodes.reference)):
            anchor = ANCHOR.fullmatch(link.get("refuri", "")) if link.get("id_link") else None
            if anchor:
                link.replace_self(self._pending(anchor[1], link.children))
        for link in list(self.document.findall(addnodes.pending_xref)):
            if link["reftype"] == "eq" and ANCHOR.fullmatch(link["reftarget"]):
                link.replace_self(self._pending(link["reftarget"], []))
            elif ANCHOR.fullmatch(link.get("reftargetid") or ""):  # (other.ipynb#fig-shear)
                text = [node for inner in link.children for node in inner.children]
                link.replace_self(self._pending(link["reftargetid"], text))

    def _pending(self, anchor: str, text: list) -> addnodes.pending_xref:
        return addnodes.pending_xref(
            "",
            nodes.inline("", "", *text),
            refdoc=self.env.docname,
            refdomain="book",
            reftype="number",
            reftarget=anchor,
            refexplicit=bool(text),
            refwarn=True,
        )


class NumberEquations(SphinxPostTransform):
    """Write the numbers of equations, and the anchors by which links find them."""

    default_priority = 5
    formats = ("html",)

    def run(self, **kwargs):
        """Walk through the labelled equations of a page."""
        things = self.env.get_domain("book").things
        for block in self.document.findall(nodes.math_block):
            thing = things.get(str(block.get("label")))
            if thing is not None:
                block["shown"] = thing.text
                block["ids"].insert(0, thing.anchor)


def reading_order(env) -> list[str]:
    """Return the documents in the order of the table of contents, the others after them."""
    order: dict[str, None] = {}

    def walk(docname: str) -> None:
        if docname not in order:
            order[docname] = None
            for child in env.toctree_includes.get(docname, []):
                walk(child)

    walk(env.config.root_doc)
    return [*order, *sorted(env.found_docs - order.keys())]


def give_numbers(app, env) -> list[str]:
    """Count everything once all documents are read; return those whose numbers have changed."""
    domain = env.get_domain("book")
    before = dict(domain.things)
    domain.things.clear()
    domain.things.update(count(domain.found, reading_order(env)))
    changed = {
        thing.docname
        for anchor in before.keys() | domain.things.keys()
        if before.get(anchor) != domain.things.get(anchor)
        for thing in (before.get(anchor), domain.things.get(anchor))
        if thing
    }
    return sorted(changed & env.found_docs) if before else []


def setup(app):
    """Connect the numbering to Sphinx."""
    app.add_domain(BookDomain)
    app.add_transform(FindNumbered)
    app.add_post_transform(NumberEquations)
    app.connect("env-updated", give_numbers)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
