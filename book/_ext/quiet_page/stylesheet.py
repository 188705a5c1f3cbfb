"""Makes one style sheet of the theme's, the extensions' and the book's, without unused rules.

A rule is unused where it asks for a class or an id that no page and no script of the site names.
"""

import html
import posixpath
import re
from collections.abc import Iterable
from pathlib import Path

import tinycss2

# In the order in which the pages would load them; the book's own come last.
THEME = (
    "styles/theme.css",
    "styles/pydata-sphinx-theme.css",
    "pygments.css",
    "styles/sphinx-book-theme.css",
    "copybutton.css",
    "mystnb.*.css",
    "sphinx-design.min.css",
)
NESTED = ("media", "supports", "layer")


def sheets(static: Path) -> list[Path]:
    """Return the theme's style sheets in the folder of static files."""
    return [path for pattern in THEME for path in sorted(static.glob(pattern))]


def names(text: str) -> set[str]:
    """Return every word that could be a class or an id.

    Examples
    --------
    >>> sorted(names('<p class="note wide">A <b id="x-1">b</b></p>'))
    ['b', 'class', 'id', 'note', 'p', 'wide', 'x-1']
    """
    found: set[str] = set()
    for tag in re.findall(r"<[^>]*>", text):
        found.update(re.findall(r"[\w-]+", html.unescape(tag)))
    return found


def split_selectors(text: str) -> list[str]:
    """Cut a list of selectors at the commas that stand in no brackets.

    Examples
    --------
    >>> split_selectors("a, :is(b, c) d")
    ['a', ':is(b, c) d']
    """
    found, depth, start = [], 0, 0
    for place, sign in enumerate(text):
        depth += (sign in "([") - (sign in ")]")
        if sign == "," and not depth:
            found.append(text[start:place])
            start = place + 1
    return [selector.strip() for selector in [*found, text[start:]]]


def is_used(selector: str, words: set[str]) -> bool:
    """Say whether a page may match a selector: whether all classes and ids it asks for are named.

    Examples
    --------
    >>> is_used("p.note > a:not(.far)", {"note"}), is_used("p.note .far", {"note"})
    (True, False)
    >>> is_used(":is(.note, .far) a", {"note"})
    True
    """
    bare = re.sub(r":(?:not|is|where|has)\((?:[^()]|\([^()]*\))*\)|\[[^\]]*\]", "", selector)
    asked = re.findall(r"[.#]((?:[\w-]|\\.)+)", bare)
    return all(name.replace("\\", "") in words for name in asked)


def small(css: str) -> str:
    """Return a declaration block without comments and needless space.

    Examples
    --------
    >>> small(" color : red ;  /* why */ margin: 0 auto; ")
    'color : red;margin: 0 auto'
    """
    css = re.sub(r"/\*.*?\*/", "", css, flags=re.DOTALL)
    return re.sub(r"\s*([{};,])\s*", r"\1", re.sub(r"\s+", " ", css)).strip().rstrip(";")


def trimmed(css: str, words: set[str]) -> str:
    """Return a style sheet without the rules that no page can match, and without much space.

    Examples
    --------
    >>> trimmed(".a { color: red }  .b, p { margin: 0 }", {"a"})
    '.a{color: red}p{margin: 0}'
    """
    return _trimmed(tinycss2.parse_stylesheet(css, True, True), words)


def _trimmed(rules: Iterable, words: set[str]) -> str:
    out = []
    for rule in rules:
        if rule.type == "qualified-rule":
            selectors = split_selectors(tinycss2.serialize(rule.prelude))
            if kept := [selector for selector in selectors if is_used(selector, words)]:
                out.append(f"{','.join(kept)}{{{small(tinycss2.serialize(rule.content))}}}")
        elif rule.type == "at-rule":
            out.append(_at_rule(rule, words))
    return "".join(out)


def _at_rule(rule, words: set[str]) -> str:
    name, head = rule.lower_at_keyword, small(tinycss2.serialize(rule.prelude))
    if name == "charset":
        return ""
    if rule.content is None:
        return f"@{name} {head};"
    if name in NESTED:
        inner = _trimmed(tinycss2.parse_rule_list(rule.content, True, True), words)
        return f"@{name} {head}{{{inner}}}" if inner else ""
    body = small(tinycss2.serialize(rule.content))
    if name == "font-face" and "awesome" in body.lower():
        return ""  # a small face of the few icons in use stands for them
    return f"@{name} {head}{{{body}}}"


def moved(css: str, base: str, to: str) -> str:
    """Return a style sheet whose addresses lead to the same files from another folder.

    Examples
    --------
    >>> moved("a{background: url(x.svg)}", "_static/styles", "_static/book")
    'a{background: url(../styles/x.svg)}'
    """
    return re.sub(
        r"url\(\s*([\"']?)(?!data:|#|https?:)([^\"')]+)\1\s*\)",
        lambda found: f"url({posixpath.relpath(posixpath.join(base, found[2]), to)})",
        css,
    )


def one_sheet(site: Path, pages: Iterable[str], scripts: Iterable[str], own: Iterable[str]) -> str:
    """Return the style sheet of the whole site.

    Parameters
    ----------
    site : Path
        The folder of the built site.
    pages, scripts : iterable of str
        The HTML of its pages and the source of its scripts, which name what they use.
    own : iterable of str
        The book's own style sheets, which come last and stand beside the finished one.
    """
    words: set[str] = set()
    for page in pages:
        words |= names(page)
    for script in scripts:
        words.update(re.findall(r"[\w-]+", script))
    css = []
    for path in sheets(site / "_static"):
        base = posixpath.dirname(path.relative_to(site).as_posix())
        css.append(moved(trimmed(path.read_text(encoding="utf-8"), words), base, "_static/book"))
    css += [trimmed(text, words) for text in own]
    return '@charset "utf-8";' + "".join(css)
