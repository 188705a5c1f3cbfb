"""What the drawing helpers may be given, checked at the door, so that no NaN is drawn."""

import inspect
from collections.abc import Callable, Iterable, Mapping
from functools import partial, wraps
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import is_color_like
from numpy.typing import NDArray

from notebooklib._validate import (
    _came,
    finite,
    flag,
    from_column,
    instance,
    positive,
    real_array,
    text,
    within_float64,
)

Kind = Callable[[Any, str], Any]


def checked(**own: Kind) -> Callable:
    """Make a function check its arguments by their names: as in `KINDS`, or by kinds of its `own`.

    Parameters
    ----------
    **own : callable
        For an argument, a function of its value and name that returns what is computed with, or
        raises ValueError.

    Returns
    -------
    callable
        A decorator. A default is taken as it is.

    Examples
    --------
    >>> @checked(height=positive)
    ... def box(width, height, label=""):
    ...     return width * height
    >>> box(2, 3, label=4)
    Traceback (most recent call last):
    ValueError: label: expected a text, got 4
    """

    def decorate(function: Callable) -> Callable:
        signature = inspect.signature(function)
        kinds = KINDS | own

        @wraps(function)
        def at_the_door(*args: Any, **kwargs: Any) -> Any:
            given = signature.bind(*args, **kwargs)
            for name, value in given.arguments.items():
                if name in kinds and value is not signature.parameters[name].default:
                    given.arguments[name] = kinds[name](value, name)
            return within_float64(function)(*given.args, **given.kwargs)

        return at_the_door

    return decorate


def axes(value: Axes, name: str) -> Axes:
    """Return `value` if it is one Axes to draw on."""
    return instance(value, name, Axes)


def numbers(
    value: Any, name: str, *, shape: tuple[int | None, ...], gaps: bool = False
) -> NDArray[np.float64]:
    """Return `value` as float64 numbers of a shape, finite but for `gaps`; True counts as 1."""
    if str(getattr(value, "dtype", "")).endswith("bool"):
        value = np.asarray(value).astype(float)
    array = real_array(value, name, finite=not gaps)
    array = from_column(array) if len(shape) == 1 else array
    fits = array.ndim == len(shape) and all(
        want in (None, got) for want, got in zip(shape, array.shape, strict=True)
    )
    if not fits:
        wanted = ", ".join("any" if want is None else str(want) for want in shape)
        raise ValueError(f"{name}: expected shape ({wanted}), got shape {array.shape}")
    return array


point = partial(numbers, shape=(2,))
points = partial(numbers, shape=(None, 2))
path = partial(numbers, shape=(None, 2), gaps=True)
row = partial(numbers, shape=(None,))
table = partial(numbers, shape=(None, None))
gappy_table = partial(numbers, shape=(None, None), gaps=True)
two_rows = partial(numbers, shape=(2, None))
two_by_two = partial(numbers, shape=(2, 2))


def truths(value: Any, name: str, shape: tuple[int, ...]) -> NDArray[np.bool_]:
    """Return `value` as booleans: one, or an array of that shape."""
    try:
        array = np.asarray(value)
    except Exception:
        array = np.array(None)
    if array.dtype != bool or array.shape not in ((), shape):
        raise ValueError(
            f"{name}: expected one boolean, or shape {shape} of them, got {_came(value)}"
        )
    return array


def color(value: Any, name: str) -> Any:
    """Return `value` if matplotlib knows such a colour."""
    try:
        known = is_color_like(value)
    except Exception:
        known = False
    if not known:
        raise ValueError(f"{name}: expected a colour, got {_came(value)}")
    return value


def color_list(value: Any, name: str) -> list:
    """Return `value` as a list of colours."""
    return [color(one, name) for one in listed(value, name)]


def colors(value: Any, name: str) -> Any:
    """Return `value` if it is a colour or a list of colours."""
    if isinstance(value, list | tuple) and value and isinstance(value[0], str):
        return color_list(value, name)
    return color(value, name)


def listed(value: Any, name: str) -> list:
    """Return `value` as a list of its own; one text is none."""
    if isinstance(value, str | bytes | Mapping) or not isinstance(value, Iterable):
        raise ValueError(f"{name}: expected a list, got {_came(value)}")
    return list(value)


def texts(value: Any, name: str) -> list[str]:
    """Return `value` as a list of texts."""
    return [text(one, name) for one in listed(value, name)]


def written(form: str, value: float, name: str) -> str:
    """Return a number as `form` writes it, with a true minus sign."""
    try:
        return form.format(value).replace("-", "−")
    except (AttributeError, IndexError, KeyError, ValueError) as error:
        raise ValueError(f"{name}: expected a format such as '{{:.2f}}', got {form!r}") from error


# Arguments that are called alike are alike; the exceptions stand at their functions.
KINDS: dict[str, Kind] = {
    "ax": axes,
    **dict.fromkeys(("point", "tip", "tail", "offset"), point),
    **dict.fromkeys(("places", "sources", "targets", "corners"), points),
    **dict.fromkeys(("color", "text_color", "lit_color"), color),
    **dict.fromkeys(("row_colors", "column_colors"), color_list),
    **dict.fromkeys(("label", "title", "name", "marker", "fmt"), text),
    **dict.fromkeys(("dashed", "augmented", "signed", "horizontal", "end_only"), flag),
    **dict.fromkeys(("size", "width", "thickness", "limit"), positive),
    **dict.fromkeys(("row", "column", "a", "b", "c", "at"), finite),
    **dict.fromkeys(("x", "y"), table),
    **dict.fromkeys(("rows", "columns", "labels", "above", "below"), listed),
    "levels": row,
}
