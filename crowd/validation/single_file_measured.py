"""The single-file runs of 2018 and 2021 built again: speed at density along an oval, against measured percentiles.

Density of a person is 2 / (distance from the one behind to the one ahead): along the middle of the lane; in 2018, when
people were seen on a straight only, along x.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd

from crowd.scenario import Scenario
from crowd.validation.case import Case, Curve, Measures, Pair, Runs, Trial, Verdict, outcome
from crowd.validation.hermes import measured_tracks
from crowd.validation.readings import Tracks, track
from crowd.validation.ring import Racetrack, racetrack
from crowd.validation.scenes import scenario
from crowd.validation.single_file import density_and_speed

#: Radius of the middle of the oval of 2021 and its width [m]. The width is assumed, as in RiMEA 16: nobody overtakes,
#: and a body's centre may go nearly as far aside as the heads did (98 % of them 1.24 to 1.90 m from the core). The oval
#: of 2018 is assumed alike, but with longer straights: its tracks keep straight over 3.7 m, and the people in view make
#: it 17.5 to 18.9 m round.
_RADIUS, _LANE = 1.65, 0.8
_OVAL_2018 = partial(racetrack, _LANE, 4.0, _RADIUS, laps=100)
_OVAL_2021 = partial(racetrack, _LANE, 2.3, _RADIUS, laps=100)
#: Length of the straight that was in view in 2018 [m], and when the model's people are looked at there [s] (assumed:
#: three laps of those who walk, as long as `density_and_speed` waits for those in a jam).
_SEEN, _SETTLED = 3.5, 100.0
#: As long as the reading of a jam may take [s].
_DURATION = 260.0
_FPS = 25
#: Middle of the oval of 2021 in its files, whose straights are along y [m]; fitted to the tracks of the 16 people.
_CENTRE = (-2.97, 3.0)
#: Frames of half the span of a speed (0.5 s), as the reference values.
_HALF = 12
#: Width of a bin [1/m], people and frames it needs in the measurements, and in the model's reading a second (assumed).
_WIDTH, _LEAST_MEASURED, _LEAST_MODEL = 0.25, 200, 20
_AXES = ("density [1/m]", "speed [m/s]")


class _Series(NamedTuple):
    """Runs of an experiment: folder, file by people, oval, reading of a file and of the model, readings a bin needs.

    `calibration`: whether constants were chosen with them in view.
    """

    folder: str
    file: str
    people: tuple[int, ...]
    oval: Callable[[], Racetrack]
    read: Callable[[Path], Measures]
    read_model: Callable[[Scenario], Measures]
    least: int
    calibration: bool


class _Bin(NamedTuple):
    """Mean density [1/m] and mean, 10th and 90th percentile of the speed [m/s]."""

    density: float
    speed: float
    low: float
    high: float


def read_measured(file: Path) -> Measures:
    """Density [1/m] and speed [m/s] of everybody who has somebody ahead and behind, all frames of a run; along x."""
    table = pd.read_csv(file, sep=r"\s+", comment="#", header=None, usecols=[0, 1, 2, 3])
    table.columns = pd.Index(["id", "frame", "x", "y"])
    return _along_x(table.assign(speed=_speeds(table)))


def read_straight(found: Tracks) -> Measures:
    """As the runs of 2018 were seen: whoever has somebody ahead and behind on one straight, once a second."""
    half, second = round(0.5 / found.step), round(1.0 / found.step)
    seen = (np.abs(found.x) <= _SEEN / 2) & (found.y < 0.0)
    seen &= (found.frame % second == 0) & (found.frame * found.step >= _SETTLED)
    table = pd.DataFrame({"frame": found.frame, "x": found.x, "speed": np.abs(found.speeds(half)[0])})
    return _along_x(table[seen])


def _along_x(table: pd.DataFrame) -> Measures:
    """Density and speed of those who have somebody ahead and behind in their frame."""
    table = table.sort_values(["frame", "x"])
    gap = table.groupby("frame")["x"].shift(-1) - table.groupby("frame")["x"].shift(1)
    known = gap.notna()
    return {"density": (2.0 / gap[known]).tolist(), "speed": table["speed"][known].tolist()}


def read_round(file: Path) -> Measures:
    """A run in which everybody is seen all the way round, read as the model's are."""
    return density_and_speed(round_tracks(file), _OVAL_2021().middle)


def round_tracks(file: Path) -> Tracks:
    """Everybody on the oval of 2021, its straights along x and its middle in the origin."""
    found = measured_tracks(file, scale=1.0, fps=_FPS, turned=True)
    return replace(found, x=found.x - _CENTRE[1], y=found.y - _CENTRE[0])


def _speeds(table: pd.DataFrame) -> pd.Series:
    """Speed of each row along the way, over +-0.5 s, one-sided at the ends [m/s]."""
    nobody = np.empty(0)
    frame, person, x = (table[name].to_numpy() for name in ("frame", "id", "x"))
    still = np.zeros_like(person)
    tracks = Tracks(1.0 / _FPS, frame, person, still, x, np.zeros_like(x), nobody, nobody, nobody, {}, 0)
    return pd.Series(np.abs(tracks.speeds(_HALF)[0]), index=table.index)


