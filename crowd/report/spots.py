"""What to call a place in a sentence: a zone by its label, a spot outside every zone by what it lies near.

The rows of the whole venue tell where the worst spot was; "whole venue" itself is never a place.
"""

from __future__ import annotations

import math

from crowd.report.words import Words, sentences
from crowd.risk import Peak, Place, RiskAssessment
from crowd.risk.places import level_at, nearest_named
from venues.venue import WHOLE_VENUE


def place_text(place: Place, risk: RiskAssessment, words: Words) -> str:
    """What to call the place of a peak."""
    if place.zone != WHOLE_VENUE:
        return words.place(place.zone)
    return _spot(place.x, place.y, place.level, risk, words)


def zone_text(zone: str, risk: RiskAssessment, words: Words, *, level: str | None = None, end: bool = False) -> str:
    """What to call a zone; for the whole venue the spot where it was densest.

    Args:
        zone: name of a judged zone.
        risk: the run.
        words: the language.
        level: when that level began (key); None: when density peaked.
        end: when the recording ended.
    """
    if zone != WHOLE_VENUE:
        return words.place(zone)
    peak: Peak | None = None if risk.whole is None else risk.whole.peaks["level_density"]
    x, y = (None, None) if peak is None else (peak.x, peak.y)
    if risk.whole is not None and level is not None and level in risk.whole.first_spots:
        x, y = risk.whole.first_spots[level]
    elif risk.whole is not None and end:
        x, y = risk.whole.end_spot
    return _spot(x, y, None, risk, words)


def outside_text(zone: str, words: Words) -> str:
    """What to call a zone where no spot is known or meant."""
    return words.place(zone) if zone != WHOLE_VENUE else words.say("spots", "outside")


def _spot(x: float | None, y: float | None, level: str | None, risk: RiskAssessment, words: Words) -> str:
    """What a spot lies near, and its coordinates; where levels lie one above the other also which one it is on."""
    if x is None or y is None or math.isnan(x) or math.isnan(y):
        return words.say("spots", "unknown")
    planes = [plane.name for plane in risk.venue.planes]
    if level is None:
        names = list(risk.manifest.get("levels") or planes)
        level = level_at(x, y, quantity="level_density", fields=risk.fields, levels=names, venue=risk.venue)
    at, found = f"{x:.1f}, {y:.1f}", None
    if level in planes:
        at = f"{words.place(level)}, {at}" if len(planes) > 1 else at
        found = nearest_named(x, y, level=level, venue=risk.venue, scenario=risk.scenario)
    if found is None:
        return words.say("spots", "alone", at=at)
    near = words.place(found.name)
    if found.direction is None:
        return words.say("spots", "inside", near=near, at=at)
    if round(found.distance) < 1:
        return words.say("spots", "beside", near=near, at=at)
    direction = sentences(words.lang)["spots"]["directions"][found.direction]
    return words.say("spots", "near", near=near, distance=f"{found.distance:.0f}", direction=direction, at=at)
