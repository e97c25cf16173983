"""Patient people brake before they touch anybody, and whoever presses adds the push and nothing else."""

from typing import Any

import numpy as np
import pytest

from crowd.demand import Burst, Demand
from crowd.kernels import contact
from crowd.model import CrowdModel
from crowd.parameters import Contact, Steering
from crowd.profiles import Profile
from crowd.validation.bodies import Bodies, column
from tests.scenes import finish, scenario, two_ways

TOUCH = 0.35


def walking_up(gap: float, *, speed: float = 1.0, press: float = 0.0) -> Bodies:
    """One who walks along x and wants to go on, and one who stands in the way so far ahead of the surface [m]."""
    bodies = Bodies([0.0, TOUCH + gap], [0.0, 0.0])
    bodies.vx[0] = bodies.wished_x[0] = speed
    bodies.press_x[0] = press
    return bodies


def largest_force(bodies: Bodies, seconds: float = 2.0, *, constants: Contact | None = None) -> float:
    """Largest contact force of the first of them in some time [N]."""
    largest = 0.0
    for _ in range(round(seconds / 0.02)):
        largest = max(largest, float(bodies.push(0.02, constants=constants).force_max[0]))
    return largest


def test_who_walks_up_to_somebody_touches_them_softly() -> None:
    assert largest_force(walking_up(0.3, speed=0.9)) < 30.0
    # The same without brakes is a bump.
    assert largest_force(walking_up(0.3, speed=0.9), constants=Contact()._replace(brake_limit=0.0)) > 150.0


def walking_at_a_wall(y: float = 0.0, *, speed: float = 0.9, press: float = 0.0, low: float = -3.0) -> Bodies:
    """One who walks along x and wants to go on, 0.3 m before a wall across the way that ends at `low`."""
    bodies = Bodies([0.0], [y], walls=[(0.475, low, 0.475, 3.0)])
    bodies.vx[0] = bodies.wished_x[0] = speed
    bodies.press_x[0] = press
    return bodies


def test_who_walks_up_to_a_wall_touches_it_softly() -> None:
    assert largest_force(walking_at_a_wall()) < 50.0
    # The same without brakes is a bump, and who presses does not brake.
    assert largest_force(walking_at_a_wall(), constants=Contact()._replace(brake_limit=0.0)) > 150.0
    assert largest_force(walking_at_a_wall(press=100.0)) > 150.0


@pytest.mark.parametrize(("past", "brakes"), [(0.18, False), (0.12, True)])
def test_one_brakes_for_the_end_of_a_wall_only_if_one_would_touch_it(past: float, brakes: bool) -> None:
    # The way of the middle of a body of 0.175 m leads so far past the end.
    bodies = walking_at_a_wall(-past, low=0.0)
    bodies.push(0.25)
    assert bool(bodies.vx[0] < 0.899) is brakes


def test_the_faster_one_comes_the_sooner_one_brakes() -> None:
    late = Contact()._replace(brake_time=0.0)
    sooner, later = (largest_force(walking_at_a_wall(speed=1.6), constants=c) for c in (Contact(), late))
    assert sooner < 0.8 * later


def test_one_brakes_no_harder_than_one_can() -> None:
    bodies = walking_up(0.1, speed=2.0)
    bodies.push(0.04)
    # Held by the brake alone: nobody is touched yet, and the wish to go on is met.
    assert bodies.force_max[0] == 0.0
    assert bodies.vx[0] == pytest.approx(2.0 - 0.04 * Contact().brake_limit, abs=1e-9)


def test_who_presses_does_not_brake() -> None:
    assert largest_force(walking_up(0.3, speed=0.9, press=50.0)) > 150.0


def test_whoever_is_ahead_does_not_brake_for_who_comes_from_behind() -> None:
    bodies = walking_up(0.1)
    bodies.vx[1] = bodies.wished_x[1] = 0.5
    bodies.push(0.04)
    assert bodies.vx[1] == 0.5


def test_two_who_come_towards_each_other_brake_alike() -> None:
    bodies = walking_up(0.1, speed=0.5)
    bodies.vx[1] = bodies.wished_x[1] = -0.5
    bodies.push(0.04)
    assert bodies.vx[0] == pytest.approx(-bodies.vx[1], abs=1e-12)
    assert bodies.vx[0] < 0.42


def test_a_wish_to_go_on_adds_nothing_to_the_push_on_a_wall() -> None:
    bodies = column(5, press=100.0)
    bodies.wished_x[:] = -1.0
    assert bodies.push(30.0).wall_force.sum() == pytest.approx(500.0, rel=0.01)


def test_patient_people_who_want_to_go_on_do_not_press_on_each_other() -> None:
    bodies = column(5)
    bodies.wished_x[:] = -1.0
    force = bodies.push(30.0).force
    assert np.all(force < 40.0)


