"""Live figures in a built page: the page computes and says what Python does, by hand and by key."""

import json
import re
import time

import live_site
import pytest
import small_book
from browsing import SETTLE
from live_browser import act, agrees, settled
from live_figures import FIGURES

NAMES = list(FIGURES)
DARK_FACE = [20, 24, 30]


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    folder = tmp_path_factory.mktemp("live")
    live_site.write(folder)
    done = small_book.build(folder, "-W")
    assert done.returncode == 0, done.stderr[-2000:]
    return folder / "_build" / "html" / "book" / "01_first.html"


def opened(browser, built, width=1280, scheme="light", script="", **options):
    """Open the page from the disk; its figures come to life as they are asked for."""
    size = {"width": width, "height": 900}
    page = browser.new_page(viewport=size, color_scheme=scheme, **options)
    page.add_init_script(script)

    def said(message):
        own = "willReadFrequently" not in message.text  # about how these tests look at a canvas
        if own and message.type in ("error", "warning"):
            page.complaints.append(message.text)

    page.on("console", said)
    page.on("pageerror", lambda e: page.complaints.append(str(e)))
    page.on("request", lambda r: page.asked.append(r.url))
    return anew(page, built)


def anew(page, built):
    """Go to the page once more, in a window that is open: a new one costs three times as much."""
    page.complaints, page.asked = [], []
    page.goto("about:blank")
    page.goto(built.as_uri())
    return page


def all_alive(page):
    for name in NAMES:
        figure_of(page, name)
    settled(page)


@pytest.fixture(scope="module")
def window(browser, built):
    page = opened(browser, built)
    yield page
    page.close()


@pytest.fixture
def page(window, built):
    yield anew(window, built)
    assert window.complaints == []
    assert [
        url for url in window.asked if not url.startswith(("file:", "data:", "blob:", "about:"))
    ] == []


def figure_of(page, name):
    figure = page.locator(".book-live").nth(NAMES.index(name))
    figure.evaluate("f => f.scrollIntoView({block: 'center', behavior: 'instant'})")
    page.wait_for_function("f => f.dataset.alive", arg=figure.element_handle(), timeout=20_000)
    settled(page)
    return figure


def place(figure, name):
    label = figure.locator(f"[data-point='{name}']").get_attribute("aria-label")
    numbers = re.search(r" at (\S+), (\S+);", label.replace("−", "-"))
    return [float(number) for number in numbers.groups()]


@pytest.mark.parametrize("name", NAMES)
def test_the_page_says_and_computes_what_python_does(page, name):
    assert agrees(page, figure_of(page, name)) == []


def test_the_script_comes_once(page):
    all_alive(page)
    assert len([url for url in page.asked if "live.js" in url]) == 1
    assert len([url for url in page.asked if "/widgets/" in url]) == len(NAMES) + 1  # and a move


def middle(box):
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def dragged(page, figure, name, to):
    """Drag a point by the mouse to a place of its panel, in its numbers."""
    figure.scroll_into_view_if_needed()
    box = figure.locator(".live-box").first.bounding_box()
    x, y = middle(figure.locator(f"[data-point='{name}']").bounding_box())
    page.mouse.move(x, y)
    page.mouse.down()
    end = box["x"] + (to[0] + 4) / 8 * box["width"], box["y"] + (4 - to[1]) / 8 * box["height"]
    page.mouse.move(*end, steps=5)
    page.mouse.up()
    settled(page)


def test_a_mouse_drags_and_snaps_on_request(page):
    plane = figure_of(page, "plane")
    dragged(page, plane, "u", (-1.23, 2.38))
    assert place(plane, "u") == [-1.2, 2.4]
    plane.locator(".live-snap").check()
    settled(page)
    assert place(plane, "u") == [-1.0, 2.5] and place(plane, "v") == [0.5, 1.0]
    dragged(page, plane, "u", (0.7, -0.7))
    assert place(plane, "u") == [0.5, -0.5]
    dragged(page, plane, "u", (9, -9))
    assert place(plane, "u") == [4, -4]


