"""People who walk together or meet: they sway if slow, pass who faces them and keep behind who is ahead."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from shapely.geometry import box

from crowd.demand import Demand
from crowd.kernels.people_ahead import ROWS
from crowd.kernels.steering import headway_speed
from crowd.model import CrowdModel
from crowd.parameters import Steering
from crowd.validation.ring import racetrack
from crowd.validation.scenes import scenario as ring_scenario
from crowd.validation.suites import case_of
from tests.scenes import scenario
from venues import Level, Venue, Zone


def _headway_speed(neighbour: list[float], *, pace: float, turn: float) -> float:
    """Speed [m/s] behind one neighbour, of whom the ROWS of `people_ahead` are given, of who turns from east [rad]."""
    near = np.zeros((ROWS, 8), np.float32)
    near[:, 0] = neighbour
    g = np.cos(turn), np.sin(turn)
    return float(headway_speed(near, 1, 1.34, pace, 1.0, 1.0, 0.0, *g, 1.0, Steering(), np.empty(8, np.float32)))


def speed_behind(*, aside: float, pace: float) -> float:
    """Speed [m/s] of who walks at `pace` [m/s] 0.6 m behind somebody who stands so far to the side [m]."""
    intent = Steering().intent
    return _headway_speed([0.6, aside, intent, 0.0, 0.0, 0.0, 0.35, 0.0, 0.35, -0.6], pace=pace, turn=0.0)


def waits(*, ahead: float) -> bool:
    """Whether who turns aside at a door stops for a neighbour who touches them, and is so far ahead of them [m].

    Both ways lead through the door; the one asked turns by 0.6 rad round its edge.
    """
    intent = Steering().intent
    return _headway_speed([ahead, 0.34, intent, 0.0, 0.0, 0.0, 0.35, 0.0, 0.35, -ahead], pace=0.0, turn=0.6) <= 0.0


def test_of_two_who_touch_at_the_edge_of_a_door_the_one_farther_on_goes() -> None:
    assert not waits(ahead=-0.05)
    assert waits(ahead=0.05)


def test_who_walks_slowly_sways_and_is_held_up_by_those_diagonally_ahead() -> None:
    assert speed_behind(aside=0.28, pace=0.1) < 0.6
    assert speed_behind(aside=0.28, pace=1.34) == 1.34


def test_whoever_is_straight_ahead_holds_one_up_at_any_speed() -> None:
    assert speed_behind(aside=0.0, pace=0.1) == speed_behind(aside=0.0, pace=1.34) == pytest.approx(0.125)


@pytest.mark.parametrize(("opposed", "weight"), [(0.0, Steering().follow), (1.0, 0.0)])
def test_people_follow_those_before_them_and_nobody_who_comes_towards_them(opposed: float, weight: float) -> None:
    """The leader's speed, nought here, has its weight in V = gap / (T + t_a); somebody oncoming has none."""
    intent = Steering().intent
    speed = _headway_speed([0.6, 0.0, intent, 0.0, 0.0, 0.0, 0.35, opposed, 0.35, -0.6], pace=1.34, turn=0.0)
    assert speed == pytest.approx((0.6 - 0.35) / (1.0 + weight))


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
    # 2.5 against 2.65 /s on 2 m: most of what a stair passes hangs on how close beside each other people climb.
    assert flow_up(share=0.68) < 0.96 * flow_up(share=1.0)
