"""Scenarios: the shipped ones, what a file means, what a run directory needs."""

from __future__ import annotations

import json
import pickle
import tomllib
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from shapely.geometry import LineString, Polygon

import crowd
from crowd.demand import Burst, Demand, PreMovement, arrival_times
from crowd.errors import ScenarioError
from crowd.interventions import Barrier, KeepRight, Metering, OneWay, SetGate
from crowd.journeys import Journey, LeaveBy, Queue, Wait, WalkTo, Watch
from crowd.model import CrowdModel
from crowd.parameters import Parameters
from crowd.profiles import PROFILES, Profile
from crowd.scenario import Scenario, scenario_json_schema, scenario_names
from crowd.triggers import AtTime, Measure
from venues import MeasurementArea, MeasurementLine
from venues.shapes import bottleneck, corridor

DATA = Path(crowd.__file__).parent / "data"
START = datetime(2024, 5, 4, 23, 50, tzinfo=timezone(timedelta(hours=9)))


def full_scenario() -> Scenario:
    """One of everything a scenario can hold, with numbers that have no short decimal form."""
    return Scenario(
        name="모두 하나씩",
        labels={"en": "One of everything", "ko": "모두 하나씩"},
        venue=bottleneck(),
        start=START,
        duration=1000.0 / 3.0,
        seed=7,
        demands=(
            Demand(
                "start",
                "through",
                times=(-1.0 / 3.0, 100.0 / 7.0, 400.0),
                rates=(0.1, 2.0 / 3.0, 1.0 / 7.0),
                profiles=(("adult", 2.0 / 3.0), ("slow", 1.0 / 3.0)),
                pre_movement=PreMovement("lognormal", 30.0, 0.5),
            ),
            Demand(
                "start",
                "through",
                burst=Burst(200.0 / 3.0, 40),
                name="bus",
                pre_movement=PreMovement("uniform", 1.0, 9.0),
            ),
            Demand(
                "start",
                "through",
                burst=Burst(10.0, 4),
                name="late",
                profiles=(("climber", 1.0),),
                pre_movement=PreMovement("gamma", 1.3, 100.0 / 3.0),
            ),
            Demand(
                "start",
                "through",
                burst=Burst(20.0, 4),
                name="later",
                pre_movement=PreMovement("weibull", 100.0 / 3.0, 1.2),
            ),
        ),
        journeys=(
            Journey(
                "through",
                (
                    WalkTo("start"),
                    Wait("start", duration=10.0),
                    Wait("start", until=90.0),
                    Queue("start", 1.0 / 3.0),
                    LeaveBy(("exit",)),
                ),
            ),
        ),
        profiles=(
            Profile("slow", speed_mean=0.7, pressing_force=50.0),
            Profile("climber", speed_distribution="uniform", stairs_up_min=0.1, stairs_up_max=2.0 / 3.0),
        ),
        measures=(
            Measure(OneWay("door", "forward"), AtTime(10.0, until=20.0)),
            Measure(KeepRight("start", axis="extra-line", compliance=0.8)),
            Measure(SetGate("door", open=False), AtTime(100.0 / 3.0)),
            Measure(Metering("door", 0.7), AtTime(300.0)),
            Measure(Barrier("ground", ((1.0, 1.0), (1.0 / 3.0, 4.0)))),
        ),
        areas=(MeasurementArea("extra-area", "ground", Polygon([(0, 0), (1 / 3, 0), (0, 2)]), {"ko": "구역"}),),
        lines=(MeasurementLine("extra-line", "ground", LineString([(2, 0), (2, 6)]), 5.5, {"ko": "선"}),),
        parameters=Parameters().with_overrides({"contact.friction": 0.2}),
        alert_levels={"caution": 2.5, "start": {"serious": 4.0 / 3.0}},
    )


def test_two_scenarios_of_the_alley_are_shipped() -> None:
    assert {"itaewon-one-way", "itaewon-two-way"} <= set(scenario_names())


