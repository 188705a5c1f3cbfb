"""Vectors, matrices as movements of space, determinants, elimination and 2×2 eigenvalues."""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import ArrayLike

from notebooklib._validate import (
    Array,
    finite,
    flag,
    matrix,
    square_matrix,
    vector,
    within_float64,
)


# --------------------------------------------------------------------- vectors and products


@within_float64
def dot(v: ArrayLike, w: ArrayLike) -> float:
    """Return the dot product v·w = Σ vᵢ wᵢ = ‖v‖ ‖w‖ cos θ of two vectors of one size n.

    Source: Strang, Introduction to Linear Algebra (5th ed.), section 1.2; chapter 1.

    Examples
    --------
    >>> dot([3, 4], [2, 1])
    10.0
    """
    v = vector(v, "vector v")
    return float(np.sum(v * vector(w, "vector w", size=v.size)))


def _unit(v: Array, name: str) -> Array:
    if not v.any():
        raise ValueError(f"{name}: expected a vector other than zero, got {v.tolist()}")
    v = v / np.abs(v).max()  # the squares in the norm then neither overflow nor vanish
    return v / np.linalg.norm(v)


@within_float64
def projection_length(w: ArrayLike, v: ArrayLike) -> float:
    """Return the signed length v·w / ‖v‖ of the shadow of w on the line of v, where v ≠ 0.

    It is negative where w points against v; v·w is this length times ‖v‖.

    Source: Strang, section 4.2; chapter 1.

    Examples
    --------
    >>> projection_length([2, 1], [3, 4])
    2.0
    """
    v = vector(v, "vector v")
    return dot(_unit(v, "vector v"), vector(w, "vector w", size=v.size))


@within_float64
def projection(w: ArrayLike, v: ArrayLike) -> Array:
    """Return the orthogonal projection (v·w / v·v) v of w on the line of v, where v ≠ 0.

    Source: Strang, section 4.2; chapter 1.

    Examples
    --------
    >>> projection([2, 1], [3, 4]).round(3).tolist()
    [1.2, 1.6]
    """
    return projection_length(w, v) * _unit(vector(v, "vector v"), "vector v")


@within_float64
def cross(v: ArrayLike, w: ArrayLike) -> Array:
    """Return the cross product v×w of two 3D vectors: orthogonal to both, ‖v‖ ‖w‖ sin θ long.

    It exists in three dimensions only; other sizes raise ValueError.

    Source: Strang, section 5.3; chapter 1.

    Examples
    --------
    >>> cross([1, 0, 0], [0, 1, 0]).tolist()
    [0.0, 0.0, 1.0]
    """
    v1, v2, v3 = vector(v, "vector v", size=3)
    w1, w2, w3 = vector(w, "vector w", size=3)
    return np.array([v2 * w3 - v3 * w2, v3 * w1 - v1 * w3, v1 * w2 - v2 * w1])


@within_float64
def combine_columns(A: ArrayLike, x: ArrayLike) -> Array:
    """Return A x, the combination x₁ a₁ + … + xₙ aₙ of the columns of A (m×n); x has size n.

    Column j is where A sends the j-th basis vector; the result has size m.

    Source: Strang, section 1.3; chapter 1.

    Examples
    --------
    >>> combine_columns([[1, 2], [3, 4]], [10, 1]).tolist()
    [12.0, 34.0]
    """
    A = matrix(A, "matrix A")
    x = vector(x, "vector x", size=A.shape[1])
    return sum(xj * column for xj, column in zip(x, A.T, strict=True))


@within_float64
def compose(A2: ArrayLike, A1: ArrayLike) -> Array:
    """Return the matrix A2 A1 of "A1 first, then A2": A2 applied to each column of A1.

    A2 is l×m and A1 is m×n, so that the shapes chain; the product is l×n.

    Source: Strang, section 2.4; chapter 1.

    Examples
    --------
    >>> quarter_turn, shear = [[0, -1], [1, 0]], [[1, 1], [0, 1]]
    >>> compose(shear, quarter_turn).tolist()
    [[1.0, -1.0], [1.0, 0.0]]
    """
    A2 = matrix(A2, "matrix A2")
    A1 = matrix(A1, "matrix A1", shape=(A2.shape[1], None))
    return np.column_stack([combine_columns(A2, column) for column in A1.T])


def rotation(degrees: float) -> Array:
    """Return the 2×2 matrix that turns the plane by an angle in degrees, anticlockwise.

    Its columns are (cos θ, sin θ) and (−sin θ, cos θ).

    Source: Strang, section 8.1; chapter 1.

    Examples
    --------
    >>> rotation(90).round(3).tolist()
    [[0.0, -1.0], [1.0, 0.0]]
    """
    angle = np.deg2rad(finite(degrees, "degrees"))
    c, s = np.cos(angle), np.sin(angle)
    return np.array([[c, -s], [s, c]]) + 0.0  # no -0.0


