"""Walker profiles."""

from __future__ import annotations

import math

import pytest

from crowd.errors import ScenarioError
from crowd.profiles import PROFILES, Profile


def test_an_adult_walks_as_weidmann_found() -> None:
    adult = PROFILES["adult"]
    assert (adult.speed_mean, adult.speed_sd, adult.speed_min, adult.speed_max) == (1.34, 0.26, 0.5, 2.2)


def test_only_those_who_press_have_a_pressing_force() -> None:
    assert [name for name, profile in PROFILES.items() if profile.pressing_force > 0.0] == ["pressing-adult"]


def test_the_disc_of_an_adult_has_the_cross_section_of_a_clothed_body() -> None:
    # Body ellipse of 0.085 to 0.125 m2 (Predtechenskii & Milinskii 0.100-0.125, unclothed from 0.085).
    assert 0.085 <= math.pi * PROFILES["adult"].radius_mean ** 2 <= 0.125


def test_every_shipped_profile_says_where_its_numbers_come_from() -> None:
    assert all("assumed" in profile.source or "19" in profile.source for profile in PROFILES.values())


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
    ],
)
def test_a_profile_that_nobody_fits_is_refused(changes: dict[str, float]) -> None:
    with pytest.raises(ScenarioError, match="profile 'odd'"):
        Profile("odd", **changes)  # type: ignore[arg-type]
