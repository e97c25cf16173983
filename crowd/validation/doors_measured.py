"""Flow through doors and bottlenecks over their width, against seven published series, and doors that clog.

Each width is built as one of the experiments it was measured in.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import NamedTuple

import numpy as np
import shapely
from shapely.geometry import LineString, box

from crowd.profiles import PROFILES
from crowd.scenario import Scenario
from crowd.validation.case import Case, Curve, Measures, Outcome, Pair, Runs, Trial, Verdict, margin_within, outcome
from crowd.validation.hermes import PARTICIPANT
from crowd.validation.measured_flows import HELD_OUT, MEASURED, NARROW, WIDTHS, measured_at
from crowd.validation.measures import mean_of
from crowd.validation.readings import flow, track
from crowd.validation.scenes import GROUND, SPEEDS, flat, present, scenario
from venues import MeasurementLine

#: How far from the range of the measured flows one may be.
_SLACK = 0.05
#: How dense people stand at first [1/m2] (Seyfried et al. 2009; assumed alike in the others).
_STANDING = 3.3
#: A run ends then [s]; the slowest takes half of it.
_DURATION = 300.0
#: Widths whose flow nobody looked at while constants were chosen [m].
_NOT_LOOKED_AT = (1.5, *HELD_OUT)
#: Width of the door that a calm crowd must not block [m].
_CALM = 0.8


class _SetUp(NamedTuple):
    """An experiment: people, width of the crowd, depth of the bottleneck, width and depth of the room before it [m].

    `share`: from and to which of the crossings its flow is taken; the middle 80 % if nothing else is known.
    """

    people: int
    abreast: float
    depth: float
    side: float
    back: float
    share: tuple[float, float] = (0.1, 0.9)


#: As the trajectories of the width of 3 m show it (HERMES ao-300-400): a column 6.2 m wide, 20 m of free width before
#: and behind boards of 1 m. The published 6.70 /s of that run is the flow of all its crossings: 6.69 /s.
_LIAO = _SetUp(350, 6.2, 1.0, 20.0, 18.0, share=(0.0, 1.0))


def _set_up(width: float) -> _SetUp:
    """The experiment that a width is built as."""
    if width in MEASURED["Liao et al. 2014"]:
        return _LIAO
    if width < 0.75:
        return _SetUp(100, 8.0, 0.4, 8.0, 10.0)
    if width < 1.3:
        return _SetUp(60, 4.0, 2.8, 4.0, 8.0)
    if width > 2.6:
        return _SetUp(350, 12.0, 1.0, 12.0, 12.0)
    return _SetUp(180, 8.0, 4.0, 8.0, 10.0)


def _room(width: float, set_up: _SetUp, *, seed: int) -> Scenario:
    """People at 3.3 /m2 at the end of a room, a bottleneck, open floor behind it; its line is halfway in."""
    people, abreast, depth, side, back, _ = set_up
    middle, end = side / 2, back + depth
    left, right = middle - width / 2, middle + width / 2
    low, high = min(left - 2.5, 0.0), max(right + 2.5, side)
    floor = [box(0, 0, back, side), box(back, left, end, right), box(end, low, end + 7, high)]
    inside = LineString([(back + depth / 2, right), (back + depth / 2, left)])
    venue = flat(
        shapely.union_all(floor),
        sources={"start": box(back - people / abreast / _STANDING, middle - abreast / 2, back, middle + abreast / 2)},
        exits={"end": box(end + 5, low, end + 7, high)},
        lines=(MeasurementLine("bottleneck", GROUND, inside),),
    )
    # Liao's bottlenecks are those of the participants whose free speed is known; of the others it is not.
    walker = PARTICIPANT if width in MEASURED["Liao et al. 2014"] else PROFILES["adult"]
    demand = present("start", "end", people, profile=walker.name)
    return scenario(venue, [demand], seed=seed, duration=_DURATION, profiles=[walker])


def _read(case: Scenario, *, share: tuple[float, float]) -> Measures:
    found = track(case, every=10)
    times, _ = found.crossings["bottleneck"]
    through = bool(np.isfinite(found.time_of_last))
    return {
        # The few who pass a door before it is blocked are no flow.
        "flow": flow(times, low=share[0], high=share[1]) if through else 0.0,
        "longest wait": float(np.diff(times).max(initial=0.0)),
        "crossed": int(times.size),
        "last": found.time_of_last,
    }


def _trials(widths: Sequence[float], seed: int, data: Path) -> dict[str, Trial]:
    set_ups = {w: _set_up(w) for w in widths}
    return {f"{w:g} m": Trial(partial(_read, share=s.share), _room(w, s, seed=seed)) for w, s in set_ups.items()}


def _flows(runs: Runs, widths: Sequence[float]) -> dict[float, float]:
    """Mean of the seeds [1/s]."""
    return {w: mean_of(runs[f"{w:g} m"], "flow") for w in widths}


def _stuck(runs: Runs) -> int:
    """Runs after which somebody has not left."""
    return sum(not np.isfinite(m["last"]) for ran in runs.values() for m in ran)


def _off(model: float, values: Sequence[float]) -> float:
    """Distance of a flow from the range of the measured ones, 5 % to either side [1/s]."""
    return max(min(values) * (1.0 - _SLACK) - model, model - max(values) * (1.0 + _SLACK), 0.0)


def _fit(flows: dict[float, float]) -> tuple[float, float]:
    """Slope [1/(m s)] and R2 of a straight line through the flows."""
    w, j = np.array(list(flows)), np.array(list(flows.values()))
    slope, offset = np.polyfit(w, j, 1)
    return float(slope), float(1.0 - ((j - slope * w - offset) ** 2).sum() / ((j - j.mean()) ** 2).sum())


def _curves(flows: dict[float, float]) -> dict[str, Curve]:
    """Flow over width: the model's, and each series."""
    axes = ("width [m]", "flow [1/s]")
    found = {"model": Curve("model", tuple(flows), tuple(flows.values()), *axes)}
    for name, series in MEASURED.items():
        widths = tuple(w for w, values in series.items() for _ in values)
        found[name] = Curve("measured", widths, tuple(v for values in series.values() for v in values), *axes)
    return found


