"""Reads what a notebook has stored of moves, asks and live figures, and writes what a page needs.

The HTML of each was written in Python, once; the page shows exactly that. What brings
it to life, the model, is kept in a file of its own that the page fetches when the move comes near.
"""

import base64
import functools
import hashlib
import html
import json
import re
import zlib
from dataclasses import dataclass
from pathlib import Path

STATE = "application/vnd.jupyter.widget-state+json"
VIEW = "application/vnd.jupyter.widget-view+json"
LEFT_OUT = {"layout", "tabbable", "tooltip", "home"}  # what every widget has, and its script


@dataclass(frozen=True)
class Widget:
    """The stored model of a move, an ask or a live figure.

    Parameters
    ----------
    state : dict
        What the model holds, without what every widget has.
    buffers : dict
        Its binary parts, in base64.
    """

    state: dict
    buffers: dict

    @property
    def kind(self) -> str:
        """One of "move", "ask" and "live"."""
        return self.state["kind"]

    @functools.cached_property
    def key(self) -> str:
        """A name that changes with the content."""
        content = json.dumps([self.state, self.buffers], sort_keys=True)
        return hashlib.sha1(content.encode()).hexdigest()[:12]

    @functools.cached_property
    def frames(self) -> dict:
        """Return the bundle of a move's pictures, or all that a live figure needs."""
        return json.loads(zlib.decompress(base64.b64decode(self.buffers["data"])))

    def start(self, which: str = "frames") -> str:
        """Return the SVG that a move starts with: "frames", or "narrow" for a narrow page."""
        place = 0
        for size, index in zip(self.state["dims"], self.state["at"], strict=True):
            place = place * size + index
        lines = self.frames["lines"]
        return "\n".join(lines[n] for n in self.frames[which][place])

    def script(self) -> str:
        """Return the script that hands the model to the page; it also works from a disk."""
        state = {k: v for k, v in self.state.items() if k not in ("html", "kind")}
        content = json.dumps(
            {"kind": self.kind, "state": state, "buffers": self.buffers}, separators=(",", ":")
        )
        return f"bookWidget({json.dumps(self.key)},{content})\n"


def stored(path: Path) -> dict[str, Widget]:
    """Return the widgets of the book that a notebook has stored, by the id of their model."""
    return _stored(str(path), path.stat().st_mtime_ns)


@functools.lru_cache(maxsize=64)
def _stored(path: str, _changed: int) -> dict[str, Widget]:
    if not path.endswith(".ipynb"):
        return {}
    notebook = json.loads(Path(path).read_text(encoding="utf-8"))
    models = notebook["metadata"].get("widgets", {}).get(STATE, {}).get("state", {})
    return {
        name: Widget(
            {
                k: v
                for k, v in sorted(model["state"].items())
                if not k.startswith("_") and k not in LEFT_OUT
            },
            {buffer["path"][0]: buffer["data"] for buffer in model.get("buffers", [])},
        )
        for name, model in models.items()
        if model["state"].get("kind") in ("move", "ask", "live")
    }


def model_id(view: str) -> str:
    """Return the id of the model in a cell's output as myst-nb writes it.

    Examples
    --------
    >>> model_id('<script type="x">{"model_id": "ab1", "version_major": 2}</script>')
    'ab1'
    """
    return json.loads(re.search(r">(.*)</script>", view, re.DOTALL)[1])["model_id"]


def widget_of(env, docname: str, forms: dict) -> Widget | None:
    """Return the move, ask or live figure among the forms of a cell's output, or nothing."""
    if VIEW not in forms:
        return None
    models = stored(Path(env.doc2path(docname)))
    return models.get(model_id(forms[VIEW].children[0].astext()))


def is_ask(env, docname: str, forms: dict) -> bool:
    """Say whether a cell's output is an ask."""
    widget = widget_of(env, docname, forms)
    return widget is not None and widget.kind == "ask"


def below(output: dict, models: dict[str, Widget]) -> tuple[str, int]:
    """Return the key of the ask that a stored output shows, and how many cells wait for it."""
    view = output.get("data", {}).get(VIEW)
    widget = models.get(view["model_id"]) if view else None
    if widget is None or widget.kind != "ask":
        return "", 0
    return widget.key, widget.state["below"]


def mark(key: str, *, end: bool = False) -> dict:
    """Return a cell that marks where what waits for an ask begins, or ends."""
    text = f"<!--{'end' if end else 'wait'} {key}-->"
    name = re.sub(r"\W+", "-", text).strip("-")
    return {"cell_type": "raw", "id": name, "metadata": {"format": "text/html"}, "source": text}


def fold_below(cells: list[dict], models: dict[str, Widget]) -> list[dict]:
    """Mark the cells that wait for an ask: the page keeps them in a box that it opens.

    Parameters
    ----------
    cells : list of dict
        The cells of a notebook.
    models : dict
        Its moves and asks, by the id of their model.

    Returns
    -------
    list of dict
        The cells, with a mark before and after those that wait.

    Raises
    ------
    ValueError
        If a heading, another ask or an exercise is among the cells that wait; one that begins in
        the last of them is left outside.
    """
    out: list[dict] = []
    waiting, key = 0, ""
    for cell in cells:
        asked, wanted = _asked(cell, models)
        outcome, exercise = before_exercise(cell) if waiting == 1 else (cell, None)
        if waiting and (asked or _begins_a_part(outcome)):
            raise ValueError(
                f"below: expected {waiting} more cells without heading, ask or exercise "
                f"after an ask, got {''.join(cell['source'])[:60]!r}"
            )
        out.append(outcome)
        if waiting:
            waiting -= 1
            out += [] if waiting else [mark(key, end=True)]
        out += [exercise] if exercise else []
        if wanted:
            waiting, key = wanted, asked
            out.append(mark(key))
    if waiting:
        raise ValueError(f"below: expected {waiting} more cells after the last ask, got none")
    return out


