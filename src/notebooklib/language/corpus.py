"""The corpus: stories to train on and to test on, and scores for texts that a model writes."""

import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from notebooklib._validate import file_path, nonnegative_int, positive_int
from notebooklib.language.grammar import Story, World, _sentences, parse, tell_story
from notebooklib.language.words import _as_words, _several

MOST_STORIES = 1_000_000


@dataclass(frozen=True)
class Corpus:
    """Stories to learn from, and others to be tested on; no story is in both.

    Parameters
    ----------
    train, test : tuple of Story
        The two parts.

    Examples
    --------
    >>> make_corpus(train=3, test=1).train[0].text[:21]
    'Peter the actor was i'
    """

    train: tuple[Story, ...]
    test: tuple[Story, ...]


@dataclass(frozen=True)
class Score:
    """How well texts keep the grammar and their own facts.

    Parameters
    ----------
    sentences, grammatical : int
        Sentences read, and those of them that the grammar has.
    facts, consistent : int
        Facts stated by the grammatical sentences, and those that agree with what was said before.

    Examples
    --------
    >>> score = Score(sentences=4, grammatical=3, facts=7, consistent=7)
    >>> score.grammatical_share, score.consistent_share
    (0.75, 1.0)
    """

    sentences: int
    grammatical: int
    facts: int
    consistent: int

    @property
    def grammatical_share(self) -> float:
        """Share of the sentences that are grammatical.

        Returns
        -------
        float
            From 0 to 1; 0 where there is no sentence.

        Examples
        --------
        >>> Score(sentences=4, grammatical=3, facts=0, consistent=0).grammatical_share
        0.75
        """
        return self.grammatical / max(self.sentences, 1)

    @property
    def consistent_share(self) -> float:
        """Share of the stated facts that agree.

        Returns
        -------
        float
            From 0 to 1; 0 where there is no fact.

        Examples
        --------
        >>> Score(sentences=1, grammatical=1, facts=4, consistent=3).consistent_share
        0.75
        """
        return self.consistent / max(self.facts, 1)


def make_corpus(train: int = 4000, test: int = 500, seed: int = 0) -> Corpus:
    """Return the book's corpus: distinct stories, split into two parts.

    Parameters
    ----------
    train, test : int
        Number of stories in each part, at most a million.
    seed : int
        Start of the draws, ≥ 0; a seed gives the same stories in every version of Python.

    Returns
    -------
    Corpus
        No story is in it twice.

    Raises
    ------
    ValueError
        If a number is no whole number from 1 to a million, or the seed none ≥ 0.

    Examples
    --------
    >>> corpus = make_corpus(train=3, test=1)
    >>> len(corpus.train), corpus.test[0].text[:32]
    (3, 'Rosa the witch was in the stable')
    """
    train = positive_int(train, "train", most=MOST_STORIES)
    test = positive_int(test, "test", most=MOST_STORIES)
    return _drawn(train, test, nonnegative_int(seed, "seed"))


@lru_cache(maxsize=2)  # the page and its checkers ask for the same stories
def _drawn(train: int, test: int, seed: int) -> Corpus:
    rng, stories = random.Random(seed), {}
    while len(stories) < train + test:
        story = tell_story(rng)
        stories.setdefault(story.words, story)
    ordered = tuple(stories.values())
    return Corpus(ordered[:train], ordered[train:])


def score_texts(texts: Iterable[str | Sequence[str]]) -> Score:
    """Count the grammatical sentences of texts, and the facts in them that agree.

    Parameters
    ----------
    texts : iterable of str or of sequences of str
        Stories, written out or as words. A sentence that breaks off counts as ungrammatical.

    Returns
    -------
    Score
        The counts over all texts. Each text begins with nothing known.

    Raises
    ------
    ValueError
        If one text is given in place of several, or a text is neither a str nor words.

    Examples
    --------
    >>> story = "Anna the queen was in the castle. She had a red ring. Anna took the ring. She the."
    >>> score_texts([story])
    Score(sentences=4, grammatical=3, facts=7, consistent=6)
    """
    sentences, facts = [], []
    for text in _several(texts):
        world = World()
        for sentence in _sentences(_as_words(text, "texts")):
            parsed = parse(sentence)
            sentences.append(parsed is not None)
            if parsed is not None:
                facts += world.told(*parsed)
    return Score(len(sentences), sum(sentences), len(facts), sum(facts))


def read_text(path: str | Path) -> str:
    r"""Read a text file in UTF-8, to train on in place of the corpus.

    Parameters
    ----------
    path : str or Path
        The file.

    Returns
    -------
    str
        Its text; a byte order mark is dropped, line ends become ``\n``.

    Raises
    ------
    ValueError
        If there is no such file, it cannot be read, is not UTF-8, or holds only white space.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     _ = Path(folder, "mine.txt").write_text("Once upon a time.", encoding="utf-8")
    ...     read_text(f"{folder}/mine.txt")
    'Once upon a time.'
    """
    path = file_path(path)
    if not path.is_file():
        found = "a folder" if path.is_dir() else "nothing"
        raise ValueError(f"path: expected a text file, got {found} at {path}")
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise ValueError(
            f"{path}: expected UTF-8, got byte 0x{error.object[error.start]:02x} at {error.start}; "
            "save the file as UTF-8"
        ) from error
    except OSError as error:
        raise ValueError(f"path: expected a file to read, got {error.strerror}: {path}") from error
    if not text.strip():
        raise ValueError(f"{path}: expected words, got only white space")
    return text
