"""Runs side by side: one run each, not a forecast."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from crowd.quantities import EXPOSURE_DENSITIES
from crowd.report.forces import peak_force_data, sustained_force_data
from crowd.report.key_numbers import no_gridlock, unjudged_lines
from crowd.report.words import Words, words_of
from crowd.risk import RiskAssessment


def comparison_data(assessments: Sequence[RiskAssessment], runs: Sequence[dict[str, Any]], lang: str) -> dict[str, Any]:
    """A table with one column per run, and what must be known before its columns are compared.

    Args:
        assessments: the runs.
        runs: their data, in the same order.
        lang: "en" or "ko".
    """
    words = words_of(assessments[0], lang)
    columns = [_column(risk, words_of(risk, lang)) for risk in assessments]
    keys = list(dict.fromkeys(key for column in columns for key in column))
    rows = [{"label": key, "values": [column.get(key, "–") for column in columns]} for key in keys]
    heads = [{"id": run["id"], "label": run["label"], "seed": run["seed"]} for run in runs]
    return {"runs": heads, "rows": rows, "notes": _notes(assessments, words)}


def _column(risk: RiskAssessment, words: Words) -> dict[str, str]:
    """One run: label of each row and what it says there."""
    say, column = words.say, {}
    level = risk.preset.label(risk.highest, words.lang)
    known = risk.verdict != "unknown"
    column[say("comparison", "highest_level")] = level or (
        say("key_numbers", "no_level") if known else words.word("unknown")
    )
    never = "–" if known else words.word("unknown")
    for entry in risk.preset.levels:
        reached = risk.first_times.get(entry.key)
        label = say("comparison", "first_time", level=entry.labels[words.lang])
        column[label] = never if reached is None else words.clock(reached)
    peak = None if risk.worst_density is None else risk.worst_density[0].value
    density = words.with_unit(peak, "level_density", unit="density")
    column[say("comparison", "peak_density")] = density
    column[say("comparison", "sustained_force")] = sustained_force_data(risk, words)["text"]
    column[say("comparison", "peak_force")] = peak_force_data(risk, words)["text"]
    for limit in EXPOSURE_DENSITIES:
        label = say("comparison", "exposure", limit=limit)
        column[label] = words.with_unit(risk.exposure[str(limit)], "exposure", unit="exposure")
    label = say("comparison", "exposure_force")
    column[label] = words.with_unit(risk.exposure["above_600_N"], "exposure", unit="exposure")
    column[say("comparison", "gridlock")] = _gridlock(risk, words)
    return {**column, **_people(risk, words)}


def _gridlock(risk: RiskAssessment, words: Words) -> str:
    """Where it was, and where nobody could look for it."""
    locks = dict.fromkeys(words.place(lock.place) for lock in risk.gridlocks)
    found = ", ".join(locks) or no_gridlock(risk, words)
    unjudged = unjudged_lines(risk, words)
    return f"{found}; {unjudged}" if unjudged else found


def _people(risk: RiskAssessment, words: Words) -> dict[str, str]:
    people, journeys = risk.people, risk.journeys
    peak = None if people is None or people.peak_outside is None else people.peak_outside.value
    counts = {
        "people": None if people is None else people.entered,
        "left": None if people is None else people.left,
        "outside": peak,
        "outside_end": None if people is None else people.waiting_outside,
        "diverted": None if people is None else people.diverted,
    }
    said = {words.say("comparison", key): words.number(value, "people") for key, value in counts.items()}
    delay = None if journeys is None else journeys.mean_delay
    said[words.say("comparison", "delay")] = words.duration(delay)
    finished = "yes" if risk.finished else "no"
    said[words.say("comparison", "completed")] = words.say("comparison", finished)
    return said


def _notes(assessments: Sequence[RiskAssessment], words: Words) -> list[str]:
    """What differs between the runs besides the measures, and what one seed can tell."""
    manifests = [risk.manifest for risk in assessments]
    # Measured people come from no seed and walk by no constants.
    simulated = [manifest for manifest in manifests if not manifest.get("measured")]
    zones = {zone for risk in assessments for zone in risk.preset.zones}
    differing: dict[str, set[Any]] = {
        "durations": {risk.simulated for risk in assessments},
        "presets": {
            (risk.preset.name, *(risk.preset.thresholds(zone) for zone in (None, *zones))) for risk in assessments
        },
        "demands": {manifest["hashes"].get("demand") for manifest in manifests},
        "venues": {manifest["hashes"].get("venue") for manifest in manifests},
        "parameters": {manifest["hashes"].get("parameters") for manifest in simulated},
    }
    notes = _seed_notes([manifest["seed"] for manifest in simulated], words, same_demand=len(differing["demands"]) == 1)
    notes += [words.say("comparison", key) for key, values in differing.items() if len(values) > 1]
    if not all(risk.finished for risk in assessments):
        notes.append(words.say("comparison", "unfinished"))
    return notes


def _seed_notes(seeds: Sequence[int], words: Words, *, same_demand: bool) -> list[str]:
    """What the seeds of the simulated runs mean for their differences; nothing of a single one."""
    if len(seeds) < 2:
        return []
    if len(set(seeds)) > 1:
        return [words.say("comparison", "seeds")]
    return [words.say("comparison", "same_people" if same_demand else "same_seed", seed=seeds[0])]
