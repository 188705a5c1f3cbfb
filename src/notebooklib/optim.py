"""Going downhill: gradient descent, its optimisers and schedules, and landscapes to try them on."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from notebooklib._validate import (
    choice,
    finite,
    matrix,
    nonnegative,
    positive,
    positive_int,
    real_array,
    square_matrix,
)

Array = NDArray[np.float64]
Gradient = Callable[[Array], ArrayLike]
Schedule = Callable[[ArrayLike], float | Array]


# ------------------------------------------------------------------- gradient descent


def gradient_descent(
    grad: Gradient, x0: ArrayLike, *, lr: float, steps: int, momentum: float = 0.0
) -> Array:
    r"""Walk downhill from `x0`, each step against the gradient, and return every point passed.

    .. math:: v_{t+1} = \beta v_t - \eta \nabla L(\theta_t), \qquad
              \theta_{t+1} = \theta_t + v_{t+1}, \qquad v_0 = 0

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
        If the learning rate is not above 0, the momentum not in [0, 1), `steps` below 1, or the
        gradient's shape is not that of `x0`.

    References
    ----------
    Polyak (1964), eq. 9 (heavy ball); chapter 8.

    Examples
    --------
    >>> gradient_descent(lambda x: 2 * x, 5.0, lr=0.1, steps=3).round(2).tolist()
    [5.0, 4.0, 3.2, 2.56]
    """
    x, lr, momentum = (
        _start(grad, x0),
        positive(lr, "learning rate"),
        _decay(momentum, "momentum"),
    )
    trajectory = [x]
    velocity = np.zeros_like(x)
    with np.errstate(over="ignore", invalid="ignore"):  # a diverging path may overflow
        for _ in range(positive_int(steps, "steps")):
            velocity = momentum * velocity - lr * np.asarray(grad(x))
            x = x + velocity
            trajectory.append(x)
    return np.array(trajectory)


def max_stable_lr(hessian: ArrayLike, *, momentum: float = 0.0) -> float:
    r"""Return the learning rate above which gradient descent on a quadratic diverges.

    .. math:: \eta_{\max} = \frac{2 (1 + \beta)}{\lambda_{\max}}

    Along the eigenvector of eigenvalue λ > 0 plain descent multiplies the distance to the minimum
    by 1 - ηλ, which stays below 1 in size while η < 2/λ; the steepest direction decides.

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

    References
    ----------
    Goh (2017), "Why momentum really works"; chapter 8.

    Examples
    --------
    >>> max_stable_lr([[1.0, 0.0], [0.0, 10.0]])
    0.2
    >>> max_stable_lr([[1.0, 0.0], [0.0, 10.0]], momentum=0.9)
    0.38
    """
    momentum = _decay(momentum, "momentum")
    largest = float(_eigenvalues(hessian)[-1])
    if largest <= 0:
        raise ValueError(
            f"hessian: expected a positive eigenvalue, got {largest:g} as the largest: "
            "no learning rate is stable"
        )
    return 2 * (1 + momentum) / largest


# ------------------------------------------------------------------------- optimisers


class State(NamedTuple):
    """What an optimiser remembers: the steps taken and its moments, one array per parameter."""

    steps: int
    moments: tuple[tuple[Array, ...], ...]


@dataclass(frozen=True)
class Optimizer:
    """An update rule θ ← θ - η_t · direction; a subclass says what the direction is.

    `init` and `step` are pure: nothing is changed in place, and all memory is in the state.
    """

    lr: float | Schedule

    num_moments = 0  # arrays remembered per parameter; they start at zero

    def __post_init__(self):
        for field in fields(self):
            value = getattr(self, field.name)
            if field.name == "lr":
                if not callable(value):
                    positive(value, "learning rate")
            elif field.name == "eps":
                positive(value, "eps")
            else:
                _decay(value, field.name)

    def direction(self, g: Array, t: int, *moments: Array) -> tuple[Array, ...]:
        """Return the direction at step t = 1, 2, … for the gradient `g`, then the new moments."""
        raise NotImplementedError

    def init(self, params: Sequence[Array]) -> State:
        """Return the state before the first step: no steps taken, all moments zero."""
        return State(0, tuple((np.zeros_like(p),) * self.num_moments for p in params))

    def step(
        self, params: Sequence[Array], grads: Sequence[Array], state: State
    ) -> tuple[list[Array], State]:
        """Return the parameters after one step, as new arrays, and the new state."""
        lr = self.lr(state.steps) if callable(self.lr) else self.lr
        new_params, new_moments = [], []
        for p, g, moments in zip(params, grads, state.moments, strict=True):
            direction, *moments = self.direction(g, state.steps + 1, *moments)
            new_params.append(p - lr * direction)
            new_moments.append(tuple(moments))
        return new_params, State(state.steps + 1, tuple(new_moments))


@dataclass(frozen=True)
class SGD(Optimizer):
    r"""Gradient descent, with momentum if asked: the direction is a decaying sum of gradients.

    .. math:: b_t = \beta b_{t-1} + g_t, \qquad \theta_t = \theta_{t-1} - \eta b_t, \qquad b_0 = 0

    With a constant learning rate this is the heavy ball v ← βv - ηg, θ ← θ + v, for v = -ηb.

    Parameters
    ----------
    lr : float or schedule
        The learning rate η > 0, or a function that gives it at step t = 0, 1, ….
    momentum : float
        β in [0, 1).

    References
    ----------
    Polyak (1964), eq. 9; ``torch.optim.SGD``.

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
    r"""AdaGrad: every parameter's step shrinks with the sum of its squared gradients so far.

    .. math:: s_t = s_{t-1} + g_t^2, \qquad
              \theta_t = \theta_{t-1} - \eta \frac{g_t}{\sqrt{s_t} + \varepsilon}

    Parameters
    ----------
    lr : float or schedule
        The learning rate η > 0, or a function that gives it at step t = 0, 1, ….
    eps : float
        ε > 0, outside the root; it keeps 0/0 away while all gradients are 0.

    References
    ----------
    Duchi, Hazan, Singer (2011), fig. 1; ``torch.optim.Adagrad``.

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
    r"""RMSprop: AdaGrad with a moving average in place of the sum, so that the past is forgotten.

    .. math:: s_t = \alpha s_{t-1} + (1 - \alpha) g_t^2, \qquad
              \theta_t = \theta_{t-1} - \eta \frac{g_t}{\sqrt{s_t} + \varepsilon}

    Parameters
    ----------
    lr : float or schedule
        The learning rate η > 0, or a function that gives it at step t = 0, 1, ….
    alpha : float
        α in [0, 1): how much of the average is kept. Its start at 0 is not corrected.
    eps : float
        ε > 0, outside the root.

    References
    ----------
    Tieleman, Hinton (2012), lecture 6e; ``torch.optim.RMSprop``, not centred, no momentum.

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
    r"""Adam: momentum over RMSprop, both averages corrected for their start at zero.

    .. math:: m_t = \beta_1 m_{t-1} + (1 - \beta_1) g_t, \qquad
              s_t = \beta_2 s_{t-1} + (1 - \beta_2) g_t^2

    .. math:: \hat m_t = \frac{m_t}{1 - \beta_1^t}, \qquad
              \hat s_t = \frac{s_t}{1 - \beta_2^t}, \qquad
              \theta_t = \theta_{t-1} - \eta \frac{\hat m_t}{\sqrt{\hat s_t} + \varepsilon}

    Parameters
    ----------
    lr : float or schedule
        The learning rate η > 0, or a function that gives it at step t = 0, 1, ….
    beta1, beta2 : float
        β₁ and β₂ in [0, 1): how much of the two averages is kept.
    eps : float
        ε > 0, outside the root of the corrected average.

    References
    ----------
    Kingma, Ba (2015), algorithm 1; ``torch.optim.Adam``.

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
    r"""Rectified Adam: momentum alone while too few gradients are known, then a rectified Adam.

    .. math:: \rho_\infty = \frac{2}{1 - \beta_2} - 1, \qquad
              \rho_t = \rho_\infty - \frac{2 t \beta_2^t}{1 - \beta_2^t}, \qquad
              r_t = \sqrt{\frac{(\rho_t - 4)(\rho_t - 2) \rho_\infty}
                               {(\rho_\infty - 4)(\rho_\infty - 2) \rho_t}}

    .. math:: \theta_t = \theta_{t-1} - \eta\, \hat m_t \cdot
              \begin{cases} 1 & \rho_t \le 5 \\
              r_t \sqrt{1 - \beta_2^t} \,/\, (\sqrt{s_t} + \varepsilon) & \rho_t > 5 \end{cases}

    Parameters
    ----------
    lr : float or schedule
        The learning rate η > 0, or a function that gives it at step t = 0, 1, ….
    beta1, beta2 : float
        β₁ and β₂ in [0, 1). With β₂ ≤ 2/3 the length ρ never passes 5: momentum throughout.
    eps : float
        ε > 0, outside the root of the average *before* its correction, unlike in Adam.

    Notes
    -----
    The paper switches where ρ_t > 4; PyTorch, and this class, where ρ_t > 5. With β₂ = 0.999 the
    first five steps are momentum.

    References
    ----------
    Liu et al. (2020), algorithm 2; ``torch.optim.RAdam``.

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
        `lr` and the options of that optimiser.

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
    """Run an optimiser from `x0` and return every point it passes.

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
        If `steps` is below 1, or the gradient's shape is not that of `x0`.

    Examples
    --------
    >>> valley = bowl(condition=10)
    >>> path = minimize(Adam(lr=0.2), valley.gradient, valley.start, 200)
    >>> path.shape, bool(np.allclose(path[-1], valley.minimum, atol=0.01))
    ((201, 2), True)
    """
    x = _start(grad, x0)
    trajectory, state = [x], optimizer.init([x])
    with np.errstate(over="ignore", invalid="ignore"):  # a diverging path may overflow
        for _ in range(positive_int(steps, "steps")):
            (x,), state = optimizer.step([x], [np.asarray(grad(x), dtype=np.float64)], state)
            trajectory.append(x)
    return np.array(trajectory)


