"""The model: one step of everything, ten times a simulated second.

Order of a tick: measures, gates, people in, stages, ways, motion, bookkeeping. Observers see `snapshot()`; the door in
is the scenario. Not here: the parts of a step (`crowd.movement`), the loop (`crowd.run`), what is written
(`crowd.recording`).
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from operator import index
from pathlib import Path
from typing import Any, SupportsIndex

import mesa
import numpy as np

from crowd.errors import ModelError, ScenarioError
from crowd.interventions import Barrier, KeepRight
from crowd.kernels import draws
from crowd.kernels.crossings import line_crossings
from crowd.kernels.rows import add_forces, hold_back
from crowd.movement.arrivals import Entrances, closing_times
from crowd.movement.banks import Banks
from crowd.movement.exits import Exits
from crowd.movement.gates import Gates
from crowd.movement.groups import shares_of_speed
from crowd.movement.itineraries import Itineraries
from crowd.movement.lifts import Lifts
from crowd.movement.metering import Metering
from crowd.movement.motion import Motion, Tick, weight_downhill
from crowd.movement.routes import Routes
from crowd.person import hold_handles
from crowd.population import FORCE_BLOCKS, Population, Status
from crowd.scenario import Scenario
from crowd.snapshot import Event, Snapshot, count_by_source, trips_of
from venues import Gate, MeasurementLine
from venues.refusals import told

#: Ticks between two snapshots, and in a second of the force means.
SNAPSHOT_TICKS, SECOND_TICKS = 5, 10
#: A way longer than before by this factor and length [m] is a detour (assumed).
_DETOUR_FACTOR, _DETOUR_LENGTH = 1.02, 2.0
#: Who is this far beyond a line has crossed it: who is jostled on it does not count again and again [m] (assumed).
_CLEAR = 0.1


class CrowdModel(mesa.Model):
    """A crowd in a venue.

    Args:
        scenario: venue, demand, journeys, measures, parameters and seed; or its name or file.
        seed: another seed than the scenario's, a whole number.
        rng: the same under the other name that Mesa's tools use; give one of both.

    Attributes:
        people: the `Population`. gates, ways, motion: their state of the moment. scenario, parameters, venue.
    """

    def __init__(
        self, scenario: Scenario | str | Path, *, seed: SupportsIndex | None = None, rng: SupportsIndex | None = None
    ) -> None:
        scenario = _seeded(scenario if isinstance(scenario, Scenario) else Scenario.read(scenario), seed, rng)
        super().__init__(rng=scenario.seed)
        self.scenario, self.parameters = scenario, scenario.parameters
        self.venue = venue = scenario.venue
        self.tick = self.parameters.steering.tick
        self.sources = tuple(dict.fromkeys(demand.source for demand in scenario.demands))
        self.people = Population.expected(scenario, self.sources)
        barriers = tuple(m.intervention for m in scenario.measures if isinstance(m.intervention, Barrier))
        self.gates = Gates.of(venue, barriers)
        self.entrances = Entrances(venue, self.sources, seed=scenario.seed, entry=self.parameters.entry)
        stepless = np.unique(self.people.journey[self.people.step_free]).tolist()
        self.itineraries = Itineraries(venue, scenario.journeys, seed=scenario.seed, stepless=stepless)
        self.routes = Routes(venue, self.itineraries, self.sources, self.parameters, self.gates)
        self.exits = Exits(venue, self.itineraries, self.routes, self.gates, self.parameters, seed=scenario.seed)
        self.banks = Banks(self.routes, self.gates, self.parameters.banks, tick=self.tick)
        self.metering = Metering(self.gates, self.routes, self.banks, reach=self.parameters.entry.gate_reach)
        self.lifts = Lifts(venue, first_gate=self.gates.level.size)
        lines = np.concatenate((self.gates.level, self.lifts.level)), np.vstack((self.gates.ends, self.lifts.ends))
        self.motion = Motion(venue, self.parameters, *lines)
        self._close_lines()
        self._together = np.array([demand.burst is not None for demand in scenario.demands], bool)
        self._doors_close = closing_times(scenario.demands, self.people)
        counted: tuple[MeasurementLine | Gate, ...] = (*venue.lines, *scenario.lines, *venue.gates)
        self.line_names = tuple(line.name for line in counted)
        self._line_ends = np.array([np.ravel(line.line.coords) for line in counted]).reshape(-1, 4)
        self._line_level = np.array([venue.level_index(line.level) for line in counted], np.int64)
        self.line_counts = np.zeros((len(self.line_names), 2), np.int64)
        self._line_sides = np.zeros((len(self.people), len(self.line_names)), np.int8)
        self.wall_load, self.wall_load_max = np.zeros((2, len(self.motion.wall_bins)))
        self._in_force = np.zeros(len(scenario.measures), bool)
        self._events: list[Event] = []
        self._said: set[str] = set()

    @property
    def step_index(self) -> int:
        """Ticks done; the only clock."""
        return self.steps

    @property
    def time(self) -> float:
        """Simulated time [s]."""
        return round(self.steps * self.tick, 9)

    def step(self) -> None:
        """Move the crowd on by one tick."""
        now = round((self.steps - 1) * self.tick, 9)
        if (self.steps - 1) % SNAPSHOT_TICKS == 0:
            self._open_interval()
        self._apply_measures(now)
        self._let_in(now)
        rows = self.people.present()
        rows, time_left, ex, ey = self._find_ways(rows, now)
        self.banks.lead(self.people, rows, ex, ey, way_left=time_left, tick=self.steps)
        self._serve_gates(rows, ex, ey, time_left)
        self.lifts.serve(self.people, rows, ex, ey, routes=self.routes, way_left=time_left, time=now)
        self._move(rows, ex, ey, time_left)
        self.running = self.time < self.scenario.duration

    def _apply_measures(self, now: float) -> None:
        """Put measures into force and end them at their time."""
        due = np.array([measure.trigger.active(now) for measure in self.scenario.measures], bool)
        changed = np.flatnonzero(due != self._in_force)
        if changed.size == 0:
            return
        self._in_force[:] = due
        self._enforce()
        people, rows = self.people, self.people.present()
        self.metering.end_passes(people, rows)
        people.diverted[self.exits.leave_closed(people, rows)] = True
        self._mark_diverted(rows)
        for k in changed:
            self._say("measure", self.scenario.measures[k].name, "in force" if due[k] else "ended")

    def _enforce(self) -> None:
        """Gates, walls and ways under all measures in force; of two on one gate the one that began later holds."""
        begun = sorted(np.flatnonzero(self._in_force), key=lambda k: self.scenario.measures[k].trigger.time)
        measures = [self.scenario.measures[k].intervention for k in begun]
        rules = [measure for measure in measures if isinstance(measure, KeepRight)]
        self.gates.enforce(measures)
        self._close_lines()
        self.routes.refresh(self.gates, rules)
        self.exits.refresh()
        self.banks.refresh()
        if rules:
            u = draws.uniforms(self.scenario.seed, self.people.key, draws.COMPLIANCE, 0)
            self.people.complies[:] = u < rules[-1].compliance

    def _close_lines(self) -> None:
        self.motion.close([*self.gates.closed_lines(), *self.lifts.closed_lines()])

    def _let_in(self, now: float) -> None:
        """Let those in who have arrived, find a place, and have a way on."""
        p = self.people
        waiting = self.entrances.waiting(p, now)
        if waiting.size == 0:
            return
        self.itineraries.begin(p, waiting)
        can_go = waiting[self.routes.open_from(p.source[waiting], p.destination[waiting])]
        together = self._together[p.demand[can_go]]
        at_once = self.entrances.admit_together(p, can_go[together])
        one_by_one = self.entrances.admit(p, can_go[~together], self.steps)
        placed = np.sort(np.concatenate((at_once, one_by_one)))
        self._warn_outside(waiting[p.status[waiting] == Status.EXPECTED], now)
        if placed.size == 0:
            return
        p.entered[placed] = now
        p.x_then[placed], p.y_then[placed] = p.x[placed], p.y[placed]
        p.free_travel_time[placed] = self.routes.free_times.of(p, placed)
        self._mark_diverted(placed)
        walking_in = placed[~self._together[p.demand[placed]] & (p.pre_movement[placed] == 0.0)]
        ex, ey, _ = self.routes.sample(p, walking_in)
        p.vx[walking_in], p.vy[walking_in] = ex * p.speed[walking_in], ey * p.speed[walking_in]

    def _warn_outside(self, waiting: np.ndarray, now: float) -> None:
        counts = np.bincount(self.people.source[waiting], minlength=len(self.sources))
        for source in np.flatnonzero(counts > self.parameters.entry.outside_warning):
            detail = f"more than {self.parameters.entry.outside_warning:g} people wait outside"
            self._warn_once("waiting outside", self.sources[source], detail)
        for source in np.unique(self.people.source[waiting[now > self._doors_close[waiting] + 1e-6]]):
            detail = "people are still in a train at the end of its dwell; the model lets them off after it"
            self._warn_once("train held", self.sources[source], detail)

    def _mark_diverted(self, rows: np.ndarray) -> None:
        """Note who now has a longer way than without any measure, and warn of those who have none that is open."""
        _, _, way = self.routes.sample(self.people, rows)
        free = self.routes.free(self.people, rows)
        longer = np.isinf(way) & np.isfinite(free) | (way > _DETOUR_FACTOR * free + _DETOUR_LENGTH)
        self.people.diverted[rows[longer]] = True
        for d in np.unique(self.people.destination[rows[~self.routes.is_open(self.people, rows)]]):
            detail = "a closed gate or barrier cuts people off; they walk up to it and wait"
            self._warn_once("no open way", " ".join(self.itineraries.destinations[d]), detail)

    def _find_ways(self, rows: np.ndarray, now: float) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
        """Advance stages and find everyone's direction: rows still present, way left [m], e (0 for who stays)."""
        p = self.people
        freed = self.itineraries.release(p, rows, now, self.tick)
        ex, ey, left = self.routes.sample(p, rows)
        changed = self.exits.choose(p, rows, left, tick=self.steps)
        if self.routes.look_round(p, rows, self.steps):
            changed[:] = True
        if changed.any():
            ex[changed], ey[changed], left[changed] = self.routes.sample(p, rows[changed])
        arrived = self.itineraries.reached(p, rows, left, 2.0)
        self.itineraries.arrive(p, arrived, now)
        # Whoever leaves right behind a line has crossed it, clear of it or not.
        self._count_crossings(arrived[p.status[arrived] == Status.LEFT], clear=0.0)
        if freed.size or arrived.size:
            here = p.status[rows] != Status.LEFT
            rows, ex, ey, left = rows[here], ex[here], ey[here], left[here]
            # Nobody else's way has changed.
            anew = np.flatnonzero(np.isin(rows, np.concatenate((freed, arrived))))
            ex[anew], ey[anew], left[anew] = self.routes.sample(p, rows[anew])
        for d in np.unique(p.destination[rows[np.isinf(left)]]):
            zones = " ".join(self.itineraries.destinations[d])
            self._warn_once("no way", zones, "people inside wait: no way leads there")
        hold_back(
            rows, left, now, p.in_stage, p.entered, p.pre_movement, np.int8(Status.WALKING), np.int8(Status.WAITING),
            p.status, ex, ey,
        )  # fmt: skip
        self.itineraries.walk_to_spots(p, rows, ex, ey)
        self.itineraries.spectators.press(p, rows, ex, ey, now)
        return rows, left, ex, ey

    def _serve_gates(self, rows: np.ndarray, ex: np.ndarray, ey: np.ndarray, way_left: np.ndarray) -> None:
        """Metered gates and lifts give leave to pass; a metered gate wanted from both sides is worth a warning."""
        for g in self.metering.serve(self.people, rows, ex, ey, way_left=way_left, tick=self.tick):
            detail = "a metered gate is wanted in both directions, which block each other; make it one-way"
            self._warn_once("two-way metering", self.venue.gates[g].name, detail)

    def _move(self, rows: np.ndarray, ex: np.ndarray, ey: np.ndarray, way_left: np.ndarray) -> None:
        """Motion of one tick and its bookkeeping."""
        p, s = self.people, self.parameters.steering
        spread = math.sqrt(1.0 - s.noise_memory**2) * s.noise
        draws.sway(p.noise, rows, s.noise_memory, spread, self.scenario.seed, p.key, self.steps)
        ground = self.routes.ground_at(p, rows, ex, ey)
        weight = None if ground.slope is None else weight_downhill(p.mass[rows], *ground.slope)
        speed = ground.speed * shares_of_speed(p, rows, way_left, self.parameters.cohesion)
        # Who does not leave goes on behind their goal, and heeds the walls there.
        done = self.motion.move(
            p, rows, ex, ey, ticks=self.steps, speed=speed, headway=ground.headway,
            exit_in=np.where(self.itineraries.leaving(p, rows), way_left, np.inf), belt=ground.belt, slope=weight,
        )  # fmt: skip
        found = np.isfinite(p.x[rows])
        if not found.all():
            raise ModelError(
                told(
                    "person {person} has no finite position after {time:.1f} s; this is a fault of the model",
                    person=rows[found.argmin()],
                    time=self.time,
                )
            )
        self._count_crossings(rows, clear=_CLEAR)
        self.wall_load += done.wall_loads
        self.wall_load_max = np.maximum(self.wall_load_max, done.wall_loads)
        self._add_forces(rows, done)
        worst = done.overlap.max(initial=0.0)
        if worst > self.parameters.contact.overlap_warning:
            i = int(done.overlap.argmax())
            place = f"({p.x[rows[i]]:.1f}, {p.y[rows[i]]:.1f})"
            self._warn_once("overlap", place, f"bodies overlap by {worst:.0%} of a diameter; forces are uncertain")
        if done.held.max(initial=0) > 0:
            i = int(done.held.argmax())
            place = f"({p.x[rows[i]]:.1f}, {p.y[rows[i]]:.1f})"
            self._warn_once("held", place, "a body was pressed into a wall or beyond the speed limit and was held")

    def _count_crossings(self, rows: np.ndarray, *, clear: float) -> None:
        if len(self._line_ends) == 0:
            return
        p = self.people
        self.line_counts += line_crossings(
            p.x[rows], p.y[rows], p.level[rows], rows, self._line_ends, self._line_level, clear, self._line_sides
        )

    def _add_forces(self, rows: np.ndarray, done: Tick) -> None:
        """Forces of the interval, of the second, their 10 s mean, and the dose (1 Hz)."""
        p, harm = self.people, self.parameters.harm
        add_forces(
            rows, done.force_mean, done.force_max, done.overlap, p.interval_force, p.interval_force_max,
            p.interval_ticks, p.second_force, p.largest_overlap,
        )  # fmt: skip
        if self.steps % SECOND_TICKS:
            return
        block = (self.steps // SECOND_TICKS) % FORCE_BLOCKS
        p.force_blocks[rows, block] = p.second_force[rows] / SECOND_TICKS
        p.second_force[:] = 0.0
        force = p.force_blocks[rows].mean(axis=1)
        p.contact_force_10s[rows] = force
        over = force > harm.threshold
        p.dose[rows[over]] += SECOND_TICKS * self.tick / (harm.time * (harm.force / force[over]) ** harm.exponent)

    def _open_interval(self) -> None:
        """Begin the interval that the next snapshot reports."""
        p = self.people
        for array in (p.interval_force, p.interval_force_max, p.interval_ticks, self.wall_load, self.wall_load_max):
            array[:] = 0.0
        p.x_then[:], p.y_then[:] = p.x, p.y
        self._events = []

    def _say(self, kind: str, place: str, detail: str) -> None:
        self._events.append(Event(self.time, kind, place, detail))

    def _warn_once(self, kind: str, place: str, detail: str) -> None:
        """Record a warning the first time it is true: one for each place outside, one for each fault of contact."""
        key = kind if kind in ("overlap", "held") else f"{kind} {place}"
        if key not in self._said:
            self._said.add(key)
            self._say(f"warning: {kind}", place, detail)

    def snapshot(self) -> Snapshot:
        """The instant after the last step."""
        p, rows = self.people, self.people.present()
        span = SNAPSHOT_TICKS * self.tick
        fresh = p.interval_ticks[rows] < SNAPSHOT_TICKS
        vx = np.where(fresh, p.vx[rows], (p.x[rows] - p.x_then[rows]) / span)
        vy = np.where(fresh, p.vy[rows], (p.y[rows] - p.y_then[rows]) / span)
        ticks = (self.steps - 1) % SNAPSHOT_TICKS + 1
        gone = np.flatnonzero((p.status == Status.LEFT) & (p.left >= self.time - ticks * self.tick - 1e-6))
        length = np.hypot(*(self.motion.wall_bins[:, 2:] - self.motion.wall_bins[:, :2]).T)
        return Snapshot(
            time=self.time,
            step_index=self.steps,
            id=rows.astype(np.int32),
            x=p.x[rows],
            y=p.y[rows],
            level=p.level[rows],
            vx=vx,
            vy=vy,
            speed=np.hypot(vx, vy),
            contact_force_mean=p.interval_force[rows] / np.maximum(p.interval_ticks[rows], 1.0),
            contact_force_max=p.interval_force_max[rows],
            contact_force_10s=p.contact_force_10s[rows],
            dose=p.dose[rows],
            group=p.destination[rows],
            status=p.status[rows],
            line_names=self.line_names,
            line_counts=self.line_counts.copy(),
            sources=self.sources,
            source_counts=count_by_source(p, len(self.sources), self.time),
            wall_bins=self.motion.wall_bins,
            wall_level=self.motion.wall_level,
            wall_load_mean=self.wall_load / ticks / length,
            wall_load_max=self.wall_load_max / length,
            closed=tuple(self.gates.closed_lines()),
            trips=trips_of(p, gone),
            gone_x=p.x[gone],
            gone_y=p.y[gone],
            gone_level=p.level[gone],
            gone_force_max=p.interval_force_max[gone],
            events=tuple(self._events),
        )

    def state(self) -> dict[str, np.ndarray]:
        """Everything that a checkpoint needs, taken between two intervals."""
        parts = {name: getattr(self, name).state() for name in ("people", "gates", "itineraries", "routes")}
        parts[""] = {
            "steps": np.array(self.steps),
            "line_counts": self.line_counts,
            "line_sides": self._line_sides,
            "in_force": self._in_force,
            "said": np.array(sorted(self._said), dtype=np.str_),
        }
        return {f"{part}.{name}": array.copy() for part, arrays in parts.items() for name, array in arrays.items()}

    def restore(self, state: Mapping[str, np.ndarray]) -> None:
        """Take over a state saved by `state` from a model of the same scenario."""

        def part(prefix: str) -> dict[str, np.ndarray]:
            return {key[len(prefix) + 1 :]: value for key, value in state.items() if key.startswith(f"{prefix}.")}

        own = part("")
        self.steps = int(own["steps"])
        self.people.restore(part("people"))
        self.itineraries.restore(part("itineraries"))
        self.routes.restore(part("routes"))
        self.line_counts[...] = own["line_counts"]
        self._line_sides[...] = own["line_sides"]
        self._in_force[...] = own["in_force"]
        self._said = set(map(str, own["said"]))
        self.gates.restore(part("gates"))
        self._enforce()
        self.running = self.time < self.scenario.duration

    @property
    def agents(self) -> Any:
        """Handles on everyone in the venue (a Mesa AgentSet), made when asked for."""
        hold_handles(self)
        return self._all_agents

    @property
    def agents_by_type(self) -> Any:
        """The same handles by their class, for Mesa's tools."""
        hold_handles(self)
        return self._agents_by_type


def _seeded(scenario: Scenario, seed: SupportsIndex | None, rng: SupportsIndex | None) -> Scenario:
    """The scenario with the seed that is given under one of its two names."""
    if seed is not None and rng is not None:
        raise ScenarioError(told("seed is {seed!r} and rng is {rng!r}; give one of both", seed=seed, rng=rng))
    given = rng if seed is None else seed
    return scenario if given is None else scenario.with_seed(index(given))
