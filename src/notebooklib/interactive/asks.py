"""Asks: questions the reader answers before the outcome is shown, with a kernel and without.

The right answer is a value that the cell computes, so it cannot drift from the text. Each wrong
answer that is foreseen has a reason of its own. The cells that hold the outcome unfold once the
reader has committed to an answer, or asks to be shown.

>>> ask("What is $2 + 2$?", answer=2 + 2, why="Count on.")  # doctest: +ELLIPSIS
Ask: What is $2 + 2$? (a number to type) answer: 4, says ...
"""

import hashlib
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
import traitlets
from numpy.typing import NDArray

from notebooklib._validate import _came, _is_real, instance, real_array, text, whole
from notebooklib.interactive.markup import attribute, block, inline, plain
from notebooklib.interactive.moves import View

MOST_ENTRIES = 12


class Ask(View):
    """A question with its verdicts; outside the browser it shows question, choices and answer.

    Parameters
    ----------
    *args, **kwargs : object
        As `View` takes them, without a still.

    Examples
    --------
    >>> made = ask("What is $2 + 2$?", answer=4, why="Count on.", below=2)
    >>> made.below, made.verdicts["want"]
    (2, [4.0])
    """

    verdicts = traitlets.Dict().tag(sync=True)
    below = traitlets.Int().tag(sync=True)


def ask(
    question: str,
    *,
    answer: Any,
    choices: Mapping[str, str] | None = None,
    wrong: Iterable = (),
    why: str = "",
    otherwise: str = "",
    exercise: str = "",
    below: int = 1,
) -> Ask:
    """Ask the reader to commit to an answer before what stands below unfolds.

    Parameters
    ----------
    question : str
        Markdown, with formulas between dollar signs.
    answer : str, bool, number or array
        The right answer, as the cell computes it. With `choices`: one of their labels, or a number
        or truth value that reads like one ("4", "yes"). Without: what the reader is to type, a
        number, or up to 12 numbers of shape (n,) or (m, n).
    choices : mapping of str to str, optional
        Two to five labels, each with what is said to the reader who chooses it.
    wrong : iterable of (value, str), optional
        Wrong answers that are foreseen, each with its reason; for an `exercise` the values alone.
    why : str
        Said of a right answer that was typed. For an `exercise` it is the checker's praise.
    otherwise : str
        Said of any other wrong answer that was typed.
    exercise : str, optional
        The number of an exercise, such as "1.3": its checker says why each value of `wrong` is
        wrong, and must find `answer` right.
    below : int
        How many cells unfold after the commitment, at most 8.

    Returns
    -------
    Ask
        A widget: end the cell with it.

    Raises
    ------
    ValueError
        If there are fewer than two choices or more than five, the answer is none of them or no
        array of at most 12 finite numbers, a wrong answer is right, or a reason is missing; or if
        an argument is of another kind, such as a text that is none.

    Examples
    --------
    >>> reasons = {"yes": "Then 2 would divide it.", "no": "7 = 2 · 3 + 1: one is left."}
    >>> ask("Is 7 even?", answer=7 % 2 == 0, choices=reasons)  # doctest: +ELLIPSIS
    Ask: Is 7 even? yes | no; answer: no, says ...
    """
    below = whole(below, "below", 0, 8)
    for value, name in ((why, "why"), (otherwise, "otherwise"), (exercise, "exercise")):
        text(value, name)
    html = block(question, "question")
    if choices is not None:
        verdicts, body, truth, kind = _choice(choices, answer)
    else:
        verdicts, body, truth, kind = _typed(answer, _listed(wrong), why, otherwise, exercise)
    told = hashlib.sha1(repr(verdicts).encode()).hexdigest()[:8]
    return Ask(
        f"Ask: {question.strip()} {kind} answer: {truth[0]}, says {told}",
        kind="ask",
        html=_html(html, body, truth[1], below, named=f"Question: {plain(question)[:120]}"),
        verdicts=verdicts,
        below=below,
    )


def _choice(choices: Mapping[str, str], answer: Any) -> tuple[dict, str, tuple[str, str], str]:
    """Return the verdicts, the buttons, the answer as text and HTML, and the choices as text."""
    if not 2 <= len(instance(choices, "choices", Mapping)) <= 5:
        raise ValueError(f"choices: expected two to five, got {len(choices)}")
    for label in choices:
        text(label, "choices")
    if lacking := [label for label, reason in choices.items() if not text(reason, label).strip()]:
        raise ValueError(f"choices: expected a reason for each, {lacking[0]!r} has none")
    right = _as_label(answer)
    if right not in choices:
        listed = ", ".join(map(repr, choices))
        raise ValueError(f"answer: expected one of the choices {listed}, got {right!r}")
    buttons = "".join(
        f'<button type="button" class="book-choice" aria-pressed="false">'
        f"{inline(label, 'choices')}</button>"
        for label in choices
    )
    verdicts = {
        "choices": [
            {"right": label == right, "says": inline(reason, "choices")}
            for label, reason in choices.items()
        ]
    }
    body = f'<div class="book-choices" role="group" aria-label="Answers">{buttons}</div>'
    shown = f"<strong>{inline(right)}</strong>: {inline(choices[right])}"
    return verdicts, body, (right, shown), " | ".join(choices) + ";"


