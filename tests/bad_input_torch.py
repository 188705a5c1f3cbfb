"""A right call of each public function of the torch side, the words and the drawings."""

import math
import random
import tempfile
from contextlib import nullcontext
from io import StringIO
from pathlib import Path

import numpy as np
import torch
from bad_values import (
    COUNT,
    FINITE,
    FLAG,
    GIVEN,
    POSITIVE,
    PROBABILITY,
    SIZE,
    Kind,
    array,
    door,
    function_of,
    name,
    whole,
)
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from torch import nn

from notebooklib import device, figures, interactive, language, training, transformer
from notebooklib.interactive import Choice, Slider

MODULES = [device, figures, interactive, language, training, transformer]
LEFT_OUT = {
    "language.corpus.Corpus": "a result of make_corpus",
    "language.corpus.Score": "a result of score_texts",
    "language.grammar.Story": "a result of tell_story",
    "language.grammar.World": "a record that `told` fills",
    "training.loop.History": "a result of fit",
    "interactive.asks.Ask": "made by ask",
    "interactive.moves.Move": "made by move",
}


class Fresh:
    """Stands for an argument that cannot be copied; the call makes a new one."""

    def __deepcopy__(self, memo):
        return self


FRESH = Fresh()


# ------------------------------------------------------------------------------------ kinds


class Odd:
    def __repr__(self):
        return "an odd object"


def nothings(*but):
    """Return what is of no kind, but for the labels in `but`."""
    values = {"None": None, "number": 3, "float": 2.5, "boolean": True, "complex": 1j}
    values |= {"text": "3", "bytes": b"3", "list": [1], "mapping": {0: 1}, "set": {1}}
    values |= {"function": len, "class": int, "odd": Odd(), "array": np.ones(2)}
    values |= {"span of time": np.timedelta64(3, "s")}
    return {label: value for label, value in values.items() if label not in but}


def only(cls, *but, **bad):
    """Return the kind of objects of one class."""
    return Kind(lambda right: nothings(*but) | bad, admits=lambda value: isinstance(value, cls))


def maybe(kind):
    """Return the kind of what may be left out by None."""

    def bad(right):
        return {label: value for label, value in kind.bad(1).items() if value is not None}

    return Kind(bad, admits=lambda value: value is None or kind.admits(value))


def gives(wrong, right_too=True):
    """Return the kind of functions whose results are checked, not theirs alone."""

    def bad(right):
        return (
            nothings("function", "class", "None")
            | {"of no argument": lambda: 1.0}
            | {
                f"gives {label}": lambda *given, value=value: value
                for label, value in wrong.items()
            }
        )

    return Kind(bad, admits=lambda value: value is None or callable(value))


TEXT = only(str, "text")
MODULE = only(nn.Module)
GENERATOR = only(torch.Generator | None, "None", numpys=np.random.default_rng(0))
DEVICE = Kind(
    lambda right: nothings("text") | {"unknown": "abacus", "empty": "", "negative": "cpu:-3"},
    lambda right: {"device": torch.device(right)},
    lambda value: False,
)
PATH = only(str, "text", long="x" * 5000, zero="a\0b", empty="")
WRONG_RATES = {repr(r): r for r in (-1.0, math.nan, math.inf, None, "0.1", True, 1j)}


def floats(*but):
    """Return the kind of a tensor of floating-point numbers; `but` takes labels away."""

    def bad(right):
        values = nothings() | {
            "whole tensor": right.long(),
            "complex tensor": right.to(torch.complex128),
            "boolean tensor": right > 0,
            "NumPy's": right.detach().numpy(),
            "one number": right.flatten()[0],
            "float16": right.half(),
        }
        return {label: value for label, value in values.items() if label not in but}

    return Kind(bad, admits=lambda value: isinstance(value, torch.Tensor))


def ids(size=None):
    """Return the kind of a tensor of token numbers, of a model with `size` words."""

    def bad(right):
        values = nothings() | {
            "float tensor": right.double(),
            "boolean tensor": right > 0,
            "complex tensor": right.to(torch.complex64),
            "a dimension less": right[0],
            "a dimension more": right[None],
            "NumPy's": right.numpy(),
        }
        if size is not None:
            values |= {"empty": right[:0], "below 0": -right - 1, "too large": right + size}
        return values

    def unusual(right):
        return {str(d): right.to(d) for d in (torch.uint8, torch.int16, torch.int32)}

    return Kind(bad, unusual, lambda value: isinstance(value, torch.Tensor))


