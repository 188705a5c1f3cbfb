"""Moves: figures with sliders that work in the built page, in JupyterLab and in a live kernel.

A move is drawn once, in Python, for every position of its controls. The pictures travel inside the
notebook as one compressed bundle of SVG lines, beside the HTML of the controls, native inputs of
the browser; a short script lets them choose which picture is shown. So no kernel and no network is
needed to move it, it is sharp at any zoom, and no formula is ever written twice.

>>> import numpy as np
>>> def draw(ax, angle):
...     t = np.linspace(0, 2 * np.pi, 50)
...     ax.plot(t, np.sin(t + np.deg2rad(angle)))
>>> turns = Slider([0, 45, 90], unit="°")
>>> move(draw, alt="a sine shifted by {angle}", angle=turns)  # doctest: +ELLIPSIS
Move(angle[3]): 3 frames, says ..., draws ..., colours ...
"""

import base64
import functools
import hashlib
import inspect
import itertools
import json
import os
import zlib
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence, Set
from dataclasses import dataclass
from importlib.resources import files
from typing import Any

import anywidget
import matplotlib.pyplot as plt
import numpy as np
import traitlets
from matplotlib.figure import Figure

from notebooklib._validate import (
    _came,
    flag,
    function,
    instance,
    optional,
    positive,
    positive_int,
    sequence,
    text,
)
from notebooklib.figures import SIZES
from notebooklib.figures.pictures import SCREEN, bare, png, said, svg, texts
from notebooklib.interactive.digest import Digest
from notebooklib.interactive.markup import attribute, inline, plain

MOST_FRAMES = 200
WIDEST = 20  # inches
STARTS_ONLY = "NOTEBOOKLIB_STARTS_ONLY"  # set where nobody looks: of each move its start is drawn
NARROW = (3.4, 2.5)  # inches of each of several panels, one above the other, on a narrow page
ALONE = (4.2, 3.2)  # of a single one
_HERE = files("notebooklib.interactive")


