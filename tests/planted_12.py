"""Right answers and planted wrong ones to the exercises of chapter 12, and what is said."""

import collections
import functools
import random
from fractions import Fraction

import numpy as np
import sympy
import torch
from later import Later

from notebooklib import data, language
from notebooklib.language import make_corpus, tell_story
from notebooklib.transformer import GPT, GPTConfig, position_shift


def safe_softmax(z, T):
    e = np.exp((np.asarray(z) - np.max(np.asarray(z))) / T)
    return e / e.sum()


def printed_softmax(z, T):
    e = np.exp(np.asarray(z) / T)
    return e / e.sum()


def attend(Q, K, V):
    return torch.softmax(Q @ K.T / K.shape[1] ** 0.5, dim=-1) @ V


def split(x, h):
    return x.reshape(*x.shape[:2], h, -1).transpose(1, 2)


def merge(z):
    return z.transpose(1, 2).flatten(2)


def split_by_reshape(x, h):
    return x.reshape(len(x), h, x.shape[1], -1)


def merge_by_reshape(z):
    return z.reshape(z.shape[0], z.shape[2], -1)


def visible(texts, *, past=torch.tril, padding=False, apart=True):
    t = torch.tensor(texts)
    same = (t[:, None] == t) | (not apart)
    return past(same if padding else same & (t != 0) & (t[:, None] != 0))


def nucleus(p, share, *, more=0, scaled=True):
    order = np.argsort(-p)
    before = np.cumsum(p[order]) - p[order]
    inside = order[: int((before < share).sum()) + more]
    kept = np.zeros_like(p)
    kept[inside] = p[inside]
    return kept / kept.sum() if scaled else kept


def nucleus_in_torch(p, share):
    return torch.from_numpy(nucleus(p, share))


def truncated(p, share):
    kept = np.where(p >= (1 - share) * p.max(), p, 0.0)
    return kept / kept.sum()


@functools.cache
def corpus():
    return make_corpus()


@functools.cache
def reader():
    return language.Tokenizer.from_texts([story.words for story in corpus().train])


class Parrot(GPT):
    """A GPT that tells given stories, the first to the first row of a batch, and so on."""

    def __init__(self, stories):
        super().__init__(GPTConfig(len(reader()), 64, d_model=2, num_heads=1, num_layers=1))
        self.rows = torch.tensor(reader().rows(stories))

    def forward(self, ids):
        following = self.rows[: len(ids), 1 : ids.shape[1] + 1]
        return 1e4 * torch.nn.functional.one_hot(following, self.config.vocab_size).double()


@functools.cache
def tales(number=60, seed=12):
    """Return stories of the grammar that do not stand in the book's corpus."""
    rng, found = random.Random(seed), {}
    known = {story.words for story in (*corpus().train, *corpus().test)}
    while len(found) < number:
        words = tell_story(rng).words
        if words not in known and len(words) < 58:
            found[words] = list(words)
    return list(found.values())


def backwards(story):
    """Return the words of a story with the sentences after the first in the reverse order."""
    first, *others = " ".join(story).removesuffix(" .").split(" . ")
    return " . ".join([first, *others[::-1]]).split() + ["."]


def told(rule, change=list):
    """Return, for later, a model that tells the tales, changed, and a rule."""
    return Later(lambda: (Parrot([change(story) for story in tales()]), rule))


def write(model, ids, length, pick, start=None, asked=None, stop=2):
    ids = list(ids)
    for _ in range(length):
        row = model(torch.tensor([ids if start is None else ids[start:]]))[0, -1]
        ids.append(pick(row.softmax(-1) if asked is None else asked(row)))
        if ids[-1] == stop:
            break
    return ids


def write_again(model, ids, length, pick):
    """Read the beginning each time, not what was written."""
    row = model(torch.tensor([ids]))[0, -1].softmax(-1)
    return [*ids, *(pick(row) for _ in range(length))]


def write_in_tensors(model, ids, length, pick):
    ids = torch.tensor([ids])
    while length and ids[0, -1] != 2:
        p = torch.exp(model(ids).log_softmax(-1))[:, -1]
        ids, length = torch.cat([ids, torch.tensor([[pick(p)]])], dim=1), length - 1
    return ids


def early_stop(held_out, patience, better=np.less, late=0):
    best = 0
    for epoch, loss in enumerate(held_out):
        best = epoch if better(loss, held_out[best]) else best
        if epoch - best >= patience + late:
            break
    return best, epoch + 1


