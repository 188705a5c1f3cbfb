"""From a finished figure to what travels: an SVG that knows the dark page, its texts, a PNG."""

import base64
import io
import re
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from html import unescape

import matplotlib
from matplotlib.artist import Artist
from matplotlib.backends.backend_mixed import MixedModeRenderer
from matplotlib.backends.backend_svg import FigureCanvasSVG, RendererSVG
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.text import Text
from matplotlib.textpath import TextToPath
from PIL import Image

from notebooklib.figures.style import DARK, TEXT_INK

SCREEN = 100  # CSS pixels an inch
RASTER = 150  # dots an inch of photographs and heat maps inside an SVG
_BLACK = ' style="fill: #000000"'
_HALOED = re.compile(  # a line of text as matplotlib writes it
    r'<!-- .*? -->\n<g( style="[^"]*")?( transform="[^"]*scale\(([\d.]+) [^"]*")>\n'
    r"(<defs>.*?</defs>\n)?(.*?)</g>",
    flags=re.S,
)
NO_METADATA = dict.fromkeys(("Date", "Creator", "Format", "Type"))


def svg(figure: Figure, *, tight: bool = False) -> str:
    """Return `figure` as an SVG of short numbers that turns its greys over on a dark page.

    Parameters
    ----------
    figure : matplotlib.figure.Figure
        Its texts in a palette colour are set in that colour's darker form first, so that they
        can be read.
    tight : bool
        Cut the margins down to what is drawn.

    Returns
    -------
    str
        Comments, which hold the texts, are kept: `texts` reads them, `bare` takes them away.

    Examples
    --------
    >>> from notebooklib.figures import new_figure
    >>> figure, ax = new_figure()
    >>> _ = ax.set_title("a wave")
    >>> texts(svg(figure))[-1]
    'a wave'
    """
    darken_texts(figure)
    out, dpi = io.StringIO(), figure.dpi
    with matplotlib.rc_context({"svg.hashsalt": "book", "svg.fonttype": "path"}), _plain(figure):
        if tight:
            FigureCanvasSVG(figure).print_figure(
                out, format="svg", dpi=RASTER, bbox_inches="tight", metadata=NO_METADATA
            )
        else:  # print_figure would draw twice: once to measure, once to keep
            (width, height), figure.dpi = figure.get_size_inches(), 72
            pen = _Renderer(72 * width, 72 * height, out, image_dpi=RASTER, metadata=NO_METADATA)
            try:
                both = MixedModeRenderer(figure, width, height, RASTER, pen)
                figure.draw(both)
                both.finalize()
            finally:
                figure.dpi = dpi
    return _haloed(_shortened(out.getvalue()))


class _Letters(TextToPath):
    """Measures each text once, where matplotlib would in every picture."""

    @lru_cache(maxsize=1000)  # noqa: B019, as long as its fonts are the ones in use
    def _size(self, text: str, font: FontProperties, math: bool) -> tuple[float, float, float]:
        return super().get_text_width_height_descent(text, font, math)

    def get_text_width_height_descent(self, s, prop, ismath):
        """Return the size of a text, its font as it is now."""
        return self._size(s, prop.copy(), ismath)


@lru_cache(maxsize=4)
def _letters(fonts: str) -> _Letters:
    """Return what draws letters while these `fonts` are set: all pictures share it."""
    return _Letters()


