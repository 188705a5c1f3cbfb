"""The book's own corpus, and the simplest models of text (chapters 3, 5, 6, 10 and 12).

The corpus is made of tiny stories about who is where and who has what. They are drawn from a
grammar whose every probability is known, so a model of them can be judged three ways: its loss
against the grammar's entropy, the share of its sentences that are grammatical, and the share of its
facts that agree with each other.
"""

import math
import random
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import ArrayLike, NDArray

from notebooklib._validate import nonnegative_int, positive, positive_int

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
_NOT_ANOTHER_EVENT = (0.0, 0.35, 0.6, 1.0)  # chance that the story closes, after 0, 1, 2, 3 events
Slots = dict[str, str]
Shares = dict[str, float]
Option = tuple[str, dict[str, Shares], float]
_CLOSINGS = ("has", "empty", "place", "lies", "gone", "stays")
_MARKS = frozenset(".,;:!?")
_LETTERS = r"(?:[^\W_][\u0300-\u036f]*)+"  # some with accents that no single letter carries
_HOMES = {  # the shares of the places for somebody who is at home in one of them
    home: {place: 0.5 if place == home else 0.5 / (len(PLACES) - 1) for place in PLACES}
    for home, _ in ROLES.values()
}


@dataclass
class World:
    """What is so in a story so far.

    Parameters
    ----------
    at : dict
        Where each person, animal and lying thing is.
    holder : dict
        Who holds each held thing.
    look : dict
        How each thing looks.
    gone : list
        Things that were eaten.
    there : str or None
        The place that "there" means: where a person was last said to be.
    subject : str or None
        The person whom "he" or "she" means: the subject of the sentence before.
    """

    at: dict[str, str] = field(default_factory=dict)
    holder: dict[str, str] = field(default_factory=dict)
    look: dict[str, str] = field(default_factory=dict)
    gone: list[str] = field(default_factory=list)
    there: str | None = None
    subject: str | None = None

    def held_by(self, person: str) -> list[str]:
        """Return the things that a person holds."""
        return [thing for thing, holder in self.holder.items() if holder == person]

    def lying_at(self, place: str) -> list[str]:
        """Return the things that lie about at a place."""
        return [thing for thing in self.look if self.at.get(thing) == place]

    def told(self, kind: str, slots: Slots) -> list[bool]:
        """Take in a sentence; return, for each fact that it states or needs, whether it agrees."""
        who = slots.get("who") or slots.get("he") or slots.get("name")
        thing, animal, place = slots.get("thing"), slots.get("animal"), slots.get("place")
        facts = []
        if who in PRONOUNS:
            facts.append(self.subject in PRONOUNS[who])
            who = self.subject if facts[0] else who  # nobody we know
        elif who and kind not in ("enter", "join"):
            facts.append(who in self.at)
        here = self.at.get(who)
        match kind:
            case "enter" | "join":
                facts += [who not in self.at, _role_fits(who, slots["role"])]
                self.at[who] = self.there = place or self.there
            case "beast":
                facts += [self.there is not None, _coat_fits(animal, slots["coat"])]
                self.at[animal] = self.there
            case "have":
                facts += [thing not in self.look, (thing in FOODS) == (slots["look"] in TASTES)]
                self.look[thing], self.holder[thing] = slots["look"], who
            case "go":
                facts.append(here != place)
                self.at[who] = self.there = place
            case "take":
                facts.append(here is not None and thing in self.lying_at(here))
                self.at.pop(thing, None)
                self.holder[thing] = who
            case "give":
                other = slots["other"]
                facts += [self.holder.get(thing) == who, other != who]
                facts.append(here is not None and self.at.get(other) == here)
                self.holder[thing] = other
            case "drop":
                facts.append(self.holder.pop(thing, None) == who)
                self.at[thing] = here
            case "eat":
                facts += [self.holder.pop(thing, None) == who, thing in FOODS]
                self.gone.append(thing)
            case "feel":
                facts.append((slots["mood"] in GLAD) == bool(self.held_by(who)))
            case "sound":
                facts += [animal in self.at, slots["sound"] in _SOUNDS[animal]]
            case "run":
                there = self.at.get(slots["other"])
                facts += [animal in self.at, there is not None and self.at.get(animal) != there]
                self.at[animal] = there
            case "has":
                facts += [self.holder.get(thing) == who, self.look.get(thing) == slots["look"]]
            case "empty":
                facts.append(not self.held_by(who))
            case "gone":
                facts.append(thing in self.gone)
            case "place" | "lies" | "stays":
                facts.append(self.at.get(who or thing or animal) == place)
        self.subject = who
        return facts