@dataclass(frozen=True)
class Slider:
    """A slider over a fixed list of values.

    Parameters
    ----------
    values : sequence
        What the drawing function is given, one value a position, at least two. They are listed
        once, so an iterator will do.
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

    Raises
    ------
    ValueError
        If `values` is one text or nothing to list, `fmt` cannot write one of them, or another
        argument is of the wrong kind.

    Examples
    --------
    >>> Slider([0, 0.5, 1], unit=" m", fmt="{:.1f}").positions()
    ([0, 0.5, 1], ['0.0 m', '0.5 m', '1.0 m'], 1)
    """

    values: Sequence
    label: str = ""
    unit: str = ""
    fmt: str = "{:g}"
    start: Any = None
    play: bool = False

    def __post_init__(self):
        for name in ("label", "unit", "fmt"):
            text(getattr(self, name), name)
        flag(self.play, "play")
        object.__setattr__(self, "values", _listed(self.values))

    def positions(self) -> tuple[list, list[str], int]:
        """Return the values, their read-outs and the index of the first one shown.

        Returns
        -------
        values : list
            What the drawing function is given.
        shown : list of str
            One read-out a value.
        start : int
            An index into both.

        Raises
        ------
        ValueError
            If `start` is none of the values, or `fmt` cannot write one of them.

        Examples
        --------
        >>> Slider(["dawn", "noon"], fmt="{}", start="noon").positions()
        (['dawn', 'noon'], ['dawn', 'noon'], 1)
        """
        shown = [self._read(value) + self.unit for value in self.values]
        if self.start is None:
            return list(self.values), shown, len(shown) // 2
        nearest = [i for i, value in enumerate(self.values) if _equal(value, self.start)]
        if not nearest:
            raise ValueError(f"start: expected one of the slider's values, got {_came(self.start)}")
        return list(self.values), shown, nearest[0]

    def _read(self, value: Any) -> str:
        try:
            written = self.fmt.format(value)
        except Exception as error:
            came = f"{self.fmt!r} for {_came(value)} ({error})"
            raise ValueError(f"fmt: expected a format for every value, got {came}") from error
        return written if isinstance(value, str) else written.replace("-", "−")  # a true minus


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

    Raises
    ------
    ValueError
        If `values` is one text or nothing to list, a name is no text or comes twice, or another
        argument is of the wrong kind.

    Examples
    --------
    >>> Choice({"one": 1, "two": 2}, start="two").positions()
    ([1, 2], ['one', 'two'], 1)
    """

    values: Mapping[str, Any] | Sequence[str]
    label: str = ""
    start: str | None = None

    def __post_init__(self):
        text(self.label, "label")
        optional(self.start, "start", text)
        named = self.values
        if not isinstance(named, Mapping):
            names = _listed(named)
            if twice := next((name for name in names if names.count(name) > 1), None):
                raise ValueError(f"values: expected each name once, got {twice!r} twice")
            named = {text(name, "values"): name for name in names}
        for name in named:
            text(name, "values")
        object.__setattr__(self, "values", dict(named))

    def positions(self) -> tuple[list, list[str], int]:
        """Return the values, their names and the index of the first one shown.

        Returns
        -------
        values : list
            What the drawing function is given.
        names : list of str
            What stands on the buttons.
        start : int
            An index into both.

        Raises
        ------
        ValueError
            If `start` is none of the names.

        Examples
        --------
        >>> Choice(["left", "right"]).positions()
        (['left', 'right'], ['left', 'right'], 0)
        """
        names = list(self.values)
        if self.start is not None and self.start not in names:
            raise ValueError(f"start: expected one of {names}, got {self.start!r}")
        chosen = 0 if self.start is None else names.index(self.start)
        return list(self.values.values()), names, chosen


class Script(anywidget.AnyWidget):
    """What brings moves and asks to life, and their style; a notebook stores it once.

    Examples
    --------
    >>> "export default" in Script.shared()._esm
    True
    """

    _esm = (_HERE / "view.js").read_text(encoding="utf-8")
    _css = (_HERE / "view.css").read_text(encoding="utf-8")

    @classmethod
    @functools.cache
    def shared(cls) -> "Script":
        """Return the one of this kernel.

        Returns
        -------
        Script
            The same at each call.

        Examples
        --------
        >>> Script.shared() is Script.shared()
        True
        """
        return cls()


class View(anywidget.AnyWidget):
    """What moves and asks share: HTML written in Python, and where the script is that moves it.

    Parameters
    ----------
    summary : str
        Its text form.
    still : bytes
        A PNG, of two pixels a point, that stands for it where scripts do not run; empty for none.
    **state : object
        The traits: `kind`, `html`, and what a subclass adds.

    Examples
    --------
    >>> View("a question", kind="ask", html="<p>Why?</p>")
    a question
    """

    _esm = (_HERE / "door.js").read_text(encoding="utf-8")
    _script = Script
    home = traitlets.Instance(Script).tag(
        sync=True, to_json=lambda script, _: f"IPY_MODEL_{script.model_id}"
    )
    kind = traitlets.Unicode().tag(sync=True)
    html = traitlets.Unicode().tag(sync=True)

    def __init__(self, summary: str, still: bytes = b"", **state: Any) -> None:
        super().__init__(home=self._script.shared(), **state)
        self._summary, self._still = summary, still

    def __repr__(self) -> str:
        return self._summary

    def _repr_mimebundle_(self, **kwargs: Any) -> tuple[dict, dict]:
        bundle, metadata = super()._repr_mimebundle_(**kwargs)
        if self._still:
            width, height = (int.from_bytes(self._still[k : k + 4], "big") // 2 for k in (16, 20))
            bundle["image/png"] = base64.b64encode(self._still).decode()
            metadata = metadata | {"image/png": {"width": width, "height": height}}
        return bundle, metadata


class Move(View):
    """A figure and its controls; outside the browser it shows its first picture instead.

    Parameters
    ----------
    *args, **kwargs : object
        As `View` takes them.

    Examples
    --------
    >>> made = move(lambda ax, x: ax.plot([0, x]), alt="to {x}", x=Slider([1, 2, 3]))
    >>> made.dims, made.shown, made.at
    ([3], [['1', '2', '3']], [1])
    """

    data = traitlets.Bytes().tag(sync=True)
    dims = traitlets.List().tag(sync=True)
    shown = traitlets.List().tag(sync=True)
    size = traitlets.List().tag(sync=True)
    narrow_size = traitlets.List().tag(sync=True)
    at = traitlets.List().tag(sync=True)


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
        more than one) from the current value of each control. It draws into these Axes alone: a
        wide picture is drawn once more for a narrow page, several panels one above the other. It
        opens no figure of its own.
    alt : str or callable
        What the picture shows, for readers who do not see it: a format string with the names of the
        controls, filled with their read-outs, or a function of their values.
    size : str or (float, float)
        One of the book's figure sizes, or width and height in inches.
    panels : int
        How many Axes stand side by side, at most 6.
    subplots : mapping, optional
        Further options of `matplotlib.figure.Figure.subplots`.
    **controls : Slider or Choice
        One to three controls, by the name of the argument of `draw` they set; at most 200 positions
        in all.

    Returns
    -------
    Move
        A widget: end the cell with it. Its text tells all its pictures from any others.

    Raises
    ------
    ValueError
        If there is no control or more than three, a control has fewer than two positions or two
        with the same read-out, there are more than 200 pictures to draw, `size` is no size,
        `draw` does not take the Axes and the controls, or opens a figure of its own, or `alt` gives
        no text.

    Examples
    --------
    >>> def draw(ax, base, power):
    ...     ax.plot([0, 1, 2], [base * x**power for x in (0, 1, 2)])
    >>> move(draw, alt="{base} times x to the power {power}",
    ...      base=Choice({"one": 1, "two": 2}),
    ...      power=Slider([1, 2, 3], start=1))  # doctest: +ELLIPSIS
    Move(base[2] × power[3]): 6 frames, says ...
    """
    if not 1 <= len(controls) <= 3:
        raise ValueError(f"controls: expected one to three, got {len(controls)}")
    inches, panels = _inches(size), positive_int(panels, "panels", most=6)
    options = dict(optional(subplots, "subplots", lambda v, n: instance(v, n, Mapping)) or {})
    values, shown, start = zip(*(_positions(n, c) for n, c in controls.items()), strict=True)
    dims = [len(v) for v in values]
    states = list(itertools.product(*(range(n) for n in dims)))
    if len(states) > MOST_FRAMES:
        raise ValueError(f"controls: expected at most {MOST_FRAMES} positions, got {len(states)}")

    _check_takes(draw, ("ax", *controls))
    arguments = [
        {n: v[i] for n, v, i in zip(controls, values, state, strict=True)} for state in states
    ]
    readouts = [
        {n: s[i] for n, s, i in zip(controls, shown, state, strict=True)} for state in states
    ]
    alts = [_alt(alt, now, said) for now, said in zip(arguments, readouts, strict=True)]
    first, digest = states.index(start), Digest()

    def take_in(figure: Figure, k: int, words: list[str]) -> None:
        digest.add(figure, [*words, *readouts[k].values(), alts[k]])

    frames, still = _film(draw, arguments, first, inches, (1, panels), options, take_in)
    tall = (NARROW[0], NARROW[1] * panels) if panels > 1 else ALONE if inches[0] > 5 else ()
    narrow = None
    if tall:
        some = ([arguments[first]], 0) if os.environ.get(STARTS_ONLY) else (arguments, first)
        narrow, _ = _film(draw, *some, tall, (panels, 1), _stacked(options))

    counts = " × ".join(f"{n}[{d}]" for n, d in zip(controls, dims, strict=True))
    data = _bundle(frames, narrow, alts)
    pixels, tall = ([round(inch * SCREEN) for inch in wanted] for wanted in (inches, tall))
    group = f"book-{hashlib.sha1(data).hexdigest()[:10]}"
    rows = [
        _row(control, name, axis, shown[axis], start[axis], group)
        for axis, (name, control) in enumerate(controls.items())
    ]
    return Move(
        f"Move({counts}): {len(frames)} frames, {digest}",
        still,
        kind="move",
        html=_html(rows, alts[first], pixels, tall),
        data=data,
        dims=dims,
        shown=[list(texts) for texts in shown],
        size=pixels,
        narrow_size=tall,
        at=list(start),
    )


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