def test_keys_move_by_steps_and_further_with_shift(page):
    plane = figure_of(page, "plane")
    plane.locator("[data-point='v']").focus()
    for key in ("ArrowRight", "Shift+ArrowUp", "ArrowDown", "a"):
        page.keyboard.press(key)
    settled(page)
    assert place(plane, "v") == [0.6, 1.4]


def test_a_finger_drags_and_the_page_stays(browser, built):
    page = opened(browser, built, 500, has_touch=True)
    plane = figure_of(page, "plane")
    point = plane.locator("[data-point='u']")
    point.scroll_into_view_if_needed()
    settled(page)
    x, y = middle(point.bounding_box())
    finger, top = page.context.new_cdp_session(page), page.evaluate("scrollY")
    for kind, k in [
        ("touchStart", 0),
        *[("touchMove", i) for i in range(1, 6)],
        ("touchEnd", None),
    ]:
        points = [] if k is None else [{"x": x + 10 * k, "y": y - 12 * k}]
        finger.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})
    settled(page)
    assert page.evaluate("scrollY") == top
    assert place(plane, "u")[1] > 1 and place(plane, "u")[0] > 2
    page.close()


@pytest.mark.parametrize(
    ("number", "u", "v"),
    [(0, (0.0, 1), (2, 0)), (1, (1, 2), (0.5, 1)), (2, (0, 1), (-1, 0)), (3, (-1, 0), (0.5, 2))],
)
def test_missions_are_answered_when_they_are_reached(page, number, u, v):
    plane = figure_of(page, "plane")
    plane.locator(".live-snap").check()
    goal = plane.locator(".live-missions > li").nth(number)
    assert "done" not in (goal.get_attribute("class") or "")
    dragged(page, plane, "v", v)
    dragged(page, plane, "u", u)
    assert goal.get_attribute("class") == "done"
    assert "Reached." in goal.locator("[role=status]").inner_text()
    dragged(page, plane, "u", (3, 3))
    assert goal.get_attribute("class") == "done"  # once reached it stays so


def pixels_of(page, figure, colour):
    """Return how many pixels of the first canvas have nearly a colour."""
    return figure.locator("canvas").first.evaluate(
        """(c, [r, g, b]) => {
          const d = c.getContext('2d').getImageData(0, 0, c.width, c.height).data;
          let n = 0;
          for (let i = 0; i < d.length; i += 4)
            n += Math.abs(d[i] - r) + Math.abs(d[i + 1] - g) + Math.abs(d[i + 2] - b) < 12;
          return n;
        }""",
        colour,
    )


def test_what_is_hidden_waits_for_a_guess(page):
    plane, pink = figure_of(page, "plane"), [0xCC, 0x59, 0xB4]
    choices, verdict = plane.locator(".book-choice"), plane.locator(".book-verdict")
    assert pixels_of(page, plane, pink) == 0
    assert plane.locator(".live-text[data-after]").is_hidden()
    choices.nth(0).click()
    settled(page)
    assert "✗ Not so." in verdict.inner_text() and "two lines" in verdict.inner_text()
    assert pixels_of(page, plane, pink) > 500
    assert "1.81 and 0.69" in plane.locator(".live-text[data-after]").inner_text()
    assert choices.nth(1).is_disabled()
    plane.locator("[data-act=again]").click()
    dragged(page, plane, "u", (0, 1))
    dragged(page, plane, "v", (-1, 0))
    assert pixels_of(page, plane, pink) == 0 and verdict.inner_text() == ""
    choices.nth(0).click()
    assert "✓ Right." in verdict.inner_text() and "no line" in verdict.inner_text()


def test_a_verdict_stays_while_it_holds_and_another_figure_asks_anew(page):
    figure = figure_of(page, "training")
    choices, verdict = figure.locator(".book-choice"), figure.locator(".book-verdict")
    goal = figure.locator(".live-missions > li")
    act(page, figure, [["step"]] * 6)
    assert goal.get_attribute("class") is None  # a hidden mission waits for the guess
    choices.nth(1).click()
    settled(page)
    assert verdict.inner_text() == "✗ Not so. 25 squares." and choices.nth(0).is_disabled()
    assert goal.get_attribute("class") == "done"
    assert figure.locator("[data-act=again]").inner_text() == "Guess again"
    act(page, figure, [["step"], ["pick", 2, 1]])
    assert verdict.inner_text() == "✗ Not so. 25 squares."
    act(page, figure, [["pick", 1, 1]])
    assert verdict.inner_text() == "" and choices.nth(0).is_enabled()
    assert choices.nth(1).get_attribute("class") == "book-choice"
    choices.nth(0).click()
    assert verdict.inner_text() == "✓ Right. 26 squares."


