"""The simplest models of text: counts of words and of pairs of words."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from notebooklib._validate import positive
from notebooklib.language.tokenizer import Tokenizer


def unigram(rows: ArrayLike, size: int, smoothing: float = 1.0) -> NDArray[np.float64]:
    r"""Estimate how often each word comes, \(p(w) = (c_w + s) / (N + sV)\).

    Parameters
    ----------
    rows : array_like of int, shape (n, T)
        Rows of numbers as `Tokenizer.rows` gives them; 0 is filling. The first of a row is not
        counted, as nothing predicts it.
    size : int
        V, the number of words.
    smoothing : float
        s > 0, added to each count.

    Returns
    -------
    ndarray, shape (V,)
        Probabilities; that of the filling is 0.

    Raises
    ------
    ValueError
        If rows are empty or hold a number outside 0 … V-1, or smoothing is not > 0.

    Examples
    --------
    >>> unigram([[1, 3, 3, 2, 0]], size=4).round(3).tolist()
    [0.0, 0.167, 0.333, 0.5]

    Notes
    -----
    Source: Jurafsky and Martin, Speech and Language Processing, section 3.5 (Laplace).
    """
    rows, smoothing = _checked_rows(rows, size), positive(smoothing, "smoothing")
    counts = np.bincount(rows[:, 1:].ravel(), minlength=size) + smoothing
    counts[Tokenizer.PAD] = 0.0
    return counts / counts.sum()


def bigram(rows: ArrayLike, size: int, smoothing: float = 1.0) -> NDArray[np.float64]:
    r"""Estimate which word follows which, \(p(w|v) = (c_{vw} + s\,p(w)) / (c_v + s)\).

    Where v was seen seldom, its row leans on the unigram.

    Parameters
    ----------
    rows, size
        As in `unigram`.
    smoothing : float
        s > 0, the weight of the unigram in occurrences.

    Returns
    -------
    ndarray, shape (V, V)
        Row v sums to 1: the chances of the word after v.

    Raises
    ------
    ValueError
        As in `unigram`.

    Examples
    --------
    >>> bigram([[1, 3, 3, 2, 0]], size=4)[3].round(3).tolist()
    [0.0, 0.056, 0.444, 0.5]

    Notes
    -----
    Source: MacKay and Peto (1995), A Hierarchical Dirichlet Language Model, equation 8.
    """
    base = unigram(rows, size)
    rows, smoothing = _checked_rows(rows, size), positive(smoothing, "smoothing")
    before, after = rows[:, :-1].ravel(), rows[:, 1:].ravel()
    real = after != Tokenizer.PAD
    counts = np.zeros((size, size))
    np.add.at(counts, (before[real], after[real]), 1.0)
    return (counts + smoothing * base) / (counts.sum(axis=1, keepdims=True) + smoothing)


def ngram_loss(chances: ArrayLike, rows: ArrayLike) -> float:
    r"""Return the mean surprise of a unigram or bigram at a text, \(-\frac1N\sum\ln p\).

    Parameters
    ----------
    chances : array_like, shape (V,) or (V, V)
        What `unigram` or `bigram` returned.
    rows : array_like of int, shape (n, T)
        Held-out rows; the first of each is not predicted, filling does not count.

    Returns
    -------
    float
        In nats a token, comparable with `next_token_loss`.

    Raises
    ------
    ValueError
        If the shapes or numbers do not fit.

    Examples
    --------
    >>> rows = [[1, 3, 3, 2, 0]]
    >>> round(ngram_loss(unigram(rows, 4), rows), 3), round(ngram_loss(bigram(rows, 4), rows), 3)
    (0.828, 0.597)
    """
    chances = np.asarray(chances, dtype=np.float64)
    if chances.ndim not in (1, 2) or len(set(chances.shape)) != 1:
        raise ValueError(f"chances: expected shape (V,) or (V, V), got shape {chances.shape}")
    rows = _checked_rows(rows, len(chances))
    before, after = rows[:, :-1].ravel(), rows[:, 1:].ravel()
    real = after != Tokenizer.PAD
    if not real.any():
        raise ValueError("rows: expected a word to predict, got only filling")
    given = (after[real],) if chances.ndim == 1 else (before[real], after[real])
    return float(-np.log(chances[given]).mean())


def _checked_rows(rows: ArrayLike, size: int) -> NDArray[np.int64]:
    rows = np.asarray(rows)
    if rows.ndim != 2 or rows.shape[1] < 2 or rows.size == 0 or rows.dtype.kind not in "iu":
        raise ValueError(
            f"rows: expected whole numbers of shape (n, T) with T ≥ 2, got {rows.dtype} of shape "
            f"{rows.shape}"
        )
    if rows.min() < 0 or rows.max() >= size:
        raise ValueError(f"rows: expected numbers 0 … {size - 1}, got {rows.min()} … {rows.max()}")
    return rows
