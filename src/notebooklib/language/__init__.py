"""The book's own corpus, and the simplest models of text (chapters 3, 5, 6, 10 and 12).

The corpus is made of tiny stories about who is where and who has what. They are drawn from a
grammar whose every probability is known, so a model of them can be judged three ways: its loss
against the grammar's entropy, the share of its sentences that are grammatical, and the share of its
facts that agree with each other.
"""

from notebooklib.language.corpus import Corpus, Score, make_corpus, read_text, score_texts
from notebooklib.language.grammar import (
    Story,
    World,
    grammar_entropy,
    next_words,
    parse,
    tell_story,
)
from notebooklib.language.ngrams import bigram, ngram_loss, unigram
from notebooklib.language.tokenizer import Tokenizer, cut_rows
from notebooklib.language.words import (
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
    analogies,
    join_words,
    split_words,
)

__all__ = [
    "ANIMALS",
    "COLOURS",
    "Corpus",
    "FOODS",
    "GLAD",
    "GROWN_COATS",
    "MEN",
    "PLACES",
    "PRONOUNS",
    "ROLES",
    "SAD",
    "SENTENCES",
    "Score",
    "Story",
    "TASTES",
    "TOOLS",
    "Tokenizer",
    "WOMEN",
    "World",
    "YOUNG_COATS",
    "analogies",
    "bigram",
    "cut_rows",
    "grammar_entropy",
    "join_words",
    "make_corpus",
    "next_words",
    "ngram_loss",
    "parse",
    "read_text",
    "score_texts",
    "split_words",
    "tell_story",
    "unigram",
]