@dataclass(frozen=True)
class Story:
    """A story, its exact probability, and what is so at its end.

    Parameters
    ----------
    words : tuple of str
        The story's tokens; the end of the story is not one of them.
    log_probability : float
        ln of the chance that the grammar tells just this story, its end included.
    world : World
        Who is where and who has what, at the end.
    """

    words: tuple[str, ...]
    log_probability: float
    world: World

    @property
    def text(self) -> str:
        """The story as one writes it."""
        return join_words(self.words)


@dataclass(frozen=True)
class Corpus:
    """Stories to learn from, and others to be tested on; no story is in both."""

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
    """

    sentences: int
    grammatical: int
    facts: int
    consistent: int

    @property
    def grammatical_share(self) -> float:
        """Share of the sentences that are grammatical."""
        return self.grammatical / max(self.sentences, 1)

    @property
    def consistent_share(self) -> float:
        """Share of the stated facts that agree."""
        return self.consistent / max(self.facts, 1)


class _Plot:
    """The grammar: what may be said next in a story, and how likely it is.

    An option is a kind of sentence, the shares of the words in each of its slots, and the chance of
    the option. No sentence comes from two options, so the chance of a sentence is one product.
    """

    def __init__(self):
        self.world = World()
        self.role: dict[str, tuple[str, str]] = {}  # person → pair of roles
        self.said: list[str] = []  # kinds of the sentences so far
        self.closed: list[Slots] = []  # what the closing sentences spoke of
        self.events = 0

    def say(self, kind: str, slots: Slots) -> None:
        """Take in one sentence."""
        self.world.told(kind, slots)
        self.said.append(kind)
        if kind in ("enter", "join"):
            self.role[slots["name"]] = next(pair for pair in ROLES if slots["role"] in pair)
        elif kind in _CLOSINGS:
            self.closed.append(slots)
        elif kind not in ("have", "beast"):
            self.events += 1

    def options(self) -> list[Option]:
        """Return what may come next; the chances sum to 1."""
        if not self.said:
            return self._person("enter", 1.0)
        if len(self.said) == 1:
            return self._have(1.0)
        if len(self.said) == 2:
            return [*self._person("join", 0.4), *self._person("enter", 0.25), *_beasts(0.35)]
        if self.closed:
            more = self._closings(0.5) if len(self.closed) == 1 else []
            return [*more, ("end", {}, 0.5 if more else 1.0)]
        have = self._have(0.4) if self.said[-1] in ("enter", "join") else []
        rest = 0.6 if have else 1.0
        close = _NOT_ANOTHER_EVENT[self.events]
        return [
            *have,
            *(self._closings(rest * close) if close > 0 else []),
            *(self._events(rest * (1 - close)) if close < 1 else []),
        ]

    def _person(self, kind: str, chance: float) -> list[Option]:
        options = []
        for pair, (home, _) in ROLES.items():
            for names, role in zip((MEN, WOMEN), pair, strict=True):
                slots = {"name": _evenly(name for name in names if name not in self.world.at)}
                slots["role"] = {role: 1.0}
                if kind == "enter":
                    slots["place"] = _HOMES[home]
                options.append((kind, slots, chance / (2 * len(ROLES))))
        return options

    def _have(self, chance: float) -> list[Option]:
        who = self.world.subject
        favourites = ROLES[self.role[who]][1]
        weights = {
            thing: 8.0 if thing in favourites else 1.0
            for thing in (*FOODS, *TOOLS)
            if thing not in self.world.look
        }
        options = []
        for things, looks in ((FOODS, TASTES), (TOOLS, COLOURS)):
            some = {thing: weight for thing, weight in weights.items() if thing in things}
            slots = {"he": {_pronoun(who): 1.0}, "look": _evenly(looks), "thing": _shares(some)}
            options.append(("have", slots, math.fsum(some.values())))
        return _with_chance(chance, options)

    def _events(self, chance: float) -> list[Option]:
        world, people = self.world, list(self.role)
        animals = [animal for animal in _SOUNDS if animal in world.at]
        options = []
        for person in people:
            here, held = world.at[person], world.held_by(person)
            who = {person: 1.0}
            if person == world.subject:
                who = {_pronoun(person): 0.7, person: 0.3}
            others = {world.at[other] for other in people} - {here}
            places = {p: 10.0 if p in others else 1.0 for p in PLACES if p != here}
            acts = [("go", {"place": _shares(places)}, 3.0)]
            acts.append(("feel", {"mood": _evenly(GLAD if held else SAD)}, 1.5))
            for thing in world.lying_at(here):
                acts.append(("take", {"thing": {thing: 1.0}}, 4.0))
            for thing in held:
                near = [other for other in people if other != person and world.at[other] == here]
                if near:
                    acts.append(("give", {"thing": {thing: 1.0}, "other": _evenly(near)}, 5.0))
                acts.append(("drop", {"thing": {thing: 1.0}}, 1.5))
                if thing in FOODS:
                    acts.append(("eat", {"thing": {thing: 1.0}}, 2.0))
            acts = [(kind, {"who": who, **slots}, weight) for kind, slots, weight in acts]
            options += _with_chance(chance / len(people + animals), acts)
        for animal in animals:
            it = {"animal": {animal: 1.0}}
            acts = [("sound", {**it, "sound": _evenly(_SOUNDS[animal])}, 1.0)]
            away = [person for person in people if world.at[person] != world.at[animal]]
            if away:
                acts.append(("run", {**it, "other": _evenly(away)}, 2.0))
            options += _with_chance(chance / len(people + animals), acts)
        return options

    def _closings(self, chance: float) -> list[Option]:
        world, facts = self.world, []
        for name in self.role:
            facts.append(("place", {"name": name, "place": world.at[name]}, 1.0))
            for thing in world.held_by(name):
                facts.append(
                    ("has", {"name": name, "look": world.look[thing], "thing": thing}, 3.0)
                )
            if not world.held_by(name):
                facts.append(("empty", {"name": name}, 2.0))
        facts += [("gone", {"thing": thing}, 3.0) for thing in world.gone]
        for thing in world.look:
            if thing in world.at:
                facts.append(("lies", {"thing": thing, "place": world.at[thing]}, 3.0))
        for animal in _SOUNDS:
            if animal in world.at:
                facts.append(("stays", {"animal": animal, "place": world.at[animal]}, 1.0))
        options = [
            (kind, {slot: {word: 1.0} for slot, word in slots.items()}, weight)
            for kind, slots, weight in facts
            if slots not in self.closed
        ]
        return _with_chance(chance, options)


def tell_story(rng: random.Random) -> Story:
    """Draw one story from the grammar.

    Parameters
    ----------
    rng : random.Random
        Source of the draws. Of its methods only `random` is called: the one whose sequence Python
        promises to keep from version to version for a given whole-number seed.

    Returns
    -------
    Story
        Five to nine sentences about one or two persons, perhaps an animal, and what they do.

    Examples
    --------
    >>> story = tell_story(random.Random(3))
    >>> story.text[:52], round(story.log_probability, 3), story.world.at["box"]
    ('Kurt the wizard was in the kitchen. He had a red box', -37.93, 'market')
    """
    plot, words, log_probability = _Plot(), [], 0.0
    while True:
        options = plot.options()
        kind, slots, chance = options[_draw([chance for _, _, chance in options], rng)]
        log_probability += math.log(chance)
        if kind == "end":
            return Story(tuple(words), log_probability, plot.world)
        said = {}
        for slot, shares in slots.items():
            word = list(shares)[_draw(list(shares.values()), rng)]
            log_probability += math.log(shares[word])
            said[slot] = word
        words += _fill(kind, said)
        plot.say(kind, said)


def next_words(words: Sequence[str]) -> Shares:
    """Return the exact chance of each word that the grammar may say next.

    Parameters
    ----------
    words : sequence of str
        The beginning of a story; it may be empty.

    Returns
    -------
    dict
        Word → probability; the end of the story is the word ``<eos>``, and nothing follows it.

    Raises
    ------
    ValueError
        If the grammar cannot begin a story so; the message names the first word that does not fit.

    Examples
    --------
    >>> next_words("anna the queen was in the castle .".split())
    {'she': 1.0}
    >>> len(next_words([]))
    40
    """
    plot, start = _Plot(), 0
    live = _spelled(plot.options())
    for position, word in enumerate(words):
        at = position - start
        live = [
            (spelled, chance * spelled[at][word])
            for spelled, chance in live
            if at < len(spelled) and word in spelled[at]
        ]
        if not live:
            raise ValueError(f"words: the grammar cannot say {word!r} at position {position}")
        if word == ".":
            plot.say(*parse(words[start : position + 1]))
            start, live = position + 1, _spelled(plot.options())
    shares: Shares = {}
    for spelled, chance in live:
        for following in spelled[len(words) - start :][:1]:
            for word, share in following.items():
                shares[word] = shares.get(word, 0.0) + chance * share
    return _shares(shares)


def make_corpus(train: int = 4000, test: int = 500, seed: int = 0) -> Corpus:
    """Return the book's corpus: distinct stories, split into two parts.

    Parameters
    ----------
    train, test : int
        Number of stories in each part.
    seed : int
        Start of the draws, ≥ 0; a seed gives the same stories in every version of Python.

    Returns
    -------
    Corpus
        No story is in it twice.

    Raises
    ------
    ValueError
        If a number is no whole number ≥ 1, or the seed none ≥ 0.

    Examples
    --------
    >>> corpus = make_corpus(train=3, test=1)
    >>> len(corpus.train), corpus.test[0].text[:32]
    (3, 'Rosa the witch was in the stable')
    """
    train, test = positive_int(train, "train"), positive_int(test, "test")
    rng, stories = random.Random(nonnegative_int(seed, "seed")), {}
    while len(stories) < train + test:
        story = tell_story(rng)
        stories.setdefault(story.words, story)
    ordered = tuple(stories.values())
    return Corpus(ordered[:train], ordered[train:])


def grammar_entropy(stories: Iterable[Story]) -> tuple[float, float]:
    r"""Estimate the entropy of the grammar a token, \(-E[\ln p(\text{story})] / E[\text{tokens}]\).

    No model of the stories can have a smaller expected loss.

    Parameters
    ----------
    stories : iterable of Story
        Two or more independent draws.

    Returns
    -------
    entropy, standard_error : float
        In nats a token; the end of the story counts as a token.

    Raises
    ------
    ValueError
        If fewer than two stories are given.

    Examples
    --------
    >>> entropy, error = grammar_entropy(make_corpus(500, 1).train)
    >>> abs(entropy - 0.72) < 0.02, error < 0.01
    (True, True)

    Notes
    -----
    Source: Cover and Thomas, Elements of Information Theory, section 4.2; the standard error is
    that of a ratio of means.
    """
    stories = list(stories)
    if len(stories) < 2:
        raise ValueError(f"stories: expected two or more, got {len(stories)}")
    surprise = np.array([-story.log_probability for story in stories])
    tokens = np.array([len(story.words) + 1 for story in stories])
    entropy = surprise.sum() / tokens.sum()
    spread = np.std(surprise - entropy * tokens, ddof=1) / math.sqrt(len(stories))
    return float(entropy), float(spread / tokens.mean())


def parse(sentence: Sequence[str]) -> tuple[str, Slots] | None:
    """Return the kind of a sentence and the words in its slots, or None if it is ungrammatical.

    Parameters
    ----------
    sentence : sequence of str
        Words, the full stop included.

    Returns
    -------
    tuple or None
        A key of `SENTENCES`, and slot → word.

    Examples
    --------
    >>> parse("she took the ball .".split())
    ('take', {'who': 'she', 'thing': 'ball'})
    >>> parse("she took the castle .".split()) is None
    True
    """
    for kind, pattern in _PATTERNS.items():
        slots = _match(pattern, sentence)
        if slots is not None:
            return kind, slots
    return None


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
        If one text is given in place of several.

    Examples
    --------
    >>> story = "Anna the queen was in the castle. She had a red ring. Anna took the ring. She the."
    >>> score_texts([story])
    Score(sentences=4, grammatical=3, facts=7, consistent=6)
    """
    sentences, facts = [], []
    for text in _several(texts):
        world = World()
        for sentence in _sentences(split_words(text) if isinstance(text, str) else text):
            parsed = parse(sentence)
            sentences.append(parsed is not None)
            if parsed is not None:
                facts += world.told(*parsed)
    return Score(len(sentences), sum(sentences), len(facts), sum(facts))


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

    Examples
    --------
    >>> split_words("Anna's ring, the old one, isn't here.")
    ["anna's", 'ring', ',', 'the', 'old', 'one', ',', "isn't", 'here', '.']
    """
    text = unicodedata.normalize("NFC", text.lower())
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

    Examples
    --------
    >>> join_words(["she", "saw", "ben", "."])
    'She saw Ben.'
    """
    text, begin = "", True
    for word in words:
        mark = word in _MARKS
        text += ("" if mark or not text else " ") + (
            _capital(word) if begin or word in _WORDS["name"] else word
        )
        begin = word in ".!?"
    return text


