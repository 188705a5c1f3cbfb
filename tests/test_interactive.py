import io
import json
import re
import zlib

import numpy as np
import pytest
from PIL import Image

from notebooklib import figures
from notebooklib.interactive import Choice, Slider, move
from notebooklib.interactive.moves import Script, _bundle


def draw(ax, x=0, kind=0):
    ax.plot([0, 1], [x, kind])


def unpack(made):
    return made, json.loads(zlib.decompress(made.data))


def test_one_frame_for_every_state_of_all_controls():
    made = move(draw, alt="", x=Slider([0, 1, 2]), kind=Choice({"low": 0, "high": 5}))
    view, bundle = unpack(made)
    assert view.dims == [3, 2]
    assert len(bundle["frames"]) == 6


def test_frames_differ_and_are_complete_pictures():
    _, bundle = unpack(move(draw, alt="", x=Slider([0, 1, 2])))
    svgs = ["\n".join(bundle["lines"][i] for i in frame) for frame in bundle["frames"]]
    assert len(set(svgs)) == 3
    assert all(svg.startswith("<svg") and svg.rstrip().endswith("</svg>") for svg in svgs)


def test_lines_that_never_part_are_one_piece_and_the_pictures_are_those_drawn():
    frames = ["a\nb\nc\nd", "b\nc\na\nd"]
    for narrow in (None, ["e\nf", "f\ne"]):
        content = json.loads(zlib.decompress(_bundle(frames, narrow, ["", ""])))
        for drawn, stored in ((frames, "frames"), (narrow or [], "narrow")):
            pieces = [[content["lines"][k] for k in page] for page in content.get(stored, [])]
            assert ["\n".join(page) for page in pieces] == drawn
        assert content["lines"][:3] == ["a", "b\nc", "d"]


def test_nothing_in_a_frame_names_this_machine_or_this_hour():
    _, bundle = unpack(move(draw, alt="", x=Slider([0, 1])))
    text = "\n".join(bundle["lines"])
    assert "<metadata" not in text and "Matplotlib" not in text and "<!--" not in text


def test_two_runs_make_the_same_bytes():
    first, second = (move(draw, alt="{x}", x=Slider([0, 1])) for _ in range(2))
    assert first.data == second.data


def test_the_margins_do_not_jump_between_frames():
    def wide_labels(ax, x):
        ax.plot([0, 10.0**x])

    _, bundle = unpack(move(wide_labels, alt="", x=Slider([0, 3, 6], start=6)))
    frames = ["\n".join(bundle["lines"][i] for i in frame) for frame in bundle["frames"]]
    corners = {re.search(r'id="patch_2">\n<path d="(.*?)"', svg, re.S)[1] for svg in frames}
    assert len(corners) == 1


@pytest.mark.parametrize(
    ("control", "html"),
    [
        (Slider([0, 1]), '<input type="range" data-axis="0" min="0" max="1" value="1"'),
        (Slider([0, 1], play=True), 'class="book-play" data-axis="0" aria-label="Play x"'),
        (Choice({"a": 0, "b": 1}), 'type="radio"'),
        (Choice({str(k): k for k in range(7)}), "<select"),
    ],
)
def test_kind_of_control(control, html):
    assert html in move(draw, alt="", x=control).html


def test_readout_has_unit_and_label_is_the_argument():
    made = move(draw, alt="", x=Slider([0, 30], unit="°", start=30))
    assert made.shown == [["0°", "30°"]]
    assert 'aria-label="x" aria-valuetext="30°"' in made.html
    assert '<span class="book-now">30°</span>' in made.html


def test_a_label_may_hold_a_formula_and_is_read_out_in_words():
    made = move(draw, alt="", x=Slider([0, 1], label="rate $\\eta$"))
    assert "<math>" in made.html and 'aria-label="rate η"' in made.html


def test_names_with_signs_of_html_stay_text():
    made = move(draw, alt='<b> & "q"', x=Choice({"a < b": 0, "a & b": 1}))
    assert "a &lt; b" in made.html and 'alt="&lt;b&gt; &amp; &quot;q&quot;"' in made.html


def test_the_view_starts_where_the_controls_start():
    made = move(
        draw, alt="", x=Slider([0, 1, 2], start=2), kind=Choice({"a": 1, "b": 2}, start="b")
    )
    assert made.at == [2, 1]
    assert 'value="2"' in made.html
    assert re.search(r'value="1" checked><span>b', made.html)


