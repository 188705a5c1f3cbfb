"""Visits every page of the built book in a real browser, once for all checks.

`visit` is the open page, as a reader finds it: its questions unanswered, its folds shut. The first
checks need it so; the later ones unfold it. A new check is a function with the argument `visit`.
"""

import base64
import gzip
import io
import json
import random
import re
import statistics
from functools import cache, partial
from urllib.parse import urlsplit

import numpy as np
import pytest
from browsing import (
    FILES,
    HOLDS,
    IMAGES,
    KINDS,
    NOTEBOOKS,
    PAGES,
    SITE,
    arrived,
    await_the_late,
    few,
    heard,
    missing,
    opened,
    pictures,
    read_through,
    turned,
    unfold,
)
from live_browser import agrees
from PIL import Image

from notebooklib import figures
from notebooklib.figures.pictures import bare, svg

VIEW = "application/vnd.jupyter.widget-view+json"
SOME = few()
on_pages = pytest.mark.parametrize("visit", PAGES, indirect=True)


def on(*kinds):
    """Let a check visit the pages whose notebooks hold things of these kinds."""
    names = [name for name in PAGES if all(HOLDS.get(name, {}).get(kind) for kind in kinds)]
    return pytest.mark.parametrize("visit", names, indirect=True)


def test_each_kind_of_thing_is_somewhere():
    assert all(any(held[kind] for held in HOLDS.values()) for kind in KINDS)
    assert all(any(HOLDS.get(name, {}).get(kind) for name in SOME) for kind in KINDS)


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_every_move_ask_and_figure_of_a_notebook_is_on_its_page(site, path):
    html = (site / "book" / f"{path.stem}.html").read_text(encoding="utf-8")
    outputs = [
        output["data"]
        for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]
        for output in cell.get("outputs", [])
        if "data" in output
    ]
    views = [data for data in outputs if VIEW in data]
    stills = [data for data in outputs if "image/png" in data and VIEW not in data]
    assert len(re.findall(r'class="book-(?:move|ask|live)"', html)) == len(views)
    assert len(re.findall(r'<figure class="(?:still|photo)"', html)) == len(stills)
    assert len(re.findall(r"<figcaption>", html)) == html.count("<figure ")


def test_links_between_pages_lead_somewhere(site):
    found = 0
    for path in sorted(site.glob("**/*.html")):
        if "_static" in path.parts:
            continue
        html = path.read_text(encoding="utf-8")
        for link in re.findall(r'href="([^"#?]+\.html)[^"]*"', html):
            if "://" not in link:
                found += 1
                assert (path.parent / link).resolve().exists(), f"{path.name}: {link}"
    assert found >= len(FILES) ** 2  # each page lists all the others


# ------------------------------------------------------------------------------ the page arrives


def test_nothing_moves_by_itself(visit):
    """Layout shift while the page arrives and is read to its end.

    On a slow line a font of its own would move what it sets: all come with the style sheet.
    """
    assert visit.evaluate("window.shift") < 0.02
    assert [answer.url for answer in visit.first if answer.url.endswith(".woff2")] == []


@cache
def packed(path):
    """Return the size of a file of the site as it travels: each text gzipped."""
    data = path.read_bytes()
    whole = path.suffix in (".png", ".woff2", ".webp", ".jpg")
    return len(data if whole else gzip.compress(data))


def test_weight_over_the_wire(visit):
    """Everything a first visit fetches, each text gzipped: under 1.5 MB."""
    page, *others = visit.first
    files = {SITE / urlsplit(answer.url).path.lstrip("/") for answer in others}
    assert page.url.endswith(visit.name) and SITE / "_static" / "book" / "book.css" in files
    assert len(gzip.compress(page.body())) + sum(map(packed, files)) < 1.5e6, files


# ------------------------------------------------------------------------------------------- asks


def verdicts(page):
    """Return what each ask of a page knows, by its key."""
    told = re.findall(r'bookWidget\(("\w+",\{"kind":"ask".*?)\)\)?</script>', page.content())
    models = [json.loads(f"[{text}]") for text in told]
    return {key: model["state"]["verdicts"] for key, model in models}


