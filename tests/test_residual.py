"""Residual networks, against autograd and closed forms, and the errata of the notes' chapter 11."""

import math

import pytest
import sympy
import torch
from torch import nn

from notebooklib.residual import (
    ResidualBlock,
    ResidualNet,
    gradient_norms,
    path_gradients,
    random_direction,
    shifted,
)
from notebooklib.training import fit_together, minibatches


def rows(*shape, seed=0):
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


def net(blocks=3, width=5, **kind):
    return ResidualNet(4, width, 2, blocks, **kind).double()


@pytest.mark.parametrize("preactivation", [False, True])
def test_with_a_branch_of_zero_a_block_passes_on_what_it_reads(preactivation):
    block = ResidualBlock(4, preactivation=preactivation).double()
    for weight in block.second.parameters():
        nn.init.zeros_(weight)
    x = rows(6, 4).abs()
    assert torch.equal(block(x), x)


def normalised(z):
    return (z - z.mean(dim=0)) / (z.var(dim=0, unbiased=False) + 1e-5).sqrt()


@pytest.mark.parametrize("norm", [False, True])
@pytest.mark.parametrize("preactivation", [False, True])
def test_a_block_is_its_formula(preactivation, norm):
    block = ResidualBlock(4, 3, preactivation=preactivation, norm=norm).double()
    x, relu, n = rows(6, 4), torch.relu, normalised if norm else lambda z: z
    if preactivation:
        y = block.second(relu(n(block.first(relu(n(x)))))) + block.projection(x)
    else:
        y = relu(n(block.second(relu(n(block.first(x))))) + block.projection(x))
    torch.testing.assert_close(block(x), y)
    torch.testing.assert_close(block.eval()(x), y)  # by the batch at hand, after training too


def test_a_block_that_is_off_passes_on_what_it_reads():
    for skip in (True, False):
        model = net(skip=skip)
        off = torch.zeros(3, dtype=torch.float64)
        states = model.states(rows(6, 4), off)
        assert all(torch.equal(state, states[0]) for state in states)


@pytest.mark.parametrize("preactivation", [False, True])
def test_the_jacobian_of_a_block_is_the_identity_and_that_of_its_branch(preactivation):
    block = ResidualBlock(4, preactivation=preactivation).double()
    x = rows(4)
    whole = torch.func.jacrev(lambda v: block(v[None])[0])(x)
    branch = torch.func.jacrev(lambda v: block.branch(v[None])[0])(x)
    passed = torch.ones(4) if preactivation else (x + block.branch(x[None])[0] > 0).double()
    torch.testing.assert_close(whole, passed[:, None] * (torch.eye(4) + branch))


def test_the_spread_of_the_weights_is_hes():
    weight = net(width=400, blocks=1).blocks[0].first.weight
    assert weight.std().item() == pytest.approx(math.sqrt(2 / 400), rel=0.01)


def test_plain_blocks_near_the_identity_pass_on_what_they_read():
    model = net(skip=False)
    with torch.no_grad():
        for layer in model.weight_layers()[1:-1]:
            layer.weight.copy_(torch.eye(5))
    first, *_, last = model.states(rows(6, 4))
    assert torch.equal(first, last)


def test_norms_of_gradients_are_those_of_backward():
    model, x = net(), rows(6, 4)
    found = gradient_norms(model, lambda model: model(x).square().sum())
    model(x).square().sum().backward()
    expected = torch.stack([layer.weight.grad.norm() for layer in model.weight_layers()])
    torch.testing.assert_close(found, expected)


def test_the_parts_of_all_path_lengths_sum_to_the_gradient():
    model, x = net(blocks=4, preactivation=True), rows(6, 4)
    states = model.states(x)
    whole = torch.autograd.grad(model.out(states[-1]).square().sum(), states[0])[0]
    parts = path_gradients(model, x, lambda scores: scores.square().sum())
    torch.testing.assert_close(parts.sum(dim=0), whole)


def test_paths_are_the_products_of_jacobians():
    """Against the products multiplied out by hand, for one row."""
    model, x = net(blocks=3, preactivation=True), rows(1, 4)
    states = model.states(x)
    g = model.out.weight.sum(dim=0)
    J = [
        torch.func.jacrev(lambda v, block=block: block.branch(v[None])[0])(h[0].detach())
        for block, h in zip(model.blocks, states[:-1], strict=True)
    ]
    by_hand = [
        g,
        sum(j.T @ g for j in J),
        J[0].T @ J[1].T @ g + J[0].T @ J[2].T @ g + J[1].T @ J[2].T @ g,
        J[0].T @ J[1].T @ J[2].T @ g,
    ]
    parts = path_gradients(model, x, lambda scores: scores.sum())
    torch.testing.assert_close(parts[:, 0], torch.stack(by_hand))


@pytest.mark.parametrize("kind", [{"skip": False}, {"norm": True}, {}])
def test_paths_are_told_of_clear_shortcuts_only(kind):
    kind = {"preactivation": True} | kind if kind else {}
    with pytest.raises(ValueError, match="net: expected one with skip and preactivation"):
        path_gradients(net(**kind), rows(2, 4), lambda scores: scores.sum())


def test_directions_have_the_lengths_of_the_net():
    model = net(norm=True)
    step = random_direction(model)
    for name, weight in model.named_parameters():
        if weight.ndim > 1:
            torch.testing.assert_close(step[name].norm(dim=1), weight.norm(dim=1))
        else:
            assert not step[name].any()
    whole = random_direction(model, filters=False)
    matrices = [weight for weight in model.parameters() if weight.ndim > 1]
    lengths = [sum(w.detach().norm().item() ** 2 for w in ws) for ws in (matrices, whole.values())]
    assert lengths[0] == pytest.approx(lengths[1])


