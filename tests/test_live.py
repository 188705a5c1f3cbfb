"""A live figure: its text form, what it refuses, and its texts with live numbers."""

import json
import re
import runpy
import zlib
from pathlib import Path

import matplotlib.pyplot as plt
import pytest
import torch
from live_figures import plane, words_figure
from torch import nn

import notebooklib.live as nl
from notebooklib.interactive import Choice, Slider
from notebooklib.live import live
from notebooklib.live._say import say
from notebooklib.live._stills import CYCLE, SHAPES, panel_figure

SETTINGS = runpy.run_path(str(Path(__file__).parents[1] / "conftest.py"))
with_equal_sizes = SETTINGS["with_equal_sizes"]


def fn(u, k=2):
    return {"tip": k * u, "size": u.square().sum(), "far": (u.square().sum() > 9).long()}


PANEL = nl.Panel([nl.Arrows("tip")], drag=["u"])
SHOW = [PANEL, nl.Text("{size:.2f}"), nl.Text("{far|near|far}")]


def made(fn=fn, *, inputs=None, show=None, alt="{size:.1f}", **more):
    given = {"u": nl.Point((1, 0.5))} if inputs is None else inputs
    return live(fn, inputs=given, show=SHOW if show is None else show, alt=alt, **more)


def unpacked(figure):
    return json.loads(zlib.decompress(figure.data))


# ------------------------------------------------------------------------------ its text form


def test_the_text_holds_the_graph_the_sizes_and_what_is_said_in_three_settings():
    head, *lines = repr(made()).split("\n")
    assert head.startswith("Live(fn): ") and "graph" in head
    assert lines[0] == "start: tip 1.581, size 1.25, far 0; “1.3”"
    assert len(lines) == 3 and all(line.startswith("then: ") for line in lines[1:])


@pytest.mark.parametrize(
    "other",
    [
        lambda u: fn(u) | {"size": u.square().sum() * 1.01},
        lambda u: fn(u) | {"size": u.abs().sum()},
        lambda u: fn(u) | {"tip": u.flip(0) * torch.tensor([2.0, 2.1])},
    ],
)
def test_another_function_has_another_text_for_nbval_too(other):
    other.__name__ = "fn"
    old, new = repr(made()), repr(made(other))
    outputs = [[{"data": {"text/plain": text}}] for text in (new, old)]
    assert with_equal_sizes(*outputs)[0]["data"]["text/plain"] != old


def test_the_last_digit_is_another_machines():
    old = repr(made())
    new = old.replace("1.581", "1.582")
    outputs = [[{"data": {"text/plain": text}}] for text in (new, old)]
    assert new != old and with_equal_sizes(*outputs)[0]["data"]["text/plain"] == old


def test_two_runs_make_the_same_bytes():
    one, other = made(), made()
    assert one.data == other.data and one.html == other.html and one._still == other._still


def test_the_script_knows_no_model():
    scripts = made().home._esm
    for word in ("attention", "softmax", "eigen", "Adam", "gradient of"):
        assert word not in scripts


def test_what_is_shown_outside_a_browser():
    bundle, metadata = made()._repr_mimebundle_()
    assert bundle["image/png"] and metadata["image/png"]["width"] > 200


def test_the_page_gets_texts_that_are_filled():
    html = made().html
    assert ">1.25</p>" in html and 'data-say="{size:.2f}"' in html and ">near</p>" in html


def test_floats_travel_as_the_reader_sets_them():
    assert unpacked(made())["view"]["tensors"][0] == [[2], "float64"]
    assert unpacked(made(dtype="float32"))["view"]["tensors"][0] == [[2], "float32"]


def test_a_module_may_be_the_function():
    class Twice(nn.Module):
        def forward(self, u):
            return fn(u)

    assert repr(made(Twice())).startswith("Live(Twice): ")


# ------------------------------------------------------------------------------- wrong input


def step(s):
    return {"s": s * 2, "seen": s.sum()}


