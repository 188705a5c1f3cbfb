"""Checks for the exercises of chapter 1, linear algebra."""

import dis
import re
from collections.abc import Callable

import numpy as np

from notebooklib.exercises import compare, compare_function, exercise, misfit

PRODUCTS = {
    "@",
    "__matmul__",
    "matmul",
    "matrix",
    "dot",
    "vdot",
    "inner",
    "tensordot",
    "einsum",
    "matvec",
    "combine_columns",
}
SOLVERS = {"linalg", "solve", "inv", "pinv", "lstsq", "det", "inverse", "gaussian_elimination"}
EIGENVALUES = {"eig", "eigvals", "eigh", "eigvalsh", "roots", "eigenvalues_2x2"}


def _random(*shape: int, seed: int) -> np.ndarray:
    """Return whole numbers from -4 to 4 without 0, so that no case is special by chance."""
    rng = np.random.default_rng(seed)
    return rng.choice([-4, -3, -2, -1, 1, 2, 3, 4], size=shape).astype(float)


class _Watched(np.ndarray):
    """An array that notes by name which NumPy functions are called with it."""

    calls: set[str] = set()

    def __array_ufunc__(self, ufunc, method, *inputs, **kwargs):
        self.calls.add("@" if ufunc is np.matmul else ufunc.__name__)
        outs = kwargs.get("out", ())
        if outs:
            kwargs["out"] = tuple(_bare(out) for out in outs)
        result = getattr(ufunc, method)(*map(_bare, inputs), **kwargs)
        if outs:
            return outs[0]
        return result.view(_Watched) if isinstance(result, np.ndarray) else result

    def __array_function__(self, func, types, args, kwargs):
        self.calls.add(func.__name__)
        if "linalg" in (func.__module__ or ""):
            self.calls.add("linalg")
        return super().__array_function__(func, types, args, kwargs)

    def dot(self, *args, **kwargs):
        self.calls.add("dot")
        return super().dot(*args, **kwargs)


def _bare(argument):
    return argument.view(np.ndarray) if isinstance(argument, _Watched) else argument


def _watched(answer: Callable) -> Callable:
    """Return the reader's function, given arrays that note what is called with them."""

    def watched(*args):
        got = answer(*(arg.view(_Watched) if isinstance(arg, np.ndarray) else arg for arg in args))
        return _bare(got)

    watched.__name__ = getattr(answer, "__name__", "your function")
    return watched


LOADS = ("LOAD_GLOBAL", "LOAD_NAME", "LOAD_ATTR", "LOAD_METHOD", "IMPORT_", "BINARY_OP")
LIBRARIES = ("numpy", "scipy", "notebooklib")


def _home(thing) -> str:
    return (getattr(thing, "__module__", None) or "").split(".")[0]


def _uses(answer: Callable, banned: set[str]) -> str:
    """Return which of the `banned` names the function calls or writes, or ""."""
    found = set(_Watched.calls)
    if _home(answer) in LIBRARIES:
        found.add(answer.__name__)
    code = getattr(answer, "__code__", None)
    for step in dis.get_instructions(code) if code else ():
        if not step.opname.startswith(LOADS):
            continue  # the reader's own variable may be called det
        own = step.opname in ("LOAD_GLOBAL", "LOAD_NAME") and answer.__globals__.get(step.argval)
        if callable(own) and _home(own) not in LIBRARIES:
            continue  # and so may the reader's own function
        found.update(str(step.argrepr).replace("@=", "@").replace("NULL", "").split())
    return min(found & banned, default="")


def _compare_without(answer, oracle, cases, banned: set[str], instead: str) -> str:
    """Compare functions, and refuse one that leaves the work to one of the `banned` names."""
    if not callable(answer):
        return compare_function(answer, oracle, cases)
    _Watched.calls.clear()
    fault = compare_function(_watched(answer), oracle, cases)
    name = "" if fault else _uses(answer, banned)
    return f"The numbers are right, but `{name}` does the work: {instead}." if name else fault


@exercise("1.1", "The first column is where (1, 0) lands, the second where (0, 1) lands.")
def columns(answer) -> str:
    return compare(answer, [[2, -1], [1, 3]], "the matrix")


