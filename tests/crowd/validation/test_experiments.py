"""Experiments built again: measured and modelled trajectories are read alike, and a broken model turns a row red."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pedpy
import pytest

from crowd.parameters import Parameters
from crowd.validation import Outcome, Verdict, fundamental_diagram, measured_flows, single_file_measured
from crowd.validation.alley import flows, queues
from crowd.validation.case import Measures, Runs
from crowd.validation.density_speed import density_and_speed
from crowd.validation.hermes import measured_tracks
from crowd.validation.hermes_runs import ONE_WAY, STEADY, TWO_WAY, WIDE, Place, read_measured
from crowd.validation.readings import Tracks
from crowd.validation.suites import case_of
from venues import Level

DATA = Path(__file__).parents[3] / "../shared/data"


def present(*parts: str) -> Path:
    """A measured file; the test is skipped without it."""
    file = DATA.joinpath(*parts)
    if not file.is_file():
        pytest.skip(f"the shared measured data are not here: {file}")
    return file


def reference(name: str) -> pd.DataFrame:
    return pd.read_csv(present("reference", f"{name}.csv"))


def measured(place: Place, name: str) -> Measures:
    return read_measured(place, present(place.folder, f"{name}.txt"))


def judged(key: str, runs: Runs) -> Verdict:
    return case_of(key).judge(runs, DATA)


def stretch(tracks: Tracks, first: int, last: int) -> Tracks:
    """Some frames of tracks, counted from 0."""
    kept = (tracks.frame >= first) & (tracks.frame < last)
    parts = {name: getattr(tracks, name)[kept] for name in ("id", "level", "x", "y")}
    return replace(tracks, frame=tracks.frame[kept] - first, **parts)


@pytest.mark.parametrize(
    ("place", "name"),
    [(ONE_WAY, "uo-180-180-180"), (TWO_WAY, "bot-360-250-250"), (WIDE, "ao-300-400")],
    ids=["one-way", "two-way", "bottleneck"],
)
def test_density_and_speed_of_an_area_are_pedpys(place: Place, name: str) -> None:
    tracks = stretch(measured_tracks(present(place.folder, f"{name}.txt"), scale=place.scale), 400, 440)
    ours = density_and_speed(tracks, Level("ground", place.floor), place.area, every=1)  # type: ignore[arg-type]
    rows = pd.DataFrame({"id": tracks.id, "frame": tracks.frame, "x": tracks.x, "y": tracks.y})
    traj = pedpy.TrajectoryData(data=rows, frame_rate=16.0)
    cells = pedpy.compute_individual_voronoi_polygons(
        traj_data=traj,
        walkable_area=pedpy.WalkableArea(place.floor),
        cut_off=pedpy.Cutoff(radius=0.8, quad_segments=3),
    )
    area = pedpy.MeasurementArea(place.area)
    density, crossed = pedpy.compute_voronoi_density(individual_voronoi_data=cells, measurement_area=area)
    individual = pedpy.compute_individual_speed(
        traj_data=traj, frame_step=8, speed_calculation=pedpy.SpeedCalculation.BORDER_SINGLE_SIDED
    )
    speed = pedpy.compute_voronoi_speed(
        traj_data=traj, individual_voronoi_intersection=crossed, individual_speed=individual, measurement_area=area
    )
    assert ours[0].size == 40
    np.testing.assert_allclose(ours[0], density["density"], atol=1e-6)
    # Where the stretch begins and ends PedPy takes a whole one-sided step, we what is left of the two-sided one.
    np.testing.assert_allclose(ours[1][8:-8], speed["speed"][8:-8], atol=1e-6)


def test_speed_at_density_of_the_one_way_runs_is_the_reference() -> None:
    found = fundamental_diagram.bins([measured(ONE_WAY, name) for name in STEADY], least=1)
    wanted = reference("hermes_uni_fd_bins").set_index("rho_lo").loc[0.5:]
    assert list(found) == list(wanted.index)
    # A window begins or ends one frame earlier here.
    np.testing.assert_allclose([b.density for b in found.values()], wanted["rho_mean"], rtol=2e-3)
    np.testing.assert_allclose([b.speed for b in found.values()], wanted["v_mean"], rtol=2e-3)


@pytest.mark.parametrize("name", STEADY)
def test_flow_of_a_one_way_run_is_the_reference(name: str) -> None:
    wanted = reference("hermes_uni_flow").set_index("run").loc[name]
    found = measured(ONE_WAY, name)
    assert found["crossed"] == wanted["n_crossings"]
    assert found["flow_all"] == pytest.approx(wanted["J_all_1_s"], abs=1e-4)


@pytest.mark.parametrize("name", ["bot-360-120-120", "bot-360-200-200", "bot-360-250-250"])
def test_flow_and_density_of_a_two_way_run_are_the_reference(name: str) -> None:
    wanted = reference("hermes_bi_flow").set_index("run").loc[name]
    found = measured(TWO_WAY, name)
    # One person more is counted in one run, who is first seen close to the line.
    assert found["flow_all"] == pytest.approx(wanted["J_all_1_s"], rel=5e-3)
    assert np.mean(found["density"]) == pytest.approx(wanted["rho_v_mean"], abs=2e-3)


def test_speed_at_density_in_single_file_is_the_reference() -> None:
    files = [present("singlefile2018", f"UX_{people}_1.txt") for people in (14, 20, 24, 30)]
    found = single_file_measured.bins(map(single_file_measured.read_measured, files), least=300)
    wanted = reference("singlefile2018_fd_bins").set_index("rho_lo").loc[list(found)]
    assert len(found) == 7
    np.testing.assert_allclose([b.density for b in found.values()], wanted["rho_mean"], rtol=1e-3)
    np.testing.assert_allclose([b.speed for b in found.values()], wanted["v_mean"], rtol=6e-3)


def test_people_who_keep_twice_the_headway_turn_the_two_way_flow_red() -> None:
    present(TWO_WAY.folder, "bot-360-120-120.txt")
    trials = case_of("experiments-two-way-flow").trials(1, DATA)
    twice = {"steering.headway": 2.0 * Parameters().steering.headway}
    runs = {name: [t.measure(t.scenario.with_parameters(twice))] for name, t in trials.items() if t.scenario}
    verdict = judged("experiments-two-way-flow", runs)
    assert verdict.project is Outcome.FAIL
    assert "15 % allowed" in verdict.reason


def test_one_who_does_not_get_through_turns_the_two_way_flow_red() -> None:
    seen = {name: measured(TWO_WAY, name) for name in ("bot-360-120-120", "bot-360-200-200", "bot-360-250-250")}
    through: Runs = {name: [{**m, "last": 90.0}] for name, m in seen.items()}
    stuck: Runs = {**through, "bot-360-200-200": [{**seen["bot-360-200-200"], "last": np.inf}]}
    assert judged("experiments-two-way-flow", through).project is Outcome.PASS
    assert judged("experiments-two-way-flow", stuck).project is Outcome.FAIL


def one_way(factor: float) -> Verdict:
    """The verdict on people as measured, but by a factor faster."""
    seen = {name: measured(ONE_WAY, name) for name in STEADY}
    runs: Runs = {name: [{**m, "speed": (factor * np.array(m["speed"])).tolist()}] for name, m in seen.items()}
    return judged("experiments-one-way-fd", runs)


@pytest.mark.parametrize(("factor", "wanted"), [(1.0, Outcome.PASS), (0.75, Outcome.FAIL), (1.25, Outcome.FAIL)])
def test_a_quarter_of_the_speed_turns_the_one_way_corridor_red(factor: float, wanted: Outcome) -> None:
    assert one_way(factor).project is wanted


def test_bins_that_the_model_never_reaches_are_a_fault() -> None:
    seen = {
        0.5: fundamental_diagram.Bin(0.7, 1.1, 1.0, 1.2, 500),
        1.0: fundamental_diagram.Bin(1.2, 1.0, 0.9, 1.1, 500),
    }
    assert fundamental_diagram.faults({0.5: seen[0.5]}, seen) == ["never as dense as 1 to 1.5 /m2"]



def doors(share: float) -> Runs:
    """Runs with a share of the mean of the flows measured at each width."""
    flow = {w: share * float(np.mean(measured_flows.measured_at(w))) for w in measured_flows.WIDTHS}
    return {f"{w:g} m": [{"flow": j, "longest wait": 1.0, "last": 60.0}] for w, j in flow.items()}


@pytest.mark.parametrize(("share", "wanted"), [(1.0, Outcome.PASS), (0.75, Outcome.FAIL), (1.3, Outcome.FAIL)])
def test_flows_as_measured_pass_and_others_fail(share: float, wanted: Outcome) -> None:
    assert judged("experiments-bottleneck-table", doors(share)).project is wanted


def test_every_measured_flow_counts_for_one_width_only() -> None:
    all_flows = [v for series in measured_flows.MEASURED.values() for values in series.values() for v in values]
    widths = measured_flows.NARROW + measured_flows.WIDTHS
    assert sorted(all_flows) == sorted(v for w in widths for v in measured_flows.measured_at(w))


def test_a_blocked_door_turns_the_calm_crowd_red() -> None:
    open_, blocked = ({"flow": 1.7, "longest wait": 2.0, "last": last} for last in (60.0, np.inf))
    assert judged("experiments-calm-door", {"calm": [open_]}).project is Outcome.PASS
    assert judged("experiments-calm-door", {"calm": [open_, blocked]}).project is Outcome.FAIL


def test_an_alley_flows_or_queues_or_neither() -> None:
    steady, slow, growing = (
        np.array(held) for held in ([200, 220, 230, 225], [200, 250, 290, 340], [300, 500, 700, 900])
    )
    assert [flows(h) for h in (steady, slow, growing)] == [True, False, False]
    assert [queues(h) for h in (steady, slow, growing)] == [False, False, True]