STATE = {"s": nl.State(torch.ones(2))}
SEEN = [nl.Panel([nl.Trail("seen")], axes="frame", x=None, y=None), nl.Text("{y:.1f}")]


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"fn": 3}, "fn: expected a function, got 3"),
        ({"fn": lambda *u: {}}, "fn: expected arguments by name"),
        ({"fn": lambda u, w: {}}, "fn: expected arguments out of u, got w"),
        ({"fn": lambda u: u}, "fn: expected a dict of named tensors, got Tensor"),
        ({"inputs": [1]}, "inputs: expected a Mapping"),
        ({"inputs": {"u": 3}}, "inputs, u: expected one of Slider, Choice, Point"),
        (
            {"inputs": {"u": nl.Point((1, 1)), "w": Slider([1, 2])}},
            "inputs: expected controls that",
        ),
        ({"inputs": {"u": Slider([1, 2], play=True)}}, "u: expected play=False"),
        ({"inputs": {"u": Slider([1])}}, "u: expected at least two positions, got 1"),
        (
            {"inputs": {"u": Choice({"a": torch.ones(2), "b": torch.ones(3)})}},
            "tensors of one shape",
        ),
        ({"inputs": {"u": Choice(["a", "b"])}}, "u.*: expected a number or a tensor, got 'a'"),
        ({"inputs": {"u": nl.Point((9, 1))}}, "u: expected a place within .*, its panel, got 9"),
        ({"show": [nl.Panel([nl.Arrows("tip")]), *SHOW[1:]]}, "drag: expected each Point once"),
        (
            {"show": [nl.Panel([nl.Arrows("tip")], drag=["u", "v"]), *SHOW[1:]]},
            "drag: expected each Point",
        ),
        ({"show": []}, "show: expected at least one item, got 0"),
        ({"show": [3]}, "show: expected one of Panel, Bars"),
        (
            {"show": SHOW[:2]},
            "show: expected a mark or a text for every output, got none for 'far'",
        ),
        (
            {"show": [nl.Panel([nl.Arrows("top")], drag=["u"]), *SHOW[1:]]},
            "Arrows.of: expected one of",
        ),
        ({"show": [*SHOW, nl.Text("{sise}")]}, "Text.text: expected one of .*, got 'sise'"),
        ({"show": [*SHOW, nl.Text("{size")]}, "expected {name}, {name:.2f}"),
        ({"show": [*SHOW, nl.Text("{u[7]:.1f}")]}, "expected an index below 2, got u"),
        ({"show": [*SHOW, nl.Text("{size|a}")]}, "expected size from 0 to 0, a text for each"),
        (
            {"show": [nl.Panel([nl.Lines("tip")], drag=["u"]), *SHOW[1:]]},
            "tip: expected shape .* for Lines",
        ),
        (
            {"show": [nl.Panel([nl.Arrows("size"), nl.Arrows("tip")], drag=["u"]), *SHOW[1:]]},
            "size: expected shape .* for Arrows",
        ),
        (
            {"show": [nl.Panel([nl.Picture("tip")], drag=["u"]), *SHOW[1:]]},
            "tip: expected shape .h, w.",
        ),
        ({"show": [*SHOW, nl.Bars("tip", ["a"])]}, "tip: expected 1 shares, one a name, got shape"),
        ({"show": [*SHOW, nl.Bars("tip", ["a", "b"], top=3)]}, "top: expected at most 2"),
        (
            {"show": [*SHOW, nl.Bars("tip", ["a", "b"], adds="u")]},
            "adds: expected a Words input, got 'u'",
        ),
        ({"show": [*SHOW, nl.Shade("tip", words="u")]}, "words: expected a Words input, got 'u'"),
        ({"show": [*SHOW, *[nl.Guess("?", {"a": "", "b": ""}, "far")] * 2]}, "one Guess at most"),
        ({"alt": "{sise}"}, "alt: expected one of .*, got 'sise'"),
        ({"alt": None}, "alt: expected a text, got None"),
        ({"missions": 3}, "missions: expected a list of Mission, got 3"),
        ({"missions": [3]}, "missions: expected a Mission, got 3"),
        ({"missions": [nl.Mission("Go.", "tip")]}, "tip: expected one number, got shape"),
        ({"missions": [nl.Mission("Go.", "size")]}, "a mission that is reached at once"),
        ({"missions": [nl.Mission("Go.", "fir")]}, "Mission.when: expected one of"),
        ({"dtype": "float16"}, "dtype: expected one of 'float32', 'float64', got 'float16'"),
        ({"weights": "int8"}, "weights: expected one of 'float16', 'float32', got 'int8'"),
        ({"step": step}, "step: expected a function with a State .* got a function alone"),
    ],
)
def test_what_does_not_fit_is_refused(given, message):
    given = dict(given)
    with pytest.raises(ValueError, match=message):
        made(given.pop("fn", fn), **given)


