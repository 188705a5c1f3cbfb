"""Checks for the exercises: what is wrong is said in the reader's terms, not as a traceback.

>>> check("1.1", [[2, 1], [-1, 3]])
✗ Not yet. The matrix is transposed: rows and columns have changed places.
>>> check("1.1", [[2, -1], [1, 3]])
✓ Right. The first column is where (1, 0) lands, the second where (0, 1) lands.
"""

import copy
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np

RELATIVE = 1e-6
ABSOLUTE = 1e-9


@dataclass(frozen=True)
class Verdict:
    """What the checker says of an answer; true if the answer is right."""

    right: bool
    message: str

    def __bool__(self) -> bool:
        return self.right

    def __repr__(self) -> str:
        return ("✓ Right. " if self.right else "✗ Not yet. ") + self.message


@dataclass(frozen=True)
class Exercise:
    """One exercise: a function that says what is wrong (or nothing), and the praise."""

    fault: Callable[[Any], str]
    praise: str


EXERCISES: dict[str, Exercise] = {}


def exercise(number: str, praise: str) -> Callable[[Callable], Callable]:
    """Register the decorated function, from an answer to its fault or "", as `number`."""

    def register(fault: Callable[[Any], str]) -> Callable[[Any], str]:
        if number in EXERCISES:
            raise ValueError(f"exercise {number} is registered twice")
        EXERCISES[number] = Exercise(fault, praise)
        return fault

    return register


def check(number: str, answer: Any) -> Verdict:
    """Say whether `answer` solves exercise `number`, and if not, in which way it fails.

    Parameters
    ----------
    number : str
        As the chapter numbers it, such as "1.3".
    answer : object
        The reader's value or function, as the exercise asks for it.

    Returns
    -------
    Verdict
        Its text is shown where it ends a cell.

    Raises
    ------
    ValueError
        If there is no such exercise.
    """
    if number not in EXERCISES:
        raise ValueError(f"exercise: expected one of {', '.join(EXERCISES)}, got {number!r}")
    if answer is None or answer is Ellipsis:
        return Verdict(False, f"Exercise {number} waits for your answer in place of the dots.")
    fault = EXERCISES[number].fault(answer)
    return Verdict(not fault, fault or EXERCISES[number].praise)


def compare(answer: Any, expected: Any, what: str = "the answer") -> str:
    """Return what distinguishes `answer` from the numbers `expected`, or "" where they agree.

    It names a wrong shape, a transpose, a sign, a factor, a changed order and rounding before it
    falls back on the first number that differs.
    """
    expected = np.asarray(expected)
    if fault := misfit(answer, expected.shape, what):
        return fault
    got, What = np.asarray(answer), _begin(what)
    if _close(got, expected):
        return ""
    if _close(got, -expected):
        return f"{What} is right up to the sign."
    if got.ndim == 2 and got.shape[0] == got.shape[1] and _close(got.T, expected):
        return "The matrix is transposed: rows and columns have changed places."
    if got.size > 1 and _close(np.sort(got, axis=None), np.sort(expected, axis=None)):
        return f"{What} holds the right numbers in the wrong places."
    factor = _factor(got, expected)
    if factor is not None:
        return f"{What} is right up to a factor: it is {_number(factor)} times too large."
    if np.allclose(got, expected, rtol=1e-2, atol=1e-2):
        return f"{What} is close, but rounded: leave the arithmetic to Python."
    where = tuple(int(i) for i in np.argwhere(~np.isclose(got, expected, RELATIVE, ABSOLUTE))[0])
    place = f" at index {where if len(where) > 1 else where[0]}" if where else ""
    return f"{What}{place} should not be {_number(got[where])}."


def misfit(answer: Any, shape: tuple[int, ...], what: str = "the answer") -> str:
    """Return why `answer` is no array of finite numbers of the given `shape`, or ""."""
    What = _begin(what)
    if answer is None or answer is Ellipsis:
        return f"{What} gives nothing back. Is there a `return`?"
    if callable(answer):
        return f"{What} should be numbers, but a function came."
    try:
        got = np.asarray(answer)
    except ValueError:
        return f"{What} has rows of different lengths."
    if got.dtype.kind not in "iufc":
        return f"{What} should be numbers, but {type(answer).__name__} came."
    if got.shape != shape:
        if got.shape == shape[::-1]:
            return f"{What} has shape {got.shape}, not {shape}: off by a transpose."
        return f"{What} should have shape {_shape(shape)}, but has shape {_shape(got.shape)}."
    if not np.isfinite(got).all():
        return f"{What} holds a number that is not finite: {_number(got[~np.isfinite(got)][0])}."
    return ""


def compare_function(
    answer: Any,
    oracle: Callable,
    cases: Iterable[tuple],
    *,
    describe: Callable[..., str] | None = None,
) -> str:
    """Return the first of the `cases` in which the reader's function differs from `oracle`."""
    if not callable(answer):
        return f"A function is asked for, but {type(answer).__name__} came."
    name = getattr(answer, "__name__", "your function")
    for case in cases:
        shown = describe(*case) if describe else ", ".join(_shown(argument) for argument in case)
        given = copy.deepcopy(case)
        try:
            got = answer(*given)
        except Exception as error:  # whatever the reader's code raises is theirs to see
            return f"{name}({shown}) stops with {type(error).__name__}: {error}"
        if any(not np.array_equal(a, b) for a, b in zip(given, case, strict=True)):
            return f"{name}({shown}) changes its argument: work on a copy."
        fault = compare(got, oracle(*case), what=f"{name}({shown})")
        if fault:
            return fault
    return ""


def _begin(what: str) -> str:
    """Return `what` as it stands at the beginning of a sentence: a call stays as it is."""
    return what if "(" in what else what[0].upper() + what[1:]


def _close(got: np.ndarray, expected: np.ndarray) -> bool:
    return bool(np.allclose(got, expected, rtol=RELATIVE, atol=ABSOLUTE))


def _factor(got: np.ndarray, expected: np.ndarray) -> complex | None:
    """Return f where got = f · expected, or None; one number alone proves no factor."""
    if got.size < 2 or not np.any(expected):
        return None
    largest = np.unravel_index(np.argmax(np.abs(expected)), expected.shape)
    factor = got[largest] / expected[largest]
    return factor if factor != 0 and _close(got, factor * expected) else None


def _shape(shape: tuple[int, ...]) -> str:
    return str(shape) if shape else "() (a single number)"


def _number(value: Any) -> str:
    return f"{value.real:.3g}{value.imag:+.3g}i" if np.iscomplex(value) else f"{value.real:.4g}"


def _shown(argument: Any) -> str:
    if isinstance(argument, np.ndarray):
        return str(np.round(argument, 4).tolist())
    return f"{argument:.4g}" if isinstance(argument, float) else str(argument)


from notebooklib.exercises import chapter_01, chapter_08, chapter_12  # noqa: E402, F401  (fills the register)
