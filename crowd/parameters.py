"""Every constant of the default model, once: value, unit, source. Its digest stands in every report.

A scenario changes a constant by its dotted name (`"contact.friction" = 0.2`); nothing else may.
The groups are named tuples because compiled kernels take them as they are.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any, NamedTuple, get_type_hints

from crowd.errors import ScenarioError, shown
from venues.refusals import told


@dataclass(frozen=True)
class Constant:
    """Unit, allowed range and source of a constant."""

    unit: str
    low: float
    high: float
    source: str


CHRAIBI = "Chraibi, Seyfried & Schadschneider 2010"
MOUSSAID = "Moussaid, Helbing & Theraulaz 2011"
TORDEUX = "Tordeux, Chraibi & Seyfried 2016"
WEIDMANN = "Weidmann 1993"

RADIUS_SPREAD = 1.06
"""Bodies may be this much wider than the profile says (model definition), assumed [1]."""


class Steering(NamedTuple):
    """Where a person would step: look ahead, avoid, follow (10 Hz)."""

    tick: Annotated[float, Constant("s", 0.02, 0.2, "assumed: people correct their path a few times a step")] = 0.1
    horizon: Annotated[float, Constant("s", 1.0, 10.0, f"{MOUSSAID}, d_max over walking speed, shortened")] = 4.0
    view_angle: Annotated[float, Constant("deg", 30.0, 180.0, f"after {MOUSSAID} (75 deg)")] = 85.0
    neighbours: Annotated[float, Constant("1", 5.0, 200.0, "assumed: about thirty people count")] = 60.0
    range_min: Annotated[float, Constant("m", 0.5, 5.0, "assumed")] = 1.5
    range_max: Annotated[float, Constant("m", 1.0, 10.0, "assumed")] = 2.5
    intent: Annotated[
        float, Constant("m/s", 0.05, 1.5, "fitted with headway; 0.24 to 0.5 tried: w_j = v_j + intent e_j")
    ] = 0.3
    turn_cost: Annotated[
        float, Constant("1", 0.0, 1.0, "0.1 to 0.22 tried on the two-way corridor: cost of changing one's heading")
    ] = 0.2
    turn_rate: Annotated[
        float, Constant("1", 0.05, 1.0, "0.3 to 0.84 tried on the two-way corridor: share of the wished turn at a look")
    ] = 0.84
    noise: Annotated[float, Constant("rad", 0.0, 0.5, "assumed")] = 0.1
    noise_memory: Annotated[float, Constant("1", 0.0, 0.999, "assumed: correlation from tick to tick")] = 0.9
    strip: Annotated[
        float, Constant("1", 0.3, 1.2, "fitted with headway: share of the summed radii in the way of who walks freely")
    ] = 0.37
    sway: Annotated[
        float, Constant("1", 0.0, 1.0, f"fitted with headway: that share grows by so much in who is slow ({CHRAIBI})")
    ] = 0.53
    sway_pace: Annotated[
        float, Constant("1", 0.0, 0.95, "fitted with it: share of v0 from which down one sways in full")
    ] = 0.53
    strip_opposed: Annotated[
        float, Constant("1", 0.2, 1.2, "0.3 to 0.7 tried, two-way corridor: people slip past who come towards them")
    ] = 0.32
    headway: Annotated[
        float,
        Constant("s", 0.2, 3.0, f"{TORDEUX} (T about 1 s); fitted to corridors, doors and bottlenecks, 0.8 to 1.3"),
    ] = 0.925
    headway_spread: Annotated[
        float, Constant("1", 0.0, 0.5, "fitted to the spread of single file: standard deviation among people, a share")
    ] = 0.3
    follow: Annotated[float, Constant("s", 0.0, 5.0, "assumed: weight of the leader's speed")] = 1.0
    follow_leaving: Annotated[
        float, Constant("s", 0.0, 20.0, "fitted with headway, 2.8 to 17: weight if the leader pulls away")
    ] = 6.0
    wall_clearance: Annotated[
        float, Constant("1", 0.2, 1.5, "fitted with headway, 0.28 to 0.9: share of the radius kept from walls")
    ] = 0.28
    side_preference: Annotated[
        float, Constant("1", -0.5, 0.5, "assumed none; above 0 people pass oncoming ones on their right")
    ] = 0.0
    shoulder_turn: Annotated[float, Constant("1", 0.4, 1.0, "assumed: radius of a turned person over radius")] = 0.65
    turned_depth: Annotated[
        float,
        Constant("1", 0.0, 1.0, "0 to 1 tried, two-way speed at density; of the narrowing, not felt along the way"),
    ] = 0.65
    shoulder_distance: Annotated[
        float, Constant("m", 0.0, 2.0, "0.3 to 0.9 tried, two-way corridor: turn for oncoming people nearer")
    ] = 0.45
    shoulder_time: Annotated[float, Constant("s", 0.1, 2.0, "assumed: a quarter of the turn's duration")] = 0.2
    shoulder_fade_from: Annotated[float, Constant("1/m2", 1.0, 12.0, "assumed: no room to turn above")] = 6.0
    shoulder_fade_to: Annotated[float, Constant("1/m2", 1.0, 15.0, "assumed")] = 8.0


class Contact(NamedTuple):
    """What bodies do to each other, to walls and to the ground (substeps)."""

    body: Annotated[float, Constant("1", 0.8, 1.2, "mechanical radius over the profile's; swept 0.94 to 1.06")] = 1.0
    crowd_push: Annotated[
        float, Constant("N", 0.0, 500.0, "assumed patient; push of everyone held up, swept to 100")
    ] = 0.0
    reaction_time: Annotated[float, Constant("s", 0.05, 2.0, "Helbing, Farkas & Vicsek 2000 use 0.5; assumed")] = 0.3
    stiffness: Annotated[float, Constant("N/m", 1e3, 1e6, "assumed, at 75 kg; swept 1e4 to 5e4")] = 2.0e4
    stiffness_mass: Annotated[float, Constant("kg", 20.0, 150.0, "reference mass of the stiffness")] = 75.0
    damping_ratio: Annotated[float, Constant("1", 0.0, 1.0, "assumed")] = 0.3
    friction: Annotated[float, Constant("1", 0.0, 1.0, "assumed: cloth on cloth, 0.1 to 0.4")] = 0.15
    sliding: Annotated[float, Constant("N s/m", 0.0, 1e4, "assumed: slope of friction near zero sliding")] = 500.0
    wall_factor: Annotated[float, Constant("1", 1.0, 10.0, "assumed: walls are stiffer than bodies")] = 2.0
    hardening: Annotated[float, Constant("1", 0.0, 20.0, "assumed: stiffness (1 + h overlap / radius)")] = 1.0
    brace: Annotated[float, Constant("N", 0.0, 500.0, "calibrated: push of Feldmann & Adrian 2023; to 200")] = 50.0
    brace_speed: Annotated[float, Constant("m/s", 0.01, 1.0, "assumed: who wants to move faster does not brace")] = 0.1
    brake_range: Annotated[
        float, Constant("m", 0.0, 0.2, "0.1 to 0.2 tried on a calm stream: braking for what is nearer than this")
    ] = 0.15
    brake_time: Annotated[
        float, Constant("s", 0.0, 0.2, "0.1 to 0.2 tried there: or for what one would meet sooner than this")
    ] = 0.15
    brake_limit: Annotated[float, Constant("m/s2", 0.0, 20.0, "assumed, 3 to 10 tried: how hard one brakes")] = 4.0
    step_factor: Annotated[float, Constant("1", 0.01, 0.2, "stability of the explicit step, six contacts")] = 0.2
    speed_limit: Annotated[float, Constant("m/s", 3.0, 20.0, "assumed: nobody is thrown faster")] = 6.0
    overlap_warning: Annotated[float, Constant("1", 0.0, 1.0, "assumed: share of a diameter")] = 0.15


class Wayfinding(NamedTuple):
    """Travel times on the walkable floor and what slopes do to the walking speed."""

    cell: Annotated[float, Constant("m", 0.05, 1.0, "a quarter of the narrowest usual way")] = 0.25
    no_go_speed: Annotated[float, Constant("1", 0.001, 1.0, "assumed: cost of a no-go zone, as speed")] = 0.02
    wrong_side: Annotated[float, Constant("1", 0.05, 1.0, "assumed: keep right, cost of the left half")] = 0.3
    downhill_gain: Annotated[float, Constant("1/deg", 0.0, 0.05, "12 % faster at 10 deg (Park, on Itaewon)")] = 0.012
    uphill_loss: Annotated[float, Constant("1/deg", 0.0, 0.05, "assumed: as much slower uphill")] = 0.012
    stairs_up: Annotated[float, Constant("1", 0.1, 1.0, f"{WEIDMANN}: 0.610 of 1.34 m/s, horizontal")] = 0.455
    stairs_down: Annotated[float, Constant("1", 0.1, 1.0, f"{WEIDMANN}: 0.694 of 1.34 m/s, horizontal")] = 0.518
    stairs_up_flow: Annotated[
        float, Constant("1", 0.1, 1.0, "MSC.1/Circ.1533: 0.88 of 1.3 /(m s); the headway is longer by as much")
    ] = 0.68
    stairs_down_flow: Annotated[
        float, Constant("1", 0.1, 1.0, "MSC.1/Circ.1533: 1.1 of 1.3 /(m s); the headway is longer by as much")
    ] = 0.85
    escalator_speed: Annotated[float, Constant("m/s", 0.1, 1.0, "usual belt speed, along it; nobody walks")] = 0.5
    lift_reluctance: Annotated[
        float, Constant("s", 0.0, 3600.0, "assumed: who can climb steps waits for a lift if they cost so much more")
    ] = 120.0
    typical_speed: Annotated[float, Constant("m/s", 0.5, 2.0, f"{WEIDMANN}: turns times into ways")] = 1.34


class Entry(NamedTuple):
    """How people come into the venue and through gates."""

    spacing: Annotated[float, Constant("m", 0.2, 2.0, "assumed: free distance where a person appears")] = 0.6
    trials: Annotated[float, Constant("1", 1, 100, "assumed: places looked at in a tick")] = 12
    gate_reach: Annotated[float, Constant("m", 0.5, 5.0, "assumed: a metered gate calls people this near")] = 2.0
    outside_warning: Annotated[float, Constant("persons", 0, 1e6, "reported when more wait outside")] = 50


class Banks(NamedTuple):
    """How people choose among the gates of a bank: by walking and waiting, and seldom anew."""

    reach: Annotated[float, Constant("m", 2.0, 30.0, "assumed: way to the nearest gate when people choose")] = 10.0
    detour: Annotated[float, Constant("1", 1.1, 3.0, "assumed: a gate is seen if the way is no longer, per m")] = 1.3
    specific_flow: Annotated[
        float, Constant("1/(m s)", 0.3, 3.0, "Weidmann 1993 (1.22): what a gate without a capacity seems to pass")
    ] = 1.2
    effort: Annotated[float, Constant("1", 0.0, 2.0, "assumed: dislike of walking, a share more than waiting")] = 0.3
    look_again: Annotated[float, Constant("s", 0.5, 30.0, "assumed: people compare the queues this often")] = 3.0
    gain_share: Annotated[float, Constant("1", 0.0, 1.0, "assumed: a change must save this share")] = 0.2
    gain_time: Annotated[float, Constant("s", 0.0, 30.0, "assumed: and this time")] = 2.0


class Choice(NamedTuple):
    """How people choose among several exits: the time it seems to take, what they know, what others do."""

    specific_flow: Annotated[
        float, Constant("1/(m s)", 0.3, 3.0, "Weidmann 1993 (1.22): what an exit without a capacity seems to pass")
    ] = 1.2
    held_up: Annotated[float, Constant("1", 0.05, 1.0, "assumed: slower than this share is queueing")] = 0.35
    effort: Annotated[float, Constant("1", 0.0, 2.0, "assumed: dislike of walking, a share more than waiting")] = 0.3
    detour: Annotated[float, Constant("1", 1.1, 3.0, "assumed: an exit is seen if the way is no longer, per m")] = 1.3
    look_again: Annotated[float, Constant("s", 0.5, 60.0, "assumed: people compare the exits this often")] = 5.0
    gain_share: Annotated[float, Constant("1", 0.0, 1.0, "assumed: a change must save this share")] = 0.2
    gain_time: Annotated[float, Constant("s", 0.0, 60.0, "assumed: and this time")] = 3.0
    taste: Annotated[float, Constant("s", 0.0, 10.0, "assumed: scale of the logit, how tastes differ")] = 0.5
    influence: Annotated[
        float, Constant("s", 0.0, 30.0, "assumed: an exit seems so much nearer if all in sight head for it")
    ] = 1.0
    influence_range: Annotated[float, Constant("m", 1.0, 50.0, "assumed: whose heading is noticed")] = 10.0
    familiarity: Annotated[
        float, Constant("s", 0.0, 300.0, "assumed (preferred: Sime 1985): the exit one knows seems nearer")
    ] = 20.0


class Cohesion(NamedTuple):
    """How those who belong together keep together."""

    spread: Annotated[
        float, Constant("m", 0.0, 5.0, "assumed: lead per member behind; most walk abreast (Moussaid et al. 2010)")
    ] = 0.25
    wait: Annotated[float, Constant("m", 0.1, 10.0, "assumed: so far beyond that the pace is at its lowest")] = 2.0
    pace: Annotated[float, Constant("1", 0.1, 1.0, "assumed: lowest pace of who waits, of the slowest's free one")] = (
        0.25
    )
    follow: Annotated[float, Constant("m", 0.0, 5.0, "assumed: strangers this close behind are not held up")] = 1.5
    reach: Annotated[float, Constant("m", 2.0, 100.0, "assumed: whoever is farther behind is not waited for")] = 10.0


class Congestion(NamedTuple):
    """How people see where it is crowded, and go round it: all of them what is near, the informed all of the floor."""

    sight: Annotated[float, Constant("m", 0.0, 100.0, "assumed: people see a crowd within this distance")] = 5.0
    climb: Annotated[
        float, Constant("m", 0.0, 100.0, "assumed: to get round one, people go so much farther from their goal")
    ] = 2.0
    look_again: Annotated[float, Constant("s", 1.0, 300.0, "assumed: people look at the crowd this often")] = 5.0
    memory: Annotated[float, Constant("1", 0.0, 0.99, "assumed: weight of the last look against the new")] = 0.5
    smoothing: Annotated[float, Constant("m", 0.1, 10.0, "assumed: speeds are averaged over about this distance")] = 1.0
    doubt: Annotated[float, Constant("1/m2", 0.001, 2.0, "assumed: density at which speeds are believed by half")] = 0.2
    noticed: Annotated[float, Constant("1", 0.1, 1.0, "assumed: slower than this share of their speed is a crowd")] = (
        0.5
    )
    slowest: Annotated[float, Constant("1", 0.01, 1.0, "assumed: nowhere is the way thought slower than this")] = 0.1


class Harm(NamedTuple):
    """The dose of contact force: t_crit = time (force / F)^exponent above the threshold.

    Two published points (Hopkins 1993, through Lee & Hughes 2006): 6227 N for 15 s, 1112 N for 4-6 min. The
    curve between them is assumed: an engineering index, not medicine.
    """

    threshold: Annotated[float, Constant("N", 0, 1e4, "about Evans & Hayden 1971 (623 N), via Lee & Hughes 2006")] = (
        600.0
    )
    force: Annotated[float, Constant("N", 1, 1e5, "Hopkins 1993")] = 6227.0
    time: Annotated[float, Constant("s", 1, 1e4, "Hopkins 1993")] = 15.0
    exponent: Annotated[float, Constant("1", 0.1, 5.0, "through both points of Hopkins 1993")] = 1.74


@dataclass(frozen=True)
class Parameters:
    """All constants of a run."""

    steering: Steering = Steering()
    contact: Contact = Contact()
    wayfinding: Wayfinding = Wayfinding()
    entry: Entry = Entry()
    banks: Banks = Banks()
    choice: Choice = Choice()
    cohesion: Cohesion = Cohesion()
    congestion: Congestion = Congestion()
    harm: Harm = Harm()

    def with_overrides(self, overrides: Mapping[str, Any]) -> Parameters:
        """A copy with some constants changed.

        Args:
            overrides: dotted name -> value in the constant's own unit.

        Raises:
            ScenarioError: unknown name, no number, or a value outside the constant's range.
        """
        groups = self.groups()
        for dotted, value in overrides.items():
            group, _, name = dotted.partition(".")
            if group not in groups or name not in groups[group]._fields:
                known = ", ".join(sorted(constants()))
                raise ScenarioError(
                    told(
                        "parameter {name!r} = {value!r} is unknown; known are: {known}",
                        name=dotted,
                        value=value,
                        known=known,
                    )
                )
            _check(dotted, value)
            groups[group] = groups[group]._replace(**{name: float(value)})
        return Parameters(**groups)

    def groups(self) -> dict[str, Any]:
        """The groups by name."""
        return {name: getattr(self, name) for name in self.__dataclass_fields__}

    def as_dict(self) -> dict[str, float]:
        """Dotted name -> value."""
        return {f"{g}.{n}": float(v) for g, group in self.groups().items() for n, v in group._asdict().items()}

    def digest(self) -> str:
        """SHA-256 over all names and values."""
        return hashlib.sha256(json.dumps(self.as_dict(), sort_keys=True).encode()).hexdigest()


def constants() -> dict[str, Constant]:
    """Dotted name -> unit, range and source of every constant."""
    found = {}
    for group, values in Parameters().groups().items():
        for name, hint in get_type_hints(type(values), include_extras=True).items():
            found[f"{group}.{name}"] = hint.__metadata__[0]
    return found


def _check(dotted: str, value: Any) -> None:
    constant = constants()[dotted]
    number = isinstance(value, (int, float)) and not isinstance(value, bool)
    if not number or not constant.low <= value <= constant.high:
        raise ScenarioError(
            told(
                "parameter {name!r} = {value}: it must be a number from {low:g} to {high:g} {unit}",
                name=dotted,
                value=shown(value),
                low=constant.low,
                high=constant.high,
                unit=constant.unit,
            )
        )
