"""Whatever changes in one picture of a move changes its text; what no reader sees does not."""

import re

import matplotlib.pyplot as plt
import numpy as np
import pytest
from sklearn.datasets import load_sample_images

from notebooklib import figures
from notebooklib.figures.notebook import says
from notebooklib.interactive import Choice, Slider, move

CHINA, FLOWER = (image[::6, ::6] for image in load_sample_images().images)  # quickly drawn


def scene(ax, x, fault=None):
    """Draw something of each kind; in the third picture, with one `fault`."""
    at = fault if x == 2 else None
    wave = np.sin(np.linspace(0, 6, 40) + x) + (1e-9 if at == "15th digit" else 0)
    ax.plot(wave, color=figures.STEP if at == "line colour" else figures.DATA)
    ax.plot([10 if at != "marker place" else 10.6], [0.5], "o", color=figures.ERROR)
    ax.scatter([5, 8], [0.1, 0.2], c=["#1F7567", "#CC59B4" if at != "dot colour" else "#1F7567"])
    ax.bar([20, 24], [0.5, 0.7 if at != "bar height" else 0.73], color=figures.PREDICTION)
    ax.annotate(
        "here" if at != "word" else "there",
        (30, 0) if at != "arrow's tip" else (31, 0),
        (33, 0.6),
        arrowprops={"arrowstyle": "->"},
        color=figures.INK if at != "text colour" else figures.ERROR,
    )
    ax.contourf(
        np.linspace(0, 8, 9),
        [-2, -1.5],
        [np.arange(9.0) ** (1 if at != "field" else 1.2)] * 2,
        cmap="viridis",
    )
    figures.label_at(ax, (3, 1), "label" if at != "label" else "Label")
    figures.polygon(ax, [[12, -1], [14, -1], [13, -0.4 if at != "corner" else -0.3]])
    ax.axhline(-1, ls="--" if at != "line style" else "-", color=figures.FAINT)
    ax.set(title="a title" if at != "title" else "a Title", xlim=(0, 40), ylim=(-2, 2))


FAULTS = (
    "line colour, marker place, dot colour, bar height, word, arrow's tip, text colour, field, "
    "corner, line style, label, title"
).split(", ")


def text(fault=None, alt="picture {x}", unit="", draw=scene):
    def shown(ax, x):
        draw(ax, x, fault)

    return repr(move(shown, alt=alt, size=(5, 3.6), x=Slider(range(3), unit=unit)))  # quickly drawn


@pytest.fixture(scope="module")
def sound():
    return text()


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_in_one_picture_is_seen(sound, fault):
    assert text(fault) != sound


def test_an_alt_text_and_a_readout_are_seen(sound):
    assert len({sound, text(alt="picture no {x}"), text(unit=" m")}) == 3


def test_two_pictures_in_the_other_order_are_seen():
    def scenes(order):
        def line(ax, x, fault):
            ax.plot([0, order[x]])
            ax.set(ylim=(0, 2))

        return text(draw=line)

    one, other = scenes([0, 1, 2]), scenes([1, 0, 2])
    assert words(one) == words(other) and sums(one) != sums(other)


def test_a_photograph_is_seen():
    def photo(ax, x, fault):
        ax.imshow(FLOWER if fault == "photograph" and x == 2 else CHINA)

    def heat(ax, x, fault):
        ax.imshow(np.eye(12) * (0.8 if fault == "heat" and x == 2 else 1), vmin=0, vmax=1)

    assert text(draw=photo) != text("photograph", draw=photo)
    assert text(draw=heat) != text("heat", draw=heat)


def test_a_field_of_arrows_is_seen():
    def field(ax, x, fault):
        ax.quiver([0, 1], [0, 1], [1, 1], [0, 0.5 if fault and x == 2 else 0])

    assert text(draw=field) != text("turned", draw=field)


def sums(said):
    return [float(number) for number in re.findall(r"(?:draws|colours) (-?[\d.]+)", said)]


def words(said):
    return re.search(r"says (\w+)", said)[1]


def test_the_fifteenth_digit_is_not_seen(sound):
    other = text("15th digit")
    assert words(other) == words(sound)
    assert np.allclose(sums(other), sums(sound), rtol=0, atol=0.0011)


@pytest.mark.parametrize(
    "setting", [{"text.hinting": "none"}, {"font.size": 10.7}, {"figure.dpi": 144}]
)
def test_another_renderer_of_fonts_is_not_seen(sound, setting):
    with plt.rc_context(setting):
        assert text() == sound


def test_wider_letters_are_hardly_seen(sound):
    """Another font moves the margins, and with them nothing that is drawn in data coordinates."""
    with plt.rc_context({"font.family": "DejaVu Sans"}):
        other = text()
    assert words(other) == words(sound)
    assert np.allclose(sums(other), sums(sound), rtol=0, atol=0.005)


def test_a_choice_is_part_of_the_words():
    def made(name):
        return repr(move(lambda ax, x: ax.plot([x]), alt="", x=Choice({"a": 0, name: 1})))

    assert words(made("b")) != words(made("c"))


def test_a_still_figure_says_all_its_texts():
    figure, ax = figures.new_figure()
    ax.plot([0, 1])
    ax.set(title="a title", xlabel="seconds", xticks=[0, 1], yticks=[])
    ax.text(0, 0, "in the plot")
    figures.label_at(ax, (0, 1), "on a halo")
    assert set(says(figure).removeprefix("Figure: ").split(" | ")) == {
        "0", "1", "a title", "seconds", "in the plot", "on a halo",
    }  # fmt: skip