# -------------------------------------------------------------------------- schedules


def inverse_square_root(lr: float) -> Schedule:
    r"""Return the schedule that falls with the square root of the step.

    .. math:: \eta_t = \frac{\eta}{\sqrt{t + 1}}

    Parameters
    ----------
    lr : float
        The learning rate η > 0 at step 0.

    Returns
    -------
    callable
        η_t for a step t ≥ 0, a number or an array.

    Examples
    --------
    >>> inverse_square_root(0.1)([0, 3, 8]).round(3).tolist()
    [0.1, 0.05, 0.033]
    """
    lr = positive(lr, "learning rate")
    return _schedule(lambda t: lr / np.sqrt(t + 1))


def step_decay(lr: float, *, gamma: float, every: int) -> Schedule:
    r"""Return the staircase that multiplies the learning rate by γ every few steps.

    .. math:: \eta_t = \eta\, \gamma^{\lfloor t / s \rfloor}

    Parameters
    ----------
    lr : float
        The learning rate η > 0 at step 0.
    gamma : float
        The factor γ in (0, 1] of one stair.
    every : int
        The length s ≥ 1 of a stair, in steps.

    Returns
    -------
    callable
        η_t for a step t ≥ 0, a number or an array.

    References
    ----------
    ``torch.optim.lr_scheduler.StepLR``.

    Examples
    --------
    >>> step_decay(0.8, gamma=0.5, every=10)([0, 9, 10, 25]).tolist()
    [0.8, 0.8, 0.4, 0.2]
    """
    lr, gamma, every = (
        positive(lr, "learning rate"),
        positive(gamma, "gamma"),
        positive_int(every, "every"),
    )
    if gamma > 1:
        raise ValueError(f"gamma: expected a number in (0, 1], got {gamma!r}")
    return _schedule(lambda t: lr * gamma ** np.floor(t / every))


