"""Bells, sums of chances, coins, evidence in odds, and surprise as the price of a code."""

import heapq
from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import betaincinv, gammaln, ndtr, ndtri, xlog1py, xlogy

from notebooklib._validate import (
    Array,
    choice,
    finite,
    flag,
    nonnegative_int,
    positive,
    positive_int,
    probability,
    real_array,
    sequence,
    share,
    vector,
    within_float64,
)

_MOST_SUMS = 20_000  # outcomes of a sum, convolved in a second
_INTERVALS = ("wald", "wilson", "bayes")

# ------------------------------------------------------------------------------------ bells


@within_float64
def normal_pdf(x: ArrayLike, mu: float = 0.0, sigma: float = 1.0) -> Array:
    """Return the density of the normal distribution N(μ, σ²).

    f(x) = exp(−½ ((x − μ)/σ)²) / (σ √(2π))

    Parameters
    ----------
    x : array_like, any shape
        Where.
    mu : float
        The mean μ.
    sigma : float
        The standard deviation σ > 0.

    Returns
    -------
    ndarray, shape of x
        Chance a unit of x, so it may exceed 1; its area is 1.

    Raises
    ------
    ValueError
        If σ is not > 0, or a number is not finite.

    Notes
    -----
    Source: Grinstead and Snell, Introduction to Probability, section 5.2; chapter 3.

    Examples
    --------
    >>> normal_pdf([0, 1]).round(3).tolist()
    [0.399, 0.242]
    """
    z = _standardised(x, mu, sigma)
    return np.exp(-0.5 * np.square(z)) / (float(sigma) * np.sqrt(2 * np.pi))


@within_float64
def normal_cdf(x: ArrayLike, mu: float = 0.0, sigma: float = 1.0) -> Array:
    """Return the chance that a normal variable is at most x, Φ((x − μ)/σ).

    Parameters
    ----------
    x : array_like, any shape
        Where.
    mu : float
        The mean μ.
    sigma : float
        The standard deviation σ > 0.

    Returns
    -------
    ndarray, shape of x
        From 0 to 1.

    Raises
    ------
    ValueError
        If σ is not > 0, or a number is not finite.

    Examples
    --------
    >>> normal_cdf([-1.96, 0, 1.96]).round(3).tolist()
    [0.025, 0.5, 0.975]
    """
    return np.asarray(ndtr(_standardised(x, mu, sigma)))


def _standardised(x: ArrayLike, mu: float, sigma: float) -> Array:
    z = (real_array(x, "x") - finite(mu, "mu")) / positive(sigma, "sigma")
    return np.clip(z, -1e9, 1e9)  # the square then stays within float64


def mean_and_error(sample: ArrayLike) -> tuple[float, float]:
    """Return the mean of independent draws and its standard error, s/√n.

    s² = Σ (xᵢ − x̄)² / (n − 1)

    Parameters
    ----------
    sample : array_like, shape (n,)
        Two draws or more.

    Returns
    -------
    mean : float
        Of the draws.
    error : float
        The estimated standard deviation of the mean.

    Raises
    ------
    ValueError
        If there are fewer than two draws, or one is not finite.

    Examples
    --------
    >>> mean_and_error([1, 3, 5, 7])[0], round(mean_and_error([1, 3, 5, 7])[1], 3)
    (4.0, 1.291)
    """
    x = vector(sample, "sample")
    if x.size < 2:
        raise ValueError(f"sample: expected two draws or more, got {x.size}")
    scale = np.abs(x).max() or 1.0
    x = x / scale  # squares then neither overflow nor vanish
    with np.errstate(over="ignore", under="ignore"):
        mean, error = x.mean() * scale, x.std(ddof=1) / np.sqrt(x.size) * scale
    return float(mean), float(error)


# ------------------------------------------------------------------------------------- sums


def _pmf(value: ArrayLike, name: str, *, size: int | None = None, least: int = 1) -> Array:
    """Return `value` as chances that add up to 1."""
    p = vector(value, name, size=size)
    if p.size < least:
        raise ValueError(f"{name}: expected at least {least} chances, got {p.size}")
    if p.min() < 0 or p.max() > 1 + 1e-9:
        wrong = p.min() if p.min() < 0 else p.max()
        raise ValueError(f"{name}: expected chances from 0 to 1, got {wrong:g}")
    if abs(p.sum() - 1) > 1e-9:
        raise ValueError(f"{name}: expected chances that add up to 1, got {p.sum():.6g}")
    return p


