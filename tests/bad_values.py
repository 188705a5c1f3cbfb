"""Kinds of arguments: the bad values that each must refuse, and right ones in unusual clothes.

A file `tests/bad_input_*.py` covers modules by listing them:

    MODULES = [linear_algebra]
    DOORS = [door(linear_algebra.dot, v=(VECTOR, [3, 4]), w=(VECTOR, [2, 1]))]

Each door is one right call: a kind and a value for every argument that is checked, GIVEN and a
value for those that are not. `tests/test_bad_input.py` replaces one argument after the other by
each bad value of its kind and wants a ValueError that names the argument, what was expected and
what came; puts on each unusual form and wants the same result; and wants the arguments unchanged.
"""

import copy
import math
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from functools import partial
from numbers import Integral, Real
from typing import Any

import numpy as np


@dataclass(frozen=True)
class Kind:
    """One kind of argument: from a right value, wrong ones by class and right ones by form."""

    bad: Callable[[Any], dict[str, Any]]
    unusual: Callable[[Any], dict[str, Any]] = lambda right: {}
    admits: Callable[[Any], bool] = lambda value: True  # may any such value be right?
    far: Callable[[Any], dict[str, Any]] = lambda right: {}  # at the ends of float64


@dataclass(frozen=True)
class Door:
    """A public function with a right call and the kind of each of its arguments."""

    of: Callable
    function: Callable
    right: dict[str, Any]
    kinds: dict[str, Kind]
    changes: tuple[str, ...]
    named: dict[str, str]

    @property
    def name(self) -> str:
        return f"{self.of.__module__}.{self.of.__qualname__}".removeprefix("notebooklib.")

    def call(self, /, **instead: Any) -> Any:
        """Call the function with the right arguments, copied, and some others `instead`."""
        return self.function(**{**copy.deepcopy(self.right), **instead})


def door(
    function: Callable,
    /,
    *,
    of: Callable | None = None,
    changes: tuple[str, ...] = (),
    named: dict[str, str] | None = None,
    **arguments: tuple[Kind, Any],
) -> Door:
    """Return a door; `of` is the public function where `function` only wraps it.

    `changes` names the arguments that the function may change, `named` what its error calls an
    argument where that is not the argument's own name.
    """
    kinds, right = ({n: pair[i] for n, pair in arguments.items()} for i in (0, 1))
    return Door(of or function, function, right, kinds, changes, named or {})


# ----------------------------------------------------------------------------------- values


ENDS = (1e308, -1e308, 5e-324, -5e-324)


class Endless:
    """An object that has an item for every number that is asked for."""

    def __len__(self):
        return 3

    def __getitem__(self, place):
        return 1.0


class NoFloat(float):
    """A number that will not become one."""

    def __float__(self):
        raise RuntimeError("no float")


class Stubborn:
    """An object that fails at whatever is asked of it."""

    def __array__(self, *args, **kwargs):
        raise RuntimeError("no array")

    def __repr__(self):
        raise RuntimeError("no text")

    def __eq__(self, other):
        raise RuntimeError("no comparison")

    __hash__ = None


def _nothings() -> dict[str, Any]:
    """Return what is no number and no array of numbers, whatever is asked for."""
    return {
        "None": None,
        "text": "3",
        "bytes": b"3",
        "function": len,
        "mapping": {0: 1.0},
        "set": {1.0, 2.0},
        "iterator": iter([1.0, 2.0]),
        "stubborn": Stubborn(),
        "endless": Endless(),
        "bytearray": bytearray(b"3"),
        "a long text": "3" * 10**5,
        "a span of time": np.timedelta64(3, "s"),
    }


def _poisoned(right: Any, poison: Any, dtype: Any = float) -> np.ndarray:
    array = np.array(right, dtype=dtype)
    array[(-1,) * array.ndim] = poison
    return array


