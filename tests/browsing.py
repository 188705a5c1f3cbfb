"""What the tests in a browser share: the built site, its pages, and how one is visited.

The pages come from the book's own table of contents, so a new chapter is covered by being listed.
What must stand on a page is counted in its notebook, so that a page without it fails.
"""

import json
import os
import re
import shutil
import time
from collections import Counter
from pathlib import Path

import pytest
import yaml
from playwright.sync_api import TimeoutError

ROOT = Path(__file__).parents[1]
SITE = ROOT / "_build" / "html"
CHROMIUM = next(
    filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None
)
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
STATE = "application/vnd.jupyter.widget-state+json"
KINDS = {  # what a notebook's widgets hold, as their stored HTML shows
    "move": r'class="book-move"',
    "slider": r'type="range"',
    "choice": r'role="radiogroup"|<select',
    "film": r'class="book-play"',
    "narrow": r"<source ",
    "ask": r'class="book-ask"',
    "live": r'class="book-live"',
}


def listed(entry):
    """Yield the files of a table of contents, in order."""
    if "file" in entry:
        yield entry["file"]
    for part in ("parts", "chapters", "sections"):
        for child in entry.get(part, []):
            yield from listed(child)


def stored(path):
    """Count what the widgets of a notebook hold, by kind."""
    widgets = json.loads(path.read_text(encoding="utf-8"))["metadata"].get("widgets", {})
    models = widgets.get(STATE, {}).get("state", {}).values()
    html = [model["state"].get("html", "") for model in models]
    live = [text for text in html if 'class="book-live"' in text]  # its controls are another's
    text = "".join(text for text in html if text not in live)
    counts = {kind: len(re.findall(sign, text)) for kind, sign in KINDS.items()}
    return Counter(counts | {"live": len(live)})


CONTENTS = yaml.safe_load((ROOT / "_toc.yml").read_text(encoding="utf-8"))
FILES = [CONTENTS["root"], *listed(CONTENTS)]
PAGES = [f"{name}.html" for name in FILES]
EXTRA = ["genindex.html", "search.html"]
NOTEBOOKS = [path for path in (ROOT / f"{name}.ipynb" for name in FILES) if path.exists()]
HOLDS = {f"book/{path.stem}.html": stored(path) for path in NOTEBOOKS}


def missing(what):
    """Fail where all must be there (CI=true), skip elsewhere."""
    pytest.fail(what) if os.environ.get("CI") else pytest.skip(what)


def few():
    """Return the cover, the glossary, and few pages that hold one of each kind between them."""
    chosen, missing = [PAGES[0], "book/glossary.html"], {*KINDS} - {*+HOLDS[PAGES[0]]}
    while missing:
        best = max(HOLDS, key=lambda name: len(missing & {*+HOLDS[name]}))
        chosen.append(best)
        missing -= {*+HOLDS[best]} or missing
    return chosen


def opened(browser, url, width=1280, scheme="light", changes=(), **options):
    """Open a page in a window of its own."""
    size = {"width": width, "height": 900}
    page = heard(browser.new_page(viewport=size, color_scheme=scheme, **options), changes)
    return gone(page, url)


def heard(page, changes=()):
    """Note what the pages in a window ask of others, what they say, and what moves by itself.

    With `changes`, pairs of texts, a page is changed on its way: the first becomes the second.
    """

    def asked(request):
        page.awaited.add(request)
        if not request.url.startswith((page.own, "data:", "blob:")):
            page.foreign.append(request.url)

    def said(message):
        if message.type in ("error", "warning"):
            page.complaints.append(message.text)

    def failed(request):
        page.awaited.discard(request)
        # a still that is not there yet when its move comes alive is not waited for
        replaced = "/_images/move-" in request.url and "ABORTED" in (request.failure or "")
        if not replaced:
            page.complaints.append(f"failed: {request.url}")

    def answered(response):
        if response.url.startswith("http"):
            page.answers.append(response)
        if response.status >= 400:
            page.complaints.append(f"{response.status}: {response.url}")

    page.on("request", asked)
    page.on("console", said)
    page.on("pageerror", lambda e: page.complaints.append(str(e)))
    page.on("requestfailed", failed)
    page.on("requestfinished", lambda request: page.awaited.discard(request))
    page.on("response", answered)
    page.add_init_script(SHIFTS)
    if changes:
        page.route(re.compile(r"\.html"), lambda route: changed(route, changes))
    else:  # each page comes to the window as to a new reader
        page.context.new_cdp_session(page).send("Network.setCacheDisabled", {"cacheDisabled": True})
    return page


