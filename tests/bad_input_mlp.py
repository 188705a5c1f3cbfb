"""A right call of each public function of mlp, for the tests of bad input."""

import numpy as np
from bad_values import (
    ARRAY,
    BELOW_ONE,
    COUNT,
    FINITE,
    GIVEN,
    MATRIX,
    NAME,
    NONNEGATIVE,
    POSITIVE,
    RNG,
    VECTOR,
    Kind,
    array,
    door,
    function_of,
    instance,
    things,
    whole,
)

from notebooklib import mlp, optim

MODULES = [mlp]
LEFT_OUT = {
    "mlp.activations.Activation": "a constant of the table ACTIVATIONS",
    "mlp.network.Gradients": "a result of `backpropagation`",
    "mlp.network.LearningCurve": "a result of `fit`",
    "mlp.notes.NotesNetwork.non_linearity": "one line of the notes, inside the checked methods",
    "mlp.notes.NotesNetwork.d_non_linearity": "one line of the notes, inside the checked methods",
    "mlp.notes.NotesNetwork.cost_derivative": "one line of the notes, inside the checked methods",
}
RANDOM = np.random.default_rng(0)
NETWORK = mlp.Network([2, 3, 2], rng=np.random.default_rng(0))
NOTES = mlp.NotesNetwork([2, 3, 2], rng=np.random.default_rng(0))
X, Y = [[1, 2], [3, 4], [0, 1]], [[1, 0], [0, 1], [0.5, 0.5]]
COLUMNS = [[[1], [2]], [[0], [1]]]
SELF = (GIVEN, NETWORK)
DATA = {"X": (MATRIX, X), "y": (ARRAY, Y)}
LAYERS = things(COUNT)
OPTIONS = {"activation": (NAME, "relu"), "output": (NAME, "identity"), "loss": (NAME, "mse")}


def tent(z):
    return np.abs(z)


def outcome(result):
    """Return the kind of a function of arrays whose result is checked."""
    wrong = {"a number": 1.0, "nothing": None, "texts": ["1"], "nan": np.full(4, np.nan)}

    def bad(right):
        return function_of(1).bad(right) | {k: lambda x, v=v: v for k, v in wrong.items()}

    return Kind(bad, lambda right: {"lists": lambda x: right(x).tolist()}, callable)


def _logits(right):
    wrong = {"nan": [[1.0, np.nan]], "inf": [[np.inf, 1.0]], "nothing": [[-np.inf, -np.inf]]}
    return array(finite=False).bad(right) | wrong | {"a number": 3.0}


LOGITS = Kind(_logits, ARRAY.unusual)


def penalty_kind():
    def bad(right):
        wrong = {"nothing": None, "a number": 1.0, "one gradient": (1.0, [np.zeros(2)])}
        return function_of(1).bad(right) | {k: lambda p, v=v: v for k, v in wrong.items()}

    return Kind(bad, admits=callable)


def optional(kind):
    """Return the kind of an argument that may be None."""

    def bad(right):
        return {label: value for label, value in kind.bad(right).items() if label != "None"}

    return Kind(bad, kind.unusual, lambda value: value is None or kind.admits(value))


def fitted(network, **arguments):
    network.fit(**arguments)
    return network


def imposed(importance, anchor, strength):
    return mlp.ewc_penalty(importance, anchor, strength)([np.array([2.0, 2.0]), np.array([1.0])])


