"""A right call of each public function of statistics, for the tests of bad input."""

from bad_values import (
    COUNT,
    FINITE,
    FLAG,
    NAME,
    POSITIVE,
    PROBABILITY,
    SIZE,
    VECTOR,
    array,
    door,
    number,
    things,
)

from notebooklib import statistics as st

MODULES = [st]
ARRAY = array()
LEVEL, SHARE, BELOW = number(0, 1, ends="()"), number(0, 1, ends="(]"), number(0, 1, ends="[)")
HALVES, THREE = [0.5, 0.5], [0.5, 0.25, 0.25]
DOORS = [
    door(st.normal_pdf, x=(ARRAY, [0, 1]), mu=(FINITE, 1), sigma=(POSITIVE, 2)),
    door(st.normal_cdf, x=(ARRAY, [0, 1]), mu=(FINITE, 1), sigma=(POSITIVE, 2)),
    door(st.mean_and_error, sample=(VECTOR, [1, 3, 5, 7])),
    door(st.moments, values=(VECTOR, [1, 2, 3]), pmf=(VECTOR, THREE)),
    door(st.sum_pmf, pmf=(VECTOR, THREE), n=(COUNT, 3)),
    door(st.gap_to_normal, pmf=(VECTOR, THREE), n=(COUNT, 3), corrected=(FLAG, True)),
    door(st.binomial_pmf, n=(SIZE, 3), p=(PROBABILITY, 0.5)),
    door(
        st.proportion_interval,
        k=(ARRAY, [0, 3]),
        n=(COUNT, 8),
        method=(NAME, "wilson"),
        level=(LEVEL, 0.5),
    ),
    door(
        st.coverage, n=(COUNT, 8), p=(PROBABILITY, 0.5), method=(NAME, "wald"), level=(LEVEL, 0.5)
    ),
    door(
        st.posterior,
        prior=(PROBABILITY, 0.5),
        given_a=(PROBABILITY, 0.75),
        given_not_a=(PROBABILITY, 0.25),
    ),
    door(st.odds, p=(BELOW, 0.75)),
    door(st.bayes_factor, given_a=(PROBABILITY, 0.75), given_not_a=(SHARE, 0.125)),
    door(st.surprisal, p=(ARRAY, [1, 0.5])),
    door(st.mean_surprisal, p=(VECTOR, HALVES), q=(VECTOR, [0.25, 0.75])),
    door(st.entropy, pmf=(VECTOR, THREE)),
    door(st.divergence, p=(VECTOR, HALVES), q=(VECTOR, [0.25, 0.75])),
    door(st.huffman, pmf=(VECTOR, THREE)),
    door(st.mean_length, pmf=(VECTOR, HALVES), words=(things(), ["0", "1"])),
]
