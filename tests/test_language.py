import hashlib
import math
import os
import random
import subprocess
import sys
from collections import Counter
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from notebooklib import language
from notebooklib.language import (
    SENTENCES,
    Score,
    Story,
    Tokenizer,
    World,
    analogies,
    bigram,
    cut_rows,
    grammar_entropy,
    join_words,
    make_corpus,
    next_words,
    ngram_loss,
    parse,
    read_text,
    score_texts,
    split_words,
    tell_story,
    unigram,
)
from notebooklib.language.grammar import _sentences
from notebooklib.language.words import _WORDS

OPENING = "Anna the queen was in the castle. She had a red ring. Ben the king was there too. "


@pytest.fixture(scope="module")
def corpus():
    return make_corpus(600, 100, seed=0)


@pytest.fixture(scope="module")
def tokenizer(corpus):
    return Tokenizer.from_texts(story.words for story in corpus.train)


# the stories

FINGERPRINT = "bae7e5fbbd247fb5"  # of 200 stories, the same under every Python


def fingerprint(corpus):
    text = "\n".join(story.text for story in corpus.train)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def test_the_corpus_is_the_same_everywhere():
    assert fingerprint(make_corpus(200, 1, seed=0)) == FINGERPRINT


def test_the_corpus_does_not_depend_on_the_hash_seed():
    code = (
        "from notebooklib.language import make_corpus\n"
        "print(*(story.text for story in make_corpus(40, 1).train), sep='\\n', end='')"
    )
    src = os.path.dirname(os.path.dirname(language.__file__))
    texts = {
        subprocess.run(
            [sys.executable, "-c", code],
            env={**os.environ, "PYTHONPATH": src, "PYTHONHASHSEED": seed},
            capture_output=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert len(texts) == 1


def test_only_the_promised_method_of_random_is_called():
    class Bare:
        random = random.Random(4).random

    assert tell_story(Bare()) == tell_story(random.Random(4))


def test_another_seed_tells_other_stories(corpus):
    other = {story.words for story in make_corpus(600, 1, seed=1).train}
    assert not other & {story.words for story in corpus.train}


def test_no_story_is_there_twice(corpus):
    stories = [story.words for story in corpus.train + corpus.test]
    assert len(set(stories)) == len(stories) == 700


def test_a_larger_corpus_begins_like_a_smaller_one(corpus):
    assert make_corpus(50, 10).train == corpus.train[:50]


def test_every_story_is_grammatical_and_consistent(corpus):
    score = score_texts(story.text for story in corpus.train)
    assert score.grammatical_share == 1 and score.consistent_share == 1
    assert score.sentences > 3000 and score.facts > score.sentences


def test_every_kind_of_sentence_is_used(corpus):
    kinds = {parse(s)[0] for story in corpus.train for s in _sentences(story.words)}
    assert kinds == SENTENCES.keys() - {"end"}


def test_a_few_hundred_words(tokenizer):
    assert len(tokenizer) == 205


def test_stories_fit_a_context_of_64():
    longest = max(len(story.words) for story in make_corpus(3000, 1).train)
    assert longest + 1 <= 64


def test_the_world_at_the_end_is_that_of_the_text(corpus):
    for story in corpus.train[:100]:
        world = World()
        for sentence in _sentences(story.words):
            world.told(*parse(sentence))
        assert world == story.world


def test_probability_is_the_product_over_the_words(corpus):
    """Two ways to the same number: by sentences while drawing, by words while reading."""
    for story in corpus.train[:25]:
        total = 0.0
        for position, word in enumerate((*story.words, "<eos>")):
            shares = next_words(story.words[:position])
            assert math.fsum(shares.values()) == pytest.approx(1, abs=1e-12)
            total += math.log(shares[word])
        assert total == pytest.approx(story.log_probability, abs=1e-10)


def test_draws_follow_the_stated_chances():
    stories = make_corpus(4000, 1, seed=2).train
    counts = Counter(story.words[0] for story in stories)
    for word, share in next_words([]).items():
        spread = math.sqrt(4000 * share * (1 - share))
        assert abs(counts[word] - 4000 * share) < 4.5 * spread


def test_next_words_know_the_facts():
    words = split_words(OPENING + "Anna gave the ring to Ben. Now Anna has")
    assert next_words(words) == {"nothing": 1.0}
    words = split_words(OPENING + "Anna gave the ring to Ben. Now Ben has the")
    assert next_words(words) == {"red": 1.0}


def test_nothing_follows_the_end():
    story = make_corpus(1, 1).train[0]
    assert next_words([*story.words, "<eos>"]) == {}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("Anna the king", "cannot say 'king' at position 2"),
        ("She", "cannot say 'she' at position 0"),
        (OPENING + "Now Ben has the", "cannot say 'now' at position 21"),
        (OPENING + "Ben gave", "cannot say 'gave' at position"),
    ],
)
def test_next_words_refuse(text, message):
    with pytest.raises(ValueError, match=f"words: the grammar {message}"):
        next_words(split_words(text))


