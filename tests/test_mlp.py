import copy
import itertools

import numpy as np
import pytest
import sympy
import torch
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy import special
from sklearn.datasets import load_digits

from notebooklib import mlp
from notebooklib.mlp import Network, NotesNetwork
from notebooklib.optim import SGD, Adam, cosine_decay

TORCH_ACTIVATIONS = {
    "identity": lambda z: z * 1,
    "relu": torch.relu,
    "leaky_relu": torch.nn.functional.leaky_relu,
    "sigmoid": torch.sigmoid,
    "tanh": torch.tanh,
    "softplus": lambda z: torch.logaddexp(z, torch.zeros_like(z)),
    "gelu": lambda z: torch.nn.functional.gelu(z, approximate="tanh"),
}
TORCH_LOSSES = {
    "cross_entropy": torch.nn.functional.cross_entropy,
    "mse": torch.nn.functional.mse_loss,
    "quadratic": lambda a, y: ((a - y) ** 2).sum() / (2 * len(a)),
}
Z = np.concatenate([np.linspace(-8, 8, 33), [-800.0, -40.0, 40.0, 800.0]])
logits = arrays(np.float64, (3, 4), elements=st.floats(-50, 50))


def rng(seed=0):
    return np.random.default_rng(seed)


def batch(network, n=7, seed=1):
    """Return random examples, and targets that suit every loss."""
    r = rng(seed)
    return r.standard_normal((n, network.sizes[0])), r.dirichlet(np.ones(network.sizes[-1]), n)


def same_start(sizes):
    """Return the notes' network and ours with the same weights, layers and cost."""
    notes = NotesNetwork(sizes, rng=rng())
    options = {"activation": "sigmoid", "output": "sigmoid", "loss": "quadratic"}
    return notes, Network.from_weights(notes.weights, [b[:, 0] for b in notes.biases], **options)


@pytest.fixture(scope="module")
def digits():
    X, y = load_digits(return_X_y=True)
    order = rng().permutation(len(X))
    train, test = order[:1437], order[1437:]
    return X[train] / 16, y[train], X[test] / 16, y[test]


# ---- activations


@pytest.mark.parametrize("name", mlp.ACTIVATIONS)
def test_activations_and_derivatives_equal_torch(name):
    z = torch.tensor(Z, requires_grad=True)
    a = TORCH_ACTIVATIONS[name](z)
    a.sum().backward()
    ours = mlp.activation(name)
    np.testing.assert_allclose(ours(Z), a.detach().numpy(), rtol=1e-12, atol=1e-15)
    np.testing.assert_allclose(ours.derivative(Z), z.grad.numpy(), rtol=1e-10, atol=1e-15)


@given(logits)
def test_softmax_equals_scipy(z):
    np.testing.assert_allclose(mlp.softmax(z), special.softmax(z, axis=-1), rtol=1e-11)


@given(logits, st.floats(-1e3, 1e3))
def test_softmax_sums_to_one_and_ignores_a_shift(z, shift):
    p = mlp.softmax(z)
    np.testing.assert_allclose(p.sum(axis=-1), 1, rtol=1e-12)
    np.testing.assert_allclose(mlp.softmax(z + shift), p, atol=1e-10)


# ---- losses


@pytest.mark.parametrize("name", mlp.LOSSES)
def test_losses_and_gradients_equal_torch(name):
    r = rng()
    predictions = torch.tensor(3 * r.standard_normal((5, 4)), requires_grad=True)
    targets = r.dirichlet(np.ones(4), 5)
    expected = TORCH_LOSSES[name](predictions, torch.tensor(targets))
    expected.backward()
    loss, gradient = mlp.LOSSES[name](predictions.detach().numpy(), targets)
    assert loss == pytest.approx(expected.item(), abs=1e-12)
    np.testing.assert_allclose(gradient, predictions.grad.numpy(), rtol=0, atol=1e-12)


def test_cross_entropy_stays_finite_for_huge_logits():
    loss, gradient = mlp.cross_entropy([[1000.0, -1000.0]], [[0.0, 1.0]])
    assert loss == 2000 and gradient.tolist() == [[1.0, -1.0]]


