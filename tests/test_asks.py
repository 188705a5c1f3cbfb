"""Questions: what the cell computes is what is asked for, and every wrong answer has a reason."""

from fractions import Fraction

import numpy as np
import pytest

from notebooklib.interactive import Ask, ask
from notebooklib.interactive.markup import block, inline, plain

REASONS = {"it doubles": "One side only.", "it quadruples": "Two sides.", "it stays": "No."}


def chosen(**changes):
    return ask(**{"question": "Which?", "choices": REASONS, "answer": "it stays"} | changes)


def typed(answer=5.0, **changes):
    return ask(**{"question": "How many?", "answer": answer, "why": "So it is."} | changes)


def test_one_choice_is_right_and_each_has_its_reason():
    choices = chosen().verdicts["choices"]
    assert [c["right"] for c in choices] == [False, False, True]
    assert [c["says"] for c in choices] == list(REASONS.values())


@pytest.mark.parametrize(
    ("answer", "labels", "index"),
    [(4.0, "248", 1), (np.int64(8), "248", 2), (True, ["yes", "no"], 0), (1 > 2, ["yes", "no"], 1)],
)
def test_numbers_and_truth_values_read_like_labels(answer, labels, index):
    made = ask("?", answer=answer, choices=dict.fromkeys(labels, "Because."))
    assert [c["right"] for c in made.verdicts["choices"]].index(True) == index


def test_the_text_form_holds_question_choices_and_answer():
    text = repr(chosen())
    for part in ("Ask: Which?", "it doubles | it quadruples | it stays", "answer: it stays"):
        assert part in text
    assert "(a 2 × 2 matrix to type) answer: [[1, 2], [3, 4]]" in repr(typed([[1, 2], [3, 4]]))
    assert "(3 numbers to type) answer: (1, 0.5, −2)" in repr(typed([1, 0.5, -2]))
    assert "answer: 0.333333" in repr(typed(Fraction(1, 3)))


def test_the_text_form_changes_with_a_reason():
    other = REASONS | {"it doubles": "One side alone."}
    assert repr(chosen()) != repr(chosen(choices=other))
    assert repr(typed(why="So it is.")) != repr(typed(why="It is so."))


def test_the_answer_is_stored_in_few_digits_so_that_another_processor_agrees():
    assert typed(1 / 3).verdicts["want"] == typed(1 / 3 + 1e-14).verdicts["want"]
    assert repr(typed(1 / 3)) == repr(typed(1 / 3 + 1e-14))


@pytest.mark.parametrize(
    ("answer", "right", "wrong"),
    [
        (1 / 3, [0.333, 0.33333, 0.3335], [0.33, 0.334]),
        (5, [5, 5.0000001], [5.01, 4.999]),
        (0, [0], [0.001]),
        (-123.456, [-123, -123.4], [-124, 123.456]),
        (0.04871, [0.0487, 0.04875], [0.048, 0.05]),
    ],
)
def test_how_near_a_typed_number_must_be(answer, right, wrong):
    verdicts = typed(answer).verdicts
    [want], [within] = verdicts["want"], verdicts["within"]
    assert all(abs(value - want) <= within for value in right)
    assert not any(abs(value - want) <= within for value in wrong)


def test_one_box_a_number_laid_out_like_the_answer():
    html = typed([[1, 2, 3], [4, 5, 6]]).html
    assert html.count("book-entry") == 6
    assert "--columns:3" in html and 'aria-label="row 2, column 3"' in html
    assert 'aria-label="Your answer"' in typed(1).html
    assert 'aria-label="number 2"' in typed([1, 2]).html


def test_foreseen_slips_carry_their_reasons():
    made = typed(5, wrong=[(6, "One too many: $6 > 5$."), (4, "One too few.")])
    assert [slip["values"] for slip in made.verdicts["wrong"]] == [[6.0], [4.0]]
    assert "<math>" in made.verdicts["wrong"][0]["says"]


