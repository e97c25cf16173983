"""Interventions, triggers and journeys: frozen, checked, named."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable

import pytest

from crowd.errors import ScenarioError
from crowd.interventions import Barrier, KeepRight, Metering, OneWay, SetGate
from crowd.journeys import Journey, LeaveBy, Queue, Wait, WalkTo
from crowd.triggers import AtTime, Measure


def test_an_intervention_is_named_after_what_it_does_unless_its_author_named_it() -> None:
    assert OneWay("north", "forward").name == "one-way north forward"
    assert SetGate("north", open=False).name == "close north"
    assert Metering("north", 1.0, name="staff at the door").name == "staff at the door"
    assert Measure(KeepRight("street")).name == "keep-right street"


def test_an_intervention_cannot_be_changed() -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        Metering("north", 1.0).rate = 2.0  # type: ignore[misc]


@pytest.mark.parametrize(
    "make",
    [
        lambda: OneWay("north", "up"),
        lambda: KeepRight("street", compliance=1.5),
        lambda: KeepRight("street", compliance=math.nan),
        lambda: Metering("north", -1.0),
        lambda: Metering("north", math.inf),
        lambda: Barrier("street", ((0.0, 0.0), (0.0, 0.0))),
        lambda: Barrier("street", ((0.0, 0.0), (math.nan, 1.0))),
        lambda: AtTime(-1.0),
        lambda: AtTime(math.nan),
        lambda: AtTime(60.0, until=60.0),
        lambda: Wait("hall"),
        lambda: Wait("hall", duration=1.0, until=2.0),
        lambda: Wait("hall", duration=-1.0),
        lambda: Queue("desk", 0.0),
        lambda: LeaveBy(()),
        lambda: Journey("stay", ()),
        lambda: Journey("stay", (WalkTo("hall"),)),
        lambda: Journey("twice", (LeaveBy(("exit",)), LeaveBy(("exit",)))),
        lambda: Journey("on", (LeaveBy(("exit",)), WalkTo("hall"))),
    ],
)
def test_what_makes_no_sense_is_refused_on_construction(make: Callable[[], object]) -> None:
    with pytest.raises(ScenarioError):
        make()


def test_a_measure_is_in_force_from_its_time_until_just_before_its_end() -> None:
    trigger = AtTime(60.0, until=120.0)
    assert [trigger.active(time) for time in (59.9, 60.0, 119.9, 120.0)] == [False, True, True, False]


def test_a_measure_without_end_stays_in_force() -> None:
    assert AtTime(60.0).active(1e6)


def test_a_journey_lists_its_zones_in_order() -> None:
    journey = Journey("visit", (WalkTo("hall"), Queue("desk", 1.0), LeaveBy(("west", "east"))))
    assert journey.zones == ("hall", "desk", "west", "east")
    assert journey.exits == ("west", "east")
