"""Data and pictures to one self-contained HTML page: everything escaped, no script, nothing fetched.

The page's policy allows its own style (by its hash), pictures and the font inside it, and nothing else.
"""

from __future__ import annotations

import base64
import hashlib
import html
import re
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from crowd.alert_levels import HOLD_TIME
from crowd.quantities import EXPOSURE_DENSITIES, QUANTITIES
from crowd.report.words import sentences
from crowd.risk.lines import GRIDLOCK_DENSITY, GRIDLOCK_FLOW, GRIDLOCK_TIME
from viz import palette
from viz.fonts import FAMILY, font_face_css, missing_glyphs
from viz.html_report.pictures import Picture
from viz.html_report.strings import page_strings

DASH = "–"


def render_page(
    data: Mapping[str, Any],
    pictures: Sequence[Mapping[str, Picture | None]],
    *,
    comparison: Picture | None = None,
) -> str:
    """The whole page.

    Args:
        data: what `crowd.report.report_data` returns.
        pictures: for each run its pictures by section.
        comparison: the picture of runs side by side, if there are several.

    Returns:
        HTML as text.
    """
    lang = str(data["lang"])
    environment = _environment()
    body = environment.get_template("body.html.j2").render(
        data=data,
        pictures=pictures,
        comparison_picture=comparison,
        s=page_strings(lang),
        quantities=QUANTITIES,
        exposure_densities=EXPOSURE_DENSITIES,
        limits=_limits(),
    )
    visible = visible_text(body) + page_strings(lang)["title"] + page_strings(lang)["compared"]
    warning = glyph_warning(visible, lang)
    style = _style(data, visible + warning)
    digest = base64.b64encode(hashlib.sha256(style.encode("utf-8")).digest()).decode("ascii")
    return environment.get_template("page.html.j2").render(
        data=data,
        s=page_strings(lang),
        body=Markup(body),
        style=Markup(style),
        digest=digest,
        glyph_warning=warning,
    )


def _limits() -> dict[str, str]:
    """The blanks of captions: how long a level holds, and what gridlock is."""
    return {
        "hold": f"{HOLD_TIME:g}",
        "still_flow": f"{GRIDLOCK_FLOW:g}",
        "still_time": f"{GRIDLOCK_TIME:g}",
        "still_density": f"{GRIDLOCK_DENSITY:g}",
    }


def visible_text(markup: str) -> str:
    """The text of a piece of HTML: what a reader sees, alternative texts of pictures included."""
    alternatives = " ".join(re.findall(r'alt="([^"]*)"', markup))
    return html.unescape(re.sub(r"<[^>]*>", " ", markup) + alternatives)


def glyph_warning(text: str, lang: str) -> str:
    """A sentence about characters the font of the page cannot draw; empty if it can draw all."""
    missing = missing_glyphs(text)
    if not missing:
        return ""
    shown = ", ".join(f"{character} U+{ord(character):04X}" for character in missing[:20])
    return str(sentences(lang)["limits"]["glyphs"]).format(characters=shown)


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("viz", "html_report/templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["number"] = show_number
    environment.filters["fill"] = _fill
    return environment


def show_number(value: float | None, quantity: str) -> str:
    """A number with the digits of its quantity and a comma at each thousand; a dash if it is not known."""
    if value is None:
        return DASH
    return f"{value:,.{QUANTITIES[quantity].decimals}f}"


def _fill(text: str, **values: Any) -> str:
    """Fill the blanks of a string of the page; jinja escapes the result like any text."""
    return text.format(**values)


def _style(data: Mapping[str, Any], text: str) -> str:
    """The style sheet with the colours of the alert levels and the glyphs of the page."""
    sheet = _environment().get_template("style.css.j2").render(palette=palette, family=FAMILY)
    rules = [_level_rules(run) for run in data["runs"]]
    drawable = "".join(sorted(set(text) - set(missing_glyphs(text))))
    return "\n".join([font_face_css(drawable), sheet, *rules])


def _level_rules(run: Mapping[str, Any]) -> str:
    """Colours of the alert levels of one run; text on them is black or white, whichever is easier to read."""
    colours = palette.level_colours([level["key"] for level in run["levels"]])
    shades = [palette.LEVELS["normal"], *colours]
    return "\n".join(
        f".{run['id']} .rank-{rank}{{background:{colour};color:{_ink(colour)}}}" for rank, colour in enumerate(shades)
    )


def _ink(colour: str) -> str:
    red, green, blue = (int(colour[k : k + 2], 16) / 255.0 for k in (1, 3, 5))
    return "#000000" if 0.2126 * red**2.2 + 0.7152 * green**2.2 + 0.0722 * blue**2.2 > 0.18 else "#FFFFFF"
