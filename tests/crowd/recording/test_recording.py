from __future__ import annotations

import functools
import shutil
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest
from shapely.geometry import LineString, box

from crowd.errors import RecordingError
from crowd.measurement import Probes
from crowd.movement.floor import ClosedLine
from crowd.recording import Recording
from crowd.recording.recorder import Recorder
from crowd.recording.run_directory import RunDirectory
from crowd.recording.tables import SCHEMAS, STEPS, to_arrow
from crowd.scenario import Scenario
from crowd.snapshot import TRIP, Event, Snapshot
from tests.conftest import write_tiny
from venues import Gate, Level, MeasurementLine, Venue, Zone

KINDS = frozenset({"section"})
FENCED = Venue(
    name="fenced",
    levels=(Level("ground", box(0, 0, 12, 6), obstacles=(box(0, 2.9, 12, 3.1),)),),
    zones=(
        Zone("west", "ground", box(0, 0, 2, 2.5), frozenset({"source"})),
        Zone("east", "ground", box(10, 0, 12, 2.5), frozenset({"exit"})),
        Zone("nook", "ground", box(5.05, 0.05, 5.2, 0.2), KINDS),
    ),
    lines=(MeasurementLine("gap", "ground", LineString([(6, 2.9), (6, 0)])),),
)


@pytest.fixture(scope="module")
def scenario(tmp_path_factory: pytest.TempPathFactory) -> Scenario:
    """The tiny scenario in a corridor with an obstacle along it."""
    tiny = Scenario.read(write_tiny(tmp_path_factory.mktemp("tiny")))
    return replace(tiny, venue=FENCED, demands=tiny.demands[:1], journeys=tiny.journeys[:1])


@functools.cache
def probes() -> Probes:
    return Probes.of(FENCED, spacing=0.5)


def seen(time: float, people: Sequence[tuple[float, float]] = (), **changes: Any) -> Snapshot:
    """Return a snapshot with people standing at some places, and everything else quiet."""
    x, y = np.array(people, dtype=float).reshape(-1, 2).T
    quiet = np.zeros(len(x))
    parts: dict[str, Any] = {
        "time": time,
        "step_index": round(time * 10),
        "id": np.arange(len(x), dtype=np.int32),
        "x": x,
        "y": y,
        "level": np.zeros(len(x), np.int8),
        "group": np.zeros(len(x), np.int8),
        "status": np.ones(len(x), np.int8),
        **dict.fromkeys(("vx", "vy", "speed", "contact_force_mean", "contact_force_max"), quiet),
        **dict.fromkeys(("contact_force_10s", "dose"), quiet),
        "line_names": ("gap",),
        "line_counts": np.zeros((1, 2), np.int64),
        "sources": ("west",),
        "source_counts": np.zeros((1, 5), np.int64),
        "wall_bins": np.array([[0.0, 0.0, 1.0, 0.0], [1.0, 0.0, 2.0, 0.0]]),
        "wall_level": np.zeros(2, np.int8),
        "wall_load_mean": np.zeros(2),
        "wall_load_max": np.zeros(2),
        "closed": (),
        "trips": np.zeros(0, TRIP),
        **dict.fromkeys(("gone_x", "gone_y", "gone_level", "gone_force_max"), np.zeros(0)),
        "events": (),
    }
    return Snapshot(**{**parts, **changes})


def recorded(scenario: Scenario, snapshots: Sequence[Snapshot], *, finished: bool = False) -> dict[str, pd.DataFrame]:
    """Show snapshots to a new recorder and return its tables."""
    recorder = Recorder(scenario, probes(), record="full")
    for snapshot in snapshots:
        recorder.observe(snapshot)
    if finished:
        recorder.finish(snapshots[-1], np.zeros(0, TRIP))
    return {name: table.to_pandas() for name, table in recorder.take_part().items()}


def standing(seconds: float, people: Sequence[tuple[float, float]], **changes: Any) -> list[Snapshot]:
    return [seen(0.5 * (k + 1), people, **changes) for k in range(round(2 * seconds))]


def zone(tables: dict[str, pd.DataFrame], name: str) -> pd.Series:
    """Last row of a zone."""
    rows = tables["zones"]
    return rows[rows["zone"] == name].iloc[-1]


def test_a_person_on_the_edge_of_a_zone_is_counted_in_it_and_one_outside_is_not(scenario: Scenario) -> None:
    tables = recorded(scenario, standing(1, [(2.0, 1.0), (2.001, 1.0)]))
    assert zone(tables, "west")["people"] == 1


