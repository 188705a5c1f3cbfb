"""Unusual right answers to the exercises of chapter 8."""

import planted_08
import pytest

from notebooklib.exercises import check


@pytest.mark.parametrize(
    ("number", "answer"),
    [(number, answer) for number, also in planted_08.ALSO_RIGHT.items() for answer in also],
)
def test_an_unusual_right_answer_passes(number, answer):
    assert (verdict := check(number, answer)), verdict