@within_float64
def moments(values: ArrayLike, pmf: ArrayLike) -> tuple[float, float, float]:
    """Return mean, variance and skewness of a discrete distribution.

    μ = Σ xᵢpᵢ, σ² = Σ (xᵢ − μ)² pᵢ, γ = Σ ((xᵢ − μ)/σ)³ pᵢ

    Parameters
    ----------
    values : array_like, shape (n,)
        The outcomes.
    pmf : array_like, shape (n,)
        Their chances, which add up to 1.

    Returns
    -------
    mean : float
        The balance point μ.
    variance : float
        The mean squared distance from it, σ².
    skewness : float
        How far it leans to one side, γ; that of a constant is given as 0.

    Raises
    ------
    ValueError
        If the sizes differ, or the chances are none.

    Examples
    --------
    >>> [round(m, 3) for m in moments([0, 1], [0.75, 0.25])]
    [0.25, 0.188, 1.155]
    """
    p = _pmf(pmf, "pmf")
    x = vector(values, "values", size=p.size)
    mean = p @ x
    away = x - mean
    variance = p @ away**2
    if np.ptp(x[p > 0]) == 0 or variance == 0:
        return float(mean), 0.0, 0.0
    return float(mean), float(variance), float(p @ (away / np.sqrt(variance)) ** 3)


def sum_pmf(pmf: ArrayLike, n: int) -> Array:
    """Return the chances of the sum of n independent draws: pmf convolved with itself.

    P(S = s) = Σₖ P(first n − 1 = s − k) P(last = k)

    Parameters
    ----------
    pmf : array_like, shape (m,)
        The chances of the outcomes 0, 1, …, m − 1 of one draw.
    n : int
        How many draws, at least 1; n (m − 1) stays below 20,000.

    Returns
    -------
    ndarray, shape (n (m − 1) + 1,)
        The chances of the sums 0, 1, …, n (m − 1).

    Raises
    ------
    ValueError
        If the chances do not add up to 1, or there are too many sums.

    Examples
    --------
    >>> sum_pmf([0.5, 0.5], 2).tolist()
    [0.25, 0.5, 0.25]
    """
    p, n = _pmf(pmf, "pmf"), positive_int(n, "n")
    if (longest := n * (p.size - 1) + 1) > _MOST_SUMS:
        raise ValueError(f"n: expected at most {_MOST_SUMS:,} possible sums, got {longest:,}")
    total, power = np.ones(1), p / p.sum()
    while n:  # the sum of 13 draws is that of 8, of 4 and of 1
        total = np.convolve(total, power) if n % 2 else total
        n //= 2
        power = np.convolve(power, power) if n else power
    return total


def gap_to_normal(pmf: ArrayLike, n: int, corrected: bool = False) -> float:
    """Return the largest distance of the standardised sum's distribution from the normal one.

    max |P((S − nμ)/(√n σ) ≤ x) − Φ(x)|, over all x; exact, not sampled.

    Parameters
    ----------
    pmf : array_like, shape (m,)
        The chances of the outcomes 0, 1, …, m − 1 of one draw.
    n : int
        How many draws are added.
    corrected : bool
        Whether to compare halfway between two neighbouring sums, where the staircase has no jump.

    Returns
    -------
    float
        From 0 to 1.

    Raises
    ------
    ValueError
        If the chances do not add up to 1, all chance lies on one outcome, or there are too many
        sums.

    Notes
    -----
    Source: Esseen (1945), Acta Mathematica 77, where the limit of √n times this gap is found.

    Examples
    --------
    >>> round(gap_to_normal([0.5, 0.5], 1), 4), round(gap_to_normal([0.5, 0.5], 100), 4)
    (0.3413, 0.0398)
    """
    p, corrected = _pmf(pmf, "pmf"), flag(corrected, "corrected")
    mean, variance, _ = moments(np.arange(p.size), p)
    if variance == 0:
        raise ValueError("pmf: expected two possible outcomes or more, got a constant")
    total = sum_pmf(p, n)
    steps = np.cumsum(total)
    spread = np.sqrt(n * variance)
    s = np.arange(total.size) - n * mean
    if corrected:
        return float(np.abs(steps - ndtr((s + 0.5) / spread)).max())
    bell = ndtr(s / spread)
    return float(max(np.abs(steps - bell).max(), np.abs(steps - total - bell).max()))


