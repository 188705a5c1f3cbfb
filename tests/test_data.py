import numpy as np
import pytest

from notebooklib import data


@pytest.mark.parametrize("name", data.PHOTOGRAPHS)
def test_photographs_are_square_and_colourful(name):
    picture = data.photograph(name, size=50)
    assert picture.shape == (50, 50, 3)
    assert picture.dtype == np.uint8
    assert picture.std() > 20


@pytest.mark.parametrize("size", [0, -1, 2.5, True])
def test_size_is_a_whole_number(size):
    with pytest.raises(ValueError, match="size: expected a whole number >= 1"):
        data.photograph("china", size=size)


def test_size_is_no_larger_than_the_picture():
    with pytest.raises(ValueError, match="at most 427 pixels, got 500"):
        data.photograph("china", size=500)


def test_unknown_photograph_lists_the_known_ones():
    with pytest.raises(ValueError, match="expected one of 'china', 'flower', got 'cat'"):
        data.photograph("cat")


def test_descriptions_are_one_line_of_small_letters():
    text = data.descriptions()
    assert text == text.lower() and "  " not in text and "\n" not in text
    for name in ("breast cancer", "diabetes", "handwritten digits", "iris", "linnerud", "wine"):
        assert name in text


def test_the_eeg_is_four_curves_of_unit_spread():
    voltages = data.eeg()
    assert voltages.shape == (800, 4) and np.isfinite(voltages).all()
    assert np.abs(voltages.mean(axis=0)).max() < 1e-3
    assert np.abs(voltages.std(axis=0) - 1).max() < 1e-2


def test_prices_of_google_are_of_rising_days_and_above_zero():
    days, prices = data.google_prices()
    assert days.shape == prices.shape == (1047,)
    assert (np.diff(days) > np.timedelta64(0, "D")).all() and prices.min() > 90
    assert str(days[-1]) == "2008-10-14"
