"""Checks for the exercises of chapter 12, the transformer architecture.

PyTorch is imported where a check needs it, so that the other chapters do not wait for it.
"""

import functools
import math
import warnings
from collections.abc import Sequence

import numpy as np

from notebooklib import data, language
from notebooklib.exercises import compare, compare_function, exercise, misfit


def _plain(answer):
    """Return tensors, also in lists or from a function, as NumPy arrays; leave the rest alone."""
    if hasattr(answer, "detach"):
        answer = answer.detach().cpu().to_dense().resolve_conj()
        return (answer if answer.is_complex() else answer.double()).numpy()
    if isinstance(answer, list | tuple):
        return [_plain(part) for part in answer]
    if not callable(answer):
        return answer
    return functools.wraps(answer)(lambda *given: _plain(answer(*given)))


def _tensor(array):
    import torch

    return torch.as_tensor(array)


def _compare_either(answer, oracle, cases, describe, kinds=(np.asarray, _tensor)) -> str:
    """Compare a function on arrays of the first kind or, where it stops on these, the second."""
    answer, faults = _plain(answer), []
    for kind in kinds:
        given = [tuple(kind(a) if isinstance(a, np.ndarray) else a for a in c) for c in cases]

        def on_arrays(*case):
            return oracle(*map(_plain, case))

        with warnings.catch_warnings(), np.errstate(all="ignore"):
            warnings.simplefilter("ignore")
            faults.append(compare_function(answer, on_arrays, given, describe=describe))
        if " stops with " not in faults[-1]:
            return faults[-1]
    return faults[0]


def _softmax(z, T=1.0):
    e = np.exp((z - z.max(axis=-1, keepdims=True)) / T)
    return e / e.sum(axis=-1, keepdims=True)


@exercise("12.1", "A score of 0 still counts once, and nobody is left with nothing.")
def one_row(answer) -> str:
    answer, scores = _plain(answer), [3.0, 0.0, 0.0]
    fault = compare(answer, np.array([scores, [0.8, 0.1, 0.1]]), "the pair of rows")
    slips = {
        "Those are the shares at T = 1; here a score z counts 2 to the power of z.": (
            _softmax(np.array(scores))
        ),
        "A score of 0 counts 2⁰ = 1. Only in the limit T → 0 would it get nothing.": [1, 0, 0],
        "Those are the powers of two; shares are what they are of their sum, 10.": [8, 1, 1],
    }
    if fault and not misfit(answer, (2, 3)):
        for message, shares in slips.items():
            if np.allclose(answer, [scores, shares], atol=5e-3):
                return message
    return fault


@exercise("12.2", "With the largest score taken off first, no exponent is above 0.")
def safe_softmax(answer) -> str:
    cases = [
        (np.array([2.0, 4.0, 4.0]), 1.0),
        (np.array([2.0, 4.0, 5.0]), 2.0),
        (np.array([-1.0, 0.5]), 0.5),
        (np.array([3.0]), 1.0),
        (np.array([-1e4, 0.0, 1e4]), 1.0),
        (np.array([1e4, 0.0, -1e4]), 1.0),
        (np.array([1e4, 0.0, -1e4]), 1e-3),
        (np.array([-1e4, -1e4, -2e4]), 1e-3),
    ]

    def describe(z, T):
        return f"{z.tolist()}, {T:g}"

    def without(z, T):
        return _softmax(z)

    def upside_down(z, T):
        return _softmax(z * T)

    fault = _compare_either(answer, _softmax, cases, describe)
    if fault and not _compare_either(answer, _softmax, cases[:4], describe):
        return "Right for small scores, but exp overflows or vanishes: subtract the largest first."
    for wrong, message in (
        (without, "The temperature is missing: divide the scores by T."),
        (upside_down, "Divide by T: a low temperature makes gaps larger, not smaller."),
    ):
        if fault and not _compare_either(answer, wrong, cases[:4], describe):
            return message
    return fault


