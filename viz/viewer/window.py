"""The window: events in, frames out. Everything that depends on pygame's events and display is here.

Not here: what a command does (`view_model.py`), what is drawn (`scene.py`, `panel.py`).
"""

from __future__ import annotations

import contextlib
import signal
import sys
import threading
import time
from collections.abc import Iterator
from types import FrameType

import numpy as np
import pygame

from venues import Venue
from venues.errors import BadInput
from venues.refusals import told
from viz.viewer.frames import Facts, Source
from viz.viewer.ink import forget_pictures
from viz.viewer.panel import BAR, WIDTH, Panel
from viz.viewer.scene import Scene
from viz.viewer.screen import GET_SCREEN, Photo
from viz.viewer.view_model import ViewModel
from viz.viewer.words import WORDS

SIZE = (1280, 800)
FRAMES_A_SECOND = 30

KEYS = {
    pygame.K_SPACE: "pause", pygame.K_PLUS: "faster", pygame.K_EQUALS: "faster", pygame.K_KP_PLUS: "faster",
    pygame.K_MINUS: "slower", pygame.K_KP_MINUS: "slower", pygame.K_f: "fit", pygame.K_HOME: "home",
    pygame.K_END: "end", pygame.K_TAB: "level", pygame.K_q: "quit", pygame.K_ESCAPE: "quit", pygame.K_LEFT: "back",
    pygame.K_RIGHT: "forward", pygame.K_UP: "forward_far", pygame.K_DOWN: "back_far",
    **{pygame.K_1 + n: f"level:{n + 1}" for n in range(9)},
}  # fmt: skip
#: Keys that some keyboards put elsewhere, by what they write.
SIGNS = {"+": "faster", "-": "slower"}


