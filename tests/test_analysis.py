"""Derivatives, Taylor coefficients and Fourier transforms, against sympy, NumPy and SciPy."""

import numpy as np
import pytest
import sympy as sp
from hypothesis import given
from hypothesis import strategies as hypo
from scipy import signal

from notebooklib import analysis as an

# ------------------------------------------------------------------------------ derivatives

FORMS = ("x**5", "sin(x)", "cos(x)", "3**x", "exp(x)", "log(x)", "exp(sin(x**2))", "1/(1+x**2)")


@pytest.mark.parametrize("form", FORMS)
def test_a_derivative_is_sympys(form):
    x = sp.Symbol("x")
    f, slope = (sp.lambdify(x, e, "numpy") for e in (sp.sympify(form), sp.diff(form, x)))
    for at in (0.3, 1.0, 1.7):
        assert np.isclose(an.jacobian(f, at), slope(at), rtol=1e-8)


def test_the_error_of_a_central_difference_falls_with_the_square_then_rounding_wins():
    errors = [abs(float(an.jacobian(np.exp, 1.0, h)) - np.e) for h in (1e-1, 1e-2, 1e-3, 1e-11)]
    assert np.allclose(np.divide(errors[:2], errors[1:3]), 100, rtol=0.01)
    assert errors[3] > 10 * errors[2] / 1000  # far above what the square promises
    assert errors[3] > 1e-7


@given(hypo.lists(hypo.floats(-3, 3), min_size=6, max_size=6))
def test_gradient_jacobian_and_hessian_of_a_polynomial_are_exact(numbers):
    a, b, c, d, x, y = numbers
    at = np.array([x, y])

    def f(p):
        return a * p[0] ** 2 + b * p[0] * p[1] + c * p[1] ** 2 + d * p[0]

    assert np.allclose(an.jacobian(f, at), [2 * a * x + b * y + d, b * x + 2 * c * y], atol=1e-7)
    assert np.allclose(an.hessian(f, at), [[2 * a, b], [b, 2 * c]], atol=1e-5)
    both = an.jacobian(lambda p: np.array([f(p), p[0] * p[1], p[1]]), at)
    assert both.shape == (3, 2) and np.allclose(both[1:], [[y, x], [0, 1]], atol=1e-8)


def test_shapes_follow_value_then_place():
    assert an.jacobian(np.sin, 1.0).shape == ()
    assert an.jacobian(np.sum, np.ones((2, 3))).shape == (2, 3)
    assert an.jacobian(lambda x: np.outer(x, x), np.ones(3)).shape == (3, 3, 3)


def test_the_chain_rule_is_a_product_of_jacobians():
    def inner(p):
        return np.array([p[0] * p[1], np.sin(p[0]), p[1] ** 2])

    def outer(q):
        return np.array([q[0] + q[1] * q[2], np.exp(q[0])])

    at = np.array([0.7, -0.4])
    product = an.jacobian(outer, inner(at)) @ an.jacobian(inner, at)
    assert np.allclose(an.jacobian(lambda p: outer(inner(p)), at), product, atol=1e-8)


def test_a_nudge_that_changes_nothing_and_changing_shapes_are_refused():
    with pytest.raises(ValueError, match="h: expected a nudge that changes x"):
        an.jacobian(np.sin, 1e20)
    with pytest.raises(ValueError, match="f: expected values of one shape"):
        an.jacobian(lambda x: np.ones(2 if x > 1 else 3), 1.0)
    with pytest.raises(ValueError, match=r"f\(x\): expected finite"):
        an.jacobian(lambda x: np.inf, 1.0)
    with pytest.raises(ValueError, match=r"f\(x\): expected a number"):
        an.hessian(lambda x: x, [1.0, 2.0])


# ----------------------------------------------------------------------------------- Taylor


@pytest.mark.parametrize(
    ("form", "x0", "radius"),
    [
        ("1/(1-x)", 0, 0.5),
        ("exp(x)", 0.5, 1),
        ("log(1+x)", 0, 0.5),
        ("sin(x)", 1, 1),
        ("cos(x)", 0, 1),
        ("1/(1+x**2)", -1.5, 0.8),
    ],
)
def test_taylor_coefficients_are_sympys(form, x0, radius):
    x = sp.Symbol("x")
    f = sp.sympify(form)
    exact = [float(sp.diff(f, x, n).subs(x, x0) / sp.factorial(n)) for n in range(13)]
    found = an.taylor_coefficients(sp.lambdify(x, f, "numpy"), x0, 12, radius)
    assert np.allclose(found, exact, atol=1e-11, rtol=1e-9)


