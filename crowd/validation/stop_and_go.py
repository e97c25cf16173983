"""Stop and go in a crowd behind an outlet that holds it up: waves of density that run against the stream."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from scipy.ndimage import gaussian_filter1d
from shapely.geometry import LineString, box

from crowd.demand import Demand
from crowd.interventions import Metering
from crowd.scenario import Scenario
from crowd.triggers import AtTime, Measure
from crowd.validation.case import Case, Measures, Runs, Trial, Verdict, outcome
from crowd.validation.measures import unmet
from crowd.validation.readings import track
from crowd.validation.scenes import GROUND, flat, scenario
from venues import Gate

#: Outflow that is forced [1/(m s)]: below and above what the crowd at Mina became unstable at (0.8).
_OUTFLOWS = (0.6, 1.1)
_ROOM = (20.0, 6.0)
#: People come for so long [s] (1.4 - 1.1 /(m s) fill the room in 220 s); in the last two minutes the jam grows no more.
_FED = 420.0
#: Frames that are looked at, 0.5 s apart.
_FRAMES = 240
#: Bins of density along the room and the Gaussian that smooths it [m]. Counted in coarse bins, the rows in which people
#: stand, 0.6 m apart, would look like waves that run the other way.
_BIN, _SMOOTH = 0.1, 0.7
#: People so far before and behind the room are smoothed too, else each who steps in or out would be a jump [m].
_BEYOND = 2.0


def _outflow(seed: int, specific: float) -> Scenario:
    """A room of 20 m x 6 m that people leave no faster than they are let."""
    length, width = _ROOM
    floor = box(-6, 0, length + 4, width)
    line = LineString([(length, width), (length, 0)])
    venue = flat(
        floor,
        sources={"in": box(-6, 0, 0, width)},
        exits={"out": box(length + 2, 0, length + 4, width)},
        gates=(Gate("outlet", GROUND, line),),
    )
    demand = Demand.steady("in", "out", rate=1.4 * width, duration=_FED)
    measures = (Measure(Metering("outlet", specific * width), AtTime(0.0)),)
    return scenario(venue, [demand], seed=seed, duration=_FED, measures=measures)


def _waves(case: Scenario) -> Measures:
    """Amplitudes of the density's waves against and with the stream, and its mean, in the last two minutes."""
    found = track(case, every=5)
    density = density_along(found.frame - (int(found.frame.max()) + 1 - _FRAMES), found.x)
    against, along = amplitudes(density)
    return {"against": against.ravel().tolist(), "along": along.ravel().tolist(), "density": float(density.mean())}


def density_along(frame: np.ndarray, x: np.ndarray) -> np.ndarray:
    """Density over the width of the room, smoothed along it: (frames, bins) [1/m2].

    Args:
        frame, x: (entries,) who was where along the room [m]; frames from 0 on count.
    """
    length, width = _ROOM
    bins, margin = round(length / _BIN), round(_BEYOND / _BIN)
    edges = _BIN * np.arange(-margin, bins + margin + 1)
    counts, _, _ = np.histogram2d(frame, x, bins=(np.arange(_FRAMES + 1) - 0.5, edges))
    smooth: np.ndarray = gaussian_filter1d(counts / (_BIN * width), _SMOOTH / _BIN, axis=1)[:, margin:-margin]
    return smooth


def amplitudes(density: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Amplitudes of the waves of a density (frames, bins) against the stream and with it, by frequency and length."""
    ripple = (density - density.mean(axis=0)) * np.hanning(density.shape[0])[:, None]
    spectrum = np.abs(np.fft.fft2(ripple))
    # exp(i (w t + k x)) with w and k of one sign runs towards smaller x, against the stream; row -m is frequency -w_m.
    # A wave comes again: two periods in the time at least, else it is a drift.
    return spectrum[2:60, 1:12], spectrum[-2:-60:-1, 1:12]


def _waves_trials(seed: int, data: Path) -> dict[str, Trial]:
    return {f"{specific:g}": Trial(_waves, _outflow(seed, specific)) for specific in _OUTFLOWS}


def _judge_waves(runs: Runs, data: Path) -> Verdict:
    peaks, density = {}, {}
    for specific, found in runs.items():
        against, along = (np.mean([m[way] for m in found], axis=0) for way in ("against", "along"))
        # Density wanders slowly whatever it does: the noise is the wave of the same length and period the other way.
        peaks[specific] = float(against.max() / along[against.argmax()])
        density[specific] = float(np.mean([m["density"] for m in found]))
    low, high = (peaks[f"{specific:g}"] for specific in _OUTFLOWS)
    verdict = outcome(low > 3.0 and high <= 3.0)
    return Verdict(
        verdict,
        verdict,
        {f"peak against the stream over noise at {s} /(m s)": p for s, p in peaks.items()}
        | {f"density at {s} /(m s) [1/m2]": d for s, d in density.items()},
        margin=min(low / 3.0 - 1.0, 1.0 - high / 3.0),
        reason=unmet(
            (low > 3.0, f"no waves run against the stream that is held up ({low:.1f} times the noise)"),
            (high <= 3.0, f"waves run against the stream at {_OUTFLOWS[1]} /(m s) too"),
        ),
    )


CASES = (
    Case(
        key="mechanics-stop-and-go",
        suite="mechanics",
        title="Stop and go behind a held-up outlet",
        source="T-HD4; Helbing, Johansson & Al-Abideen 2007: laminar flow ends when less than 0.8 /(m s) leave",
        setup="A room of 20 m x 6 m fed with 1.4 /(m s) for seven minutes, its outlet metered to 0.6 or 1.1 "
        "/(m s); the last two minutes, when it is full.",
        criterion="Waves against the stream above 3 times the same with it (the noise) at 0.6, none at 1.1 /(m s).",
        tier=2,
        seeds=5,
        trials=_waves_trials,
        judge=_judge_waves,
        sets=("measure",),
    ),
)
