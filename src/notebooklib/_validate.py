"""Checks at the door: say what was expected and what came, before any arithmetic.

Each kind of argument has one function here. It returns the argument in the form that the caller
computes with, a copy of its own, or raises a ValueError that names the argument.
"""

import inspect
import math
import os
import reprlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import wraps
from numbers import Integral, Real
from pathlib import Path
from typing import Any, NoReturn, TypeVar

import numpy as np
from numpy.typing import ArrayLike, NDArray

Array = NDArray[np.float64]
T = TypeVar("T")
MOST = 100_000_000  # numbers in one array, 0.8 GB: more is a slip of the finger, not a lesson


# ---------------------------------------------------------------------------------- arrays


def real_array(
    value: ArrayLike, name: str, *, ndim: int | None = None, finite: bool = True
) -> Array:
    """Return `value` as a new float64 array of at least one number, all of them finite."""
    array = _as_numbers(value, name)
    if ndim is not None and array.ndim != ndim:
        kind = {0: "a number", 1: "a vector", 2: "a matrix"}.get(ndim, f"{ndim} dimensions")
        _refuse(name, kind, f"shape {array.shape}")
    if array.size == 0:
        _refuse(name, "at least one number", f"shape {array.shape}")
    if array.size > MOST:
        _refuse(name, f"at most {MOST:,} numbers", f"shape {array.shape}")
    if array.dtype.itemsize > 8:
        with np.errstate(over="ignore"):
            array = array.astype(np.float64)
    else:
        array = array.astype(np.float64)
    if finite and not np.isfinite(array).all():
        where = tuple(int(i) for i in np.argwhere(~np.isfinite(array))[0])
        _refuse(name, "finite numbers", f"{float(array[where])} at {where}")
    return array


def _as_numbers(value: ArrayLike, name: str) -> np.ndarray:
    """Return `value` as an array of real numbers, of whatever NumPy takes them to be."""
    if type(value) is np.ndarray and value.dtype.kind in "iuf":
        return value
    if isinstance(value, range) and value[MOST:]:  # before it is written out
        _refuse(name, f"at most {MOST:,} numbers", repr(value))
    if hasattr(value, "__getitem__") and not isinstance(value, Sequence | Mapping | np.generic):
        if not hasattr(value, "__array__"):  # NumPy would ask it for items without end
            _refuse(name, "real numbers", _came(value))
    if isinstance(value, bytearray):
        _refuse(name, "real numbers", _came(value))
    try:
        array = np.asarray(value)
    except ValueError:
        _refuse(name, "rows of equal length", "ragged input")
    except Exception as error:  # an object that will not become an array, such as a GPU's tensor
        _refuse(name, "real numbers", f"{type(value).__name__} ({error})")
    if np.ma.is_masked(value):
        _refuse(name, "numbers without gaps", "a masked array")
    if array.dtype.kind == "O" and array.size and all(_is_real(x) for x in array.flat):
        try:  # fractions, and numbers too large for an integer of NumPy's
            array = array.astype(np.float64)
        except OverflowError:
            _refuse(name, "finite numbers", "one too large for float64")
        except Exception as error:
            _refuse(name, "real numbers", f"one that is no float ({type(error).__name__})")
    if array.dtype.kind not in "iuf":
        _refuse(name, "real numbers", _described(array))
    return array


def vector(value: ArrayLike, name: str, *, size: int | None = None) -> Array:
    """Return `value` as a 1-D float64 array, of `size` numbers where that is given.

    A column, shape (n, 1), is the same vector, as formulas write it; a row is another thing.
    """
    array = from_column(real_array(value, name))
    if array.ndim != 1:
        row = ", a row: a vector has shape (n,)" if array.shape[:-1] == (1,) else ""
        _refuse(name, "a vector", f"shape {array.shape}{row}")
    if size is not None and array.size != size:
        _refuse(name, f"{size} numbers", str(array.size))
    return array


def from_column(array: Array) -> Array:
    """Return a column, shape (n, 1), as the vector that it is; any other array as it came."""
    return array[:, 0] if array.ndim == 2 and array.shape[1] == 1 else array


def matrix(
    value: ArrayLike, name: str, *, shape: tuple[int | None, int | None] = (None, None)
) -> Array:
    """Return `value` as a 2-D float64 array; `None` in `shape` admits any length."""
    array = real_array(value, name, ndim=2)
    if any(want is not None and want != got for want, got in zip(shape, array.shape, strict=True)):
        wanted = ", ".join("any" if want is None else str(want) for want in shape)
        _refuse(name, f"shape ({wanted})", f"shape {array.shape}")
    return array


