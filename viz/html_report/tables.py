"""The tables of a report that a spreadsheet opens: by zone, by zone and minute, by line and minute.

Holds: the rows; numbers as the page shows them, clock times as spreadsheets read them, units in the headings.
Not here: how CSV is written (`crowd.csv_text`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import numpy as np

from crowd.risk import RiskAssessment
from crowd.risk.zones import EXPOSURES

MINUTE = 60.0  # [s]

SUMMARY: Mapping[str, str] = {
    "run": "run.name",
    "seed": "run.seed",
    "completed": "run.completed",
    "zone": "zone.name",
    "label": "zone.label",
    "highest_level": "zone.level",
    "highest_level_rank": "zone.rank",
    "first_times": "times.first",
    "peak_level_density [1/m2]": "zone.level_density.value",
    "peak_level_density_time": "times.peak",
    "peak_local_density [1/m2]": "zone.local_density.value",
    "people_max": "zone.people.value",
    "level_of_service": "zone.level_of_service",
    "contact_force_max [N]": "zone.contact_force.momentary.newtons",
    "contact_force_max_order_of_magnitude [N]": "zone.contact_force.momentary.order_newtons",
    "contact_force_10s_max [N]": "zone.contact_force.sustained.newtons",
    "contact_force_10s_max_order_of_magnitude [N]": "zone.contact_force.sustained.order_newtons",
    "dose_max": "zone.dose.value",
    "dose_max_about": "zone.dose.about",
    "crowd_pressure_max [1/s2]": "zone.crowd_pressure.value",
    "congestion_number_mean": "zone.streams.congestion_number.mean",
    "congestion_number_max": "zone.streams.congestion_number.highest",
    "congestion_level_max [1/m]": "zone.streams.congestion_level.highest",
    "opposed_people_max": "zone.streams.opposed.people",
    "opposed_streams [s]": "zone.streams.opposed.seconds",
    "oscillation [Hz]": "zone.streams.oscillation.frequency",
    **{f"exposure_{name} [person s]": f"zone.exposure.{name}" for name in EXPOSURES},
    "density_unknown [s]": "zone.unknown_seconds",
}
"""Headings of the table of zones, and where in the data of a run each value lies."""

MINUTES = (
    "run", "seed", "zone", "label", "from", "highest_level", "highest_level_rank", "peak_level_density [1/m2]",
)  # fmt: skip
"""Headings of the table of zones by minute."""

FLOWS = (
    "run", "seed", "line", "label", "from", "counted_for [s]", "forward [persons]", "backward [persons]",
)  # fmt: skip
"""Headings of the table of lines."""

Rows = list[list[Any]]


def csv_tables(assessments: Sequence[RiskAssessment], runs: Sequence[Mapping[str, Any]]) -> tuple[Rows, Rows, Rows]:
    """Return the rows of the three tables: zones, zones by minute, lines by minute; headings first, also of no rows.

    Args:
        assessments: one for each run.
        runs: `runs` of what `crowd.report.report_data` returns.
    """
    pairs = list(zip(assessments, runs, strict=True))
    summary = [_summary_row(risk, run, zone) for risk, run in pairs for zone in run["zones"]]
    minutes = [row for risk, run in pairs for row in _minutes(risk, run)]
    flows = [row for risk, run in pairs for row in _flows(risk, run)]
    return [list(SUMMARY), *summary], [list(MINUTES), *minutes], [list(FLOWS), *flows]


def _summary_row(risk: RiskAssessment, run: Mapping[str, Any], zone: Mapping[str, Any]) -> list[Any]:
    """Return the row of `SUMMARY`; a peak of 0 has no time."""
    first = (f"{key} {_clock(risk, seconds)}" for key, seconds in zone["first_seconds"].items())
    peak = zone["level_density"]
    times = {"first": "; ".join(first), "peak": None if peak["time"] is None else _clock(risk, peak["seconds"])}
    return [_value({"run": run, "zone": zone, "times": times}, path) for path in SUMMARY.values()]


def _value(data: Any, path: str) -> Any:
    """Return what lies at the end of a path of keys, None if there is nothing on the way."""
    for key in path.split("."):
        data = None if data is None else data[key]
    return data


def _minutes(risk: RiskAssessment, run: Mapping[str, Any]) -> Iterator[list[Any]]:
    """Yield the row of `MINUTES` of each zone and minute since the start; a minute without numbers has blank cells."""
    labels = {zone["name"]: zone["label"] for zone in run["zones"]}
    for zone in risk.zones:
        minute = np.maximum(np.ceil(zone.times / MINUTE).astype(int) - 1, 0)
        for number in np.unique(minute):
            density = zone.level_density[minute == number]
            rank = int(zone.states[minute == number].max())
            yield [
                run["name"], run["seed"], zone.name, labels[zone.name], _clock(risk, MINUTE * number),
                risk.preset.keys[rank - 1] if rank else None, rank,
                None if np.isnan(density).all() else round(float(np.nanmax(density)), 2),
            ]  # fmt: skip


def _flows(risk: RiskAssessment, run: Mapping[str, Any]) -> Iterator[list[Any]]:
    """Yield the row of `FLOWS`: how many people crossed each line and gate in each minute, forward and backward."""
    labels = {line["name"]: line["label"] for line in run["lines"]}
    for line in risk.lines:
        for minute in line.minutes:
            yield [
                run["name"], run["seed"], line.name, labels[line.name], _clock(risk, minute.start),
                minute.seconds, minute.forward, minute.backward,
            ]  # fmt: skip


def _clock(risk: RiskAssessment, seconds: float) -> str:
    """Return a date and time in the time zone of the scenario."""
    moment = datetime.fromisoformat(str(risk.manifest["start"])) + timedelta(seconds=float(seconds))
    return moment.replace(tzinfo=None).isoformat(sep=" ", timespec="seconds")