def test_the_density_of_a_zone_is_people_over_its_floor(scenario: Scenario) -> None:
    tables = recorded(scenario, standing(1, [(1.0, 1.0), (1.0, 2.0)]))
    assert zone(tables, "west")["density"] == pytest.approx(2 / 5)


def test_the_whole_venue_counts_everyone(scenario: Scenario) -> None:
    tables = recorded(scenario, standing(1, [(1.0, 1.0), (5.0, 5.0), (11.0, 1.0)]))
    assert zone(tables, "venue")["people"] == 3


def test_people_who_walk_towards_each_other_are_opposed_and_congested(scenario: Scenario) -> None:
    places = [(0.4 + 0.4 * k, 0.8 + 0.4 * row) for row in range(4) for k in range(4)]
    ways = np.repeat([1.0, -1.0], 8)
    facing, together = (
        zone(recorded(scenario, standing(1, places, vx=vx, speed=np.ones(16))), "west") for vx in (ways, np.ones(16))
    )
    assert (facing["opposed_people"], together["opposed_people"]) == (16, 0)
    assert facing["congestion_number"] > 0.1
    assert together["congestion_number"] == 0.0


def test_the_mean_velocity_of_packed_people_leaves_out_those_who_have_room(scenario: Scenario) -> None:
    packed = [(0.6 + 0.3 * k, 0.8 + 0.3 * row) for row in range(5) for k in range(4)]
    vx = np.append(np.full(20, 0.2), 1.3)
    row = zone(recorded(scenario, standing(1, [*packed, (11.0, 1.0)], vx=vx, vy=-vx)), "venue")
    assert 0 < row["dense_people"] <= 20
    assert (row["dense_vx"], row["dense_vy"]) == (pytest.approx(0.2), pytest.approx(-0.2))


def test_a_second_has_one_row_for_every_zone_and_the_venue(scenario: Scenario) -> None:
    tables = recorded(scenario, standing(3, []))
    assert list(tables["zones"]["zone"]) == ["west", "east", "nook", "venue"] * 3


def test_a_zone_smaller_than_the_probe_spacing_has_the_level_density_of_its_place(scenario: Scenario) -> None:
    tables = recorded(scenario, standing(1, [(5.0, 0.5), (5.5, 1.0)]))
    assert zone(tables, "nook")["level_density"] > 0.0


def test_the_level_density_of_people_in_one_window_is_their_number_over_its_floor(scenario: Scenario) -> None:
    # Four people fit into one 3 x 3 m window; beside the wall it holds less floor, but never under 6 m2.
    tables = recorded(scenario, standing(1, [(6.0, 1.4), (6.2, 1.4), (6.0, 1.6), (6.2, 1.6)]))
    assert 4 / 9 <= zone(tables, "venue")["level_density"] <= 4 / 6


def test_the_level_density_is_the_mean_of_ten_seconds(scenario: Scenario) -> None:
    crowd = [(6.0, 1.4), (6.2, 1.4), (6.0, 1.6), (6.2, 1.6)]
    empty_then_full = [*standing(8, []), *standing(2, crowd)]
    full = recorded(scenario, standing(1, crowd))
    mixed = recorded(scenario, empty_then_full)
    share = zone(mixed, "venue")["level_density"] / zone(full, "venue")["level_density"]
    assert share == pytest.approx(2 / 10)


def test_the_level_density_forgets_what_is_longer_than_ten_seconds_ago(scenario: Scenario) -> None:
    tables = recorded(scenario, [*standing(5, [(6.0, 1.5)]), *standing(10, [])])
    assert zone(tables, "venue")["level_density"] == 0.0


def test_the_level_density_is_where_the_people_are(scenario: Scenario) -> None:
    row = zone(recorded(scenario, standing(1, [(9.0, 4.5)] * 5)), "venue")
    assert np.hypot(row["level_x"] - 9.0, row["level_y"] - 4.5) < 1.5 * np.sqrt(2) + 0.5


def test_a_force_peak_in_the_first_half_of_a_second_is_kept(scenario: Scenario) -> None:
    peak = seen(0.5, [(1.0, 1.0)], contact_force_max=np.array([812.0]))
    tables = recorded(scenario, [peak, seen(1.0, [(1.0, 1.0)])])
    assert zone(tables, "west")["contact_force_max"] == 812.0


def test_a_force_peak_does_not_stay_for_the_next_second(scenario: Scenario) -> None:
    peak = seen(0.5, [(1.0, 1.0)], contact_force_max=np.array([812.0]))
    tables = recorded(scenario, [peak, seen(1.0), seen(1.5), seen(2.0)])
    assert zone(tables, "west")["contact_force_max"] == 0.0


