"""The trains of a run, row by row, as a report shows them."""

from __future__ import annotations

from typing import Any

from crowd.report.words import Words
from crowd.risk import RiskAssessment, TrainCount


def trains_data(risk: RiskAssessment, words: Words) -> dict[str, Any]:
    """What became of each train's people: `any` whether trains come at all, `known` whether it can be told."""
    trains = getattr(risk.scenario, "trains", ())
    labels = {one.name: one.labels.get(words.lang, one.name) for one in trains}
    return {
        "any": bool(trains),
        "known": risk.trains is not None,
        "rows": [_row(count, labels, words) for count in risk.trains or ()],
    }


def _row(count: TrainCount, labels: dict[str, str], words: Words) -> dict[str, Any]:
    return {
        "trains": count.trains,
        "label": labels[count.trains],
        "number": count.number,
        "opened": words.clock(count.opened),
        "until": words.clock(count.until),
        "people": count.people,
        "got_off": count.got_off,
        "left": count.left,
        "inside": count.inside,
        "in_train": count.in_train,
        "last_off": _time(count.last_off, words),
        "last_out": _time(count.last_out, words),
        "boarded": count.boarded,
        "stayed": count.stayed,
    }


def _time(seconds: float, words: Words) -> str | None:
    return None if seconds != seconds else words.clock(seconds)


def trains_sentences(risk: RiskAssessment, words: Words) -> list[str]:
    """The timetable and who gets off, sentence by sentence, for the assumptions."""
    said = []
    for trains in getattr(risk.scenario, "trains", ()):
        off = [one.alighting for one in risk.scenario.demands if one.alighting and one.alighting.trains == trains]
        said.append(
            words.say(
                "assumptions", "trains",
                trains=trains.labels.get(words.lang, trains.name), first=words.clock(trains.first),
                every=words.duration(trains.every), dwell=words.duration(trains.dwell),
                after=words.duration(trains.boarding_after), people=words.number(sum(o.people for o in off), "people"),
            )
        )  # fmt: skip
    return said
