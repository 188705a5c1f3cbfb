"""Cuts the fonts of the site out of installed packages, each to the glyphs that the pages use.

The text is Source Sans 3, formulas are STIX Two Math, both under the SIL Open Font License, whose
text is put beside them. The licence reserves their names, so the cuts bear others.
"""

import base64
import html
import io
import re
from collections.abc import Iterable
from logging import getLogger
from pathlib import Path

from .packaged import packaged

SANS = {"sans": "SourceSans3[wght].ttf", "sans-italic": "SourceSans3-Italic[wght].ttf"}
ASCII = "".join(map(chr, range(0x20, 0x7F)))
ALWAYS = ASCII + "\u00a0–—‘’“”…•′←→↑↓−×·≈≠≤≥✓✗"  # also what scripts may write
STRETCHED = "()[]{}|‖⟨⟩⌊⌋⌈⌉√∑∏∫⃗→^ˆ¯‾~˜˙⏞⏟︷︸−+=<>0123456789.,;:!/"
VARIANTS = "𝚤𝚥𝜕𝜖𝜗𝜙𝜚ıȷ"
VECTOR_ARROW = 0x20D7
ICONS = [  # the theme's, by their place in Font Awesome
    *(0xF002, 0xF078, 0xF077, 0xF03A, 0xF062, 0xF0C9, 0xF019, 0xF15B, 0xF1C1, 0xF185, 0xF186),
    *(0xF042, 0xF104, 0xF105, 0xF054, 0xF053, 0xF00C, 0xF00D, 0xF0C5, 0xF135, 0xF188, 0xF304),
    *(0xF0C1, 0xF065, 0xF12A, 0xF059, 0xF0EB),
]
KEPT_FEATURES = ["kern", "liga", "mark", "mkmk", "ccmp", "locl", "tnum", "lnum"]


def italic(sign: str) -> str:
    """Return the mathematical italic that ``<mi>x</mi>`` is drawn with, or the sign itself.

    Examples
    --------
    >>> italic("x"), italic("h"), italic("α"), italic("1")
    ('𝑥', 'ℎ', '𝛼', '1')
    """
    if sign == "h":  # the one letter that Unicode had before
        return "ℎ"
    for letters, start in (("az", 0x1D44E), ("AZ", 0x1D434), ("αω", 0x1D6FC), ("ΑΩ", 0x1D6E2)):
        if letters[0] <= sign <= letters[1]:
            return chr(start + ord(sign) - ord(letters[0]))
    return sign


def formula_signs(pages: Iterable[str]) -> set[str]:
    """Return the signs of all formulas in the HTML of some pages."""
    signs = set(STRETCHED + VARIANTS)
    for page in pages:
        for formula in re.findall(r"<math.*?</math>", page, re.DOTALL):
            signs.update(html.unescape(re.sub(r"<[^>]*>", "", formula)))
    return signs | {italic(sign) for sign in signs}


def cut(source: Path, text: str, target: Path, axes: dict | None = None) -> None:
    """Write a WOFF2 of the glyphs that `text` needs.

    Parameters
    ----------
    source : Path
        A font.
    text : str
        The signs to keep.
    target : Path
        Where the cut goes; its name becomes the font's.
    axes : dict, optional
        The axes of a variable font to keep, each with its range.
    """
    from fontTools.subset import Options, Subsetter
    from fontTools.ttLib import TTFont
    from fontTools.varLib import instancer

    getLogger("fontTools").setLevel("WARNING")
    font = TTFont(source)
    mathematical = "MATH" in font
    options = Options()
    options.layout_features = ["*"] if mathematical else KEPT_FEATURES
    options.hinting = False
    maker = Subsetter(options)
    maker.populate(text=text)
    maker.subset(font)
    if axes:  # of the few glyphs that are left: of all of them it would take a minute
        whole = io.BytesIO()
        font.save(whole)
        font = instancer.instantiateVariableFont(TTFont(whole), axes)
    if mathematical:
        _widen_vector_arrow(font)
    for record in font["name"].names:
        if record.nameID in (1, 3, 4, 6, 16):
            record.string = f"Book-{target.stem}"
    font.flavor = "woff2"
    font.save(target)


def _widen_vector_arrow(font) -> None:
    """Give the arrow over a vector a width: without one it would be drawn left of its letter."""
    name = font.getBestCmap()[VECTOR_ARROW]
    glyph = font["glyf"][name]
    glyph.coordinates.translate((-glyph.xMin, 0))
    glyph.recalcBounds(font["glyf"])
    font["hmtx"][name] = (glyph.xMax, 0)


def text_signs(pages: Iterable[str]) -> set[str]:
    """Return the signs of all text in the HTML of some pages, but for Chinese.

    Examples
    --------
    >>> sorted(text_signs(["<p title='ß'>é 术</p>"]) - set(ALWAYS))
    ['é']
    """
    signs = set(ALWAYS)
    for page in pages:
        signs.update(html.unescape(re.sub(r"<[^>]*>", "", page)))
    return {sign for sign in signs if " " <= sign < "\u2e80"}


def write_fonts(site: Path, pages: Iterable[str]) -> None:
    """Write the fonts of the site, and the licences of their makers."""
    pages, folder = list(pages), site / "_static" / "book" / "fonts"
    folder.mkdir(parents=True, exist_ok=True)
    text = "".join(sorted(text_signs(pages)))
    stix = packaged("ziamath", "STIXTwoMath-Regular.ttf")
    solid = site / "_static" / "vendor" / "fontawesome" / "webfonts" / "fa-solid-900.woff2"
    for name, ending in SANS.items():
        source = packaged("fontpkg-source-sans-3", ending)
        _cut_once(source, text, folder / f"{name}.woff2", {"wght": (400, 700)})
    _cut_once(stix, "".join(sorted(formula_signs(pages))), folder / "math.woff2")
    _cut_once(solid, "".join(map(chr, ICONS)), folder / "icons.woff2")
    licence = packaged("fontpkg-source-sans-3", "fontpkg_source_sans_3/LICENSE")
    terms = licence.read_text(encoding="utf-8")
    (folder / "OFL.txt").write_text(terms, encoding="utf-8")
    terms = terms[terms.index("This Font Software is licensed") :]
    (folder / "OFL-STIX.txt").write_text(f"{_copyright(stix)}\n\n{terms}", encoding="utf-8")


def _cut_once(source: Path, text: str, target: Path, axes: dict | None = None) -> None:
    """Cut a font, unless a build before has cut it to the same glyphs."""
    record = target.with_suffix(".glyphs.txt")
    if target.exists() and record.exists() and record.read_text(encoding="utf-8") == text:
        return
    cut(source, text, target, axes)
    record.write_text(text, encoding="utf-8")


def within(css: str, folder: Path, names: Iterable[str]) -> str:
    """Return a style sheet that holds some of its fonts itself.

    So the first thing the reader sees is set in the book's face, and nothing moves later.
    """
    for name in names:
        data = base64.b64encode((folder / f"{name}.woff2").read_bytes()).decode()
        css = css.replace(f"url(fonts/{name}.woff2)", f"url(data:font/woff2;base64,{data})")
    return css


def _copyright(font: Path) -> str:
    from fontTools.ttLib import TTFont

    return TTFont(font, lazy=True)["name"].getDebugName(0)
