"""The errata of chapter 8: what the notes print fails, what the chapter teaches holds."""

import random

import numpy as np
import pytest
import torch

from notebooklib import mlp, optim
from notebooklib.mlp import Network, NotesNetwork


def rng(seed=0):
    return np.random.default_rng(seed)


def test_e_ml_1_indices_from_zero_make_k_plus_one_rows():
    """The notes number nodes 0…n and 0…k: W is then (k+1)×(n+1), not k×n."""
    n, k = 3, 2
    nodes_in, nodes_out = len(range(0, n + 1)), len(range(0, k + 1))
    X = np.ones(nodes_in)
    with pytest.raises(ValueError):
        np.ones((k, n)) @ X
    layer = Network([nodes_in, nodes_out], rng=rng())
    assert layer.weights[0].shape == (k + 1, n + 1) and layer([X]).shape == (1, k + 1)


def test_e_ml_2_relu_eases_vanishing_gradients_but_can_die():
    """The notes say ReLU solves vanishing gradients; for H < 0 its own gradient is zero."""
    sigmoid, relu = mlp.activation("sigmoid"), mlp.activation("relu")
    z = np.linspace(-20, 20, 4001)
    assert sigmoid.derivative(z).max() == 0.25
    assert 0.25**10 == pytest.approx(9.5e-7, rel=0.01) and relu.derivative(1.0) ** 10 == 1
    dead = Network.from_weights([[[1.0]], [[1.0]]], [[-5.0], [0.0]], loss="mse")
    gradients = dead.backpropagation([[1.0], [2.0]], [[1.0], [2.0]])
    assert gradients.loss > 0 and gradients.weights[0] == 0 == gradients.biases[0]


def test_e_ml_3_sigmoids_do_not_sum_to_one_softmax_does():
    """The notes file "outputs in 0…1, a probability model" with the sigmoid; softmax does that."""
    H = [0.5, 1.0, 2.0]
    assert mlp.activation("sigmoid")(H).sum() == pytest.approx(2.23, abs=0.01)
    assert mlp.softmax(H).sum() == pytest.approx(1)


def test_e_ml_4_synaptic_plasticity_is_a_penalty_on_parameters():
    """The notes list it as a loss L(y, ŷ); it needs the old parameters and their importance b."""
    network = Network([2, 2], rng=rng())
    X, y = rng(1).standard_normal((20, 2)), np.arange(20) % 2
    old = network.parameters
    penalty = mlp.ewc_penalty(mlp.fisher_diagonal(network, X), old, strength=3.0)
    assert penalty(old)[0] == 0  # whatever the data and the predictions are
    shifted = [p + 1.0 for p in old]  # softmax ignores a shift common to all classes …
    moved = Network.from_weights(shifted[:1], shifted[1:])
    assert moved.loss(X, y) == pytest.approx(network.loss(X, y))
    assert penalty(shifted)[0] > 0.1  # … so L(y, ŷ) is the same, and the penalty is not
    none = mlp.ewc_penalty([np.zeros_like(p) for p in old], old, strength=3.0)
    assert none(shifted)[0] == 0  # unimportant parameters may move


def test_e_ml_5_depth_doubles_the_pieces_width_adds_them():
    """The notes call a larger |H| deeper and then a deep |H| smaller; pieces per node decide."""
    assert [mlp.count_linear_pieces(mlp.sawtooth(k)) for k in (1, 3, 6)] == [2, 8, 64]
    for seed in range(20):
        shallow = Network([1, 12, 1], loss="mse", rng=rng(seed))  # as many nodes as sawtooth(6)
        shallow.biases[0] = rng(seed).standard_normal(12)
        assert mlp.count_linear_pieces(shallow, -100, 100) <= 13


