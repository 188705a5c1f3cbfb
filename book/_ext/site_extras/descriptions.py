"""What search engines and previews of links read: a description, a title, a picture."""

import html
import re
from collections.abc import Iterator
from urllib.parse import urljoin

from docutils import nodes

from site_extras.plain_text import formula

PICTURE = "_static/book/page.png"
LONGEST = 155  # characters of a description that a search engine shows


def description(doctree: nodes.document) -> str:
    """Return the page's first paragraphs as one plain line that a search engine shows whole."""
    text = ""
    for paragraph in _paragraphs(doctree):
        text = f"{text} {plain(paragraph)}".strip()
        if len(text) >= LONGEST // 2:
            break
    return shortened(text)


def _paragraphs(doctree: nodes.document) -> Iterator[nodes.paragraph]:
    for paragraph in doctree.findall(nodes.paragraph):
        if isinstance(paragraph.parent, nodes.section | nodes.document):
            yield paragraph


def plain(node: nodes.Node) -> str:
    """Return the words of a node, formulas as plain signs."""
    if isinstance(node, nodes.math | nodes.math_block):
        return formula(node.astext())
    if isinstance(node, nodes.raw | nodes.comment):
        return ""
    if isinstance(node, nodes.Text):
        return node.astext()
    return re.sub(r"\s+", " ", "".join(map(plain, node.children)))


def shortened(text: str, longest: int = LONGEST) -> str:
    """Return `text`, cut at a word's end where it is longer than `longest` characters.

    Examples
    --------
    >>> shortened("A matrix is a movement of space.", 20)
    'A matrix is a…'
    """
    if len(text) <= longest:
        return text
    return text[: longest - 1].rsplit(" ", 1)[0].rstrip(" ,;:–—") + "…"


def add_descriptions(app, pagename, templatename, context, doctree) -> None:
    """Put what search engines and link previews read into the head of a page."""
    if doctree is None:
        return
    told = description(doctree)
    title = re.sub(r"<[^>]*>|^[\d.]+ ", "", context.get("title") or app.config.html_title)
    tags = [("property", "og:type", "article"), ("property", "og:site_name", app.config.html_title)]
    tags.append(("property", "og:title", html.unescape(title)))
    if told:
        tags += [("name", "description", told), ("property", "og:description", told)]
    if app.config.html_baseurl:
        tags.append(("property", "og:url", context["pageurl"] or app.config.html_baseurl))
        tags.append(("property", "og:image", urljoin(app.config.html_baseurl, PICTURE)))
        tags.append(("name", "twitter:card", "summary_large_image"))
    context["metatags"] = context.get("metatags", "") + "".join(
        f'<meta {key}="{name}" content="{html.escape(value)}" />\n' for key, name, value in tags
    )