def test_people_above_600_N_and_from_100_to_600_N_are_counted_apart(scenario: Scenario) -> None:
    force = np.array([99.0, 100.0, 600.0, 601.0])
    row = zone(recorded(scenario, standing(1, [(1.0, 1.0)] * 4, contact_force_10s=force)), "west")
    assert (row["above_600_N"], row["between_100_600_N"]) == (1, 2)


def test_people_are_counted_at_every_density_step_they_are_above(scenario: Scenario) -> None:
    row = zone(recorded(scenario, standing(1, [(6.0, 1.5)] * 40)), "venue")
    assert [row[f"above_{step}"] for step in (2, 3, 4, 5, 7)] == [40] * 5


def test_the_mean_speed_of_nobody_is_no_number(scenario: Scenario) -> None:
    assert np.isnan(zone(recorded(scenario, standing(1, [])), "west")["speed_mean"])


def _trembling(seconds: float, people: int) -> list[Snapshot]:
    """People packed at one place, of one direction group, half of them moving each way."""
    velocity = np.resize([0.5, -0.5], people)
    return standing(seconds, [(6.0, 1.5)] * people, vx=velocity, speed=np.abs(velocity))


def test_a_dense_trembling_crowd_is_turbulent_after_ten_seconds(scenario: Scenario) -> None:
    assert zone(recorded(scenario, _trembling(10, 40)), "venue")["turbulent_area"] > 0.0


def test_a_dense_trembling_crowd_is_not_yet_turbulent_after_nine_seconds(scenario: Scenario) -> None:
    assert zone(recorded(scenario, _trembling(9, 40)), "venue")["turbulent_area"] == 0.0


def test_a_thin_crowd_is_never_turbulent(scenario: Scenario) -> None:
    assert zone(recorded(scenario, _trembling(12, 4)), "venue")["turbulent_area"] == 0.0


def test_line_rows_count_the_people_of_one_second(scenario: Scenario) -> None:
    counts = [[0, 0], [2, 0], [2, 1], [5, 1]]
    snapshots = [seen(0.5 * (k + 1), line_counts=np.array([c])) for k, c in enumerate(counts)]
    lines = recorded(scenario, snapshots)["lines"]
    assert lines[["forward", "backward"]].to_numpy().tolist() == [[2, 0], [3, 1]]


def test_the_sides_of_a_line_are_left_and_right_of_the_way_from_its_first_to_its_second_point(
    scenario: Scenario,
) -> None:
    # The line runs south: left is east. 2 m of a passage 2.9 m wide are 5.8 m2.
    row = recorded(scenario, standing(1, [(7.0, 1.0), (8.0, 1.0), (5.0, 1.0)]))["lines"].iloc[-1]
    assert (row["density_left"], row["density_right"]) == pytest.approx((2 / 5.8, 1 / 5.8))


def test_people_beyond_a_wall_or_two_metres_from_a_line_do_not_count_beside_it(scenario: Scenario) -> None:
    row = recorded(scenario, standing(1, [(7.0, 4.0), (8.01, 1.0)]))["lines"].iloc[-1]
    assert (row["density_left"], row["density_right"]) == (0.0, 0.0)


def test_fields_have_rows_only_where_someone_was(scenario: Scenario) -> None:
    fields = recorded(scenario, standing(10, [(6.1, 1.1)]))["fields"]
    assert fields[["x", "y"]].to_numpy().tolist() == [[6.25, 1.25]]


def test_fields_keep_the_largest_force_of_their_ten_seconds(scenario: Scenario) -> None:
    snapshots = standing(10, [(6.1, 1.1)])
    snapshots[6] = seen(3.5, [(6.1, 1.1)], contact_force_max=np.array([345.0]))
    assert recorded(scenario, snapshots)["fields"]["contact_force_max"].tolist() == [345.0]


def test_the_mean_force_at_a_point_is_over_people_and_half_seconds(scenario: Scenario) -> None:
    snapshots = standing(10, [(6.1, 1.1), (6.1, 1.1)])
    snapshots[0] = seen(0.5, [(6.1, 1.1)] * 2, contact_force_mean=np.array([100.0, 300.0]))
    assert recorded(scenario, snapshots)["fields"]["contact_force_mean"].tolist() == [400.0 / 40]


def test_a_run_that_ends_within_an_interval_still_writes_its_fields(scenario: Scenario) -> None:
    tables = recorded(scenario, standing(13, [(6.1, 1.1)]), finished=True)
    assert tables["fields"]["time"].tolist() == [10.0, 13.0]