def array(ndim: int | None = None, *, finite: bool = True, like: str = "") -> Kind:
    """Return the kind of an array of real numbers, of `ndim` dimensions where they are fixed."""

    def bad(right):
        a = np.array(right, dtype=float)
        values = {
            **_nothings(),
            "number texts": a.astype(str).tolist(),
            "booleans": a > 0,
            "complex": _poisoned(right, 1j, complex),
            "Nones": _poisoned(right, None, object),
            "dates": np.full(a.shape, np.datetime64("2020-01-01")),
            "too large for float": _poisoned(right, 10**400, object),
            "no float": _poisoned(right, NoFloat(1.0), object),
            "more than memory": range(10**12),
            "spread over more than memory": np.broadcast_to(1.0, (10**6, 10**6)),
            "ragged": [[1.0, 2.0], [3.0]],
            "empty": np.zeros((0,) * max(a.ndim, 1)),
            "masked": np.ma.masked_array(a, mask=_poisoned(np.zeros(a.shape), 1) > 0),
        }
        if finite:
            values |= {str(x): _poisoned(right, x) for x in (math.nan, math.inf, -math.inf)}
        if ndim is not None:
            values |= {"two dimensions more": a[None, None]}
            values |= {"a dimension more": a[None]} if a.shape != (1,) else {}
            values |= {"a dimension less": a[0]} if ndim else {}
        return values

    def unusual(right):
        a = np.array(right, dtype=float)
        forms = {
            "lists": a.tolist(),
            "tuples": _tuples(a.tolist()),
            "other byte order": a.astype(">f8"),
            "not contiguous": np.repeat(a[..., None], 2, axis=-1)[..., 0],
            "read only": _read_only(a),
            "an array without gaps, masked": np.ma.masked_array(a),
            "fractions": _fractions(a.tolist()),
        }
        if ndim == 1:
            forms["a column"] = a[:, None]
        for dtype in (np.float32, np.float16, np.longdouble, np.int8, np.int64, np.uint8, ">i2"):
            with np.errstate(all="ignore"):
                same = np.array_equal(a.astype(dtype).astype(float), a)
            if same:
                forms[np.dtype(dtype).name] = a.astype(dtype)
        return forms

    def admits(value):
        try:
            a = np.asarray(value)
        except Exception:
            return False
        column = ndim == 1 and a.ndim == 2 and a.shape[1] == 1
        fits = ndim is None or a.ndim == ndim or column
        return a.dtype.kind in "iufO" and fits and a.size > 0 and (a.ndim > 0 or _real(value))

    def far(right):
        a = np.array(right, dtype=float)
        ways = {"one": partial(_poisoned, a), "all": partial(np.full, a.shape)}
        return {f"{how} {x:g}": make(x) for how, make in ways.items() for x in ENDS}

    return Kind(bad, unusual, admits, far)


def _tuples(value):
    return tuple(map(_tuples, value)) if isinstance(value, list) else value


def _fractions(value):
    return list(map(_fractions, value)) if isinstance(value, list) else Fraction(value)


def _read_only(a):
    a = a.copy()
    a.setflags(write=False)
    return a


def _real(value):
    return isinstance(value, Real) and not isinstance(value, bool | np.bool_)


def number(lowest: float = -math.inf, highest: float = math.inf, *, ends: str = "[]") -> Kind:
    """Return the kind of a finite number between two ends; `ends` says which are included."""
    outside = {
        f"below {lowest:g}": lowest - 1,
        f"above {highest:g}": highest + 1,
        f"{lowest:g} itself": lowest if ends[0] == "(" else math.nan,
        f"{highest:g} itself": highest if ends[1] == ")" else math.nan,
    }
    outside = {label: x for label, x in outside.items() if math.isfinite(x)}

    def bad(right):
        return {
            **_nothings(),
            **outside,
            "boolean": True,
            "no float": NoFloat(1.0),
            "complex": 1 + 1j,
            "list": [right],
            "array": np.array([right, right]),
            "too large for float": 10**400,
            "too large for text": 10**5000,
            **{str(x): x for x in (math.nan, math.inf, -math.inf)},
        }

    def unusual(right):
        forms = {"fraction": Fraction(right), "float64": np.float64(right)}
        for kind in (int, np.float32, np.int64):
            if kind(right) == right:
                forms[kind.__name__] = kind(right)
        return forms

    def admits(value):
        if not _real(value) or not abs(value) < 1e308:
            return False
        above = value > lowest if ends[0] == "(" else value >= lowest
        return above and (value < highest if ends[1] == ")" else value <= highest)

    return Kind(bad, unusual, admits, lambda right: {f"{x:g}": x for x in ENDS})


