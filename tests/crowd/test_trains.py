"""Trains: exactly their people get off, boarders go only while one stands, and every row of the report balances."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from shapely import union_all
from shapely.geometry import MultiPolygon, Polygon, box

from crowd.demand import Alighting, Demand, arrival_times
from crowd.errors import ScenarioError
from crowd.journeys import Journey, LeaveBy, Wait
from crowd.model import CrowdModel
from crowd.recording import Recording
from crowd.report import report_data
from crowd.risk import assess_risk
from crowd.run import resume, run
from crowd.scenario import Scenario
from crowd.snapshot import Snapshot
from crowd.trains import Trains
from tests.scenes import BOTH, EXIT, SOURCE, START, finish
from venues import Level, Venue, Zone, check_venue, from_geojson
from venues.geojson import to_geojson
from viz.html_report import write_report

LINE_1 = Trains("line-1", first=10.0, every=40.0, dwell=15.0, boarding_after=5.0)
PEOPLE = 20


def platform() -> Venue:
    """A side platform of four doors, with patches to wait in between them."""
    doors = [box(2 + 5 * k, -0.7, 3.3 + 5 * k, 0) for k in range(4)]
    patches = [box(3.8 + 5 * k, 0.3, 6.5 + 5 * k, 1.7) for k in range(3)]
    floor = union_all([box(0, 0, 21, 6), *doors])
    assert isinstance(floor, Polygon)
    return Venue(
        name="side-platform",
        levels=(Level("platform", floor),),
        zones=(
            Zone("doors", "platform", MultiPolygon(doors), BOTH),
            Zone("patches", "platform", MultiPolygon(patches), frozenset({"waiting"})),
            Zone("way-in", "platform", box(0, 4, 1.5, 6), SOURCE),
            Zone("way-out", "platform", box(19.5, 4, 21, 6), EXIT),
        ),
    )


def station(trains: Trains = LINE_1, *, people: int = PEOPLE, rate: float = 0.4, duration: float = 120.0) -> Scenario:
    """People who get off and walk out, and people who come in, wait and board."""
    board = (Wait("patches", trains=trains), LeaveBy(("doors",), trains))
    return Scenario(
        name="side-platform",
        venue=platform(),
        start=START,
        duration=duration,
        seed=7,
        demands=(
            Demand("doors", "out", alighting=Alighting(trains, people, 10.0)),
            Demand.steady("way-in", "board", rate=rate, duration=duration),
        ),
        journeys=(Journey("out", (LeaveBy(("way-out",)),)), Journey("board", board)),
    )


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> Recording:
    """A run of the side platform; copy before changing it."""
    return run(station(), out=tmp_path_factory.mktemp("trains") / "run")


def test_every_train_brings_exactly_its_people_whatever_the_seed() -> None:
    demand = Demand("doors", "out", alighting=Alighting(LINE_1, PEOPLE, 10.0))
    drawn = [arrival_times(demand, seed=seed, duration=200.0) for seed in range(1, 6)]
    openings = LINE_1.openings(200.0)
    assert openings.tolist() == [10.0, 50.0, 90.0, 130.0, 170.0]
    for times in drawn:
        since = times.reshape(openings.size, PEOPLE) - openings[:, None]
        assert (since >= 0.0).all()
        assert (since <= 10.0).all()
        assert (np.diff(since, axis=1) >= 0.0).all()
    assert len({times.tobytes() for times in drawn}) == len(drawn)


def test_a_longer_run_lets_the_same_people_off_its_first_trains() -> None:
    demand = Demand("doors", "out", alighting=Alighting(LINE_1, PEOPLE, 10.0))
    short, long = (arrival_times(demand, seed=3, duration=end) for end in (95.0, 200.0))
    assert 2 * PEOPLE < short.size < 3 * PEOPLE, "the third train is cut by the end"
    assert short.tobytes() == long[: short.size].tobytes()


@pytest.mark.parametrize("end", [10.0, 15.0, 20.0, 50.0, 97.5])
def test_the_expected_number_off_trains_is_the_mean_of_many_seeds(end: float) -> None:
    demand = Demand("doors", "out", alighting=Alighting(LINE_1, PEOPLE, 10.0))
    counts = [arrival_times(demand, seed=seed, duration=end).size for seed in range(200)]
    # Each of 20 people is in with some chance: standard deviation of the mean at most sqrt(20 / 4 / 200) = 0.16.
    assert demand.expected(0.0, end) == pytest.approx(np.mean(counts), abs=0.6)


def test_the_timetable_says_when_a_train_stands_and_when_one_may_board() -> None:
    two = replace(LINE_1, count=2)
    stands = [time for time in np.arange(0.0, 120.0, 2.5) if two.standing(float(time))]
    assert stands == [10.0, 12.5, 15.0, 17.5, 20.0, 22.5, 50.0, 52.5, 55.0, 57.5, 60.0, 62.5]
    boards = [time for time in np.arange(0.0, 120.0, 2.5) if two.boarding(float(time))]
    assert boards == [15.0, 17.5, 20.0, 22.5, 55.0, 57.5, 60.0, 62.5]
    times = np.array([0.0, 16.0, 24.9, 25.0, 54.0, 65.0])
    assert two.next_boarding(times).tolist() == [15.0, 16.0, 24.9, 55.0, 55.0, math.inf]


def test_everyone_is_counted_at_every_recorded_second(recorded: Recording) -> None:
    counts = recorded.table("counts")
    assert (counts["expected"] == counts["entered"] + counts["waiting_outside"]).all()
    assert counts.groupby("time")["waiting_outside"].sum().max() > 0, "some must be seen in the train"
    inside = counts.groupby("time")["entered"].sum() - counts.groupby("time")["left"].sum()
    present = recorded.table("people").groupby("time").size().reindex(inside.index, fill_value=0)
    assert (inside == present).all()
    off = counts[counts["source"] == "doors"].set_index("time")["expected"]
    assert [off[time] for time in (9.0, 20.0, 50.0, 60.0, 100.0, 120.0)] == [0, 20, 20, 40, 60, 60]


def test_boarders_leave_only_while_a_train_stands(recorded: Recording) -> None:
    trips = recorded.table("trips")
    left = trips.loc[trips["journey"] == "board", "left"].dropna().to_numpy()
    assert left.size > 10
    assert all(LINE_1.boarding(float(time) - 0.01) for time in left)


def test_who_misses_a_train_boards_the_next() -> None:
    scenario = station(people=1, rate=0.0)
    late = Demand.present("way-in", "board", people=1, time=18.5, name="late")
    model = CrowdModel(replace(scenario, demands=(*scenario.demands[:1], late)))
    row = int(np.flatnonzero(model.people.demand == 1)[0])
    seen = []
    while model.running:
        model.step()
        if np.isfinite(model.people.entered[row]):
            seen.append((model.people.stage[row], model.people.in_stage[row]))
    went = [before for before, after in itertools.pairwise(seen) if before != after]
    assert went == [(0, False), (0, True), (1, False), (0, False), (0, True), (1, False)][: len(went)]
    assert len(went) >= 5, "walked in, waited or went straight on, missed it, waited again"
    assert LINE_1.number(model.people.left[row]) == 1


def test_each_row_of_trains_balances_and_the_rows_add_up_to_the_counts(recorded: Recording) -> None:
    rows = assess_risk(recorded).trains
    assert rows is not None
    assert [row.opened for row in rows] == [10.0, 50.0, 90.0]
    for row in rows:
        assert row.people == PEOPLE == row.left + row.inside + row.in_train
    trips = recorded.table("trips")
    off, board = trips[trips["source"] == "doors"], trips[trips["journey"] == "board"]
    last = rows[-1]
    assert last.until == 120.0
    out_in_all = int(off["left"].notna().sum())
    assert out_in_all == last.left + 2 * PEOPLE, "the first two trains were empty and out by the end"
    assert sum(row.boarded for row in rows) == int(board["left"].notna().sum())
    first = off["entered"].nsmallest(PEOPLE).max()
    assert rows[0].last_off == pytest.approx(first, abs=1e-3)


def test_a_recording_without_its_end_does_not_tell_of_trains(recorded: Recording) -> None:
    class Cut:
        manifest = recorded.manifest.model_copy(update={"completed": False})
        venue, scenario, table = recorded.venue, recorded.scenario, recorded.table

    risk = assess_risk(Cut())
    assert risk.trains is None
    assert report_data([risk], "en")["runs"][0]["trains"] == {"any": True, "known": False, "rows": []}


@pytest.mark.parametrize(("lang", "title"), [("en", "Trains: who got off"), ("ko", "열차별 하차 인원")])
def test_the_report_has_a_row_for_every_train(recorded: Recording, tmp_path: Path, lang: str, title: str) -> None:
    page = write_report([recorded], tmp_path, lang).read_text(encoding="utf-8")
    assert title in page
    rows = report_data([assess_risk(recorded)], lang)["runs"][0]["trains"]["rows"]
    assert [f"{row['label']} {row['number']}" for row in rows] == ["line-1 1", "line-1 2", "line-1 3"]
    assert all(f">{row['label']} {row['number']}</th><td>{row['opened']}</td>" in page for row in rows)


def test_a_resumed_run_with_trains_has_the_same_bytes(
    recorded: Recording, tmp_path: Path, digests: Callable[[Path], dict[str, str]]
) -> None:
    def cut_power(snapshot: Snapshot, recorder: object) -> None:
        if snapshot.time == 63.0:  # a train stands, people are getting off and boarding
            raise KeyboardInterrupt

    out = tmp_path / "broken"
    with pytest.raises(KeyboardInterrupt):
        run(station(), out=out, observers=[cut_power])
    resume(out)
    assert digests(out) == digests(Path(recorded.path))


def test_people_still_in_a_train_at_the_end_of_its_dwell_get_off_after_it() -> None:
    model = CrowdModel(station(people=150, rate=0.0, duration=60.0))
    while model.time < 26.0:
        model.step()
    arrived = model.entrances.waiting(model.people, model.time).size
    assert arrived > 0, "150 people through four doors take longer than 15 s"
    assert "train held doors" in model._said
    finish(model)
    first = model.people.arrival < 25.0
    assert np.isfinite(model.people.entered[first]).all()
    assert first.sum() == 150


def test_people_come_in_by_every_part_of_a_zone_each_by_their_own() -> None:
    scenario = station(people=200, rate=0.0, duration=60.0)
    model = CrowdModel(scenario)
    doors = model.entrances._door_of(model.people.key, 0)
    counts = np.bincount(doors, minlength=4)
    # 200 people (40 of whom a second train would bring) over four equal doors: standard deviation sqrt(200 * 3/16) = 6.
    assert counts.size == 4
    assert (np.abs(counts - doors.size / 4) < 4 * math.sqrt(doors.size * 3 / 16)).all()
    before = np.full(len(model.people), np.nan)
    while model.time < 14.0:
        model.step()
        new = np.flatnonzero(np.isnan(before) & np.isfinite(model.people.entered))
        before[new] = model.people.x_then[new]
    placed = np.flatnonzero(np.isfinite(before))
    assert placed.size > 20
    assert (np.floor(before[placed] / 5.0) == doors[placed]).all()


def test_a_zone_of_several_parts_is_kept_by_the_file() -> None:
    venue = platform()
    again = from_geojson(to_geojson(venue))
    assert again.digest() == venue.digest()
    assert isinstance(again.zone("doors").polygon, MultiPolygon)


def test_a_door_that_leads_nowhere_is_an_error_of_the_map() -> None:
    venue = platform()
    assert [problem for problem in check_venue(venue) if problem.severity == "error"] == []
    level = venue.levels[0]
    shut = replace(level, obstacles=(box(11.5, 0.0, 13.8, 0.4),))
    problems = check_venue(replace(venue, levels=(shut,)))
    found = [problem for problem in problems if problem.severity == "error" and problem.place == "doors"]
    assert len(found) == 1
    assert found[0].what.startswith("who comes in here can leave only where they came in")
    assert found[0].x == pytest.approx(12.65, abs=0.7)


def test_the_free_time_of_who_boards_has_the_wait_for_the_train() -> None:
    scenario = station(people=1, rate=0.0)
    early = Demand.present("way-in", "board", people=1, time=0.0, name="early")
    model = finish(CrowdModel(replace(scenario, demands=(*scenario.demands[:1], early))))
    p = model.people
    row = int(np.flatnonzero(p.demand == 1)[0])
    assert 15.0 < p.left[row] < 25.0
    # Alone on the platform, so what is late is only the walk to the own place and aside: a few metres at most.
    assert p.left[row] - p.arrival[row] - p.free_travel_time[row] == pytest.approx(0.0, abs=4.0)


REFUSED: dict[str, tuple[Callable[[], object], str]] = {
    "negative headway": (lambda: Trains("t", 0.0, -60.0), "headway 'every' of trains 't' is -60 s; it must be 1 s"),
    "no headway": (lambda: Trains("t", 0.0, 0.0), "headway 'every' of trains 't' is 0 s"),
    "more trains than can be": (lambda: Trains("t", 0.0, 1e-6, 1e-7), "is 1e-06 s; it must be 1 s or more"),
    "dwell as long as the headway": (lambda: Trains("t", 0.0, 60.0, 60.0), "dwell of trains 't' is 60 s"),
    "boarding after the dwell": (lambda: Trains("t", 0.0, 60.0, 30.0, 30.0), "boarding_after of trains 't' is 30 s"),
    "before the start": (lambda: Trains("t", -1.0, 60.0), "first of trains 't' is -1 s"),
    "no trains": (lambda: Trains("t", 0.0, 60.0, count=0), "count of trains 't' is 0"),
    "nobody": (lambda: Demand("a", "b", alighting=Alighting(LINE_1, 0, 5.0)), "0 people off each train"),
    "off after the dwell": (lambda: Demand("a", "b", alighting=Alighting(LINE_1, 1, 16.0)), "at most the dwell"),
    "nowhere to wait": (lambda: Journey("j", (LeaveBy(("a",), LINE_1),)), "without waiting for them just before"),
    "wait for two things": (lambda: Wait("a", duration=5.0, trains=LINE_1), "either a duration or an end or trains"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_trains_that_make_no_sense_are_refused(case: str) -> None:
    make, words = REFUSED[case]
    with pytest.raises(ScenarioError) as caught:
        make()
    assert words in str(caught.value)
    assert "\n" not in str(caught.value)


def test_nobody_else_may_come_in_by_the_doors_of_trains() -> None:
    scenario = station()
    other = Demand.steady("doors", "out", rate=0.1, duration=120.0, name="strangers")
    with pytest.raises(ScenarioError, match="doors of trains 'line-1', but demand 'strangers' comes in there too"):
        replace(scenario, demands=(*scenario.demands, other))


def test_a_first_train_after_the_end_is_refused() -> None:
    with pytest.raises(ScenarioError, match="the first of trains 'line-1' comes at 2 min; it must come within"):
        station(replace(LINE_1, first=120.0))
