"""Opens every notebook in JupyterLab in a real browser: the moves live before any cell is run."""

import json
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest
from test_book import browser  # noqa: F401  (a fixture)

BOOK = Path(__file__).parents[1] / "book"
NOTEBOOKS = sorted(path.name for path in BOOK.glob("*.ipynb"))
pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    """Serve a trusted copy of the notebooks."""
    home = tmp_path_factory.mktemp("lab")
    for name in NOTEBOOKS:
        shutil.copy(BOOK / name, home)
    places = ("HOME", "JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR")
    environment = os.environ | dict.fromkeys(places, str(home))
    jupyter = [sys.executable, "-m", "jupyter"]
    subprocess.run([*jupyter, "trust", *NOTEBOOKS], cwd=home, env=environment, check=True)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    options = ["--no-browser", "--allow-root", f"--port={port}", "--IdentityProvider.token="]
    server = subprocess.Popen([*jupyter, "lab", *options], cwd=home, env=environment)
    url = f"http://127.0.0.1:{port}/"
    for _ in range(120):
        try:
            urllib.request.urlopen(f"{url}api", timeout=5).close()
            break
        except OSError:
            time.sleep(0.5)
    yield url
    server.terminate()
    server.wait()


def moves(name):
    """Return how many moves a notebook stores."""
    text = (BOOK / name).read_text(encoding="utf-8")
    outputs = [o for c in json.loads(text)["cells"] for o in c.get("outputs", [])]
    return sum("application/vnd.jupyter.widget-view+json" in o.get("data", {}) for o in outputs)


@pytest.mark.parametrize("name", [name for name in NOTEBOOKS if moves(name)])
def test_moves_live_before_a_cell_is_run(browser, lab, name):  # noqa: F811
    page = browser.new_page(viewport={"width": 1400, "height": 1000})
    foreign, errors = [], []
    own = (lab, lab.replace("http", "ws"), "data:", "blob:")
    page.on("request", lambda r: r.url.startswith(own) or foreign.append(r.url))
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.goto(f"{lab}lab/tree/{name}?reset")
    page.wait_for_selector(".jp-NotebookPanel .jp-Cell", timeout=90_000)
    page.wait_for_timeout(3000)
    for _ in range(80):  # JupyterLab builds the cells that come into view
        if page.locator(".noUi-handle:visible").count():
            break
        page.evaluate("document.querySelector('.jp-WindowedPanel-outer').scrollBy(0, 400)")
        page.wait_for_timeout(300)
    handle = page.locator(".noUi-handle:visible").first
    handle.scroll_into_view_if_needed()
    box = handle.locator("xpath=ancestor::*[.//img[contains(@class, 'frame-view')]][1]")
    picture = box.locator("img.frame-view").first
    handle.focus()
    page.keyboard.press("Home")
    page.wait_for_timeout(300)
    before = picture.get_attribute("src"), picture.get_attribute("alt")
    page.keyboard.press("ArrowRight")
    page.wait_for_timeout(500)
    after = picture.get_attribute("src"), picture.get_attribute("alt")
    assert before[0] != after[0] and before[1] != after[1]
    assert foreign == [] and errors == []
    page.close()
