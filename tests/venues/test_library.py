"""The venues modelled on real places have the published sizes, and everything in them is named and explained."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import shapely
from shapely.geometry import LineString

from venues import load_venue, names
from venues.connectivity import FloorGraph, reachable

NAMES = (
    "footbridge", "market-street", "pilgrimage-deck", "riverside-festival", "shopping-street", "stadium-stand",
    "transfer-station",
)  # fmt: skip
README = Path(__file__).parents[2] / "README.md"


def width_at(name: str, level: str, start: tuple[float, float], end: tuple[float, float]) -> float:
    """Return how much of a line from one point to another is floor [m]."""
    return float(load_venue(name).level(level).floor.intersection(LineString([start, end])).length)


def test_the_footbridge_is_as_long_and_wide_as_published_and_its_stair_turns_off_at_a_right_angle() -> None:
    venue = load_venue("footbridge")
    assert width_at("footbridge", "bridge", (3, 0), (3, 103.7)) == pytest.approx(103.7)
    assert width_at("footbridge", "bridge", (-5, 50), (11, 50)) == pytest.approx(6.0)
    stair = venue.link("stairs")
    assert stair.clear_width == pytest.approx(3.2)
    along = [b - a for a, b in zip(stair.from_line.centroid.coords[0], stair.to_line.centroid.coords[0], strict=True)]
    assert along[1] == pytest.approx(0.0), "the bridge runs north"
    assert stair.length == pytest.approx((along[0] ** 2 + 7.2**2) ** 0.5, abs=0.05)


def test_only_the_lift_leads_from_the_beach_to_the_station_without_steps() -> None:
    venue = load_venue("footbridge")
    graph = FloorGraph(venue, honour_gates=True, steps=False)
    assert graph.reach(venue.zone("beach-east")) & graph.pieces_of(venue.zone("station"))


def test_the_market_leaves_the_four_metres_fire_engines_need_and_is_no_steeper_than_it_says() -> None:
    venue = load_venue("market-street")
    assert min(width_at("market-street", "street", (-1, y), (7, y)) for y in range(5, 116)) == pytest.approx(4.0)
    assert [(slope.angle, slope.uphill) for slope in venue.slopes] == [(5.0, (0.0, 1.0)), (7.0, (0.0, 1.0))]


def test_the_shopping_street_is_ten_metres_wide_and_its_sidewalk_three() -> None:
    assert width_at("shopping-street", "street", (50, -1), (50, 11)) == pytest.approx(10.0)
    assert width_at("shopping-street", "street", (-5, -10), (5, -10)) == pytest.approx(3.0)


def test_the_deck_narrows_two_streets_of_twelve_metres_to_twenty_and_is_walked_one_way() -> None:
    venue = load_venue("pilgrimage-deck")
    assert width_at("pilgrimage-deck", "deck", (-40, -15), (-40, 35)) == pytest.approx(2 * 12.0)
    assert width_at("pilgrimage-deck", "deck", (30, -15), (30, 35)) == pytest.approx(20.0)
    for street in ("street-204", "street-223"):
        assert reachable(venue, street, "way-out")
        assert reachable(venue, street, "escape-north")
        assert not reachable(venue, "way-out", street)


def test_every_place_of_the_riverside_is_left_by_both_bridges_also_without_steps() -> None:
    venue = load_venue("riverside-festival")
    graph = FloorGraph(venue, honour_gates=True, steps=False)
    for place in ("football-field", "pool", "food", "inline-rink", "eco-garden"):
        for bridge in ("bridge-west", "bridge-east"):
            assert graph.reach(venue.zone(place)) & graph.pieces_of(venue.zone(bridge))
    assert width_at("riverside-festival", "bank", (100, 30), (100, 50)) == pytest.approx(6.0)


def test_the_stand_has_960_seats_in_rows_that_end_at_gangways_of_1_2_m_and_two_vomitories_of_2_4_m() -> None:
    venue = load_venue("stadium-stand")
    rows = venue.level("stand").wall_lines
    assert {round(row.length, 6) for row in rows} == {10.0}
    assert len(rows) * round(10.0 / 0.5) == 960, "seats of 0.5 m"
    assert width_at("stadium-stand", "stand", (-1, 8), (1.2, 8)) == pytest.approx(1.2)
    assert [venue.link(f"vomitory-{side}").clear_width for side in ("west", "east")] == [2.4, 2.4]
    graph = FloorGraph(venue, honour_gates=True, steps=False)
    assert graph.reach(venue.zone("wheelchair-places")) & graph.pieces_of(venue.zone("exit-a"))


def test_both_lines_of_the_transfer_station_have_80_doors_and_are_joined_by_two_passages_of_6_m() -> None:
    venue = load_venue("transfer-station")
    assert [venue.level(name).elevation for name in ("line-1-platform", "concourse", "line-2-platform")] == [0, -6, -12]
    for line in (1, 2):
        doors = [venue.zone(f"line-{line}-track-{track}-doors").polygon for track in (1, 2)]
        assert [len(shapely.get_parts(track)) for track in doors] == [40, 40]
    assert width_at("transfer-station", "concourse", (-30, 0), (30, 0)) == pytest.approx(2 * 6.0)


@pytest.mark.parametrize("steps", [True, False])
def test_trains_of_either_line_are_changed_and_left_with_and_without_steps(steps: bool) -> None:
    venue = load_venue("transfer-station")
    graph = FloorGraph(venue, honour_gates=True, steps=steps)
    for line, other in ((1, 2), (2, 1)):
        reached = graph.reach(venue.zone(f"line-{line}-track-1-doors"))
        ends = [f"line-{other}-track-{track}-doors" for track in (1, 2)] + [f"exit-{n}" for n in (1, 2, 3, 4)]
        assert all(reached & graph.pieces_of(venue.zone(end)) for end in ends)


@pytest.mark.parametrize("name", NAMES)
def test_everything_in_the_library_is_named_and_explained_in_both_languages(name: str) -> None:
    venue = load_venue(name)
    items: list[Any] = [*venue.levels, *venue.zones, *venue.gates, *venue.links, *venue.areas, *venue.lines]
    built: list[Any] = [thing for level in venue.levels for thing in [*level.solids, *level.thin_walls]]
    items += [thing for thing in built if thing.name]
    labels: list[Mapping[str, str]] = [venue.labels, *(item.labels for item in items)]
    assert all({"en", "ko"} <= set(texts) for texts in labels)
    notes = [note for note in venue.simplifications if not isinstance(note, str)]
    assert len(notes) == len(venue.simplifications) >= 4
    assert all({"en", "ko"} <= set(note) for note in notes)
    assert any("Assumed" in note["en"] for note in notes)
    assert venue.licence == "CC0-1.0"
    assert "no map data were copied" in venue.source.lower()


@pytest.mark.parametrize("name", names())
def test_the_catalogue_of_the_readme_shows_a_picture_of_every_venue(name: str) -> None:
    picture = f"examples/pictures/{name}.png"
    assert f"]({picture})" in README.read_text(encoding="utf-8")
    assert (README.parent / picture).stat().st_size > 20_000


def test_there_are_ten_venues() -> None:
    assert len(names()) == 10