@exercise("1.2", "Each entry of x weighs one column of A.")
def apply_matrix(answer) -> str:
    cases = [
        (np.array([[2.0, 0.0], [0.0, 3.0]]), np.array([1.0, 1.0])),
        (_random(2, 2, seed=1), _random(2, seed=2)),
        (_random(3, 2, seed=3) / 2, _random(2, seed=4) / 2),
        (_random(1, 4, seed=5), _random(4, seed=6)),
    ]
    instead = "mix the columns yourself, one weight for each"
    return _compare_without(answer, lambda A, x: A @ x, cases, PRODUCTS, instead)


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
    fault = compare(answer, [5.0, -5.0, 20.0], "the list of three determinants")
    if fault and any(not compare(answer, [11.0, sign * 11.0, 44.0]) for sign in (1, -1)):
        return "That is ad + bc: the second product is subtracted."
    return fault


@exercise("1.6", "Three products with signs + − +: the expansion along the first row.")
def det3(answer) -> str:
    cases = [(np.diag([1.0, 2.0, 3.0]),), *((_random(3, 3, seed=seed),) for seed in range(11, 15))]
    cases.append((_random(3, 3, seed=15) / 2,))

    def oracle(A):
        return A[0] @ np.cross(A[1], A[2])

    fault = compare_function(answer, oracle, cases)
    if fault and not compare_function(answer, _all_plus, cases[1:]):
        return "The middle term has the wrong sign: it is −b(di − fg)."
    return fault


def _all_plus(A):
    a, b, c = A[0]
    (d, e, f), (g, h, i) = A[1], A[2]
    return a * (e * i - f * h) + b * (d * i - f * g) + c * (d * h - e * g)


@exercise("1.7", "It survives a pivot that is almost 0, and says so when no solution is certain.")
def solve_2x2(answer) -> str:
    regular = [
        (np.array([[2.0, 1.0], [1.0, 3.0]]), np.array([5.0, 10.0])),
        (np.array([[0.0, 1.0], [1.0, 0.0]]), np.array([3.0, 4.0])),
        (np.array([[0.0, -2.0], [3.0, 5.0]]), np.array([4.0, 1.0])),
        (np.array([[2.0, 1.0], [0.0, 3.0]]), np.array([1.0, 2.0])),
        (np.array([[0.002, 0.001], [0.001, 0.003]]), np.array([0.005, 0.01])),
        (np.array([[2e-6, 1e-6], [1e-6, 3e-6]]), np.array([5e-6, 1e-5])),
        (_random(2, 2, seed=16), _random(2, seed=17)),
    ]
    instead = "three row operations, or the formula for the inverse, are enough"
    if fault := _compare_without(answer, np.linalg.solve, regular, SOLVERS, instead):
        refused = "ValueError" in fault and ("[[0.002, " in fault or "[[2e-06, " in fault)
        return fault.rstrip(".") + ". The matrix is small, but not singular." if refused else fault
    tiny = [(np.array([[1e-18, 1.0], [1.0, 1.0]]), np.array([0.7, 0.9]))]
    if fault := compare_function(answer, np.linalg.solve, tiny):
        return fault + " A pivot that is almost 0 must be exchanged too."
    tiny = [(np.array([[1.0, 1.0], [1e-18, 1.0]]), np.array([1.0, 2.0]))]
    if fault := compare_function(answer, np.linalg.solve, tiny):
        return fault + " Here the exchange itself brings up a pivot that is almost 0."
    hints = {
        0.1: " Rounding leaves its determinant at 1e-17: allow for that.",
        100.1: " Rounding leaves its determinant at 1e-11: compare it with ad and bc.",
    }
    b = np.array([1.0, 2.0])
    singular = [[[1, 2], [2, 4]], [[0, 1], [0, 2]], [[0, 0], [0, 0]], [[0.1, 0.3], [0.3, 0.9]]]
    for rows in (*singular, [[100.1, 300.3], [300.3, 900.9]]):
        A = np.array(rows, dtype=float)
        try:
            got = answer(A.copy(), b.copy())
        except ValueError:
            continue
        except Exception as error:
            came = type(error).__name__
            return f"For the singular matrix {A.tolist()} raise ValueError, not {came}."
        hint = hints.get(A[0, 0], "")
        return f"For the singular matrix {A.tolist()} raise ValueError; {got!r} came back.{hint}"
    return ""


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
        return sorted(np.asarray(pair, dtype=complex), key=lambda z: (-z.real.round(6), -z.imag))

    def sorted_answer(A):
        values = answer(A)
        if values is None:
            return None
        if np.shape(values) != (2,):
            return values
        return np.real_if_close(in_order(values))

    if callable(answer):
        sorted_answer.__name__ = getattr(answer, "__name__", "your function")

        def oracle(A):
            return np.real_if_close(in_order(np.linalg.eigvals(A)))

        instead = "the formula with m and p needs one square root"
        fault = _compare_without(sorted_answer, oracle, cases, EIGENVALUES, instead)
        if not fault and (name := _uses(answer, EIGENVALUES)):
            fault = f"The numbers are right, but `{name}` does the work: {instead}."
    else:
        fault = compare_function(answer, np.linalg.eigvals, cases)
    if "not finite" in fault:
        return fault + " A negative number under the root needs np.emath.sqrt or complex()."
    return re.sub(r"( at index \d)", r"\1, sorted with the largest first,", fault)