# ------------------------------------------------------------------------------------ coins


def binomial_pmf(n: int, p: float) -> Array:
    """Return the chances of 0, 1, …, n successes in n independent trials.

    P(X = k) = C(n, k) pᵏ (1 − p)ⁿ⁻ᵏ

    Parameters
    ----------
    n : int
        How many trials, 0 to a million.
    p : float
        The chance of success in one.

    Returns
    -------
    ndarray, shape (n + 1,)
        They add up to 1.

    Raises
    ------
    ValueError
        If n is no whole number from 0 to a million, or p lies outside [0, 1].

    Examples
    --------
    >>> binomial_pmf(3, 0.5).round(3).tolist()
    [0.125, 0.375, 0.375, 0.125]
    """
    n, p = nonnegative_int(n, "n", most=1_000_000), probability(p, "p")
    k = np.arange(n + 1)
    ways = gammaln(n + 1) - gammaln(k + 1) - gammaln(n - k + 1)
    return np.exp(ways + xlogy(k, p) + xlog1py(n - k, -p))


def proportion_interval(
    k: ArrayLike, n: int, method: str = "wald", level: float = 0.95
) -> tuple[Array, Array]:
    """Return an interval for the chance p behind k successes in n trials.

    Parameters
    ----------
    k : array_like, any shape
        The successes, from 0 to n.
    n : int
        The trials, at least 1.
    method : {"wald", "wilson", "bayes"}
        p̂ ± z √(p̂(1 − p̂)/n), with p̂ = k/n; the p for which k lies within z standard deviations
        of np; or the middle of the posterior Beta(k + 1, n − k + 1) to a flat prior.
    level : float
        Above 0, below 1.

    Returns
    -------
    low : ndarray, shape of k
        The lower end; that of "wald" may lie below 0.
    high : ndarray, shape of k
        The upper end; that of "wald" may lie above 1.

    Raises
    ------
    ValueError
        If k lies outside 0 … n, the method is unknown, or the level lies outside (0, 1).

    Notes
    -----
    Source: Brown, Cai and DasGupta (2001), Interval Estimation for a Binomial Proportion.

    Examples
    --------
    >>> [round(float(end), 3) for end in proportion_interval(9, 18)]
    [0.269, 0.731]
    >>> [round(float(end), 3) for end in proportion_interval(0, 18, "wilson")]
    [0.0, 0.176]
    """
    k, n = real_array(k, "k"), positive_int(n, "n", most=1_000_000)
    method = choice(method, "method", _INTERVALS)
    level = finite(level, "level")
    if not 0 < level < 1:
        raise ValueError(f"level: expected a number above 0 and below 1, got {level}")
    if ((k < 0) | (k > n)).any():
        raise ValueError(f"k: expected numbers from 0 to {n}, got {k.min():g} to {k.max():g}")
    tail = (1 - level) / 2
    if method == "bayes":
        ends = (betaincinv(k + 1, n - k + 1, t) for t in (tail, 1 - tail))
        return tuple(np.asarray(end) for end in ends)
    z, p_hat = -ndtri(tail), k / n
    if method == "wald":
        half = z * np.sqrt(p_hat * (1 - p_hat) / n)
        return p_hat - half, p_hat + half
    middle = (p_hat + z**2 / (2 * n)) / (1 + z**2 / n)
    half = z / (1 + z**2 / n) * np.sqrt(p_hat * (1 - p_hat) / n + (z / (2 * n)) ** 2)
    return middle - half, middle + half


def coverage(n: int, p: float, method: str = "wald", level: float = 0.95) -> float:
    """Return how often the interval from n trials holds the true chance p, exactly.

    Σₖ C(n, k) pᵏ (1 − p)ⁿ⁻ᵏ [low(k) ≤ p ≤ high(k)]

    Parameters
    ----------
    n : int
        The trials, at least 1.
    p : float
        The true chance.
    method : {"wald", "wilson", "bayes"}
        As in `proportion_interval`.
    level : float
        What the interval promises.

    Returns
    -------
    float
        From 0 to 1.

    Raises
    ------
    ValueError
        As in `proportion_interval`, or if p lies outside [0, 1].

    Notes
    -----
    Source: Brown, Cai and DasGupta (2001), section 2.

    Examples
    --------
    >>> round(coverage(17, 0.5), 3), round(coverage(18, 0.5), 3)
    (0.951, 0.904)
    """
    n, p = positive_int(n, "n", most=1_000_000), probability(p, "p")
    low, high = proportion_interval(np.arange(n + 1), n, method, level)
    held = (low <= p + 1e-12) & (p - 1e-12 <= high)
    return float(min(binomial_pmf(n, p)[held].sum(), 1.0))


