"""Convolution as the product of two polynomials: term by term, and through the FFT."""

import numpy as np
from numpy.typing import ArrayLike
from scipy import fft

from notebooklib._validate import MOST, Array, _refuse, real_array, within_float64


@within_float64
def convolve(a: ArrayLike, b: ArrayLike) -> Array:
    """Return the convolution of two sequences or two tables, with all of its borders.

    cₙ = Σᵢ aᵢ bₙ₋ᵢ, where what lies outside of a and of b counts as 0; in two dimensions
    B(i, j) = Σₘ Σₙ K(m, n) A(i − m, j − n)

    Parameters
    ----------
    a, b : array_like, shape (M, ...) and (N, ...)
        Of equally many axes.

    Returns
    -------
    ndarray, shape (M + N − 1, ...)
        Each entry of the one lays down a copy of the other, weighted and shifted.

    Raises
    ------
    ValueError
        If the arrays have no axes, or not equally many, or a number is not finite.

    Notes
    -----
    Source: the opening of chapter 9; the same as `scipy.signal.convolve` with ``mode="full"``.

    Examples
    --------
    >>> convolve([1, 2, 3], [4, 5, 6]).tolist()
    [4.0, 13.0, 28.0, 27.0, 18.0]
    """
    a, b, shape = _pair(a, b)
    if b.size > a.size:
        a, b = b, a
    c = np.zeros(shape)
    for at in np.ndindex(b.shape):
        c[tuple(slice(i, i + n) for i, n in zip(at, a.shape, strict=True))] += b[at] * a
    return c


@within_float64
def fft_convolve(a: ArrayLike, b: ArrayLike) -> Array:
    """Return the same as `convolve`, through the frequencies: O(L log L) for a result of length L.

    c = F⁻¹(F(a) F(b)), with a and b filled up with zeros to the length M + N − 1 or more

    Parameters
    ----------
    a, b : array_like, shape (M, ...) and (N, ...)
        Of equally many axes.

    Returns
    -------
    ndarray, shape (M + N − 1, ...)
        Rounded: its error is about 1e-16 times the largest entries of a and b and their number.

    Raises
    ------
    ValueError
        If the arrays have no axes, or not equally many, or a number is not finite.

    Notes
    -----
    Source: Cooley and Tukey (1965), doi:10.1090/S0025-5718-1965-0178586-1. The padded lengths are
    products of small primes, for which SciPy's FFT is fastest.

    Examples
    --------
    >>> fft_convolve([1, 2, 3], [4, 5, 6]).round(9).tolist()
    [4.0, 13.0, 28.0, 27.0, 18.0]
    """
    a, b, shape = _pair(a, b)
    padded = [fft.next_fast_len(n, real=True) for n in shape]
    with np.errstate(invalid="raise"):  # where the transform of huge numbers has overflowed
        values = fft.rfftn(a, padded) * fft.rfftn(b, padded)
    c = fft.irfftn(values, padded)
    return c[tuple(map(slice, shape))]


def _pair(a: ArrayLike, b: ArrayLike) -> tuple[Array, Array, tuple[int, ...]]:
    """Return both arrays, and the shape of their convolution."""
    a, b = real_array(a, "a"), real_array(b, "b")
    if a.ndim == 0:
        _refuse("a", "one axis or more", "a number")
    if a.ndim != b.ndim:
        _refuse("b", f"{a.ndim} axes, as a has", f"shape {b.shape}")
    shape = tuple(m + n - 1 for m, n in zip(a.shape, b.shape, strict=True))
    if np.prod(shape, dtype=float) > MOST:
        _refuse("b", f"at most {MOST:,} numbers in the result", f"shape {shape}")
    return a, b, shape