def test_a_shift_moves_the_weights_and_leaves_the_net():
    model, x = net(), rows(6, 4)
    before = model(x)
    step = random_direction(model)
    there = shifted(model, x, (0.5, step), (-0.2, step))
    with torch.no_grad():
        assert torch.equal(model(x), before)
        for name, weight in model.named_parameters():
            weight.add_(0.3 * step[name])
    torch.testing.assert_close(there, model(x))
    with pytest.raises(ValueError, match="steps: expected pairs"):
        shifted(model, x, 0.5)


def test_a_depth_of_zero_is_refused():
    with pytest.raises(ValueError, match="blocks: expected a whole number"):
        ResidualNet(4, 3, 2, blocks=0)


def test_on_has_a_number_a_block():
    with pytest.raises(ValueError, match=r"on: expected a number for each of 3, got shape \(2,\)"):
        net()(rows(1, 4), torch.ones(2, dtype=torch.float64))


def adam(weights):
    return torch.optim.Adam(weights, lr=0.01)


def test_trained_together_is_trained_one_by_one():
    x, y = rows(30, 4), rows(30, 2, seed=1)

    def made():
        return [
            ResidualNet(4, 5, 2, 2, norm=True, generator=torch.Generator().manual_seed(k)).double()
            for k in range(3)
        ]

    together, alone = made(), made()
    losses = fit_together(together, x, y, nn.functional.mse_loss, adam, 4, size=8)
    for k, model in enumerate(alone):
        one = fit_together([model], x, y, nn.functional.mse_loss, adam, 4, size=8)
        torch.testing.assert_close(one[0], losses[k])
        for a, b in zip(model.parameters(), together[k].parameters(), strict=True):
            torch.testing.assert_close(a, b)


def test_a_weight_that_two_layers_share_is_trained_as_one():
    x, loss_fn = rows(8, 4), nn.functional.mse_loss
    layer, other = nn.Linear(4, 4).double(), nn.Linear(4, 4).double()
    other.weight = layer.weight
    shared, before = nn.Sequential(layer, nn.Tanh(), other), layer.weight.detach().clone()
    loss = loss_fn(shared(x), x)
    (expected,) = torch.autograd.grad(loss, layer.weight)
    fit_together([shared], x, x, loss_fn, lambda w: torch.optim.SGD(w, lr=0.1), 1, size=8)
    torch.testing.assert_close(layer.weight, before - 0.1 * expected)


def test_trained_together_is_the_plain_loop():
    x, y, loss_fn = rows(30, 4), rows(30, 2, seed=1), nn.functional.mse_loss
    together, alone = [net(), net()], net()
    with torch.no_grad():
        together[1].out.bias.add_(1)

    def descent(weights):
        return torch.optim.SGD(weights, lr=0.05)

    losses = fit_together(together, x, y, loss_fn, descent, 2, size=8, seed=3)
    optimizer, expected = descent(alone.parameters()), []
    for epoch in range(2):
        met = []
        for a, b in minibatches(x, y, size=8, seed=3)(epoch):
            optimizer.zero_grad()
            met.append(loss_fn(alone(a), b))
            met[-1].backward()
            optimizer.step()
        expected.append(torch.stack(met).mean().detach())
    torch.testing.assert_close(losses[0], torch.stack(expected))
    for a, b in zip(alone.parameters(), together[0].parameters(), strict=True):
        torch.testing.assert_close(a, b)


def test_models_of_two_shapes_are_not_trained_together():
    x = rows(4, 4)
    with pytest.raises(ValueError, match="models: expected one or more of one shape"):
        fit_together(
            [net(blocks=1), net(blocks=2)], x, x[:, :2], nn.functional.mse_loss, adam, 1, size=2
        )


# ------------------------------------------------------------------------- corrections


def test_e_rs_1_a_projection_is_no_identity():
    x = rows(3, 4)
    block = ResidualBlock(4, 4, preactivation=True).double()
    W_s = rows(4, 4, seed=2)
    assert not torch.allclose(block.branch(x) + x @ W_s.T, block.branch(x) + x)
    wider = ResidualBlock(4, 6, preactivation=True).double()
    torch.testing.assert_close(wider(x), wider.branch(x) + x @ wider.projection.weight.T)


def test_e_rs_2_the_gradient_through_a_shortcut():
    x, u = sympy.symbols("x u")
    f, g = sympy.sin(u), x**2
    right = f.diff(u).subs(u, g) * g.diff(x) + g.diff(x)
    assert sympy.simplify((f.subs(u, g) + g).diff(x) - right) == 0
    unbracketed = f.subs(u, g).diff(x) + g  # what is printed, read as it stands
    assert sympy.simplify(unbracketed - right) != 0


def test_e_rs_3_degradation_without_vanishing():
    """He's spread: the gradient reaches the first of 40 layers, and the loss is still higher."""
    x = rows(200, 4)
    y = (x[:, :1] * x[:, 1:2] > 0).long()[:, 0]

    def nets(blocks):
        drawn = [torch.Generator().manual_seed(k) for k in range(3)]
        kind = {"skip": False}
        return [ResidualNet(4, 16, 2, blocks, generator=g, **kind).double() for g in drawn]

    def loss(model):
        return nn.functional.cross_entropy(model(x), y)

    ends = {}
    for blocks in (1, 20):
        models = nets(blocks)
        for model in models:
            assert gradient_norms(model, loss)[1] > 1e-6
        fit_together(models, x, y, nn.functional.cross_entropy, adam, 15, size=20)
        ends[blocks] = [loss(model).item() for model in models]
    assert min(ends[20]) > max(ends[1])
