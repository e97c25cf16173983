"""The map: floor, zones, walls, gates and their names below, people above.

What stands still is drawn once and kept until the camera, the level or a gate changes.
Not here: what is written beside the map (`panel.py`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from copy import deepcopy

import numpy as np
import pygame
from shapely import prepare, union_all
from shapely.geometry import MultiPolygon, Polygon, box
from shapely.geometry.base import BaseGeometry

from crowd.profiles import PROFILES
from venues import Venue, Zone
from venues.venue import Named, label
from viz import palette
from viz.layers import KIND_ORDER
from viz.viewer.camera import Camera
from viz.viewer.frames import Frame, LineState
from viz.viewer.ink import discs, mixed, shade_of, text_picture

#: Radius of a person [m]: that of an adult; recordings do not hold each one's.
BODY = PROFILES["adult"].radius_mean
#: Smallest radius of a person on the screen [pixels].
SMALLEST = 2.5
#: Strength of the colour of a zone, and width of its rim in full colour [pixels]: the faint colours alone are too much
#: alike, for colour-blind people most of all.
FAINT, RIM = 0.28, 2
NAME_SIZE = 12


class Scene:
    """Draws the levels of a venue.

    Args:
        venue: the place.
        lang: "en" or "ko".
    """

    def __init__(self, venue: Venue, lang: str) -> None:
        # A copy of its own: the run computes in another thread, and two threads must not ask one prepared geometry.
        self._venue = venue = deepcopy(venue)
        self._lang = lang
        self._floors = [plane.floor for plane in venue.planes]
        for floor in self._floors:
            prepare(floor)
        self._zones = [(zone, zone.polygon.intersection(venue.level(zone.level).floor)) for zone in venue.zones]
        self._names = [self._named(plane.name) for plane in venue.planes]
        self._ground: pygame.Surface | None = None
        self._ground_is_of: object = None

    def draw(self, surface: pygame.Surface, frame: Frame, *, camera: Camera, level: int) -> None:
        """Draw one level of a frame over all of a surface."""
        drawn = (camera, level, frame.lines)
        if self._ground is None or self._ground_is_of != drawn:
            self._ground, self._ground_is_of = self._draw_ground(frame, camera, level), drawn
        surface.blit(self._ground, (0, 0))
        draw_people(surface, frame, camera=camera, level=level)

    def _draw_ground(self, frame: Frame, camera: Camera, level: int) -> pygame.Surface:
        ground = pygame.Surface((camera.width, camera.height))
        ground.fill(palette.OUTSIDE)
        _fill(ground, camera, self._floors[level], palette.FLOOR)
        plane = self._venue.planes[level]
        self._draw_zones(ground, camera, level)
        for solid in plane.solids:
            _fill(ground, camera, solid.polygon, palette.OBSTACLE)
        for chain in self._venue.wall_chains(plane):
            pygame.draw.lines(ground, palette.WALL, False, _points(camera, chain), 2)
        for link in self._venue.links:
            for name, line in ((link.from_level, link.from_line), (link.to_level, link.to_line)):
                if name == plane.name:
                    pygame.draw.lines(ground, palette.LINK, False, _points(camera, np.array(line.coords)), 5)
        for state in frame.lines:
            if state.level == level:
                _draw_line(ground, camera, state)
        self._write_names(ground, camera, level)
        return ground

    def _draw_zones(self, ground: pygame.Surface, camera: Camera, level: int) -> None:
        for zone, shape in self._zones:
            if zone.level == self._venue.planes[level].name:
                kind = main_kind(zone.kinds)
                colour = mixed(palette.ZONES[kind], FAINT)
                if kind == "section":
                    _outline(ground, camera, shape, colour)
                else:
                    _fill(ground, camera, shape, palette.ZONES[kind])
                    _fill(ground, camera, shape.buffer(-(RIM + 1) / camera.scale, join_style="mitre"), colour)

    def _write_names(self, ground: pygame.Surface, camera: Camera, level: int) -> None:
        """Write the names that find room, those of zones with a use first; people walk over them."""
        taken: list[pygame.Rect] = []
        off = self._off(camera, level)
        for item, shape, colour in self._names[level]:
            picture = text_picture(label(item, self._lang), NAME_SIZE, colour)
            place = _free_place(picture.get_rect(), _frame_of(camera, shape), ground.get_rect(), taken, off)
            if place is not None:
                taken.append(place.inflate(16, 4))
                ground.blit(picture, place)

    def _named(self, level: str) -> list[tuple[Named, BaseGeometry, str]]:
        """Things with names on a level, where they are, and the colour of the name."""
        zones = [zone for zone in self._venue.zones if zone.level == level]
        zones.sort(key=lambda zone: main_kind(zone.kinds) == "section")
        gates = [gate for gate in self._venue.gates if gate.level == level]
        found: list[tuple[Named, BaseGeometry, str]] = [(gate, gate.line, palette.GATE) for gate in gates]
        for link in self._venue.links:
            for name, line in ((link.from_level, link.from_line), (link.to_level, link.to_line)):
                found += [(link, line, palette.LINK)] if name == level else []
        return [*((zone, self._own_part(zone), palette.FAINT_TEXT) for zone in zones), *found]

    def _own_part(self, zone: Zone) -> BaseGeometry:
        """The largest part of a zone that no smaller one covers."""
        others = (other for other in self._venue.zones if other.level == zone.level)
        smaller = [other.polygon for other in others if other.polygon.area < zone.polygon.area]
        free = zone.polygon.difference(union_all(smaller))
        return zone.polygon if free.is_empty else max(getattr(free, "geoms", [free]), key=lambda part: part.area)

    def _off(self, camera: Camera, level: int) -> Callable[[pygame.Rect], bool]:
        """Whether a rectangle of the map lies off the floor."""
        floor = self._floors[level]

        def off(place: pygame.Rect) -> bool:
            west, north = camera.to_world(*place.topleft)
            east, south = camera.to_world(*place.bottomright)
            return not floor.intersects(box(west, south, east, north))

        return off


def _frame_of(camera: Camera, shape: BaseGeometry) -> pygame.Rect:
    """The rectangle of the map that a shape fills."""
    west, south, east, north = shape.bounds
    right, down = camera.to_screen(np.array([west, east]), np.array([north, south]))
    return pygame.Rect(round(right[0]), round(down[0]), round(right[1] - right[0]), round(down[1] - down[0]))


def _free_place(
    name: pygame.Rect,
    frame: pygame.Rect,
    sheet: pygame.Rect,
    taken: list[pygame.Rect],
    off: Callable[[pygame.Rect], bool],
) -> pygame.Rect | None:
    """Where a name goes: beside what it names and off the floor, where nobody walks over it, else inside; or None."""
    gap = 7
    inside, right, left, above, below = (name.copy() for _ in range(5))
    inside.center = frame.center
    right.midleft, left.midright = (frame.right + gap, frame.centery), (frame.left - gap, frame.centery)
    above.midbottom, below.midtop = (frame.centerx, frame.top - gap), (frame.centerx, frame.bottom + gap)
    fits = frame.width > name.width and frame.height > name.height
    beside = [place for place in (right, left, above, below) if off(place)]
    for place in [*beside, *([inside] if fits else [])]:
        if sheet.contains(place) and place.collidelist(taken) < 0:
            return place
    return None


def main_kind(kinds: Iterable[str]) -> str:
    """The use of a zone that gives it its colour."""
    return next(kind for kind in KIND_ORDER if kind in set(kinds))


def draw_people(surface: pygame.Surface, frame: Frame, *, camera: Camera, level: int) -> None:
    """Draw everyone on a level as a disc in the colour of the density around them."""
    right, down = camera.to_screen(frame.x, frame.y)
    radius = round(max(BODY * camera.scale, SMALLEST), 1)
    seen = (frame.level == level) & (right > -radius) & (right < camera.width + radius)
    seen &= (down > -radius) & (down < camera.height + radius)
    pictures = discs(radius)
    half = pictures[0].get_width() / 2
    corners = np.rint(np.column_stack((right[seen], down[seen])) - half).astype(int).tolist()
    surface.blits(list(zip(pictures[shade_of(frame.density[seen])], corners, strict=True)), doreturn=False)


def _draw_line(ground: pygame.Surface, camera: Camera, line: LineState) -> None:
    """Draw a gate or a barrier; arrows show the only way of a one-way gate."""
    x0, y0, x1, y1 = line.ends
    (ax, ay), (bx, by) = _points(camera, np.array([[x0, y0], [x1, y1]]))
    if line.state == "open":
        pygame.draw.line(ground, palette.GATE, (ax, ay), (bx, by), 3)
    elif line.state == "shut":
        pygame.draw.line(ground, palette.GATE_SHUT, (ax, ay), (bx, by), 7)
    else:
        _dash(ground, (ax, ay), (bx, by))
    length = max(np.hypot(bx - ax, by - ay), 1.0)
    if line.way and line.state != "shut":
        # Forward is to the left of the line in the plan, whose y points up.
        nx, ny = line.way * (by - ay) / length, -line.way * (bx - ax) / length
        mx, my = (ax + bx) / 2, (ay + by) / 2
        tip, foot = (mx + 14 * nx, my + 14 * ny), (mx + 4 * nx, my + 4 * ny)
        wings = [(foot[0] - 6 * ny, foot[1] + 6 * nx), (foot[0] + 6 * ny, foot[1] - 6 * nx)]
        pygame.draw.polygon(ground, palette.GATE, [tip, *wings])


def _dash(ground: pygame.Surface, start: tuple[float, float], end: tuple[float, float]) -> None:
    """Draw a metered gate: thick dashes."""
    length = float(np.hypot(end[0] - start[0], end[1] - start[1]))
    count = max(2, 2 * round(length / 14) + 1)
    points = np.linspace(start, end, count + 1).tolist()
    for k in range(0, count, 2):
        pygame.draw.line(ground, palette.GATE, points[k], points[k + 1], 6)


def _points(camera: Camera, chain: np.ndarray) -> list[tuple[float, float]]:
    """Pixels of points (k, 2) [m]."""
    right, down = camera.to_screen(chain[:, 0], chain[:, 1])
    return list(zip(right.tolist(), down.tolist(), strict=True))


def _polygons(shape: BaseGeometry) -> list[Polygon]:
    """The polygons of a shape, large ones first: a small one may lie in a hole of a large one."""
    parts = shape.geoms if isinstance(shape, MultiPolygon) else [shape]
    found = [part for part in parts if isinstance(part, Polygon) and not part.is_empty]
    return sorted(found, key=lambda part: -part.area)


def _fill(ground: pygame.Surface, camera: Camera, shape: BaseGeometry, colour: str | tuple[int, int, int]) -> None:
    """Fill a shape and restore what shows through its holes."""
    for part in _polygons(shape):
        holes = [_points(camera, np.asarray(hole.coords)) for hole in part.interiors]
        kept = ground.copy() if holes else ground
        pygame.draw.polygon(ground, colour, _points(camera, np.asarray(part.exterior.coords)))
        for hole in holes:
            mask = pygame.Surface(ground.get_size(), pygame.SRCALPHA)
            pygame.draw.polygon(mask, "white", hole)
            mask.blit(kept, (0, 0), special_flags=pygame.BLEND_RGBA_MIN)
            ground.blit(mask, (0, 0))


def _outline(ground: pygame.Surface, camera: Camera, shape: BaseGeometry, colour: tuple[int, int, int]) -> None:
    for part in _polygons(shape):
        pygame.draw.lines(ground, colour, True, _points(camera, np.asarray(part.exterior.coords)), 1)
