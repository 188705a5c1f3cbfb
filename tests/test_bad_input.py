"""Wrong input to a public function ends in an error that names it; right input in any form works.

What is tried stands in the files `bad_input_*.py` beside this one, how in `bad_values.py`.
"""

import copy
import inspect
import re
import reprlib
from importlib import import_module
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest
from bad_values import GIVEN
from hypothesis import given
from hypothesis import strategies as st

from notebooklib._validate import vector

TABLES = [import_module(path.stem) for path in sorted(Path(__file__).parent.glob("bad_input_*.py"))]
DOORS = [door for table in TABLES for door in table.DOORS]
CHECKED = [(door, argument) for door in DOORS for argument in door.kinds]
each_door = pytest.mark.parametrize("door", DOORS, ids=lambda door: door.name)


@each_door
def test_bad_input_is_refused_by_name(door):
    fell_short = {}
    for argument, kind in door.kinds.items():
        for label, bad in kind.bad(door.right[argument]).items():
            try:
                came = door.call(**{argument: bad})
            except ValueError as error:
                if not says(str(error), door.named.get(argument, argument)):
                    fell_short[argument, label] = str(error)
            except Exception as error:
                fell_short[argument, label] = repr(error)
            else:
                fell_short[argument, label] = f"gives {reprlib.repr(came)}"
    assert not fell_short


def says(message, name):
    """Return whether a message names the argument, what was expected and what came."""
    parts = rf"(?<!\w){re.escape(name)}(?!\w).*: expected .+, got ."
    return len(message) < 1000 and re.search(parts, message, re.DOTALL)


@each_door
def test_right_input_in_another_form_gives_the_same(door):
    right, others = plain(door.call()), []
    for argument, kind in door.kinds.items():
        for label, form in kind.unusual(door.right[argument]).items():
            if plain(door.call(**{argument: form})) != right:
                others.append((argument, label))
    assert not others


FAR = [door for door in DOORS if any(k.far(door.right[n]) for n, k in door.kinds.items())]


@pytest.mark.parametrize("door", FAR, ids=lambda door: door.name)
def test_the_ends_of_float64_are_computed_with_or_refused(door):
    """Without a warning, which would be an error here."""
    fell_short = {}
    for argument, kind in door.kinds.items():
        for label, value in kind.far(door.right[argument]).items():
            try:
                door.call(**{argument: value})
            except ValueError as error:
                if not re.search(": expected .+, got .", str(error), re.DOTALL):
                    fell_short[argument, label] = str(error)
            except Exception as error:
                fell_short[argument, label] = repr(error)
    assert not fell_short


def test_a_column_is_a_vector_and_a_row_is_told_apart():
    assert vector([[3], [4]], "v").tolist() == [3, 4]
    with pytest.raises(ValueError, match=r"v: expected a vector, got shape \(1, 2\), a row: "):
        vector([[3, 4]], "v")


@each_door
def test_no_argument_is_changed(door):
    arguments = copy.deepcopy(door.right)
    door.function(**arguments)
    for name, value in arguments.items():
        if name not in door.changes and not isinstance(value, np.random.Generator):
            assert plain(value) == plain(door.right[name]), name


NUMBERS = st.floats(width=16) | st.integers(-9, 9) | st.booleans() | st.complex_numbers()
ANYTHING = st.recursive(
    NUMBERS | st.none() | st.text(max_size=3) | st.binary(max_size=3) | st.fractions(-9, 9),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.tuples(inner, inner)
        | st.dictionaries(st.text(max_size=2), inner, max_size=2)
    ),
    max_leaves=6,
)


@given(st.sampled_from([c for c in CHECKED if c[0].kinds[c[1]] is not GIVEN]), ANYTHING)
def test_whatever_comes_is_answered_or_refused(target, value):
    door, argument = target
    kind = door.kinds[argument]
    try:
        door.call(**{argument: value})
    except ValueError as error:
        assert ": expected " in str(error) and ", got " in str(error)
    else:
        assert kind.admits(value)


def public(module):
    """Return the public functions and methods of a module that take arguments, by name."""
    found = {}
    for name in getattr(module, "__all__", None) or vars(module):
        thing = getattr(module, name)
        if name.startswith("_") or isinstance(thing, ModuleType) or not callable(thing):
            continue
        if not getattr(thing, "__module__", "").startswith(module.__name__):
            continue
        parts = vars(thing).items() if inspect.isclass(thing) else ()
        methods = [
            getattr(thing, part)
            for part, method in parts
            if (not part.startswith("_") or part == "__call__")
            and inspect.isroutine(getattr(thing, part))
            and not isinstance(method, property)
        ]
        for one in (thing, *methods):
            takes = [p for p in inspect.signature(one).parameters if p != "self"]
            if takes:
                found[f"{one.__module__}.{one.__qualname__}".removeprefix("notebooklib.")] = one
    return found


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.__name__)
def test_every_public_function_of_a_listed_module_has_a_door(table):
    names = {name for module in table.MODULES for name in public(module)}
    left_out = getattr(table, "LEFT_OUT", {})
    assert all(left_out.values()), "each function left out says why"
    assert set(left_out) <= names
    assert names - set(left_out) == {door.name for door in table.DOORS}


def plain(value):
    """Return a result as something that == compares: numbers exactly, objects by their parts."""
    if isinstance(value, np.ndarray):
        return "array", value.shape, [plain(v) for v in value.ravel().tolist()]
    if isinstance(value, list | tuple):
        return [plain(v) for v in value]
    if isinstance(value, dict):
        return {key: plain(v) for key, v in value.items()}
    if isinstance(value, float | np.number):
        return "number", repr(value.item() if isinstance(value, np.number) else value)
    if callable(value) and not hasattr(value, "__dict__"):
        return value.__name__
    if hasattr(value, "detach"):
        return plain(value.detach().numpy())
    if hasattr(value, "__dict__") and not inspect.isroutine(value) and not inspect.isclass(value):
        return type(value).__name__, {k: plain(v) for k, v in vars(value).items()}
    return getattr(value, "__qualname__", value)
