"""What stands on a level in people's way: obstacles they walk round, thin walls they press on.

Frozen, in metres, checked on construction. Not here: the level they stand on (`places.py`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from shapely.geometry import LineString, Polygon

from venues.doors import check_labels, check_line, check_name, check_number, check_polygon
from venues.errors import named, unnamed
from venues.refusals import told

#: Largest design load a barrier may be said to have [N/m] (assumed: a slip of digits above ten crush barriers).
MAX_LOAD = 50_000.0


@dataclass(frozen=True)
class Obstacle:
    """A solid thing people walk round, with a name for the plan; its name need not be unique.

    Args:
        polygon: its outline [m].
        name: may be empty.
        labels: language code -> text.
    """

    polygon: Polygon
    name: str = ""
    labels: Mapping[str, str] = field(default_factory=dict, hash=False)

    def __post_init__(self) -> None:
        what = told("an obstacle")
        if self.name != "":
            check_name(what, self.name)
            what = named("obstacle", self.name)
        check_polygon(what, self.polygon)
        object.__setattr__(self, "labels", check_labels(what, self.labels))


@dataclass(frozen=True)
class Wall:
    """A thin fence or barrier; what presses on it is reported where it has a name.

    Args:
        line: any number of points [m].
        name: may be empty; need not be unique: walls of one name on one level are one barrier.
        labels: language code -> text.
        design_load: horizontal load it is built for [N/m]; None if that is not known.
    """

    line: LineString
    name: str = ""
    labels: Mapping[str, str] = field(default_factory=dict, hash=False)
    design_load: float | None = None

    def __post_init__(self) -> None:
        what = unnamed("wall")
        if self.name != "":
            check_name(what, self.name)
            what = named("wall", self.name)
        check_line(what, self.line, two_points=False)
        object.__setattr__(self, "labels", check_labels(what, self.labels))
        if self.design_load is not None:
            where = told("design load of {what}", what=what)
            load = check_number(where, self.design_load, low=0.0, high=MAX_LOAD, unit="N/m", open_low=True)
            object.__setattr__(self, "design_load", load)
