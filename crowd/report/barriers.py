"""What a report says of the load on barriers: numbers as they are shown, and what they are not."""

from __future__ import annotations

from typing import Any

from crowd.journeys import Watch
from crowd.quantities import QUANTITIES
from crowd.report.words import Words
from crowd.risk import BarrierLoad, Peak, RiskAssessment

LOAD = QUANTITIES["wall_load"]
LENGTH = QUANTITIES["length"]


def barriers_data(risk: RiskAssessment, words: Words) -> list[dict[str, Any]]:
    """One entry for each named barrier, the highest load first."""
    doubt = _pressing_to_come(risk, words)
    return [_barrier(load, words, doubt=doubt) for load in risk.barriers]


def _pressing_to_come(risk: RiskAssessment, words: Words) -> str:
    """Say so if people were still to press when the run ended: a small load then clears no barrier."""
    journeys = getattr(risk.scenario, "journeys", ())
    watching = [s for journey in journeys for s in journey.stages if isinstance(s, Watch) and s.press_from is not None]
    cut = [stage for stage in watching if stage.until > risk.simulated]
    if not cut:
        return ""
    start, end = min(stage.press_from or 0.0 for stage in cut), max(stage.until for stage in cut)
    return " " + words.say("barriers", "cut", start=words.clock(start), end=words.clock(end))


def _barrier(load: BarrierLoad, words: Words, *, doubt: str) -> dict[str, Any]:
    share = None if load.highest is None else round(100.0 * load.highest.value / load.design_load)
    whole = load.total.max(initial=0.0) if load.known else None
    return {
        "name": load.wall.name,
        "label": load.wall.labels.get(words.lang, load.wall.name),
        "length": LENGTH.shown(load.length),
        "known": load.known,
        "highest": _peak(load.highest, load, words),
        "moment": _peak(load.moment, load, words),
        "total_newtons": None if whole is None else LOAD.shown(float(whole)),
        "mean_load": None if whole is None else LOAD.shown(float(whole) / load.length),
        "design_load": LOAD.shown(load.design_load),
        "design_load_given": load.wall.design_load is not None,
        "share_percent": share,
        "worst_profile": _profile(load),
        "text": _sentence(load, words, share="< 1" if share == 0 else str(share)) + doubt,
    }


def _profile(load: BarrierLoad) -> list[dict[str, Any]]:
    """The load along a barrier in its worst interval, piece by piece; pieces that never bore a load are left out."""
    if load.highest is None:
        return []
    rows = zip(load.along, load.lengths, *load.profile(load.highest.time), strict=True)
    return [
        {
            "along": LENGTH.shown(along),
            "length": LENGTH.shown(length),
            "mean": LOAD.shown(mean),
            "largest": LOAD.shown(peak),
        }
        for along, length, mean, peak in rows
    ]


def _peak(peak: Peak | None, load: BarrierLoad, words: Words) -> dict[str, Any]:
    if peak is None:
        return {"value": 0 if load.known else None, "time": None, "seconds": None, "along": None}
    at = load.middles - (peak.x, peak.y)
    along = load.along[int((at**2).sum(axis=1).argmin())]
    return {
        "value": LOAD.shown(peak.value),
        "time": words.clock(peak.time),
        "seconds": peak.time,
        "along": LENGTH.shown(float(along)),
    }


def _sentence(load: BarrierLoad, words: Words, *, share: str) -> str:
    said = {
        "barrier": load.wall.labels.get(words.lang, load.wall.name),
        "design": words.number(load.design_load, "wall_load"),
        "origin": words.say("barriers", "given" if load.wall.design_load is not None else "usual"),
    }
    if not load.known:
        return words.say("barriers", "unknown", **said)
    if load.highest is None:
        return words.say("barriers", "nobody", **said)
    over = load.highest.value > load.design_load
    said |= {"load": words.number(load.highest.value, "wall_load"), "time": words.clock(load.highest.time)}
    return words.say("barriers", "above" if over else "below", share=share, **said)