def linear_decay(lr: float, *, total: int) -> Schedule:
    r"""Return the schedule that falls in a straight line to 0 and stays there.

    .. math:: \eta_t = \eta \left(1 - \frac{t}{T}\right), \qquad 0 \le t \le T

    Parameters
    ----------
    lr : float
        The learning rate η > 0 at step 0.
    total : int
        The step T ≥ 1 at which it reaches 0.

    Returns
    -------
    callable
        η_t for a step t ≥ 0, a number or an array.

    References
    ----------
    ``torch.optim.lr_scheduler.PolynomialLR`` with power 1.

    Examples
    --------
    >>> linear_decay(0.1, total=100)([0, 50, 100, 120]).tolist()
    [0.1, 0.05, 0.0, 0.0]
    """
    lr, total = positive(lr, "learning rate"), positive_int(total, "total")
    return _schedule(lambda t: lr * (1 - np.minimum(t / total, 1)))


def exponential_decay(lr: float, *, rate: float) -> Schedule:
    r"""Return the schedule that falls by the same factor at every step.

    .. math:: \eta_t = \eta\, e^{-k t}

    Parameters
    ----------
    lr : float
        The learning rate η > 0 at step 0.
    rate : float
        The rate k ≥ 0 per step; the factor of one step is γ = e^{-k}.

    Returns
    -------
    callable
        η_t for a step t ≥ 0, a number or an array.

    References
    ----------
    ``torch.optim.lr_scheduler.ExponentialLR`` with gamma = exp(-rate).

    Examples
    --------
    >>> exponential_decay(0.1, rate=0.1)([0, 10, 20]).round(3).tolist()
    [0.1, 0.037, 0.014]
    """
    lr, rate = positive(lr, "learning rate"), nonnegative(rate, "rate")
    return _schedule(lambda t: lr * np.exp(-rate * t))


