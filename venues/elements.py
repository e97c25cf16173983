"""What watches, speaks and shows the way in a venue: cameras, loudspeakers, signs.

Frozen, in metres, checked on construction. Nobody walks into them: they stand on poles and walls. Not here: what a
camera sees and a loudspeaker reaches (`coverage.py`); first aid posts and emergency lanes: zones (`places.py`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from shapely.geometry import Point

from venues.doors import MAX_WIDTH, check_coordinates, check_labels, check_name, check_number
from venues.errors import BadInput, named, unnamed
from venues.refusals import told

#: A full turn [degrees].
FULL_TURN = 360.0


@dataclass(frozen=True)
class Camera:
    """A camera that looks along the level it is on.

    Args:
        position: where it hangs [m].
        bearing: where it looks [degrees clockwise from north, 0 to 360].
        field_of_view: whole angle it takes in [degrees, up to 360].
        reach: how far people can be told apart in its picture [m].
        labels: language code -> text.
    """

    name: str
    level: str
    position: Point
    bearing: float
    field_of_view: float
    reach: float
    labels: Mapping[str, str] = field(default_factory=dict, hash=False)

    def __post_init__(self) -> None:
        _check_element(self)
        what = named("camera", self.name)
        bearing = check_number(
            told("bearing of {what}", what=what), self.bearing, low=0.0, high=FULL_TURN, unit="degrees"
        )
        angle = check_number(
            told("field_of_view of {what}", what=what),
            self.field_of_view,
            low=0.0,
            high=FULL_TURN,
            unit="degrees",
            open_low=True,
        )
        object.__setattr__(self, "bearing", bearing)
        object.__setattr__(self, "field_of_view", angle)


@dataclass(frozen=True)
class _Reaching:
    """What hangs at `position` [m] on a level and is noticed up to `reach` [m] from there.

    `labels`: language code -> text.
    """

    name: str
    level: str
    position: Point
    reach: float
    labels: Mapping[str, str] = field(default_factory=dict, hash=False)

    def __post_init__(self) -> None:
        _check_element(self)


class Loudspeaker(_Reaching):
    """A loudspeaker whose words are understood up to its reach, round corners too."""


class Sign(_Reaching):
    """A sign or board that is read up to its reach."""


Element = Camera | Loudspeaker | Sign


def _check_element(item: Camera | _Reaching) -> None:
    """Refuse a name, position, reach or labels that are none."""
    kind = type(item).__name__.lower()
    check_name(unnamed(kind), item.name)
    what = named(kind, item.name)
    if not isinstance(item.position, Point) or item.position.is_empty:
        raise BadInput(
            told("{what} has the position {position:.60}; it must be a point", what=what, position=str(item.position))
        )
    check_coordinates(what, item.position)
    reach = check_number(
        told("reach of {what}", what=what), item.reach, low=0.0, high=MAX_WIDTH, unit="m", open_low=True
    )
    object.__setattr__(item, "reach", reach)
    object.__setattr__(item, "labels", check_labels(what, item.labels))