SPY = """
const pen = CanvasRenderingContext2D.prototype;
const { beginPath, moveTo, lineTo, arc, fill, fillText } = pen;
let path = '';
window.filled = []; window.written = {};
pen.beginPath = function () { path = ''; beginPath.call(this); };
pen.moveTo = function (x, y) { this.lastY = y; moveTo.call(this, x, y); };
pen.lineTo = function (x, y) {
  path += `${Math.sign(Math.round(y - this.lastY))}`;
  this.lastY = y;
  lineTo.call(this, x, y);
};
pen.arc = function (...a) { path += 'o'; arc.apply(this, a); };
pen.fill = function () { filled.push([this.canvas, path]); fill.call(this); };
pen.fillText = function (text, x, y) { written[text] = [x, y]; fillText.call(this, text, x, y); };
"""


def test_six_kinds_have_six_shapes_and_the_names_of_curves_make_way(browser, built):
    page = opened(browser, built, script=SPY)
    race, training = figure_of(page, "race"), figure_of(page, "training")
    page.evaluate("filled.length = 0")
    act(page, race, [["pick", 1, 1]])
    assert place(race, "start") == [2, 2.505]  # as fine as it is
    own = "f => filled.filter(([canvas]) => f.contains(canvas)).map(([, path]) => path)"
    assert len({*race.evaluate(own)}) == 6
    act(page, training, [["pick", 1, 1], *[["step"]] * 12])
    train, held = (page.evaluate(f"written['{name}']") for name in ("train", "held out"))
    assert abs(train[1] - held[1]) >= 15 and min(train[0], held[0]) > 80  # within the axes
    page.close()


def test_training_runs_pauses_out_of_sight_and_starts_again(page):
    figure, text = figure_of(page, "training"), "t => t.textContent"

    def steps():
        return int(re.search(r"\d+", figure.locator(".live-title").nth(1).evaluate(text))[0])

    def passed(number):
        """Wait until so many steps are passed, five seconds at most."""
        end = time.monotonic() + 5
        while steps() <= number:
            assert time.monotonic() < end
            settled(page)

    run = figure.locator("[data-act=run]")
    run.click()
    passed(8)
    assert run.inner_text() == "Pause"
    page.evaluate("scrollTo({top: 0, behavior: 'instant'})")
    page.wait_for_timeout(100)
    before = steps()
    page.wait_for_timeout(200)
    assert steps() == before
    figure.scroll_into_view_if_needed()
    passed(before)
    run.click()
    figure.locator("[data-act=reset]").click()
    settled(page)
    assert steps() == 0
    figure.locator("[data-act=step]").click()
    settled(page)
    assert steps() == 1


SIGHT = """
window.IntersectionObserver = class extends IntersectionObserver {
  constructor(tell) { super(tell); this.tell = tell; }
  observe(e) { super.observe(e); (e.sights ??= []).push(this); }
};
"""


def test_training_goes_on_after_a_quick_look_away(browser, built):
    page = opened(browser, built, script=SIGHT)
    figure = figure_of(page, "training")
    figure.locator("[data-act=run]").click()
    settled(page)
    figure.evaluate(
        """f => f.sights.at(-1).tell([false, true].map((seen) => ({isIntersecting: seen})))"""
    )
    before = int(figure.get_attribute("data-frames"))
    goes_on = "([f, n]) => f.dataset.frames > n + 2"
    page.wait_for_function(goes_on, arg=[figure.element_handle(), before], timeout=5000)
    page.close()