def answers(knows, right):
    """Return a right or wrong answer to an ask, and the reason that should be heard."""
    if "choices" in knows:
        k = next(k for k, choice in enumerate(knows["choices"]) if choice["right"] == right)
        return [k, knows["choices"][k]["says"]]
    slip = knows["wrong"][0] if knows["wrong"] else None
    wrong = slip["values"] if slip else [value + 1000 for value in knows["want"]]
    reason = knows["why"] if right else slip["says"] if slip else knows["otherwise"]
    return [[str(value) for value in (knows["want"] if right else wrong)], reason]


def by_hand(ask, answer):
    """Answer an ask by the mouse or the keyboard."""
    if isinstance(answer, int):
        ask.query_selector_all(".book-choice")[answer].click()
        return
    boxes = ask.query_selector_all(".book-entry")
    for box, value in zip(boxes, answer, strict=True):
        box.fill(value)
    boxes[-1].press("Enter")


HEARD = """(ask, reason) => {
  const boxes = [...document.querySelectorAll(`.ask-below[data-for='${ask.dataset.book}']`)];
  const verdict = ask.querySelector('.book-verdict'), truth = ask.querySelector('.book-truth');
  const shown = Object.assign(document.createElement('div'), {innerHTML: reason}).innerHTML;
  return { text: verdict.innerText, truth: truth.checkVisibility(),
    says: verdict.innerHTML.includes(shown), same: verdict.innerHTML == truth.innerHTML,
    waits: boxes.map(box => box.getAttribute('hidden')), expected: Number(ask.dataset.below) };
}"""
SHUT = """ask => {
  const box = document.querySelector(`.ask-below[data-for='${ask.dataset.book}']`);
  if (box) { box.classList.remove('open'); box.hidden = 'until-found'; }
}"""


@on("ask")
def test_a_link_into_what_waits_opens_it(visit):
    boxes = visit.locator(".ask-below").all()
    assert boxes and all(box.get_attribute("hidden") == "until-found" for box in boxes)
    inside = visit.locator(".ask-below [id]")
    if inside.count():
        anchor = inside.first.get_attribute("id")
        visit.evaluate("anchor => { location.hash = anchor; }", anchor)
        box = visit.locator(f".ask-below:has([id='{anchor}'])").element_handle()
        visit.wait_for_function("box => !box.hidden", arg=box)
        key = box.get_attribute("data-for")
        visit.locator(f".book-ask[data-book='{key}']").evaluate(SHUT)


BY_SCRIPT = """([asks, answers]) => {
  const heard = HEARD, shut = SHUT, told = [];
  const pressed = new KeyboardEvent('keydown', { key: 'Enter', bubbles: true });
  for (const [n, ask] of asks.entries()) {
    const states = [heard(ask, '')];
    for (const [answer, reason] of answers[n]) {
      const boxes = [...ask.querySelectorAll('.book-entry')];
      if (boxes.length) {
        boxes.forEach((box, k) => { box.value = answer[k]; });
        boxes.at(-1).dispatchEvent(pressed);
      } else ask.querySelectorAll('.book-choice')[answer].click();
      states.push(heard(ask, reason));
    }
    shut(ask);
    ask.querySelector('.book-show').click();
    told.push([...states, heard(ask, '')]);
  }
  return told;
}""".replace("HEARD", HEARD).replace("SHUT", SHUT)


@on("ask")
def test_asks_hear_why_and_let_the_outcome_unfold(visit):
    """All within the page, which is not drawn after each click, then one of each kind by hand."""
    knows = verdicts(visit)
    asks = visit.query_selector_all(".book-ask")
    assert len(asks) == len(knows) == HOLDS[visit.name]["ask"]
    told = [knows[ask.get_attribute("data-book")] for ask in asks]
    expected = [[answers(one, right) for right in (False, True)] for one in told]
    for before, *after, shown in visit.evaluate(BY_SCRIPT, [asks, expected]):
        assert before["waits"] == (["until-found"] if before["expected"] else [])
        assert before["text"] == "" and not before["truth"]
        for right, now in zip((False, True), after, strict=True):
            assert now["says"] and ("Right" if right else "Not so") in now["text"]
            assert now["waits"] == ([None] if now["expected"] else [])
        assert shown["same"]
    assert visit.locator(".ask-below[hidden]").count() == 0
    for k in {"choices" in one: k for k, one in enumerate(told)}.values():
        ask = asks[k]
        for answer, reason in expected[k]:
            by_hand(ask, answer)
            assert ask.evaluate(HEARD, reason)["says"]
        ask.query_selector(".book-show").press("Enter")
        assert ask.evaluate(HEARD, "")["same"]


