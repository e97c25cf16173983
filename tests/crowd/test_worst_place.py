"""The worst place is named by the level it is on, and by the stair if it is on one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pandas as pd
import pytest
import shapely
from shapely.geometry import LineString, Polygon, box

from crowd.risk.places import Nearby, level_at, nearest_named, worst_place
from tests.claims.test_links import lift_house
from venues import Level, Venue, Zone
from venues.shapes import stairs


def fields(*rows: tuple[int, float, float, float]) -> pd.DataFrame:
    """Probes: level index, x, y [m], level density [1/m2]."""
    table = pd.DataFrame(rows, columns=["level", "x", "y", "level_density_max"])
    return table.assign(time=10.0, density_max=table["level_density_max"], contact_force_max=0.0)


@pytest.mark.parametrize(
    ("venue", "rows", "zone", "level"),
    [
        (lift_house("stairs"), [(0, 10.75, 4.75, 1.0), (2, 10.75, 4.75, 6.0)], "link", "links"),
        (lift_house("stairs"), [(0, 5.25, 5.25, 6.0), (1, 5.25, 5.25, 1.0)], "venue", "low"),
        (lift_house("stairs"), [(0, 5.25, 5.25, 1.0), (1, 5.25, 5.25, 6.0)], "venue", "high"),
        (stairs(width=2.0), [(2, 10.25, 1.25, 6.0), (0, 1.0, 1.0, 2.0)], "stairs", "links"),
    ],
)
def test_the_worst_place_is_on_the_level_where_it_is_worst(
    venue: Venue, rows: list[tuple[int, float, float, float]], zone: str, level: str
) -> None:
    names = [plane.name for plane in venue.planes]
    found = worst_place("level_density", [], fields(*rows), venue=venue, levels=names)
    assert found is not None
    assert (found[1].zone, found[1].level) == (zone, level)


def test_a_position_with_one_floor_is_on_it_even_if_nothing_was_recorded_there() -> None:
    high = Level("high", box(0, 0, 10, 10), elevation=4.0)
    house = Venue(
        "house", (Level("low", box(0, 0, 20, 10)), high), (Zone("in", "low", box(0, 0, 2, 4), frozenset({"source"})),)
    )
    asked: dict[str, Any] = {"quantity": "level_density", "fields": None, "levels": ["low", "high"], "venue": house}
    assert level_at(15.0, 5.0, **asked) == "low"
    assert level_at(5.0, 5.0, **asked) is None


#: A hall of 40 m x 20 m; a wall from the south up to y = 15 parts "pen", west of it, from what is east of it.
PEN = Zone("pen", "ground", box(12, 2, 18, 8), frozenset({"waiting"}))
WAYS = Zone("in", "ground", box(0, 0, 2, 4), frozenset({"source", "exit"}))
HALL = Venue("hall", (Level("ground", box(0, 0, 40, 20), walls=(LineString([(20, 0), (20, 15)]),)),), (WAYS, PEN))


@pytest.mark.parametrize(
    ("x", "y", "found"),
    [
        (15.0, 11.0, ("pen", 3.0, 2)),
        (10.0, 5.0, ("pen", 2.0, 4)),
        (15.0, 0.5, ("pen", 1.5, 6)),
        (11.0, 9.0, ("pen", 2.0**0.5, 3)),
        (15.0, 5.0, ("pen", 0.0, None)),
    ],
    ids=["north", "west", "south", "north-west", "inside"],
)
def test_a_spot_is_told_by_how_far_and_in_which_direction_it_lies_from_what_has_a_name(
    x: float, y: float, found: tuple[str, float, int | None]
) -> None:
    near = nearest_named(x, y, level="ground", venue=HALL)
    assert near is not None
    assert (near.name, round(near.distance, 6), near.direction) == (found[0], round(found[1], 6), found[2])


def test_what_lies_behind_a_wall_does_not_name_a_spot() -> None:
    assert nearest_named(21.0, 5.0, level="ground", venue=HALL) is None
    open_hall = Venue("hall", (Level("ground", box(0, 0, 40, 20)),), HALL.zones)
    assert nearest_named(21.0, 5.0, level="ground", venue=open_hall) == Nearby("pen", 3.0, 0)


def test_what_is_farther_than_a_few_metres_does_not_name_a_spot() -> None:
    assert nearest_named(30.0, 18.0, level="ground", venue=HALL) is None


def test_what_stands_across_a_building_does_not_name_a_spot() -> None:
    """Two alleys with 1 m of building between them."""
    floor = Polygon([(0, 0), (40, 0), (40, 9), (0, 9), (0, 5), (38, 5), (38, 4), (0, 4)])
    zones = (
        Zone("stall", "ground", box(10, 5, 14, 9), frozenset({"queue"})),
        Zone("in", "ground", box(0, 0, 2, 4), frozenset({"source"})),
    )
    alleys = Venue("alleys", (Level("ground", floor),), zones)
    assert nearest_named(12.0, 2.0, level="ground", venue=alleys) is None
    assert nearest_named(16.0, 7.0, level="ground", venue=alleys) == Nearby("stall", 2.0, 0)


def test_the_floor_is_widened_once_however_many_things_are_near(monkeypatch: pytest.MonkeyPatch) -> None:
    unions: list[object] = []
    plain = shapely.union_all

    def counted(shapes: Sequence[LineString]) -> object:
        unions.append(shapes)
        return plain(shapes)

    behind = tuple(replace(PEN, name=f"pen-{k}", polygon=box(16, 2, 19, 8 + k / 10)) for k in range(5))
    monkeypatch.setattr(shapely, "union_all", counted)
    assert nearest_named(20.5, 5.0, level="ground", venue=replace(HALL, zones=(WAYS, *behind))) is None
    assert len(unions) == 1
