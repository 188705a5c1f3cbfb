"""Moves: figures with sliders that work in the built page, in JupyterLab and in a live kernel.

A move is drawn once, in Python, for every position of its controls. The pictures travel inside the
notebook as one compressed bundle of SVG lines, and real ipywidgets controls, linked in the browser,
choose which one is shown. So no kernel and no network is needed to move it, it is sharp at any
zoom, and no formula is ever written twice.

>>> import numpy as np
>>> def draw(ax, angle):
...     t = np.linspace(0, 2 * np.pi, 50)
...     ax.plot(t, np.sin(t + np.deg2rad(angle)))
>>> turns = Slider([0, 45, 90], unit="°")
>>> move(draw, alt="a sine shifted by {angle}", angle=turns)  # doctest: +ELLIPSIS
Move(angle[3]): 3 frames, mean coordinate ...
"""

import base64
import io
import itertools
import json
import re
import zlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from typing import Any

import anywidget
import ipywidgets as widgets
import matplotlib.pyplot as plt
import traitlets
from PIL import Image

from notebooklib.figures import SIZES

SCREEN = 100  # CSS pixels an inch


@dataclass(frozen=True)
class Slider:
    """A slider over a fixed list of values.

    Parameters
    ----------
    values : sequence
        What the drawing function is given, one value a position, at least two.
    label : str
        Stands before the slider; the name of the argument where it is left out.
    unit : str
        Follows the number in the read-out, such as "°".
    fmt : str
        How a value is written in the read-out.
    start : optional
        The value shown first: one of `values`; the middle one where it is left out.
    play : bool
        Adds buttons that let the slider run by itself, for a film of steps.
    """

    values: Sequence
    label: str = ""
    unit: str = ""
    fmt: str = "{:g}"
    start: Any = None
    play: bool = False

    def positions(self) -> tuple[list, list[str], int]:
        """Return the values, their read-outs and the index of the first one shown."""
        values = list(self.values)
        shown = [self.fmt.format(value) + self.unit for value in values]
        if self.start is None:
            return values, shown, len(values) // 2
        nearest = [i for i, value in enumerate(values) if value == self.start]
        if not nearest:
            raise ValueError(f"start: expected one of the slider's values, got {self.start!r}")
        return values, shown, nearest[0]


@dataclass(frozen=True)
class Choice:
    """Buttons (or a drop-down menu, where there are more than six) over named values.

    Parameters
    ----------
    values : mapping or sequence of str
        From the name on the button to the value the drawing function is given.
    label : str
        Stands before the buttons; the name of the argument where it is left out.
    start : str, optional
        The name chosen first; the first one where it is left out.
    """

    values: Mapping[str, Any] | Sequence[str]
    label: str = ""
    start: str | None = None

    def positions(self) -> tuple[list, list[str], int]:
        """Return the values, their names and the index of the first one shown."""
        named = self.values if isinstance(self.values, Mapping) else {v: v for v in self.values}
        names = list(named)
        if self.start is not None and self.start not in named:
            raise ValueError(f"start: expected one of {names}, got {self.start!r}")
        return list(named.values()), names, names.index(self.start) if self.start else 0


class FrameView(anywidget.AnyWidget):
    """Holds the pictures of a move and shows the one that its indices name."""

    _esm = (files("notebooklib.interactive") / "view.js").read_text(encoding="utf-8")
    data = traitlets.Bytes().tag(sync=True)
    dims = traitlets.List().tag(sync=True)
    size = traitlets.List().tag(sync=True)
    i0 = traitlets.Int(0).tag(sync=True)
    i1 = traitlets.Int(0).tag(sync=True)
    i2 = traitlets.Int(0).tag(sync=True)

    def __repr__(self) -> str:
        return f"FrameView({' × '.join(map(str, self.dims))})"


class Move(widgets.VBox):
    """A figure and its controls; outside the browser it shows its first picture instead."""

    def __init__(self, children: list, summary: str, still: bytes, size: list[int]) -> None:
        super().__init__(children)
        self._summary, self._still, self._size = summary, still, size

    def __repr__(self) -> str:
        return self._summary

    def _repr_mimebundle_(self, **kwargs: Any) -> tuple[dict, dict]:
        bundle = super()._repr_mimebundle_(**kwargs)
        bundle["image/png"] = base64.b64encode(self._still).decode()
        width, height = self._size
        return bundle, {"image/png": {"width": width, "height": height}}