def test_e_ml_6_the_series_omits_the_mixed_partials():
    """For L = θ₁θ₂ around 0 the printed series, without mixed terms, gives 0; L(1, 1) is 1."""
    gradient, hessian = np.zeros(2), np.array([[0.0, 1.0], [1.0, 0.0]])  # of θ₁θ₂ at 0
    step = np.ones(2)
    printed = gradient @ step + np.diag(hessian) @ step**2 / 2
    right = gradient @ step + step @ hessian @ step / 2
    assert printed == 0 and right == 1


@pytest.mark.parametrize(
    ("lr", "end"), [(0.1, 0.058), (0.5, 0), (0.9, 0.058), (1.0, 5), (1.1, 191.7)]
)
def test_e_ml_7_the_size_of_the_gradient_decides_with_the_rate(lr, end):
    """The notes compare the vector ∇L with 0; sizes count: x² needs |1 - 2η| < 1."""
    path = optim.gradient_descent(lambda x: 2 * x, 5.0, lr=lr, steps=20)
    assert abs(path[-1]) == pytest.approx(end, abs=0.05)
    assert (np.abs(path[-1]) < 5) == (lr < optim.max_stable_lr(2.0))
    gradient = optim.saddle().gradient([-5.0, 0.0])
    assert not (gradient > 1).any() and np.linalg.norm(gradient) == 5


def test_e_ml_8_maxout_approximates_convex_functions():
    """The notes say maxout fits any convex function; on x² k pieces leave an error of 1/k²."""
    x = np.linspace(-1, 1, 2001)
    errors = []
    for k in (2, 4, 8, 16):
        w, b = mlp.maxout_tangents(np.square, lambda x: 2 * x, k)
        errors.append(np.abs(x**2 - mlp.maxout(x, w, b)).max())
    np.testing.assert_allclose(errors, [0.25, 0.0625, 0.015625, 0.00390625], atol=1e-6)


def test_e_ml_9_dropout_must_be_rescaled():
    """The notes switch neurons off and stop there; the mean then shrinks by 1 - p."""
    a = np.full(100_000, 2.0)
    kept = rng().random(a.size) >= 0.4
    assert (a * kept).mean() == pytest.approx(0.6 * 2, abs=0.02)
    assert mlp.dropout(a, 0.4, rng=rng()).mean() == pytest.approx(2, abs=0.02)


def test_e_ml_10_step_decay_is_a_staircase():
    """The notes print η/√(t+1) as step decay; that is inverse-square-root decay."""
    t = np.arange(30)
    reference = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=0.1)
    scheduler = torch.optim.lr_scheduler.StepLR(reference, step_size=10, gamma=0.5)
    staircase = []
    for _ in t:
        staircase.append(scheduler.get_last_lr()[0])
        reference.step()
        scheduler.step()
    np.testing.assert_allclose(optim.step_decay(0.1, gamma=0.5, every=10)(t), staircase)
    printed = 0.1 / np.sqrt(t + 1)
    np.testing.assert_allclose(optim.inverse_square_root(0.1)(t), printed)
    assert len(set(staircase)) == 3 and len(set(printed)) == 30


def test_e_ml_11_the_root_of_rmsprop_covers_both_terms():
    """The notes end the root after ασ²; both terms stand under it, and ε keeps 0/0 away."""
    lr, alpha = 0.1, 0.9
    tensor = torch.tensor([5.0], dtype=torch.float64, requires_grad=True)
    reference = torch.optim.RMSprop([tensor], lr=lr, alpha=alpha)
    right = optim.minimize(optim.RMSprop(lr, alpha=alpha), lambda x: 2 * x, 5.0, 20)
    printed, sigma = 5.0, 0.0
    for t in range(20):
        reference.zero_grad()
        (tensor**2).sum().backward()
        reference.step()
        assert right[t + 1] == pytest.approx(tensor.item(), abs=1e-14)
        g = 2 * printed
        sigma = np.sqrt(alpha * sigma**2) + (1 - alpha) * g**2
        printed -= lr / sigma * g
    assert abs(printed - right[-1]) > 0.5
    with np.errstate(invalid="ignore"):
        assert np.isnan(np.float64(0) / np.sqrt(0))  # AdaGrad as printed, all gradients 0
    assert optim.minimize(optim.AdaGrad(0.1), lambda x: 0 * x, 5.0, 3).tolist() == [5.0] * 4