def _listed(values: Any) -> list:
    """Return the values of a control as a list of its own; one text is refused."""
    if isinstance(values, str | bytes | Mapping | Set) or not isinstance(values, Iterable):
        raise ValueError(f"values: expected a list of values, got {_came(values)}")
    return list(itertools.islice(values, MOST_FRAMES + 1))


def _equal(one: Any, other: Any) -> bool:
    return one is other or bool(np.all(one == other))


def _inches(size: str | tuple[float, float]) -> tuple[float, float]:
    if isinstance(size, str):
        if size not in SIZES:
            raise ValueError(f"size: expected one of {', '.join(map(repr, SIZES))}, got {size!r}")
        return SIZES[size]
    width, height = (positive(length, "size") for length in sequence(size, "size", size=2))
    if max(width, height) > WIDEST:
        raise ValueError(f"size: expected at most {WIDEST} inches, got {width:g} × {height:g}")
    return width, height


def _check_takes(draw: Any, names: tuple[str, ...]) -> None:
    try:
        inspect.signature(function(draw, "draw")).bind(None, **dict.fromkeys(names[1:]))
    except (TypeError, ValueError) as error:
        wanted = ", ".join(names)
        raise ValueError(f"draw: expected a function of ({wanted}), got one with {error}") from None


def _alt(alt: Any, values: Mapping[str, Any], shown: Mapping[str, str]) -> str:
    try:
        said = alt(**values) if callable(alt) else text(alt, "alt").format(**shown)
    except (IndexError, KeyError, AttributeError, TypeError) as error:
        reason = f"{type(error).__name__}: {error}"
        raise ValueError(f"alt: expected a text of {', '.join(shown)}, got {reason}") from error
    except ValueError as error:  # a stray brace
        raise ValueError(f"alt: expected a format string, got {_came(alt)}: {error}") from error
    return text(said, "alt")


