"""The grammar that tells the stories, with the chance of every word it may say next."""

import math
import random
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np

from notebooklib._validate import choice, instance, text
from notebooklib.language.words import (
    _PATTERNS,
    _SOUNDS,
    _WORDS,
    ANIMALS,
    COLOURS,
    FOODS,
    GLAD,
    GROWN_COATS,
    MEN,
    PLACES,
    PRONOUNS,
    ROLES,
    SAD,
    SENTENCES,
    TASTES,
    TOOLS,
    WOMEN,
    YOUNG_COATS,
    _coat_fits,
    _listed,
    _pronoun,
    _role_fits,
    _several,
    join_words,
)

_NOT_ANOTHER_EVENT = (0.0, 0.35, 0.6, 1.0)  # chance that the story closes, after 0, 1, 2, 3 events
Slots = dict[str, str]
Shares = dict[str, float]
Option = tuple[str, dict[str, Shares], float]
_CLOSINGS = ("has", "empty", "place", "lies", "gone", "stays")
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

    Examples
    --------
    >>> world = World()
    >>> world.told("enter", {"name": "anna", "role": "queen", "place": "castle"})
    [True, True]
    >>> world.at, world.subject
    ({'anna': 'castle'}, 'anna')
    """

    at: dict[str, str] = field(default_factory=dict)
    holder: dict[str, str] = field(default_factory=dict)
    look: dict[str, str] = field(default_factory=dict)
    gone: list[str] = field(default_factory=list)
    there: str | None = None
    subject: str | None = None

    def held_by(self, person: str) -> list[str]:
        """Return the things that a person holds.

        Parameters
        ----------
        person : str
            A name in small letters.

        Returns
        -------
        list of str
            The things, in the order in which they were taken; none for somebody unknown.

        Raises
        ------
        ValueError
            If `person` is no text.

        Examples
        --------
        >>> World(holder={"ring": "anna", "map": "ben"}).held_by("anna")
        ['ring']
        """
        text(person, "person")
        return [thing for thing, holder in self.holder.items() if holder == person]

    def lying_at(self, place: str) -> list[str]:
        """Return the things that lie about at a place.

        Parameters
        ----------
        place : str
            One of `PLACES`.

        Returns
        -------
        list of str
            The things, without persons and animals.

        Raises
        ------
        ValueError
            If `place` is no text.

        Examples
        --------
        >>> World(at={"ring": "inn", "ben": "inn"}, look={"ring": "red"}).lying_at("inn")
        ['ring']
        """
        text(place, "place")
        return [thing for thing in self.look if self.at.get(thing) == place]

    def told(self, kind: str, slots: Slots) -> list[bool]:
        """Take in a sentence; return, for each fact that it states or needs, whether it agrees.

        Parameters
        ----------
        kind : str
            A key of `SENTENCES`.
        slots : dict
            Slot → word, as `parse` gives them.

        Returns
        -------
        list of bool
            One entry a fact.

        Raises
        ------
        ValueError
            If there is no such kind of sentence, or a slot has not a word that it admits.

        Examples
        --------
        >>> World(at={"anna": "inn"}).told("go", {"who": "anna", "place": "inn"})  # is there
        [True, False]
        """
        _check_slots(choice(kind, "kind", SENTENCES), slots)
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
        Logarithm (ln) of the chance that the grammar tells just this story, its end included.
    world : World
        Who is where and who has what, at the end.

    Examples
    --------
    >>> story = tell_story(random.Random(3))
    >>> story.words[:3], story.world.held_by("kurt")
    (('kurt', 'the', 'wizard'), [])
    """

    words: tuple[str, ...]
    log_probability: float
    world: World

    @property
    def text(self) -> str:
        """The story as one writes it.

        Returns
        -------
        str
            Its words, with capitals and blanks where they belong.

        Examples
        --------
        >>> Story(("anna", "ate", "the", "pie", "."), -1.0, World()).text
        'Anna ate the pie.'
        """
        return join_words(self.words)


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
        free = [_evenly(n for n in names if n not in self.world.at) for names in (MEN, WOMEN)]
        options = []
        for pair, (home, _) in ROLES.items():
            for names, role in zip(free, pair, strict=True):
                slots = {"name": names, "role": {role: 1.0}}
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

    Raises
    ------
    ValueError
        If `rng` has no method `random`.

    Examples
    --------
    >>> story = tell_story(random.Random(3))
    >>> story.text[:52], round(story.log_probability, 3), story.world.at["box"]
    ('Kurt the wizard was in the kitchen. He had a red box', -37.93, 'market')
    """
    if not callable(getattr(rng, "random", None)):
        raise ValueError(f"rng: expected a source of draws such as random.Random(0), got {rng!r}")
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
        Also if one text is given in place of its words.

    Examples
    --------
    >>> next_words("anna the queen was in the castle .".split())
    {'she': 1.0}
    >>> len(next_words([]))
    40
    """
    words, plot, start = _listed(words, "words"), _Plot(), 0
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


def grammar_entropy(stories: Iterable[Story]) -> tuple[float, float]:
    """Estimate the entropy of the grammar a token, H = −E[ln p(story)] / E[tokens].

    No model of the stories can have a smaller expected loss.

    Parameters
    ----------
    stories : iterable of Story
        Two or more independent draws.

    Returns
    -------
    entropy : float
        In nats a token; the end of the story counts as a token.
    standard_error : float
        How far the estimate may be off, one standard deviation.

    Raises
    ------
    ValueError
        If fewer than two stories are given, or something else in their place.

    Notes
    -----
    Source: Cover and Thomas, Elements of Information Theory, section 4.2; the standard error is
    that of a ratio of means.

    Examples
    --------
    >>> from notebooklib.language import make_corpus
    >>> entropy, error = grammar_entropy(make_corpus(500, 1).train)
    >>> abs(entropy - 0.72) < 0.02, error < 0.01
    (True, True)
    """
    stories = [instance(story, "stories", Story) for story in _several(stories, "stories")]
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

    Raises
    ------
    ValueError
        If one text is given in place of its words.

    Examples
    --------
    >>> parse("she took the ball .".split())
    ('take', {'who': 'she', 'thing': 'ball'})
    >>> parse("she took the castle .".split()) is None
    True
    """
    sentence = _listed(sentence, "sentence")
    for kind, pattern in _PATTERNS.items():
        slots = _match(pattern, sentence)
        if slots is not None:
            return kind, slots
    return None


def _check_slots(kind: str, slots: Slots) -> None:
    wanted = [part[1:-1] for part in _PATTERNS[kind] if part.startswith("{")]
    for slot in wanted:
        word = instance(slots, "slots", dict).get(slot)
        if not isinstance(word, str) or word not in _WORDS[slot]:
            raise ValueError(f"slots: expected a word for {slot!r}, got {word!r}")


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
