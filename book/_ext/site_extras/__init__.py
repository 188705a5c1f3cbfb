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

from pathlib import Path

from site_extras import anchors, descriptions, search, source
from site_extras.place import read_environment
from site_extras.sitemap import sitemap_xml

BOOK = Path(__file__).resolve().parents[2]
ZIP = "_downloads/ai-basic-notes.zip"
OWN = ("page.png", "search.js")


def own_templates(app, config) -> None:
    """Let the site's own templates come before the theme's."""
    config.templates_path = [*config.templates_path, str(BOOK / "_templates")]


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


def search_by_its_own_index(app) -> None:
    """Let Sphinx write no search index: the search page, made all the same, reads the site's."""
    if app.builder.format == "html":
        app.builder.search = False
        pages = app.config.html_additional_pages
        app.config.html_additional_pages = pages | {"search": "search.html"}


def copy_files(app) -> None:
    """Copy the extension's own files into ``_static/book``."""
    if app.builder.format != "html":
        return
    for name in OWN:
        target = Path(app.outdir) / "_static" / "book" / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes((BOOK / "_static" / name).read_bytes())


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
    script.write_text(search.index(site, pages), encoding="utf-8")
    source.write_zip(Path(app.srcdir), site / ZIP)
    if app.config.html_baseurl:
        text = sitemap_xml(app.config.html_baseurl, pages)
        (site / "sitemap.xml").write_text(text, encoding="utf-8")


def setup(app):
    """Connect the extension to Sphinx."""
    app.add_transform(anchors.SymbolAnchors)
    app.add_transform(anchors.EquationTags)
    app.add_post_transform(anchors.TermLinks)
    app.connect("config-inited", read_environment, priority=100)
    app.connect("config-inited", own_templates)
    app.connect("builder-inited", search_by_its_own_index)
    app.connect("builder-inited", copy_files)
    app.connect("env-updated", anchors.let_links_name_anchors, priority=900)  # all is numbered
    app.connect("env-updated", anchors.compare_equation_tags, priority=900)
    app.connect("html-page-context", descriptions.add_descriptions, priority=800)
    app.connect("html-page-context", add_zip_button, priority=900)
    app.connect("build-finished", finish, priority=900)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
