"""Marks Chinese words as Chinese, so that they are read aloud and drawn as such.

The Chinese word that follows a term of the glossary in parentheses is marked as its companion: a
wide page sets it in the margin.
"""

import re

from docutils import nodes
from sphinx.transforms.post_transforms import SphinxPostTransform

CJK = "\u2e80-\u9fff\uff00-\uffef"
WORDS = re.compile(rf"[{CJK}](?:[{CJK} ,、]*[{CJK}])?")
MARK = "language-zh"  # docutils writes it as lang="zh"
UNTOUCHED = nodes.raw | nodes.literal | nodes.literal_block | nodes.math | nodes.math_block
BESIDE = re.compile(rf"( \([^()]*[{CJK}][^()]*\))(.*)", re.DOTALL)


def pieces(text: str) -> list[tuple[str, bool]]:
    """Cut a text into pieces that are Chinese and pieces that are not.

    Examples
    --------
    >>> pieces("Glossary 术语表.")
    [('Glossary ', False), ('术语表', True), ('.', False)]
    """
    found, start = [], 0
    for match in WORDS.finditer(text):
        found += [(text[start : match.start()], False), (match[0], True)]
        start = match.end()
    return [piece for piece in [*found, (text[start:], False)] if piece[0]]


class Chinese(SphinxPostTransform):
    """Mark the Chinese words of a page."""

    default_priority = 900  # after the links of terms stand
    formats = ("html",)

    def run(self, **kwargs):
        """Mark companions of terms first, then all other words."""
        for link in list(self.document.findall(nodes.reference)):
            self._companion(link)
        for text in list(self.document.findall(nodes.Text)):
            if isinstance(text.parent, UNTOUCHED) or MARK in text.parent.get("classes", []):
                continue
            cut = pieces(text.astext())
            if any(chinese for _, chinese in cut):
                text.parent.replace(text, [_node(piece, chinese) for piece, chinese in cut])

    def _companion(self, link: nodes.reference) -> None:
        inner = link.children[0] if link.children else None
        if not isinstance(inner, nodes.Element) or "std-term" not in inner["classes"]:
            return
        beside = link.next_node(descend=False, siblings=True)
        split = BESIDE.match(beside.astext()) if isinstance(beside, nodes.Text) else None
        if split:
            mark = nodes.inline("", split[1], classes=[MARK, "zh"])  # with its space
            after = [nodes.Text(split[2])] if split[2] else []
            beside.parent.replace(beside, [mark, *after])


def _node(piece: str, chinese: bool) -> nodes.Node:
    return nodes.inline("", piece, classes=[MARK]) if chinese else nodes.Text(piece)


def setup(app):
    """Connect to Sphinx."""
    app.add_post_transform(Chinese)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
