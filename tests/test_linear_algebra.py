"""Linear algebra against numpy, exact rationals (sympy) and the laws that must hold."""

import numpy as np
import pytest
import scipy.linalg
import sympy
from hypothesis import assume, given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from notebooklib import linear_algebra as la

numbers = st.integers(-10_000, 10_000).map(lambda thousandths: thousandths / 1000)
integers = st.integers(-5, 5)
sizes = st.integers(1, 5)


def vectors(n, elements=numbers):
    return arrays(np.float64, n, elements=elements)


def matrices(m, n=None, elements=numbers):
    return arrays(np.float64, (m, m if n is None else n), elements=elements)


@st.composite
def systems(draw, elements=numbers):
    n = draw(sizes)
    return draw(matrices(n, elements=elements)), draw(vectors(n, elements=elements))


@st.composite
def square_pairs(draw):
    n = draw(sizes)
    return draw(matrices(n)), draw(matrices(n))


def well_conditioned(A):
    return np.linalg.cond(A) < 1e6


def exact(A):
    return sympy.Matrix(np.asarray(A).astype(int).tolist())


# --------------------------------------------------------------------- vectors and products


@given(sizes.flatmap(lambda n: st.tuples(vectors(n), vectors(n))))
def test_dot_equals_numpy(pair):
    assert la.dot(*pair) == pytest.approx(np.dot(*pair), abs=1e-12)


def test_dot_is_the_lengths_times_the_cosine():
    theta = 0.7
    v, w = [3, 0], [2 * np.cos(theta), 2 * np.sin(theta)]
    assert la.dot(v, w) == pytest.approx(3 * 2 * np.cos(theta))


@given(vectors(3), vectors(3))
def test_projection_leaves_a_residual_orthogonal_to_the_line(w, v):
    assume(np.linalg.norm(v) > 1e-3)
    shadow = la.projection(w, v)
    assert np.dot(w - shadow, v) == pytest.approx(0, abs=1e-11)
    np.testing.assert_allclose(np.cross(shadow, v), 0, atol=1e-11)


@given(vectors(3), vectors(3))
def test_projection_is_its_signed_length_along_the_unit_vector(w, v):
    assume(np.linalg.norm(v) > 1e-3)
    expected = la.projection_length(w, v) * v / np.linalg.norm(v)
    np.testing.assert_allclose(la.projection(w, v), expected, atol=1e-11)


def test_projection_length_is_negative_against_the_line():
    assert la.projection_length([-2, 5], [4, 0]) == -2.0


@pytest.mark.parametrize("size", [1e-300, 1e300])
def test_projection_does_not_depend_on_how_long_the_line_is_drawn(size):
    np.testing.assert_allclose(la.projection([2, 1], [3 * size, 4 * size]), [1.2, 1.6])


@pytest.mark.parametrize("project", [la.projection, la.projection_length])
def test_projection_on_the_zero_vector_is_refused(project):
    with pytest.raises(ValueError, match=r"vector v: expected a vector other than zero, got \[0"):
        project([1, 2], [0, 0])


@given(vectors(3), vectors(3))
def test_cross_equals_numpy_and_changes_sign_with_the_order(v, w):
    np.testing.assert_allclose(la.cross(v, w), np.cross(v, w), atol=1e-12)
    assert (la.cross(v, w) == -la.cross(w, v)).all()


@given(vectors(3), vectors(3))
def test_cross_is_orthogonal_to_both_factors(v, w):
    assert la.dot(v, la.cross(v, w)) == pytest.approx(0, abs=1e-11)
    assert la.dot(w, la.cross(v, w)) == pytest.approx(0, abs=1e-11)


@pytest.mark.parametrize("theta", [0, 0.3, np.pi / 2, 3, np.pi])
def test_cross_is_as_long_as_the_lengths_times_the_sine(theta):
    v, w = [3, 0, 0], [2 * np.cos(theta), 0, 2 * np.sin(theta)]
    assert np.linalg.norm(la.cross(v, w)) == pytest.approx(6 * np.sin(theta), abs=1e-12)


@given(st.tuples(sizes, sizes).flatmap(lambda s: st.tuples(matrices(*s), vectors(s[1]))))
def test_combine_columns_equals_the_matrix_vector_product(pair):
    np.testing.assert_allclose(la.combine_columns(*pair), pair[0] @ pair[1], atol=1e-11)


