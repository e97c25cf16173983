"""How a zone's people move among each other, as a report's data: congestion, opposed streams, swaying."""

from __future__ import annotations

from typing import Any

from crowd.measurement import CONGESTION_LENGTH
from crowd.quantities import QUANTITIES
from crowd.report.words import Words
from crowd.risk import Oscillation, ZoneRisk


def streams_data(zone: ZoneRisk, words: Words) -> dict[str, Any]:
    """Congestion number and level, opposed streams, and the oscillation if one was found."""
    peak = zone.peaks["congestion_number"]
    highest = float("nan") if peak is None else peak.value
    return {
        "congestion_number": {
            "mean": _shown("congestion_number", zone.congestion),
            "highest": _shown("congestion_number", highest),
            "time": None if peak is None else words.clock(peak.time),
        },
        "congestion_level": {
            "mean": _shown("congestion_level", 6.0 * zone.congestion / CONGESTION_LENGTH),
            "highest": _shown("congestion_level", 6.0 * highest / CONGESTION_LENGTH),
        },
        "opposed": {
            "seconds": _shown("duration", zone.opposed.time),
            "people": _shown("opposed_people", zone.opposed.people),
        },
        "oscillation": None if zone.oscillation is None else _oscillation(zone.oscillation, words),
    }


def _oscillation(sway: Oscillation, words: Words) -> dict[str, Any]:
    return {
        "frequency": _shown("oscillation", sway.frequency),
        "period_seconds": _shown("duration", sway.period),
        "radius": _shown("length", sway.radius),
        "from": words.clock(sway.start),
        "to": words.clock(sway.end),
    }


def _shown(quantity: str, value: float) -> float | int | None:
    return QUANTITIES[quantity].shown(value)
