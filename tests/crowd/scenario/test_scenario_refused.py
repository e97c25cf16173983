"""What is wrong with a scenario is said in one line: file, place, value, what would be right."""

from __future__ import annotations

import copy
import tomllib
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from shapely.geometry import LineString, box

import crowd
from crowd.demand import Demand
from crowd.errors import BadInput, ScenarioError
from crowd.interventions import SetGate
from crowd.journeys import Journey, LeaveBy
from crowd.scenario import Scenario
from crowd.triggers import AtTime, Measure
from venues import Gate, Level, Venue, Zone

FOLDER = Path(crowd.__file__).parent / "data" / "scenarios"
GOOD = tomllib.loads((FOLDER / "itaewon-one-way.toml").read_text(encoding="utf-8"))
START = datetime.fromisoformat("2024-05-04T20:00:00+09:00")

Change = Callable[[dict[str, Any]], object]


def put(*path: Any, value: Any) -> Change:
    """Put a value at a place of the document."""

    def change(data: dict[str, Any]) -> None:
        inner: Any = data
        for part in path[:-1]:
            inner = inner[part]
        inner[path[-1]] = value

    return change


def drop(*path: Any) -> Change:
    """Take an entry out of the document."""

    def change(data: dict[str, Any]) -> None:
        inner: Any = data
        for part in path[:-1]:
            inner = inner[part]
        del inner[path[-1]]

    return change


def add(table: str, **entry: Any) -> Change:
    """Add an entry to a list of tables."""
    return lambda data: data.setdefault(table, []).append(entry)


def demand(**entry: Any) -> Change:
    """Add a demand from the upper street down."""
    return add("demand", source="upper-west", journey="down", **entry)


def watching(**entry: Any) -> dict[str, Any]:
    """A stage in which people watch the upper street's east end until 21:20."""
    return {"watch": "upper-west", "towards": "upper-east", "until": "21:20"} | entry


