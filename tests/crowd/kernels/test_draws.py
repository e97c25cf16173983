"""Keyed random numbers: uniform, independent, and nobody's business but one's own."""

import numpy as np
from scipy import stats

from crowd.kernels import draws

KEYS = draws.person_keys(draws.name_key("gate"), np.arange(20_000))


def test_draws_of_many_people_are_uniform() -> None:
    assert stats.kstest(draws.uniforms(7, KEYS, draws.SPEED, 0), "uniform").pvalue > 0.01


def test_draws_of_one_person_over_time_are_normal() -> None:
    ticks = np.array([draws.normal(7, KEYS[0], draws.HEADING_NOISE, t) for t in range(5000)])
    assert stats.kstest(ticks, "norm").pvalue > 0.01


def test_two_purposes_are_not_correlated() -> None:
    a, b = draws.uniforms(7, KEYS, draws.SPEED, 0), draws.uniforms(7, KEYS, draws.MASS, 0)
    # Four standard errors of a correlation of independent numbers.
    assert abs(np.corrcoef(a, b)[0, 1]) < 4 / np.sqrt(KEYS.size)


def test_neighbouring_seeds_give_unrelated_numbers() -> None:
    a, b = draws.uniforms(7, KEYS, draws.SPEED, 0), draws.uniforms(8, KEYS, draws.SPEED, 0)
    assert abs(np.corrcoef(a, b)[0, 1]) < 4 / np.sqrt(KEYS.size)


def test_a_draw_does_not_depend_on_who_else_draws() -> None:
    assert draws.uniforms(7, KEYS, draws.SPEED, 3)[123] == draws.uniforms(7, KEYS[123:124], draws.SPEED, 3)[0]


def test_keys_of_two_sources_do_not_meet() -> None:
    other = draws.person_keys(draws.name_key("gate 2"), np.arange(20_000))
    assert np.intersect1d(KEYS, other).size == 0