@exercise("12.3", "Scores, shares, mixture: the heart of every transformer in three lines.")
def attend(answer) -> str:
    cases, sizes = [], [(3, 3, 3, 3), (2, 4, 3, 5), (1, 3, 8, 2), (4, 4, 6, 1)]
    for seed, (n, m, d_k, d_v) in enumerate(sizes):
        rng = np.random.default_rng(seed)
        cases.append(tuple(rng.standard_normal(s) for s in ((n, d_k), (m, d_k), (m, d_v))))

    def oracle(Q, K, V):
        return _softmax(Q @ K.T / np.sqrt(K.shape[1])) @ V

    def describe(Q, K, V):
        return f"Q {tuple(Q.shape)}, K {tuple(K.shape)}, V {tuple(V.shape)}"

    slips = {
        "The divisor √d_k is missing.": lambda Q, K, V: _softmax(Q @ K.T) @ V,
        "Divide the scores, not the shares: the softmax comes after the division.": (
            lambda Q, K, V: _softmax(Q @ K.T) @ V / np.sqrt(K.shape[1])
        ),
        "Divide by the root of d_k, not by d_k itself.": (
            lambda Q, K, V: _softmax(Q @ K.T / K.shape[1]) @ V
        ),
        "The shares run down the columns: those of one query must add up to 1.": (
            lambda Q, K, V: _softmax(K @ Q.T / np.sqrt(K.shape[1])).T @ V
        ),
        "d_k is the number of columns of K; that is the number of its rows.": (
            lambda Q, K, V: _softmax(Q @ K.T / np.sqrt(K.shape[0])) @ V
        ),
        "d_k is the number of columns of K, not of V.": (
            lambda Q, K, V: _softmax(Q @ K.T / np.sqrt(V.shape[1])) @ V
        ),
        "√3 was for the example: d_k is the number of columns of K.": (
            lambda Q, K, V: _softmax(Q @ K.T / np.sqrt(3)) @ V
        ),
        "Without the softmax it is no mixture: make shares of the scores first.": (
            lambda Q, K, V: Q @ K.T / np.sqrt(K.shape[1]) @ V
        ),
    }
    fault = _compare_either(answer, oracle, cases, describe, (_tensor, np.asarray))

    def shares(Q, K, V):
        return _softmax(Q @ K.T / np.sqrt(K.shape[1]))

    if fault and not _compare_either(answer, shares, cases[:1], describe, (_tensor, np.asarray)):
        return "Those are the shares; the mixture is still to be made: @ V."
    for message, slip in slips.items() if fault else ():
        if not _compare_either(answer, slip, cases, describe, (_tensor, np.asarray)):
            return message
    return fault


@exercise("12.4", "Variances of independent terms add, and of independent factors they multiply.")
def score_variance(answer) -> str:
    answer = _plain(answer)
    fault = compare(answer, [400, 16, 20], "the list of three numbers")
    if fault and not misfit(answer, (3,)):
        variance, divided, divisor = (float(value) for value in np.asarray(answer).real)
        if np.isclose(variance, 100):
            return "A product of two numbers of variance 4 has variance 4 · 4, not 4."
        if np.isclose(variance, 400) and np.isclose(divided, 80):
            return "Dividing the score by 5 divides its variance by 25."
        if np.isclose(variance, 400) and np.isclose(divisor, 4):
            return "By what must q·k itself be divided, before any other division?"
        if np.isclose(variance, 400) and np.isclose(divisor, 400):
            return "Divide by the standard deviation, not by the variance."
    return fault


