"""What a still figure is shown as in a notebook: an SVG, a PNG and the texts that it holds."""

import base64
import re
from typing import Any

from matplotlib.figure import Figure
from matplotlib_inline.backend_inline import set_matplotlib_formats

from notebooklib.figures.pictures import SCREEN, bare, png, svg, texts


def show_figures_as_pictures(shell: Any) -> None:
    """Tell IPython how figures are shown.

    Parameters
    ----------
    shell : IPython.core.interactiveshell.InteractiveShell
        The running shell.

    Examples
    --------
    >>> from IPython.core.interactiveshell import InteractiveShell
    >>> shell = InteractiveShell()
    >>> show_figures_as_pictures(shell)
    >>> shell.display_formatter.format(Figure())[0]["text/plain"]
    'Figure: '
    """
    set_matplotlib_formats("retina")  # loads the inline backend, whose formatters give way here
    formatters = shell.display_formatter.formatters
    formatters["image/svg+xml"].for_type(Figure, _scalable)
    formatters["image/png"].for_type(Figure, _dense)
    formatters["text/plain"].for_type(Figure, lambda f, printer, cycle: printer.text(says(f)))


def says(figure: Figure) -> str:
    """Return one line of all that a figure says: its titles, labels, ticks and words in it.

    Parameters
    ----------
    figure : matplotlib.figure.Figure
        A finished figure.

    Returns
    -------
    str
        The texts in the order drawn, with bars between them.

    Examples
    --------
    >>> from notebooklib.figures import new_figure
    >>> figure, ax = new_figure()
    >>> _ = ax.set(title="a wave", xticks=[0, 1], yticks=[])
    >>> says(figure)
    'Figure: 0 | 1 | a wave'
    """
    return "Figure: " + " | ".join(texts(svg(figure), figure))


def _scalable(figure: Figure) -> str:
    """Return an SVG of few lines: a notebook stores each line with its own quotes and indent."""
    return re.sub(r"\n(?=[LQCz])", " ", bare(svg(figure, tight=True)))


def _dense(figure: Figure) -> tuple[str, dict]:
    data = png(figure, dpi=2 * SCREEN, tight=True)
    width, height = (int.from_bytes(data[k : k + 4], "big") // 2 for k in (16, 20))
    return base64.b64encode(data).decode(), {"width": width, "height": height}
