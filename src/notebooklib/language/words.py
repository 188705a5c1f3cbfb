"""The words of the corpus: who and what its stories are about."""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence, Set

from notebooklib import _validate

WOMEN = tuple(
    "anna bella clara dora emma fiona grace hanna iris julia "
    "kira lily mona nora olga paula rosa sofia tina vera".split()
)
MEN = tuple(
    "adam ben carl david erik finn george hugo ivan jonas "
    "kurt leo max nils oscar peter robin simon tom victor".split()
)
# Each pair of roles, for a man and for a woman: where it is at home, what it likes to have.
ROLES = {
    ("king", "queen"): ("castle", ("crown", "ring")),
    ("prince", "princess"): ("tower", ("mirror", "harp")),
    ("wizard", "witch"): ("forest", ("wand", "lantern")),
    ("boy", "girl"): ("school", ("kite", "ball")),
    ("father", "mother"): ("kitchen", ("pie", "spoon")),
    ("grandfather", "grandmother"): ("cottage", ("clock", "blanket")),
    ("uncle", "aunt"): ("garden", ("plum", "basket")),
    ("waiter", "waitress"): ("inn", ("cake", "cup")),
    ("actor", "actress"): ("theatre", ("mask", "drum")),
    ("monk", "nun"): ("chapel", ("candle", "bell")),
}
# Each kind of animal, grown and young: the sounds it makes.
ANIMALS = {
    ("dog", "puppy"): ("barked", "growled"),
    ("cat", "kitten"): ("meowed", "purred"),
    ("cow", "calf"): ("mooed",),
    ("horse", "foal"): ("neighed",),
    ("sheep", "lamb"): ("bleated",),
    ("duck", "duckling"): ("quacked",),
    ("pig", "piglet"): ("grunted", "squealed"),
    ("hen", "chick"): ("clucked",),
    ("goose", "gosling"): ("honked",),
    ("lion", "cub"): ("roared",),
}
PLACES = (
    *(home for home, _ in ROLES.values()),
    *"market harbour meadow bridge mill library stable valley beach island".split(),
)
FOODS = tuple("pie plum cake bun pear peach carrot cookie".split())
TOOLS = tuple(
    "crown ring mirror harp wand lantern kite ball spoon clock blanket basket cup mask drum candle "
    "bell key book rope hat box flute map coin vase brush shell".split()
)
COLOURS = tuple("red blue green yellow white black brown golden".split())
TASTES = tuple("sweet fresh warm tasty".split())
GROWN_COATS = tuple("grey strong tired heavy wise".split())
YOUNG_COATS = tuple("little tiny playful shy clumsy".split())
GLAD = tuple("happy glad proud cheerful".split())
SAD = tuple("sad lonely gloomy bored".split())

PRONOUNS = {"he": MEN, "she": WOMEN}
_WORDS = {  # what may stand in each slot of a sentence
    "name": frozenset(WOMEN + MEN),
    "other": frozenset(WOMEN + MEN),
    "who": frozenset((*WOMEN, *MEN, *PRONOUNS)),
    "he": frozenset(PRONOUNS),
    "role": frozenset(role for pair in ROLES for role in pair),
    "place": frozenset(PLACES),
    "thing": frozenset(FOODS + TOOLS),
    "look": frozenset(COLOURS + TASTES),
    "animal": frozenset(animal for pair in ANIMALS for animal in pair),
    "coat": frozenset(GROWN_COATS + YOUNG_COATS),
    "sound": frozenset(sound for sounds in ANIMALS.values() for sound in sounds),
    "mood": frozenset(GLAD + SAD),
}
_SOUNDS = {animal: sounds for pair, sounds in ANIMALS.items() for animal in pair}
SENTENCES = {
    "enter": "{name} the {role} was in the {place} .",
    "join": "{name} the {role} was there too .",
    "beast": "a {coat} {animal} was there too .",
    "have": "{he} had a {look} {thing} .",
    "go": "{who} went to the {place} .",
    "take": "{who} took the {thing} .",
    "give": "{who} gave the {thing} to {other} .",
    "drop": "{who} dropped the {thing} .",
    "eat": "{who} ate the {thing} .",
    "feel": "{who} was {mood} .",
    "sound": "the {animal} {sound} .",
    "run": "the {animal} ran to {other} .",
    "has": "now {name} has the {look} {thing} .",
    "empty": "now {name} has nothing .",
    "place": "now {name} is in the {place} .",
    "lies": "now the {thing} is in the {place} .",
    "gone": "now the {thing} is gone .",
    "stays": "now the {animal} is in the {place} .",
    "end": "<eos>",
}
_PATTERNS = {kind: tuple(pattern.split()) for kind, pattern in SENTENCES.items()}
_MARKS = frozenset(".,;:!?")
_LETTERS = r"(?:[^\W_][\u0300-\u036f]*)+"  # some with accents that no single letter carries


