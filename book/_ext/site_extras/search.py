"""The index that the search page reads: one entry a section, a glossary term, a symbol.

It is taken from the finished pages, so what is found is what is read: no code, no output, no hint
and no solution, formulas as plain signs. It travels as a script, which also works from a file.
"""

import json
import re
from collections.abc import Iterator
from pathlib import Path

from bs4 import BeautifulSoup, Tag

from site_extras.plain_text import formula, mathml

UNREAD = (
    "script, style, template, img, svg, .headerlink, .cell_input, .cell_output, details, "
    ".dropdown, .toggle, .onlyprint, [hidden], "
    ".function > :is(.fields, .part, .notes, .signature, [class*=highlight-])"
)
HEADINGS = ["h1", "h2", "h3", "h4", "h5", "h6"]


def entries(page: str) -> list[dict]:
    """Return what can be found on a finished page, in its order.

    Each entry has an ``anchor``, a ``kind`` ("", "term" or "symbol"), a ``title``, a ``text`` and
    ``also``, further words by which it is found.

    Examples
    --------
    >>> page = '<article><section id="a"><h1>Rank<a class="headerlink">#</a></h1><p>It counts.</p>'
    >>> entries(page)
    [{'anchor': 'a', 'kind': '', 'title': 'Rank', 'text': 'It counts.', 'also': ''}]
    """
    article = BeautifulSoup(page, "html.parser").find("article")
    if article is None:
        return []
    for output in article.select(".cell_output:has(figcaption)"):
        output.replace_with(*(caption.extract() for caption in output.select("figcaption")))
    for part in article.select(UNREAD):
        part.extract()
    for math in article.find_all("math"):
        math.replace_with(mathml(str(math)))
    for math in article.select(".math"):
        math.replace_with(formula(re.sub(r"\\[()\[\]]", "", math.get_text())))
    return [entry for section in article.find_all("section") for entry in _section(section)]


def _section(section: Tag) -> Iterator[dict]:
    """Yield the section's own entry, then those of the terms and symbols in it."""
    heading = section.find(HEADINGS, recursive=False)
    if heading is None or not section.get("id"):
        return
    texts, small = [], []
    for child in section.find_all(True, recursive=False):
        if child is heading or child.name == "section":
            continue
        inside = [*map(_term, child.select("dt[id]")), *map(_symbol, child.select("tr[id]"))]
        small += inside
        texts += [] if inside else [_words(child)]
    yield _entry(section["id"], "", _words(heading), " ".join(filter(None, texts)))
    yield from small


def _term(name: Tag) -> dict:
    meaning = name.find_next_sibling("dd")
    text = _words(meaning) if meaning else ""
    chinese = re.match(r"(.*?[\u2e80-\u9fff].*?)\.", text)  # it opens the explanation
    return _entry(name["id"], "term", _words(name), text, chinese[1] if chinese else "")


def _symbol(row: Tag) -> dict:
    symbol, *cells = (_words(cell) for cell in row.find_all("td"))
    also = row["id"].removeprefix("symbol-").replace("-", " ")  # eta, theta, nabla
    return _entry(row["id"], "symbol", symbol, " · ".join(filter(None, cells[:2])), also)


def _entry(anchor: str, kind: str, title: str, text: str, also: str = "") -> dict:
    return {"anchor": anchor, "kind": kind, "title": title, "text": text, "also": also}


def _words(tag: Tag) -> str:
    text = re.sub(r"\s+", " ", tag.get_text(" ", strip=False)).strip()
    return re.sub(r" ([.,;:!?)])", r"\1", text).replace("( ", "(")


def index(site: Path, pages: list[str]) -> str:
    """Return the script that holds the index of the `pages`, addresses relative to `site`."""
    titles, found = [], []
    for number, address in enumerate(pages):
        here = entries((site / address).read_text(encoding="utf-8"))
        titles.append([address, here[0]["title"] if here else address])
        found += [[number, *entry.values()] for entry in here]
    content = json.dumps({"pages": titles, "entries": found}, ensure_ascii=False)
    return f"window.bookIndex = {content};\n".replace("</", "<\\/")