MASK = Kind(
    lambda right: (
        nothings("None")
        | {"floats": torch.ones(3, 3), "whole": torch.ones(3, 3).long(), "NumPy's": np.eye(3) > 0}
        | {"another shape": torch.ones(7, 7, dtype=torch.bool)}
    ),
    admits=lambda value: value is None,
)


def whole_numbers(size, *but):
    """Return the kind of an array of whole numbers from 0 to `size` - 1."""

    def bad(right):
        a = np.array(right)
        values = nothings("list", "array") | {
            "floats": a.astype(float),
            "texts": a.astype(str).tolist(),
            "booleans": a > 0,
            "complex numbers": a.astype(complex),
            "negative": -a - 1,
            "empty": a[:0],
            "masked": np.ma.masked_array(a, mask=a == a.max()),
            "ragged": [[1, 2], [3]],
            "huge": np.full(a.shape, 2**64 - 1, dtype=np.uint64),
            "a dimension more": a[None, None],
            "too large": a + size,
        }
        return {label: value for label, value in values.items() if label not in but}

    def unusual(right):
        a = np.array(right)
        forms = {np.dtype(d).name: a.astype(d) for d in (np.uint8, np.int16, np.uint64, ">i4")}
        return forms | {"tuple": tuple(right), "tensor": torch.tensor(right)}

    return Kind(bad, unusual)


WORDS = Kind(
    lambda right: nothings("list", "array") | {"numbers": [1], "Nones": [None], "bytes": [b"a"]},
    lambda right: {"tuple": tuple(right), "array": np.array(right), "iterator": iter(right)},
)
EITHER = Kind(lambda right: nothings("text", "list", "array") | {"numbers": [1], "Nones": [None]})
TEXTS = Kind(
    lambda right: nothings("list", "array") | {"numbers": [1], "Nones": [None], "bytes": [b"a"]},
    lambda right: {"tuple": tuple(right), "words": [t.split() for t in right], "iter": iter(right)},
)


def drawable(*shape, gaps=False):
    """Return the kind of an array that is drawn; truth values are drawn as 0 and 1."""
    kind = array(len(shape), finite=not gaps)

    def bad(right):
        values = kind.bad(right)
        del values["booleans"]
        if any(shape):
            values["another shape"] = np.ones([9 if n is None else n + 1 for n in shape])
        return values

    return Kind(bad, kind.unusual)


COLOR = Kind(lambda right: nothings("text", "float") | {"unknown": "blau", "empty": ""})
LABELS = Kind(
    lambda right: nothings("None", "list", "array", "set") | {"few": ["a"]},
    lambda right: {"tuple": tuple(right), "array": np.array(right)},
)
COLORS = Kind(
    lambda right: nothings("None", "list") | {"unknown": ["blau", "red"], "few": ["red"]},
    lambda right: {"tuple": tuple(right)},
)
FORMAT = Kind(lambda right: nothings("text") | {"stray": "{:g", "named": "{x}", "two": "{} {}"})


# --------------------------------------------------------------------------- device, training


def layer():
    torch.manual_seed(0)
    return nn.Linear(1, 1).double()


X = torch.linspace(-1, 1, 4, dtype=torch.float64)[:, None]
BATCHES = training.minibatches(X, size=2)


def squares(model, batch):
    return ((model(batch) - 1) ** 2).mean()


def trained(model=FRESH, optimizer=FRESH, **settings):
    own = layer() if model is FRESH else model
    if optimizer is FRESH:
        optimizer = torch.optim.SGD((layer() if model is not FRESH else own).parameters(), lr=0.1)
    return training.fit(own, optimizer=optimizer, **settings)


def saved(path="x.pt", state=None):
    with tempfile.TemporaryDirectory() as folder:
        path = f"{folder}/{path}" if isinstance(path, str) and path else path
        training.save_checkpoint(path, state)
        return training.load_checkpoint(path)


