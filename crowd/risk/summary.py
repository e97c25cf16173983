"""The numbers of one assessment as the command line prints them: plain data, None where one is not known."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from crowd.risk.places import Place

if TYPE_CHECKING:
    from crowd.risk.assessment import RiskAssessment


def summarise(risk: RiskAssessment) -> dict[str, Any]:
    """The keys of `crowd run --json`."""
    return {**_run_part(risk), **_density_part(risk), **_people_part(risk)}


def _run_part(risk: RiskAssessment) -> dict[str, Any]:
    manifest = risk.manifest
    return {
        "scenario": manifest["scenario"],
        "seed": manifest["seed"],
        "completed": risk.finished,
        "simulated_seconds": risk.simulated,
        "wall_seconds": manifest["wall_seconds"],
        "run_dir": risk.run_dir,
        "alert_preset": risk.preset.name,
        "verdict": risk.verdict,
        "doubts": [{"kind": doubt.kind, **doubt.details} for doubt in risk.doubts],
        "warnings": [warning.text for warning in risk.warnings],
    }


def _density_part(risk: RiskAssessment) -> dict[str, Any]:
    worst, force, whole = risk.worst_density, risk.worst_force, risk.whole
    pressure = None if whole is None else whole.peaks["crowd_pressure_max"]
    congestion = None if whole is None else whole.peaks["congestion_number"]
    exposure = {key: _plain(value) for key, value in risk.exposure.items() if key != "between_100_600_N"}
    return {
        "peak_density": None if worst is None else worst[0].value,
        "peak_density_at": None if worst is None else {**_at(worst[1]), "time": worst[0].time},
        "highest_level": risk.preset.keys[risk.highest - 1] if risk.highest else None,
        "first_time_of_level": risk.first_times,
        "exposure_person_seconds": exposure,
        "peak_contact_force": None if force is None else force[0].value,
        "peak_contact_force_at": None if force is None else {**_at(force[1]), "time": force[0].time},
        "peak_contact_force_10s": None if risk.sustained_force is None else risk.sustained_force[0].value,
        "force_is_order_of_magnitude": risk.above_jamming,
        "force_range": None if risk.force_range is None else dict(risk.force_range),
        "crowd_pressure_peak": None if pressure is None else pressure.value,
        "congestion_number_peak": None if congestion is None else congestion.value,
        "oscillation": _oscillation(risk),
        "gridlock": [{"place": lock.place, "from": lock.start, "to": lock.end} for lock in risk.gridlocks],
    }


def _people_part(risk: RiskAssessment) -> dict[str, Any]:
    people, journeys = risk.people, risk.journeys
    return {
        "people_expected": None if people is None else people.entered + people.waiting_outside,
        "people_entered": None if people is None else people.entered,
        "people_left": None if people is None else people.left,
        "people_inside": None if people is None else people.inside,
        "people_waiting_outside": None if people is None else people.waiting_outside,
        "people_diverted": None if people is None else people.diverted,
        "mean_delay": None if journeys is None else _plain(journeys.mean_delay),
    }


def _oscillation(risk: RiskAssessment) -> list[dict[str, Any]]:
    """Every zone whose packed people sway, with how often a second (positive counter-clockwise)."""
    found = [(zone.name, zone.oscillation) for zone in risk.zones]
    return [
        {"place": name, "frequency": sway.frequency, "radius": sway.radius, "from": sway.start, "to": sway.end}
        for name, sway in found
        if sway is not None
    ]


def _at(place: Place) -> dict[str, Any]:
    return {"place": place.zone, "level": place.level, "x": place.x, "y": place.y}


def _plain(value: float) -> float | None:
    return None if math.isnan(value) else value
