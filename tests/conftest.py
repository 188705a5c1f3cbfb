"""Fixtures of the tests that look at the built site: its folder, a server, a browser, a visit."""

import http.server
import threading
from functools import partial

import pytest
from browsing import CHROMIUM, EXTRA, FLAGS, PAGES, SITE, arrived, heard, missing, turned


@pytest.fixture(scope="session")
def site():
    """Give the folder of the built site."""
    if not (SITE / "index.html").exists():
        missing("the book is not built: make book")
    return SITE


@pytest.fixture(scope="session")
def server(site):
    """Serve the built site and give its address."""

    class Quiet(http.server.SimpleHTTPRequestHandler):
        def log_message(self, *args):
            pass

    handler = partial(Quiet, directory=str(site))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as httpd:
        threading.Thread(target=httpd.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{httpd.server_port}/"
        httpd.shutdown()


@pytest.fixture(scope="session")
def browser():
    """Start Chromium."""
    if CHROMIUM is None:
        missing("no Chromium on this machine (Debian: apt-get install chromium)")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def window(browser):
    """Open the window in which the pages are visited, one after the other."""
    page = heard(browser.new_page(viewport={"width": 1280, "height": 900}))
    yield page
    page.close()


@pytest.fixture(scope="session", params=PAGES + EXTRA)
def visit(request, window, server):
    """Open a page once for all its checks, and read it to its end.

    A check may answer and unfold what it likes. Checks run in the order of their file: the first
    find the page wide, light and on the screen, the later ones turn it as they need it and leave
    it so (see `browsing.turned`).
    """
    yield arrived(window, server, request.param)
    turned(window)