def _shown(flows: dict[float, float]) -> dict[str, float]:
    return {f"flow at {w:g} m [1/s]": j for w, j in flows.items()}


def _pairs(runs: Runs, flows: dict[float, float]) -> tuple[Pair, ...]:
    """One a width: the model's flow, 0 where a door gets blocked in some runs, and the mean of the measured ones."""
    return tuple(
        Pair(
            "bottleneck flow",
            # A mean over runs that stand still and others is neither's flow.
            j if all(np.isfinite(m["last"]) for m in runs[f"{w:g} m"]) else 0.0,
            float(np.mean(measured_at(w))),
            calibration=w not in _NOT_LOOKED_AT,
        )
        for w, j in flows.items()
    )


def _judge_table(runs: Runs, data: Path) -> Verdict:
    flows = _flows(runs, WIDTHS)
    outside = [w for w, j in flows.items() if _off(j, measured_at(w)) > 0.0]
    inside = 1.0 - len(outside) / len(WIDTHS)
    mean_off = float(np.mean([abs(j - np.mean(measured_at(w))) for w, j in flows.items()]))
    specific = {w: j / w for w, j in flows.items()}
    slope, r2 = _fit(flows)
    low, high = min(specific.values()), max(specific.values())
    claims = {
        f"outside the measured flows at {', '.join(f'{w:g}' for w in outside)} m": inside >= 0.8,
        f"flows are off by {mean_off:.2f} /s on average, 0.5 allowed": mean_off <= 0.5,
        f"specific flow from {low:.2f} to {high:.2f} /(m s), 1.5 to 2.6 allowed": 1.5 <= low <= high <= 2.6,
        f"flow is not linear in the width, R2 = {r2:.2f}": r2 >= 0.9,
        "in some runs not everybody gets through": _stuck(runs) == 0,
    }
    verdict = outcome(all(claims.values()))
    return Verdict(
        verdict,
        verdict,
        {
            "widths inside the measured flows [share]": inside,
            "mean difference from the mean of the measured flows [1/s]": mean_off,
            "lowest specific flow [1/(m s)]": low,
            "highest specific flow [1/(m s)]": high,
            "slope [1/(m s)]": slope,
            "R2 of a straight line": r2,
            **_shown(flows),
        },
        margin=min(
            (inside - 0.8) / 0.2,
            1.0 - mean_off / 0.5,
            *(margin_within(j, 1.5, 2.6) for j in (low, high)),
            (r2 - 0.9) / 0.1,
        ),
        reason="; ".join(text for text, holds in claims.items() if not holds),
        curves=_curves(flows),
        pairs=_pairs(runs, flows),
    )


def _judge_shown(widths: Sequence[float], runs: Runs, data: Path) -> Verdict:
    flows = _flows(runs, widths)
    off = [w for w, j in flows.items() if _off(j, measured_at(w)) > 0.0]
    limits = [
        f"at {w:g} m {flows[w]:.2f} /s, measured {min(measured_at(w)):.2f} to {max(measured_at(w)):.2f}" for w in off
    ]
    stuck = _stuck(runs)
    if stuck:
        limits.append(f"a door is blocked in {stuck} of {sum(map(len, runs.values()))} runs")
    passed = {w: min(m["crossed"] for m in runs[f"{w:g} m"]) for w in widths}
    waits = {w: max(m["longest wait"] for m in runs[f"{w:g} m"]) for w in widths}
    return Verdict(
        Outcome.DOCUMENTED,
        Outcome.DOCUMENTED,
        {
            **_shown(flows),
            **{f"longest wait between two at {w:g} m [s]": t for w, t in waits.items()},
            **{f"fewest who pass {w:g} m": float(n) for w, n in passed.items()},
            "runs in which somebody is left behind": float(stuck),
        },
        reason=f"a limit of the model: {'; '.join(limits)}" if limits else "",
        curves=_curves(flows),
        pairs=_pairs(runs, flows),
    )