@given(logits, st.lists(st.integers(0, 3), min_size=3, max_size=3))
def test_cross_entropy_is_not_negative_and_its_gradient_sums_to_zero(z, labels):
    loss, gradient = mlp.cross_entropy(z, mlp.one_hot(labels, 4))
    assert loss >= 0
    np.testing.assert_allclose(gradient.sum(axis=1), 0, atol=1e-12)


@given(st.lists(st.integers(0, 6), min_size=1))
def test_one_hot_is_undone_by_argmax(labels):
    Y = mlp.one_hot(labels, 7)
    assert Y.argmax(axis=1).tolist() == labels and Y.sum() == len(labels) == (Y == 1).sum()


def test_dropout_keeps_the_mean_and_drops_the_share():
    out = mlp.dropout(np.ones(100_000), 0.3, rng=rng())
    assert (out == 0).mean() == pytest.approx(0.3, abs=0.005)
    assert out.mean() == pytest.approx(1, abs=0.01) and set(out) == {0, 1 / 0.7}
    np.testing.assert_array_equal(mlp.dropout(Z, 0, rng=rng()), Z)


# ---- backpropagation


@pytest.mark.parametrize("loss", mlp.LOSSES)
@pytest.mark.parametrize("name", mlp.ACTIVATIONS)
def test_backpropagation_equals_autograd(name, loss):
    output = "identity" if loss == "cross_entropy" else name
    network = Network([4, 6, 5, 3], activation=name, output=output, loss=loss, rng=rng())
    X, Y = batch(network)
    params = [torch.tensor(p, requires_grad=True) for p in network.parameters]
    x = torch.tensor(X)
    for W, b, f in zip(params[:3], params[3:], [name, name, output], strict=True):
        x = TORCH_ACTIVATIONS[f](x @ W.T + b)
    expected = TORCH_LOSSES[loss](x, torch.tensor(Y))
    expected.backward()
    value, weights, biases = network.backpropagation(X, Y)
    assert value == pytest.approx(expected.item(), abs=1e-12)
    for ours, theirs in zip(weights + biases, params, strict=True):
        np.testing.assert_allclose(ours, theirs.grad.numpy(), rtol=0, atol=1e-10)


@pytest.mark.parametrize("loss", mlp.LOSSES)
def test_backpropagation_equals_finite_differences(loss):
    network = Network([3, 4, 2], activation="tanh", loss=loss, rng=rng())
    X, Y = batch(network)
    _, weights, biases = network.backpropagation(X, Y)
    for gradient, p in zip(weights + biases, network.parameters, strict=True):
        for index in np.ndindex(p.shape):
            p[index] += 1e-6
            above = network.loss(X, Y)
            p[index] -= 2e-6
            below = network.loss(X, Y)
            p[index] += 1e-6
            assert gradient[index] == pytest.approx((above - below) / 2e-6, abs=1e-8)


def test_a_batch_gradient_is_the_mean_over_its_examples():
    network = Network([3, 4, 2], rng=rng())
    X, Y = batch(network)
    whole = network.backpropagation(X, Y)
    single = [network.backpropagation(X[[i]], Y[[i]]) for i in range(len(X))]
    assert whole.loss == pytest.approx(np.mean([s.loss for s in single]))
    np.testing.assert_allclose(whole.weights[0], np.mean([s.weights[0] for s in single], axis=0))


def test_forward_by_hand_on_a_2_2_1_network():
    network = Network.from_weights(
        [[[1.0, 2.0], [-1.0, 1.0]], [[3.0, -2.0]]], [[0.5, -2.0], [1.0]], loss="mse"
    )
    zs, xs = network.forward([[1.0, 2.0]])
    assert [z.tolist() for z in zs] == [[[5.5, -1.0]], [[17.5]]]
    assert [x.tolist() for x in xs] == [[[1.0, 2.0]], [[5.5, 0.0]], [[17.5]]]
    loss, (W1, W2), (b1, b2) = network.backpropagation([[1.0, 2.0]], [[17.0]])  # ∂L/∂ŷ = 1
    assert loss == 0.25 and W2.tolist() == [[5.5, 0.0]] and b2.tolist() == [1.0]
    assert W1.tolist() == [[3.0, 6.0], [0.0, 0.0]] and b1.tolist() == [3.0, 0.0]