class Pairs(torch.nn.Module):
    """A table of pairs of letters; leaning harder on single letters, it beats the plain one."""

    def __init__(self, smoothing, learn_from=range(9)):
        super().__init__()
        text = list(data.descriptions())
        letters = language.Tokenizer.from_texts([text])
        rows = language.cut_rows(letters.encode(text), length=64)
        train = rows[np.isin(np.arange(len(rows)) % 10, learn_from)]
        table = language.bigram(train, len(letters), smoothing)
        self.table = torch.from_numpy(np.log(np.maximum(table, 1e-300)))

    def forward(self, ids):
        return self.table[ids]


class Peeping(Pairs):
    """A model that is told the next letter, as one without a causal mask finds it out."""

    def forward(self, ids):
        following = torch.nn.functional.one_hot(ids.roll(-1, dims=1), self.table.shape[1])
        return self.table[ids] + 9.0 * following


class PeepingInEights(Peeping):
    """One that sees the next letter within pieces of eight letters."""

    def forward(self, ids):
        inside = torch.arange(ids.shape[1]) % 8 != 7
        return torch.where(inside[:, None], super().forward(ids), self.table[ids])


class Dropping(Pairs):
    """A right model that answers in float32, and differently while it learns."""

    def forward(self, ids):
        return torch.nn.functional.dropout(self.table.float()[ids], 0.5, self.training)