def _film(
    draw: Callable[..., None],
    arguments: list[dict],
    first: int,
    inches: tuple[float, float],
    grid: tuple[int, int],
    options: dict,
    take_in: Callable[[Figure, int, list[str]], None] | None = None,
) -> tuple[list[str], bytes]:
    """Return an SVG for each of the `arguments`, and a PNG of the `first` if they are taken in."""
    figure, margins = plt.figure(figsize=inches), None
    there = plt.get_fignums()

    def picture(k: int) -> None:
        for ax in figure.axes:  # `clear` alone would first make each as good as new
            figure.delaxes(ax)
        figure.clear()
        draw(_axes(figure, grid, options), **arguments[k])
        if opened := [number for number in plt.get_fignums() if number not in there]:
            for number in opened:
                plt.close(number)
            raise ValueError(
                "draw: expected a function that draws into the Axes it is given, got one that "
                "opens a figure of its own"
            )
        if margins is not None:
            figure.subplots_adjust(**margins)

    try:
        picture(first)
        figure.tight_layout()  # the first picture's margins serve all, so that nothing jumps
        margins = {
            side: getattr(figure.subplotpars, side)
            for side in ("left", "right", "bottom", "top", "wspace", "hspace")
        }
        still = png(figure, dpi=2 * SCREEN) if take_in else b""
        frames = []
        for k in range(len(arguments)):
            picture(k)
            drawn = "" if k != first and os.environ.get(STARTS_ONLY) else svg(figure)
            frames.append(bare(drawn))
            if take_in is not None:
                take_in(figure, k, texts(drawn, figure) if drawn else said(figure))
    finally:
        plt.close(figure)
    return frames, still


