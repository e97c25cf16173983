"""People of a drafted scenario go to the stage, stay until the event ends and leave; who asks for less gets less."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from shapely.geometry import box
from typer.testing import CliRunner, Result

from crowd.cli import app
from crowd.counts.ways import Event, Exits, event_zones, plan_ways
from crowd.journeys import LeaveBy, Stage, Wait, Watch
from crowd.model import CrowdModel
from crowd.population import Status
from crowd.scenario import Scenario
from venues import Level, Venue, Zone, load_venue, write_venue

BOTH = frozenset({"source", "exit"})
WEST, EAST = Zone("west", "0", box(0, 0, 2, 6), BOTH), Zone("east", "0", box(38, 0, 40, 6), BOTH)
SIDE = Zone("side", "0", box(18, 18, 22, 20), frozenset({"exit"}))
STAGE = Zone("stage", "0", box(15, 8, 25, 14), frozenset({"stage"}), {"ko": "무대 앞"})
STREET = Venue("street", (Level("0", box(0, 0, 40, 6).union(box(14, 6, 26, 20))),), (WEST, EAST, SIDE, STAGE))  # type: ignore[arg-type]
TABLE = "time,west,east\n2026-05-01 18:00,30,0\n2026-05-01 18:01,60,0\n"


def new(folder: Path, *more: str, venue: Venue = STREET, table: str = TABLE) -> Result:
    write_venue(venue, folder / "street.geojson")
    (folder / "counts.csv").write_text(table, encoding="utf-8")
    words = [str(folder / "street.geojson"), "--demand", str(folder / "counts.csv"), "--out", str(folder / "S.toml")]
    return CliRunner().invoke(app, ["scenario", "new", *words, *more])


def stages(scenario: Scenario) -> set[tuple[Stage, ...]]:
    return {journey.stages for journey in scenario.journeys}


def test_people_go_to_the_stage_stay_until_the_table_ends_and_leave_by_all_exits(tmp_path: Path) -> None:
    assert new(tmp_path).exit_code == 0
    scenario = Scenario.read(tmp_path / "S.toml")
    assert stages(scenario) == {(Wait("stage", until=120.0), LeaveBy((one,))) for one in ("west", "east", "side")}
    assert sum(demand.expected(0.0, scenario.duration) for demand in scenario.demands) == pytest.approx(90.0, rel=1e-6)


def test_nobody_comes_after_the_table_and_the_run_goes_on_for_half_an_hour(tmp_path: Path) -> None:
    new(tmp_path, "--event-until", "18:10")
    scenario = Scenario.read(tmp_path / "S.toml")
    assert scenario.duration == 600.0 + 1800.0
    assert sum(demand.expected(121.0, scenario.duration) for demand in scenario.demands) == 0.0


def test_people_of_a_drafted_event_stand_at_the_stage_and_are_gone_after_it(tmp_path: Path) -> None:
    new(tmp_path, "--event-until", "2 min")
    model = CrowdModel(Scenario.read(tmp_path / "S.toml"))
    while model.time < 119.0:
        model.step()
    at = model.snapshot()
    waiting = at.status == Status.WAITING
    assert waiting.sum() > 40
    while model.time < 240.0:
        model.step()
    assert len(model.snapshot().id) == 0


@pytest.mark.parametrize(("lang", "said"), [("en", "'stage'"), ("ko", "무대 앞 [stage]")])
def test_what_is_assumed_of_the_event_is_said_and_stands_in_the_file(tmp_path: Path, lang: str, said: str) -> None:
    result = new(tmp_path, "--lang", lang)
    written = [texts[lang] for texts in Scenario.read(tmp_path / "S.toml").assumptions]
    end = "18:02"
    note = next(line for line in result.stderr.splitlines() if "--event-until" in line)
    assert said.strip("'") in note
    assert end in note
    assert note in written
    assert "1.5" in next(line for line in result.stderr.splitlines() if "m²" in line)  # 90 people on 60 m2


def test_more_people_than_may_stand_there_are_told_before_anything_runs(tmp_path: Path) -> None:
    small = Zone("stage", "0", box(15, 8, 20, 14), frozenset({"stage"}))
    result = new(tmp_path, venue=Venue("street", STREET.levels, (WEST, EAST, SIDE, small)))
    assert "3.0 per m², MORE than the 2" in result.stderr


def test_who_does_not_come_for_the_event_passes_through_by_other_exits_than_their_own(tmp_path: Path) -> None:
    new(tmp_path, "--event-percent", "40")
    scenario = Scenario.read(tmp_path / "S.toml")
    by_way = {
        demand.name: demand.expected(0.0, scenario.duration) for demand in scenario.demands if demand.source == "west"
    }
    assert sum(people for name, people in by_way.items() if "stage" in name) == pytest.approx(36.0)
    assert {name for name in by_way if "stage" not in name} == {"west → east", "west → side"}


def test_an_event_of_nobody_is_none(tmp_path: Path) -> None:
    result = new(tmp_path, "--event-percent", "0")
    scenario = Scenario.read(tmp_path / "S.toml")
    assert (scenario.duration, "--event" in result.stderr) == (120.0, False)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--event", "stag"], "did you mean 'stage'"),
        (["--event-until", "17:00 pm"], "--event-until: '17:00 pm' is not a time"),
        (["--event-until", "0 s"], "not within a day"),
        (["--event-percent", "140"], "write 0 to 100"),
    ],
)
def test_a_bad_word_about_the_event_is_one_line(tmp_path: Path, options: list[str], words: str) -> None:
    result = new(tmp_path, *options)
    assert (result.exit_code, result.stderr.count("\n"), words in result.stderr) == (2, 1, True), result.stderr


def test_before_a_stage_that_nobody_may_enter_people_watch_it_from_where_they_wait() -> None:
    plaza = load_venue("festival-plaza")
    zones = event_zones(plaza)
    assert {zone.name for zone in zones} == {"pen-a", "pen-b", "pen-c", "pen-d"}
    ways = plan_ways(["entrance-east"], plaza, exits=Exits(nearest=True), event=Event(zones, 600.0, 1.0))
    assert {way.stages[0]["towards"] for way in ways} == {"stage-front"}
    assert sum(way.share for way in ways) == pytest.approx(1.0)


def test_a_place_to_wait_without_a_stage_is_no_event_unless_it_is_named() -> None:
    station = load_venue("metro-station")
    assert event_zones(station) == ()
    assert [zone.name for zone in event_zones(station, ["wait-1-west"])] == ["wait-1-west"]


def test_stages_that_are_watched_are_spread_over_by_their_area() -> None:
    second = Zone("second", "0", box(15, 14, 25, 17), frozenset({"stage"}))
    venue = Venue("street", STREET.levels, (*STREET.zones, second))
    ways = plan_ways(["west"], venue, exits=Exits(nearest=True), event=Event(event_zones(venue), 60.0, 1.0))
    assert {way.stages[0]["wait"]: way.share for way in ways} == pytest.approx({"stage": 2 / 3, "second": 1 / 3})
    assert not any(isinstance(stage, Watch) for stage in ways[0].stages)


def test_who_stays_where_others_come_in_does_not_take_the_way_of_those_who_pass_by() -> None:
    plaza = load_venue("festival-plaza")
    sources = [zone.name for zone in plaza.zones if "source" in zone.kinds]
    event = Event(event_zones(plaza, ["entrance-east"]), 600.0, 1.0)
    stages_of: dict[str, set[str]] = {}
    for way in plan_ways(sources, plaza, exits=Exits(nearest=True), event=event):
        stages_of.setdefault(way.journey, set()).add(repr(way.stages))
    assert len(stages_of) > 1
    assert all(len(kinds) == 1 for kinds in stages_of.values())


#: As the street, with a second stage on an island that no way leads to, and a third place to come from on it.
ISLAND = Venue(
    "street",
    (Level("0", STREET.levels[0].walkable.union(box(50, 0, 80, 20))),),  # type: ignore[arg-type]
    (
        *STREET.zones,
        Zone("quay", "0", box(50, 0, 52, 6), BOTH, {"ko": "부두"}),
        Zone("pier", "0", box(50, 14, 52, 20), frozenset({"exit"})),
        Zone("isle", "0", box(60, 0, 80, 20), frozenset({"stage"})),
    ),
)


def test_a_stage_that_nobody_reaches_makes_no_room_for_the_others(tmp_path: Path) -> None:
    assert "90 people stand on 60 m²: 1.5 per m²" in new(tmp_path, venue=ISLAND).stderr


def test_the_fullest_place_of_an_event_is_told_if_others_are_emptier(tmp_path: Path) -> None:
    table = TABLE.replace(",east", ",quay").replace(",0", ",1")
    result = new(tmp_path, venue=ISLAND, table=table)
    assert "The fullest of these places is stage: 90 people on 60 m², 1.5 per m²" in result.stderr


@pytest.mark.parametrize(("lang", "place"), [("en", "From quay no way"), ("ko", "부두 [quay]에서는 그곳으로")])
def test_who_passes_by_an_event_is_told_by_what_the_place_is_called(tmp_path: Path, lang: str, place: str) -> None:
    table = TABLE.replace(",east", ",quay").replace(",0", ",1")
    assert place in new(tmp_path, "--event", "stage", "--lang", lang, venue=ISLAND, table=table).stderr


@pytest.mark.parametrize(("lang", "place"), [("en", "Nobody comes from quay:"), ("ko", "부두 [quay]에서는 아무도")])
def test_places_nobody_comes_from_are_told_by_what_they_are_called(tmp_path: Path, lang: str, place: str) -> None:
    assert place in new(tmp_path, "--lang", lang, venue=ISLAND).stderr


@pytest.mark.parametrize(("words", "told"), [(["--nearest"], True), ([], False)])
def test_who_leaves_next_to_where_they_come_in_is_told_with_the_distance(
    tmp_path: Path, words: list[str], told: bool
) -> None:
    near = Zone("alley", "0", box(8, 5, 10, 6), frozenset({"exit"}))
    new(tmp_path, "--event-percent", "0", *words, venue=replace(STREET, zones=(*STREET.zones, near)))
    said = [texts["en"] for texts in Scenario.read(tmp_path / "S.toml").assumptions]
    # The other's nearest exit is 20 m away, more than half of the 36 m to the farthest.
    assert any("comes in at west is alley, 6 m away" in text for text in said) is told
    assert not any("comes in at east" in text for text in said)


def test_a_venue_with_many_ways_in_that_nobody_counted_has_its_draft_with_their_number(tmp_path: Path) -> None:
    doors = [
        Zone(f"door {n} {'x' * 150}", "0", box(2 + n / 2, 0, 2.4 + n / 2, 1), frozenset({"source"})) for n in range(60)
    ]
    assert new(tmp_path, venue=replace(STREET, zones=(*STREET.zones, *doors))).exit_code == 0
    said = [texts["en"] for texts in Scenario.read(tmp_path / "S.toml").assumptions]
    assert any("door 19 " in text and "door 20 " not in text and "and 40 more" in text for text in said)