class _Renderer(RendererSVG):
    """Writes SVG as its parent does, and shares what is known of letters."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        names = (name for name in matplotlib.rcParams if name.startswith(("font.", "mathtext.")))
        self._text2path = _letters(str([matplotlib.rcParams[name] for name in names]))


def texts(drawn: str, figure: Figure | None = None) -> list[str]:
    """Return every text of an SVG made by `svg`, in the order drawn.

    A text with a halo leaves no comment in an SVG; those of the `figure` come last.

    Parameters
    ----------
    drawn : str
        What `svg` returned.
    figure : matplotlib.figure.Figure, optional
        The figure it was made of.

    Returns
    -------
    list of str
        The texts.

    Examples
    --------
    >>> texts("<svg><!-- a wave --><g/></svg>")
    ['a wave']
    """
    comments = re.findall(r"<!-- (.*?) -->", drawn, flags=re.S)
    found = [unescape(text) for text in comments if text]  # an empty line has an empty one
    haloed = figure.findobj(_has_halo) if figure is not None else []
    return found + [text.get_text() for text in haloed]


def said(figure: Figure) -> list[str]:
    """Return what `texts` finds in the SVG of `figure`, without the work of writing it.

    Parameters
    ----------
    figure : matplotlib.figure.Figure
        Its texts in a palette colour are darkened, as `svg` does.

    Returns
    -------
    list of str
        The texts.

    Examples
    --------
    >>> from notebooklib.figures import new_figure
    >>> figure, ax = new_figure()
    >>> _ = ax.set_title("a wave")
    >>> said(figure) == texts(svg(figure), figure)
    True
    """
    darken_texts(figure)
    (width, height), dpi, figure.dpi = figure.get_size_inches(), figure.dpi, 72
    listener = _Listener(72 * width, 72 * height, io.StringIO(), image_dpi=RASTER)
    try:
        with _plain(figure):
            figure.draw(listener)
    finally:
        figure.dpi = dpi
    return listener.heard + [text.get_text() for text in figure.findobj(_has_halo)]


class _Listener(_Renderer):
    """Is told all that a renderer is told, and keeps of it the texts without a halo."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.heard, self._haloed = [], False

    def open_group(self, s, gid=None):
        """Hear which text begins: a line of several is drawn without saying of which."""
        self._haloed = gid == "halo"

    def close_group(self, s):
        """Hear that it ends."""
        self._haloed = False

    def _nothing(self, *args, **kwargs) -> None:
        pass

    draw_path = draw_markers = draw_path_collection = draw_quad_mesh = _nothing
    draw_image = draw_gouraud_triangles = _nothing

    def draw_text(self, gc, x, y, s, prop, angle, ismath=False, mtext=None):
        """Note a text as the comment of an SVG holds it in the end."""
        if s and not self._haloed:
            self.heard.append(_in_short(re.sub("-(?=-)", "- ", s)))


def _has_halo(artist: Artist) -> bool:
    own = isinstance(artist, Text) and artist.get_visible() and artist.get_text().strip()
    return bool(own and artist.get_path_effects())


@contextmanager
def _plain(figure: Figure) -> Iterator[None]:
    """Mark haloed texts and take the halo off: matplotlib would spell each of their letters out."""
    halos = [(text, text.get_path_effects()) for text in figure.findobj(_has_halo)]
    for text, _ in halos:
        text.set(gid="halo", path_effects=[])
    try:
        yield
    finally:
        for text, effects in halos:
            text.set(gid=None, path_effects=effects)


def _haloed(drawn: str) -> str:
    """Put a halo behind each marked text, its letters once more as thick white lines."""

    def behind(line: re.Match) -> str:
        look, place, scale, defs, letters = line.groups()
        width = 3 / float(scale)  # three points, where letters are 64 times as large as their bars
        bars = letters.replace("<path ", f'<path style="stroke-width: {width:.0f}" ')
        halo = (
            f"fill: none; stroke: #ffffff; stroke-width: {64 * width:.0f}; stroke-linejoin: round"
        )
        first = f'<g style="{halo}"{place}>\n{defs or ""}{bars}</g>\n'
        return first + f"<g{look or _BLACK}{place}>\n{letters}</g>"

    halos = re.compile(r'<g id="halo">\n(.*?</g>)\n</g>', flags=re.S)
    return halos.sub(lambda group: _HALOED.sub(behind, group[1]), drawn)


