"""What a site needs around its pages: search, descriptions, links to its source, a map, a zip.

Three variables of the environment say where the book lives; without them nothing is invented:

BOOK_REPOSITORY
    The address of the repository, such as https://github.com/owner/name: each page then links to
    its source, to an editor, to a report of an error, and a notebook to Binder and Colab.
BOOK_BRANCH
    The branch these links lead to; main where it is left out.
BOOK_ADDRESS
    The address under which the site is read: each page then names its canonical address and a
    picture for links to it, and the site gets a sitemap.xml. All three need absolute addresses.
"""

import html
import os
import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urljoin, urlsplit

import site_search
import site_source
from docutils import nodes
from plain_text import formula
from sphinx.errors import ConfigError
from sphinx.transforms import SphinxTransform
from sphinx.transforms.post_transforms import SphinxPostTransform

HERE = Path(__file__).resolve().parent
ZIP = "_downloads/ai-basic-notes.zip"
PICTURE = "_static/book/page.png"
OWN = ("extras.css", "page.png", "search.js")
LONGEST = 155  # characters of a description that a search engine shows
SYMBOLS = "book/notation"
FORGES = ("github", "gitlab", "bitbucket")


# ------------------------------------------------------------------------- where the book lives


def web_address(name: str, value: str) -> str:
    """Return an address without its last slash, or raise where it is none.

    Examples
    --------
    >>> web_address("BOOK_ADDRESS", "https://example.org/book/")
    'https://example.org/book'
    """
    parts = urlsplit(value)
    if parts.scheme not in ("http", "https") or not parts.netloc or parts.query or parts.fragment:
        raise ConfigError(f"{name}: expected an address such as https://…, got {value!r}")
    return value.rstrip("/")


def theme_options(repository: str, branch: str = "main") -> dict:
    """Return the theme's options that link each page to its source in a repository.

    Parameters
    ----------
    repository : str
        Such as https://github.com/owner/name; an empty one gives no links.
    branch : str
        Where the links lead.

    Raises
    ------
    ConfigError
        If `repository` is no address of a repository on GitHub, GitLab or Bitbucket.

    Examples
    --------
    >>> theme_options("")
    {}
    >>> theme_options("https://github.com/owner/name")["launch_buttons"]["colab_url"]
    'https://colab.research.google.com'
    """
    if not repository:
        return {}
    repository = web_address("BOOK_REPOSITORY", repository).removesuffix(".git")
    host, path = urlsplit(repository).netloc, urlsplit(repository).path
    forge = next((name for name in FORGES if name in host.lower()), None)
    if forge is None or not re.fullmatch(r"/[\w.-]+(/[\w.-]+)+", path):
        raise ConfigError(
            "BOOK_REPOSITORY: expected a repository on GitHub, GitLab or Bitbucket, such as "
            f"https://github.com/owner/name, got {repository!r}"
        )
    launch = {"notebook_interface": "jupyterlab", "binderhub_url": "https://mybinder.org"}
    if forge == "github":  # Colab opens notebooks from nowhere else
        launch["colab_url"] = "https://colab.research.google.com"
    return {
        "repository_url": repository,
        "repository_provider": forge,
        "repository_branch": branch or "main",
        "path_to_docs": "",
        "use_source_button": True,
        "use_edit_page_button": forge != "bitbucket",
        "use_issues_button": forge != "bitbucket",
        "launch_buttons": launch,
    }


def read_environment(app, config) -> None:
    """Set what depends on where the book lives, and where the site's own templates stand."""
    options = theme_options(
        os.environ.get("BOOK_REPOSITORY", ""), os.environ.get("BOOK_BRANCH", "main")
    )
    config.html_theme_options = {**config.html_theme_options, **options}
    if address := os.environ.get("BOOK_ADDRESS", ""):
        config.html_baseurl = web_address("BOOK_ADDRESS", address) + "/"
    config.templates_path = [*config.templates_path, str(HERE.parent / "_templates")]
    config.bibtex_cite_id = "{key}"


# ------------------------------------------------------------------------------------- anchors


class SymbolAnchors(SphinxTransform):
    """Give each row of the table of symbols an anchor, named after its first formula."""

    default_priority = 400

    def apply(self, **kwargs):
        """Name the rows."""
        if self.env.docname != SYMBOLS:
            return
        taken = set()
        for row in self.document.findall(nodes.row):
            math = next(iter(row.children[0].findall(nodes.math)), None)
            if math is not None:
                row["ids"].append(symbol_anchor(math.astext(), taken))


def symbol_anchor(tex: str, taken: set[str]) -> str:
    r"""Return an anchor for a formula that is not among those `taken`, and take it.

    Examples
    --------
    >>> taken = set()
    >>> symbol_anchor(r"\theta", taken), symbol_anchor(r"\theta", taken)
    ('symbol-theta', 'symbol-theta-2')
    """
    name = "symbol-" + (re.sub(r"[^A-Za-z0-9]+", "-", tex).strip("-").lower() or "sign")
    unique, number = name, 1
    while unique in taken:
        number += 1
        unique = f"{name}-{number}"
    taken.add(unique)
    return unique


