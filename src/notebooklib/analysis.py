"""Derivatives by small changes, Taylor coefficients, and signals taken apart into frequencies."""

from collections.abc import Callable
from functools import lru_cache

import numpy as np
from numpy.typing import ArrayLike, NDArray

from notebooklib._validate import (
    Array,
    choice,
    finite,
    function,
    nonnegative_int,
    positive,
    positive_int,
    real_array,
    vector,
    within_float64,
)

Complex = NDArray[np.complex128]
RADIX = 16  # the most parts that one pass of the FFT splits a signal into
WINDOWS = ("hann", "none")

# ------------------------------------------------------------------------------ derivatives


@within_float64
def jacobian(f: Callable[[Array], ArrayLike], x: ArrayLike, h: float = 1e-5) -> Array:
    """Return all first derivatives of a function, by central differences.

    ∂fᵢ/∂xⱼ ≈ (fᵢ(x + h eⱼ) − fᵢ(x − h eⱼ)) / 2h

    Parameters
    ----------
    f : callable
        Takes an array of the shape of `x`; returns a number or an array.
    x : array_like, any shape
        Where; a number for an ordinary derivative.
    h : float
        The nudge. About 10⁻⁵ for numbers near 1: a larger one bends, a smaller one is rounded.

    Returns
    -------
    ndarray, shape of f(x), then shape of x
        The derivative of a function of one number, the gradient of a number, else the Jacobian.

    Raises
    ------
    ValueError
        If `x` or a value of f is not finite, the shape of f(x) changes, or x ± h is x.

    Notes
    -----
    Source: Nocedal and Wright, Numerical Optimization, section 8.1; chapter 2.

    Examples
    --------
    >>> jacobian(lambda x: x[0] ** 2 * x[1], [3, 2]).round(6).tolist()
    [12.0, 9.0]
    """
    function(f, "f", takes=1)
    x, h = real_array(x, "x"), positive(h, "h")
    if np.any((x + h == x) | (x - h == x)):
        raise ValueError(
            f"h: expected a nudge that changes x, got {h:g} beside {np.abs(x).max():g}"
        )
    columns, shape = [], None
    for place in np.ndindex(x.shape):
        up, down = x.copy(), x.copy()
        up[place] += h
        down[place] -= h
        width = up[place] - down[place]  # not quite 2h; before f, which may change its argument
        high, low = (real_array(f(end), "f(x)") for end in (up, down))
        if not high.shape == low.shape == (high.shape if shape is None else shape):
            raise ValueError(f"f: expected values of one shape, got {low.shape} and {high.shape}")
        shape = high.shape
        columns.append((high - low) / width)
    return np.stack(columns, axis=-1).reshape(shape + x.shape)


@within_float64
def hessian(f: Callable[[Array], float], x: ArrayLike, h: float = 1e-4) -> Array:
    """Return the second derivatives of a function whose value is a number, by differences.

    Hᵢⱼ = ∂²f / ∂xᵢ ∂xⱼ, made symmetric

    Parameters
    ----------
    f : callable
        Takes a vector, returns a number.
    x : array_like, shape (n,)
        Where.
    h : float
        The nudge; the error is of the size of h² + 10⁻¹⁶/h².

    Returns
    -------
    ndarray, shape (n, n)
        The Hessian.

    Raises
    ------
    ValueError
        If `x` or a value of f is not finite, f(x) is no number, or x ± h is x.

    Notes
    -----
    Source: Nocedal and Wright, Numerical Optimization, section 8.1; chapter 2.

    Examples
    --------
    >>> hessian(lambda x: x[0] ** 2 + 3 * x[0] * x[1] - x[1] ** 2, [3, 2]).round(3).tolist()
    [[2.0, 3.0], [3.0, -2.0]]
    """
    function(f, "f", takes=1)
    x = vector(x, "x")

    def number(point: Array) -> Array:
        return real_array(f(point), "f(x)", ndim=0)

    H = jacobian(lambda point: jacobian(number, point, h), x, h)
    return (H + H.T) / 2


