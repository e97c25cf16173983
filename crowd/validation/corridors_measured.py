"""The HERMES corridors and bottleneck of 2009 built again: speed at density and flow, against the trajectories.

Measured trajectories and those of the model are read by the same code. The two widest one-way runs and the bottleneck
were in view when constants were chosen (calibration); all other runs are held out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import shapely
from shapely.geometry import box

from crowd.scenario import Scenario
from crowd.validation import fundamental_diagram as diagram
from crowd.validation.case import Case, Curve, Measures, Pair, Runs, Trial, Verdict, margin_within, outcome
from crowd.validation.hermes import bottleneck, measured_tracks, one_way, read_corridor, read_tracks, two_way
from crowd.validation.scenes import GROUND
from venues import Level

#: Steady frames of the one-way runs (PedPy's notebook on fundamental diagrams).
_STEADY = {
    "uo-050-180-180": (211, 800),
    "uo-060-180-180": (243, 771),
    "uo-070-180-180": (203, 1113),
    "uo-100-180-180": (200, 790),
    "uo-145-180-180": (300, 1097),
    "uo-180-180-070": (500, 1399),
    "uo-180-180-095": (400, 1350),
    "uo-180-180-120": (300, 1099),
    "uo-180-180-180": (400, 1284),
}
_CALIBRATION = ("uo-145-180-180", "uo-180-180-180")
#: Runs whose flow the corridor or its exit limits, not how people came in.
_LIMITED = (*_CALIBRATION, "uo-180-180-070", "uo-180-180-095", "uo-180-180-120")
_TWO_WAY = ("bot-360-120-120", "bot-360-200-200", "bot-360-250-250")
_WIDE = "ao-300-400"
_FPS = 16
#: Frames that a bin needs: 6 s at 16 and at 5 frames/s (assumed).
_LEAST_MEASURED, _LEAST_MODEL = 100, 30
_HELD_OUT = "Held out: no constant was chosen with these runs in view."


class _Place(NamedTuple):
    """An experiment: folder, how a run is built again, floor of the measured people, measurement area, unit [m]."""

    folder: str
    build: Callable[..., Scenario]
    floor: shapely.Geometry
    area: shapely.Polygon
    scale: float = 0.01


def _corridor(width: float) -> shapely.Geometry:
    """The floor of a corridor 8 m long, wide open at both ends, where nobody measured is cut off."""
    return shapely.union_all([box(0, -4, width, 4), box(-6, 4, 10, 20), box(-6, -20, 10, -4)])


_BOARDS = shapely.union_all([box(-9.1, -12, 10.9, -0.5), box(-0.6, -0.5, 2.4, 0.5), box(-9.1, 0.5, 10.9, 10)])
_ONE_WAY_PLACE = _Place("hermes2009_unidirectional", one_way, _corridor(1.8), box(0, -2, 1.8, 0))
_TWO_WAY_PLACE = _Place("hermes2009_bidirectional", two_way, _corridor(3.6), box(0, -1, 3.6, 1))
_WIDE_PLACE = _Place("hermes2009_bottleneck", bottleneck, _BOARDS, box(-0.1, -3, 1.9, -1), 1.0)


def _window(name: str) -> tuple[float, float]:
    """When a run is read [s]: while it is steady, if that is known."""
    first, last = _STEADY.get(name, (0, np.inf))
    return first / _FPS, last / _FPS


def read_measured(place: _Place, file: Path) -> Measures:
    """A measured run, read as the model's are."""
    tracks = measured_tracks(file, scale=place.scale)
    level = Level(GROUND, place.floor)  # type: ignore[arg-type]
    return read_tracks(tracks, level, place.area, window=_window(file.stem), every=1)


def _measured(place: _Place, file: Path, _: Any) -> Measures:
    return read_measured(place, file)


def _read(area: shapely.Polygon, window: Sequence[float], case: Scenario) -> Measures:
    return read_corridor(case, area, window=window)


def trials(
    place: _Place, names: Iterable[str], seed: int, data: Path, *, parameters: Mapping[str, float] | None = None
) -> dict[str, Trial]:
    """The runs of an experiment with one seed, with the first one also the measured runs."""
    files = {name: data / place.folder / f"{name}.txt" for name in names}
    found = {
        name: Trial(
            partial(_read, place.area, _window(name)),
            place.build(file, seed=seed).with_parameters(parameters or {}),
        )
        for name, file in files.items()
    }
    if seed == 1:
        found |= {_seen(name): Trial(partial(_measured, place, file)) for name, file in files.items()}
    return found


