"""A right call of each public part of live figures."""

import numpy as np
import torch
from bad_input_torch import COLOR, TEXT, maybe, nothings
from bad_values import (
    COUNT,
    FINITE,
    FLAG,
    FUNCTION,
    GIVEN,
    NAME,
    POSITIVE,
    SIZE,
    Kind,
    array,
    door,
)

from notebooklib import live
from notebooklib.live import Arrows, Mission, Panel, Point, Text

MODULES = [live]
LEFT_OUT = {"live.figure.Live": "made by live"}

OUTPUT = Kind(lambda right: nothings("text") | {"two words": "a b", "point": "a..b"})
MAYBE_OUTPUT = Kind(lambda right: nothings("text") | {"two words": "a b"})
TEXTS = Kind(
    lambda right: nothings() | {"numbers": [1], "empty": []},
    lambda right: {"list": list(right), "array": np.array(right)},
)
NAMES = Kind(lambda right: nothings() | {"numbers": [1]}, lambda right: {"list": list(right)})
COLORS = Kind(lambda right: nothings() | {"unknown": ["blau"], "empty": []})
PAIR = Kind(
    lambda right: (
        nothings("array") | {"three": (1, 2, 3), "endless": (1, np.inf), "texts": ("1", "2")}
    ),
    lambda right: {"list": list(right), "array": np.array(right)},
)
ENDS = Kind(lambda right: PAIR.bad(right) | {"equal": (1, 1), "down": (2, 1)}, PAIR.unusual)
PIXELS = Kind(lambda right: PAIR.bad(right) | {"small": (2, 2), "large": (2000, 100)}, PAIR.unusual)
REASONS = Kind(lambda right: nothings() | {"one": {"a": "b"}, "numbers": {1: "a", 2: "b"}})
PARTS = Kind(lambda right: nothings() | {"empty": []}, lambda right: {"tuple": tuple(right)})
BEGINNINGS = Kind(
    lambda right: nothings() | {"none": {"x": []}, "a text": {"x": "ab"}, "unknown": {"x": ["c"]}}
)
CONTROLS = Kind(lambda right: nothings() | {"a number in it": {"u": 3}})
TENSORS = Kind(lambda right: {"a number": {"u": 1.0}, "half": {"u": torch.ones(2).half()}})


def square(u):
    return {"tip": 2 * u, "far": (u > 3).any()}


FIGURE = {
    "fn": (FUNCTION, square),
    "inputs": (CONTROLS, {"u": Point((1, 0.5))}),
    "show": (PARTS, [Panel([Arrows("tip")], drag=["u"]), Text("{far|near|far}")]),
    "alt": (TEXT, "at {u[0]:.1f}"),
    "step": (GIVEN, None),
    "missions": (
        Kind(lambda right: nothings() | {"numbers": [1]}, lambda right: {"tuple": tuple(right)}),
        [Mission("Go far.", "far")],
    ),
    "dtype": (NAME, "float32"),
    "weights": (NAME, "float16"),
}


def mark(cls, name, **arguments):
    """Return the door of a mark, whose first field is called `of`, as is an option of `door`."""
    wanted = {"shown": (OUTPUT, name)} | arguments
    return door(lambda shown, **rest: cls(shown, **rest), of=cls, named={"shown": "of"}, **wanted)


HIDDEN = {"hidden": (FLAG, True)}
DOORS = [
    door(lambda **given: repr(live.live(**given)), of=live.live, **FIGURE),
    door(
        live.trace,
        fn=(FUNCTION, square),
        inputs=(TENSORS, {"u": torch.ones(2)}),
        weights=(NAME, "float16"),
        named={"inputs": "u"},
    ),
    door(
        live.Point,
        at=(PAIR, (1, 0.5)),
        label=(TEXT, "tip"),
        color=(COLOR, "#3f8fe8"),
        step=(POSITIVE, 0.5),
        snap=(maybe(POSITIVE), 1.0),
    ),
    door(
        live.Words,
        vocabulary=(TEXTS, ("a", "b")),
        words=(TEXTS, ("b",)),
        context=(COUNT, 4),
        label=(TEXT, "story"),
        writes=(MAYBE_OUTPUT, "drawn"),
        stops=(NAMES, ("a",)),
        beginnings=(BEGINNINGS, {"other": ("a", "b")}),
    ),
    door(
        lambda **given: live.Drawing(**given)._start(torch.float64),
        of=live.Drawing,
        picture=(array(2), [[0.0, 1.0]]),
        label=(TEXT, "digit"),
    ),
    door(
        lambda **given: live.Switches(**given)._start(torch.float64),
        of=live.Switches,
        names=(TEXTS, ("a", "b")),
        label=(TEXT, "blocks"),
    ),
    door(live.Noise, first=(GIVEN, 0.5)),
    door(live.State, first=(GIVEN, 1.0), per_frame=(COUNT, 2), restarts=(NAMES, ("data",))),
    mark(
        live.Lines,
        "grid",
        color=(COLOR, "#3f8fe8"),
        width=(POSITIVE, 2.0),
        dashed=(FLAG, True),
        **HIDDEN,
    ),
    mark(live.Area, "cell", colors=(COLORS, ("red",)), by=(MAYBE_OUTPUT, "k"), **HIDDEN),
    mark(live.Arrows, "u", color=(COLOR, "red"), **HIDDEN),
    mark(
        live.Dots,
        "x",
        color=(COLOR, "red"),
        by=(MAYBE_OUTPUT, "y"),
        size=(POSITIVE, 3.0),
        **HIDDEN,
    ),
    mark(
        live.Label,
        "middle",
        text=(TEXT, "{det}"),
        color=(COLOR, "red"),
        offset=(PAIR, (0, 1)),
        **HIDDEN,
    ),
    mark(
        live.Picture,
        "share",
        low=(FINITE, -1.0),
        high=(FINITE, 2.0),
        colors=(COLORS, ("white", "red")),
        **HIDDEN,
    ),
    mark(
        live.Trail,
        "loss",
        color=(COLOR, "red"),
        label=(TEXT, "train"),
        dashed=(FLAG, True),
        **HIDDEN,
    ),
    door(
        live.Panel,
        marks=(PARTS, [Arrows("u")]),
        title=(TEXT, "a plane"),
        x=(maybe(ENDS), (-1, 1)),
        y=(maybe(ENDS), (0, 2)),
        drag=(NAMES, ("u",)),
        axes=(NAME, "frame"),
        xlabel=(TEXT, "x"),
        ylabel=(TEXT, "y"),
        size=(PIXELS, (200, 100)),
    ),
    mark(
        live.Bars,
        "shares",
        names=(TEXTS, ("a", "b")),
        title=(TEXT, "next"),
        top=(SIZE, 1),
        adds=(MAYBE_OUTPUT, "ids"),
        diamonds=(MAYBE_OUTPUT, "even"),
        **HIDDEN,
    ),
    mark(live.Shade, "row", words=(OUTPUT, "ids")),
    door(live.Text, text=(TEXT, "{det:.1f}"), **HIDDEN),
    door(
        live.Guess,
        question=(TEXT, "Which?"),
        choices=(REASONS, {"a": "No.", "b": "Yes."}),
        answer=(OUTPUT, "k"),
        alt=(TEXT, "{k}"),
    ),
    door(live.Mission, goal=(TEXT, "Go."), when=(OUTPUT, "far"), reply=(TEXT, "There.")),
]
