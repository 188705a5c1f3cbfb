"""Every checker accepts right answers, unusual ones too, and sees through planted wrong ones."""

import re
import sys
from decimal import Decimal
from fractions import Fraction
from importlib import import_module
from pathlib import Path

import numpy as np
import pytest
import sympy
import torch
from later import made

from notebooklib.exercises import EXERCISES, check, compare, compare_function, exercise

PLANTED = [import_module(path.stem) for path in sorted(Path(__file__).parent.glob("planted_*.py"))]
RIGHT = {number: answer for chapter in PLANTED for number, answer in chapter.RIGHT.items()}
WRONG = {number: planted for chapter in PLANTED for number, planted in chapter.WRONG.items()}
ALSO_RIGHT = {n: also for chapter in PLANTED for n, also in chapter.ALSO_RIGHT.items()}


@pytest.fixture(autouse=True)
def no_warning():
    with np.errstate(all="ignore"):
        yield


def test_every_exercise_is_tried_here():
    assert set(RIGHT) == set(WRONG) == set(EXERCISES) >= set(ALSO_RIGHT)
    assert all(len(planted) >= 2 for planted in WRONG.values())


@pytest.mark.parametrize("number", RIGHT)
def test_a_right_answer_passes(number):
    verdict = check(number, made(RIGHT[number]))
    assert verdict, verdict
    assert repr(verdict).startswith("✓ Right.")


@pytest.mark.parametrize(
    ("number", "answer"),
    [(number, answer) for number in ALSO_RIGHT for answer in ALSO_RIGHT[number]],
)
def test_an_unusual_right_answer_passes(number, answer):
    verdict = check(number, made(answer))
    assert verdict, verdict


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
@pytest.mark.parametrize(
    ("number", "answer", "said"), [(n, *planted) for n in WRONG for planted in WRONG[n]]
)
def test_a_wrong_answer_fails_and_hears_why(number, answer, said):
    verdict = check(number, made(answer))
    assert not verdict
    assert re.search(said, repr(verdict)), verdict


def said(number, answers):
    """Return what a checker says to each of some answers, none of them right, by their names."""
    verdicts = {name: check(number, answer) for name, answer in answers.items()}
    assert [name for name, verdict in verdicts.items() if verdict] == []
    return {name: repr(verdict) for name, verdict in verdicts.items()}


@pytest.mark.parametrize("number", RIGHT)
def test_no_answer_is_no_right_answer(number):
    told = said(number, {"...": ..., "None": None})
    assert [name for name, text in told.items() if "waits for your answer" not in text] == []


@pytest.mark.parametrize("number", RIGHT)
def test_nothing_a_reader_types_stops_the_checker(number):
    typed = ["text", 7, {}, [], lambda *_: None, lambda *_: 1 / 0, [[1], [2, 3]]]
    said(number, dict(enumerate(typed)))


def test_unknown_exercise_lists_the_known_ones():
    with pytest.raises(ValueError, match="expected one of 1.1, .*got '99.9'"):
        check("99.9", 1)


def test_no_number_is_given_twice():
    with pytest.raises(ValueError, match="registered twice"):
        exercise("1.1", "")(lambda answer: "")


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ([1.0, 2.0, 4.0], ""),
        ([1.0, 2.0, 4.0 + 1e-9], ""),
        ((1, 2, 4), ""),
        ([Fraction(1), 2, Fraction(8, 2)], ""),
        ([Decimal(1), 2, 4], ""),
        ([sympy.Integer(1), sympy.sqrt(4), sympy.Rational(8, 2)], ""),
        (torch.tensor([1.0, 2.0, 4.0], requires_grad=True), ""),
        ([torch.tensor(1.0, requires_grad=True), 2, 4], ""),
        (np.array([1, 2, 4], dtype=">i2"), ""),
        ([1 + 0j, 2, 4], ""),
        ([-1.0, -2.0, -4.0], "right up to the sign"),
        ([2.0, 4.0, 8.0], "it is 2 times too large"),
        ([0.5, 1.0, 2.0], "it is half as large as it should be"),
        ([0.25, 0.5, 1.0], "it is 0.25 times as large as it should be"),
        ([-3.0, -6.0, -12.0], "it is -3 times what it should be"),
        ([1j, 2j, 4j], r"should not be 0\+1i"),
        ([4.0, 1.0, 2.0], "right numbers in the wrong places"),
        ([1.001, 2.0, 4.0], "at index 0 should not be 1.001"),
        ([1.0, 2.0, 4.00001], "at index 2 should not be 4.00001"),
        ([1.0, 2.0, 5.0], "at index 2 should not be 5"),
        ([[1.0, 2.0, 4.0]], "shape"),
        ([1.0, 2.0], r"should have shape \(3,\), but has shape \(2,\)"),
        ([1.0, np.nan, 4.0], "not finite"),
        ([10**400, 2, 4], "not finite"),
        (["a", "b", "c"], "should be numbers"),
        ([sympy.Symbol("x"), 2, 4], "should be numbers"),
        ([True, False, True], "should be numbers"),
        (np.ma.masked_array([1.0, 2.0, 4.0], [0, 0, 1]), "gaps"),
        (range(10**12), "shape"),
        (np.broadcast_to(1.0, (10**6, 10**6)), "shape"),
        (torch.zeros(1).expand(10**6, 10**6), "shape"),
        ([[1.0], [2.0, 4.0]], "rows of different lengths"),
        (None, "Is there a `return`"),
        (print, "a function came"),
    ],
)
def test_compare_says_what_differs(answer, said):
    fault = compare(answer, [1.0, 2.0, 4.0])
    assert re.search(said, fault) if said else fault == ""


