"""Finishes the built site: one style sheet, one script, fonts of the glyphs in use, lean pages.

Every step may run twice, since a second build writes only the pages that have changed.
"""

import hashlib
import posixpath
import re
from pathlib import Path

from .fonts import SANS, within, write_fonts
from .stylesheet import THEME, one_sheet
from .widgets import live_as_script, view_as_script

STATIC = Path(__file__).resolve().parents[2] / "_static"
LIBRARY = Path(__file__).resolve().parents[3] / "src" / "notebooklib"
VIEW, LIVE = LIBRARY / "interactive", LIBRARY / "live"
MARK = "data-book-sheet"
SHEET = re.compile(r'\s*<link[^>]*?href="([^"]+\.css)[^"]*"[^>]*?/?>')
TOGETHER = re.compile(
    "|".join(
        [re.escape(Path(name).name).replace(r"\*", ".*") for name in THEME]
        + [re.escape(path.name) for path in sorted(STATIC.glob("*.css"))]
    )
)
SCHEME = '(matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light")'
# The fonts of text and formulas stand in the style sheet; reading them and the page takes some
# milliseconds, for which nothing is shown: no text is drawn in another face, no table with half of
# its rows, and moved afterwards. On a slow line the page shows what there is.
SHOW_WHEN_READ = (
    "{const h=document.documentElement.classList,show=()=>h.remove('wait');h.add('js');"
    "if(document.fonts){h.add('wait');setTimeout(show,800);"
    "Promise.all([new Promise(f=>document.addEventListener('readystatechange',f)),"
    "...['1em Book Sans','italic 1em Book Sans','1em Book Math']"
    ".map(f=>document.fonts.load(f))]).then(show,show)}}"
)
# Scripts that a page does without, unless it holds the text beside them.
UNUSED = {
    "scripts/fontawesome.js": None,
    "searchindex.js": None,
    "design-tabs.js": "sd-tab-set",
    "searchtools.js": 'id="search-results"',
    "language_data.js": 'id="search-results"',
}


def pages_of(site: Path) -> list[Path]:
    """Return the pages of the site."""
    return [*sorted(site.glob("*.html")), *sorted(site.glob("book/*.html"))]


def finish(app, error) -> None:
    """Rewrite the finished site."""
    if error is not None or app.builder.format != "html":
        return
    site = Path(app.outdir)
    own = site / "_static" / "book"
    own.mkdir(parents=True, exist_ok=True)
    (own / "live.js").write_text(live_script(), encoding="utf-8")  # for pages that need it
    (own / "book.js").write_text(script(_version(own / "live.js")), encoding="utf-8")
    texts = {page: page.read_text(encoding="utf-8") for page in pages_of(site)}
    write_fonts(site, texts.values())
    scripts = [p.read_text(encoding="utf-8", errors="ignore") for p in _scripts(site)]
    css = one_sheet(site, texts.values(), scripts, _own_sheets())
    css = within(css, own / "fonts", [*SANS, "math", "icons"])
    (own / "book.css").write_text(css, encoding="utf-8")
    versions = {name: _version(own / name) for name in ("book.css", "book.js")}
    quiet = plain_classes((site / "_static" / "pygments.css").read_text(encoding="utf-8"))
    options = (site / "_static" / "documentation_options.js").read_text(encoding="utf-8")
    for page, text in texts.items():
        root = posixpath.relpath(".", page.parent.relative_to(site).as_posix())
        done = finish_page(text, f"{root}/_static", versions, quiet, options)
        if done != text:
            page.write_text(done, encoding="utf-8")


def script(live: str = "") -> str:
    """Return the book's one script: the view of moves and asks, and what the page adds.

    `live` marks the version of the script of live figures, which it fetches once where it needs it.
    """
    view = view_as_script((VIEW / "view.js").read_text(encoding="utf-8"))
    page = (STATIC / "page.js").read_text(encoding="utf-8")
    return view + page.replace("live.js", f"live.js?v={live}")


def live_script() -> str:
    """Return the script of live figures."""
    names = ("run.js", "live.js")
    return live_as_script(*((LIVE / name).read_text(encoding="utf-8") for name in names))


def _own_sheets() -> list[str]:
    paths = [VIEW / "view.css", LIVE / "live.css", *sorted(STATIC.glob("*.css"))]
    return [path.read_text(encoding="utf-8") for path in paths]


def _scripts(site: Path) -> list[Path]:
    return [p for p in site.glob("_static/**/*.js") if "widgets" not in p.parts]


