import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from scipy import optimize

from notebooklib import optim
from notebooklib.data import elevation

LANDSCAPES = {
    "bowl": optim.bowl(10),
    "rosenbrock": optim.rosenbrock(),
    "saddle": optim.saddle(),
    "terrain": optim.terrain(elevation()),
}

OURS_AND_TORCHS = [
    (optim.SGD(0.02), torch.optim.SGD, {}),
    (optim.SGD(0.02, momentum=0.9), torch.optim.SGD, {"momentum": 0.9}),
    (optim.AdaGrad(0.3), torch.optim.Adagrad, {}),
    (optim.AdaGrad(0.3, eps=0.1), torch.optim.Adagrad, {"eps": 0.1}),
    (optim.RMSprop(0.02), torch.optim.RMSprop, {}),
    (optim.RMSprop(0.02, alpha=0.5, eps=0.1), torch.optim.RMSprop, {"alpha": 0.5, "eps": 0.1}),
    (optim.Adam(0.05), torch.optim.Adam, {}),
    (
        optim.Adam(0.01, beta1=0.5, beta2=0.8, eps=0.1),
        torch.optim.Adam,
        {"betas": (0.5, 0.8), "eps": 0.1},
    ),
    (optim.RAdam(0.05), torch.optim.RAdam, {}),
    (
        optim.RAdam(0.01, beta1=0.5, beta2=0.8, eps=0.1),
        torch.optim.RAdam,
        {"betas": (0.5, 0.8), "eps": 0.1},
    ),
    (optim.RAdam(0.02, beta2=0.5), torch.optim.RAdam, {"betas": (0.9, 0.5)}),  # never adapts
]
IDS = [f"{ours}" for ours, _, _ in OURS_AND_TORCHS]


def uneven_loss(a, b):
    """Two parameters of different shapes, curvatures from 0.2 to 16, and a quartic term."""
    curvature = torch.linspace(0.1, 8, 6, dtype=torch.float64).reshape(2, 3)
    return (curvature * (a - 1) ** 2).sum() + (b**2).sum() + 0.1 * (b**4).sum()


def start():
    rng = np.random.default_rng(1)
    return [rng.standard_normal((2, 3)), rng.standard_normal(2)]


# ---- against torch.optim, step for step


@pytest.mark.parametrize(("ours", "theirs", "options"), OURS_AND_TORCHS, ids=IDS)
def test_optimisers_equal_torch_over_200_steps(ours, theirs, options):
    params, state = start(), ours.init(start())
    tensors = [torch.tensor(p, requires_grad=True) for p in start()]
    reference = theirs(tensors, lr=ours.lr, **options)
    for _ in range(200):
        reference.zero_grad()
        uneven_loss(*tensors).backward()
        copies = [torch.tensor(p, requires_grad=True) for p in params]
        grads = [g.numpy() for g in torch.autograd.grad(uneven_loss(*copies), copies)]
        params, state = ours.step(params, grads, state)
        reference.step()
        for p, t in zip(params, tensors, strict=True):
            np.testing.assert_allclose(p, t.detach().numpy(), rtol=0, atol=1e-12)


SCHEDULES_AND_TORCHS = {
    "step": (
        optim.step_decay(0.5, gamma=0.3, every=7),
        lambda o: torch.optim.lr_scheduler.StepLR(o, step_size=7, gamma=0.3),
    ),
    "linear": (
        optim.linear_decay(0.5, total=40),
        lambda o: torch.optim.lr_scheduler.LinearLR(o, 1.0, 0.0, total_iters=40),
    ),
    "exponential": (
        optim.exponential_decay(0.5, rate=0.1),
        lambda o: torch.optim.lr_scheduler.ExponentialLR(o, gamma=np.exp(-0.1)),
    ),
    "cosine": (
        optim.cosine_decay(0.5, total=60),
        lambda o: torch.optim.lr_scheduler.CosineAnnealingLR(o, T_max=60),
    ),
    "inverse square root": (
        optim.inverse_square_root(0.5),
        lambda o: torch.optim.lr_scheduler.LambdaLR(o, lambda t: (t + 1) ** -0.5),
    ),
    "warm-up": (
        optim.warm_up(optim.cosine_decay(0.5, total=50), steps=9),
        lambda o: torch.optim.lr_scheduler.SequentialLR(
            o,
            [
                torch.optim.lr_scheduler.LinearLR(o, start_factor=0.1, total_iters=9),
                torch.optim.lr_scheduler.CosineAnnealingLR(o, T_max=50),
            ],
            milestones=[9],
        ),
    ),
}


