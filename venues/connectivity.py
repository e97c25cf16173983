"""Which part of a venue can be reached from which, for a body of the smallest width.

The floor of each level, thin walls taken out and the rest eroded by half a body width, falls into pieces;
links and one-way gates are directed edges between pieces. Not here: how long the way is (the model's floor
field).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import shapely
from shapely.geometry import LineString, Polygon
from shapely.geometry.base import BaseGeometry

from venues.places import STEPPED_KINDS, Gate, Level, Link, Zone, compute_normal
from venues.venue import Venue

#: Half the width of the narrowest passage a body fits through [m]: the smallest body radius of the profiles.
BODY_RADIUS = 0.15
#: How far beside a gate or a link's end its two sides are looked for [m] (assumed: wider than a body).
SIDE_DEPTH = 0.5
#: Half the thickness given to a thin wall or a shut gate [m].
CUT = 0.005


@dataclass(frozen=True)
class Piece:
    """A connected part of a level's floor, eroded by half a body width where nothing else is said."""

    level: str
    shape: Polygon


def erode_floor(level: Level, *, radius: float, cuts: Iterable[LineString] = ()) -> list[Polygon]:
    """Return the places where the centre of a disc of `radius` [m] can be, as connected parts.

    Args:
        level: the storey.
        radius: of the disc [m].
        cuts: lines [m] besides the level's own walls that nobody crosses.
    """
    return list(_eroded(level, radius, tuple(cuts)))


@lru_cache(maxsize=8)
def _eroded(level: Level, radius: float, cuts: tuple[LineString, ...]) -> tuple[Polygon, ...]:
    """Return what `erode_floor` does; the last answers are kept, as a check asks for the same many times."""
    lines = [*level.wall_lines, *cuts]
    floor: BaseGeometry = level.floor
    if lines:
        floor = floor.difference(shapely.union_all([line.buffer(CUT, cap_style="flat") for line in lines]))
    # Part by part: parts are apart, and eroding them together takes far longer.
    eroded = shapely.buffer(shapely.get_parts(floor), -radius, join_style="mitre")
    return tuple(part for part in shapely.get_parts(eroded) if not part.is_empty)


class FloorGraph:
    """Pieces of floor and the ways between them.

    Args:
        venue: the place.
        honour_gates: True: shut gates are walls, one-way gates pass one way; False: every gate is open
            both ways, as a measure may make it.
        steps: False: stairs and escalators are no ways.
    """

    def __init__(self, venue: Venue, *, honour_gates: bool, steps: bool = True) -> None:
        barred = [gate for gate in venue.gates if honour_gates and not (gate.open and gate.direction == "both")]
        self.pieces: list[Piece] = []
        for level in venue.levels:
            cuts = [gate.line for gate in barred if gate.level == level.name]
            self.pieces += [Piece(level.name, part) for part in erode_floor(level, radius=BODY_RADIUS, cuts=cuts)]
        self._shapes = np.array([piece.shape for piece in self.pieces], dtype=object)
        shapely.prepare(self._shapes)
        self._tree = shapely.STRtree(self._shapes)
        self._under: dict[tuple[str, BaseGeometry], frozenset[int]] = {}
        self._edges: dict[int, set[int]] = {number: set() for number in range(len(self.pieces))}
        for gate in barred:
            if gate.open:
                self._join(*self.sides(gate), gate.direction)
        for link in venue.links:
            if not steps and link.kind in STEPPED_KINDS:
                continue
            self._join(*self.ends(link), link.direction)

    def sides(self, gate: Gate) -> tuple[set[int], set[int]]:
        """Return the pieces on the backward and on the forward side of a gate."""
        (x0, y0), (x1, y1) = gate.line.coords
        nx, ny = compute_normal(gate.line)
        sides = []
        for depth in (-SIDE_DEPTH, SIDE_DEPTH):
            far = [(x1 + depth * nx, y1 + depth * ny), (x0 + depth * nx, y0 + depth * ny)]
            sides.append(self._touched(gate.level, Polygon([(x0, y0), (x1, y1), *far])))
        return sides[0], sides[1]

    def ends(self, link: Link) -> tuple[set[int], set[int]]:
        """Return the pieces at the start and at the end of a link."""
        starts = self._touched(link.from_level, link.from_line.buffer(SIDE_DEPTH, cap_style="flat"))
        return starts, self._touched(link.to_level, link.to_line.buffer(SIDE_DEPTH, cap_style="flat"))

    def _join(self, starts: set[int], ends: set[int], direction: str) -> None:
        """Add edges between two sets of pieces in the directions people may pass."""
        for start in starts:
            for end in ends:
                if direction in ("both", "forward"):
                    self._edges[start].add(end)
                if direction in ("both", "backward"):
                    self._edges[end].add(start)

    def _touched(self, level: str, shape: BaseGeometry) -> set[int]:
        """Return the pieces of a level that share ground with a shape."""
        near = [number for number in self._tree.query(shape).tolist() if self.pieces[number].level == level]
        return {number for number in near if self._shapes[number].intersects(shape)}

    def pieces_of(self, zone: Zone) -> set[int]:
        """Return the pieces a zone lies on; a zone drawn along a wall counts up to half a body width off."""
        key = (zone.level, zone.polygon)
        if key not in self._under:
            self._under[key] = frozenset(self._touched(zone.level, zone.polygon.buffer(BODY_RADIUS)))
        return set(self._under[key])

    def parts(self) -> list[set[int]]:
        """Return the pieces in groups that nothing joins, ways of one direction counting as joints too."""
        # Late: `crowd --help` imports this module, and scipy takes its time.
        from scipy.sparse import coo_matrix
        from scipy.sparse.csgraph import connected_components

        edges = [(start, end) for start, ends in self._edges.items() for end in ends]
        tails, heads = np.array(edges, dtype=np.int64).reshape(-1, 2).T
        size = len(self.pieces)
        joined = coo_matrix((np.ones(len(edges)), (tails, heads)), shape=(size, size))
        count, group_of = connected_components(joined, directed=False)
        groups: list[set[int]] = [set() for _ in range(count)]
        for piece, group in enumerate(group_of):
            groups[group].add(piece)
        return groups

    def reach(self, zone: Zone) -> set[int]:
        """Return the pieces that can be reached from a zone."""
        found: set[int] = set()
        ahead = self.pieces_of(zone)
        while ahead:
            found |= ahead
            ahead = {end for start in ahead for end in self._edges[start]} - found
        return found