def test_a_state_needs_a_step():
    with pytest.raises(
        ValueError, match="step: expected .* got a state alone".replace("state", "State")
    ):
        made(lambda s: {"y": s.sum()}, inputs=STATE, show=SEEN[1:], alt="{y:.1f}")


def test_a_figure_with_a_state():
    figure = made(lambda s: {"y": s.sum()}, inputs=STATE, show=SEEN, alt="{y:.1f}", step=step)
    assert [line.rsplit("“")[1] for line in repr(figure).split("\n")[1:]] == [
        "2.0”",
        "4.0”",
        "8.0”",
    ]


def test_too_many_weights_are_refused():
    w = torch.rand(400, 400, dtype=torch.float64)
    with pytest.raises(ValueError, match="weights: expected at most 300 kB compressed, got"):
        made(lambda u: fn(u) | {"size": (w * u.sum()).sum()})


def test_a_function_that_cannot_travel_is_refused_at_the_authors_line():
    with pytest.raises(ValueError, match="test_live.py, line .* torch.where instead of if"):
        made(lambda u: fn(u) if u.sum() > 0 else fn(-u))


def beginning(words):
    return nl.Words(["a"], ["a"], 1, beginnings={"x": words})


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: nl.Point(3), "at: expected a list or a tuple, got 3"),
        (lambda: nl.Point((1, float("nan"))), "at: expected a finite number"),
        (lambda: nl.Point((1, 1), step=0), "step: expected a finite number > 0, got 0"),
        (lambda: nl.Point((1, 1), color="blau"), "color: expected a colour, got 'blau'"),
        (lambda: nl.Words(["a"], ["b"], 3), "words: expected words of the vocabulary, got 'b'"),
        (lambda: nl.Words(["a"], ["a", "a"], 1), "words: expected at most 1, the context, got 2"),
        (lambda: beginning(["b"]), "beginnings, x: expected words of the vocabulary, got 'b'"),
        (lambda: beginning("aa"), "beginnings, x: expected a list or a tuple"),
        (lambda: beginning(["a", "a"]), "beginnings, x: expected at most 1"),
        (lambda: nl.Drawing([[2.0]]), "picture: expected numbers from 0 to 1"),
        (lambda: nl.State(1.0, per_frame=0), "per_frame: expected a whole number >= 1, got 0"),
        (lambda: nl.Lines(3), "of: expected the name of an input or output, got 3"),
        (lambda: nl.Lines("a b"), "of: expected the name of an input or output, got 'a b'"),
        (lambda: nl.Area("cell", colors=()), "colors: expected at least one item, got 0"),
        (lambda: nl.Picture("a", colors="nothing"), "colors: expected"),
        (lambda: nl.Label("a", None), "text: expected a text, got None"),
        (lambda: nl.Dots("a", size=-1), "size: expected a finite number > 0, got -1"),
        (lambda: nl.Panel([]), "marks: expected at least one item, got 0"),
        (lambda: nl.Panel([3]), "marks: expected one of Lines"),
        (
            lambda: nl.Panel([nl.Dots("a")], x=(1, 1)),
            "x: expected a lower and an upper end, got 1 and 1",
        ),
        (lambda: nl.Panel([nl.Dots("a")], axes="polar"), "axes: expected one of"),
        (
            lambda: nl.Panel([nl.Dots("a")], size=(10, 10)),
            "size: expected 60 to 900 pixels, got 10",
        ),
        (lambda: nl.Guess("?", {"a": "b"}, "c"), "choices: expected two to six choices, got 1"),
        (lambda: nl.Mission("Go.", ""), "when: expected the name"),
        (lambda: nl.Noise("x")._start(torch.float64), "first: expected a number or a tensor"),
    ],
)
def test_parts_are_checked_where_they_are_made(make, message):
    with pytest.raises(ValueError, match=message):
        make()


def onwards(walk, u):
    return {"walk": {"x": walk["x"] + u, "t": walk["t"] + 1}}