def test_entropy_is_the_mean_of_the_next_words_entropy(corpus):
    """The chain rule: two estimates of one number, from different draws."""
    total, tokens = 0.0, 0
    for story in corpus.test[:60]:
        for position in range(len(story.words) + 1):
            shares = next_words(story.words[:position])
            total -= sum(p * math.log(p) for p in shares.values() if p > 0)
            tokens += 1
    entropy, error = grammar_entropy(make_corpus(2000, 1, seed=3).train)
    assert 0.5 < entropy < 1 and error < 0.003
    assert total / tokens == pytest.approx(entropy, abs=0.03)


def test_entropy_by_hand():
    stories = [Story(("a",), -2.0, World()), Story(("a", "b", "c"), -5.0, World())]
    entropy, error = grammar_entropy(stories)
    assert entropy == 7 / 6 and error == pytest.approx(1 / 9)


def test_entropy_needs_two_stories(corpus):
    with pytest.raises(ValueError, match="stories: expected two or more, got 1"):
        grammar_entropy(corpus.train[:1])


@pytest.mark.parametrize("arguments", [(0, 1), (1, 0), (1.5, 1)])
def test_corpus_refuses(arguments):
    with pytest.raises(ValueError, match="expected a whole number >= 1"):
        make_corpus(*arguments)


# scores

FACTS = {  # what is said after the opening → how many of its facts agree, of how many
    "Anna took the ring.": (1, 2),
    "Carl dropped the ring.": (0, 2),
    "She was happy.": (0, 2),
    "He was sad.": (2, 2),
    "Anna was sad.": (1, 2),
    "Anna went to the castle.": (1, 2),
    "Anna went to the tower.": (2, 2),
    "Anna gave the ring to Ben.": (4, 4),
    "Ben gave the ring to Anna.": (3, 4),
    "Anna gave the ring to Carl.": (3, 4),
    "Anna gave the ring to Anna.": (3, 4),
    "Anna ate the ring.": (2, 3),
    "The dog barked.": (1, 2),
    "The dog ran to Anna.": (1, 2),
    "A little puppy was there too. The puppy mooed.": (3, 4),
    "A little dog was there too.": (1, 2),
    "A wise dog was there too. Anna went to the tower. The dog ran to Anna.": (6, 6),
    "Anna the queen was there too.": (1, 2),
    "Carl the queen was there too.": (1, 2),
    "He had a sweet pie.": (3, 3),
    "He had a red pie.": (2, 3),
    "She had a red ring.": (1, 3),
    "Now Anna has the red ring.": (3, 3),
    "Now Anna has the blue ring.": (2, 3),
    "Now Ben has the red ring.": (2, 3),
    "Now Ben has nothing.": (2, 2),
    "Now Anna has nothing.": (1, 2),
    "Now Ben is in the castle.": (2, 2),
    "Now Ben is in the tower.": (1, 2),
    "Now the ring is in the castle.": (0, 1),
    "Anna dropped the ring. Now the ring is in the castle.": (3, 3),
    "Now the ring is gone.": (0, 1),
    "He had a sweet pie. He ate the pie. Now the pie is gone.": (7, 7),
    "Anna dropped the ring. Ben took the ring. Now Ben has the red ring.": (7, 7),
}


@pytest.mark.parametrize(("text", "facts"), FACTS.items())
def test_facts_are_checked(text, facts):
    before, after = score_texts([OPENING]), score_texts([OPENING + text])
    assert after.grammatical_share == 1
    assert (after.consistent - before.consistent, after.facts - before.facts) == facts