def whole(lowest: int = 1, highest: int | None = None) -> Kind:
    """Return the kind of a whole number from `lowest` to `highest`."""

    def bad(right):
        values = {
            **_nothings(),
            "boolean": True,
            "float": float(right),
            "half": right + 0.5,
            "complex": right + 0j,
            "nan": math.nan,
            "list": [right],
            "array": np.array([right, right]),
            f"below {lowest}": lowest - 1,
            "far below": -(10**5000),
        }
        return values | ({} if highest is None else {"too many": highest + 1, "far": 10**99})

    def admits(value):
        integral = isinstance(value, Integral) and not isinstance(value, bool)
        return integral and value >= lowest and (highest is None or value <= highest)

    return Kind(bad, lambda right: {"int64": np.int64(right), "uint8": np.uint8(right)}, admits)


def name() -> Kind:
    """Return the kind of a name out of a few."""

    def bad(right):
        values = _nothings() | {"unknown": right + "x", "number": 3, "list": [right], "empty": ""}
        values["array"] = np.array([right, right])
        return values if right.upper() == right else values | {"shouted": right.upper()}

    return Kind(bad, lambda right: {"numpy": np.str_(right)}, lambda value: isinstance(value, str))


def things(items: Kind | None = None) -> Kind:
    """Return the kind of a list or tuple, whose items are of the kind `items`."""

    def bad(right):
        values = _nothings() | {"number": 3, "empty": [], "endless": range(10**12)}
        for label, value in items.bad(right[-1]).items() if items else ():
            values[f"an item: {label}"] = [*right[:-1], value]
        return values

    return Kind(bad, lambda right: {"tuple": tuple(right)}, lambda v: isinstance(v, list | tuple))


def _only(cls: type, **bad: Any) -> Kind:
    everything = {**_nothings(), "number": 3, "list": [], "the class": cls, **bad}
    return Kind(lambda right: everything, admits=lambda value: isinstance(value, cls))


def instance(cls: type) -> Kind:
    """Return the kind of an object of the class `cls`."""
    return _only(cls)


def _no_function() -> dict[str, Any]:
    return {label: value for label, value in _nothings().items() if label != "function"}


ARRAY, VECTOR, MATRIX = array(), array(1), array(2)
FINITE, POSITIVE, NONNEGATIVE = number(), number(0, ends="(]"), number(0)
PROBABILITY, BELOW_ONE = number(0, 1), number(0, 1, ends="[)")
COUNT, SIZE = whole(1), whole(0)
NAME = name()
FLAG = Kind(
    lambda right: {**_nothings(), "number": 1, "float": 0.0, "array": np.array([True, False])},
    lambda right: {"numpy": np.bool_(right)},
    lambda value: isinstance(value, bool),
)
RNG = _only(np.random.Generator, legacy=np.random.RandomState(0), module=np.random)


async def _later(*given):
    return given


FUNCTION = Kind(
    lambda right: {**_no_function(), "number": 3, "list": [], "asynchronous": _later},
    admits=callable,
)


def function_of(takes: int) -> Kind:
    """Return the kind of a function of so many arguments."""
    wrong = {"one argument more": eval(f"lambda {', '.join('abcdef'[: takes + 1])}: 1.0")}
    wrong |= {"no argument": lambda: 1.0} if takes else {}
    return Kind(lambda right: FUNCTION.bad(right) | wrong, admits=callable)


GIVEN = Kind(lambda right: {})
