"""Whether the parts of a live figure fit together: names, shapes, places."""

import inspect
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from notebooklib._validate import _came, _refuse, function, instance, sequence
from notebooklib.interactive.moves import Choice, Slider
from notebooklib.live import controls as c
from notebooklib.live import marks as m
from notebooklib.live._parts import Part, one_of
from notebooklib.live._say import named_in

CONTROLS = (Slider, Choice, c.Point, c.Words, c.Drawing, c.Switches, c.Noise, c.State)
SHOWN = (m.Panel, m.Bars, m.Shade, m.Text, m.Guess)
# fields that name an output or an input
NAMES = ("of", "by", "diamonds", "answer", "when", "writes", "follows", "ahead")
TEXTS = ("title", "text", "alt", "reply")  # fields with live numbers
SHAPES = {  # the last axes, and how many axes at least
    m.Lines: ((None, 2), "(..., n, 2)"),
    m.Area: ((None, 2), "(n, 2)"),
    m.Arrows: ((2,), "(..., 2)"),
    m.Dots: ((2,), "(..., 2)"),
    m.Label: ((2,), "(2,)"),
    m.Picture: ((None, None), "(h, w)"),
}


def controls(inputs: Any) -> dict[str, Any]:
    """Return the controls by name, each of a known kind."""
    for name, control in instance(inputs, "inputs", Mapping).items():
        one_of(control, f"inputs, {name}", CONTROLS)
        if isinstance(control, Slider) and control.play:
            _refuse(name, "play=False, a live figure has State and step", "play=True")
        if isinstance(control, Slider | Choice) and len(control.values) < 2:
            _refuse(name, "at least two positions", str(len(control.values)))
    for kind in (c.State, c.Words):
        if sum(isinstance(x, kind) for x in inputs.values()) > 1:
            _refuse("inputs", f"one {kind.__name__} at most", "two")
    return dict(inputs)


def shown(show: Any) -> list:
    """Return what is shown, each of a known kind."""
    parts = [one_of(part, "show", SHOWN) for part in sequence(show, "show")]
    for kind in (m.Guess, m.Shade):
        if sum(isinstance(part, kind) for part in parts) > 1:
            _refuse("show", f"one {kind.__name__} at most", "two")
    return parts


def arguments(fn: Callable, name: str, known: Mapping) -> list[str]:
    """Return the names of a function's arguments, but for the unknown that have a default."""
    taken = inspect.signature(getattr(function(fn, name), "forward", fn)).parameters.values()
    if bad := [p for p in taken if p.kind in (p.VAR_POSITIONAL, p.VAR_KEYWORD, p.POSITIONAL_ONLY)]:
        _refuse(name, "arguments by name, those of the inputs", str(bad[0]))
    return [p.name for p in taken if p.default is p.empty or p.name in known]


def arguments_fit(takes: Mapping[str, list[str]], trees: Mapping, inputs: Mapping) -> None:
    """Refuse an argument that no control sets, and a control that no argument takes."""
    for function_name, names in takes.items():
        if missing := [name for name in names if name not in trees]:
            _refuse(function_name, f"arguments out of {', '.join(trees)}", missing[0])
    taken = {name for names in takes.values() for name in names}
    if unused := [name for name in inputs if name not in taken]:
        _refuse("inputs", "controls that the functions take", unused[0])


def names_fit(parts: Sequence[Part], alt: str, made: Sequence[str], read: Mapping) -> None:
    """Refuse a name that nothing bears, and an output of `made` that nothing shows."""
    wanted, everything = {}, [*parts, *(x for p in parts for x in getattr(p, "marks", ()))]
    for part in everything:
        for field in NAMES:
            if name := getattr(part, field, ""):
                wanted[name] = f"{type(part).__name__}.{field}"
        for field in TEXTS:
            for name in named_in(getattr(part, field, "") or ""):
                wanted[name] = f"{type(part).__name__}.{field}"
        for text in (getattr(part, "choices", None) or {}).values():
            wanted |= dict.fromkeys(named_in(text), "Guess.choices")
    wanted |= dict.fromkeys(named_in(alt), "alt")
    if unknown := [name for name in wanted if name not in read]:
        _refuse(wanted[unknown[0]], f"one of {', '.join(read)}", repr(unknown[0]))
    if unused := [name for name in made if name not in wanted]:
        _refuse("show", "a mark or a text for every output", f"none for {unused[0]!r}")


