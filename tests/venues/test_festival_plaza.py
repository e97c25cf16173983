"""The shipped plaza has the sizes it says, and its pens can be reached and left."""

from __future__ import annotations

from typing import Any

import pytest

from venues import check_venue, connected, load_venue
from venues.connectivity import reachable

VENUE = load_venue("festival-plaza")
LEVEL = VENUE.levels[0]
PENS = ("pen-a", "pen-b", "pen-c", "pen-d")


def test_the_plaza_is_60_by_40_m_with_three_entrances_of_4_m() -> None:
    assert LEVEL.walkable.bounds == (-5.0, -6.0, 66.0, 46.0)
    # The square, three throats of 6 m x 6 m and two of 5 m x 4 m.
    assert LEVEL.walkable.area == pytest.approx(60 * 40 + 3 * 36 + 2 * 20)
    assert [VENUE.gate(f"gate-{side}").clear_width for side in ("east", "north", "south")] == [4.0] * 3
    assert sorted(zone.name for zone in VENUE.zones if "source" in zone.kinds) == [
        "entrance-east", "entrance-north", "entrance-south",
    ]  # fmt: skip


def test_the_pens_hold_four_thousand_people_at_0_3_m2_each() -> None:
    floor = sum(VENUE.zone(pen).polygon.intersection(LEVEL.floor).area for pen in PENS)
    assert floor / 0.3 == pytest.approx(4000, rel=0.02)


def test_the_front_barrier_is_whole_and_nobody_gets_behind_it() -> None:
    (front,) = [wall for wall in LEVEL.thin_walls if wall.name == "front-barrier"]
    assert (front.line.length, front.design_load) == (32.0, 3000.0)
    assert not any(gate.line.distance(front.line) < 1e-9 and gate.open for gate in VENUE.gates)
    assert not reachable(VENUE, "entrance-east", "stage-front")
    assert {problem.severity for problem in check_venue(VENUE)} == {"information"}


@pytest.mark.parametrize("pen", PENS)
def test_every_pen_is_reached_from_every_entrance_and_left_by_every_exit(pen: str) -> None:
    for zone in VENUE.zones:
        if "source" in zone.kinds:
            assert reachable(VENUE, zone.name, pen)
        if "exit" in zone.kinds:
            assert reachable(VENUE, pen, zone.name)
            assert connected(VENUE, pen, zone.name)


@pytest.mark.parametrize(("pen", "outwards"), [("a", -1.0), ("b", 1.0), ("c", -1.0), ("d", 1.0)])
def test_each_pen_has_an_escape_to_the_side_that_is_passed_outwards_only(pen: str, outwards: float) -> None:
    gate = VENUE.gate(f"escape-{pen}")
    assert (gate.open, gate.direction, gate.clear_width) == (True, "forward", 2.4)
    assert gate.normal == pytest.approx((0.0, outwards))


@pytest.mark.parametrize(
    ("line", "inwards"),
    [("line-east", (-1, 0)), ("line-north", (0, -1)), ("line-south", (0, 1))],
)
def test_forward_at_an_entrance_is_inwards(line: str, inwards: tuple[float, float]) -> None:
    assert VENUE.line(line).normal == pytest.approx(inwards)
    assert VENUE.gate(line.replace("line", "gate")).normal == pytest.approx(inwards)


def test_everything_is_named_and_explained_in_both_languages() -> None:
    items = (VENUE.levels, VENUE.zones, VENUE.gates, VENUE.areas, VENUE.lines, LEVEL.solids)
    named: list[Any] = [item for part in items for item in part]
    walls = [wall for wall in LEVEL.thin_walls if wall.name]
    labels = [VENUE.labels, *(item.labels for item in named), *(wall.labels for wall in walls)]
    assert all({"en", "ko"} <= set(texts) for texts in labels)
    assert all({"en", "ko"} <= set(note) for note in VENUE.simplifications if not isinstance(note, str))
