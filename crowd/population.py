"""Everyone of a run: one array for each thing that is known about a person; the only home of per-person state.

A row is a person for the whole run and is never reused; rows are in order of arrival. Not here: what changes the
state (`model`), traits in general (`profiles`).
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import IntEnum

import numpy as np
from scipy.special import ndtr, ndtri

from crowd.demand import arrival_times
from crowd.kernels import draws
from crowd.profiles import STAIRS, Profile
from crowd.scenario import Scenario
from venues.places import STEPPED_KINDS

#: Blocks of one second that the 10 s mean of the contact force is made of.
FORCE_BLOCKS = 10


#: Traits drawn for each person and what they are drawn for: on stairs the fast of the level stay the fast.
_TRAITS = {"speed": draws.SPEED, **dict.fromkeys(STAIRS, draws.SPEED), "radius": draws.RADIUS, "mass": draws.MASS}


class Status(IntEnum):
    """Where a person is on their way."""

    EXPECTED = 0
    WALKING = 1
    WAITING = 2
    LEFT = 3


_FLOATS = (
    "arrival", "pre_movement", "speed", "stairs_up", "stairs_down", "radius", "mass", "pressing_force", "headway",
    "x", "y", "vx", "vy", "heading", "noise",
    "turned", "entered", "left", "free_travel_time", "spot_x", "spot_y", "stage_since", "stage_force",
    "x_then", "y_then", "interval_force", "interval_force_max", "interval_ticks", "second_force", "contact_force_10s",
    "dose", "largest_overlap",
)  # fmt: skip
_INTS = {
    "key": np.uint64, "demand": np.int16, "source": np.int16, "journey": np.int16, "profile": np.int16,
    "status": np.int8, "stage": np.int16, "level": np.int8, "gate_pass": np.int16, "gate_choice": np.int16,
    "destination": np.int16,
    "complies": np.bool_, "diverted": np.bool_, "in_stage": np.bool_, "place": np.int32,
    "social_group": np.int32, "informed": np.bool_,
}  # fmt: skip


class Population:
    """State of n people as arrays of length n (`force_blocks`: (n, 10)).

    Traits, fixed: key (uint64, of the random draws), demand, source, journey, profile (indices), arrival [s],
    pre_movement [s], speed [m/s], stairs_up, stairs_down (own speed on stairs along the incline, m/s, nan: the model's
    share of speed), radius [m], mass [kg], pressing_force [N], headway (time kept to whoever is ahead on the level, s),
    complies (keeps right when asked), informed (goes round where it is crowded), social_group (row of the first of
    those who belong together, -1 alone), step_free (takes no steps on a journey that others take them on; follows from
    the others, so it is not saved).

    State: status, stage (index in the journey), in_stage (has reached the stage's zone), stage_since [s],
    destination (index of the field followed), x, y [m], level, vx, vy [m/s], heading (theta, rad), noise (rad), turned
    (shoulder factor), gate_pass (gate one may pass, -1 none), gate_choice (gate of a bank one
    heads for, -1 none), spot_x, spot_y (own place in a zone, m), place (its number among
    the places of spectators, -1 none), stage_force (pressing force that comes with the stage, N), entered, left
    [s, nan before], free_travel_time [s], diverted.

    Forces: interval_force (sum over ticks), interval_force_max, interval_ticks since the last snapshot; second_force
    (sum over the ticks of this second), force_blocks (means of the last ten seconds), contact_force_10s [N], dose [-],
    largest_overlap (share of a diameter); x_then, y_then: position at the last snapshot.
    """

    arrival: np.ndarray
    pre_movement: np.ndarray
    speed: np.ndarray
    stairs_up: np.ndarray
    stairs_down: np.ndarray
    radius: np.ndarray
    mass: np.ndarray
    pressing_force: np.ndarray
    headway: np.ndarray
    x: np.ndarray
    y: np.ndarray
    vx: np.ndarray
    vy: np.ndarray
    heading: np.ndarray
    noise: np.ndarray
    turned: np.ndarray
    entered: np.ndarray
    left: np.ndarray
    free_travel_time: np.ndarray
    spot_x: np.ndarray
    spot_y: np.ndarray
    stage_since: np.ndarray
    stage_force: np.ndarray
    x_then: np.ndarray
    y_then: np.ndarray
    interval_force: np.ndarray
    interval_force_max: np.ndarray
    interval_ticks: np.ndarray
    second_force: np.ndarray
    contact_force_10s: np.ndarray
    dose: np.ndarray
    largest_overlap: np.ndarray
    key: np.ndarray
    demand: np.ndarray
    source: np.ndarray
    journey: np.ndarray
    profile: np.ndarray
    status: np.ndarray
    stage: np.ndarray
    level: np.ndarray
    gate_pass: np.ndarray
    gate_choice: np.ndarray
    destination: np.ndarray
    complies: np.ndarray
    diverted: np.ndarray
    in_stage: np.ndarray
    place: np.ndarray
    social_group: np.ndarray
    informed: np.ndarray
    force_blocks: np.ndarray
    step_free: np.ndarray

    def __init__(self, n: int) -> None:
        for name in _FLOATS:
            setattr(self, name, np.zeros(n))
        for name, kind in _INTS.items():
            setattr(self, name, np.zeros(n, kind))
        self.force_blocks = np.zeros((n, FORCE_BLOCKS))
        self.step_free = np.zeros(n, bool)
        self.turned[:] = 1.0
        self.gate_pass[:] = -1
        self.gate_choice[:] = -1
        self.place[:] = -1
        self.social_group[:] = -1
        self.entered[:] = np.nan
        self.left[:] = np.nan

    def __len__(self) -> int:
        return self.status.size

    def state(self) -> dict[str, np.ndarray]:
        """All arrays by name."""
        return {name: getattr(self, name) for name in (*_FLOATS, *_INTS, "force_blocks")}

    def restore(self, state: Mapping[str, np.ndarray]) -> None:
        """Take over arrays saved by `state`.

        Raises:
            ValueError: an array is missing or has another shape or type.
        """
        for name, mine in self.state().items():
            if name not in state:
                raise ValueError(f"array {name!r} is missing")
            saved = state[name]
            if saved.shape != mine.shape or saved.dtype != mine.dtype:
                raise ValueError(f"array {name!r} has {saved.shape} {saved.dtype}; {mine.shape} {mine.dtype} is needed")
            mine[...] = saved

    def present(self) -> np.ndarray:
        """Rows of the people in the venue, ascending."""
        return np.flatnonzero((self.status == Status.WALKING) | (self.status == Status.WAITING))

    @classmethod
    def expected(cls, scenario: Scenario, sources: tuple[str, ...]) -> Population:
        """Everyone a scenario expects, in order of arrival, with their traits drawn."""
        parts = []
        journeys = [journey.name for journey in scenario.journeys]
        names = list(dict.fromkeys(demand.group for demand in scenario.demands))
        groups = len(names)
        for index, demand in enumerate(scenario.demands):
            times = arrival_times(demand, seed=scenario.seed, duration=scenario.duration)
            part = cls(times.size)
            # Who belongs together comes together, when the first of them does.
            number = np.arange(times.size) // demand.group_size
            part.arrival[:] = times[number * demand.group_size]
            if demand.group:
                part.social_group[:] = names.index(demand.group)
            elif demand.group_size > 1:
                part.social_group[:] = groups + number
                groups += times.size
            part.key[:] = draws.person_keys(demand.key, np.arange(times.size))
            part.demand[:] = index
            part.source[:] = sources.index(demand.source)
            part.journey[:] = journeys.index(demand.journey)
            wait = draws.uniforms(scenario.seed, part.key, draws.PRE_MOVEMENT, 0)
            part.pre_movement[:] = demand.pre_movement.delays(wait)
            informed = scenario.journey(demand.journey).informed
            part.informed[:] = draws.uniforms(scenario.seed, part.key, draws.INFORMED, 0) < informed
            part._draw_traits(scenario, demand.profiles)
            parts.append(part)
        whole = cls(sum(len(part) for part in parts))
        arrival = np.concatenate([part.arrival for part in parts]) if parts else np.empty(0)
        order = np.argsort(arrival, kind="stable")
        for name, array in whole.state().items():
            if parts:
                array[...] = np.concatenate([part.state()[name] for part in parts])[order]
        whole._join_groups()
        whole._avoid_steps(scenario)
        return whole

    def _avoid_steps(self, scenario: Scenario) -> None:
        """Note who goes without steps where others of the same journey do not: they, and all of their group."""
        if not any(link.kind in STEPPED_KINDS for link in scenario.venue.links):
            return
        needs = np.array([profile.step_free for profile in scenario.profiles], bool)[self.profile]
        grouped = np.flatnonzero(self.social_group >= 0)
        needs[grouped] = np.isin(self.social_group[grouped], self.social_group[grouped[needs[grouped]]])
        self.step_free[:] = needs & ~np.array([journey.step_free for journey in scenario.journeys], bool)[self.journey]

    def _join_groups(self) -> None:
        """Name groups by the row of their first, and let all of a group set off when that one does."""
        rows = np.flatnonzero(self.social_group >= 0)
        _, first, mine, size = np.unique(
            self.social_group[rows], return_index=True, return_inverse=True, return_counts=True
        )
        self.social_group[rows] = np.where(size[mine] > 1, rows[first[mine]], -1)
        self.pre_movement[rows] = self.pre_movement[rows[first[mine]]]

    def _draw_traits(self, scenario: Scenario, shares: tuple[tuple[str, float], ...]) -> None:
        """Profile, headway, speed, body and mass of each person, from keyed draws."""
        mean, spread = scenario.parameters.steering.headway, scenario.parameters.steering.headway_spread
        caution = draws.uniforms(scenario.seed, self.key, draws.HEADWAY, 0)
        self.headway[:] = mean * _cut_normal(caution, 1.0, spread, 1.0 - 2.0 * spread, 1.0 + 2.0 * spread)
        names = [profile.name for profile in scenario.profiles]
        choice = draws.uniforms(scenario.seed, self.key, draws.PROFILE, 0)
        bounds = np.cumsum([share for _, share in shares])
        mine = np.minimum(np.searchsorted(bounds, choice, side="right"), len(shares) - 1)
        self.profile[:] = np.array([names.index(name) for name, _ in shares])[mine]
        for k, (name, _) in enumerate(shares):
            rows = np.flatnonzero(mine == k)
            profile = scenario.profiles[names.index(name)]
            for trait, purpose in _TRAITS.items():
                u = draws.uniforms(scenario.seed, self.key[rows], purpose, 0)
                getattr(self, trait)[rows] = _drawn(u, profile, trait)
            self.pressing_force[rows] = profile.pressing_force


def _drawn(uniforms: np.ndarray, profile: Profile, trait: str) -> np.ndarray:
    """A trait by inversion of its distribution, nan if the profile leaves it to the model: (n,) in (0, 1) -> (n,)."""
    low, high = (getattr(profile, f"{trait}_{end}") for end in ("min", "max"))
    if low is None:
        return np.full(uniforms.size, np.nan)
    if trait in STAIRS or (trait == "speed" and profile.speed_distribution == "uniform"):
        return low + (high - low) * uniforms
    return _cut_normal(uniforms, getattr(profile, f"{trait}_mean"), getattr(profile, f"{trait}_sd"), low, high)


def _cut_normal(uniforms: np.ndarray, mean: float, sd: float, low: float, high: float) -> np.ndarray:
    """The normal distribution cut off at its limits, inverted: (n,) in (0, 1) -> (n,)."""
    if sd == 0.0:
        return np.full(uniforms.size, mean)
    below, above = ndtr((low - mean) / sd), ndtr((high - mean) / sd)
    return mean + sd * ndtri(below + uniforms * (above - below))
