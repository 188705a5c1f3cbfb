"""Live figures that the tests build: one of each control, mark and way to use them."""

import torch
import torch.nn.functional as F
from torch import nn

from notebooklib.figures import DATA, ERROR, FAINT, PARAMETER, PREDICTION, STEP
from notebooklib.interactive import Choice, Slider
from notebooklib.live import (
    Area,
    Arrows,
    Bars,
    Dots,
    Drawing,
    Guess,
    Label,
    Lines,
    Mission,
    Noise,
    Panel,
    Picture,
    Point,
    Shade,
    State,
    Switches,
    Text,
    Trail,
    Words,
    live,
)

# ------------------------------------------------------------------------------- the plane


def plane(u, v):
    """Return the plane under the matrix with the columns u and v: grid, area, eigen-lines."""
    A = torch.stack([u, v], dim=1)
    n, ends = torch.arange(-8.0, 9, dtype=u.dtype), torch.tensor([-8.0, 8.0], dtype=u.dtype)
    upright = torch.stack([n[:, None].expand(17, 2), ends.expand(17, 2)], dim=-1)
    det, half = A[0, 0] * A[1, 1] - A[0, 1] * A[1, 0], (A[0, 0] + A[1, 1]) / 2
    gap = half**2 - det
    values = half + gap.clamp(min=0).sqrt() * torch.tensor([1.0, -1.0], dtype=u.dtype)
    # an eigenvector is orthogonal to the rows of A - λI: turn the longer one by a right angle
    rows = A - values[:, None, None] * torch.eye(2, dtype=u.dtype)
    longer = rows.square().sum(-1).argmax(-1)
    row = rows.gather(1, longer[:, None, None].expand(2, 1, 2))[:, 0]
    across = torch.stack([-row[:, 1], row[:, 0]], dim=-1)
    along = across / across.square().sum(-1, keepdim=True).sqrt().clamp(min=1e-12)
    lines = torch.stack([-9 * along, 9 * along], dim=1)
    every = rows.abs().amax() < 1e-6  # A is a multiple of the identity
    none, one = gap < -1e-9, (gap.abs() <= 1e-9) & ~every
    return {
        "grid": torch.cat([upright, upright.flip(-1)]) @ A.T,
        "cell": torch.stack([0 * u, u, u + v, v]),
        "middle": (u + v) / 2,
        "det": det,
        "turned": (det < 0).long(),
        "values": values,
        "lines": torch.where(none | every, torch.full_like(lines, float("nan")), lines),
        "kept": torch.where(none, 0, torch.where(one, 1, torch.where(every, 3, 2))),
        "area_minus_two": (det + 2).abs() < 0.05,
        "flat": (det.abs() < 0.05) & (A.abs().amin() > 0.25),
        "turns": none,
        "flips": ~none & ((values + 1).abs().amin() < 0.02),
    }


def plane_figure():
    kept = "{kept|no line|one line|two lines|every line}"
    return live(
        plane,
        inputs={
            "u": Point((1.5, 0.5), label="first column", color=DATA, snap=0.5),
            "v": Point((0.5, 1.0), label="second column", color=PREDICTION, snap=0.5),
        },
        show=[
            Panel(
                [
                    Lines("grid", color=DATA, width=0.7),
                    Area("cell", by="turned", colors=(STEP, ERROR)),
                    Lines("lines", color=PARAMETER, width=3, dashed=True, hidden=True),
                    Arrows("u", color=DATA),
                    Arrows("v", color=PREDICTION),
                    Label("middle", "{det:.2f}"),
                ],
                title="Drag the two columns",
                drag=("u", "v"),
            ),
            Text(
                "Signed area $\\det A$ = {det:.2f}: "
                "{turned|the plane keeps its side|the plane is turned over}."
            ),
            Text(
                "{kept|No real eigenvalue|One eigenvalue, {values[0]:.2f}|"
                "Eigenvalues {values[0]:.2f} "
                "and {values[1]:.2f}|One eigenvalue, {values[0]:.2f}}.",
                hidden=True,
            ),
            Guess(
                "How many lines through the origin stay on themselves under this matrix?",
                {
                    "none": "Here " + kept + " stays.",
                    "one": "Here it is " + kept + ".",
                    "two": "Here it is " + kept + ".",
                    "all of them": "Only a multiple of the identity keeps all; here it is "
                    + kept
                    + ".",
                },
                answer="kept",
                alt="{kept|No line stays|One line stays|Two lines stay|All stay} on itself.",
            ),
        ],
        missions=[
            Mission(
                "Make the signed area −2.", "area_minus_two", "Turned over, and twice the area."
            ),
            Mission(
                "Make it 0 without a zero in the matrix.",
                "flat",
                "One column is a multiple of the other.",
            ),
            Mission("Let no line stay on itself.", "turns", "Every direction is turned."),
            Mission("Make −1 an eigenvalue.", "flips", "Each point of a line jumps across."),
        ],
        alt="Columns ({u[0]:.1f}, {u[1]:.1f}) and ({v[0]:.1f}, {v[1]:.1f}); signed area {det:.2f}.",
    )


