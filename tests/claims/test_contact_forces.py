"""Forces between bodies: Newton's laws, columns of people, slopes, and the quantity that is reported."""

import math
from itertools import pairwise

import numpy as np
import pytest
from shapely.geometry import LineString, box

from crowd.demand import Demand
from crowd.kernels.contact import largest_squeeze
from crowd.model import CrowdModel
from crowd.parameters import Contact
from crowd.validation.bodies import collided, column, staggered, thrown_together
from tests.scenes import EXIT, SOURCE, run_up, scenario
from venues import Level, Venue, Zone

PRESS = 100.0


@pytest.mark.parametrize("n", [1, 5, 20])
def test_wall_force_of_a_pressing_column_is_the_sum_of_the_pushes(n: int) -> None:
    assert column(n, press=PRESS).push(30.0).wall_force.sum() == pytest.approx(n * PRESS, rel=0.01)


def test_each_person_in_a_pressing_column_bears_the_pushes_from_behind() -> None:
    # The k-th from the wall is squeezed by (n - k) PRESS from behind and (n - k + 1) PRESS from the front.
    force = column(5, press=PRESS).push(30.0).force
    assert force == pytest.approx(PRESS * (np.arange(5, 0, -1) - 0.5), rel=0.01)


@pytest.mark.parametrize("slope", [0.0, 11.0])
def test_a_patient_column_puts_no_force_on_the_wall(slope: float) -> None:
    assert column(20, slope=slope).push(30.0).wall_force.sum() == pytest.approx(0.0, abs=1e-6)


def test_a_brace_takes_its_share_of_a_push_through_a_patient_row() -> None:
    bodies = column(3)
    # The push grows slowly: dry friction remembers the swing of a sudden one.
    for push in np.linspace(0.0, 250.0, 51):
        bodies.press_x[2] = -push
        bodies.push(2.0)
    # Two standing people hold 100 N each: 50 N of the 250 N reach the wall.
    assert bodies.push(10.0).wall_force.sum() == pytest.approx(250.0 - 2 * Contact().brace, abs=5.0)


def test_someone_who_waits_on_eleven_degrees_does_not_move() -> None:
    demand = Demand.present("start", "end", people=1)
    model = CrowdModel(scenario(run_up(slope=11.0), [demand], duration=60.0))
    model.people.pre_movement[:] = 1000.0
    model.step()
    x, y = model.people.x[0], model.people.y[0]
    for _ in range(300):
        model.step()
    assert math.hypot(model.people.x[0] - x, model.people.y[0] - y) < 1e-9


def test_people_pushed_beyond_their_brace_add_their_weight_on_a_slope() -> None:
    level, steep = column(5, press=400.0), column(5, press=400.0, slope=11.0)
    # Fully off balance, each adds m g sin(11 deg) = 140 N.
    gained = steep.push(30.0).wall_force.sum() - level.push(30.0).wall_force.sum()
    assert 0.0 < gained <= 5 * 75.0 * 9.81 * math.sin(math.radians(11.0)) * 1.01


def test_contact_forces_of_a_closed_group_sum_to_zero() -> None:
    bodies = thrown_together(12)
    # Without brace and brakes, and a reaction time that makes the drive vanish against the contacts, only contact acts.
    constants = Contact()._replace(brace=0.0, brake_limit=0.0, reaction_time=1e12, speed_limit=1e9)
    before = bodies.momentum
    bodies.push(0.1, constants=constants)
    after = bodies.momentum
    scale = float((bodies.mass * np.hypot(bodies.vx, bodies.vy)).sum())
    assert np.abs(after - before).max() < 1e-9 * scale


def test_kinetic_energy_never_grows_without_drive() -> None:
    bodies = collided()
    # Elastic energy is stored and given back within a collision; over whole collisions energy only falls.
    energy = [bodies.kinetic_energy] + [bodies.push(0.05).kinetic_energy for _ in range(40)]
    assert all(later <= earlier * 1.02 for earlier, later in pairwise(energy))
    assert energy[-1] < 0.01 * energy[0]


@pytest.mark.parametrize("angle", [0.0, 15.0, 30.0, 45.0])
def test_someone_squeezed_by_f_front_and_back_reads_f(angle: float) -> None:
    n = np.array([math.cos(math.radians(angle)), math.sin(math.radians(angle))])
    f = 700.0
    tensor = 2 * 0.5 * f * np.outer(n, n)
    assert largest_squeeze(tensor[0, 0], tensor[0, 1], tensor[1, 1]) == pytest.approx(f, rel=1e-12)


def test_halving_the_step_changes_the_worst_force_in_a_packing_by_less_than_5_percent() -> None:
    coarse, fine = (float(staggered().push(10.0, h=h).force.max()) for h in (0.005, 0.0025))
    assert fine == pytest.approx(coarse, rel=0.05)


def test_people_on_both_sides_of_a_thin_fence_load_the_fence_and_not_each_other() -> None:
    fence = LineString([(0.0, 2.0), (6.0, 2.0)])
    zones = (Zone("all", "ground", box(0, 0, 6, 4), SOURCE), Zone("out", "ground", box(5, 0, 6, 4), EXIT))
    venue = Venue(name="fenced", levels=(Level("ground", box(0, 0, 6, 4), walls=(fence,)),), zones=zones)
    model = CrowdModel(scenario(venue, [Demand.present("all", "out", people=2)], duration=60.0))
    model.step()
    p, motion = model.people, model.motion
    p.x[:], p.y[:], p.vx[:], p.vy[:] = 3.0, (1.83, 2.17), 0.0, 0.0
    p.speed[:], p.pressing_force[:], p.radius[:] = 1e-6, 300.0, 0.175
    ex, ey = np.zeros(2), np.array([1.0, -1.0])
    # Long enough for who bounced off the fence to come back at 1 mm/s.
    for _ in range(100):
        tick = motion.move(
            p,
            np.arange(2),
            ex,
            ey,
            ticks=1,
            speed=np.full(2, 1e-3),
            headway=np.ones(2),
            exit_in=np.full(2, np.inf),
            belt=np.zeros((2, 2)),
            slope=np.zeros((2, 2)),
        )
    assert tick.wall_loads.sum() == pytest.approx(600.0, rel=0.02)