def test_e_ml_12_adam_and_radam_are_rules_with_bias_correction():
    """The notes name Adam and RAdam among the schedules, without formulas, and omit v₀ = 0."""

    def wavy(x):
        return 2 * x + np.sin(9 * x)

    heavy = optim.gradient_descent(wavy, 1.0, lr=0.01, steps=20, momentum=0.9)
    x, v = 1.0, 0.0  # the printed rule, once v₀ is said
    for t in range(20):
        v = 0.9 * v - 0.01 * wavy(x)
        x += v
        assert heavy[t + 1] == pytest.approx(x, abs=1e-14)
    radam = optim.minimize(optim.RAdam(0.01), wavy, 1.0, 6)
    m = 0.0
    for t in range(1, 7):  # bias-corrected momentum …
        m = 0.9 * m + 0.1 * wavy(radam[t - 1])
        momentum = radam[t - 1] - 0.01 * m / (1 - 0.9**t)
        assert (abs(radam[t] - momentum) < 1e-14) == (t <= 5)  # … for five steps, then adaptive
    adam = optim.minimize(optim.Adam(0.01), wavy, 1.0, 1)
    uncorrected = 0.01 * 0.1 / np.sqrt(0.001)  # m/√s without the correction: 3.16 times too far
    assert 1 - adam[1] == pytest.approx(0.01, rel=1e-6) and uncorrected > 0.03


@pytest.mark.parametrize(
    ("hessian", "loss", "is_minimum"),
    [
        ([0.0, 0.0], lambda x, y: x**4 + y**4, True),
        ([0.0, 2.0], lambda x, y: x**3 + y**2, False),
        ([2.0, 0.0], lambda x, y: x**2 - y**4, False),
    ],
)
def test_e_ml_13_a_semidefinite_hessian_decides_nothing(hessian, loss, is_minimum):
    """The notes list three cases; with a zero eigenvalue, minimum or not is still open."""
    assert optim.classify_critical_point(np.diag(hessian)) == "undecided"
    around = 0.1 * np.stack([np.cos(np.linspace(0, 6.28, 100)), np.sin(np.linspace(0, 6.28, 100))])
    assert (loss(*around) > loss(0.0, 0.0)).all() == is_minimum


def test_e_ml_14_saddles_outnumber_minima_only_as_a_heuristic():
    """The notes state it as a fact; for random symmetric matrices it is one, measured here."""
    shares = [optim.share_positive_definite(n, samples=20_000, rng=rng(n)) for n in (1, 2, 3, 5, 8)]
    np.testing.assert_allclose(shares, [0.5, 0.15, 0.026, 0.0003, 0], atol=0.01)
    assert shares[-1] == 0
    A = rng().standard_normal((20_000, 5, 8))  # Hessians AAᵀ of least squares: never a saddle
    assert (np.linalg.eigvalsh(A @ A.transpose(0, 2, 1))[:, 0] > 0).all()


def test_e_ml_15_delta_means_two_things():
    """The formulas take δ = ∂L/∂x, the listing δ = ∂L/∂z: mixed, σ' is counted twice."""
    W = [torch.tensor(rng(i).standard_normal(s)) for i, s in enumerate(((4, 3), (2, 4)))]
    b = torch.zeros(4, dtype=torch.float64, requires_grad=True)
    W[0].requires_grad_()
    x0 = torch.tensor(rng(5).standard_normal(3), requires_grad=True)
    z1 = W[0] @ x0 + b
    x1 = torch.tanh(z1)
    z1.retain_grad()
    x1.retain_grad()
    (W[1] @ x1).square().sum().backward()
    slope = 1 - x1.detach() ** 2  # σ'(z)
    for delta, right in ((x1.grad, True), (z1.grad, False)):
        weight = torch.outer(delta * slope, x0.detach())
        assert torch.allclose(weight, W[0].grad, atol=1e-12) == right
        assert torch.allclose(delta * slope, b.grad, atol=1e-12) == right
        assert torch.allclose((delta * slope) @ W[0].detach(), x0.grad, atol=1e-12) == right