def move(
    draw: Callable[..., None],
    *,
    alt: str | Callable[..., str],
    size: str | tuple[float, float] = "single",
    panels: int = 1,
    subplots: Mapping[str, Any] | None = None,
    **controls: Slider | Choice,
) -> Move:
    """Draw a figure for every position of one to three controls and return it with the controls.

    Parameters
    ----------
    draw : callable
        ``draw(ax, **values)`` draws one picture on fresh Axes (an array of Axes where `panels` is
        more than one) from the current value of each control.
    alt : str or callable
        What the picture shows, for readers who do not see it: a format string with the names of the
        controls, filled with their read-outs, or a function of their values.
    size : str or (float, float)
        One of the book's figure sizes, or width and height in inches.
    panels : int
        How many Axes stand side by side.
    subplots : mapping, optional
        Further options of `matplotlib.figure.Figure.subplots`.
    **controls : Slider or Choice
        One to three controls, by the name of the argument of `draw` they set.

    Returns
    -------
    Move
        A widget: end the cell with it.

    Raises
    ------
    ValueError
        If there is no control or more than three, a control has fewer than two positions or two
        with the same read-out, or `size` is unknown.

    Examples
    --------
    >>> def draw(ax, base, power):
    ...     ax.plot([0, 1, 2], [base * x**power for x in (0, 1, 2)])
    >>> move(draw, alt="{base} times x to the power {power}",
    ...      base=Choice({"one": 1, "two": 2}),
    ...      power=Slider([1, 2, 3], start=1))  # doctest: +ELLIPSIS
    Move(base[2] × power[3]): 6 frames, mean coordinate ...
    """
    if not 1 <= len(controls) <= 3:
        raise ValueError(f"controls: expected one to three, got {len(controls)}")
    if isinstance(size, str) and size not in SIZES:
        raise ValueError(f"size: expected one of {', '.join(map(repr, SIZES))}, got {size!r}")
    inches = SIZES[size] if isinstance(size, str) else size
    values, shown, start = zip(*(_positions(n, c) for n, c in controls.items()), strict=True)
    dims = [len(v) for v in values]
    states = list(itertools.product(*(range(n) for n in dims)))

    figure = plt.figure(figsize=inches)
    margins = None

    def picture(state: tuple[int, ...]) -> None:
        figure.clear()
        axes = figure.subplots(1, panels, **(subplots or {}))
        draw(axes, **{n: v[i] for n, v, i in zip(controls, values, state, strict=True)})
        if margins is not None:
            figure.subplots_adjust(**margins)

    try:
        picture(start)
        figure.tight_layout()  # the first picture's margins serve all, so that nothing jumps
        margins = {k: getattr(figure.subplotpars, k) for k in ("left", "right", "bottom", "top")}
        margins["wspace"] = figure.subplotpars.wspace
        svgs, alts = [], []
        for state in states:
            picture(state)
            svgs.append(_svg(figure))
            alts.append(_alt(alt, list(controls), values, shown, state))
        picture(start)
        still = io.BytesIO()
        figure.savefig(still, format="png", dpi=SCREEN)
    finally:
        plt.close(figure)

    pixels = [round(inch * SCREEN) for inch in inches]
    view = FrameView(data=_bundle(svgs, alts), dims=dims, size=pixels)
    rows = []
    for axis, (name, control) in enumerate(controls.items()):
        setattr(view, f"i{axis}", start[axis])
        rows.append(_control(control, name, shown[axis], start[axis], view, f"i{axis}"))
    counts = " × ".join(f"{n}[{d}]" for n, d in zip(controls, dims, strict=True))
    summary = f"Move({counts}): {len(svgs)} frames, mean coordinate {_mean_coordinate(svgs):.1f}"
    return Move([*rows, view], summary, still.getvalue(), pixels)