@pytest.mark.parametrize(
    ("answer", "expected", "said"),
    [
        ([0.33, 0.67], [1 / 3, 2 / 3], "rounded"),
        ([0.33, 0.66], [1 / 3, 2 / 3], "rounded"),
        ([0.34, 0.67], [1 / 3, 2 / 3], "at index 0 should not be 0.34"),
        ([29, 2.67], [30, 8 / 3], "at index 0 should not be 29"),
        ([300, 602], [300, 601], "at index 1 should not be 602"),
        ([6.0, 0.0], [2.0, 0.0], "at index 0 should not be 6"),
        (2e-12, 1e-12, "should not be 2e-12"),
        ([1e-12, 3e-12], [1e-12, 2e-12], "at index 1"),
        ([0.0, 0.0], [0.0, 0.0], ""),
        ([1e-17, 1.0], [0.0, 1.0], ""),
    ],
)
def test_what_compare_says_is_so(answer, expected, said):
    fault = compare(answer, expected)
    assert re.search(said, fault) if said else fault == ""


class Stubborn:
    """An object that answers nothing and claims to hold more than any machine can."""

    def __array__(self, *args, **kwargs):
        raise SystemExit

    def __len__(self):
        return 10**12

    def __getitem__(self, index):
        return 1.0

    def __repr__(self, *_):
        raise RuntimeError

    __getattr__ = __eq__ = __repr__
    __hash__ = None


class StubbornFunction(Stubborn):
    def __call__(self, *args):
        sys.exit("no more")


OWN = []
OWN.append(OWN)


STRAY = {
    "stubborn": Stubborn(),
    "stubborn function": StubbornFunction(),
    "stubborn item": [Stubborn()],
    "a list of itself": OWN,
    "exit": lambda *_: sys.exit(),
    "stubborn result": lambda *_: Stubborn(),
    "stubborn results": lambda *_: (Stubborn(), Stubborn(), Stubborn()),
    "iterator": lambda *_: iter([1]),
    "complex": 1j,
    "too large for float": 10**400,
    "symbol": sympy.Symbol("x"),
    "huge tensor": torch.zeros(1).expand(10**6, 10**6),
    "huge range": range(10**30),
    "object": object(),
    "bytes": b"x",
    "class": np.float64,
}


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("number", RIGHT)
def test_nothing_at_all_stops_the_checker(number):
    """And none of it is waited for until the time is up."""
    told = said(number, STRAY)
    assert [name for name, text in told.items() if len(text) >= 700] == []
    assert [name for name, text in told.items() if "did not come back" in text] == []


def test_exact_numbers_and_tensors_are_right_answers():
    root = 1 / sympy.sqrt(2)
    assert check("1.11", [[root, -root], [root, root]])
    assert check("1.10", [[Fraction(1, 3), 1], [Fraction(2, 3), 2]])
    assert check("8.5", torch.tensor([0.04, 0.076], dtype=torch.float64, requires_grad=True))


def test_an_interrupt_is_no_verdict():
    def interrupted(A, x):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        check("1.2", interrupted)


def test_compare_names_a_transpose():
    assert "transposed" in compare([[1, 3], [2, 4]], [[1, 2], [3, 4]])
    assert "transpose" in compare([[1, 3, 5], [2, 4, 6]], [[1, 2], [3, 4], [5, 6]])


def test_a_function_that_changes_its_argument_is_told_so():
    def careless(v):
        v *= 2
        return v

    assert "changes its argument" in compare_function(careless, lambda v: 2 * v, [(np.ones(2),)])


def test_cases_that_come_one_by_one_are_kept_for_the_slips():
    def fault(slip):
        cases = ((float(x),) for x in (2, 3))
        return compare_function(lambda x: x + x, lambda x: x**2, cases, slips={"slip": slip})

    assert fault(lambda x: 2 * x) == "slip" and "should not be" in fault(lambda x: -x)