def test_numbers_that_explode_are_said_and_the_figure_recovers(page):
    figure = figure_of(page, "training")
    trouble = figure.locator(".live-trouble")
    act(page, figure, [["pick", 2, 3], *[["step"]] * 6])
    assert "The numbers left what a computer can hold" in trouble.inner_text()
    act(page, figure, [["reset"], ["pick", 2, 2], ["step"]])
    assert trouble.inner_text() == ""
    assert "undefined" not in figure.locator(".live-text").inner_text()


def test_words_are_typed_clicked_refused_and_written(page):
    figure = figure_of(page, "words")
    chips, note = figure.locator(".live-word"), figure.locator(".live-note")
    entry = figure.locator(".live-entry")
    entry.fill("the rocket")
    entry.press("Enter")
    assert note.inner_text() == "Not in its vocabulary: rocket." and chips.count() == 3
    entry.fill("A Ring")
    entry.press("Enter")
    settled(page)
    assert chips.all_inner_texts() == ["<bos>", "anna", "has", "a", "ring"]
    assert "<bos>" not in figure.locator("option").evaluate_all("all => all.map(o => o.value)")
    entry.fill("<bos>")
    entry.press("Enter")
    assert note.inner_text() == "Not in its vocabulary: <bos>."
    entry.fill("ring. ")
    assert note.inner_text() == ""
    entry.press("Enter")
    settled(page)
    assert chips.all_inner_texts()[5:] == ["ring", "."]
    for _ in range(2):
        page.keyboard.press("Backspace")
    settled(page)
    figure.locator(".live-bar").first.click()
    chips.nth(1).click()
    settled(page)
    assert chips.count() == 6
    assert chips.nth(1).get_attribute("aria-pressed") == "true"
    figure.locator("[data-act=on]").click()
    page.wait_for_function("f => f.querySelector('[data-act=on]').textContent === 'Write on'",
                           arg=figure.element_handle(), timeout=9000)  # fmt: skip
    words = chips.all_inner_texts()
    assert words[-1] == "." or len(words) == 12
    entry.focus()
    page.keyboard.press("Backspace")
    settled(page)
    assert chips.count() == len(words) - 1


def test_another_beginning_and_a_comparison_that_is_not_known(page):
    figure = figure_of(page, "words")
    chips, diamonds = figure.locator(".live-word"), figure.locator(".live-bar s")
    assert diamonds.count() == 6 and diamonds.first.is_visible()
    figure.locator("[data-act=begin]").nth(1).click()
    settled(page)
    assert chips.all_inner_texts() == ["<bos>", "ben", "saw", "the", "book"]
    assert chips.last.get_attribute("aria-pressed") == "true"
    assert not any(diamond.is_visible() for diamond in diamonds.all())
    figure.locator("[data-act=begin]").nth(0).click()
    settled(page)
    assert chips.all_inner_texts() == ["<bos>"] and diamonds.last.is_visible()


def test_letters_are_read_as_they_are_typed(page):
    figure = figure_of(page, "letters")
    chips, entry = figure.locator(".live-word"), figure.locator(".live-entry")
    entry.focus()
    page.keyboard.type("C a")
    settled(page)
    assert chips.all_inner_texts() == ["▸", "a", "b", "c", "␣", "a"]
    assert entry.input_value() == ""
    note = figure.locator(".live-note")
    page.keyboard.type("x")
    assert note.inner_text() == "Not in its vocabulary: x." and entry.input_value() == ""
    page.keyboard.type("b")
    settled(page)
    assert note.inner_text() == "" and chips.all_inner_texts()[5:] == ["a", "b"]
    page.keyboard.type("▸")
    assert note.inner_text() == "Not in its vocabulary: ▸."
    page.keyboard.press("Backspace")
    settled(page)
    assert chips.count() == 6


def test_a_reader_who_wants_calm_gets_few_pictures(browser, built):
    page = opened(browser, built, reduced_motion="reduce")
    figure = figure_of(page, "training")
    before = int(figure.get_attribute("data-frames"))
    figure.locator("[data-act=run]").click()
    page.wait_for_timeout(700)  # two pictures or three; without calm forty
    assert int(figure.get_attribute("data-frames")) - before <= 4
    page.close()