REFUSED: dict[str, tuple[Change, str]] = {
    "a rate without unit": (demand(rate=120), r"s\.toml: demand#5\.rate: 120 has no unit; .* '120/min'"),
    "a rate that is NaN": (demand(rate="nan/min"), "demand#5.rate: 'nan/min' is not a finite number"),
    "a negative rate": (demand(rate="-5/min"), "demand#5.rate: '-5/min' is negative"),
    "an absurd rate": (demand(rate="1e9/min"), "demand#5.rate: '1e9/min' is absurdly large.*10,000/min"),
    "a width below zero": (
        add("lines", name="l", line=[[0, 1], [0, 3]], clear_width="-1 m"),
        "lines#1.clear_width: '-1 m' is negative",
    ),
    "an absurd width": (
        add("lines", name="l", line=[[0, 1], [0, 3]], clear_width="40 km"),
        "lines#1.*clear width.*40000",
    ),
    "a duration without unit": (put("duration", value=25), "duration: 25 has no unit"),
    "a duration of zero": (put("duration", value="0 s"), "duration is 0 s; it must be positive"),
    "an absurd duration": (put("duration", value="9 days"), "duration: '9 days' is absurdly large.*7 days"),
    "ten million people": (
        demand(people=10_000_000),
        "demand#5 has 10,000,000 people; it must have at most 200,000",
    ),
    "too many people in all": (
        lambda data: [demand(name=f"p{i}", people=150_000)(data) for i in range(2)],
        "people in all; it must bring at most 200,000",
    ),
    "an unknown venue": (
        put("venue", value="itaewon-ally"),
        "venue: .*'itaewon-ally'.*did you mean 'itaewon-alley'",
    ),
    "a venue file that is not there": (put("venue", value="x.geojson"), "venue: .*x.geojson"),
    "an unknown source": (
        put("demand", 0, "source", value="station-exit-2"),
        "demand 'up-west': .*'station-exit-2'; did you mean 'station-exit-1'",
    ),
    "a source of another kind": (
        put("demand", 0, "source", value="main-road"),
        "must be of kind source: 'station-exit-1'",
    ),
    "an unknown journey": (
        put("demand", 0, "journey", value="upwest"),
        "unknown journey 'upwest'; did you mean 'up-west'",
    ),
    "an unknown profile": (
        put("demand", 0, "profile", value="adlt"),
        "unknown profile 'adlt'; did you mean 'adult'",
    ),
    "an unknown exit": (
        put("journeys", 0, "stages", value=[{"leave_by": "uper-west"}]),
        "journey 'up-west': .*'uper-west'; did you mean 'upper-west'",
    ),
    "an exit of another kind": (
        put("journeys", 0, "stages", value=[{"leave_by": "station-exit-1"}]),
        "must be of kind exit: 'main-road'",
    ),
    "watching without what is watched": (
        put("journeys", 0, "stages", value=[{"watch": "upper-east", "until": "21:20"}, {"leave_by": "upper-west"}]),
        r"journeys#1\.stages#1 has 'watch' without 'towards' or 'until'",
    ),
    "a force without watching": (
        put("journeys", 0, "stages", value=[{"leave_by": "upper-west", "force": "60 N"}]),
        "has force without 'watch'",
    ),
    "watching towards an unknown zone": (
        put("journeys", 0, "stages", value=[watching(towards="upper-eats"), {"leave_by": "upper-west"}]),
        "journey 'up-west': .*'upper-eats'; did you mean 'upper-east'",
    ),
    "pressing that begins after the end": (
        put("journeys", 0, "stages", value=[watching(press_from="21:21"), {"leave_by": "upper-west"}]),
        r"has pressing from 1260\.0 s on; it must be from 0 to the end of watching at 1200 s",
    ),
    "a force without a beginning": (
        put("journeys", 0, "stages", value=[watching(force="60 N"), {"leave_by": "upper-west"}]),
        "has force 60 N but no 'press_from'",
    ),
    "a share of nobody": (
        put("journeys", 0, "stages", value=[watching(share=0.0), {"leave_by": "upper-west"}]),
        r"journeys#1\.stages#1\.share is 0\.0; it must be greater",
    ),
    "spectators packed by themselves": (
        put("journeys", 0, "stages", value=[watching(density="6/m2"), {"leave_by": "upper-west"}]),
        "has density 6.0 /m2; it must be positive and at most 5/m2",
    ),
    "an unknown kind of measure": (
        put("measures", 0, "kind", value="oneway"),
        "measures#1.kind is 'oneway'; .*'one-way'",
    ),
    "a measure that ends before the start": (
        put("measures", 0, "until", value="20:30"),
        r"until 20:30.* is 2\d\.\d h after the start, long past the end",
    ),
    "a start at the end of time": (
        put("start", value="9999-12-31T23:59:50+09:00"),
        "has the year 9999; write 1900 to 9000",
    ),
    "a venue of no printable name": (put("venue", value="a\x00.geojson"), "venue 'a.x00.geojson' is no name"),
    "a number beyond all numbers": (put("parameters", value={"steering.tick": 10**400}), "'steering.tick' = 1000"),
    "a measure without kind": (drop("measures", 0, "kind"), "measures#1.kind is missing; .*'one-way'"),
    "an unknown gate": (
        put("measures", 0, "gate", value="alley-botom"),
        "'alley-botom'; did you mean 'alley-bottom'",
    ),
    "an unknown direction": (
        put("measures", 0, "direction", value="up"),
        "measures#1.direction is 'up'; .*'forward'",
    ),
    "a measure after the end": (
        put("measures", 0, "at", value="21:40"),
        "measures#1: at 21:40 is 40 min after the start",
    ),
    "a measure at a number": (
        put("measures", 0, "at", value=5),
        "measures#1.at is 5; it must be a clock time",
    ),
    "a measure that ends before it begins": (
        lambda data: data["measures"][0].update(at="10 min", until="5 min"),
        "measures#1: .*must end later",
    ),
    "a barrier off the floor": (
        add("measures", kind="barrier", line=[[500, 500], [501, 500]]),
        "off the floor",
    ),
    "an unknown axis": (
        add("measures", kind="keep-right", zone="alley", axis="alley-midd"),
        "did you mean 'alley-mid'",
    ),
    "a misspelt entry": (put("sead", value=1), "sead is unknown; did you mean 'seed'"),
    "a misspelt entry of a demand": (
        put("demand", 1, "jurney", value="x"),
        "demand#2.jurney is unknown; did you mean 'journey'",
    ),
    "a misspelt entry of a measure": (
        put("measures", 0, "gatte", value="x"),
        "measures#1.gatte is unknown; did you mean 'gate'",
    ),
    "a missing entry": (drop("demand", 1, "journey"), r"demand#2\.journey is missing"),
    "a start without time zone": (
        put("start", value=datetime(2022, 10, 29, 21, 50)),
        "start .*has no time zone",
    ),
    "a start that is no time": (
        put("start", value="tonight"),
        "start is 'tonight'; it must be a date and time",
    ),
    "a negative seed": (put("seed", value=-1), "seed is -1; it must be at least 0"),
    "a seed in quotes": (put("seed", value="1"), "seed is '1'; it must be a whole number"),
    "a form of the future": (
        put("schema_version", value=2),
        "written by a newer inpa .schema 2.; this one reads 1: update inpa",
    ),
    "a rate and a table": (put("demand", 0, "rate", value="5/min"), "demand#1 has rate and table"),
    "a demand of nothing": (demand(), "demand#5 has none of rate, table, points, moments, people"),
    "an unknown column": (
        put("demand", 0, "column", value="upp"),
        "demand#1: itaewon_demand.csv: .*did you mean 'up'",
    ),
    "a table that is not there": (
        put("demand", 0, "table", value="x.csv"),
        "demand#1: .*x.csv' is not there",
    ),
    "a table shorter than the scenario": (
        put("duration", value="130 min"),
        "itaewon_demand.csv row 13: the last time '23:00'",
    ),
    "points shorter than the scenario": (
        demand(points=[["21:00", "60/min"], ["21:10", "60/min"]]),
        "rates are given from 0 to 10 min; they must cover the scenario, 0 to 25 min",
    ),
    "points out of order": (
        demand(points=[["21:50", "60/min"], ["22:20", "60/min"], ["22:10", "60/min"]]),
        "demand#5: points#3: time 22:10 is not after",
    ),
    "a share of zero": (
        put("demand", 0, "share", value=0.0),
        "demand#1.share is 0.0; it must be greater than 0",
    ),
    "a share that is NaN": (put("demand", 0, "share", value=float("nan")), "demand#1.share is nan"),
    "two demands of one name": (demand(name="up-west", people=5), "called 'up-west'; give each its own"),
    "shares that do not sum to one": (
        put("demand", 0, "mix", value={"adult": 0.5}),
        r"shares \[0.5\].*sum to 1",
    ),
    "an unknown parameter": (
        put("parameters", value={"contact.frictoin": 0.2}),
        "parameters: .*'contact.frictoin'",
    ),
    "a parameter in quotes": (
        put("parameters", value={"contact.friction": "0.2"}),
        "parameters: .*must be a number",
    ),
    "an alert level without unit": (
        put("alert_levels", value={"caution": 2}),
        "alert_levels.caution: 2 has no unit",
    ),
    "an alert level of a zone without unit": (
        put("alert_levels", value={"alley": {"caution": 2}}),
        "alert_levels.alley.caution: 2 has no unit",
    ),
    "alert levels of a zone that is not there": (
        put("alert_levels", value={"aley": {"caution": "2/m2"}}),
        "alert_levels: unknown zone 'aley'; did you mean 'alley'",
    ),
    "an area that crosses itself": (
        add("areas", name="a", polygon=[[0, 0], [1, 1], [0, 1], [1, 0]]),
        "areas#1: .*crosses",
    ),
    "an area off the floor": (
        add("areas", name="a", polygon=[[900, 0], [901, 0], [901, 1]]),
        "off the floor",
    ),
    "an area named like a zone": (
        add("areas", name="alley", polygon=[[0, 0], [1, 0], [1, 1]]),
        "already taken",
    ),
    "a point that is NaN": (
        add("areas", name="a", polygon=[[0, float("nan")], [1, 0], [1, 1]]),
        "areas#1.polygon#1#2 is nan",
    ),
    "a name of two lines": (put("name", value="a\nb"), "name is .*one line"),
    "no demand": (put("demand", value=[]), "demand is .*at least 1"),
    "a demand that is text": (put("demand", value="many"), "demand is 'many'; it must be a list"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_a_bad_scenario_is_refused_in_one_line_that_names_place_value_and_remedy(case: str) -> None:
    change, words = REFUSED[case]
    data = copy.deepcopy(GOOD)
    change(data)
    with pytest.raises(ScenarioError, match=words) as raised:
        Scenario.from_dict(data, where="s.toml", folder=FOLDER)
    assert str(raised.value).startswith("s.toml: ")
    assert len(str(raised.value).splitlines()) == 1


def test_the_scenario_that_the_bad_ones_were_made_from_is_good() -> None:
    scenario = Scenario.from_dict(copy.deepcopy(GOOD), where="s.toml", folder=FOLDER)
    assert len(scenario.demands) == len(GOOD["demand"])


def test_an_unknown_scenario_is_refused_with_the_nearest_names() -> None:
    with pytest.raises(BadInput, match="unknown scenario 'itaewon-twoway'; did you mean 'itaewon-two-way'"):
        Scenario.read("itaewon-twoway")


@pytest.mark.parametrize("text", ["{}", "a = ", "[[[[", "x = 1\nx = 2", "\x00", "parameters" + ".a" * 1500 + " = 1"])
def test_a_file_that_is_not_toml_or_no_scenario_is_refused_in_one_line(tmp_path: Path, text: str) -> None:
    path = tmp_path / "bad.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ScenarioError, match=r"^bad\.toml: ") as raised:
        Scenario.read(path)
    assert len(str(raised.value).splitlines()) == 1


def test_a_scenario_file_of_ten_gigabytes_is_refused_before_it_is_opened(tmp_path: Path) -> None:
    path = tmp_path / "huge.toml"
    with path.open("wb") as file:
        file.truncate(10_000_000_000)
    with pytest.raises(ScenarioError, match="10,000 MB"):
        Scenario.read(path)


def parted(*, gate: Gate | None = None) -> Venue:
    """Two rooms parted by a thin wall, with a gate in it or none."""
    opening = [((5, 0), (5, 2)), ((5, 4), (5, 6))] if gate else [((5, 0), (5, 6))]
    return Venue(
        name="parted",
        levels=(Level("ground", box(0, 0, 10, 6), walls=tuple(LineString(ends) for ends in opening)),),
        zones=(
            Zone("start", "ground", box(0, 0, 2, 6), frozenset({"source"})),
            Zone("exit", "ground", box(8, 0, 10, 6), frozenset({"exit"})),
        ),
        gates=(gate,) if gate else (),
    )


def walk(venue: Venue, *measures: Measure) -> Scenario:
    """People from start to exit for a minute."""
    return Scenario(
        name="walk",
        venue=venue,
        start=START,
        duration=60.0,
        demands=(Demand.steady("start", "out", rate=1.0, duration=60.0),),
        journeys=(Journey("out", (LeaveBy(("exit",)),)),),
        measures=measures,
    )


def test_an_exit_nobody_can_reach_is_refused() -> None:
    with pytest.raises(ScenarioError, match="nobody can reach zone 'exit' from 'start'"):
        walk(parted())


def test_an_exit_behind_a_shut_gate_is_refused_unless_a_measure_opens_it() -> None:
    gate = Gate("door", "ground", LineString([(5, 2), (5, 4)]), open=False)
    with pytest.raises(ScenarioError, match="nobody can reach zone 'exit'"):
        walk(parted(gate=gate))
    walk(parted(gate=gate), Measure(SetGate("door", open=True), AtTime(30.0)))


def test_an_exit_against_a_one_way_gate_is_refused() -> None:
    # The line runs north, so forward is from its right, the east, to the west: against those who walk east.
    with pytest.raises(ScenarioError, match="nobody can reach zone 'exit'"):
        walk(parted(gate=Gate("door", "ground", LineString([(5, 2), (5, 4)]), direction="forward")))
    walk(parted(gate=Gate("door", "ground", LineString([(5, 2), (5, 4)]), direction="backward")))


def test_an_end_counted_from_the_start_may_lie_long_past_the_end_of_a_run_cut_short() -> None:
    data = copy.deepcopy(GOOD)
    put("measures", 0, "until", value="1200 min")(data)
    assert Scenario.from_dict(data, where="s.toml", folder=FOLDER).measures[0].trigger.until == 72_000.0
