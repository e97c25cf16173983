"""Speed at density, as frames of measurement areas give it: bins, and the model's against measured ones."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from crowd.validation.case import Curve, Measures, Pair

#: Width of a bin [1/m2], and the first that is compared: below, cells do not fill the area (as the reference values).
WIDTH, FIRST = 0.5, 0.5
#: From this bin on errors are counted in m/s, below as a share of the measured speed [1/m2].
_SLOW = 2.0
#: From here on the speed must fall; below, floor that is nobody's counts as standing, more of it the fewer there are.
_FILLED = 1.0
#: What is allowed: share of the measured speed, and [m/s].
_SHARE, _DIFFERENCE = 0.20, 0.10
_AXES = ("density [1/m2]", "speed [m/s]")


class Bin(NamedTuple):
    """Frames of one bin: mean density [1/m2], mean, 10th and 90th percentile of the speed [m/s], number of frames."""

    density: float
    speed: float
    low: float
    high: float
    frames: int


def bins(runs: Iterable[Measures], *, least: int) -> dict[float, Bin]:
    """Bins of "density" and "speed" of all runs by their lower end [1/m2], those with at least so many frames."""
    read = list(runs)
    density, speed = (np.concatenate([run[name] for run in read]) for name in ("density", "speed"))
    found = {}
    for low in np.arange(FIRST, density.max(initial=0.0) + WIDTH, WIDTH):
        here = (density >= low) & (density < low + WIDTH)
        if here.sum() >= least:
            v = speed[here]
            slow, fast = (float(np.percentile(v, p)) for p in (10, 90))
            found[float(low)] = Bin(float(density[here].mean()), float(v.mean()), slow, fast, v.size)
    return found


def error(low: float, model: Bin, measured: Bin) -> float:
    """How far off a bin is, in shares of what is allowed: 20 % of the measured speed below 2 /m2, 0.10 m/s above."""
    return (model.speed - measured.speed) / (_SHARE * measured.speed if low < _SLOW else _DIFFERENCE)


def faults(model: dict[float, Bin], measured: dict[float, Bin]) -> list[str]:
    """What is wrong with the model's bins, in words: bins off, bins never seen, a speed that rises with density."""
    shared = [low for low in measured if low in model]
    off = [low for low in shared if abs(error(low, model[low], measured[low])) > 1.0]
    texts = [
        f"at {measured[low].density:.1f} /m2 {model[low].speed:.2f} m/s, measured {measured[low].speed:.2f}"
        for low in off
    ]
    unseen = [low for low in measured if low not in model]
    if unseen:
        texts.append("never as dense as " + ", ".join(f"{low:g} to {low + WIDTH:g} /m2" for low in unseen))
    for one, next_ in pairwise(low for low in shared if low >= _FILLED):
        if model[next_].speed >= model[one].speed:
            texts.append(f"the speed rises from {one:g} to {next_:g} /m2")
    return texts


def margin(model: dict[float, Bin], measured: dict[float, Bin]) -> float:
    """What the bin that is furthest off leaves of what is allowed."""
    return 1.0 - max((abs(error(low, model[low], b)) for low, b in measured.items() if low in model), default=np.inf)


def pairs(model: dict[float, Bin], measured: dict[float, Bin], *, calibration: bool) -> tuple[Pair, ...]:
    """One pair a bin that both have."""
    return tuple(
        Pair("speed at density", model[low].speed, b.speed, calibration) for low, b in measured.items() if low in model
    )


def curve(kind: str, found: dict[float, Bin]) -> Curve:
    """Mean speed over density, with the 10th and 90th percentile."""
    density, speed, low, high, _ = zip(*found.values(), strict=True) if found else ((),) * 5
    return Curve(kind, density, speed, *_AXES, low, high)