@pytest.mark.parametrize("name", ["itaewon-one-way", "itaewon-two-way"])
def test_a_shipped_scenario_has_the_stated_start_length_seed_and_place(name: str) -> None:
    scenario = Scenario.read(name)
    assert scenario.start.isoformat() == "2022-10-29T21:00:00+09:00"
    assert (scenario.duration, scenario.seed, scenario.venue.name) == (1500.0, 20221029, "itaewon-alley")
    assert scenario.alert_preset == "seoul"


def test_the_shipped_demand_is_the_integral_of_the_table() -> None:
    # Up is 130 a minute at 21:00 and 155 at 21:25 (130 + 25/30 * 30): 25 * 142.5 = 3562.5.
    # Down is 120 and 145 (120 + 25/30 * 30): 25 * 132.5 = 3312.5. Each is halved over two entries.
    expected = [demand.expected(0.0, 1500.0) for demand in Scenario.read("itaewon-two-way").demands]
    assert expected == pytest.approx([1781.25, 1781.25, 1656.25, 1656.25])


def test_one_way_differs_from_two_way_by_its_measures_only() -> None:
    two, one = Scenario.read("itaewon-two-way"), Scenario.read("itaewon-one-way")
    assert one.demand_digest() == two.demand_digest()
    assert (one.journeys, one.profiles, one.parameters) == (two.journeys, two.profiles, two.parameters)
    assert one.venue.digest() == two.venue.digest()
    assert not two.measures
    assert [(measure.intervention.gate, measure.trigger.time) for measure in one.measures] == [  # type: ignore[union-attr]
        ("alley-bottom", 0.0),
        ("alley-top", 0.0),
    ]


def test_the_concert_fills_four_pens_with_four_thousand_people_before_the_show() -> None:
    concert = Scenario.read("plaza-concert")
    assert (concert.duration, concert.venue.name) == (1800.0, "festival-plaza")
    stages = [stage for journey in concert.journeys for stage in journey.stages if isinstance(stage, Watch)]
    assert [stage.zone for stage in stages] == ["pen-a", "pen-b", "pen-c", "pen-d"]
    assert {(stage.press_from, stage.until, stage.towards) for stage in stages} == {(900.0, 1320.0, "stage-front")}
    # 72 a minute for 8 minutes and falling to 0 over 4: 72 (8 + 4 / 2) = 720; 58 (9 + 4 / 2) = 638.
    assert [demand.expected(0.0, 900.0) for demand in concert.demands] == pytest.approx([720.0] * 2 + [638.0] * 4)
    assert concert.demands[0].expected(780.0, 1800.0) == 0.0


def test_watching_is_written_so_that_it_reads_back(tmp_path: Path) -> None:
    concert = Scenario.read("plaza-concert")
    concert.write_resolved(tmp_path)
    again = Scenario.read(tmp_path / "scenario.toml")
    assert again.journeys == concert.journeys
    assert again.digest() == concert.digest()


def test_the_first_half_minute_of_the_concert_runs_and_drops_nobody() -> None:
    model = CrowdModel(Scenario.read("plaza-concert").with_until(30.0))
    while model.running:
        model.step()
    expected, entered, left, outside, _ = model.snapshot().source_counts.sum(axis=0)
    assert (expected, left) == (entered + outside, 0)
    assert entered == pytest.approx(0.5 * (2 * 72 + 4 * 58), abs=3 * np.sqrt(188))


def test_the_same_people_arrive_whatever_measures_are_taken() -> None:
    two, one = Scenario.read("itaewon-two-way"), Scenario.read("itaewon-one-way")
    for a, b in zip(two.demands, one.demands, strict=True):
        assert np.array_equal(
            arrival_times(a, seed=two.seed, duration=two.duration),
            arrival_times(b, seed=one.seed, duration=one.duration),
        )


