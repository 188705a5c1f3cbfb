"""Gradient descent and the optimisers built on it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from notebooklib._validate import (
    Array,
    below_one,
    choice,
    function,
    instance,
    nonnegative,
    positive,
    positive_int,
    real_array,
    sequence,
    symmetric_matrix,
)

MOST_STEPS = 10_000_000
Gradient = Callable[[Array], ArrayLike]
Schedule = Callable[[ArrayLike], float | Array]


def gradient_descent(
    grad: Gradient, x0: ArrayLike, *, lr: float, steps: int, momentum: float = 0.0
) -> Array:
    """Walk downhill, each step against the gradient, and return every point passed.

    vₜ₊₁ = β vₜ − η ∇L(θₜ), θₜ₊₁ = θₜ + vₜ₊₁, v₀ = 0

    Parameters
    ----------
    grad : callable
        The gradient of the loss: a point of the shape of `x0` in, the same shape out.
    x0 : float or array_like, shape (dim,)
        The starting point.
    lr : float
        The learning rate η > 0.
    steps : int
        How many steps to take, at least 1.
    momentum : float
        The share β in [0, 1) of the last step that is kept; 0 is plain gradient descent.

    Returns
    -------
    ndarray, shape (steps + 1, dim), or (steps + 1,) for a scalar `x0`
        The trajectory, `x0` first. One that diverges far enough ends in inf and nan.

    Raises
    ------
    ValueError
        If the learning rate is not above 0, the momentum not in [0, 1), `steps` below 1, or a
        gradient is not real or has another shape than `x0`.

    Notes
    -----
    Source: Polyak (1964), eq. 9 (heavy ball); chapter 8.

    Examples
    --------
    >>> gradient_descent(lambda x: 2 * x, 5.0, lr=0.1, steps=3).round(2).tolist()
    [5.0, 4.0, 3.2, 2.56]
    """
    lr, momentum = positive(lr, "learning rate lr"), below_one(momentum, "momentum")
    x, steps = _start(grad, x0), positive_int(steps, "steps", most=MOST_STEPS)
    trajectory, velocity = [x], np.zeros_like(x)
    with np.errstate(over="ignore", invalid="ignore"):  # a diverging path may overflow
        for _ in range(steps):
            velocity = momentum * velocity - lr * _gradient(grad, x)
            x = x + velocity
            trajectory.append(x)
    return np.array(trajectory)


def max_stable_lr(hessian: ArrayLike, *, momentum: float = 0.0) -> float:
    """Return the learning rate above which gradient descent on a quadratic diverges.

    η_max = 2 (1 + β) / λ_max

    Along the eigenvector of eigenvalue λ > 0 plain descent multiplies the distance to the minimum
    by 1 − ηλ, which stays below 1 in size while η < 2/λ; the steepest direction decides.

    Parameters
    ----------
    hessian : float or array_like, shape (n, n)
        The symmetric Hessian H of the loss; a number is the second derivative in one dimension.
    momentum : float
        The momentum β in [0, 1).

    Returns
    -------
    float
        The bound. Only below it does the path converge in every direction that curves upwards.

    Raises
    ------
    ValueError
        If the Hessian is not symmetric or has no positive eigenvalue: then no rate is stable.

    Notes
    -----
    Source: Goh (2017), "Why momentum really works"; chapter 8.

    Examples
    --------
    >>> from notebooklib.optim import bowl
    >>> max_stable_lr([[1.0, 0.0], [0.0, 10.0]])
    0.2
    >>> max_stable_lr([[1.0, 0.0], [0.0, 10.0]], momentum=0.9)
    0.38
    """
    momentum = below_one(momentum, "momentum")
    largest = float(np.linalg.eigvalsh(symmetric_matrix(hessian, "hessian"))[-1])
    if largest <= 0:
        raise ValueError(
            f"hessian: expected a positive eigenvalue, got {largest:g} as the largest: "
            "no learning rate is stable"
        )
    return 2 * (1 + momentum) / largest


class OptimizerState(NamedTuple):
    """What an optimiser remembers between two steps.

    Attributes
    ----------
    steps : int
        The number of steps taken.
    moments : tuple of tuple of ndarray
        For each parameter its moments, each of the parameter's shape.

    Examples
    --------
    >>> SGD(0.1).init([np.ones(2)])
    OptimizerState(steps=0, moments=((array([0., 0.]),),))
    """

    steps: int
    moments: tuple[tuple[Array, ...], ...]


@dataclass(frozen=True)
class Optimizer:
    """An update rule θ ← θ − ηₜ · direction; a subclass says what the direction is.

    `init` and `step` are pure: nothing is changed in place, and all memory is in the state.

    Parameters
    ----------
    lr : float or schedule
        The learning rate η > 0, or a function that gives it at step t = 0, 1, ….

    Raises
    ------
    ValueError
        If an option is out of its range.

    Notes
    -----
    Source: chapter 8.

    Examples
    --------
    >>> rule = SGD(0.1)
    >>> params = [np.array([5.0])]
    >>> params, state = rule.step(params, [2 * params[0]], rule.init(params))
    >>> params, state.steps
    ([array([4.])], 1)
    """

    lr: float | Schedule

    num_moments = 0  # arrays remembered per parameter; they start at zero

    def __post_init__(self):
        for field in fields(self):
            value = getattr(self, field.name)
            if field.name != "lr":
                check = positive if field.name == "eps" else below_one
                object.__setattr__(self, field.name, check(value, field.name))
            elif not callable(value):
                object.__setattr__(self, "lr", positive(value, "learning rate lr"))

    def direction(self, g: Array, t: int, *moments: Array) -> tuple[Array, ...]:
        """Return the direction at step t = 1, 2, … for the gradient `g`, then the new moments."""
        raise NotImplementedError

    def init(self, params: Sequence[Array]) -> OptimizerState:
        """Return the state before the first step: no steps taken, all moments zero.

        Parameters
        ----------
        params : sequence of array_like
            The parameters, each of any shape.

        Returns
        -------
        OptimizerState
            The state.

        Raises
        ------
        ValueError
            If there is no parameter, or one is no array of finite numbers.

        Examples
        --------
        >>> Adam(0.1).init([[1.0, 2.0]]).steps
        0
        """
        params = [real_array(p, "params") for p in sequence(params, "params")]
        return OptimizerState(0, tuple((np.zeros_like(p),) * self.num_moments for p in params))

    def step(
        self, params: Sequence[Array], grads: Sequence[Array], state: OptimizerState
    ) -> tuple[list[Array], OptimizerState]:
        """Return the parameters after one step, as new arrays, and the new state.

        Parameters
        ----------
        params : sequence of array_like
            The parameters θ, each of any shape.
        grads : sequence of array_like
            The gradients, in the same shapes.
        state : OptimizerState
            What `init` or the step before returned.

        Returns
        -------
        params : list of ndarray
            The new parameters, in the same shapes.
        state : OptimizerState
            The new state.

        Raises
        ------
        ValueError
            If number or shapes of gradients or moments differ from the parameters', or a schedule's
            rate is negative or not finite.

        Examples
        --------
        >>> rule = SGD(0.5)
        >>> rule.step([[1.0, 2.0]], [[2.0, 2.0]], rule.init([[1.0, 2.0]]))[0]
        [array([0., 1.])]
        """
        return self._step(*_alike(params, grads, state))

    def _step(self, params, grads, state):
        lr = nonnegative(self.lr(state.steps), "learning rate lr") if callable(self.lr) else self.lr
        new_params, new_moments = [], []
        for p, g, moments in zip(params, grads, state.moments, strict=True):
            direction, *moments = self.direction(g, state.steps + 1, *moments)
            new_params.append(p - lr * direction)
            new_moments.append(tuple(moments))
        return new_params, OptimizerState(state.steps + 1, tuple(new_moments))


@dataclass(frozen=True)
class SGD(Optimizer):
    """Gradient descent, with momentum if asked: the direction is a decaying sum of gradients.

    bₜ = β bₜ₋₁ + gₜ, θₜ = θₜ₋₁ − η bₜ, b₀ = 0

    With a constant learning rate this is the heavy ball v ← βv − ηg, θ ← θ + v, for v = −ηb.

    Parameters
    ----------
    lr : float or schedule
        The learning rate η > 0, or a function that gives it at step t = 0, 1, ….
    momentum : float
        The momentum β in [0, 1).

    Raises
    ------
    ValueError
        If an option is out of its range.

    Notes
    -----
    Source: Polyak (1964), eq. 9; ``torch.optim.SGD``.

    Examples
    --------
    >>> minimize(SGD(0.1, momentum=0.9), lambda x: 2 * x, 5.0, 2).round(2).tolist()
    [5.0, 4.0, 2.3]
    """

    momentum: float = 0.0

    num_moments = 1

    def direction(self, g, t, b):
        """Return b_t as the direction and as the new moment."""
        if not self.momentum:
            return g, b
        b = self.momentum * b + g
        return b, b


@dataclass(frozen=True)
class AdaGrad(Optimizer):
    """AdaGrad: every parameter's step shrinks with the sum of its squared gradients so far.

    sₜ = sₜ₋₁ + gₜ², θₜ = θₜ₋₁ − η gₜ / (√sₜ + ε)

    Parameters
    ----------
    lr : float or schedule
        The learning rate η > 0, or a function that gives it at step t = 0, 1, ….
    eps : float
        The number ε > 0, outside the root; it keeps 0/0 away while all gradients are 0.

    Raises
    ------
    ValueError
        If an option is out of its range.

    Notes
    -----
    Source: Duchi, Hazan, Singer (2011), fig. 1; ``torch.optim.Adagrad``.

    Examples
    --------
    >>> minimize(AdaGrad(1.0), lambda x: 2 * x, 5.0, 2).round(3).tolist()
    [5.0, 4.0, 3.375]
    """

    eps: float = 1e-10

    num_moments = 1

    def direction(self, g, t, s):
        """Return g / (√s + ε) and the sum of squares s."""
        s = s + g * g
        return g / (np.sqrt(s) + self.eps), s


@dataclass(frozen=True)
class RMSprop(Optimizer):
    """RMSprop: AdaGrad with a moving average in place of the sum, so that the past is forgotten.

    sₜ = α sₜ₋₁ + (1 − α) gₜ², θₜ = θₜ₋₁ − η gₜ / (√sₜ + ε)

    Parameters
    ----------
    lr : float or schedule
        The learning rate η > 0, or a function that gives it at step t = 0, 1, ….
    alpha : float
        How much of the average is kept, α in [0, 1). Its start at 0 is not corrected.
    eps : float
        The number ε > 0, outside the root.

    Raises
    ------
    ValueError
        If an option is out of its range.

    Notes
    -----
    Source: Tieleman, Hinton (2012), lecture 6e; ``torch.optim.RMSprop``, not centred, no momentum.

    Examples
    --------
    >>> minimize(RMSprop(0.1), lambda x: 2 * x, 5.0, 2).round(3).tolist()
    [5.0, 4.0, 3.373]
    """

    alpha: float = 0.99
    eps: float = 1e-8

    num_moments = 1

    def direction(self, g, t, s):
        """Return g / (√s + ε) and the moving average of squares s."""
        s = self.alpha * s + (1 - self.alpha) * g * g
        return g / (np.sqrt(s) + self.eps), s


@dataclass(frozen=True)
class Adam(Optimizer):
    """Adam: momentum over RMSprop, both averages corrected for their start at zero.

    mₜ = β₁ mₜ₋₁ + (1 − β₁) gₜ, sₜ = β₂ sₜ₋₁ + (1 − β₂) gₜ²

    m̂ₜ = mₜ / (1 − β₁ᵗ), ŝₜ = sₜ / (1 − β₂ᵗ), θₜ = θₜ₋₁ − η m̂ₜ / (√ŝₜ + ε)

    Parameters
    ----------
    lr : float or schedule
        The learning rate η > 0, or a function that gives it at step t = 0, 1, ….
    beta1, beta2 : float
        How much of the two averages is kept, β₁ and β₂ in [0, 1).
    eps : float
        The number ε > 0, outside the root of the corrected average.

    Raises
    ------
    ValueError
        If an option is out of its range.

    Notes
    -----
    Source: Kingma, Ba (2015), algorithm 1; ``torch.optim.Adam``.

    Examples
    --------
    >>> minimize(Adam(0.1), lambda x: 2 * x, 5.0, 2).round(3).tolist()
    [5.0, 4.9, 4.8]
    """

    beta1: float = 0.9
    beta2: float = 0.999
    eps: float = 1e-8

    num_moments = 2

    def direction(self, g, t, m, s):
        """Return the corrected m / (√s + ε), and both moving averages."""
        m = self.beta1 * m + (1 - self.beta1) * g
        s = self.beta2 * s + (1 - self.beta2) * g * g
        m_hat = m / (1 - self.beta1**t)
        s_hat = s / (1 - self.beta2**t)
        return m_hat / (np.sqrt(s_hat) + self.eps), m, s


@dataclass(frozen=True)
class RAdam(Optimizer):
    """Rectified Adam: momentum alone while too few gradients are known, then a rectified Adam.

    ρ∞ = 2/(1 − β₂) − 1, ρₜ = ρ∞ − 2t β₂ᵗ / (1 − β₂ᵗ)

    rₜ = √( (ρₜ − 4)(ρₜ − 2) ρ∞ / ((ρ∞ − 4)(ρ∞ − 2) ρₜ) )

    θₜ = θₜ₋₁ − η m̂ₜ where ρₜ ≤ 5, else θₜ₋₁ − η m̂ₜ rₜ √(1 − β₂ᵗ) / (√sₜ + ε)

    Parameters
    ----------
    lr : float or schedule
        The learning rate η > 0, or a function that gives it at step t = 0, 1, ….
    beta1, beta2 : float
        How much of the two averages is kept, β₁ and β₂ in [0, 1). With β₂ ≤ 2/3 the length ρ never
        passes 5: momentum throughout.
    eps : float
        The number ε > 0, outside the root of the average *before* its correction, unlike in Adam.

    Raises
    ------
    ValueError
        If an option is out of its range.

    Notes
    -----
    The paper switches where ρₜ > 4; PyTorch, and this class, where ρₜ > 5. With β₂ = 0.999 the
    first five steps are momentum.

    Source: Liu et al. (2020), algorithm 2; ``torch.optim.RAdam``.

    Examples
    --------
    >>> minimize(RAdam(0.1), lambda x: 2 * x, 5.0, 2).round(3).tolist()
    [5.0, 4.0, 3.105]
    """

    beta1: float = 0.9
    beta2: float = 0.999
    eps: float = 1e-8

    num_moments = 2

    def direction(self, g, t, m, s):
        """Return the corrected m, divided by the rectified √s once that can be trusted."""
        m = self.beta1 * m + (1 - self.beta1) * g
        s = self.beta2 * s + (1 - self.beta2) * g * g
        m_hat = m / (1 - self.beta1**t)
        correction = 1 - self.beta2**t
        rho_inf = 2 / (1 - self.beta2) - 1
        rho = rho_inf - 2 * t * self.beta2**t / correction  # how many gradients the average holds
        if rho <= 5:
            return m_hat, m, s
        rectifier = (rho - 4) * (rho - 2) * rho_inf / ((rho_inf - 4) * (rho_inf - 2) * rho)
        return m_hat * np.sqrt(rectifier * correction) / (np.sqrt(s) + self.eps), m, s


OPTIMIZERS: dict[str, type[Optimizer]] = {
    "sgd": SGD,
    "adagrad": AdaGrad,
    "rmsprop": RMSprop,
    "adam": Adam,
    "radam": RAdam,
}


def optimizer(name: str, **options: float) -> Optimizer:
    """Return the optimiser of that name.

    Parameters
    ----------
    name : str
        One of 'sgd', 'adagrad', 'rmsprop', 'adam', 'radam'.
    **options : float
        The learning rate `lr`, and the options of that optimiser.

    Returns
    -------
    Optimizer
        The frozen update rule.

    Raises
    ------
    ValueError
        If the name is unknown (the message lists the known ones) or an option is out of range.

    Examples
    --------
    >>> optimizer("sgd", lr=0.1, momentum=0.9)
    SGD(lr=0.1, momentum=0.9)
    """
    return OPTIMIZERS[choice(name, "optimizer", OPTIMIZERS)](**options)


def minimize(optimizer: Optimizer, grad: Gradient, x0: ArrayLike, steps: int) -> Array:
    """Run an optimiser and return every point it passes.

    Parameters
    ----------
    optimizer : Optimizer
        The update rule, for example ``Adam(lr=0.1)``.
    grad : callable
        The gradient of the loss: a point of the shape of `x0` in, the same shape out.
    x0 : float or array_like, shape (dim,)
        The starting point.
    steps : int
        How many steps to take, at least 1.

    Returns
    -------
    ndarray, shape (steps + 1, dim), or (steps + 1,) for a scalar `x0`
        The trajectory, `x0` first. One that diverges far enough ends in inf and nan.

    Raises
    ------
    ValueError
        If `steps` is below 1, or a gradient is not real or has another shape than `x0`.

    Notes
    -----
    Source: chapter 8.

    Examples
    --------
    >>> from notebooklib.optim import bowl
    >>> valley = bowl(condition=10)
    >>> path = minimize(Adam(lr=0.2), valley.gradient, valley.start, 200)
    >>> path.shape, bool(np.allclose(path[-1], valley.minimum, atol=0.01))
    ((201, 2), True)
    """
    x, steps = _start(grad, x0), positive_int(steps, "steps", most=MOST_STEPS)
    trajectory, state = [x], instance(optimizer, "optimizer", Optimizer).init([x])
    with np.errstate(over="ignore", invalid="ignore"):  # a diverging path may overflow
        for _ in range(steps):
            (x,), state = optimizer._step([x], [_gradient(grad, x)], state)
            trajectory.append(x)
    return np.array(trajectory)


def _start(grad: Gradient, x0: ArrayLike) -> Array:
    function(grad, "grad", takes=1)
    x = real_array(x0, "x0")
    if x.ndim > 1:
        raise ValueError(f"x0: expected a number or a vector, got shape {x.shape}")
    with np.errstate(over="ignore", invalid="ignore"):
        _gradient(grad, x)  # tried once before the first step
    return x


def _gradient(grad: Gradient, x: Array) -> Array:
    """Return the gradient at x, which may be inf or nan where a path diverges."""
    g = grad(x)
    if type(g) in (np.ndarray, np.float64) and g.dtype == x.dtype and g.shape == x.shape:
        return np.array(g)
    g = real_array(g, "gradient from grad", finite=False)
    if g.shape != x.shape:
        raise ValueError(f"gradient from grad: expected shape {x.shape}, got {g.shape}")
    return g


def _alike(params, grads, state):
    """Return parameters and gradients as arrays, and the state, where all shapes agree."""
    params = [real_array(p, "params", finite=False) for p in sequence(params, "params")]
    grads = [real_array(g, "grads", finite=False) for g in sequence(grads, "grads")]
    shapes = [p.shape for p in params]
    if shapes != (came := [g.shape for g in grads]):
        raise ValueError(f"grads: expected shapes {shapes}, got {came}")
    moments = instance(state, "state", OptimizerState).moments
    if len(moments) != len(shapes) or any(
        m.shape != shape for shape, ms in zip(shapes, moments, strict=True) for m in ms
    ):
        raise ValueError(
            f"state: expected moments of shapes {shapes}, got those of other parameters"
        )
    return params, grads, state