def loaded(path="x.pt"):
    with tempfile.TemporaryDirectory() as folder:
        training.save_checkpoint(f"{folder}/x.pt", {"step": 1})
        return training.load_checkpoint(
            f"{folder}/{path}" if isinstance(path, str) and path == "x.pt" else path
        )


def entered(seed):
    with training.seeded(seed):
        return torch.rand(1)


def _several(tensors):
    return tensors if isinstance(tensors, list) else [tensors]


def _stream(stream):
    return StringIO() if stream is FRESH else stream


ANOTHERS = torch.optim.SGD(layer().parameters(), lr=0.1)
TRAINING = [
    door(
        trained,
        of=training.fit,
        model=(MODULE, FRESH),
        batches=(gives({"None": None, "a number": 3, "nothing": []}), BATCHES),
        loss_fn=(gives({"None": None, "a float": 0.5, "a constant": torch.ones(())}), squares),
        optimizer=(only(torch.optim.Optimizer, anothers=ANOTHERS), FRESH),
        epochs=(COUNT, 2),
        validate=(gives({"None": None, "text": "1", "complex": 1j, "a list": [1.0]}), None),
        patience=(maybe(whole()), None),
        schedule=(gives(WRONG_RATES), None),
        clip=(maybe(POSITIVE), None),
        autocast=(function_of(0), nullcontext),
        seed=(SIZE, 0),
        progress=(maybe(function_of(3)), None),
        resume=(FLAG, False),
    ),
    door(
        training.evaluate,
        model=(MODULE, layer()),
        measure=(gives({"None": None, "text": "1", "complex": 1j}), lambda model: 1.5),
    ),
    door(
        lambda tensors, size, seed: list(
            training.minibatches(*_several(tensors), size=size, seed=seed)(1)
        ),
        of=training.minibatches,
        tensors=(
            Kind(
                lambda right: (
                    {"arrays": [np.ones(3)], "none": [], "lists": [[1, 2]]}
                    | {"one number": [torch.ones(())], "unequal": [X, X[:2]]}
                )
            ),
            [X, X],
        ),
        size=(COUNT, 2),
        seed=(SIZE, 0),
    ),
    door(
        lambda epochs, size, seed, **given: training.fit_together(
            [layer()], X, X, epochs=epochs, size=size, seed=seed, **given
        ),
        of=training.fit_together,
        loss_fn=(function_of(2), nn.functional.mse_loss),
        optimizer=(function_of(1), lambda weights: torch.optim.SGD(weights, lr=0.1)),
        epochs=(COUNT, 1),
        size=(COUNT, 2),
        seed=(SIZE, 0),
    ),
    door(
        lambda step, **given: training.warm_cosine(**given)(step),
        of=training.warm_cosine,
        lr=(POSITIVE, 0.5),
        steps=(COUNT, 10),
        warm_up=(whole(0, 9), 2),
        step=(SIZE, 4),
    ),
    door(entered, of=training.seeded, seed=(SIZE, 3)),
    door(
        saved, of=training.save_checkpoint, path=(PATH, "x.pt"), state=(only(dict, "mapping"), {})
    ),
    door(loaded, of=training.load_checkpoint, path=(PATH, "x.pt")),
    door(
        lambda stream, width: training.ProgressBar(_stream(stream), width).width,
        of=training.ProgressBar,
        stream=(only(StringIO | None, "None"), FRESH),
        width=(whole(1, 1000), 8),
    ),
    door(
        lambda **given: training.ProgressBar(StringIO())(**given),
        of=training.ProgressBar.__call__,
        epoch=(COUNT, 1),
        epochs=(COUNT, 2),
        history=(only(training.History, empty=training.History()), training.History([0.5])),
    ),
]
DTYPE = only(torch.dtype, whole=torch.int64, name="float64", complex_one=torch.complex64)
NUMBERS = only(device.NumberFormat | None, "None", a_type=torch.float32)
DEVICES = [
    door(device.NumberFormat, weights=(DTYPE, torch.float32), autocast=(maybe(DTYPE), None)),
    door(device.pick_device, environ=(only(dict, "mapping"), {"NOTEBOOKLIB_DEVICE": "cpu"})),
    door(device.number_format, device=(DEVICE, "cpu")),
    door(
        lambda **given: type(device.autocast(**given)),
        of=device.autocast,
        device=(DEVICE, "cpu"),
        numbers=(NUMBERS, device.NumberFormat(torch.float64)),
    ),
]


