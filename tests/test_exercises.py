"""Every checker accepts a right answer and sees through wrong ones that are planted here."""

import re
from importlib import import_module
from pathlib import Path

import numpy as np
import pytest

from notebooklib.exercises import EXERCISES, check, compare, compare_function, exercise

PLANTED = [import_module(path.stem) for path in sorted(Path(__file__).parent.glob("planted_*.py"))]
RIGHT = {number: answer for chapter in PLANTED for number, answer in chapter.RIGHT.items()}
WRONG = {number: planted for chapter in PLANTED for number, planted in chapter.WRONG.items()}


@pytest.fixture(autouse=True)
def no_warning():
    with np.errstate(all="ignore"):
        yield


def test_every_exercise_is_tried_here():
    assert set(RIGHT) == set(WRONG) == set(EXERCISES)
    assert all(len(planted) >= 2 for planted in WRONG.values())


@pytest.mark.parametrize("number", RIGHT)
def test_a_right_answer_passes(number):
    verdict = check(number, RIGHT[number])
    assert verdict, verdict
    assert repr(verdict).startswith("✓ Right.")


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
@pytest.mark.parametrize(
    ("number", "answer", "said"), [(n, *planted) for n in WRONG for planted in WRONG[n]]
)
def test_a_wrong_answer_fails_and_hears_why(number, answer, said):
    verdict = check(number, answer)
    assert not verdict
    assert re.search(said, repr(verdict)), verdict


@pytest.mark.parametrize("number", RIGHT)
@pytest.mark.parametrize("nothing", [..., None])
def test_no_answer_is_no_right_answer(number, nothing):
    assert "waits for your answer" in repr(check(number, nothing))


@pytest.mark.parametrize("number", RIGHT)
@pytest.mark.parametrize(
    "stray", ["text", 7, {}, [], lambda *_: None, lambda *_: 1 / 0, [[1], [2, 3]]]
)
def test_nothing_a_reader_types_stops_the_checker(number, stray):
    assert not check(number, stray)


def test_unknown_exercise_lists_the_known_ones():
    with pytest.raises(ValueError, match="expected one of 1.1, .*got '9.9'"):
        check("9.9", 1)


def test_no_number_is_given_twice():
    with pytest.raises(ValueError, match="registered twice"):
        exercise("1.1", "")(lambda answer: "")


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ([1.0, 2.0, 4.0], ""),
        ([1.0, 2.0, 4.0 + 1e-9], ""),
        ([-1.0, -2.0, -4.0], "right up to the sign"),
        ([2.0, 4.0, 8.0], "2 times too large"),
        ([4.0, 1.0, 2.0], "right numbers in the wrong places"),
        ([1.001, 2.0, 4.0], "rounded"),
        ([1.0, 2.0, 5.0], "at index 2 should not be 5"),
        ([[1.0, 2.0, 4.0]], "shape"),
        ([1.0, 2.0], r"should have shape \(3,\), but has shape \(2,\)"),
        ([1.0, np.nan, 4.0], "not finite"),
        (["a", "b", "c"], "should be numbers"),
        ([[1.0], [2.0, 4.0]], "rows of different lengths"),
        (None, "Is there a `return`"),
        (print, "a function came"),
    ],
)
def test_compare_says_what_differs(answer, said):
    fault = compare(answer, [1.0, 2.0, 4.0])
    assert re.search(said, fault) if said else fault == ""


def test_compare_names_a_transpose():
    assert "transposed" in compare([[1, 3], [2, 4]], [[1, 2], [3, 4]])
    assert "transpose" in compare([[1, 3, 5], [2, 4, 6]], [[1, 2], [3, 4], [5, 6]])


def test_a_function_that_changes_its_argument_is_told_so():
    def careless(v):
        v *= 2
        return v

    assert "changes its argument" in compare_function(careless, lambda v: 2 * v, [(np.ones(2),)])
