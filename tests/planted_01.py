"""Right answers and planted wrong ones to the exercises of chapter 1, and what is said."""

import numpy as np

from notebooklib import linear_algebra as la


def mixture(A, x):
    return sum(weight * column for weight, column in zip(x, A.T, strict=True))


def mixed_in_place(A, x):
    total = np.zeros(len(A))
    for k in range(len(x)):
        total += x[k] * A[:, k]
    return total


def elimination(A, b, tolerance=1e-12):
    (p, q), (r, s) = A
    u, v = b
    if abs(p * s - q * r) <= tolerance * (abs(p * s) + abs(q * r)):
        raise ValueError("singular")
    if abs(p) < abs(r):
        (p, q, u), (r, s, v) = (r, s, v), (p, q, u)
    y = (v - r / p * u) / (s - r / p * q)
    return np.array([(u - q * y) / p, y])


def by_the_inverse(A, b):
    (p, q), (r, s) = A
    det = p * s - q * r
    if abs(det) <= 1e-12 * max(abs(p * s), abs(q * r)):
        raise ValueError("singular")
    return np.array([[s, -q], [-r, p]]) @ b / det


def always_swapped(A, b):
    elimination(A, b)  # refuses what is singular
    return without_swap(A[::-1], b[::-1])


def swapped_unless_zero(A, b):
    return always_swapped(A, b) if A[1, 0] else elimination(A, b)


def swap_on_zero_alone(A, b):
    return without_swap(A[::-1], b[::-1]) if A[0, 0] == 0 else without_swap(A, b)


def numpys_own(A, b):
    return np.linalg.solve(np.asarray(A), np.asarray(b))


def by_m_and_p(A):
    (a, b), (c, d) = A
    m, p = (a + d) / 2, a * d - b * c
    delta = np.emath.sqrt(m * m - p)
    return m - delta, m + delta


def noisy_conjugates(A):
    upper, lower = by_m_and_p(A)
    return [lower + 1e-13, upper - 1e-13]


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


def afraid_below(threshold):
    def solve_2x2(A, b):
        if abs(A[0, 0] * A[1, 1] - A[0, 1] * A[1, 0]) < threshold:
            raise ValueError("singular")
        return elimination(A, b, tolerance=0)

    return solve_2x2


def weighed_by_dot(A, x):
    dot = [sum(a * weight for a, weight in zip(row, x, strict=True)) for row in A]
    return np.array(dot)


def middle_term_reversed(A):
    (a, b, c), (d, e, f), (g, h, i) = A
    return a * (e * i - f * h) - b * (f * g - d * i) + c * (d * h - e * g)


def longer_row(A, value):
    (a, b), (c, d) = A
    v = max([b, value - a], [value - d, c], key=lambda v: abs(v[0]) + abs(v[1]))
    return v if any(v) else [0, 1]


def numpys_vector(A, value):
    values, vectors = np.linalg.eig(np.asarray(A))
    return vectors[:, np.abs(values - value).argmin()]


