"""Right answers and planted wrong ones to the exercises of chapter 1, and what is said."""

import numpy as np


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
    "1.3": [[2, -1], [1, 0]],
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
    "1.3": [([[0, -1], [1, 2]], "shear first"), ([[-2, 1], [-1, 0]], "sign")],
    "1.4": [
        (lambda w, v: (w @ v) / np.linalg.norm(v), "shape"),
        (lambda w, v: (w @ v) * v, "grows with the length"),
        (lambda w, v: (w @ v) / (w @ w) * w, "should not be|places|factor"),
        (lambda w, v: (w @ v) / np.linalg.norm(v) * v, "too large|should not be"),
    ],
    "1.5": [([5, 5, 20], "index 1"), ([5, -5, 10], "index 2"), ([-5, 5, -20], "sign")],
    "1.6": [
        (lambda A: det3(A, (1, 1, 1)), "alternate"),
        (lambda A: A[0, 0] * A[1, 1] * A[2, 2], "should not be"),
        (lambda A: -det3(A), "sign"),
    ],
    "1.7": [
        (without_swap, "stops with|not finite"),
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
        ([[0.707107, -0.707107], [0.707107, 0.707107]], "not quite the identity"),
        ([[1, "a"], [0, 1]], "numbers"),
    ],
}