def shapes_fit(parts: Sequence[Part], inputs: Mapping, read: Mapping) -> None:
    """Refuse an output of another shape than its mark draws."""
    for panel in parts:
        for mark in getattr(panel, "marks", ()):
            tail, wanted = SHAPES.get(type(mark), ((), ""))
            shape = tuple(read[mark.of].shape)
            exact = not wanted.startswith("(...") and len(shape) != len(tail)
            ends = shape[len(shape) - len(tail) :]
            if wanted and (exact or len(shape) < len(tail) or any(
                want not in (None, got) for want, got in zip(tail, ends, strict=True)
            )):  # fmt: skip
                _refuse(mark.of, f"shape {wanted} for {type(mark).__name__}", f"shape {shape}")
            if isinstance(mark, m.Trail):
                number(mark.of, read)
        if isinstance(panel, m.Bars):
            for name in filter(None, (panel.of, panel.diamonds)):
                if tuple(read[name].shape) != (len(panel.names),):
                    _refuse(
                        name,
                        f"{len(panel.names)} shares, one a name",
                        f"shape {tuple(read[name].shape)}",
                    )
            if panel.top > len(panel.names):
                _refuse("top", f"at most {len(panel.names)}, the names", str(panel.top))
        for name in {getattr(panel, "adds", ""), getattr(panel, "words", "")} - {""}:
            if not isinstance(inputs.get(name), c.Words):
                _refuse(
                    "adds" if isinstance(panel, m.Bars) else "words", "a Words input", repr(name)
                )


def number(name: str, read: Mapping) -> float:
    """Return an output that is one number."""
    if read[name].numel() != 1:
        _refuse(name, "one number", f"shape {tuple(read[name].shape)}")
    return read[name].item()


def places_fit(parts: Sequence[Part], inputs: Mapping) -> None:
    """Refuse a point outside its panel, and one that no panel lets drag."""
    dragged = [name for p in parts for name in getattr(p, "drag", ())]
    points = [name for name, control in inputs.items() if isinstance(control, c.Point)]
    if sorted(dragged) != sorted(points):
        odd = next(iter(set(dragged) ^ set(points)), "one twice")
        _refuse("drag", f"each Point once ({', '.join(points)})", odd)
    for panel in parts:
        for name in getattr(panel, "drag", ()):
            for value, ends in zip(inputs[name].at, (panel.x, panel.y), strict=True):
                if ends is None or not ends[0] <= value <= ends[1]:
                    _refuse(name, f"a place within {ends}, its panel", f"{value:g}")
        trails = [isinstance(mark, m.Trail) for mark in getattr(panel, "marks", ())]
        if trails and None in (panel.x, panel.y) and not all(trails):
            _refuse("Panel", "x and y for marks that are no Trail", "None")
        if any(trails) and panel.axes == "plane":
            _refuse("axes", "'frame' for a Trail", "'plane'")


def goals(missions: Any, inputs: Mapping) -> list[m.Mission]:
    """Return the missions."""
    if not isinstance(missions, list | tuple):
        _refuse("missions", "a list of Mission", _came(missions))
    return [instance(goal, "missions", m.Mission) for goal in missions]


def goals_lie_ahead(missions: Sequence[m.Mission], read: Mapping) -> None:
    """Refuse a mission that is reached before anything is done."""
    for goal in missions:
        if number(goal.when, read):
            _refuse(
                "missions", f"{goal.when} false at the start", "a mission that is reached at once"
            )
