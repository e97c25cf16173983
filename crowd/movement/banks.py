"""Banks of gates: who heads for which of several gates beside each other, and the way there.

People whose way leads through a bank and who are near it take the gate that brings them through soonest, by the way
there, the people before it, and the way beyond; now and then they compare again. Not here: the fields around a bank
(`crowd.movement.bank_fields`), whom a metered gate lets through (`crowd.movement.metering`).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from crowd.kernels.gate_choice import choose_in_turn, way_is_free
from crowd.movement.bank_fields import BankFields
from crowd.movement.charts import Charts
from crowd.movement.gates import CLEAR, Gates
from crowd.movement.routes import Routes
from crowd.parameters import Banks as Constants
from crowd.population import Population, Status

#: Before its line by this one walks straight through [m] (assumed).
_MOUTH = 0.5
#: Who has just come through a gate is this near to it, and this little aside of its opening [m] (assumed).
_NEAR_BEHIND, _ASIDE = 1.0, 0.6
#: Who is slower than this share of the wished speed is held up (assumed).
_HELD_UP = 0.2
#: Gap kept from the posts in aiming at an opening [m] (assumed).
_POST_GAP = 0.05
#: So far before the line of a gate is what people aim at: the first to which the way is free [m] (assumed: fare gates
#: reach up to 0.7 m before their line; the posts beside a line do not hide a point a hair before it).
_AIMS = (0.05, 0.3, 0.6, 0.9)
#: Share of a body that must get past the walls on the way there: who stands close to a wall sees along it (assumed).
_BODY = 0.9


class Standing(NamedTuple):
    """How people stand to gates, arrays (n,): unit vector along the line, its width, distances along it from its first
    end, across it (positive on its left), and from it [m]."""

    tx: np.ndarray
    ty: np.ndarray
    width: np.ndarray
    along: np.ndarray
    across: np.ndarray
    distance: np.ndarray


class Banks:
    """All banks of a venue.

    Args:
        routes: the ways to the destinations. gates: their state of the moment. constants: of banks. tick: [s].
    """

    def __init__(self, routes: Routes, gates: Gates, constants: Constants, *, tick: float) -> None:
        self.routes, self.gates, self.constants = routes, gates, constants
        self._period = max(round(constants.look_again / tick), 1)
        named: dict[tuple[str, str], list[int]] = {}
        for g, gate in enumerate(gates.venue.gates):
            if gate.bank is not None:
                named.setdefault((gate.bank, gate.level), []).append(g)
        self.fields = [BankFields(routes.ways, gates, np.array(m), constants) for m in named.values() if len(m) > 1]
        self._bank_of = np.full(gates.level.size + 1, -1)
        self._place_of = np.full(gates.level.size + 1, -1)
        for b, field in enumerate(self.fields):
            self._bank_of[field.members], self._place_of[field.members] = b, np.arange(field.members.size)
        self.refresh()

    def refresh(self) -> None:
        """Compute the fields again after a gate or a barrier changed."""
        gates = self.gates
        lines = [gates.line(int(g)) for g in np.flatnonzero(self._bank_of[:-1] >= 0)]
        for field in self.fields:
            field.refresh([*gates.passages(), *lines], destinations=len(self.routes.itineraries.destinations))

    def _look_beyond(self, field: BankFields, heading: np.ndarray) -> None:
        """See to it that a bank knows what lies beyond it for destinations (n,)."""
        new = np.unique(heading)
        new = new[~field.known[new]]
        if new.size:
            cells = np.tile(field.cells, (new.size, 1))
            times = self.routes.times_to(new.repeat(field.cells.size), cells.ravel()).reshape(cells.shape)
            lengths = np.stack([self.routes.lengths_to(int(d), field.cells) for d in new])
            field.learn(new, times, lengths)

    def lead(
        self, people: Population, rows: np.ndarray, ex: np.ndarray, ey: np.ndarray, *, way_left: np.ndarray, tick: int
    ) -> None:
        """Let those near a bank choose, and lead them to their gate.

        Args:
            rows: (n,) people present. ex, ey: (n,) their ways, changed for those who head for a gate of a bank.
            way_left: (n,) way left [s at unit speed], raised to that by the chosen gate. tick: index of the tick.
        """
        for b, field in enumerate(self.fields):
            inside = field.covers(people.x[rows], people.y[rows], people.level[rows])
            inside &= people.status[rows] == Status.WALKING
            people.gate_choice[rows[~inside & self._in_bank(people, rows, b)]] = -1
            here = np.flatnonzero(inside)
            if here.size == 0:
                continue
            self._look_beyond(field, people.destination[rows[here]])
            self._give_up(people, rows[here[self._in_bank(people, rows[here], b)]], field)
            self._choose(people, rows[here], b, tick)
            mine = here[self._in_bank(people, rows[here], b)]
            ex[mine], ey[mine], way = self._guide(people, rows[mine], field)
            way_left[mine] = np.maximum(way_left[mine], np.where(np.isfinite(way), way, 0.0))

    def _in_bank(self, people: Population, rows: np.ndarray, b: int) -> np.ndarray:
        """Who heads for a gate of a bank: (n,) bool."""
        return self._bank_of[people.gate_choice[rows]] == b

    def heading_for(
        self, g: int, people: Population, rows: np.ndarray, side: np.ndarray, *, otherwise: np.ndarray
    ) -> np.ndarray:
        """Who stands before a gate and wants to pass it: of a gate in no bank `otherwise`, else those who chose it.

        Args:
            side: (n,) signed distance from the gate's line, positive on its left [m].
        """
        if self._bank_of[g] < 0:
            return otherwise
        field = self.fields[self._bank_of[g]]
        self._look_beyond(field, people.destination[rows])
        sense = field.direction[people.destination[rows], self._place_of[g]]
        return (people.gate_choice[rows] == g) & (np.sign(side) == -sense)

    def _give_up(self, people: Population, rows: np.ndarray, field: BankFields) -> None:
        """Forget the choice of those who have passed or are far away again, or whose gate does not lead on any more."""
        g, d = people.gate_choice[rows], people.destination[rows]
        sense = field.direction[d, self._place_of[g]]
        at = self._before_gates(people, rows, g)
        clear = at.distance > people.radius[rows] + CLEAR
        passed = clear & _behind(at, sense, aside=_ASIDE)
        gone = clear & ~field.keep[d, field.keys(people.x[rows], people.y[rows])]
        people.gate_choice[rows[(sense == 0) | passed | gone]] = -1

    def _choose(self, people: Population, rows: np.ndarray, b: int, tick: int) -> None:
        """Let those choose who have come near, and those compare again whose turn it is."""
        field = self.fields[b]
        choice = people.gate_choice[rows]
        mine = self._bank_of[choice] == b
        new = (choice < 0) & field.enter[people.destination[rows], field.keys(people.x[rows], people.y[rows])]
        due = mine & ((rows + tick) % self._period == 0) & (people.gate_pass[rows] != choice)
        if not (new | due).any():
            return
        queue = rows[new | mine]
        slot = np.flatnonzero((new | due)[new | mine])
        gate = self._place_of[people.gate_choice[queue]]
        walk = self._walks(people, queue[slot], gate[slot], field)
        own = np.full(queue.size, np.inf)
        own[gate >= 0] = self._to_own(people, queue[gate >= 0], field, field.length_chart)[2]
        c = self.constants
        order = np.lexsort((queue[slot], walk.min(axis=1)))
        held = np.hypot(people.vx[queue[slot]], people.vy[queue[slot]]) < _HELD_UP * people.speed[queue[slot]]
        choose_in_turn(
            order, walk, field.beyond[people.destination[queue[slot]]], people.speed[queue[slot]], held, slot, gate,
            own, self._rates(field), c.effort, c.gain_share, c.gain_time,
        )  # fmt: skip
        people.gate_choice[queue] = np.where(gate >= 0, field.members[gate], -1)
        self._hand_back(people, queue)

    def _rates(self, field: BankFields) -> np.ndarray:
        """What each gate of a bank seems to let through: its capacity, or what its width would pass: (k,) [1/s]."""
        width = np.array([self.gates.venue.gates[g].clear_width for g in field.members])
        capacity = self.gates.capacity[field.members]
        return np.where(np.isfinite(capacity), capacity, width * self.constants.specific_flow)

    def _walks(self, people: Population, rows: np.ndarray, own: np.ndarray, field: BankFields) -> np.ndarray:
        """Way of people to each gate in their view, and to the one they have chosen: (n, k) [m], inf for others."""
        walk = np.full((rows.size, field.members.size), np.inf)
        x, y, d = people.x[rows], people.y[rows], people.destination[rows]
        keys, ground = field.keys(x, y), np.zeros(rows.size, np.int8)
        for m in range(field.members.size):
            row = field.towards(d, m)
            open_to = (field.direction[d, m] != 0) & (field.seen[row, keys] | (own == m))
            walk[:, m] = np.where(open_to, field.length_chart.read(row, row, x, y, ground)[2], np.inf)
        return walk

    def _to_own(
        self, people: Population, rows: np.ndarray, field: BankFields, chart: Charts
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Direction of people to the gates they have chosen, and the way or its cost: ex, ey, value (n,)."""
        row = field.towards(people.destination[rows], self._place_of[people.gate_choice[rows]])
        return chart.read(row, row, people.x[rows], people.y[rows], np.zeros(rows.size, np.int8))

    def _hand_back(self, people: Population, rows: np.ndarray) -> None:
        """Leave to pass another gate of the bank than one's own is void, off its line."""
        rows = rows[people.gate_pass[rows] < self.gates.level.size]  # beyond are the doors of lifts
        rows = rows[(self._bank_of[people.gate_pass[rows]] >= 0) & (people.gate_choice[rows] >= 0)]
        rows = rows[people.gate_pass[rows] != people.gate_choice[rows]]
        clear = self._before_gates(people, rows, people.gate_pass[rows]).distance > people.radius[rows] + CLEAR
        people.gate_pass[rows[clear]] = -1

    def _guide(
        self, people: Population, rows: np.ndarray, field: BankFields
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Direction of people to and through their gates, and their way left: ex, ey, way (n,).

        Towards a point of the opening or before it to which the way is free, else along the way to the gate; straight
        through it.
        """
        g, d = people.gate_choice[rows], people.destination[rows]
        sense = field.direction[d, self._place_of[g]]
        ex, ey, cost = self._to_own(people, rows, field, field.cost_chart)
        at = self._before_gates(people, rows, g)
        margin = np.minimum(people.radius[rows] + _POST_GAP, 0.5 * at.width)
        point = np.clip(at.along, margin, at.width - margin)
        nx, ny = -at.ty * sense, at.tx * sense
        todo = np.arange(rows.size)
        for before in _AIMS:
            # Who stands nearer makes for the middle first: cutting across, a body meets the corner of a post.
            back = np.minimum(before, np.maximum(-at.across * sense, _AIMS[0]))[todo]
            dx = (self.gates.ends[g, 0] + point * at.tx - people.x[rows])[todo] - back * nx[todo]
            dy = (self.gates.ends[g, 1] + point * at.ty - people.y[rows])[todo] - back * ny[todo]
            length = np.hypot(dx, dy)
            # A point where one stands already leads nowhere.
            free = self._is_free(people, rows[todo], dx, dy, field) & (length > _POST_GAP)
            ex[todo[free]], ey[todo[free]] = dx[free] / length[free], dy[free] / length[free]
            todo = todo[~free]
        straight = (at.across * sense > -_MOUTH) & (np.abs(at.along - point) < _POST_GAP)
        straight |= _behind(at, sense, aside=CLEAR)
        ex, ey = np.where(straight, nx, ex), np.where(straight, ny, ey)
        return ex, ey, cost + field.before[d, self._place_of[g]]

    def _is_free(
        self, people: Population, rows: np.ndarray, dx: np.ndarray, dy: np.ndarray, field: BankFields
    ) -> np.ndarray:
        """Who can walk so far straight on past the walls: (n,) bool."""
        x, y = people.x[rows], people.y[rows]
        found: np.ndarray = way_is_free(
            x, y, x + dx, y + dy, _BODY * people.radius[rows] * people.turned[rows], field.walls
        )
        return found

    def _before_gates(self, people: Population, rows: np.ndarray, g: np.ndarray) -> Standing:
        """How people stand to a gate each."""
        ends = self.gates.ends[g]
        tx, ty = ends[:, 2] - ends[:, 0], ends[:, 3] - ends[:, 1]
        width = np.hypot(tx, ty)
        tx, ty = tx / width, ty / width
        rx, ry = people.x[rows] - ends[:, 0], people.y[rows] - ends[:, 1]
        along, across = rx * tx + ry * ty, tx * ry - ty * rx
        aside = np.maximum(np.maximum(-along, along - width), 0.0)
        return Standing(tx, ty, width, along, across, np.hypot(aside, across))


def _behind(at: Standing, sense: np.ndarray, *, aside: float) -> np.ndarray:
    """Who is behind the opening of a gate and not beside it, as people are who come round what it stands in: (n,) bool.

    Args:
        sense: (n,) +1 or -1, where each one's way leads through the gate. aside: how far beside the opening counts [m].
    """
    within = (at.along > -aside) & (at.along < at.width + aside) & (at.distance < _NEAR_BEHIND)
    behind: np.ndarray = within & (at.across * sense > 0.0)
    return behind