def _seen(name: str) -> str:
    return f"{name}, measured"


def _bins(runs: Runs, names: Iterable[str]) -> tuple[dict[float, diagram.Bin], dict[float, diagram.Bin]]:
    """Bins of the model and of the measurements, of some runs."""
    chosen = list(names)
    model = diagram.bins([m for name in chosen for m in runs[name]], least=_LEAST_MODEL)
    return model, diagram.bins([runs[_seen(name)][0] for name in chosen], least=_LEAST_MEASURED)


def _flows(runs: Runs, names: Iterable[str]) -> dict[str, tuple[float, float]]:
    """Flow over the line of all crossings, model (mean of the seeds) and measured [1/s], by run."""
    return {n: (float(np.mean([m["flow_all"] for m in runs[n]])), runs[_seen(n)][0]["flow_all"]) for n in names}


def _shown_flows(flows: Mapping[str, tuple[float, float]]) -> dict[str, float]:
    named = {name: zip(("model", "measured"), both, strict=True) for name, both in flows.items()}
    return {f"flow of {name}, {whose} [1/s]": value for name, both in named.items() for whose, value in both}


def _judge_speeds(names: Sequence[str], limited: Sequence[str], runs: Runs, data: Path) -> Verdict:
    """Speed at density of all runs; `limited`: those whose flow says something of the model."""
    model, measured = _bins(runs, names)
    flows = _flows(runs, names)
    faults = diagram.faults(model, measured)
    verdict = outcome(not faults)
    pairs: tuple[Pair, ...] = ()
    for calibration in (True, False):
        chosen = [name for name in names if (name in _CALIBRATION) is calibration]
        if chosen:
            pairs += diagram.pairs(*_bins(runs, chosen), calibration=calibration)
    pairs += tuple(Pair("bottleneck flow", *flows[name], name in _CALIBRATION) for name in limited)
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


def _time(measures: Measures) -> float:
    """From the first to the last crossing [s]."""
    return float(np.ptp(measures["crossings"]))


def _judge_two_way(runs: Runs, data: Path) -> Verdict:
    flows = _flows(runs, _TWO_WAY)
    people = {name: runs[_seen(name)][0]["crossed"] for name in _TWO_WAY}
    through = {name: sum(bool(np.isfinite(m["last"])) for m in runs[name]) for name in _TWO_WAY}
    off = {name: model / seen - 1.0 for name, (model, seen) in flows.items()}
    faults = [f"{name}: flow {value:+.0%}, 15 % allowed" for name, value in off.items() if abs(value) > 0.15]
    faults += [
        f"{name}: gridlock in {len(runs[name]) - n} of {len(runs[name])} seeds"
        for name, n in through.items()
        if n < len(runs[name])
    ]
    verdict = outcome(not faults)
    times = [(float(np.mean([_time(m) for m in runs[n]])), _time(runs[_seen(n)][0])) for n in _TWO_WAY]
    return Verdict(
        verdict,
        verdict,
        {
            **_shown_flows(flows),
            **{f"lowest flow of {n} [1/s]": min(m["flow_all"] for m in runs[n]) for n in _TWO_WAY},
            **{f"seeds in which all {people[n]} of {n} get through": float(k) for n, k in through.items()},
        },
        margin=1.0 - max(abs(value) for value in off.values()) / 0.15,
        reason="; ".join(faults),
        curves=_crossings(runs, _TWO_WAY),
        pairs=tuple(Pair("bottleneck flow", *both, False) for both in flows.values())
        + tuple(Pair("evacuation time", *both, False) for both in times),
    )


def _crossings(runs: Runs, names: Iterable[str]) -> dict[str, Curve]:
    """How many have crossed the line over time; the model's first seed."""
    found = {}
    for name in names:
        for kind, variant in (("measured", _seen(name)), ("model", name)):
            times = tuple(sorted(runs[variant][0]["crossings"]))
            count = tuple(float(k + 1) for k in range(len(times)))
            found[f"{name}, {kind}"] = Curve(kind, times, count, "time [s]", "people who have crossed")
    return found