@exercise("1.9", "Read it from right to left: into old coordinates, move, back again.")
def in_new_basis(answer) -> str:
    cases = [
        (np.diag([2.0, 3.0]), np.array([[1.0, 1.0], [0.0, 1.0]])),
        (np.array([[1.0, 2.0], [3.0, 4.0]]), np.array([[2.0, 1.0], [1.0, 1.0]])),
        (np.array([[1.0, 2.0], [3.0, 4.0]]), np.array([[2.0, -1.0], [1.0, 3.0]])),
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
    if np.iscomplexobj(A):
        return "The plane has real coordinates: the four entries should be real numbers."
    if not A.all():
        return "All four entries must be different from 0."
    for j, (x, y) in enumerate(A.T.astype(float), start=1):
        if not np.isclose(y, 2 * x, rtol=1e-12, atol=0):
            return f"Column {j} lands at ({x:.15g}, {y:.15g}), which is not on y = 2x."
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
    return f"A to the power 8 should be the identity, but is {(power.round(2) + 0.0).tolist()}."


@exercise("1.12", "Along this line the whole matrix is one number.")
def direction(answer) -> str:
    if not callable(answer):
        return f"A function is asked for, but {type(answer).__name__} came."
    cases = [
        ([[4, 1], [2, 3]], 5),
        ([[2, 0], [1, 3]], 2),
        ([[2, 0], [1, 3]], 3),
        ([[2, 0], [0, 3]], 2),
        ([[2, 0], [0, 3]], 3),
        ([[2, 0], [0, 2]], 2),
        ([[1, 2], [2, 1]], -1),
        ([[1, 2], [0.5, 1]], 0),
        ([[1, 1], [0, 1]], 1),
        ([[1, 1], [1, 0]], 0.5 + 5**0.5 / 2),
    ]
    _Watched.calls.clear()
    for rows, value in cases:
        A = np.array(rows, dtype=float)
        call = f"direction({A.tolist()}, {value:.6g})"
        try:
            given = A.copy()
            got = _bare(answer(given.view(_Watched), value))
        except Exception as error:
            return f"{call} stops with {type(error).__name__}: {error}"
        if fault := misfit(got, (2,), call):
            return fault
        if not np.array_equal(given, A):
            return f"{call} changes its argument: work on a copy."
        v = np.array(got).astype(complex)
        size = np.abs(v).max()
        if size == 0:
            silent = (A == value * np.eye(2)).all()
            says = "Here no row says anything: any other direction will do."
            says = says if silent else "Which row still says something?"
            return f"{call} is (0, 0): that is no direction. {says}"
        image = A @ v
        off = np.abs(image - value * v).max() / (max(np.abs(A).max(), abs(value)) * size)
        if 1e-6 < off < 2e-3:
            return f"{call} is close, but rounded: leave the arithmetic to Python."
        if off > 1e-6:
            parts = (part if np.iscomplexobj(got) else part.real for part in (v, image))
            shown, came = (np.array2string(part, precision=4) for part in parts)
            return f"{call} gave {shown}, which A sends to {came}: not {value:.4g} times as much."
    name = _uses(answer, SOLVERS | {"eig", "eigh", "svd", "eigenvector_2x2"})
    instead = "solve one row of (A − λI) v = 0"
    return f"The vectors are right, but `{name}` does the work: {instead}." if name else ""