def cut_off_by_steps(venue: Venue) -> list[Piece]:
    """Return the pieces of floor that only stairs or escalators join to the largest part of a venue, gates open."""
    if not any(link.kind in STEPPED_KINDS for link in venue.links):
        return []
    walked, wheeled = (FloorGraph(venue, honour_gates=False, steps=steps) for steps in (True, False))

    def size(part: set[int]) -> float:
        return sum(wheeled.pieces[number].shape.area for number in part)

    whole, rolled = (max(graph.parts(), key=size, default=set()) for graph in (walked, wheeled))
    return [wheeled.pieces[number] for number in sorted(whole - rolled)]


def floor_without_ways(venue: Venue) -> list[Piece]:
    """Return the pieces of ground that nothing joins to a zone people come in by and to one they leave by, gates open.

    None in a venue that has no such pair at all: there it is for the check to say so.
    """
    graph = FloorGraph(venue, honour_gates=False)
    under = {
        kind: set().union(*(graph.pieces_of(zone) for zone in venue.zones if kind in zone.kinds))
        for kind in ("source", "exit")
    }
    parts = graph.parts()
    lost = [part for part in parts if not all(part & pieces for pieces in under.values())]
    if len(lost) == len(parts):
        return []
    return [ground_of(graph.pieces[number]) for part in lost for number in sorted(part)]


def ground_of(piece: Piece) -> Piece:
    """Return a piece with the floor that it keeps half a body from walls."""
    ground = shapely.buffer(piece.shape, BODY_RADIUS, join_style="mitre")
    return Piece(piece.level, ground)


def connected(venue: Venue, from_zone: str, to_zone: str) -> bool:
    """Return whether a body can get from one zone to another, links used in their direction, all gates open.

    Raises:
        BadInput: if a zone is unknown.
    """
    graph = FloorGraph(venue, honour_gates=False)
    return bool(graph.reach(venue.zone(from_zone)) & graph.pieces_of(venue.zone(to_zone)))


def reachable(venue: Venue, from_zone: str, to_zone: str) -> bool:
    """Return whether a body can get from one zone to another with the gates as the venue has them.

    Raises:
        BadInput: if a zone is unknown.
    """
    graph = FloorGraph(venue, honour_gates=True)
    return bool(graph.reach(venue.zone(from_zone)) & graph.pieces_of(venue.zone(to_zone)))