@exercise("12.5", "Cut the features, then swap the axes; swap back, then join.")
def split_and_merge(answer) -> str:
    if not isinstance(answer, tuple | list) or len(answer) != 2 or not all(map(callable, answer)):
        return 'Two functions are asked for, as check("12.5", (split, merge)).'
    import torch

    split, merge = answer
    for B, T, h, d_k in ((1, 4, 2, 2), (2, 5, 3, 2), (3, 2, 4, 1), (2, 3, 1, 4)):
        x = torch.arange(B * T * h * d_k, dtype=torch.float64).reshape(B, T, h * d_k)
        z = x.unflatten(-1, (h, d_k)).transpose(1, 2).contiguous()
        calls = (
            (f"split(x, {h}) for x of shape {tuple(x.shape)}", split, (x, h), z),
            (f"merge(z) for z of shape {tuple(z.shape)}", merge, (z,), x),
        )
        for what, function, (given, *more), expected in calls:
            try:
                got = _plain(function(given.clone(), *more))
            except Exception as error:  # whatever the reader's code raises is theirs to see
                return f"{what} stops with {type(error).__name__}: {error}"
            if fault := misfit(got, tuple(expected.shape), what):
                return fault
            if not np.array_equal(got, expected.numpy()):
                if np.array_equal(got, given.reshape(expected.shape).numpy()):
                    return f"{what} only deals out the numbers anew: tokens and heads must swap."
                return f"{what} has the right shape, but the numbers stand in the wrong places."
    return ""


@exercise("12.6", "The same text, no padding, nothing later: three conditions, joined by 'and'.")
def visible(answer) -> str:
    cases = [[1, 1, 1, 2, 2, 0], [1, 1, 2, 3, 3, 3, 0, 0], [4], [0, 7, 7, 0], [2, 2, 2], [1, 2, 1]]

    def rule(texts, *, past=np.tril, padding=False, apart=True):
        t = np.array(texts)
        seen = (t[:, None] == t) if apart else np.ones((t.size, t.size), dtype=bool)
        seen = seen if padding else seen & (t != 0) & (t[:, None] != 0)
        return past(seen.astype(float))

    slips = {
        "Rows ask and columns answer: this is the table with the two exchanged.": {"past": np.triu},
        "The future shows: token i may look at j ≤ i only.": {"past": np.array},
        "That is True for what is hidden; asked for is what may be seen.": {
            "past": lambda seen: 1 - np.tril(seen)
        },
        "Each token may look at itself, too.": {"past": lambda seen: np.tril(seen, -1)},
        "Padding sees padding here: the number 0 is no text.": {"padding": True},
        "One text looks into another: compare their numbers.": {"apart": False},
    }
    if not callable(answer):
        return compare_function(answer, rule, [])

    def judged(texts):
        got = _plain(answer(texts))
        return got if got is None or callable(got) else np.asarray(got, dtype=float)

    judged.__name__ = "visible"
    given = [(case,) for case in cases]
    slips = {why: functools.partial(rule, **slip) for why, slip in slips.items()}
    return compare_function(judged, rule, given, slips=slips)


@exercise("12.7", "A fixed matrix says 'one to the left of me' at every position.")
def previous_token(answer) -> str:
    from notebooklib.transformer import sinusoidal_encoding

    answer = _plain(answer)
    if fault := misfit(answer, (16, 16), "the matrix W"):
        return fault
    P = sinusoidal_encoding(32, 16).numpy()
    W = np.asarray(answer).astype(complex)  # exact numbers, too
    if W.imag.any():
        return "The matrix W should be real."
    with np.errstate(all="ignore"):
        scores = P @ W.real @ P.T
    if not np.isfinite(scores).all():
        return "The scores overflow: smaller numbers will do."
    weights = _softmax(scores[1:])
    if np.ptp(weights) < 1e-9:
        return "Every token looks at all alike: the scores do not differ."
    favourite, asking = weights.argmax(axis=1), np.arange(1, 32)
    if (favourite == asking).all():
        return "Every token looks at itself."
    if (favourite[:-1] == asking[:-1] + 1).all():
        return "Every token looks one step ahead, not back: turn the other way."
    if (favourite != asking - 1).any():
        i = int(asking[favourite != asking - 1][0])
        return f"Token {i} looks most at token {favourite[i - 1]}, not at token {i - 1}."
    least = float(weights[asking - 1, asking - 1].min())
    return "" if least >= 0.9 else f"The right places, but a weight is only {least:.2f}: steeper!"