def _version(path: Path) -> str:
    return hashlib.sha1(path.read_bytes()).hexdigest()[:8]


def finish_page(
    text: str, static: str, versions: dict[str, str], quiet: set[str], options: str
) -> str:
    """Return a page as it is served.

    Parameters
    ----------
    text : str
        The page as Sphinx wrote it, or as it was finished before.
    static : str
        Where the static files stand, seen from the page.
    versions : dict
        The book's style sheet and script, each with a mark of its content.
    quiet : set of str
        The classes of code that look like the text around them.
    options : str
        The short script that others of the page read.
    """
    if MARK in text:
        for name, version in versions.items():
            text = re.sub(rf"(book/{re.escape(name)})\?v=\w+", rf"\1?v={version}", text)
        return text
    text = _scheme_before_first_paint(text)
    text = SHEET.sub(lambda m: "" if TOGETHER.fullmatch(Path(m[1]).name) else m[0], text)
    text = text.replace("</title>", "</title>" + _head(text, static, versions), 1)
    text = _scripts_wait(text, options)
    return _sized(_lean(text, quiet))


def _scheme_before_first_paint(text: str) -> str:
    """Decide between light and dark before anything is drawn; without scripts the page is light."""
    text = text.replace('data-theme="auto">', 'data-theme="light">', 1)
    return text.replace(
        'localStorage.getItem("theme") || "auto"', f'localStorage.getItem("theme") || {SCHEME}', 1
    )


def _head(text: str, static: str, versions: dict[str, str]) -> str:
    return (
        f'<link {MARK} rel="stylesheet" href="{static}/book/book.css?v={versions["book.css"]}">'
        f"<script>{SHOW_WHEN_READ}</script>"
        f'<script defer src="{static}/book/book.js?v={versions["book.js"]}"></script>'
    )


def _scripts_wait(text: str, options: str) -> str:
    """Let scripts wait for the page; the one that others read at once stands within the page."""
    text = re.sub(
        r'<script src="[^"]*documentation_options\.js[^"]*"></script>',
        lambda found: f"<script>{options}</script>",
        text,
    )
    for name in [name for name, needs in UNUSED.items() if not needs or needs not in text]:
        text = re.sub(rf"\s*<script[^>]*{re.escape(name)}[^>]*></script>", "", text)
    text = re.sub(r'\s*<link rel="preload" as="script"[^>]*>', "", text)
    return re.sub(r"<script src=", "<script defer src=", text)


def _lean(text: str, quiet: set[str]) -> str:
    """Take out what the reader would not miss: empty spans, those without a look of their own."""
    if quiet:
        classes = "|".join(map(re.escape, sorted(quiet)))
        for _ in range(2):  # some are nested
            text = re.sub(rf'<span class="(?:{classes})">([^<]*)</span>', r"\1", text)
    return text.replace("<pre><span></span>", "<pre>")


def _sized(text: str) -> str:
    """Give pictures their size as attributes, from which their place is kept before they arrive."""
    size = re.compile(r'(<img [^>]*)style="width: ([\d.]+)px; height: ([\d.]+)px;"')
    return size.sub(r'\1width="\2" height="\3"', text)


def plain_classes(css: str) -> set[str]:
    """Return the classes of code that look like the text around them, in both schemes.

    Parameters
    ----------
    css : str
        The rules of the highlighter, for ``html[data-theme="…"]``.

    Examples
    --------
    >>> rules = 'html[data-theme="light"] .highlight { color: #111 }'
    >>> rules += 'html[data-theme="light"] .highlight .n { color: #111 }'
    >>> rules += 'html[data-theme="light"] .highlight .k { color: #00f }'
    >>> sorted(plain_classes(rules))
    ['n', 'p', 'w']
    """
    plain, coloured, base = {"w", "n", "p"}, set(), {}
    rule = r'data-theme="(\w+)"\] \.highlight(?: \.(\w+))? \{([^}]*)\}'
    found = [(theme, name, f" {body}") for theme, name, body in re.findall(rule, css)]
    for theme, name, body in found:
        if not name and (ink := re.search(r" color: (#\w+)", body)):
            base[theme] = ink[1]
    for theme, name, body in found:
        ink = re.search(r" color: (#\w+)", body)
        same = ink and ink[1] == base.get(theme) and "font" not in body
        if name:
            (plain if same else coloured).add(name)
    return plain - coloured


def setup(app):
    """Connect to Sphinx: what other extensions do to the finished site comes first."""
    app.connect("build-finished", finish, priority=900)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