def test_who_is_held_up_in_part_presses_with_all_of_their_force_and_no_more() -> None:
    bodies = column(5, press=60.0)
    bodies.wished_x[:], bodies.lean[:] = -1.0, 40.0
    assert bodies.push(30.0).wall_force.sum() == pytest.approx(5 * 100.0, rel=0.01)


def test_who_means_to_press_a_little_brakes_a_little_less() -> None:
    free, pressing = walking_up(0.1), walking_up(0.1)
    pressing.lean[0] = 50.0
    free.push(0.02)
    pressing.push(0.02)
    assert 1.0 - pressing.vx[0] == pytest.approx(0.5 * (1.0 - free.vx[0]), rel=1e-6)


@pytest.mark.parametrize(("ways", "least", "most"), [((0.5, -0.5), 60.0, 130.0), ((0.5, 0.3), 0.0, 20.0)])
def test_only_people_who_want_opposite_ways_press_to_get_past(
    ways: tuple[float, float], least: float, most: float
) -> None:
    bodies = Bodies([0.0, TOUCH], [0.0, 0.0])
    bodies.wished_x[:] = ways
    bodies.push(3.0)
    # Each leans with m 0.5 / tau = 125 N against the other.
    assert least <= bodies.force[0] <= most


def test_a_belt_presses_its_riders_against_who_is_in_the_way() -> None:
    riders = column(5)
    riders.wished_x[:], riders.lean[:] = -0.5, np.inf
    # The belt pulls each with m (belt - v) / tau.
    assert riders.push(30.0).wall_force.sum() == pytest.approx(5 * 75.0 * 0.5 / Contact().reaction_time, rel=0.01)


def test_who_is_shoved_away_resists() -> None:
    bodies = Bodies([0.0, TOUCH], [0.0, 0.0])
    bodies.wished_x[0], bodies.press_x[1] = 0.5, -100.0
    bodies.push(3.0)
    # A walker pushed back by 100 N: both give way at the speed at which two of them resist as much.
    speed = 100.0 * Contact().reaction_time / (2 * 75.0)
    assert bodies.vx[0] == pytest.approx(-speed, rel=0.1)


def test_a_crowd_and_its_mirror_image_brake_alike() -> None:
    # In the middle one who walks up to the first and has the last at their back.
    there, back = Bodies([0.0, 0.35, 0.75], [0.0] * 3), Bodies([0.0, -0.35, -0.75], [0.0] * 3)
    for bodies, way in ((there, 1.0), (back, -1.0)):
        bodies.vx[1] = bodies.wished_x[1] = way
        bodies.push(0.02)
    assert there.vx == pytest.approx(-back.vx, abs=1e-12)
    # Nor does it matter in which order others are listed.
    turned = Bodies([0.75, 0.35, 0.0], [0.0] * 3)
    turned.vx[1] = turned.wished_x[1] = 1.0
    turned.push(0.02)
    assert turned.vx[::-1] == pytest.approx(there.vx, abs=1e-12)


def test_nobody_is_met_sooner_than_one_brakes_who_was_not_looked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """Runners who come towards each other: whoever is near enough to brake for at any time of a tick is listed."""
    listed, missed, fastest = 0, 0, 0.0
    push = contact.push_and_step

    def look(x: np.ndarray, y: np.ndarray, vx: np.ndarray, vy: np.ndarray, *others: Any) -> None:
        nonlocal listed, missed, fastest
        radius, pairs, n_pairs = others[5], others[9], others[10]
        dx, dy = x[:, None] - x, y[:, None] - y
        distance = np.hypot(dx, dy) + np.eye(x.size)
        closing = -((vx[:, None] - vx) * dx + (vy[:, None] - vy) * dy) / distance
        reached = distance - radius[:, None] - radius < (Contact().brake_time + Steering().tick) * closing
        there = np.zeros(reached.shape, bool)
        for i, count in enumerate(n_pairs):
            there[i, pairs[i, :count]] = True
        listed, missed = listed + int((reached & there).sum()), missed + int((reached & ~there).sum())
        fastest = max(fastest, float(closing[reached].max(initial=0.0)))
        push(x, y, vx, vy, *others)

    monkeypatch.setattr(contact, "push_and_step", look)
    runner = Profile("runner", speed_mean=2.0, speed_sd=0.0, speed_min=1.9, speed_max=2.1)
    ways = ("west", "east"), ("east", "west")
    demands = [Demand(here, there, burst=Burst(0.0, 12), profiles=(("runner", 1.0),)) for here, there in ways]
    finish(CrowdModel(scenario(two_ways(width=2.0), demands, duration=20.0, profiles=[runner])))
    assert fastest > 3.0
    assert listed > 20
    assert missed == 0