def _positions(name: str, control: Slider | Choice) -> tuple[list, list[str], int]:
    if not isinstance(control, Slider | Choice):
        raise ValueError(f"{name}: expected a Slider or a Choice, got {type(control).__name__}")
    values, shown, start = control.positions()
    if len(values) < 2:
        raise ValueError(f"{name}: expected at least two positions, got {len(values)}")
    if len(set(shown)) < len(shown):
        twice = next(text for text in shown if shown.count(text) > 1)
        raise ValueError(f"{name}: two positions read {twice!r}; give more digits in fmt")
    return values, shown, start


def _alt(alt: Any, names: list[str], values: Any, shown: Any, state: tuple[int, ...]) -> str:
    pick = values if callable(alt) else shown
    now = {name: pick[axis][i] for axis, (name, i) in enumerate(zip(names, state, strict=True))}
    return alt(**now) if callable(alt) else alt.format(**now)


def _control(
    control: Slider | Choice, name: str, shown: list[str], start: int, view: FrameView, trait: str
) -> widgets.Widget:
    """Make the ipywidgets control and link it to `view` in the browser, without a kernel."""
    label = control.label or name.replace("_", " ")
    wide = widgets.Layout(width="auto", max_width="100%")
    style = {"description_width": "initial"}
    if isinstance(control, Choice):
        kind = widgets.ToggleButtons if len(shown) <= 6 else widgets.Dropdown
        if kind is widgets.ToggleButtons:
            style["button_width"] = "auto"
        picker = kind(options=shown, index=start, description=label, style=style, layout=wide)
        widgets.jslink((picker, "index"), (view, trait))
        return picker
    wide.width = "520px"
    picker = widgets.SelectionSlider(
        options=shown, index=start, description=label, style=style, layout=wide
    )
    widgets.jslink((picker, "index"), (view, trait))
    if not control.play:
        return picker
    film = widgets.Play(min=0, max=len(shown) - 1, value=start, interval=700)
    widgets.jslink((film, "value"), (picker, "index"))
    return widgets.HBox([film, picker], layout=widgets.Layout(flex_flow="row wrap"))


def _svg(figure: plt.Figure) -> str:
    """Return the figure as SVG with short numbers, no metadata, photographs as WebP."""
    out = io.StringIO()
    nothing = dict.fromkeys(("Date", "Creator", "Format", "Type"))
    with plt.rc_context({"svg.hashsalt": "book", "svg.fonttype": "path"}):
        figure.savefig(out, format="svg", dpi=1.5 * SCREEN, metadata=nothing)
    svg = out.getvalue()
    svg = re.sub(r"<metadata>.*?</metadata>", "", svg[svg.index("<svg") :], flags=re.S)
    svg = re.sub(r"<!--.*?-->", "", svg, flags=re.S)
    svg = re.sub(r"-?[1-9]\d*\.\d{3,}(?![\w.])", lambda m: f"{float(m[0]):.2f}", svg)
    svg = re.sub(r"data:image/png;base64,\s*([A-Za-z0-9+/=\s]+)", _webp, svg)
    return re.sub(r"\s*\n\s*", "\n", svg)


def _webp(png: re.Match) -> str:
    out = io.BytesIO()
    picture = Image.open(io.BytesIO(base64.b64decode(png[1])))
    picture.save(out, "webp", quality=70, method=4)
    return "data:image/webp;base64," + base64.b64encode(out.getvalue()).decode()


def _bundle(svgs: list[str], alts: list[str]) -> bytes:
    """Store each line once (frames share nearly all of theirs) and compress the whole."""
    table: dict[str, int] = {}
    frames = [[table.setdefault(line, len(table)) for line in svg.split("\n")] for svg in svgs]
    content = {"lines": list(table), "frames": frames, "alts": alts}
    return zlib.compress(json.dumps(content, separators=(",", ":")).encode(), 9)


def _mean_coordinate(svgs: list[str]) -> float:
    """Return the mean coordinate of all lines drawn: a summary that nbval can compare."""
    drawn = re.sub(r"<defs>.*?</defs>", "", "\n".join(svgs), flags=re.S)  # without the glyphs
    paths = re.findall(r'\bd="([^"]*)"', drawn)
    numbers = re.findall(r"-?\d+(?:\.\d+)?", "\n".join(paths))
    return sum(map(float, numbers)) / max(1, len(numbers))
