"""Bells, sums, coins, evidence and codes, against scipy.stats, exact sums and properties."""

from fractions import Fraction
from itertools import product
from math import comb

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as hypo
from hypothesis.extra.numpy import arrays
from scipy import integrate, stats

from notebooklib import statistics as st

weights = arrays(np.float64, hypo.integers(2, 12), elements=hypo.integers(0, 9)).filter(
    lambda w: np.count_nonzero(w) > 1
)
chances = weights.map(lambda w: w / w.sum())


# ------------------------------------------------------------------------------------ bells


@given(hypo.floats(-50, 50), hypo.floats(0.01, 30))
def test_the_bell_is_scipys(mu, sigma):
    x = np.linspace(mu - 6 * sigma, mu + 6 * sigma, 41)
    assert np.allclose(st.normal_pdf(x, mu, sigma), stats.norm(mu, sigma).pdf(x))
    assert np.allclose(st.normal_cdf(x, mu, sigma), stats.norm(mu, sigma).cdf(x))


def test_the_area_of_a_bell_is_one_and_its_slope_follows_from_its_height():
    for mu, sigma in ((0, 1), (3, 0.1), (-2, 7)):
        area, error = integrate.quad(st.normal_pdf, -np.inf, np.inf, args=(mu, sigma))
        assert abs(area - 1) < 10 * error + 1e-9 or sigma == 0.1
        x = np.linspace(mu - 9 * sigma, mu + 9 * sigma, 20001)
        f = st.normal_pdf(x, mu, sigma)
        assert np.isclose(np.trapezoid(f, x), 1)
        slope = np.gradient(f, x)
        assert np.allclose(slope, -(x - mu) / sigma**2 * f, atol=1e-5 * f.max() / sigma)


def test_far_out_the_bell_is_zero_without_a_warning():
    assert st.normal_pdf([1e300, -1e300]).tolist() == [0, 0]
    assert st.normal_cdf([1e300, -1e300]).tolist() == [1, 0]


def test_the_standard_error_is_scipys_and_holds():
    rng = np.random.default_rng(0)
    x = rng.exponential(size=50)
    assert np.allclose(st.mean_and_error(x), (x.mean(), stats.sem(x)))
    found = [st.mean_and_error(rng.exponential(size=200)) for _ in range(2000)]
    within = np.mean([abs(mean - 1) < 2 * error for mean, error in found])
    assert 0.92 < within < 0.97
    assert np.allclose(np.divide(st.mean_and_error(1e300 * x), 1e300), st.mean_and_error(x))


@pytest.mark.parametrize("sample", [[], [1.0]])
def test_one_draw_has_no_standard_error(sample):
    with pytest.raises(ValueError, match="sample: expected"):
        st.mean_and_error(sample)


# ------------------------------------------------------------------------------------- sums


@given(weights)
def test_moments_are_those_of_a_sample(w):
    x = np.arange(w.size) ** 2
    sample = np.repeat(x, w.astype(int))
    known = (sample.mean(), sample.var(), stats.skew(sample))
    assert np.allclose(st.moments(x, w / w.sum()), known, atol=1e-6)


def test_a_constant_has_no_spread():
    assert st.moments([7, 9], [1, 0]) == (7, 0, 0)
    assert st.moments([0.3] * 10, [0.1] * 10)[1:] == (0, 0)  # nor one that rounding gives it
    assert st.moments([0, 1e-200], [0.5, 0.5])[1:] == (0, 0)  # one too small for float64


@given(chances, hypo.integers(1, 4))
def test_sums_are_those_of_all_cases(p, n):
    total = np.zeros(n * (p.size - 1) + 1)
    if p.size**n > 3000:
        return
    for outcomes in product(range(p.size), repeat=n):
        total[sum(outcomes)] += np.prod(p[list(outcomes)])
    assert np.allclose(st.sum_pmf(p, n), total)


