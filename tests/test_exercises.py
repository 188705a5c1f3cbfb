"""Every checker accepts a right answer and sees through wrong ones that are planted here."""

import numpy as np
import pytest

from notebooklib.exercises import EXERCISES, check, compare, compare_function, exercise


def elimination(A, b):
    if abs(np.linalg.det(A)) < 1e-12:
        raise ValueError("singular")
    return np.linalg.solve(A, b)


def without_swap(A, b):
    factor = A[1, 0] / A[0, 0]
    y = (b[1] - factor * b[0]) / (A[1, 1] - factor * A[0, 1])
    return np.array([(b[0] - A[0, 1] * y) / A[0, 0], y])


def sqrt_of_negative(A):
    m, p = np.trace(A) / 2, np.linalg.det(A)
    with np.errstate(invalid="ignore"):
        delta = np.sqrt(m * m - p)
    return [m + delta, m - delta]


def det3(A, signs=(1, -1, 1)):
    minors = [np.linalg.det(np.delete(A[1:], k, axis=1)) for k in range(3)]
    return sum(s * a * minor for s, a, minor in zip(signs, A[0], minors, strict=True))


c = np.sqrt(0.5)
RIGHT = {
    "1.1": [[2, -1], [1, 3]],
    "1.2": lambda A, x: A @ x,
    "1.3": [[1, -1], [1, 0]],
    "1.4": lambda w, v: (w @ v) / (v @ v) * v,
    "1.5": [5, -5, 20],
    "1.6": det3,
    "1.7": elimination,
    "1.8": np.linalg.eigvals,
    "1.9": lambda A, P: np.linalg.inv(P) @ A @ P,
    "1.10": [[1, -3], [2, -6]],
    "1.11": [[c, c], [-c, c]],
}
WRONG = {  # two or more planted answers an exercise: the answer, and a word of what is said
    "1.1": [([[2, 1], [-1, 3]], "transposed"), ([[-1, 2], [3, 1]], "wrong places")],
    "1.2": [
        (lambda A, x: A.T @ x if A.shape[0] == A.shape[1] else A @ x, "apply|lambda"),
        (lambda A, x: (A @ x)[:, None], "shape"),
        (lambda A, x: x[0] * A[:, 0] + x[1] * A[:, 1], "index|should not be"),
        (lambda A, x: np.array([2.0, 3.0]), "should"),
    ],
    "1.3": [([[0, -1], [1, 1]], "shear first"), ([[-1, 1], [-1, 0]], "sign")],
    "1.4": [
        (lambda w, v: (w @ v) / np.linalg.norm(v), "shape"),
        (lambda w, v: (w @ v) * v, "grows with the length"),
        (lambda w, v: (w @ v) / (w @ w) * w, "should not be|places|factor"),
        (lambda w, v: (w @ v) / np.linalg.norm(v) * v, "times too large"),
    ],
    "1.5": [([5, 5, 20], "index 1"), ([5, -5, 10], "index 2"), ([-5, 5, -20], "sign")],
    "1.6": [
        (lambda A: det3(A, (1, 1, 1)), "alternate"),
        (lambda A: A[0, 0] * A[1, 1] * A[2, 2], "should not be"),
        (lambda A: -det3(A), "sign"),
    ],
    "1.7": [
        (without_swap, "stops with|not finite"),
        (np.linalg.solve, "LinAlgError"),
        (lambda A, b: np.linalg.lstsq(A, b)[0], "raise ValueError"),
        (lambda A, b: elimination(A, b)[::-1], "wrong places|should not be"),
    ],
    "1.8": [
        (sqrt_of_negative, "np.emath.sqrt"),
        (lambda A: np.diag(A), "should not be|index"),
        (lambda A: np.linalg.eigvals(A).real, "should not be|index"),
        (lambda A: np.linalg.eigvals(A)[0], "shape"),
    ],
    "1.9": [
        (lambda A, P: P @ A @ np.linalg.inv(P), "other way"),
        (lambda A, P: P.T @ A @ P, "should not be"),
        (lambda A, P: np.linalg.inv(P) @ A, "should not be"),
    ],
    "1.10": [
        ([[1, 2], [2, 1]], "Column 2"),
        ([[1, 2], [0.5, 1]], "Column 1"),
        ([[0, 0], [0, 0]], "different from 0"),
        ([[1, 2, 3], [2, 4, 6]], "shape"),
    ],
    "1.11": [
        (np.eye(2), "power 1"),
        ([[0, -1], [1, 0]], "power 4"),
        ([[2, 0], [0, 0.5]], "power 8 should"),
        ([[1, "a"], [0, 1]], "numbers"),
    ],
}


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
    import re

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
    import re

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
