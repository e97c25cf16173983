"""Walker profiles."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from scipy import stats

from crowd.demand import Demand
from crowd.errors import ScenarioError
from crowd.population import Population
from crowd.profiles import PROFILES, Profile
from tests.scenes import run_up, scenario


def drawn(profile: Profile, people: int = 2000) -> Population:
    """The traits of people of one profile."""
    demand = replace(Demand.present("start", "end", people=people), profiles=((profile.name, 1.0),))
    return Population.expected(scenario(run_up(), [demand], profiles=[profile]), ("start",))


def test_an_adult_walks_as_weidmann_found() -> None:
    adult = PROFILES["adult"]
    assert (adult.speed_mean, adult.speed_sd, adult.speed_min, adult.speed_max) == (1.34, 0.26, 0.5, 2.2)


def test_only_those_who_press_have_a_pressing_force() -> None:
    assert [name for name, profile in PROFILES.items() if profile.pressing_force > 0.0] == ["pressing-adult"]


def test_the_disc_of_an_adult_has_the_cross_section_of_a_clothed_body() -> None:
    # Body ellipse of 0.085 to 0.125 m2 (Predtechenskii & Milinskii 0.100-0.125, unclothed from 0.085).
    assert 0.085 <= math.pi * PROFILES["adult"].radius_mean ** 2 <= 0.125


def test_every_shipped_profile_says_where_its_numbers_come_from() -> None:
    named = ("assumed", "Weidmann 1993", "Boyce, Shields & Silcock 1999", "IMO MSC.1/Circ.1533", "RiMEA 4.1.1")
    assert all(any(name in profile.source for name in named) for profile in PROFILES.values())


def test_a_ship_has_the_ten_groups_of_passengers_and_two_of_crew() -> None:
    assert sum(name.startswith("imo-") for name in PROFILES) == 12


def test_older_adults_walk_slower() -> None:
    means = [PROFILES[f"adult-{age}"].speed_mean for age in range(20, 80, 10)]
    assert means == sorted(means, reverse=True)


def test_speeds_of_a_uniform_profile_are_drawn_evenly_between_its_limits() -> None:
    speed = drawn(PROFILES["imo-male-30-50"]).speed
    # Smirnov's bound at 1 % for 2000 draws is 0.036.
    assert stats.kstest(speed, stats.uniform(0.97, 0.65).cdf).statistic < 0.036


def test_a_uniform_profile_has_the_mean_and_spread_of_its_limits() -> None:
    profile = Profile("even", speed_distribution="uniform", speed_min=0.5, speed_max=1.1)
    assert (profile.speed_mean, profile.speed_sd) == pytest.approx((0.8, 0.6 / math.sqrt(12.0)))


def test_who_is_fast_on_the_level_is_as_fast_among_the_others_on_stairs() -> None:
    people = drawn(PROFILES["imo-male-30-50"], 100)
    share = (people.speed - 0.97) / 0.65
    assert (people.stairs_up - 0.47) / 0.32 == pytest.approx(share, abs=1e-9)
    assert (people.stairs_down - 0.64) / 0.43 == pytest.approx(share, abs=1e-9)


def test_people_whose_profile_says_nothing_of_stairs_have_no_speed_of_their_own_there() -> None:
    people = drawn(PROFILES["adult"], 10)
    assert np.isnan(people.stairs_up).all()
    assert np.isnan(people.stairs_down).all()


def test_names_of_shipped_profiles_are_their_keys() -> None:
    assert all(name == profile.name for name, profile in PROFILES.items())


@pytest.mark.parametrize(
    "changes",
    [
        {"speed_mean": math.nan},
        {"speed_mean": -1.0},
        {"speed_mean": 9.0},
        {"speed_mean": 0.4},
        {"speed_min": 0.0},
        {"radius_min": 0.3},
        {"mass_max": 50.0},
        {"mass_sd": math.inf},
        {"pressing_force": -1.0},
        {"pressing_force": 1e5},
        {"speed_distribution": "skewed"},
        {"speed_distribution": "uniform", "speed_min": 2.5},
        {"stairs_up_min": 0.5},
        {"stairs_down_min": 0.5, "stairs_down_max": 0.4},
        {"stairs_up_min": 0.0, "stairs_up_max": 0.4},
        {"stairs_up_min": 0.5, "stairs_up_max": 50.0},
    ],
)
def test_a_profile_that_nobody_fits_is_refused(changes: dict[str, float | str]) -> None:
    with pytest.raises(ScenarioError, match="profile 'odd'"):
        Profile("odd", **changes)  # type: ignore[arg-type]