@given(chances, hypo.integers(1, 60))
def test_means_and_variances_add(p, n):
    x = np.arange(p.size)
    mean, variance, skewness = st.moments(x, p)
    total = st.sum_pmf(p, n)
    got = st.moments(np.arange(total.size), total)
    assert np.allclose(got, (n * mean, n * variance, skewness / np.sqrt(n)), atol=1e-6)
    assert np.isclose(total.sum(), 1)


def test_the_gap_is_that_of_scipys_binomial():
    for n in (1, 10, 100):
        k = np.arange(n + 1)
        law, bell = stats.binom(n, 0.3), stats.norm(0.3 * n, np.sqrt(0.21 * n))
        before, after = law.cdf(k - 1) - bell.cdf(k), law.cdf(k) - bell.cdf(k)
        gap = max(abs(before).max(), abs(after).max())
        assert np.isclose(st.gap_to_normal([0.7, 0.3], n), gap)
        half = abs(law.cdf(k) - bell.cdf(k + 0.5)).max()
        assert np.isclose(st.gap_to_normal([0.7, 0.3], n, corrected=True), half)


@pytest.mark.parametrize("p", [[0.5, 0.5], np.ones(6) / 6, [0.9, 0.1], [0.4, 0, 0, 0.6]])
def test_root_n_times_the_gap_tends_to_esseens_constant(p):
    """Steps and skewness both count, and each as Esseen's theorem says."""
    positions = np.flatnonzero(p)
    step = np.gcd.reduce(np.diff(positions))
    _, variance, skewness = st.moments(np.arange(len(p)), p)
    limit = (abs(skewness) / 6 + step / (2 * np.sqrt(variance))) / np.sqrt(2 * np.pi)
    assert np.isclose(np.sqrt(2000) * st.gap_to_normal(p, 2000), limit, rtol=0.02)
    skew = abs(skewness) / 6 / np.sqrt(2 * np.pi)
    if step == 1:
        corrected = np.sqrt(2000) * st.gap_to_normal(p, 2000, corrected=True)
        assert np.isclose(corrected, skew, atol=0.02)


def test_a_constant_has_no_bell():
    with pytest.raises(ValueError, match="pmf: expected two possible outcomes"):
        st.gap_to_normal([0, 1, 0], 3)


@pytest.mark.parametrize(
    "pmf", [[0.5, 0.6], [-0.1, 1.1], [0.5, np.nan], [], [[0.5, 0.5]], [0.2, 0.2], [0.5, 0.501]]
)
def test_chances_are_chances(pmf):
    for function in (lambda p: st.sum_pmf(p, 2), st.entropy, st.huffman):
        with pytest.raises(ValueError, match="pmf: expected .+, got ."):
            function(pmf)


def test_a_sum_too_long_is_refused():
    with pytest.raises(ValueError, match="at most 20,000 possible sums, got 20,001"):
        st.sum_pmf([0.5, 0.5], 20_000)
    assert np.isclose(st.sum_pmf([0.5, 0.5 + 9e-10], 19_999).sum(), 1, rtol=1e-9)


# ------------------------------------------------------------------------------------ coins


@given(hypo.integers(0, 60), hypo.integers(0, 20))
def test_coins_are_counted_exactly(n, numerator):
    p = Fraction(numerator, 20)
    exact = [float(comb(n, k) * p**k * (1 - p) ** (n - k)) for k in range(n + 1)]
    p = float(p)
    got = st.binomial_pmf(n, p)
    assert np.allclose(got, exact, rtol=1e-10, atol=1e-300)
    mean, variance, _ = st.moments(np.arange(n + 1), got / got.sum())
    assert np.allclose((mean, variance), (n * p, n * p * (1 - p)), atol=1e-9)


def test_more_trials_than_a_million_are_refused_and_more_successes_than_trials():
    with pytest.raises(ValueError, match="n: expected"):
        st.binomial_pmf(1_000_001, 0.5)
    with pytest.raises(ValueError, match="k: expected numbers from 0 to 8, got 8.5 to 8.5"):
        st.proportion_interval(8.5, 8)


