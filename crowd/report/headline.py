"""The sentence somebody reads who reads nothing else, and the doubts that go with it.

"No level reached" is never said without what it rests on; with a doubt it says that it is no all-clear.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from crowd.recording.tables import HARMFUL_FORCE
from crowd.report.forces import sustained_force_data, varied_bodies
from crowd.report.spots import outside_text, place_text, zone_text
from crowd.report.words import Words, sentences, words_of
from crowd.risk import Doubt, RiskAssessment
from venues.venue import WHOLE_VENUE

IN_SENTENCE = 3
"""Doubts that stand in the sentence itself; all of them are listed under it."""


def headline_data(risk: RiskAssessment, words: Words) -> dict[str, Any]:
    """Verdict, level, sentence, doubts, and what the authority does at the levels that were reached."""
    said = ("force", "near") if risk.verdict == "reached" else ()
    doubts = [doubt_text(doubt, risk, words) for doubt in risk.doubts if doubt.kind not in said]
    worse = any(not _recorded(doubt) for doubt in risk.doubts)
    return {
        "verdict": risk.verdict,
        "rank": risk.highest,
        "ranks": len(risk.preset.levels),
        "level": risk.preset.keys[risk.highest - 1] if risk.highest else None,
        "level_label": risk.preset.label(risk.highest, words.lang) or words.say("key_numbers", "no_level"),
        "text": _sentence(risk, words, doubts),
        "doubts_title": words.say("headline", "worse" if worse or risk.verdict != "reached" else "also"),
        "doubts": doubts,
        "actions_title": words.say(
            "headline",
            "actions_measured" if risk.manifest.get("measured") else "actions",
            preset=risk.preset.labels[words.lang],
        ),
        "actions": [
            {"label": level.labels[words.lang], "time": words.clock(risk.first_times[level.key]), "text": text}
            for level in risk.preset.levels
            if level.key in risk.first_times and (text := level.actions.get(words.lang))
        ],
    }


def _sentence(risk: RiskAssessment, words: Words, doubts: list[str]) -> str:
    said = _verdict(risk, words, doubts)
    return words.say("headline", "measured", text=said) if risk.manifest.get("measured") else said


def _verdict(risk: RiskAssessment, words: Words, doubts: list[str]) -> str:
    if risk.verdict == "reached":
        return _reached(risk, words)
    some = "; ".join(doubts[:IN_SENTENCE]) or words.say("headline", "nothing_known")
    if len(doubts) > IN_SENTENCE:
        some += "; " + words.word("more").format(count=len(doubts) - IN_SENTENCE)
    if risk.verdict == "unknown":
        return words.say("headline", "unknown", day=words.day(), doubts=some)
    peak = _peak(risk, words)
    empty = risk.worst_density is not None and risk.worst_density[0].value <= 0.0
    said = {**_span(risk, words), "peak": peak["peak"], "threshold": f"{risk.preset.thresholds()[0]:g}"}
    said["peaks"] = words.say("headline", "stays_empty" if empty else "peaks", **peak)
    measured = risk.verdict == "not_reached" and risk.manifest.get("measured") is not None
    return words.say("headline", "not_reached_measured" if measured else risk.verdict, doubts=some, **said)


def _reached(risk: RiskAssessment, words: Words) -> str:
    zone = risk.worst_zone
    assert zone is not None  # a level was reached somewhere
    key = risk.preset.keys[risk.highest - 1]
    peak = _peak(risk, words)
    named = zone_text(zone.name, risk, words, level=key)
    said = {
        "day": words.day(),
        "place": words.say("spots", "subject_spot" if zone.name == WHOLE_VENUE else "subject_zone", place=named),
        "level": risk.preset.label(risk.highest, words.lang),
        "result": words.say("headline", "observed" if risk.manifest.get("measured") else "simulated"),
        "threshold": f"{risk.preset.thresholds(zone.name)[risk.highest - 1]:g}",
        "time": words.clock(zone.first_times[key], whole_minutes=True),
        "peak": peak["peak"],
        "peak_time": peak["peak_time"],
        "where": _where(risk, words, named),
    }
    if risk.sustained_force is None or risk.sustained_force[0].value <= HARMFUL_FORCE:
        return words.say("headline", "reached_no_force", **said)
    return words.say("headline", "reached", **said, force=sustained_force_data(risk, words)["text"])


def _where(risk: RiskAssessment, words: Words, named: str) -> str:
    """Where the peak was, unless the sentence has just named that place."""
    place = None if risk.worst_density is None else place_text(risk.worst_density[1], risk, words)
    return "" if place in (None, named) else words.say("headline", "where", place=place)


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
        "place": place_text(place, risk, words),
    }


def doubt_text(doubt: Doubt, risk: RiskAssessment, words: Words) -> str:
    """One doubt as a clause."""
    return words.say("doubts", doubt.kind, **_said(doubt.details, risk, words), **varied_bodies())


def _recorded(doubt: Doubt) -> bool:
    """Whether it is a danger that was recorded besides density, no reason why the numbers may be too low."""
    return doubt.kind in ("force", "near", "gridlock") or doubt.kind.startswith("oscillation")


def short_doubts(risk: RiskAssessment, lang: str) -> str:
    """The first doubts about a level that was reached, in brackets and as short as they can be said; or ""."""
    doubts = [doubt for doubt in risk.doubts if not _recorded(doubt)]
    if risk.verdict != "reached" or not doubts:
        return ""
    words = words_of(risk, lang)
    known = sentences(lang)["short_doubts"]
    inside = None if risk.people is None else risk.people.inside
    said = []
    for doubt in doubts[:IN_SENTENCE]:
        blanks = {"inside": words.number(inside, "people"), **_said(doubt.details, risk, words)}
        key = f"{doubt.kind}_at_end" if doubt.details.get("at_end") else doubt.kind
        said.append(str(known[key]).format(**blanks) if key in known else doubt_text(doubt, risk, words))
    return f" ({'; '.join(said)})"


def _said(details: Mapping[str, Any], risk: RiskAssessment, words: Words) -> dict[str, str]:
    """The details of a doubt as text: times on the clock, places by their label, densities rounded."""
    said = {}
    for key, value in details.items():
        if key in ("time", "start", "end"):
            said[key] = words.clock(value, whole_minutes=True)
        elif key in ("simulated", "duration", "seconds"):
            said[key] = words.duration(value)
        elif key == "places":
            said[key] = ", ".join(words.place(name) for name in value)
        elif key == "line":
            said[key] = words.place(str(value))
        elif key == "zone":
            if {"density", "last"} & set(details):
                said[key] = zone_text(str(value), risk, words, end="last" in details)
            else:
                said[key] = outside_text(str(value), words)
        elif key in ("before", "last", "density", "density_of_zones"):
            said[key] = words.number(value, "level_density")
        elif key == "threshold":
            said[key] = f"{value:g}"
        elif key == "force":
            said[key] = str(sustained_force_data(risk, words)["text"])
        else:
            said[key] = f"{value:,}" if isinstance(value, int) else str(value)
    return said