# ------------------------------------------------------------------------------ elimination


@dataclass(frozen=True, eq=False)
class RowOperation:
    """One step of an elimination and the augmented matrix after it.

    `kind` is "start", "swap" (target with source), "scale" (target divided by factor) or
    "subtract" (factor times source from target). Rows count from 0 here, from 1 in the label.
    """

    kind: str
    target: int | None
    source: int | None
    factor: float | None
    matrix: Array | None = field(repr=False)

    @property
    def label(self) -> str:
        """The operation as one writes it, numbers to three digits: "R2 ← R2 − 3 R1"."""
        if self.kind == "start":
            return "start"
        target = f"R{self.target + 1}"
        if self.kind == "swap":
            return f"{target} ↔ R{self.source + 1}"
        size = f"{abs(self.factor):.3g}".replace("-", "−")
        if self.kind == "scale":
            return f"{target} ← {target} / {size if self.factor > 0 else f'(−{size})'}"
        times = "" if size == "1" else f"{size} "
        return f"{target} ← {target} {'−' if self.factor > 0 else '+'} {times}R{self.source + 1}"

    def __str__(self) -> str:
        return self.label


@dataclass(frozen=True, eq=False)
class Elimination:
    """What `gaussian_elimination` did, step by step, and what came of it.

    `steps[0]` is the start, `steps[forward]` ends the forward phase, and the rest is the backward
    phase. `solution` is None unless `status` is "unique"; the others are "none" and "infinite".
    """

    steps: tuple[RowOperation, ...] = field(repr=False)
    forward: int
    rank: int
    solution: Array | None
    status: str

    @property
    def matrix(self) -> Array:
        """The augmented matrix at the end: [I | x] where the solution is unique."""
        return self.steps[-1].matrix


class _Rows:
    """The rows of a matrix, changed in place, and the operations done; an idle one is skipped."""

    def __init__(self, rows: Array, *, film: bool = False):
        self.matrix, self.film, self.operations = rows, film, []

    def swap(self, i: int, j: int):
        if i != j:
            self.matrix[[i, j]] = self.matrix[[j, i]]
            self.note("swap", i, j, None)

    def scale(self, i: int, factor: float):
        if factor != 1:
            self.matrix[i] /= factor
            self.note("scale", i, None, factor)

    def subtract(self, i: int, j: int, factor: float):
        if factor != 0:
            self.matrix[i] -= factor * self.matrix[j]
            self.note("subtract", i, j, factor)

    def note(self, kind: str, target=None, source=None, factor=None):
        after = _frozen(self.matrix) if self.film else None
        factor = None if factor is None else float(factor)
        self.operations.append(RowOperation(kind, target, source, factor, after))


def _frozen(array: Array) -> Array:
    """Return a read-only copy in which -0.0 has become 0.0."""
    array = array + 0.0
    array.setflags(write=False)
    return array


def _forward_phase(rows: _Rows, columns: int, *, pivoting: bool = True) -> list[int]:
    """Make each pivot 1 and clear below it, top row first; return the column of each pivot."""
    M = rows.matrix
    largest = np.abs(M[:, :columns]).max()
    tolerance = max(len(M), columns) * np.finfo(float).eps * largest
    pivots = []
    for column in range(columns):
        row = len(pivots)
        sizes = np.abs(M[row:, column])
        if sizes.max(initial=0) <= tolerance:
            continue  # no pivot here: the column depends on those before it
        if pivoting:
            rows.swap(row, row + int(sizes.argmax()))
        elif M[row, column] == 0:
            came = f"pivot {row + 1}: expected a nonzero entry, got 0; swap rows first"
            raise ValueError(came)
        rows.scale(row, M[row, column])
        for below in range(row + 1, len(M)):
            rows.subtract(below, row, M[below, column])
        pivots.append(column)
    return pivots


def _backward_phase(rows: _Rows, pivots: list[int]):
    """Clear above each pivot, last row first, upwards."""
    for row, column in reversed(list(enumerate(pivots))):
        for above in reversed(range(row)):
            rows.subtract(above, row, rows.matrix[above, column])


