"""From words to numbers and back, and from texts to rows of equal length."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from notebooklib._validate import _came, flag, optional, positive_int, whole_array
from notebooklib.language.words import _as_words, _listed, _several, join_words


@dataclass(frozen=True)
class Tokenizer:
    """Words and their numbers.

    Parameters
    ----------
    words : tuple of str
        Word i has number i. The first four are ``<pad>`` (filling), ``<bos>`` (beginning),
        ``<eos>`` (end) and ``<unk>`` (an unknown word).

    Raises
    ------
    ValueError
        If the words are not distinct, no texts, or do not begin with the four special ones.

    Examples
    --------
    >>> tokenizer = Tokenizer.from_texts(["the cat saw the dog"])
    >>> tokenizer.encode("the dog saw")
    [4, 6, 7]
    >>> tokenizer.decode([4, 6, 7])
    'The dog saw'
    """

    words: tuple[str, ...]

    PAD = 0
    BOS = 1
    EOS = 2
    UNKNOWN = 3
    SPECIAL = ("<pad>", "<bos>", "<eos>", "<unk>")

    def __post_init__(self):
        object.__setattr__(self, "words", tuple(_listed(self.words, "words")))
        if self.words[:4] != self.SPECIAL or len(set(self.words)) != len(self.words):
            raise ValueError(
                f"words: expected distinct words after {self.SPECIAL}, got {self.words[:6]} …"
            )
        object.__setattr__(self, "_number", {word: i for i, word in enumerate(self.words)})

    @classmethod
    def from_texts(
        cls,
        texts: Iterable[str | Sequence[str]],
        size: int | None = None,
        extra: Sequence[str] = (),
    ) -> "Tokenizer":
        """Collect the words of texts, the frequent ones first, ties by the alphabet.

        Parameters
        ----------
        texts : iterable of str or of sequences of str
            Texts, or words.
        size : int, optional
            The most words to keep, the special ones included.
        extra : sequence of str
            Further special words, such as ``<mask>``.

        Returns
        -------
        Tokenizer
            Numbers 0 to 3 are the special words, then `extra`, then the rest.

        Raises
        ------
        ValueError
            If one text is given in place of several, or size leaves no room for the special words.

        Examples
        --------
        >>> Tokenizer.from_texts(["to be or not to be"], extra=["<mask>"]).words[4:]
        ('<mask>', 'be', 'to', 'not', 'or')
        """
        counts = Counter(word for text in _several(texts) for word in _as_words(text, "texts"))
        special = (*cls.SPECIAL, *_listed(extra, "extra"))
        if optional(size, "size", positive_int) is not None and size < len(special):
            raise ValueError(f"size: expected {len(special)} words or more, got {size}")
        ordered = sorted(counts.keys() - set(special), key=lambda word: (-counts[word], word))
        return cls((*special, *ordered)[:size])

    def __len__(self) -> int:
        return len(self.words)

    def encode(self, text: str | Sequence[str], unknown: bool = False) -> list[int]:
        """Return the numbers of the words of a text.

        Parameters
        ----------
        text : str or sequence of str
            A text, or words.
        unknown : bool
            Read a word outside the vocabulary as ``<unk>``; otherwise it is an error.

        Returns
        -------
        list of int
            One number a word.

        Raises
        ------
        ValueError
            If `text` is neither a text nor words, or a word is outside the vocabulary and `unknown`
            is False.

        Examples
        --------
        >>> Tokenizer.from_texts(["the cat"]).encode("The dog", unknown=True)
        [5, 3]
        """
        words = _as_words(text)
        if not flag(unknown, "unknown"):
            for word in words:
                if word not in self._number:
                    raise ValueError(
                        f"text: expected words of the vocabulary ({len(self)} words), got {word!r}"
                    )
        return [self._number.get(word, self.UNKNOWN) for word in words]

    def decode(self, ids: Iterable[int]) -> str:
        """Return the text of numbers; filling, beginning and end are left out.

        Parameters
        ----------
        ids : iterable of int
            Numbers of words, as in `words_of`.

        Returns
        -------
        str
            The text up to the end, as `join_words` writes it.

        Raises
        ------
        ValueError
            If a number is not whole or outside the vocabulary.

        Examples
        --------
        >>> Tokenizer.from_texts(["the cat"]).decode([1, 5, 4, 2, 0])
        'The cat'
        """
        return join_words(self.words_of(ids))

    def words_of(self, ids: Iterable[int]) -> list[str]:
        """Return the words of numbers, up to the end; filling and beginning are left out.

        Parameters
        ----------
        ids : iterable of int
            Numbers of words, each from 0 to the size of the vocabulary less 1.

        Returns
        -------
        list of str
            The words, ``<unk>`` among them.

        Raises
        ------
        ValueError
            If a number is not whole or outside the vocabulary.

        Examples
        --------
        >>> Tokenizer.from_texts(["the cat"]).words_of([1, 5, 4, 2, 0])
        ['the', 'cat']
        """
        words = []
        for number in _whole_ids(ids, len(self)):
            if number == self.EOS:
                break
            if number not in (self.PAD, self.BOS):
                words.append(self.words[number])
        return words

    def rows(self, texts: Iterable[str | Sequence[str]]) -> NDArray[np.int64]:
        """Return texts as rows of numbers, each with its beginning and end, filled up at the right.

        Parameters
        ----------
        texts : iterable of str or of sequences of str
            Texts, or words.

        Returns
        -------
        ndarray of int64, shape (number of texts, longest + 2)
            ``<bos> … <eos> <pad> …``.

        Raises
        ------
        ValueError
            If there is no text, one in place of several, or a word is outside the vocabulary.

        Examples
        --------
        >>> Tokenizer.from_texts(["the cat"]).rows(["the cat", "cat"]).tolist()
        [[1, 5, 4, 2], [1, 4, 2, 0]]
        """
        coded = [
            [self.BOS, *self.encode(_as_words(text, "texts")), self.EOS] for text in _several(texts)
        ]
        if not coded:
            raise ValueError("texts: expected at least one text, got none")
        rows = np.full((len(coded), max(map(len, coded))), self.PAD)
        for row, ids in zip(rows, coded, strict=True):
            row[: len(ids)] = ids
        return rows


def cut_rows(ids: ArrayLike, length: int) -> NDArray[np.int64]:
    """Cut one long text into rows that overlap by one token, so that each token is predicted once.

    Parameters
    ----------
    ids : array_like of int, shape (n,)
        The numbers of the text's words.
    length : int
        Tokens to predict in a row.

    Returns
    -------
    ndarray of int64, shape (rows, length + 1)
        What does not fill a row at the end is dropped.

    Raises
    ------
    ValueError
        If the text does not fill one row, or is not of whole numbers.

    Examples
    --------
    >>> cut_rows(range(8), length=3).tolist()
    [[0, 1, 2, 3], [3, 4, 5, 6]]
    """
    ids, length = whole_array(ids, "ids", ndim=1), positive_int(length, "length")
    if ids.size <= length:
        raise ValueError(f"ids: expected more than {length} tokens in a row, got shape {ids.shape}")
    starts = np.arange(0, ids.size - length, length)
    return ids[starts[:, None] + np.arange(length + 1)]


def _whole_ids(ids: Iterable[int], size: int) -> list[int]:
    if isinstance(ids, str | bytes | Mapping | Set) or not isinstance(ids, Iterable):
        raise ValueError(f"ids: expected whole numbers, got {_came(ids)}")
    ids = list(ids)
    return whole_array(ids, "ids", ndim=1, size=size).tolist() if ids else []