def _asked(cell: dict, models: dict[str, Widget]) -> tuple[str, int]:
    shown = [below(output, models) for output in cell.get("outputs", [])]
    return next((one for one in shown if one[0]), ("", 0))


def before_exercise(cell: dict) -> tuple[dict, dict | None]:
    r"""Cut a cell of text in two where an exercise begins in it: an exercise waits for no ask.

    Examples
    --------
    >>> cell = {"cell_type": "markdown", "id": "a", "source": "So.\n\n**Exercise 1.1** Do."}
    >>> [part["source"] for part in before_exercise(cell)]
    ['So.\n\n', '**Exercise 1.1** Do.']
    """
    source = "".join(cell["source"])
    found = re.search(r"^\*\*Exercise ", source, re.MULTILINE)
    if cell["cell_type"] != "markdown" or not found or not source[: found.start()].strip():
        return cell, None
    exercise = cell | {
        "id": f"{cell.get('id', 'cell')}-exercise",
        "source": source[found.start() :],
    }
    return cell | {"source": source[: found.start()]}, exercise


def _begins_a_part(cell: dict) -> bool:
    source, tags = "".join(cell["source"]), cell.get("metadata", {}).get("tags", [])
    text = cell["cell_type"] == "markdown"
    begins = text and re.search(r"^#{1,6} |^\*\*Exercise ", source, re.MULTILINE)
    return bool(begins or "exercise" in tags)


def move_html(widget: Widget, wide: str, narrow: str) -> str:
    """Return a move's HTML with the addresses of the pictures it starts with.

    Parameters
    ----------
    widget : Widget
        A move.
    wide, narrow : str
        The addresses of its first picture on a wide and a narrow page; `narrow` may be empty.
    """
    text = widget.state["html"]
    text = _with_attributes(text, "div", f'data-book="{widget.key}"')
    wait = 'loading="lazy" decoding="async"'
    text = text.replace("<img ", f'<img src="{html.escape(wide)}" {wait} ', 1)
    if narrow:
        text = text.replace("<source ", f'<source srcset="{html.escape(narrow)}" ', 1)
    return text


def live_html(widget: Widget, stills: list[str]) -> str:
    """Return a live figure's HTML with the addresses of the pictures of its panels at the start.

    Parameters
    ----------
    widget : Widget
        A live figure.
    stills : list of str
        One address a panel.
    """
    text = _with_attributes(widget.state["html"], "div", f'data-book="{widget.key}"')
    places = iter(stills)
    image = '<img src="{}" loading="lazy" decoding="async" class="live-still"'
    return re.sub(
        '<img class="live-still"', lambda _: image.format(html.escape(next(places))), text
    )


def ask_html(widget: Widget) -> str:
    """Return an ask's HTML with its small model beside it."""
    text = _with_attributes(widget.state["html"], "div", f'data-book="{widget.key}"')
    text = re.sub(r'(<button [^>]*class="book-choice"[^>]*)>(.*?)(?=</button>)', _named, text)
    model = widget.script().replace("</", "<\\/")
    return f"{text}<script>(window.bookWaiting??=[]).push(()=>{model.strip()})</script>"


def _named(button: re.Match) -> str:
    """Give a button that holds a formula a name: not every reader of screens reads MathML."""
    start, content = button.groups()
    if "<math" not in content:
        return button[0]
    return f'{start} aria-label="{html.escape(spoken(content))}">{content}'


def spoken(text: str) -> str:
    """Return HTML with formulas as plain words and signs.

    Examples
    --------
    >>> spoken("<math><mfrac><mn>1</mn><msqrt><mn>6</mn></msqrt></mfrac></math> or so")
    '1/√6 or so'
    """
    text = text.replace("<msqrt>", "√")
    text = re.sub(r"<mfrac>(<m[nio]>[^<]*</m[nio]>)", r"\1/", text)
    text = re.sub(r"<msup>(<m[nio]>[^<]*</m[nio]>)", r"\1^", text)
    return html.unescape(re.sub(r"<[^>]*>", "", text)).strip()


def _with_attributes(text: str, tag: str, attributes: str) -> str:
    return text.replace(f"<{tag} ", f"<{tag} {attributes} ", 1)


def live_as_script(*sources: str) -> str:
    r"""Turn the modules of live figures into one classic script; it follows that of the view.

    Examples
    --------
    >>> live_as_script("export const a = 1;\n", "hydrate.kinds.live = a;\n")
    '((hydrate) => {\nconst a = 1;\nhydrate.kinds.live = a;\n})(window.bookHydrate);\n'
    """
    body = re.sub(r"^export (?=(?:async )?(?:function|const) )", "", "".join(sources), flags=re.M)
    return f"((hydrate) => {{\n{body.rstrip()}\n}})(window.bookHydrate);\n"


def view_as_script(source: str) -> str:
    r"""Turn the view's module into a classic script, which a page opened from a disk may load too.

    Examples
    --------
    >>> view_as_script("export function hydrate() {}\nexport default { render };\n")
    'window.bookHydrate = (() => {\nfunction hydrate() {}\nreturn hydrate;\n})();\n'
    """
    body = re.sub(r"^export default .*;\n?", "", source, flags=re.MULTILINE)
    body = re.sub(r"^export (?=(?:async )?function )", "", body, flags=re.MULTILINE)
    if re.search(r"^\s*(?:import|export)\b", body, re.MULTILINE):
        raise ValueError("view.js: expected exports of functions only, got another module's syntax")
    return f"window.bookHydrate = (() => {{\n{body.rstrip()}\nreturn hydrate;\n}})();\n"
