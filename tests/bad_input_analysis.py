"""A right call of each public function of analysis and differential_equations."""

import warnings
from functools import wraps

import numpy as np
from bad_values import (
    ARRAY,
    FINITE,
    MATRIX,
    NAME,
    NONNEGATIVE,
    POSITIVE,
    VECTOR,
    Kind,
    door,
    function_of,
    whole,
)

from notebooklib import analysis as an
from notebooklib import differential_equations as de

MODULES = [an, de]
SIGNAL = Kind(  # complex numbers are right, too
    lambda right: {k: bad for k, bad in VECTOR.bad(right).items() if k != "complex"},
    VECTOR.unusual,
    lambda value: VECTOR.admits(value) or np.asarray(value).dtype.kind == "c",
    VECTOR.far,
)
ONE, TWO = function_of(1), function_of(2)


@wraps(de.heat)
def quiet_heat(**given):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return de.heat(**given)


DOORS = [
    door(an.jacobian, f=(ONE, np.sin), x=(ARRAY, [1.0, 2.0]), h=(POSITIVE, 2**-10)),
    door(an.hessian, f=(ONE, np.sum), x=(VECTOR, [1.0, 2.0]), h=(POSITIVE, 2**-10)),
    door(
        an.taylor_coefficients,
        f=(ONE, np.exp),
        x0=(FINITE, 1),
        order=(whole(0, 60), 3),
        radius=(POSITIVE, 1),
    ),
    door(an.dft_matrix, N=(whole(1, 4096), 3)),
    door(an.fft, x=(SIGNAL, [1, 2, 3])),
    door(an.ifft, X=(SIGNAL, [1, 2, 3])),
    door(an.spectrum, x=(VECTOR, [1, 2, 4]), rate=(POSITIVE, 2), window=(NAME, "none")),
    door(
        de.simulate,
        acceleration=(TWO, lambda x, v: -x),
        x=(ARRAY, [1, 2]),
        v=(ARRAY, [0, 1]),
        times=(VECTOR, [0, 1, 3]),
        method=(NAME, "euler"),
    ),
    door(de.pendulum, g=(POSITIVE, 1), L=(POSITIVE, 1), mu=(NONNEGATIVE, 0)),
    door(de.gravity, masses=(VECTOR, [1, 2]), G=(POSITIVE, 1)),
    door(de.classify_flow, M=(MATRIX, [[0, 1], [-4, 0]]), tol=(NONNEGATIVE, 0.5)),
    door(
        quiet_heat,
        of=de.heat,
        T=(VECTOR, [0, 4, 0]),
        alpha=(POSITIVE, 1),
        dx=(POSITIVE, 1),
        dt=(POSITIVE, 1),
        steps=(whole(0, 1_000_000), 3),
    ),
    door(de.annual_volatility, prices=(VECTOR, [1, 2, 4, 2]), days=(POSITIVE, 4)),
    door(
        de.black_scholes,
        S=(ARRAY, [1, 2]),
        K=(POSITIVE, 2),
        r=(FINITE, 0),
        sigma=(POSITIVE, 1),
        T=(POSITIVE, 1),
    ),
    door(
        de.black_scholes_grid,
        K=(POSITIVE, 2),
        r=(FINITE, 0),
        sigma=(POSITIVE, 1),
        T=(POSITIVE, 1),
        places=(whole(8, 4000), 8),
        steps=(whole(1, 100_000), 2),
    ),
]