def _axes(figure: Figure, grid: tuple[int, int], options: dict) -> Any:
    try:
        return figure.subplots(*grid, **options)
    except (AttributeError, TypeError, ValueError) as error:
        raise ValueError(f"subplots: expected options of Figure.subplots, got {error}") from error


def _stacked(options: Mapping[str, Any]) -> dict:
    """Return the options of `subplots` for panels that stand one above the other."""
    options = {k: v for k, v in options.items() if k != "width_ratios"}
    if "gridspec_kw" in options:
        own = options["gridspec_kw"]
        options["gridspec_kw"] = {k: v for k, v in own.items() if k != "width_ratios"}
    return options


def _bundle(frames: list[str], narrow: list[str] | None, alts: list[str]) -> bytes:
    """Store each piece once (frames share nearly all of theirs) and compress the whole."""
    pages = [drawn.split("\n") for drawn in (*frames, *(narrow or []))]
    after, before = defaultdict(set), defaultdict(set)
    for page in pages:
        for one, other in itertools.pairwise([None, *page, None]):
            after[one].add(other)
            before[other].add(one)
    table: dict[str, int] = {}

    def numbered(page: list[str]) -> list[int]:
        pieces = page[:1]
        for one, other in itertools.pairwise(page):
            if len(after[one]) == len(before[other]) == 1:  # these lines never part
                pieces[-1] += "\n" + other
            else:
                pieces.append(other)
        return [table.setdefault(piece, len(table)) for piece in pieces]

    numbers = [numbered(page) for page in pages]
    content = {"frames": numbers[: len(frames)], "alts": alts}
    if narrow is not None:
        content["narrow"] = numbers[len(frames) :]
    content["lines"] = list(table)
    return zlib.compress(json.dumps(content, separators=(",", ":")).encode(), 9)


def _row(
    control: Slider | Choice, name: str, axis: int, shown: list[str], start: int, group: str
) -> str:
    """Return the HTML of one control: its label, a native input, its read-out."""
    label = control.label or name.replace("_", " ")
    said, place = attribute(plain(label)), f'data-axis="{axis}"'
    head = f'<span class="book-label">{inline(label)}</span>'
    if isinstance(control, Slider):
        play = f'<button type="button" class="book-play" {place} aria-label="Play {said}"></button>'
        return (
            f'<div class="book-row">{play if control.play else ""}{head}'
            f'<input type="range" {place} min="0" max="{len(shown) - 1}" value="{start}" '
            f'aria-label="{said}" aria-valuetext="{attribute(shown[start])}">'
            f'<span class="book-now">{attribute(shown[start])}</span></div>'
        )
    if len(shown) > 6:
        options = "".join(
            f'<option value="{k}"{" selected" * (k == start)}>{attribute(text)}</option>'
            for k, text in enumerate(shown)
        )
        menu = f'<select {place} aria-label="{said}">{options}</select>'
        return f'<div class="book-row">{head}{menu}</div>'
    options = "".join(
        f'<label class="book-option"><input type="radio" name="{group}-{axis}" {place} '
        f'value="{k}"{" checked" * (k == start)}><span>{inline(text)}</span></label>'
        for k, text in enumerate(shown)
    )
    return (
        f'<div class="book-row" role="radiogroup" aria-label="{said}">{head}'
        f'<span class="book-options">{options}</span></div>'
    )


def _html(rows: list[str], alt: str, size: list[int], narrow: list[int]) -> str:
    def pixels(wanted: list[int]) -> str:
        return f'width="{wanted[0]}" height="{wanted[1]}"'

    source = f'<source media="(max-width: 500px)" {pixels(narrow)}>' if narrow else ""
    return (
        f'<div class="book-move" style="--w:{size[0]}px">'
        f'<fieldset class="book-controls" disabled>{"".join(rows)}</fieldset>'
        f'<picture>{source}<img class="frame-view" {pixels(size)} alt="{attribute(alt)}"></picture>'
        '<div class="book-said" aria-live="polite"></div></div>'
    )