def bare(drawn: str) -> str:
    """Return an SVG made by `svg` without its comments.

    Parameters
    ----------
    drawn : str
        What `svg` returned.

    Returns
    -------
    str
        The same picture.

    Examples
    --------
    >>> bare("<svg><!-- a wave --><g/></svg>")
    '<svg><g/></svg>'
    """
    return re.sub(r"\s*<!--.*?-->", "", drawn, flags=re.S)


def png(figure: Figure, *, dpi: float, tight: bool = False) -> bytes:
    """Return `figure` as a PNG on a white face.

    Parameters
    ----------
    figure : matplotlib.figure.Figure
        Its texts in a palette colour are darkened first.
    dpi : float
        Dots an inch.
    tight : bool
        Cut the margins down to what is drawn.

    Returns
    -------
    bytes
        The file.

    Examples
    --------
    >>> from notebooklib.figures import new_figure
    >>> png(new_figure()[0], dpi=20)[1:4]
    b'PNG'
    """
    darken_texts(figure)
    out = io.BytesIO()
    figure.savefig(out, format="png", dpi=dpi, bbox_inches="tight" if tight else None)
    return out.getvalue()


def darken_texts(figure: Figure) -> None:
    """Set each text of a palette colour in that colour's darker form: 4.5 to 1 against white.

    Parameters
    ----------
    figure : matplotlib.figure.Figure
        Is changed.

    Examples
    --------
    >>> from notebooklib.figures import STEP, new_figure
    >>> figure, ax = new_figure()
    >>> title = ax.set_title("a step", color=STEP)
    >>> darken_texts(figure)
    >>> title.get_color() == TEXT_INK[STEP.lower()]
    True
    """
    for text in figure.findobj(Text):
        color = matplotlib.colors.to_hex(text.get_color())
        text.set_color(TEXT_INK.get(color, text.get_color()))


@lru_cache(maxsize=1)
def dark_style() -> str:
    """Return the style element that turns the greys over where the page around is dark.

    Returns
    -------
    str
        HTML, which may stand in an SVG.

    Examples
    --------
    >>> dark_style()[:43]
    '<style>@media (prefers-color-scheme:dark){['
    """
    rules = "".join(
        f'[style*="{what}: {light}"]{{{what}:{dark}!important}}'
        for light, dark in DARK.items()
        for what in ("fill", "stroke")
    )
    return f"<style>@media (prefers-color-scheme:dark){{{rules}}}</style>"


def _shortened(drawn: str) -> str:
    """Drop header and metadata, cut numbers, close seams, pack photographs as WebP."""
    drawn = re.sub(r"<metadata>.*?</metadata>", "", drawn[drawn.index("<svg") :], flags=re.S)
    drawn = _in_short(drawn)
    drawn = re.sub(r'<g id="QuadContourSet.*?</g>', _without_seams, drawn, flags=re.S)
    drawn = re.sub(r"data:image/png;base64,\s*([A-Za-z0-9+/=\s]+)", _webp, drawn)
    drawn = re.sub(r"<svg[^>]*>", lambda m: m[0] + "\n" + dark_style(), drawn, count=1)
    return re.sub(r"\s*\n\s*", "\n", drawn)


def _in_short(drawn: str) -> str:
    return re.sub(r"-?[1-9]\d*\.\d{3,}(?![\w.])", lambda m: f"{float(m[0]):.2f}", drawn)


def _without_seams(shades: re.Match) -> str:
    """Draw a line of its own colour round each shade, where a dark page would show between two."""
    return re.sub(r'style="fill: (#\w{6})"', r'style="fill: \1; stroke: \1"', shades[0])


def _webp(png: re.Match) -> str:
    out = io.BytesIO()
    picture = Image.open(io.BytesIO(base64.b64decode(png[1])))
    picture.save(out, "webp", quality=70, method=4)
    return "data:image/webp;base64," + base64.b64encode(out.getvalue()).decode()