def _capital(word: str) -> str:
    capital = word.capitalize()  # ß has none that reads back as ß
    return capital if split_words(capital) == split_words(word) else word


@dataclass(frozen=True)
class Tokenizer:
    """Words and their numbers.

    Parameters
    ----------
    words : tuple of str
        Word i has number i. The first four are ``<pad>`` (filling), ``<bos>`` (beginning),
        ``<eos>`` (end) and ``<unk>`` (an unknown word).

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
        """
        counts = Counter(word for text in _several(texts) for word in _as_words(text))
        special = (*cls.SPECIAL, *extra)
        if size is not None and positive_int(size, "size") < len(special):
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
            If a word is outside the vocabulary and `unknown` is False.
        """
        words = _as_words(text)
        if not unknown:
            for word in words:
                if word not in self._number:
                    raise ValueError(
                        f"text: expected words of the vocabulary ({len(self)} words), got {word!r}"
                    )
        return [self._number.get(word, self.UNKNOWN) for word in words]

    def decode(self, ids: Iterable[int]) -> str:
        """Return the text of numbers; filling, beginning and end are left out."""
        return join_words(self.words_of(ids))

    def words_of(self, ids: Iterable[int]) -> list[str]:
        """Return the words of numbers, up to the end; filling and beginning are left out."""
        words = []
        for number in map(int, ids):
            if not 0 <= number < len(self):
                raise ValueError(f"ids: expected numbers 0 … {len(self) - 1}, got {number}")
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
        """
        coded = [[self.BOS, *self.encode(text), self.EOS] for text in _several(texts)]
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
    ids, length = np.asarray(ids), positive_int(length, "length")
    if ids.ndim != 1 or ids.size <= length:
        raise ValueError(f"ids: expected more than {length} tokens in a row, got shape {ids.shape}")
    if ids.dtype.kind not in "iu":
        raise ValueError(f"ids: expected whole numbers, got {ids.dtype}")
    ids = ids.astype(np.int64)
    starts = np.arange(0, ids.size - length, length)
    return ids[starts[:, None] + np.arange(length + 1)]


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
        If there is no such file, it is not UTF-8, or it holds only white space.
    """
    path = Path(path)
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
    if not text.strip():
        raise ValueError(f"{path}: expected words, got only white space")
    return text


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


def _several(texts: Iterable[str | Sequence[str]]) -> Iterable[str | Sequence[str]]:
    if isinstance(texts, str):
        raise ValueError(f"texts: expected a list of texts, got one text, {texts[:20]!r}")
    return texts


def _as_words(text: str | Sequence[str]) -> Sequence[str]:
    return split_words(text) if isinstance(text, str) else text


def _sentences(words: Sequence[str]) -> Iterator[Sequence[str]]:
    start = 0
    for end, word in enumerate(words, start=1):
        if word == "." or end == len(words):
            yield words[start:end]
            start = end


def _match(pattern: Sequence[str], sentence: Sequence[str]) -> Slots | None:
    if len(pattern) != len(sentence):
        return None
    slots = {}
    for part, word in zip(pattern, sentence, strict=True):
        slot = part.strip("{}")
        if slot == part:
            if word != part:
                return None
        elif word not in _WORDS[slot]:
            return None
        else:
            slots[slot] = word
    return slots


def _fill(kind: str, slots: Slots) -> list[str]:
    return [slots.get(part[1:-1], part) for part in _PATTERNS[kind]]


def _spelled(options: list[Option]) -> list[tuple[list[Shares], float]]:
    """Return, for each option, the shares of the word at each position, and its chance."""
    return [
        ([slots.get(part[1:-1], {part: 1.0}) for part in _PATTERNS[kind]], chance)
        for kind, slots, chance in options
    ]


def _draw(chances: Sequence[float], rng: random.Random) -> int:
    """Return a position, drawn with the given chances, which sum to 1."""
    left = rng.random()
    for position, chance in enumerate(chances):
        left -= chance
        if left < 0:
            return position
    return len(chances) - 1  # the chances fell short of 1 by round-off


def _shares(weights: Shares) -> Shares:
    total = math.fsum(weights.values())
    return {word: weight / total for word, weight in weights.items()}


def _evenly(words: Iterable[str]) -> Shares:
    words = tuple(words)
    return dict.fromkeys(words, 1 / len(words)) if words else {}


def _with_chance(chance: float, options: list[Option]) -> list[Option]:
    """Scale weights to chances that sum to `chance`."""
    total = math.fsum(weight for _, _, weight in options)
    return [(kind, slots, chance * weight / total) for kind, slots, weight in options]


def _beasts(chance: float) -> list[Option]:
    options = []
    for coats, age in ((GROWN_COATS, 0), (YOUNG_COATS, 1)):
        animals = _evenly(pair[age] for pair in ANIMALS)
        options.append(("beast", {"coat": _evenly(coats), "animal": animals}, chance / 2))
    return options


def _pronoun(person: str) -> str:
    return "she" if person in WOMEN else "he"


def _role_fits(person: str | None, role: str) -> bool:
    return any(role == pair[person in WOMEN] for pair in ROLES)


def _coat_fits(animal: str, coat: str) -> bool:
    return any(animal == pair[coat in YOUNG_COATS] for pair in ANIMALS)