def cosine_decay(lr: float, *, total: int) -> Schedule:
    r"""Return the schedule that falls to 0 along half a cosine and stays there.

    .. math:: \eta_t = \eta\, \frac{1 + \cos(\pi t / T)}{2}, \qquad 0 \le t \le T

    Parameters
    ----------
    lr : float
        The learning rate η > 0 at step 0.
    total : int
        The step T ≥ 1 at which it reaches 0.

    Returns
    -------
    callable
        η_t for a step t ≥ 0, a number or an array.

    References
    ----------
    Loshchilov, Hutter (2017), eq. 5, without restarts; ``CosineAnnealingLR`` up to T.

    Examples
    --------
    >>> cosine_decay(0.1, total=100)([0, 25, 50, 100]).round(3).tolist()
    [0.1, 0.085, 0.05, 0.0]
    """
    lr, total = positive(lr, "learning rate"), positive_int(total, "total")
    return _schedule(lambda t: lr * (1 + np.cos(np.pi * np.minimum(t / total, 1))) / 2)


def warm_up(schedule: Schedule, *, steps: int) -> Schedule:
    r"""Return a schedule that first rises in a straight line to the start of another, then is it.

    .. math:: \eta_t = \begin{cases} \eta_0 \dfrac{t + 1}{s + 1} & t < s \\[1ex]
              \eta_{t - s} & t \ge s \end{cases}

    Parameters
    ----------
    schedule : callable
        The schedule η that follows the rise.
    steps : int
        The length s ≥ 1 of the rise.

    Returns
    -------
    callable
        η_t for a step t ≥ 0, a number or an array.

    References
    ----------
    Goyal et al. (2017), section 2.2; ``LinearLR`` followed by the other in ``SequentialLR``.

    Examples
    --------
    >>> warm_up(linear_decay(0.1, total=10), steps=4)([0, 1, 4, 9, 14]).round(2).tolist()
    [0.02, 0.04, 0.1, 0.05, 0.0]
    """
    if not callable(schedule):
        raise ValueError(f"schedule: expected a function of the step, got {schedule!r}")
    steps = positive_int(steps, "steps")
    return _schedule(
        lambda t: np.minimum((t + 1) / (steps + 1), 1) * schedule(np.maximum(t - steps, 0))
    )


# ------------------------------------------------------------------------- landscapes