def square_matrix(value: ArrayLike, name: str, *, size: int | None = None) -> Array:
    """Return `value` as a square float64 matrix, `size` by `size` where that is given."""
    array = real_array(value, name, ndim=2)
    if array.shape[0] != array.shape[1]:
        _refuse(name, "a square matrix", f"shape {array.shape}")
    if size is not None and array.shape[0] != size:
        _refuse(name, f"a {size}×{size} matrix", f"shape {array.shape}")
    return array


def symmetric_matrix(value: ArrayLike, name: str) -> Array:
    """Return `value` as a symmetric float64 matrix, up to rounding; a number is a 1×1 one."""
    array = real_array(value, name)
    array = square_matrix(array.reshape(1, 1) if array.ndim == 0 else array, name)
    if np.abs(array - array.T).max() > 1e-8 * np.abs(array).max():
        _refuse(name, "a symmetric matrix", str(array.tolist()))
    return array


def whole_labels(value: ArrayLike, name: str, classes: int) -> NDArray[np.int64]:
    """Return `value` as a vector of whole numbers from 0 to `classes` - 1."""
    values = vector(value, name)
    wrong = (values != np.floor(values)) | (values < 0) | (values >= classes)
    if wrong.any():
        where = int(wrong.argmax())
        came = f"{values[where]:g} at {where}"
        _refuse(name, f"whole numbers from 0 to {classes - 1}", came)
    return values.astype(np.int64)


def whole_array(
    value: ArrayLike, name: str, *, ndim: int | None = None, size: int | None = None
) -> NDArray[np.int64]:
    """Return `value` as an int64 array of whole numbers ≥ 0, below `size` where it is given."""
    array = _as_numbers(value, name)
    if array.dtype.kind not in "iu" or array.size == 0:
        _refuse(name, "whole numbers, at least one", f"{array.dtype} of shape {array.shape}")
    if ndim is not None and array.ndim != ndim:
        _refuse(name, f"{ndim} dimension{'s' * (ndim > 1)}", f"shape {array.shape}")
    low, high, most = int(array.min()), int(array.max()), 2**63 if size is None else size
    if low < 0 or high >= most:
        _refuse(name, f"numbers 0 … {most - 1}", f"{low} … {high}")
    return array.astype(np.int64)


def whole(value: int, name: str, least: int, most: int) -> int:
    """Return `value` as an integer from `least` to `most`."""
    if not _is_integral(value) or not least <= value <= most:
        _refuse(name, f"a whole number from {least} to {most}", _came(value))
    return int(value)


# --------------------------------------------------------------------------------- numbers


def finite(value: float, name: str) -> float:
    """Return `value` as a finite float."""
    return _number(value, name, "a finite number", lambda x: True)


def positive(value: float, name: str) -> float:
    """Return `value` as a finite float above zero."""
    return _number(value, name, "a finite number > 0", lambda x: x > 0)


def nonnegative(value: float, name: str) -> float:
    """Return `value` as a finite float that is zero or more."""
    return _number(value, name, "a finite number >= 0", lambda x: x >= 0)


def probability(value: float, name: str) -> float:
    """Return `value` as a float in [0, 1]."""
    return _number(value, name, "a number in [0, 1]", lambda x: 0 <= x <= 1)


def below_one(value: float, name: str) -> float:
    """Return `value` as a float in [0, 1)."""
    return _number(value, name, "a number in [0, 1)", lambda x: 0 <= x < 1)


def share(value: float, name: str) -> float:
    """Return `value` as a float in (0, 1]."""
    return _number(value, name, "a number in (0, 1]", lambda x: 0 < x <= 1)


def interval(low: float, high: float) -> tuple[float, float]:
    """Return `low` and `high` as finite floats with low < high."""
    low, high = finite(low, "low"), finite(high, "high")
    if not low < high:
        _refuse("interval", "low < high", f"{low!r} and {high!r}")
    return low, high


def positive_int(value: int, name: str, *, most: int | None = None) -> int:
    """Return `value` as an integer of one or more, of `most` at most where that is given."""
    return _whole(value, name, 1, most)


def nonnegative_int(value: int, name: str, *, most: int | None = None) -> int:
    """Return `value` as an integer of zero or more, of `most` at most where that is given."""
    return _whole(value, name, 0, most)


def _number(value: Any, name: str, expected: str, admits: Callable[[float], bool]) -> float:
    try:
        number = float(value) if _is_real(value) else math.nan
    except OverflowError:
        number = math.inf
    except Exception:  # a number of the caller's own that is none
        number = math.nan
    if not math.isfinite(number) or not admits(number):
        _refuse(name, expected, _came(value))
    return number


def _whole(value: Any, name: str, least: int, most: int | None) -> int:
    if not _is_integral(value) or value < least:
        _refuse(name, f"a whole number >= {least}", _came(value))
    if most is not None and value > most:
        _refuse(name, f"at most {most:,}", _came(value))
    return int(value)