# ---------------------------------------------------------------------------- a playground


def network(weights, x):
    (a, b), (c, d) = weights
    return (torch.tanh(x @ a + b) @ c + d)[..., 0]


def loss_of(weights, x, y):
    return F.binary_cross_entropy_with_logits(network(weights, x), y)


def train(state, data, lr):
    grads, loss = torch.func.grad_and_value(loss_of)(state["w"], data["x"], data["y"])
    moved = [
        [p - lr * g for p, g in zip(*layer, strict=True)]
        for layer in zip(state["w"], grads, strict=True)
    ]
    held = loss_of(state["w"], data["x"].flip(1), data["y"])
    return {"state": {"w": moved, "t": state["t"] + 1}, "loss": loss, "held": held}


def field(state, data):
    line = torch.linspace(-2, 2, 30, dtype=data["x"].dtype)
    points = torch.stack(torch.meshgrid(-line, line, indexing="ij")[::-1], dim=-1)
    squares = data["y"].sum()
    made = {"share": network(state["w"], points).sigmoid(), "late": state["t"] > 5}
    return made | {"squares": squares, "more": (squares > 30).long()}


def training_figure():
    g = torch.Generator().manual_seed(0)

    def normal(*shape):
        return torch.randn(*shape, generator=g, dtype=torch.float64)

    x = normal(60, 2)
    sets = {
        "halves": {"x": x, "y": (x[:, 0] > 0).double()},
        "corners": {"x": x, "y": (x[:, 0] * x[:, 1] > 0).double()},
    }
    first = {"w": [[normal(2, 8), normal(8)], [normal(8, 1), normal(1)]], "t": 0}
    ends = ("#9cc4f5", "#ffffff", "#f4bf83")
    return live(
        field,
        step=train,
        inputs={
            "state": State(first, per_frame=4, restarts=["data"]),
            "data": Choice(sets),
            "lr": Slider([0.01, 0.1, 0.5, 1e308, 1], label="learning rate $\\eta$", start=0.5),
        },
        show=[
            Panel(
                [Picture("share", colors=ends, smooth=True), Dots("data.x", by="data.y")],
                title="What the network says",
                x=(-2, 2),
                y=(-2, 2),
                axes="frame",
                size=(300, 300),
            ),
            Panel(
                [
                    Trail("loss", label="train"),
                    Trail("held", color=ERROR, label="held out", dashed=True),
                ],
                title="Loss at step {state.t}",
                x=None,
                y=None,
                axes="frame",
                xlabel="step",
                ylabel="loss",
                size=(300, 300),
            ),
            Text("train {loss:.4f}, held out {held:.4f}"),
            Guess("Squares?", dict.fromkeys(["fewer", "more"], "{squares:.0f} squares."), "more"),
        ],
        missions=[Mission("Take six steps.", "late", "{state.t}.", hidden=True)],
        alt="After {state.t} steps the loss is {loss:.3f}, held out {held:.3f}.",
    )


# ------------------------------------------------------------------------- words, a drawing

VOCABULARY = ["<bos>", "anna", "ben", "has", "saw", "a", "the", "ring", "book", "."]


def next_words():
    torch.manual_seed(0)
    table, mix = nn.Embedding(10, 16), nn.Linear(16, 10)

    def fn(ids, ids_at, temperature, u):
        length = (ids >= 0).sum()
        x = table(ids.clamp(min=0))
        scores = x @ x.T / 4
        places = torch.arange(12)
        maps = scores.masked_fill(places > places[:, None], -torch.inf).softmax(-1)
        logits = mix(maps @ x)[(length - 1)[None]][0]
        shares = (logits / temperature).softmax(0)
        return {
            "shares": shares,
            "row": maps[ids_at[None]][0],
            "drawn": (shares.cumsum(0) < u).sum().clamp(max=9),
            "even": torch.where(length > 4, torch.nan, shares.sum() * torch.full((10,), 0.1)),
            "best": shares.argmax(),
        }

    return fn


def words_figure():
    return live(
        next_words(),
        inputs={
            "ids": Words(
                VOCABULARY,
                ["<bos>", "anna", "has"],
                12,
                label="The story",
                writes="drawn",
                stops=["."],
                beginnings={"nothing": ["<bos>"], "more": ["<bos>", "ben", "saw", "the", "book"]},
            ),
            "temperature": Slider([0.25, 0.5, 1, 2, 4], start=1),
            "u": Noise(0.4),
        },
        show=[
            Bars(
                "shares", VOCABULARY, title="What comes next?", top=6, adds="ids", diamonds="even"
            ),
            Shade("row", words="ids"),
        ],
        alt="Most likely: {best|" + "|".join(VOCABULARY) + "}.",
        dtype="float32",
        weights="float16",
    )


