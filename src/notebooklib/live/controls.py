"""What the reader sets; each becomes an argument of the function, by its name.

`Slider` and `Choice` are those of `notebooklib.interactive`: a live figure takes their values as
numbers, or as tensors of one shape (a data set), or dicts of them.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from notebooklib._extras import needed
from notebooklib._validate import _came, _refuse, positive, positive_int, real_array, text
from notebooklib.figures import DATA
from notebooklib.live import _parts
from notebooklib.live._hooks import flatten, unflatten
from notebooklib.live._parts import Part, arg

with needed("torch"):
    import torch
    from torch import Tensor


def tensors(value: Any, name: str, dtype: torch.dtype | None = None) -> Any:
    """Return numbers, arrays and nested dicts or lists of tensors, all as tensors.

    Parameters
    ----------
    value : object
        Numbers become tensors of the given dtype; tensors of floating-point numbers are cast to it.
    name : str
        What an error calls it.
    dtype : torch.dtype, optional
        Of floating-point numbers; each keeps its own where it is left out.

    Returns
    -------
    object
        The same dicts and lists of tensors.

    Raises
    ------
    ValueError
        If something in it is neither number nor tensor.

    Examples
    --------
    >>> tensors({"x": torch.ones(2), "y": 1}, "data", torch.float64)["x"].dtype
    torch.float64
    """
    names, values, plan = flatten(value)
    made = []
    for part, one in zip(names, values, strict=True):
        try:
            tensor = one if isinstance(one, Tensor) else torch.as_tensor(one)
        except (TypeError, ValueError, RuntimeError):
            _refuse(f"{name}.{part}".rstrip("."), "a number or a tensor", _came(one))
        floating = tensor.is_floating_point() or isinstance(one, float | int)
        made.append(tensor.to(dtype) if dtype and floating else tensor)
    return unflatten(made, plan)


@dataclass(frozen=True)
class Point(Part):
    """Two coordinates, dragged in the panel that lists the point, or moved by arrow keys.

    Parameters
    ----------
    at : (float, float)
        Where it starts.
    label : str
        What a screen reader calls it; the name of the argument where it is left out.
    color : str
        Of its ring.
    step : float
        How far an arrow key moves it, and to whose multiples it is dragged.
    snap : float, optional
        On request of the reader it moves to multiples of this instead.
    follows : str
        The part of a `Choice` of dicts, such as "land.start", to which it jumps at each choice.

    Examples
    --------
    >>> Point((1, 0.5), label="first column", snap=0.5)._start(torch.float64)
    tensor([1.0000, 0.5000], dtype=torch.float64)
    """

    at: tuple[float, float] = arg(_parts.pair)
    label: str = arg(text, "")
    color: str = arg(_parts.color, DATA)
    step: float = arg(positive, 0.1)
    snap: float | None = arg(_parts.maybe(positive), None)
    follows: str = arg(_parts.named_or_none, "")

    def _start(self, dtype: torch.dtype) -> Tensor:
        return torch.tensor(self.at, dtype=dtype)


@dataclass(frozen=True)
class Words(Part):
    """A sequence of words: typed with completion, added by a click on a bar, picked by a click.

    Where each is a single letter, they are read one by one as they are typed; ␣ is the blank. What
    begins with another sign than letters, digits and stops have, such as "<bos>", is not typed.
    The function gets `name`, int64 of shape (context,) with -1 where nothing stands, and
    `name_at`, the place that is picked, at first the last word.

    Parameters
    ----------
    vocabulary : sequence of str
        Its places are the numbers of the words.
    words : sequence of str
        What stands there at first, at least one word.
    context : int
        How many words there may be.
    label : str
        Stands before them.
    writes : str
        The output that holds the number of the word that the figure itself adds, if it does.
    stops : sequence of str
        Words after which it stops to write on.
    beginnings : mapping of str to sequence of str
        Other words to begin with, each at the press of a button that bears the name.

    Raises
    ------
    ValueError
        If a word is not in the vocabulary, or there are more than `context`.

    Examples
    --------
    >>> Words(["a", "b"], ["b", "a"], context=3)._start(torch.float32)
    tensor([ 1,  0, -1])
    """

    vocabulary: tuple[str, ...] = arg(_parts.texts)
    words: tuple[str, ...] = arg(_parts.texts)
    context: int = arg(positive_int)
    label: str = arg(text, "")
    writes: str = arg(_parts.named_or_none, "")
    stops: tuple[str, ...] = arg(_parts.texts_or_none, ())
    beginnings: dict[str, tuple[str, ...]] = arg(_parts.texts_by_name, ())

    def __post_init__(self) -> None:
        super().__post_init__()
        begin = {f"beginnings, {name}": words for name, words in self.beginnings.items()}
        for name, words in {"words": self.words, "stops": self.stops, **begin}.items():
            if unknown := set(words) - set(self.vocabulary):
                _refuse(name, "words of the vocabulary", repr(min(unknown)))
            if len(words) > self.context and name != "stops":
                _refuse(name, f"at most {self.context}, the context", str(len(words)))

    def _typed(self) -> list[str]:
        return [w for w in self.vocabulary if w[0].isalnum() or w[0] in "␣.,;:!?'-"]

    def _ids(self, words: Sequence[str]) -> list[int]:
        ids = [self.vocabulary.index(word) for word in words]
        return ids + [-1] * (self.context - len(ids))

    def _start(self, dtype: torch.dtype) -> Tensor:
        return torch.tensor(self._ids(self.words))


@dataclass(frozen=True)
class Drawing(Part):
    """A small picture of numbers from 0 to 1, drawn by mouse, finger or keys.

    Parameters
    ----------
    picture : array_like, shape (h, w)
        What is drawn at first.
    label : str
        Stands above it; the name of the argument where it is left out.

    Raises
    ------
    ValueError
        If `picture` is no matrix of numbers from 0 to 1.

    Examples
    --------
    >>> Drawing(torch.zeros(8, 8), label="a digit")._start(torch.float32).shape
    torch.Size([8, 8])
    """

    picture: Any
    label: str = arg(text, "")

    def __post_init__(self) -> None:
        super().__post_init__()
        picture = real_array(self.picture, "picture", ndim=2)
        if picture.min() < 0 or picture.max() > 1:
            _refuse("picture", "numbers from 0 to 1", f"{picture.min():g} to {picture.max():g}")

    def _start(self, dtype: torch.dtype) -> Tensor:
        return torch.as_tensor(real_array(self.picture, "picture")).to(dtype)


@dataclass(frozen=True)
class Switches(Part):
    """Buttons in a row, each on (1) or off (0); all are on at first.

    Parameters
    ----------
    names : sequence of str
        What stands on the buttons.
    label : str
        Stands before them; the name of the argument where it is left out.

    Raises
    ------
    ValueError
        If `names` are no texts.

    Examples
    --------
    >>> Switches(["first", "second"])._start(torch.float64)
    tensor([1., 1.], dtype=torch.float64)
    """

    names: tuple[str, ...] = arg(_parts.texts)
    label: str = arg(text, "")

    def _start(self, dtype: torch.dtype) -> Tensor:
        return torch.ones(len(self.names), dtype=dtype)


@dataclass(frozen=True)
class Noise(Part):
    """Uniform random numbers from 0 to 1, drawn anew at each step and before each written word.

    Parameters
    ----------
    first : array_like, shape (...)
        The numbers it starts with: the shape of all later ones, and what tests compute with.

    Examples
    --------
    >>> Noise(torch.tensor([0.5, 0.25]))._start(torch.float64)
    tensor([0.5000, 0.2500], dtype=torch.float64)
    """

    first: Any

    def _start(self, dtype: torch.dtype) -> Tensor:
        return tensors(self.first, "first", dtype)


def uniform(seed: int, shape: torch.Size) -> tuple[Tensor, int]:
    """Return the next numbers of a generator that live.js repeats, and its new seed.

    Parameters
    ----------
    seed : int
        Where it stands, 32 bits.
    shape : torch.Size
        How many numbers are drawn, from 0 to 1.

    Returns
    -------
    numbers : Tensor, shape `shape`
        In float64.
    seed : int
        Where it stands then.

    Notes
    -----
    Mulberry32, by Tommy Ettinger; in the public domain.

    Examples
    --------
    >>> uniform(1, torch.Size([2]))[0]
    tensor([0.6271, 0.0027], dtype=torch.float64)
    """
    full, numbers = 0xFFFFFFFF, []
    for _ in range(shape.numel()):
        seed = (seed + 0x6D2B79F5) & full
        t = ((seed ^ seed >> 15) * (seed | 1)) & full
        t ^= (t + ((t ^ t >> 7) * (t | 61) & full)) & full
        numbers.append((t ^ t >> 14) / 2**32)
    return torch.tensor(numbers, dtype=torch.float64).reshape(shape), seed


@dataclass(frozen=True)
class State(Part):
    """What `step` carries on, such as weights: tensors in nested dicts and lists.

    Parameters
    ----------
    first : object
        What it is at first, and again after "Start again".
    per_frame : int
        Steps between two pictures, at most.
    restarts : sequence of str
        The controls whose change puts it back to the start, such as another data set.
    ahead : str
        The input that holds how many steps are taken at once, at first and after each restart. The
        reader then runs nothing, and sees where these steps have led.

    Examples
    --------
    >>> State({"x": 1.0, "t": 0})._start(torch.float32)
    {'x': tensor(1.), 't': tensor(0.)}
    """

    first: Any
    per_frame: int = arg(positive_int, 1)
    restarts: tuple[str, ...] = arg(_parts.texts_or_none, ())
    ahead: str = arg(_parts.named_or_none, "")

    def _start(self, dtype: torch.dtype) -> Any:
        return tensors(self.first, "first", dtype)