# ------------------------------------------------------------------------------------------ moves

STOPWATCH = """() => {
  window.moves = [];
  if (!window.timed) document.addEventListener('keydown', ({ target }) => {
    const box = target.closest('.book-move');
    if (!box) return;
    const img = box.querySelector('img.frame-view'), start = performance.now();
    const moves = window.moves;  // a later try has a list of its own
    const src = img.src, alt = img.alt, said = () => box.querySelector('.book-said').textContent;
    const value = () => target.getAttribute('aria-valuetext'), before = value();
    const told = (ms) => moves.push({ label: target.getAttribute('aria-label'), ms, before,
      value: value(), shown: target.parentElement.querySelector('.book-now')?.textContent });
    const look = () => {
      const waited = performance.now() - start;
      const changed = img.src !== src && img.alt !== alt && said() === img.alt;
      if (changed && img.complete && img.naturalWidth)
        requestAnimationFrame(() => told(performance.now() - start));
      else if (waited > 3000) told(-1);
      else requestAnimationFrame(look);
    };
    requestAnimationFrame(look);
  }, true);
  window.timed = true;
}"""
SETTLED = """([h, value]) => { const box = h.closest('.book-move');
  return h.value == value && box.querySelector('.book-said').textContent
    === box.querySelector('img.frame-view').alt; }"""
STEPS = 2  # from the left end; that all pictures differ, test_notebooks.py sees


def moved(page, sliders):
    """Move sliders by keyboard from the left end; return how long each picture took, in ms."""
    for slider in sliders:  # to the left end from beside it, so that something is said
        slider.focus()
        for key in ("Home", "ArrowRight", "Home"):
            page.keyboard.press(key)
        page.wait_for_function(SETTLED, arg=[slider, "0"])
    page.evaluate(STOPWATCH)
    pressed = 0
    for slider in sliders:
        slider.focus()
        for _ in range(min(STEPS, int(slider.get_attribute("max")))):
            page.keyboard.press("ArrowRight")
            pressed += 1
            page.wait_for_function("n => window.moves.length == n", arg=pressed)
    moves = page.evaluate("window.moves")
    for move in moves:
        assert move["label"], "a slider without a name"
        assert move["ms"] >= 0, f"{move['label']} moved, nothing changed"
        assert move["shown"] == move["value"] != move["before"]
    return [move["ms"] for move in moves]


@on("slider")
def test_every_slider_moved_by_keyboard_changes_its_picture(visit):
    """And says so: the read-out beside it, and the new alternative text to a screen reader.

    In half of the moves within 50 ms. A busy machine gets three tries, of which the best counts:
    being busy delays a try, no try is faster than the page.
    """
    unfold(visit)
    sliders = visit.locator(".book-move input[type=range]").element_handles()
    assert len(sliders) == HOLDS[visit.name]["slider"]
    medians = []
    while len(medians) < 3 and min(medians, default=50) >= 50:
        medians.append(statistics.median(moved(visit, sliders)))
    assert min(medians) < 50, medians


@on_pages
def test_live_figures_say_and_compute_what_python_does(visit):
    """At the start and after two rounds of what a reader does, carried out by Python before."""
    unfold(visit)
    figures = visit.locator(".book-live").all()
    assert len(figures) == HOLDS.get(visit.name, {}).get("live", 0)
    for figure in figures:
        figure.scroll_into_view_if_needed()
        assert agrees(visit, figure) == []