def _straight(case: Scenario) -> Measures:
    return read_straight(track(case))


def _round(case: Scenario) -> Measures:
    return density_and_speed(track(case), _OVAL_2021().middle)


def _trials(series: _Series, seed: int, data: Path) -> dict[str, Trial]:
    found = {}
    for people in series.people:
        ring = series.oval()
        walk = scenario(ring.venue, ring.demands(people), seed=seed, duration=_DURATION, journeys=ring.journeys)
        found[f"{people}"] = Trial(series.read_model, walk)
    return found


def bins(runs: Iterable[Measures], *, least: int) -> dict[float, _Bin]:
    """By the lower end of the bin [1/m], where there are so many readings."""
    read = list(runs)
    density, speed = (np.concatenate([m[name] for m in read]) for name in ("density", "speed"))
    found = {}
    for low in np.arange(0.0, density.max(initial=0.0), _WIDTH):
        v = speed[(density >= low) & (density < low + _WIDTH)]
        if v.size >= least:
            rho = density[(density >= low) & (density < low + _WIDTH)].mean()
            found[float(low)] = _Bin(float(rho), float(v.mean()), *np.percentile(v, (10, 90)).tolist())
    return found


def _curve(kind: str, found: dict[float, _Bin]) -> Curve:
    density, speed, low, high = zip(*found.values(), strict=True)
    return Curve(kind, density, speed, *_AXES, low, high)


def _judge(series: _Series, runs: Runs, data: Path) -> Verdict:
    files = [data / series.folder / series.file.format(people) for people in series.people]
    measured = bins(map(series.read, files), least=series.least)
    model = bins([m for ran in runs.values() for m in ran], least=_LEAST_MODEL)
    inside = {low: low in model and b.low <= model[low].speed <= b.high for low, b in measured.items()}
    share = sum(inside.values()) / len(inside)
    verdict = outcome(share >= 0.75)
    outside = [
        f"at {b.density:.1f} /m "
        + (f"{model[low].speed:.2f} m/s, measured {b.low:.2f} to {b.high:.2f}" if low in model else "nobody")
        for low, b in measured.items()
        if not inside[low]
    ]
    return Verdict(
        verdict,
        verdict,
        {
            "bins inside the 10 to 90 % band [share]": share,
            **{f"speed at {b.density:.2f} /m, measured [m/s]": b.speed for b in measured.values()},
            **{f"speed at {b.density:.2f} /m, model [m/s]": b.speed for b in model.values()},
        },
        margin=(share - 0.75) / 0.25,
        reason=f"outside {'; '.join(outside)}" if outside else "",
        curves={"model": _curve("model", model), "measured, 10 to 90 %": _curve("band", measured)},
        pairs=tuple(
            Pair("speed at density", model[low].speed, b.speed, series.calibration)
            for low, b in measured.items()
            if low in model
        ),
    )


_MIXED = _Series(
    "singlefile2018", "UX_{}_1.txt", (14, 20, 24, 30), _OVAL_2018, read_measured, _straight, _LEAST_MEASURED, True
)
_WOMEN = _Series(
    "singlefile2021", "croma_female_{:02d}_1.txt", (4, 8, 16), _OVAL_2021, read_round, _round, _LEAST_MODEL, False
)

CASES = (
    Case(
        key="experiments-single-file",
        suite="experiments",
        title="Speed at density in single file",
        source="Jülich single file 2018, UX runs, 10.34735/ped.2018.5",
        setup="14, 20, 24 and 30 people one behind the other on an oval of 18.4 m, 0.8 m wide (assumed: straights of"
        " 4 m, as the tracks are straight and as many are in view; the rest as in 2021). Seen on 3.5 m of a straight,"
        " once a second from 100 s on; density 2 / (distance from the one behind to the one ahead). In view while"
        " constants of steering and the rule for bends were chosen.",
        criterion="The mean speed lies between the 10th and the 90th percentile of the measured ones in three quarters"
        " of the bins of 0.25 /m with 200 readings; a bin in which the model has nobody counts as outside.",
        tier=1,
        seeds=10,
        trials=partial(_trials, _MIXED),
        judge=partial(_judge, _MIXED),
        data=_MIXED.folder,
    ),
    Case(
        key="experiments-single-file-2021",
        suite="experiments",
        title="Speed at density of women in single file",
        source="Jülich single file 2021, croma_female runs, 10.34735/ped.2021.5",
        setup="4, 8 and 16 people (the model's adults; measured were women) one behind the other on the oval of 15 m,"
        " 0.8 m wide (assumed: heads lie within 0.4 m of its middle); everybody's way round read as rimea-16 is,"
        " measured and modelled by the same code. Held out: nothing was chosen with it.",
        criterion="The mean speed lies between the 10th and the 90th percentile of the measured ones in three quarters"
        " of the bins of 0.25 /m with 20 readings, one a second; a bin in which the model has nobody counts as"
        " outside.",
        tier=1,
        seeds=10,
        trials=partial(_trials, _WOMEN),
        judge=partial(_judge, _WOMEN),
        data=_WOMEN.folder,
    ),
)