RIGHT = {
    "12.1": [[3, 0, 0], [0.8, 0.1, 0.1]],
    "12.2": safe_softmax,
    "12.3": attend,
    "12.4": [400, 16, 20],
    "12.5": (split, merge),
    "12.6": visible,
    "12.7": 20 * position_shift(1, 16),
    "12.8": [18_960, 50_928],
    "12.9": nucleus,
    "12.10": write,
    "12.11": told({"temperature": 0.4}),
    "12.12": [2**29, 2**31],
    "12.13": early_stop,
    "12.14": Pairs(smoothing=8.0),
}
WRONG = {
    "12.1": [
        ([[3, 0, 0], [0.909, 0.045, 0.045]], "shares at T = 1"),
        ([[3, 0, 0], [1, 0, 0]], "counts 2⁰ = 1"),
        ([[3, 0, 0], [8, 1, 1]], "of their sum, 10"),
        ([[3, 0, 0], [0.8, 0.1, 0.2]], "should not be"),
        (torch.tensor([[3.0, 0.0, 0.0], [0.6, 0.2, 0.2]]), "should not be"),
        ([3, 0, 0, 0.8, 0.1, 0.1], "shape"),
        ("1 2 2", "should be numbers"),
    ],
    "12.2": [
        (printed_softmax, "overflows"),
        (lambda z, T: printed_softmax(np.asarray(z) - z[0], T), "overflows"),
        (lambda z, T: safe_softmax(z, 1), "temperature is missing"),
        (lambda z, T: safe_softmax(np.asarray(z) * T, 1), "Divide by T"),
        (lambda z, T: np.asarray(z) / T, "should not be|factor"),
        (lambda z, T: None, "gives nothing back"),
        ([1, 2, 3], "function is asked for"),
    ],
    "12.3": [
        (lambda Q, K, V: torch.softmax(Q @ K.T, dim=-1) @ V, "divisor"),
        (lambda Q, K, V: torch.softmax(Q @ K.T, -1) / K.shape[1] ** 0.5 @ V, "not the shares"),
        (lambda Q, K, V: torch.softmax(Q @ K.T / K.shape[1], -1) @ V, "root of d_k"),
        (lambda Q, K, V: torch.softmax(Q @ K.T / len(K) ** 0.5, -1) @ V, "number of its rows"),
        (lambda Q, K, V: torch.softmax(Q @ K.T / K.shape[1] ** 0.5, 0) @ V, "down the columns"),
        (lambda Q, K, V: Q @ K.T / K.shape[1] ** 0.5 @ V, "no mixture"),
        (lambda Q, K, V: torch.softmax(Q @ K.T / 3**0.5, -1) @ V, "was for the example"),
        (lambda Q, K, V: torch.softmax(Q @ K.T / V.shape[1] ** 0.5, -1) @ V, "not of V"),
        (lambda Q, K, V: torch.softmax(Q @ K.T / K.shape[1] ** 0.5, -1), "Those are the shares"),
        (lambda Q, K, V: attend(Q, K, V).T, "transpose|shape|places"),
        ("attention", "function is asked for"),
    ],
    "12.4": [
        ([100, 4, 10], "4 · 4"),
        ([400, 80, 20], "divides its variance by 25"),
        ([400, 16, 400], "standard deviation"),
        ([400, 16, 4], "before any other division"),
        (torch.tensor([25.0, 1.0, 5.0], requires_grad=True), "index 0|factor|should not be"),
        ("400", "str came"),
        ([400, 16], "shape"),
    ],
    "12.5": [
        ((split_by_reshape, merge), "deals out"),
        ((split, merge_by_reshape), "deals out"),
        ((lambda x, h: x.reshape(*x.shape[:2], h, -1), merge), "should have shape"),
        ((lambda x, h: x.reshape(*x.shape[:2], -1, h).permute(0, 3, 1, 2), merge), "wrong places"),
        ((split, lambda z: None), "gives nothing back"),
        ((split, lambda z: z.transpose(1, 7)), "stops with"),
        (split, "Two functions"),
    ],
    "12.6": [
        (lambda t: visible(t, past=torch.triu), "exchanged"),
        (lambda t: visible(t, past=torch.clone), "future shows"),
        (lambda t: visible(t, past=lambda seen: seen.tril(-1)), "at itself"),
        (lambda t: ~visible(t), "True for what is hidden"),
        (lambda t: visible(t, padding=True), "Padding sees padding"),
        (lambda t: visible(t, apart=False), "looks into another"),
        (lambda t: [[True] * len(t)] * len(t), "should not be"),
        (lambda t: visible(t)[0], "shape"),
        (lambda t: None, "gives nothing back"),
        ([[True]], "function is asked for"),
    ],
    "12.7": [
        (np.eye(16), "at itself"),
        (20 * position_shift(1, 16).numpy() * (1 + 1j), "should be real"),
        (20 * position_shift(-1, 16), "ahead"),
        (np.zeros((16, 16)), "all alike"),
        (position_shift(1, 16), "steeper"),
        (20 * position_shift(2, 16), "Token"),
        (torch.ones(16, dtype=torch.bfloat16), "shape"),
        (np.full((16, 16), 1e308), "overflow"),
        ("rotation", "str came"),
    ],
    "12.8": [
        ([18_624, 50_256], "biases"),
        ([18_960, 60_768], "counts once"),
        ([18_960, 31_968], "two blocks"),
        ([18_960, 47_856], "positions"),
        ("18960", "str came"),
        (50_928, "shape"),
    ],
    "12.9": [
        (lambda p, share: nucleus(p, share, scaled=False), "sum to 1"),
        (lambda p, share: nucleus(p, share, more=1), "One word too many"),
        (truncated, "should not be|places|finite"),
        (lambda p, share: p, "should not be|places"),
        (lambda p, share: nucleus_in_torch(p, share).sqrt(), "should not be|places"),
        (np.array([1.0]), "function"),
    ],
    "12.10": [
        (write_again, "last word only|should be"),
        (lambda *given: write(*given, start=-1), "last word only"),
        (lambda *given: write(*given, asked=lambda row: row), "no shares"),
        (lambda *given: write(*given, asked=torch.sigmoid), "no shares"),
        (lambda *given: write(*given, stop=None), "writes on after word 2"),
        (lambda *given: write(*given, asked=lambda row: (2 * row).softmax(-1)), "not the softmax"),
        (lambda m, ids, n, pick: write(m, ids, n - len(ids), pick), "counts the new words"),
        (lambda *given: [*write(*given)[:-1]], "append it, then stop|should be"),
        (lambda model, ids, *given: write(model, ids, *given)[len(ids) :], "beginning is missing"),
        (lambda m, ids, length, pick: write(m, ids, length + 1, pick), "too many"),
        (lambda m, ids, length, pick: write(lambda x: m(x[0]), ids, length, pick), "stops with"),
        (lambda m, ids, n, pick: write(lambda x: m(x).flip(1), ids, n, pick), "should be"),
        (lambda m, ids, n, pick: pick(m(torch.tensor([ids])).softmax(-1)), "not the 7 shares"),
        (lambda *given: None, "gives nothing back"),
        ([1, 2], "function is asked for"),
    ],
    "12.11": [
        (Later(tales), "not stories"),
        (Later(lambda: [story.words for story in corpus().train[:60]]), "not stories"),
        (GPT(GPTConfig(205, 64, d_model=8)), "not stories"),
        (Later(lambda: (tales(), {"temperature": 0.4})), "First a GPT"),
        (told(0.4), "rule is a dictionary"),
        (told({"generator": None}), "rule is a dictionary"),
        (told({"temperature": 0.0}), "Drawing stops"),
        ((GPT(GPTConfig(205, 64, d_model=8)), {}), "grammatical"),
        (told({}, lambda story: ["anna", *story[1:]]), "1 different names"),
        (told({}, lambda story: [*story[:-1], "ring", "."]), "grammatical"),
        (told({}, backwards), "of the facts agree"),
        (Later(lambda: (Parrot([s.words for s in corpus().train[:60]]), {})), "word for word"),
    ],
    "12.12": [
        ([2**27, 2**29], "each takes four bytes"),
        ([2**29, 2**30], "twice the keys"),
        ([2**30, 2**32], "not eight"),
        ([2**26, 2**28], "of the eight heads"),
        ([2**28, 2**30], "right up to a factor"),
        ([512, 2048], "Right in MiB"),
    ],
    "12.13": [
        (lambda h, p: early_stop(h, p, better=np.less_equal), "should not be"),
        (lambda h, p: early_stop(h, p, late=1), "should not be"),
        (lambda h, p: (int(np.argmin(h)), len(h)), "should not be"),
    ],
    "12.14": [
        (GPT(GPTConfig(64, 64, d_model=8, num_heads=1, num_layers=1)), "the table's is 2.6"),
        (GPT(GPTConfig(30, 64, d_model=8, num_heads=1, num_layers=1)), "vocabulary"),
        (Pairs(smoothing=1.0), "the table's is 2.6"),
        (Peeping(smoothing=1.0), "It peeps"),
        (PeepingInEights(smoothing=1.0), "It peeps"),
        (Pairs(smoothing=8.0, learn_from=[9]), "must have read them"),
        (torch.zeros(64, 64), "A model is asked for"),
    ],
}