@given(
    st.tuples(sizes, sizes, sizes).flatmap(lambda s: st.tuples(matrices(*s[:2]), matrices(*s[1:])))
)
def test_compose_equals_the_matrix_product(pair):
    np.testing.assert_allclose(la.compose(*pair), pair[0] @ pair[1], atol=1e-11)


def test_compose_does_the_second_argument_first():
    quarter_turn, shear = np.array([[0, -1], [1, 0]]), np.array([[1, 1], [0, 1]])
    both = la.compose(shear, quarter_turn)
    assert both @ [1, 0] == pytest.approx(shear @ (quarter_turn @ [1, 0]))
    assert not np.allclose(both, la.compose(quarter_turn, shear))


@given(st.integers(-720, 720), vectors(2))
def test_rotation_keeps_lengths_and_equals_multiplication_by_a_complex_number(degrees, v):
    turned = la.rotation(degrees) @ v
    assert np.allclose(complex(*turned), complex(*v) * np.exp(1j * np.deg2rad(degrees)))
    assert np.isclose(np.linalg.norm(turned), np.linalg.norm(v))


def test_rotation_refuses_what_is_no_angle():
    with pytest.raises(ValueError, match="degrees: expected a finite number, got nan"):
        la.rotation(float("nan"))


def test_compose_refuses_shapes_that_do_not_chain():
    with pytest.raises(
        ValueError, match=r"matrix A1: expected shape \(2, any\), got shape \(3, 2\)"
    ):
        la.compose(np.ones((3, 2)), np.ones((3, 2)))


# ------------------------------------------------------------------------------ determinant


@given(sizes.flatmap(lambda n: matrices(n, elements=integers)))
def test_determinant_is_the_exact_one(A):
    assert la.determinant(A) == pytest.approx(int(exact(A).det()), rel=1e-9, abs=1e-9)


@given(sizes.flatmap(lambda n: matrices(n, elements=integers)))
def test_determinant_is_exactly_zero_where_the_matrix_is_singular(A):
    assert (la.determinant(A) == 0.0) == (exact(A).det() == 0)


@given(square_pairs())
def test_determinant_of_a_product_is_the_product(pair):
    A, B = pair
    bound = np.linalg.norm(A) ** len(A) * np.linalg.norm(B) ** len(A)
    expected = la.determinant(A) * la.determinant(B)
    assert la.determinant(A @ B) == pytest.approx(expected, abs=1e-11 * bound)


@given(sizes.flatmap(matrices))
def test_determinant_of_the_transpose_is_the_same(A):
    bound = np.linalg.norm(A) ** len(A)
    assert la.determinant(A.T) == pytest.approx(la.determinant(A), abs=1e-12 * bound)


@given(sizes.flatmap(lambda n: matrices(n, elements=integers)))
def test_cofactor_determinant_is_the_exact_one(A):
    assert la.cofactor_determinant(A) == int(exact(A).det())


def test_cofactor_determinant_refuses_large_matrices():
    assert la.cofactor_determinant(np.diag(np.arange(1, 7))) == 720
    with pytest.raises(ValueError, match="at most 8 rows .*, got 9"):
        la.cofactor_determinant(np.eye(9))


# ------------------------------------------------------------------------------ elimination


@given(systems())
def test_solve_satisfies_the_system(system):
    A, b = system
    assume(well_conditioned(A))
    x = la.solve(A, b)
    np.testing.assert_allclose(A @ x, b, atol=1e-12 * np.linalg.norm(A) * np.linalg.norm(x))


@given(systems(integers))
def test_solution_is_the_exact_rational_one(system):
    A, b = system
    assume(exact(A).det() != 0)
    expected = np.array(exact(A).LUsolve(exact(b[:, None])), float)[:, 0]
    np.testing.assert_allclose(la.solve(A, b), expected, rtol=1e-9, atol=1e-9)
    np.testing.assert_allclose(la.gaussian_elimination(A, b).solution, expected, atol=1e-9)


def test_solve_keeps_up_with_lapack_on_a_larger_system():
    rng = np.random.default_rng(0)
    A, b = rng.normal(size=(60, 60)), rng.normal(size=60)
    np.testing.assert_allclose(la.solve(A, b), scipy.linalg.solve(A, b), rtol=1e-9)


@given(sizes.flatmap(matrices))
def test_inverse_undoes_the_matrix_on_both_sides(A):
    assume(well_conditioned(A))
    bound = 1e-13 * np.linalg.cond(A) * len(A) ** 2
    np.testing.assert_allclose(la.inverse(A) @ A, np.eye(len(A)), atol=bound)
    np.testing.assert_allclose(A @ la.inverse(A), np.eye(len(A)), atol=bound)