@dataclass(frozen=True)
class Landscape:
    """A loss over the plane, with what an optimiser and a picture of it need.

    Attributes
    ----------
    name : str
        What to call it.
    value : callable
        Points of shape (..., 2) in, heights of shape (...) out.
    gradient : callable
        Points of shape (..., 2) in, gradients of shape (..., 2) out.
    hessian : callable
        One point of shape (2,) in, the Hessian of shape (2, 2) out.
    start : tuple of float
        A point to start from.
    minimum : tuple of float or None
        The lowest point (one of them), where it is known in closed form.
    extent : tuple of float
        (left, right, bottom, top) of the part worth drawing.
    """

    name: str
    value: Callable[[ArrayLike], Array]
    gradient: Callable[[ArrayLike], Array]
    hessian: Callable[[ArrayLike], Array]
    start: tuple[float, float]
    minimum: tuple[float, float] | None
    extent: tuple[float, float, float, float]

    def grid(self, points: int = 40) -> tuple[Array, Array, Array]:
        """Return x, y and the height on a grid over the extent, each of shape (points, points).

        Parameters
        ----------
        points : int
            How many grid points lie along each side, at least 2.

        Raises
        ------
        ValueError
            If there are fewer than two points.

        Examples
        --------
        >>> x, y, height = bowl(10).grid(5)
        >>> height[2].tolist()
        [12.5, 3.125, 0.0, 3.125, 12.5]
        """
        if positive_int(points, "points") < 2:
            raise ValueError(f"points: expected at least 2, got {points}")
        left, right, bottom, top = self.extent
        x, y = np.meshgrid(np.linspace(left, right, points), np.linspace(bottom, top, points))
        return x, y, self.value(np.stack([x, y], axis=-1))


def bowl(condition: float = 10.0) -> Landscape:
    r"""Return a quadratic bowl whose Hessian has the condition number κ.

    .. math:: L(x, y) = \tfrac12 (x^2 + \kappa y^2)

    Parameters
    ----------
    condition : float
        κ ≥ 1: how many times steeper it is along y than along x.

    Returns
    -------
    Landscape
        Its minimum is at the origin; its Hessian is the same everywhere.

    Examples
    --------
    >>> valley = bowl(condition=10)
    >>> max_stable_lr(valley.hessian(valley.start))
    0.2
    """
    if finite(condition, "condition") < 1:
        raise ValueError(f"condition: expected a number >= 1, got {condition!r}")
    curvature = np.array([1.0, condition])
    return Landscape(
        name="bowl",
        value=lambda p: (curvature * _points(p) ** 2).sum(axis=-1) / 2,
        gradient=lambda p: curvature * _points(p),
        hessian=lambda p: np.diag(curvature),
        start=(-4.0, 1.0),
        minimum=(0.0, 0.0),
        extent=(-5.0, 5.0, -2.5, 2.5),
    )


def rosenbrock() -> Landscape:
    r"""Return Rosenbrock's valley: finding its floor is easy, following it to the end is not.

    .. math:: L(x, y) = (1 - x)^2 + 100\, (y - x^2)^2

    Returns
    -------
    Landscape
        Its only critical point is the minimum at (1, 1).

    References
    ----------
    Rosenbrock (1960); ``scipy.optimize.rosen``.

    Examples
    --------
    >>> rosenbrock().gradient([[0.0, 0.0], [1.0, 2.0]]).tolist()
    [[-2.0, 0.0], [-400.0, 200.0]]
    """

    def value(p):
        x, y = _coordinates(p)
        return (1 - x) ** 2 + 100 * (y - x**2) ** 2

    def gradient(p):
        x, y = _coordinates(p)
        return np.stack([-2 * (1 - x) - 400 * x * (y - x**2), 200 * (y - x**2)], axis=-1)

    def hessian(p):
        x, y = _coordinates(p)
        return np.array([[2 - 400 * (y - 3 * x**2), -400 * x], [-400 * x, 200.0]])

    return Landscape(
        name="Rosenbrock",
        value=value,
        gradient=gradient,
        hessian=hessian,
        start=(-1.2, 1.0),
        minimum=(1.0, 1.0),
        extent=(-2.0, 2.0, -0.75, 2.25),
    )


