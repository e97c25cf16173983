"""A racetrack that people walk round and round: a corridor without ends, for densities that stay as they are.

Two straights joined by half circles, about the origin, the straights along x. Forward is counter-clockwise, so
eastwards on the lower straight, where one measures. Not here: what is read off it (the topics' modules).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from itertools import pairwise

import shapely
from shapely.geometry import LinearRing, LineString, Polygon, box
from shapely.ops import substring

from crowd.demand import Demand
from crowd.journeys import Journey, LeaveBy, WalkTo
from crowd.validation.scenes import GROUND, SOURCE, present
from venues import Level, Venue, Zone

#: Stations that are walked to in turn; the next one is always nearer ahead than behind.
_STATIONS = 3
#: Length of a station along the way [m]: two steps of the fastest walker (assumed).
_DEPTH = 0.6
#: People of neighbouring starts begin twice this far apart [m]: nobody waits for a place (two bodies of 0.18 m).
_SEAM = 0.18
#: Corners of a quarter circle (assumed: 4 deg each, within 1 mm of the arc for a radius of 2 m).
_QUARTER = 24
_STATION = frozenset({"stage", "exit"})


@dataclass(frozen=True)
class Racetrack:
    """A ring floor, with journeys round it in both directions.

    Attributes:
        venue: with three stations, and the sources "start 0" to "start 2" from each to the next.
        journeys: from each start forward and backward.
        middle: the middle line, forward. area: floor [m2]. measured: the floor of the lower straight.
    """

    venue: Venue
    journeys: tuple[Journey, ...]
    middle: LineString
    area: float
    measured: Polygon

    def demands(self, people: int, *, forward: bool = True, profile: str = "adult") -> list[Demand]:
        """People spread evenly over the ring at the beginning who walk one way round."""
        way = "forward" if forward else "backward"
        bounds = [round(k * people / _STATIONS) for k in range(_STATIONS + 1)]
        return [
            present(f"start {k}", f"{way} {k}", b - a, profile=profile, name=f"{way} {k}")
            for k, (a, b) in enumerate(pairwise(bounds))
            if b > a
        ]


def racetrack(width: float, straight: float, radius: float, *, laps: int = 20) -> Racetrack:
    """A racetrack.

    Args:
        width: of the floor [m]. straight: length of each straight [m]. radius: of the middle line's half circles [m].
        laps: how often people go round before they leave.
    """
    core = LineString([(-straight / 2, 0), (straight / 2, 0)])
    wide, narrow = (core.buffer(radius + s * width / 2, quad_segs=_QUARTER) for s in (1, -1))
    floor = Polygon(wide.exterior, [narrow.exterior])
    middle = _from_top(core.buffer(radius, quad_segs=_QUARTER).exterior)
    piece = partial(_piece, middle, floor, width)
    third = middle.length / _STATIONS
    zones = [
        Zone(f"station {k}", GROUND, piece(k * third - _DEPTH / 2, k * third + _DEPTH / 2), _STATION)
        for k in range(_STATIONS)
    ]
    zones += [
        Zone(f"start {k}", GROUND, piece(k * third + _SEAM, (k + 1) * third - _SEAM), SOURCE) for k in range(_STATIONS)
    ]
    journeys = []
    for k in range(_STATIONS):
        journeys += [_journey(f"forward {k}", k + 1, 1, laps), _journey(f"backward {k}", k, -1, laps)]
    return Racetrack(
        venue=Venue(name="racetrack", levels=(Level(GROUND, floor),), zones=tuple(zones)),
        journeys=tuple(journeys),
        middle=middle,
        area=floor.area,
        measured=box(-straight / 2, -radius - width / 2, straight / 2, -radius + width / 2),
    )


def _from_top(ring: LinearRing) -> LineString:
    """The ring as a line, counter-clockwise, from the middle of its upper straight."""
    line = LineString(shapely.get_coordinates(ring if ring.is_ccw else ring.reverse()))
    top = line.project(shapely.Point(0.0, line.bounds[3]))
    ahead, behind = substring(line, top, line.length), substring(line, 0.0, top)
    return LineString([*ahead.coords, *behind.coords[1:]])


def _piece(middle: LineString, floor: Polygon, width: float, begin: float, end: float) -> Polygon:
    """The floor between two lengths along the middle line [m], which may lie before its start or beyond its end."""
    length = middle.length
    spans = [(a, b) for a, b in ((begin, end), (begin + length, end + length)) if a < length and b > 0.0]
    lines = [substring(middle, max(a, 0.0), min(b, length)) for a, b in spans]
    strips = [line.buffer(0.6 * width, cap_style="flat", join_style="mitre") for line in lines if line.length > 0.0]
    found = shapely.intersection(shapely.union_all(strips), floor)
    return found if isinstance(found, Polygon) else found.buffer(1e-6)


def _journey(name: str, first: int, step: int, laps: int) -> Journey:
    """Round and round by all stations in turn, from the first one on."""
    stations = [f"station {(first + step * n) % _STATIONS}" for n in range(_STATIONS * laps)]
    return Journey(name, (*(WalkTo(s) for s in stations), LeaveBy((stations[0],))))
