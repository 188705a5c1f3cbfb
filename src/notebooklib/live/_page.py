"""The HTML of a live figure at its start; live.js finds its parts by class and data attributes."""

from collections.abc import Mapping, Sequence
from typing import Any

from notebooklib.interactive.markup import attribute, block, inline, plain
from notebooklib.interactive.moves import Choice, Slider, _row
from notebooklib.live import controls as c
from notebooklib.live import marks as m
from notebooklib.live._say import say

DISABLED = 'type="button" disabled'


def html(
    inputs: Mapping[str, Any],
    show: Sequence,
    missions: Sequence[m.Mission],
    read: Mapping,
    *,
    alt: str,
    group: str,
    tries: str,
) -> str:
    """Return the whole figure; whatever needs a script is disabled until it has come."""
    shades = {s.words: read[s.of].tolist() for s in show if isinstance(s, m.Shade)}
    rows = [_control(n, x, i, shades, read, group) for i, (n, x) in enumerate(inputs.items())]
    if snap := [p.snap for p in inputs.values() if isinstance(p, c.Point) and p.snap]:
        rows.append(
            '<div class="book-row"><label class="live-check">'
            '<input type="checkbox" class="live-snap">'
            f" snap to multiples of {snap[0]:g}</label></div>"
        )
    stage = "".join(_block(s, inputs, read, alt) for s in show if isinstance(s, m.Panel | m.Bars))
    stage = "".join(_drawing(n, x) for n, x in inputs.items() if isinstance(x, c.Drawing)) + stage
    lines = "".join(_line(s, read) for s in show if isinstance(s, m.Text))
    guess = "".join(_guess(s, read) for s in show if isinstance(s, m.Guess))
    goals = "".join(f"<li>{inline(x.goal)} <span></span></li>" for x in missions)
    goals = f'<ol class="live-missions" aria-label="Missions">{goals}</ol>' if goals else ""
    controls = f'<fieldset class="book-controls" disabled>{"".join(rows)}</fieldset>'
    return (
        f'<div class="book-live" data-tries="{attribute(tries)}">{controls if any(rows) else ""}'
        f'<div class="live-stage">{stage}</div>'
        f'<div class="live-below">{lines}{guess}{goals}'
        '<p class="live-trouble" role="status"></p></div>'
        '<div class="book-said" aria-live="polite"></div></div>'
    )


def _said(template: str, read: Mapping, tag: str, name: str, more: str = "") -> str:
    """Return an element with live numbers: its template, and what it says at the start."""
    text = inline(template)
    live = f' data-say="{attribute(text)}"' if "{" in text else ""
    return f'<{tag} class="{name}"{live}{more}>{say(text, read)}</{tag}>'


def _control(name: str, control: Any, axis: int, shades: dict, read: Mapping, group: str) -> str:
    label = getattr(control, "label", "") or name.replace("_", " ")
    if isinstance(control, Slider | Choice):
        _, shown, start = control.positions()
        return _row(control, name, axis, shown, start, group)
    if isinstance(control, c.Switches):
        made = [
            f'<button {DISABLED} class="live-act" data-switch="{name}" aria-pressed="true">'
            f"{inline(one)}</button>"
            for one in control.names
        ]
        said = attribute(plain(label))
        return (
            f'<div class="book-row live-switches" role="group" aria-label="{said}">'
            f'<span class="book-label">{inline(label)}</span>{"".join(made)}</div>'
        )
    if isinstance(control, c.State) and not control.ahead:
        acts = {"run": "Run", "step": "One step", "reset": "Start again"}
        made = [
            f'<button type="button" class="live-act" data-act="{k}">{v}</button>'
            for k, v in acts.items()
        ]
        return f'<div class="book-row">{"".join(made)}</div>'
    if isinstance(control, c.Words):
        return _words(name, control, label, group, shades.get(name, [0] * control.context))
    return ""


