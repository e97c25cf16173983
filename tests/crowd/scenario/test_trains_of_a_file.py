"""Trains in a scenario file: read, written out again, and refused in one line where they make no sense."""

from __future__ import annotations

import copy
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import crowd
from crowd.errors import ScenarioError
from crowd.journeys import LeaveBy, Wait
from crowd.scenario import Scenario

FILE = Path(crowd.__file__).parent / "data" / "scenarios" / "station-rush.toml"
GOOD = tomllib.loads(FILE.read_text(encoding="utf-8"))


def test_the_trains_of_the_shipped_scenario_are_those_of_its_file() -> None:
    scenario = Scenario.read("station-rush")
    first, second = scenario.trains
    assert (first.name, first.first, first.every, first.dwell, first.boarding_after) == ("track-1", 30, 150, 30, 12)
    assert (second.name, second.first) == ("track-2", 105)
    off = {name: sum(d.alighting.people for d in scenario.demands if d.alighting and d.alighting.trains.name == name)
           for name in ("track-1", "track-2")}  # fmt: skip
    assert off == {"track-1": 240, "track-2": 180}
    wait, leave = scenario.journey("board-1-west").stages
    assert (wait, leave) == (Wait("wait-1-west", trains=first), LeaveBy(("track-1-doors",), first))


def test_the_resolved_scenario_reads_back_as_the_same(tmp_path: Path) -> None:
    scenario = Scenario.read("station-rush")
    scenario.write_resolved(tmp_path)
    again = Scenario.read(tmp_path / "scenario.toml")
    assert again.digest() == scenario.digest()
    assert again.trains == scenario.trains
    assert again.trains[0].labels == {"en": "Track 1", "ko": "1번 선로"}


def test_a_scenario_cut_before_a_train_reads_back_too(tmp_path: Path) -> None:
    cut = Scenario.read("station-rush").with_until(60.0)
    assert sum(demand.alighting is not None for demand in cut.demands) == 5, "only the trains of track 1 come by then"
    cut.write_resolved(tmp_path)
    assert Scenario.read(tmp_path / "scenario.toml").digest() == cut.digest()


@pytest.mark.parametrize(("last", "count"), [("330 s", 3), ("329 s", 2), ("18:20:30", 1)])
def test_last_says_how_many_trains_come(last: str, count: int) -> None:
    data = copy.deepcopy(GOOD)
    data["trains"][0]["last"] = last
    assert Scenario.from_dict(data).trains[0].count == count


def stages(name: str, *given: dict[str, Any]) -> Callable[[dict[str, Any]], None]:
    """Give a journey other stages."""

    def change(data: dict[str, Any]) -> None:
        next(journey for journey in data["journeys"] if journey["name"] == name)["stages"] = list(given)

    return change


def put(table: str, **entries: Any) -> Callable[[dict[str, Any]], None]:
    """Change entries of the first of some tables."""
    return lambda data: data[table][0].update(entries)


BAD: dict[str, tuple[Callable[[dict[str, Any]], None], str]] = {
    "negative headway": (put("trains", every="-150 s"), "trains#1.every"),
    "headway of no time": (put("trains", every="0 s"), "trains#1: headway 'every' of trains 'track-1' is 0 s"),
    "dwell longer than the headway": (put("trains", dwell="151 s"), "dwell of trains 'track-1' is 151 s; it must be"),
    "zero people": (put("demand", people=0), "demand#1.people is 0; it must be at least 1"),
    "unknown trains": (put("demand", trains="track-3"), "demand#1: trains: unknown trains 'track-3'; did you mean"),
    "unknown trains of a stage": (
        stages("board-1-west", {"wait": "wait-1-west", "trains": "x"}, {"leave_by": "track-1-doors"}), "trains 'x'"
    ),
    "last before first": (put("trains", last="10 s"), "trains#1: last is 0.333333 min before first"),
    "last and count": (put("trains", last="20 min", count=2), "trains#1 has both count and last"),
    "no trains at all": (put("trains", count=0), "trains#1.count is 0; it must be at least 1"),
    "two of one name": (put("trains", name="track-2"), "trains#2: name 'track-2' is already taken"),
    "trains without people": (lambda data: data["demand"][0].pop("people"), "demand#1 has none of rate, table"),
    "trains and a rate": (
        put("demand", rate="9/min"),
        "demand#1 has rate and people of rate, table, points, moments, people",
    ),
    "trains and a time": (put("demand", at="5 min"), "demand#1 has 'trains' without 'people', or with 'at'"),
    "alight without trains": (lambda data: data["demand"][0].pop("trains"), "demand#1 has 'alight' without 'trains'"),
    "off longer than the dwell": (put("demand", alight="31 s"), "lets people off for 31 s; it must be at most the"),
    "walking to trains": (
        stages("to-exit-1", {"walk_to": "wait-1-west", "trains": "track-1"}, {"leave_by": "exit-1"}),
        "has 'trains' without 'wait' or 'leave_by'",
    ),
    "leaving by trains from nowhere": (
        stages("board-1-west", {"leave_by": "track-1-doors", "trains": "track-1"}), "without waiting for them just"
    ),
    "waiting for other trains": (
        stages(
            "board-1-west",
            {"wait": "wait-1-west", "trains": "track-2"},
            {"leave_by": "track-1-doors", "trains": "track-1"},
        ),
        "without waiting for them just before",
    ),
    "a first train after the end": (put("trains", first="25 min"), "comes at 25 min; it must come within the 20 min"),
}  # fmt: skip


@pytest.mark.parametrize("case", BAD)
def test_trains_that_make_no_sense_are_refused_in_one_line(case: str) -> None:
    change, words = BAD[case]
    data = copy.deepcopy(GOOD)
    change(data)
    with pytest.raises(ScenarioError) as caught:
        Scenario.from_dict(data, where="station.toml")
    assert str(caught.value).startswith("station.toml: ")
    assert words in str(caught.value)
    assert "\n" not in str(caught.value)
