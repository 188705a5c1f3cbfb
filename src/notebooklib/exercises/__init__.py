"""Checks for the exercises: what is wrong is said in the reader's terms, not as a traceback.

>>> check("1.1", [[2, 1], [-1, 3]])
✗ Not yet. The matrix is transposed: rows and columns have changed places.
>>> check("1.1", [[2, -1], [1, 3]])
✓ Right. The first column is where (1, 0) lands, the second where (0, 1) lands.
"""

import copy
import re
from collections.abc import Callable, Iterable, Sized
from dataclasses import dataclass
from importlib import import_module
from pkgutil import iter_modules
from typing import Any

import numpy as np

from notebooklib.exercises import _clock

SECONDS = 30  # that judging one answer may take; the slowest right one needs two
RELATIVE = 1e-6
ABSOLUTE = 1e-9  # of the largest expected number, where that is below 1


@dataclass(frozen=True)
class Verdict:
    """What the checker says of an answer; true if the answer is right.

    Attributes
    ----------
    right : bool
        Whether the answer is right.
    message : str
        Praise, or what is wrong.

    Examples
    --------
    >>> Verdict(True, "Each entry of x weighs one column of A.")
    ✓ Right. Each entry of x weighs one column of A.
    """

    right: bool
    message: str

    def __bool__(self) -> bool:
        return self.right

    def __repr__(self) -> str:
        return ("✓ Right. " if self.right else "✗ Not yet. ") + self.message


@dataclass(frozen=True)
class Exercise:
    """One exercise: a function that says what is wrong, and the praise.

    Attributes
    ----------
    fault : callable
        From an answer to a sentence on what is wrong with it, "" where nothing is.
    praise : str
        Said of a right answer.

    Examples
    --------
    >>> EXERCISES["1.1"].praise
    'The first column is where (1, 0) lands, the second where (0, 1) lands.'
    """

    fault: Callable[[Any], str]
    praise: str


EXERCISES: dict[str, Exercise] = {}