def test_nothing_moves_unasked(page):
    frames = "[...document.querySelectorAll('.book-live')].map(f => f.dataset.frames)"
    all_alive(page)
    page.wait_for_timeout(500)  # the page around tells its scheme and its scrolling late
    before = page.evaluate(frames)
    page.wait_for_timeout(500)
    assert page.evaluate(frames) == before


@pytest.mark.parametrize("width", [400, 1280])
def test_accessible_in_both_schemes_and_on_a_phone(browser, built, width):
    from axe_playwright_python.sync_playwright import Axe

    page = opened(browser, built, width)
    all_alive(page)
    figure_of(page, "plane").locator(".book-choice").first.click()
    for scheme, face in ("light", [255, 255, 255]), ("dark", DARK_FACE):
        page.emulate_media(color_scheme=scheme)
        assert page.evaluate("document.documentElement.scrollWidth") <= width + 1
        assert pixels_of(page, figure_of(page, "race"), face) > 10_000
        page.evaluate(SETTLE)
        found = Axe().run(page, context=".book-live").response["violations"]
        assert [(v["id"], [n["html"][:160] for n in v["nodes"][:3]]) for v in found] == []
    page.close()


def test_the_scheme_may_change_under_a_figure(page):
    race = figure_of(page, "race")
    page.evaluate("document.documentElement.dataset.theme = 'dark'")
    settled(page)
    assert pixels_of(page, race, DARK_FACE) > 10_000


def test_without_scripts_the_stills_stand(browser, built):
    page = browser.new_page(java_script_enabled=False)
    page.goto(built.as_uri())
    race, words = (page.locator(".book-live").nth(NAMES.index(name)) for name in ("race", "words"))
    assert race.locator(".live-point").is_visible()
    assert "--weight:0%" not in words.locator(".live-word").last.evaluate(
        "e => e.getAttribute('style')"
    )
    stills = page.locator("img.live-still")
    for still in stills.all():
        still.scroll_into_view_if_needed()
        assert still.is_visible() and still.get_attribute("alt").strip()
    page.close()


def test_a_figure_is_printed_as_it_stands_in_light_colours(browser, built):
    page = opened(browser, built, scheme="dark")
    all_alive(page)
    plane = figure_of(page, "plane")
    dragged(page, plane, "v", (-3, 1))
    page.evaluate("dispatchEvent(new Event('beforeprint'))")  # before the style of print holds
    assert pixels_of(page, plane, [255, 255, 255]) > 10_000
    page.emulate_media(media="print")
    assert page.locator("img.live-still").count() == 0
    assert all(canvas.is_visible() for canvas in page.locator("canvas.live-canvas").all())
    truth = plane.locator(".book-truth").inner_text()
    assert truth.startswith("none: ") and "no line" in truth
    page.emulate_media(media="screen")
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    assert pixels_of(page, plane, DARK_FACE) > 10_000
    page.close()


def test_nothing_jumps_when_a_figure_comes_alive(browser, built):
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    sizes = "[...document.querySelectorAll('.book-live')].map(f => f.offsetHeight)"
    page.route("**/live.js*", lambda route: route.abort())
    page.goto(built.as_uri())
    page.evaluate("document.fonts.ready")
    before = page.evaluate(sizes)
    page.close()
    page = opened(browser, built)
    all_alive(page)
    assert page.evaluate(sizes) == pytest.approx(before, abs=2)
    page.close()


def test_a_frame_of_the_plane_is_quick(page):
    plane = figure_of(page, "plane")
    plane.locator("[data-point='u']").focus()
    drawn = []
    for key in ["ArrowRight", "ArrowLeft"] * 10:
        page.keyboard.press(key)
        settled(page)
        drawn.append(float(plane.get_attribute("data-drawn")))
    assert sorted(drawn)[10] < 16


def test_a_page_is_light(page, built):
    all_alive(page)
    site = built.parents[1]
    own = [
        url.split("?")[0].rsplit("/_static/", 1)[-1]
        for url in page.asked
        if "/_static/book/" in url
    ]
    assert sum((site / "_static" / name).stat().st_size for name in set(own)) < 1_000_000
    assert json.dumps(own).count("live.js") == 1