@pytest.mark.parametrize("scenario", [full_scenario(), Scenario.read("itaewon-one-way")], ids=["full", "itaewon"])
def test_a_resolved_scenario_reads_back_as_the_same_scenario(tmp_path: Path, scenario: Scenario) -> None:
    folder = tmp_path / "결과 폴더"
    folder.mkdir()
    scenario.write_resolved(folder)
    again = Scenario.read(folder / "scenario.toml")
    assert again.digest() == scenario.digest()
    assert again.demand_digest() == scenario.demand_digest()
    for part in (
        "start",
        "duration",
        "demands",
        "journeys",
        "profiles",
        "measures",
        "areas",
        "lines",
        "parameters",
    ):
        assert getattr(again, part) == getattr(scenario, part), part


def test_assumptions_are_written_out_and_a_scenario_without_has_no_word_of_them(tmp_path: Path) -> None:
    plain = Scenario.read("itaewon-two-way")
    said = replace(plain, assumptions=({"en": "Nobody turns back.", "ko": "아무도 되돌아가지 않음."},))
    said.write_resolved(tmp_path)
    assert Scenario.read(tmp_path / "scenario.toml").assumptions == said.assumptions
    plain.write_resolved(tmp_path)
    assert "assumptions" not in (tmp_path / "scenario.toml").read_text(encoding="utf-8")


def test_a_resolved_scenario_needs_no_file_but_the_venue_beside_it(tmp_path: Path) -> None:
    Scenario.read("itaewon-two-way").write_resolved(tmp_path)
    assert {path.name for path in tmp_path.iterdir()} == {"scenario.toml", "venue.geojson"}
    data = tomllib.loads((tmp_path / "scenario.toml").read_text(encoding="utf-8"))
    assert all("table" not in entry for entry in data["demand"])
    assert [profile["name"] for profile in data["profiles"]] == ["adult"]


def test_writing_a_resolved_scenario_twice_gives_the_same_bytes(tmp_path: Path) -> None:
    scenario = full_scenario()
    texts = []
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        scenario.write_resolved(tmp_path / name)
        scenario = Scenario.read(tmp_path / name / "scenario.toml")
        texts.append((tmp_path / name / "scenario.toml").read_bytes())
    assert texts[0] == texts[1]


def test_everything_a_run_depends_on_changes_the_digest() -> None:
    base = full_scenario()
    data = {field: getattr(base, field) for field in base.__dataclass_fields__}
    changes: dict[str, Any] = {
        "seed": 8,
        "duration": 300.0,
        "start": START + timedelta(seconds=1),
        "demands": base.demands[:1],
        "profiles": (Profile("slow", speed_mean=0.71), Profile("climber")),
        "measures": base.measures[:-1],
        "areas": (),
        "parameters": Parameters(),
        "alert_preset": "green-guide",
        "alert_levels": {},
        "venue": bottleneck(width=1.3),
    }
    digests = {Scenario(**{**data, part: value}).digest() for part, value in changes.items() if part != "duration"}
    assert len(digests | {base.digest()}) == len(changes)


def test_a_scenario_survives_pickling() -> None:
    scenario = full_scenario()
    assert pickle.loads(pickle.dumps(scenario)).digest() == scenario.digest()


def test_another_seed_shares_everything_else() -> None:
    scenario = Scenario.read("itaewon-two-way")
    other = scenario.with_seed(99)
    assert (other.seed, scenario.seed) == (99, 20221029)
    assert other.venue is scenario.venue
    assert other.demand_digest() == scenario.demand_digest()
    assert other.digest() != scenario.digest()


@pytest.mark.parametrize("seed", [-1, 2**63, 1.0, True, "1"])
def test_a_seed_that_is_no_whole_number_in_range_is_refused(seed: Any) -> None:
    with pytest.raises(ScenarioError, match="seed"):
        full_scenario().with_seed(seed)


