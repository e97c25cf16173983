"""What tells of a crush before density does: the congestion number of a stream, a packed crowd that sways round."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from scipy.signal import lfilter
from shapely.geometry import box

from crowd.measurement import Probes
from crowd.risk.oscillation import assess_oscillation
from crowd.validation.case import Case, Measures, Outcome, Runs, Trial, Verdict, outcome
from crowd.validation.scenes import flat

#: Side of the floor [m], densities [1/m2], spacings of the grid of probes [m], drawings of each kind of stream.
_SIDE, _DENSITIES, _SPACINGS, _DRAWINGS = 20.0, (1.0, 2.0, 4.0), (0.25, 0.5, 1.0), 5
#: Free speed, its standard deviation [m/s] (Weidmann 1993) and that of the direction [rad] (assumed).
_SPEED, _SD, _TURN = 1.34, 0.26, 0.1
#: Kinds of streams in the order of their congestion numbers, then two that have no place in it.
_KINDS = ("one way", "lanes of 5 m both ways", "crossing", "random", "lanes of 2 m both ways", "both ways, mixed")
_ORDERED = 4
#: Frequencies of the orbit [Hz], its radius [m], time [s], people.
_FREQUENCIES, _RADIUS, _DURATION, _PEOPLE = (0.02, 0.03, 0.04, 0.055), 0.5, 600, 60
#: Noise: what each person does [m/s], what all do together [m/s], and how long each lasts [s] (assumed).
_OWN, _COMMON, _OWN_LASTS, _COMMON_LASTS = 0.2, 0.03, 2.0, 20.0
_RUNS = 40


def _directions(kind: str, x: np.ndarray, y: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Where people go [rad]: (n,)."""
    half = rng.integers(0, 2, x.size)
    return {
        "one way": np.zeros(x.size),
        "lanes of 5 m both ways": np.pi * (y // 5.0 % 2.0),
        "lanes of 2 m both ways": np.pi * (y // 2.0 % 2.0),
        "crossing": 0.5 * np.pi * half,
        "both ways, mixed": np.pi * half,
        "random": rng.uniform(0.0, 2.0 * np.pi, x.size),
    }[kind]


def _congestion(kind: str, density: float, probes: Probes) -> float:
    """Mean congestion number of people at random who walk as the kind of stream says."""
    rng = np.random.default_rng(7)
    found = []
    for _ in range(_DRAWINGS):
        x, y = rng.uniform(0, _SIDE, (2, round(density * _SIDE**2)))
        way = _directions(kind, x, y, rng) + rng.normal(0, _TURN, x.size)
        speed = np.clip(rng.normal(_SPEED, _SD, x.size), _SPEED - 3 * _SD, _SPEED + 3 * _SD)
        level = np.zeros(x.size, np.int64)
        met = probes.streams(x=x, y=y, level=level, vx=speed * np.cos(way), vy=speed * np.sin(way))
        found.append(np.nanmean(met.congestion_number))
    return float(np.mean(found))


def _streams(_: Any) -> Measures:
    """Congestion numbers by kind and density, and of the crossing at 2 /m2 by spacing of the probes."""
    venue = flat(box(0, 0, _SIDE, _SIDE), sources={}, exits={})
    grids = {spacing: Probes.of(venue, spacing=spacing) for spacing in _SPACINGS}
    return {
        "numbers": {kind: [_congestion(kind, rho, grids[0.5]) for rho in _DENSITIES] for kind in _KINDS},
        "spacings": [_congestion("crossing", 2.0, probes) for probes in grids.values()],
    }


def _judge_streams(runs: Runs, data: Path) -> Verdict:
    found = runs["kernels"][0]
    numbers = np.array([found["numbers"][kind] for kind in _KINDS])
    steps = [float((more / less).min()) - 1.0 for less, more in pairwise(numbers[:_ORDERED])]
    change = max(found["spacings"]) / min(found["spacings"]) - 1.0
    verdict = outcome(min(steps) > 0.0 and change <= 0.10)
    shown = {
        f"congestion number, {kind}, {density:g} /m2": float(numbers[row, column])
        for row, kind in enumerate(_KINDS)
        for column, density in enumerate(_DENSITIES)
    }
    return Verdict(
        verdict,
        verdict,
        {**shown, "change with the spacing of the probes [share]": change},
        margin=min(min(steps), 1.0 - change / 0.10),
        reason="it is found where people are, so no cell has a say in it; it grows with density; lanes of 2 m, not much"
        " wider than the circle of 1.5 m, read above a crossing, and streams mixed head-on above all ways"
        if verdict == Outcome.PASS
        else "the congestion number does not put streams in order",
    )


def _lasting(rng: np.random.Generator, rows: int, seconds: float) -> np.ndarray:
    """Noise of variance 1 in each component that is forgotten in so many seconds, one sample a second: (rows, k)."""
    kept = np.exp(-1.0 / seconds)
    drawn = rng.normal(0, 1, (2, rows, _DURATION + 200))
    x, y = lfilter([np.sqrt(1.0 - kept**2)], [1.0, -kept], drawn, axis=-1)[..., 200:]
    return np.asarray(x + 1j * y)


def swaying(seed: int, *, frequency: float | None) -> pd.DataFrame:
    """Rows of `zones` of a packed crowd in noise, carried round if a frequency is given (negative: clockwise) [Hz]."""
    rng = np.random.default_rng(seed)
    times = np.arange(1.0, _DURATION + 1.0)
    velocity = (_OWN * _lasting(rng, _PEOPLE, _OWN_LASTS)).mean(axis=0)
    velocity += _COMMON * _lasting(rng, 1, _COMMON_LASTS)[0]
    if frequency is not None:
        turn = 2.0 * np.pi * frequency
        velocity += 1j * turn * _RADIUS * np.exp(1j * (turn * times + rng.uniform(0, 2 * np.pi)))
    columns = {"dense_people": _PEOPLE, "dense_vx": velocity.real, "dense_vy": velocity.imag}
    return pd.DataFrame({"time": times, **columns})


def _sways(_: Any) -> Measures:
    """Frequency found over that put in (nan: none or to and fro; negative: the wrong way), alarms without an orbit."""
    found = {}
    for frequency in _FREQUENCIES:
        seen = [assess_oscillation(swaying(k, frequency=frequency * (-1) ** k)) for k in range(_RUNS)]
        ratio = [s.frequency / (frequency * (-1) ** k) if s and s.sense else np.nan for k, s in enumerate(seen)]
        found[f"{frequency:g}"] = {"ratio": ratio, "radius": [s.radius if s else np.nan for s in seen]}
    alarms = [assess_oscillation(swaying(1000 + k, frequency=None)) is not None for k in range(_RUNS)]
    return {"orbits": found, "alarms": float(sum(alarms))}


def _judge_sways(runs: Runs, data: Path) -> Verdict:
    found = runs["kernels"][0]
    shown: dict[str, float] = {}
    missed, worst = 0, 0.0
    for frequency, seen in found["orbits"].items():
        error = np.abs(np.array(seen["ratio"], float) - 1.0)
        lost = int((~(error <= 0.10)).sum())
        missed += lost
        worst = max(worst, float(np.nanmax(error)))
        shown[f"found at {frequency} Hz, of {_RUNS}"] = float(_RUNS - lost)
        shown[f"radius found at {frequency} Hz [m]"] = float(np.nanmean(seen["radius"]))
    shown |= {f"alarms without an orbit, of {_RUNS}": found["alarms"], "largest error of the frequency [share]": worst}
    verdict = outcome(missed == 0 and found["alarms"] == 0)
    return Verdict(
        verdict,
        verdict,
        shown,
        margin=1.0 - worst / 0.10,
        reason="the detector is judged, not the model: contact alone need not bring a crowd to sway, so no oscillation"
        " in a simulation is no sign that there will be none; the noise is assumed",
    )


def _case(
    key: str, title: str, source: str, setup: str, criterion: str, measure: Callable[[Any], Measures],
    judge: Callable[[Runs, Path], Verdict],
) -> Case:  # fmt: skip
    return Case(
        key=f"mechanics-{key}", suite="mechanics", title=title, source=source, setup=setup, criterion=criterion, tier=0,
        seeds=1, trials=lambda seed, data: {"kernels": Trial(measure)}, judge=judge,
    )  # fmt: skip


CASES = (
    _case(
        "congestion-ordering",
        "Congestion number by kind of stream",
        "Feliciani & Nishinari 2018; Zanlungo, Feliciani, Yucel, Nishinari & Kanda 2020; the order is ours",
        "People at random on 20 m x 20 m at 1, 2 and 4 /m2 with Weidmann's speeds: one way, lanes of 5 m both ways, two"
        " streams that cross, all ways.",
        "One way < lanes both ways < crossing < random at each density; the same within 10 % for probes 0.25 to 1 m"
        " apart.",
        _streams,
        _judge_streams,
    ),
    _case(
        "oscillation",
        "Collective oscillation before a crush",
        "T-HD5; Gu, Guiselin, Bain, Zuriguel & Bartolo 2025",
        "The mean velocity of 60 packed people over 10 minutes: an orbit of 0.5 m at 0.02 to 0.055 Hz, left or right"
        " round, in noise of 0.2 m/s of each and 0.03 m/s of all; and the noise alone.",
        "Found within 10 % of the frequency and the right way round in 40 of 40 each; no alarm in 40 of noise alone.",
        _sways,
        _judge_sways,
    ),
)
