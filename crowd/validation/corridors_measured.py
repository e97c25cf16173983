"""Measured corridors and a bottleneck built again: speed at density and flow, against the trajectories."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np

from crowd.validation import fundamental_diagram as diagram
from crowd.validation.basigo import CORRIDOR
from crowd.validation.case import Case, Pair, Runs, Verdict, margin_within, outcome
from crowd.validation.hermes_runs import (
    ONE_WAY,
    STEADY,
    TWO_WAY,
    WIDE,
    Place,
    all_measured,
    compared_bins,
    crossings,
    duration,
    flows_of,
    trials,
)
from crowd.validation.measures import mean_of
from crowd.validation.scenes import SPEEDS

_TWO_WAY_RUNS = ("bot-360-120-120", "bot-360-200-200", "bot-360-250-250")
_WIDE_RUN = "ao-300-400"
_BASIGO_RUNS = ("traj_UNI_CORR_500_01",)
#: One-way runs whose flow the corridor or its exit limits, not how people came in.
_LIMITED = ("uo-145-180-180", "uo-180-180-180", "uo-180-180-070", "uo-180-180-095", "uo-180-180-120")
#: How strongly people keep to the right in Korea (assumed).
KOREA = {"steering.side_preference": 0.1}


def _shown_flows(flows: Mapping[str, tuple[float, float]]) -> dict[str, float]:
    named = {name: zip(("model", "measured"), both, strict=True) for name, both in flows.items()}
    return {f"flow of {name}, {whose} [1/s]": value for name, both in named.items() for whose, value in both}


def _judge_speeds(
    place: Place, names: Sequence[str], limited: Sequence[str], runs: Runs, data: Path, *, calibration: bool = True
) -> Verdict:
    """Speed at density of all runs.

    Args:
        limited: runs whose flow says something of the model. calibration: whether constants were chosen by hand with
            these runs in view, as they were with all of HERMES (examples/CALIBRATION.md).
    """
    seen = all_measured(place, names, data)
    model, measured = compared_bins(runs, seen, names)
    flows = flows_of(runs, seen)
    faults = diagram.faults(model, measured)
    verdict = outcome(not faults)
    pairs = diagram.pairs(model, measured, calibration=calibration)
    pairs += tuple(Pair("bottleneck flow", *flows[name], calibration) for name in limited)
    shown = {"model": model, "measured": measured}
    return Verdict(
        verdict,
        verdict,
        {
            **{
                f"speed at {b.density:.2f} /m2, {whose} [m/s]": b.speed
                for whose, f in shown.items()
                for b in f.values()
            },
            **_shown_flows(flows),
        },
        margin=diagram.margin(model, measured),
        reason="; ".join(faults),
        curves={whose: diagram.curve(whose, found) for whose, found in shown.items()},
        pairs=pairs,
    )


def _judge_two_way(runs: Runs, data: Path) -> Verdict:
    seen = all_measured(TWO_WAY, _TWO_WAY_RUNS, data)
    flows = flows_of(runs, seen)
    through = {name: sum(bool(np.isfinite(m["last"])) for m in runs[name]) for name in _TWO_WAY_RUNS}
    off = {name: model / measured - 1.0 for name, (model, measured) in flows.items()}
    faults = [f"{name}: flow {value:+.0%}, 15 % allowed" for name, value in off.items() if abs(value) > 0.15]
    faults += [
        f"{name}: gridlock in {len(runs[name]) - n} of {len(runs[name])} seeds"
        for name, n in through.items()
        if n < len(runs[name])
    ]
    verdict = outcome(not faults)
    times = [(float(np.mean([duration(m) for m in runs[n]])), duration(seen[n])) for n in _TWO_WAY_RUNS]
    return Verdict(
        verdict,
        verdict,
        {
            **_shown_flows(flows),
            **{f"lowest flow of {n} [1/s]": min(m["flow_all"] for m in runs[n]) for n in _TWO_WAY_RUNS},
            **{f"seeds in which all {seen[n]['crossed']} of {n} get through": float(k) for n, k in through.items()},
        },
        margin=1.0 - max(abs(value) for value in off.values()) / 0.15,
        reason="; ".join(faults),
        curves=crossings(runs, seen),
        pairs=tuple(Pair("bottleneck flow", *both, True) for both in flows.values())
        + tuple(Pair("evacuation time", *both, True) for both in times),
    )


def _judge_korea(runs: Runs, data: Path) -> Verdict:
    """As of the default model; measured people who keep to no side say nothing of its uncertainty."""
    return replace(_judge_two_way(runs, data), pairs=())


def _judge_wide(runs: Runs, data: Path) -> Verdict:
    all_seen = all_measured(WIDE, (_WIDE_RUN,), data)
    seen, seeds = all_seen[_WIDE_RUN], runs[_WIDE_RUN]
    flows = {
        what: (mean_of(seeds, key), seen[key])
        for what, key in (("all crossings", "flow_all"), ("middle 80 %", "flow_mid"))
    }
    off = {what: model / measured - 1.0 for what, (model, measured) in flows.items()}
    faults = [f"{what}: {value:+.0%}, 10 % allowed" for what, value in off.items() if abs(value) > 0.10]
    verdict = outcome(not faults)
    model, measured = compared_bins(runs, all_seen, (_WIDE_RUN,))
    before = {
        f"{name} density before it, {whose} [1/m2]": float(np.mean([read(m["density"]) for m in all_runs]))
        for name, read in (("mean", np.mean), ("highest", np.max))
        for whose, all_runs in (("model", seeds), ("measured", [seen]))
    }
    return Verdict(
        verdict,
        verdict,
        _shown_flows(flows) | before,
        margin=min(margin_within(pair[0], 0.9 * pair[1], 1.1 * pair[1]) for pair in flows.values()),
        reason="; ".join(faults),
        curves=crossings(runs, all_seen)
        | {f"speed before it, {k}": diagram.curve(k, b) for k, b in (("model", model), ("measured", measured))},
        pairs=(
            Pair("bottleneck flow", *flows["middle 80 %"], True),
            Pair("evacuation time", float(np.mean([duration(m) for m in seeds])), duration(seen), True),
        ),
    )


_SPEED_CRITERION = (
    "Bin by bin of 0.5 /m2 with 6 s of frames: within 20 % of the measured speed from 0.5 to 2 /m2, within 0.10 m/s"
    " above; every measured bin is reached; from 1 /m2 on the speed falls from bin to bin."
)
_FLOW_CRITERION = (
    "Flow of all crossings of the middle within 15 % of the measured one in each run, as mean of the seeds; everybody"
    " gets through with every seed."
)
_IN_VIEW = "Calibration: constants of steering were chosen with these runs in view."
_PEOPLE = "Free speed of the test persons, 1.55 +- 0.18 m/s (Zhang et al. 2011)."
_METHOD = "Voronoi density and speed, measured and modelled trajectories read by the same code."

CASES = (
    Case(
        key="experiments-one-way-fd",
        suite="experiments",
        title="Speed at density in a one-way corridor",
        source="HERMES 2009, uo series, 10.34735/ped.2009.14; steady windows of PedPy's notebook",
        setup="The nine runs built again: corridor of 1.8 m, its entrance and exit, everybody at the measured moment. "
        f"{_METHOD} {_PEOPLE} All nine were looked at while constants were chosen.",
        criterion=_SPEED_CRITERION,
        tier=1,
        seeds=5,
        trials=partial(trials, ONE_WAY, tuple(STEADY), {}),
        judge=partial(_judge_speeds, ONE_WAY, tuple(STEADY), _LIMITED),
        sets=SPEEDS,
        data=ONE_WAY.folder,
    ),
    Case(
        key="experiments-one-way-basigo",
        suite="experiments",
        title="Speed at density in a wide one-way corridor",
        source="BaSiGo 2013, UNI_CORR_500_01, 10.34735/ped.2013.6",
        setup="One run of few people built again: corridor of 5 m, 18 m long, open over its width at both ends"
        f" (assumed), everybody at the measured moment. {_METHOD} Held out: nothing was chosen with it.",
        criterion=_SPEED_CRITERION,
        tier=1,
        seeds=5,
        trials=partial(trials, CORRIDOR, _BASIGO_RUNS, {}),
        judge=partial(_judge_speeds, CORRIDOR, _BASIGO_RUNS, (), calibration=False),
        data=CORRIDOR.folder,
    ),
    Case(
        key="experiments-two-way-fd",
        suite="experiments",
        title="Speed at density in a two-way corridor",
        source="HERMES 2009, bot series, 10.34735/ped.2009.10 to .12",
        setup="Three runs built again: corridor of 3.6 m walked from both ends, everybody at the measured moment. "
        f"{_METHOD} {_PEOPLE} {_IN_VIEW}",
        criterion=_SPEED_CRITERION,
        tier=1,
        seeds=10,
        trials=partial(trials, TWO_WAY, _TWO_WAY_RUNS, {}),
        judge=partial(_judge_speeds, TWO_WAY, _TWO_WAY_RUNS, ()),
        sets=SPEEDS,
        data=TWO_WAY.folder,
    ),
    Case(
        key="experiments-two-way-flow",
        suite="experiments",
        title="Flow in a two-way corridor, without gridlock",
        source="HERMES 2009, bot series, 10.34735/ped.2009.10 to .12",
        setup="Three runs built again: corridor of 3.6 m walked from both ends, everybody at the measured moment, "
        f"followed for 300 s. {_PEOPLE} {_IN_VIEW}",
        criterion=_FLOW_CRITERION,
        tier=1,
        seeds=20,
        trials=partial(trials, TWO_WAY, _TWO_WAY_RUNS, {}),
        judge=_judge_two_way,
        sets=SPEEDS,
        data=TWO_WAY.folder,
    ),
    Case(
        key="experiments-two-way-korea",
        suite="experiments",
        title="The same flow if people keep to the right",
        source="HERMES 2009, bot series, 10.34735/ped.2009.10 to .12; the side of Korea, its strength assumed",
        setup="As experiments-two-way-flow, but people prefer to pass oncoming ones on their right.",
        criterion=_FLOW_CRITERION,
        tier=1,
        seeds=20,
        trials=partial(trials, TWO_WAY, _TWO_WAY_RUNS, KOREA),
        judge=_judge_korea,
        sets=(*SPEEDS, "parameter steering.side_preference"),
        data=TWO_WAY.folder,
    ),
    Case(
        key="experiments-bottleneck-3m",
        suite="experiments",
        title="Flow through a bottleneck of 3 m",
        source="HERMES 2009, ao-300-400, 10.34735/ped.2009.6",
        setup="348 people, as dense as first seen, before boards 1 m deep with a gap of 3 m. "
        f"{_PEOPLE} Calibration: constants of steering were chosen with this run in view.",
        criterion="Flow of all crossings (measured 6.69 /s) and of the middle 80 % of them (7.17 /s) within 10 %.",
        tier=1,
        seeds=5,
        trials=partial(trials, WIDE, (_WIDE_RUN,), {}),
        judge=_judge_wide,
        sets=SPEEDS,
        data=WIDE.folder,
    ),
)