def _judge_wide(runs: Runs, data: Path) -> Verdict:
    seen, seeds = runs[_seen(_WIDE)][0], runs[_WIDE]
    flows = {
        what: (float(np.mean([m[key] for m in seeds])), seen[key])
        for what, key in (("all crossings", "flow_all"), ("middle 80 %", "flow_mid"))
    }
    off = {what: model / measured - 1.0 for what, (model, measured) in flows.items()}
    faults = [f"{what}: {value:+.0%}, 10 % allowed" for what, value in off.items() if abs(value) > 0.10]
    verdict = outcome(not faults)
    model, measured = _bins(runs, (_WIDE,))
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
        curves=_crossings(runs, (_WIDE,))
        | {f"speed before it, {k}": diagram.curve(k, b) for k, b in (("model", model), ("measured", measured))},
        pairs=(
            Pair("bottleneck flow", *flows["middle 80 %"], True),
            Pair("evacuation time", float(np.mean([_time(m) for m in seeds])), _time(seen), True),
        ),
    )


_SPEED_CRITERION = (
    "Bin by bin of 0.5 /m2 with 6 s of frames: within 20 % of the measured speed from 0.5 to 2 /m2, within 0.10 m/s"
    " above; every measured bin is reached; from 1 /m2 on the speed falls from bin to bin."
)
_METHOD = "Voronoi density and speed, measured and modelled trajectories read by the same code."

CASES = (
    Case(
        key="experiments-one-way-fd",
        suite="experiments",
        title="Speed at density in a one-way corridor",
        source="HERMES 2009, uo series, 10.34735/ped.2009.14; steady windows of PedPy's notebook",
        setup="The nine runs built again: corridor of 1.8 m, its entrance and exit, everybody at the measured moment. "
        f"{_METHOD} Calibration: {' and '.join(_CALIBRATION)}; the other seven are held out.",
        criterion=_SPEED_CRITERION,
        tier=1,
        seeds=5,
        trials=partial(trials, _ONE_WAY_PLACE, tuple(_STEADY)),
        judge=partial(_judge_speeds, tuple(_STEADY), _LIMITED),
        data=_ONE_WAY_PLACE.folder,
    ),
    Case(
        key="experiments-two-way-fd",
        suite="experiments",
        title="Speed at density in a two-way corridor",
        source="HERMES 2009, bot series, 10.34735/ped.2009.10 to .12",
        setup="Three runs built again: corridor of 3.6 m walked from both ends, everybody at the measured moment. "
        f"{_METHOD} {_HELD_OUT}",
        criterion=_SPEED_CRITERION,
        tier=1,
        seeds=5,
        trials=partial(trials, _TWO_WAY_PLACE, _TWO_WAY),
        judge=partial(_judge_speeds, _TWO_WAY, ()),
        data=_TWO_WAY_PLACE.folder,
    ),
    Case(
        key="experiments-two-way-flow",
        suite="experiments",
        title="Flow in a two-way corridor, without gridlock",
        source="HERMES 2009, bot series, 10.34735/ped.2009.10 to .12",
        setup="Three runs built again: corridor of 3.6 m walked from both ends, everybody at the measured moment, "
        f"followed for 300 s. {_HELD_OUT}",
        criterion="Flow of all crossings of the middle within 15 % of the measured one in each run, as mean of the"
        " seeds; everybody gets through with every seed.",
        tier=1,
        seeds=20,
        trials=partial(trials, _TWO_WAY_PLACE, _TWO_WAY),
        judge=_judge_two_way,
        data=_TWO_WAY_PLACE.folder,
    ),
    Case(
        key="experiments-bottleneck-3m",
        suite="experiments",
        title="Flow through a bottleneck of 3 m",
        source="HERMES 2009, ao-300-400, 10.34735/ped.2009.6",
        setup="348 people, as dense as first seen, before boards 1 m deep with a gap of 3 m. Calibration.",
        criterion="Flow of all crossings (measured 6.69 /s) and of the middle 80 % of them (7.16 /s) within 10 %.",
        tier=1,
        seeds=5,
        trials=partial(trials, _WIDE_PLACE, (_WIDE,)),
        judge=_judge_wide,
        data=_WIDE_PLACE.folder,
    ),
)
