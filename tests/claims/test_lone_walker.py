"""A person alone walks as fast as they want to, whichever way the corridor lies."""

import numpy as np
import pytest
from shapely.geometry import box

from crowd.demand import Demand
from crowd.model import CrowdModel
from crowd.population import Status
from crowd.profiles import Profile
from tests.scenes import EXIT, SOURCE, run_up, scenario
from venues import Level, Venue, Zone

STEADY = Profile("adult", speed_mean=1.33, speed_sd=0.0)
REACTION_TIME = 0.3


def walker(angle: float = 0.0, slope: float = 0.0) -> CrowdModel:
    demand = Demand.present("start", "end", people=1)
    venue = run_up(angle=angle, slope=slope)
    return CrowdModel(scenario(venue, [demand], duration=60.0, profiles=[STEADY]))


def time_over(model: CrowdModel, metres: float) -> float:
    """Seconds from 10 m to 10 m + `metres` from where the walker began."""
    model.step()
    x0, y0 = model.people.x[0], model.people.y[0]
    passed: dict[float, float] = {}
    before = 0.0
    while len(passed) < 2:
        model.step()
        now = float(np.hypot(model.people.x[0] - x0, model.people.y[0] - y0))
        for mark in (10.0, 10.0 + metres):
            if mark not in passed and now >= mark:
                passed[mark] = model.time - model.tick * (now - mark) / (now - before)
        before = now
    return passed[10.0 + metres] - passed[10.0]


def test_a_lone_walker_reaches_the_desired_speed_within_five_reaction_times() -> None:
    model = walker()
    for _ in range(round(5 * REACTION_TIME / model.tick)):
        model.step()
    # 1 - exp(-5) = 99.3 % of the desired speed
    assert np.hypot(model.people.vx[0], model.people.vy[0]) >= 0.99 * 1.33


@pytest.mark.parametrize("angle", [0.0, 17.0, 45.0, 90.0, 133.0])
def test_a_lone_walker_takes_the_time_its_speed_says_for_40_m_at_any_angle(angle: float) -> None:
    # 1 %: the guideline's tolerance; half of it is the wavering of the heading (sd 0.1 rad)
    assert time_over(walker(angle), 40.0) == pytest.approx(40.0 / 1.33, rel=0.01)


def test_a_lone_walker_is_slower_uphill_as_the_slope_says() -> None:
    assert time_over(walker(slope=10.0), 40.0) == pytest.approx(40.0 / (1.33 * 0.88), rel=0.015)


def test_a_wall_behind_an_exit_is_in_nobodys_way() -> None:
    zones = Zone("start", "ground", box(0, 2, 1, 4), SOURCE), Zone("end", "ground", box(15.4, 0, 16, 6), EXIT)
    venue = Venue(name="hall", levels=(Level("ground", box(0, 0, 16, 6)),), zones=zones)
    model = CrowdModel(scenario(venue, [Demand.present("start", "end", people=1)], profiles=[STEADY]))
    people = model.people
    while people.x[0] < 13.0:
        model.step()
    slowest, swerved = 9.0, 0.0
    while people.status[0] != Status.LEFT:
        slowest, swerved = min(slowest, people.vx[0]), max(swerved, abs(people.vy[0]))
        model.step()
    # The wavering of the heading alone: 0.1 rad, three standard deviations of it.
    assert slowest > 0.95 * 1.33
    assert swerved < 0.3 * 1.33