class PrintedNetwork:
    """The beginning of the notes' listing, as far as it runs; no method but these is printed."""

    def SGD(self, training_data, epochs, mini_batch_size, eta, test_data=None):
        if test_data:
            n_test = len(test_data)  # noqa: F841
        for _ in range(epochs):
            random.shuffle(training_data)
            for k in range(0, len(training_data), mini_batch_size):
                self.update_mini_batch(training_data[k : k + mini_batch_size], eta)

    def update_mini_batch(self, mini_batch, eta):
        return [np.zeros(b.shape) for b in self.biases]


def test_e_ml_16_the_listing_lacks_half_of_its_class():
    """The printed class has no weights and no σ, trips over arrays, and shuffles its input."""
    data = [(np.ones((2, 1)), np.full((1, 1), i)) for i in range(9)]
    caller, before = list(data), [id(pair) for pair in data]
    random.seed(1)
    with pytest.raises(AttributeError, match="biases"):
        PrintedNetwork().SGD(caller, 1, 2, 0.1)
    assert [id(pair) for pair in caller] != before
    with pytest.raises(ValueError, match="ambiguous"):
        PrintedNetwork().SGD(caller, 1, 2, 0.1, test_data=np.ones((2, 2)))
    NotesNetwork([2, 3, 1], rng=rng()).sgd(data, 1, 2, 0.1, rng=rng())
    assert [id(pair) for pair in data] == before


def test_e_ml_16_completed_it_passes_a_gradient_check_and_learns_xor():
    """With the missing methods supplied, the algorithm of the notes is right."""
    network = NotesNetwork([2, 4, 1], rng=rng())
    inputs = [np.array([[a], [b]], float) for a in (0, 1) for b in (0, 1)]
    data = [(x, np.array([[float(x[0, 0] != x[1, 0])]])) for x in inputs]
    x, y = data[1]

    def cost():
        return float(((network.feedforward(x) - y) ** 2).sum()) / 2

    nabla_b, nabla_w = network.backpropagation(x, y)
    pairs = zip(nabla_b + nabla_w, network.biases + network.weights, strict=True)
    for gradient, p in pairs:
        for index in np.ndindex(p.shape):
            p[index] += 1e-5
            above = cost()
            p[index] -= 2e-5
            below = cost()
            p[index] += 1e-5
            assert gradient[index] == pytest.approx((above - below) / 2e-5, abs=3e-10)
    network.sgd(data, 3000, 4, 5.0, rng=rng())
    assert all(round(float(network.feedforward(x)[0, 0])) == y[0, 0] for x, y in data)


def test_e_ml_17_small_batches_optimise_better_only_sometimes():
    """The notes' table says small is better; at a fixed rate a full batch ends nearer the floor."""
    r = rng()
    X = r.standard_normal((200, 3))
    Y = X @ np.array([[1.0], [-2.0], [0.5]]) + r.standard_normal((200, 1))
    best, *_ = np.linalg.lstsq(np.c_[X, np.ones(200)], Y)
    floor = float(((np.c_[X, np.ones(200)] @ best - Y) ** 2).mean())

    def excess(batch_size, epochs):
        network = Network([3, 1], loss="mse", rng=rng(1))
        options = {"optimizer": optim.SGD(0.1), "rng": rng(2)}
        network.fit(X, Y, epochs=epochs, batch_size=batch_size, **options)
        return network.loss(X, Y) - floor

    assert excess(4, epochs=1) < excess(200, epochs=1)  # early, many noisy steps win …
    assert excess(200, epochs=100) < 1e-9 < 1e-3 < excess(4, epochs=100)  # … and late they lose
