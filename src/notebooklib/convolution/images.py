"""Moving pictures: by whole pixels, by an angle, by any affine map."""

import torch
import torch.nn.functional as F
from torch import Tensor

from notebooklib._tensors import real_tensor, tensor
from notebooklib._validate import _came, _refuse


def _batch(images: Tensor, name: str = "images", channels: int | None = None) -> Tensor:
    """Return `images` if they are a batch, shape (N, C, H, W), of `channels` where it is given."""
    tensor(images, name)
    if images.ndim != 4 or images.numel() == 0:
        _refuse(name, "images, shape (N, C, H, W)", f"shape {tuple(images.shape)}")
    if channels is not None and images.shape[1] != channels:
        _refuse(name, f"{channels} channel{'s' * (channels > 1)}", str(images.shape[1]))
    return images


def warp(images: Tensor, theta: Tensor) -> Tensor:
    """Return images looked at through an affine map: output place → input place.

    out(p) = image(θ (x, y, 1)ᵀ) at p = (x, y), read off between the pixels (bilinear), 0 outside

    Parameters
    ----------
    images : Tensor, shape (N, C, H, W)
        Of floating-point numbers.
    theta : Tensor, shape (N, 2, 3)
        A map for each image. Coordinates run from −1 at the left and upper edge to 1.

    Returns
    -------
    Tensor, shape (N, C, H, W)
        It can be differentiated, by θ too.

    Raises
    ------
    ValueError
        If a shape or a type does not fit.

    Notes
    -----
    Source: Jaderberg et al. (2015), arXiv:1506.02025, equations 1 and 5.

    Examples
    --------
    >>> flip = torch.tensor([[[-1.0, 0, 0], [0, 1, 0]]])
    >>> warp(torch.tensor([[[[1.0, 2, 3]]]]), flip).tolist()
    [[[[3.0, 2.0, 1.0]]]]
    """
    _batch(images)
    tensor(theta, "theta", like=images)
    if theta.shape != (len(images), 2, 3):
        _refuse("theta", f"shape ({len(images)}, 2, 3)", f"shape {tuple(theta.shape)}")
    grid = F.affine_grid(theta, list(images.shape), align_corners=False)
    return F.grid_sample(images, grid, align_corners=False)


def rotate(images: Tensor, degrees: float | Tensor) -> Tensor:
    """Return images turned to the left (counterclockwise) about their middle.

    Parameters
    ----------
    images : Tensor, shape (N, C, H, W)
        Of floating-point numbers; what comes in from outside is 0.
    degrees : float or Tensor, shape (N,)
        One angle, or one for each image.

    Returns
    -------
    Tensor, shape (N, C, H, W)
        Read off between the pixels, so a little blurred.

    Raises
    ------
    ValueError
        If they are no images, or not one angle or N of them, finite.

    Examples
    --------
    >>> rotate(torch.tensor([[[[0.0, 1], [0, 0]]]]), 90).round(decimals=3).tolist()
    [[[[1.0, 0.0], [0.0, 0.0]]]]
    """
    _batch(images)
    angle = real_tensor(degrees, "degrees").to(images)
    if angle.shape not in ((), (len(images),)) or not angle.isfinite().all():
        _refuse("degrees", f"one finite angle or {len(images)}", _came(degrees))
    angle = angle.deg2rad().expand(len(images))
    cos, sin, zero = angle.cos(), angle.sin(), torch.zeros_like(angle)
    theta = torch.stack([cos, -sin, zero, sin, cos, zero], dim=-1)
    return warp(images, theta.reshape(-1, 2, 3))


def shift(images: Tensor, right: int | Tensor, down: int | Tensor) -> Tensor:
    """Return images moved by whole pixels; what comes in is 0, what leaves is lost.

    Parameters
    ----------
    images : Tensor, shape (N, C, H, W)
        Of floating-point numbers.
    right, down : int or Tensor of int, shape (N,)
        One number of pixels, or one for each image; negative to the left, or up.

    Returns
    -------
    Tensor, shape (N, C, H, W)
        The moved images.

    Raises
    ------
    ValueError
        If they are no images, or not one whole number or N of them.

    Examples
    --------
    >>> shift(torch.tensor([[[[1.0, 2, 3]]]]), right=1, down=0).tolist()
    [[[[0.0, 1.0, 2.0]]]]
    """
    _batch(images)
    right, down = _pixels(right, "right", images), _pixels(down, "down", images)
    high, wide = images.shape[2:]
    device = images.device
    rows = torch.arange(high, device=device) - down[:, None]  # where each row comes from
    columns = torch.arange(wide, device=device) - right[:, None]
    inside = ((rows >= 0) & (rows < high))[:, :, None] & ((columns >= 0) & (columns < wide))[
        :, None
    ]
    rows, columns = rows.clamp(0, high - 1), columns.clamp(0, wide - 1)
    each = torch.arange(len(images), device=device)[:, None, None]
    moved = images[each, :, rows[:, :, None], columns[:, None, :]]  # (N, H, W, C)
    return moved.movedim(-1, 1) * inside[:, None]


def _pixels(value: int | Tensor, name: str, images: Tensor) -> Tensor:
    whole = isinstance(value, Tensor) and not value.is_floating_point() and not value.is_complex()
    number = torch.as_tensor(value) if isinstance(value, int) and abs(value) < 2**31 else value
    if not (whole or isinstance(value, int)) or not isinstance(number, Tensor):
        _refuse(name, f"a whole number of pixels, or {len(images)}", _came(value))
    if number.dtype == torch.bool or number.shape not in ((), (len(images),)):
        _refuse(name, f"a whole number of pixels, or {len(images)}", _came(value))
    return number.to(images.device).expand(len(images))
