"""Checks for the exercises of chapter 11, the residual architecture.

PyTorch is imported where a check needs it, so that the other chapters do not wait for it.
"""

import math
from functools import partial

import numpy as np

from notebooklib.exercises import compare, compare_function, exercise, misfit


def _relu(z):
    return np.maximum(z, 0)


@exercise("11.1", "The branch gives (1, 1.5), the shortcut (2, 1): their sum is above 0 already.")
def block_by_hand(answer) -> str:
    if np.shape(answer) == (2, 1):  # a column
        answer = np.ravel(answer)
    fault = compare(answer, np.array([3.0, 2.5]))
    slips = {
        "That is F(x), the branch alone: add x.": [1, 1.5],
        "That is x plus W₁x: the second weight layer is missing.": [3, 2],
        "That is x plus W₂x: the first weight layer is missing.": [5, 3.5],
    }
    if fault and not misfit(answer, (2,)):
        for message, slip in slips.items():
            if np.allclose(np.asarray(answer, dtype=float), slip):
                return message
    return fault


def _block(x, W1, b1, W2, b2, W_s=None, *, order="right"):
    kept = x if W_s is None else W_s @ x
    inside = W1 @ x + b1
    branch = W2 @ (inside if order == "linear" else _relu(inside)) + b2
    if order == "inside":
        return kept + _relu(branch)
    if order == "open":
        return kept + branch
    if order == "plain":
        return _relu(branch)
    return _relu(kept + branch)


@exercise("11.2", "What comes in goes round the layers and joins before the last ReLU.")
def residual_block(answer) -> str:
    rng = np.random.default_rng(0)
    cases = []
    for k, (d_in, d_out) in enumerate(((3, 3), (3, 3), (4, 4), (2, 5), (5, 2))):
        W1, W2 = rng.standard_normal((d_out, d_in)), rng.standard_normal((d_out, d_out))
        b1, b2 = rng.standard_normal((2, d_out))
        plain = d_in == d_out and k != 1
        W_s = () if plain else (rng.standard_normal((d_out, d_in)),)
        cases.append((rng.standard_normal(d_in), W1, b1, W2, b2, *W_s))

    def describe(x, W1, *rest):
        return f"x of {len(x)} numbers" + ", with W_s" * (len(rest) > 3)

    slips = {
        "The shortcut joins before the last ReLU, not after it.": "inside",
        "The last ReLU is missing: it stands after the sum.": "open",
        "The shortcut is missing: add x (or W_s x) to the branch.": "plain",
        "The ReLU between the two weight layers is missing.": "linear",
    }
    slips = {why: partial(_block, order=order) for why, order in slips.items()}
    return compare_function(answer, _block, cases, describe=describe, slips=slips)


@exercise("11.3", "The branch gives 2g · 3 = 18 at g = 3, the shortcut 3 more.")
def slope_with_shortcut(answer) -> str:
    return _number(answer, 21, "the slope", {
        18: "That is the branch alone: the shortcut adds its own 3.",
        9: "The branch's slope is 2g with g = g(1) = 3, not with x = 1; then times 3, plus 3.",
        7: "The chain rule's inner factor g' = 3 is missing in the branch.",
        6: "That is ∂f/∂g: times g' = 3, and the shortcut's 3.",
    })  # fmt: skip


@exercise("11.4", "Each block multiplies from the left, and the identity goes with it.")
def stack_jacobian(answer) -> str:
    rng = np.random.default_rng(1)
    cases = [
        ([rng.standard_normal((n, n)) for _ in range(L)],) for n, L in ((2, 1), (2, 2), (3, 4))
    ]

    def whole(branches, eye=1.0, left=True):
        product = np.eye(len(branches[0]))
        for J in branches:
            step = eye * np.eye(len(J)) + J
            product = step @ product if left else product @ step
        return product

    def describe(branches):
        return f"{len(branches)} matrices of {len(branches[0])} rows"

    slips = {
        "The order is reversed: the last block's Jacobian stands on the left.": (
            partial(whole, left=False)
        ),
        "The identity is missing: the Jacobian of x + F(x) is I + J.": partial(whole, eye=0.0),
        "Jacobians of movements that follow each other multiply; a sum holds to first order.": (
            lambda branches: np.eye(len(branches[0])) + sum(branches)
        ),
    }
    return compare_function(answer, whole, cases, describe=describe, slips=slips)