def _calm(seed: int, data: Path) -> dict[str, Trial]:
    set_up = _SetUp(100, 8.0, 0.2, 8.0, 10.0)
    return {"calm": Trial(partial(_read, share=set_up.share), _room(_CALM, set_up, seed=seed))}


def _judge_calm(runs: Runs, data: Path) -> Verdict:
    ran = runs["calm"]
    stuck = _stuck(runs)
    verdict = outcome(stuck == 0)
    last = np.array([m["last"] for m in ran])
    return Verdict(
        verdict,
        verdict,
        {
            "seeds in which everybody gets out": float(len(ran) - stuck),
            "last one out, mean of these [s]": float(last[np.isfinite(last)].mean()) if stuck < len(ran) else np.nan,
            "longest wait between two [s]": max(m["longest wait"] for m in ran),
            "flow [1/s]": mean_of(ran, "flow"),
        },
        reason=f"the door is blocked in {stuck} of {len(ran)} seeds" if stuck else "",
    )


_LOOKED_AT = "All widths but 1.5 m were looked at while constants were chosen."

CASES = (
    Case(
        key="experiments-bottleneck-table",
        suite="experiments",
        title="Flow through bottlenecks of 0.8 to 5 m",
        source=f"{', '.join(MEASURED)}, as jpscore's validation suite has them",
        setup="0.8 to 1.2 m: 60 people, 2.8 m deep (Seyfried et al. 2009). 1.4 to 2.2 and 2.5 m: 180 people (Liddle"
        " et al. 2009), 4 m deep (assumed). 2.4 m and from 3 m on: 350 people (Liao et al. 2014), 1 m deep (as HERMES"
        " ao-300-400), with their free speed, 1.55 +- 0.18 m/s (Zhang et al. 2011): a column 6.2 m"
        " wide in 20 m of width, free floor behind, the flow of all crossings, as the trajectories of the 3 m show (of"
        " the other widths assumed). They stand at 3.3 /m2 before it; of the others the flow of the middle 80 % of the"
        f" crossings. {_LOOKED_AT}",
        criterion="Within the flows measured at the width (0.05 m to either side), 5 % added, at 80 % of the widths; "
        "mean difference from their mean at most 0.5 /s; specific flow from 1.5 to 2.6 /(m s); R2 of a straight line at"
        " least 0.9; everybody gets through.",
        tier=1,
        seeds=10,
        trials=partial(_trials, WIDTHS),
        judge=_judge_table,
        sets=SPEEDS,
    ),
    Case(
        key="experiments-narrow-door",
        suite="experiments",
        title="Flow through doors that one at a time can pass",
        source="Kretz et al. 2006; Müller 1981; Daamen et al. 2010, as jpscore's validation suite has them",
        setup="100 people before a bottleneck of 0.5, 0.6 and 0.7 m, 0.4 m deep (Kretz et al. 2006; to be checked)."
        f" {_LOOKED_AT}",
        criterion="None; published beside the measured flows, and named a limit where more than 5 % outside them.",
        tier=1,
        seeds=5,
        trials=partial(_trials, NARROW),
        judge=partial(_judge_shown, NARROW),
    ),
    Case(
        key="experiments-door-held-out",
        suite="experiments",
        title="Flow through doors of 0.4 and 2.75 m",
        source="Kretz et al. 2006; Daamen et al. 2010, as jpscore's validation suite has them",
        setup="0.4 m: 100 people, 0.4 m deep, as experiments-narrow-door. 2.75 m: 350 of the model's adults in"
        " a room of 12 m, 1 m deep, the middle 80 % of the crossings. Held out: nothing was chosen with them.",
        criterion="None; published beside the measured flows, and named a limit where more than 5 % outside them.",
        tier=1,
        seeds=5,
        trials=partial(_trials, HELD_OUT),
        judge=partial(_judge_shown, HELD_OUT),
    ),
    Case(
        key="experiments-calm-door",
        suite="experiments",
        title="A calm crowd does not block a door",
        source="ours; people who do not push pass doors of 0.8 m in all series of experiments-bottleneck-table",
        setup="100 people before a door of 0.8 m in a wall 0.2 m thick, 300 s.",
        criterion="Everybody gets out with every seed.",
        tier=1,
        seeds=50,
        trials=_calm,
        judge=_judge_calm,
    ),
)
