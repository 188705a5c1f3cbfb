"""Opens every notebook in JupyterLab in a real browser, trusted, before any cell is run."""

import json
import os
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest
from live_browser import agrees

BOOK = Path(__file__).parents[1] / "book"
NOTEBOOKS = sorted(path.name for path in BOOK.glob("*.ipynb"))
SETTINGS = {  # every cell is drawn at once, and nothing is fetched from elsewhere
    "notebook-extension/tracker": {"windowingMode": "none"},
    "apputils-extension/notification": {"fetchNews": "false", "checkForUpdates": False},
}
pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    """Serve a trusted copy of the book's folder."""
    home = tmp_path_factory.mktemp("lab")
    for path in [*BOOK.glob("*.ipynb"), *BOOK.glob("*.md")]:
        shutil.copy(path, home)
    shutil.copytree(BOOK / "_static", home / "_static")
    places = ("HOME", "JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR")
    environment = os.environ | dict.fromkeys(places, str(home))
    environment["JUPYTERLAB_SETTINGS_DIR"] = str(home / "settings")
    for name, content in SETTINGS.items():
        target = home / "settings" / "@jupyterlab" / f"{name}.jupyterlab-settings"
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(json.dumps(content), encoding="utf-8")
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


@pytest.fixture(scope="module", params=NOTEBOOKS)
def opened(request, browser, lab):
    """Open a notebook; note what it asks of other hosts, and its errors."""
    page = browser.new_page(viewport={"width": 1400, "height": 1000})
    page.name, page.foreign, page.errors = request.param, [], []
    own = (lab, lab.replace("http", "ws"), "data:", "blob:")
    page.on("request", lambda r: r.url.startswith(own) or page.foreign.append(r.url))
    page.on("pageerror", lambda error: page.errors.append(str(error)))
    page.goto(f"{lab}lab/tree/{page.name}?reset")
    page.wait_for_selector(".jp-NotebookPanel .jp-Cell", timeout=90_000)
    count = len(cells(page.name))
    page.wait_for_function(
        "n => document.querySelectorAll('.jp-Notebook .jp-Cell').length == n", arg=count
    )
    page.wait_for_function(
        "n => document.querySelectorAll('.book-ask.live, .book-move, .book-live').length == n",
        arg=stored_widgets(page.name),
        timeout=120_000,
    )
    yield page
    page.close()


def cells(name):
    return json.loads((BOOK / name).read_text(encoding="utf-8"))["cells"]


def text(name):
    sources = ["".join(c["source"]) for c in cells(name) if c["cell_type"] == "markdown"]
    return "\n".join(sources)


def stored_widgets(name):
    """Return how many moves and asks a notebook stores."""
    outputs = [o for c in cells(name) for o in c.get("outputs", [])]
    return sum("application/vnd.jupyter.widget-view+json" in o.get("data", {}) for o in outputs)


def test_asks_hide_what_stands_below_until_the_reader_commits(opened):
    asks = opened.locator(".jp-Notebook .book-ask")
    hidden = """ask => {
      let cell = ask.closest('.jp-Cell');
      return [...Array(Number(ask.dataset.below))].map(() => {
        cell = cell.nextElementSibling;
        return getComputedStyle(cell).display;
      });
    }"""
    for ask in asks.all():
        assert "none" not in ask.evaluate("a => [getComputedStyle(a.closest('.jp-Cell')).display]")
        assert all(display == "none" for display in ask.evaluate(hidden))
        assert ask.locator(".book-truth").is_hidden()
        ask.locator(".book-show").click()
        assert all(display != "none" for display in ask.evaluate(hidden))
        assert ask.locator(".book-verdict").inner_text().strip()


def test_moves_live_before_a_cell_is_run(opened):
    from playwright.sync_api import expect

    for ask in opened.locator(".jp-Notebook .book-ask:not(.open) .book-show").all():
        ask.click()  # a move may stand below a question
    moves = opened.locator(".jp-Notebook .book-move:has(input[type=range])")
    for move in moves.all():
        slider, picture = move.locator("input[type=range]").first, move.locator("img.frame-view")
        slider.scroll_into_view_if_needed()
        expect(slider).to_be_enabled(timeout=30_000)  # its pictures are unpacked
        name = slider.get_attribute("aria-label")
        assert name and name.strip()
        slider.focus()
        for key in ["Home"] * (slider.input_value() != "0") + ["ArrowRight"]:
            before = [picture.get_attribute(a) for a in ("src", "alt")]
            opened.keyboard.press(key)
            look = "([img, src, alt]) => img.src !== src && img.alt !== alt"
            opened.wait_for_function(look, arg=[picture.element_handle(), *before], timeout=9000)
        said = slider.get_attribute("aria-valuetext")
        assert said == move.locator(".book-now").first.inner_text()
    assert opened.foreign == [] and opened.errors == []


def test_live_figures_compute_before_a_cell_is_run(opened):
    for ask in opened.locator(".jp-Notebook .book-ask:not(.open) .book-show").all():
        ask.click()
    for figure in opened.locator(".jp-Notebook .book-live").all():
        figure.scroll_into_view_if_needed()
        assert agrees(opened, figure) == []
    assert opened.foreign == [] and opened.errors == []


def test_folded_cells_are_folded(opened):
    folded = sum(
        bool(c["metadata"].get("jupyter", {}).get("source_hidden")) for c in cells(opened.name)
    )
    assert opened.locator(".jp-Notebook .jp-CodeCell .jp-InputPlaceholder").count() == folded


def test_links_lead_somewhere(opened):
    assert not re.search(r"\{(term|cite)", text(opened.name))
    panel = opened.locator(".jp-Notebook")
    assert panel.locator("[title$='Not Found']").all_inner_texts() == []
    assert panel.locator(".jp-MarkdownCell a[href='#']").all_inner_texts() == []


def test_formulas_have_the_numbers_of_the_book(opened):
    numbers = re.findall(r"\\tag\{([^}]*)\}", text(opened.name))
    shown = opened.locator(".jp-Notebook .katex-html .tag").all_inner_texts()
    assert [re.sub(r"[^\d.]", "", number) for number in shown] == numbers
    own = opened.locator(".jp-Notebook a[title='Link to this Equation']").all()
    if stored_widgets(opened.name):  # the book's style sheet came with the first of them
        assert not any(link.is_visible() for link in own)


def test_a_link_to_the_glossary_opens_it(browser, lab):
    linked = [name for name in NOTEBOOKS if "](glossary.md" in text(name)]
    page = browser.new_page(viewport={"width": 1400, "height": 1000})
    page.goto(f"{lab}lab/tree/{linked[0]}?reset")
    page.wait_for_selector(".jp-MarkdownCell a[href*='glossary.md']", timeout=90_000)
    page.locator(".jp-MarkdownCell a[href*='glossary.md']").first.click()
    page.wait_for_selector(".lm-TabBar-tabLabel:text('glossary.md')", timeout=20_000)
    page.wait_for_selector(".jp-MarkdownViewer :text('linear independence')", timeout=20_000)
    page.close()