# -------------------------------------------------------------------------------- transformer

Q, HALF = torch.rand(3, 4, dtype=torch.float64), [0.5, 0.25]
IDS = torch.tensor([[1, 2, 0], [3, 0, 0]])
SIZES = {"vocab_size": 10, "context": 8, "d_model": 8, "num_heads": 2, "num_layers": 1}
PADS = {"pad": (whole(-(2**63), 2**63 - 1), 0)}
QUERIES = {"q": (floats("float16"), Q), "k": (floats(), Q), "mask": (MASK, None)}
SIZE_KINDS = {
    name: (whole(1, 10_000 if name == "d_model" else None), n) for name, n in SIZES.items()
}


def gpt():
    return transformer.GPT(transformer.GPTConfig(**SIZES))


def attention():
    torch.manual_seed(0)
    return transformer.MultiHeadAttention(4, 2).double()


def on(make, method, **arguments):
    """Return the door of a method of a model; `forward` is called as the model is."""
    return door(lambda **given: getattr(make(), method.__name__)(**given), of=method, **arguments)


def block():
    torch.manual_seed(0)
    return transformer.TransformerBlock(4, 2).double()


ASKING = {"x": (floats(), Q[None]), "context": (GIVEN, None), "mask": (MASK, None)}
READ = {"ids": (ids(10), IDS), "mask": (MASK, None)}
EVEN = gives({"None": None, "whole": IDS, "another order": torch.zeros(2, 9, 2)})
TRANSFORMER = [
    door(transformer.causal_mask, length=(whole(1, 30_000), 3), device=(GIVEN, None)),
    door(transformer.padding_mask, ids=(ids(), IDS), **PADS),
    door(transformer.attention_weights, **QUERIES, scale=(FLAG, True)),
    door(transformer.scaled_dot_product_attention, **QUERIES, v=(floats(), Q), scale=(FLAG, True)),
    door(
        lambda **given: repr(transformer.MultiHeadAttention(**given)),
        of=transformer.MultiHeadAttention,
        d_model=(COUNT, 4),
        num_heads=(COUNT, 2),
        fused=(FLAG, True),
    ),
    on(attention, transformer.MultiHeadAttention.forward, **ASKING, causal=(FLAG, False)),
    on(attention, transformer.MultiHeadAttention.weights, **ASKING, causal=(FLAG, False)),
    door(
        lambda **given: repr(transformer.TransformerBlock(**given)),
        of=transformer.TransformerBlock,
        d_model=(COUNT, 4),
        num_heads=(COUNT, 2),
        d_ff=(maybe(whole()), None),
        fused=(FLAG, True),
    ),
    on(
        block,
        transformer.TransformerBlock.forward,
        x=(floats(), Q[None]),
        mask=(MASK, None),
        causal=(FLAG, False),
    ),
    door(
        transformer.GPTConfig,
        **{name: (COUNT, n) for name, n in SIZES.items()},
        d_ff=(maybe(whole()), None),
        tied=(FLAG, True),
        causal=(FLAG, True),
        positions=(name(), "none"),
        fused=(FLAG, True),
    ),
    door(
        lambda **given: repr(transformer.GPT(**given)),
        of=transformer.GPT,
        config=(only(transformer.GPTConfig), transformer.GPTConfig(**SIZES)),
        generator=(GENERATOR, None),
    ),
    on(gpt, transformer.GPT.forward, **READ),
    on(gpt, transformer.GPT.features, **READ),
    on(gpt, transformer.GPT.attention_maps, **READ),
    door(transformer.trim, ids=(ids(), IDS), **PADS),
    door(
        transformer.next_token_loss,
        model=(EVEN, lambda ids: torch.zeros(*ids.shape, 9)),
        ids=(ids(), IDS),
        pad=(maybe(PADS["pad"][0]), 0),
    ),
    door(transformer.frequencies, d_model=(whole(2, 10_000), 4)),
    door(
        transformer.sinusoidal_encoding,
        length=(whole(1, 10_000), 3),
        d_model=(whole(2, 10_000), 4),
    ),
    door(transformer.position_shift, s=(FINITE, 3), d_model=(whole(2, 10_000), 4)),
    door(
        transformer.generate,
        model=(MODULE, gpt()),
        prompt=(whole_numbers(10), [1, 2]),
        length=(COUNT, 3),
        temperature=(POSITIVE, 0.5),
        top_k=(maybe(whole()), None),
        generator=(GENERATOR, None),
        stop=(maybe(whole(0)), None),
    ),
]