def test_a_state_goes_ahead_at_the_start_and_after_each_change_and_a_point_follows_a_choice():
    lands = {"near": {"at": torch.tensor([1.0, 0.0]), "n": torch.tensor(3)}}
    lands["far"] = {"at": torch.tensor([-2.0, 2.0]), "n": torch.tensor(5)}
    figure = made(
        lambda walk, land: {"end": walk["x"]},
        step=onwards,
        inputs={
            "walk": nl.State({"x": torch.zeros(2), "t": 0}, restarts=["u", "land"], ahead="land.n"),
            "land": Choice(lands),
            "u": nl.Point((1, 0), follows="land.at"),
        },
        show=[nl.Panel([nl.Dots("end")], drag=["u"])],
        alt="{walk.t}: {end[0]:.1f}, {end[1]:.1f}",
    )
    said = [line.split("“")[1].rstrip("”") for line in repr(figure).split("\n")[1:]]
    # from (1, 0); from (−2, 2) moved by (−0.5, 0.2); from (1, 0) moved by (0, −0.5)
    assert said == ["3: 3.0, 0.0", "5: −12.5, 11.0", "3: 3.0, −1.5"]
    assert "data-act" not in figure.html


# ------------------------------------------------------------------------- texts with numbers

READ = {"x": torch.tensor([1.25, -0.004, float("nan"), 1e20]), "k": torch.tensor(1)}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{x:.1f}", "1.3"),  # as toFixed: halves go away from zero
        ("{x[0]:.2f} {x}", "1.25 1"),
        ("{x[1]:.2f}", "0.00"),
        ("{x[1]:.3f}", "−0.004"),
        ("{x[2]:.1f}", "undefined"),
        ("{x[3]:.0f}", "∞"),
        ("{k|no|yes, {x:.1f}}", "yes, 1.3"),
        ("none", "none"),
    ],
)
def test_numbers_are_written_as_in_the_page(text, said):
    assert say(text, READ) == said


def test_all_that_is_public_is_listed():
    assert all(hasattr(nl, name) for name in nl.__all__)


# ---------------------------------------------------------------------- the plane of chapter 1


def test_the_closed_form_of_the_plane_against_numpy():
    import numpy as np

    g = torch.Generator().manual_seed(3)
    special = [
        [[1, 0], [0, 1]],
        [[1, 1], [0, 1]],
        [[0, 0], [0, 0]],
        [[0, -1], [1, 0]],
        [[1, 2], [2, 4]],
    ]
    drawn = torch.randn(200, 2, 2, generator=g, dtype=torch.float64)
    for A in [*drawn, *torch.tensor(special, dtype=torch.float64)]:
        out, want = plane(A[:, 0], A[:, 1]), np.linalg.eigvals(A.numpy())
        assert torch.allclose(out["det"], torch.linalg.det(A), atol=1e-12)
        assert bool(out["turns"]) == bool(abs(want.imag).max() > 1e-7)
        if not out["turns"]:
            assert np.allclose(np.sort(out["values"].numpy()), np.sort(want.real), atol=1e-7)
        for line in out["lines"]:
            if not line.isnan().any():
                ahead = A @ line[1]
                assert abs(ahead[0] * line[1, 1] - ahead[1] * line[1, 0]) < 1e-6


# ------------------------------------------------------------------------------- its stills


def test_a_still_names_its_curves_and_labels_and_starts_at_zero():
    curves = [nl.Trail("loss", label="training"), nl.Trail("held", label="held out")]
    panel = nl.Panel(curves, x=None, y=None, axes="frame", xlabel="step", size=(300, 300))
    figure = panel_figure(panel, {"loss": torch.tensor(0.70), "held": torch.tensor(0.71)})
    figure.canvas.draw()
    (ax,) = figure.axes
    assert ax.get_ylim() == pytest.approx((0, 1.08 * 0.71))
    one, other = (text.get_window_extent() for text in ax.texts)
    assert [text.get_text() for text in ax.texts] == ["training", "held out"]
    assert not one.overlaps(other)
    assert ax.xaxis.label.get_window_extent().y0 >= 0
    plt.close(figure)


def test_six_kinds_of_dots_have_six_shapes():
    assert len(set(SHAPES)) == len(set(CYCLE)) == 6


def test_tiles_are_shaded_at_the_start():
    html = words_figure().html
    weights = [int(w) for w in re.findall(r"--weight:(\d+)%", html)]
    assert len(weights) == 3 and sum(weights) == pytest.approx(100, abs=2)