@within_float64
def gaussian_elimination(A: ArrayLike, b: ArrayLike, *, pivoting: bool = True) -> Elimination:
    """Solve A x = b by row operations on [A | b], and keep every step.

    Forward: each pivot becomes 1 and the entries below it 0. Backward: the entries above it 0.

    Parameters
    ----------
    A : array_like, shape (n, n)
    b : array_like, shape (n,)
    pivoting : bool
        Swap the largest entry of the column up to be the pivot (partial pivoting). Without it the
        diagonal entry is the pivot, however small, and an exact 0 there raises ValueError.

    Returns
    -------
    Elimination
        A singular A is reduced as far as it goes and has status "none" or "infinite".

    Notes
    -----
    A column has no pivot where its largest candidate is at most n·ε·max|A|, with ε = 2⁻⁵²: that is
    what rounding leaves of a zero. In a row without pivot, the right side is zero up to n·ε·max|b|.

    Source: Trefethen and Bau, Numerical Linear Algebra, lectures 20 to 22; Golub and Van Loan,
    Matrix Computations (4th ed.), section 3.4; chapter 1.

    Examples
    --------
    >>> result = gaussian_elimination([[0, 2], [1, 3]], [4, 9])
    >>> print(*result.steps, sep="; ")
    start; R1 ↔ R2; R2 ← R2 / 2; R1 ← R1 − 3 R2
    >>> result.status, result.solution.tolist(), result.forward
    ('unique', [3.0, 2.0], 2)
    """
    A = square_matrix(A, "matrix A")
    b = vector(b, "vector b", size=len(A))
    rows = _Rows(np.column_stack([A, b]), film=True)  # (n, n + 1)
    rows.note("start")
    pivots = _forward_phase(rows, len(A), pivoting=flag(pivoting, "pivoting"))
    forward, rank = len(rows.operations) - 1, len(pivots)
    _backward_phase(rows, pivots)
    right = _frozen(rows.matrix[:, -1])
    if rank == len(A):
        return Elimination(tuple(rows.operations), forward, rank, right, "unique")
    consistent = np.abs(right[rank:]).max() <= len(A) * np.finfo(float).eps * np.abs(b).max()
    status = "infinite" if consistent else "none"
    return Elimination(tuple(rows.operations), forward, rank, None, status)


def _solved(A: Array, B: Array, name: str) -> Array:
    """Return the X of A X = B, by elimination on [A | B]."""
    n = len(A)
    rows = _Rows(np.hstack([A, B]))  # (n, n + columns of B)
    pivots = _forward_phase(rows, n)
    if len(pivots) < n:
        raise ValueError(f"{name}: expected an invertible matrix, got rank {len(pivots)} of {n}")
    _backward_phase(rows, pivots)
    return rows.matrix[:, n:] + 0.0  # no -0.0


@within_float64
def solve(A: ArrayLike, b: ArrayLike) -> Array:
    """Return the one x with A x = b, for A (n×n) invertible and b of size n.

    A singular A raises a ValueError that gives its rank; `gaussian_elimination` says more.

    Source: Trefethen and Bau, lecture 21; chapter 1.

    Examples
    --------
    >>> solve([[2, 1], [1, 3]], [3, 4]).round(3).tolist()
    [1.0, 1.0]
    """
    A = square_matrix(A, "matrix A")
    return _solved(A, vector(b, "vector b", size=len(A))[:, None], "matrix A")[:, 0]


@within_float64
def inverse(A: ArrayLike) -> Array:
    """Return A⁻¹ (n×n): elimination turns [A | I] into [I | A⁻¹]. ValueError if A is singular.

    Source: Strang, section 2.5; chapter 1.

    Examples
    --------
    >>> inverse([[2, 1], [1, 1]]).round(3).tolist()
    [[1.0, -1.0], [-1.0, 2.0]]
    """
    A = square_matrix(A, "matrix A")
    return _solved(A, np.eye(len(A)), "matrix A")


@within_float64
def rank(A: ArrayLike) -> int:
    """Return the rank of A (m×n): the number of pivots, the dimension of the image.

    The tolerance is that of `gaussian_elimination`, max(m, n)·ε·max|A|.

    Source: Strang, section 3.2; chapter 1.

    Examples
    --------
    >>> rank([[1, 2, 3], [2, 4, 6]])
    1
    """
    A = matrix(A, "matrix A")
    return len(_forward_phase(_Rows(A), A.shape[1]))


# ------------------------------------------------------------------------------ determinant


@within_float64
def determinant(A: ArrayLike) -> float:
    """Return det A (n×n), the signed factor by which A scales volume: (-1)^swaps · Π pivots.

    A negative sign says that A turns space over. Exactly 0.0 where a pivot is missing, with the
    tolerance of `gaussian_elimination`: then A squashes space to fewer dimensions.

    Source: Strang, section 5.1; chapter 1.

    Examples
    --------
    >>> determinant([[0, 1], [1, 0]])
    -1.0
    """
    rows = _Rows(square_matrix(A, "matrix A"))
    if len(_forward_phase(rows, len(rows.matrix))) < len(rows.matrix):
        return 0.0
    swaps = sum(step.kind == "swap" for step in rows.operations)
    pivots = [step.factor for step in rows.operations if step.kind == "scale"]  # the others are 1
    return float((-1) ** swaps * np.prod(pivots))