def test_walls_have_rows_only_where_there_was_a_load(scenario: Scenario) -> None:
    snapshots = standing(10, [])
    snapshots[3] = seen(2.0, wall_load_mean=np.array([0.0, 40.0]), wall_load_max=np.array([0.0, 90.0]))
    walls = recorded(scenario, snapshots)["walls"]
    assert walls[["x0", "load_mean", "load_max"]].to_numpy().tolist() == [[1.0, 2.0, 90.0]]


def _trip(**values: Any) -> np.ndarray:
    trip = np.zeros(1, TRIP)
    for name, value in values.items():
        trip[name] = value
    return trip


def test_the_delay_of_a_trip_is_its_time_minus_the_free_time(scenario: Scenario) -> None:
    trip = _trip(arrived=10.0, entered=15.0, left=40.0, free_travel_time=12.0)
    tables = recorded(scenario, [seen(0.5, trips=trip)])
    assert tables["trips"]["delay"].tolist() == [18.0]


def test_trips_name_source_journey_and_profile(scenario: Scenario) -> None:
    trips = recorded(scenario, [seen(0.5, trips=_trip())])["trips"]
    assert trips[["source", "journey", "profile"]].to_numpy().tolist() == [["west", "east", "adult"]]


def test_people_who_have_not_left_at_the_end_have_a_trip_without_an_end(scenario: Scenario) -> None:
    recorder = Recorder(scenario, probes(), record="full")
    recorder.observe(seen(0.5))
    recorder.finish(seen(0.5), _trip(left=np.nan))
    assert recorder.take_part()["trips"].to_pandas()["left"].isna().tolist() == [True]


def test_warnings_are_kept_once_for_the_manifest(scenario: Scenario) -> None:
    recorder = Recorder(scenario, probes(), record="full")
    for time in (0.5, 1.0):
        outside = Event(time, "warning: waiting outside", "west", "more than 50")
        recorder.observe(seen(time, events=(outside, Event(time, "measure", "", "on"))))
    assert recorder.warnings == ["west: more than 50"]


def test_a_recorder_restored_from_its_state_goes_on_as_if_it_had_not_stopped(scenario: Scenario) -> None:
    before = standing(10, [(6.0, 1.5)] * 9)
    after = [replace(snapshot, time=snapshot.time + 10.0) for snapshot in standing(10, [(6.0, 1.5)])]
    first, second = (Recorder(scenario, probes(), record="full") for _ in range(2))
    for snapshot in before:
        first.observe(snapshot)
    first.take_part()
    second.restore(first.state())
    for recorder in (first, second):
        for snapshot in after:
            recorder.observe(snapshot)
    one, two = first.take_part(), second.take_part()
    assert all(one[name].to_pandas().equals(two[name].to_pandas()) for name in SCHEMAS)


def test_a_table_without_rows_still_has_its_columns() -> None:
    assert all(to_arrow(name, []).schema.equals(schema) for name, schema in SCHEMAS.items())


def test_tables_can_be_read_without_this_package(tiny_run: Path) -> None:
    rows = sum(pq.read_table(part).num_rows for part in sorted((tiny_run / "people").glob("*.parquet")))
    assert rows == len(Recording(tiny_run).table("people"))


def test_names_are_read_as_text(tiny_run: Path) -> None:
    assert Recording(tiny_run).table("zones")["zone"].map(type).unique().tolist() == [str]


def test_only_the_wanted_columns_are_read(tiny_run: Path) -> None:
    assert list(Recording(tiny_run).table("zones", columns=["time", "people"]).columns) == ["time", "people"]


def test_every_second_is_recorded_once_in_order(tiny_run: Path) -> None:
    assert Recording(tiny_run).times.tolist() == [float(second) for second in range(1, 131)]


def test_everyone_who_arrived_has_exactly_one_trip(tiny_run: Path) -> None:
    recording = Recording(tiny_run)
    counts = recording.table("counts").groupby("source").last()
    trips = recording.table("trips")
    assert trips["id"].is_unique
    assert trips.groupby("source").size().to_dict() == counts["expected"].to_dict()


def test_people_left_by_the_counts_are_the_trips_that_ended(tiny_run: Path) -> None:
    recording = Recording(tiny_run)
    counts = recording.table("counts").groupby("source").last()
    assert recording.table("trips")["left"].notna().sum() == counts["left"].sum()


def test_the_recorded_scenario_is_the_one_that_was_run(tiny_run: Path) -> None:
    recording = Recording(tiny_run)
    assert recording.scenario.digest() == recording.manifest.hashes["scenario"]


def test_an_unknown_table_is_refused_with_the_nearest_name(tiny_run: Path) -> None:
    with pytest.raises(RecordingError, match=r"'zonen'.*did you mean 'zones'"):
        Recording(tiny_run).table("zonen")


