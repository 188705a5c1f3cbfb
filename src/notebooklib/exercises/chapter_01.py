"""Checks for the exercises of chapter 1, linear algebra."""

import numpy as np

from notebooklib.exercises import compare, compare_function, exercise, misfit


def _random(*shape: int, seed: int) -> np.ndarray:
    """Return whole numbers from -4 to 4 without 0, so that no case is special by chance."""
    rng = np.random.default_rng(seed)
    return rng.choice([-4, -3, -2, -1, 1, 2, 3, 4], size=shape).astype(float)


@exercise("1.1", "The first column is where (1, 0) lands, the second where (0, 1) lands.")
def columns(answer) -> str:
    return compare(answer, [[2, -1], [1, 3]], "the matrix")


@exercise("1.2", "Each entry of x weighs one column of A.")
def apply_matrix(answer) -> str:
    cases = [
        (np.array([[2.0, 0.0], [0.0, 3.0]]), np.array([1.0, 1.0])),
        (_random(2, 2, seed=1), _random(2, seed=2)),
        (_random(3, 2, seed=3), _random(2, seed=4)),
        (_random(1, 4, seed=5), _random(4, seed=6)),
    ]
    return compare_function(answer, lambda A, x: A @ x, cases)


@exercise("1.3", "The map that acts first stands on the right.")
def turn_then_shear(answer) -> str:
    turn, shear = np.array([[0, -1], [1, 0]]), np.array([[1, 2], [0, 1]])
    fault = compare(answer, shear @ turn, "the matrix")
    if fault and not compare(answer, turn @ shear):
        return "That is shear first, then turn: the map that acts first stands on the right."
    return fault


@exercise("1.4", "The shadow keeps the part of w along v, whatever the length of v.")
def shadow(answer) -> str:
    cases = [
        (np.array([2.0, 1.0]), np.array([3.0, 0.0])),
        (_random(2, seed=7), _random(2, seed=8)),
        (_random(5, seed=9), _random(5, seed=10)),
    ]
    fault = compare_function(answer, lambda w, v: (v @ w) / (v @ v) * v, cases)
    if fault and not compare_function(answer, lambda w, v: (v @ w) * v, cases[1:]):
        return "That is (v·w) v: it grows with the length of v. Divide by v·v, not by nothing."
    return fault


@exercise("1.5", "Swapping the columns turns the plane over: the sign changes, the area does not.")
def determinants(answer) -> str:
    return compare(answer, [5.0, -5.0, 20.0], "the list of three determinants")


@exercise("1.6", "Three products with signs + − +: the expansion along the first row.")
def det3(answer) -> str:
    cases = [(np.diag([1.0, 2.0, 3.0]),), *((_random(3, 3, seed=seed),) for seed in range(11, 15))]

    def oracle(A):
        return A[0] @ np.cross(A[1], A[2])

    fault = compare_function(answer, oracle, cases)
    if fault and not compare_function(answer, _all_plus, cases[1:]):
        return "The signs alternate: the middle term is subtracted."
    return fault


def _all_plus(A):
    a, b, c = A[0]
    (d, e, f), (g, h, i) = A[1], A[2]
    return a * (e * i - f * h) + b * (d * i - f * g) + c * (d * h - e * g)


@exercise("1.7", "It swaps when the first pivot is 0, and says so when no solution is certain.")
def solve_2x2(answer) -> str:
    regular = [
        (np.array([[2.0, 1.0], [1.0, 3.0]]), np.array([5.0, 10.0])),
        (np.array([[0.0, 1.0], [1.0, 0.0]]), np.array([3.0, 4.0])),
        (np.array([[0.0, -2.0], [3.0, 5.0]]), np.array([4.0, 1.0])),
        (_random(2, 2, seed=16), _random(2, seed=17)),
    ]
    fault = compare_function(answer, np.linalg.solve, regular)
    if fault:
        return fault
    A, b = np.array([[1.0, 2.0], [2.0, 4.0]]), np.array([1.0, 2.0])
    try:
        got = answer(A.copy(), b.copy())
    except ValueError:
        return ""
    except Exception as error:
        return f"For a singular matrix raise ValueError, not {type(error).__name__}."
    return f"For the singular matrix {A.tolist()} raise ValueError; {got!r} came back."


@exercise("1.8", "One formula serves real and complex eigenvalues alike.")
def eigenvalues(answer) -> str:
    matrices = [
        np.array([[3.0, 1.0], [4.0, 1.0]]),
        np.array([[0.0, -1.0], [1.0, 0.0]]),
        np.array([[2.0, 1.0], [0.0, 2.0]]),
        _random(2, 2, seed=18),
    ]
    cases = [(A,) for A in matrices]

    def in_order(pair):
        return sorted(np.asarray(pair, dtype=complex), key=lambda z: (-z.real, -z.imag))

    def sorted_answer(A):
        values = answer(A)
        if values is None:
            return None
        if np.shape(values) != (2,):
            return values
        return in_order(values)

    if callable(answer):
        sorted_answer.__name__ = getattr(answer, "__name__", "your function")
        fault = compare_function(sorted_answer, lambda A: in_order(np.linalg.eigvals(A)), cases)
    else:
        fault = compare_function(answer, np.linalg.eigvals, cases)
    if "not finite" in fault:
        return fault + " A negative number under the root needs np.emath.sqrt or complex()."
    return fault


@exercise("1.9", "Read it from right to left: into old coordinates, move, back again.")
def in_new_basis(answer) -> str:
    cases = [
        (np.diag([2.0, 3.0]), np.array([[1.0, 1.0], [0.0, 1.0]])),
        (np.array([[1.0, 2.0], [3.0, 4.0]]), np.array([[2.0, 1.0], [1.0, 1.0]])),
        (_random(3, 3, seed=19), np.array([[1.0, 1.0, 0.0], [0.0, 1.0, 2.0], [0.0, 0.0, 1.0]])),
    ]
    fault = compare_function(answer, lambda A, P: np.linalg.solve(P, A @ P), cases)
    if fault and not compare_function(answer, lambda A, P: P @ A @ np.linalg.inv(P), cases):
        return "That is P A P⁻¹: it goes the other way, from new coordinates to old ones."
    return fault


@exercise("1.10", "Both columns lie on the line, so everything does.")
def squash(answer) -> str:
    if fault := misfit(answer, (2, 2), "the matrix"):
        return fault
    A = np.asarray(answer)
    if not A.all():
        return "All four entries must be different from 0."
    for j, column in enumerate(A.T, start=1):
        if not np.isclose(column[1], 2 * column[0]):
            return f"Column {j} lands at ({column[0]:g}, {column[1]:g}), which is not on y = 2x."
    return ""


@exercise("1.11", "Eight eighths of a turn bring everything home, and no fewer do.")
def eighth_root(answer) -> str:
    if fault := misfit(answer, (2, 2), "the matrix"):
        return fault
    A, power = np.asarray(answer), np.eye(2)
    for k in range(1, 9):
        power = power @ A
        home = np.allclose(power, np.eye(2), rtol=0, atol=1e-6)
        if home and k < 8:
            return f"A to the power {k} is the identity already; the first time should be 8."
    if home:
        return ""
    if np.allclose(power, np.eye(2), rtol=0, atol=0.01):
        return "A to the power 8 is not quite the identity: give more digits, or np.sqrt."
    return f"A to the power 8 should be the identity, but is {power.round(2).tolist()}."
