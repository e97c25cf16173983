"""The five items that Korean local governments must survey (disaster act, article 66-12), from one run.

Only the simulated column is filled; the measured one stays free for the people on site.
"""

from __future__ import annotations

from typing import Any

from crowd.quantities import QUANTITIES
from crowd.report.spots import place_text
from crowd.report.words import Words
from crowd.risk import RiskAssessment
from crowd.risk.lines import LineFlow
from venues.capacity import LEVEL_FLOW, SEEN_FLOW
from venues.connectivity import floor_without_ways


def survey_data(risk: RiskAssessment, words: Words, *, end: float) -> list[dict[str, Any]]:
    """The rows of the table: item and what the simulation says to it, sentence by sentence."""
    place = risk.venue.label(risk.venue, words.lang)
    when = words.say(
        "survey", "when_where_text", day=words.day(), start=words.clock(0.0, whole_minutes=True),
        end=words.clock(end, whole_minutes=True), venue=place,
    )  # fmt: skip
    return [
        {"item": words.say("survey", "when_where"), "simulated": [when]},
        {"item": words.say("survey", "crowd"), "simulated": [_crowd(risk, words)]},
        {"item": words.say("survey", "capacity"), "simulated": _capacity(risk, words)},
        {"item": words.say("survey", "density"), "simulated": _density(risk, words)},
        {"item": words.say("survey", "other"), "simulated": _other(risk, words)},
    ]


def _crowd(risk: RiskAssessment, words: Words) -> str:
    peak = None if risk.whole is None else risk.whole.peaks["people"]
    people = risk.people
    nobody = peak is not None and peak.value <= 0.0
    return words.say(
        "survey", "crowd_nobody" if nobody else "crowd_text",
        peak=words.number(None if peak is None else peak.value, "people"),
        time=words.clock(None if peak is None else peak.time),
        expected=words.number(None if people is None else people.entered + people.waiting_outside, "people"),
    )  # fmt: skip


def _capacity(risk: RiskAssessment, words: Words) -> list[str]:
    area = sum(level.floor.area for level in risk.venue.planes)
    area -= sum(piece.shape.area for piece in floor_without_ways(risk.venue))
    threshold = risk.preset.thresholds()[0]
    floor = words.say(
        "survey", "capacity_text", area=words.number(area, "area"),
        capacity=words.number(area * threshold, "people"), threshold=f"{threshold:g}",
    )  # fmt: skip
    measured = [line for line in risk.lines if line.width is not None]
    narrow = sorted(measured, key=lambda line: line.width or 0.0)
    flows = {"seen": words.number(SEEN_FLOW, "flow"), "limit": words.number(LEVEL_FLOW, "flow")}
    note = [words.say("survey", "capacity_note", **flows)] if narrow else []
    return [floor, *(_line_capacity(line, words) for line in narrow[:3]), *note]


def _line_capacity(line: LineFlow, words: Words) -> str:
    width = line.width or 0.0
    return words.say(
        "survey", "capacity_line", line=words.place(line.name), width=words.number(width, "length"),
        low=words.number(SEEN_FLOW * width, "flow"), high=words.number(LEVEL_FLOW * width, "flow"),
    )  # fmt: skip


def _density(risk: RiskAssessment, words: Words) -> list[str]:
    said = []
    if risk.worst_density is not None:
        peak, place = risk.worst_density
        value = words.number(peak.value, "level_density")
        where = {"time": words.clock(peak.time), "place": place_text(place, risk, words)}
        said.append(words.say("survey", "density_text" if peak.value > 0.0 else "density_none", peak=value, **where))
    busiest = max(risk.lines, key=_busiest_minute, default=None)
    if busiest is None:
        said.append(words.say("survey", "flow_none"))
    else:
        flow = words.number(_busiest_minute(busiest), "flow")
        said.append(words.say("survey", "flow_text", line=words.place(busiest.name), flow=flow))
    if risk.journeys is not None and risk.journeys.finished:
        shown = QUANTITIES["duration"].shown
        median, long = shown(risk.journeys.median_transit), shown(risk.journeys.transit_95)
        text = {"median": words.duration(median), "long": words.duration(long)}
        said.append(words.say("survey", "transit_text", **text))
    return said


def _busiest_minute(line: LineFlow) -> int:
    return max((minute.forward + minute.backward for minute in line.minutes), default=0)


def _other(risk: RiskAssessment, words: Words) -> list[str]:
    said = []
    peak = None if risk.people is None else risk.people.peak_outside
    if peak is not None and peak.value > 0.0:
        people = words.number(peak.value, "people")
        said.append(words.say("survey", "other_outside", people=people))
    if risk.people is not None and risk.people.diverted:
        people = words.number(risk.people.diverted, "people")
        said.append(words.say("survey", "other_diverted", people=people))
    if risk.gridlocks:
        names = dict.fromkeys(words.place(lock.place) for lock in risk.gridlocks)
        said.append(words.say("survey", "other_gridlock", lines=", ".join(names)))
    return said or [words.say("survey", "other_none")]
