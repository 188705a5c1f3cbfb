"""A live figure: the function that a chapter wrote runs in the reader's page, without a kernel.

>>> import torch
>>> from notebooklib.interactive import Slider
>>> def square(x):
...     return {"y": x * x, "dot": torch.stack([x, x * x])}
>>> live(square, inputs={"x": Slider([-1, 0, 1, 2])}, show=[Panel([Dots("dot")])],
...      alt="x² is {y:.2f}.")  # doctest: +ELLIPSIS
Live(square): 4 operations, graph ...
"""

import hashlib
import json
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from importlib.resources import files
from typing import Any

import matplotlib.pyplot as plt
import traitlets

from notebooklib._extras import needed
from notebooklib._validate import choice, text
from notebooklib.figures.pictures import bare, png, svg
from notebooklib.figures.style import DARK, TEXT_INK
from notebooklib.interactive.markup import inline
from notebooklib.interactive.moves import Choice, Script, Slider, View
from notebooklib.live import _checks, _page
from notebooklib.live import controls as c
from notebooklib.live import marks as m
from notebooklib.live._hooks import flatten
from notebooklib.live._packing import digest, packed, stored
from notebooklib.live._say import say
from notebooklib.live._stills import CYCLE, MARGINS, panel_figure, ticks, whole_figure
from notebooklib.live.marks import Dots, Panel  # noqa: F401
from notebooklib.live.tracing import trace

with needed("torch"):
    import torch
    from torch import Tensor

HERE = files("notebooklib.live")
HEAVIEST = 300_000  # bytes, compressed: the budget of a figure
DTYPES = {"float32": torch.float32, "float64": torch.float64}


def _script(name: str) -> str:
    return (HERE / name).read_text(encoding="utf-8")


class LiveScript(Script):
    """What brings live figures to life: the script and style of moves, and their own.

    Examples
    --------
    >>> LiveScript.shared() is Script.shared()
    False
    """

    _esm = Script._esm + _script("run.js") + _script("live.js")
    _css = Script._css + _script("live.css")


class Live(View):
    """A figure that computes; outside the browser it shows how it starts.

    Parameters
    ----------
    *args, **kwargs : object
        As `View` takes them.

    Examples
    --------
    >>> issubclass(Live, View)
    True
    """

    _script = LiveScript
    data = traitlets.Bytes().tag(sync=True)


def live(
    fn: Callable[..., dict],
    *,
    inputs: Mapping[str, Any],
    show: Sequence,
    alt: str,
    step: Callable[..., dict] | None = None,
    missions: Sequence[m.Mission] = (),
    dtype: str = "float64",
    weights: str = "float32",
) -> Live:
    """Trace `fn` (and `step`) and return the figure.

    Parameters
    ----------
    fn : callable
        Takes the inputs by name and returns a dict of tensors, which the marks draw. PyTorch alone
        computes in it, its path and shapes are the same for all inputs, its noise is an input.
    inputs : mapping
        What the reader sets, by the name of the argument: `Slider`, `Choice`, `Point`, `Words`,
        `Drawing`; `Noise`, and the `State` that `step` carries on. Plain numbers become `dtype`;
        an index is a tensor, `torch.tensor(2)`.
    show : sequence
        `Panel`, `Bars`, `Shade`, `Text`, and at most one `Guess`, in the order they stand.
    alt : str
        What the figure says now, with live numbers: read out after each change.
    step : callable, optional
        Takes the inputs it needs and returns a dict; what is named like an input replaces it, the
        rest can be shown. The reader runs it.
    missions : sequence of Mission, optional
        Goals to which the figure answers.
    dtype : {"float64", "float32"}
        Of all numbers that the reader sets.
    weights : {"float32", "float16"}
        How float32 constants of 256 entries or more travel.

    Returns
    -------
    Live
        A widget: end the cell with it. Its text tells its graph, and what it computes in three
        settings, from any others.

    Raises
    ------
    ValueError
        If something cannot travel (with the author's line and what to write instead), an output is
        shown nowhere, a mark names nothing, a shape does not fit its mark, a point starts outside
        its panel, a mission is reached at the start, or the figure weighs too much.

    Examples
    --------
    >>> def plane(u):
    ...     return {"twice": 2 * u}
    >>> made = live(plane, inputs={"u": c.Point((1, 0.5))}, alt="at {u[0]:.1f}, {u[1]:.1f}",
    ...             show=[Panel([m.Arrows("twice")], drag=["u"])])
    >>> made.kind
    'live'
    """
    inputs, show, kind = (
        _checks.controls(inputs),
        _checks.shown(show),
        DTYPES[choice(dtype, "dtype", DTYPES)],
    )
    missions = _checks.goals(missions, inputs)
    figure = _Figure(fn, step, inputs, show, text(alt, "alt"), missions, kind)
    settings = figure.settings()
    read = settings[0][1]
    _checks.goals_lie_ahead(missions, read)
    graphs = {"view": trace(fn, figure.given(fn), weights=weights)}
    if step is not None:
        graphs["step"] = trace(step, figure.given(step), weights=weights)

    pictures = [panel_figure(panel, read) for panel in show if isinstance(panel, Panel)]
    stills = [bare(svg(picture)) for picture in pictures]
    words = [" ".join(x.words) for x in inputs.values() if isinstance(x, c.Words)]
    whole = whole_figure(show, read, "".join(words))
    still = png(whole, dpi=200, tight=True)
    for picture in (*pictures, whole):
        plt.close(picture)
    tries = [
        {"do": do, "says": says, "sizes": _sizes(now, figure.made)} for do, now, says in settings
    ]
    data = packed(graphs | figure.spec() | {"stills": stills})
    if len(data) > HEAVIEST:
        fewer = "take weights='float16', or a smaller model or data set"
        most = f"at most {HEAVIEST // 1000} kB compressed"
        raise ValueError(f"weights: expected {most}, got {len(data) // 1000} kB; {fewer}")
    group = f"live-{hashlib.sha1(data).hexdigest()[:10]}"
    html = _page.html(
        inputs, show, missions, read, alt=settings[0][2], group=group, tries=json.dumps(tries)
    )
    return Live(_summary(fn, graphs, tries), still, kind="live", html=html, data=data)


