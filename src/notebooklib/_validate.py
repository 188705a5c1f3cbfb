"""Checks at the door: say what was expected and what came, before any arithmetic."""

from collections.abc import Iterable
from numbers import Integral, Real

import numpy as np
from numpy.typing import ArrayLike, NDArray


def real_array(value: ArrayLike, name: str, *, ndim: int | None = None) -> NDArray[np.float64]:
    """Return `value` as a new finite float64 array of at least one number, or raise ValueError."""
    try:
        array = np.asarray(value)
    except ValueError as error:
        raise ValueError(f"{name}: expected rows of equal length, got ragged input") from error
    if array.dtype.kind not in "iuf":
        raise ValueError(f"{name}: expected real numbers, got {_described(array)}")
    if ndim is not None and array.ndim != ndim:
        kind = {0: "a number", 1: "a vector", 2: "a matrix"}.get(ndim, f"{ndim} dimensions")
        raise ValueError(f"{name}: expected {kind}, got shape {array.shape}")
    if array.size == 0:
        raise ValueError(f"{name}: expected at least one number, got shape {array.shape}")
    array = array.astype(np.float64)
    if not np.isfinite(array).all():
        where = tuple(int(i) for i in np.argwhere(~np.isfinite(array))[0])
        raise ValueError(f"{name}: expected finite numbers, got {float(array[where])} at {where}")
    return array


def vector(value: ArrayLike, name: str, *, size: int | None = None) -> NDArray[np.float64]:
    """Return `value` as a 1-D float64 array, of `size` numbers where that is given."""
    array = real_array(value, name, ndim=1)
    if size is not None and array.size != size:
        raise ValueError(f"{name}: expected {size} numbers, got {array.size}")
    return array


def matrix(
    value: ArrayLike, name: str, *, shape: tuple[int | None, int | None] = (None, None)
) -> NDArray[np.float64]:
    """Return `value` as a 2-D float64 array; `None` in `shape` admits any length."""
    array = real_array(value, name, ndim=2)
    if any(want is not None and want != got for want, got in zip(shape, array.shape, strict=True)):
        wanted = ", ".join("any" if want is None else str(want) for want in shape)
        raise ValueError(f"{name}: expected shape ({wanted}), got shape {array.shape}")
    return array


def square_matrix(value: ArrayLike, name: str, *, size: int | None = None) -> NDArray[np.float64]:
    """Return `value` as a square float64 matrix, `size` by `size` where that is given."""
    array = real_array(value, name, ndim=2)
    if array.shape[0] != array.shape[1]:
        raise ValueError(f"{name}: expected a square matrix, got shape {array.shape}")
    if size is not None and array.shape[0] != size:
        raise ValueError(f"{name}: expected a {size}×{size} matrix, got shape {array.shape}")
    return array


def finite(value: float, name: str) -> float:
    """Return `value` as a finite float."""
    if not _is_real(value) or not np.isfinite(value):
        raise ValueError(f"{name}: expected a finite number, got {value!r}")
    return float(value)


def positive(value: float, name: str) -> float:
    """Return `value` as a finite float above zero."""
    if not _is_real(value) or not np.isfinite(value) or value <= 0:
        raise ValueError(f"{name}: expected a finite number > 0, got {value!r}")
    return float(value)


def nonnegative(value: float, name: str) -> float:
    """Return `value` as a finite float that is zero or more."""
    if not _is_real(value) or not np.isfinite(value) or value < 0:
        raise ValueError(f"{name}: expected a finite number >= 0, got {value!r}")
    return float(value)


def probability(value: float, name: str) -> float:
    """Return `value` as a float in [0, 1]."""
    if not _is_real(value) or not 0 <= value <= 1:
        raise ValueError(f"{name}: expected a number in [0, 1], got {value!r}")
    return float(value)


def positive_int(value: int, name: str) -> int:
    """Return `value` as an integer of one or more."""
    if isinstance(value, bool) or not isinstance(value, Integral) or value < 1:
        raise ValueError(f"{name}: expected a whole number >= 1, got {value!r}")
    return int(value)


def nonnegative_int(value: int, name: str) -> int:
    """Return `value` as an integer of zero or more."""
    if isinstance(value, bool) or not isinstance(value, Integral) or value < 0:
        raise ValueError(f"{name}: expected a whole number >= 0, got {value!r}")
    return int(value)


def choice(value: str, name: str, known: Iterable[str]) -> str:
    """Return `value` if it is one of the `known` names; the error lists them."""
    known = sorted(known)
    if value not in known:
        listed = ", ".join(repr(k) for k in known)
        raise ValueError(f"{name}: expected one of {listed}, got {value!r}")
    return value


def _is_real(value: object) -> bool:
    return isinstance(value, Real) and not isinstance(value, bool | np.bool_)


def _described(array: np.ndarray) -> str:
    if array.size == 0:
        return f"nothing (shape {array.shape})"
    first = array.reshape(-1)[0]
    return f"{first!r}" if array.dtype.kind != "O" else f"{type(first).__name__}"