def saddle() -> Landscape:
    r"""Return a saddle at the origin between two minima at (0, ±1).

    .. math:: L(x, y) = \tfrac12 x^2 - \tfrac12 y^2 + \tfrac14 y^4

    Returns
    -------
    Landscape
        It starts almost on the ridge, where the gradient leads to the saddle first.

    Examples
    --------
    >>> classify_critical_point(saddle().hessian([0.0, 0.0]))
    'saddle'
    >>> classify_critical_point(saddle().hessian([0.0, 1.0]))
    'minimum'
    """

    def value(p):
        x, y = _coordinates(p)
        return x**2 / 2 - y**2 / 2 + y**4 / 4

    def gradient(p):
        x, y = _coordinates(p)
        return np.stack([x, y**3 - y], axis=-1)

    def hessian(p):
        _, y = _coordinates(p)
        return np.diag([1.0, 3 * y**2 - 1])

    return Landscape(
        name="saddle",
        value=value,
        gradient=gradient,
        hessian=hessian,
        start=(-1.5, 0.001),
        minimum=(0.0, 1.0),
        extent=(-2.0, 2.0, -1.5, 1.5),
    )


def terrain(heights: ArrayLike, *, block: int = 32) -> Landscape:
    r"""Return real land as a landscape: a smooth surface through averaged elevations.

    The heights are averaged over squares of `block` cells, and a bicubic spline is laid through
    the averages, so that gradient and Hessian exist everywhere on the map.

    Parameters
    ----------
    heights : array_like, shape (rows, columns)
        Elevations in metres, north at row 0, cells as in `notebooklib.data.elevation`.
    block : int
        Cells to a side of one square, at least 1; at least four squares must fit each way.

    Returns
    -------
    Landscape
        x and y in kilometres east and north of the south-western corner, the height in hundreds
        of metres. Off the map the land goes on as at the nearest edge point. `start` is the
        highest of the averages.

    Examples
    --------
    >>> from notebooklib.data import elevation
    >>> land = terrain(elevation())
    >>> float(land.value(land.start).round(2))
    8.96
    """
    from scipy.interpolate import RectBivariateSpline

    heights, block = matrix(heights, "heights"), positive_int(block, "block")
    rows, columns = (n // block for n in heights.shape)
    if min(rows, columns) < 4:
        raise ValueError(
            f"heights: expected at least 4×4 squares of {block} cells, got shape {heights.shape}"
        )
    squares = heights[: rows * block, : columns * block].reshape(rows, block, columns, block)
    z = squares.mean(axis=(1, 3))[::-1].T / 100  # (columns, rows): x eastwards, y northwards
    x = (np.arange(columns) + 0.5) * block * 0.0743
    y = (np.arange(rows) + 0.5) * block * 0.0926
    spline = RectBivariateSpline(x, y, z)
    low, high = np.array([x[0], y[0]]), np.array([x[-1], y[-1]])

    def derivative(p, dx, dy):
        p = _points(p)
        off = (p < low) | (p > high)  # (..., 2): beyond an edge nothing changes along that axis
        height = spline.ev(*np.moveaxis(np.clip(p, low, high), -1, 0), dx=dx, dy=dy)
        return np.where(((dx > 0) & off[..., 0]) | ((dy > 0) & off[..., 1]), 0.0, height)

    top = np.unravel_index(z.argmax(), z.shape)
    return Landscape(
        name="terrain",
        value=lambda p: derivative(p, 0, 0),
        gradient=lambda p: np.stack([derivative(p, 1, 0), derivative(p, 0, 1)], axis=-1),
        hessian=lambda p: np.array(
            [
                [derivative(p, 2, 0), derivative(p, 1, 1)],
                [derivative(p, 1, 1), derivative(p, 0, 2)],
            ]
        ),
        start=(float(x[top[0]]), float(y[top[1]])),
        minimum=None,
        extent=(float(x[0]), float(x[-1]), float(y[0]), float(y[-1])),
    )


# -------------------------------------------------------------------- critical points


def classify_critical_point(hessian: ArrayLike, *, tol: float = 1e-10) -> str:
    r"""Say what a point with zero gradient is, from the signs of the Hessian's eigenvalues.

    At a critical point L(θ) ≈ L(θ₀) + ½ (θ - θ₀)ᵀ H (θ - θ₀): all eigenvalues positive make it a
    minimum, all negative a maximum, both signs a saddle. If some are zero and the rest have one
    sign, H is semidefinite and terms beyond the second order decide.

    Parameters
    ----------
    hessian : float or array_like, shape (n, n)
        The symmetric Hessian H at the critical point.
    tol : float
        Eigenvalues smaller than `tol` times the largest in size count as zero.

    Returns
    -------
    str
        'minimum', 'maximum', 'saddle' or 'undecided'.

    Raises
    ------
    ValueError
        If the Hessian is not symmetric.

    Examples
    --------
    >>> classify_critical_point([[2.0, 0.0], [0.0, -1.0]])
    'saddle'
    >>> classify_critical_point([[2.0, 0.0], [0.0, 0.0]])
    'undecided'
    """
    eigenvalues = _eigenvalues(hessian)
    zero = nonnegative(tol, "tol") * np.abs(eigenvalues).max()
    up, down = eigenvalues > zero, eigenvalues < -zero
    if up.all():
        return "minimum"
    if down.all():
        return "maximum"
    return "saddle" if up.any() and down.any() else "undecided"


def share_positive_definite(n: int, *, samples: int, rng: np.random.Generator) -> float:
    """Estimate how often a random symmetric n×n matrix is positive definite.

    The matrices are (A + Aᵀ)/2 with standard normal A. Were Hessians at critical points like
    them, this would be the share of minima; that real losses are so is a heuristic, no theorem.

    Parameters
    ----------
    n : int
        The dimension, at least 1.
    samples : int
        How many matrices to draw, at least 1.
    rng : numpy.random.Generator
        The source of randomness.

    Returns
    -------
    float
        The share in [0, 1].

    References
    ----------
    Dauphin et al. (2014), section 2; Dean, Majumdar (2006) for large n.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> round(share_positive_definite(2, samples=200_000, rng=rng), 3)
    0.147
    """
    n, samples = positive_int(n, "n"), positive_int(samples, "samples")
    A = rng.standard_normal((samples, n, n))
    eigenvalues = np.linalg.eigvalsh((A + A.transpose(0, 2, 1)) / 2)  # (samples, n), ascending
    return float((eigenvalues[:, 0] > 0).mean())


# ------------------------------------------------------------------------------ checks


def _start(grad: Gradient, x0: ArrayLike) -> Array:
    x = real_array(x0, "x0")
    if x.ndim > 1:
        raise ValueError(f"x0: expected a number or a vector, got shape {x.shape}")
    shape = np.shape(grad(x))
    if shape != x.shape:
        raise ValueError(f"gradient at x0: expected shape {x.shape}, got {shape}")
    return x


def _decay(value: float, name: str) -> float:
    if nonnegative(value, name) >= 1:
        raise ValueError(f"{name}: expected a number in [0, 1), got {value!r}")
    return float(value)


def _schedule(rate: Callable[[Array], Array]) -> Schedule:
    """Wrap η(t): refuse steps below 0, and give a float for a number, an array for an array."""

    def schedule(t: ArrayLike) -> float | Array:
        steps = real_array(t, "step t")
        if (steps < 0).any():
            raise ValueError(f"step t: expected a number >= 0, got {float(steps.min())}")
        rates = rate(steps)
        return float(rates) if steps.ndim == 0 else rates

    return schedule


def _eigenvalues(hessian: ArrayLike) -> Array:
    """Return the ascending eigenvalues of a symmetric matrix, or of a number as a 1×1 one."""
    H = square_matrix(np.atleast_2d(np.asarray(hessian)), "hessian")
    if not np.allclose(H, H.T):
        raise ValueError(f"hessian: expected a symmetric matrix, got {H.tolist()}")
    return np.linalg.eigvalsh(H)


def _points(p: ArrayLike) -> Array:
    p = np.asarray(p, dtype=np.float64)
    if p.shape[-1:] != (2,):
        raise ValueError(f"points: expected shape (..., 2), got {p.shape}")
    return p


def _coordinates(p: ArrayLike) -> tuple[Array, Array]:
    p = _points(p)
    return p[..., 0], p[..., 1]