@within_float64
def taylor_coefficients(
    f: Callable[[Complex], ArrayLike], x0: float, order: int, radius: float = 0.5
) -> Array:
    """Return the coefficients of a Taylor series, from values on a circle around its centre.

    cₙ = f⁽ⁿ⁾(x₀)/n! = (1/N) Σₖ f(x₀ + ρ e^{2πik/N}) e^{−2πikn/N} / ρⁿ, Cauchy's formula as a DFT

    Parameters
    ----------
    f : callable
        Takes an array of complex numbers; analytic in the disc, and real on the real line.
    x0 : float
        The centre.
    order : int
        The highest power, 0 to 60.
    radius : float
        ρ, at most half the way to where f breaks; cₙ is right to about 10⁻¹⁶ max|f| / ρⁿ.

    Returns
    -------
    ndarray, shape (order + 1,)
        c₀ … c_order, for powers of x − x₀.

    Raises
    ------
    ValueError
        If a value of f is not finite, the shape of f(z) is not that of z, or the values betray
        that f breaks in the disc or is not real on the real line.

    Notes
    -----
    Source: Lyness and Moler (1967), Numerical Differentiation of Analytic Functions.

    Examples
    --------
    >>> taylor_coefficients(np.exp, 0, 4).round(6).tolist()
    [1.0, 1.0, 0.5, 0.166667, 0.041667]
    """
    function(f, "f", takes=1)
    x0, order = finite(x0, "x0"), nonnegative_int(order, "order", most=60)
    size = 256
    radius = positive(radius, "radius")
    z = x0 + radius * np.exp(2j * np.pi * np.arange(size) / size)
    values = _signal(f(z), "f(z)")
    if values.size != size:
        raise ValueError(f"f: expected {size} values at {size} places, got {values.size}")
    found, tiny = fft(values) / size, 1e-9 * np.abs(values).max()
    if np.abs(found[size // 2 :]).max() > tiny:  # powers from 128 on, and below 0
        raise ValueError(f"f: expected it to be analytic within {2 * radius:g} of {x0:g}")
    if np.abs(found.imag).max() > tiny:
        raise ValueError("f: expected real values on the real line, got complex ones")
    return found[: order + 1].real * radius ** -np.arange(order + 1.0)


# ------------------------------------------------------------------------------ frequencies


def dft_matrix(N: int) -> Complex:
    """Return the matrix of the discrete Fourier transform: X = W x.

    Wₖₙ = e^{−2πikn/N}

    Parameters
    ----------
    N : int
        The length of the signal, 1 to 4096.

    Returns
    -------
    ndarray of complex, shape (N, N)
        The matrix, symmetric; W W* = N I.

    Raises
    ------
    ValueError
        If `N` is no whole number from 1 to 4096.

    Notes
    -----
    Source: Strang, Introduction to Linear Algebra (5th ed.), section 9.3, with the sign of
    engineers and of NumPy; chapter 2.

    Examples
    --------
    >>> dft_matrix(2).real.round().tolist()
    [[1.0, 1.0], [1.0, -1.0]]
    """
    n = np.arange(positive_int(N, "N", most=4096))
    return np.exp(-2j * np.pi / N * (np.outer(n, n) % N))


@within_float64
def fft(x: ArrayLike) -> Complex:
    """Return the discrete Fourier transform in about N log N steps, for any length.

    X[k] = Σₙ x[n] e^{−2πikn/N}

    Parameters
    ----------
    x : array_like, shape (N,)
        The signal, real or complex.

    Returns
    -------
    ndarray of complex, shape (N,)
        Its frequencies 0 … N − 1.

    Raises
    ------
    ValueError
        If `x` is empty, a number is not finite, or a sum overflows.

    Notes
    -----
    Source: Cooley and Tukey (1965), as Stockham orders it: each pass splits every part into up to
    16, by a small DFT matrix and kept twiddle factors. A length with a prime factor above 16 is
    turned into a convolution (Bluestein, 1970).

    Examples
    --------
    >>> fft([1, 0, 0, 0]).real.tolist()
    [1.0, 1.0, 1.0, 1.0]
    """
    y = _signal(x, "x")
    parts = _splitting(y.size)
    if parts is None:
        return _bluestein(y)
    rest, done = y.size, 1
    for q in parts:
        rest //= q
        y = (_kept(q) @ y.reshape(q, -1)).reshape(q, rest, done)
        if rest > 1:
            y *= _twiddles(q, rest)[:, :, None]
        y = y.transpose(1, 0, 2).reshape(-1)
        done *= q
    return y


def ifft(X: ArrayLike) -> Complex:
    """Return the signal that has the frequencies X.

    x[n] = (1/N) Σₖ X[k] e^{+2πikn/N}

    Parameters
    ----------
    X : array_like, shape (N,)
        The frequencies, real or complex.

    Returns
    -------
    ndarray of complex, shape (N,)
        The signal.

    Raises
    ------
    ValueError
        If `X` is empty, a number is not finite, or a sum overflows.

    Notes
    -----
    Source: the DFT of the conjugate, conjugated: the signs of all exponents turn over.

    Examples
    --------
    >>> ifft(fft([3, 1])).real.tolist()
    [3.0, 1.0]
    """
    X = _signal(X, "X")
    return fft(X.conj()).conj() / X.size


@within_float64
def spectrum(x: ArrayLike, rate: float, window: str = "hann") -> tuple[Array, Array]:
    """Return how the variance of a signal is spread over frequencies, mean removed.

    P(f) = 2 |Σₙ wₙ (xₙ − x̄) e^{−2πifn/rate}|² / (rate · Σₙ wₙ²)

    Parameters
    ----------
    x : array_like, shape (N,)
        The signal, N ≥ 2.
    rate : float
        Samples a second.
    window : {"hann", "none"}
        What fades the signal in and out, so that its ends do not leak into all frequencies.

    Returns
    -------
    frequencies : ndarray, shape (N // 2 + 1,)
        0 … rate/2 in hertz, rate/N apart.
    power : ndarray, shape (N // 2 + 1,)
        Squared units of the signal per hertz; without a window its area is the variance.

    Raises
    ------
    ValueError
        If there are fewer than two samples, one is not finite, or the rate is not above 0.

    Notes
    -----
    Source: Welch (1967), for a single segment; as `scipy.signal.periodogram` has it.

    Examples
    --------
    >>> frequencies, power = spectrum(np.sin(2 * np.pi * 3 * np.arange(32) / 32), 32)
    >>> float(frequencies[power.argmax()])
    3.0
    """
    x, rate = vector(x, "x"), positive(rate, "rate")
    choice(window, "window", WINDOWS)
    if x.size < 2:
        raise ValueError("x: expected at least two samples, got 1")
    N = x.size
    w = np.sin(np.pi * np.arange(N) / N) ** 2 if window == "hann" else np.ones(N)
    power = np.abs(fft(w * (x - x.mean()))[: N // 2 + 1]) ** 2 / (w @ w) / rate
    power[1 : (N + 1) // 2] *= 2  # each frequency but 0 and the highest has a twin below 0
    return np.arange(N // 2 + 1) * (rate / N), power


def _signal(value: ArrayLike, name: str) -> Complex:
    """Return a vector of finite numbers, real or complex, as complex ones."""
    if type(value) is not np.ndarray and not isinstance(value, list | tuple):
        return vector(value, name).astype(np.complex128)
    try:
        array = np.asarray(value)
    except ValueError:  # rows of unequal length
        array = np.empty(0)
    if array.dtype.kind != "c":
        return vector(value, name).astype(np.complex128)
    return vector(array.real, name) + 1j * vector(array.imag, name)


@lru_cache(maxsize=64)
def _kept(N: int) -> Complex:
    return dft_matrix(N)


@lru_cache(maxsize=32)
def _twiddles(q: int, rest: int) -> Complex:
    return np.exp(-2j * np.pi / (q * rest) * np.outer(np.arange(q), np.arange(rest)))


@lru_cache(maxsize=64)
def _splitting(N: int) -> tuple[int, ...] | None:
    """Return factors of N of at most RADIX, or None where a prime factor is larger."""
    parts = []
    while N > 1:
        q = next((q for q in range(RADIX, 1, -1) if N % q == 0), None)
        if q is None:
            return None
        parts.append(q)
        N //= q
    return tuple(parts)


def _bluestein(x: Complex) -> Complex:
    """Return the DFT as a convolution of a power of 2, since 2kn = k² + n² − (k − n)²."""
    N = x.size
    size = 1 << (2 * N - 2).bit_length()
    n = np.arange(N, dtype=np.int64)
    chirp = np.exp(-1j * np.pi / N * (n * n % (2 * N)))
    signal, against = np.zeros((2, size), complex)
    signal[:N] = x * chirp
    against[:N] = chirp.conj()
    against[-N + 1 :] = against[N - 1 : 0 : -1]
    return chirp * ifft(fft(signal) * fft(against))[:N]
