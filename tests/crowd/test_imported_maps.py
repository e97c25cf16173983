"""Maps that nobody on this project drew can be walked in: people come in, stay on the floor, and some get out."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import shapely

from crowd.demand import Burst, Demand
from crowd.journeys import Journey, LeaveBy
from crowd.model import CrowdModel
from crowd.population import Status
from crowd.scenario import Scenario
from tests.scenes import START
from venues import Venue, Zone
from venues.connectivity import FloorGraph
from venues.readers.import_map import import_map

MAPS = Path(__file__).parents[2] / "../shared/data/maps"
#: Where people of the station leave its map, on three sides of the street.
STREETS = ("Leopoldstraße north", "Feilitzschstraße east", "Herzogstraße west")
PLATFORMS = ("platform 1;3", "platform 2;4")
SMALL = ("Gallery.dxf", "ISO-Bottleneck.dxf", "ISO-Office.dxf", "arena.wkt", "aknz_evac.wkt")


def ways_out(venue: Venue, source: Zone) -> list[str]:
    """Return the exits that can be reached from a zone, itself not counted."""
    graph = FloorGraph(venue, honour_gates=True)
    reach = graph.reach(source)
    exits = [zone for zone in venue.zones if "exit" in zone.kinds and zone != source]
    return [zone.name for zone in exits if reach & graph.pieces_of(zone)]


def walked(venue: Venue, *, most: int = 6) -> Scenario:
    """Return a scenario in which a few people come in at each of the first sources and leave by any other exit."""
    sources = [zone for zone in venue.zones if "source" in zone.kinds][:most]
    demands = [Demand(zone.name, zone.name, (0.0, 30.0), (0.2, 0.2)) for zone in sources]
    journeys = [Journey(zone.name, (LeaveBy(tuple(ways_out(venue, zone))),)) for zone in sources]
    return Scenario(
        name="walk", venue=venue, start=START, duration=30.0, demands=tuple(demands), journeys=tuple(journeys), seed=1
    )


@pytest.mark.parametrize("name", SMALL)
def test_people_walk_30_s_in_a_real_map_and_stay_on_its_floor(name: str) -> None:
    file = MAPS / name
    if not file.exists():
        pytest.skip(f"the shared maps are not here: {file}")
    if name.endswith(".dxf"):
        pytest.importorskip("ezdxf")
    venue, _ = import_map(file)
    model = CrowdModel(walked(venue))
    floor = venue.levels[0].floor.buffer(0.001)
    first: dict[int, tuple[float, float]] = {}
    way: dict[int, float] = {}
    while model.time < 30.0:
        model.step()
        if model.step_index % 5:
            continue
        now = model.snapshot()
        assert shapely.contains_xy(floor, now.x, now.y).all()
        for person, x, y in zip(now.id.tolist(), now.x.tolist(), now.y.tolist(), strict=True):
            x0, y0 = first.setdefault(person, (x, y))
            way[person] = float(np.hypot(x - x0, y - y0))
    assert len(way) >= 3
    assert np.median(list(way.values())) > 5.0, "people walk"


def read(name: str) -> Venue:
    """Return a shared map as a venue, if it is here."""
    if not (MAPS / name).exists():
        pytest.skip(f"the shared maps are not here: {MAPS / name}")
    pytest.importorskip("defusedxml")
    return import_map(MAPS / name)[0]


def from_platforms(venue: Venue, *, duration: float, streets: tuple[str, ...] = STREETS) -> Scenario:
    """Ten people on each of the two deep platforms, and three who use no steps, make for the street."""
    walkers = [Demand(platform, "out", burst=Burst(0.0, 10)) for platform in PLATFORMS]
    wheels = (("manual-wheelchair", 1.0),)
    rolling = [Demand(platform, "step-free", burst=Burst(0.0, 3), profiles=wheels) for platform in PLATFORMS]
    journeys = (Journey("out", (LeaveBy(streets),)), Journey("step-free", (LeaveBy(streets),), step_free=True))
    return Scenario(
        name="station", venue=venue, start=START, duration=duration, demands=(*walkers, *rolling), journeys=journeys,
        seed=1,
    )  # fmt: skip


def change_levels(model: CrowdModel, *, until: float) -> dict[str, set[str]]:
    """Run a model until all are out; return by which kinds of links people of each journey came to another level."""
    used: dict[str, set[str]] = {journey.name: set() for journey in model.scenario.journeys}
    levels, p = len(model.venue.levels), model.people
    was: dict[int, int] = {}
    on: dict[int, str] = {}
    while model.time < until and (model.steps < 10 or p.present().size):
        model.step()
        for row in p.present().tolist() if model.step_index % 5 == 0 else ():
            level, point = int(p.level[row]), shapely.Point(p.x[row], p.y[row])
            if level >= levels:
                strips = [strip for strip in model.venue.strips if model.venue.level_index(strip.plane) == level]
                on[row] = min(strips, key=lambda strip: strip.polygon.distance(point)).link.kind
            elif was.setdefault(row, level) != level:
                was[row] = level
                used[model.scenario.journeys[p.journey[row]].name].add(on[row])
    return used


@pytest.mark.whole
def test_from_both_platforms_of_a_real_station_all_get_to_the_street_without_steps_only_by_lifts_and_ramps() -> None:
    model = CrowdModel(from_platforms(read("mf_underground.osm"), duration=900.0))
    used = change_levels(model, until=900.0)
    assert np.count_nonzero(model.people.status == Status.LEFT) == 26
    assert used["out"] >= {"stairs", "escalator"}
    assert "lift" in used["step-free"]
    assert used["step-free"] <= {"lift", "ramp"}


def test_people_of_both_platforms_of_a_real_station_are_on_their_way_up_after_40_s_and_wheels_by_no_stairs() -> None:
    model = CrowdModel(from_platforms(read("mf_underground.osm"), duration=40.0, streets=STREETS[:1]))
    used = change_levels(model, until=40.0)
    p = model.people
    walkers = [row for row in p.present() if not model.scenario.journeys[p.journey[row]].step_free]
    platform = model.venue.level_index("-2")
    assert np.count_nonzero(p.level[walkers] != platform) > 15
    assert used["step-free"] <= {"lift", "ramp"}


def test_people_walk_in_a_campus_of_many_buildings() -> None:
    venue = read("map_hochschule_klein.osm")
    model = CrowdModel(walked(venue))
    while model.time < 30.0:
        model.step()
    p, floor = model.people, venue.levels[0].floor.buffer(0.001)
    here = p.present()
    assert here.size > 10
    assert shapely.contains_xy(floor, p.x[here], p.y[here]).all()
    assert np.median(np.hypot(p.vx[here], p.vy[here])) > 0.8
