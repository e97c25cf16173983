"""A small concert: people stand before a stage, press towards it when the show starts, and leave when it ends."""

from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from shapely.geometry import LineString, box

from crowd.demand import Demand
from crowd.journeys import Journey, LeaveBy, Watch
from crowd.model import CrowdModel
from crowd.movement.spectators import Spectators
from crowd.population import Status
from crowd.recording import Recording
from crowd.report import report_data
from crowd.risk import assess_risk
from crowd.run import run
from crowd.scenario import Scenario
from tests.scenes import EXIT, SOURCE, scenario
from venues import Level, Venue, Wall, Zone

PEOPLE, DEPTH, WIDTH = 100, 7.0, 6.0
SHOW, END, DURATION = 40.0, 70.0, 120.0
FORCE, DENSITY = 60.0, 3.0
PEN = frozenset({"waiting"})


def concert(*, force: float = FORCE, people: int = PEOPLE, share: float = 1.0) -> Scenario:
    """A pen of 7 m x 6 m behind a front barrier, filled from its open rear; the stage lies behind the barrier."""
    barrier = Wall(LineString([(2, 0), (2, WIDTH)]), "front", {"ko": "앞"}, design_load=3000.0)
    venue = Venue(
        name="small-concert",
        levels=(Level("ground", box(0, 0, 17, WIDTH), walls=(barrier,)),),
        zones=(
            Zone("stage", "ground", box(0, 0, 2, WIDTH), frozenset({"stage"})),
            Zone("pen", "ground", box(2, 0, 2 + DEPTH, WIDTH), PEN),
            Zone("street", "ground", box(9, 0, 17, WIDTH), SOURCE),
            Zone("out", "ground", box(16, 0, 17, WIDTH), EXIT),
        ),
    )
    watching = Watch("pen", "stage", END, SHOW, force, share, DENSITY)
    plain = scenario(venue, [Demand.present("street", "out", people=people)], duration=DURATION)
    return replace(plain, journeys=(Journey("out", (watching, LeaveBy(("out",)))),))


def advance(model: CrowdModel, until: float) -> CrowdModel:
    while model.time < until - 1e-9:
        model.step()
    return model


def barrier_load(model: CrowdModel) -> float:
    """Sum of the pushes on the front barrier, mean over the last half second [N]."""
    shot = model.snapshot()
    on_it = (shot.wall_bins[:, [0, 2]] == 2.0).all(axis=1)
    length = np.abs(shot.wall_bins[:, 3] - shot.wall_bins[:, 1])
    return float((shot.wall_load_mean * length)[on_it].sum())


def density(model: CrowdModel, west: float, east: float) -> float:
    """People on the full width from one x to another over that floor [1/m2]."""
    p = model.people
    inside = (p.status != Status.EXPECTED) & (p.status != Status.LEFT) & (p.x >= west) & (p.x < east)
    return float(inside.sum() / ((east - west) * WIDTH))


@cache
def told(force: float, share: float = 1.0) -> dict[str, float]:
    """Densities and loads before, during and after the show."""
    model = advance(CrowdModel(concert(force=force, share=share)), SHOW - 1.0)
    said = {"front before": density(model, 2, 4), "load before": barrier_load(model)}
    advance(model, END - 1.0)
    said |= {"front": density(model, 2, 4), "middle": density(model, 4, 6), "load": barrier_load(model)}
    said["rear"] = density(model, 6, 9)
    advance(model, END + 20.0)
    said["load after"] = barrier_load(model)
    advance(model, DURATION)
    said["inside"] = float(model.people.present().size)
    said["left"] = float((model.people.status == Status.LEFT).sum())
    return said


@cache
def before_the_show() -> CrowdModel:
    return advance(CrowdModel(concert()), SHOW - 1.0)


def test_who_comes_first_stands_nearest_to_the_stage() -> None:
    p = before_the_show().people
    order = np.lexsort((np.arange(PEOPLE), p.stage_since))
    assert p.in_stage.all()
    first, middle, last = (p.spot_x[third].mean() for third in np.array_split(order, 3))
    # Three thirds of 100 people at 3/m2 on 6 m: rows 1.8 m deep each.
    assert first < middle - 1.0 < last - 2.0


def test_spectators_go_to_their_own_places_and_stand_there() -> None:
    p = before_the_show().people
    off = np.hypot(p.x - p.spot_x, p.y - p.spot_y)
    # All came at once: a few stand in the way of others, who stop behind them.
    assert np.mean(off < 0.35) > 0.75
    assert np.hypot(p.vx, p.vy).mean() < 0.05