@pytest.mark.filterwarnings("ignore:The epoch parameter")  # torch's SequentialLR warns of itself
@pytest.mark.parametrize("name", SCHEDULES_AND_TORCHS)
def test_schedules_equal_torch(name):
    ours, theirs = SCHEDULES_AND_TORCHS[name]
    reference = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=0.5)
    scheduler = theirs(reference)
    for t in range(55):
        assert ours(t) == pytest.approx(reference.param_groups[0]["lr"], abs=1e-13)
        reference.step()
        scheduler.step()


@pytest.mark.parametrize("name", ["sgd", "adagrad", "rmsprop", "adam", "radam"])
def test_an_optimiser_follows_its_schedule(name):
    schedule = optim.step_decay(0.1, gamma=0.5, every=1)
    scheduled = optim.optimizer(name, lr=schedule)
    params, state = [np.array([1.0])], scheduled.init([np.array([1.0])])
    for t in range(4):
        constant = optim.optimizer(name, lr=0.1 * 0.5**t)
        expected, _ = constant.step(params, [np.array([2.0])], state)
        params, state = scheduled.step(params, [np.array([2.0])], state)
        np.testing.assert_array_equal(params, expected)


# ---- gradient descent


def test_gradient_descent_on_a_parabola_in_closed_form():
    path = optim.gradient_descent(lambda x: 2 * x, 5.0, lr=0.3, steps=30)
    np.testing.assert_allclose(path, 5 * (1 - 2 * 0.3) ** np.arange(31), rtol=1e-12)


@pytest.mark.parametrize("momentum", [0.0, 0.5, 0.9])
def test_gradient_descent_is_sgd(momentum):
    land = LANDSCAPES["bowl"]
    ours = optim.gradient_descent(land.gradient, land.start, lr=0.02, steps=200, momentum=momentum)
    sgd = optim.minimize(optim.SGD(0.02, momentum), land.gradient, land.start, 200)
    assert ours.shape == (201, 2)
    np.testing.assert_allclose(ours, sgd, rtol=0, atol=1e-12)


def test_a_path_that_diverges_ends_in_inf_or_nan_without_a_warning():
    land = LANDSCAPES["rosenbrock"]
    path = optim.gradient_descent(land.gradient, land.start, lr=1.0, steps=20)
    assert np.isfinite(path[:3]).all() and not np.isfinite(path[-1]).any()


@pytest.mark.parametrize("momentum", [0.0, 0.3, 0.9])
@pytest.mark.parametrize("condition", [1.0, 10.0, 50.0])
def test_max_stable_lr_parts_convergence_from_divergence(condition, momentum):
    land = optim.bowl(condition)
    bound = optim.max_stable_lr(land.hessian(land.start), momentum=momentum)

    def last(lr):
        path = optim.gradient_descent(
            land.gradient, [0.0, 1.0], lr=lr, steps=3000, momentum=momentum
        )
        return np.abs(path[-1]).max()

    assert last(0.99 * bound) < 1e-3 < 10 < last(1.01 * bound)


def test_max_stable_lr_of_a_second_derivative():
    assert optim.max_stable_lr(2.0) == 1.0


@pytest.mark.parametrize("name", ["sgd", "adagrad", "rmsprop", "adam", "radam"])
def test_every_optimiser_reaches_the_bottom_of_the_bowl(name):
    lr = {"sgd": 0.1, "adagrad": 1.0}.get(name, optim.linear_decay(0.15, total=400))
    land = LANDSCAPES["bowl"]
    path = optim.minimize(optim.optimizer(name, lr=lr), land.gradient, land.start, 400)
    assert land.value(path[-1]) < 1e-4 < land.value(path[0])


@given(
    shift=st.floats(-5, 5),
    name=st.sampled_from(["sgd", "adagrad", "rmsprop", "adam", "radam"]),
)
def test_moving_the_landscape_moves_the_path(shift, name):
    rule = optim.optimizer(name, lr=0.1)
    path = optim.minimize(rule, lambda x: 2 * x, 3.0, 20)
    moved = optim.minimize(rule, lambda x: 2 * (x - shift), 3.0 + shift, 20)
    np.testing.assert_allclose(moved, path + shift, atol=1e-8)