@given(st.tuples(sizes, sizes).flatmap(lambda s: matrices(*s, elements=integers)))
def test_rank_is_the_exact_one(A):
    assert la.rank(A) == exact(A).rank()


@given(systems(integers))
def test_status_is_that_of_the_exact_system(system):
    A, b = system
    rank, augmented = exact(A).rank(), exact(np.column_stack([A, b])).rank()
    expected = "none" if augmented > rank else "unique" if rank == len(A) else "infinite"
    result = la.gaussian_elimination(A, b)
    assert (result.rank, result.status) == (rank, expected)
    assert (result.solution is None) == (expected != "unique")


@given(systems(integers))
def test_every_step_keeps_the_solutions(system):
    A, b = system
    assume(exact(A).det() != 0)
    x = np.array(exact(A).LUsolve(exact(b[:, None])), float)[:, 0]
    for step in la.gaussian_elimination(A, b).steps:
        np.testing.assert_allclose(step.matrix[:, :-1] @ x, step.matrix[:, -1], atol=1e-8)
        assert la.rank(step.matrix[:, :-1]) == len(A)


@given(systems(integers))
def test_every_step_is_the_operation_that_its_fields_say(system):
    steps = la.gaussian_elimination(*system).steps
    assert steps[0].kind == "start"
    assert (steps[0].matrix == np.column_stack(system)).all()
    for before, step in zip(steps, steps[1:], strict=False):
        expected = before.matrix.copy()
        if step.kind == "swap":
            expected[[step.target, step.source]] = expected[[step.source, step.target]]
        elif step.kind == "scale":
            expected[step.target] /= step.factor
        else:
            expected[step.target] -= step.factor * expected[step.source]
        np.testing.assert_array_equal(step.matrix, expected)
        assert not np.array_equal(step.matrix, before.matrix) or step.kind == "swap"


@given(systems())
def test_the_forward_phase_ends_in_ones_over_zeros_and_the_backward_in_the_identity(system):
    A, b = system
    assume(well_conditioned(A))
    result = la.gaussian_elimination(A, b)
    upper = result.steps[result.forward].matrix[:, :-1]
    assert (np.tril(upper) == np.eye(len(A))).all()
    assert all(step.kind == "subtract" for step in result.steps[result.forward + 1 :])
    assert (result.matrix[:, :-1] == np.eye(len(A))).all()
    assert (result.matrix[:, -1] == result.solution).all()


def test_steps_of_a_small_system_read_as_on_paper():
    result = la.gaussian_elimination([[0, 1, 1], [2, 4, -2], [0, 0, 3]], [5, 2, 9])
    assert [str(step) for step in result.steps] == [
        "start",
        "R1 ↔ R2",
        "R1 ← R1 / 2",
        "R3 ← R3 / 3",
        "R2 ← R2 − R3",
        "R1 ← R1 + R3",
        "R1 ← R1 − 2 R2",
    ]
    assert result.forward == 3
    assert result.solution.tolist() == [0.0, 2.0, 3.0]


@pytest.mark.parametrize(
    ("kind", "factor", "label"),
    [
        ("swap", None, "R2 ↔ R1"),
        ("scale", 2.0, "R2 ← R2 / 2"),
        ("scale", -2.0, "R2 ← R2 / (−2)"),
        ("subtract", 3.0, "R2 ← R2 − 3 R1"),
        ("subtract", -1.0, "R2 ← R2 + R1"),
        ("subtract", 2 / 3, "R2 ← R2 − 0.667 R1"),
        ("subtract", 1e-20, "R2 ← R2 − 1e−20 R1"),
    ],
)
def test_labels(kind, factor, label):
    step = la.RowOperation(kind, 1, 0, factor, np.eye(2))
    assert (step.label, str(step)) == (label, label)


def test_results_are_frozen():
    result = la.gaussian_elimination([[2.0]], [4.0])
    with pytest.raises(AttributeError):
        result.rank = 2
    for array in (result.matrix, result.steps[0].matrix, result.solution):
        with pytest.raises(ValueError, match="read-only"):
            array[0] = 1


def test_a_system_already_solved_needs_no_step():
    result = la.gaussian_elimination(np.eye(3), [1, 2, 3])
    assert [step.kind for step in result.steps] == ["start"]
    assert (result.forward, result.solution.tolist()) == (0, [1.0, 2.0, 3.0])


