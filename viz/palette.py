"""Every colour of every picture: one truth for figures, the report's page and the viewer.

Colours are told apart with the common kinds of colour blindness: the qualitative ones are from Okabe and Ito
(2008), the alert levels darken from one to the next, the density map has a luminance that only falls. Not
here: which number belongs to which level (`crowd.alert_levels`).
"""

from __future__ import annotations

from collections.abc import Sequence

#: Ground people can stand on, everything else, and lines around it.
FLOOR = "#FFFFFF"
OUTSIDE = "#E4E2DC"
WALL = "#2B2B2B"
OBSTACLE = "#A9A59B"
TEXT = "#1A1A1A"
FAINT_TEXT = "#5F5F5F"

#: What a zone is for -> fill.
ZONES = {
    "source": "#009E73",
    "exit": "#0072B2",
    "waiting": "#F0E442",
    "stage": "#999999",
    "queue": "#E69F00",
    "refuge": "#56B4E9",
    "no-go": "#5A1A1A",
    "section": "#5F5F5F",
    "first-aid": "#CC79A7",
    "emergency-lane": "#D55E00",
}
GATE = "#C44E00"
GATE_SHUT = "#1A1A1A"
LINK = "#6A3D9A"
#: Lifts and ramps; floor that only steps lead to.
STEP_FREE = "#1B7837"
CUT_OFF = "#F0C9C9"
LINE = "#A0357B"
AREA = "#A0357B"
CAMERA = "#1F4E9E"
LOUDSPEAKER = "#7A4A00"
SIGN = "#00695C"
SLOPE = "#8C6D46"

#: Alert level -> colour, from none to the worst.
LEVELS = {
    "normal": "#E3ECF2",
    "attention": "#8CBEDC",
    "caution": "#FFD84D",
    "alert": "#EE7F2D",
    "serious": "#B1002A",
    "crisis": "#3D0A33",
}
#: matplotlib's name of the map for densities and forces: light is little, dark is much; luminance falls
#: steadily.
DENSITY_MAP = "magma_r"
#: Lines of a figure that compares several things, in this order (Okabe and Ito 2008).
SERIES = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000")


def level_colours(keys: Sequence[str]) -> list[str]:
    """Return one colour for each alert level of a preset, mildest first.

    Args:
        keys: the levels' keys, without the state below all levels. Presets with words of their own get the
        worst
            colours, as many as they have levels.

    Raises:
        ValueError: if there are more levels than colours.
    """
    if all(key in LEVELS for key in keys):
        return [LEVELS[key] for key in keys]
    ramp = [colour for key, colour in LEVELS.items() if key != "normal"]
    if len(keys) > len(ramp):
        raise ValueError(f"a preset has {len(keys)} alert levels; there are colours for {len(ramp)}")
    return ramp[len(ramp) - len(keys) :]