class TermLinks(SphinxPostTransform):
    """Give a plain link to the glossary the look of a term: it is written `[word](…#term-word)`."""

    default_priority = 800  # links are resolved

    def run(self, **kwargs):
        """Mark them."""
        for link in self.document.findall(nodes.reference):
            if "#term-" in link.get("refuri", "") and isinstance(link.children[0], nodes.Element):
                if "std-term" not in link.children[0]["classes"]:
                    link.children[0]["classes"] += ["std", "std-term"]


def let_links_name_anchors(app, env) -> None:
    """Let `[words](page.md#anchor)` lead to a term or a label: MyST knows headings alone."""
    for name, (docname, anchor, _) in env.get_domain("std").labels.items():
        _let(env, docname, anchor, name)
    for name, (docname, anchor) in env.get_domain("std").anonlabels.items():
        _let(env, docname, anchor, name)
    for (kind, name), (docname, anchor) in env.get_domain("std").objects.items():
        if kind == "term":
            _let(env, docname, anchor, name)
    if "book" in env.domains:  # figures, moves, exercises and equations
        for thing in env.get_domain("book").things.values():
            _let(env, thing.docname, thing.anchor, thing.text)
    if SYMBOLS in env.found_docs:
        for row in env.get_doctree(SYMBOLS).findall(nodes.row):
            for anchor in row["ids"]:
                _let(env, SYMBOLS, anchor, row.children[0].astext())


def _let(env, docname: str, anchor: str, name: str) -> None:
    if docname in env.metadata:
        slugs = env.metadata[docname].setdefault("myst_slugs", {})
        slugs.setdefault(anchor, (0, anchor, name))


# -------------------------------------------------------------------------------- descriptions


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


def add_zip_button(app, pagename, templatename, context, doctree) -> None:
    """Name the zip of all notebooks beside the download of one."""
    for group in context.get("header_buttons", []):
        if group.get("label") == "download-buttons":
            group["buttons"].append(
                {
                    "type": "link",
                    "url": context["pathto"](ZIP, 1),
                    "text": "All notebooks, with the library (.zip)",
                    "tooltip": "Download the whole book, ready to run",
                    "icon": "fas fa-download",
                    "label": "download-book-button",
                }
            )


# --------------------------------------------------------------------------- the finished site


def copy_files(app) -> None:
    """Copy the extension's own files into ``_static/book``."""
    if app.builder.format != "html":
        return
    for source in OWN:
        target = Path(app.outdir) / "_static" / "book" / source
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes((HERE.parent / "_static" / source).read_bytes())


def sitemap(address: str, pages: list[str]) -> str:
    """Return the sitemap of `pages` under a web address.

    Examples
    --------
    >>> print(sitemap("https://example.org/", ["a.html"]).splitlines()[2])
    <url><loc>https://example.org/a.html</loc></url>
    """
    lines = [f"<url><loc>{html.escape(urljoin(address, page))}</loc></url>" for page in pages]
    head = '<?xml version="1.0" encoding="UTF-8"?>'
    name = "http://www.sitemaps.org/schemas/sitemap/0.9"
    return "\n".join([head, f'<urlset xmlns="{name}">', *lines, "</urlset>", ""])


def reading_order(app) -> list[str]:
    """Return the addresses of the pages in the order of the table of contents."""
    known = app.env.found_docs
    order, todo = [], [app.config.root_doc]
    while todo:
        name = todo.pop(0)
        if name in known and name not in order:
            order.append(name)
            todo = [*app.env.toctree_includes.get(name, []), *todo]
    return [app.builder.get_target_uri(name) for name in order]


def finish(app, error) -> None:
    """Write the search index, the zip and, where the site's address is known, its map."""
    if error is not None or app.builder.format != "html":
        return
    site, pages = Path(app.outdir), reading_order(app)
    script = site / "_static" / "book" / "search_index.js"
    script.write_text(site_search.index(site, pages), encoding="utf-8")
    site_source.write_zip(Path(app.srcdir), site / ZIP)
    if app.config.html_baseurl:
        text = sitemap(app.config.html_baseurl, pages)
        (site / "sitemap.xml").write_text(text, encoding="utf-8")


def setup(app):
    """Connect the extension to Sphinx."""
    app.add_transform(SymbolAnchors)
    app.add_post_transform(TermLinks)
    app.add_css_file("book/extras.css", priority=910)
    app.connect("config-inited", read_environment, priority=100)
    app.connect("builder-inited", copy_files)
    app.connect("env-updated", let_links_name_anchors, priority=900)  # all is numbered
    app.connect("html-page-context", add_descriptions, priority=800)
    app.connect("html-page-context", add_zip_button, priority=900)
    app.connect("build-finished", finish, priority=900)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