@pytest.mark.parametrize(
    ("f", "x0", "radius", "said"),
    [
        (lambda z: 1 / (1 + z**2), 0, 2, "analytic"),
        (lambda z: 1 / z, 0.5, 1, "analytic"),
        (lambda z: 1j * np.exp(z), 0, 0.5, "real values"),
    ],
)
def test_what_has_no_real_series_is_refused(f, x0, radius, said):
    with pytest.raises(ValueError, match=f"f: expected .*{said}"):
        an.taylor_coefficients(f, x0, 4, radius)


def test_a_function_that_doubles_its_argument_in_place_has_the_slope_two():
    assert np.allclose(an.jacobian(lambda x: x.__imul__(2).sum(), [1.0, 2.0]), 2)


def test_values_of_another_length_are_refused():
    with pytest.raises(ValueError, match="f: expected 256 values"):
        an.taylor_coefficients(lambda z: z[:3], 0, 2)


def test_e_ma_2_derivatives_of_a_flat_function_vanish_though_it_is_not_zero():
    x = sp.Symbol("x")
    f = sp.exp(-1 / x**2)
    assert [sp.limit(sp.diff(f, x, n), x, 0) for n in range(4)] == [0] * 4
    assert f.subs(x, 1).evalf() > 0.3


def test_e_ma_1_a_quotient_of_derivatives_at_the_point_need_not_exist():
    x = sp.Symbol("x")
    f, g = 1 - sp.cos(x), x**2
    assert sp.diff(f).subs(x, 0) == sp.diff(g).subs(x, 0) == 0
    assert sp.limit(f / g, x, 0) == sp.limit(sp.diff(f) / sp.diff(g), x, 0) == sp.Rational(1, 2)


# ---------------------------------------------------------------------------------- Fourier

LENGTHS = (*range(1, 70), 97, 127, 221, 360, 800, 1009, 1024, 2**12, 34 * 51)


@pytest.mark.parametrize("N", LENGTHS)
def test_the_transform_is_numpys_for_any_length(N):
    rng = np.random.default_rng(N)
    x = rng.standard_normal(N) + 1j * rng.standard_normal(N)
    size = np.abs(np.fft.fft(x)).max()
    assert np.abs(an.fft(x) - np.fft.fft(x)).max() < 1e-10 * max(size, 1)
    assert np.abs(an.fft(x.real) - np.fft.fft(x.real)).max() < 1e-10 * max(size, 1)
    assert np.abs(an.ifft(an.fft(x)) - x).max() < 1e-10


def test_a_long_transform_is_numpys_to_ten_digits():
    x = np.random.default_rng(0).standard_normal(2**16)
    assert np.abs(an.fft(x) - np.fft.fft(x)).max() < 1e-10


def test_the_signal_is_left_as_it_was():
    x = np.arange(12.0) + 0j
    an.fft(x)
    assert x.tolist() == list(range(12))


@given(hypo.lists(hypo.floats(-100, 100), min_size=1, max_size=40))
def test_parseval_and_the_twins_of_a_real_signal(x):
    X = an.fft(x)
    assert np.isclose(np.sum(np.abs(X) ** 2), len(x) * np.sum(np.square(x)))
    assert np.allclose(X[1:], X[:0:-1].conj())


def test_e_ma_3_the_matrix_has_a_minus_and_its_conjugate_is_the_way_back():
    W = an.dft_matrix(12)
    x = np.random.default_rng(0).standard_normal(12)
    assert np.allclose(W, np.fft.fft(np.eye(12)))
    assert np.allclose(W @ x, an.fft(x))
    assert np.allclose(W.conj() @ W, 12 * np.eye(12))
    assert not np.allclose(W.conj(), np.fft.fft(np.eye(12)))
    assert np.allclose(W.conj() / 12, np.fft.ifft(np.eye(12)))


@pytest.mark.parametrize("N", [2, 3, 10, 800, 801])
@pytest.mark.parametrize("window", an.WINDOWS)
def test_the_spectrum_is_scipys(N, window):
    x = np.random.default_rng(N).standard_normal(N) + 5
    name = "boxcar" if window == "none" else "hann"
    want = signal.periodogram(x, 80.0, window=name, detrend="constant")
    found = an.spectrum(x, 80, window)
    for one, other in zip(found, want, strict=True):
        assert np.allclose(one, other, atol=1e-12)
    if window == "none":
        assert np.isclose(found[1].sum() * 80 / N, x.var())


def test_a_spectrum_of_one_sample_is_refused():
    with pytest.raises(ValueError, match="x: expected at least two samples, got 1"):
        an.spectrum([1.0], 1)