def test_alt_text_tells_the_current_values():
    _, bundle = unpack(move(draw, alt="line to {x}", x=Slider([0, 1], unit=" m")))
    assert bundle["alts"] == ["line to 0 m", "line to 1 m"]
    _, bundle = unpack(move(draw, alt=lambda x: f"twice {2 * x}", x=Slider([0, 1])))
    assert bundle["alts"] == ["twice 0", "twice 2"]


def test_outside_the_browser_a_move_is_its_first_picture():
    import base64

    made = move(draw, alt="", size="square", x=Slider([0, 1, 2], start=2))
    data, metadata = made._repr_mimebundle_()
    picture = Image.open(io.BytesIO(base64.b64decode(data["image/png"])))
    assert picture.size == (840, 840)
    assert metadata["image/png"] == {"width": 420, "height": 420}
    assert data["text/plain"].startswith("Move(x[3]): 3 frames")


def test_photographs_travel_as_webp():
    def photo(ax, x):
        ax.imshow(np.random.default_rng(x).random((40, 40, 3)))

    _, bundle = unpack(move(photo, alt="", x=Slider([0, 1])))
    text = "".join(bundle["lines"])
    assert "data:image/webp" in text and "data:image/png" not in text


def test_the_script_holds_no_mathematics():
    assert "Math." not in Script._esm


def test_a_move_says_where_its_script_is():
    home = move(draw, alt="", x=Slider([0, 1])).get_state()["home"]
    assert home == f"IPY_MODEL_{Script.shared().model_id}"


def test_several_panels():
    def two(axes, x):
        assert len(axes) == 2
        axes[0].plot([0, x])

    made, bundle = unpack(move(two, alt="", panels=2, size="wide", x=Slider([0, 1])))
    assert made.size == [720, 280] and made.narrow_size == [340, 500]
    assert len(bundle["narrow"]) == len(bundle["frames"]) == 2
    assert '<source media="(max-width: 500px)" width="340" height="500">' in made.html


def test_stacked_panels_keep_what_fits_them():
    def two(axes, x):
        axes[0].plot([0, x])

    options = {"gridspec_kw": {"width_ratios": [2, 1]}, "sharey": True}
    move(two, alt="", panels=2, subplots=options, x=Slider([0, 1]))


def test_one_wide_panel_is_drawn_again_for_a_narrow_page():
    made, bundle = unpack(move(draw, alt="", size="single", x=Slider([0, 1])))
    assert made.size == [600, 340] and made.narrow_size == [420, 320]
    assert len(bundle["narrow"]) == len(bundle["frames"]) == 2


def test_where_nobody_looks_the_start_alone_is_drawn_and_all_is_told(monkeypatch):
    def many(ax, x):
        ax.set(title=f"a -- b < {x}", xlabel="$\\sum_i x_i$", xscale="log")
        ax.text(0.5, 0.5, f"two\nlines, {x:.4f}\n")
        figures.label_at(ax, (1, x), f"with a halo,\n {x / 7:.5f}")
        ax.imshow([[x, 1], [2, 3]], extent=(1, 9, 0, 3), aspect="auto")

    made, all_of_it = unpack(move(many, alt="", x=Slider([0, 1, 2], start=1)))
    monkeypatch.setenv("NOTEBOOKLIB_STARTS_ONLY", "yes")
    again, bundle = unpack(move(many, alt="", x=Slider([0, 1, 2], start=1)))
    assert repr(again) == repr(made)
    assert [len(frame) > 1 for frame in bundle["frames"]] == [False, True, False]
    assert len(bundle["narrow"]) == 1 and len(all_of_it["narrow"]) == 3


def test_a_small_panel_has_no_second_set_of_frames():
    made, bundle = unpack(move(draw, alt="", size="square", x=Slider([0, 1])))
    assert made.narrow_size == [] and "narrow" not in bundle and "<source" not in made.html


