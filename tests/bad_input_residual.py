"""A right call of each public function of chapter 11."""

import torch
from bad_input_torch import GENERATOR, MODULE, floats, maybe, nothings, only
from bad_values import COUNT, FLAG, Kind, door
from torch import nn

from notebooklib import residual

MODULES = [residual]
NET = residual.ResidualNet(4, 3, 2, blocks=2, preactivation=True)
ROWS = Kind(
    lambda right: (
        floats("float16").bad(right)
        | {"one row": right[0], "wide": torch.ones(2, 9), "a dimension more": right[None]}
    ),
    admits=lambda value: isinstance(value, torch.Tensor),
)
OF_NET = only(residual.ResidualNet, layer=nn.Linear(2, 2))
KIND = {"skip": (FLAG, True), "norm": (FLAG, False), "preactivation": (FLAG, True)}
LOSS = Kind(lambda right: nothings("function", "class"), admits=callable)


DOORS = [
    door(
        lambda x, **given: residual.ResidualBlock(**given)(x).shape,
        of=residual.ResidualBlock,
        x=(ROWS, torch.ones(2, 4)),
        d_in=(COUNT, 4),
        d_out=(maybe(COUNT), 3),
        **KIND,
    ),
    door(
        lambda x, **given: residual.ResidualNet(**given)(x),
        of=residual.ResidualNet,
        x=(ROWS, torch.ones(2, 4)),
        inputs=(COUNT, 4),
        width=(COUNT, 3),
        outputs=(COUNT, 2),
        blocks=(COUNT, 2),
        generator=(GENERATOR, None),
        **KIND,
    ),
    door(
        residual.gradient_norms,
        net=(OF_NET, NET),
        loss=(LOSS, lambda net: net(torch.ones(1, 4)).sum()),
    ),
    door(
        residual.path_gradients,
        net=(OF_NET, NET),
        x=(ROWS, torch.ones(2, 4)),
        loss=(LOSS, lambda scores: scores.sum()),
    ),
    door(
        residual.random_direction,
        net=(MODULE, NET),
        filters=(FLAG, True),
        generator=(GENERATOR, None),
    ),
    door(
        lambda net, x: residual.shifted(net, x, (0.5, residual.random_direction(NET))),
        of=residual.shifted,
        net=(MODULE, NET),
        x=(ROWS, torch.ones(2, 4)),
    ),
    door(
        lambda x: residual.ResidualBlock(4).branch(x).shape,
        of=residual.ResidualBlock.branch,
        x=(ROWS, torch.ones(2, 4)),
    ),
    *(
        door(
            lambda x, method=method: getattr(NET, method)(x),
            of=getattr(residual.ResidualNet, method),
            x=(ROWS, torch.ones(2, 4)),
        )
        for method in ("states", "forward")
    ),
    door(
        lambda x: residual.ResidualBlock(4)(x).shape,
        of=residual.ResidualBlock.forward,
        x=(ROWS, torch.ones(2, 4)),
    ),
]
