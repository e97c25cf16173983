"""The shipped alley has the published dimensions."""

from __future__ import annotations

import itertools

import pytest
from shapely.geometry import LineString

from venues import Gate, MeasurementArea, MeasurementLine, Zone, check_venue, connected, load_venue, names
from venues.connectivity import reachable
from venues.venue import texts_in

VENUE = load_venue("itaewon-alley")
FLOOR = VENUE.levels[0].floor


def compute_width(y: float) -> float:
    """Return the width of the alley [m] at a height y on the plan."""
    return FLOOR.intersection(LineString([(-10, y), (10, y)])).length


def test_every_shipped_venue_passes_its_check_without_a_fault() -> None:
    assert "itaewon-alley" in names()
    for name in names():
        assert [p for p in check_venue(load_venue(name)) if p.severity != "information"] == []


def test_the_alley_has_the_published_widths_and_length() -> None:
    assert [compute_width(y) for y in (1, 9.9)] == pytest.approx([3.2, 3.2])
    assert [compute_width(y) for y in (14, 44.9)] == pytest.approx([5.0, 5.0])
    _, south, _, north = VENUE.zone("alley").polygon.bounds
    assert north - south == 45.0


def test_the_collapse_area_is_the_published_one_and_on_the_steep_part() -> None:
    area = VENUE.area("collapse-area").polygon
    assert area.area == pytest.approx(18.24)
    steep = [slope for slope in VENUE.slopes if slope.polygon.contains(area)]
    assert [(slope.angle, slope.uphill) for slope in steep] == [(11.2, (0.0, 1.0))]


def test_slopes_are_within_the_published_range() -> None:
    assert {slope.angle for slope in VENUE.slopes if slope.name.startswith("alley")} == {6.6, 11.2}


def test_every_source_reaches_every_exit_both_ways_round() -> None:
    sources = [zone.name for zone in VENUE.zones if "source" in zone.kinds]
    exits = [zone.name for zone in VENUE.zones if "exit" in zone.kinds]
    assert (len(sources), len(exits)) == (3, 3)
    for source, way_out in itertools.product(sources, exits):
        assert connected(VENUE, source, way_out)
        assert reachable(VENUE, source, way_out)


@pytest.mark.parametrize(
    ("name", "forward"),
    [
        ("alley-low", (0, 1)),
        ("alley-mid", (0, 1)),
        ("alley-high", (0, 1)),
        ("detour-line", (0, 1)),
        ("upper-west-line", (-1, 0)),
        ("upper-east-line", (1, 0)),
        ("footway-line", (1, 0)),
    ],
)
def test_lines_count_forward_as_planned(name: str, forward: tuple[float, float]) -> None:
    assert VENUE.line(name).normal == pytest.approx(forward)


@pytest.mark.parametrize(("name", "width"), [("alley-bottom", 3.2), ("alley-top", 5.0), ("detour", 4.0)])
def test_gates_pass_uphill_as_forward_and_are_open_both_ways(name: str, width: float) -> None:
    gate = VENUE.gate(name)
    assert gate.normal == pytest.approx((0, 1))
    assert gate.clear_width == pytest.approx(width)
    assert (gate.open, gate.direction) == (True, "both")


def test_the_sections_of_the_alley_share_it_out_without_overlap() -> None:
    parts = [VENUE.zone(name).polygon for name in ("alley-lower", "alley-middle", "alley-upper")]
    assert sum(part.area for part in parts) == pytest.approx(VENUE.zone("alley").polygon.area)


def test_the_file_says_where_it_comes_from_and_what_is_simplified() -> None:
    assert VENUE.source
    assert VENUE.licence == "CC0-1.0"
    assert VENUE.date
    assert sum("Assumed" in text for text, _ in texts_in(VENUE.simplifications, "en")) >= 4
    assert all(own for _, own in texts_in(VENUE.simplifications, "ko"))


def test_korean_labels_are_those_of_an_official_paper() -> None:
    """Names of roads as on signs, lines called what they are, no colloquial words."""
    items: list[Zone | Gate | MeasurementLine | MeasurementArea] = [*VENUE.zones, *VENUE.gates]
    korean = [item.labels["ko"] for item in [*items, *VENUE.lines, *VENUE.areas]]
    korean += [text for text, _ in texts_in(VENUE.simplifications, "ko")]
    assert not [text for text in korean if any(word in text for word in ("큰길", "세 갈래", "동편", "서편"))]
    assert all(line.labels["ko"].startswith("집계선(") for line in VENUE.lines)


def test_everything_people_read_has_a_korean_label() -> None:
    tables = [VENUE.labels, *(level.labels for level in VENUE.levels), *(zone.labels for zone in VENUE.zones)]
    tables += [gate.labels for gate in VENUE.gates] + [line.labels for line in VENUE.lines]
    for labels in [*tables, *(area.labels for area in VENUE.areas)]:
        assert set(labels) == {"en", "ko"}
