"""People who turn their shoulders to pass others, and turn back."""

from typing import Any

import numpy as np
import pytest
from shapely.geometry import box

from crowd.demand import Demand
from crowd.model import CrowdModel
from tests.scenes import EXIT, SOURCE, scenario
from venues import Level, Venue, Zone
from venues.shapes import stairs

RADIUS, TURNED = 0.175, 0.65
NARROW = TURNED * RADIUS


def squeezed(*gaps: float) -> CrowdModel:
    """People who stand beside a wall with their shoulders turned, one behind the other away from it, gaps [m] apart."""
    zones = (Zone("all", "ground", box(0, 0, 6, 4), SOURCE), Zone("out", "ground", box(5, 0, 6, 4), EXIT))
    venue = Venue(name="room", levels=(Level("ground", box(0, 0, 6, 4)),), zones=zones)
    model = CrowdModel(scenario(venue, [Demand.present("all", "out", people=len(gaps))], duration=60.0))
    model.step()
    p = model.people
    p.x[:], p.vx[:], p.vy[:], p.heading[:], p.noise[:], p.pressing_force[:] = 3.0, 0.0, 0.0, 0.0, 0.0, 0.0
    p.radius[:], p.turned[:] = RADIUS, TURNED
    p.y[:] = np.cumsum(gaps) + NARROW * (2 * np.arange(len(gaps)) + 1)
    return model


def stand(model: CrowdModel, ticks: int) -> float:
    """Let them stand for some ticks; the largest contact force [N]."""
    n, still = len(model.people), np.zeros(len(model.people))
    ground: dict[str, Any] = {"speed": np.ones(n), "headway": np.ones(n), "exit_in": np.full(n, np.inf)}
    ground |= {"belt": None, "slope": None}
    return max(
        float(model.motion.move(model.people, np.arange(n), still, still, ticks=k, **ground).force_max.max())
        for k in range(ticks)
    )


def test_who_stands_free_has_turned_back_after_a_second() -> None:
    model = squeezed(1.0)
    assert stand(model, 10) == 0.0
    assert model.people.turned[0] > 0.99


@pytest.mark.parametrize("gaps", [(0.0, 0.0, 0.0), (0.001, 0.0, 0.003), (0.0, 0.02, 0.0)])
def test_nobody_is_hit_by_those_who_turn_back_beside_them(gaps: tuple[float, ...]) -> None:
    # They move apart as they grow, against a brace of 50 N each; at once, they would hit each other with 1,500 N.
    assert stand(squeezed(*gaps), 30) < 200.0


def held(model: CrowdModel, ticks: int) -> float:
    """Hold them where they are for some ticks; the largest contact force in the last one [N]."""
    start, force = model.people.y.copy(), 0.0
    for _ in range(ticks):
        force = stand(model, 1)
        model.people.y[:], model.people.vy[:] = start, 0.0
    return force


def test_who_is_held_in_a_squeeze_takes_up_their_width_again_in_seconds() -> None:
    """Nobody is smaller for having turned: in the end one is pressed as somebody who never did."""
    model, never_turned = squeezed(0.0, 0.0), squeezed(0.0, 0.0)
    never_turned.people.turned[:] = 1.0
    held(model, 10)
    assert (model.people.turned < 0.75).all()
    assert held(model, 50) == pytest.approx(held(never_turned, 1), rel=0.01)


def test_two_who_turn_back_share_the_room_between_them() -> None:
    model = squeezed(1.0, 0.06)
    assert stand(model, 2) < 60.0
    grown = RADIUS * model.people.turned - NARROW
    assert grown == pytest.approx(np.full(2, 0.03), abs=0.003)


def test_who_turns_back_at_the_foot_of_a_stair_leaves_room_to_those_on_it() -> None:
    venue = stairs(width=2.0, height=3.0, landing_length=8.0)
    model = CrowdModel(scenario(venue, [Demand.present("west", "east", people=2)], duration=60.0))
    model.step()
    p, foot = model.people, venue.links[0].from_line.coords[0][0]
    p.vx[:], p.vy[:], p.heading[:], p.noise[:], p.pressing_force[:] = 0.0, 0.0, 0.0, 0.0, 0.0
    p.radius[:], p.turned[:], p.y[:], p.level[:] = RADIUS, TURNED, 1.0, (0, venue.level_index("links"))
    p.x[:] = foot - NARROW - 0.01, foot + NARROW + 0.01
    # At once, they would hit each other with over 400 N.
    assert stand(model, 30) < 60.0
    assert (p.turned > 0.8).all()
