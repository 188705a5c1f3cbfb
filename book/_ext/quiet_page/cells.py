"""Sets the cells of a notebook as a page does: figures with captions, folds with names.

All of it happens when a page is written as HTML; what was read stays as it was.
"""

import hashlib
import json
import re
from pathlib import Path

from docutils import nodes
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.util import logging
from sphinx.util.osutil import relative_uri

from .mathml import inline_markdown
from .numbering import cell_of
from .widgets import VIEW, Widget, ask_html, fold_below, live_html, move_html, stored, widget_of

LOG = logging.getLogger(__name__)
EXERCISE_IN_CODE = re.compile(r"(?:\bcheck\(|\bexercise=)\s*\"(\d+\.\d+)\"")
MARKED = re.compile(r"<!--(?:wait|end) (\w+)-->")
NO_ANSWER = "✗ Not yet."
PRINTS_SOURCE = re.compile(r"^show_source\([\w.]+\)$")


class Fold(nodes.General, nodes.Element):
    """A box that opens where its name, the first child, is pressed."""


class FoldName(nodes.General, nodes.TextElement):
    """The name of a fold."""


def fold(name: str | list[nodes.Node], *content: nodes.Node, kind: str = "code") -> Fold:
    """Return a fold that holds `content` under a name, HTML or nodes."""
    inside = [raw(name)] if isinstance(name, str) else name
    return Fold("", FoldName("", "", *inside), *content, classes=["fold", f"fold-{kind}"])


def visit_fold(translator, node: Fold) -> None:
    """Write the beginning of a fold."""
    translator.body.append(translator.starttag(node, "details"))


def depart_fold(translator, node: Fold) -> None:
    """Write the end of a fold."""
    translator.body.append("</details>\n")


def visit_name(translator, node: FoldName) -> None:
    """Write the beginning of a fold's name."""
    translator.body.append("<summary>")


def depart_name(translator, node: FoldName) -> None:
    """Write the end of a fold's name."""
    translator.body.append("</summary>\n")


def raw(text: str) -> nodes.raw:
    """Return a node that puts `text` into the page as it is."""
    return nodes.raw("", text, format="html")


def part(cell: nodes.Element, kind: str) -> nodes.Element | None:
    """Return the source or the output of a code cell ("cell_code_source", "cell_code_output")."""
    return next((c for c in cell.children if c.get("nb_element") == kind), None)


def source_of(cell: nodes.Element) -> str:
    """Return the code of a cell."""
    source = part(cell, "cell_code_source")
    return source.astext() if source is not None else ""


def folded_code(source: str) -> str:
    r"""Return the name of a fold of code that shows nothing: what it defines.

    Examples
    --------
    >>> folded_code("def turn(a):\n    return a\n\nF = 1\n")
    'Code that defines <code>turn</code> and <code>F</code>'
    """
    names = re.findall(r"^(?:def|class) (\w+)|^(\w+) = ", source, re.MULTILINE)
    names = list(dict.fromkeys(a or b for a, b in names))[:3]
    if not names:
        return "Code"
    listed = [f"<code>{name}</code>" for name in names]
    return "Code that defines " + (
        listed[0] if len(listed) == 1 else ", ".join(listed[:-1]) + " and " + listed[-1]
    )