def test_zeros_come_without_a_sign():
    assert not np.signbit(la.solve([[-1, 0], [0, -2]], [0, 0])).any()
    assert not np.signbit(la.inverse([[-1, 0], [0, -2]])[0, 1])


@pytest.mark.parametrize(("right", "status"), [([0.1, 0.3], "infinite"), ([0.1, 0.4], "none")])
def test_rounding_does_not_hide_that_a_matrix_is_singular(right, status):
    result = la.gaussian_elimination([[0.1, 0.2], [0.3, 0.6]], right)
    assert (result.rank, result.status, result.solution) == (1, status, None)
    assert la.determinant([[0.1, 0.2], [0.3, 0.6]]) == 0.0


def test_rounding_does_not_hide_that_a_right_side_is_consistent():
    result = la.gaussian_elimination([[1, 2, 3], [4, 5, 6], [7, 8, 9]], [1, 1, 1])
    assert result.matrix[2, -1] != 0  # what rounding left of the zero
    assert (result.rank, result.status) == (2, "infinite")


def test_the_zero_matrix_has_no_pivot():
    assert la.rank(np.zeros((2, 3))) == 0
    assert la.gaussian_elimination(np.zeros((2, 2)), [0, 0]).status == "infinite"
    assert la.gaussian_elimination(np.zeros((2, 2)), [0, 1]).status == "none"


@pytest.mark.parametrize("scale", [1e-200, 1e-30, 1e30, 1e200])
def test_units_do_not_change_rank_status_or_solution(scale):
    singular, regular = np.array([[1, 2], [2, 4.0]]), np.array([[2, 1], [1, 3.0]])
    assert la.rank(scale * singular) == 1
    assert la.gaussian_elimination(scale * singular, scale * np.array([1, 2])).status == "infinite"
    assert la.gaussian_elimination(scale * singular, scale * np.array([1, 3])).status == "none"
    np.testing.assert_allclose(la.solve(scale * regular, scale * np.array([3, 4])), [1, 1])


def test_without_pivoting_a_small_pivot_ruins_the_answer():
    A, b = [[1e-20, 1], [1, 1]], [1, 2]
    np.testing.assert_allclose(la.gaussian_elimination(A, b).solution, [1, 1])
    assert la.gaussian_elimination(A, b, pivoting=False).solution.tolist() == [0.0, 1.0]


def test_without_pivoting_no_row_is_swapped():
    A, b = [[1, 2], [3, 4]], [5, 6]
    plain, pivoted = (la.gaussian_elimination(A, b, pivoting=p) for p in (False, True))
    assert "swap" not in [step.kind for step in plain.steps]
    assert pivoted.steps[1].label == "R1 ↔ R2"
    np.testing.assert_allclose(plain.solution, pivoted.solution)


def test_without_pivoting_a_singular_system_is_still_told_apart():
    assert la.gaussian_elimination([[1, 2], [2, 4]], [1, 2], pivoting=False).status == "infinite"


@pytest.mark.parametrize("call", [la.solve, la.gaussian_elimination])
def test_the_right_side_must_fit(call):
    with pytest.raises(ValueError, match="vector b: expected 2 numbers, got 3"):
        call(np.eye(2), [1, 2, 3])


@pytest.mark.parametrize(
    ("call", "name"),
    [
        (lambda S: la.solve(S, [1, 2, 3]), "matrix A"),
        (la.inverse, "matrix A"),
        (lambda S: la.change_of_basis(np.eye(3), S), "matrix P"),
    ],
)
def test_singular_matrices_are_refused_with_their_rank(call, name):
    with pytest.raises(ValueError, match=f"{name}: expected an invertible matrix, got rank 2 of 3"):
        call([[1, 2, 3], [4, 5, 6], [7, 8, 9]])


# ------------------------------------------------------------------- eigenvalues and bases


@given(matrices(2))
def test_eigenvalues_sum_to_the_trace_and_multiply_to_the_determinant(A):
    first, second = la.eigenvalues_2x2(A)
    bound = np.abs(A).max()
    assert first + second == pytest.approx(np.trace(A), abs=1e-14 * bound)
    assert first * second == pytest.approx(
        A[0, 0] * A[1, 1] - A[0, 1] * A[1, 0], abs=1e-13 * bound**2
    )


