"""What controls and marks share: each field is checked when a part is made."""

from collections.abc import Callable, Mapping
from dataclasses import MISSING, field, fields
from functools import partial
from typing import Any

from matplotlib.colors import is_color_like, to_hex

from notebooklib._validate import _came, _refuse, finite, instance, optional, sequence, text


class Part:
    """A control, a mark or a panel, whose fields say what they accept."""

    def __post_init__(self) -> None:
        for one in fields(self):
            if accept := one.metadata.get("accept"):
                object.__setattr__(self, one.name, accept(getattr(self, one.name), one.name))


def arg(accept: Callable[[Any, str], Any], default: Any = MISSING) -> Any:
    """Return a field of a part: what it accepts, and its default."""
    return field(default=default, metadata={"accept": accept})


def maybe(accept: Callable[[Any, str], Any]) -> Callable[[Any, str], Any]:
    """Return what accepts None too."""
    return partial(_optional, accept=accept)


def _optional(value: Any, name: str, accept: Callable) -> Any:
    return optional(value, name, accept)


def named(value: str, name: str) -> str:
    """Return the name of an input or output, such as "det" or "state.t"."""
    if not isinstance(value, str) or not all(
        p.isalnum() or p.isidentifier() for p in _parts(value)
    ):
        _refuse(name, "the name of an input or output", _came(value))
    return value


def _parts(value: str) -> list[str]:
    return value.split(".")


def named_or_none(value: str, name: str) -> str:
    """Return a name, or the empty text for none."""
    return "" if isinstance(value, str) and value == "" else named(value, name)


def color(value: str, name: str) -> str:
    """Return a colour as #rrggbb."""
    if not isinstance(value, str) or not is_color_like(value):
        _refuse(name, "a colour", _came(value))
    return to_hex(value)


def colors(value: Any, name: str) -> tuple[str, ...]:
    """Return several colours as #rrggbb."""
    return tuple(color(one, name) for one in sequence(value, name))


def texts(value: Any, name: str) -> tuple[str, ...]:
    """Return texts, at least one."""
    return tuple(text(one, name) for one in sequence(value, name))


def texts_or_none(value: Any, name: str) -> tuple[str, ...]:
    """Return texts; the empty tuple for none."""
    return () if isinstance(value, tuple | list) and len(value) == 0 else texts(value, name)


def texts_by_name(value: Any, name: str) -> dict[str, tuple[str, ...]]:
    """Return rows of texts by their names; the empty tuple stands for none."""
    rows = {} if isinstance(value, tuple) and not value else instance(value, name, Mapping)
    return {text(key, name): texts(row, f"{name}, {key}") for key, row in rows.items()}


def pair(value: Any, name: str) -> tuple[float, float]:
    """Return two numbers."""
    x, y = (finite(one, name) for one in sequence(value, name, size=2))
    return x, y


def span(value: Any, name: str) -> tuple[float, float]:
    """Return the two ends of an axis."""
    low, high = pair(value, name)
    if not low < high:
        _refuse(name, "a lower and an upper end", f"{low:g} and {high:g}")
    return low, high


def reasons(value: Any, name: str) -> dict[str, str]:
    """Return choices, each with what is said to the reader who makes it."""
    if not 2 <= len(instance(value, name, Mapping)) <= 6:
        _refuse(name, "two to six choices", str(len(value)))
    return {text(k, name): text(v, name) for k, v in value.items()}


def one_of(value: Any, name: str, kinds: tuple) -> Any:
    """Return an object of one of several classes."""
    if not isinstance(value, kinds):
        _refuse(name, "one of " + ", ".join(kind.__name__ for kind in kinds), _came(value))
    return value
