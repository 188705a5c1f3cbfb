"""Vectors and matrices as movements of space, written to be read (chapter 1).

Small, dense and real: every function here is tested against NumPy and against exact arithmetic.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from notebooklib._validate import matrix, real_array, square_matrix, vector

Array = NDArray[np.float64]


def combine_columns(A: ArrayLike, x: ArrayLike) -> Array:
    """Return A x as the mixture of the columns of A with the weights x.

    Parameters
    ----------
    A : array_like, shape (m, n)
        Column k is where the k-th basis vector lands.
    x : array_like, shape (n,)
        The weights.

    Returns
    -------
    ndarray, shape (m,)
        x[0] A[:, 0] + … + x[n-1] A[:, n-1].

    Raises
    ------
    ValueError
        If A is no matrix, or x has not one entry for each column.

    Examples
    --------
    >>> combine_columns([[2, -1], [1, 1]], [3, 2]).tolist()
    [4.0, 5.0]

    Notes
    -----
    Source: Strang, Introduction to Linear Algebra, section 1.3.
    """
    A = matrix(A, "A")
    x = vector(x, "x", size=A.shape[1])
    return sum(weight * column for weight, column in zip(x, A.T, strict=True))


def compose(A2: ArrayLike, A1: ArrayLike) -> Array:
    """Return A2 A1, the movement that does A1 first: A2 applied to each column of A1.

    Parameters
    ----------
    A2 : array_like, shape (l, m)
        The movement that acts second.
    A1 : array_like, shape (m, n)
        The movement that acts first.

    Returns
    -------
    ndarray, shape (l, n)
        The matrix of both.

    Raises
    ------
    ValueError
        If the shapes do not chain.

    Examples
    --------
    >>> quarter_turn, shear = [[0, -1], [1, 0]], [[1, 1], [0, 1]]
    >>> compose(shear, quarter_turn).tolist()
    [[1.0, -1.0], [1.0, 0.0]]

    Notes
    -----
    Source: Strang, Introduction to Linear Algebra, section 2.4.
    """
    A1 = matrix(A1, "A1")
    A2 = matrix(A2, "A2", shape=(None, A1.shape[0]))
    return np.column_stack([combine_columns(A2, column) for column in A1.T])


def dot(v: ArrayLike, w: ArrayLike) -> float:
    """Return the dot product v·w = v[0] w[0] + … = ‖v‖ ‖w‖ cos θ.

    Parameters
    ----------
    v, w : array_like, shape (n,)
        Vectors of one size.

    Returns
    -------
    float
        The number v·w.

    Raises
    ------
    ValueError
        If the sizes differ.

    Examples
    --------
    >>> dot([3, 4], [2, 1])
    10.0

    Notes
    -----
    Source: Strang, Introduction to Linear Algebra, section 1.2.
    """
    v = vector(v, "v")
    return float((v * vector(w, "w", size=v.size)).sum())


def projection_length(w: ArrayLike, v: ArrayLike) -> float:
    """Return v·w / ‖v‖, the signed length of the shadow that w casts on the line of v.

    Parameters
    ----------
    w : array_like, shape (n,)
        The vector that casts the shadow.
    v : array_like, shape (n,)
        The direction of the line, not zero.

    Returns
    -------
    float
        Negative where the shadow falls behind the origin.

    Raises
    ------
    ValueError
        If the sizes differ or v is zero.

    Examples
    --------
    >>> projection_length([2, 1], [3, 4])
    2.0

    Notes
    -----
    Source: Strang, Introduction to Linear Algebra, section 4.2.
    """
    v = _direction(v)
    return dot(w, v / np.linalg.norm(v))


def projection(w: ArrayLike, v: ArrayLike) -> Array:
    """Return the orthogonal projection of w on the line of v, (v·w / v·v) v.

    Parameters
    ----------
    w : array_like, shape (n,)
        The vector that casts the shadow.
    v : array_like, shape (n,)
        The direction of the line, not zero; its length does not matter.

    Returns
    -------
    ndarray, shape (n,)
        The foot of the perpendicular from w to the line.

    Raises
    ------
    ValueError
        If the sizes differ or v is zero.

    Examples
    --------
    >>> projection([2, 1], [3, 0]).tolist()
    [2.0, 0.0]

    Notes
    -----
    Source: Strang, Introduction to Linear Algebra, section 4.2.
    """
    v = _direction(v)
    unit = v / np.linalg.norm(v)
    return dot(w, unit) * unit


def cross(v: ArrayLike, w: ArrayLike) -> Array:
    """Return the cross product: at right angles to v and w, as long as their area ‖v‖ ‖w‖ sin θ.

    Parameters
    ----------
    v, w : array_like, shape (3,)
        Vectors in three dimensions.

    Returns
    -------
    ndarray, shape (3,)
        Right-handed: cross(i, j) is k.

    Raises
    ------
    ValueError
        If a vector has not three entries.

    Examples
    --------
    >>> cross([3, 1, 0], [1, 2, 0]).tolist()
    [0.0, 0.0, 5.0]

    Notes
    -----
    Source: Strang, Introduction to Linear Algebra, section 5.3.
    """
    a, b, c = vector(v, "v", size=3)
    d, e, f = vector(w, "w", size=3)
    return np.array([b * f - c * e, c * d - a * f, a * e - b * d])


@dataclass(frozen=True)
class RowOperation:
    """One move of Gaussian elimination, and the augmented matrix after it."""

    label: str
    matrix: Array

    def __str__(self) -> str:
        return self.label


@dataclass(frozen=True)
class Elimination:
    """What Gaussian elimination found, and every step on the way.

    `status` is "unique", "none" or "infinite"; `solution` is None unless it is "unique".
    """

    steps: tuple[RowOperation, ...]
    rank: int
    status: str
    solution: Array | None


def gaussian_elimination(A: ArrayLike, b: ArrayLike, *, pivoting: bool = True) -> Elimination:
    """Solve A x = b by row operations: forward to triangular form, backward to the identity.

    Parameters
    ----------
    A : array_like, shape (n, n)
        The matrix of the system.
    b : array_like, shape (n,) or (n, k)
        The right-hand side, or several side by side.
    pivoting : bool
        Take the largest entry of the column as pivot (partial pivoting). Without it the diagonal
        entry is taken, however small.

    Returns
    -------
    Elimination
        The steps, the rank of A, whether there is one solution, none or infinitely many, and the
        one solution, of the shape of `b`. A pivot counts as zero below n · 2.2e-16 times the
        largest entry of its column of A.

    Raises
    ------
    ValueError
        If A is not square, b does not fit, or without pivoting a pivot is exactly zero.

    Examples
    --------
    >>> found = gaussian_elimination([[2, 1], [1, 3]], [5, 10])
    >>> found.solution.tolist()
    [1.0, 3.0]
    >>> [str(step) for step in found.steps]
    ['start', 'R1 ← R1 / 2', 'R2 ← R2 − R1', 'R2 ← R2 / 2.5', 'R1 ← R1 − 0.5 R2']

    Notes
    -----
    Source: Trefethen and Bau, Numerical Linear Algebra, lectures 20 and 21; reduced to the identity
    as in Strang, Introduction to Linear Algebra, section 2.5.
    """
    A = square_matrix(A, "A")
    b = real_array(b, "b")
    n = len(A)
    if b.ndim > 2 or len(np.atleast_1d(b)) != n:
        raise ValueError(f"b: expected {n} entries or rows, got shape {b.shape}")
    M = np.column_stack([A, b])
    tiny = n * np.finfo(float).eps * np.abs(A).max(axis=0)
    steps = [RowOperation("start", M.copy())]

    def note(label: str) -> None:
        steps.append(RowOperation(label, M.copy()))

    def clear(target: int, row: int, column: int) -> None:
        factor = M[target, column]
        if factor != 0:
            M[target] -= factor * M[row]
            M[target, column] = 0
            note(f"R{target + 1} ← R{target + 1} {_times(factor)}R{row + 1}")

    pivots: list[int] = []
    for column in range(n):  # forward
        row = len(pivots)
        best = row + int(np.argmax(np.abs(M[row:, column]))) if pivoting else row
        if not pivoting and M[row, column] == 0 and M[row:, column].any():
            raise ValueError(f"pivot {row + 1} is 0: expected pivoting=True, which swaps rows")
        if abs(M[best, column]) <= (tiny[column] if pivoting else 0):
            M[row:, column] = 0
            continue
        if best != row:
            M[[row, best]] = M[[best, row]]
            note(f"R{row + 1} ↔ R{best + 1}")
        if (pivot := M[row, column]) != 1:
            M[row] /= pivot
            note(f"R{row + 1} ← R{row + 1} / {_shown(pivot)}")
        for below in range(row + 1, n):
            clear(below, row, column)
        pivots.append(column)

    for row in reversed(range(len(pivots))):  # backward
        for above in reversed(range(row)):
            clear(above, row, pivots[row])

    rank = len(pivots)
    if rank == n:
        return Elimination(tuple(steps), rank, "unique", M[:, n:].reshape(b.shape))
    left_over = np.abs(M[rank:, n:]).max() > n * np.finfo(float).eps * np.abs(b).max()
    return Elimination(tuple(steps), rank, "none" if left_over else "infinite", None)


def solve(A: ArrayLike, b: ArrayLike) -> Array:
    """Return the one solution x of A x = b.

    Parameters
    ----------
    A : array_like, shape (n, n)
        A matrix of full rank.
    b : array_like, shape (n,) or (n, k)
        The right-hand side, or several side by side.

    Returns
    -------
    ndarray of the shape of `b`
        The solution.

    Raises
    ------
    ValueError
        If A is not square or is singular, or b does not fit.

    Examples
    --------
    >>> solve([[0, 1], [1, 0]], [3, 4]).tolist()
    [4.0, 3.0]

    Notes
    -----
    Source: Trefethen and Bau, Numerical Linear Algebra, lecture 21.
    """
    found = gaussian_elimination(A, b)
    if found.solution is None:
        n = found.steps[0].matrix.shape[0]
        raise ValueError(f"A is singular: expected rank {n}, got rank {found.rank}")
    return found.solution


def inverse(A: ArrayLike) -> Array:
    """Return the matrix that undoes A, by eliminating on [A | I].

    Parameters
    ----------
    A : array_like, shape (n, n)
        A matrix of full rank.

    Returns
    -------
    ndarray, shape (n, n)
        A⁻¹, with A⁻¹ A = I.

    Raises
    ------
    ValueError
        If A is not square or is singular.

    Examples
    --------
    >>> inverse([[2, 0], [0, 4]]).tolist()
    [[0.5, 0.0], [0.0, 0.25]]

    Notes
    -----
    Source: Strang, Introduction to Linear Algebra, section 2.5.
    """
    return solve(A, np.eye(len(square_matrix(A, "A"))))


def determinant(A: ArrayLike) -> float:
    """Return the signed factor by which A scales area or volume: ± the product of the pivots.

    Parameters
    ----------
    A : array_like, shape (n, n)
        A square matrix.

    Returns
    -------
    float
        Negative where A turns space over; exactly 0 where no pivot is left.

    Raises
    ------
    ValueError
        If A is not square.

    Examples
    --------
    >>> determinant([[2, 1], [1, 3]])
    5.0
    >>> determinant([[1, 2], [2, 4]])
    0.0

    Notes
    -----
    Source: Golub and Van Loan, Matrix Computations, section 3.2.
    """
    M, swaps = _echelon(square_matrix(A, "A"))
    return float((-1) ** swaps * np.prod(np.diag(M))) + 0.0


def rank(A: ArrayLike) -> int:
    """Return the dimension of the space that A leaves: its number of pivots.

    Parameters
    ----------
    A : array_like, shape (m, n)
        Any matrix.

    Returns
    -------
    int
        From 0 to min(m, n). A pivot counts as zero below max(m, n) · 2.2e-16 times the largest
        entry of its column.

    Raises
    ------
    ValueError
        If A is no matrix.

    Examples
    --------
    >>> rank([[1, 2], [2, 4]])
    1

    Notes
    -----
    Source: Strang, Introduction to Linear Algebra, section 3.3.
    """
    M, _ = _echelon(matrix(A, "A"))
    return int(M.any(axis=1).sum())


def cofactor_determinant(A: ArrayLike) -> float:
    """Return the determinant by expansion along the first row: n! terms, for small matrices.

    Parameters
    ----------
    A : array_like, shape (n, n)
        A square matrix with n from 1 to 8.

    Returns
    -------
    float
        The signed factor of volume.

    Raises
    ------
    ValueError
        If A is not square or larger than 8×8.

    Examples
    --------
    >>> cofactor_determinant([[2, 0, 1], [1, 3, 0], [0, 1, 4]])
    25.0

    Notes
    -----
    Source: Strang, Introduction to Linear Algebra, section 5.2.
    """
    A = square_matrix(A, "A")
    if len(A) > 8:
        raise ValueError(f"A: expected at most 8×8 ({len(A)}! terms), got shape {A.shape}")
    if len(A) == 1:
        return float(A[0, 0])
    minors = [cofactor_determinant(np.delete(A[1:], k, axis=1)) for k in range(len(A))]
    return float(sum((-1) ** k * A[0, k] * minor for k, minor in enumerate(minors)))


def eigenvalues_2x2(A: ArrayLike) -> tuple[float, float] | tuple[complex, complex]:
    """Return λ = m ± √(m² − p), with mean m = (a + d) / 2 and product p = ad − bc.

    Parameters
    ----------
    A : array_like, shape (2, 2)
        The matrix [[a, b], [c, d]].

    Returns
    -------
    tuple of two floats or two complex numbers
        The larger first, or the one with positive imaginary part. The root is taken of
        ((a − d) / 2)² + bc, which equals m² − p and does not cancel.

    Raises
    ------
    ValueError
        If A is no 2×2 matrix.

    Examples
    --------
    >>> eigenvalues_2x2([[2, 1], [1, 2]])
    (3.0, 1.0)
    >>> eigenvalues_2x2([[0, -1], [1, 0]])
    (1j, -1j)

    Notes
    -----
    Source: the quadratic formula for det(A − λI) = 0, in the form of 3Blue1Brown, "A quick trick
    for computing eigenvalues" (2021).
    """
    (a, b), (c, d) = square_matrix(A, "A", size=2)
    m = (a + d) / 2
    squared = ((a - d) / 2) ** 2 + b * c
    if squared < 0:
        delta = float(np.sqrt(-squared))
        return complex(m, delta), complex(m, -delta)
    delta = np.sqrt(squared)
    return float(m + delta), float(m - delta)


def eigenvector_2x2(A: ArrayLike, eigenvalue: float) -> Array:
    """Return a vector of length 1 that A only stretches, by `eigenvalue`.

    Parameters
    ----------
    A : array_like, shape (2, 2)
        The matrix.
    eigenvalue : float
        A real eigenvalue of A, to about 8 digits.

    Returns
    -------
    ndarray, shape (2,)
        Its first entry that is not zero is positive. [1, 0] if A stretches all vectors alike.

    Raises
    ------
    ValueError
        If `eigenvalue` is no real eigenvalue of A.

    Examples
    --------
    >>> (eigenvector_2x2([[2, 1], [1, 2]], 3) * 2**0.5).round(6).tolist()
    [1.0, 1.0]

    Notes
    -----
    The rows of A − λI are parallel; a vector at right angles to the longer one is sent to zero.
    """
    A = square_matrix(A, "A", size=2)
    λ = float(real_array(eigenvalue, "eigenvalue", ndim=0))
    shifted = A - λ * np.eye(2)
    size = max(np.abs(A).max(), abs(λ))
    if size > 0 and abs(determinant(shifted / size)) > 1e-8:
        raise ValueError(f"eigenvalue: expected one of {eigenvalues_2x2(A)}, got {eigenvalue!r}")
    p, q = max(shifted, key=lambda row: np.hypot(*row))
    if np.hypot(p, q) <= 1e-8 * size:
        return np.array([1.0, 0.0])
    v = np.array([-q, p]) / np.hypot(p, q)
    return v * np.sign(v[np.flatnonzero(v)[0]]) + 0.0


def change_of_basis(A: ArrayLike, P: ArrayLike) -> Array:
    """Return P⁻¹ A P: the movement A, told in the basis of the columns of P.

    Parameters
    ----------
    A : array_like, shape (n, n)
        The movement in old coordinates.
    P : array_like, shape (n, n)
        The new basis vectors as columns, in old coordinates.

    Returns
    -------
    ndarray, shape (n, n)
        The matrix that takes new coordinates to new coordinates.

    Raises
    ------
    ValueError
        If A or P is not square, their sizes differ, or P is singular.

    Examples
    --------
    >>> change_of_basis([[2, 1], [1, 2]], [[1, -1], [1, 1]]).tolist()
    [[3.0, 0.0], [0.0, 1.0]]

    Notes
    -----
    Source: Strang, Introduction to Linear Algebra, section 8.3.
    """
    A = square_matrix(A, "A")
    return solve(square_matrix(P, "P", size=len(A)), A @ matrix(P, "P"))


def _direction(v: ArrayLike) -> Array:
    v = vector(v, "v")
    if not v.any():
        raise ValueError("v: expected a vector that is not zero, got zero")
    return v


def _echelon(A: Array) -> tuple[Array, int]:
    """Return A in row echelon form with pivots unscaled, and the number of row exchanges."""
    M, swaps, row = A.copy(), 0, 0
    tiny = max(M.shape) * np.finfo(float).eps * np.abs(M).max(axis=0)
    for column in range(M.shape[1]):
        if row == len(M):
            break
        best = row + int(np.argmax(np.abs(M[row:, column])))
        if abs(M[best, column]) <= tiny[column]:
            M[row:, column] = 0
            continue
        if best != row:
            M[[row, best]] = M[[best, row]]
            swaps += 1
        M[row + 1 :] -= np.outer(M[row + 1 :, column] / M[row, column], M[row])
        M[row + 1 :, column] = 0
        row += 1
    return M, swaps


def _shown(number: float) -> str:
    return f"{number:.3g}".replace("-", "−")


def _times(factor: float) -> str:
    sign, size = "−" if factor > 0 else "+", abs(factor)
    return f"{sign} " if size == 1 else f"{sign} {_shown(size)} "