@pytest.mark.parametrize(
    "text",
    [
        "Anna the castle was in the queen.",
        "Anna gave to Ben the ring.",
        "Anna took the ring",
        "Now anna has.",
        "The the the.",
        ".",
    ],
)
def test_what_is_no_sentence(text):
    assert score_texts([text]) == Score(1, 0, 0, 0)


def test_a_story_with_its_persons_exchanged_loses_facts(corpus):
    """Names swapped in the second half: the grammar is kept, the facts are not."""
    exchanged = []
    for story in corpus.train:
        names = list(dict.fromkeys(w for w in story.words if w in _WORDS["name"]))
        if len(names) == 2:
            swap = {names[0]: names[1], names[1]: names[0]}
            half = story.words.index("now")
            exchanged.append(story.words[:half] + tuple(swap.get(w, w) for w in story.words[half:]))
    score = score_texts(exchanged)
    assert len(exchanged) > 200
    assert score.grammatical_share == 1 and score.consistent_share < 0.95


def test_no_text_scores_zero():
    assert (score_texts([]).grammatical_share, score_texts([]).consistent_share) == (0, 0)


def test_analogies_are_in_the_corpus(tokenizer):
    questions = analogies()
    assert {kind: len(some) for kind, some in questions.items()} == {"sex": 90, "age": 90}
    assert all(tokenizer.encode(four) for some in questions.values() for four in some)


# words and numbers


@given(st.lists(st.sampled_from(["anna", "the", "ring", ".", ",", "isn't", "well-known", "?"])))
def test_words_survive_writing_and_reading(words):
    assert split_words(join_words(words)) == words


@given(st.text())
def test_any_text_can_be_split_and_coded(text):
    words = split_words(text)
    tokenizer = Tokenizer.from_texts([text])
    assert [tokenizer.words[i] for i in tokenizer.encode(text)] == words
    assert "".join(words) == "".join(text.lower().split())


def test_special_words_are_one_word():
    assert split_words("the <mask> ran.") == ["the", "<mask>", "ran", "."]


def test_stories_survive_their_numbers(corpus, tokenizer):
    rows = tokenizer.rows(story.words for story in corpus.train)
    assert rows.dtype == np.int64 and (rows[:, 0] == Tokenizer.BOS).all()
    assert rows.shape == (600, max(len(story.words) for story in corpus.train) + 2)
    for row, story in zip(rows, corpus.train, strict=True):
        assert tuple(tokenizer.words_of(row)) == story.words
        assert tokenizer.decode(row) == story.text
        assert row[len(story.words) + 1] == Tokenizer.EOS and not row[len(story.words) + 2 :].any()


def test_the_vocabulary_is_ordered_by_frequency_then_alphabet():
    tokenizer = Tokenizer.from_texts(["b a b c"], extra=("<mask>",))
    assert tokenizer.words == ("<pad>", "<bos>", "<eos>", "<unk>", "<mask>", "b", "a", "c")
    assert Tokenizer.from_texts(["b a b c"], size=5).words[4:] == ("b",)


def test_unknown_words():
    tokenizer = Tokenizer.from_texts(["the cat"])
    with pytest.raises(
        ValueError, match=r"expected words of the vocabulary \(6 words\), got 'dog'"
    ):
        tokenizer.encode("the dog")
    assert tokenizer.encode("the dog", unknown=True) == [5, Tokenizer.UNKNOWN]


@pytest.mark.parametrize("number", [-1, 6])
def test_numbers_outside_the_vocabulary(number):
    with pytest.raises(ValueError, match=f"ids: expected numbers 0 … 5, got {number}"):
        Tokenizer.from_texts(["the cat"]).decode([number])


@pytest.mark.parametrize("words", [(), ("a", "b"), (*Tokenizer.SPECIAL, "a", "a")])
def test_a_vocabulary_is_refused(words):
    with pytest.raises(ValueError, match="words: expected distinct words after"):
        Tokenizer(words)


def test_rows_need_a_text(tokenizer):
    with pytest.raises(ValueError, match="texts: expected at least one text, got none"):
        tokenizer.rows([])