def gone(page, url):
    """Go to a page in an open window: the first page in a window costs as much as three others."""
    page.foreign, page.complaints, page.answers, page.awaited = [], [], [], set()
    page.own = SITE.as_uri() if url.startswith("file:") else "/".join(url.split("/")[:3])
    page.goto(url)
    page.wait_for_load_state("load")
    return page


def changed(route, changes):
    """Answer a request with the page, changed."""
    response = route.fetch()
    text = response.text()
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    route.fulfill(response=response, body=text)


def arrived(page, server, name):
    """Go to a page of the site, note what it fetches before it is read, and read it to its end."""
    gone(page, server + name)
    page.evaluate(AT_REST)
    end = time.monotonic() + 30
    while page.awaited:  # the state "networkidle" would wait half a second longer
        assert time.monotonic() < end, f"still awaited: {[r.url for r in page.awaited]}"
        page.evaluate(AT_REST)
    page.name, page.first = name, page.answers.copy()
    read_through(page)
    return page


def read_through(page):
    """Scroll to the end and back; what is in sight comes alive and every picture arrives."""
    page.evaluate(SCROLL)
    await_the_late(page)
    page.evaluate("scrollTo({top: 0, behavior: 'instant'})")


def await_the_late(page):
    """Bring what is not alive yet into sight, so that it comes alive and every picture arrives."""
    for left in reversed(range(40)):  # a box may be passed before it is seen
        page.evaluate(SUMMON)
        try:
            page.wait_for_function(ARRIVED, timeout=1_500)
            break
        except TimeoutError:
            if not left:
                raise


def unfold(page):
    """Answer all questions with "Show me", open all folds; moves among them come alive."""
    if page.evaluate(UNFOLD):
        await_the_late(page)


def turned(page, width=1280, scheme="light", media="screen"):
    """Show an open page in a width, a scheme or on paper, if it is not shown so already."""
    look = width, scheme, media
    if getattr(page, "look", (1280, "light", "screen")) != look:
        page.set_viewport_size({"width": width, "height": 900})
        page.emulate_media(color_scheme=scheme, media=media)
        page.wait_for_function("s => document.documentElement.dataset.theme == s", arg=scheme)
        page.evaluate(SETTLE)
        page.look = look


def pictures(page):
    """Return what every move on the page shows: its address and its alternative text."""
    return page.evaluate(f"{FRAMES}.map(i => i.src + ' ' + i.alt)")


SHIFTS = """window.shift = 0;
const beside = ({node}) => (node?.closest ? node : node?.parentElement)?.closest('.page-toc');
new PerformanceObserver((list) => {
  for (const {hadRecentInput, sources, value} of list.getEntries())
    if (!hadRecentInput && !(sources.length && sources.every(beside))) window.shift += value;
}).observe({type: 'layout-shift', buffered: true});"""  # the contents beside it follow the reader
SCROLL = """async () => {
  for (let top = 0; top < document.documentElement.scrollHeight; top += 800) {
    scrollTo({top, behavior: 'instant'});
    await new Promise(requestAnimationFrame);
  }
}"""
LATE = """[...document.querySelectorAll('.book-move, .book-live, article img')].filter(e =>
  e.matches('img') ? !e.complete && e.checkVisibility()
    : !e.dataset.alive && !e.closest('.ask-below[hidden]'))"""
SUMMON = f"""async () => {{
  for (const late of {LATE}) {{
    late.scrollIntoView({{block: 'center', behavior: 'instant'}});
    await new Promise(requestAnimationFrame);
  }}
}}"""
ARRIVED = f"() => !{LATE}.length"
UNFOLD = """() => {
  const shut = [...document.querySelectorAll('.ask-below[hidden], details.fold:not([open])')];
  document.querySelectorAll('.book-ask:not(.open) .book-show').forEach(button => button.click());
  document.querySelectorAll('details.fold').forEach(box => { box.open = true; });
  return shut.length;
}"""
AT_REST = "() => document.fonts.ready.then(() => new Promise(requestIdleCallback))"
SETTLE = "() => document.getAnimations().forEach(a => a.finish())"  # a colour changes slowly
IMAGES = "[...document.querySelectorAll('img')]"
FRAMES = "[...document.querySelectorAll('img.frame-view')]"
