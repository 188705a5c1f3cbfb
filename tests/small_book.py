"""A book of a few pages that holds one of everything the page extension knows."""

import base64
import json
import os
import subprocess
import sys
from pathlib import Path

import matplotlib.pyplot as plt
import nbformat
import nbformat.v4 as v4
import numpy as np
import yaml

from notebooklib import figures
from notebooklib.figures.pictures import bare, png, svg
from notebooklib.interactive import Choice, Slider, ask, move

ROOT = Path(__file__).parents[1]
VIEW = "application/vnd.jupyter.widget-view+json"
STATE = "application/vnd.jupyter.widget-state+json"
KERNEL = {
    "kernelspec": {"name": "python3", "display_name": "Python 3"},
    "language_info": {"name": "python"},
}
HIDDEN = {"tags": ["hide-input"], "jupyter": {"source_hidden": True}}

SECTION = """# 1. Section

*One sentence.*

A {term}`basis` (基) and a {term}`span` (张成) in one line; see [](#fig-lines), [](#fig-1-3),
[the wave](#move-wave), [](#eq-sum), {eq}`eq-sum`, [](#ex-1-1).

$$
\\begin{bmatrix} a & b \\\\ c & d \\end{bmatrix} \\vec v = \\hat\\imath
$$ (eq-sum)

$$
1 + 1 = 2
$$
"""

BEYOND = "# Beyond\n\nBack to [](#fig-lines), to [the wave](01_first.ipynb#move-wave)."

GLOSSARY = """# Glossary 术语表

```{glossary}
basis
  基. A set of vectors.

span
  张成. All their mixtures.
```
"""


def a_move():
    """Return a move of two panels: buttons and a film."""

    def draw(axes, kind, phase):
        for ax in axes:
            ax.plot([0, 1], [phase, 1 if kind == "up" else -1])

    return move(
        draw,
        alt="a line that goes {kind}, phase {phase}",
        panels=2,
        size="wide",
        kind=Choice(["up", "down"]),
        phase=Slider([0, 1, 2, 3], start=1, play=True),
    )


def asks():
    """Return an ask with choices and one whose answer is typed."""
    choose = ask(
        "Is $2 + 2$ *even*?",
        choices={"no": "It is 2 · 2.", "yes": "It is twice 2."},
        answer=(2 + 2) % 2 == 0,
        below=2,
    )
    typed = ask(
        "What is $2 + 2$?",
        answer=np.array([[2 + 2, 1], [0, 0.5]]),
        wrong=[([[5, 1], [0, 0.5]], "That is one too many.")],
        otherwise="Count on.",
        why="Two and two.",
        below=1,
    )
    return choose, typed


def a_still(title: str = "a line") -> list:
    """Return the output of a cell that shows a still figure, as a notebook stores it."""
    figure, ax = figures.new_figure()
    ax.plot([0, 1], [0, 1])
    ax.set_title(title)
    data = {
        "image/svg+xml": bare(svg(figure, tight=True)),
        "image/png": base64.b64encode(png(figure, dpi=100, tight=True)).decode(),
        "text/plain": f"Figure: {title}",
    }
    plt.close(figure)
    size = {"image/png": {"width": 600, "height": 340}}
    return [v4.new_output("display_data", data, metadata=size)]


def shown(widget) -> list:
    """Return the output of a cell that shows a move or an ask."""
    view = {"model_id": widget.model_id, "version_major": 2, "version_minor": 0}
    data = {VIEW: view, "text/plain": repr(widget)}
    if widget.kind == "move":
        data["image/png"] = a_still()[0]["data"]["image/png"]
    return [v4.new_output("display_data", data)]


def stored(widgets) -> dict:
    """Return the state of widgets as a notebook stores it."""
    state = {}
    for widget in widgets:
        own = widget.get_state()
        binary = {k: v for k, v in own.items() if isinstance(v, bytes)}
        state[widget.model_id] = {
            "model_name": "AnyModel",
            "model_module": "anywidget",
            "model_module_version": "~0.11.*",
            "state": {k: v for k, v in own.items() if k not in binary},
            "buffers": [
                {"data": base64.b64encode(v).decode(), "path": [k], "encoding": "base64"}
                for k, v in binary.items()
            ],
        }
    return {STATE: {"state": state, "version_major": 2, "version_minor": 0}}


def code(source: str, outputs=(), **metadata):
    """Return a code cell."""
    return v4.new_code_cell(source, outputs=list(outputs), metadata=metadata)


def stream(text: str) -> list:
    """Return what a cell prints."""
    return [v4.new_output("stream", name="stdout", text=text)]