def test_a_binomial_is_a_sum_of_coins():
    assert np.allclose(st.binomial_pmf(37, 0.2), st.sum_pmf([0.8, 0.2], 37))


@pytest.mark.parametrize("method", ("wald", "wilson", "bayes"))
def test_intervals_are_scipys(method):
    n, k = 25, np.arange(26)
    low, high = st.proportion_interval(k, n, method)
    if method == "wald":
        half = stats.norm.ppf(0.975) * np.sqrt(k / n * (1 - k / n) / n)
        known = np.array([k / n - half, k / n + half])
    elif method == "wilson":
        found = [stats.binomtest(int(s), n).proportion_ci(method="wilson") for s in k]
        known = np.array(found).T
    else:
        known = np.array(stats.beta(k + 1, n - k + 1).interval(0.95))
    assert np.allclose((low, high), known, atol=1e-9)


def test_coverage_is_measured_as_promised():
    """Brown, Cai and DasGupta print 0.951 for n = 17, 0.904 for 18, and 0.920 for 40."""
    found = [st.coverage(n, 0.5) for n in (17, 18, 40)]
    assert np.allclose(found, [0.951, 0.904, 0.919], atol=0.001)
    assert st.coverage(40, 0.5, level=0.5) < 0.6
    rng = np.random.default_rng(0)
    k = rng.binomial(20, 0.05, size=200_000)
    low, high = st.proportion_interval(k, 20)
    held = ((low <= 0.05) & (0.05 <= high)).mean()
    assert abs(held - st.coverage(20, 0.05)) < 4 * np.sqrt(0.25 / 200_000)


def test_rounding_neither_shortens_an_interval_nor_lifts_a_share_above_one():
    trials = range(1, 60)
    assert {st.coverage(n, p, "wilson") for n in trials for p in (0, 1)} == {1.0}
    assert max(st.coverage(n, 0.3, "wilson", 1 - 1e-12) for n in trials) == 1


@pytest.mark.parametrize("n", [5, 18, 40])
def test_averaged_over_its_prior_the_bayesian_interval_keeps_its_promise(n):
    p = (np.arange(4000) + 0.5) / 4000
    mean = np.mean([st.coverage(n, x, "bayes") for x in p])
    assert abs(mean - 0.95) < 0.002


# --------------------------------------------------------------------------------- evidence


@given(*[hypo.integers(1, 99)] * 3)
def test_bayes_is_what_counting_says(prior, hit, alarm):
    sick, well = prior * 100 * hit, (100 - prior) * 100 * alarm
    got = st.posterior(prior / 100, hit / 100, alarm / 100)
    assert np.isclose(got, sick / (sick + well))
    odds = st.odds(prior / 100) * st.bayes_factor(hit / 100, alarm / 100)
    assert np.isclose(st.odds(got), odds) and np.isclose(odds / (1 + odds), got)


def test_evidence_that_cannot_occur_is_refused():
    with pytest.raises(ValueError, match="can occur"):
        st.posterior(0.5, 0, 0)
    with pytest.raises(ValueError, match="given_not_a: expected"):
        st.bayes_factor(0.5, 0)


# --------------------------------------------------------------------------------- surprise


@given(chances)
def test_entropy_is_scipys_and_at_most_that_of_equal_chances(p):
    assert np.isclose(st.entropy(p), stats.entropy(p, base=2))
    assert 0 <= st.entropy(p) <= np.log2(p.size) + 1e-12


@given(chances, hypo.randoms())
def test_divergence_is_scipys_and_never_negative(p, random):
    q = np.array([random.random() + 0.01 for _ in p])
    q /= q.sum()
    assert np.isclose(st.divergence(p, q), stats.entropy(p, q, base=2), atol=1e-9)
    assert np.isclose(st.mean_surprisal(p, q), st.entropy(p) + st.divergence(p, q))
    assert st.divergence(p, p) == 0


