"""The note under a picture of alert levels that names the zones whose thresholds are their own.

Not here: the thresholds (`crowd.alert_levels`), the key of the general ones (`figures.py`, `risk_maps.py`).
"""

from __future__ import annotations

from typing import Literal

from crowd.report.words import Words
from crowd.risk import RiskAssessment
from viz.labels import wrap_name

MOST_ZONES = 5
"""Zones written out; more would take the room of the picture."""

WORDS = {
    "en": {
        "map": "The colours follow the general thresholds [people/m²]; these zones are judged by their own:",
        "bars": "The key gives the general thresholds [people/m²]. Zones judged by their own, as their bars are:",
        "more": "and {count} more",
    },
    "ko": {
        "map": "지도 색은 공통 기준[명/m²]에 따른다. 자체 기준으로 판정하는 구역:",
        "bars": "범례는 공통 기준[명/m²]이다. 자체 기준으로 판정하는 구역(막대도 자체 기준):",
        "more": "외 {count}곳",
    },
}


def own_thresholds_note(risk: RiskAssessment, words: Words, *, under: Literal["map", "bars"]) -> str | None:
    """What to write under a picture, a line for each zone with thresholds of its own; None without such a zone."""
    preset, said = risk.preset, WORDS[words.lang]
    zones = preset.zones_apart
    if not zones:
        return None
    lines = [said[under]]
    for zone in zones[:MOST_ZONES]:
        limits = zip(preset.levels, preset.thresholds(zone), strict=True)
        levels = ", ".join(f"{level.labels[words.lang]} ≥ {limit:g}" for level, limit in limits)
        lines.append(f"{wrap_name(words.place(zone)).splitlines()[0]}: {levels}")
    if len(zones) > MOST_ZONES:
        lines.append(said["more"].format(count=len(zones) - MOST_ZONES))
    return "\n".join(lines)
