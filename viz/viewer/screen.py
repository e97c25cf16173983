"""Whether there is anything to draw on: pygame, a screen, a place for the picture. Imports pygame only when asked."""

from __future__ import annotations

import os
import sys
import warnings
from dataclasses import dataclass
from pathlib import Path

from venues.errors import BadInput
from venues.refusals import told

GET_PYGAME = told('the viewer needs pygame; get it with: pip install "inpa[viewer]"')
GET_SCREEN = told(
    "the viewer needs a screen and there is none; set DISPLAY, or take a picture without one: "
    "--frames N --screenshot FILE"
)
#: SDL's driver that draws into memory only.
UNSEEN = "dummy"


@dataclass(frozen=True)
class Photo:
    """A picture to take without a person.

    Args:
        frames: how many frames to show before it, half a simulated second each; 1 or more.
        file: PNG to write, in a folder that exists.

    Raises:
        BadInput: a number or a file that cannot be.
    """

    frames: int
    file: Path

    def __post_init__(self) -> None:
        if self.frames < 1:
            raise BadInput(told("--frames {count} shows nothing; it must be 1 or more", count=self.frames))
        if self.file.suffix.lower() != ".png":
            raise BadInput(
                told(
                    "--screenshot {path!r} ends in {ending!r}; it must be a .png",
                    path=str(self.file),
                    ending=self.file.suffix,
                )
            )
        if not self.file.parent.is_dir():
            raise BadInput(
                told("--screenshot {path!r} is in a folder that does not exist; make it first", path=str(self.file))
            )


def prepare_screen(photo: Photo | None) -> None:
    """Make sure that pygame is there and has a screen; for a picture memory will do.

    Raises:
        BadInput: one of both is missing; the line says how to get it.
    """
    os.environ.setdefault("PYGAME_HIDE_SUPPORT_PROMPT", "1")
    os.environ.setdefault("SDL_VIDEO_X11_WMCLASS", "inpa")
    driver = _driver()
    if driver == UNSEEN and photo is None:
        raise BadInput(GET_SCREEN)
    if driver:
        os.environ["SDL_VIDEODRIVER"] = driver
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of what pygame itself imports
            import pygame
    except ImportError:
        raise BadInput(GET_PYGAME) from None
    try:
        pygame.display.init()
    except pygame.error:
        raise BadInput(GET_SCREEN) from None


def _driver() -> str:
    """SDL's driver to use; empty: SDL finds it. It would try others one by one, in the end one that shows nothing."""
    if os.environ.get("SDL_VIDEODRIVER") or not sys.platform.startswith("linux") or os.environ.get("WAYLAND_DISPLAY"):
        return ""
    return "x11" if os.environ.get("DISPLAY") else UNSEEN