@given(scale=st.floats(0.01, 100), name=st.sampled_from(["adagrad", "rmsprop", "adam"]))
def test_adaptive_steps_do_not_depend_on_the_scale_of_the_loss(scale, name):
    rule = optim.optimizer(name, lr=0.1, eps=1e-14)
    path = optim.minimize(rule, lambda x: 2 * x, 3.0, 20)
    scaled = optim.minimize(rule, lambda x: scale * 2 * x, 3.0, 20)
    np.testing.assert_allclose(scaled, path, atol=1e-8)


def test_a_step_leaves_params_grads_and_state_as_they_were():
    params, grads = [np.ones(2)], [np.full(2, 3.0)]
    rule = optim.Adam(0.1)
    _, state = rule.step(params, grads, rule.init(params))
    before = [m.copy() for m in state.moments[0]]
    first, _ = rule.step(params, grads, state)
    second, _ = rule.step(params, grads, state)
    np.testing.assert_array_equal(first, second)
    np.testing.assert_array_equal(state.moments[0], before)
    assert params[0].tolist() == [1, 1] and grads[0].tolist() == [3, 3] and state.steps == 1


# ---- schedules


@pytest.mark.parametrize("name", SCHEDULES_AND_TORCHS)
def test_a_schedule_takes_an_array_of_steps(name):
    schedule = SCHEDULES_AND_TORCHS[name][0]
    one_by_one = [schedule(t) for t in range(80)]
    np.testing.assert_allclose(schedule(np.arange(80)), one_by_one, rtol=1e-15)
    assert isinstance(schedule(3), float)


@pytest.mark.parametrize("name", set(SCHEDULES_AND_TORCHS) - {"warm-up"})
def test_decays_never_rise_and_never_fall_below_zero(name):
    rates = SCHEDULES_AND_TORCHS[name][0](np.arange(300))
    assert rates[0] == 0.5 and (np.diff(rates) <= 0).all() and (rates >= 0).all()


def test_warm_up_rises_to_the_peak_and_then_falls():
    rates = optim.warm_up(optim.linear_decay(0.5, total=20), steps=10)(np.arange(31))
    assert rates.argmax() == 10 and rates[10] == 0.5 and rates[-1] == 0
    assert (np.diff(rates[:11]) > 0).all() and (np.diff(rates[10:]) < 0).all()


# ---- landscapes


@pytest.mark.parametrize("name", LANDSCAPES)
def test_gradients_and_hessians_equal_finite_differences(name):
    land, h = LANDSCAPES[name], 1e-5
    left, right, bottom, top = land.extent
    steps = h * np.eye(2)
    for point in np.random.default_rng(0).uniform([left, bottom], [right, top], (20, 2)):
        value = (land.value(point + steps) - land.value(point - steps)) / (2 * h)
        slope = (land.gradient(point + steps) - land.gradient(point - steps)) / (2 * h)
        np.testing.assert_allclose(land.gradient(point), value, rtol=1e-6, atol=1e-5)
        np.testing.assert_allclose(land.hessian(point), slope, rtol=1e-6, atol=1e-5)


@pytest.mark.parametrize("name", LANDSCAPES)
def test_landscapes_take_a_grid_of_points(name):
    land, grid = LANDSCAPES[name], np.random.default_rng(0).uniform(-1, 12, (3, 4, 2))
    assert land.value(grid).shape == (3, 4) and land.gradient(grid).shape == (3, 4, 2)
    assert land.value(grid)[1, 2] == land.value(grid[1, 2])
    np.testing.assert_array_equal(land.gradient(grid)[1, 2], land.gradient(grid[1, 2]))


@pytest.mark.parametrize("name", ["bowl", "rosenbrock", "saddle"])
def test_minima_are_minima(name):
    land = LANDSCAPES[name]
    np.testing.assert_array_equal(land.gradient(land.minimum), [0, 0])
    assert optim.classify_critical_point(land.hessian(land.minimum)) == "minimum"


def test_rosenbrock_equals_scipy():
    for point in np.random.default_rng(0).uniform(-2, 2, (10, 2)):
        land = LANDSCAPES["rosenbrock"]
        assert land.value(point) == pytest.approx(optimize.rosen(point), rel=1e-12)
        np.testing.assert_allclose(land.gradient(point), optimize.rosen_der(point), atol=1e-10)
        np.testing.assert_allclose(land.hessian(point), optimize.rosen_hess(point), atol=1e-10)