# ----------------------------------------------------------------------------------- language

ROWS = [[1, 3, 3, 2, 0], [1, 3, 2, 0, 0]]
COMMON = language.Tokenizer.from_texts(["the cat saw the dog"])
CHANCES = Kind(
    lambda right: array().bad(right) | {"negative": [-0.5, 1.5, 0, 0], "more than 1": [1, 1, 0, 0]},
    array().unusual,
)
SAID = {"who": "anna", "thing": "ring"}
SLOTS = Kind(lambda right: nothings() | {"none": {}, "another word": SAID | {"thing": "castle"}})


def read(path="x.txt"):
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "x.txt").write_text("Once upon a time.", encoding="utf-8")
        return language.read_text(
            f"{folder}/x.txt" if isinstance(path, str) and path == "x.txt" else path
        )


STORIES = list(language.make_corpus(3, 1).train)
LANGUAGE = [
    door(
        language.make_corpus,
        train=(whole(1, 1_000_000), 2),
        test=(whole(1, 1_000_000), 1),
        seed=(SIZE, 0),
    ),
    door(language.score_texts, texts=(TEXTS, ["she the .", "anna"])),
    door(read, of=language.read_text, path=(PATH, "x.txt")),
    door(language.World().held_by, of=language.World.held_by, person=(TEXT, "anna")),
    door(language.World().lying_at, of=language.World.lying_at, place=(TEXT, "inn")),
    door(
        lambda **given: language.World().told(**given),
        of=language.World.told,
        kind=(name(), "take"),
        slots=(SLOTS, SAID),
    ),
    door(
        lambda rng: language.tell_story(random.Random(3) if rng is FRESH else rng),
        of=language.tell_story,
        rng=(only(random.Random), FRESH),
    ),
    door(language.next_words, words=(WORDS, ["anna", "the"])),
    door(
        language.grammar_entropy,
        stories=(Kind(lambda right: nothings() | {"one": right[:1], "texts": ["a", "b"]}), STORIES),
    ),
    door(language.parse, sentence=(WORDS, ["she", "took", "the", "ball", "."])),
    door(language.split_words, text=(TEXT, "Anna's ring")),
    door(language.join_words, words=(WORDS, ["anna", "."])),
    door(
        language.Tokenizer,
        words=(
            Kind(lambda right: nothings() | {"twice": (*right, "the"), "few": right[:3]}),
            language.Tokenizer.SPECIAL + ("the",),
        ),
    ),
    door(
        language.Tokenizer.from_texts,
        texts=(TEXTS, ["the cat", "the dog"]),
        size=(maybe(whole(4)), None),
        extra=(WORDS, ["<mask>"]),
    ),
    door(
        COMMON.encode,
        of=language.Tokenizer.encode,
        text=(EITHER, ["the", "cat"]),
        unknown=(FLAG, True),
    ),
    *(
        door(
            getattr(COMMON, method.__name__), of=method, ids=(whole_numbers(7, "empty"), [1, 4, 5])
        )
        for method in (language.Tokenizer.decode, language.Tokenizer.words_of)
    ),
    door(COMMON.rows, of=language.Tokenizer.rows, texts=(TEXTS, ["the cat", "the"])),
    door(language.cut_rows, ids=(whole_numbers(0, "too large"), [1, 2, 3, 4]), length=(COUNT, 2)),
    door(
        language.unigram, rows=(whole_numbers(4), ROWS), size=(whole(2), 4), smoothing=(POSITIVE, 1)
    ),
    door(
        language.bigram, rows=(whole_numbers(4), ROWS), size=(whole(2), 4), smoothing=(POSITIVE, 1)
    ),
    door(
        language.ngram_loss,
        chances=(CHANCES, [0.0, 0.25, 0.25, 0.5]),
        rows=(whole_numbers(4), ROWS),
    ),
]


# -------------------------------------------------------------------------------- interactive


def shown(ax, x):
    ax.plot([0, x])


