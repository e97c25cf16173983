"""The data of one run, section by section, in the order in which a report shows them."""

from __future__ import annotations

from typing import Any

from crowd.quantities import QUANTITIES
from crowd.report.barriers import barriers_data
from crowd.report.forces import zone_dose_data, zone_force_data
from crowd.report.headline import headline_data
from crowd.report.key_numbers import key_numbers
from crowd.report.site import site_data
from crowd.report.statements import assumptions, limits, measure_names, provenance, warnings_data
from crowd.report.streams import streams_data
from crowd.report.survey import survey_data
from crowd.report.trains import trains_data
from crowd.report.trust import trust_data
from crowd.report.words import Words, sentences
from crowd.risk import LineFlow, Peak, RiskAssessment, ZoneRisk
from crowd.risk.doubts import UNKNOWN_TIME
from crowd.risk.zones import EXPOSURES


def run_data(risk: RiskAssessment, words: Words, *, number: int) -> dict[str, Any]:
    """One run; `number` tells it apart from the others of a report."""
    manifest = risk.manifest
    measured = manifest.get("measured") is not None
    labels = manifest.get("labels") or {}
    return {
        "id": f"run-{number}",
        "name": str(manifest["scenario"]),
        "label": str(labels.get(words.lang) or manifest["scenario"]),
        "venue": risk.venue.label(risk.venue, words.lang),
        "seed": None if measured else manifest["seed"],
        "measured": measured,
        "completed": risk.finished,
        "period": _period(risk, words),
        "headline": headline_data(risk, words),
        "key_numbers": key_numbers(risk, words),
        "levels": _levels(risk, words),
        "zones": [_zone(zone, risk, words) for zone in risk.zones_worst_first],
        "lines": [_line(line, words) for line in risk.lines],
        "gridlock": [
            {"line": words.place(lock.place), "from": words.clock(lock.start), "to": words.clock(lock.end)}
            for lock in risk.gridlocks
        ],
        "barriers": barriers_data(risk, words),
        "site": site_data(risk, words),
        "people": _people(risk, words),
        "trains": trains_data(risk, words),
        "survey": survey_data(risk, words, end=risk.simulated),
        "assumptions": assumptions(risk, words),
        "limits": limits(risk, words),
        "trust": trust_data(risk, words),
        "warnings": warnings_data(risk, words),
        "events": _events(risk, words),
        "provenance": provenance(risk, words),
    }


def shown(quantity: str, value: float | None) -> float | int | None:
    """A number rounded as it is shown; None if it is not known."""
    return QUANTITIES[quantity].shown(value)


def _period(risk: RiskAssessment, words: Words) -> dict[str, Any]:
    return {
        "day": words.day(),
        "start": words.clock(0.0),
        "end": words.clock(risk.simulated),
        "time_zone": words.time_zone(),
        "simulated_seconds": shown("duration", risk.simulated),
        "duration_seconds": shown("duration", risk.duration),
    }


def _levels(risk: RiskAssessment, words: Words) -> list[dict[str, Any]]:
    return [
        {
            "key": level.key,
            "rank": rank,
            "label": level.labels[words.lang],
            "threshold": level.threshold,
            "time": words.clock(risk.first_times[level.key]) if level.key in risk.first_times else None,
            "seconds": risk.first_times.get(level.key),
        }
        for rank, level in enumerate(risk.preset.levels, start=1)
    ]


def _peak(peak: Peak | None, quantity: str, words: Words) -> dict[str, Any]:
    if peak is None:
        return {"value": None, "time": None, "seconds": None}
    time = words.clock(peak.time) if peak.value > 0.0 else None
    return {"value": shown(quantity, peak.value), "time": time, "seconds": peak.time}


def _zone(zone: ZoneRisk, risk: RiskAssessment, words: Words) -> dict[str, Any]:
    labels = dict(zip(risk.preset.keys, risk.preset.levels, strict=True))
    words_of_level = {key: level.labels[words.lang] for key, level in labels.items()}
    words_of_level["harm"] = words.word("harm")
    return {
        "name": zone.name,
        "label": words.place(zone.name),
        "rank": zone.highest,
        "level": risk.preset.keys[zone.highest - 1] if zone.highest else None,
        "level_label": risk.preset.label(zone.highest, words.lang) or words.word(_no_level(zone)),
        "thresholds": dict(zip(risk.preset.keys, risk.preset.thresholds(zone.name), strict=True)),
        "first_times": {key: words.clock(time) for key, time in zone.first_times.items()},
        "first_seconds": dict(zone.first_times),
        "steps": _steps(zone, words_of_level, words),
        "periods": [
            {"level": key, "label": words_of_level[key], "from": words.clock(start), "to": words.clock(end)}
            for key, start, end in zone.level_periods
        ],
        "lead_times": [
            {
                "from": words_of_level[lead.level],
                "to": words_of_level[lead.to],
                "seconds": shown("lead_time", lead.seconds),
                "text": words.duration(lead.seconds),
            }
            for lead in zone.lead_times
        ],
        "level_density": _peak(zone.peaks["level_density"], "level_density", words),
        "local_density": _peak(zone.peaks["local_density_max"], "local_density", words),
        "people": _peak(zone.peaks["people"], "people", words),
        "crowd_pressure": _peak(zone.peaks["crowd_pressure_max"], "crowd_pressure", words),
        "streams": streams_data(zone, words),
        "turbulent_seconds": shown("duration", zone.turbulent_time),
        "contact_force": zone_force_data(zone, risk, words),
        "dose": zone_dose_data(zone, risk, words),
        "facility": zone.facility,
        "level_of_service": zone.service,
        "exposure": {name: shown("exposure", zone.exposure[name]) for name in EXPOSURES},
        "unknown_seconds": shown("duration", zone.unknown),
    }


