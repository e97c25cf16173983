"""Maps that nobody on this project drew import, and people can walk in them."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest

from venues import Venue, check_venue
from venues.connectivity import FloorGraph
from venues.readers.import_map import import_map
from venues.readers.import_report import ImportReport

MAPS = Path(__file__).parents[3] / "../shared/data/maps"


@cache
def imported(name: str) -> tuple[Venue, ImportReport]:
    file = MAPS / name
    if not file.exists():
        pytest.skip(f"the shared maps are not here: {file}")
    for needed in {".osm": ("defusedxml",), ".dxf": ("ezdxf",)}.get(file.suffix, ()):
        pytest.importorskip(needed)
    return import_map(file)


@pytest.mark.parametrize(
    "name",
    [
        "mf_underground.osm",
        "map_hochschule_klein.osm",
        "Gallery.dxf",
        "ISO-Bottleneck.dxf",
        "ISO-Office.dxf",
        "arena.wkt",
        "aknz_evac.wkt",
    ],
)
def test_a_real_map_becomes_a_venue_in_which_the_check_finds_no_error(name: str) -> None:
    venue, _ = imported(name)
    assert [problem for problem in check_venue(venue) if problem.severity == "error"] == []


@pytest.mark.parametrize("steps", [True, False])
def test_from_both_platforms_of_a_real_station_the_street_is_reached_with_and_without_steps(steps: bool) -> None:
    venue, _ = imported("mf_underground.osm")
    graph = FloorGraph(venue, honour_gates=True, steps=steps)
    streets = [zone for zone in venue.zones if "Straße" in zone.name or "straße" in zone.name]
    assert len(streets) >= 10
    for platform in ("platform 1;3", "platform 2;4"):
        reached = graph.reach(venue.zone(platform))
        assert all(reached & graph.pieces_of(street) for street in streets)


def test_a_real_station_has_its_storeys_and_all_ways_between_them() -> None:
    venue, report = imported("mf_underground.osm")
    assert {level.name for level in venue.levels} >= {"0", "-1", "-2"}
    between = [link for link in venue.links if "landings" not in f"{link.from_level} {link.to_level}"]
    kinds = [link.kind for link in between]
    assert (kinds.count("escalator"), kinds.count("lift")) == (8, 5), (
        "eight escalators; four lifts, one with three stops"
    )
    assert kinds.count("stairs") == 8
    assert report.notes("assumed")
    assert "ODbL" in report.licence
