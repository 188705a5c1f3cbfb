"""What is drawn. The first word of a mark names an output, or an input, of the function.

Texts, titles and replies hold live numbers: ``{det:.2f}`` is filled by the output `det`,
``{values[1]:.1f}`` by an entry of it, ``{kept|none|one|two}`` by the text of that number.
A mark, a text or a mission that is `hidden` waits until the reader has committed to a guess.
"""

from dataclasses import dataclass

from matplotlib import colormaps
from matplotlib.colors import to_hex

from notebooklib._validate import choice, finite, flag, nonnegative_int, positive, sequence, text
from notebooklib.figures import DATA, FAINT, INK, STEP
from notebooklib.live import _parts
from notebooklib.live._parts import Part, arg


@dataclass(frozen=True)
class Lines(Part):
    """Polylines: an output of shape (..., n, 2); a line whose numbers are NaN is left out.

    Parameters
    ----------
    of : str
        What is drawn.
    color : str
        Of all lines.
    width : float
        In pixels.
    dashed, hidden : bool
        Drawn with dashes; drawn only after the guess.

    Examples
    --------
    >>> Lines("grid", color="#3F8FE8").color
    '#3f8fe8'
    """

    of: str = arg(_parts.named)
    color: str = arg(_parts.color, FAINT)
    width: float = arg(positive, 1.0)
    dashed: bool = arg(flag, False)
    hidden: bool = arg(flag, False)


@dataclass(frozen=True)
class Area(Part):
    """A filled polygon: an output of shape (n, 2).

    Parameters
    ----------
    of : str
        What is drawn.
    colors : sequence of str
        One colour, or one for each value 0, 1, … of the output `by`.
    by : str
        The output that picks the colour.
    hidden : bool
        Drawn only after the guess.

    Examples
    --------
    >>> Area("cell", by="turned", colors=("#D47D07", "#D11225")).by
    'turned'
    """

    of: str = arg(_parts.named)
    colors: tuple[str, ...] = arg(_parts.colors, (STEP,))
    by: str = arg(_parts.named_or_none, "")
    hidden: bool = arg(flag, False)


@dataclass(frozen=True)
class Arrows(Part):
    """Arrows from the origin: an output of shape (..., 2) holds their tips.

    Parameters
    ----------
    of : str
        What is drawn.
    color : str
        Of all arrows.
    hidden : bool
        Drawn only after the guess.

    Examples
    --------
    >>> Arrows("u").of
    'u'
    """

    of: str = arg(_parts.named)
    color: str = arg(_parts.color, DATA)
    hidden: bool = arg(flag, False)


@dataclass(frozen=True)
class Dots(Part):
    """Points: an output of shape (..., 2); classes differ by colour and shape.

    Parameters
    ----------
    of : str
        What is drawn.
    color : str
        Of all points, where they have no class.
    by : str
        The output that holds the class 0, 1, … of each.
    size : float
        The radius in pixels.
    hidden : bool
        Drawn only after the guess.

    Examples
    --------
    >>> Dots("data.x", by="data.y").by
    'data.y'
    """

    of: str = arg(_parts.named)
    color: str = arg(_parts.color, DATA)
    by: str = arg(_parts.named_or_none, "")
    size: float = arg(positive, 3.5)
    hidden: bool = arg(flag, False)


@dataclass(frozen=True)
class Label(Part):
    """A text beside a point: an output of shape (2,).

    Parameters
    ----------
    of : str
        Where it stands.
    text : str
        With live numbers.
    color : str
        Of the text.
    offset : (float, float)
        How far to the right and up its middle stands, in pixels.
    hidden : bool
        Drawn only after the guess.

    Examples
    --------
    >>> Label("middle", "area {det:.1f}").text
    'area {det:.1f}'
    """

    of: str = arg(_parts.named)
    text: str = arg(text)
    color: str = arg(_parts.color, INK)
    offset: tuple[float, float] = arg(_parts.pair, (0.0, 0.0))
    hidden: bool = arg(flag, False)


def _stops(value: str | tuple, name: str) -> tuple[str, ...]:
    if isinstance(value, str) and value in colormaps:
        return tuple(to_hex(colormaps[value](k / 8)) for k in range(9))
    return _parts.colors(value, name)


@dataclass(frozen=True)
class Picture(Part):
    """A grid of numbers, shape (h, w), its first row on top, that fills the panel.

    Parameters
    ----------
    of : str
        What is drawn.
    low, high : float
        The numbers at both ends of the colours.
    colors : str or sequence of str
        The name of a colormap of matplotlib, or two colours or more.
    smooth, hidden : bool
        Whether colours run into one another; drawn only after the guess.

    Examples
    --------
    >>> Picture("share", colors=("#ffffff", "#222222")).colors
    ('#ffffff', '#222222')
    """

    of: str = arg(_parts.named)
    low: float = arg(finite, 0.0)
    high: float = arg(finite, 1.0)
    colors: tuple[str, ...] = arg(_stops, "viridis")
    smooth: bool = arg(flag, False)
    hidden: bool = arg(flag, False)


@dataclass(frozen=True)
class Trail(Part):
    """One number, drawn against the steps taken.

    Parameters
    ----------
    of : str
        What is drawn.
    color : str
        Of the line.
    label : str
        Stands at its end.
    dashed, hidden : bool
        Drawn with dashes; drawn only after the guess.

    Examples
    --------
    >>> Trail("loss", label="train").label
    'train'
    """

    of: str = arg(_parts.named)
    color: str = arg(_parts.color, DATA)
    label: str = arg(text, "")
    dashed: bool = arg(flag, False)
    hidden: bool = arg(flag, False)


