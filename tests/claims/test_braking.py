"""Patient people brake before they touch anybody, and whoever presses adds the push and nothing else."""

import numpy as np
import pytest

from crowd.parameters import Contact
from crowd.validation.bodies import Bodies, column

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
