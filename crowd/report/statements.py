"""What a run rests on and where it ends: assumptions, limits, warnings of the model, provenance."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from crowd.alert_levels import HOLD_TIME
from crowd.interventions import Barrier, KeepRight, Metering, OneWay, SetGate
from crowd.journeys import Wait, Watch
from crowd.quantities import QUANTITIES
from crowd.report.forces import peak_force_data, varied_bodies
from crowd.report.trains import trains_sentences
from crowd.report.words import Words, sentences
from crowd.risk import RiskAssessment
from venues.venue import texts_in


def assumptions(risk: RiskAssessment, words: Words) -> list[str]:
    """What was put in, sentence by sentence: demand, measures, levels, bodies, map."""
    contact = risk.manifest.get("contact") or {}
    people, measured = risk.people, risk.manifest.get("measured")
    expected = None if people is None else people.entered + people.waiting_outside
    said = [
        words.say(
            "assumptions", "demand_measured" if measured else "demand",
            expected=words.number(expected, "people"), duration=words.duration(risk.simulated),
        ),
        *_spectators(risk, words),
        *trains_sentences(risk, words),
        *_measures(risk, words),
        _levels(risk, words),
        words.say("assumptions", "level_rule", hold=f"{HOLD_TIME:g}"),
    ]  # fmt: skip
    if {"stiffness", "friction", "jamming_density"} <= set(contact):
        stiffness, jamming = f"{contact['stiffness']:,.0f}", f"{contact['jamming_density']:.1f}"
        bodies = {"stiffness": stiffness, "friction": f"{contact['friction']:g}", "jamming": jamming}
        said.append(words.say("assumptions", "bodies", **bodies))
    notes = [("scenario", getattr(risk.scenario, "assumptions", ())), ("map", risk.venue.simplifications)]
    return said + [
        words.say("assumptions", about if own else f"{about}_foreign", text=text)
        for about, texts in notes
        for text, own in texts_in(texts, words.lang)
    ]


def _spectators(risk: RiskAssessment, words: Words) -> Iterator[str]:
    """Where people stay until a time, watch and press, and how densely they stand; a rule of several journeys once."""
    journeys = getattr(risk.scenario, "journeys", ())
    for wait in dict.fromkeys(s for journey in journeys for s in journey.stages if isinstance(s, Wait)):
        if wait.until is not None:
            yield words.say("assumptions", "waiting", zone=words.place(wait.zone), end=words.clock(wait.until))
    stages = dict.fromkeys(s for journey in journeys for s in journey.stages if isinstance(s, Watch))
    for stage in stages:
        names = {"zone": words.place(stage.zone), "front": words.place(stage.towards), "end": words.clock(stage.until)}
        yield words.say("assumptions", "watching", density=f"{stage.density:g}", **names)
        if stage.press_from is not None:
            start = words.clock(stage.press_from)
            said = {"force": f"{stage.force:g}", "share": f"{100.0 * stage.share:.0f}"}
            yield words.say("assumptions", "pressing", start=start, **said, **names)


def _levels(risk: RiskAssessment, words: Words) -> str:
    preset = risk.preset
    thresholds = ", ".join(
        f"{level.labels[words.lang]} ≥ {level.threshold:g} {words.unit('density')}" for level in preset.levels
    )
    label = preset.labels[words.lang]
    said = words.say("assumptions", "levels", preset=label, thresholds=thresholds, source=preset.sources[words.lang])
    return f"{said} {words.say('assumptions', 'levels_changed')}" if preset.overridden else said


def _measures(risk: RiskAssessment, words: Words) -> Iterator[str]:
    if risk.scenario is None:
        return
    if not risk.scenario.measures:
        yield words.say("assumptions", "no_measures")
    for measure in risk.scenario.measures:
        what, when = _intervention(measure.intervention, words), _when(measure.trigger, words)
        yield words.say("assumptions", "measure", what=what, when=when)


def measure_names(risk: RiskAssessment, words: Words) -> dict[str, str]:
    """Name of each measure -> what it is, in the words of the assumptions."""
    measures = getattr(risk.scenario, "measures", ())
    return {measure.name: _intervention(measure.intervention, words) for measure in measures}


def _intervention(intervention: Any, words: Words) -> str:
    match intervention:
        case OneWay():
            direction = words.say("measures", intervention.direction)
            return words.say("measures", "OneWay", gate=words.place(intervention.gate), direction=direction)
        case KeepRight():
            share = f"{100 * intervention.compliance:.0f}"
            return words.say("measures", "KeepRight", zone=words.place(intervention.zone), compliance=share)
        case SetGate():
            key = "SetGateOpen" if intervention.open else "SetGateClosed"
            return words.say("measures", key, gate=words.place(intervention.gate))
        case Metering():
            rate = words.number(60.0 * intervention.rate, "flow")
            return words.say("measures", "Metering", gate=words.place(intervention.gate), rate=rate)
        case Barrier():
            (x0, y0), (x1, y1) = intervention.line
            ends = {"start": f"({x0:g}, {y0:g})", "end": f"({x1:g}, {y1:g})"}
            return words.say("measures", "Barrier", **ends)
        case _:
            return words.say("measures", "other", name=intervention.name)


def _when(trigger: Any, words: Words) -> str:
    if trigger.until is not None:
        start, end = words.clock(trigger.time), words.clock(trigger.until)
        return words.say("assumptions", "from_to", start=start, end=end)
    if trigger.time <= 0.0:
        return words.say("assumptions", "always")
    return words.say("assumptions", "from_on", start=words.clock(trigger.time))


def limits(risk: RiskAssessment, words: Words) -> list[str]:
    """What the numbers cannot tell, the most important first."""
    if risk.manifest.get("measured"):
        return [words.say("limits", key) for key in ("measured", "measured_forces", "density")]
    said = [words.say("limits", "one_run", seed=risk.manifest["seed"]), words.say("limits", "falls")]
    if not risk.finished:
        said.insert(0, words.say("limits", "incomplete", end=words.clock(risk.simulated)))
    said += _force_limits(risk, words)
    said += [words.say("limits", "density"), words.say("limits", "dose")]
    if risk.journeys is not None and risk.people is not None and risk.people.unfinished > 0:
        unfinished = words.number(risk.people.unfinished, "people")
        said.append(words.say("limits", "unfinished", unfinished=unfinished))
    return [*said, words.say("limits", "behaviour")]


def _force_limits(risk: RiskAssessment, words: Words) -> Iterator[str]:
    span = peak_force_data(risk, words)["text"] if risk.force_range else ""
    level = 0.0 if risk.worst_density is None else risk.worst_density[0].value
    kind = "local_density" if risk.densest > level else "level_density"
    label = QUANTITIES[kind].labels[words.lang]
    said = {"peak": words.number(risk.densest, kind), "kind": label, "range": span}
    if risk.jamming_density is None:
        yield words.say("limits", "force_unknown_jamming")
    elif risk.above_jamming:
        key = "force_range" if risk.force_range else "force_jammed"
        yield words.say("limits", key, jamming=f"{risk.jamming_density:.1f}", **said, **varied_bodies())
    elif risk.force_range:
        yield words.say("limits", "force_range_below", **said)


def warnings_data(risk: RiskAssessment, words: Words) -> list[dict[str, Any]]:
    """Warnings of the model: clock time, what it means, and the detail (if unknown, in the model's words)."""
    known = sentences(words.lang)["warnings"]
    return [
        {
            "time": None if warning.time is None else words.clock(warning.time),
            "text": known.get(warning.kind, ""),
            "place": _warning_place(warning.place, words),
            "detail": _warning_detail(warning.detail, words),
        }
        for warning in risk.warnings
    ]


def _warning_place(place: str, words: Words) -> str:
    """A place by its label; places that a warning names together, each by its own."""
    named = words.place(place)
    parts = place.split()
    return ", ".join(map(words.place, parts)) if named == place and set(parts) <= set(words.names) else named


def _warning_detail(detail: str, words: Words) -> str:
    """The model's own words, or what they mean in a language that knows their form; coordinates stay."""
    for form in sentences(words.lang)["warning_details"]["forms"]:
        if found := re.fullmatch(r"(?:(?P<place>\([^)]*\)|[^:]*): )?" + form["said"], detail):
            place = found.groupdict().get("place")
            text = str(form["text"]).format(**found.groupdict())
            return f"{_warning_place(place, words)}: {text}" if place else text
    return detail


def _contact(manifest: Any, words: Words) -> str:
    """The constants of contact by name, with their units."""
    known, said = sentences(words.lang)["contact"], []
    for name, value in (manifest.get("contact") or {}).items():
        number = f"{value:,.0f}" if value >= 1000.0 else f"{value:.4g}"
        said.append(str(known.get(name, f"{name} {{value}}")).format(value=number))
    return ", ".join(said)


def provenance(risk: RiskAssessment, words: Words) -> list[dict[str, str]]:
    """Where the numbers come from: label and value, in the order of the page."""
    manifest, venue = risk.manifest, risk.venue
    spent = f"{words.duration(risk.simulated)} / {words.duration(float(manifest['wall_seconds']))}"
    values = {
        "inpa": str(manifest["inpa"]),
        "versions": ", ".join(f"{name} {version}" for name, version in manifest["versions"].items()),
        "scenario": str(manifest["scenario"]),
        "seed": str(manifest["seed"]),
        "cpu": f"{manifest['cpu']}, {manifest['threads']}",
        "time": spent,
        **{f"hash_{name}": str(value) for name, value in _hashes(manifest["hashes"])},
        "contact": _contact(manifest, words),
        "map_source": venue.source or words.word("not_given"),
        "map_licence": " · ".join(text or words.word("not_given") for text in (venue.licence, venue.date)),
        "run_dir": risk.run_dir or words.word("not_given"),
    }
    if measured := manifest.get("measured"):
        rate = words.say("provenance", "frame_rate", rate=f"{measured['frame_rate']:g}")
        source = {"measured": f"{measured['file']}, {rate}, {measured['unit']}"}
        values = source | {key: value for key, value in values.items() if key not in ("seed", "contact")}
    return [{"label": words.say("provenance", key), "value": value} for key, value in values.items()]


def _hashes(hashes: dict[str, str]) -> list[tuple[str, str]]:
    known = ("scenario", "trajectories", "venue", "parameters", "demand")
    return [(name, hashes[name]) for name in known if name in hashes]
