"""Markdown with formulas to HTML, so that a question reads alike in the page and in JupyterLab."""

import re
from functools import lru_cache
from html import escape

import math_core
from markdown_it import MarkdownIt
from mdit_py_plugins.dollarmath import dollarmath_plugin

TEX = math_core.LatexToMathML(macros={})


def block(text: str, name: str = "text") -> str:
    """Return Markdown as HTML paragraphs, its formulas as MathML.

    Parameters
    ----------
    text : str
        Markdown with formulas between dollar signs.
    name : str
        What an error calls the text.

    Returns
    -------
    str
        HTML.

    Raises
    ------
    ValueError
        If `text` is no string, or a formula in it is not understood.

    Examples
    --------
    >>> block("A *small* question")
    '<p>A <em>small</em> question</p>'
    """
    return _rendered(text, name, inline=False)


def inline(text: str, name: str = "text") -> str:
    """Return Markdown as HTML inside a line.

    Parameters
    ----------
    text : str
        Markdown with formulas between dollar signs.
    name : str
        What an error calls the text.

    Returns
    -------
    str
        HTML.

    Raises
    ------
    ValueError
        As `block` does.

    Examples
    --------
    >>> inline("`x` twice")
    '<code>x</code> twice'
    """
    return _rendered(text, name, inline=True)


def plain(text: str) -> str:
    r"""Return Markdown as the words a screen reader or a log should have.

    Parameters
    ----------
    text : str
        Markdown with formulas between dollar signs.

    Returns
    -------
    str
        Words without marks.

    Raises
    ------
    ValueError
        As `block` does.

    Examples
    --------
    >>> plain(r"the *rate* $\eta$ of `fit`")
    'the rate η of fit'
    """
    words = re.sub(r"</(?:mtd|mtr|mi|mn|mo|p|li)>", " ", _rendered(text, "text", inline=True))
    words = re.sub(r"<[^>]*>", "", words)
    for sign, entity in (("<", "&lt;"), (">", "&gt;"), ('"', "&quot;"), ("&", "&amp;")):
        words = words.replace(entity, sign)
    return re.sub(r"\s+([,.;:?!)])", r"\1", re.sub(r"\s+", " ", words)).strip()


def _rendered(text: str, name: str, *, inline: bool) -> str:
    if not isinstance(text, str):
        raise ValueError(f"{name}: expected a text, got {type(text).__name__}")
    try:
        markdown = _markdown()
        return (markdown.renderInline if inline else markdown.render)(text.strip()).strip()
    except math_core.LatexError as error:
        reason = re.sub(r"\x1b\[[0-9;]*m", "", str(error)).strip().splitlines()[0]
        raise ValueError(f"{name}: a formula in {text!r} is not understood: {reason}") from error


@lru_cache(maxsize=1)
def _markdown() -> MarkdownIt:
    return MarkdownIt("commonmark", {"html": False}).use(
        dollarmath_plugin, double_inline=True, renderer=_formula
    )


def _formula(tex: str, options: dict) -> str:
    return TEX.convert_with_local_state(
        tex.replace(r"\hat\imath", r"\hat{\imath}").replace(r"\hat\jmath", r"\hat{\jmath}"),
        displaystyle=options.get("display_mode", False),
    )


def attribute(text: str) -> str:
    """Return `text` as it may stand inside the quotes of an HTML attribute.

    Parameters
    ----------
    text : str
        Any text.

    Returns
    -------
    str
        The text with its signs escaped.

    Examples
    --------
    >>> attribute('1 < "2"')
    '1 &lt; &quot;2&quot;'
    """
    return escape(text, quote=True)
