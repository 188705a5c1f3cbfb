"""A short text that changes with everything a reader could see change in a film of figures.

Tests compare stored texts, and no picture of a move but the first. So its text form says, of all
pictures, what they hold: their words (as a hash), the places of what is drawn and its colours (as
weighted sums, each place and channel with a weight of its own). Sums, because they hardly change
where a number does in its fifteenth digit, as it does on another processor; places as shares of the
Axes, because those do not move when another version of the font renderer moves a margin.
"""

import hashlib
from dataclasses import dataclass, field

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.collections import Collection
from matplotlib.colors import to_rgba
from matplotlib.figure import Figure
from matplotlib.image import AxesImage
from matplotlib.lines import Line2D
from matplotlib.patches import FancyArrowPatch, Patch
from matplotlib.text import Annotation, Text
from matplotlib.transforms import IdentityTransform
from numpy.typing import NDArray

GOLDEN = 0.6180339887498949
BLOCKS = 8  # a raster is seen as at most 8×8 mean colours


@dataclass
class Digest:
    """Takes in one figure after the other; its text tells them apart from any others.

    Parameters
    ----------
    words : list of str
        All that was said.
    places, colours : float
        Weighted sums of where things are and of their colours.

    Examples
    --------
    >>> from notebooklib.figures import new_figure
    >>> digest = Digest()
    >>> figure, ax = new_figure()
    >>> _ = ax.plot([0, 1], [0, 1], color="#3F8FE8")
    >>> digest.add(figure, ["a line"])
    >>> str(digest)  # doctest: +ELLIPSIS
    'says ..., draws ..., colours ...'
    """

    words: list[str] = field(default_factory=list)
    places: float = 0.0
    colours: float = 0.0
    _seen: int = field(default=0, init=False)

    def add(self, figure: Figure, words: list[str]) -> None:
        """Take in a figure.

        Parameters
        ----------
        figure : matplotlib.figure.Figure
            As it was drawn.
        words : list of str
            What belongs to it: its texts, its read-outs, its alt text.

        Examples
        --------
        >>> from notebooklib.figures import new_figure
        >>> one, two = Digest(), Digest()
        >>> one.add(new_figure()[0], ["a line"])
        >>> two.add(new_figure()[0], ["a curve"])
        >>> str(one) == str(two)
        False
        """
        places, colours, marks = _contents(figure)
        self.words += [*words, *marks]
        self.places += _weighed(places, self._seen)
        self.colours += _weighed(colours, self._seen)
        self._seen += 1

    def __str__(self) -> str:
        said = hashlib.sha1("\n".join(self.words).encode()).hexdigest()[:8]
        return f"says {said}, draws {self.places:.3f}, colours {self.colours:.2f}"


def _weighed(values: list[NDArray], frame: int) -> float:
    """Return Σ wₖ vₖ with weights from 1 to 2 that differ from number to number and by frame."""
    if not values:
        return 0.0
    flat = np.nan_to_num(np.concatenate([np.ravel(v).astype(float) for v in values]), posinf=9)
    weights = 1 + ((np.arange(flat.size) + 7919 * (frame + 1)) * GOLDEN) % 1
    return float(weights @ np.clip(flat, -9, 9))


def _contents(figure: Figure) -> tuple[list[NDArray], list[NDArray], list[str]]:
    places: list[NDArray] = []
    colours: list[NDArray] = []
    marks: list[str] = []
    for ax in figure.axes:
        for artist in ax.get_children():
            if artist.get_visible():
                _take(artist, ax, places, colours, marks)
    for text in figure.texts:
        places.append(np.array(text.get_position()))
        colours.append(np.array(to_rgba(text.get_color())))
    return places, colours, marks


def _take(artist: Artist, ax: Axes, places: list, colours: list, marks: list) -> None:
    def share(points: NDArray, transform=ax.transData) -> NDArray:
        return ax.transAxes.inverted().transform(transform.transform(points))

    if isinstance(artist, Line2D):
        places += [share(artist.get_xydata(), artist.get_transform()), artist.get_linewidth() / 10]
        places.append(artist.get_markersize() / 10)
        marks.append(f"{artist.get_linestyle()} {artist.get_marker()}")
        _paint(colours, artist, artist.get_color(), artist.get_markerfacecolor())
    elif isinstance(artist, Text):
        own = artist.get_transform() == ax.transData
        if artist not in (ax.title, ax._left_title, ax._right_title):  # these stand where they fit
            places.append(share(np.array(artist.get_position())) if own else artist.get_position())
        if isinstance(artist, Annotation):
            places.append(share(np.array(artist.xy)) if artist.xycoords == "data" else artist.xy)
            if artist.arrow_patch is not None:
                _paint(colours, artist.arrow_patch, artist.arrow_patch.get_edgecolor())
        _paint(colours, artist, artist.get_color())
    elif isinstance(artist, AxesImage):
        colours.append(_coarse(artist.to_rgba(artist.get_array())))
        places.append(share(np.reshape(artist.get_extent(), (2, 2)).T))
    elif isinstance(artist, Collection):
        _take_collection(artist, share, places, colours)
    elif isinstance(artist, FancyArrowPatch):
        ends = artist._posA_posB
        places.append(share(np.array(ends, dtype=float)) if ends is not None else [])
        _paint(colours, artist, artist.get_edgecolor())
    elif isinstance(artist, Patch) and artist is not ax.patch:
        places.append(share(artist.get_path().vertices, artist.get_transform()))
        _paint(colours, artist, artist.get_facecolor(), artist.get_edgecolor())


def _take_collection(artist: Collection, share, places: list, colours: list) -> None:
    if isinstance(artist.get_offset_transform(), IdentityTransform):  # no offsets
        places += [share(path.vertices, artist.get_transform()) for path in artist.get_paths()]
    else:
        offsets = np.ma.filled(np.ma.asarray(artist.get_offsets(), dtype=float), np.nan)
        places.append(share(offsets, artist.get_offset_transform()))
    if hasattr(artist, "U"):  # arrows of a field
        length = np.hypot(artist.U, artist.V).max() or 1.0
        places += [np.asarray(artist.U) / length, np.asarray(artist.V) / length]
    colours += [np.asarray(artist.get_facecolor()), np.asarray(artist.get_edgecolor())]


def _paint(colours: list, artist: Artist, *names: object) -> None:
    for name in names:
        shown = not (isinstance(name, str) and name.lower() in ("none", "auto"))
        colours.append(np.array(to_rgba(name, artist.get_alpha())) if shown else np.zeros(4))


def _coarse(rgba: NDArray) -> NDArray:
    """Return the mean colours, from 0 to 1, of at most 8×8 blocks of a raster."""
    scale = 255.0 if rgba.dtype == np.uint8 else 1.0
    rows, columns = (np.array_split(np.arange(n), min(n, BLOCKS)) for n in rgba.shape[:2])
    blocks = [[rgba[np.ix_(r, c)].mean(axis=(0, 1)) for c in columns] for r in rows]
    return np.array(blocks) / scale
