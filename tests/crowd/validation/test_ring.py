"""On the racetrack people go round and round, so their number stays."""

import numpy as np
import shapely

from crowd.validation.readings import Tracks, track
from crowd.validation.ring import Racetrack, racetrack
from crowd.validation.scenes import scenario


def walk(ring: Racetrack, *, forward: int, backward: int, seconds: float) -> Tracks:
    demands = ring.demands(forward) + ring.demands(backward, forward=False)
    return track(scenario(ring.venue, demands, seed=1, duration=seconds, journeys=ring.journeys))


def test_everyone_walks_all_round_and_nobody_leaves() -> None:
    ring = racetrack(3.0, 10.0, 4.0)
    found = walk(ring, forward=12, backward=0, seconds=80.0)
    angle = np.unwrap(np.arctan2(found.y, found.x).reshape(-1, 12), axis=0)
    # 45 m round: the slowest of these, of 0.5 m/s at least, is most of the way round after 80 s.
    assert (angle[-1] - angle[0] > 1.6 * np.pi).all()
    assert np.isnan(found.left).all()


def test_each_way_round_is_walked_in_its_own_direction() -> None:
    found = walk(ring := racetrack(3.0, 10.0, 4.0), forward=6, backward=6, seconds=30.0)
    vx, _ = found.speeds()
    below = shapely.contains_xy(ring.measured, found.x, found.y)
    assert (vx[below & (found.id < 6)] > 0.0).all()
    assert (vx[below & (found.id >= 6)] < 0.0).all()


def test_a_single_file_begins_all_round() -> None:
    found = walk(racetrack(0.8, 4.0, 3.0), forward=40, backward=0, seconds=0.5)
    first = found.frame == 0
    angles = np.sort(np.arctan2(found.y[first], found.x[first]))
    assert first.sum() == 40
    # 27 m for 40 people: no gap of a quarter of the ring.
    assert np.diff(angles).max() < 0.5 * np.pi