# ---- the notes' network


def test_gradients_equal_the_notes():
    notes, network = same_start([5, 4, 3])
    X, Y = batch(network)
    _, weights, biases = network.backpropagation(X, Y)
    pairs = [notes.backpropagation(x[:, None], y[:, None]) for x, y in zip(X, Y, strict=True)]
    for layer in range(2):
        theirs_b = np.mean([nabla_b[layer][:, 0] for nabla_b, _ in pairs], axis=0)
        theirs_w = np.mean([nabla_w[layer] for _, nabla_w in pairs], axis=0)
        np.testing.assert_allclose(biases[layer], theirs_b, rtol=0, atol=1e-12)
        np.testing.assert_allclose(weights[layer], theirs_w, rtol=0, atol=1e-12)


def test_whole_training_runs_equal_the_notes(digits):
    X, y, X_test, y_test = digits
    notes, network = same_start([64, 30, 10])
    Y, Y_test = mlp.one_hot(y, 10), mlp.one_hot(y_test, 10)
    pairs = [(x[:, None], t[:, None]) for x, t in zip(X, Y, strict=True)]
    tests = [(x[:, None], t[:, None]) for x, t in zip(X_test, Y_test, strict=True)]
    correct = notes.sgd(pairs, 3, 32, 3.0, rng=rng(5), test_data=tests)
    history = network.fit(
        X, y, epochs=3, batch_size=32, optimizer=SGD(3.0), rng=rng(5), validation=(X_test, y_test)
    )
    for W, w, b, c in zip(
        network.weights, notes.weights, network.biases, notes.biases, strict=True
    ):
        np.testing.assert_allclose(W, w, rtol=0, atol=1e-12)
        np.testing.assert_allclose(b, c[:, 0], rtol=0, atol=1e-12)
    np.testing.assert_allclose(history.validation_accuracy, np.array(correct) / len(y_test))


# ---- training


def test_digits_reach_96_percent(digits):
    X, y, X_test, y_test = digits
    r = rng(0)
    network = Network([64, 64, 10], rng=r)
    history = network.fit(
        X, y, epochs=30, batch_size=32, optimizer=Adam(3e-3), rng=r, validation=(X_test, y_test)
    )
    assert network.accuracy(X_test, y_test) >= 0.96
    assert history.validation_accuracy[-1] == network.accuracy(X_test, y_test)
    assert history.validation_loss[-1] == pytest.approx(network.loss(X_test, y_test))
    assert history.loss.shape == (30,) and history.loss[-1] < 0.05 < history.loss[0]


def test_regression_learns_a_sine():
    X = np.linspace(-3, 3, 200)[:, None]
    network = Network([1, 32, 1], activation="tanh", loss="mse", rng=rng())
    schedule = cosine_decay(0.02, total=1000)
    network.fit(X, np.sin(X[:, 0]), epochs=100, batch_size=20, optimizer=Adam(schedule), rng=rng())
    assert network.loss(X, np.sin(X)) < 5e-3
    assert np.isnan(network.accuracy(X, np.sin(X)))


def test_training_is_decided_by_the_seeds(digits):
    X, y, *_ = digits

    def trained(seed):
        network = Network([64, 8, 10], rng=rng(0))
        network.fit(X, y, epochs=1, batch_size=50, optimizer=SGD(0.1), rng=rng(seed))
        return network.weights[0]

    np.testing.assert_array_equal(trained(1), trained(1))
    assert not np.array_equal(trained(1), trained(2))


def test_a_full_batch_epoch_is_one_gradient_step():
    network = Network([3, 4, 2], rng=rng())
    X, Y = batch(network)
    expected = network.weights[0] - 0.5 * network.backpropagation(X, Y).weights[0]
    history = network.fit(X, Y, epochs=1, batch_size=100, optimizer=SGD(0.5), rng=rng())
    np.testing.assert_allclose(network.weights[0], expected, rtol=0, atol=1e-14)
    assert history.validation_loss is None and history.validation_accuracy is None


