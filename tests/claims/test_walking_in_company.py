"""People who walk together or meet: they take the room there is, pass who faces them and keep behind who is ahead."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from shapely.geometry import box

from crowd.demand import Demand
from crowd.model import CrowdModel
from crowd.validation.ring import racetrack
from crowd.validation.scenes import scenario as ring_scenario
from crowd.validation.suites import case_of
from tests.scenes import EXIT, SOURCE, scenario
from venues import Level, Venue, Zone

WIDTH = 4.0


def corridor(*, narrow: float) -> Venue:
    """A corridor of 4 m x 30 m that people enter in a strip `narrow` wide in its middle."""
    low, high = 0.5 * (WIDTH - narrow), 0.5 * (WIDTH + narrow)
    return Venue(
        name="corridor",
        levels=(Level("ground", box(0, 0, 30, WIDTH)),),
        zones=(
            Zone("start", "ground", box(0, low, 6, high), SOURCE),
            Zone("end", "ground", box(29, 0, 30, WIDTH), EXIT),
        ),
    )


def width_taken(spread: float) -> float:
    """Standard deviation across the corridor of people 10 to 20 m on from where they set off [m]."""
    people = [Demand.present("start", "end", people=24)]
    case = scenario(corridor(narrow=1.6), people, duration=20.0, parameters={"steering.spread": spread})
    model, found = CrowdModel(case), []
    while model.running:
        model.step()
        p, rows = model.people, model.people.present()
        found.append(p.y[rows][(p.x[rows] > 10.0) & (p.x[rows] < 20.0)])
    return float(np.concatenate(found).std())


def test_people_spread_over_a_corridor_that_is_wider_than_where_they_come_from() -> None:
    assert width_taken(0.35) > 1.15 * width_taken(0.0)


@pytest.mark.parametrize("seed", range(1, 6))
def test_two_who_meet_face_to_face_in_an_empty_corridor_pass_each_other(seed: int) -> None:
    venue = Venue(
        name="meeting",
        levels=(Level("ground", box(0, 0, 16, 1.6)),),
        zones=(
            Zone("west", "ground", box(0, 0.6, 1.2, 1.0), frozenset({"source", "exit"})),
            Zone("east", "ground", box(14.8, 0.6, 16, 1.0), frozenset({"source", "exit"})),
        ),
    )
    both = [Demand.present("west", "east", people=1), Demand.present("east", "west", people=1)]
    model = CrowdModel(scenario(venue, both, duration=40.0, seed=seed))
    # Face to face, just short of touching, straight on the line between the two.
    p = model.people
    model.step()
    p.x[:2], p.y[:2], p.vx[:2], p.vy[:2], p.heading[:2] = (7.8, 8.17), (0.8, 0.8), 0.0, 0.0, 0.0
    while model.running:
        model.step()
    assert p.present().size == 0


def test_whoever_walks_behind_another_round_a_bend_keeps_the_headway() -> None:
    ring = racetrack(0.6, 2.3, 1.65, laps=100)
    people = round(1.2 * ring.middle.length)
    model = CrowdModel(ring_scenario(ring.venue, ring.demands(people), seed=1, duration=60.0, journeys=ring.journeys))
    speeds = []
    while model.running:
        model.step()
        p, rows = model.people, model.people.present()
        if model.time > 20.0:
            speeds.append(np.hypot(p.vx[rows], p.vy[rows]).mean())
    # Measured are 0.4 to 0.6 m/s; if a bend hid the one ahead, nearly 1 m/s.
    assert np.mean(speeds) < 0.65


def flow_up(*, share: float) -> float:
    """People out at the top of the stair of RiMEA 13 [1/s]; `share` as `wayfinding.stairs_up_flow`."""
    case = case_of("rimea-13").trials(1, Path())["up"].scenario
    assert case is not None
    model = CrowdModel(case.with_parameters({"wayfinding.stairs_up_flow": share}))
    inside = [100]
    while model.running and inside[-1] > 40:
        model.step()
        inside.append(model.people.present().size)
    twentieth = int(np.argmax(np.array(inside) <= 80))
    return 40.0 / (0.1 * (len(inside) - twentieth))


def test_a_crowded_stair_passes_fewer_people_than_if_they_kept_the_headway_of_level_floor() -> None:
    assert flow_up(share=0.68) < 0.92 * flow_up(share=1.0)
