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
    """Return the dot product of two vectors.

    v·w = Σᵢ vᵢ wᵢ = ‖v‖ ‖w‖ cos θ

    Parameters
    ----------
    v, w : array_like, shape (n,)
        The vectors.

    Returns
    -------
    float
        The product; 0 where they are orthogonal.

    Raises
    ------
    ValueError
        If the sizes differ, a number is not finite, or the product overflows.

    Notes
    -----
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
    """Return the signed length of the shadow of w on the line of v.

    v·w / ‖v‖, negative where w points against v; v·w is this length times ‖v‖.

    Parameters
    ----------
    w : array_like, shape (n,)
        The vector that casts the shadow.
    v : array_like, shape (n,)
        A direction, not zero.

    Returns
    -------
    float
        The length.

    Raises
    ------
    ValueError
        If v is zero, the sizes differ or a number is not finite.

    Notes
    -----
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
    """Return the orthogonal projection of w on the line of v.

    (v·w / v·v) v

    Parameters
    ----------
    w : array_like, shape (n,)
        The vector to project.
    v : array_like, shape (n,)
        A direction, not zero.

    Returns
    -------
    ndarray, shape (n,)
        The point of the line that is nearest to w.

    Raises
    ------
    ValueError
        If v is zero, the sizes differ or a number is not finite.

    Notes
    -----
    Source: Strang, section 4.2; chapter 1.

    Examples
    --------
    >>> projection([2, 1], [3, 4]).round(3).tolist()
    [1.2, 1.6]
    """
    return projection_length(w, v) * _unit(vector(v, "vector v"), "vector v")


