"""The one font of every picture and page: a subset of Noto Sans KR, shipped in `viz/fonts/` (OFL 1.1).

Here: making it known to matplotlib, cutting it down to the characters of one page, and telling which
characters it cannot draw. Not here: sizes and colours of text (`viz.figures` and the page's style).
"""

from __future__ import annotations

import base64
import io
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path

from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTFont
from matplotlib import font_manager

FONT_PATH = Path(__file__).with_name("fonts") / "NotoSansKR-Regular.otf"
FAMILY = "Inpa Sans KR"
"""Family name inside the font file; its own, because a subset is a modified version (viz/fonts/README.md)."""

_NOT_DRAWN = frozenset("\n\r\t\u200b\ufeff")


@lru_cache(maxsize=1)
def register() -> str:
    """Make the shipped font known to matplotlib and return its family name (may be called again)."""
    font_manager.fontManager.addfont(FONT_PATH)
    return FAMILY


@lru_cache(maxsize=1)
def drawable_characters() -> frozenset[str]:
    """All characters the shipped font has a glyph for."""
    with TTFont(FONT_PATH, lazy=True) as font:
        return frozenset(chr(code) for code in font.getBestCmap())


def missing_glyphs(texts: str | Iterable[str]) -> tuple[str, ...]:
    """Characters of `texts` that the shipped font cannot draw, each once, in order of code point.

    Line breaks, tabs and zero-width marks need no glyph and are not reported.
    """
    used = set("".join([texts] if isinstance(texts, str) else texts))
    return tuple(sorted(used - drawable_characters() - _NOT_DRAWN))


def subset_woff(text: str) -> bytes:
    """The shipped font reduced to the characters of `text`, as a WOFF file (zlib inside)."""
    options = Options(flavor="woff", layout_features=[], hinting=False, notdef_outline=True)
    options.name_IDs = [0, 1, 2, 13, 14]
    subsetter = Subsetter(options)
    subsetter.populate(text=text)
    with TTFont(FONT_PATH, recalcTimestamp=False) as font:
        subsetter.subset(font)
        font.flavor = "woff"
        buffer = io.BytesIO()
        font.save(buffer)
    return buffer.getvalue()


def font_face_css(text: str) -> str:
    """A CSS `@font-face` rule with the glyphs of `text` inside it: a page that uses it fetches nothing."""
    data = base64.b64encode(subset_woff(text)).decode("ascii")
    return (
        f'@font-face{{font-family:"{FAMILY}";src:url("data:font/woff;base64,{data}") format("woff");'
        "font-weight:normal;font-style:normal}"
    )
