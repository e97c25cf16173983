"""One controlled push through a row of five people, built again: Feldmann & Adrian 2023."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any, NamedTuple
from xml.etree import ElementTree

import numpy as np
import pandas as pd

from crowd.parameters import Contact
from crowd.profiles import PROFILES
from crowd.validation.bodies import Bodies
from crowd.validation.case import Case, Curve, Measures, Pair, Runs, Trial, Verdict, outcome

_DATA = "push_feldmann2023"
#: Substep [s], and how long the row is followed [s]: the data end at 5 s, everybody stands still before.
_STEP, _SPAN = 0.0025, 3.0
#: A front has reached whoever is faster than this [m/s] (validation.md's onset; half of one's own peak is the other).
_ONSET = 0.2
_AXES = ("time [s]", "displacement [m]")
_FRONTS = {"onset": "front by onset", "half": "front by half peak"}
_WHY_FAST = (
    "the model's discs, 0.35 m deep, touch before the push comes, which then runs through them like sound, at diameter"
    " x sqrt(stiffness / mass) = 5.7 m/s; people are 0.25 m deep, and gaps between them take time"
)


class _Row(NamedTuple):
    """The people of the trial: place along the row [m], mass [kg], half their depth [m], and the push on the first.

    time [s], push [N]: the force history. shown: (t, 5) displacement of the heads [m] at `seen` [s].
    """

    x: np.ndarray
    mass: np.ndarray
    half_depth: np.ndarray
    time: np.ndarray
    push: np.ndarray
    seen: np.ndarray
    shown: np.ndarray


def load_row(folder: Path) -> _Row:
    """The trial as it is kept with the LEMONS code."""
    agents = ElementTree.parse(folder / "Tue_15_Agents.xml").getroot()
    places = ElementTree.parse(folder / "Tue_15_AgentDynamics.xml").getroot()
    x = [float(k.attrib["Position"].split(",")[0]) for k in places.iter("Kinematics")]
    mass = np.array([float(agent.attrib["Mass"]) for agent in agents])
    depth = [max(float(disc.attrib["Radius"]) for disc in agent) for agent in agents]
    push = np.loadtxt(folder / "Tue_15_external_force_per_mass.txt", skiprows=1)
    heads = pd.read_csv(folder / "Tue_15_head_trajectories.csv").pivot(index="time", columns="id", values="y")
    # The row stands along y, the first person pushed has the largest y.
    shown = heads.iloc[0].to_numpy() - heads.to_numpy()
    return _Row(
        np.array(x), mass, np.array(depth), push[:, 0], push[:, 1] * mass[0], heads.index.to_numpy(float), shown
    )


def _pushed(row: _Row, radius: float | np.ndarray, constants: Contact) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Where the five are after the push: times (t,) [s], displacements [m] and speeds [m/s], (t, 5)."""
    bodies = Bodies(row.x, np.zeros(5), radius=radius, mass=row.mass)
    times = _STEP * np.arange(1, round(_SPAN / _STEP) + 1)
    moved, speed = np.empty((times.size, 5)), np.empty((times.size, 5))
    for k, force in enumerate(np.interp(times - 0.5 * _STEP, row.time, row.push)):
        # A force from outside, which the feet resist, unlike a person's own pressing.
        bodies.vx[0] += _STEP * force / row.mass[0]
        bodies.push(_STEP, h=_STEP, constants=constants)
        moved[k], speed[k] = bodies.x - row.x, bodies.vx
    return times, moved, speed


def fronts(times: np.ndarray, speed: np.ndarray, x: np.ndarray) -> tuple[float, float]:
    """Speed of the front from the first to the last person [m/s], by onset and by half of everybody's own peak."""
    found = []
    for level in (np.full(5, _ONSET), 0.5 * speed.max(axis=0)):
        reached = speed >= level
        first, last = (times[np.argmax(reached[:, i])] if reached[:, i].any() else np.inf for i in (0, 4))
        found.append(float((x[4] - x[0]) / max(last - first, _STEP)))
    return found[0], found[1]


def _trial(data: Path, bodies: str, _: Any) -> Measures:
    """A run with the model's own bodies, with bodies as deep as theirs, or without feet."""
    row = load_row(data / _DATA)
    radius = row.half_depth if bodies == "as deep" else PROFILES["adult"].radius_mean
    constants = Contact()
    if bodies == "no feet":
        constants = constants._replace(brace=0.0, reaction_time=1e12, speed_limit=1e9)
    times, moved, speed = _pushed(row, radius, constants)
    onset, half = fronts(times, speed, row.x)
    keep = slice(None, None, 16)
    return {
        "displacement": moved.max(axis=0).tolist(),
        "onset": onset,
        "half": half,
        "momentum": float((speed * row.mass).sum(axis=1).max()),
        "momentum at the end": float((speed[-1] * row.mass).sum()),
        "impulse": float(np.interp(times - 0.5 * _STEP, row.time, row.push).sum() * _STEP),
        "time": times[keep].tolist(),
        "moved": moved[keep].T.tolist(),
    }