def _sizes(read: Mapping[str, Tensor], names: Sequence[str]) -> dict[str, float]:
    """Return the root mean square of each output, endless and undefined entries left out."""
    sizes = {}
    for name in names:
        v = read[name].detach().double()
        square = v[v.isfinite()].square().sum() / max(v.numel(), 1)
        sizes[name] = float(f"{square.sqrt().item():.4g}")
    return sizes


def _summary(fn: Callable, graphs: dict, tries: list[dict]) -> str:
    count = sum(len(graph["nodes"]) for graph in graphs.values())
    name = getattr(fn, "__name__", type(fn).__name__)
    lines = [f"Live({name}): {count} operations, graph {'+'.join(map(digest, graphs.values()))}"]
    for when, tried in zip(("start", "then", "then"), tries, strict=True):
        sizes = ", ".join(f"{key} {size:.4g}" for key, size in tried["sizes"].items())
        lines.append(f"{when}: {sizes}; “{tried['says']}”")
    return "\n".join(lines)


class _Figure:
    """The values of the inputs, and what the functions make of them, as in the page."""

    def __init__(self, fn, step, inputs, show, alt, missions, dtype) -> None:
        self.fn, self.step, self.inputs, self.show, self.alt = fn, step, inputs, show, alt
        self.missions, self.dtype = missions, dtype
        self.guess = next((part for part in show if isinstance(part, m.Guess)), None)
        self.state = next((n for n, x in inputs.items() if isinstance(x, c.State)), None)
        if (step is None) != (self.state is None):
            raise ValueError(
                "step: expected a function with a State among the inputs, or neither, got "
                + ("a State alone" if step is None else "a function alone")
            )
        self.start = {name: self.first(name, control) for name, control in inputs.items()}
        for name, words in inputs.items():
            if isinstance(words, c.Words):
                self.start[f"{name}_at"] = torch.tensor(len(words.words) - 1)
        self.takes = {n: _checks.arguments(f, n, self.start) for n, f in self.functions().items()}
        _checks.arguments_fit(self.takes, self.start, inputs)
        self.made: list[str] = []
        read = self.read(self.start)
        _checks.places_fit(show, inputs)
        _checks.names_fit([*show, *missions, *inputs.values()], alt, self.made, read)
        _checks.shapes_fit(show, inputs, read)

    def functions(self) -> dict[str, Callable]:
        return {"fn": self.fn} | ({"step": self.step} if self.step is not None else {})

    def first(self, name: str, control: Any) -> Any:
        if isinstance(control, Slider | Choice):
            values, _, start = control.positions()
            return self.options(name, values)[start]
        return control._start(self.dtype)

    def options(self, name: str, values: Sequence) -> list:
        """Return the values of a slider or a choice as tensors of one shape."""
        made = [c.tensors(value, name, self.dtype) for value in values]
        kinds = [
            [(n, v.shape, v.dtype) for n, v in zip(*flatten(x)[:2], strict=True)] for x in made
        ]
        if odd := next((k for k, kind in enumerate(kinds) if kind != kinds[0]), None):
            came = f"{[tuple(shape) for _, shape, _ in kinds[odd]]} at position {odd}"
            raise ValueError(f"{name}: expected tensors of one shape and kind, got {came}")
        return made

    def given(self, f: Callable, now: Mapping | None = None) -> dict:
        names = self.takes["step" if f is self.step else "fn"]
        return {name: (now or self.start)[name] for name in names}

    def read(self, now: Mapping) -> dict[str, Tensor]:
        """Return all that texts and marks can name, inputs and outputs, for a setting."""
        made = {}
        with torch.no_grad():
            for name, f in self.functions().items():
                result = f(**self.given(f, now))
                if not isinstance(result, dict):
                    raise ValueError(
                        f"{name}: expected a dict of named tensors, got {type(result).__name__}"
                    )
                keep = {k: v for k, v in result.items() if name == "fn" or k not in now}
                made |= dict(zip(*flatten(keep)[:2], strict=True))
        self.made = list(made)
        return dict(zip(*flatten(dict(now))[:2], strict=True)) | made

    # ---- what a script does to the figure in the page, and what it then says
    def settings(self) -> list[tuple[list, dict, str]]:
        """Return actions, values and announced text: at the start, and after two rounds."""
        now, told, self.seed = dict(self.start), [], 1
        self.restart(now)
        places = {n: list(x.at) for n, x in self.inputs.items() if isinstance(x, c.Point)}
        for round_ in range(3):
            do = self.acted(round_, now, places) if round_ else []
            read = self.read(now)
            says = say(self.alt, read, "alt")
            if self.guess and round_ == 2:
                do.append(["guess", round(_checks.number(self.guess.answer, read))])
                says = f"{says} {say(self.guess.alt, read, 'Guess.alt')}".strip()
            told.append((do, read, says))
        return told

    def acted(self, round_: int, now: dict, places: dict) -> list:
        """Change `now` as one round of actions does, and return these."""
        do: list = []
        for axis, (name, control) in enumerate(self.inputs.items()):
            if isinstance(control, Slider | Choice):
                values, _, start = control.positions()
                ends = {1: len(values) - 1, 2: 0} if isinstance(control, Slider) else {}
                k = ends.get(round_, (start + round_) % len(values))
                now[name] = self.options(name, values)[k]
                do.append(["pick", axis, k])
                parts = dict(zip(*flatten({name: now[name]})[:2], strict=True))
                for follower, point in self.inputs.items():
                    if getattr(point, "follows", "") in parts:
                        now[follower] = parts[point.follows]
                        places[follower] = parts[point.follows].tolist()
            elif isinstance(control, c.Point):
                keys = {1: ["Shift+ArrowLeft", "ArrowUp", "ArrowUp"], 2: ["Shift+ArrowDown"]}[
                    round_
                ]
                move = {1: [(-5, 0), (0, 1), (0, 1)], 2: [(0, -5)]}[round_]
                for by in move:
                    places[name] = self.moved(name, control, places[name], by)
                now[name] = torch.tensor(places[name], dtype=self.dtype)
                do.append(["keys", name, keys])
            elif isinstance(control, c.Words):
                do.append(self.spoken(round_, name, control, now))
            elif isinstance(control, c.Switches):
                now[name] = now[name].clone()
                k = round_ % len(control.names)
                now[name][k] = 1 - now[name][k]
                do.append(["switch", name, k])
            elif isinstance(control, c.Drawing):
                now[name] = now[name].clone()
                i, j = (n // 2 for n in now[name].shape)
                now[name][i, j] = 0.0 if now[name][i, j] > 0.5 else 1.0
                do.append(["paint", name])
        if self.state and {*self.inputs} & {*self.inputs[self.state].restarts}:
            self.restart(now)
        if self.state and not self.inputs[self.state].ahead:
            self.advance(now)
            do.append(["step"])
        return do

    def restart(self, now: dict) -> None:
        """Put the state back to its start, and go as many steps ahead as it says."""
        if self.state:
            now[self.state], ahead = self.start[self.state], self.inputs[self.state].ahead
            values = dict(zip(*flatten(now)[:2], strict=True))
            for _ in range(int(values[ahead]) if ahead else 0):
                self.advance(now)

    def advance(self, now: dict) -> None:
        with torch.no_grad():
            result = self.step(**self.given(self.step, now))
        now |= {k: v for k, v in result.items() if k in now}
        self.renew(now)

    def renew(self, now: dict) -> None:
        """Draw new noise, as the page does after each step and each word written."""
        for name, control in self.inputs.items():
            if isinstance(control, c.Noise):
                drawn, self.seed = c.uniform(self.seed, now[name].shape)
                now[name] = drawn.to(self.dtype)

    def moved(self, name: str, point: c.Point, at: list, by: tuple) -> list:
        panel = next(p for p in self.show if name in getattr(p, "drag", ()))
        place = []
        for value, k, (low, high) in zip(at, by, (panel.x, panel.y), strict=True):
            wanted = value + k * point.step
            wanted = math.floor(wanted / point.step + 0.5) * point.step if k else value
            place.append(min(high, max(low, wanted)))
        return place

    def spoken(self, round_: int, name: str, words: c.Words, now: dict) -> list:
        ids = now[name].clone()
        length = int((ids >= 0).sum())
        writes = round_ == 2 and words.writes
        if length < words.context and (round_ == 1 or writes):
            typed = words._typed()[0]
            ids[length] = self.read(now)[writes] if writes else words.vocabulary.index(typed)
            now |= {name: ids, f"{name}_at": torch.tensor(length)}
            if writes:
                self.renew(now)
            return ["write"] if writes else ["type", typed]
        if length > 1:
            ids[length - 1] = -1
            now |= {name: ids, f"{name}_at": torch.tensor(length - 2)}
        return ["back"]

    # ---- what travels
    def spec(self) -> dict:
        names, values, _ = flatten(dict(self.start))
        panels = [_plain(panel) for panel in self.show if isinstance(panel, Panel)]
        return {
            "start": {
                n: [list(v.shape), stored(v)] for n, v in zip(names, values, strict=True)
            },
            "controls": [self.control(n, x) for n, x in self.inputs.items()],
            "panels": panels,
            "bars": [_plain(bars) for bars in self.show if isinstance(bars, m.Bars)],
            "shade": next((_plain(s) for s in self.show if isinstance(s, m.Shade)), None),
            "alt": self.alt,
            "guess": self.guess and {
                "answer": self.guess.answer,
                "alt": self.guess.alt,
                "says": [inline(reason) for reason in self.guess.choices.values()],
            },
            "missions": [
                {"when": x.when, "reply": inline(x.reply), "hidden": x.hidden}
                for x in self.missions
            ],
            "dark": DARK,
            "text": TEXT_INK,
            "cycle": CYCLE,
        }  # fmt: skip

    def control(self, name: str, control: Any) -> dict:
        kind = {"kind": type(control).__name__, "name": name}
        if isinstance(control, Slider | Choice):
            values, shown, _ = control.positions()
            kind["shown"] = shown if isinstance(control, Slider) else []
            kind["options"] = [
                {n: stored(v) for n, v in zip(*flatten({name: value})[:2], strict=True)}
                for value in self.options(name, values)
            ]
            return kind
        fields = {
            k: v for k, v in vars(control).items() if k not in ("first", "picture", "at", "words")
        }
        if isinstance(control, c.Words):
            fields["beginnings"] = list(map(control._ids, control.beginnings.values()))
        if isinstance(control, c.Drawing):
            fields["shape"] = list(self.start[name].shape)
        return kind | fields | {"label": getattr(control, "label", "") or name}


def _plain(part: Any) -> dict:
    """Return a part as JSON holds it, with the ticks and margins of a panel."""
    made = asdict(part)
    if isinstance(part, Panel):
        made["marks"] = [asdict(mark) | {"kind": type(mark).__name__} for mark in part.marks]
        made["margins"] = MARGINS[part.axes]
        made["ticks"] = [None if ends is None else ticks(*ends) for ends in (part.x, part.y)]
    return made