def exercise(number: str, praise: str) -> Callable[[Callable], Callable]:
    """Register the decorated function as the checker of an exercise.

    Parameters
    ----------
    number : str
        As the chapter numbers it, such as "1.3".
    praise : str
        Said of a right answer.

    Returns
    -------
    callable
        The decorator of a function from an answer to its fault or "".

    Raises
    ------
    ValueError
        If the number is taken.

    Examples
    --------
    >>> @exercise("0.1", "Right you are.")
    ... def two(answer):
    ...     return compare(answer, 2)
    >>> check("0.1", 2)
    ✓ Right. Right you are.
    >>> del EXERCISES["0.1"]
    """

    def register(fault: Callable[[Any], str]) -> Callable[[Any], str]:
        if number in EXERCISES:
            raise ValueError(f"exercise: expected a new number, got {number!r} registered twice")
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
        The reader's value or function, as the exercise asks for it. Tensors and exact numbers
        count as numbers.

    Returns
    -------
    Verdict
        Its text is shown where it ends a cell. Whatever the answer is, it is no traceback.

    Raises
    ------
    ValueError
        If there is no such exercise.

    Examples
    --------
    >>> check("1.5", [5, -5, 10])
    ✗ Not yet. The list of three determinants at index 2 should not be 10.
    """
    if not isinstance(number, str) or number not in EXERCISES:
        chapter = f"{number[:99]}".split(".")[0] if isinstance(number, str) else ""
        known = [n for n in EXERCISES if n.startswith(f"{chapter}.")] or list(EXERCISES)
        came = repr(number[:20]) if isinstance(number, str) else type(number).__name__
        raise ValueError(f"exercise: expected one of {', '.join(known[:20])}, …, got {came}")
    if answer is None or answer is Ellipsis:
        return Verdict(False, f"Exercise {number} waits for your answer in place of the dots.")
    try:
        fault = _clock.within(SECONDS, lambda: EXERCISES[number].fault(_plain(answer)))
    except KeyboardInterrupt:
        raise
    except _clock.OutOfTime as error:
        fault = f"Your answer {_stops(error)}"
    except BaseException as error:  # an answer of a kind that its checker did not foresee
        fault = f"This answer cannot be judged: looking at it {_stops(error)}."
    return Verdict(not fault, fault or EXERCISES[number].praise)


def compare(
    answer: Any, expected: Any, what: str = "the answer", *, slips: dict[str, Any] | None = None
) -> str:
    """Return what distinguishes `answer` from the numbers `expected`, or "" where they agree.

    It names a wrong shape, a transpose, a sign, a factor, a changed order and rounding before it
    falls back on the first number that differs.

    Parameters
    ----------
    answer : object
        Numbers of the shape of `expected`: a list, an array, a tensor, fractions, exact numbers.
    expected : array_like, any shape
        The right numbers, real or complex.
    what : str
        What to call the answer.
    slips : dict of str to array_like, optional
        Known wrong numbers, each under what is said of it.

    Returns
    -------
    str
        A sentence for the reader.

    Examples
    --------
    >>> compare([1, -2], [2, -4])
    'The answer is right up to a factor: it is half as large as it should be.'
    >>> compare([0.33, 2.67], [1 / 3, 8 / 3])
    'The answer is close, but rounded: leave the arithmetic to Python.'
    """
    expected = np.asarray(expected)
    if fault := misfit(answer, expected.shape, what):
        return fault
    got, What = _array(answer), _begin(what)
    if _close(got, expected):
        return ""
    for why, wrong in (slips or {}).items():
        if not compare(answer, wrong):
            return why
    if _close(got, -expected):
        return f"{What} is right up to the sign."
    if got.ndim == 2 and got.shape[0] == got.shape[1] and _close(got.T, expected):
        return "The matrix is transposed: rows and columns have changed places."
    if got.size > 1 and _close(np.sort(got, axis=None), np.sort(expected, axis=None)):
        return f"{What} holds the right numbers in the wrong places."
    if _rounded(got, expected):
        return f"{What} is close, but rounded: leave the arithmetic to Python."
    if (factor := _factor(got, expected)) is not None:
        return f"{What} is right up to a factor: it is {_times(factor)}."
    where = tuple(int(i) for i in np.argwhere(~_near(got, expected))[0])
    place = f" at index {where if len(where) > 1 else where[0]}" if where else ""
    return f"{What}{place} should not be {_number(got[where], unlike=expected[where])}."


def misfit(answer: Any, shape: tuple[int, ...], what: str = "the answer") -> str:
    """Return why `answer` is no array of finite numbers of the given `shape`, or "".

    Parameters
    ----------
    answer : object
        Whatever the reader gave.
    shape : tuple of int
        The shape that is asked for; () for a single number.
    what : str
        What to call the answer.

    Returns
    -------
    str
        A sentence for the reader.

    Examples
    --------
    >>> misfit([[1], [2]], (2,))
    'The answer should have shape (2,), but has shape (2, 1).'
    """
    What = _begin(what)
    if answer is None or answer is Ellipsis:
        return f"{What} gives nothing back. Is there a `return`?"
    if callable(answer):
        return f"{What} should be numbers, but a function came."
    try:
        if (claimed := _claimed(answer, shape)) != shape:
            return _wrong_shape(What, claimed, shape)
        got = _array(answer)
    except ValueError:
        return f"{What} has rows of different lengths."
    except (Exception, SystemExit):  # an object that will not become numbers
        return f"{What} should be numbers, but {type(answer).__name__} came."
    if got.dtype.kind not in "iufc":
        return f"{What} should be numbers, but {type(answer).__name__} came."
    if got.shape != shape:
        return _wrong_shape(What, got.shape, shape)
    if np.ma.is_masked(answer):
        return f"{What} has gaps: some of its numbers are masked."
    if not np.isfinite(got).all():
        return f"{What} holds a number that is not finite: {_number(got[~np.isfinite(got)][0])}."
    return ""


def compare_function(
    answer: Any,
    oracle: Callable,
    cases: Iterable[tuple],
    *,
    describe: Callable[..., str] | None = None,
    slips: dict[str, Callable] | None = None,
) -> str:
    """Return the first of the `cases` in which the reader's function differs from `oracle`.

    Parameters
    ----------
    answer : object
        The reader's function.
    oracle : callable
        The right function.
    cases : iterable of tuple
        The arguments of each call; the reader's function gets copies.
    describe : callable, optional
        Writes the arguments of a call, where they are long.
    slips : dict of str to callable, optional
        Known wrong functions, each under what is said of it; the first that agrees with the
        reader's in all `cases` explains the difference.

    Returns
    -------
    str
        A sentence for the reader, "" where all cases agree.

    Examples
    --------
    >>> compare_function(lambda x: x + x, lambda x: x**2, [(2.0,), (3.0,)])
    '<lambda>(3) should not be 6.'
    >>> slips = {"That is the double.": lambda x: 2 * x}
    >>> compare_function(lambda x: x + x, lambda x: x**2, [(2.0,), (3.0,)], slips=slips)
    'That is the double.'
    """
    cases = list(cases)  # gone through again for each slip
    fault = _first_fault(answer, oracle, cases, describe)
    for why, slip in (slips or {}).items() if fault else ():
        if not _first_fault(answer, slip, cases):
            return why
    return fault


def _first_fault(answer: Any, oracle: Callable, cases: Iterable, describe=None) -> str:
    if not callable(answer):
        return f"A function is asked for, but {type(answer).__name__} came."
    name = getattr(answer, "__name__", None)
    name = name if isinstance(name, str) else "your function"
    for case in cases:
        shown = describe(*case) if describe else ", ".join(_shown(argument) for argument in case)
        given = copy.deepcopy(case)
        try:
            got = answer(*given)
        except KeyboardInterrupt:
            raise
        except BaseException as error:  # whatever the reader's code raises, also sys.exit()
            return f"{name}({shown}) {_stops(error)}"
        if any(not np.array_equal(a, b) for a, b in zip(given, case, strict=True)):
            return f"{name}({shown}) changes its argument: work on a copy."
        fault = compare(got, oracle(*case), what=f"{name}({shown})")
        if fault:
            return fault
    return ""


# ------------------------------------------------------------------- what the reader may give


def _plain(answer: Any) -> Any:
    """Return tensors, fractions and exact numbers as arrays; leave every other answer alone."""
    if callable(answer) or not (hasattr(answer, "__float__") or isinstance(answer, list | tuple)):
        return answer
    if type(answer) in (int, float, complex) or _claimed(answer, None) is None:
        return answer
    try:
        array, taken = _array(answer), np.asarray(_detached(answer)).dtype.kind
    except Exception:
        return answer  # ragged, or no numbers: its checker says so
    exotic = taken == "O" or hasattr(answer, "detach") or _has_tensor(answer)
    return array if exotic and array.dtype.kind in "iufc" else answer


def _array(answer: Any) -> np.ndarray:
    """Return an answer as an array, its tensors without gradient, its exact numbers as floats."""
    array = np.asarray(_detached(answer))
    if array.dtype.kind == "O":
        exact = [_exact(number) for number in array.flat]
        array = np.array(exact).reshape(array.shape) if array.size else array
    return array.astype(np.float64) if array.dtype.kind == "f" else array


def _detached(answer: Any) -> Any:
    if hasattr(answer, "detach"):
        answer = answer.detach().cpu().to_dense().resolve_conj()
        return (answer if answer.is_complex() else answer.double()).numpy()
    if isinstance(answer, list | tuple):
        return [_detached(part) for part in answer]
    if isinstance(answer, Sized) and not hasattr(answer, "shape") and len(answer) > 1000:
        raise TypeError("an endless object")  # NumPy would write out what it claims to hold
    return answer


def _has_tensor(answer: Any) -> bool:
    parts = answer if isinstance(answer, list | tuple) else ()
    return hasattr(answer, "detach") or any(map(_has_tensor, parts))


def _exact(number: Any) -> Any:
    """Return a fraction or a symbolic number as a float or complex, anything else as it is."""
    if isinstance(number, str | bytes | bool) or not hasattr(number, "__float__"):
        return number
    try:
        value = complex(number)
    except OverflowError:
        return np.inf
    except TypeError:  # a formula with letters in it
        return number
    return value if value.imag else value.real


def _claimed(answer: Any, shape: tuple[int, ...] | None) -> tuple[int, ...] | None:
    """Return the shape an answer claims, before anything is built of it; `shape` if it may fit."""
    claimed = getattr(answer, "shape", None)
    if isinstance(claimed, tuple):
        return tuple(claimed) if shape is not None or np.prod(claimed, dtype=float) < 1e7 else None
    if shape is None or isinstance(answer, str | bytes | dict) or not isinstance(answer, Sized):
        return shape if shape is not None else ()
    length = len(answer)
    return shape if length < 1000 or shape and length == shape[0] else (length,)


# -------------------------------------------------------------------------------- diagnoses


def _begin(what: str) -> str:
    """Return `what` as it stands at the beginning of a sentence: a call stays as it is."""
    return what if re.match(r"\S+\(", what) else what[:1].upper() + what[1:]


def _wrong_shape(What: str, came: tuple[int, ...], shape: tuple[int, ...]) -> str:
    if came == shape[::-1] and len(shape) > 1:
        return f"{What} has shape {came}, not {shape}: off by a transpose."
    return f"{What} should have shape {_shape(shape)}, but has shape {_shape(came)}."


def _near(got: np.ndarray, expected: np.ndarray) -> np.ndarray:
    """Return where two arrays agree up to rounding, small numbers as exactly as large ones."""
    largest = np.abs(expected).max(initial=0)
    return np.isclose(got, expected, RELATIVE, ABSOLUTE * (min(1, largest) or 1))


def _close(got: np.ndarray, expected: np.ndarray) -> bool:
    return bool(_near(got, expected).all())


def _factor(got: np.ndarray, expected: np.ndarray) -> complex | None:
    """Return f where got = f · expected, or None; one number alone proves no factor."""
    if np.count_nonzero(np.abs(expected) > ABSOLUTE) < 2:
        return None
    largest = np.unravel_index(np.argmax(np.abs(expected)), expected.shape)
    factor = got[largest] / expected[largest]
    if np.iscomplex(factor):
        return None  # no slip that a reader would recognise
    return factor if factor != 0 and _close(got, factor * expected) else None


def _times(factor: complex) -> str:
    if np.iscomplex(factor) or factor.real < 0:
        return f"{_number(factor)} times what it should be"
    if np.isclose(factor, 0.5):
        return "half as large as it should be"
    return f"{_number(factor)} times " + (
        "as large as it should be" if factor.real < 1 else "too large"
    )


def _rounded(got: np.ndarray, expected: np.ndarray) -> bool:
    """Return whether `got` is `expected` cut or rounded to some digits; never so for counts."""
    if np.iscomplexobj(got) or np.iscomplexobj(expected) or not np.allclose(got, expected, 0.05, 0):
        return False
    for scale in 10.0 ** np.arange(1, 7):
        forms = np.rint(expected * scale) / scale, np.trunc(expected * scale) / scale
        if any(np.allclose(got, form, 1e-12, 1e-12) for form in forms):
            return True
    return False


def _stops(error: BaseException) -> str:
    if isinstance(error, _clock.OutOfTime):
        return f"did not come back within {SECONDS} seconds. Is there a loop that never ends?"
    try:
        said = str(error)
    except Exception:
        said = "it cannot say why"
    return f"stops with {type(error).__name__}: {said[:500]}"


def _shape(shape: tuple[int, ...]) -> str:
    return str(shape) if shape else "() (a single number)"


def _number(value: Any, unlike: Any = None) -> str:
    """Return a number to four digits, or to as many as tell it from `unlike`."""
    for digits in (4, 6, 9, 12, 17):
        text, other = (_digits(number, digits) for number in (value, unlike))
        if text != other:
            break
    return text


def _digits(value: Any, digits: int) -> str:
    if value is None:
        return ""
    value = value + 0  # no -0
    if np.iscomplex(value):
        return f"{value.real:.{digits - 1}g}{value.imag:+.{digits - 1}g}i"
    return f"{value.real:.{digits}g}"


def _shown(argument: Any) -> str:
    if isinstance(argument, np.ndarray) and argument.dtype.kind == "f":
        flat = argument.ravel().tolist()
        digits = [round(x, 4) if abs(x) >= 1 else float(f"{x:.4g}") for x in flat]
        return str(np.reshape(digits, argument.shape).tolist())
    if isinstance(argument, np.ndarray):
        return str(np.round(argument, 4).tolist())
    return f"{argument:.4g}" if isinstance(argument, float) else str(argument)


for _, name, _ in iter_modules(__path__):
    if name.startswith("chapter_"):
        import_module(f"{__name__}.{name}")  # fills the register
