"""What is written beside the map: clock, counts, alert level, legend, levels, scale, and the keys below.

Not here: the map (`scene.py`), the words (`words.py`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

import numpy as np
import pygame

from crowd.alert_levels import load_preset
from crowd.sentences import sentences
from venues import Venue
from venues.venue import WHOLE_VENUE, label
from viz import palette
from viz.layers import choose_scale_length
from viz.viewer.frames import Facts, Frame, LineState
from viz.viewer.ink import DARKEST, cut_to, font, mixed, shades, text_picture, wrapped
from viz.viewer.scene import FAINT, RIM, main_kind
from viz.viewer.view_model import ViewModel
from viz.viewer.words import WORDS, show_span

WIDTH, BAR = 312, 30
EDGE = 16
SMALL, PLAIN, LARGE, CLOCK = 12, 14, 17, 34
PAPER = "#FAF9F6"
#: Closest that lines of the key stand [pixels]: the letters of `SMALL` still do not touch.
TIGHT = 13
#: Zones with thresholds of their own that are written out, for the key below has to stay in sight.
OWN_SHOWN = 2


#: How a sign of the key is drawn ("patch", "zone", "dashes" or the width of a line), its colour, what it means.
Sign = tuple[str, str | tuple[int, int, int], str]


@dataclass
class Column:
    """Where the next line of the panel goes."""

    surface: pygame.Surface
    y: int = 12

    def write(self, text: str, *, size: int = PLAIN, colour: str = palette.TEXT, x: int = EDGE, width: int = 0) -> None:
        """Write one line, cut to what is left of the panel, and go below it."""
        room = (width or self.surface.get_width() - EDGE) - x
        self.surface.blit(text_picture(cut_to(text, size, room), size, colour), (x, self.y))
        self.y += font(size).get_height()

    def write_pair(self, name: str, value: str, *, size: int = PLAIN) -> None:
        """Write a name on the left and its value on the right of one line."""
        picture = text_picture(value, size, palette.TEXT)
        place = self.surface.get_width() - EDGE - picture.get_width()
        self.surface.blit(picture, (place, self.y))
        self.write(name, size=size, colour=palette.FAINT_TEXT, width=place)

    def skip(self, pixels: int = 8) -> None:
        """Leave room."""
        self.y += pixels


class Panel:
    """Writes the panel and the line of keys.

    Args:
        venue, facts: place and run.
        lang: "en" or "ko".
        replay: whether it is a recording.
    """

    def __init__(self, venue: Venue, facts: Facts, *, lang: str, replay: bool) -> None:
        self._venue, self._facts, self._lang, self._replay = venue, facts, lang, replay
        self._words = WORDS[lang]
        self._preset = load_preset(facts.alert_preset, facts.alert_levels)
        self._names = {WHOLE_VENUE: str(sentences(lang)["whole_venue"])}
        self._names |= {zone.name: label(zone, lang) for zone in venue.zones}
        self._names |= {area.name: label(area, lang) for area in venue.areas}

    def draw(self, surface: pygame.Surface, frame: Frame, view: ViewModel, *, state: str) -> None:
        """Draw the panel over all of a surface.

        Args:
            state: key of the words that say what the run does.
        """
        surface.fill(PAPER)
        pygame.draw.line(surface, palette.OBSTACLE, (0, 0), (0, surface.get_height()))
        column = Column(surface)
        self._write_head(column)
        self._write_clock(column, frame, view, state)
        self._write_numbers(column, frame)
        self._write_alert(column, frame)
        if view.levels > 1:
            self._write_levels(column, frame, view)
        self._draw_shades(column)
        _draw_scale(column, view.camera.scale)
        self._draw_key(column, frame, view)

    def _write_head(self, column: Column) -> None:
        name = self._facts.labels.get(self._lang, self._facts.name)
        for line in wrapped(name, LARGE, WIDTH - 2 * EDGE, most=2):
            column.write(line, size=LARGE)
        column.write(label(self._venue, self._lang), size=SMALL, colour=palette.FAINT_TEXT)
        column.write(self._words["replay" if self._replay else "live"], size=SMALL, colour=palette.FAINT_TEXT)
        column.skip(4)

    def _write_clock(self, column: Column, frame: Frame, view: ViewModel, state: str) -> None:
        moment, words = self._facts.start + timedelta(seconds=frame.time), self._words
        date = text_picture(f"{moment:%Y-%m-%d}", PLAIN, palette.FAINT_TEXT)
        column.surface.blit(date, (WIDTH - EDGE - date.get_width(), column.y + 21))
        column.write(f"{moment:%H:%M:%S}", size=CLOCK)
        spans = {"elapsed": show_span(frame.time), "duration": show_span(self._facts.duration)}
        column.write(words["elapsed"].format(**spans), size=SMALL, colour=palette.FAINT_TEXT)
        slow = state == "running" and view.reached is not None and view.reached < 0.8 * view.speed
        said = words["slower" if slow else state].format(speed=view.speed, reached=view.reached or 0.0)
        column.write(said, colour=palette.GATE if state != "running" else palette.TEXT)
        column.skip()

    def _write_numbers(self, column: Column, frame: Frame) -> None:
        words = self._words
        column.write_pair(words["inside"], f"{frame.inside:,}")
        for name in ("entered", "left", "waiting_outside"):
            column.write_pair(words[name], f"{getattr(frame, name):,}")
        column.skip()

    def _write_alert(self, column: Column, frame: Frame) -> None:
        words, preset = self._words, self._preset
        unit = "명/m²" if self._lang == "ko" else " people/m²"
        column.write_pair(words["densest"], f"{frame.densest:.2f}{unit}")
        most = words["so_far"].format(value=f"{frame.densest_so_far:.2f}")
        column.write(words["defined"], size=SMALL, colour=palette.FAINT_TEXT)
        column.write(most, size=SMALL, colour=palette.FAINT_TEXT)
        column.skip(4)
        column.write(words["alert"], colour=palette.FAINT_TEXT)
        if frame.alert:
            name, limit = preset.label(frame.alert, self._lang), preset.thresholds(frame.alert_zone)[frame.alert - 1]
            text = words["from"].format(level=name, threshold=limit)
            colour = palette.level_colours(preset.keys)[frame.alert - 1]
        else:
            text = words["none"].format(threshold=preset.thresholds()[0])
            colour = palette.LEVELS["normal"]
        _draw_chip(column, text, colour)
        for line in self.own_thresholds(frame):
            column.write(line, size=SMALL)
        authority = words["preset"].format(preset=preset.labels[self._lang])
        column.write(authority, size=SMALL, colour=palette.FAINT_TEXT)
        column.skip()

    def own_thresholds(self, frame: Frame) -> list[str]:
        """A line for each zone with thresholds of its own: which density the level now in force begins at there.

        Without a level it is the lowest. The zone in which the level is in force comes first.
        """
        rank, zones = max(frame.alert, 1), list(self._preset.zones_apart)
        zones.sort(key=lambda zone: zone != frame.alert_zone)
        lines = []
        for zone in zones[:OWN_SHOWN]:
            limit = self._preset.thresholds(zone)[rank - 1]
            lines.append(self._words["own"].format(zone=self._names.get(zone, zone), threshold=limit))
        more = len(zones) - OWN_SHOWN
        return lines + ([self._words["more_own"].format(count=more)] if more > 0 else [])

    def _draw_shades(self, column: Column) -> None:
        """Draw the scale of colours with its numbers."""
        for line in (self._words["people"], self._words["people_2"]):
            column.write(line, size=SMALL)
        width = WIDTH - 2 * EDGE
        for right in range(width):
            colour = shades()[right * len(shades()) // width]
            pygame.draw.line(column.surface, colour, (EDGE + right, column.y + 3), (EDGE + right, column.y + 15))
        column.skip(17)
        for density in np.arange(0.0, DARKEST + 1.0, 2.0):
            text = f"{density:g}" if density < DARKEST else self._words["and_more"].format(limit=density)
            picture = text_picture(text, SMALL, palette.TEXT)
            place = EDGE + density / DARKEST * width - picture.get_width() / 2
            column.surface.blit(picture, (min(max(place, EDGE), WIDTH - EDGE - picture.get_width()), column.y))
        column.skip(24)

    def _draw_key(self, column: Column, frame: Frame, view: ViewModel) -> None:
        """Draw the key, its lines closer together where there is little room."""
        key = _key_entries(self._venue, view.level, frame.lines, self._words)
        top, height = column.y, font(SMALL).get_height()
        step = max(TIGHT, min(height, (column.surface.get_height() - top - 4) // len(key)))
        for number, (shape, colour, text) in enumerate(key):
            column.y = top + number * step
            middle = column.y + height // 2 + 1
            place = (EDGE, middle - 5, 22, 11)
            if shape == "patch":
                pygame.draw.rect(column.surface, colour, place)
            elif shape == "zone":
                pygame.draw.rect(column.surface, mixed(str(colour), FAINT), place)
                pygame.draw.rect(column.surface, colour, place, RIM)
            elif shape == "dashes":
                for part in (0, 9, 18):
                    pygame.draw.line(column.surface, colour, (EDGE + part, middle), (EDGE + part + 4, middle), 6)
            else:
                pygame.draw.line(column.surface, colour, (EDGE, middle), (EDGE + 22, middle), int(shape))
            column.write(text, size=SMALL, x=EDGE + 32)

    def _write_levels(self, column: Column, frame: Frame, view: ViewModel) -> None:
        column.write(self._words["levels"], colour=palette.FAINT_TEXT)
        people = np.bincount(frame.level.astype(np.int64), minlength=view.levels)
        for index, plane in enumerate(self._venue.planes):
            said = self._words["on_level"].format(name=label(plane, self._lang), people=int(people[index]))
            height = font(PLAIN).get_height()
            if index == view.level:
                place = (EDGE - 6, column.y, WIDTH - EDGE - 4, height)
                pygame.draw.rect(column.surface, palette.LEVELS["attention"], place)
            column.write(f"[{index + 1}] {said}")
        column.skip()

    def draw_bar(self, surface: pygame.Surface, view: ViewModel, frame: Frame) -> None:
        """Draw the line below the map: how far the run is, and the keys."""
        surface.fill(PAPER)
        width = surface.get_width()
        share = min(frame.time / self._facts.duration, 1.0)
        pygame.draw.rect(surface, palette.OUTSIDE, (0, 0, width, 3))
        pygame.draw.rect(surface, palette.SERIES[0], (0, 0, round(share * width), 3))
        parts = [self._words["help"]]
        parts += [self._words["help_levels"]] if view.levels > 1 else []
        parts += [self._words["help_replay"]] if self._replay else []
        said = " · ".join(parts)
        size = PLAIN if font(PLAIN).size(said)[0] < width - 2 * EDGE else SMALL
        text = cut_to(said, size, width - 2 * EDGE)
        surface.blit(text_picture(text, size, palette.FAINT_TEXT), (EDGE, 5))


def _draw_chip(column: Column, text: str, colour: str) -> None:
    """Draw a text on a coloured ground, in the ink that can be read on it."""
    ink = pygame.Color(colour)
    dark = 0.299 * ink.r + 0.587 * ink.g + 0.114 * ink.b < 130.0  # luma, ITU-R BT.601
    height = font(PLAIN).get_height() + 6
    pygame.draw.rect(column.surface, colour, (EDGE, column.y, WIDTH - 2 * EDGE, height), border_radius=4)
    column.skip(3)
    column.write(text, colour=palette.FLOOR if dark else palette.TEXT, x=EDGE + 8, width=WIDTH - EDGE - 8)
    column.skip(5)


def _draw_scale(column: Column, scale: float) -> None:
    """Draw a bar of a round length [m]."""
    length = choose_scale_length(5.0 * 150.0 / scale)
    pixels = round(length * scale)
    y = column.y + 18
    pygame.draw.line(column.surface, palette.TEXT, (EDGE, y), (EDGE + pixels, y), 2)
    for x in (EDGE, EDGE + pixels):
        pygame.draw.line(column.surface, palette.TEXT, (x, y - 5), (x, y + 4), 2)
    column.write(f"{length:g} m", size=SMALL, x=EDGE + 6)
    column.skip()


def _key_entries(venue: Venue, level: int, lines: Sequence[LineState], words: dict[str, str]) -> list[Sign]:
    """What the key explains: only what is drawn on the level shown at the moment."""
    plane = venue.planes[level]
    found: list[Sign] = [("2", palette.WALL, words["wall"])]
    if plane.solids:
        found.append(("patch", palette.OBSTACLE, words["obstacle"]))
    kinds = [zone.kinds for zone in venue.zones if zone.level == plane.name]
    both = any({"source", "exit"} <= group for group in kinds)
    for kind, colour in palette.ZONES.items():
        if any(main_kind(group) == kind for group in kinds):
            said = words["both"] if kind == "source" and both else words[kind]
            found.append(("1", mixed(colour, FAINT), said) if kind == "section" else ("zone", colour, said))
    states = {line.state for line in lines if line.level == level}
    signs: dict[str, tuple[str, str]] = {
        "open": ("3", palette.GATE), "metered": ("dashes", palette.GATE), "shut": ("7", palette.GATE_SHUT),
    }  # fmt: skip
    found += [(*sign, words[state]) for state, sign in signs.items() if state in states]
    if any(plane.name in (link.from_level, link.to_level) for link in venue.links):
        found.append(("5", palette.LINK, words["link"]))
    return found
