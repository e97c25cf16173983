"""Maps that nobody on this project drew can be walked in: people come in, stay on the floor, and some get out."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import shapely

from crowd.demand import Demand
from crowd.journeys import Journey, LeaveBy
from crowd.model import CrowdModel
from crowd.scenario import Scenario
from tests.scenes import START
from venues import Venue, Zone
from venues.connectivity import FloorGraph
from venues.readers.import_map import import_map

MAPS = Path(__file__).parents[2] / "../shared/data/maps"
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