@within_float64
def cross(v: ArrayLike, w: ArrayLike) -> Array:
    """Return the cross product of two vectors of space.

    v×w = (v₂w₃ − v₃w₂, v₃w₁ − v₁w₃, v₁w₂ − v₂w₁), orthogonal to both and ‖v‖ ‖w‖ sin θ long.

    Parameters
    ----------
    v, w : array_like, shape (3,)
        The vectors; the product exists in three dimensions only.

    Returns
    -------
    ndarray, shape (3,)
        The product.

    Raises
    ------
    ValueError
        If a vector has not three numbers, one is not finite, or the product overflows.

    Notes
    -----
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
    """Return A x, the combination of A's columns with the weights x.

    A x = x₁ a₁ + … + xₙ aₙ; column aⱼ is where A sends the j-th basis vector.

    Parameters
    ----------
    A : array_like, shape (m, n)
        The matrix.
    x : array_like, shape (n,)
        A weight for each column.

    Returns
    -------
    ndarray, shape (m,)
        The combination.

    Raises
    ------
    ValueError
        If x has not as many numbers as A has columns, or a number is not finite.

    Notes
    -----
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
    """Return the matrix of "A1 first, then A2".

    A₂A₁, whose columns are A₂ applied to the columns of A₁.

    Parameters
    ----------
    A2 : array_like, shape (l, m)
        The map that acts last.
    A1 : array_like, shape (m, n)
        The map that acts first.

    Returns
    -------
    ndarray, shape (l, n)
        The product A₂A₁.

    Raises
    ------
    ValueError
        If the shapes do not chain, or a number is not finite.

    Notes
    -----
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
    """Return the matrix that turns the plane anticlockwise.

    Its columns are (cos θ, sin θ) and (−sin θ, cos θ).

    Parameters
    ----------
    degrees : float
        The angle θ in degrees.

    Returns
    -------
    ndarray, shape (2, 2)
        The rotation.

    Raises
    ------
    ValueError
        If the angle is not finite.

    Notes
    -----
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
    """One step of an elimination, and the augmented matrix after it.

    Attributes
    ----------
    kind : str
        "start", "swap" (target with source), "scale" (target divided by factor) or "subtract"
        (factor times source from target).
    target, source : int or None
        Rows, counted from 0 here and from 1 in the label.
    factor : float or None
        What a row was divided by or multiplied with.
    matrix : ndarray or None, shape (n, n + 1)
        [A | b] after the step, where it was kept.

    Examples
    --------
    >>> print(RowOperation("subtract", 1, 0, 3.0, None))
    R2 ← R2 − 3 R1
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

    Attributes
    ----------
    steps : tuple of RowOperation
        ``steps[0]`` is the start, ``steps[forward]`` ends the forward phase; the backward phase
        follows.
    forward : int
        The number of operations of the forward phase.
    rank : int
        The number of pivots.
    solution : ndarray or None, shape (n,)
        The solution x, where it is unique.
    status : str
        "unique", "none" or "infinite".

    Examples
    --------
    >>> gaussian_elimination([[1, 1], [1, 1]], [2, 3])
    Elimination(forward=1, rank=1, solution=None, status='none')
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
        self.noise = np.zeros(len(rows))  # what rounding may have done to each row

    def swap(self, i: int, j: int):
        if i != j:
            self.matrix[[i, j]] = self.matrix[[j, i]]
            self.noise[[i, j]] = self.noise[[j, i]]
            self.note("swap", i, j, None)

    def scale(self, i: int, factor: float):
        if factor != 1:
            self.matrix[i] /= factor
            self.noise[i] /= abs(factor)
            self.note("scale", i, None, factor)

    def subtract(self, i: int, j: int, factor: float):
        if factor != 0:
            self.matrix[i] -= factor * self.matrix[j]
            self.noise[i] += abs(factor) * self.noise[j]
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
    largest = np.abs(M[:, :columns]).max(axis=1)  # of each row
    rows.noise = max(len(M), columns) * np.finfo(float).eps * largest
    pivots = []
    for column in range(columns):
        row = len(pivots)
        sizes = np.abs(M[row:, column])
        sizes[sizes <= rows.noise[row:]] = 0  # what rounding leaves of a zero
        if not sizes.any():
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

    Forward, each pivot becomes 1 and the entries below it 0; backward, the entries above it 0.

    Parameters
    ----------
    A : array_like, shape (n, n)
        The coefficients, one equation a row.
    b : array_like, shape (n,)
        The right sides.
    pivoting : bool
        Swap the largest entry of the column up to be the pivot (partial pivoting). Without it the
        diagonal entry is the pivot, however small.

    Returns
    -------
    Elimination
        A singular A is reduced as far as it goes and has status "none" or "infinite".

    Raises
    ------
    ValueError
        If A is not square, b has another size, a number is not finite or overflows, or, without
        pivoting, a pivot is exactly 0.

    Notes
    -----
    A candidate counts as zero up to n·ε·max|row|, with ε = 2⁻⁵², and with what each row operation
    adds to this: that is what rounding leaves of a zero. Small rows are thus as good as large
    ones. In a row without pivot, the right side is zero up to n·ε·max|b|.

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
    """Return the one x with A x = b.

    Parameters
    ----------
    A : array_like, shape (n, n)
        An invertible matrix.
    b : array_like, shape (n,)
        The right sides.

    Returns
    -------
    ndarray, shape (n,)
        The solution.

    Raises
    ------
    ValueError
        If A is singular (the message gives its rank; `gaussian_elimination` says more), the shapes
        do not fit, or a number is not finite or overflows.

    Notes
    -----
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
    """Return the inverse matrix: elimination turns [A | I] into [I | A⁻¹].

    Parameters
    ----------
    A : array_like, shape (n, n)
        An invertible matrix.

    Returns
    -------
    ndarray, shape (n, n)
        A⁻¹, with A A⁻¹ = I.

    Raises
    ------
    ValueError
        If A is singular or not square, or a number is not finite or overflows.

    Notes
    -----
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
    """Return the rank: the number of pivots, the dimension of the image.

    Parameters
    ----------
    A : array_like, shape (m, n)
        The matrix.

    Returns
    -------
    int
        The rank, from 0 to min(m, n).

    Raises
    ------
    ValueError
        If A is no matrix, or a number is not finite.

    Notes
    -----
    What rounding leaves of a zero is told from a small pivot as in `gaussian_elimination`.

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
    """Return the determinant, the signed factor by which A scales volume.

    det A = (−1)^swaps · Π pivots; a negative sign says that A turns space over.

    Parameters
    ----------
    A : array_like, shape (n, n)
        The matrix.

    Returns
    -------
    float
        Exactly 0.0 where a pivot is missing, with the tolerance of `gaussian_elimination`: then A
        squashes space to fewer dimensions.

    Raises
    ------
    ValueError
        If A is not square, or a number is not finite or overflows.

    Notes
    -----
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
    """Return the determinant, expanded along the first row.

    det A = Σⱼ (−1)^(1+j) a₁ⱼ det M₁ⱼ, where M₁ⱼ is A without row 1 and column j.

    Parameters
    ----------
    A : array_like, shape (n, n)
        The matrix, of at most 8 rows: the expansion takes n! products.

    Returns
    -------
    float
        The determinant.

    Raises
    ------
    ValueError
        If A is not square or too large, or a number is not finite or overflows.

    Notes
    -----
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
    """Return the two eigenvalues of a 2×2 matrix from their mean and product.

    λ = m ± √(m² − p), with m = (a + d)/2 and p = ad − bc for A = [[a, b], [c, d]].

    Parameters
    ----------
    A : array_like, shape (2, 2)
        The matrix.

    Returns
    -------
    tuple of float or complex
        The larger (or the one with +i) first: floats where m² − p ≥ 0, else complex conjugates.

    Raises
    ------
    ValueError
        If A is not 2×2, or a number is not finite or overflows.

    Notes
    -----
    The root is taken of ((a − d)/2)² + bc, which equals m² − p but subtracts no nearly equal
    squares.

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
    """Return the direction that a 2×2 matrix only stretches by a given eigenvalue.

    A v = λ v with ‖v‖ = 1; the first component that is not zero is positive.

    Parameters
    ----------
    A : array_like, shape (2, 2)
        The matrix.
    eigenvalue : float
        A real eigenvalue λ of A.

    Returns
    -------
    ndarray, shape (2,)
        The unit vector v; [1, 0] where A = λI.

    Raises
    ------
    ValueError
        If no eigenvalue of A lies within 1e-9 max|A| of `eigenvalue`.

    Notes
    -----
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
    """Return the matrix of the same map in another basis.

    P⁻¹ A P takes new coordinates to new coordinates.

    Parameters
    ----------
    A : array_like, shape (n, n)
        The map in old coordinates.
    P : array_like, shape (n, n)
        The new basis vectors, in old coordinates, as columns.

    Returns
    -------
    ndarray, shape (n, n)
        The map in new coordinates.

    Raises
    ------
    ValueError
        If P is singular, the shapes differ, or a number is not finite or overflows.

    Notes
    -----
    Source: Strang, section 8.3; chapter 1.

    Examples
    --------
    >>> change_of_basis([[2, 1], [1, 2]], [[1, 1], [1, -1]]).round(3).tolist()
    [[3.0, 0.0], [0.0, 1.0]]
    """
    A = square_matrix(A, "matrix A")
    P = square_matrix(P, "matrix P", size=len(A))
    return _solved(P, compose(A, P), "matrix P")
