"""How a contact force is said: as a number, as a range, or as an order of magnitude only.

Above the density at which the model's discs jam, the force is set by the assumed body size; there a single
number would claim what nobody knows (model definition).
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from crowd.force_range import VARIANTS
from crowd.quantities import QUANTITIES
from crowd.report.words import Words, sentences
from crowd.risk import Peak, RiskAssessment, ZoneRisk

FORCE = QUANTITIES["contact_force"]
DOSE = QUANTITIES["dose"]


def peak_force_data(risk: RiskAssessment, words: Words) -> dict[str, Any]:
    """The largest contact force of a run, for a moment; with a range where someone ran one."""
    peak = None if risk.worst_force is None else risk.worst_force[0]
    return _with_range(
        _force(peak, words, exact=not risk.above_jamming), risk, words, ends=("low", "high"), of="contact_force"
    )


def sustained_force_data(risk: RiskAssessment, words: Words) -> dict[str, Any]:
    """The largest 10 s mean of the force on one person: what a dose builds up from; bumps do not count."""
    peak = None if risk.sustained_force is None else risk.sustained_force[0]
    said = _force(peak, words, exact=not risk.above_jamming)
    return _with_range(said, risk, words, ends=("low_10s", "high_10s"), of="contact_force_10s")


def _with_range(
    said: dict[str, Any], risk: RiskAssessment, words: Words, *, ends: tuple[str, str], of: str
) -> dict[str, Any]:
    """What is said of a force, or its range over assumed bodies where someone ran them, with the one as assumed."""
    found = risk.force_range or {}
    if not set(ends) <= set(found):
        return said
    low, high = (FORCE.shown(found[end]) for end in ends)
    text = words.say("format", "force_range", low=f"{low:,}", high=f"{high:,}")
    assumed = found.get("variants", {}).get("as assumed")
    if assumed is not None:
        text = words.say("format", "force_assumed", range=text, force=f"{FORCE.shown(assumed[of]):,}")
    return {**said, "newtons": None, "order_newtons": None, "range_newtons": [low, high], "text": text}


def varied_bodies() -> dict[str, str]:
    """The other bodies that were run to find a range, as sentences name them: radius [%], stiffness [N/m]."""
    radii, stiffnesses = (
        [variant[name] for variant in VARIANTS.values() if name in variant]
        for name in ("contact.body", "contact.stiffness")
    )
    thinner, thicker = (f"{100.0 * (end - 1.0):+.0f}".replace("-", "−") for end in (min(radii), max(radii)))
    softer, stiffer = (f"{end:,.0f}" for end in (min(stiffnesses), max(stiffnesses)))
    return {"thinner": thinner, "thicker": thicker, "softer": softer, "stiffer": stiffer}


def zone_force_data(zone: ZoneRisk, risk: RiskAssessment, words: Words) -> dict[str, Any]:
    """The largest force in one zone, for a moment and for 10 s; exact only below the jamming density."""
    jammed = is_jammed(zone.peaks, risk.jamming_density)
    momentary = _force(zone.peaks["contact_force_max"], words, exact=not jammed)
    sustained = _force(zone.peaks["contact_force_10s_max"], words, exact=not jammed)
    return {"momentary": momentary, "sustained": sustained}


def zone_dose_data(zone: ZoneRisk, risk: RiskAssessment, words: Words) -> dict[str, Any]:
    """The largest force dose in one zone; one digit only where the force itself is an order of magnitude."""
    peak = zone.peaks["dose_max"]
    if peak is None:
        return {"value": None, "about": None, "text": words.word("unknown")}
    if not is_jammed(zone.peaks, risk.jamming_density) or peak.value < 0.001:
        return {"value": DOSE.shown(peak.value), "about": None, "text": words.number(peak.value, "dose")}
    about = float(f"{peak.value:.0e}")
    return {"value": None, "about": about, "text": words.say("format", "dose_about", value=f"{about:g}")}


def is_jammed(peaks: Mapping[str, Peak | None], jamming_density: float | None) -> bool:
    """Whether a zone was packed closer than the discs jam; True too if that cannot be ruled out."""
    known = [peaks["level_density"], peaks["local_density_max"]]
    densest = max((peak.value for peak in known if peak is not None), default=math.inf)
    return jamming_density is None or densest > jamming_density


def _force(peak: Peak | None, words: Words, *, exact: bool) -> dict[str, Any]:
    said: dict[str, Any] = {"newtons": None, "order_newtons": None, "range_newtons": None}
    if peak is None:
        return {**said, "time": None, "seconds": None, "text": words.word("unknown")}
    value = FORCE.shown(peak.value) or 0
    said |= {"seconds": peak.time, "time": words.clock(peak.time) if peak.value > 0.0 else None}
    if value == 0:
        return {**said, "newtons": 0, "text": "0 N"}
    if exact:
        return {**said, "newtons": value, "text": words.say("format", "force", force=f"{value:,}")}
    orders = sentences(words.lang)["format"]["orders"]
    order = 10 ** min(5, math.floor(math.log10(value)))
    return {**said, "order_newtons": order, "text": orders[str(order)]}