# --------------------------------------------------------------------------------- evidence


def posterior(prior: float, given_a: float, given_not_a: float) -> float:
    """Return the chance of A after B was seen, by Bayes' theorem.

    P(A|B) = P(B|A) P(A) / (P(B|A) P(A) + P(B|¬A) P(¬A))

    Parameters
    ----------
    prior : float
        P(A), before.
    given_a, given_not_a : float
        P(B|A) and P(B|¬A): how likely B is in either case.

    Returns
    -------
    float
        P(A|B).

    Raises
    ------
    ValueError
        If a number lies outside [0, 1], or B cannot happen.

    Notes
    -----
    Source: Grinstead and Snell, Introduction to Probability, section 4.1; chapter 3.

    Examples
    --------
    >>> round(posterior(0.01, 0.9, 0.09), 3)
    0.092
    """
    prior = probability(prior, "prior")
    hit = probability(given_a, "given_a") * prior
    alarm = probability(given_not_a, "given_not_a") * (1 - prior)
    if hit + alarm == 0:
        raise ValueError("given_a, given_not_a: expected evidence that can occur, got chance 0")
    return hit / (hit + alarm)


def odds(p: float) -> float:
    """Return the odds of a chance, p / (1 − p).

    Parameters
    ----------
    p : float
        From 0 to 1, 1 excluded.

    Returns
    -------
    float
        How many times likelier than not.

    Raises
    ------
    ValueError
        If p lies outside [0, 1).

    Examples
    --------
    >>> odds(0.75)
    3.0
    """
    p = probability(p, "p")
    if p == 1:
        raise ValueError("p: expected a number in [0, 1), got 1: its odds are endless")
    return p / (1 - p)


@within_float64
def bayes_factor(given_a: float, given_not_a: float) -> float:
    """Return by what B multiplies the odds of A, P(B|A) / P(B|¬A).

    Parameters
    ----------
    given_a : float
        P(B|A).
    given_not_a : float
        P(B|¬A), above 0.

    Returns
    -------
    float
        Above 1 where B speaks for A, below 1 where it speaks against it.

    Raises
    ------
    ValueError
        If a number lies outside [0, 1], or the second is 0.

    Notes
    -----
    Source: Jeffreys, Theory of Probability, section 1.2; chapter 3.

    Examples
    --------
    >>> bayes_factor(0.75, 0.125)
    6.0
    """
    given_a = probability(given_a, "given_a")
    factor = np.float64(given_a) / share(given_not_a, "given_not_a")
    return float(factor)


# --------------------------------------------------------------------------------- surprise


def surprisal(p: ArrayLike) -> Array:
    """Return the information in an event of chance p, −log₂ p bits.

    Parameters
    ----------
    p : array_like, any shape
        Chances from 0 to 1.

    Returns
    -------
    ndarray, shape of p
        In bits; infinite where p is 0.

    Raises
    ------
    ValueError
        If a number lies outside [0, 1].

    Notes
    -----
    Source: Shannon (1948), A Mathematical Theory of Communication, section 6.

    Examples
    --------
    >>> surprisal([1, 0.5, 0.125]).tolist()
    [0.0, 1.0, 3.0]
    """
    p = real_array(p, "p")
    if p.min() < 0 or p.max() > 1:
        wrong = p.min() if p.min() < 0 else p.max()
        raise ValueError(f"p: expected chances from 0 to 1, got {wrong:g}")
    with np.errstate(divide="ignore"):
        return np.asarray(-np.log2(p)) + 0.0


def mean_surprisal(p: ArrayLike, q: ArrayLike) -> float:
    """Return the cross-entropy: the mean surprise of one who believes q where p is true.

    −Σ pᵢ log₂ qᵢ

    Parameters
    ----------
    p : array_like, shape (n,)
        The true chances.
    q : array_like, shape (n,)
        The believed ones.

    Returns
    -------
    float
        In bits; infinite where something comes that was believed impossible.

    Raises
    ------
    ValueError
        If the sizes differ, or either does not add up to 1.

    Notes
    -----
    Source: Cover and Thomas, Elements of Information Theory, theorem 5.4.3.

    Examples
    --------
    >>> mean_surprisal([0.5, 0.5], [0.25, 0.75])
    1.207518749639422
    """
    p = _pmf(p, "p")
    q = _pmf(q, "q", size=p.size)
    comes = p > 0
    return float(p[comes] @ surprisal(np.minimum(q[comes], 1)))


