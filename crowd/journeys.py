"""Journeys: the stages people go through from where they come in to where they leave.

Holds: frozen stages and `Journey`, in zone names and SI.
Not here: who takes a journey and when (`crowd.demand`), how a way is found (`crowd.kernels.floor_field`).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from crowd.errors import ScenarioError
from crowd.profiles import LARGEST_PRESSING_FORCE
from crowd.trains import Trains
from venues.refusals import told

#: How dense spectators stand before they press [1/m2]: 0.5 m2 each at outdoor music (HSG195, quoted in the IOSH forum).
STANDING_DENSITY = 2.0
#: Denser than this nobody stands of their own accord [1/m2] (assumed: contact begins at 4).
LARGEST_STANDING_DENSITY = 5.0


@dataclass(frozen=True)
class WalkTo:
    """Walk to a zone.

    Args:
        zone: name of the zone.
    """

    zone: str


@dataclass(frozen=True)
class Wait:
    """Walk to a zone and wait in it, for a time, until a time, or until one may board a train.

    Args:
        zone: name of the zone.
        duration: how long each person waits after arriving [s], or None.
        until: when waiting ends for all [s since the start], or None.
        trains: trains that are waited for (`Trains.boarding`), or None.

    Raises:
        ScenarioError: not exactly one of the three, or a time that is not finite or negative.
    """

    zone: str
    duration: float | None = None
    until: float | None = None
    trains: Trains | None = None

    def __post_init__(self) -> None:
        if [self.duration, self.until, self.trains].count(None) != 2:
            raise ScenarioError(
                told(
                    "waiting in zone {zone!r} needs either a duration or an end or trains ('for', 'until', 'trains')",
                    zone=self.zone,
                )
            )
        if self.trains is not None:
            return
        value = self.duration if self.duration is not None else self.until
        if value is None or not math.isfinite(value) or value < 0.0:
            raise ScenarioError(
                told(
                    "waiting in zone {zone!r} has time {time!r} s; it must be finite and 0 or more",
                    zone=self.zone,
                    time=value,
                )
            )


@dataclass(frozen=True)
class Watch:
    """Walk to a zone, stand in it facing another one, and perhaps press towards that, until a time.

    Each takes a place of their own, those who come first the ones nearest to what they watch. Those who do not press
    keep to their places as far as they can.

    Args:
        zone: name of the zone they stand in.
        towards: name of the zone they face; nobody need be able to reach it (a stage behind its barrier).
        until: when watching ends for all [s since the start].
        press_from: from when on those who press head for the nearest point of `towards` [s since the start]; None:
            nobody ever does.
        force: with which each of them presses when held up [N]; at 0 they only move up.
        share: of all, who press; drawn for each person.
        density: at which they stand until then [1/m2].

    Raises:
        ScenarioError: a time, force or density out of range, or pressing that would begin after the end.
    """

    zone: str
    towards: str
    until: float
    press_from: float | None = None
    force: float = 0.0
    share: float = 1.0
    density: float = STANDING_DENSITY

    def __post_init__(self) -> None:
        what = told("watching in zone {zone!r}", zone=self.zone)
        if not (math.isfinite(self.until) and self.until >= 0.0):
            raise ScenarioError(
                told("{what} lasts until {until!r} s; it must be finite and 0 or more", what=what, until=self.until)
            )
        if self.press_from is not None and not 0.0 <= self.press_from < self.until:
            raise ScenarioError(
                told(
                    "{what} has pressing from {time!r} s on; it must be from 0 to the end of watching at {until:g} s",
                    what=what,
                    time=self.press_from,
                    until=self.until,
                )
            )
        if not 0.0 <= self.force <= LARGEST_PRESSING_FORCE:
            raise ScenarioError(
                told(
                    "{what} has force {force!r} N; it must be from 0 to {most:g} N",
                    what=what,
                    force=self.force,
                    most=LARGEST_PRESSING_FORCE,
                )
            )
        if self.force > 0.0 and self.press_from is None:
            raise ScenarioError(
                told(
                    "{what} has force {force:g} N but no 'press_from'; say from when on they press",
                    what=what,
                    force=self.force,
                )
            )
        if not 0.0 < self.share <= 1.0:
            raise ScenarioError(
                told(
                    "{what} has share {share!r} who press; it must be above 0 and at most 1",
                    what=what,
                    share=self.share,
                )
            )
        if not 0.0 < self.density <= LARGEST_STANDING_DENSITY:
            raise ScenarioError(
                told(
                    "{what} has density {density!r} /m2; it must be positive and at most {most:g}/m2",
                    what=what,
                    density=self.density,
                    most=LARGEST_STANDING_DENSITY,
                )
            )


@dataclass(frozen=True)
class Queue:
    """Queue in a zone and be served one after the other.

    Args:
        zone: name of the zone.
        rate: people served [1/s], positive.

    Raises:
        ScenarioError: a rate that is not positive and finite.
    """

    zone: str
    rate: float

    def __post_init__(self) -> None:
        if not (math.isfinite(self.rate) and self.rate > 0.0):
            raise ScenarioError(
                told(
                    "the queue in zone {zone!r} has rate {rate!r} /s; it must be positive and finite",
                    zone=self.zone,
                    rate=self.rate,
                )
            )


@dataclass(frozen=True)
class LeaveBy:
    """Leave by one of several zones; where these are doors of trains, by the nearest and only while a train stands.

    Of several exits each person chooses one by the time it seems to take, and may change it on the way.

    Args:
        zones: names of exit zones, at least one.
        trains: trains whose doors the zones are, or None. Who is still on the way when the doors close goes back to
            the zone of the stage before and waits for the next train.
        familiar: pairs of exit and share of the people who know that one best and prefer it, kept in the order of
            names; the rest prefers none.

    Raises:
        ScenarioError: no zone, or familiar exits that are not among several zones or whose shares exceed 1.
    """

    zones: tuple[str, ...]
    trains: Trains | None = None
    familiar: tuple[tuple[str, float], ...] = ()

    def __post_init__(self) -> None:
        if not self.zones:
            raise ScenarioError(told("leave_by names no exit; it must name at least one"))
        object.__setattr__(self, "familiar", tuple(sorted(self.familiar)))
        for name, share in self.familiar:
            if name not in self.zones or not self.has_choice:
                raise ScenarioError(
                    told(
                        "familiar {name!r} is not one of several exits to choose from: {zones!r}",
                        name=name,
                        zones=self.zones,
                    )
                )
            if not 0.0 < share <= 1.0:
                raise ScenarioError(
                    told(
                        "familiar {name!r} has share {share!r}; it must be above 0 and at most 1",
                        name=name,
                        share=share,
                    )
                )
        if sum(share for _, share in self.familiar) > 1.0 + 1e-6:
            raise ScenarioError(
                told("familiar has shares {shares!r}; they must sum to at most 1", shares=self.familiar)
            )

    @property
    def has_choice(self) -> bool:
        """Whether people choose among several exits."""
        return len(self.zones) > 1 and self.trains is None


Stage = WalkTo | Wait | Watch | Queue | LeaveBy


@dataclass(frozen=True)
class Journey:
    """What people do one after the other; the last stage, and only the last, is `LeaveBy`.

    Args:
        name: the name that a demand refers to.
        stages: the stages in order.
        step_free: whether the way must not lead over stairs or escalators (people on wheels).
        informed: share of the people who know of every crowd and take another way for it; the others go round the crowd
            they see, without turning back for it.

    Raises:
        ScenarioError: a share out of range, no stage, `LeaveBy` missing or not last, or trains to leave by that nobody
            waits for before.
    """

    name: str
    stages: tuple[Stage, ...]
    step_free: bool = False
    informed: float = 0.0

    def __post_init__(self) -> None:
        if not 0.0 <= self.informed <= 1.0:
            raise ScenarioError(
                told(
                    "journey {name!r} has informed {informed!r}; it must be from 0 to 1",
                    name=self.name,
                    informed=self.informed,
                )
            )
        leaving = [isinstance(stage, LeaveBy) for stage in self.stages]
        if not leaving or not leaving[-1] or sum(leaving) != 1:
            raise ScenarioError(
                told(
                    "journey {name!r} has {count} stages with leave_by among {stages}; "
                    "its last stage, and only the last, must be leave_by",
                    name=self.name,
                    count=sum(leaving),
                    stages=len(leaving),
                )
            )
        before = self.stages[-2] if len(self.stages) > 1 else None
        if self.trains is not None and not (isinstance(before, Wait) and before.trains == self.trains):
            raise ScenarioError(
                told(
                    "journey {name!r} leaves by trains {trains!r} without waiting for them just before; "
                    "put {{ wait = ZONE, trains = {trains!r} }} in front: there people wait who miss a train",
                    name=self.name,
                    trains=self.trains.name,
                )
            )

    @property
    def exits(self) -> tuple[str, ...]:
        """Names of the exit zones of the last stage."""
        last = self.stages[-1]
        return last.zones if isinstance(last, LeaveBy) else ()

    @property
    def trains(self) -> Trains | None:
        """The trains people leave by, None if they walk out."""
        last = self.stages[-1]
        return last.trains if isinstance(last, LeaveBy) else None

    @property
    def zones(self) -> tuple[str, ...]:
        """Names of the zones of all stages, in order."""
        return tuple(name for stage in self.stages for name in zones_of(stage))


def zones_of(stage: Stage) -> tuple[str, ...]:
    """Return the names of the zones of a stage."""
    return stage.zones if isinstance(stage, LeaveBy) else (stage.zone,)
