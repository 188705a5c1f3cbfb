"""The simplest models of text: counts of words and of pairs of words."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from notebooklib._validate import positive, real_array, whole, whole_array, within_float64
from notebooklib.language.tokenizer import Tokenizer


@within_float64
def unigram(rows: ArrayLike, size: int, smoothing: float = 1.0) -> NDArray[np.float64]:
    """Estimate how often each word comes, p(w) = (c_w + s) / (N + sV).

    Parameters
    ----------
    rows : array_like of int, shape (n, T)
        Rows of numbers as `Tokenizer.rows` gives them; 0 is filling. The first of a row is not
        counted, as nothing predicts it.
    size : int
        The number of words V, at least 2: the filling and another.
    smoothing : float
        Number s > 0 that is added to each count.

    Returns
    -------
    ndarray, shape (V,)
        Probabilities; that of the filling is 0.

    Raises
    ------
    ValueError
        If rows are empty or hold a number outside 0 … V-1, size is below 2, or smoothing not > 0.

    Notes
    -----
    Source: Jurafsky and Martin, Speech and Language Processing, section 3.5 (Laplace).

    Examples
    --------
    >>> unigram([[1, 3, 3, 2, 0]], size=4).round(3).tolist()
    [0.0, 0.167, 0.333, 0.5]
    """
    size = whole(size, "size", 2, 100_000_000)
    rows, smoothing = _checked_rows(rows, size), positive(smoothing, "smoothing")
    counts = np.bincount(rows[:, 1:].ravel(), minlength=size) + smoothing
    counts[Tokenizer.PAD] = 0.0
    return counts / counts.sum()


def bigram(rows: ArrayLike, size: int, smoothing: float = 1.0) -> NDArray[np.float64]:
    """Estimate which word follows which, p(w | v) = (c_vw + s p(w)) / (c_v + s).

    Where v was seen seldom, its row leans on the unigram.

    Parameters
    ----------
    rows : array_like of int, shape (n, T)
        As in `unigram`.
    size : int
        The number of words V, from 2 to 10,000: V² numbers are stored.
    smoothing : float
        Weight s > 0 of the unigram, in occurrences.

    Returns
    -------
    ndarray, shape (V, V)
        Row v sums to 1: the chances of the word after v.

    Raises
    ------
    ValueError
        As in `unigram`.

    Notes
    -----
    Source: MacKay and Peto (1995), A Hierarchical Dirichlet Language Model, equation 8.

    Examples
    --------
    >>> bigram([[1, 3, 3, 2, 0]], size=4)[3].round(3).tolist()
    [0.0, 0.056, 0.444, 0.5]
    """
    size = whole(size, "size", 2, 10_000)
    base = unigram(rows, size)
    rows, smoothing = _checked_rows(rows, size), positive(smoothing, "smoothing")
    before, after = rows[:, :-1].ravel(), rows[:, 1:].ravel()
    real = after != Tokenizer.PAD
    counts = np.zeros((size, size))
    np.add.at(counts, (before[real], after[real]), 1.0)
    return (counts + smoothing * base) / (counts.sum(axis=1, keepdims=True) + smoothing)


def ngram_loss(chances: ArrayLike, rows: ArrayLike) -> float:
    """Return the mean surprise of a unigram or bigram at a text, −(1/N) Σ ln p.

    Parameters
    ----------
    chances : array_like, shape (V,) or (V, V)
        What `unigram` or `bigram` returned.
    rows : array_like of int, shape (n, T)
        Held-out rows; the first of each is not predicted, filling does not count.

    Returns
    -------
    float
        In nats a token, comparable with `next_token_loss`; infinite where a word came that had
        the chance 0.

    Raises
    ------
    ValueError
        If the shapes do not fit, chances are negative or do not sum to 1, a number in the rows
        is outside 0 … V-1, or there is only filling.

    Examples
    --------
    >>> rows = [[1, 3, 3, 2, 0]]
    >>> round(ngram_loss(unigram(rows, 4), rows), 3), round(ngram_loss(bigram(rows, 4), rows), 3)
    (0.828, 0.597)
    """
    chances = real_array(chances, "chances")
    if chances.ndim not in (1, 2) or len(set(chances.shape)) != 1:
        raise ValueError(f"chances: expected shape (V,) or (V, V), got shape {chances.shape}")
    if ((chances < 0) | (chances > 1)).any() or not np.allclose(chances.sum(axis=-1), 1):
        raise ValueError("chances: expected numbers ≥ 0 that sum to 1, got others")
    rows = _checked_rows(rows, len(chances))
    before, after = rows[:, :-1].ravel(), rows[:, 1:].ravel()
    real = after != Tokenizer.PAD
    if not real.any():
        raise ValueError("rows: expected a word to predict, got only filling")
    given = (after[real],) if chances.ndim == 1 else (before[real], after[real])
    with np.errstate(divide="ignore"):  # what was held impossible and came is infinitely surprising
        return float(-np.log(chances[given]).mean())


def _checked_rows(rows: ArrayLike, size: int) -> NDArray[np.int64]:
    rows = whole_array(rows, "rows", ndim=2, size=size)
    if rows.shape[1] < 2:
        raise ValueError(f"rows: expected two numbers a row or more, got shape {rows.shape}")
    return rows