def test_the_epoch_loss_weighs_a_short_last_batch_by_its_size():
    network = Network([3, 4, 2], rng=rng())
    X, Y = batch(network, n=7)
    at_rest = network.loss(X, Y)
    history = network.fit(X, Y, epochs=1, batch_size=3, optimizer=SGD(1e-12), rng=rng())
    assert history.loss[0] == pytest.approx(at_rest, rel=1e-9)


def test_fit_changes_neither_data_nor_the_old_arrays():
    network = Network([3, 4, 2], rng=rng())
    X, Y = batch(network)
    twin, old, X_old = copy.copy(network), [p.copy() for p in network.parameters], X.copy()
    network.fit(X, Y, epochs=2, batch_size=3, optimizer=Adam(0.1), rng=rng())
    np.testing.assert_array_equal(X, X_old)
    for p, o in zip(twin.parameters, old, strict=True):
        np.testing.assert_array_equal(p, o)


def test_a_diverging_run_is_recorded_without_a_warning():
    network = Network([1, 8, 1], activation="identity", loss="mse", rng=rng())
    X = np.linspace(-1, 1, 20)[:, None]
    history = network.fit(X, X, epochs=30, batch_size=20, optimizer=SGD(50.0), rng=rng())
    assert not np.isfinite(history.loss[-1])


@pytest.mark.parametrize(("name", "variance"), [("relu", 2 / 400), ("tanh", 2 / 700)])
def test_initial_weights_have_the_spread_of_he_or_xavier(name, variance):
    W = Network([400, 300, 2], activation=name, rng=rng()).weights[0]
    assert W.var() == pytest.approx(variance, rel=0.02) and abs(W.mean()) < 1e-3


def test_probabilities_and_predictions_agree():
    network = Network([3, 4, 5], rng=rng())
    X, _ = batch(network)
    p = network.probabilities(X)
    np.testing.assert_allclose(p.sum(axis=1), 1)
    assert network.predict(X).tolist() == p.argmax(axis=1).tolist()


# ---- elastic weight consolidation


@pytest.mark.parametrize("labels", [None, [0, 2, 1, 1, 0, 2, 2]])
def test_fisher_diagonal_equals_a_loop_over_examples_and_classes(labels):
    network = Network([3, 4, 3], rng=rng())
    X, _ = batch(network)
    p = network.probabilities(X) if labels is None else mlp.one_hot(labels, 3)
    expected = [np.zeros_like(q) for q in network.parameters]
    for i, c in itertools.product(range(len(X)), range(3)):
        _, weights, biases = network.backpropagation(X[[i]], [c])  # of -log p(c | x)
        for e, g in zip(expected, weights + biases, strict=True):
            e += p[i, c] * g**2 / len(X)
    for ours, e in zip(mlp.fisher_diagonal(network, X, labels), expected, strict=True):
        np.testing.assert_allclose(ours, e, rtol=1e-10, atol=1e-15)


def test_fisher_diagonal_is_the_hessian_of_softmax_regression():
    network = Network([2, 3], rng=rng())  # there the expected and the observed information agree
    X, _ = batch(network)
    W = torch.tensor(network.weights[0])
    labels = torch.tensor([0, 1, 2, 0, 1, 2, 0])
    hessian = torch.autograd.functional.hessian(
        lambda W: torch.nn.functional.cross_entropy(torch.tensor(X) @ W.T, labels), W
    )
    diagonal = torch.einsum("ijij->ij", hessian)
    np.testing.assert_allclose(mlp.fisher_diagonal(network, X)[0], diagonal, rtol=1e-10)


def test_ewc_penalty_equals_autograd():
    r = rng()
    b, old, new = ([np.abs(r.standard_normal(s)) for s in ((2, 3), (3,))] for _ in range(3))
    value, gradients = mlp.ewc_penalty(b, old, 0.7)(new)
    theta = [torch.tensor(p, requires_grad=True) for p in new]
    terms = zip(b, theta, old, strict=True)
    expected = 0.7 * sum((torch.tensor(a) * (t - torch.tensor(o)) ** 2).sum() for a, t, o in terms)
    expected.backward()
    assert value == pytest.approx(expected.item())
    for g, t in zip(gradients, theta, strict=True):
        np.testing.assert_allclose(g, t.grad.numpy())