@given(st.integers(2, 200), st.integers(1, 50))
def test_cut_rows_predict_each_token_once(n, length):
    ids = np.arange(n)
    if n <= length:
        with pytest.raises(ValueError, match=f"ids: expected more than {length} tokens"):
            cut_rows(ids, length)
    else:
        rows = cut_rows(ids, length)
        assert rows[:, 1:].ravel().tolist() == list(range(1, rows.shape[0] * length + 1))
        assert (rows[:, 1:] - rows[:, :-1] == 1).all()
        assert n - 1 - rows.shape[0] * length < length


# files


def test_a_file_is_read(tmp_path):
    path = tmp_path / "a.txt"
    path.write_bytes("\ufeffÄpfel,\r\n苹果\n".encode())
    assert read_text(path) == read_text(str(path)) == "Äpfel,\n苹果\n"


def test_files_are_refused(tmp_path):
    (tmp_path / "latin.txt").write_bytes(b"caf\xe9")
    (tmp_path / "blank.txt").write_text(" \n")
    for name, message in {
        "none.txt": "path: expected a text file, got nothing at",
        ".": "path: expected a text file, got a folder at",
        "latin.txt": "expected UTF-8, got byte 0xe9 at 3; save the file as UTF-8",
        "blank.txt": "expected words, got only white space",
    }.items():
        with pytest.raises(ValueError, match=message):
            read_text(tmp_path / name)


# n-grams

small_rows = st.lists(st.lists(st.integers(1, 5), min_size=3, max_size=3), min_size=1, max_size=5)


@given(small_rows, st.floats(0.01, 10))
def test_chances_sum_to_one(rows, smoothing):
    p, P = unigram(rows, 6, smoothing), bigram(rows, 6, smoothing)
    assert p.sum() == pytest.approx(1) and p[0] == 0 and (p[1:] > 0).all()
    assert P.sum(axis=1) == pytest.approx(np.ones(6)) and (P[:, 1:] > 0).all()


def test_bigram_by_counting():
    rows = [[1, 4, 5, 2], [1, 4, 4, 2], [1, 5, 2, 0]]
    p, P = unigram(rows, 6, smoothing=1.0), bigram(rows, 6, smoothing=0.5)
    assert p == pytest.approx(np.array([0, 1, 4, 1, 4, 3]) / 13)
    after_4 = Counter(b for row in rows for a, b in pairwise(row) if a == 4)
    for word in range(1, 6):
        assert P[4, word] == pytest.approx((after_4[word] + 0.5 * p[word]) / 3.5)


def test_loss_by_hand():
    P = np.full((4, 4), 0.25)
    P[1] = [0.25, 0.25, 0.0, 0.5]
    assert ngram_loss(P, [[1, 3, 2, 0]]) == pytest.approx((math.log(2) + math.log(4)) / 2)
    assert ngram_loss([0.1, 0.2, 0.3, 0.4], [[1, 3, 2, 0]]) == pytest.approx(-math.log(0.12) / 2)


def test_more_context_helps_and_none_beats_the_grammar(corpus, tokenizer):
    train, test = (
        tokenizer.rows(story.words for story in part) for part in (corpus.train, corpus.test)
    )
    one = ngram_loss(unigram(train, len(tokenizer)), test)
    two = ngram_loss(bigram(train, len(tokenizer)), test)
    assert math.log(len(tokenizer)) > one > two > grammar_entropy(corpus.test)[0] + 0.5


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: unigram([[1, 9]], 4), "rows: expected numbers 0 … 3, got"),
        (lambda: unigram([[1, -1]], 4), "rows: expected numbers 0 … 3, got"),
        (lambda: unigram([[1]], 4), "rows: expected two numbers a row or more"),
        (lambda: unigram([[1.0, 2.0]], 4), "rows: expected whole numbers"),
        (lambda: unigram([[1, 2]], 4, 0), "smoothing: expected a finite number > 0"),
        (lambda: bigram([[1, 2]], 4, -1), "smoothing: expected a finite number > 0"),
        (lambda: ngram_loss(np.ones((2, 3)), [[0, 1]]), r"chances: expected shape \(V,\)"),
    ],
)
def test_ngrams_refuse(call, message):
    with pytest.raises(ValueError, match=message):
        call()


@pytest.mark.parametrize(
    "use",
    [
        language.score_texts,
        language.Tokenizer.from_texts,
        language.Tokenizer(language.Tokenizer.SPECIAL).rows,
    ],
)
def test_one_text_is_not_several(use):
    with pytest.raises(
        ValueError, match="texts: expected a list of texts, got one text, 'Anna the"
    ):
        use("Anna the queen was in the castle.")


