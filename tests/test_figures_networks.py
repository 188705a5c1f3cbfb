"""Networks as nodes and edges: what is drawn stands where, and looks how, the arrays say."""

import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.colors import to_hex

from notebooklib import figures


@pytest.fixture
def ax():
    figure, ax = plt.subplots()
    yield ax
    plt.close(figure)


def test_a_layer_is_a_centred_column_with_its_first_node_on_top():
    first, second = figures.node_places([3, 2], apart=5, gap=2)
    assert first.tolist() == [[0, 2], [0, 0], [0, -2]]
    assert second.tolist() == [[5, 1], [5, -1]]


@pytest.mark.parametrize("sizes", [[], [2, 0]])
def test_a_layer_without_nodes_is_refused(sizes):
    with pytest.raises(
        ValueError, match="sizes: expected (at least one item|a whole number >= 1), got 0"
    ):
        figures.node_places(sizes)


def test_nodes_are_white_circles_with_their_texts_inside(ax):
    places = figures.node_places([2])[0]
    figures.nodes(ax, places, ["0.5", "?"], color=figures.DATA, text_color=figures.ERROR, size=30)
    (circles,) = ax.lines
    assert np.array_equal(circles.get_xydata(), places)
    assert circles.get_markersize() == 30
    assert to_hex(circles.get_markeredgecolor()).upper() == figures.DATA
    assert to_hex(circles.get_markerfacecolor()) == "#ffffff"
    assert [(t.get_text(), tuple(t.xy)) for t in ax.texts] == [("0.5", (0, 0.5)), ("?", (0, -0.5))]


def test_nodes_may_be_empty_but_not_half_named(ax):
    figures.nodes(ax, [[0, 0], [0, 1]])
    assert not ax.texts
    for name in ("texts", "above", "below"):
        with pytest.raises(ValueError, match=f"{name}: expected 2, one a node, got 1"):
            figures.nodes(ax, [[0, 0], [0, 1]], **{name: ["a"]})


def test_what_is_written_above_and_below_a_node_clears_its_circle(ax):
    figures.nodes(ax, [[1, 2]], ["x"], above=["told"], below=["δ"], size=30)
    heights = {text.get_text(): text.xyann[1] for text in ax.texts}
    assert heights["x"] == 0
    assert heights["told"] > 15 + 4 and heights["δ"] < -15 - 4  # half the circle, half the text


def test_edges_join_every_source_to_every_target(ax):
    sources, targets = figures.node_places([3, 2])
    figures.edges(ax, sources, targets)
    drawn = {tuple(map(tuple, line.get_xydata().tolist())) for line in ax.lines}
    expected = {(tuple(s), tuple(t)) for s in sources.tolist() for t in targets.tolist()}
    assert drawn == expected
    assert {to_hex(line.get_color()).upper() for line in ax.lines} == {figures.FAINT}


def test_edges_are_indexed_target_first_and_lit_ones_stand_out_twice(ax):
    sources, targets = figures.node_places([2, 2])
    lit = [[False, True], [False, False]]  # from the second source to the first target
    figures.edges(ax, sources, targets, lit=lit, color=figures.INK, lit_color=figures.ERROR)
    (bright,) = [line for line in ax.lines if to_hex(line.get_color()).upper() == figures.ERROR]
    assert bright.get_xydata().tolist() == [sources[1].tolist(), targets[0].tolist()]
    dim = [line for line in ax.lines if line is not bright]
    assert len(dim) == 3
    assert bright.get_linewidth() > 2 * max(line.get_linewidth() for line in dim)


def test_edges_carry_weights_above_and_gradients_below(ax):
    above, below = [["w00", "w01"]], [["g00", "g01"]]
    figures.edges(ax, [[0, 2], [0, 0]], [[4, 0]], above=above, below=below, at=0.25)
    said = {t.get_text(): (tuple(t.xy), t.xyann[1] > 0) for t in ax.texts}
    assert said == {
        "w00": ((1, 1.5), True),
        "g00": ((1, 1.5), False),
        "w01": ((1, 0), True),
        "g01": ((1, 0), False),
    }


def test_what_is_written_by_a_slanting_edge_stands_on_the_free_side(ax):
    figures.edges(ax, [[0, 0]], [[4, 2], [4, -2]], above=[["up"], ["down"]])
    offsets = {t.get_text(): t.xyann for t in ax.texts}
    assert offsets["up"][0] < 0 < offsets["down"][0]  # above a rising line the left is free
    assert offsets["up"][1] > 0 and offsets["down"][1] > 0
