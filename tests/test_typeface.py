import re

import matplotlib.pyplot as plt
import pytest
from matplotlib.path import Path
from matplotlib.textpath import TextPath

from notebooklib import figures
from notebooklib.figures.notebook import _scalable
from notebooklib.figures.pictures import bare, svg


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


def test_a_halo_stands_behind_its_letters_and_repeats_none_of_their_outlines():
    """Matplotlib would spell each haloed letter out, wherever it stands; here it stands once."""
    figure, ax = figures.new_figure()
    ax.set(xticks=[], yticks=[])
    for height in (0.3, 0.7):
        figures.label_at(ax, (0.5, height), "aa\n$a$", color="#1f7567")
    drawn, before = svg(figure), [text.get_path_effects() for text in ax.texts]
    letters = re.findall(r'<g style="([^"]*)"[^>]*>\n(?:<defs>.*?</defs>\n)?<use', drawn, re.S)
    looks = ["halo" if "stroke: #ffffff" in look else look for look in letters]
    assert looks == ["halo", "fill: #1f7567"] * 4  # two lines in each of two labels
    assert len(re.findall('<path id="BookSans', drawn)) == 2  # upright and slanted
    assert all(before), "the figure keeps its halos, for the PNG"
    width = float(re.search(r"stroke-width: (\d+); stroke-linejoin: round", drawn)[1])
    assert width / 64 * 0.105 == pytest.approx(3, abs=0.01)  # points, at 10.5 points of print


def test_a_notebook_stores_an_outline_on_one_line_and_the_same_picture():
    figure, ax = figures.new_figure()
    ax.plot([0, 1, 2], [0, 1, 0])
    stored, drawn = _scalable(figure), bare(svg(figure, tight=True))
    assert "\nL " in drawn and not re.search(r"\n[LQCz]", stored)
    assert stored.split() == drawn.split()


@pytest.mark.parametrize(("tex", "sign"), [(r"$\theta$", "θ"), (r"$\vartheta$", "ϑ")])
def test_a_slanted_theta_is_the_upright_one_slanted(tex, sign):
    """As many closed lines: the open ϑ has one, the closed θ with its bar three."""
    lines = [list(TextPath((0, 0), text).codes).count(Path.MOVETO) for text in (tex, sign)]
    assert lines[0] == lines[1] == {"θ": 3, "ϑ": 1}[sign]