def test_an_unknown_column_is_refused(tiny_run: Path) -> None:
    with pytest.raises(RecordingError, match="unknown column of zones 'densitty'"):
        Recording(tiny_run).table("zones", columns=["densitty"])


def test_a_damaged_part_is_named(tiny_run: Path, tmp_path: Path) -> None:
    copy = Path(shutil.copytree(tiny_run, tmp_path / "copy"))
    (copy / "lines" / "part-00001.parquet").write_bytes(b"PAR1 and then nothing")
    with pytest.raises(RecordingError, match=r"lines/part-00001\.parquet is damaged"):
        Recording(copy).table("lines")


def test_the_force_on_somebody_who_left_within_the_half_second_is_kept(scenario: Scenario) -> None:
    gone: dict[str, Any] = {"gone_x": np.array([1.0]), "gone_y": np.array([1.0]), "gone_level": np.zeros(1, np.int8)}
    tables = recorded(scenario, [seen(0.5, gone_force_max=np.array([900.0]), **gone), seen(1.0)])
    assert tables["zones"].set_index("zone").loc["venue", "contact_force_max"] == 900.0


def test_a_crowd_in_front_of_a_closed_gate_reads_the_density_it_would_read_at_a_wall() -> None:
    line = LineString([(4.0, 3.0), (4.0, 0.0)])
    floor = box(0, 0, 8, 3)
    gated = Venue(name="gated", levels=(Level("ground", floor),), gates=(Gate("gate", "ground", line),))
    walled = Venue(name="walled", levels=(Level("ground", floor, walls=(line,)),))
    x, y = (a.ravel() for a in np.meshgrid(np.arange(2.1, 4.0, 0.4), np.arange(0.1, 3.0, 0.4)))
    people = {"x": x, "y": y, "level": np.zeros(x.size, np.int64), "group": np.zeros(x.size, np.int64)}
    still = dict.fromkeys(("vx", "vy", "force_mean", "force_max"), np.zeros(x.size))
    at_gate = Probes.of(gated).behind((ClosedLine(0, 0, (4.0, 3.0, 4.0, 0.0)),)).compute(**people, **still)
    at_wall = Probes.of(walled).compute(**people, **still)
    assert np.nanmax(at_gate.window_density) == pytest.approx(np.nanmax(at_wall.window_density), rel=1e-9)
    assert at_gate.density.max() == pytest.approx(at_wall.density.max(), rel=1e-9)


def _crushed(instants: int, people: int) -> list[dict[str, Any]]:
    """Rows of people who are all pressed and hardly move, anywhere on a hectare; a fifth of them are harmed."""
    rng = np.random.default_rng(4)
    return [
        {
            "time": np.full(people, 0.5 * k),
            "id": np.flatnonzero(rng.random(2 * people) < 0.6)[:people],
            **dict(zip(("x", "y"), rng.uniform(0.0, 100.0, (2, people)), strict=True)),
            "level": np.zeros(people, np.int8),
            "speed": rng.exponential(0.2, people),
            **dict(zip(("contact_force_mean", "contact_force_max"), rng.exponential(300.0, (2, people)), strict=True)),
            "dose": rng.exponential(0.3, people) * (rng.random(people) < 0.2),
        }
        for k in range(instants)
    ]


def test_a_person_and_instant_of_a_crush_takes_12_bytes_at_most_on_disk(tmp_path: Path) -> None:
    table = to_arrow("people", _crushed(12, 20_000))
    directory = RunDirectory(tmp_path)
    (tmp_path / "people").mkdir()
    directory.write_part(0, {"people": table})
    assert directory.part_path("people", 0).stat().st_size <= 12 * table.num_rows


def test_what_is_recorded_is_within_half_a_step_of_what_was_seen() -> None:
    (rows,) = _crushed(1, 1000)
    table = to_arrow("people", [rows])
    for column, step in STEPS["people"].items():
        np.testing.assert_allclose(table[column].to_numpy(), rows[column], rtol=0.0, atol=0.5 * step, err_msg=column)


def test_the_mean_speed_at_a_point_is_that_of_the_seconds_with_people_near_it(scenario: Scenario) -> None:
    walking = standing(3, [(6.0, 1.4)], vx=np.ones(1), speed=np.ones(1))
    snapshots = [*walking, *(seen(3.0 + 0.5 * (k + 1)) for k in range(14))]
    fields = recorded(scenario, snapshots)["fields"]
    assert len(fields) > 0
    np.testing.assert_allclose(fields[["speed", "vx"]], 1.0, atol=STEPS["fields"]["speed"])