@pytest.mark.parametrize(
    "text",
    ["ß und ſ", "µ is small", "ﬁne", "ıssız", "ŉ dag", "cafe\u0301", "İstanbul", "x\u0302y"],
)
def test_unusual_letters_survive(text):
    words = language.split_words(text)
    assert (
        len(words) == len(text.split())
        and language.split_words(language.join_words(words)) == words
    )


def test_accents_are_written_one_way():
    assert language.split_words("cafe\u0301") == language.split_words("caf\u00e9")


@pytest.mark.parametrize("size", [-1, 0, 4, 5.0])
def test_a_vocabulary_has_room_for_its_special_words(size):
    with pytest.raises(ValueError, match="size: expected"):
        language.Tokenizer.from_texts(["the cat"], size=size, extra=["<mask>"])


@pytest.mark.parametrize("ids", [[1.7, 2.9, 3.2], ["1", "2", "3"], [True, False, True]])
def test_rows_are_cut_from_whole_numbers(ids):
    with pytest.raises(ValueError, match="ids: expected (whole|real) numbers.*, got"):
        language.cut_rows(ids, 1)


def test_filling_alone_has_no_loss():
    with pytest.raises(ValueError, match="rows: expected a word to predict, got only filling"):
        language.ngram_loss([0.0, 1.0], [[1, 0]])
    with pytest.raises(ValueError, match="rows: expected numbers 0 … 7, got -1 … 1"):
        language.unigram([[1, -1]], 8)


def test_what_was_held_impossible_is_infinitely_surprising():
    assert language.ngram_loss([0.0, 1.0, 0.0], [[1, 2]]) == math.inf


@pytest.mark.parametrize("chances", [[0.5, 0.6], [1.5, -0.5], [math.nan, 1.0]])
def test_chances_are_some(chances):
    with pytest.raises(ValueError, match="chances: expected"):
        language.ngram_loss(chances, [[1, 1]])


def test_small_integers_do_not_wrap_around():
    small = np.array([[250, 251, 250, 251]], dtype=np.uint8)
    assert np.array_equal(language.bigram(small, 252), language.bigram(small.astype(int), 252))
    for dtype in (np.uint8, ">u2", np.uint64):
        assert language.cut_rows(small[0].astype(dtype), 3).tolist() == small.tolist()


def test_words_are_listed_once():
    words = OPENING.split()
    assert next_words(iter([])) == next_words([])
    assert score_texts(iter([iter(["she", "the", "."])])).sentences == 1
    tokenizer = Tokenizer.from_texts(iter([iter(words)]))
    assert tokenizer.encode(iter(words)) == tokenizer.encode(words)
    assert tokenizer.decode(iter([4, 5])) == tokenizer.decode([4, 5])


@pytest.mark.parametrize("ids", ["45", [4.9], ["4"], [True], [[4]], [-1], 4, None, {4: 5}])
def test_ids_are_whole_numbers(ids):
    with pytest.raises(ValueError, match="ids: expected .*, got"):
        Tokenizer.from_texts(["a b c"]).decode(ids)


def test_further_special_words_are_a_list():
    with pytest.raises(ValueError, match="extra: expected a list of words, got '<mask>'"):
        Tokenizer.from_texts(["a"], extra="<mask>")


def test_a_sentence_is_told_whole():
    with pytest.raises(ValueError, match="kind: expected one of 'beast'"):
        World().told("fly", {})
    with pytest.raises(ValueError, match="slots: expected a word for 'thing', got None"):
        World().told("take", {"who": "anna"})


def test_a_file_that_may_not_be_read_is_named(tmp_path, monkeypatch):
    def refuse(*args, **kwargs):
        raise PermissionError(13, "Permission denied")

    (tmp_path / "x.txt").write_text("words")
    monkeypatch.setattr("pathlib.Path.read_text", refuse)
    with pytest.raises(ValueError, match="path: expected a file to read, got Permission denied"):
        read_text(tmp_path / "x.txt")


def test_a_story_has_five_to_nine_sentences():
    corpus = language.make_corpus(3000, 1)
    counts = {story.words.count(".") for story in corpus.train}
    assert counts == {5, 6, 7, 8, 9} and "Five to nine" in language.tell_story.__doc__