def test_what_was_held_impossible_is_endlessly_surprising():
    assert st.divergence([0.5, 0.5], [1, 0]) == np.inf
    assert st.divergence([1, 0], [0.5, 0.5]) == 1


@given(chances)
def test_huffmans_code_can_be_read_and_none_is_shorter(p):
    words = st.huffman(p)
    assert not any(a != b and b.startswith(a) for a in words for b in words)
    assert len(set(words)) == p.size
    assert np.isclose(sum(0.5 ** len(word) for word in words), 1)
    H, L = st.entropy(p), st.mean_length(p, words)
    assert H - 1e-12 <= L < H + 1


@given(arrays(np.float64, 4, elements=hypo.integers(1, 9)))
def test_of_all_lengths_that_kraft_allows_huffmans_are_best(w):
    p = w / w.sum()
    best = min(
        p @ lengths
        for lengths in product(range(1, 5), repeat=4)
        if sum(0.5**length for length in lengths) <= 1
    )
    assert np.isclose(st.mean_length(p, st.huffman(p)), best)


def test_words_are_made_of_zeros_and_ones():
    for words in (["0", "2"], ["0", 1], ["0"], "01"):
        with pytest.raises(ValueError, match="words: expected"):
            st.mean_length([0.5, 0.5], words)


# --------------------------------------------------------------------------------- errata


def test_e_ms_1_the_limit_is_phi_where_the_variance_is_finite():
    """The limit is written as an empty set; it is Φ, and wants 0 < σ² < ∞."""
    x = np.linspace(-6, 6, 4001)
    gaps = [
        abs(stats.gamma(n).cdf(n + np.sqrt(n) * x) - st.normal_cdf(x)).max()
        for n in (10, 100, 1000)
    ]
    assert np.allclose(gaps, [0.042, 0.0133, 0.0042], atol=0.0005)
    rng = np.random.default_rng(0)
    for n in (1, 100, 1000):  # the spread of means of Cauchy variables does not shrink
        means = rng.standard_cauchy((4000, n)).mean(axis=1)
        assert 1.8 < np.subtract(*np.percentile(means, [75, 25])) < 2.2


def test_e_ms_2_the_coefficient_is_one_over_sigma_root_two_pi():
    """With 1/√π the integral of the standard normal density would be √2."""
    area = integrate.quad(lambda x: np.exp(-(x**2) / 2) / np.sqrt(np.pi), -np.inf, np.inf)[0]
    assert np.isclose(area, np.sqrt(2))
    right = integrate.quad(lambda x: np.exp(-(x**2) / 2) / np.sqrt(2 * np.pi), -np.inf, np.inf)[0]
    assert np.isclose(right, 1)
    second = integrate.quad(lambda x: x**2 * np.exp(-(x**2)) / np.sqrt(np.pi), -np.inf, np.inf)[0]
    assert np.isclose(second, 0.5)  # 1/√π belongs to N(0, ½)


def test_e_ms_3_a_rare_event_surprises_but_makes_no_large_entropy():
    assert np.isclose(st.surprisal(0.01), 6.64, atol=0.01)
    assert np.isclose(st.entropy([0.01, 0.99]), 0.081, atol=0.001)
    assert st.entropy([0.5, 0.5]) == 1


def test_e_ms_4_means_and_variances_add_in_general_and_independence_is_more_than_no_covariance():
    """The printed nμ and nσ² hold for equal laws only; covariance 0 need not be assumed."""
    one, other = np.ones(6) / 6, np.array([0.25, 0.75])
    total = np.convolve(one, other)
    got = st.moments(np.arange(7), total)
    parts = [st.moments(np.arange(p.size), p) for p in (one, other)]
    assert np.allclose(got[:2], np.sum(parts, axis=0)[:2])
    x = np.array([-1, 0, 1])  # y = x² has no covariance with x, and is decided by it
    assert np.isclose(np.mean(x * x**2) - x.mean() * (x**2).mean(), 0)
    assert np.isclose(np.var(2 * x), 4 * np.var(x))  # a draw added to itself