@exercise(
    "12.8", "The word table is a fifth of it: nearly half of the rest is attention, half thought."
)
def count_parameters(answer) -> str:
    answer = _plain(answer)
    fault = compare(answer, [18_960, 50_928], "the list of two counts")
    if not fault:
        return ""
    for wrong, why in {
        (18_624, 50_256): "The biases are missing: every output of a map has one.",
        (18_768, 50_544): "The norms in a block are missing: each has a scale and a shift.",
        (18_768, 50_448): "The norms are missing: each has a scale and a shift for each feature.",
        (18_960, 60_768): "The word table counts once: predicting uses the same numbers.",
        (18_960, 31_968): "There are two blocks.",
        (18_960, 47_856): "The table of positions is missing.",
        (18_960, 50_832): "The last norm is missing.",
    }.items():
        if not compare(answer, wrong):
            return why
    return fault


@exercise("12.9", "A sure model keeps one word, an unsure one keeps many.")
def nucleus(answer) -> str:
    if isinstance(answer, type):
        return f"A function is asked for, but the class {answer.__name__} came."
    peaked = np.array([0.05, 0.9, 0.03, 0.02])
    cases = [
        (np.array([0.5, 0.125, 0.25, 0.0625, 0.0625 - 2**-8, 2**-8]), 0.7),
        (peaked, 0.5),
        (peaked, 0.93),
        (np.array([0.1, 0.4, 0.2, 0.3]), 0.45),
        (np.array([0.125, 0.25, 0.625]), 0.625),
        (np.array([0.125, 0.25, 0.625]), 1.0),
    ]

    def kept(p, share, *, extra=0, scaled=True):
        order = np.argsort(-p)
        number = int(np.searchsorted(np.cumsum(p[order]), share - 1e-12)) + 1 + extra
        out = np.where(np.isin(np.arange(p.size), order[: max(number, 0)]), p, 0.0)
        return out / out.sum() if scaled else out

    answer = _plain(answer)
    fault = compare_function(answer, kept, cases)
    if fault and not compare_function(answer, lambda p, s: kept(p, s, scaled=False), cases):
        return "The right words are kept, but what is left has to sum to 1 again."
    if fault and not compare_function(answer, lambda p, s: kept(p, s, extra=-1), cases[2:4]):
        return "One word too few: the kept ones must reach the share, not stay below it."
    if fault and not compare_function(answer, lambda p, s: kept(p, s, extra=1), cases[:4]):
        return "One word too many: stop as soon as the share is reached."
    return fault


def _judge(ids):
    """Return logits of shape (B, t, 7) that depend on every number up to each place."""
    import torch

    ids = torch.as_tensor(ids)
    if ids.ndim != 2:
        raise ValueError(f"the model wants ids of shape (1, t), and got {tuple(ids.shape)}")
    steps = torch.arange(1, ids.shape[1] + 1)
    state = ((ids * steps**2).cumsum(dim=1) + 3 * steps) % 23
    table = torch.randn(23, 7, generator=torch.Generator().manual_seed(4), dtype=torch.float64)
    return 2 * table[state]


def _write(model, ids, length, pick, *, stop=True, read=list, new=list):
    import torch

    out = list(ids)
    for _ in range(length):
        logits = model(torch.tensor([read(out)]))[0, -1]
        out.append(int(pick(logits.softmax(-1))))
        if stop and out[-1] == 2:
            break
    return new(out)