def _trials(seed: int, data: Path) -> dict[str, Trial]:
    return {name: Trial(partial(_trial, data, name)) for name in ("own", "as deep", "no feet")}


def _judge(runs: Runs, data: Path) -> Verdict:
    own, deep, free = (runs[name][0] for name in ("own", "as deep", "no feet"))
    row = load_row(data / _DATA)
    seen = row.shown.max(axis=0)
    onset, half = fronts(row.seen, _speeds(row), row.x)
    error = float(np.abs(np.array(own["displacement"]) - seen).max())
    factor = max(max(r, 1.0 / r) for r in (own["onset"] / onset, own["half"] / half))
    unbalanced = abs(free["momentum at the end"] / free["impulse"] - 1.0)
    in_order = bool((np.sign(np.diff(own["displacement"])) == np.sign(np.diff(seen))).all())
    claims = {
        f"the front is {factor:.1f} times as fast as measured (1.5 allowed): {_WHY_FAST}": factor <= 1.5,
        f"a displacement is off by {error:.2f} m (0.15 m allowed)": error <= 0.15,
        "who is moved further than the one before is not as measured": in_order,
        "contacts make momentum": unbalanced < 0.01,
    }
    verdict = outcome(all(claims.values()))
    # The brace of those who stand is chosen so that these five are moved as far as they were, on average.
    pairs = zip(own["displacement"], seen, strict=True)
    return Verdict(
        verdict,
        verdict,
        {
            "front by onset, measured [m/s]": onset,
            "front by half peak, measured [m/s]": half,
            **{f"{name}, {whose} [m/s]": m[key] for whose, m in _shown(own, deep) for key, name in _FRONTS.items()},
            **{f"person {i + 1}, measured [m]": float(d) for i, d in enumerate(seen)},
            **{
                f"person {i + 1}, {whose} [m]": m["displacement"][i] for whose, m in _shown(own, deep) for i in range(5)
            },
            "impulse of the push as stored [N s]": own["impulse"],
            "largest momentum of the row, measured [N s]": float((_speeds(row) * row.mass).sum(axis=1).max()),
            "largest momentum of the row, model [N s]": own["momentum"],
            "momentum that contacts make [share of the impulse]": unbalanced,
        },
        margin=1.0 - max((factor - 1.0) / 0.5, error / 0.15),
        reason="; ".join(text for text, holds in claims.items() if not holds),
        curves=_curves(own, row),
        pairs=tuple(Pair("push displacement", float(m), float(d), calibration=True) for m, d in pairs),
    )


def _shown(own: Measures, deep: Measures) -> tuple[tuple[str, Measures], ...]:
    return (("model", own), ("bodies as deep as theirs", deep))


def _speeds(row: _Row) -> np.ndarray:
    """Speed of the heads: (t, 5) [m/s]."""
    speed: np.ndarray = np.gradient(row.shown, row.seen, axis=0)
    return speed


def _curves(own: Measures, row: _Row) -> dict[str, Curve]:
    """Displacement of everybody in time, as measured and in the model."""
    found = {}
    for i in range(5):
        measured = (tuple(row.seen.tolist()), tuple(row.shown[:, i].tolist()))
        found[f"person {i + 1}, measured"] = Curve("measured", *measured, *_AXES)
        found[f"person {i + 1}"] = Curve("model", tuple(own["time"]), tuple(own["moved"][i]), *_AXES)
    return found


CASES = (
    Case(
        key="experiments-push",
        suite="experiments",
        title="A push through a row of five",
        source="Feldmann & Adrian 2023 (trial Tue_15, no wall), as kept with LEMONS; T-HD6",
        setup="Five people of the trial's masses and spacing (0.36, 0.32, 0.33, 0.43 m), adult bodies, the first pushed"
        " with the stored force history; again with bodies as deep as theirs, and without feet for the balance.",
        criterion="Front speed within a factor 1.5 (by an onset of 0.2 m/s and by half of each peak, first to last);"
        " largest displacements within 0.15 m and ordered as measured; contacts make less than 1 % of the impulse.",
        tier=1,
        seeds=1,
        trials=_trials,
        judge=_judge,
        data=_DATA,
    ),
)
