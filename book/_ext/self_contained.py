"""Makes the built site ask nothing of any other host.

At build time MathJax, the ipywidgets runtime and anywidget's front end are copied out of the
installed Python packages into the site, and Sphinx is pointed at the copies. Nothing third-party is
committed, and a reader's browser fetches nothing from elsewhere.
"""

import importlib.metadata
import os
import shutil
from pathlib import Path

STATIC = Path(__file__).resolve().parents[1] / "_static"
OWN = ("accessible.js", "book.css", "static_widgets.js")
PACKAGED = {
    "jupyter-widgets.js": ("widgetsnbextension", "jupyter-js-widgets/extension.js"),
    "anywidget.js": ("anywidget", "anywidget/nbextension/index.js"),
    "mathjax/tex-chtml.js": ("sphinx-mathjax-offline", "mathjax/tex-chtml.js"),
}
MATHJAX_FONTS = "output/chtml/fonts/woff-v2"


def packaged(distribution: str, ending: str) -> Path:
    """Return the path of the one file of an installed distribution whose path ends so."""
    for file in importlib.metadata.files(distribution) or []:
        if str(file).replace(os.sep, "/").endswith(ending):
            return Path(file.locate()).resolve()
    raise FileNotFoundError(f"{ending} is not among the files of the package {distribution}")


def copy_assets(app):
    """Copy every script, style and font the pages need into ``_static/book``."""
    if app.builder.format != "html":
        return
    sources = {name: STATIC / name for name in OWN}
    sources |= {name: packaged(*where) for name, where in PACKAGED.items()}
    fonts = sources["mathjax/tex-chtml.js"].parent / MATHJAX_FONTS
    sources |= {f"mathjax/{MATHJAX_FONTS}/{font.name}": font for font in sorted(fonts.iterdir())}
    for name, source in sources.items():
        target = Path(app.outdir) / "_static" / "book" / name
        target.parent.mkdir(parents=True, exist_ok=True)
        if not target.exists() or target.read_bytes() != source.read_bytes():
            shutil.copyfile(source, target)


def point_at_copies(app, config):
    """Replace the addresses that Sphinx and myst-nb would put into the pages."""
    config.mathjax_path = "book/mathjax/tex-chtml.js"
    config.nb_ipywidgets_js = {"book/static_widgets.js": {"defer": "defer"}}


def drop_icon_script(app, error):
    """Empty the theme's FontAwesome script: half a megabyte that draws what its icon font draws.

    The script would also swap every <i> for an <svg>, which breaks ipywidgets' Play button.
    """
    script = Path(app.outdir) / "_static" / "scripts" / "fontawesome.js"
    if error is None and script.exists():
        script.write_text("/* The icon font of the style sheet serves. */\n", encoding="utf-8")


def setup(app):
    """Connect the extension to Sphinx."""
    app.add_js_file("book/accessible.js")
    app.add_css_file("book/book.css", priority=900)
    app.connect("config-inited", point_at_copies, priority=100)
    app.connect("builder-inited", copy_assets)
    app.connect("build-finished", drop_icon_script)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