MARKS = (Lines, Area, Arrows, Dots, Label, Picture, Trail)


def _marks(value, name):
    return tuple(_parts.one_of(mark, name, MARKS) for mark in sequence(value, name))


def _axes(value, name):
    return choice(value, name, ("plane", "frame", "below", "none"))


def _pixels(value, name):
    width, height = _parts.pair(value, name)
    for side in (width, height):
        if not 60 <= side <= 900:
            raise ValueError(f"{name}: expected 60 to 900 pixels, got {side:g}")
    return round(width), round(height)


@dataclass(frozen=True)
class Panel(Part):
    """Axes with marks on them.

    Parameters
    ----------
    marks : sequence
        `Lines`, `Area`, `Arrows`, `Dots`, `Label`, `Picture`, `Trail`, in the order drawn.
    title : str
        Stands above, with live numbers.
    x, y : (float, float)
        The ends of the axes. Panels of `Trail` take None: as far as the steps and values go.
    drag : sequence of str
        The `Point` inputs that are dragged here.
    axes : {"plane", "frame", "below", "none"}
        Axes through zero, at the lower left edge, at the lower edge alone, or none.
    xlabel, ylabel : str
        Names of the axes of a frame.
    size : (int, int)
        In pixels.

    Examples
    --------
    >>> Panel([Arrows("u")], drag=["u"], size=(420, 420)).drag
    ('u',)
    """

    marks: tuple = arg(_marks)
    title: str = arg(text, "")
    x: tuple[float, float] | None = arg(_parts.maybe(_parts.span), (-4.0, 4.0))
    y: tuple[float, float] | None = arg(_parts.maybe(_parts.span), (-4.0, 4.0))
    drag: tuple[str, ...] = arg(_parts.texts_or_none, ())
    axes: str = arg(_axes, "plane")
    xlabel: str = arg(text, "")
    ylabel: str = arg(text, "")
    size: tuple[int, int] = arg(_pixels, (420, 420))


@dataclass(frozen=True)
class Bars(Part):
    """Shares with names, as bars; a press on one may add its word.

    Parameters
    ----------
    of : str
        The shares, shape (n,), from 0 to 1.
    names : sequence of str
        n names.
    title : str
        Stands above, with live numbers.
    top : int
        How many of the largest are shown; 0 for all, in their order.
    adds : str
        The `Words` input to which a press adds the word.
    diamonds : str
        An output of n shares to compare with, drawn as diamonds.
    hidden : bool
        Shown only after the guess.

    Examples
    --------
    >>> Bars("shares", names=["yes", "no"]).names
    ('yes', 'no')
    """

    of: str = arg(_parts.named)
    names: tuple[str, ...] = arg(_parts.texts)
    title: str = arg(text, "")
    top: int = arg(nonnegative_int, 0)
    adds: str = arg(_parts.named_or_none, "")
    diamonds: str = arg(_parts.named_or_none, "")
    hidden: bool = arg(flag, False)


@dataclass(frozen=True)
class Shade(Part):
    """Numbers from 0 to 1, shape (context,), that shade the words of a `Words` input.

    Parameters
    ----------
    of : str
        What shades.
    words : str
        The input.

    Examples
    --------
    >>> Shade("row", words="ids").words
    'ids'
    """

    of: str = arg(_parts.named)
    words: str = arg(_parts.named)


@dataclass(frozen=True)
class Text(Part):
    r"""A line of Markdown with live numbers; formulas in it hold none.

    Parameters
    ----------
    text : str
        Such as ``"$\det A$ = {det:.2f}"``.
    hidden : bool
        Shown only after the guess.

    Examples
    --------
    >>> Text("determinant {det:.2f}").text
    'determinant {det:.2f}'
    """

    text: str = arg(text)
    hidden: bool = arg(flag, False)


@dataclass(frozen=True)
class Guess(Part):
    """A question to which the reader commits before what is `hidden` is shown.

    It is graded on the figure as it stands. What is then said stays as long as it would still be
    said. Afterwards the reader may go on, see what was hidden change, or hide it and guess again;
    where nothing is hidden, the next figure asks anew by itself.

    Parameters
    ----------
    question : str
        Markdown.
    choices : mapping of str to str
        Two to six, each with what is said to the reader who makes it, with live numbers.
    answer : str
        The output that holds the place 0, 1, … of the right choice.
    alt : str
        What the alt text says besides once the guess is made.

    Examples
    --------
    >>> len(Guess("Which?", {"one": "No.", "two": "Yes."}, answer="which").choices)
    2
    """

    question: str = arg(text)
    choices: dict[str, str] = arg(_parts.reasons)
    answer: str = arg(_parts.named)
    alt: str = arg(text, "")


@dataclass(frozen=True)
class Mission(Part):
    """A goal that the reader sets out to reach; the figure answers when it is.

    Parameters
    ----------
    goal : str
        Markdown: what is to be done.
    when : str
        The output that is true when it is reached, and not at the start.
    reply : str
        What is said then, with live numbers.
    hidden : bool
        Answered only after the guess, which the reply would give away.

    Examples
    --------
    >>> Mission("Make the area −2.", when="area_is_minus_two", reply="Turned over.").when
    'area_is_minus_two'
    """

    goal: str = arg(text)
    when: str = arg(_parts.named)
    reply: str = arg(text, "")
    hidden: bool = arg(flag, False)
