"""A right call of each public function of the recurrent module."""

import torch
from bad_input_torch import GENERATOR, floats, ids, maybe, name, on, only, whole_numbers
from bad_values import COUNT, FINITE, FLAG, POSITIVE, array, door, number, whole
from torch import nn

from notebooklib import recurrent
from notebooklib.training import seeded

MODULES = [recurrent]
LEFT_OUT = {"recurrent.LSTMStates": "a result of lstm"}
SIZE = whole(1, 10_000)


def layer(kind):
    with seeded(0):
        return recurrent.memory(kind, 3, 2)


def language_model():
    with seeded(0):
        return recurrent.RecurrentLM(9, 4, width=3)


X = torch.linspace(-1, 1, 12, dtype=torch.float64).reshape(1, 4, 3)
START = torch.zeros(1, 2, dtype=torch.float64)
IDS = torch.tensor([[1, 2, 3]])


def weights(kind):
    found = (weight.detach() for weight in recurrent.weights_of(layer(kind)))
    return {key: (floats(), value) for key, value in zip(("W_x", "W_h", "b"), found, strict=True)}


DOORS = [
    door(
        recurrent.rnn,
        x=(floats("float16"), X),
        **weights("rnn"),
        h0=(floats("None"), START),
        activation=(name(), "tanh"),
    ),
    door(
        lambda **given: list(recurrent.lstm(**given)),
        of=recurrent.lstm,
        x=(floats("float16"), X),
        **weights("lstm"),
        h0=(floats("None"), START),
        c0=(floats("None"), START),
    ),
    door(
        recurrent.weights_of,
        changes=("layer",),  # not so: but PyTorch's weak references do not compare
        layer=(
            only(nn.RNN | nn.LSTM, gru=nn.GRU(1, 1), bare=nn.RNN(1, 1, bias=False)),
            layer("rnn"),
        ),
    ),
    door(
        lambda **given: repr(recurrent.set_gate_bias(**given)),
        of=recurrent.set_gate_bias,
        changes=("layer",),
        layer=(only(nn.LSTM, rnn=nn.RNN(1, 1), bare=nn.LSTM(1, 1, bias=False)), layer("lstm")),
        gate=(name(), "input"),
        bias=(FINITE, 2),
    ),
    door(recurrent.half_life, bias=(FINITE, 2)),
    door(recurrent.spectral_radius, W=(array(2), [[3, 1], [2, 4]])),
    door(
        recurrent.matrix_of_radius,
        size=(SIZE, 3),
        radius=(number(0), 0.5),
        generator=(GENERATOR, None),
    ),
    door(
        recurrent.influence,
        W_h=(floats("float16"), torch.eye(2, dtype=torch.float64)),
        states=(floats(), torch.zeros(3, 2, dtype=torch.float64)),
        activation=(name(), "tanh"),
    ),
    door(
        recurrent.recall_task,
        rows=(SIZE, 3),
        delay=(SIZE, 2),
        letters=(whole(2, 100), 4),
        disturbed=(FLAG, True),
        generator=(GENERATOR, None),
    ),
    door(
        recurrent.windows,
        series=(array(1), [1, 2, 4, 8, 16]),
        size=(COUNT, 2),
        horizon=(COUNT, 1),
    ),
    door(
        lambda **given: repr(recurrent.LinearMemory(**given)),
        of=recurrent.LinearMemory,
        input_size=(SIZE, 3),
        hidden_size=(SIZE, 2),
    ),
    on(
        lambda: layer("linear"),
        recurrent.LinearMemory.forward,
        x=(floats(), X),
        h0=(floats("None"), START),
    ),
    door(
        lambda **given: repr(recurrent.memory(**given)),
        of=recurrent.memory,
        kind=(name(), "lstm"),
        input_size=(SIZE, 3),
        hidden_size=(SIZE, 2),
    ),
    door(
        lambda **given: repr(recurrent.RecurrentLM(**given)),
        of=recurrent.RecurrentLM,
        vocab_size=(SIZE, 9),
        hidden_size=(SIZE, 4),
        width=(SIZE, 3),
        forget_bias=(FINITE, 1),
    ),
    on(language_model, recurrent.RecurrentLM.forward, ids=(ids(9), IDS)),
    on(language_model, recurrent.RecurrentLM.read, ids=(ids(9), IDS)),
    on(
        language_model,
        recurrent.RecurrentLM.write,
        prompt=(whole_numbers(9), [1, 2]),
        length=(SIZE, 3),
        rows=(SIZE, 2),
        temperature=(POSITIVE, 0.5),
        stop=(maybe(whole(0)), None),
        generator=(GENERATOR, None),
    ),
]
