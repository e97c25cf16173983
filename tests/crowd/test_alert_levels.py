"""Alert levels: they come at once, go after a minute, and nobody guesses a number nobody published."""

from __future__ import annotations

import math

import numpy as np
import pytest

from crowd.alert_levels import alert_levels, load_preset, periods, preset_names
from crowd.errors import ScenarioError

SEOUL = (2.0, 3.0, 5.0)
UNPUBLISHED = {"yongsan-itaewon-2023", "suwon", "mapo-hongdae", "yongsan-2025"}


def levels(density: list[float], step: float = 1.0) -> list[int]:
    times = step * np.arange(len(density))
    return alert_levels(times, density, SEOUL).tolist()


def test_seoul_is_the_default_with_caution_2_alert_3_serious_5() -> None:
    preset = load_preset()
    assert (preset.name, preset.keys, preset.thresholds()) == (
        "seoul",
        ("caution", "alert", "serious"),
        SEOUL,
    )


def test_a_level_is_reached_exactly_at_its_threshold() -> None:
    assert levels([1.999, 2.0, 3.0, 5.0]) == [0, 1, 2, 3]


def test_a_level_rises_at_once_even_over_levels_between() -> None:
    assert levels([0.0, 9.0]) == [0, 3]


def test_a_level_falls_after_sixty_seconds_below_and_not_before() -> None:
    states = levels([5.0] + [1.0] * 70)
    assert states[:61] == [3] * 61
    assert states[61] == 0


def test_a_return_within_the_minute_starts_the_minute_again() -> None:
    states = levels([2.0] + [1.0] * 59 + [2.0] + [1.0] * 59)
    assert states == [1] * 120


def test_a_level_falls_to_the_level_that_still_holds() -> None:
    assert levels([5.0] + [3.5] * 70)[-1] == 2


def test_a_sample_without_a_number_is_not_time_below() -> None:
    assert levels([5.0] + [math.nan] * 200)[-1] == 3


def test_a_missing_number_starts_the_minute_below_again() -> None:
    assert levels([5.0] + [1.0] * 50 + [math.nan] + [1.0] * 50)[-1] == 3


def test_a_gap_between_samples_is_not_time_below() -> None:
    states = alert_levels([0.0, 1.0, 300.0], [5.0, 1.0, 1.0], SEOUL)
    assert states.tolist() == [3, 3, 3]


def test_a_level_reached_at_the_last_sample_is_a_period() -> None:
    assert periods([0.0, 1.0, 2.0], [0, 0, 1]) == [(1, 2.0, 2.0)]


def test_periods_join_without_gaps_and_leave_out_no_level() -> None:
    assert periods([0.0, 1.0, 2.0, 3.0], [0, 1, 2, 2]) == [(1, 1.0, 2.0), (2, 2.0, 3.0)]


@pytest.mark.parametrize("name", sorted(set(preset_names()) - UNPUBLISHED))
def test_every_published_preset_loads_with_rising_thresholds(name: str) -> None:
    thresholds = load_preset(name).thresholds()
    assert list(thresholds) == sorted(set(thresholds))


@pytest.mark.parametrize("name", sorted(UNPUBLISHED))
def test_a_preset_without_published_numbers_is_refused(name: str) -> None:
    with pytest.raises(ScenarioError, match="no published density"):
        load_preset(name)


def test_a_preset_without_published_numbers_works_with_ones_own() -> None:
    preset = load_preset("mapo-hongdae", {"caution": 1.0, "alert": 2.0, "serious": 4.0})
    assert preset.thresholds() == (1.0, 2.0, 4.0)


@pytest.mark.parametrize("name", preset_names())
@pytest.mark.parametrize("lang", ["en", "ko"])
def test_every_preset_names_itself_and_its_source_in_both_languages(name: str, lang: str) -> None:
    numbers: dict[str, tuple[str, ...]]
    numbers = {"mapo-hongdae": ("caution", "alert", "serious"), "suwon": ("caution", "alert", "serious")}
    numbers |= {"yongsan-2025": ("walking-caution", "crowded", "very-crowded")}
    numbers |= {"yongsan-itaewon-2023": ("caution", "alert")}
    given = {key: 2.0 + k / 2 for k, key in enumerate(numbers.get(name, ()))}
    preset = load_preset(name, given)
    assert preset.labels[lang]
    assert preset.sources[lang]


def test_a_threshold_of_one_zone_holds_there_only() -> None:
    preset = load_preset("seoul", {"stairs": {"caution": 1.2}})
    assert preset.thresholds("stairs") == (1.2, 3.0, 5.0)
    assert preset.thresholds("plaza") == SEOUL


def test_an_unknown_preset_is_refused_with_the_nearest_name() -> None:
    with pytest.raises(ScenarioError, match="did you mean 'seoul'"):
        load_preset("seol")


def test_an_unknown_level_is_refused() -> None:
    with pytest.raises(ScenarioError, match="unknown alert level 'cautoin'"):
        load_preset("seoul", {"cautoin": 1.0})


def test_thresholds_that_do_not_rise_are_refused() -> None:
    with pytest.raises(ScenarioError, match="must rise"):
        load_preset("seoul", {"caution": 4.0})


@pytest.mark.parametrize("value", [0.0, -1.0, math.nan, math.inf, 50.0])
def test_an_absurd_threshold_is_refused(value: float) -> None:
    with pytest.raises(ScenarioError, match="between 0 and 20"):
        load_preset("seoul", {"caution": value})