def test_places_lie_at_the_given_density_and_those_between_them_are_taken_last() -> None:
    (audience,) = Spectators(concert().venue, concert().journeys, seed=1).audiences
    held = np.zeros(audience.x.size, int)
    taken = []
    for _ in range(audience.x.size):
        taken.append(audience.choose(held, 8.0, 3.0))
        held[taken[-1]] += 1
    assert len(set(taken)) == audience.x.size
    first = int((audience.depth < 100.0).sum())
    # Bodies stand 0.25 m from the walls, so the room is 6.5 m x 5.5 m; a lattice fits it to half a row.
    assert first == pytest.approx(DENSITY * (DEPTH - 0.5) * (WIDTH - 0.5), rel=0.1)
    assert (audience.depth[taken[:first]] < 100.0).all()
    assert np.diff(audience.depth[taken[:first]]).min() >= -audience.spacing


def test_in_the_show_it_is_densest_at_the_front_barrier_and_denser_than_before() -> None:
    said = told(FORCE)
    assert said["front"] > said["middle"] >= said["rear"]
    assert said["front"] > said["front before"] + 1.0


def test_the_load_on_the_barrier_comes_with_the_show_and_goes_with_it() -> None:
    said = told(FORCE)
    # 100 people with 60 N each; friction on the side walls takes a little, who still moves up adds a little.
    assert said["load"] == pytest.approx(PEOPLE * FORCE, rel=0.1)
    assert said["load before"] < 0.01 * said["load"]
    assert said["load after"] < 0.01 * said["load"]


def test_all_spectators_leave_or_are_counted_inside() -> None:
    said = told(FORCE)
    assert said["inside"] + said["left"] == PEOPLE
    assert said["left"] > 0.9 * PEOPLE


def test_a_crowd_that_only_moves_up_loads_the_barrier_less_than_one_that_presses() -> None:
    assert told(0.0)["load"] < 0.2 * told(FORCE)["load"]


def test_where_a_share_presses_the_others_keep_to_their_places_and_the_load_is_that_share() -> None:
    some, everyone = told(FORCE, 0.4), told(FORCE)
    # 40 of 100 press; those in between brace against them or hand the push on.
    assert 0.2 * everyone["load"] < some["load"] < 0.5 * everyone["load"]
    assert some["front before"] + 1.0 < some["front"] < everyone["front"] - 1.0
    assert some["rear"] > everyone["rear"]


def test_the_show_is_no_delay() -> None:
    p = before_the_show().people
    # Everyone came at once, and without others would have left once the show is over and the way walked.
    assert (p.free_travel_time > END).all()
    assert (p.free_travel_time < END + 40.0).all()


def test_a_checkpoint_in_the_middle_of_pressing_resumes_to_the_same_bytes() -> None:
    whole = advance(CrowdModel(concert()), SHOW + 10.0)
    saved = whole.state()
    resumed = CrowdModel(concert())
    resumed.restore(saved)
    advance(whole, END + 5.0)
    advance(resumed, END + 5.0)
    for name, array in whole.people.state().items():
        assert array.tobytes() == resumed.people.state()[name].tobytes(), name


def statics(folder: Path) -> Recording:
    """60 people press on the barrier with 100 N each for a minute, without friction."""
    plain = concert(people=60)
    watching = Watch("pen", "stage", 400.0, 30.0, 100.0, density=DENSITY)
    parameters = plain.parameters.with_overrides({"contact.friction": 0.0})
    journeys = (Journey("out", (watching, LeaveBy(("out",)))),)
    still = replace(plain, journeys=journeys, duration=90.0, parameters=parameters)
    return run(still, out=folder, record="fields")


def test_the_load_of_a_barrier_over_its_length_is_the_sum_of_the_pushes_that_reach_it(tmp_path: Path) -> None:
    recording = statics(tmp_path / "run")
    (load,) = assess_risk(recording).barriers
    # Statics: with smooth side walls the barrier bears all pushes; 1 % for what still moves.
    assert load.total[-1] == pytest.approx(60 * 100.0, rel=0.01)
    assert load.lengths.sum() == pytest.approx(WIDTH, rel=1e-6)
    (said,) = report_data([assess_risk(recording)], "ko")["runs"][0]["barriers"]
    share = sum(piece["mean"] * piece["length"] for piece in said["worst_profile"]) / WIDTH
    assert said["label"] == "앞"
    assert said["mean_load"] == pytest.approx(share, rel=0.1)
    # Both are rounded.
    assert said["share_percent"] == pytest.approx(100.0 * said["highest"]["value"] / 3000.0, abs=0.6)
