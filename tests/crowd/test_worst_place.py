"""The worst place is named by the level it is on, and by the stair if it is on one."""

from __future__ import annotations

import pandas as pd
import pytest

from crowd.risk.places import worst_place
from tests.claims.test_links import lift_house
from venues import Venue
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
