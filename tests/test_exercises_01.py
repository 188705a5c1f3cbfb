"""Unusual right answers to the exercises of chapter 1 are taken too."""

import planted_01
import pytest

from notebooklib.exercises import check


@pytest.mark.parametrize(
    ("number", "answer"),
    [(number, answer) for number, also in planted_01.ALSO_RIGHT.items() for answer in also],
)
def test_an_unusual_right_answer_passes(number, answer):
    verdict = check(number, answer)
    assert verdict, verdict
