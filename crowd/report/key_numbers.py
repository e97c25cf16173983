"""The eight numbers under the headline, each with its unit and when and where."""

from __future__ import annotations

from typing import Any

from crowd.report.forces import peak_force_data, sustained_force_data
from crowd.report.spots import place_text, zone_text
from crowd.report.words import Words
from crowd.risk import RiskAssessment

APART = 2.0
"""Where it is less dense, people stand apart, and a moment's force is a bump [1/m2], assumed (HSG195: 0.5 m2 each)."""

BRIEF = 0.5
"""Largest share of a moment's force that the mean of 10 s may have if it was a bump and no press, assumed."""


def key_numbers(risk: RiskAssessment, words: Words) -> list[dict[str, Any]]:
    """Label, text as it is shown, and note; in the order of the page."""
    return [
        _highest_level(risk, words),
        _peak_density(risk, words),
        _force(risk, words),
        _exposure(risk, words),
        _lead_time(risk, words),
        _gridlock(risk, words),
        _outside(risk, words),
        _people(risk, words),
    ]


def _entry(key: str, words: Words, *, text: str, note: str = "", label: str | None = None) -> dict[str, Any]:
    return {"key": key, "label": label or words.say("key_numbers", key), "text": text, "note": note}


def _highest_level(risk: RiskAssessment, words: Words) -> dict[str, Any]:
    zone = risk.worst_zone
    if not risk.highest or zone is None:
        known = risk.verdict in ("not_reached", "doubtful")
        text = words.say("key_numbers", "no_level") if known else words.word("unknown")
        return _entry("highest_level", words, text=text)
    key = risk.preset.keys[risk.highest - 1]
    place = zone_text(zone.name, risk, words, level=key)
    note = words.say("key_numbers", "first_at", time=words.clock(zone.first_times[key]), place=place)
    text = f"{risk.preset.label(risk.highest, words.lang)} ({risk.highest}/{len(risk.preset.levels)})"
    return _entry("highest_level", words, text=text, note=note)


def _peak_density(risk: RiskAssessment, words: Words) -> dict[str, Any]:
    if risk.worst_density is None:
        return _entry("peak_density", words, text=words.word("unknown"))
    peak, place = risk.worst_density
    text = words.with_unit(peak.value, "level_density", unit="density")
    if peak.value <= 0.0:  # all places and times are alike
        return _entry("peak_density", words, text=text)
    note = words.say("key_numbers", "at", time=words.clock(peak.time), place=place_text(place, risk, words))
    return _entry("peak_density", words, text=text, note=note)


def _force(risk: RiskAssessment, words: Words) -> dict[str, Any]:
    """The 10 s mean, which harms; the moment, mostly a bump of two walkers, stands in the note."""
    mean, moment = sustained_force_data(risk, words), peak_force_data(risk, words)
    note = ""
    if risk.worst_force is not None and risk.worst_force[0].value > 0.0:
        place = place_text(risk.worst_force[1], risk, words)
        said = {"moment": moment["text"], "time": moment["time"], "place": place}
        density = words.number(risk.force_density, "level_density")
        note = words.say("key_numbers", "force_note_bump" if _bump(risk) else "force_note", density=density, **said)
    return _entry("sustained_force", words, text=mean["text"], note=note)


def _bump(risk: RiskAssessment) -> bool:
    """Whether the largest force of a moment was one of two walkers: brief, and where people stand apart."""
    density, worst, mean = risk.force_density, risk.worst_force, risk.sustained_force
    if density is None or worst is None or mean is None or density >= APART:
        return False
    return worst[0].value > 0.0 and mean[0].value <= BRIEF * worst[0].value


def _exposure(risk: RiskAssessment, words: Words) -> dict[str, Any]:
    text = words.with_unit(risk.exposure["5"], "exposure", unit="exposure")
    time = 0.0 if risk.whole is None else risk.whole.exposure_time["5"]
    if not time:
        return _entry("exposure_5", words, text=text)
    people = words.number(max(1.0, risk.exposure["5"] / time), "people")
    note = words.say("key_numbers", "exposure_note", people=people, duration=words.duration(time))
    return _entry("exposure_5", words, text=text, note=note)


def _lead_time(risk: RiskAssessment, words: Words) -> dict[str, Any]:
    """From the first to the highest level in the worst zone; a dash if it did not get that far."""
    zone, levels = risk.worst_zone, risk.preset.levels
    first = {} if zone is None else zone.first_times
    names = {level.key: level.labels[words.lang] for level in levels}
    low, high = (next(iter(first)), list(first)[-1]) if len(first) > 1 else (levels[0].key, levels[-1].key)
    label = words.say("key_numbers", "lead_time", from_level=names[low], to_level=names[high])
    if zone is None or len(first) < 2:
        return _entry("lead_time", words, text="–", label=label)
    text, note = words.duration(first[high] - first[low]), zone_text(zone.name, risk, words, level=high)
    return _entry("lead_time", words, text=text, note=note, label=label)


def no_gridlock(risk: RiskAssessment, words: Words) -> str:
    """What is said of a run without a gridlock: without any line nobody could look for one."""
    return words.say("key_numbers", "no_gridlock") if risk.lines else words.word("unknown")


def unjudged_lines(risk: RiskAssessment, words: Words) -> str:
    """The lines at which gridlock could not be looked for all the time; empty if there are none."""
    blind = [words.place(line.name) for line in risk.lines if not line.judged]
    return words.say("key_numbers", "gridlock_unjudged", lines=", ".join(blind)) if blind else ""


def _gridlock(risk: RiskAssessment, words: Words) -> dict[str, Any]:
    note = unjudged_lines(risk, words)
    if not risk.gridlocks:
        return _entry("gridlock", words, text=no_gridlock(risk, words), note=note)
    first = risk.gridlocks[0]
    said = {"start": words.clock(first.start), "end": words.clock(first.end)}
    rest = len(risk.gridlocks) - 1
    note = words.word("more").format(count=rest) if rest else note
    text = words.say("key_numbers", "gridlock_at", line=words.place(first.place), **said)
    return _entry("gridlock", words, text=text, note=note)


def _outside(risk: RiskAssessment, words: Words) -> dict[str, Any]:
    people = risk.people
    if people is None or people.peak_outside is None:
        return _entry("outside", words, text=words.word("unknown"))
    text = words.with_unit(people.peak_outside.value, "people", unit="people")
    if people.peak_outside.value <= 0.0:
        return _entry("outside", words, text=text)
    at_end = words.number(people.waiting_outside, "people")
    key = "outside_at" if people.waiting_outside else "outside_at_none"
    note = words.say("key_numbers", key, time=words.clock(people.peak_outside.time), at_end=at_end)
    return _entry("outside", words, text=text, note=note)


def _people(risk: RiskAssessment, words: Words) -> dict[str, Any]:
    people = risk.people
    if people is None:
        return _entry("people", words, text=words.word("unknown"))
    note = words.say(
        "key_numbers", "people_note",
        expected=words.number(people.entered + people.waiting_outside, "people"),
        left=words.number(people.left, "people"), inside=words.number(people.inside, "people"),
    )  # fmt: skip
    return _entry("people", words, text=words.with_unit(people.entered, "people", unit="people"), note=note)