def test_the_terrain_runs_through_the_averaged_elevations():
    land, heights = LANDSCAPES["terrain"], elevation()
    north_west = [16 * 0.0743, (10 * 32 - 16) * 0.0926]  # the middle of the first square
    assert land.value(north_west) == pytest.approx(heights[:32, :32].mean() / 100, abs=1e-9)


@pytest.mark.parametrize("name", LANDSCAPES)
def test_a_landscapes_grid_covers_its_extent(name):
    land = LANDSCAPES[name]
    x, y, height = land.grid(7)
    assert (x.min(), x.max(), y.min(), y.max()) == land.extent
    assert height[2, 5] == pytest.approx(float(land.value([x[0, 5], y[2, 0]])))


def test_a_grid_needs_two_points_a_side():
    with pytest.raises(ValueError, match="points: expected at least 2, got 1"):
        LANDSCAPES["bowl"].grid(1)


def test_off_the_map_the_terrain_is_flat_outwards():
    land = LANDSCAPES["terrain"]
    left, _, _, top = land.extent
    assert land.value([left - 5, top + 5]) == land.value([left, top])
    assert land.gradient([left - 5, top + 5]).tolist() == [0, 0]
    assert land.gradient([left - 5, 10.0])[0] == 0 != land.gradient([left - 5, 10.0])[1]


def test_momentum_passes_the_hollow_where_plain_descent_stays():
    land = LANDSCAPES["terrain"]
    plain = optim.minimize(optim.SGD(0.05), land.gradient, land.start, 300)
    heavy = optim.minimize(optim.SGD(0.05, momentum=0.9), land.gradient, land.start, 300)
    assert land.value(heavy[-1]) < land.value(plain[-1]) - 0.2


# ---- critical points


@pytest.mark.parametrize(
    ("eigenvalues", "kind"),
    [
        ([1, 2, 3], "minimum"),
        ([-1, -2, -3], "maximum"),
        ([1, -1, 2], "saddle"),
        ([1, -1, 0], "saddle"),
        ([1, 0, 2], "undecided"),
        ([-1, 0, -2], "undecided"),
        ([0, 0, 0], "undecided"),
    ],
)
def test_critical_points_by_their_eigenvalues_in_any_basis(eigenvalues, kind):
    Q, _ = np.linalg.qr(np.random.default_rng(0).standard_normal((3, 3)))
    H = Q @ np.diag(np.array(eigenvalues, float)) @ Q.T
    assert optim.classify_critical_point((H + H.T) / 2) == kind


@given(st.floats(1e-6, 1e6), st.floats(-10, 10), st.floats(-10, 10), st.floats(-10, 10))
def test_turning_the_loss_over_and_scaling_it_swaps_the_kinds(scale, a, b, c):
    H = np.array([[a, b], [b, c]])
    swapped = {"minimum": "maximum", "maximum": "minimum"}
    kind = optim.classify_critical_point(H)
    assert optim.classify_critical_point(-scale * H) == swapped.get(kind, kind)


@pytest.mark.parametrize(
    ("n", "share"),
    [(1, 0.5), (2, (2 - np.sqrt(2)) / 4), (3, (np.pi - 2 * np.sqrt(2)) / (4 * np.pi))],
)
def test_share_positive_definite_in_closed_form(n, share):
    estimate = optim.share_positive_definite(n, samples=100_000, rng=np.random.default_rng(0))
    assert estimate == pytest.approx(share, abs=4 * np.sqrt(share / 100_000))


# ---- wrong input