def chapter() -> nbformat.NotebookNode:
    """Return the notebook of the small book's chapter."""
    moved, (choose, typed) = a_move(), asks()
    alt = {"image": {"alt": "A line from (0, 0) to (1, 1)."}}
    verdict = [v4.new_output("execute_result", {"text/plain": "✗ Not yet. It waits."})]
    cells = [
        v4.new_markdown_cell(SECTION),
        code("def prepare(): ...", **HIDDEN),
        code(
            "plt.plot([0, 1])",
            a_still(),
            mystnb=alt,
            caption="A *line*, $y = x$.",
            name="fig-lines",
            **HIDDEN,
        ),
        v4.new_markdown_cell("## Between\n\nIs there a question?"),
        code('ask("Is $2 + 2$ *even*?")', shown(choose), **HIDDEN),
        v4.new_markdown_cell("Secret of the first ask."),
        code("print(4)", stream("the secret number 4\n")),
        v4.new_markdown_cell("This stands in the open."),
        code("move(draw)", shown(moved), mystnb=alt, caption="Move it.", **HIDDEN),
        code('ask("What?")', shown(typed), **HIDDEN),
        v4.new_markdown_cell("Secret of the second ask. [A place](#fig-lines)"),
        v4.new_markdown_cell("**Exercise 1.1** (code). Write it."),
        code('answer = ...\ncheck("1.1", answer)', verdict, tags=["exercise"]),
        v4.new_markdown_cell(":::{admonition} Hint\n:class: dropdown tip\nHelp.\n:::"),
        code('# so\ncheck("1.1", 1)', stream("✓ fine\n"), tags=["solution", "hide-cell"]),
        code("print(5)", stream("five\n"), tags=["hide-output"]),
        v4.new_markdown_cell("A long formula without a number: $x^2$."),
    ]
    for n, cell in enumerate(cells):
        cell["id"] = f"cell-{n}"
    cells[8]["metadata"]["name"] = "move-wave"
    widgets = stored([moved, choose, typed])
    return v4.new_notebook(cells=cells, metadata=KERNEL | {"widgets": widgets})


def section() -> nbformat.NotebookNode:
    """Return a notebook that continues the chapter."""
    alt = {"image": {"alt": "A line."}}
    cells = [
        v4.new_markdown_cell(BEYOND),
        code("plt.plot([1, 2])", a_still("more"), mystnb=alt, caption="More.", **HIDDEN),
    ]
    for n, cell in enumerate(cells):
        cell["id"] = f"cell-{n}"
    return v4.new_notebook(cells=cells, metadata=KERNEL)


def write(folder: Path, first=None) -> None:
    """Write the sources of the small book."""
    config = yaml.safe_load((ROOT / "_config.yml").read_text(encoding="utf-8"))
    config["html"].pop("favicon", None)
    config["sphinx"]["local_extensions"] = {
        name: str(ROOT / path) for name, path in config["sphinx"]["local_extensions"].items()
    }
    (folder / "book").mkdir(parents=True)
    (folder / "_config.yml").write_text(yaml.safe_dump(config), encoding="utf-8")
    contents = {
        "format": "jb-book",
        "root": "book/intro",
        "chapters": [
            {"file": "book/01_first", "sections": [{"file": "book/01_a_more"}]},
            {"file": "book/glossary"},
        ],
    }
    (folder / "_toc.yml").write_text(yaml.safe_dump(contents), encoding="utf-8")
    (folder / "book" / "references.bib").touch()
    (folder / "book" / "intro.md").write_text("# Small\n\nA book.\n", encoding="utf-8")
    (folder / "book" / "glossary.md").write_text(GLOSSARY, encoding="utf-8")
    notebooks = {"01_first": first or chapter(), "01_a_more": section()}
    for name, notebook in notebooks.items():
        path = folder / "book" / f"{name}.ipynb"
        path.write_text(json.dumps(notebook), encoding="utf-8")


NO_GRAMMAR = "import sys; sys.modules['rfc3987_syntax'] = None"  # compiled in 1.6 s
NO_FONTS = f"""
sys.path.insert(0, {str(ROOT / "book" / "_ext")!r})
import quiet_page.finish
quiet_page.finish.write_fonts = lambda site, pages: None
quiet_page.finish.within = lambda css, folder, names: css
"""  # cut in 5 s
BUILD = "from jupyter_book.cli.main import main; main()"


def build(
    folder: Path, *options: str, fonts: bool = True, **places: str
) -> subprocess.CompletedProcess:
    """Build the book in a folder; its pages then stand in ``_build/html`` there.

    `places` are variables that say where it lives.
    """
    start = "\n".join([NO_GRAMMAR, "" if fonts else NO_FONTS, BUILD])
    command = [sys.executable, "-c", start, "build", str(folder), *options]
    environment = os.environ | {"PYTHONPATH": str(ROOT / "src")} | places
    return subprocess.run(command, capture_output=True, text=True, env=environment, timeout=300)