def nucleus_by_hand(p, share):
    kept, total = [0.0] * len(p), 0.0
    for i in sorted(range(len(p)), key=lambda i: p[i], reverse=True):
        if total >= share:
            break
        kept[i] = p[i]
        total += p[i]
    return [x / total for x in kept]


def nucleus_from_below(p, share):
    """Drop the least likely word as long as the others reach the share without it."""
    kept = np.array(p)
    while True:
        least = np.where(kept > 0, kept, np.inf).argmin()
        if kept.sum() - kept[least] < share:
            return kept / kept.sum()
        kept[least] = 0


def nucleus_by_threshold(p, share):
    falling = np.sort(p)[::-1]
    least = falling[np.searchsorted(np.cumsum(falling), share)]
    return np.where(p < least, 0, p) / p[p >= least].sum()


def nucleus_of_each_word(p, share):
    above = [p[p > x].sum() for x in p]
    return [
        x / p[np.array(above) < share].sum() * (a < share) for x, a in zip(p, above, strict=True)
    ]


def nucleus_in_float32(p, share):
    falling, order = torch.tensor(p, dtype=torch.float32).sort(descending=True)
    falling[falling.cumsum(0) - falling >= share] = 0
    return torch.zeros(len(p)).scatter(0, order, falling / falling.sum())


def write_by_recursion(model, ids, length, pick):
    if length == 0:
        return ids
    word = pick(torch.nn.functional.softmax(model(torch.tensor([ids]))[0][-1], dim=0))
    if word == 2:
        return [*ids, word]
    return write_by_recursion(model, [*ids, word], length - 1, pick)


def write_in_numpy(model, ids, length, pick):
    text = np.array(ids)
    for _ in range(length):
        text = np.append(text, pick(safe_softmax(model(torch.from_numpy(text[None]))[0, -1], 1)))
        if text[-1] == 2:
            return text
    return text


def write_into_the_list(model, ids, length, pick):
    end = len(ids) + length
    while len(ids) < end and 2 not in ids[-1:]:
        with torch.no_grad():
            logits = model(torch.as_tensor(ids).unsqueeze(0)).squeeze(0)
        ids += [torch.tensor(pick(logits.float().softmax(dim=-1)[-1].tolist()))]
    return tuple(ids)


