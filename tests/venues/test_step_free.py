"""Who cannot leave by which exit is told for each exit; where no exit is left it is a warning."""

from __future__ import annotations

from dataclasses import replace

from shapely.geometry import box

from tests.claims.test_links import house_with_both
from venues import Venue, Zone, check_venue
from venues.capacity import compute_capacity
from venues.capacity_text import tell_capacity
from venues.shapes import stairs
from venues.step_free import compute_step_free_exits


def house() -> Venue:
    """Two floors joined by stairs and a lift, and a third that only stairs lead to; every floor has an exit."""
    both = house_with_both("stairs")
    attic = replace(both.levels[1], name="attic", elevation=12.0)
    flight = replace(both.links[0], name="up-again", from_level="high", to_level="attic")
    roof = Zone("out-roof", "attic", box(17, 0, 20, 10), frozenset({"exit"}))
    return replace(both, levels=(*both.levels, attic), zones=(*both.zones, roof), links=(*both.links, flight))


def told(venue: Venue) -> list[tuple[str, str, str]]:
    return [(p.severity, p.place, p.what) for p in check_venue(venue) if "cannot take steps" in p.what]


def test_each_exit_names_the_sources_from_which_only_steps_lead_to_it() -> None:
    barred = {way.name: way.barred for way in compute_step_free_exits(house())}
    assert barred == {"out-low": (), "out-high": (), "out-roof": ("in-low", "in-high")}
    assert told(house()) == [
        ("information", "out-roof", "who cannot take steps cannot leave by this exit from 'in-low', 'in-high'")
    ]


def test_a_lift_that_only_comes_down_is_no_way_up() -> None:
    venue = house()
    stair, lift, flight = venue.links
    down = replace(venue, links=(stair, replace(lift, direction="backward"), flight))
    barred = {way.name: way.barred for way in compute_step_free_exits(down)}
    assert barred["out-high"] == ("in-low",)
    assert barred["out-low"] == ()


def test_where_steps_are_the_only_way_out_it_is_a_warning_at_the_source() -> None:
    found = told(stairs())
    assert {severity for severity, _, _ in found} == {"warning"}
    assert [place for _, place, _ in found] == ["west", "east"]


def test_the_capacity_names_the_exits_with_steps() -> None:
    figures = compute_capacity(house())
    assert "  who takes no steps cannot leave by out-roof from in-low, in-high" in list(tell_capacity(figures))
    assert figures.data()["step_free"][2] == {"name": "out-roof", "reached": (), "barred": ("in-low", "in-high")}