@on("choice")
def test_every_choice_made_by_keyboard_changes_its_picture(visit):
    unfold(visit)
    source = "control => control.closest('.book-move').querySelector('img.frame-view').src"
    ticked = visit.locator(".book-move input[type=radio]:checked").element_handles()
    controls = [*ticked, *visit.locator(".book-move select").element_handles()]
    assert len(controls) == HOLDS[visit.name]["choice"]
    for control in controls:
        group = control.get_attribute("name")
        others = visit.locator(f"input[name='{group}']").count() if group else 2
        control.focus()
        for _ in range(others - 1):
            before = visit.evaluate(source, control)
            visit.keyboard.press("ArrowDown")
            visit.wait_for_function(f"([c, was]) => ({source})(c) != was", arg=[control, before])


@on("film")
def test_films_play(visit):
    unfold(visit)
    boxes = visit.locator(".book-move:has(.book-play)").element_handles()
    assert len(boxes) == HOLDS[visit.name]["film"]
    for box in boxes:
        button = box.query_selector(".book-play")
        slider = box.query_selector(f"input[data-axis='{button.get_attribute('data-axis')}']")
        slider.focus()
        visit.keyboard.press("Home")
        before = [slider.input_value(), box.query_selector("img.frame-view").get_attribute("src")]
        assert button.get_attribute("aria-label").startswith("Play")
        button.click()
        assert button.get_attribute("aria-label").startswith("Pause")
        shown = """([box, slider, [value, src]]) => slider.value != value
            && box.querySelector('img.frame-view').src != src"""
        visit.wait_for_function(shown, arg=[box, slider, before], timeout=9000)
        if button.get_attribute("aria-label").startswith("Pause"):
            button.click()


# ------------------------------------------------------------------------------ the page in full


def test_page_is_self_contained_and_complete(visit):
    unfold(visit)
    assert visit.evaluate(f"{IMAGES}.filter(i => !i.alt.trim()).map(i => i.outerHTML)") == []
    now = "i => (i.loading = 'eager', i.decode().catch(() => 0))"
    visit.evaluate(f"Promise.all({IMAGES}.map({now}))")
    assert visit.evaluate(f"{IMAGES}.filter(i => !i.naturalWidth).map(i => i.src)") == []


@on_pages
def test_no_raw_tex_and_no_failed_formula(visit):
    unfold(visit)
    text = visit.locator("article").inner_text()
    code = "".join(visit.locator("article pre, article code").all_inner_texts())
    for sign in ("\\begin", "\\frac", "\\vec", "$$", "{term}", "{cite", "{eq}", "](#"):
        assert text.count(sign) <= code.count(sign), sign
    assert visit.locator("merror").count() == 0


@on_pages
def test_lines_are_short_and_code_fits_its_column(visit):
    unfold(visit)
    lines = visit.evaluate("""[...document.querySelectorAll('article section > p')].map(p => {
        const height = parseFloat(getComputedStyle(p).lineHeight);
        return [p.textContent.length, Math.round(p.clientHeight / height)];
    }).filter(([, lines]) => lines > 2)""")
    if len(lines) > 2:
        assert statistics.median(signs / count for signs, count in lines) <= 68
    wide = """[...document.querySelectorAll('.cell pre')].filter(pre => {
        const longest = Math.max(...pre.textContent.split('\\n').map(line => line.length));
        const told = longest <= 84 || !pre.closest('details');  // folded code may be wider
        return told && pre.clientWidth && pre.scrollWidth > pre.clientWidth + 1;
    }).map(pre => pre.textContent.slice(0, 80))"""
    assert visit.evaluate(wide) == []


@on_pages
def test_formulas_take_no_stop_of_the_tab_key(visit):
    stops = "[...document.querySelectorAll('math[tabindex], math [tabindex]')].length"
    assert visit.evaluate(stops) == 0
    still = """[...document.querySelectorAll('.formula[tabindex]')].filter(
        f => f.scrollWidth <= f.clientWidth + 1).length"""
    assert visit.evaluate(still) == 0


# -------------------------------------------------------------------------- light, dark and narrow

