"""A right call of each public function of linear_algebra, for the tests of bad input."""

from bad_values import FINITE, FLAG, MATRIX, VECTOR, door

from notebooklib import linear_algebra as la

MODULES = [la]
LEFT_OUT = {
    "linear_algebra.RowOperation": "a result: holds what an elimination noted",
    "linear_algebra.Elimination": "a result: holds what an elimination found",
}
A = [[2, 1], [1, 3]]
DOORS = [
    door(la.dot, v=(VECTOR, [3, 4]), w=(VECTOR, [2, 1])),
    door(la.projection_length, w=(VECTOR, [2, 1]), v=(VECTOR, [3, 4])),
    door(la.projection, w=(VECTOR, [2, 1]), v=(VECTOR, [3, 4])),
    door(la.cross, v=(VECTOR, [1, 0, 0]), w=(VECTOR, [0, 1, 2])),
    door(la.combine_columns, A=(MATRIX, [[1, 2, 0], [3, 4, 5]]), x=(VECTOR, [10, 1, 2])),
    door(la.compose, A2=(MATRIX, A), A1=(MATRIX, [[1, 2, 0], [3, 4, 5]])),
    door(la.rotation, degrees=(FINITE, 90)),
    door(la.gaussian_elimination, A=(MATRIX, A), b=(VECTOR, [3, 4]), pivoting=(FLAG, False)),
    door(la.solve, A=(MATRIX, A), b=(VECTOR, [3, 4])),
    door(la.inverse, A=(MATRIX, A)),
    door(la.rank, A=(MATRIX, [[1, 2, 3], [2, 4, 6]])),
    door(la.determinant, A=(MATRIX, A)),
    door(la.cofactor_determinant, A=(MATRIX, A)),
    door(la.eigenvalues_2x2, A=(MATRIX, A)),
    door(la.eigenvector_2x2, A=(MATRIX, [[2, 1], [1, 2]]), eigenvalue=(FINITE, 3)),
    door(la.change_of_basis, A=(MATRIX, A), P=(MATRIX, [[1, 1], [1, -1]])),
]
