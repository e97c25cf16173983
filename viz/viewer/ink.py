"""Drawing material: the shipped font in a few sizes, the colours of densities, discs of people.

Not here: what is drawn with it (`scene.py`, `panel.py`).
"""

from __future__ import annotations

from functools import cache, lru_cache

import numpy as np
import pygame
from matplotlib import colormaps

from viz import palette
from viz.fonts import FONT_PATH, drawable_characters

#: Density from which the darkest colour stands [1/m2]: about where the model's bodies jam.
DARKEST = 8.0
#: Colours of densities, and where the lightest lies in the palette's map: lighter ones are lost on a white floor.
SHADES, LIGHTEST = 33, 0.10
#: A disc thinner than this has a fainter outline [pixels].
OUTLINED = 4.0


@cache
def font(size: int) -> pygame.font.Font:
    """The shipped font in a height [pixels]."""
    if not pygame.font.get_init():
        pygame.font.init()
    return pygame.font.Font(str(FONT_PATH), size)


@lru_cache(2048)
def text_picture(text: str, size: int, colour: str) -> pygame.Surface:
    """A line of text; signs the font lacks show as a box, line breaks as spaces."""
    known = drawable_characters()
    plain = "".join(sign if sign in known else "□" for sign in " ".join(text.split()))
    return font(size).render(plain, True, colour)


def cut_to(text: str, size: int, width: int) -> str:
    """A text short enough for a width [pixels], with an ellipsis if something is missing."""
    if font(size).size(text)[0] <= width:
        return text
    while text and font(size).size(text + "…")[0] > width:
        text = text[:-1]
    return text + "…"


def wrapped(text: str, size: int, width: int, *, most: int) -> list[str]:
    """A text in at most so many lines of a width [pixels], cut at spaces where there are some."""
    lines = [""]
    for word in text.split():
        longer = f"{lines[-1]} {word}".strip()
        if font(size).size(longer)[0] <= width or not lines[-1] or len(lines) == most:
            lines[-1] = longer
        else:
            lines.append(word)
    return [cut_to(line, size, width) for line in lines]


@cache
def shades() -> tuple[tuple[int, int, int], ...]:
    """The colours of densities, from 0 to `DARKEST`."""
    rgb = colormaps[palette.DENSITY_MAP](np.linspace(LIGHTEST, 1.0, SHADES))[:, :3]
    return tuple((int(r), int(g), int(b)) for r, g, b in np.round(255 * rgb))


def shade_of(density: np.ndarray) -> np.ndarray:
    """Index of the colour of each density [1/m2]: (n,)."""
    return np.clip(np.rint(density / DARKEST * (SHADES - 1)), 0, SHADES - 1).astype(np.int64)


@lru_cache(8)
def discs(radius: float) -> np.ndarray:
    """A disc in each colour: (SHADES,) surfaces, all of one size.

    Args:
        radius: [pixels].
    """
    found = np.empty(SHADES, object)
    for index, colour in enumerate(shades()):
        found[index] = _disc(radius, colour)
    return found


def _disc(radius: float, colour: tuple[int, int, int]) -> pygame.Surface:
    """A disc with a smooth edge; drawn four times as large, then shrunk."""
    side, fine = 2 * int(np.ceil(radius)) + 2, 4
    rim = tuple(int((0.5 if radius >= OUTLINED else 0.75) * part) for part in colour)
    large = pygame.Surface((fine * side, fine * side), pygame.SRCALPHA)
    large.fill((*rim, 0))
    middle = (fine * side / 2, fine * side / 2)
    pygame.draw.circle(large, rim, middle, fine * radius)
    line = 1.0 if radius >= OUTLINED else 0.5
    pygame.draw.circle(large, colour, middle, fine * (radius - line))
    return pygame.transform.smoothscale(large, (side, side))


def forget_pictures() -> None:
    """Drop what was drawn with a pygame that is being closed: its fonts end with it."""
    for kept in (font, text_picture, discs):
        kept.cache_clear()


def mixed(colour: str, share: float, ground: str = palette.FLOOR) -> tuple[int, int, int]:
    """A colour laid over a ground with a share of its strength."""
    over, under = pygame.Color(colour), pygame.Color(ground)
    r, g, b = (round(share * a + (1.0 - share) * z) for a, z in zip(over[:3], under[:3], strict=True))
    return r, g, b