ALL = {"resultTypes": ["violations"], "selectors": False, "preload": False}
COLOURS = ALL | {"runOnly": ["color-contrast", "link-in-text-block"]}  # what a scheme changes
# The texts of the first of each kind that is not known yet. Two texts of one colour, ground, size,
# weight, class and surroundings have one contrast, on whatever page they stand.
UNKNOWN = """(known) => {
  const grounds = new Map(), kinds = new Set(known), found = new Map();
  const ground = (e) => {
    if (!e) return 'none';
    if (!grounds.has(e)) {
      const colour = getComputedStyle(e).backgroundColor;
      grounds.set(e, colour.endsWith(', 0)') ? ground(e.parentElement) : colour);
    }
    return grounds.get(e);
  };
  const dim = (e) => e ? getComputedStyle(e).opacity * dim(e.parentElement) : 1;
  let count = 0;
  for (const e of document.querySelectorAll('body *')) {
    const says = [...e.childNodes].some((n) => n.nodeType == 3 && n.data.trim());
    if (!(says || e.matches('input, select, textarea')) || !e.checkVisibility()) continue;
    count += 1;
    const s = getComputedStyle(e), around = getComputedStyle(e.parentElement).color;
    const look = [s.color, dim(e), s.fontSize, s.fontWeight, s.textDecorationLine, ground(e)];
    const kind = [...look, around, e.tagName, e.getAttribute('class')].join();
    if (!kinds.has(kind)) found.set(kind, e);
    kinds.add(kind);
  }
  for (const e of found.values()) e.dataset.unknown = '';
  return [count, [...found.keys()]];
}"""
KNOWN = set()  # kinds of text that axe-core has found to be readable
CONTRAST = "axe.configure({rules: [{id: 'color-contrast', selector: '[data-unknown]'}]})"
# Signs of code and formulas are thousands, and nothing but their contrast can be wrong.
PLAIN = """() => {
  window.signs = [...document.querySelectorAll('pre, math')].filter(
    e => !e.querySelector('[data-unknown]')).map(e => [e, [...e.childNodes]]);
  window.signs.forEach(([e]) => { e.textContent = e.textContent; });
}"""
SIGNS = """() => {
  window.signs.forEach(([e, nodes]) => e.replaceChildren(...nodes));
  document.querySelectorAll('[data-unknown]').forEach(e => { delete e.dataset.unknown; });
}"""
DISTORTED = """[...document.querySelectorAll('article img')].filter(
    i => i.width && Math.abs(i.height * i.naturalWidth / (i.width * i.naturalHeight) - 1) > 0.03
).map(i => `${i.width}×${i.height}: ${i.alt.slice(0, 60)}`)"""


def accessible(page, options=ALL):
    """Check that axe-core finds nothing on a page as it is now; of colours, on unknown kinds only.

    The same run for all: most of its time goes into the tree of the page.
    """
    from axe_playwright_python.base import AXE_SCRIPT

    if page.evaluate("!window.axe"):
        page.evaluate(AXE_SCRIPT)
        page.evaluate(CONTRAST)
    count, kinds = page.evaluate(UNKNOWN, sorted(KNOWN))
    assert count, "no text"
    if options is COLOURS and not kinds:
        return
    page.evaluate(PLAIN)
    report = page.evaluate("options => axe.run(options)", options)
    page.evaluate(SIGNS)
    assert report["passes"] or report["violations"], "axe-core has looked at nothing"
    found = {v["id"]: [n["html"][:160] for n in v["nodes"][:3]] for v in report["violations"]}
    assert not found, "\n".join(f"{rule}: {nodes}" for rule, nodes in found.items())
    KNOWN.update(kinds)


def test_accessible_and_every_text_can_be_read(visit):
    unfold(visit)
    turned(visit)
    accessible(visit)


def test_every_text_can_be_read_in_the_dark(visit):
    unfold(visit)
    turned(visit, scheme="dark")
    accessible(visit, COLOURS)


@pytest.mark.parametrize("visit", SOME, indirect=True)
def test_accessible_on_a_phone(visit):
    unfold(visit)
    turned(visit, 400, "dark")
    accessible(visit, COLOURS)
    turned(visit, 400)
    accessible(visit)


