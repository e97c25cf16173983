"""Densities at which bodies touch: packing, forces in a calm stream, speed and flow of a closed corridor."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from shapely.geometry import box

from crowd.model import CrowdModel
from crowd.parameters import Contact
from crowd.profiles import PROFILES
from crowd.scenario import Scenario
from crowd.validation.bodies import Bodies
from crowd.validation.case import Case, Curve, Measures, Runs, Trial, Verdict, outcome
from crowd.validation.scenes import flat, present, scenario

#: Densities of packings [1/m2], the side of their pen [m], in which bodies stand to the walls.
_PACKED = (6.0, 7.0, 8.0, 9.0, 10.0)
_SIDE = 4.0
#: Mean overlap of those who touch, as a share of the body's depth, up to which a packing counts (T-HD7).
_OVERLAP = 0.05
#: What a calm stream may do [N]: the largest force, and what 99 % stay under.
_LARGEST, _COMMON = 100.0, 20.0
_CALM = (1.0, 2.0, 3.0)
#: Up to 8 /m2: people who are there together need 0.36 m from each other and 0.25 m from walls.
_EXTREME = (2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0)
#: Nobody sees whether a crowd slower than this moves [m/s] (assumed).
_MOVES = 0.01
#: A crowd this long and wide [m] that walks off; from and until when its middle is watched [s]: it has set off, and
#: has not heard yet that there is room ahead.
_LENGTH, _WIDTH = 40.0, 6.0
_FROM, _UNTIL = 7.0, 14.0


def _packing(density: float, _: Any) -> Measures:
    """Adult bodies that grow into place in a square pen: overlaps as shares of a diameter, mean force [N]."""
    n = round(density * _SIDE**2)
    rng = np.random.default_rng(round(10 * density))
    adult = PROFILES["adult"]
    radius = np.clip(rng.normal(adult.radius_mean, adult.radius_sd, n), adult.radius_min, adult.radius_max)
    corners = [(0.0, 0.0), (_SIDE, 0.0), (_SIDE, _SIDE), (0.0, _SIDE)]
    walls = [(*a, *b) for a, b in zip(corners, corners[1:] + corners[:1], strict=True)]
    bodies = Bodies(*rng.uniform(0.2, _SIDE - 0.2, (2, n)), radius=radius, walls=walls)
    # Without brace they slide to where there is room, as people do who let others in.
    yielding = Contact()._replace(brace=0.0)
    for share in np.linspace(0.3, 1.0, 29):
        bodies.radius[:] = share * radius
        bodies.push(0.5, constants=yielding)
    bodies.push(5.0, constants=yielding)
    gap = np.hypot(bodies.x[:, None] - bodies.x, bodies.y[:, None] - bodies.y) - radius[:, None] - radius
    overlap = (-gap / (2.0 * np.minimum(radius[:, None], radius)))[np.triu(gap < 0.0, k=1)]
    return {"mean": float(overlap.mean()) if overlap.size else 0.0, "force": float(bodies.force.mean())}


def _packing_trials(seed: int, data: Path) -> dict[str, Trial]:
    return {f"{density:g}": Trial(partial(_packing, density)) for density in _PACKED}


def _judge_packing(runs: Runs, data: Path) -> Verdict:
    overlap = {density: runs[f"{density:g}"][0]["mean"] for density in _PACKED}
    most = max((density for density in _PACKED if overlap[density] < _OVERLAP), default=0.0)
    measured = {f"mean overlap at {d:g} /m2 [share of a diameter]": o for d, o in overlap.items()}
    measured |= {f"mean force at {d:g} /m2 [N]": runs[f"{d:g}"][0]["force"] for d in _PACKED}
    return Verdict(
        outcome(most >= 7.0),
        outcome(most >= 9.0),
        {"densest packing [1/m2]": most, **measured},
        margin=1.0 - overlap[9.0] / _OVERLAP,
        reason="" if most >= 9.0 else f"at 9 /m2 those who touch overlap by {overlap[9.0]:.1%} of a diameter",
    )


def _crowd(seed: int, density: float) -> Scenario:
    """A corridor filled with patient adults who all walk one way, and 20 m of free floor before them."""
    floor = box(0, 0, _LENGTH + 20.0, _WIDTH)
    end = box(_LENGTH + 18.0, 0, _LENGTH + 20.0, _WIDTH)
    venue = flat(floor, sources={"crowd": box(0, 0, _LENGTH, _WIDTH)}, exits={"end": end})
    people = present("crowd", "end", round(density * _LENGTH * _WIDTH))
    return scenario(venue, [people], seed=seed, duration=_UNTIL)


def _stream(case: Scenario) -> Measures:
    """Density and forward speed in the middle of the crowd, forces of everybody, while it is watched."""
    model = CrowdModel(case)
    found: dict[str, list[float]] = {"density": [], "speed": [], "largest": []}
    forces = []
    while model.running:
        model.step()
        if model.step_index % 5 or model.time < _FROM:
            continue
        shot = model.snapshot()
        here = (shot.x > 0.4 * _LENGTH) & (shot.x < 0.65 * _LENGTH)
        found["density"].append(here.sum() / (0.25 * _LENGTH * _WIDTH))
        found["speed"].append(shot.vx[here].mean())
        found["largest"].append(shot.contact_force_max.max())
        forces.append(shot.contact_force_mean)
    return {
        **{name: float(np.mean(values)) for name, values in found.items()},
        "largest": max(found["largest"]),
        "sustained": float(np.concatenate(forces).max()),
        "common": float(np.percentile(np.concatenate(forces), 99.0)),
    }


def _stream_trials(densities: tuple[float, ...], seed: int, data: Path) -> dict[str, Trial]:
    return {f"{density:g}": Trial(_stream, _crowd(seed, density)) for density in densities}


def _judge_calm(runs: Runs, data: Path) -> Verdict:
    largest = {density: max(m["largest"] for m in found) for density, found in runs.items()}
    sustained = max(m["sustained"] for found in runs.values() for m in found)
    common = {density: max(m["common"] for m in found) for density, found in runs.items()}
    worst = max(max(largest.values()) / _LARGEST, max(common.values()) / _COMMON)
    verdict = outcome(worst < 1.0)
    return Verdict(
        verdict,
        verdict,
        {f"largest force at {d} /m2 [N]": f for d, f in largest.items()}
        | {f"99 % of forces at {d} /m2 under [N]": f for d, f in common.items()}
        | {"largest half-second mean [N]": sustained},
        margin=1.0 - worst,
        reason=""
        if worst < 1.0
        else f"people who walk calmly bump into each other with up to {max(largest.values()):.0f} N, for an instant",
    )


def _judge_extreme(runs: Runs, data: Path) -> Verdict:
    found = [{key: float(np.mean([m[key] for m in runs[f"{d:g}"]])) for key in ("density", "speed")} for d in _EXTREME]
    density, speed = (np.array([m[key] for m in found]) for key in ("density", "speed"))
    flow = density * speed
    asked = np.array(_EXTREME)
    most, rest = flow[(asked >= 4) & (asked <= 5)].max(), flow[asked >= 8].max()
    slowest = speed[asked >= 6].min()
    claims = {
        f"at 8 /m2 the flow is {rest:.2f}, at 4 to 5 /m2 {most:.2f} /(m s)": bool(rest < most),
        f"the crowd stands at {asked[speed.argmin()]:g} /m2 ({slowest:.3f} m/s); at Mina people moved at 10 /m2": bool(
            slowest > _MOVES
        ),
    }
    verdict = outcome(all(claims.values()))
    return Verdict(
        verdict,
        verdict,
        {f"speed at {d:g} /m2 [m/s]": float(v) for d, v in zip(_EXTREME, speed, strict=True)}
        | {f"specific flow at {d:g} /m2 [1/(m s)]": float(j) for d, j in zip(_EXTREME, flow, strict=True)},
        margin=min(1.0 - rest / most, slowest / _MOVES - 1.0),
        reason="; ".join(text for text, holds in claims.items() if not holds),
        curves={
            "middle of a crowd": Curve(
                "model", tuple(density.tolist()), tuple(flow.tolist()), "density [1/m2]", "specific flow [1/(m s)]"
            )
        },
    )


CASES = (
    Case(
        key="mechanics-packing",
        suite="mechanics",
        title="How densely bodies pack",
        source="T-HD7 (after Dufour, Stapelle & Nicolas 2026: anthropometric shapes reach 7.2 /m2)",
        setup="Adult bodies grow into place in a pen of 4 m x 4 m at 6 to 10 /m2; nobody braces.",
        criterion="At least 7 /m2 with a mean overlap of those who touch below 5 % of a diameter; ours: 9 /m2.",
        tier=1,
        seeds=1,
        trials=_packing_trials,
        judge=_judge_packing,
    ),
    Case(
        key="mechanics-calm-stream",
        suite="mechanics",
        title="Forces in a calm stream",
        source="our specification: forces mean something only if calm walking makes none",
        setup="40 m x 6 m of a corridor filled with patient adults at 1, 2 and 3 /m2 who walk off one way; 7 to 14 s.",
        criterion="No contact force reaches 100 N, not for 5 ms; 99 % of the half-second means stay under 20 N.",
        tier=1,
        seeds=3,
        trials=partial(_stream_trials, _CALM),
        judge=_judge_calm,
    ),
    Case(
        key="mechanics-extreme-density",
        suite="mechanics",
        title="Flow at extreme density",
        source="T-HD3; Helbing, Johansson & Al-Abideen 2007: people moved at 10 /m2, flow dropped",
        setup="40 m x 6 m of a corridor full of patient adults at 2 to 8 /m2 who walk off one way; their middle, where"
        " nobody has room ahead yet, from 7 to 14 s (for a closed corridor, in whose bends people crowd).",
        criterion="At 6 to 8 /m2 the crowd moves (above 0.01 m/s); flow at 8 /m2 below the largest at 4 to 5 /m2.",
        tier=1,
        seeds=3,
        trials=partial(_stream_trials, _EXTREME),
        judge=_judge_extreme,
    ),
)
