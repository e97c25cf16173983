"""The sentence somebody reads who reads nothing else, and the doubts that go with it.

"No level reached" is never said without what it rests on; with a doubt it says that it is no all-clear.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from crowd.recording.tables import HARMFUL_FORCE
from crowd.report.forces import sustained_force_data
from crowd.report.words import Words
from crowd.risk import Doubt, RiskAssessment

IN_SENTENCE = 3
"""Doubts that stand in the sentence itself; all of them are listed under it."""


def headline_data(risk: RiskAssessment, words: Words) -> dict[str, Any]:
    """Verdict, level, sentence and doubts."""
    said = ("force", "near") if risk.verdict == "reached" else ()
    doubts = [doubt_text(doubt, risk, words) for doubt in risk.doubts if doubt.kind not in said]
    worse = any(doubt.kind not in ("gridlock", "force", "near") for doubt in risk.doubts)
    return {
        "verdict": risk.verdict,
        "rank": risk.highest,
        "ranks": len(risk.preset.levels),
        "level": risk.preset.keys[risk.highest - 1] if risk.highest else None,
        "level_label": risk.preset.label(risk.highest, words.lang) or words.say("key_numbers", "no_level"),
        "text": _sentence(risk, words, doubts),
        "doubts_title": words.say("headline", "worse" if worse or risk.verdict != "reached" else "also"),
        "doubts": doubts,
    }


def _sentence(risk: RiskAssessment, words: Words, doubts: list[str]) -> str:
    if risk.verdict == "reached":
        return _reached(risk, words)
    some = "; ".join(doubts[:IN_SENTENCE]) or words.say("headline", "nothing_known")
    if len(doubts) > IN_SENTENCE:
        some += "; " + words.word("more").format(count=len(doubts) - IN_SENTENCE)
    if risk.verdict == "unknown":
        return words.say("headline", "unknown", day=words.day(), doubts=some)
    said = {**_span(risk, words), **_peak(risk, words), "threshold": f"{risk.preset.thresholds()[0]:g}"}
    return words.say("headline", risk.verdict, doubts=some, **said)


def _reached(risk: RiskAssessment, words: Words) -> str:
    zone = risk.worst_zone
    assert zone is not None  # a level was reached somewhere
    key = risk.preset.keys[risk.highest - 1]
    peak = _peak(risk, words)
    said = {
        "day": words.day(),
        "place": words.place(zone.name),
        "level": risk.preset.label(risk.highest, words.lang),
        "threshold": f"{risk.preset.thresholds(zone.name)[risk.highest - 1]:g}",
        "time": words.clock(zone.first_times[key], whole_minutes=True),
        "peak": peak["peak"],
        "peak_time": peak["peak_time"],
        "where": _where(risk, words, zone.name),
    }
    if risk.sustained_force is None or risk.sustained_force[0].value <= HARMFUL_FORCE:
        return words.say("headline", "reached_no_force", **said)
    return words.say("headline", "reached", **said, force=sustained_force_data(risk, words)["text"])


def _where(risk: RiskAssessment, words: Words, named: str) -> str:
    """Where the peak was, unless the sentence has just named that place."""
    if risk.worst_density is None or risk.worst_density[1].zone == named:
        return ""
    return words.say("headline", "where", place=words.place(risk.worst_density[1].zone))


def _span(risk: RiskAssessment, words: Words) -> dict[str, str]:
    return {
        "day": words.day(),
        "start": words.clock(0.0, whole_minutes=True),
        "end": words.clock(risk.simulated, whole_minutes=True),
    }


def _peak(risk: RiskAssessment, words: Words) -> dict[str, str]:
    if risk.worst_density is None:
        unknown = words.word("unknown")
        return {"peak": unknown, "peak_time": unknown, "place": unknown}
    peak, place = risk.worst_density
    return {
        "peak": words.number(peak.value, "level_density"),
        "peak_time": words.clock(peak.time, whole_minutes=True),
        "place": words.place(place.zone),
    }


def doubt_text(doubt: Doubt, risk: RiskAssessment, words: Words) -> str:
    """One doubt as a clause."""
    return words.say("doubts", doubt.kind, **_said(doubt.details, risk, words))


def _said(details: Mapping[str, Any], risk: RiskAssessment, words: Words) -> dict[str, str]:
    """The details of a doubt as text: times on the clock, places by their label, densities rounded."""
    said = {}
    for key, value in details.items():
        if key in ("time", "start", "end"):
            said[key] = words.clock(value, whole_minutes=True)
        elif key in ("simulated", "duration", "seconds"):
            said[key] = words.duration(value)
        elif key in ("zone", "line"):
            said[key] = words.place(str(value))
        elif key in ("before", "last", "density", "density_of_zones"):
            said[key] = words.number(value, "level_density")
        elif key == "threshold":
            said[key] = f"{value:g}"
        elif key == "force":
            said[key] = str(sustained_force_data(risk, words)["text"])
        else:
            said[key] = f"{value:,}" if isinstance(value, int) else str(value)
    return said