class Figures(SphinxPostTransform):
    """Put figures, moves and asks into the page, with numbers, captions and anchors."""

    default_priority = 3  # before myst-nb chooses among the forms of an output
    formats = ("html",)

    def run(self, **kwargs):
        """Replace each output that shows something to look at."""
        domain = self.env.get_domain("book")
        numbers = iter(domain.of(self.env.docname, "figure"))
        for bundle in list(self.document.findall(nodes.container)):
            if bundle.get("nb_element") != "mime_bundle":
                continue
            forms = {form["mime_type"]: form for form in bundle.children}
            widget = widget_of(self.env, self.env.docname, forms)
            if widget is not None and widget.kind == "ask":
                bundle.children = [self._only(forms[VIEW], raw(ask_html(widget)))]
                cell_of(bundle)["shows"] = "ask"
            elif bundle.get("numbered"):
                thing = next(numbers)
                cell = cell_of(bundle)
                cell["shows"] = thing
                bundle.children = [self._figure(forms, widget, thing, cell["cell_metadata"])]

    def _only(self, form: nodes.Element, *children: nodes.Node) -> nodes.Element:
        """Return a form of the output that myst-nb will choose, holding `children`."""
        form.children = []
        form.extend(children)
        form["mime_type"] = "text/html"
        return form

    def _figure(self, forms, widget: Widget | None, thing, metadata: dict) -> nodes.Element:
        caption = inline_markdown(metadata.get("caption", ""))
        head = f'<b><a href="#{thing.anchor}">{thing.text}</a></b>'
        below = raw(f"<figcaption>{head} {caption}</figcaption></figure>")
        if widget is not None:
            start = f'<figure class="move" id="{thing.anchor}">'
            return self._only(forms[VIEW], raw(start + self._move(widget)), below)
        form = forms.get("image/svg+xml") or forms["image/png"]
        image = next(form.findall(nodes.image))
        for other in forms["image/png"].findall(nodes.image) if "image/png" in forms else ():
            for side in ("width", "height"):  # the size that the picture of a dense screen has
                if side in other:
                    image[side] = other[side]
        image["loading"] = "lazy"
        kind = "photo" if "photo" in metadata.get("tags", []) else "still"
        return self._only(form, raw(f'<figure class="{kind}" id="{thing.anchor}">'), image, below)

    def _move(self, widget: Widget) -> str:
        target = Path(self.app.outdir) / "_static" / "book" / "widgets" / f"{widget.key}.js"
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(widget.script(), encoding="utf-8")
        if widget.kind == "live":
            return live_html(widget, [self._picture(svg) for svg in widget.frames["stills"]])
        addresses = []
        for which in ("frames", "narrow"):
            there = which in widget.frames
            addresses.append(self._picture(widget.start(which)) if there else "")
        return move_html(widget, *addresses)

    def _picture(self, svg: str) -> str:
        """Write the picture with which a move or a live figure starts; return its address."""
        name = f"_images/move-{hashlib.sha1(svg.encode()).hexdigest()[:12]}.svg"
        path = Path(self.app.outdir) / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(svg, encoding="utf-8")
        return relative_uri(self.app.builder.get_target_uri(self.env.docname), name)


class Waiting(nodes.General, nodes.Element):
    """What unfolds once the reader has answered."""


def visit_waiting(translator, node: Waiting) -> None:
    """Write the beginning of what waits; the browser's own search finds it all the same."""
    start = f'<div class="ask-below" data-for="{node["key"]}" hidden="until-found">'
    translator.body.append(start + "\n")


def depart_waiting(translator, node: Waiting) -> None:
    """Write the end of what waits."""
    translator.body.append("</div>\n")


class Boxes(SphinxPostTransform):
    """Put what waits for an ask into a box."""

    default_priority = 7
    formats = ("html",)

    def run(self, **kwargs):
        """Gather what stands between each pair of marks."""
        marks = [node for node in self.document.findall(nodes.raw) if MARKED.match(node.astext())]
        for start, end in zip(marks[::2], marks[1::2], strict=True):
            siblings = start.parent.children
            first, last = (next(k for k, n in enumerate(siblings) if n is m) for m in (start, end))
            inside = siblings[first + 1 : last]
            box = Waiting("", key=MARKED.match(start.astext())[1])
            del siblings[first : last + 1]
            start.parent.insert(first, box)
            box.extend(inside)