@pytest.mark.parametrize("lr", [0, -0.1, np.inf, np.nan, True, "0.1"])
@pytest.mark.parametrize(
    "use",
    [
        *optim.OPTIMIZERS.values(),
        lambda lr: optim.gradient_descent(lambda x: x, 1.0, lr=lr, steps=1),
        optim.inverse_square_root,
        lambda lr: optim.step_decay(lr, gamma=0.5, every=1),
        lambda lr: optim.linear_decay(lr, total=1),
        lambda lr: optim.exponential_decay(lr, rate=1),
        lambda lr: optim.cosine_decay(lr, total=1),
    ],
)
def test_a_learning_rate_is_finite_and_above_zero(use, lr):
    with pytest.raises(ValueError, match="learning rate lr: expected a finite number > 0, got"):
        use(lr)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: optim.optimizer("adan", lr=1), "expected one of 'adagrad', 'adam', .*got 'adan'"),
        (lambda: optim.SGD(0.1, momentum=1.0), r"momentum: expected a number in \[0, 1\), got 1.0"),
        (lambda: optim.SGD(0.1, momentum=-0.1), r"momentum: expected a number in \[0, 1\)"),
        (lambda: optim.RMSprop(0.1, alpha=1.5), r"alpha: expected a number in \[0, 1\), got 1.5"),
        (lambda: optim.Adam(0.1, beta1=1), r"beta1: expected a number in \[0, 1\), got 1"),
        (lambda: optim.Adam(0.1, beta2=np.nan), r"beta2: expected a number in \[0, 1\)"),
        (lambda: optim.RAdam(0.1, eps=0), "eps: expected a finite number > 0, got 0"),
        (lambda: optim.AdaGrad(0.1, eps=-1), "eps: expected a finite number > 0, got -1"),
        (
            lambda: optim.gradient_descent(np.sum, [1.0, 2.0], lr=0.1, steps=1),
            r"gradient from grad: expected shape \(2,\), got \(\)",
        ),
        (
            lambda: optim.minimize(optim.SGD(0.1), lambda x: x, np.ones((2, 2)), 1),
            r"x0: expected a number or a vector, got shape \(2, 2\)",
        ),
        (
            lambda: optim.minimize(optim.SGD(0.1), lambda x: x, [np.nan], 1),
            "x0: expected finite numbers",
        ),
        (
            lambda: optim.minimize(optim.SGD(0.1), lambda x: x, 1.0, 0),
            "steps: expected a whole number >= 1, got 0",
        ),
        (
            lambda: optim.max_stable_lr([[0.0, 0.0], [0.0, -1.0]]),
            "hessian: expected a positive eigenvalue, got 0",
        ),
        (lambda: optim.max_stable_lr([[1, 2], [3, 4]]), "hessian: expected a symmetric matrix"),
        (lambda: optim.max_stable_lr([[1, 2]]), "hessian: expected a square matrix"),
        (lambda: optim.max_stable_lr(1.0, momentum=1), r"momentum: expected a number in \[0, 1\)"),
        (lambda: optim.classify_critical_point([[1, 2], [0, 1]]), "expected a symmetric matrix"),
        (lambda: optim.bowl(0.5), "condition: expected a number from 1 to 1e100, got 0.5"),
        (lambda: optim.bowl().value([1, 2, 3]), r"points: expected shape \(..., 2\), got \(3,\)"),
        (lambda: optim.terrain(np.ones((64, 64))), "heights: expected at least 4×4 squares of 32"),
        (lambda: optim.terrain(np.ones(9)), "heights: expected a matrix"),
        (lambda: optim.step_decay(0.1, gamma=1.5, every=1), r"gamma: expected a number in \(0, 1"),
        (lambda: optim.step_decay(0.1, gamma=0, every=1), r"gamma: expected a number in \(0, 1\]"),
        (lambda: optim.step_decay(0.1, gamma=1, every=0), "every: expected a whole number >= 1"),
        (lambda: optim.linear_decay(0.1, total=0), "total: expected a whole number >= 1"),
        (lambda: optim.cosine_decay(0.1, total=2.5), "total: expected a whole number >= 1"),
        (lambda: optim.exponential_decay(0.1, rate=-1), "rate: expected a finite number >= 0"),
        (lambda: optim.warm_up(0.1, steps=3), "schedule: expected a function, got 0.1"),
        (
            lambda: optim.warm_up(optim.inverse_square_root(0.1), steps=0),
            "steps: expected a whole number >= 1",
        ),
        (lambda: optim.inverse_square_root(0.1)(-1), "step t: expected a number >= 0, got -1"),
        (lambda: optim.inverse_square_root(0.1)([1, np.nan]), "step t: expected finite numbers"),
        (
            lambda: optim.share_positive_definite(0, samples=1, rng=np.random.default_rng(0)),
            "n: expected a whole number >= 1",
        ),
    ],
)
def test_wrong_input_says_what_was_expected(call, message):
    with pytest.raises(ValueError, match=message):
        call()


def test_a_gradient_that_overflows_at_the_start_is_no_warning_and_a_complex_one_is_refused():
    path = optim.minimize(optim.SGD(0.1), lambda x: x**3, np.array([1e200]), 2)
    assert not np.isfinite(path[1:]).any()
    with pytest.raises(ValueError, match="gradient from grad: expected"):
        optim.minimize(optim.SGD(0.1), lambda x: x + 1j, np.array([1.0]), 2)