def stepped(draw=shown, alt="to {x}", **options):
    return repr(interactive.move(draw, alt=alt, x=Slider([1, 2]), **options))


LISTED = nothings("list", "set", "array")
REASONS = {"yes": "Because.", "no": "Because."}
INTERACTIVE = [
    door(
        lambda **given: Slider(**given).positions(),
        of=Slider,
        values=(Kind(lambda right: LISTED, lambda right: {"iterator": iter(right)}), [1, 2]),
        label=(TEXT, ""),
        unit=(TEXT, ""),
        fmt=(FORMAT, "{:g}"),
        start=(Kind(lambda right: nothings("None", "boolean", "array")), 2),
        play=(FLAG, False),
    ),
    door(
        lambda **given: Choice(**given).positions(),
        of=Choice,
        values=(Kind(lambda right: LISTED | {"twice": ["a", "b", "a"], "no": [1, 2]}), ["a", "b"]),
        label=(TEXT, ""),
        start=(Kind(lambda right: nothings("None")), "b"),
    ),
    door(
        stepped,
        of=interactive.move,
        draw=(Kind(lambda right: nothings() | {"of Axes alone": lambda ax: None}), shown),
        alt=(Kind(lambda right: nothings("text") | {"stray": "{x", "another": "{y}"}), "to {x}"),
        size=(Kind(lambda right: nothings("array") | {"far": (300, 4), "flat": (3, 0)}), "square"),
        panels=(whole(1, 6), 1),
        subplots=(Kind(lambda right: nothings("None", "mapping")), None),
    ),
    door(
        lambda **given: repr(interactive.ask(**given)),
        of=interactive.ask,
        question=(TEXT, "Is 7 even?"),
        answer=(Kind(lambda right: nothings("boolean") | {"another": "maybe"}), "no"),
        choices=(
            Kind(
                lambda right: (
                    nothings("None") | {"one": {"no": "x"}, "numbers": {1: "a", "no": "b"}}
                )
            ),
            REASONS,
        ),
        below=(whole(0, 8), 1),
    ),
]


# ------------------------------------------------------------------------------------ figures


def _new(**given):
    import matplotlib.pyplot as plt

    figure, axes = figures.new_figure(**given)
    plt.close(figure)
    return figure.get_size_inches(), len(axes)


UNTOUCHED = []  # Axes on which nothing was drawn, since the input was refused: new ones are dear


def drawn(function, **arguments):
    """Return the door of a drawing helper, on Axes of its own."""

    def run(ax=FRESH, **given):
        own = ax is FRESH
        if own:
            ax = UNTOUCHED.pop() if UNTOUCHED else Figure().subplots()
        try:
            function(ax, **given)
        except ValueError:
            if own and not (ax.has_data() or ax.texts):
                UNTOUCHED.append(ax)
            raise
        said = [text.get_text() for text in ax.texts]
        return said, [line.get_xydata() for line in ax.lines], ax.get_xlim(), ax.get_ylim()

    return door(run, of=function, ax=(only(Axes, figure=Figure()), FRESH), **arguments)


