from __future__ import annotations

import sqlite3
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pedpy
import pytest
import shapely
from shapely.geometry import LineString, box
from typer.testing import CliRunner, Result

from crowd import assess
from crowd.assess import assess_trajectories
from crowd.cli import app
from crowd.errors import RecordingError
from crowd.recording import Recording
from crowd.recording.exchange import write_jupedsim_sqlite
from crowd.recording.tables import STEPS
from crowd.risk import assess_risk
from crowd.trajectories import load_trajectories
from venues import Level, MeasurementArea, MeasurementLine, Venue, write_venue
from venues.shapes import corridor

SHARED = Path(__file__).parents[2] / "../shared/data"
NECK = LineString([(-0.6, 0), (2.4, 0)])  # forward is towards +y, as people walk
SQUARE = box(-0.10005, -3.00005, 1.90005, -1.00005)  # nobody on its edge: ours is inside the area, PedPy's not
HERMES = Venue(
    name="hermes-bottleneck",
    levels=(
        Level(
            "ground",
            shapely.union_all([box(-8.8, -9, 10.6, -0.5), box(-0.6, -0.6, 2.4, 0.6), box(-8.8, 0.5, 10.6, 8)]),  # type: ignore[arg-type]
        ),
    ),
    areas=(MeasurementArea("square", "ground", SQUARE),),
    lines=(MeasurementLine("neck", "ground", NECK),),
)
HEAD = "# framerate: 10\n# x/m y/m z/m\n"


@pytest.fixture(scope="module")
def hermes_file() -> Path:
    file = SHARED / "hermes2009_bottleneck" / "ao-300-400.txt"
    if not file.is_file():
        pytest.skip(f"the shared measured data are not here: {file}")
    return file