def entropy(pmf: ArrayLike) -> float:
    """Return the entropy of a distribution: its own mean surprise.

    H = −Σ pᵢ log₂ pᵢ, where a chance of 0 adds nothing

    Parameters
    ----------
    pmf : array_like, shape (n,)
        The chances, which add up to 1.

    Returns
    -------
    float
        In bits, from 0 to log₂ n.

    Raises
    ------
    ValueError
        If they do not add up to 1.

    Notes
    -----
    Source: Shannon (1948), A Mathematical Theory of Communication, section 6.

    Examples
    --------
    >>> entropy([0.5, 0.25, 0.25]), entropy([1, 0])
    (1.5, 0.0)
    """
    p = _pmf(pmf, "pmf")
    return mean_surprisal(p, p)


def divergence(p: ArrayLike, q: ArrayLike) -> float:
    """Return the Kullback–Leibler divergence: what believing q costs beyond the entropy of p.

    D(p‖q) = Σ pᵢ log₂ (pᵢ/qᵢ) ≥ 0, and 0 only where p = q

    Parameters
    ----------
    p : array_like, shape (n,)
        The true chances.
    q : array_like, shape (n,)
        The believed ones.

    Returns
    -------
    float
        In bits; not the same from q to p.

    Raises
    ------
    ValueError
        If the sizes differ, or either does not add up to 1.

    Notes
    -----
    Source: Kullback and Leibler (1951), On Information and Sufficiency; in bits.

    Examples
    --------
    >>> round(divergence([0.5, 0.5], [0.25, 0.75]), 3)
    0.208
    """
    return max(mean_surprisal(p, q) - entropy(p), 0.0)


def huffman(pmf: ArrayLike) -> list[str]:
    """Return a prefix code of least mean length: the two rarest are joined until one is left.

    Parameters
    ----------
    pmf : array_like, shape (n,)
        The chances of n ≥ 2 symbols.

    Returns
    -------
    list of str
        A word of 0s and 1s for each symbol; none begins another.

    Raises
    ------
    ValueError
        If there are fewer than two chances, or they do not add up to 1.

    Notes
    -----
    Source: Huffman (1952), A Method for the Construction of Minimum-Redundancy Codes. Of equal
    chances the group that was there first is joined first.

    Examples
    --------
    >>> huffman([0.5, 0.25, 0.25])
    ['0', '10', '11']
    """
    p = _pmf(pmf, "pmf", least=2)
    words = [""] * p.size
    heap = [(chance, k, [k]) for k, chance in enumerate(p.tolist())]
    heapq.heapify(heap)
    for joined in range(p.size, 2 * p.size - 1):
        (one, _, left), (other, _, right) = heapq.heappop(heap), heapq.heappop(heap)
        for digit, group in (("0", left), ("1", right)):
            for k in group:
                words[k] = digit + words[k]
        heapq.heappush(heap, (one + other, joined, left + right))
    return words


def mean_length(pmf: ArrayLike, words: Sequence[str]) -> float:
    """Return how many digits a code needs for a symbol on average, Σ pᵢ ℓᵢ.

    Parameters
    ----------
    pmf : array_like, shape (n,)
        The chances of the symbols.
    words : sequence of str
        Their code words.

    Returns
    -------
    float
        In bits; for a prefix code never less than the entropy.

    Raises
    ------
    ValueError
        If there is not one word of 0s and 1s for each chance, or these do not add up to 1.

    Notes
    -----
    Source: Cover and Thomas, Elements of Information Theory, section 5.4.

    Examples
    --------
    >>> mean_length([0.5, 0.25, 0.25], ["0", "10", "11"])
    1.5
    """
    p = _pmf(pmf, "pmf")
    words = sequence(words, "words", size=p.size)
    for word in words:
        if not isinstance(word, str) or set(word) - {"0", "1"}:
            raise ValueError(f"words: expected texts of 0s and 1s, got {str(word)[:40]!r}")
    return float(p @ [len(word) for word in words])