@within_float64
def cofactor_determinant(A: ArrayLike) -> float:
    """Return det A = Σⱼ (-1)^(1+j) a₁ⱼ det M₁ⱼ, expanded along the first row.

    M₁ⱼ is A without row 1 and column j. It takes n! products, so n is at most 8.

    Source: Strang, section 5.2; chapter 1.

    Examples
    --------
    >>> cofactor_determinant([[1, 2], [3, 4]])
    -2.0
    """
    A = square_matrix(A, "matrix A")
    if len(A) > 8:
        raise ValueError(f"matrix A: expected at most 8 rows (n! products), got {len(A)}")
    if len(A) == 1:
        return float(A[0, 0])
    minors = [np.delete(A[1:], j, axis=1) for j in range(len(A))]
    return float(sum((-1) ** j * A[0, j] * cofactor_determinant(M) for j, M in enumerate(minors)))


# ------------------------------------------------------------------- eigenvalues and bases


@within_float64
def eigenvalues_2x2(A: ArrayLike) -> tuple[float, float] | tuple[complex, complex]:
    """Return the eigenvalues λ = m ± √(m² − p) of [[a, b], [c, d]], the larger (or +i) first.

    m = (a + d)/2 is their mean and p = ad − bc their product. The root is taken of
    ((a − d)/2)² + bc, which equals m² − p but subtracts no nearly equal squares.

    Returns
    -------
    tuple
        Two floats where m² − p ≥ 0, else two complex conjugates.

    Source: 3Blue1Brown, A quick trick for computing eigenvalues; chapter 1.

    Examples
    --------
    >>> eigenvalues_2x2([[3, 1], [4, 3]])
    (5.0, 1.0)
    >>> eigenvalues_2x2([[0, -1], [1, 0]])
    (1j, -1j)
    """
    A = square_matrix(A, "matrix A", size=2)
    scale = 2.0 ** (np.frexp(np.abs(A).max())[1] - 1)  # a power of two: the division is exact
    (a, b), (c, d) = A / scale
    mean, square = (a + d) / 2, ((a - d) / 2) ** 2 + b * c
    if square >= 0:
        root = np.sqrt(square)
        return float((mean + root) * scale), float((mean - root) * scale)
    first = complex(mean * scale, np.sqrt(-square) * scale)
    return first, first.conjugate()


@within_float64
def eigenvector_2x2(A: ArrayLike, eigenvalue: float) -> Array:
    """Return the unit v with A v = λ v for a real eigenvalue λ of A (2×2).

    Its first component that is not zero is positive; for A = λI it is [1, 0].

    Raises
    ------
    ValueError
        If no eigenvalue of A lies within 1e-9 max|A| of `eigenvalue`.

    Source: Strang, section 6.1; chapter 1.

    Examples
    --------
    >>> eigenvector_2x2([[2, 1], [1, 2]], 3).round(3).tolist()
    [0.707, 0.707]
    """
    A = square_matrix(A, "matrix A", size=2)
    value = finite(eigenvalue, "eigenvalue")
    known = eigenvalues_2x2(A)
    if min(abs(value - k) for k in known) > 1e-9 * np.abs(A).max():
        raise ValueError(f"eigenvalue: expected one of {known[0]}, {known[1]}, got {value}")
    B = A - value * np.eye(2)
    if np.abs(B).max() <= 4 * np.finfo(float).eps * np.abs(A).max():
        return np.array([1.0, 0.0])
    p, q = B[np.abs(B).sum(axis=1).argmax()]
    v = _unit(np.array([-q, p]), "row of A − λI")  # orthogonal to the larger row, so B v = 0
    return v * np.sign(v[np.abs(v) > 1e-9][0]) + 0.0  # no -0.0


@within_float64
def change_of_basis(A: ArrayLike, P: ArrayLike) -> Array:
    """Return P⁻¹ A P, the matrix of the same map in the basis of P's columns (all n×n).

    The columns of P are the new basis vectors in old coordinates; the result takes new
    coordinates to new coordinates. A singular P raises ValueError.

    Source: Strang, section 8.3; chapter 1.

    Examples
    --------
    >>> change_of_basis([[2, 1], [1, 2]], [[1, 1], [1, -1]]).round(3).tolist()
    [[3.0, 0.0], [0.0, 1.0]]
    """
    A = square_matrix(A, "matrix A")
    P = square_matrix(P, "matrix P", size=len(A))
    return _solved(P, compose(A, P), "matrix P")