@pytest.fixture(scope="module")
def measured(hermes_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Recording:
    """The measured bottleneck as a recording."""
    return assess_trajectories(hermes_file, HERMES, out=tmp_path_factory.mktemp("measured") / "run")


@pytest.fixture(scope="module")
def in_pedpy(hermes_file: Path) -> pedpy.TrajectoryData:
    return pedpy.load_trajectory(trajectory_file=hermes_file)


def frames_of(times: pd.Series) -> np.ndarray:
    """Frames of a run at 16 frames/s that begins with frame 0."""
    return np.round(times.to_numpy() * 16).astype(int)


def test_density_of_a_measured_run_is_pedpys_classic_density(
    measured: Recording, in_pedpy: pedpy.TrajectoryData
) -> None:
    theirs = pedpy.compute_classic_density(traj_data=in_pedpy, measurement_area=pedpy.MeasurementArea(SQUARE))
    zones = measured.table("zones")
    ours = zones[zones["zone"] == "square"]
    expected = theirs.set_index("frame")["density"].reindex(frames_of(ours["time"]), fill_value=0.0)
    np.testing.assert_allclose(ours["density"], expected, rtol=1e-6)  # the table is in single precision


def test_speed_in_a_measured_run_is_pedpys_individual_speed(
    measured: Recording, in_pedpy: pedpy.TrajectoryData
) -> None:
    # PedPy's speed is over -4 to +4 frames, ours over the last 8: the same at a frame 4 later.
    theirs = pedpy.compute_individual_speed(
        traj_data=in_pedpy, frame_step=4, speed_calculation=pedpy.SpeedCalculation.BORDER_EXCLUDE
    )
    ours = measured.table("people")
    ours["frame"] = frames_of(ours["time"]) - 4
    both = ours.merge(theirs, on=["id", "frame"], suffixes=("", "_pedpy"))
    assert len(both) > 0.9 * len(ours)
    # The table's speeds are rounded to whole steps.
    np.testing.assert_allclose(
        both["speed"], both["speed_pedpy"], rtol=1e-6, atol=0.5 * STEPS["people"]["speed"] + 1e-5
    )


def test_flow_over_a_line_of_a_measured_run_is_pedpys_n_t(measured: Recording, in_pedpy: pedpy.TrajectoryData) -> None:
    n_t, _ = pedpy.compute_n_t(traj_data=in_pedpy, measurement_line=pedpy.MeasurementLine(NECK))
    lines = measured.table("lines")
    ours = (lines["forward"] - lines["backward"]).cumsum().to_numpy()
    theirs = n_t["cumulative_pedestrians"].reindex(frames_of(lines["time"])).ffill().to_numpy()
    np.testing.assert_array_equal(ours, theirs)
    assert mean_flow(lines["time"].to_numpy(), ours) == pytest.approx(
        mean_flow(lines["time"].to_numpy(), theirs), rel=0.01
    )


def mean_flow(times: np.ndarray, count: np.ndarray) -> float:
    """Slope of N(t) between the first and the last change [1/s]."""
    changes = np.flatnonzero(np.diff(count)) + 1
    first, last = changes[0], changes[-1]
    return float((count[last] - count[first]) / (times[last] - times[first]))


def test_people_are_conserved_at_every_second_of_a_measured_run(measured: Recording) -> None:
    counts, zones = measured.table("counts"), measured.table("zones")
    inside = zones.loc[zones["zone"] == "venue", "people"].to_numpy()
    assert ((counts["entered"] - counts["left"]).to_numpy() == inside).all()
    trips = measured.table("trips")
    assert (len(trips), trips["id"].nunique()) == (348, 348)


def test_a_report_of_a_measured_run_says_that_it_is_measured_and_knows_no_force(measured: Recording) -> None:
    result = CliRunner().invoke(app, ["report", str(measured.path)])
    page = (measured.path / "report.html").read_text(encoding="utf-8")
    assert (result.exit_code, "Measured, not simulated" in page, "One run, not a forecast" in page) == (0, True, False)
    risk = assess_risk(measured)
    assert risk.summary()["peak_contact_force"] is None
    assert "no forces in measured trajectories" in measured.manifest.warnings


def test_a_measured_run_cannot_be_run_again(measured: Recording) -> None:
    result = CliRunner().invoke(app, ["force-range", str(measured.path)])
    assert (result.exit_code, result.stderr.count("\n")) == (2, 1)
    assert "measured trajectories" in result.stderr


def test_pedpys_flow_on_our_own_recording_is_the_recorded_flow(tiny_run: Path) -> None:
    recording = Recording(tiny_run)
    found = recording.to_pedpy()["ground"]
    line = pedpy.MeasurementLine(recording.venue.line("middle").line)
    n_t, _ = pedpy.compute_n_t(traj_data=found.trajectories, measurement_line=line)
    lines = recording.table("lines")
    ours = int((lines["forward"] + lines["backward"]).sum())
    assert found.walkable_area.area == pytest.approx(45.0)
    assert ours > 0
    assert n_t["cumulative_pedestrians"].max() == pytest.approx(ours, rel=0.01)


def test_pedpys_voronoi_cells_of_our_recording_cover_the_floor(tiny_run: Path) -> None:
    found = Recording(tiny_run).to_pedpy()["ground"]
    few = found.trajectories.data[found.trajectories.data["frame"] <= 60]
    data = pedpy.TrajectoryData(data=few[["id", "frame", "x", "y"]], frame_rate=2.0)
    cells = pedpy.compute_individual_voronoi_polygons(traj_data=data, walkable_area=found.walkable_area)
    cells["area"] = shapely.area(cells["polygon"])
    np.testing.assert_allclose(cells.groupby("frame")["area"].sum(), 45.0, rtol=1e-6)


def test_without_pedpy_one_line_says_how_to_get_it(tiny_run: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pedpy", None)
    with pytest.raises(RecordingError, match="pip install pedpy"):
        Recording(tiny_run).to_pedpy()


def test_pedpy_reads_the_jupedsim_file_of_a_recording(tiny_run: Path, tmp_path: Path) -> None:
    file = tmp_path / "내보내기 1.sqlite"
    result = CliRunner().invoke(app, ["export", str(tiny_run), "--to", "jupedsim", str(file)])
    assert result.exit_code == 0
    people = Recording(tiny_run).table("people").sort_values(["id", "time"])
    back = pedpy.load_trajectory_from_jupedsim_sqlite(trajectory_file=file)
    floor = pedpy.load_walkable_area_from_jupedsim_sqlite(trajectory_file=file)
    theirs = back.data.sort_values(["id", "frame"])
    assert (back.frame_rate, floor.area) == (2.0, pytest.approx(45.0))
    assert (theirs["id"].to_numpy() == people["id"].to_numpy()).all()
    np.testing.assert_array_equal(theirs[["x", "y"]].to_numpy(), people[["x", "y"]].to_numpy(np.float64))


def test_orientations_in_the_jupedsim_file_are_unit_vectors(tiny_run: Path, tmp_path: Path) -> None:
    file = write_jupedsim_sqlite(Recording(tiny_run), tmp_path / "a.sqlite")
    connection = sqlite3.connect(file)
    ways = np.array(connection.execute("SELECT ori_x, ori_y FROM trajectory_data").fetchall())
    connection.close()
    np.testing.assert_allclose(np.hypot(*ways.T), 1.0, rtol=1e-9)


def test_an_export_replaces_no_file(tiny_run: Path, tmp_path: Path) -> None:
    (tmp_path / "mine.sqlite").write_text("mine")
    result = CliRunner().invoke(app, ["export", str(tiny_run), str(tmp_path / "mine.sqlite")])
    assert (result.exit_code, (tmp_path / "mine.sqlite").read_text()) == (2, "mine")


def test_a_recording_exported_and_assessed_has_the_same_people(tiny_run: Path, tmp_path: Path) -> None:
    recording = Recording(tiny_run)
    file = write_jupedsim_sqlite(recording, tmp_path / "a.sqlite")
    again = assess_trajectories(file, recording.venue, out=tmp_path / "again")
    then = recording.table("people")
    first = then["time"].min()
    later = then[then["time"] > first].reset_index(drop=True)
    now = again.table("people")
    late = later[later["time"] <= first + now["time"].max()].reset_index(drop=True)
    np.testing.assert_allclose(now[["x", "y"]], late[["x", "y"]], atol=1e-6)


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """Venue file of a corridor 15 x 3 m."""
    return write_and_return(tmp_path / "place.geojson")


def write_and_return(file: Path) -> Path:
    write_venue(corridor(length=15.0, width=3.0), file)
    return file


def walk(frames: int = 41, *, y: float = 1.5) -> list[str]:
    """One person walking 1 m/s along x at 10 frames/s."""
    return [f"1 {k} {1.0 + 0.1 * k:.4f} {y} 1.7" for k in range(frames)]


@pytest.fixture
def assessed(tmp_path: Path, place: Path) -> Callable[..., Result]:
    """Run `crowd assess` on a text; a failure must leave nothing behind."""

    def run(text: str, *options: str) -> Result:
        file = tmp_path / "실측 1.txt"
        file.write_text(text, encoding="utf-8")
        words = ["assess", str(file), "--venue", str(place), "--out", str(tmp_path / "out"), *options]
        result = CliRunner().invoke(app, words)
        assert (result.exit_code == 0) == (tmp_path / "out").exists()
        return result

    return run


def test_one_walker_is_recorded_with_speed_and_crossing(assessed: Callable[..., Result], tmp_path: Path) -> None:
    assert assessed(HEAD + "\n".join(walk(101)) + "\n").exit_code == 0
    recording = Recording(tmp_path / "out")
    np.testing.assert_allclose(recording.table("people")["speed"], 1.0, atol=1e-5)
    lines = recording.table("lines")
    assert (lines["forward"].sum(), lines["backward"].sum()) == (1, 0)
    assert lines.loc[lines["forward"] == 1, "time"].tolist() == [7.0]  # at x = 7.5 m after 6.5 s


def test_the_unit_and_the_frame_rate_given_are_used_where_the_file_does_not_say(
    assessed: Callable[..., Result], tmp_path: Path
) -> None:
    rows = [f"1 {k} {100 + 10 * k} 150" for k in range(41)]
    assert assessed("\n".join(rows), "--fps", "10", "--unit", "cm").exit_code == 0
    np.testing.assert_allclose(Recording(tmp_path / "out").table("people")["speed"], 1.0, atol=1e-5)


def _changed(row: int, text: str) -> str:
    rows = walk()
    rows[row] = text
    return HEAD + "\n".join(rows) + "\n"


REFUSED = {
    "NaN coordinate": (_changed(5, "1 5 nan 1.5 1.7"), ["line 8", "x is nan"]),
    "infinite": (_changed(5, "1 5 1.5 inf 1.7"), ["line 8", "y is inf"]),
    "no number": (_changed(5, "1 5 oh 1.5 1.7"), ["line 8", "'oh'"]),
    "commas": (_changed(0, "1,0,1.0,1.5"), ["line 3", "1,0,1.0,1.5"]),
    "half a frame": (_changed(5, "1 5.5 1.5 1.5 1.7"), ["line 8", "frame is 5.5"]),
    "a leap": (_changed(5, "1 5 30 1.5 1.7"), ["line 8", "28.6 m from its frame before", "12 m/s"]),
    "twice": (_changed(5, "1 4 1.5 1.5 1.7"), ["line 8", "id 1 frame 4 is there twice", "line 7"]),
    "unsorted": (HEAD + "\n".join(walk()[::-1]), ["line", "sort the rows"]),
    "gap": (HEAD + "\n".join([*walk(5), *walk(60)[40:]]), ["line 8", "3.6 s"]),
    "off the floor": (HEAD + "\n".join(walk(y=4.5)), ["line 3", "1.50 m off the floor"]),
    "frame rate 0": ("# framerate: 0\n# x/m\n" + "\n".join(walk()), ["frame rate is 0", "--fps"]),
    "frame rate no number": ("# framerate: many\n# x/m\n" + "\n".join(walk()), ["line 1", "'many'"]),
    "no frame rate": ("# x/m\n" + "\n".join(walk()), ["does not say its frame rate", "--fps"]),
    "no unit": ("# framerate: 10\n" + "\n".join(walk()), ["does not say its unit", "--unit"]),
    "empty": ("", ["holds no rows"]),
    "comments only": (HEAD, ["holds no rows"]),
    "too short": (HEAD + "\n".join(walk(3)), ["line 5", "0.2 s"]),
}


@pytest.mark.parametrize("name", REFUSED)
def test_bad_trajectories_are_refused_in_one_line(name: str, assessed: Callable[..., Result]) -> None:
    text, words = REFUSED[name]
    result = assessed(text)
    assert (result.exit_code, result.stdout, result.stderr.count("\n")) == (2, "", 1)
    assert all(word in result.stderr for word in ["실측 1.txt", *words]), result.stderr


def test_options_against_the_file_are_refused(assessed: Callable[..., Result]) -> None:
    text = HEAD + "\n".join(walk())
    for options in (["--fps", "25"], ["--unit", "cm"], ["--fps", "nan"], ["--unit", "feet"]):
        result = assessed(text, *options)
        assert (result.exit_code, result.stderr.count("\n")) == (2, 1)


def test_a_file_over_2_gb_is_refused_unread(tmp_path: Path, place: Path) -> None:
    file = tmp_path / "large.txt"
    with open(file, "wb") as stream:
        stream.truncate(2_000_000_001)  # sparse: it takes no room
    words = ["assess", str(file), "--venue", str(place), "--out", str(tmp_path / "out")]
    result = CliRunner().invoke(app, words)
    assert (result.exit_code, "2,000,000,001 bytes" in result.stderr) == (2, True)


def test_an_sqlite_file_that_is_not_jupedsims_is_refused(tmp_path: Path, place: Path) -> None:
    file = tmp_path / "other.sqlite"
    connection = sqlite3.connect(file)
    connection.execute("CREATE TABLE t (a)")
    connection.commit()
    connection.close()
    words = ["assess", str(file), "--venue", str(place), "--out", str(tmp_path / "out")]
    result = CliRunner().invoke(app, words)
    assert (result.exit_code, "not JuPedSim's" in result.stderr) == (2, True)


HEADERS = [
    ("hermes2009_bottleneck/ao-300-400.txt", 16.0, "m"),
    ("singlefile2018/UX_14_1.txt", 25.0, "m"),
    ("singlefile2021/croma_female_04_1.txt", 25.0, "m"),
]


@pytest.mark.parametrize(("name", "rate", "unit"), HEADERS)
def test_headers_of_the_archive_are_understood(name: str, rate: float, unit: str) -> None:
    file = SHARED / name
    if not file.is_file():
        pytest.skip(f"the shared measured data are not here: {file}")
    found = load_trajectories(file)
    assert (found.frame_rate, found.unit) == (rate, unit)


def test_streams_against_each_other_are_two_groups_and_who_stands_is_in_neither() -> None:
    angle = 0.7
    ways = np.array([1.0, 1.0, -1.0, 0.01]) * 5.0
    groups = assess._direction_groups(ways * np.cos(angle), ways * np.sin(angle))
    assert groups.tolist() == [0, 0, 2, 4] or groups.tolist() == [2, 2, 0, 4]