GRID = np.meshgrid([-1.0, 0.0, 1.0], [-2.0, 0.0, 2.0])
TABLE, POINT, POINTS = drawable(None, None), drawable(2), drawable(None, 2)
LEVELS = Kind(
    lambda right: drawable(None).bad(right) | {"falling": [2.0, 1.0]}, drawable(None).unusual
)
A = [[2, 1], [1, 3]]
INK, WIDE = {"color": (COLOR, "red")}, {"width": (POSITIVE, 2)}
MAP = {"x": (TABLE, GRID[0]), "y": (TABLE, GRID[1]), "levels": (LEVELS, [1.0, 4.0])}
HIGH = GRID[0] ** 2 + GRID[1]
PAIR, ROW = drawable(2, 2), drawable(None)
FIGURES = [
    drawn(figures.contours, **MAP, height=(TABLE, HIGH), **INK),
    drawn(figures.signed_field, **MAP, values=(TABLE, HIGH)),
    drawn(
        figures.trajectory,
        path=(drawable(None, 2, gaps=True), [(4, 1), (2, 0)]),
        marker=(TEXT, "o"),
        end_only=(FLAG, False),
        **INK,
    ),
    drawn(
        figures.heat_map,
        values=(drawable(None, None, gaps=True), [[0.5, 1], [2, 3]]),
        rows=(LABELS, ["a", "b"]),
        columns=(LABELS, ["a", "b"]),
        signed=(FLAG, False),
        limit=(maybe(POSITIVE), 2),
        numbers=(FORMAT, "{:.1f}"),
        size=(POSITIVE, 9),
        aspect=(name(), "equal"),
    ),
    drawn(
        figures.frame_cells,
        row=(FINITE, 1),
        column=(FINITE, 0),
        height=(POSITIVE, 1),
        thickness=(POSITIVE, 2),
        **INK,
        **WIDE,
    ),
    door(figures.ink_on, **INK),
    door(figures.contrast, one=(COLOR, "red"), other=(COLOR, "white")),
    drawn(figures.plane, limit=(POSITIVE, 3), ticks=(maybe(POSITIVE), 1)),
    drawn(figures.lattice, matrix=(PAIR, A), limit=(whole(1, 100), 2), **INK),
    drawn(
        figures.arrow,
        tip=(POINT, [1, 2]),
        tail=(POINT, [0, 0]),
        label=(TEXT, "v"),
        dashed=(FLAG, False),
        **INK,
        **WIDE,
    ),
    drawn(
        figures.polygon, corners=(POINTS, [[0, 0], [1, 0], [0, 1]]), alpha=(PROBABILITY, 0.5), **INK
    ),
    drawn(figures.line, a=(FINITE, 1), b=(FINITE, 2), c=(FINITE, 3)),
    drawn(figures.mapped_square, matrix=(PAIR, A), labels=(LABELS, ["a", "b"])),
    drawn(
        figures.matrix_label,
        matrix=(TABLE, A),
        name=(TEXT, "A"),
        column_colors=(COLORS, ["red", "blue"]),
        fmt=(FORMAT, "{:g}"),
    ),
    drawn(
        figures.matrix_table,
        matrix=(TABLE, A),
        row_colors=(COLORS, ["red", "blue"]),
        column_colors=(COLORS, ["red", "blue"]),
        augmented=(FLAG, True),
        title=(TEXT, ""),
    ),
    door(
        figures.node_places,
        sizes=(Kind(lambda right: nothings("list") | {"none": [], "empty": [2, 0]}), [2, 1]),
        apart=(POSITIVE, 2),
        gap=(POSITIVE, 1),
    ),
    drawn(
        figures.nodes,
        places=(POINTS, [[0, 1], [0, 0]]),
        texts=(LABELS, ["a", "b"]),
        above=(LABELS, ["a", "b"]),
        below=(LABELS, ["a", "b"]),
        text_color=(COLOR, "red"),
        size=(POSITIVE, 12),
        **INK,
    ),
    drawn(
        figures.edges,
        sources=(POINTS, [[0, 1], [0, 0]]),
        targets=(POINTS, [[2, 0]]),
        above=(Kind(lambda right: nothings("None") | {"few": [["a"]]}), [["3", "4"]]),
        below=(Kind(lambda right: nothings("None") | {"few": [["a"]]}), [["3", "4"]]),
        at=(FINITE, 0.5),
        lit=(Kind(lambda right: nothings("boolean")), [[True, False]]),
        lit_color=(COLOR, "red"),
        **INK,
    ),
    drawn(
        figures.bars,
        values=(ROW, [0.5, -1]),
        labels=(LABELS, ["a", "b"]),
        limit=(maybe(POSITIVE), 1),
        numbers=(FORMAT, "{:.1f}"),
        horizontal=(FLAG, False),
        size=(POSITIVE, 9),
        **INK,
        **WIDE,
    ),
    door(
        _new,
        of=figures.new_figure,
        size=(name(), "wide"),
        panels=(whole(1, 6), 2),
    ),
    drawn(
        figures.label_at,
        point=(POINT, [1, 2]),
        text=(TEXT, "here"),
        offset=(POINT, [0, 8]),
        ha=(name(), "left"),
        size=(POSITIVE, 9),
        **INK,
    ),
]


DOORS = [*TRAINING, *DEVICES, *TRANSFORMER, *LANGUAGE, *INTERACTIVE, *FIGURES]