@given(matrices(2, elements=integers))
def test_eigenvalues_are_the_exact_roots_larger_first(A):
    roots = sympy.roots(exact(A).charpoly().as_expr(), multiple=True)
    expected = sorted((complex(r) for r in roots), key=lambda z: (z.real, z.imag), reverse=True)
    found = la.eigenvalues_2x2(A)
    np.testing.assert_allclose(found, expected, atol=1e-12)
    assert isinstance(found[0], complex) == (expected[0].imag != 0)


def test_eigenvalues_agree_with_numpy_where_squares_nearly_cancel():
    A = np.array([[1e8 + 1, 2], [2, 1e8 - 1]])
    np.testing.assert_allclose(la.eigenvalues_2x2(A), np.linalg.eigvalsh(A)[::-1], rtol=1e-15)


@pytest.mark.parametrize("scale", [1e-200, 1e200, 5e307])
def test_eigenvalues_of_a_matrix_in_extreme_units(scale):
    A = scale * np.array([[2, 1], [1, 2.0]])
    np.testing.assert_allclose(la.eigenvalues_2x2(A), [3 * scale, scale])
    np.testing.assert_allclose(la.eigenvector_2x2(A, scale), np.array([1, -1]) / np.sqrt(2))


@given(matrices(2))
def test_eigenvectors_are_unit_vectors_that_are_only_stretched(A):
    for value in la.eigenvalues_2x2(A):
        assume(not isinstance(value, complex))
        v = la.eigenvector_2x2(A, value)
        assert np.linalg.norm(v) == pytest.approx(1)
        np.testing.assert_allclose(A @ v, value * v, atol=1e-7 * np.abs(A).max())
        assert v[0] > 1e-9 or (abs(v[0]) <= 1e-9 and v[1] > 0)


@given(matrices(2))
def test_eigenvectors_of_symmetric_matrices_are_those_of_numpy(A):
    A = A + A.T
    values, V = np.linalg.eigh(A)
    assume(values[1] - values[0] > 1e-3)
    for value, expected in zip(values, V.T, strict=True):
        assert abs(la.eigenvector_2x2(A, value) @ expected) == pytest.approx(1)


@pytest.mark.parametrize(
    ("A", "value", "expected"),
    [
        ([[2, 0], [0, 3]], 3, [0, 1]),
        ([[2, 0], [0, 3]], 2, [1, 0]),
        ([[1, 1], [0, 1]], 1, [1, 0]),
        ([[5, 0], [0, 5]], 5, [1, 0]),
        ([[0, 0], [0, 0]], 0, [1, 0]),
        ([[2, 0], [1, 3]], 3 - 4e-16, [0, 1]),
        ([[3, 4], [1, 3]], 1, [2 / 5**0.5, -1 / 5**0.5]),
    ],
)
def test_eigenvectors_known_by_hand(A, value, expected):
    found = la.eigenvector_2x2(A, value)
    np.testing.assert_allclose(found, expected, atol=1e-15)
    assert not np.signbit(found[found == 0]).any()


def test_a_number_that_is_no_eigenvalue_is_refused():
    with pytest.raises(ValueError, match=r"eigenvalue: expected one of 3\.0, 1\.0, got 2\.0"):
        la.eigenvector_2x2([[2, 1], [1, 2]], 2)
    with pytest.raises(
        ValueError, match=r"eigenvalue: expected one of 1j, \(?-?0?-1j\)?, got 1\.0"
    ):
        la.eigenvector_2x2([[0, -1], [1, 0]], 1)


@pytest.mark.parametrize("value", [1j, "1", True, np.nan, None])
def test_the_eigenvalue_must_be_a_finite_real_number(value):
    with pytest.raises(ValueError, match="eigenvalue: expected a finite number, got"):
        la.eigenvector_2x2(np.eye(2), value)


@pytest.mark.parametrize("call", [la.eigenvalues_2x2, lambda A: la.eigenvector_2x2(A, 1)])
def test_eigenvalues_are_for_2x2_only(call):
    with pytest.raises(ValueError, match=r"matrix A: expected a 2×2 matrix, got shape \(3, 3\)"):
        call(np.eye(3))


@given(square_pairs())
def test_change_of_basis_keeps_trace_determinant_and_action(pair):
    A, P = pair
    assume(np.linalg.cond(P) < 1e3)
    B, n, size = la.change_of_basis(A, P), len(A), 1 + np.linalg.norm(A)
    assert np.trace(B) == pytest.approx(np.trace(A), abs=1e-9 * size)
    assert la.determinant(B) == pytest.approx(la.determinant(A), abs=1e-9 * size**n * 1e3)
    np.testing.assert_allclose(P @ B, A @ P, atol=1e-9 * size)