@pytest.mark.parametrize("width", [1280, 400])
def test_no_wider_than_the_window_and_nothing_distorted(visit, width):
    unfold(visit)
    turned(visit, width, "dark")  # as the last check has left it
    assert visit.evaluate("document.documentElement.scrollWidth") <= width + 1
    assert visit.evaluate(DISTORTED) == []


@on("narrow")
def test_a_phone_gets_pictures_drawn_for_it(visit):
    unfold(visit)
    drawn_for_it = """i => { const {width, height} = i.previousElementSibling;
        return i.complete && Math.abs(i.naturalWidth / i.naturalHeight - width / height) < 0.02 }"""
    turned(visit, 400, "dark")
    boxes = visit.locator(".book-move:has(source)").element_handles()
    assert len(boxes) == HOLDS[visit.name]["narrow"]
    for box in boxes:
        img = box.query_selector("img.frame-view")
        img.scroll_into_view_if_needed()
        visit.wait_for_function(drawn_for_it, arg=img)
        before = img.evaluate("i => i.currentSrc")
        control = box.query_selector("input:checked, input[type=range]")
        control.focus()
        visit.keyboard.press(
            "ArrowLeft" if control.evaluate("c => c.value == c.max") else "ArrowRight"
        )
        visit.wait_for_function("([i, was]) => i.currentSrc != was", arg=[img, before])
        visit.wait_for_function(drawn_for_it, arg=img)


# ---------------------------------------------------------------------------------------- printed


@pytest.mark.parametrize(
    ("visit", "scheme"),
    [(name, "dark") for name in PAGES] + [(name, "light") for name in SOME],  # dark is the hard one
    indirect=["visit"],
)
def test_printed_black_on_white_with_answers_at_the_end(visit, scheme):
    folds = visit.locator(".fold-hint, .fold-solution").count()
    turned(visit, scheme=scheme, media="print")
    visit.evaluate("dispatchEvent(new Event('beforeprint'))")
    white = "rgb(255, 255, 255)"
    assert visit.evaluate("getComputedStyle(document.body).backgroundColor") == white
    dim = """[...document.querySelectorAll('.bd-article :is(p, li, h1, h2, pre, td)')].filter(
        e => Math.max(...getComputedStyle(e).color.match(/\\d+/g).slice(0, 3)) > 0x60
    ).map(e => e.outerHTML.slice(0, 80))"""
    assert visit.evaluate(dim) == []
    gathered = visit.locator(".printed-answers")
    assert gathered.count() == (1 if folds else 0)
    if folds:
        assert gathered.locator("h3").count() == folds and gathered.is_visible()
        assert not visit.locator(".fold-hint, .fold-solution").first.is_visible()
    seen_ = """s => [...document.querySelectorAll(s)].filter(e => e.checkVisibility()).length"""
    for kind in (".ask-below > :first-child", ".book-now"):
        assert visit.evaluate(seen_, kind) == visit.locator(kind).count()
    assert visit.evaluate(seen_, ".book-play, .book-move input[type=range]") == 0
    visit.evaluate("dispatchEvent(new Event('afterprint'))")
    assert gathered.count() == 0


def test_nothing_has_failed_in_all_that(visit):
    """The last check of a visit: no request left the site, no error, no warning."""
    assert visit.foreign == []
    assert visit.complaints == []


# ----------------------------------------------------------- few pages, each opened in another way


@pytest.mark.parametrize("name", SOME)
def test_arrives_on_a_phone_without_a_shift(browser, server, name):
    page = opened(browser, server + name, width=412)
    read_through(page)
    assert page.evaluate("window.shift") < 0.02
    assert page.foreign == [] and page.complaints == []
    page.close()


@pytest.mark.parametrize("name", SOME)
def test_page_also_lives_as_a_file(browser, site, name):
    page = opened(browser, (site / name).as_uri())
    unfold(page)
    await_the_late(page)
    sliders = page.locator(".book-move input[type=range]")
    assert sliders.count() == HOLDS.get(name, {}).get("slider", 0)
    if sliders.count():
        slider, before = sliders.first, pictures(page)
        slider.focus()
        page.keyboard.press("Home" if slider.input_value() != "0" else "End")
        frames = "[...document.querySelectorAll('img.frame-view')]"
        changed = f"was => {frames}.some((i, k) => i.src + ' ' + i.alt != was[k])"
        page.wait_for_function(changed, arg=before)
    assert page.foreign == [] and page.complaints == []
    page.close()


