"""Demand: how many people come, and when."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from crowd.demand import Burst, Demand, PreMovement, arrival_times
from crowd.errors import ScenarioError
from crowd.model import CrowdModel
from tests.scenes import plug, scenario

RISING = Demand("gate", "out", times=(0.0, 600.0, 1200.0), rates=(0.0, 2.0, 1.0))


def test_expected_people_are_the_integral_of_the_rate() -> None:
    # Triangle 0.5 * 600 * 2 and trapezium 0.5 * (2 + 1) * 600.
    assert RISING.expected(0.0, 600.0) == pytest.approx(600.0)
    assert RISING.expected(600.0, 1200.0) == pytest.approx(900.0)
    assert RISING.expected(300.0, 600.0) == pytest.approx(450.0)


def test_nobody_is_expected_outside_the_points_of_a_rate() -> None:
    assert RISING.expected(-500.0, 0.0) == 0.0
    assert RISING.expected(1200.0, 9000.0) == 0.0


@given(st.floats(0.0, 1200.0), st.floats(0.0, 1200.0), st.floats(0.0, 1200.0))
def test_expected_people_of_two_halves_add_up_to_the_whole(a: float, b: float, c: float) -> None:
    a, b, c = sorted((a, b, c))
    assert RISING.expected(a, b) + RISING.expected(b, c) == pytest.approx(RISING.expected(a, c), abs=1e-9)


def test_number_of_arrivals_has_the_mean_and_variance_of_a_poisson_process() -> None:
    # Over 400 seeds of Poisson(300) the mean is within 4 sd of 300 (its sd is the root of 300/400), the ratio
    # of variance to mean within 4 sd of 1 (its sd is about the root of 2/400).
    end = 600.0 / math.sqrt(2.0)
    counts = np.array([arrival_times(RISING, seed=seed, duration=end).size for seed in range(400)])
    assert abs(counts.mean() - 300.0) < 4.0 * math.sqrt(300.0 / 400.0)
    assert abs(counts.var() / counts.mean() - 1.0) < 4.0 * math.sqrt(2.0 / 400.0)


def test_arrivals_follow_the_rate_in_time() -> None:
    # Given their number, arrival times are independent with distribution function L(t)/L(T): the largest gap
    # (Kolmogorov-Smirnov) stays under 1.95/sqrt(n) with probability 0.999.
    pooled = np.sort(np.concatenate([arrival_times(RISING, seed=s, duration=1200.0) for s in range(10)]))
    wanted = np.array([RISING.expected(0.0, t) for t in pooled]) / 1500.0
    assert np.abs(wanted - (np.arange(pooled.size) + 0.5) / pooled.size).max() < 1.95 / math.sqrt(pooled.size)


def test_the_cumulative_rate_at_the_arrivals_has_unit_exponential_gaps() -> None:
    times = arrival_times(RISING, seed=3, duration=1200.0)
    gaps = np.diff([RISING.expected(0.0, t) for t in times])
    # Mean and standard deviation of n unit exponentials are 1 with sd 1/sqrt(n) and about sqrt(2/n).
    assert abs(gaps.mean() - 1.0) < 4.0 / math.sqrt(gaps.size)
    assert abs(gaps.std() - 1.0) < 4.0 * math.sqrt(2.0 / gaps.size)


def test_a_longer_run_begins_with_the_same_arrivals() -> None:
    short = arrival_times(RISING, seed=5, duration=700.0)
    long = arrival_times(RISING, seed=5, duration=1200.0)
    assert np.array_equal(short, long[: short.size])
    assert long[short.size] >= 700.0


def test_another_seed_or_another_name_brings_other_arrivals() -> None:
    times = arrival_times(RISING, seed=5, duration=1200.0)
    other = Demand("gate", "out", times=RISING.times, rates=RISING.rates, name="another")
    assert times[0] != arrival_times(RISING, seed=6, duration=1200.0)[0]
    assert times[0] != arrival_times(other, seed=5, duration=1200.0)[0]


def test_nobody_arrives_while_the_rate_is_zero() -> None:
    pulse = Demand("gate", "out", times=(0.0, 100.0, 100.5, 200.0, 200.5, 400.0), rates=(0.0, 0.0, 3.0, 3.0, 0.0, 0.0))
    times = arrival_times(pulse, seed=1, duration=400.0)
    assert times.size > 200
    assert times.min() >= 100.0
    assert times.max() <= 200.5


def test_a_demand_of_rate_zero_brings_nobody() -> None:
    assert arrival_times(Demand.steady("gate", "out", rate=0.0, duration=60.0), seed=1, duration=60.0).size == 0


def test_points_before_the_start_bring_nobody() -> None:
    early = Demand("gate", "out", times=(-1000.0, 1000.0), rates=(1.0, 1.0))
    times = arrival_times(early, seed=1, duration=500.0)
    assert times.min() >= 0.0
    assert abs(times.size - 500.0) < 4.0 * math.sqrt(500.0)


@settings(max_examples=30, deadline=None)
@given(
    st.lists(st.tuples(st.floats(0.1, 300.0), st.floats(0.0, 5.0)), min_size=2, max_size=6),
    st.integers(0, 99),
)
def test_arrivals_are_sorted_and_inside_the_run(steps: list[tuple[float, float]], seed: int) -> None:
    times = tuple(np.cumsum([step for step, _ in steps]) - steps[0][0])
    demand = Demand("gate", "out", times=times, rates=tuple(rate for _, rate in steps))
    arrivals = arrival_times(demand, seed=seed, duration=times[-1])
    assert np.all(np.diff(arrivals) >= 0.0)
    assert np.all((arrivals >= 0.0) & (arrivals <= times[-1]))


def test_people_present_at_a_time_arrive_together_and_all() -> None:
    present = Demand.present("hall", "out", people=80, time=60.0)
    assert arrival_times(present, seed=1, duration=600.0).tolist() == [60.0] * 80
    assert present.expected(0.0, 600.0) == 80.0
    assert present.expected(0.0, 60.0) == 0.0


def test_people_of_one_demand_stand_in_order_of_rows_and_two_demands_are_mixed() -> None:
    demands = [
        Demand.present("start", "end", people=200, name="a"),
        Demand.present("start", "end", people=200, name="b"),
    ]
    model = CrowdModel(scenario(plug(20.0), demands))
    model.step()
    people = model.people
    for one in (0, 1):
        y = people.y[people.demand == one]
        # Rows are 0.56 m apart; people are moved by up to 0.08 m from their places, and make a first step.
        assert np.all(np.diff(y) > -0.35)
        assert people.x[people.demand == one].mean() == pytest.approx(10.0, abs=1.5)
        assert y.mean() == pytest.approx(3.0, abs=0.4)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"rates": (1.0, -1.0)}, "rate -1.0"),
        ({"rates": (1.0, math.nan)}, "rate nan"),
        ({"rates": (1.0, 1e4)}, "rate 10000.0"),
        ({"times": (0.0, 0.0)}, "must increase"),
        ({"times": (0.0, math.inf)}, "must increase"),
        ({"times": (math.nan, 1.0)}, "must increase"),
        ({"times": (0.0,), "rates": (1.0,)}, "2 or more"),
        ({"times": (), "rates": ()}, "either"),
        ({"burst": Burst(0.0, 5)}, "either"),
        ({"profiles": (("adult", 0.5),)}, "sum to 1"),
        ({"profiles": (("adult", 1.5), ("child", -0.5))}, "positive"),
    ],
)
def test_a_demand_that_makes_no_sense_is_refused(changes: dict[str, object], words: str) -> None:
    right: dict[str, object] = {"times": (0.0, 60.0), "rates": (1.0, 1.0)}
    with pytest.raises(ScenarioError, match=words):
        Demand("gate", "out", **(right | changes))  # type: ignore[arg-type]


def test_the_order_of_profiles_in_a_mix_does_not_matter() -> None:
    one = Demand("gate", "out", times=(0.0, 1.0), rates=(1.0, 1.0), profiles=(("adult", 0.4), ("child", 0.6)))
    other = Demand("gate", "out", times=(0.0, 1.0), rates=(1.0, 1.0), profiles=(("child", 0.6), ("adult", 0.4)))
    assert one == other


MIDDLES = (np.arange(20_000) + 0.5) / 20_000


def test_uniform_pre_movement_fills_its_range_evenly() -> None:
    delays = PreMovement("uniform", 10.0, 100.0).delays(MIDDLES)
    assert delays.min() == pytest.approx(10.0, abs=0.01)
    assert delays.max() == pytest.approx(100.0, abs=0.01)
    assert delays.mean() == pytest.approx(55.0)


def test_lognormal_pre_movement_has_its_median_and_spread() -> None:
    delays = PreMovement("lognormal", 30.0, 0.5).delays(MIDDLES)
    assert np.median(delays) == pytest.approx(30.0, rel=1e-3)
    assert np.log(delays).std() == pytest.approx(0.5, rel=1e-2)


def test_normal_pre_movement_has_its_mean_and_is_never_negative() -> None:
    assert PreMovement("normal", 60.0, 10.0).delays(MIDDLES).mean() == pytest.approx(60.0, rel=1e-6)
    # Cut at 0, a normal variable of mean 0 has the mean sd * sqrt(2/pi).
    cut = PreMovement("normal", 0.0, 10.0).delays(MIDDLES)
    assert cut.min() >= 0.0
    assert cut.mean() == pytest.approx(10.0 * math.sqrt(2.0 / math.pi), rel=1e-3)


@pytest.mark.parametrize(
    ("made", "same"),
    [
        (PreMovement("gamma", 1.291, 103.901), stats.gamma(1.291, scale=103.901)),
        (PreMovement("weibull", 139.285, 1.195), stats.weibull_min(1.195, scale=139.285)),
    ],
)
def test_pre_movement_has_the_distribution_it_names(made: PreMovement, same: Any) -> None:
    assert made.delays(MIDDLES) == pytest.approx(same.ppf(MIDDLES), rel=1e-9)


def test_fixed_pre_movement_is_the_same_for_all() -> None:
    assert set(PreMovement("fixed", 7.0).delays(MIDDLES)) == {7.0}


@pytest.mark.parametrize(
    "made",
    [
        ("beta", 1.0, 1.0),
        ("gamma", 0.0, 1.0),
        ("weibull", 1.0, 0.0),
        ("fixed", -1.0, 0.0),
        ("uniform", 5.0, 1.0),
        ("lognormal", 0.0, 1.0),
        ("fixed", math.nan, 0.0),
    ],
)
def test_pre_movement_that_makes_no_sense_is_refused(made: tuple[str, float, float]) -> None:
    with pytest.raises(ScenarioError):
        PreMovement(*made)


def test_people_with_moments_come_at_them_whatever_the_seed() -> None:
    counted = Demand("gate", "out", moments=(1.0, 1.0, 2.5, 90.0))
    for seed in (1, 2):
        assert arrival_times(counted, seed=seed, duration=60.0).tolist() == [1.0, 1.0, 2.5]
    assert counted.expected(0.0, 2.5) == 2.0  # the end is not included


@pytest.mark.parametrize("moments", [(-1.0,), (2.0, 1.0), (math.nan,), (math.inf,)])
def test_moments_that_cannot_be_are_refused(moments: tuple[float, ...]) -> None:
    with pytest.raises(ScenarioError, match="moments must be finite"):
        Demand("gate", "out", moments=moments)