def test_a_scenario_cut_short_keeps_its_first_people_and_reads_back(tmp_path: Path) -> None:
    scenario = full_scenario()
    cut = scenario.with_until(50.0)
    assert cut.duration == 50.0
    assert [demand.name for demand in cut.demands] == [demand.name for demand in scenario.demands]
    assert cut.demands[1].expected(0.0, 1e6) == 0.0
    assert all(measure.trigger.time < 50.0 for measure in cut.measures)
    cut.write_resolved(tmp_path)
    assert Scenario.read(tmp_path / "scenario.toml").digest() == cut.digest()
    full = arrival_times(scenario.demands[0], seed=1, duration=scenario.duration)
    first = arrival_times(cut.demands[0], seed=1, duration=cut.duration)
    assert np.array_equal(first, full[full < 50.0])


def test_a_scenario_cut_short_twice_knows_its_whole_length_and_one_cut_at_its_end_is_whole() -> None:
    scenario = full_scenario()
    assert scenario.with_until(50.0).with_until(20.0).whole_duration == scenario.duration
    assert scenario.with_until(scenario.duration).whole_duration is None


@pytest.mark.parametrize("time", [0.0, -1.0, 400.0, float("nan")])
def test_a_scenario_cannot_be_cut_outside_its_length(time: float) -> None:
    with pytest.raises(ScenarioError, match="until"):
        full_scenario().with_until(time)


def test_the_clock_runs_across_midnight_in_the_zone_of_the_scenario() -> None:
    assert full_scenario().clock(1200.0).isoformat() == "2024-05-05T00:10:00+09:00"


def test_a_scenario_made_in_python_needs_place_people_way_and_time_only() -> None:
    scenario = Scenario(
        name="corridor",
        venue=corridor(),
        start=START,
        duration=60.0,
        demands=(Demand.steady("west", "east", rate=1.0, duration=60.0),),
        journeys=(Journey("east", (LeaveBy(("east",)),)),),
    )
    assert scenario.profiles == (PROFILES["adult"],)
    assert scenario.profile("adult").speed_mean == 1.34
    assert scenario.journey("east").exits == ("east",)


def test_profiles_are_in_the_order_in_which_demands_name_them() -> None:
    assert [profile.name for profile in full_scenario().profiles] == ["adult", "slow", "climber"]


def test_a_profile_of_the_file_begins_from_the_one_it_is_based_on(tmp_path: Path) -> None:
    data = tomllib.loads((DATA / "scenarios" / "itaewon-two-way.toml").read_text(encoding="utf-8"))
    data["profiles"] = [{"name": "guest", "based_on": "elderly", "pressing_force": "80 N"}]
    for entry in data["demand"]:
        entry["mix"] = {"adult": 0.9, "guest": 0.1}
    guest = Scenario.from_dict(data, folder=DATA / "scenarios").profile("guest")
    assert (guest.speed_mean, guest.pressing_force) == (PROFILES["elderly"].speed_mean, 80.0)


def test_a_mean_that_a_uniform_speed_does_not_have_is_refused() -> None:
    data = tomllib.loads((DATA / "scenarios" / "itaewon-two-way.toml").read_text(encoding="utf-8"))
    data["profiles"] = [{"name": "guest", "based_on": "impaired-mobility", "speed_mean": "0.5 m/s"}]
    with pytest.raises(ScenarioError, match="but speeds are uniform"):
        Scenario.from_dict(data, folder=DATA / "scenarios")


def test_a_venue_file_is_looked_for_beside_the_scenario(tmp_path: Path) -> None:
    scenario = full_scenario()
    (tmp_path / "place").mkdir()
    scenario.write_resolved(tmp_path / "place")
    text = (tmp_path / "place" / "scenario.toml").read_text(encoding="utf-8")
    (tmp_path / "elsewhere.toml").write_text(text.replace('"venue.geojson"', '"place/venue.geojson"'), encoding="utf-8")
    assert Scenario.read(tmp_path / "elsewhere.toml").digest() == scenario.digest()


def test_the_shipped_json_schema_is_that_of_the_reader() -> None:
    shipped = json.loads((DATA / "scenario.schema.json").read_text(encoding="utf-8"))
    assert shipped == scenario_json_schema(), (
        "write it anew: json.dumps(scenario_json_schema(), indent=1, ensure_ascii=False)"
    )