def test_a_penalty_of_ones_shrinks_weights_as_weight_decay_does():
    network = Network([3, 4, 2], rng=rng())
    X, Y = batch(network)
    ones, zeros = ([f(p) for p in network.parameters] for f in (np.ones_like, np.zeros_like))
    W, g = network.weights[0], network.backpropagation(X, Y).weights[0]
    history = network.fit(
        X,
        Y,
        epochs=1,
        batch_size=7,
        optimizer=SGD(0.1),
        rng=rng(),
        penalty=mlp.ewc_penalty(ones, zeros, 0.5),
    )
    np.testing.assert_allclose(network.weights[0], 0.9 * W - 0.1 * g, rtol=0, atol=1e-14)
    assert history.loss[0] > network.loss(X, Y)


def test_elastic_weights_forget_less(digits):
    X, y, X_test, y_test = digits
    X_new, X_new_test = mlp.permute_pixels(X, X_test, rng=rng(5))
    r = rng(0)
    network = Network([64, 64, 10], rng=r)
    network.fit(X, y, epochs=15, batch_size=32, optimizer=Adam(3e-3), rng=r)
    importance, anchor = mlp.fisher_diagonal(network, X), network.parameters
    old, new = [], []
    for strength in (0.0, 10.0, 1000.0):
        second = copy.copy(network)
        penalty = mlp.ewc_penalty(importance, anchor, strength)
        second.fit(
            X_new, y, epochs=15, batch_size=32, optimizer=Adam(1e-3), rng=rng(1), penalty=penalty
        )
        old.append(second.accuracy(X_test, y_test))
        new.append(second.accuracy(X_new_test, y_test))
    assert old[0] + 0.05 < old[1] < old[2]
    assert new[0] > new[1] > new[2] + 0.05


def test_permute_pixels_uses_one_order_for_all():
    A = rng().random((3, 6))
    first, second = mlp.permute_pixels(A, 10 * A, rng=rng())
    np.testing.assert_array_equal(second, 10 * first)
    np.testing.assert_array_equal(np.sort(first, axis=1), np.sort(A, axis=1))
    assert not np.array_equal(first, A)


# ---- depth, maxout


@pytest.mark.parametrize("depth", range(1, 11))
def test_sawtooth_is_the_tent_applied_again_and_again(depth):
    x = np.linspace(0, 1, 999)
    expected = x
    for _ in range(depth):
        expected = 1 - np.abs(1 - 2 * expected)
    ours = mlp.sawtooth(depth)(x[:, None])[:, 0]
    np.testing.assert_allclose(ours, expected, rtol=0, atol=1e-12 * 2**depth)
    assert mlp.count_linear_pieces(mlp.sawtooth(depth)) == 2**depth


@given(st.integers(0, 10_000), st.integers(1, 12))
def test_one_hidden_layer_has_at_most_a_piece_more_than_nodes(seed, nodes):
    r = rng(seed)
    network = Network([1, nodes, 1], loss="mse", rng=r)
    network.biases[0] = r.standard_normal(nodes)
    kinks = np.unique(-network.biases[0] / network.weights[0][:, 0])
    pieces = mlp.count_linear_pieces(network, -1e6, 1e6)
    assert pieces == 1 + ((-1e6 < kinks) & (kinks < 1e6)).sum() <= nodes + 1


@pytest.mark.parametrize("name", ["relu", "leaky_relu"])
def test_pieces_of_a_deep_random_network_equal_a_count_on_a_grid(name):
    network = Network([1, 6, 6, 1], activation=name, loss="mse", rng=rng(3))
    network.biases[:2] = [rng(4).standard_normal(6), rng(5).standard_normal(6)]
    x = np.linspace(-3, 3, 600_001)[:, None]
    bends = np.abs(np.diff(network(x)[:, 0], 2)) > 1e-9
    starts = bends & ~np.concatenate([[False], bends[:-1]])  # a kink between points bends twice
    assert mlp.count_linear_pieces(network, -3, 3) == 1 + starts.sum() > 3


@given(st.lists(st.tuples(st.floats(-5, 5), st.floats(-5, 5)), min_size=1, max_size=6))
def test_maxout_is_convex(lines):
    h = mlp.maxout(np.linspace(-2, 2, 101), *zip(*lines, strict=True))
    assert (np.diff(h, 2) >= -1e-9).all()