def _no_level(zone: ZoneRisk) -> str:
    """What stands for no level: nobody says "none" of a zone whose density is not known."""
    return "unknown" if zone.unknown > UNKNOWN_TIME else "none"


def _steps(zone: ZoneRisk, labels: dict[str, str], words: Words) -> list[dict[str, Any]]:
    """What the zone reached in order of time, harm included, with the time since the step before."""
    reached = [*zone.first_times.items(), *([] if zone.first_harm is None else [("harm", zone.first_harm)])]
    reached.sort(key=lambda step: step[1])
    return [
        {
            "label": labels[key],
            "time": words.clock(time),
            "after": words.duration(time - reached[number - 1][1]) if number else None,
        }
        for number, (key, time) in enumerate(reached)
    ]


def _line(line: LineFlow, words: Words) -> dict[str, Any]:
    return {
        "name": line.name,
        "label": words.place(line.name),
        "width": shown("length", line.width),
        "forward": line.forward,
        "backward": line.backward,
        "peak_specific_flow": shown("specific_flow", line.peak_flow),
        "busiest_minute": max((minute.forward + minute.backward for minute in line.minutes), default=0),
        "gridlock_judged": line.judged,
        "minutes": [
            {
                "from": words.clock(minute.start, whole_minutes=True),
                "seconds": shown("duration", minute.seconds),
                "forward": minute.forward,
                "backward": minute.backward,
            }
            for minute in line.minutes
        ],
    }


def _people(risk: RiskAssessment, words: Words) -> dict[str, Any]:
    people, waits, journeys = risk.people, risk.waits, risk.journeys
    said: dict[str, Any] = {"known": people is not None, "waits": None, "journeys": None}
    if people is not None:
        said |= {
            "expected": people.entered + people.waiting_outside,
            "entered": people.entered,
            "left": people.left,
            "inside": people.inside,
            "waiting_outside": people.waiting_outside,
            "unfinished": people.unfinished,
            "diverted": people.diverted,
            "peak_outside": _peak(people.peak_outside, "waiting", words),
            "outside_person_seconds": shown("exposure", people.outside_time),
            "sources": [
                {
                    "name": source.name,
                    "label": words.place(source.name),
                    "expected": source.entered + source.waiting_outside,
                    "entered": source.entered,
                    "waiting_outside": source.waiting_outside,
                    "peak_outside": _peak(source.peak_outside, "waiting", words),
                    "diverted": source.diverted,
                }
                for source in people.sources
            ],
        }
    if waits is not None:
        said["waits"] = {
            "people": waits.people,
            "mean_seconds": shown("duration", waits.mean),
            "longest_seconds": shown("duration", waits.longest),
            "mean": words.duration(waits.mean),
            "longest": words.duration(waits.longest),
            "still_outside": waits.still_outside,
        }
    if journeys is not None:
        said["journeys"] = {
            "finished": journeys.finished,
            **{
                name: {"seconds": shown("delay", value), "text": words.duration(value)}
                for name, value in (
                    ("mean_delay", journeys.mean_delay),
                    ("delay_95", journeys.delay_95),
                    ("median_transit", journeys.median_transit),
                    ("transit_95", journeys.transit_95),
                )
            },
        }
    return said


def _events(risk: RiskAssessment, words: Words) -> list[dict[str, Any]]:
    """Recorded events that are no warnings: measures that came and went."""
    table, known = risk.events, sentences(words.lang)["events"]
    names = measure_names(risk, words)
    rows = zip(table["time"], table["kind"], table["place"], table["detail"], strict=True)
    return [
        {
            "time": words.clock(float(time)),
            "kind": known.get(str(kind), str(kind)),
            "place": names.get(str(place)) or words.place(str(place)),
            "detail": known.get(str(detail), str(detail)),
        }
        for time, kind, place, detail in rows
        if not str(kind).startswith("warning")
    ]