@exercise("11.5", "About one over the root of the number of blocks.")
def factor_of_branches(answer) -> str:
    return _number(answer, math.sqrt(math.exp(0.01) - 1), "a", {
        0.01: "That is about a²: take its root.",
        0.01005: "That is a²: take its root.",
        1.005: "That is the factor on ‖h‖ of one block, √(1 + a²).",
        1.01005: "That is 1 + a²: what is asked for is a.",
    }, within=0.0005)  # fmt: skip


@exercise("11.6", "Without a shortcut, and without the identity: what it reads is passed on.")
def prepare(answer) -> str:
    import torch

    if not callable(answer):
        return "Give a function prepare(net)."
    before = torch.get_default_dtype()
    try:
        torch.set_default_dtype(torch.float64)
        changed, fresh = [_plain_net(seed) for seed in range(2)], []
        drawn = [_weights(net) for net in changed]
        for seed, net in enumerate(changed):
            try:
                answer(net)
            except Exception as error:
                return f"prepare(net) stops with {type(error).__name__}: {error}"
            try:  # only weights are taken over: a plain net with these, whatever else was done
                fresh.append(_plain_net(seed))
                fresh[-1].load_state_dict(net.state_dict())
            except RuntimeError:
                return "Change the weights of the plain net, not its build."
        after = [_weights(net) for net in fresh]
        if all(torch.equal(*pair) for pair in zip(drawn, after, strict=True)):
            return "The weights inside the blocks are as they were: write into them, in place."
        near = min((W - torch.eye(24)).norm().item() for stack in after for W in stack)
        if near < 4:
            return f"A layer is near the identity, ‖W − I‖ = {near:.1f}; at least 4 is asked for."
        final = _trained(fresh)
    finally:
        torch.set_default_dtype(before)
    if not all(math.isfinite(value) for value in final):
        return "With this start the training runs off to numbers that are not finite."
    if max(final) >= 0.7:
        return f"After eight epochs the training loss is {max(final):.2f}; below 0.7 is asked for."
    return ""


def _weights(net):
    import torch

    return torch.stack([layer.weight.detach().clone() for layer in net.weight_layers()[1:-1]])


def _plain_net(seed):
    import torch

    from notebooklib.residual import ResidualNet

    generator = torch.Generator().manual_seed(seed)
    return ResidualNet(64, 24, 10, 20, skip=False, generator=generator)


def _trained(nets) -> list[float]:
    import torch
    from sklearn.datasets import load_digits
    from torch.nn.functional import cross_entropy

    from notebooklib.training import fit_together

    x, y = (torch.tensor(part[:1200]) for part in load_digits(return_X_y=True))
    x = x / 8 - 1

    def adam(weights):
        return torch.optim.Adam(weights, lr=0.003)

    fit_together(nets, x, y, cross_entropy, adam, 8, size=100)
    with torch.no_grad():
        return [cross_entropy(net(x), y).item() for net in nets]


@exercise("11.7", "Each block that is switched off takes half of the paths with it.")
def paths_kept(answer) -> str:
    return _number(answer, 256, "the number of paths", {
        1024: "So many there are while all ten blocks are on.",
        1022: "A block that is switched off takes half of the paths with it, not one.",
        8: "So many blocks are left; each path goes through any subset of them.",
        512: "That is with one block off.",
        100: "Each block left doubles the number of paths: count subsets, not pairs.",
    })  # fmt: skip