def test_change_of_basis_to_eigenvectors_is_diagonal():
    A = np.array([[2, 1], [4, -1]])
    P = np.column_stack([la.eigenvector_2x2(A, value) for value in la.eigenvalues_2x2(A)])
    np.testing.assert_allclose(la.change_of_basis(A, P), np.diag([3, -2]), atol=1e-12)


def test_change_of_basis_needs_matrices_of_one_size():
    with pytest.raises(ValueError, match=r"matrix P: expected a 2×2 matrix, got shape \(3, 3\)"):
        la.change_of_basis(np.eye(2), np.eye(3))


# ------------------------------------------------------------------------------ wrong input

I2, E1 = np.eye(2).tolist(), [1, 0]
ON_VECTORS = {
    "dot v": lambda v: la.dot(v, E1),
    "dot w": lambda w: la.dot(E1, w),
    "projection w": lambda w: la.projection(w, E1),
    "projection v": lambda v: la.projection(E1, v),
    "projection_length w": lambda w: la.projection_length(w, E1),
    "projection_length v": lambda v: la.projection_length(E1, v),
    "cross v": lambda v: la.cross(v, [1, 0, 0]),
    "cross w": lambda w: la.cross([1, 0, 0], w),
    "combine_columns x": lambda x: la.combine_columns(I2, x),
    "gaussian_elimination b": lambda b: la.gaussian_elimination(I2, b),
    "solve b": lambda b: la.solve(I2, b),
}
ON_SQUARE_MATRICES = {
    "determinant": la.determinant,
    "cofactor_determinant": la.cofactor_determinant,
    "gaussian_elimination": lambda A: la.gaussian_elimination(A, E1),
    "solve": lambda A: la.solve(A, E1),
    "inverse": la.inverse,
    "eigenvalues_2x2": la.eigenvalues_2x2,
    "eigenvector_2x2": lambda A: la.eigenvector_2x2(A, 1),
    "change_of_basis A": lambda A: la.change_of_basis(A, I2),
    "change_of_basis P": lambda P: la.change_of_basis(I2, P),
}
ON_MATRICES = ON_SQUARE_MATRICES | {
    "combine_columns A": lambda A: la.combine_columns(A, E1),
    "compose A2": lambda A: la.compose(A, I2),
    "compose A1": lambda A: la.compose(I2, A),
    "rank": la.rank,
}


def cases(table):
    return pytest.mark.parametrize("call", table.values(), ids=table.keys())


@cases(ON_VECTORS)
@pytest.mark.parametrize(
    ("value", "message"),
    [
        ([1, np.nan], "expected finite numbers, got nan"),
        ([np.inf, 1], "expected finite numbers, got inf"),
        ([], "expected"),
        ([[1, 2]], r"expected a vector, got shape \(1, 2\)"),
        (5, r"expected a vector, got shape \(\)"),
        ([[1, 2], [3]], "expected rows of equal length, got ragged"),
        (["1", "2"], "expected real numbers, got"),
        ([True, False], "expected real numbers, got"),
        ([1j, 2], "expected real numbers, got"),
        (None, "expected real numbers, got NoneType"),
        ([1, 2, 3, 4], "expected [23] numbers, got 4|expected 4 numbers, got 2"),
    ],
)
def test_wrong_vectors_are_refused(call, value, message):
    with pytest.raises(ValueError, match=r"vector \w: " + f"({message})"):
        call(value)


@cases(ON_MATRICES)
@pytest.mark.parametrize(
    ("value", "message"),
    [
        ([[1, np.nan], [0, 1]], "expected finite numbers, got nan"),
        ([[1, 0], [0, -np.inf]], "expected finite numbers, got -inf"),
        ([[]], "expected"),
        ([1, 2], r"expected a matrix, got shape \(2,\)"),
        ([[1, 2], [3]], "expected rows of equal length, got ragged"),
        ([["1", "2"], ["3", "4"]], "expected real numbers, got"),
        ([[True, False], [False, True]], "expected real numbers, got"),
        ([[1j, 0], [0, 1]], "expected real numbers, got"),
    ],
)
def test_wrong_matrices_are_refused(call, value, message):
    with pytest.raises(ValueError, match=rf"matrix \w+: {message}"):
        call(value)