def test_maxout_tangents_touch_from_below():
    x = np.linspace(0, 2, 1001)
    w, b = mlp.maxout_tangents(np.exp, np.exp, 4, low=0, high=2)
    gap = np.exp(x) - mlp.maxout(x, w, b)
    assert gap.min() > -1e-12 and gap.max() < 0.25
    assert gap[125] == pytest.approx(0, abs=1e-12)  # x = 1/4, the middle of the first quarter


# ---- wrong input


def net():
    return Network([3, 4, 2], rng=rng())


def fit(X=((0.0, 1.0, 2.0),), y=(1,), **changes):
    options = {"epochs": 1, "batch_size": 1, "optimizer": SGD(0.1), "rng": rng()}
    return net().fit(X, y, **(options | changes))


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: mlp.activation("swish2"), "activation: expected one of 'gelu', .* got 'swish2'"),
        (
            lambda: Network([2, 2], activation="swish2", rng=rng()),
            "activation: expected one of 'gelu', 'identity', .* got 'swish2'",
        ),
        (lambda: Network([2, 2], output="softmax", rng=rng()), "output: expected .* got 'softmax'"),
        (
            lambda: Network([2, 2], loss="hinge", rng=rng()),
            "loss: expected one of 'cross_entropy', 'mse', 'quadratic', got 'hinge'",
        ),
        (lambda: Network([2], rng=rng()), r"expected an input and an output layer .* got \[2\]"),
        (lambda: Network([2, 0], rng=rng()), "sizes: expected a whole number >= 1, got 0"),
        (lambda: Network([2, 2.5], rng=rng()), "sizes: expected a whole number >= 1, got 2.5"),
        (
            lambda: Network.from_weights([np.ones((3, 2)), np.ones((1, 4))], [np.ones(3), [1]]),
            r"weights\[1\]: expected shape \(any, 3\), got shape \(1, 4\)",
        ),
        (
            lambda: Network.from_weights([np.ones((3, 2))], [np.ones(2)]),
            r"biases\[0\]: expected 3 numbers, got 2",
        ),
        (lambda: Network.from_weights([np.ones((3, 2))], []), "biases: expected 1 item, got 0"),
        (lambda: net()([[1.0, 2.0]]), r"X: expected shape \(any, 3\), got shape \(1, 2\)"),
        (lambda: net()([1.0, 2.0, 3.0]), r"X: expected a matrix, got shape \(3,\)"),
        (lambda: net()([[1.0, 2.0, np.nan]]), "X: expected finite numbers, got nan"),
        (lambda: net().forward([["a", "b", "c"]]), "X: expected real numbers"),
        (
            lambda: net().backpropagation(np.ones((2, 3)), np.ones((3, 2)) / 2),
            r"Y: expected shape \(2, 2\), got shape \(3, 2\)",
        ),
        (
            lambda: net().backpropagation(np.ones((1, 3)), [[0.5, 0.6]]),
            r"Y: expected rows of numbers >= 0 that sum to 1, got \[0.5 0.6\]",
        ),
        (lambda: fit(y=[2]), "y: expected whole numbers from 0 to 1, got 2 at 0"),
        (lambda: fit(y=[0.5]), "y: expected whole numbers from 0 to 1, got 0.5 at 0"),
        (lambda: fit(y=[1, 1]), r"y: expected shape \(1, 2\), got shape \(2, 2\)"),
        (lambda: fit(X=[[1.0, 2.0]]), r"X: expected shape \(any, 3\)"),
        (lambda: fit(epochs=0), "epochs: expected a whole number >= 1, got 0"),
        (lambda: fit(batch_size=-1), "batch_size: expected a whole number >= 1, got -1"),
        (lambda: fit(validation=([[1.0, 2.0]], [0])), r"X: expected shape \(any, 3\)"),
        (lambda: fit(validation=([[1.0, 2.0, 3.0]], [7])), "validation y: expected whole numbers"),
        (lambda: mlp.one_hot([0, -1], 3), "labels: expected .* from 0 to 2, got -1 at 1"),
        (lambda: mlp.one_hot([0, 3], 3), "labels: expected .* from 0 to 2, got 3 at 1"),
        (lambda: mlp.one_hot([True], 3), "labels: expected real numbers"),
        (lambda: mlp.one_hot([[0, 1]], 3), "labels: expected a vector"),
        (lambda: mlp.one_hot([0], 0), "num_classes: expected a whole number >= 1"),
        (lambda: mlp.softmax([1.0, np.inf]), "z: expected numbers below"),
        (
            lambda: mlp.cross_entropy([[1.0, 2.0]], [[1.0]]),
            r"targets: expected shape \(1, 2\), got shape \(1, 1\)",
        ),
        (lambda: mlp.cross_entropy([[1.0, 2.0]], [[2.0, -1.0]]), "targets: expected rows"),
        (lambda: mlp.mean_squared_error([1.0], [1.0]), "predictions: expected a matrix"),
        (lambda: mlp.quadratic_cost([[1.0]], [[np.nan]]), "targets: expected finite numbers"),
        (lambda: mlp.dropout([1.0], 1.0, rng=rng()), r"probability p: expected .* \[0, 1\), got 1"),
        (lambda: mlp.dropout([1.0], -0.1, rng=rng()), "dropout probability p: expected"),
        (
            lambda: mlp.fisher_diagonal(Network([2, 2], loss="mse", rng=rng()), [[1.0, 2.0]]),
            "network: expected the loss 'cross_entropy', got 'mse'",
        ),
        (
            lambda: mlp.ewc_penalty([[1.0]], [[1.0, 2.0]], 1.0),
            "importance and anchor: expected equal shapes",
        ),
        (lambda: mlp.ewc_penalty([[-1.0]], [[1.0]], 1.0), "importance: expected numbers >= 0"),
        (lambda: mlp.ewc_penalty([[1.0]], [[1.0]], -1.0), "strength: expected a finite number >="),
        (lambda: mlp.permute_pixels(np.ones((1, 2)), np.ones((1, 3)), rng=rng()), "equal width"),
        (lambda: mlp.sawtooth(0), "depth: expected a whole number >= 1, got 0"),
        (lambda: mlp.count_linear_pieces(net()), "expected one input and one output"),
        (
            lambda: mlp.count_linear_pieces(Network([1, 2, 1], activation="tanh", rng=rng())),
            "network: expected ReLU layers and a linear output",
        ),
        (
            lambda: mlp.count_linear_pieces(mlp.sawtooth(1), 1, 0),
            "interval: expected low < high, got 1.0 and 0.0",
        ),
        (lambda: mlp.maxout([1.0], [1.0, 2.0], [1.0]), "intercepts: expected 2 numbers, got 1"),
        (lambda: mlp.maxout_tangents(np.exp, np.exp, 0), "pieces: expected a whole number >= 1"),
        (lambda: mlp.maxout_tangents(np.exp, np.exp, 2, low=1), "interval: expected low < high"),
    ],
)
def test_wrong_input_says_what_was_expected(call, message):
    with pytest.raises(ValueError, match=message):
        call()


@pytest.mark.parametrize("z", [-745.0, -40.0, -11.0, -9.0, 9.0, 11.0, 40.0, 300.0])
def test_sigmoid_tanh_and_their_slopes_are_exact_far_out(z):
    x = sympy.Integer(int(z))
    sigmoid, tanh = mlp.activation("sigmoid"), mlp.activation("tanh")
    for ours, truth in (
        (sigmoid(z), 1 / (1 + sympy.exp(-x))),
        (sigmoid.derivative(z), sympy.exp(-x) / (1 + sympy.exp(-x)) ** 2),
        (tanh.derivative(z), 1 / sympy.cosh(x) ** 2),
    ):
        assert float(ours) == pytest.approx(float(truth.evalf(30)), rel=1e-7, abs=1e-300)


@pytest.mark.parametrize("name", mlp.ACTIVATIONS)
@pytest.mark.parametrize("z", [-1e308, -1e155, 1e155, 1e308])
def test_activations_and_slopes_stay_finite_at_any_size(name, z):
    assert np.isfinite(mlp.activation(name)(z))
    assert 0 <= mlp.activation(name).derivative(z) <= 1.2