@pytest.mark.parametrize(
    ("controls", "message"),
    [
        ({}, "expected one to three, got 0"),
        ({name: Slider([0, 1]) for name in "abcd"}, "expected one to three, got 4"),
        ({"x": Slider([1])}, "x: expected at least two positions, got 1"),
        ({"x": [1, 2]}, "x: expected a Slider or a Choice, got list"),
        ({"x": Slider([1, 2], start=3)}, "expected one of the slider's values, got 3"),
        ({"x": Choice(["a", "b"], start="c")}, r"expected one of \['a', 'b'\], got 'c'"),
        ({"x": Slider([0.1, 0.11], fmt="{:.1f}")}, "two positions read '0.1'"),
        ({"x": Slider(range(201))}, "expected at most 200 positions, got 201"),
    ],
)
def test_wrong_controls(controls, message):
    with pytest.raises(ValueError, match=message):
        move(draw, alt="", **controls)


def test_unknown_size():
    with pytest.raises(ValueError, match="size: expected one of"):
        move(draw, alt="", size="poster", x=Slider([0, 1]))


@pytest.mark.parametrize(
    ("alt", "message"),
    [
        (lambda x: None, "alt: expected a text, got None"),
        (None, "alt: expected a text, got None"),
        (3, "alt: expected a text, got 3"),
        ("to {x", "alt: expected a format string, got 'to {x'"),
        ("to x}", "alt: expected a format string, got 'to x}'"),
        ("to {y}", "alt: expected a text of x, got KeyError: 'y'"),
        ("to {}", "alt: expected a text of x, got IndexError"),
        (lambda: "", "alt: expected a text of x, got TypeError"),
    ],
)
def test_an_alt_text_is_a_text(alt, message):
    with pytest.raises(ValueError, match=message):
        move(draw, alt=alt, x=Slider([0, 1]))


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Slider("abc"), "values: expected a list of values, got 'abc'"),
        (lambda: Slider(3), "values: expected a list of values, got 3"),
        (lambda: Slider([0, 1], label=None), "label: expected a text, got None"),
        (lambda: Slider([0, 1], play=1), "play: expected True or False, got 1"),
        (lambda: Slider([0, 1], fmt="{:g").positions(), "fmt: expected a format for every value"),
        (lambda: Slider(["a", "b"]).positions(), "fmt: expected a format for every value, got"),
        (lambda: Slider([0, 1], fmt="{x}").positions(), "fmt: expected a format for every value"),
        (lambda: Choice(["a", "b", "a"]), "values: expected each name once, got 'a' twice"),
        (lambda: Choice("ab"), "values: expected a list of values, got 'ab'"),
        (lambda: Choice([1, 2]), "values: expected a text, got 1"),
        (lambda: Choice({1: "a"}), "values: expected a text, got 1"),
        (lambda: Choice(["a", "b"], start=1), "start: expected a text, got 1"),
    ],
)
def test_controls_are_checked_where_they_are_made(make, message):
    with pytest.raises(ValueError, match=message):
        make()


def test_values_are_listed_once():
    control = Slider(iter([1, 2, 3]))
    assert control.positions() == control.positions() == ([1, 2, 3], ["1", "2", "3"], 1)
    named = Choice(iter(["a", "b"]))
    assert named.positions() == named.positions()


def test_a_slider_over_arrays_may_have_a_start():
    first, second = np.array([1, 2]), np.array([3, 4])
    control = Slider([first, second], fmt="{}", start=np.array([3, 4]))
    assert control.positions()[2] == 1


@pytest.mark.parametrize(
    "size", [(0, 1), (3,), (3, 4, 5), (3, np.nan), (300, 4), 3, None, ("6", 3)]
)
def test_a_size_is_two_lengths(size):
    with pytest.raises(ValueError, match="size: expected"):
        move(draw, alt="", size=size, x=Slider([0, 1]))


@pytest.mark.parametrize("panels", [0, -1, 1.0, True, 7, "2", None])
def test_panels_are_counted(panels):
    with pytest.raises(ValueError, match="panels: expected"):
        move(draw, alt="", panels=panels, x=Slider([0, 1]))


@pytest.mark.parametrize("wrong", [None, 3, lambda ax: None, lambda ax, y: None, lambda x: None])
def test_a_drawing_function_takes_axes_and_controls(wrong):
    with pytest.raises(ValueError, match="draw: expected a function"):
        move(wrong, alt="", x=Slider([0, 1]))


def test_a_figure_of_ones_own_is_refused_and_closed():
    import matplotlib.pyplot as plt

    def own(ax, x):
        plt.subplots()[1].plot([0, x])

    before = plt.get_fignums()
    with pytest.raises(ValueError, match="draw: expected .*, got one that opens a figure"):
        move(own, alt="", x=Slider([0, 1]))
    assert plt.get_fignums() == before