SQUARES = [p**2 for p in NETWORK.parameters]
ENERGY = [[1, 2], [3]]
TRAINING = [(COLUMNS[0], COLUMNS[1]), (COLUMNS[1], COLUMNS[0])]
DOORS = [
    door(mlp.activation, name=(NAME, "relu"), named={"name": "activation"}),
    door(mlp.Activation.__call__, self=(GIVEN, mlp.activation("gelu")), z=(ARRAY, X)),
    door(mlp.Activation.derivative, self=(GIVEN, mlp.activation("tanh")), z=(ARRAY, X)),
    door(mlp.softmax, z=(LOGITS, X), temperature=(POSITIVE, 0.5), axis=(whole(-2, 1), 0)),
    door(mlp.cross_entropy, logits=(MATRIX, X), targets=(MATRIX, Y)),
    door(mlp.mean_squared_error, predictions=(MATRIX, X), targets=(MATRIX, Y)),
    door(mlp.quadratic_cost, predictions=(MATRIX, X), targets=(MATRIX, Y)),
    door(mlp.one_hot, labels=(VECTOR, [2, 0]), num_classes=(whole(1, 1_000_000), 3)),
    door(mlp.dropout, a=(ARRAY, X), p=(BELOW_ONE, 0.5), rng=(RNG, RANDOM)),
    door(mlp.Network, sizes=(LAYERS, [2, 3, 2]), **OPTIONS, rng=(RNG, RANDOM)),
    door(
        mlp.Network.from_weights,
        weights=(things(MATRIX), [[[1, 2]], [[1], [2]]]),
        biases=(things(VECTOR), [[1], [1, 2]]),
        **OPTIONS,
    ),
    *(
        door(method, self=SELF, X=(MATRIX, X))
        for method in (
            mlp.Network.forward,
            mlp.Network.__call__,
            mlp.Network.probabilities,
            mlp.Network.predict,
        )
    ),
    door(mlp.Network.backpropagation, self=SELF, X=(MATRIX, X), Y=(ARRAY, Y)),
    door(mlp.Network.accuracy, self=SELF, **DATA),
    door(mlp.Network.loss, self=SELF, **DATA),
    door(
        fitted,
        of=mlp.Network.fit,
        changes=("network",),
        network=SELF,
        **DATA,
        epochs=(COUNT, 2),
        batch_size=(COUNT, 2),
        optimizer=(instance(optim.Optimizer), optim.Adam(0.1)),
        rng=(RNG, RANDOM),
        validation=(optional(things()), [X, Y]),
        penalty=(optional(penalty_kind()), mlp.ewc_penalty(SQUARES, NETWORK.parameters, 0.5)),
    ),
    door(
        mlp.fisher_diagonal,
        network=(instance(mlp.Network), NETWORK),
        X=(MATRIX, X),
        y=(optional(ARRAY), Y),
    ),
    door(
        imposed,
        of=mlp.ewc_penalty,
        importance=(things(VECTOR), ENERGY),
        anchor=(things(VECTOR), ENERGY),
        strength=(NONNEGATIVE, 0.5),
    ),
    door(
        lambda image, rng: mlp.permute_pixels(image, X, rng=rng),
        of=mlp.permute_pixels,
        named={"image": "images"},
        image=(MATRIX, X),
        rng=(RNG, RANDOM),
    ),
    door(mlp.sawtooth, depth=(whole(1, 1000), 2)),
    door(
        mlp.count_linear_pieces,
        network=(instance(mlp.Network), mlp.sawtooth(2)),
        low=(FINITE, 0),
        high=(FINITE, 1),
    ),
    door(mlp.maxout, x=(ARRAY, X), slopes=(VECTOR, [1, 2]), intercepts=(VECTOR, [0, 1])),
    door(
        mlp.maxout_tangents,
        f=(outcome(4), np.square),
        derivative=(outcome(4), tent),
        pieces=(whole(1, 1_000_000), 4),
        low=(FINITE, 0),
        high=(FINITE, 1),
    ),
    door(mlp.NotesNetwork, sizes=(LAYERS, [2, 3, 2]), rng=(RNG, RANDOM)),
    door(
        mlp.NotesNetwork.sgd,
        self=(GIVEN, NOTES),
        changes=("self",),
        training_data=(things(things(MATRIX)), TRAINING),
        epochs=(COUNT, 2),
        mini_batch_size=(COUNT, 1),
        eta=(POSITIVE, 0.5),
        rng=(RNG, RANDOM),
        test_data=(optional(things(things(MATRIX))), TRAINING),
    ),
    door(
        mlp.NotesNetwork.update_mini_batch,
        self=(GIVEN, NOTES),
        changes=("self",),
        mini_batch=(things(things(MATRIX)), TRAINING),
        eta=(POSITIVE, 0.5),
    ),
    door(
        mlp.NotesNetwork.backpropagation,
        self=(GIVEN, NOTES),
        x=(MATRIX, COLUMNS[0]),
        y=(MATRIX, COLUMNS[1]),
    ),
    door(mlp.NotesNetwork.evaluate, self=(GIVEN, NOTES), test_data=(things(), TRAINING)),
    door(mlp.NotesNetwork.feedforward, self=(GIVEN, NOTES), x=(MATRIX, COLUMNS[0])),
]