class Window:
    """One run in a window.

    Args:
        venue, facts: place and run.
        lang: "en" or "ko".
        title: of the window.
        recorded: end of the recording that is replayed [s]; None: a live run.

    Attributes:
        view: what the keys have done.

    Raises:
        BadInput: the screen cannot be used.
    """

    def __init__(self, venue: Venue, facts: Facts, *, lang: str, title: str, recorded: float | None) -> None:
        pygame.display.init()
        try:
            self.surface = pygame.display.set_mode(SIZE, pygame.RESIZABLE)
        except pygame.error:
            raise BadInput(GET_SCREEN) from None
        pygame.display.set_caption(f"Inpa: {title}")
        pygame.key.stop_text_input()  # or a Korean keyboard keeps the keys to itself
        bounds = np.array([plane.floor.bounds for plane in venue.planes])
        west, south = bounds[:, :2].min(axis=0)
        east, north = bounds[:, 2:].max(axis=0)
        end, replay = float("inf") if recorded is None else recorded, recorded is not None
        around, planes = (float(west), float(south), float(east), float(north)), len(venue.planes)
        width, height = self._map_size()
        self.view = ViewModel(around, planes, width, height, end=end, replay=replay)
        self._scene, self._panel = Scene(venue, lang), Panel(venue, facts, lang=lang, replay=replay)
        self._words, self._dragging, self._planned = WORDS[lang], False, facts.duration
        self._state = ""
        self._shown: Source | None = None

    def show(self, source: Source, photo: Photo | None) -> None:
        """Show a run until somebody closes the window, or take a picture of it."""
        if photo is not None:
            return self._photograph(source, photo)
        with _end_requests(self.view):
            before = time.perf_counter()
            pace = pygame.time.Clock()
            while not self.view.quitting:
                now = time.perf_counter()
                self.look(source, now - before)
                before = now
                pace.tick(FRAMES_A_SECOND)

    def look(self, source: Source, seconds: float) -> None:
        """Do what the keys say, let real time pass [s], and draw."""
        for event in pygame.event.get():
            self._take(event)
        self.view.pass_time(seconds)
        source.follow(self.view.clock)
        self.view.hold_to(source.frame.time)
        self.view.quitting |= source.failed
        self._draw(source)

    def _photograph(self, source: Source, photo: Photo) -> None:
        shown = source.advance(photo.frames)
        if source.failed:
            return
        self._draw(source)
        if shown < photo.frames:
            sys.stderr.write(self._words["beyond"].format(there=shown) + "\n")
        try:
            pygame.image.save(self.surface, str(photo.file))
        except (pygame.error, OSError) as error:
            raise BadInput(
                told("--screenshot {path!r} cannot be written: {why}", path=str(photo.file), why=error)
            ) from None

    def say_ending(self) -> None:
        """Say that the recording is being finished, which takes a moment."""
        self._state = "closing"
        if self._shown is not None:
            self._draw(self._shown)

    def _take(self, event: pygame.event.Event) -> None:
        """Turn one event into a command."""
        if event.type == pygame.QUIT:
            self.view.press("quit")
        elif event.type == pygame.KEYDOWN:
            command = KEYS.get(event.key) or SIGNS.get(getattr(event, "unicode", ""))
            if command:
                self.view.press(command)
        elif event.type == pygame.VIDEORESIZE:
            self.surface = pygame.display.get_surface() or self.surface
            self.view.resize(*self._map_size())
        else:
            self._take_mouse(event)

    def _take_mouse(self, event: pygame.event.Event) -> None:
        """The wheel zooms over the map; a drag that begins there moves it."""
        if event.type == pygame.MOUSEWHEEL:
            at = pygame.mouse.get_pos()
            if self._on_map(at):
                self.view.wheel(event.y, at)
        elif event.type == pygame.MOUSEBUTTONDOWN and event.button == 1:
            self._dragging = self._on_map(event.pos)
        elif event.type == pygame.MOUSEBUTTONUP and event.button == 1:
            self._dragging = False
        elif event.type == pygame.MOUSEMOTION and self._dragging:
            self.view.drag(*event.rel)

    def _map_size(self) -> tuple[int, int]:
        width, height = self.surface.get_size()
        return max(width - WIDTH, 50), max(height - BAR, 50)

    def _on_map(self, at: tuple[int, int]) -> bool:
        return at[0] < self.view.width and at[1] < self.view.height

    def _draw(self, source: Source) -> None:
        """Draw map, panel and bar, and show them."""
        self._shown, view, frame = source, self.view, source.frame
        width, height = self.surface.get_size()
        part = self.surface.subsurface
        if height - BAR < view.height or width - WIDTH < view.width:
            return  # smaller than anything can be drawn in
        self._scene.draw(part((0, 0, view.width, view.height)), frame, camera=view.camera, level=view.level)
        self._panel.draw(part((view.width, 0, WIDTH, view.height)), frame, view, state=self._state_of(source))
        self._panel.draw_bar(part((0, view.height, width, BAR)), view, frame)
        pygame.display.flip()

    def _state_of(self, source: Source) -> str:
        if self._state:
            return self._state
        if source.at_end:
            return "over" if source.frame.time > self._planned - 1.0 else "cut"
        if source.frame.time == 0.0:
            return "preparing"
        return "paused" if self.view.paused else "running"


@contextlib.contextmanager
def open_window(venue: Venue, facts: Facts, *, lang: str, title: str, recorded: float | None) -> Iterator[Window]:
    """Open a window and close it whatever happens; arguments as of `Window`."""
    try:
        yield Window(venue, facts, lang=lang, title=title, recorded=recorded)
    finally:
        pygame.quit()
        forget_pictures()


@contextlib.contextmanager
def _end_requests(view: ViewModel) -> Iterator[None]:
    """Turn the first Ctrl-C or termination request into closing the window; a second Ctrl-C breaks off at once."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}

    def close(number: int, frame: FrameType | None) -> None:
        view.quitting = True
        signal.signal(number, signal.default_int_handler)

    for number in before:
        signal.signal(number, close)
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
