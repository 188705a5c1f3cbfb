"""Typesets formulas as MathML while the book is built, so that the page needs no script for them.

The package math-core translates TeX; a formula that it does not understand is a warning of the
build, and stands in the page as its TeX.
"""

import html
import re

import math_core
from docutils import nodes
from markdown_it import MarkdownIt
from mdit_py_plugins.dollarmath import dollarmath_plugin
from sphinx.util import logging

LOG = logging.getLogger(__name__)
TEX = math_core.LatexToMathML(macros={})
# math-core wants braces round the argument of an accent.
BRACED = ((r"\hat\imath", r"\hat{\imath}"), (r"\hat\jmath", r"\hat{\jmath}"))
# The face draws a prime above the line already: as a superscript it would be raised twice.
PRIME = re.compile(r"<msup>(<mi[^>]*>[^<]*</mi>)<mo>([′″‴])</mo></msup>")


def mathml(tex: str, *, display: bool = False, location=None) -> str:
    r"""Return the MathML of a formula.

    Parameters
    ----------
    tex : str
        The formula, without its dollar signs.
    display : bool
        Whether it stands on a line of its own.
    location : optional
        Where it stands, for the warning about a formula that is not understood.

    Returns
    -------
    str
        A ``<math>`` element, or a ``<code>`` with the TeX.

    Examples
    --------
    >>> mathml("x")
    '<math><mi>x</mi></math>'
    """
    for bare, braced in BRACED:
        tex = tex.replace(bare, braced)
    try:
        code = TEX.convert_with_local_state(tex.strip(), displaystyle=display)
        return PRIME.sub(r'<mrow>\1<mo lspace="0" rspace="0">\2</mo></mrow>', code)
    except Exception as error:  # math-core has no common class of errors
        LOG.warning("formula not understood: %s (%s)", tex, error, location=location)
        return f"<code>{html.escape(tex)}</code>"


def inline_markdown(text: str) -> str:
    """Return a line of Markdown with ``$formulas$`` as HTML.

    Examples
    --------
    >>> inline_markdown("*Where* is $x$?")
    '<em>Where</em> is <math><mi>x</mi></math>?'
    """
    return MARKDOWN.renderInline(text.strip())


MARKDOWN = MarkdownIt("commonmark").use(
    dollarmath_plugin,
    renderer=lambda tex, options: mathml(tex, display=options.get("display_mode", False)),
)
MARKDOWN.add_render_rule("math_inline", lambda self, tokens, k, *_: mathml(tokens[k].content))


def visit_inline(translator, node: nodes.math) -> None:
    """Write a formula within a line."""
    translator.body.append(mathml(node.astext(), location=node))
    raise nodes.SkipNode


def visit_block(translator, node: nodes.math_block) -> None:
    """Write a formula on a line of its own, with its number if it has one."""
    number = f'<span class="eqno">{node["shown"]}</span>' if node.get("shown") else ""
    formula = mathml(node.astext(), display=True, location=node)
    ids = "".join(f' id="{name}"' for name in node["ids"][:1])
    kind = "formula numbered" if number else "formula"
    translator.body.append(f'<div class="{kind}"{ids}>{number}{formula}</div>\n')
    raise nodes.SkipNode


def setup(app):
    """Offer the renderer to Sphinx."""
    app.add_html_math_renderer("mathml", (visit_inline, None), (visit_block, None))
    app.connect("config-inited", _choose, priority=900)
    return {"parallel_read_safe": True, "parallel_write_safe": True}


def _choose(app, config):
    config.html_math_renderer = "mathml"