@exercise("12.10", "Read all, ask for the last row, draw, append: that is how every GPT writes.")
def writing(answer) -> str:
    if isinstance(answer, type) or not callable(answer):
        return f"A function is asked for, but {type(answer).__name__} came."

    def told(function, ids, length, high):
        asked = []

        def pick(p):
            shares = np.asarray(_plain(p), dtype=float).ravel()
            asked.append(shares)
            order = np.argsort(-shares)
            return int(order[min(high, order.size - 1) * (len(asked) % 2)])

        got = _plain(function(_judge, list(ids), length, pick))
        return np.asarray(got).ravel().tolist(), asked

    slips = {
        "It reads the last word only: give the model the whole text, new words included.": dict(
            read=lambda out: out[-1:]
        ),
        "It writes on after word 2, the end.": dict(stop=False),
    }
    for ids, length, high in (([1, 4], 5, 0), ([1, 3, 5], 6, 1), ([1], 9, 2), ([6, 5, 4], 1, 0)):
        what = f"write(model, {ids}, {length}, pick)"
        expected, due = told(_write, ids, length, high)
        try:
            got, asked = told(answer, ids, length, high)
        except Exception as error:  # whatever the reader's code raises is theirs to see
            return f"{what} stops with {type(error).__name__}: {error}"
        if got == [None]:
            return f"{what} gives nothing back. Is there a `return`?"
        if asked and asked[0].size != 7:
            return f"pick gets {asked[0].size} numbers, not the 7 shares after the last word."
        if any(p.min(initial=0) < 0 or abs(p.sum() - 1) > 1e-6 for p in asked):
            return "What pick gets are no shares: they must be positive and sum to 1 (softmax)."
        if got == expected:
            if not all(
                np.allclose(p, q, rtol=0, atol=1e-5) for p, q in zip(asked, due, strict=True)
            ):
                return "What pick gets sums to 1, but is not the softmax of the last row."
            continue
        if got == [*expected[:-1]] and expected[-1] == 2:
            return "Word 2 belongs to the text: append it, then stop."
        if got == expected[:length]:
            return "length counts the new words, not all of them."
        for message, slip in slips.items():
            if got == told(lambda *given, slip=slip: _write(*given, **slip), ids, length, high)[0]:
                return message
        if got == expected[len(ids) :]:
            return "The beginning is missing: return the words given and the new ones."
        if len(got) > len(expected) and got[: len(expected)] == expected:
            return f"{what} appends {len(got) - len(expected)} too many."
        return f"{what} should be {expected}, but is {got[:20]}."
    return ""


@exercise("12.11", "Cold where the model is sure; among equals even a cold draw stays free.")
def sampling_rule(answer) -> str:
    from notebooklib.transformer import GPT, generate

    if not isinstance(answer, Sequence) or isinstance(answer, str) or len(answer) != 2:
        return "The model and the rule are asked for, not stories: check draws them itself."
    model, rule = answer
    if not isinstance(model, GPT):
        return f"First a GPT is asked for, but {type(model).__name__} came."
    if not isinstance(rule, dict) or not set(rule) <= {"temperature", "top_k"}:
        return 'The rule is a dictionary such as {"temperature": 1.5, "top_k": 7}, nothing else.'
    tokenizer = language.Tokenizer.from_texts(_read()[:4000])
    try:
        rows = generate(model, [[tokenizer.BOS]] * 60, 60, stop=tokenizer.EOS, **rule)
    except Exception as error:
        return f"Drawing stops with {type(error).__name__}: {error}"
    stories = [tuple(tokenizer.words_of(row)) for row in rows]
    score = language.score_texts([story for story in stories if story])
    names = len({story[0] for story in stories if story})
    if names < 20:
        return f"The stories begin with {names} different names only; 20 are wanted."
    if score.grammatical_share < 0.98:
        share = _in_percent(score.grammatical_share)
        return f"{share} of the sentences are grammatical; 98 % are wanted."
    if score.consistent_share < 0.9:
        return f"{_in_percent(score.consistent_share)} of the facts agree; 90 % are wanted."
    if not set(stories).isdisjoint(_read()):
        return "One of them stands in the corpus word for word: let the model tell them."
    return ""