@pytest.mark.parametrize("name", SOME)
def test_without_scripts_everything_is_there(browser, server, name):
    page = opened(browser, server + name, java_script_enabled=False)
    seen_ = "s => [...document.querySelectorAll(s)].map(e => e.checkVisibility())"
    assert all(page.evaluate(seen_, ".ask-below > *"))
    assert all(page.evaluate(seen_, ".book-truth"))
    truths = page.evaluate(seen_, ".book-truth:not(.book-live *)")
    assert len(truths) == HOLDS.get(name, {}).get("ask", 0)
    now = "i => (i.loading = 'eager', i.decode().then(() => i.naturalWidth > 0))"
    images = "[...document.querySelectorAll('article figure:not(details figure) img')]"
    arrived_ = page.evaluate(f"Promise.all({images}.map({now}))")
    assert all(arrived_) and len(arrived_) >= HOLDS.get(name, {}).get("move", 0)
    page.close()


@pytest.mark.parametrize("word", ["determinant", "线性无关", "行列式"])
def test_search_finds_both_languages(browser, server, word):
    page = opened(browser, f"{server}search.html?q={word}")
    page.wait_for_selector("ul.search li a", timeout=5000)
    assert "Glossary" in page.locator("ul.search").inner_text()
    page.close()


def shades(ax):
    x, y = np.meshgrid(np.linspace(-2, 2, 60), np.linspace(-2, 2, 60))
    ax.contourf(x, y, x**2 + y**2 + 0.3 * x, 14, colors=["#cc8844"] * 20)


PATCHES = {  # of one colour
    "cells": lambda ax: figures.heat_map(ax, np.full((13, 13), 0.8), limit=1),
    "shades": shades,
}


@pytest.mark.parametrize("patches", PATCHES)
@pytest.mark.parametrize(
    ("stroke", "seen_through"), [("", False), ("stroke: none !important", True)]
)
def test_a_dark_page_does_not_show_between_patches(browser, patches, stroke, seen_through):
    """Lines of their own colour close the seams, which are seen without the lines."""
    figure, ax = figures.new_figure("square")
    PATCHES[patches](ax)
    page = browser.new_page(color_scheme="dark", viewport={"width": 460, "height": 460})
    ground = "body { background: #14181e; margin: 7.3px }"
    lines = f"path, use {{ {stroke} }}" if stroke else ""
    page.set_content(f"<style>{ground} {lines}</style>{bare(svg(figure))}")
    pixels = np.asarray(Image.open(io.BytesIO(page.screenshot())).convert("RGB"), int)
    page.close()
    gap = np.ptp(pixels[160:260, 160:260], axis=(0, 1)).max()
    assert (gap > 12) == seen_through, gap


# ------------------------------------------------------------------ these checks see what they seek


def random_text(size):
    """Return a text that cannot be packed."""
    return base64.b64encode(random.Random(0).randbytes(int(size))).decode()


