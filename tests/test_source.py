import pytest

from notebooklib import linear_algebra
from notebooklib.source import show_source


def test_the_source_is_shown_without_its_docstring():
    text = show_source(linear_algebra.determinant).data
    assert text.startswith("def determinant(")
    assert '"""' not in text
    assert "return" in text


def test_a_function_without_docstring_is_shown_whole():
    def double(x):
        return 2 * x

    assert show_source(double).data == "def double(x):\n    return 2 * x"


def test_built_in_functions_have_no_source():
    with pytest.raises(ValueError, match="expected one written in Python"):
        show_source(len)
