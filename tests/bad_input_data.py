"""Right calls of data, source and the register of exercises, for the tests of bad input."""

import math

from bad_values import GIVEN, NAME, Kind, door, whole

from notebooklib import data, exercises, source

MODULES = [data, source, exercises]
LEFT_OUT = {
    "exercises.exercise": "a decorator for the book's own checkers, run as they are imported",
    "exercises.Verdict": "a result of `check`",
    "exercises.Exercise": "what `exercise` keeps in the register",
    "exercises.compare": "always a verdict: see test_exercises.py",
    "exercises.misfit": "always a verdict: see test_exercises.py",
    "exercises.compare_function": "always a verdict: see test_exercises.py",
}


def sources():
    """Return the kind of a function whose source can be shown."""

    def bad(right):
        kind = NAME.bad("text")
        return kind | {"lambda": lambda x: x, "built in": math.sqrt, "a module": math}

    return Kind(bad, admits=lambda value: False)


DOORS = [
    door(
        data.photograph,
        name=(NAME, "china"),
        size=(whole(1, 427), 16),
        named={"name": "photograph"},
    ),
    door(source.show_source, function=(sources(), data.photograph)),
    door(exercises.check, number=(NAME, "1.1"), answer=(GIVEN, 3), named={"number": "exercise"}),
]