def _as_label(answer: Any) -> str:
    if isinstance(answer, bool | np.bool_):
        return "yes" if answer else "no"
    return f"{answer:g}" if _is_real(answer) else str(answer)


def _typed(
    answer: Any, wrong: list, why: str, otherwise: str, exercise: str
) -> tuple[dict, str, tuple[str, str], str]:
    want = _numbers(answer, "answer")
    if exercise:
        why, wrong = _checked(exercise, answer, wrong)
    if not why.strip():
        raise ValueError("why: expected what is said of the right answer, got nothing")
    if not otherwise.strip():
        otherwise = "Look at the question once more."
    slips = []
    for pair in wrong:
        value, reason = _pair(pair)
        slip = _numbers(value, "wrong", shape=want.shape)
        if not text(reason, "wrong").strip():
            raise ValueError(f"wrong: expected a reason for {value!r}, got nothing")
        if (np.abs(slip - want) <= _within(want)).all():
            raise ValueError(f"wrong: {value!r} is the right answer")
        slips.append(
            {
                "values": slip.ravel().tolist(),
                "within": _within(slip).ravel().tolist(),
                "says": inline(reason, "wrong"),
            }
        )
    verdicts = {
        "want": want.ravel().tolist(),
        "within": _within(want).ravel().tolist(),
        "wrong": slips,
        "why": inline(why, "why"),
        "otherwise": inline(otherwise, "otherwise"),
    }
    written = _text(want)
    kinds = {0: "(a number to type)", 1: f"({want.size} numbers to type)"}
    kind = kinds.get(want.ndim, f"(a {' × '.join(map(str, want.shape))} matrix to type)")
    shown = f"<strong>{written}</strong>. {verdicts['why']}"
    return verdicts, _boxes(want), (written, shown), kind


def _listed(wrong: Any) -> list:
    if isinstance(wrong, str | bytes | Mapping) or not isinstance(wrong, Iterable):
        raise ValueError(f"wrong: expected a list of answers, got {_came(wrong)}")
    return list(wrong)


def _pair(wrong: Any) -> tuple[Any, Any]:
    if not isinstance(wrong, tuple | list) or len(wrong) != 2:
        raise ValueError(f"wrong: expected pairs (answer, reason), got {_came(wrong)}")
    return wrong[0], wrong[1]


def _checked(exercise: str, answer: Any, wrong: list) -> tuple[str, list]:
    """Return the praise of an exercise's checker, and each wrong answer with its reason."""
    from notebooklib.exercises import check

    verdict = check(exercise, answer)
    if not verdict:
        raise ValueError(f"answer: the checker of exercise {exercise} says: {verdict.message}")
    return verdict.message, [(value, check(exercise, value).message) for value in wrong]


def _numbers(value: Any, name: str, *, shape: tuple[int, ...] | None = None) -> NDArray:
    array = real_array(value, name)
    if array.size > MOST_ENTRIES or array.ndim > 2:
        most = f"up to {MOST_ENTRIES} numbers in at most two dimensions"
        raise ValueError(f"{name}: expected {most}, got shape {array.shape}")
    if shape is not None and array.shape != shape:
        raise ValueError(f"{name}: expected shape {shape}, got shape {array.shape}")
    return np.reshape([float(f"{v:.9g}") for v in array.ravel()], array.shape)


def _within(values: NDArray) -> NDArray:
    """Return how far a typed number may be off: whole numbers not at all, others as if rounded.

    That is half a unit of the third significant digit.
    """
    size = np.where(values == 0, 1.0, np.abs(values))
    rounded = 0.5 * 10.0 ** (np.floor(np.log10(size)) - 2)
    return np.where(np.abs(values - np.round(values)) < 1e-9, 1e-6, rounded * (1 + 1e-9))


def _text(values: NDArray) -> str:
    if values.ndim == 0:
        return f"{float(values):.6g}".replace("-", "−")  # a true minus sign
    if values.ndim == 1:
        return "(" + ", ".join(map(_text, values)) + ")"
    return "[" + ", ".join(f"[{_text(row)[1:-1]}]" for row in values) + "]"


def _boxes(want: NDArray) -> str:
    """Return one box a number, laid out like the numbers themselves."""
    columns = want.shape[-1] if want.ndim else 1
    boxes = []
    for index in np.ndindex(want.shape):
        places = zip(("row", "column")[-want.ndim :] if want.ndim else (), index, strict=True)
        name = ", ".join(f"{axis} {i + 1}" for axis, i in places) if want.ndim == 2 else ""
        name = name or (f"number {index[0] + 1}" if index else "Your answer")
        boxes.append(
            f'<input type="text" class="book-entry" size="7" autocomplete="off" '
            f'aria-label="{attribute(name)}">'
        )
    kind = " matrix" if want.ndim == 2 else ""
    return (
        f'<div class="book-entries{kind}" style="--columns:{columns}">{"".join(boxes)}</div>'
        '<button type="button" class="book-commit">Check</button>'
    )


def _html(question: str, body: str, truth: str, below: int, *, named: str) -> str:
    return (
        f'<div class="book-ask" role="group" aria-label="{attribute(named)}" data-below="{below}">'
        f'<div class="book-question">{question}</div>'
        f'<fieldset class="book-controls" disabled>{body}'
        '<button type="button" class="book-show">Show me</button></fieldset>'
        '<div class="book-verdict" role="status"></div>'
        f'<p class="book-truth">{truth}</p></div>'
    )