def _in_percent(share: float) -> str:
    """Return a share that fell short, rounded down.

    >>> _in_percent(0.9796)
    '97.9 %'
    """
    return f"{math.floor(1000 * share) / 10:.1f} %"


@functools.cache
def _read() -> tuple[tuple[str, ...], ...]:
    corpus = language.make_corpus()
    return tuple(story.words for story in (*corpus.train, *corpus.test))


@exercise("12.12", "Twice the text, four times the memory.")
def attention_memory(answer) -> str:
    fault = compare(answer, [2**29, 2**31], "the pair of byte counts")
    if fault and not compare(answer, [2**27, 2**29]):
        return "That counts the numbers; each takes four bytes."
    if fault and not compare(answer, [2**29, 2**30]):
        return "Twice the tokens are twice the queries, and each has twice the keys."
    if fault and not compare(answer, [2**26, 2**28]):
        return "Each of the eight heads has weights of its own."
    if fault and not compare(answer, [2**30, 2**32]):
        return "float32 takes four bytes, not eight."
    if fault and not compare(answer, [2**9, 2**11]):
        return "Right in MiB; the question is how many bytes, and a MiB is 2²⁰ of them."
    return fault


def _early_stop(held_out, patience):
    best = 0
    for epoch, loss in enumerate(held_out):
        best = epoch if loss < held_out[best] else best
        if epoch - best >= patience:
            break
    return best, epoch + 1


@exercise("12.13", "Patience is counted from the best epoch, and a tie does not renew it.")
def early_stopping(answer) -> str:
    cases = [
        ([3.0, 2.0, 2.5, 2.4, 1.0], 2),
        ([3.0, 2.0, 2.5, 1.5, 1.6, 1.7, 1.8], 2),
        ([3.0, 2.0, 1.0], 3),
        ([2.0, 2.0, 2.0, 1.0], 2),
        ([1.0, 2.0], 1),
        ([4.0, 3.0, 3.5, 2.0, 2.1], 1),
        ([5.0], 4),
    ]
    return compare_function(answer, _early_stop, cases)


@exercise("12.14", "Below the table of pairs, on letters that the model has not seen.")
def beat_the_table(answer) -> str:
    import torch

    from notebooklib.transformer import next_token_loss

    if not isinstance(answer, torch.nn.Module):
        return f"A model is asked for, but {type(answer).__name__} came."
    text = list(data.descriptions())
    letters = language.Tokenizer.from_texts([text])
    rows = language.cut_rows(letters.encode(text), length=64)
    held = np.arange(len(rows)) % 10 == 9
    train, test = rows[~held], rows[held]
    yardstick = language.ngram_loss(language.bigram(train, len(letters)), test)
    weight = next(answer.parameters(), torch.zeros(1))
    was_training = answer.training
    train, test = (torch.as_tensor(ids, device=weight.device) for ids in (train, test))
    peeps = []
    try:
        with torch.no_grad():
            answer.eval()
            loss, known = (next_token_loss(answer, ids).item() for ids in (test, train))
            before = answer(test[:, :-1]).double()
            for cut in (13, 22, 40, 51):
                changed = test.clone()
                changed[:, cut:] = test[:, cut:].roll(1, dims=0)
                after = answer(changed[:, :-1]).double()
                near = torch.allclose(before[:, :cut], after[:, :cut], rtol=1e-3, atol=1e-3)
                peeps += [] if near else [cut]
    except Exception as error:
        return f"On the test rows it stops with {type(error).__name__}: {error}"
    finally:
        answer.train(was_training)
    if peeps:
        return f"It peeps: its forecasts up to letter {peeps[0]} change with the letters after it."
    if not loss < yardstick:
        return f"Its loss is {loss:.3f}, the table's is {yardstick:.3f}."
    if loss < known - 0.02:
        return (
            f"It does better on the test rows ({loss:.3f}) than on those to learn from "
            f"({known:.3f}): it must have read them. Train on `train_rows` only."
        )
    return ""
