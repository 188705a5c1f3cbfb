"""Asks axe-core about every page of the built book, wide and narrow, light and dark.

It stands apart from test_book.py so that the two can run side by side.
"""

# ruff: noqa: F811  (a fixture and its argument share a name)
import pytest
from test_book import EXTRA, PAGES, browser, opened, server, unfold  # noqa: F401  (two are fixtures)

WIDTHS = (1280, 400)
SCHEMES = ("light", "dark")
DISTORTED = """[...document.querySelectorAll('article img')].filter(
    i => i.width && Math.abs(i.height * i.naturalWidth / (i.width * i.naturalHeight) - 1) > 0.03
).map(i => `${i.width}×${i.height}: ${i.alt.slice(0, 60)}`)"""


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("name", PAGES + EXTRA)
def test_accessible_and_not_wider_than_the_window(browser, server, name, width, scheme):
    from axe_playwright_python.sync_playwright import Axe

    page = opened(browser, server + name, width, scheme)
    assert page.evaluate("document.documentElement.dataset.theme") == scheme
    unfold(page)
    page.wait_for_timeout(500)
    found = Axe().run(page).response["violations"]
    assert [(v["id"], [n["html"][:160] for n in v["nodes"][:3]]) for v in found] == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width + 1
    assert page.evaluate(DISTORTED) == []
    page.close()
