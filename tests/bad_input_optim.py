"""A right call of each public function of optim, for the tests of bad input."""

import math

import numpy as np
from bad_values import (
    ARRAY,
    BELOW_ONE,
    COUNT,
    GIVEN,
    MATRIX,
    NAME,
    NONNEGATIVE,
    POSITIVE,
    RNG,
    Kind,
    array,
    door,
    function_of,
    instance,
    number,
    things,
    whole,
)

from notebooklib import optim

MODULES = [optim]
LEFT_OUT = {
    "optim.descent.OptimizerState": "a result: holds what an optimiser remembers",
    "optim.descent.Optimizer": "abstract: its subclasses have doors",
    "optim.descent.Optimizer.direction": "abstract, the inner loop behind `step`",
    "optim.landscapes.Landscape": "a result: holds what `bowl` and its siblings made",
} | {
    f"optim.descent.{name}.direction": "the inner loop behind `step`"
    for name in ("SGD", "AdaGrad", "RMSprop", "Adam", "RAdam")
}
STEPS = whole(1, 10_000_000)
LR = POSITIVE  # or a function of the step: what that gives is checked at each step
POINT = array(finite=False)
WALK = {"x0": (ARRAY, [5, 2]), "steps": (STEPS, 3)}


def slope(x):
    return 2 * x


def gradient_kind():
    """Return the kind of a gradient: wrong ones are found at the first step or at a later one."""

    def bad(right):
        late = iter([np.zeros(2), np.zeros(2), np.zeros(2), np.zeros(3)])
        return function_of(1).bad(right) | {
            "another shape": lambda x: np.zeros(3),
            "another shape later": lambda x: next(late),
            "a number": lambda x: 1.0,
            "complex": lambda x: 2j * x,
            "booleans": lambda x: x > 0,
            "nothing": lambda x: None,
            "texts": lambda x: ["1", "2"],
        }

    return Kind(bad, lambda right: {"lists": lambda x: slope(x).tolist()}, callable)


def schedule_kind():
    """Return the kind of a learning rate, a number or a schedule of numbers."""
    rates = {"negative": -1.0, "nan": math.nan, "inf": math.inf, "None": None, "text": "0.1"}

    def bad(right):
        numbers = LR.bad(0.1)
        del numbers["function"]
        return numbers | {f"a schedule: {k}": lambda t, v=v: v for k, v in rates.items()}

    return Kind(bad, LR.unusual, lambda value: LR.admits(value))


def stepping(rule):
    def run(lr, **options):
        return optim.minimize(rule(lr, **options), slope, [5.0, 2.0], 2)

    kinds = {"SGD": {"momentum": (BELOW_ONE, 0.5)}}
    averages = {"beta1": (BELOW_ONE, 0.5), "beta2": (BELOW_ONE, 0.5), "eps": (POSITIVE, 1e-8)}
    kinds |= {"AdaGrad": {"eps": (POSITIVE, 1e-8)}, "Adam": averages, "RAdam": averages}
    kinds |= {"RMSprop": {"alpha": (BELOW_ONE, 0.5), "eps": (POSITIVE, 1e-8)}}
    return door(run, of=rule, lr=(schedule_kind(), 0.5), **kinds[rule.__name__])


def at(make, **arguments):
    """Return the door of a schedule, which is called for a few steps."""
    return door(lambda **given: make(**given)([0, 3, 8]), of=make, **arguments)


def landscape(make, **arguments):
    return door(lambda **given: make(**given).grid(5)[2], of=make, **arguments)


ADAM = optim.Adam(0.1)
PARAMS = [[1.0, 2.0], [[3.0]]]
DOORS = [
    door(
        optim.gradient_descent,
        grad=(gradient_kind(), slope),
        **WALK,
        lr=(POSITIVE, 0.5),
        momentum=(BELOW_ONE, 0.5),
    ),
    door(
        optim.minimize,
        optimizer=(instance(optim.Optimizer), ADAM),
        grad=(gradient_kind(), slope),
        **WALK,
    ),
    *map(stepping, (optim.SGD, optim.AdaGrad, optim.RMSprop, optim.Adam, optim.RAdam)),
    door(optim.Optimizer.init, self=(GIVEN, ADAM), params=(things(ARRAY), PARAMS)),
    door(
        optim.Optimizer.step,
        self=(GIVEN, ADAM),
        params=(things(POINT), PARAMS),
        grads=(things(POINT), PARAMS),
        state=(instance(optim.OptimizerState), ADAM.init([np.array(p) for p in PARAMS])),
    ),
    door(optim.optimizer, name=(NAME, "adam"), lr=(GIVEN, 0.5), named={"name": "optimizer"}),
    door(optim.max_stable_lr, hessian=(ARRAY, [[2, 1], [1, 3]]), momentum=(BELOW_ONE, 0.5)),
    door(optim.classify_critical_point, hessian=(ARRAY, [[2, 1], [1, 3]]), tol=(NONNEGATIVE, 0.5)),
    door(
        optim.share_positive_definite,
        n=(whole(1, 10_000), 2),
        samples=(whole(1, 100_000_000), 3),
        rng=(RNG, np.random.default_rng(0)),
    ),
    landscape(optim.bowl, condition=(number(1), 2)),
    landscape(optim.terrain, heights=(MATRIX, np.arange(144).reshape(12, 12)), block=(COUNT, 3)),
    door(optim.Landscape.grid, self=(GIVEN, optim.bowl()), points=(whole(2, 10_000), 3)),
    at(optim.inverse_square_root, lr=(POSITIVE, 0.5)),
    at(
        optim.step_decay, lr=(POSITIVE, 0.5), gamma=(number(0, 1, ends="(]"), 0.5), every=(COUNT, 2)
    ),
    at(optim.linear_decay, lr=(POSITIVE, 0.5), total=(COUNT, 10)),
    at(optim.exponential_decay, lr=(POSITIVE, 0.5), rate=(NONNEGATIVE, 0.5)),
    at(optim.cosine_decay, lr=(POSITIVE, 0.5), total=(COUNT, 10)),
    at(
        optim.warm_up,
        schedule=(function_of(1), optim.linear_decay(0.5, total=10)),
        steps=(COUNT, 4),
    ),
]