# --------------------------------------------------------------------------- anything else


def choice(value: str, name: str, known: Iterable[str]) -> str:
    """Return `value` if it is one of the `known` names; the error lists them."""
    known = sorted(known)
    if not isinstance(value, str) or value not in known:
        _refuse(name, "one of " + ", ".join(map(repr, known)), _came(value))
    return value


def flag(value: bool, name: str) -> bool:
    """Return `value` as True or False."""
    if not isinstance(value, bool | np.bool_):
        _refuse(name, "True or False", _came(value))
    return bool(value)


def function(value: Callable, name: str, *, takes: int | None = None) -> Callable:
    """Return `value` if it can be called, with so many arguments where that can be told."""
    if not callable(value) or inspect.iscoroutinefunction(value):
        _refuse(name, "a function", _came(value))
    try:
        signature = inspect.signature(value) if takes is not None else None
    except Exception:  # compiled code need not say
        signature = None
    if signature is not None:
        try:
            signature.bind(*[None] * takes)
        except TypeError as error:
            arguments = "1 argument" if takes == 1 else f"{takes} arguments"
            _refuse(name, f"a function of {arguments}", f"another ({error})")
    return value


def instance(value: T, name: str, kind: type[T]) -> T:
    """Return `value` if it is an object of the class `kind`."""
    if not isinstance(value, kind):
        article = "an" if kind.__name__[0] in "AEIOU" else "a"
        _refuse(name, f"{article} {kind.__name__}", _came(value))
    return value


def generator(value: np.random.Generator, name: str = "rng") -> np.random.Generator:
    """Return `value` if it is a NumPy generator, neither a seed nor a module."""
    if not isinstance(value, np.random.Generator):
        _refuse(name, "a generator such as np.random.default_rng(0)", _came(value))
    return value


def sequence(value: Sequence[T], name: str, *, size: int | None = None) -> list[T]:
    """Return `value` as a new list, of `size` items where that is given; no text, no iterator."""
    rows = isinstance(value, np.ndarray) and value.ndim > 0
    texts = isinstance(value, str | bytes | bytearray | memoryview)
    if not rows and (texts or not isinstance(value, Sequence)):
        _refuse(name, "a list or a tuple", _came(value))
    if len(value) > MOST // 10:  # before it is written out
        _refuse(name, f"at most {MOST // 10:,} items", f"{len(value):,}")
    if len(value) == 0 or (size is not None and len(value) != size):
        items = "1 item" if size == 1 else f"{size} items"
        expected = "at least one item" if size is None else items
        _refuse(name, expected, str(len(value)))
    return list(value)


def within_float64(function: Callable) -> Callable:
    """Make `function` raise ValueError where a number on its way overflows float64."""

    @wraps(function)
    def checked(*args, **kwargs):
        try:
            with np.errstate(over="raise"):
                return function(*args, **kwargs)
        except FloatingPointError as error:
            came = "numbers that stay within float64, got an overflow"
            raise ValueError(f"{function.__name__}: expected {came}") from error

    return checked


def text(value: str, name: str) -> str:
    """Return `value` if it is a text."""
    if not isinstance(value, str):
        _refuse(name, "a text", _came(value))
    return value


def file_path(value: str | Path, name: str = "path") -> Path:
    """Return `value` as a path that the file system can be asked about."""
    if not isinstance(value, str | os.PathLike) or "\0" in str(value):
        _refuse(name, "a path, as a text or a Path", _came(value))
    try:
        Path(value).stat()
    except FileNotFoundError:
        pass
    except OSError as error:
        _refuse(name, "a path that can be read", f"{error.strerror}: {_came(str(value))}")
    return Path(value)


def optional(value: Any, name: str, kind: Callable[[Any, str], T]) -> T | None:
    """Return None, or `value` as one of that `kind`."""
    return None if value is None else kind(value, name)


# ---------------------------------------------------------------------------- what is said


def _refuse(name: str, expected: str, came: str) -> NoReturn:
    raise ValueError(f"{name}: expected {expected}, got {came}") from None


def _is_real(value: object) -> bool:
    return isinstance(value, Real) and not isinstance(value, bool | np.bool_ | np.timedelta64)


def _is_integral(value: object) -> bool:
    return _is_real(value) and isinstance(value, Integral)


def _came(value: object) -> str:
    """Return a short text for any object, also for one that cannot write itself."""
    try:
        return reprlib.repr(value) if len(text := repr(value)) > 80 else text
    except Exception:
        return type(value).__name__


def _described(array: np.ndarray) -> str:
    if array.size == 0:
        return f"nothing (shape {array.shape})"
    first = array.reshape(-1)[0]
    return _came(first) if array.dtype.kind != "O" else type(first).__name__