@cases(ON_SQUARE_MATRICES)
def test_matrices_that_must_be_square_are(call):
    with pytest.raises(ValueError, match=r"expected a square matrix, got shape \(2, 3\)"):
        call([[1, 2, 3], [4, 5, 6]])


@pytest.mark.parametrize(
    "call",
    [
        lambda: la.dot([1e200, 0], [1e200, 0]),
        lambda: la.cross([1e200, 0, 0], [0, 1e200, 0]),
        lambda: la.compose([[1e200]], [[1e200]]),
        lambda: la.determinant(1e200 * np.eye(2)),
        lambda: la.gaussian_elimination([[1e-200, 1], [1, 1]], [1e200, 1], pivoting=False),
    ],
)
def test_numbers_too_large_for_float64_are_an_error_and_not_inf(call):
    with pytest.raises(ValueError, match="expected numbers that stay within float64"):
        call()


def test_inputs_are_left_as_they_were():
    A, P, b = np.array([[0.0, 2.0], [3.0, 4.0]]), np.array([[1.0, 1.0], [1.0, -1.0]]), np.ones(2)
    before = A.copy(), P.copy(), b.copy()
    la.gaussian_elimination(A, b)
    for call in (la.determinant, la.cofactor_determinant, la.rank, la.inverse, la.eigenvalues_2x2):
        call(A)
    la.solve(A, b), la.change_of_basis(A, P), la.compose(A, P), la.combine_columns(A, b)
    la.dot(b, b), la.projection(b, b)
    for now, then in zip((A, P, b), before, strict=True):
        np.testing.assert_array_equal(now, then)


@pytest.mark.parametrize("number", [int, np.int8, np.uint8, np.float32, np.float64])
def test_whole_numbers_of_any_kind_are_accepted(number):
    A = np.array([[2, 1], [1, 3]], dtype=number)
    assert la.determinant(A) == pytest.approx(5)
    assert la.solve(A, A[0]).dtype == np.float64
    assert la.dot(A[0] * 60, A[0] * 2) == 600.0  # no overflow of 8-bit integers


# -------------------------------------------------------------------------------- the notes


def test_e_la_1_product_is_not_a_sum():
    """Notes: A2A1 is a sum of columns, A v holds basis vectors; right: columns side by side."""
    a1, b1, c1, d1, a2, b2, c2, d2, x, y = sympy.symbols("a1 b1 c1 d1 a2 b2 c2 d2 x y")
    A1, A2 = sympy.Matrix([[a1, b1], [c1, d1]]), sympy.Matrix([[a2, b2], [c2, d2]])
    first, second = A2 * A1[:, 0], A2 * A1[:, 1]
    assert (first + second).shape == (2, 1)
    side_by_side = sympy.Matrix.hstack(first, second)
    printed = [[a2 * a1 + b2 * c1, a2 * b1 + b2 * d1], [c2 * a1 + d2 * c1, c2 * b1 + d2 * d1]]
    assert (side_by_side - sympy.Matrix(printed)).expand() == sympy.zeros(2)
    assert (A1 * sympy.Matrix([x, y]) - x * A1[:, 0] - y * A1[:, 1]).expand() == sympy.zeros(2, 1)

    turn, shear = np.array([[0, -1], [1, 0]]), np.array([[1, 1], [0, 1]])
    columns = [la.combine_columns(shear, column) for column in turn.T]
    assert (la.compose(shear, turn) == np.column_stack(columns)).all()
    assert sum(columns).shape == (2,)


def test_e_la_2_dot_product_is_not_the_projection():
    """Notes: v·w is the projection of w; right: ‖v‖ times its signed length, the same if ‖v‖=1."""
    v, w = np.array([3, 4]), np.array([2, 1])
    assert la.dot(v, w) != la.projection_length(w, v)
    assert (la.dot(v, w), la.projection_length(w, v)) == (10, pytest.approx(2))
    assert la.dot(v, w) == pytest.approx(np.linalg.norm(v) * la.projection_length(w, v))
    assert la.dot(v / 5, w) == pytest.approx(la.projection_length(w, v / 5))


def test_e_la_3_change_of_basis_goes_one_way():
    """Notes leave P undefined: P⁻¹AP is right where P's columns are the new basis, PAP⁻¹ is not."""
    A, P = np.array([[1, 2], [0, 3]]), np.array([[1, 1], [1, 2]])
    new_coordinates = np.array([2, -1])
    expected = la.solve(P, A @ (P @ new_coordinates))  # to old coordinates, moved, and back
    np.testing.assert_allclose(la.change_of_basis(A, P) @ new_coordinates, expected)
    assert not np.allclose(P @ A @ la.inverse(P) @ new_coordinates, expected)


