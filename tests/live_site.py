"""A small book whose one chapter holds the live figures of the tests."""

import base64

import nbformat.v4 as v4
import small_book
from live_figures import FIGURES


def cell(name, figure):
    """Return a cell that shows a live figure, as a notebook stores it."""
    view = {"model_id": figure.model_id, "version_major": 2, "version_minor": 0}
    data = {
        small_book.VIEW: view,
        "image/png": base64.b64encode(figure._still).decode(),
        "text/plain": repr(figure),
    }
    output = v4.new_output("display_data", data, metadata={"image/png": {"width": 400}})
    caption = {"mystnb": {"image": {"alt": name}}, "caption": f"The {name}, live."}
    made = small_book.code(f"live({name})", [output], **caption, **small_book.HIDDEN)
    made["id"] = f"cell-{name}"
    return made


def write(folder):
    """Write the sources of the book; return the figures by name."""
    figures = {name: make() for name, make in FIGURES.items()}
    chapter = small_book.chapter()
    cells = [cell(name, figure) for name, figure in figures.items()]
    widgets = small_book.stored(figures.values())
    old = chapter["metadata"]["widgets"][small_book.STATE]["state"]
    old |= widgets[small_book.STATE]["state"]
    chapter["cells"] += cells
    small_book.write(folder, chapter)
    return figures
