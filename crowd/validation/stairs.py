"""Stairs with a crowd on them: speed at a density, the jam at their foot, flow by width."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import numpy as np
from shapely.geometry import LineString, Polygon, box

from crowd.scenario import Scenario
from crowd.validation.case import Case, Curve, Measures, Runs, Trial, Verdict, outcome
from crowd.validation.measures import density_over_time, first_times, mean_of, running_mean, unmet
from crowd.validation.readings import Tracks, flow, track
from crowd.validation.scenes import EXIT, SOURCE, present, scenario
from venues import Level, Link, Venue, Zone

_LONGEST = 900.0
_LOWER, _UPPER = "lower", "upper"
#: Speed on stairs by density, lowest and highest of the data RiMEA shows (test 13, figures 16 and 17, as digitised for
#: the public CrowdSim suite): density [1/m2] -> [m/s].
_DOWN = {
    0.6: (0.66, 1.12),
    0.8: (0.60, 1.00),
    1.0: (0.55, 0.89),
    1.2: (0.50, 0.81),
    1.4: (0.48, 0.76),
    1.5: (0.48, 0.73),
}
_UP = {0.6: (0.48, 1.02), 0.8: (0.46, 0.93), 1.0: (0.46, 0.86), 1.2: (0.46, 0.80), 1.4: (0.46, 0.76), 1.5: (0.46, 0.74)}
_BANDS = {"down": _DOWN, "up": _UP}
#: Densities are compared in bins of this width, of this many samples and more [1/m2] (RiMEA 13 as JuPedSim tests it).
_BIN, _SAMPLES = 0.1, 3
_WIDTHS = (1.0, 1.2, 1.4, 1.6, 1.8)


def _stair(room: Polygon, neck: Polygon, *, width: float, going: float, rise: float, down: bool = False) -> Venue:
    """A room, a neck east of it, a stair east of that, and a landing; up, or down, to the exit.

    Args:
        room, neck: floor in front of the stair, which begins in the middle of the east end of the neck. width, going,
            rise: of the stair, its length in plan and its height [m].
    """
    _, low, x, high = neck.bounds
    south, north = 0.5 * (low + high - width), 0.5 * (low + high + width)
    top = x + going
    landing = box(top, low - 2.0, top + 6.0, high + 2.0)
    here, there = (_UPPER, _LOWER) if down else (_LOWER, _UPPER)
    foot, head = (LineString([(at, north), (at, south)]) for at in (x, top))
    levels = (
        Level(here, room.union(neck), elevation=rise if down else 0.0),  # type: ignore[arg-type]
        Level(there, landing, elevation=0.0 if down else rise),
    )
    link = Link("stair", "stairs", here, foot, there, head, width, float(np.hypot(going, rise)))
    zones = (Zone("room", here, room, SOURCE), Zone("end", there, box(top + 3.0, low - 2, top + 6, high + 2), EXIT))
    return Venue(name="stair", levels=levels, zones=zones, links=(link,))


def _crowd(venue: Venue, people: int, seed: int, profile: str = "adult") -> Scenario:
    return scenario(venue, [present("room", "end", people, profile=profile)], seed=seed, duration=_LONGEST)


def _strip(found: Tracks, case: Scenario) -> tuple[np.ndarray, Polygon]:
    """Entries on the stair, and its plan."""
    strip = case.venue.strips[0]
    return found.level == case.venue.level_index(strip.plane), strip.polygon


def _samples(case: Scenario) -> Measures:
    """Density and mean speed on the plan of the stair, once a second."""
    found = track(case)
    vx, vy = found.speeds()
    on, plan = _strip(found, case)
    chosen = on & (found.frame % 10 == 0)
    frames, speeds = found.frame[chosen], np.hypot(vx[chosen], vy[chosen])
    count = np.bincount(frames)
    total = np.bincount(frames, weights=speeds)
    some = count > 0
    return {"density": (count[some] / plan.area).tolist(), "speed": (total[some] / count[some]).tolist()}


def _fd_trials(seed: int, data: Path) -> dict[str, Trial]:
    room, neck = box(0, 0, 10, 10), box(10, 4, 12, 6)
    venue = partial(_stair, room, neck, width=2.0, going=5.0, rise=2.9)
    return {way: Trial(_samples, _crowd(venue(down=way == "down"), 100, seed)) for way in ("up", "down")}


def _share_in_band(density: np.ndarray, speed: np.ndarray, way: str) -> float:
    """Share of the samples from 0.6 to 1.5 /m2 whose speed lies in the band of a way; nan without samples."""
    rho, ends = list(_BANDS[way]), np.array(list(_BANDS[way].values()))
    asked = (density >= rho[0] - 1e-9) & (density <= rho[-1] + 1e-9)
    low, high = (np.interp(density[asked], rho, ends[:, k]) for k in (0, 1))
    within = (speed[asked] >= low) & (speed[asked] <= high)
    return float(within.mean()) if asked.any() else float("nan")


def _by_bin(density: np.ndarray, speed: np.ndarray) -> dict[int, float]:
    """Mean speed by number of the bin of density, where there are enough samples."""
    bins = np.round(density / _BIN).astype(int)
    return {int(k): float(speed[bins == k].mean()) for k in np.unique(bins) if (bins == k).sum() >= _SAMPLES}


def _fd_judge(runs: Runs, data: Path) -> Verdict:
    density, speed = (
        {way: np.concatenate([m[name] for m in runs[way]]) for way in _BANDS} for name in ("density", "speed")
    )
    share = {way: _share_in_band(density[way], speed[way], way) for way in _BANDS}
    means = {way: _by_bin(density[way], speed[way]) for way in _BANDS}
    shared = sorted(set(means["up"]) & set(means["down"]))
    faster = [means["down"][k] / means["up"][k] - 1.0 for k in shared]
    down_faster = bool(faster) and min(faster) > 0.0
    enough = min(share.values()) >= 0.5
    label = ("density [1/m2]", "speed in plan [m/s]")
    curves = {}
    for way, band in _BANDS.items():
        rho, (low, high) = tuple(band), zip(*band.values(), strict=True)
        curves[f"measured, {way}"] = Curve("band", rho, tuple(np.mean([low, high], axis=0).tolist()), *label, low, high)
        at = tuple(_BIN * k for k in means[way])
        curves[f"model, {way}"] = Curve("model", at, tuple(means[way].values()), *label)
    return Verdict(
        standard=outcome(down_faster),
        project=outcome(down_faster and enough and len(shared) >= 5),
        measured={
            "share in the band, up": share["up"],
            "share in the band, down": share["down"],
            "bins with both": float(len(shared)),
            "least share by which down is faster": min(faster, default=float("nan")),
        },
        margin=min((min(share.values()) - 0.5) / 0.5, min(faster, default=-1.0)),
        reason=unmet(
            (down_faster, "down is not faster in every bin"),
            (enough, f"only {min(share.values()):.0%} of the samples lie in the band"),
            (len(shared) >= 5, f"only {len(shared)} bins have samples of both ways"),
        ),
        curves=curves,
    )


def _congestion(case: Scenario) -> Measures:
    """Greatest density before the room's exit and the stair, in the middle of the corridor, and how steady its flow is.

    Densities are means of 1 s over the width of the corridor and 1 m along it; the flow's spread is that of 5 s counts.
    """
    found = track(case)
    room, strip = case.venue.zone("room").polygon, case.venue.strips[0].polygon
    exit_x, foot_x = room.bounds[2], strip.bounds[0]
    low, high = strip.bounds[1], strip.bounds[3]
    middle_x = 0.5 * (exit_x + foot_x)
    places = {"exit": exit_x - 1.0, "foot": foot_x - 1.0, "middle": middle_x - 0.5}
    over_time = {name: density_over_time(found, box(x, low, x + 1.0, high)) for name, x in places.items()}
    times = np.sort(first_times(found, (found.x > middle_x) | (found.level > 0)))
    begin, end = times[0] + 0.25 * np.ptp(times), times[0] + 0.75 * np.ptp(times)
    counts, _ = np.histogram(times, np.arange(begin, end, 5.0))
    busy = slice(int(begin / found.step), int(end / found.step))
    return {
        **{name: float(running_mean(over_time[name], 10).max()) for name in places},
        "middle mean": float(over_time["middle"][busy].mean()),
        "spread": float(counts.std() / max(counts.mean(), 1e-9)),
        "flow": flow(times, low=0.1, high=0.9),
    }


def _congestion_trials(people: int, seed: int, data: Path) -> dict[str, Trial]:
    venue = _stair(box(0, 0, 8, 5), box(8, 1.5, 20, 3.5), width=2.0, going=5.0, rise=3.0)
    return {"": Trial(_congestion, _crowd(venue, people, seed, "imo-male-30-50"))}


def _congestion_judge(runs: Runs, data: Path) -> Verdict:
    names = ("exit", "foot", "middle", "middle mean", "spread", "flow")
    exit_, foot, middle, mean, spread, rate = (mean_of(runs[""], name) for name in names)
    jam = min(exit_, foot) / (1.5 * mean) - 1.0
    return Verdict(
        standard=outcome(min(exit_, foot) > middle),
        project=outcome(jam > 0.0 and spread < 0.15),
        measured={
            "densest before the exit [1/m2]": exit_,
            "densest before the stair [1/m2]": foot,
            "densest in the middle of the corridor [1/m2]": middle,
            "mean in the middle of the corridor [1/m2]": mean,
            "flow in the corridor [1/s]": rate,
            "its standard deviation over its mean": spread,
        },
        margin=min(jam, 1.0 - spread / 0.15),
        reason=unmet(
            (min(exit_, foot) > middle, "it is no denser before exit and stair than in the corridor"),
            (jam > 0.0, f"the jams are only {1.5 * (jam + 1.0):.2f} times as dense as the corridor"),
            (spread < 0.15, f"the flow in the corridor spreads by {spread:.0%}"),
        ),
    )


def _stair_flow(case: Scenario) -> Measures:
    found = track(case)
    head = case.venue.level_index(case.venue.zone("end").level)
    times = first_times(found, found.level == head)
    return {"flow": flow(times, low=0.1, high=0.9) if np.isfinite(times).all() else 0.0}


def _width_trials(seed: int, data: Path) -> dict[str, Trial]:
    venue = partial(_stair, box(0, 0, 10, 10), box(10, 4, 12, 6), going=3.0, rise=3.0)
    return {f"{w:g}": Trial(_stair_flow, _crowd(venue(width=w), 100, seed)) for w in _WIDTHS}


def _width_judge(runs: Runs, data: Path) -> Verdict:
    flows = [mean_of(runs[f"{w:g}"], "flow") for w in _WIDTHS]
    slope, _ = np.polyfit(_WIDTHS, flows, 1)
    rises = bool(slope > 0.0 and flows[-1] > flows[0])
    holds = outcome(rises)
    return Verdict(
        standard=holds,
        project=holds,
        measured={f"{w:g} m: flow [1/s]": f for w, f in zip(_WIDTHS, flows, strict=True)} | {"slope [1/(m s)]": slope},
        margin=flows[-1] / flows[0] - 1.0,
        reason=unmet((rises, "the flow does not rise with the width")),
        curves={"model": Curve("model", _WIDTHS, tuple(flows), "width of the stair [m]", "flow [1/s]")},
    )


def _congestion_case(key: str, suite: str, source: str, people: int) -> Case:
    return Case(
        key=key,
        suite=suite,
        title="Jams at a room's exit and at the foot of a stair",
        source=source,
        setup=f"{people} males of 30 to 50 years leave a room of 8 x 5 m at once through a corridor of 12 x 2 m and up "
        "a stair 2 m wide.",
        criterion="It is denser at the room's exit and at the foot of the stair than in the corridor; ours: the "
        "densest second there is 1.5 times the mean in the middle of the corridor, whose flow (5 s counts, middle half "
        "of the time) spreads by less than 15 %.",
        tier=1,
        seeds=10,
        trials=partial(_congestion_trials, people),
        judge=_congestion_judge,
    )


CASES = (
    Case(
        key="rimea-13",
        suite="rimea",
        title="Fundamental diagram on stairs",
        source="RiMEA 4.1.1, annex 1, test 13",
        setup="100 people from a room of 10 x 10 m through a way of 2 x 2 m over a stair of 5 x 2 m in plan; once up, "
        "once down; density and mean speed in plan over the stair each second.",
        criterion="Down is faster than up at equal density; ours: in at least 5 bins of 0.1 /m2 with 3 samples of "
        "both, and half of the samples from 0.6 to 1.5 /m2 lie in the band of the measurements.",
        tier=1,
        seeds=60,
        trials=_fd_trials,
        judge=_fd_judge,
    ),
    _congestion_case("imo-11", "imo", "IMO MSC.1/Circ.1533, annex 3, test 11", 150),
    _congestion_case("nist-5.1", "nist", "NIST TN 1822, verification test 5.1", 100),
    _congestion_case("iso-10", "iso", "ISO 20414:2020, test 10", 100),
    Case(
        key="iso-12",
        suite="iso",
        title="Flow up stairs by width",
        source="ISO 20414:2020, test 12",
        setup="100 people from a room of 10 x 10 m through a way of 2 x 2 m up a stair 4.24 m long along its slope (3 "
        "m in plan), 1.0 to 1.8 m wide.",
        criterion="The flow rises with the width (slope of a straight line, and the widest above the narrowest).",
        tier=1,
        seeds=10,
        trials=_width_trials,
        judge=_width_judge,
    ),
)
