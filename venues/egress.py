"""The most people that come from where they stand to the exits in a minute: gates, stairs and exits as a network.

Ford and Fulkerson's maximum flow over the pieces of floor: what a crowd can pass is set by the narrowest set of
passages that all ways share, not by the exits alone. Not here: what a metre of width passes (`capacity.py`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import maximum_flow
from shapely.geometry.base import BaseGeometry

from venues.connectivity import FloorGraph, Piece, ground_of
from venues.places import Zone
from venues.venue import Venue

#: Flows are counted in whole people an hour; more than this is no limit (fits 32 bits when summed).
_NO_LIMIT = 10_000_000


@dataclass(frozen=True)
class Egress:
    """What a network of ways passes.

    Attributes:
        flow: to all exits together [people/min]. full: names of the passages that are full when it is reached.
    """

    flow: float
    full: tuple[str, ...]


def compute_egress(
    venue: Venue,
    *,
    starts: Sequence[Zone],
    exits: Sequence[Zone],
    flows: Mapping[str, float],
    supply: Callable[[Piece, BaseGeometry, Zone | None], float],
) -> Egress:
    """Return the largest flow from where people start to the exits.

    Args:
        starts: zones where people start; if empty, anywhere on the floor.
        exits: zones that take people in.
        flows: most that a gate, link or exit passes, by its name [people/min]; in the directions the venue allows.
        supply: most people who start a minute on a connected piece of floor: the piece, the part of its ground that
            counts, and the zone in which that lies (None: anywhere).
    """
    # Gates of one way are cut out of the floor, so all are made such; `sides` then tells what is before and behind.
    graph = FloorGraph(
        replace(venue, gates=tuple(replace(gate, direction="forward") for gate in venue.gates)), honour_gates=True
    )
    network = _Network(len(graph.pieces))
    for gate in venue.gates:
        if gate.open:
            network.pass_through(gate.name, graph.sides(gate), gate.direction, flows[gate.name])
    for link in venue.links:
        network.pass_through(link.name, graph.ends(link), link.direction, flows[link.name])
    for zone in exits:
        network.lead_out(zone.name, graph.pieces_of(zone), flows[zone.name])
    for zone in starts:
        for piece in graph.pieces_of(zone):
            ground = ground_of(graph.pieces[piece])
            network.start(piece, supply(ground, ground.shape.intersection(zone.polygon), zone))
    if not starts:
        for number, piece_of_floor in enumerate(graph.pieces):
            ground = ground_of(piece_of_floor)
            network.start(number, supply(ground, ground.shape, None))
    return network.solve()


class _Network:
    """Nodes are pieces of floor and both ends of each passage; edges have a capacity [people/h]."""

    def __init__(self, pieces: int) -> None:
        self._nodes = pieces
        self._edges: list[tuple[int, int, int]] = []
        self._passages: list[tuple[str, int, int, int]] = []
        self._source, self._sink = self._new(), self._new()

    def _new(self) -> int:
        self._nodes += 1
        return self._nodes - 1

    def _passage(self, name: str, flow: float) -> tuple[int, int]:
        """Add a passage of a flow [people/min]; return its way in and its way out."""
        way_in, way_out = self._new(), self._new()
        limit = int(min(flow * 60.0, _NO_LIMIT))
        self._edges.append((way_in, way_out, limit))
        self._passages.append((name, way_in, way_out, limit))
        return way_in, way_out

    def _join(self, before: Iterable[int], way: tuple[int, int], behind: Iterable[int]) -> None:
        self._edges += [(piece, way[0], _NO_LIMIT) for piece in before]
        self._edges += [(way[1], piece, _NO_LIMIT) for piece in behind]

    def pass_through(self, name: str, sides: tuple[set[int], set[int]], direction: str, flow: float) -> None:
        """Add a gate or link between pieces; both directions share its flow."""
        way = self._passage(name, flow)
        if direction in ("both", "forward"):
            self._join(sides[0], way, sides[1])
        if direction in ("both", "backward"):
            self._join(sides[1], way, sides[0])

    def lead_out(self, name: str, pieces: set[int], flow: float) -> None:
        """Add an exit."""
        self._join(pieces, self._passage(name, flow), [self._sink])

    def start(self, piece: int, flow: float) -> None:
        """Let people start on a piece of floor."""
        self._edges.append((self._source, piece, int(min(flow * 60.0, _NO_LIMIT))))

    def solve(self) -> Egress:
        """Return the largest flow and the passages that are full."""
        if not self._edges:
            return Egress(0.0, ())
        tails, heads, limits = (np.array(column) for column in zip(*self._edges, strict=True))
        capacity = csr_matrix((limits.astype(np.int32), (tails, heads)), shape=(self._nodes, self._nodes))
        found = maximum_flow(capacity, self._source, self._sink)
        used = found.flow
        full = (name for name, tail, head, limit in self._passages if 0 < limit <= used[tail, head])
        return Egress(float(found.flow_value) / 60.0, tuple(full))