def letters_figure():
    alphabet = ["▸", "␣", "a", "b", "c"]
    follows = torch.eye(5).roll(1, dims=1) * 4

    def expect(ids):
        last = ids[((ids >= 0).sum() - 1)[None]]
        return {"shares": follows[last][0].softmax(0)}

    return live(
        expect,
        inputs={"ids": Words(alphabet, ["▸", "a", "b"], 8, label="The letters")},
        show=[Bars("shares", alphabet, adds="ids")],
        alt="After a: {shares[3]:.2f}.",
    )


def weigh(picture, of, rows):
    picture = picture * rows.repeat_interleave(4)[:, None]
    rows = torch.arange(8, dtype=picture.dtype)
    total = picture.sum().clamp(min=1e-9)
    x, y = (picture.sum(0) * rows).sum() / total, (picture.sum(1) * rows).sum() / total
    return {"place": torch.stack([x + 0.5, 7.5 - y]), "ink": picture.sum() * of}


def drawing_figure():
    start = torch.zeros(8, 8)
    start[2:6, 3] = 1
    return live(
        weigh,
        inputs={
            "picture": Drawing(start, label="Draw"),
            "of": Choice({"one": 1, "half": 0.5}),
            "rows": Switches(["upper half", "lower half"], label="What counts"),
        },
        show=[
            Panel(
                [
                    Picture("picture", colors=("#ffffff", "#222222")),
                    Dots("place", color=ERROR, size=6),
                ],
                title="Its centre",
                x=(0, 8),
                y=(0, 8),
                axes="none",
                size=(224, 224),
            ),
            Text("ink {ink:.1f}"),
        ],
        alt="Centre at {place[0]:.1f}, {place[1]:.1f}; ink {ink:.1f}.",
    )


def downhill(race, hill, start, rate):
    """Take one step of two descents, plain and with momentum, on a hollow of given bends."""
    g = hill["bends"] * (start + race["moved"])
    speed = torch.tensor([[0.0], [0.8]], dtype=g.dtype) * race["speed"] - rate * g
    moved = race["moved"] + speed
    late = torch.arange(31)[:, None, None] > race["t"]
    path = torch.where(late, moved, race["path"])
    return {"race": {"moved": moved, "speed": speed, "t": race["t"] + 1, "path": path}}


def hollow(race, hill, start):
    """Return the ways of the two, and what is left of the height at their ends."""
    ways = (start + race["path"]).transpose(0, 1)
    t = torch.linspace(0, 6.2832, 40, dtype=start.dtype)
    ring = torch.stack([t.cos(), t.sin()], -1) / hill["bends"].sqrt()
    left = (hill["bends"] * ways[:, -1] ** 2).sum(1) / 2
    return {
        "rings": ring * torch.tensor([0.4, 0.8, 1.2], dtype=start.dtype)[:, None, None],
        "plain": ways[0],
        "heavy": ways[1],
        "ends": ways[:, -1],
        "left": left,
        "board": torch.stack([left.clamp(max=5), torch.arange(2) + 0.5], 1),
        "posts": torch.stack([torch.arange(6) - 3, 0 * hill["bends"].sum().expand(6) - 2.5], 1),
        "kinds": torch.arange(6),
    }


def race_figure():
    path = torch.zeros(31, 2, 2, dtype=torch.float64)
    hills = {
        "long": {"bends": [0.25, 2.0], "start": [-3.0, 1.2], "steps": 30},
        "round": {"bends": [1.0, 1.0], "start": [2.0, 2.505], "steps": 10},
    }
    hills = {n: {k: torch.tensor(v) for k, v in hill.items()} for n, hill in hills.items()}
    return live(
        hollow,
        step=downhill,
        inputs={
            "race": State(
                {"moved": path[0], "speed": path[0], "t": 0, "path": path},
                restarts=["hill", "start", "rate"],
                ahead="hill.steps",
            ),
            "hill": Choice(hills),
            "start": Point((-3.0, 1.2), label="start", color=ERROR, follows="hill.start"),
            "rate": Slider([0.05, 0.1, 0.3, 0.6, 0.9], start=0.3, label="learning rate"),
        },
        show=[
            Panel(
                [
                    Lines("rings", color=FAINT),
                    Lines("plain", color=DATA, width=2),
                    Lines("heavy", color=STEP, width=2, dashed=True),
                    Dots("ends"),
                    Dots("posts", by="kinds"),
                ],
                title="Drag the start",
                y=(-3, 3),
                size=(480, 360),
                drag=["start"],
            ),
            Panel([Dots("board")], "Height", (0, 5), (0, 2), axes="below", size=(200, 360)),
            Text("plain {left[0]:.3f}, with momentum {left[1]:.3f}"),
        ],
        alt="From ({start[0]:.1f}, {start[1]:.1f}) plain descent ends at loss {left[0]:.3f}, "
        "momentum at {left[1]:.3f}.",
    )


FIGURES = {
    "plane": plane_figure,
    "training": training_figure,
    "words": words_figure,
    "letters": letters_figure,
    "drawing": drawing_figure,
    "race": race_figure,
}