def test_e_la_4_determinant_is_a_signed_factor():
    """Notes: det A is the scale of space; right: its size is, its sign is the orientation."""
    reflection = np.array([[1, 0], [0, -1]])
    x, y = reflection @ [[0, 1, 1, 0], [0, 0, 1, 1]]  # the corners of the unit square, moved
    signed = (x @ np.roll(y, -1) - y @ np.roll(x, -1)) / 2  # the shoelace formula
    assert abs(signed) == 1 != la.determinant(reflection)
    assert la.determinant(reflection) == signed == -1
    with pytest.raises(ValueError, match="expected a square matrix"):
        la.determinant([[1, 2, 3], [4, 5, 6]])


def test_e_la_5_elimination_needs_row_swaps_and_a_right_side():
    """Notes divide by the first entry: it may be 0 in an invertible A, and A⁻¹ need not exist."""
    A, b = [[0, 1], [1, 0]], [2, 3]
    with pytest.raises(ValueError, match="pivot 1: expected a nonzero entry, got 0; swap rows"):
        la.gaussian_elimination(A, b, pivoting=False)
    result = la.gaussian_elimination(A, b)
    assert [step.kind for step in result.steps] == ["start", "swap"]
    assert result.matrix.tolist() == [[1, 0, 3], [0, 1, 2]]
    assert result.solution.tolist() == (la.inverse(A) @ b).tolist() == [3, 2]
    for right, status in [([1, 2], "infinite"), ([1, 3], "none")]:
        assert la.gaussian_elimination([[1, 2], [2, 4]], right).status == status


def test_e_la_6_mean_and_product_of_the_eigenvalues():
    """Notes leave m and p undefined: m=(a+d)/2 and p=ad−bc; and the two roots may be complex."""
    a, b, c, d = sympy.symbols("a b c d")
    A, m, p = sympy.Matrix([[a, b], [c, d]]), (a + d) / 2, a * d - b * c
    for sign in (1, -1):
        value = m + sign * sympy.sqrt(m**2 - p)
        assert (A - value * sympy.eye(2)).det().expand().simplify() == 0
    assert sympy.expand(((a - d) / 2) ** 2 + b * c - (m**2 - p)) == 0
    first, second = la.eigenvalues_2x2([[4, 1], [2, 3]])
    assert ((first + second) / 2, first * second) == (3.5, 10)
    assert la.eigenvalues_2x2([[1, -2], [2, 1]]) == (1 + 2j, 1 - 2j)


def test_e_la_7_cross_product_is_for_three_dimensions():
    """Notes name no dimension: v×w is for 3D vectors only, and there the identities hold."""
    for size in (2, 4, 7):
        with pytest.raises(ValueError, match=f"vector v: expected 3 numbers, got {size}"):
            la.cross(np.ones(size), np.ones(size))
    v, w = np.array([1, 2, 2]), np.array([2, 1, -2])
    length = np.linalg.norm(la.cross(v, w))
    cosine = la.dot(v, w) / 9
    assert length == pytest.approx(3 * 3 * np.sqrt(1 - cosine**2))
    assert la.dot(v, la.cross(v, w)) == la.dot(w, la.cross(v, w)) == 0


@pytest.mark.parametrize("small", [1e-9, 1e-17, 1e-100, 1e-300])
def test_small_numbers_are_no_zeros(small):
    A = np.diag([small, 1.0])
    assert la.rank(A) == 2
    assert la.determinant(A) == small
    np.testing.assert_allclose(la.solve(A, [small, 2.0]), [1.0, 2.0])
    assert la.rank([[1.0, 2.0], [small, 2 * small]]) == 1


def test_rank_is_right_for_rows_of_very_different_size():
    rng = np.random.default_rng(0)
    for _ in range(200):
        m, n, rank = rng.integers(2, 6), rng.integers(2, 6), rng.integers(1, 3)
        whole = rng.integers(-9, 10, (m, rank)) @ rng.integers(-9, 10, (rank, n))
        scaled = 10.0 ** rng.integers(-8, 9, (m, 1)) * whole
        assert la.rank(scaled) == sympy.Matrix(whole.tolist()).rank()
