"""What kind of critical point a Hessian tells of."""

import numpy as np
from numpy.typing import ArrayLike

from notebooklib._validate import (
    MOST,
    generator,
    nonnegative,
    positive_int,
    symmetric_matrix,
    within_float64,
)


@within_float64
def classify_critical_point(hessian: ArrayLike, *, tol: float = 1e-10) -> str:
    """Say what a point with zero gradient is, from the signs of the Hessian's eigenvalues.

    There L(θ) ≈ L(θ₀) + ½ (θ − θ₀)ᵀ H (θ − θ₀): all eigenvalues positive make it a minimum, all
    negative a maximum, both signs a saddle. If some are zero and the rest have one sign, H is
    semidefinite and terms beyond the second order decide.

    Parameters
    ----------
    hessian : float or array_like, shape (n, n)
        The symmetric Hessian H at the critical point.
    tol : float
        Eigenvalues smaller than `tol` times the largest in size count as zero.

    Returns
    -------
    str
        'minimum', 'maximum', 'saddle' or 'undecided'.

    Raises
    ------
    ValueError
        If the Hessian is not symmetric, or `tol` is negative.

    Notes
    -----
    Source: chapter 8.

    Examples
    --------
    >>> classify_critical_point([[2.0, 0.0], [0.0, -1.0]])
    'saddle'
    >>> classify_critical_point([[2.0, 0.0], [0.0, 0.0]])
    'undecided'
    """
    eigenvalues = np.linalg.eigvalsh(symmetric_matrix(hessian, "hessian"))
    zero = nonnegative(tol, "tol") * np.abs(eigenvalues).max()
    up, down = eigenvalues > zero, eigenvalues < -zero
    if up.all():
        return "minimum"
    if down.all():
        return "maximum"
    return "saddle" if up.any() and down.any() else "undecided"


def share_positive_definite(n: int, *, samples: int, rng: np.random.Generator) -> float:
    """Estimate how often a random symmetric n×n matrix is positive definite.

    The matrices are (A + Aᵀ)/2 with standard normal A. Were Hessians at critical points like
    them, this would be the share of minima; that real losses are so is a heuristic, no theorem.

    Parameters
    ----------
    n : int
        The dimension, at least 1.
    samples : int
        How many matrices to draw, at least 1.
    rng : numpy.random.Generator
        The source of randomness.

    Returns
    -------
    float
        The share in [0, 1].

    Raises
    ------
    ValueError
        If `n` or `samples` is no whole number above 0, both together are too large for the memory,
        or `rng` is no generator.

    Notes
    -----
    Source: Dauphin et al. (2014), section 2; Dean, Majumdar (2006) for large n.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> round(share_positive_definite(2, samples=200_000, rng=rng), 3)
    0.147
    """
    n = positive_int(n, "n", most=10_000)
    samples = positive_int(samples, "samples", most=MOST // n**2)
    A = generator(rng).standard_normal((samples, n, n))
    eigenvalues = np.linalg.eigvalsh((A + A.transpose(0, 2, 1)) / 2)  # (samples, n), ascending
    return float((eigenvalues[:, 0] > 0).mean())
