"""Going downhill: gradient descent, its optimisers and schedules, and landscapes to try them on."""

from notebooklib.optim.curvature import classify_critical_point, share_positive_definite
from notebooklib.optim.descent import (
    OPTIMIZERS,
    SGD,
    AdaGrad,
    Adam,
    Optimizer,
    OptimizerState,
    RAdam,
    RMSprop,
    gradient_descent,
    max_stable_lr,
    minimize,
    optimizer,
)
from notebooklib.optim.landscapes import Landscape, bowl, rosenbrock, saddle, terrain
from notebooklib.optim.schedules import (
    cosine_decay,
    exponential_decay,
    inverse_square_root,
    linear_decay,
    step_decay,
    warm_up,
)

__all__ = [
    "AdaGrad",
    "Adam",
    "Landscape",
    "OPTIMIZERS",
    "Optimizer",
    "OptimizerState",
    "RAdam",
    "RMSprop",
    "SGD",
    "bowl",
    "classify_critical_point",
    "cosine_decay",
    "exponential_decay",
    "gradient_descent",
    "inverse_square_root",
    "linear_decay",
    "max_stable_lr",
    "minimize",
    "optimizer",
    "rosenbrock",
    "saddle",
    "share_positive_definite",
    "step_decay",
    "terrain",
    "warm_up",
]
