import re

import matplotlib.pyplot as plt
import pytest
from matplotlib.path import Path
from matplotlib.textpath import TextPath

from notebooklib import figures
from notebooklib.figures.pictures import svg


@pytest.fixture(autouse=True)
def book_style():
    with plt.rc_context():
        figures.use_style()
        yield
    plt.close("all")


def test_a_letter_keeps_its_weight_beside_the_same_letter_in_another():
    """An SVG defines each glyph once, by the name of its face: two faces need two names."""
    figure, ax = figures.new_figure()
    ax.set(title="a", xlabel="a", xticks=[], yticks=[])
    ax.text(0.5, 0.5, "a", style="italic")
    drawn = svg(figure)
    glyphs = dict(re.findall(r'<path id="(BookSans[^"]*)" d="([^"]*)"', drawn))
    assert len(glyphs) == len(set(glyphs.values())) == 3


@pytest.mark.parametrize(("tex", "sign"), [(r"$\theta$", "θ"), (r"$\vartheta$", "ϑ")])
def test_a_slanted_theta_is_the_upright_one_slanted(tex, sign):
    """As many closed lines: the open ϑ has one, the closed θ with its bar three."""
    lines = [list(TextPath((0, 0), text).codes).count(Path.MOVETO) for text in (tex, sign)]
    assert lines[0] == lines[1] == {"θ": 3, "ϑ": 1}[sign]