def test_an_exercise_lends_its_checker():
    made = ask("?", answer=[[2, -1], [1, 3]], exercise="1.1", wrong=[[[2, 1], [-1, 3]]], below=0)
    assert "transposed" in made.verdicts["wrong"][0]["says"]
    assert made.verdicts["why"].startswith("The first column is where")


def test_the_html_is_complete_without_a_script():
    html = chosen(below=3).html
    assert html.count("<button") == 4  # three choices and "Show me"
    assert 'data-below="3"' in html
    assert '<p class="book-truth"><strong>it stays</strong>: No.</p>' in html
    assert "<fieldset" in html and "disabled" in html  # until the script is there


def test_formulas_become_mathml_and_signs_of_html_stay_text():
    html = chosen(question="Is $A < B$ or <b>?").html
    assert "<math>" in html and "&lt;b&gt;" in html
    assert plain("Is $x^2 < 3$?").endswith("?") and "<" in plain("Is $x^2 < 3$?")
    assert block("a\n\nb") == "<p>a</p>\n<p>b</p>"
    assert inline("*a* and `b`") == "<em>a</em> and <code>b</code>"


def test_it_is_one_widget_with_all_it_needs():
    made = chosen()
    assert isinstance(made, Ask) and made.kind == "ask" and made.below == 1
    assert made.home is typed().home


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: chosen(choices={"a": "x"}), "choices: expected two to five, got 1"),
        (lambda: chosen(choices=dict.fromkeys("abcdef", "x")), "expected two to five, got 6"),
        (lambda: chosen(answer="neither"), "answer: expected one of the choices .*got 'neither'"),
        (lambda: chosen(choices=REASONS | {"it stays": " "}), "'it stays' has none"),
        (lambda: chosen(below=9), "below: expected a whole number from 0 to 8, got 9"),
        (lambda: chosen(question="$\\foo$"), "a formula in .* is not understood"),
        (lambda: chosen(question=None), "question: expected a text, got NoneType"),
        (lambda: typed("five"), "answer: expected real numbers, got .*five"),
        (lambda: typed(np.nan), "answer: expected finite numbers, got nan"),
        (lambda: typed(np.zeros((4, 4))), r"up to 12 numbers .* got shape \(4, 4\)"),
        (lambda: typed([]), r"answer: expected at least one number, got shape \(0,\)"),
        (lambda: typed(True), "answer: expected real numbers, got"),
        (lambda: typed("5"), "answer: expected real numbers, got"),
        (lambda: typed(1 + 0j), "answer: expected real numbers, got"),
        (lambda: typed(np.ma.masked_array([1, 2], [0, 1])), "numbers without gaps"),
        (lambda: typed(wrong=[6]), "wrong: expected pairs .*, got 6"),
        (lambda: typed(wrong=[(6, None)]), "wrong: expected a text, got None"),
        (lambda: typed(wrong=None), "wrong: expected a list of answers, got None"),
        (lambda: typed(why=None), "why: expected a text, got None"),
        (lambda: typed(exercise=3), "exercise: expected a text, got 3"),
        (lambda: chosen(choices=["a", "b"]), "choices: expected a Mapping, got"),
        (lambda: chosen(choices={"a": "x", 2: "y"}), "choices: expected a text, got 2"),
        (lambda: chosen(choices=REASONS | {"it stays": None}), "expected a text, got None"),
        (lambda: chosen(below=True), "below: expected a whole number from 0 to 8, got True"),
        (lambda: typed(why=""), "why: expected what is said"),
        (lambda: typed(wrong=[(5, "no")]), "wrong: 5 is the right answer"),
        (lambda: typed(wrong=[([1, 2], "no")]), r"wrong: expected shape \(\), got shape \(2,\)"),
        (lambda: typed(wrong=[(6, "")]), "wrong: expected a reason for 6"),
        (lambda: ask("?", answer=[[1, 0], [0, 1]], exercise="1.1"), "the checker of exercise 1.1"),
    ],
)
def test_wrong_input_is_told(make, message):
    with pytest.raises(ValueError, match=message):
        make()