c = np.sqrt(0.5)
RIGHT = {
    "1.1": [[2, -1], [1, 3]],
    "1.2": mixture,
    "1.3": [[2, -1], [1, 0]],
    "1.4": lambda w, v: (w @ v) / (v @ v) * v,
    "1.5": [5, -5, 20],
    "1.6": det3,
    "1.7": elimination,
    "1.8": by_m_and_p,
    "1.9": lambda A, P: np.linalg.inv(P) @ A @ P,
    "1.10": [[1, -3], [2, -6]],
    "1.11": [[c, c], [-c, c]],
    "1.12": longer_row,
}
WRONG = {  # two or more planted answers an exercise: the answer, and a word of what is said
    "1.1": [([[2, 1], [-1, 3]], "transposed"), ([[-1, 2], [3, 1]], "wrong places")],
    "1.2": [
        (lambda A, x: A.T @ x if A.shape[0] == A.shape[1] else A @ x, "apply|lambda"),
        (lambda A, x: (A @ x)[:, None], "shape"),
        (lambda A, x: x[0] * A[:, 0] + x[1] * A[:, 1], "index|should not be"),
        (lambda A, x: np.array([2.0, 3.0]), "should"),
        (lambda A, x: A @ x, "`@` does the work"),
        (lambda A, x: np.asarray(A) @ np.asarray(x), "`@` does the work"),
        (lambda A, x: A.dot(x), "`dot` does the work"),
        (lambda A, x: np.asarray(A).__matmul__(np.asarray(x)), "`__matmul__` does the work"),
        (la.combine_columns, "`combine_columns` does the work"),
        (np.matmul, "`@` does the work"),
        (lambda A, x: mixture(A, x).astype(int), "should not be"),
        (lambda A, x: np.einsum("ij,j->i", A, x), "`einsum` does the work"),
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
        (lambda A: det3(A, (1, 1, 1)), r"middle term has the wrong sign: it is −b\(di − fg\)"),
        (middle_term_reversed, "middle term has the wrong sign"),
        (lambda A: round(det3(A)), "should not be|rounded"),
        (lambda A: A[0, 0] * A[1, 1] * A[2, 2], "should not be"),
        (lambda A: -det3(A), "sign"),
    ],
    "1.7": [
        (without_swap, "stops with|not finite"),
        (swap_on_zero_alone, "almost 0 must be exchanged"),
        (np.linalg.solve, "does the work"),
        (la.solve, "`solve` does the work"),
        (afraid_below(1e-4), r"singular\. The matrix is small, but not singular\.$"),
        (afraid_below(1e-6), "small, but not singular"),
        (afraid_below(1e-8), "small, but not singular"),
        (afraid_below(1e-12), "compare it with ad and bc"),
        (afraid_below(1e-16), "compare it with ad and bc"),
        (afraid_below(1e-18), "allow for that"),
        (always_swapped, "not finite|stops with"),
        (swapped_unless_zero, "the exchange itself"),
        (lambda A, b: la.inverse(A) @ b, "`inverse` does the work"),
        (numpys_own, "does the work"),
        (lambda A, b: elimination(A, b, tolerance=0), "allow for that"),
        (lambda A, b: np.linalg.lstsq(A, b)[0], "does the work"),
        (lambda A, b: elimination(A, b)[::-1], "wrong places|should not be"),
    ],
    "1.8": [
        (sqrt_of_negative, "np.emath.sqrt"),
        (np.linalg.eigvals, "`eigvals` does the work"),
        (la.eigenvalues_2x2, "`eigenvalues_2x2` does the work"),
        (lambda A: np.linalg.eigvals(np.asarray(A)), "`eigvals` does the work"),
        (lambda A: np.diag(A), "at index 0, sorted with the largest first, should not be 3"),
        (lambda A: np.round(by_m_and_p(A), 3), "close, but rounded"),
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
        ([[1, 1], [2, 2.00001]], r"Column 2 lands at \(1, 2.00001\)"),
        ([[1e-9, 2e-9], [1e-9, 3e-9]], "Column 1"),
        ([[1j, 1], [2j, 2]], "real numbers"),
        ([[0, 0], [0, 0]], "different from 0"),
        ([[1, 2, 3], [2, 4, 6]], "shape"),
    ],
    "1.11": [
        (np.eye(2), "power 1"),
        ([[0, -1], [1, 0]], "power 4"),
        ([[2, 0], [0, 0.5]], "power 8 should"),
        ([[2, -0.0], [-0.0, -1]], r"but is \[\[256.0, 0.0\], \[0.0, 1.0\]\]"),
        ([[0.707107, -0.707107], [0.707107, 0.707107]], "not quite the identity"),
        ([[1, "a"], [0, 1]], "numbers"),
    ],
    "1.12": [
        (lambda A, value: [A[0, 1], value - A[0, 0]], "no direction"),
        (lambda A, value: [value - A[0, 0], -A[0, 1]], "not 5 times as much"),
        (lambda A, value: value * np.array([1, 1]), "not 2 times as much"),
        (lambda A, value: [0, 0], "no direction"),
        (lambda A, value: value, "shape"),
        (numpys_vector, "does the work"),
        (la.eigenvector_2x2, "`eigenvector_2x2` does the work"),
    ],
}
ALSO_RIGHT = {
    "1.2": [mixed_in_place, weighed_by_dot, lambda A, x: (A * x).sum(axis=1)],
    "1.7": [by_the_inverse],
    "1.8": [noisy_conjugates, lambda A: list(by_m_and_p(A))],
    "1.10": [([1.0, 0.1], [2.0, 0.2]), [[1e-12, 1], [2e-12, 2]]],
    "1.11": [np.diag([np.exp(0.25j * np.pi), 1])],
    "1.12": [
        lambda A, value: -7 * np.array(longer_row(A, value)),
        lambda A, value: tuple(np.array(longer_row(A, value)) / np.hypot(*longer_row(A, value))),
        lambda A, value: [1e-9 * x for x in longer_row(A, value)],
    ],
}
