import io
import json
import re
import zlib

import ipywidgets as widgets
import numpy as np
import pytest
from PIL import Image

from notebooklib.interactive import Choice, FrameView, Slider, move


def draw(ax, x=0, kind=0):
    ax.plot([0, 1], [x, kind])


def unpack(made):
    view = made.children[-1]
    return view, json.loads(zlib.decompress(view.data))


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


def test_nothing_in_a_frame_names_this_machine_or_this_hour():
    _, bundle = unpack(move(draw, alt="", x=Slider([0, 1])))
    text = "\n".join(bundle["lines"])
    assert "<metadata" not in text and "Matplotlib" not in text and "<!--" not in text


def test_two_runs_make_the_same_bytes():
    first, second = (move(draw, alt="{x}", x=Slider([0, 1])) for _ in range(2))
    assert first.children[-1].data == second.children[-1].data


def test_the_margins_do_not_jump_between_frames():
    def wide_labels(ax, x):
        ax.plot([0, 10.0**x])

    _, bundle = unpack(move(wide_labels, alt="", x=Slider([0, 3, 6], start=6)))
    frames = ["\n".join(bundle["lines"][i] for i in frame) for frame in bundle["frames"]]
    corners = {re.search(r'id="patch_2">\n<path d="(.*?)"', svg, re.S)[1] for svg in frames}
    assert len(corners) == 1


@pytest.mark.parametrize(
    ("control", "kind"),
    [
        (Slider([0, 1]), widgets.SelectionSlider),
        (Slider([0, 1], play=True), widgets.HBox),
        (Choice({"a": 0, "b": 1}), widgets.ToggleButtons),
        (Choice({str(k): k for k in range(7)}), widgets.Dropdown),
    ],
)
def test_kind_of_control(control, kind):
    assert isinstance(move(draw, alt="", x=control).children[0], kind)


def test_readout_has_unit_and_label_is_the_argument():
    slider = move(draw, alt="", x=Slider([0, 30], unit="°", start=30)).children[0]
    assert slider.options == ("0°", "30°")
    assert slider.description == "x"
    assert slider.index == 1


def test_the_view_starts_where_the_controls_start():
    made = move(
        draw, alt="", x=Slider([0, 1, 2], start=2), kind=Choice({"a": 1, "b": 2}, start="b")
    )
    view, _ = unpack(made)
    assert (view.i0, view.i1) == (2, 1)
    assert (made.children[0].index, made.children[1].index) == (2, 1)


def test_alt_text_tells_the_current_values():
    _, bundle = unpack(move(draw, alt="line to {x}", x=Slider([0, 1], unit=" m")))
    assert bundle["alts"] == ["line to 0 m", "line to 1 m"]
    _, bundle = unpack(move(draw, alt=lambda x: f"twice {2 * x}", x=Slider([0, 1])))
    assert bundle["alts"] == ["twice 0", "twice 2"]


def test_controls_are_linked_in_the_browser_not_through_the_kernel():
    widgets.Widget.close_all()
    move(draw, alt="", x=Slider([0, 1], play=True))
    states = widgets.Widget.get_manager_state()["state"].values()
    made_links = [s["state"] for s in states if s["model_name"] == "LinkModel"]
    ends = {(link["source"][1], link["target"][1]) for link in made_links}
    assert ends == {("index", "i0"), ("value", "index")}


def test_outside_the_browser_a_move_is_its_first_picture():
    import base64

    made = move(draw, alt="", size="square", x=Slider([0, 1, 2], start=2))
    data, metadata = made._repr_mimebundle_()
    picture = Image.open(io.BytesIO(base64.b64decode(data["image/png"])))
    assert picture.size == (420, 420)
    assert metadata["image/png"] == {"width": 420, "height": 420}
    assert data["text/plain"].startswith("Move(x[3]): 3 frames")


def test_the_summary_changes_when_the_figure_changes():
    def steeper(ax, x):
        ax.plot([0, 1], [0, x**2])

    a, b = (repr(move(f, alt="", x=Slider([2, 3]))) for f in (draw, steeper))
    assert a != b


def test_photographs_travel_as_webp():
    def photo(ax, x):
        ax.imshow(np.random.default_rng(x).random((40, 40, 3)))

    _, bundle = unpack(move(photo, alt="", x=Slider([0, 1])))
    text = "".join(bundle["lines"])
    assert "data:image/webp" in text and "data:image/png" not in text


def test_the_script_holds_no_mathematics():
    assert "Math." not in FrameView._esm


def test_several_panels():
    def two(axes, x):
        assert len(axes) == 2
        axes[0].plot([0, x])

    move(two, alt="", panels=2, x=Slider([0, 1]))


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
    ],
)
def test_wrong_controls(controls, message):
    with pytest.raises(ValueError, match=message):
        move(draw, alt="", **controls)


def test_unknown_size():
    with pytest.raises(ValueError, match="size: expected one of"):
        move(draw, alt="", size="poster", x=Slider([0, 1]))
