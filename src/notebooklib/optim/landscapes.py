"""Landscapes to go downhill on: a value, a gradient and a Hessian for each point of the plane."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from notebooklib._validate import (
    Array,
    finite,
    matrix,
    positive_int,
    real_array,
    vector,
    within_float64,
)


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
        The part worth drawing: left, right, bottom, top.

    Examples
    --------
    >>> valley = bowl(10)
    >>> float(valley.value([2.0, 1.0])), valley.gradient([2.0, 1.0]).tolist()
    (7.0, [2.0, 10.0])
    """

    name: str
    value: Callable[[ArrayLike], Array]
    gradient: Callable[[ArrayLike], Array]
    hessian: Callable[[ArrayLike], Array]
    start: tuple[float, float]
    minimum: tuple[float, float] | None
    extent: tuple[float, float, float, float]

    def grid(self, points: int = 40) -> tuple[Array, Array, Array]:
        """Return x, y and the height on a grid over the extent.

        Parameters
        ----------
        points : int
            How many grid points lie along each side, at least 2.

        Returns
        -------
        x : ndarray, shape (points, points)
            The grid's first coordinate, the same in every row.
        y : ndarray, shape (points, points)
            The second, the same in every column.
        height : ndarray, shape (points, points)
            The loss there.

        Raises
        ------
        ValueError
            If there are fewer than two points, or more than 10,000.

        Examples
        --------
        >>> x, y, height = bowl(10).grid(5)
        >>> height[2].tolist()
        [12.5, 3.125, 0.0, 3.125, 12.5]
        """
        if positive_int(points, "points", most=10_000) < 2:
            raise ValueError(f"points: expected at least 2, got {points}")
        left, right, bottom, top = self.extent
        x, y = np.meshgrid(np.linspace(left, right, points), np.linspace(bottom, top, points))
        return x, y, self.value(np.stack([x, y], axis=-1))


def bowl(condition: float = 10.0) -> Landscape:
    """Return a quadratic bowl whose Hessian has the condition number κ.

    L(x, y) = ½ (x² + κ y²)

    Parameters
    ----------
    condition : float
        How many times steeper it is along y than along x, κ ≥ 1.

    Returns
    -------
    Landscape
        Its minimum is at the origin; its Hessian is the same everywhere.

    Raises
    ------
    ValueError
        If the condition number is below 1, or above 1e100.

    Notes
    -----
    Source: chapter 8.

    Examples
    --------
    >>> from notebooklib.optim import max_stable_lr
    >>> valley = bowl(condition=10)
    >>> max_stable_lr(valley.hessian(valley.start))
    0.2
    """
    if not 1 <= (condition := finite(condition, "condition")) <= 1e100:
        raise ValueError(f"condition: expected a number from 1 to 1e100, got {condition!r}")
    curvature = np.array([1.0, condition])

    def hessian(p):
        _point(p)
        return np.diag(curvature)

    return Landscape(
        name="bowl",
        value=lambda p: (curvature * _points(p) ** 2).sum(axis=-1) / 2,
        gradient=lambda p: curvature * _points(p),
        hessian=hessian,
        start=(-4.0, 1.0),
        minimum=(0.0, 0.0),
        extent=(-5.0, 5.0, -2.5, 2.5),
    )


def rosenbrock() -> Landscape:
    """Return Rosenbrock's valley: finding its floor is easy, following it to the end is not.

    L(x, y) = (1 − x)² + 100 (y − x²)²

    Returns
    -------
    Landscape
        Its only critical point is the minimum at (1, 1).

    Notes
    -----
    Source: Rosenbrock (1960); ``scipy.optimize.rosen``.

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
        x, y = _point(p)
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
    """Return a saddle at the origin between two minima at (0, ±1).

    L(x, y) = ½ x² − ½ y² + ¼ y⁴

    Returns
    -------
    Landscape
        It starts almost on the ridge, where the gradient leads to the saddle first.

    Notes
    -----
    Source: chapter 8.

    Examples
    --------
    >>> from notebooklib.optim import classify_critical_point
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
        _, y = _point(p)
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


@within_float64
def terrain(heights: ArrayLike, *, block: int = 32) -> Landscape:
    """Return real land as a landscape: a smooth surface through averaged elevations.

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
        With x and y in kilometres east and north of the south-western corner, the height in
        hundreds of metres. Off the map the land goes on as at the nearest edge point. `start` is
        the highest of the averages.

    Raises
    ------
    ValueError
        If fewer than 4×4 squares fit, or a height is not finite.

    Notes
    -----
    Source: ``scipy.interpolate.RectBivariateSpline``; chapter 8.

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

    def hessian(p):
        p = _point(p)
        mixed = derivative(p, 1, 1)
        return np.array([[derivative(p, 2, 0), mixed], [mixed, derivative(p, 0, 2)]])

    top = np.unravel_index(z.argmax(), z.shape)
    return Landscape(
        name="terrain",
        value=lambda p: derivative(p, 0, 0),
        gradient=lambda p: np.stack([derivative(p, 1, 0), derivative(p, 0, 1)], axis=-1),
        hessian=hessian,
        start=(float(x[top[0]]), float(y[top[1]])),
        minimum=None,
        extent=(float(x[0]), float(x[-1]), float(y[0]), float(y[-1])),
    )


def _points(p: ArrayLike) -> Array:
    p = real_array(p, "points", finite=False)
    if p.shape[-1:] != (2,):
        raise ValueError(f"points: expected shape (..., 2), got {p.shape}")
    return p


def _point(p: ArrayLike) -> Array:
    """Return the one point at which a Hessian is asked for."""
    return vector(p, "point", size=2)


def _coordinates(p: ArrayLike) -> tuple[Array, Array]:
    p = _points(p)
    return p[..., 0], p[..., 1]