def _words(name: str, words: c.Words, label: str, group: str, shade: list[float]) -> str:
    last = len(words.words) - 1
    chips = "".join(
        f'<button type="button" class="live-word" aria-pressed="{str(k == last).lower()}" '
        f'style="--weight:{100 * max(0, shade[k]):.0f}%">{attribute(word)}</button>'
        for k, word in enumerate(words.words)
    )
    letters = all(len(word) == 1 for word in words.vocabulary)
    kind = "letter" if letters else "word"
    options = "".join(f'<option value="{attribute(word)}"></option>' for word in words._typed())
    acts = {"back": "Remove the last"} | (
        {"write": f"Write a {kind}", "on": "Write on"} if words.writes else {}
    )
    buttons = "".join(
        f'<button type="button" class="live-act" data-act="{k}">{v}</button>'
        for k, v in acts.items()
    )
    begin = "".join(
        f'<button type="button" class="live-act" data-act="begin" data-k="{k}">'
        f"{attribute(beginning)}</button>"
        for k, beginning in enumerate(words.beginnings)
    )
    begin = f'<div class="live-acts">Begin with {begin}</div>' if begin else ""
    return (
        f'<div class="live-words" data-words="{name}"><div class="live-label">{inline(label)}</div>'
        f'<div class="live-chips" role="group" aria-label="{attribute(plain(label))}">{chips}</div>'
        f'<div class="live-acts"><input type="text" class="live-entry" list="{group}-{name}" '
        f'size="14" placeholder="type {kind}s" aria-label="Add {kind}s" '
        'autocomplete="off" autocapitalize="none">'
        f'<datalist id="{group}-{name}">{options}</datalist>{buttons}'
        f'<span class="live-note" role="status"></span></div>{begin}</div>'
    )


def _block(block: m.Panel | m.Bars, inputs: Mapping, read: Mapping, alt: str) -> str:
    title = _said(block.title, read, "div", "live-title") if block.title else ""
    if isinstance(block, m.Bars):
        hidden = " hidden data-after" if block.hidden else ""
        label = attribute(plain(say(block.title, read)) or "Shares")
        return (
            f'<div class="live-panel" style="--w:300px"{hidden}>{title}'
            f'<div class="live-bars" role="group" aria-label="{label}">'
            f"{_bars(block, read)}</div></div>"
        )
    width, height = block.size
    points = "".join(_point(name, inputs[name], block, read) for name in block.drag)
    spoken = attribute(". ".join(filter(None, [plain(say(block.title, read)), alt])))
    return (
        f'<div class="live-panel" style="--w:{width}px">{title}'
        f'<div class="live-box" style="aspect-ratio:{width}/{height}">'
        f'<img class="live-still" width="{width}" height="{height}" alt="{spoken}">'
        f"{points}</div></div>"
    )


def _point(name: str, point: c.Point, panel: m.Panel, read: Mapping) -> str:
    (x, y), label = point.at, point.label or name
    left = 100 * (x - panel.x[0]) / (panel.x[1] - panel.x[0])
    top = 100 * (panel.y[1] - y) / (panel.y[1] - panel.y[0])
    return (
        f'<button {DISABLED} class="live-point" data-point="{name}" '
        f'aria-label="{attribute(label)}" '
        f'style="left:{left:.4g}%;top:{top:.4g}%;--c:{point.color}"></button>'
    )


def _bars(bars: m.Bars, read: Mapping) -> str:
    values = read[bars.of].detach().double().tolist()
    order = range(len(values))
    if bars.top:
        order = sorted(order, key=lambda i: -values[i])[: bars.top]
    tag, kind = ("button", f"{DISABLED} ") if bars.adds else ("div", "")
    others = read[bars.diamonds].tolist() if bars.diamonds else []
    diamonds = [f'<s style="--d:{100 * x:.4g}%"{" hidden" * (x != x)}></s>' for x in others]
    return "".join(
        f'<{tag} {kind}class="live-bar"><span>{attribute(bars.names[i])}</span>'
        f'<i style="--p:{100 * values[i]:.4g}%"><u></u>{"".join(diamonds[i : i + 1])}</i>'
        f"<b>{100 * values[i]:.1f} %</b></{tag}>"
        for i in order
    )


def _drawing(name: str, drawing: c.Drawing) -> str:
    label = drawing.label or name
    return (
        f'<div class="live-panel" style="--w:224px"><div class="live-title">{inline(label)}</div>'
        f'<div class="live-box" style="aspect-ratio:1" data-drawing="{name}"></div>'
        f'<button {DISABLED} class="live-act" data-act="wipe">Wipe</button></div>'
    )


def _line(line: m.Text, read: Mapping) -> str:
    return _said(line.text, read, "p", "live-text", " hidden data-after" if line.hidden else "")


def _guess(guess: m.Guess, read: Mapping) -> str:
    buttons = "".join(
        f'<button {DISABLED} class="book-choice" aria-pressed="false">{inline(label)}</button>'
        for label in guess.choices
    )
    right = list(guess.choices)[round(read[guess.answer].item())]
    truth = f"<strong>{inline(right)}</strong>: {say(inline(guess.choices[right]), read)}"
    return (
        f'<div class="live-guess" role="group" aria-label="{attribute(plain(guess.question))}">'
        f'<div class="book-question">{block(guess.question)}</div>'
        f'<div class="book-choices">{buttons}<button {DISABLED} class="live-act" '
        'data-act="again" hidden>Guess again</button></div>'
        f'<div class="book-verdict" role="status"></div><p class="book-truth">{truth}</p></div>'
    )