class Folds(SphinxPostTransform):
    """Fold away code, hints and solutions, under names that say what they hide."""

    default_priority = 8  # after Figures and the choice of outputs (4), before links (9)
    formats = ("html",)

    def run(self, **kwargs):
        """Walk through the page once, remembering the exercise it has come to."""
        number, spare, asked = "", [], set()
        for node in list(self.document.findall(nodes.Element)):
            if node.get("exercise"):
                number = node["exercise"]
                anchor = f"ex-{number.replace('.', '-')}"
                if anchor not in node["ids"]:
                    node["ids"].insert(0, anchor)
            if isinstance(node, nodes.Admonition) and "dropdown" in node["classes"]:
                node.replace_self(self._hint(node, number))
            elif isinstance(node, nodes.container) and node.get("nb_element") == "cell_code":
                found = EXERCISE_IN_CODE.search(source_of(node))
                number = found[1] if found else number
                if found and found[0].startswith("exercise="):
                    asked.add(number)
                elif number in asked and "exercise" in node["cell_metadata"].get("tags", []):
                    node.parent.remove(node)  # answered in the page: the stub is for JupyterLab
                    continue
                spare = self._cell(node, number, spare)

    def _hint(self, box: nodes.Element, number: str) -> Fold:
        title, *content = box.children
        word = title.astext().lower()
        if number and word in ("hint", "solution"):
            word_between = "for" if word == "hint" else "of"
            name = f"{word.title()} {word_between} exercise {number}"
            return fold(name, *content, kind=word)
        return fold(title.children, *content, kind="aside")

    def _cell(self, cell: nodes.Element, number: str, spare: list) -> list:
        """Fold one cell; return the cells whose code waits for the figure it prepares."""
        source, output = part(cell, "cell_code_source"), part(cell, "cell_code_output")
        mode, tags = cell.get("hide_mode"), cell["cell_metadata"].get("tags", [])
        if "exercise" in tags and output is not None and NO_ANSWER in output.astext():
            output.replace_self(raw(self._how_to_run()))
            output = None
        if mode is None or source is None:
            return []
        cell["hide_mode"] = None
        shown = [output] if output is not None else []
        spare = spare if spare and follows(cell, spare[-1]) else []
        cell.children = []
        if mode == "all":
            solves = number and "solution" in tags
            name = f"Solution of exercise {number}" if solves else "Code and its output"
            cell.append(fold(name, source, *shown, kind="solution" if solves else "code"))
        elif mode == "output":
            cell.append(source)
            cell.append(fold("What comes out", *shown, kind="outcome"))
        elif output is None:
            cell.append(fold(folded_code(source.astext()), source))
            return [*spare, cell]
        else:
            outcome = fold("What comes out", output, kind="outcome") if "output" in mode else output
            cell.append(outcome)
            if not PRINTS_SOURCE.match(source.astext().strip()):
                name = self._code(cell.get("shows"))
                cell.append(fold(name, *taken(spare), source))
        return []

    def _code(self, shows) -> str:
        if shows == "ask":
            return "Code of this question"
        return f"Code of {shows.kind} {shows.number}" if shows else "Code of this output"

    def _how_to_run(self) -> str:
        page = self.app.builder.get_target_uri(self.env.docname)
        source = relative_uri(page, f"_sources/{self.env.docname}.ipynb")
        return (
            '<p class="how-to-run">Answer in JupyterLab, where the checker replies: '
            f'<a href="{source}" download>download this notebook</a> or run '
            "<code>make lab</code>.</p>"
        )


def follows(cell: nodes.Element, other: nodes.Element) -> bool:
    """Say whether a cell comes directly after another."""
    siblings = cell.parent.children
    place = next(k for k, node in enumerate(siblings) if node is cell)
    return place > 0 and siblings[place - 1] is other


def taken(cells: list[nodes.Element]) -> list[nodes.Element]:
    """Take the code out of folded cells, and the cells out of the page."""
    code = []
    for cell in cells:
        code.append(next(n for n in cell.findall() if _is_source(n)))
        cell.parent.remove(cell)
    return code


def _is_source(node: nodes.Node) -> bool:
    return isinstance(node, nodes.container) and node.get("nb_element") == "cell_code_source"


def wrap_what_waits(app, docname: str, content: list[str]) -> None:
    """Put the cells that wait for an ask into boxes, before a notebook is parsed."""
    path = Path(app.env.doc2path(docname))
    models = stored(path)
    if not any(widget.kind == "ask" for widget in models.values()):
        return
    notebook = json.loads(content[0])
    try:
        notebook["cells"] = fold_below(notebook["cells"], models)
    except ValueError as error:
        LOG.warning("%s", error, location=docname)
    content[0] = json.dumps(notebook)


def setup(app):
    """Connect what is done to cells to Sphinx."""
    app.add_node(Fold, html=(visit_fold, depart_fold))
    app.add_node(FoldName, html=(visit_name, depart_name))
    app.add_node(Waiting, html=(visit_waiting, depart_waiting))
    app.add_post_transform(Figures)
    app.add_post_transform(Boxes)
    app.add_post_transform(Folds)
    app.connect("source-read", wrap_what_waits)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
