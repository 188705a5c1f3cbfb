"""The book's page: quick, calm, and readable without scripts.

What is read from the notebooks is numbered (`numbering`). When a page is written, its figures,
moves, asks and folds are set (`cells`), formulas become MathML (`mathml`), Chinese words are marked
(`chinese`). The functions of the library have pages of their own (`docstrings`, `functions`). At
the end the site gets one style sheet, one script and its fonts (`finish`).
Nothing on it asks anything of another host.
"""

import zlib
from pathlib import Path

from . import cells, chinese, finish, functions, mathml, numbering


def no_widget_scripts(app, config):
    """Keep the scripts of ipywidgets, which live elsewhere, out of the pages; link no picture."""
    config.nb_ipywidgets_js = {}
    config.html_scaled_image_link = False


def no_widget_state(app, env):
    """Keep the stored state of all widgets out of the pages: each move has a file of its own."""
    for data in getattr(env, "nb_metadata", {}).values():
        data.get("js_files", {}).pop("ipywidgets_state", None)


def own_version() -> int:
    """Return a number that changes with this extension: Sphinx then writes all pages anew."""
    sources = sorted(Path(__file__).parent.glob("*.py"))
    return zlib.crc32(b"".join(path.read_bytes() for path in sources))


def setup(app):
    """Set up all parts."""
    for part in (mathml, numbering, cells, functions, chinese, finish):
        part.setup(app)
    app.connect("config-inited", no_widget_scripts, priority=100)
    app.connect("env-updated", no_widget_state)
    safe = {"parallel_read_safe": True, "parallel_write_safe": True}
    return safe | {"version": "1", "env_version": own_version()}