def analogies() -> dict[str, list[tuple[str, str, str, str]]]:
    """Return the questions "a is to b as c is to what?" that the corpus can answer.

    Returns
    -------
    dict
        Under "sex" and "age", quadruples (a, b, c, d) where d is right; 90 each.

    Examples
    --------
    >>> analogies()["sex"][2], analogies()["age"][0]
    (('king', 'queen', 'boy', 'girl'), ('dog', 'puppy', 'cat', 'kitten'))
    """
    return {
        name: [(*one, *two) for one in pairs for two in pairs if one != two]
        for name, pairs in (("sex", ROLES), ("age", ANIMALS))
    }


def split_words(text: str) -> list[str]:
    """Return the words and punctuation marks of a text, in small letters.

    Parameters
    ----------
    text : str
        Any text. Words keep an apostrophe or a hyphen inside them, and their accents.

    Returns
    -------
    list of str
        The tokens in order; white space is dropped.

    Raises
    ------
    ValueError
        If `text` is no text.

    Examples
    --------
    >>> split_words("Anna's ring, the old one, isn't here.")
    ["anna's", 'ring', ',', 'the', 'old', 'one', ',', "isn't", 'here', '.']
    """
    text = unicodedata.normalize("NFC", _validate.text(text, "text").lower())
    return re.findall(rf"{_LETTERS}(?:['’-]{_LETTERS})*|<\w+>|[^\w\s]|_", text)


def join_words(words: Iterable[str]) -> str:
    """Write words out as text: capitals where a sentence begins and for the corpus' names.

    Parameters
    ----------
    words : iterable of str
        Tokens as `split_words` gives them.

    Returns
    -------
    str
        The text, of which `split_words` gives the same words.

    Raises
    ------
    ValueError
        If one text is given in place of its words, or a word is no text.

    Examples
    --------
    >>> join_words(["she", "saw", "ben", "."])
    'She saw Ben.'
    """
    text, begin = "", True
    for word in _listed(words, "words"):
        mark = word in _MARKS
        text += ("" if mark or not text else " ") + (
            _capital(word) if begin or word in _WORDS["name"] else word
        )
        begin = word in ".!?"
    return text


def _listed(words: Iterable[str], name: str) -> list[str]:
    """Return words as a list of their own; one text is refused, and what is no word."""
    if isinstance(words, str | bytes | Mapping | Set) or not isinstance(words, Iterable):
        raise ValueError(f"{name}: expected a list of words, got {_validate._came(words)}")
    words = list(words)
    for word in words:
        if not isinstance(word, str):
            raise ValueError(f"{name}: expected words, got {_validate._came(word)}")
    return words


def _as_words(text: str | Sequence[str], name: str = "text") -> list[str]:
    """Return the words of a text, or words as a list."""
    return split_words(text) if isinstance(text, str) else _listed(text, name)


def _several(texts: Iterable, name: str = "texts") -> Iterable:
    """Return texts, unless one is given in place of several."""
    if isinstance(texts, str):
        raise ValueError(f"{name}: expected a list of texts, got one text, {texts[:20]!r}")
    if isinstance(texts, bytes | Mapping | Set) or not isinstance(texts, Iterable):
        raise ValueError(f"{name}: expected a list, got {_validate._came(texts)}")
    return texts


def _capital(word: str) -> str:
    capital = word.capitalize()  # ß has none that reads back as ß
    return capital if split_words(capital) == split_words(word) else word


def _pronoun(person: str) -> str:
    return "she" if person in WOMEN else "he"


def _role_fits(person: str | None, role: str) -> bool:
    return any(role == pair[person in WOMEN] for pair in ROLES)


def _coat_fits(animal: str, coat: str) -> bool:
    return any(animal == pair[coat in YOUNG_COATS] for pair in ANIMALS)