@exercise("11.8", "The coefficients of ∏ (1 + t jₗ); with ten of 0.2 the paths through one lead.")
def path_parts(answer) -> str:
    cases = [([1.0] * 10,), ([0.2] * 10,), ([0.5, -2.0, 3.0],), ([0.7],)]

    def oracle(slopes):
        return np.poly(-np.array(slopes))

    def describe(slopes):
        return str(slopes)

    slips = {
        "Those are the numbers of paths: each counts as much as the slopes on it multiply to.": (
            lambda slopes: oracle([1.0] * len(slopes))
        ),
        "The order is reversed: the path past all branches comes first.": (
            lambda slopes: oracle(slopes)[::-1]
        ),
        "The path over shortcuts alone, through 0 branches, counts too.": (
            lambda slopes: oracle(slopes)[1:]
        ),
    }
    return compare_function(answer, oracle, cases, describe=describe, slips=slips)


@exercise("11.9", "How much is lost with a block says how much difference the block made.")
def without_each(answer) -> str:
    import torch

    from notebooklib.residual import ResidualNet

    given = []
    for seed, blocks in enumerate((1, 3, 5)):
        drawn = torch.Generator().manual_seed(seed)
        net = ResidualNet(6, 8, 4, blocks, generator=drawn).double()
        x = torch.randn(40, 6, generator=drawn, dtype=torch.float64)
        given.append((net, x, net(x).argmax(1)))

    @torch.no_grad()
    def shares(case, switches):
        net, x, y = given[case]
        switches = switches(torch.eye(len(net.blocks), dtype=x.dtype))
        return np.array([(net(x, on).argmax(1) == y).double().mean().item() for on in switches])

    def oracle(case):
        return shares(case, lambda one: 1 - one)

    def of_case(case):
        return answer(*given[case])

    def describe(case):
        return f"a net of {len(given[case][0].blocks)} blocks"

    if not callable(answer):
        return compare_function(answer, oracle, [(0,)], describe=describe)
    of_case.__name__ = getattr(answer, "__name__", "your function")
    cases = [(0,), (1,), (2,)]
    slips = {
        "There all blocks but one are off: leave the others on.": (
            lambda case: shares(case, lambda one: one)
        ),
        "Those are the shares lost; the shares that are right are asked for.": (
            lambda case: 1 - oracle(case)
        ),
        "Each block stays off once its turn is over: begin with all of them on each time.": (
            lambda case: shares(case, lambda one: 1 - torch.ones_like(one).tril())
        ),
    }
    return compare_function(of_case, oracle, cases, describe=describe, slips=slips)


@exercise("11.10", "Rows as long as the net's own: a factor on a whole layer no longer counts.")
def filter_normalize(answer) -> str:
    rng = np.random.default_rng(2)
    cases = [tuple(rng.standard_normal((2, n, m)) * (1.0, 3.0)[k]) for k, (n, m) in
             enumerate(((3, 4), (5, 2)))]  # fmt: skip

    def rows(v, W, axis=1):
        lengths = [np.linalg.norm(a, axis=axis, keepdims=True) for a in (v, W)]
        return v / lengths[0] * lengths[1]

    def describe(v, W):
        return f"two matrices of {v.shape[0]} × {v.shape[1]}"

    slips = {
        "Those are the columns: a filter is a row, all weights into one node.": (
            partial(rows, axis=0)
        ),
        "The whole matrix got one length; each row is to get its own.": partial(rows, axis=(0, 1)),
        "The rows have length 1 now: multiply by the lengths of the net's own rows.": (
            lambda v, W: v / np.linalg.norm(v, axis=1)[:, None]
        ),
    }
    return compare_function(answer, rows, cases, describe=describe, slips=slips)


def _number(answer, right: float, name: str, slips: dict, within: float = 1e-6) -> str:
    fault = misfit(answer, ())
    if fault:
        return fault
    value = float(np.asarray(answer))
    if abs(value - right) <= within * max(1.0, abs(right)):
        return ""
    for slip, message in slips.items():
        if abs(value - slip) <= max(within * 0.2, 1e-9) * max(1.0, abs(slip)):
            return message
    return compare(answer, np.array(right), name)