HEAD = "</head>"
FAULTS = [  # those of a group stand on one page: old text, new text, the check that sees it, says
    {
        "no ask": (
            'class="book-ask"',
            'class="lost"',
            test_asks_hear_why_and_let_the_outcome_unfold,
            "0 == [1-9]",
        ),
        "no slider": (
            'type="range"',
            'type="text"',
            test_every_slider_moved_by_keyboard_changes_its_picture,
            "0 == [1-9]",
        ),
        "no choice": (
            'type="radio"',
            'type="text"',
            test_every_choice_made_by_keyboard_changes_its_picture,
            "0 == [1-9]",
        ),
        "no film": ('class="book-play"', 'class="lost"', test_films_play, "0 == [1-9]"),
        "nothing narrow": (
            "<source ",
            "<b ",
            test_a_phone_gets_pictures_drawn_for_it,
            "0 == [1-9]",
        ),
        "error": (
            HEAD,
            "<script>lost()</script></head>",
            test_nothing_has_failed_in_all_that,
            "lost is not defined",
        ),
        "late font": (
            HEAD,
            """<style>@font-face { font-family: Late; src: url(../_static/book/fonts/math.woff2) }
            h1 { font-family: Late }</style></head>""",
            test_nothing_moves_by_itself,
            "math.woff2",
        ),
    },
    {
        "no alt": ('alt="', 'alt="" title="', test_page_is_self_contained_and_complete, 'alt=""'),
        "raw TeX": ("<h1>", "<h1>\\vec", test_no_raw_tex_and_no_failed_formula, r"\\vec"),
        "no language": (
            'lang="en"',
            "",
            test_accessible_and_every_text_can_be_read,
            "html-has-lang",
        ),
        "pale": (
            "<p>",
            '<p style="color: light-dark(#ccc, #444)">',
            test_accessible_and_every_text_can_be_read,
            "color-contrast",
        ),
        "pale in the dark": (
            "<p ",
            "<p ",
            test_every_text_can_be_read_in_the_dark,
            "color-contrast",
        ),
        "wide": (
            HEAD,
            "<style>h1 { min-width: 900px }</style></head>",
            partial(test_no_wider_than_the_window_and_nothing_distorted, width=400),
            "<= ",
        ),
        "pale in print": (
            HEAD,
            "<style>@media print { h1 { color: #bbb !important } }</style></head>",
            partial(test_printed_black_on_white_with_answers_at_the_end, scheme="light"),
            "<h1",
        ),
        "slow": (
            HEAD,
            """<script>addEventListener('keydown', () => {
              const start = performance.now();
              while (performance.now() - start < 60);
            })</script></head>""",
            test_every_slider_moved_by_keyboard_changes_its_picture,
            "< 50",
        ),
        "foreign": (
            "<h1>",
            "<h1><img alt='afar' src='https://example.org'>",
            test_nothing_has_failed_in_all_that,
            "example.org",
        ),
        "heavy": (
            HEAD,
            f"<!-- {random_text(3e6)} --></head>",
            test_weight_over_the_wire,
            "< 1500000",
        ),
        "shift": (
            HEAD,
            """<style>@keyframes late { to { padding-top: 400px } }
            main { animation: late 0.1s 0.3s steps(1) forwards }</style></head>""",
            test_nothing_moves_by_itself,
            r"< 0\.02",
        ),
    },
]


@pytest.fixture(scope="module")
def broken(browser, server):
    """Give the most holding page of the few with all faults of a group, changed on its way."""
    pages = {}

    def visited(group):
        if group not in pages:
            changes = [(old, new) for old, new, *_ in FAULTS[group].values()]
            window = heard(browser.new_page(viewport={"width": 1280, "height": 900}), changes)
            pages[group] = arrived(window, server, SOME[2])
        return pages[group]

    yield visited
    for page in pages.values():
        page.close()


@pytest.mark.parametrize(
    ("group", "fault"), [(group, fault) for group, faults in enumerate(FAULTS) for fault in faults]
)
def test_a_page_with_a_fault_fails(broken, group, fault):
    """Each check fails on a page where it should, and says why."""
    *_, check, says = FAULTS[group][fault]
    page = broken(group)
    turned(page)
    with pytest.raises(AssertionError, match=says):
        check(page)


def test_links_that_lead_nowhere_and_a_site_without_pages_fail(tmp_path):
    with pytest.raises(AssertionError):
        test_links_between_pages_lead_somewhere(tmp_path)
    links = "".join(f'<a href="{number}.html">' for number in range(len(FILES) ** 2))
    (tmp_path / "0.html").write_text(links, encoding="utf-8")
    with pytest.raises(AssertionError, match=r"0.html: 1.html"):
        test_links_between_pages_lead_somewhere(tmp_path)


def test_what_is_missing_fails_where_all_must_be_there(monkeypatch):
    monkeypatch.setenv("CI", "true")
    with pytest.raises(pytest.fail.Exception, match="not built"):
        missing("not built")
    monkeypatch.delenv("CI")
    with pytest.raises(pytest.skip.Exception, match="not built"):
        missing("not built")