def write_with_an_iterator(model, ids, length, pick):
    def words(text):
        for _ in range(length):
            text = [*text, pick(torch.softmax(model(torch.tensor(text)[None]), -1)[0, -1].numpy())]
            yield text[-1]
            if text[-1] == 2:
                return

    return [*ids, *words(ids)]


def stop_by_waiting(held_out, patience):
    best, least, waited, run = 0, float("inf"), 0, 0
    for loss in held_out:
        if loss < least:
            best, least, waited = run, loss, 0
        else:
            waited += 1
        run += 1
        if waited == patience:
            break
    return [best, run]


def stop_by_looking_back(held_out, patience):
    for run in range(1, len(held_out) + 1):
        best = int(np.argmin(held_out[:run]))
        if run - 1 - best == patience:
            break
    return np.array([best, run])


def stop_by_recursion(held_out, patience, best=0, run=0):
    if run == len(held_out) or run - best > patience:
        return best, run
    better = run if held_out[run] < held_out[best] else best
    return stop_by_recursion(held_out, patience, better, run + 1)


def stop_where_nothing_comes(held_out, patience):
    lows = [i for i, x in enumerate(held_out) if all(x < y for y in held_out[:i])]
    for low, following in zip(lows, [*lows[1:], float("inf")], strict=True):
        if following > low + patience:
            return np.int64(low), min(low + patience + 1, len(held_out))


class Shifted(Pairs):
    """Logits need not be logarithms of shares: what all words share cancels, and is no peeping."""

    def forward(self, ids):
        return super().forward(ids) + ids[..., None] - 50.0


class Roomy(Pairs):
    """A model with room for words that never come."""

    def forward(self, ids):
        return torch.nn.functional.pad(super().forward(ids), (0, 7), value=-30.0)


def as_embedding():
    return torch.nn.Embedding.from_pretrained(Pairs(smoothing=8.0).table.float())


ALSO_RIGHT = {
    "12.8": [
        (18_960, 50_928),
        np.array([18_960, 50_928], dtype=np.int32),
        torch.tensor([18_960, 50_928]),
        [Fraction(18_960), Fraction(101_856, 2)],
        [sympy.Integer(18_960), 50_928.0],
        [np.int64(18_960), torch.tensor(50_928)],
    ],
    "12.9": [
        nucleus_in_torch,
        nucleus_by_hand,
        nucleus_from_below,
        nucleus_by_threshold,
        nucleus_of_each_word,
        nucleus_in_float32,
        functools.partial(nucleus, scaled=True),
    ],
    "12.10": [
        write_in_tensors,
        write_by_recursion,
        write_in_numpy,
        write_into_the_list,
        write_with_an_iterator,
        functools.partial(write, stop=2),
    ],
    "12.11": [
        Later(lambda: [Parrot(tales()), {"temperature": 1}]),
        told({}),
        told({"top_k": 1}),
        told({"temperature": np.float32(0.3), "top_k": np.int64(205)}),
        told({"temperature": Fraction(1, 3), "top_k": None}),
        Later(
            lambda: (
                Parrot(tales()).float().train(),
                collections.OrderedDict(temperature=0.5, top_k=40),
            )
        ),
    ],
    "12.12": [
        (2**29, 2**31),
        np.array([2**29, 2**31]),
        torch.tensor([2**29, 2**31]),
        [2.0**29, 2.0**31],
        [sympy.Integer(2) ** 29, sympy.Integer(2) ** 31],
        [Fraction(4 * 16 * 8 * 1024**2), 4 * 16 * 8 * 2048**2],
    ],
    "12.13": [
        stop_by_waiting,
        stop_by_looking_back,
        stop_by_recursion,
        stop_where_nothing_comes,
        lambda held_out, patience: torch.tensor(early_stop(tuple(held_out), patience)),
    ],
    "12.14": [
        Dropping(smoothing=8.0),
        Shifted(smoothing=8.0),
        Roomy(smoothing=8.0),
        as_embedding(),
        torch.nn.Sequential(as_embedding(), torch.nn.Dropout(0.9)).train(),
        torch.nn.Sequential(as_embedding(), torch.nn.LogSoftmax(dim=-1)).eval(),
    ],
}
