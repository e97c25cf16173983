"""The HERMES corridors and bottleneck of 2009 built again: same widths, entrances, people and moments of arrival.

Density is Voronoi density in the measurement area, speed the displacement over +-0.5 s of the people in it, weighted
with the share of their cells, frame by frame: the method of the reference values, on the model's tracks.

References:
    Pedestrian Dynamics Data Archive, 10.34735/ped.2009.6, .10 to .14; Zhang, Klingsch, Schadschneider & Seyfried 2011,
    2012 (corridors); Seyfried et al. 2009, Liao et al. 2014 (bottlenecks).
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd
import shapely
from shapely.geometry import LineString, box

from crowd.demand import Demand
from crowd.journeys import Journey, LeaveBy
from crowd.scenario import Scenario
from crowd.validation.case import Measures
from crowd.validation.density_speed import density_and_speed
from crowd.validation.readings import Tracks, flow, track
from crowd.validation.scenes import GROUND, SOURCE, flat, present, scenario, walker
from venues import Level, MeasurementLine, Venue, Zone

#: Frames a second of the HERMES cameras.
FPS = 16
#: Half the length of both corridors, and how far the entrances are from their middle [m]; from the trajectories.
_HALF, _ENTRANCE, _ENTRANCE_TWO_WAY = 4.0, 7.8, 7.1
#: Depth of the room behind an entrance [m] (assumed).
_DEPTH = 4.0
#: Depth of the door of an entrance [m] (assumed).
_DOOR = 0.2
#: Free speed of the test persons, 42 of them measured (Zhang et al. 2011) [m/s].
PARTICIPANT = walker("participant", speed=1.55, sd=0.18)
_EVERYBODY = ((PARTICIPANT.name, 1.0),)


def load(file: Path, scale: float, *, turned: bool = False) -> pd.DataFrame:
    """A trajectory file: columns id, frame, x, y [m], by frame, then id; `turned`: x and y change places."""
    table = pd.read_csv(file, sep=r"\s+", comment="#", header=None, usecols=[0, 1, 2, 3])
    table.columns = pd.Index(["id", "frame", "y", "x"] if turned else ["id", "frame", "x", "y"])
    table[["x", "y"]] *= scale
    return table.sort_values(["frame", "id"], ignore_index=True)


def first_seen(file: Path, *, scale: float = 0.01, fps: int = FPS) -> pd.DataFrame:
    """Where and when each person of a trajectory file is first seen: index id; columns time [s], x, y [m], in order."""
    first = load(file, scale).groupby("id", sort=False).first()
    return pd.DataFrame({"time": first["frame"] / fps, "x": first["x"], "y": first["y"]})


def measured_tracks(file: Path, *, scale: float = 0.01, fps: int = FPS, turned: bool = False) -> Tracks:
    """A trajectory file as if it were a run; the line "middle" is y = 0, crossed once by whoever comes from one side.

    Args:
        scale: metres in a unit of the file. fps: frames a second. turned: x and y change places.
    """
    table = load(file, scale, turned=turned)
    person = table["id"].rank(method="dense").astype(int).to_numpy() - 1
    side = np.sign(table["y"].to_numpy())
    begun = table.assign(side=side).groupby("id")["side"].transform("first").to_numpy()
    over = pd.DataFrame({"id": person, "way": -begun, "time": table["frame"] / fps})[side == -begun]
    crossed = over.groupby("id").first().sort_values("time")
    nobody = np.full(person.max() + 1, np.nan)
    return Tracks(
        step=1.0 / fps,
        frame=table["frame"].to_numpy(),
        id=person,
        level=np.zeros(len(table), int),
        x=table["x"].to_numpy(),
        y=table["y"].to_numpy(),
        left=nobody,
        entered=nobody,
        speed=nobody,
        crossings={"middle": (crossed["time"].to_numpy(), crossed["way"].to_numpy())},
        off_floor=0,
    )


def one_way(file: Path, *, seed: int) -> Scenario:
    """A run "uo-EEE-180-BBB": entrance of EEE, corridor of 1.8 m and 8 m length, exit of BBB at its end, southwards."""
    entrance, exit_ = (int(part) / 100.0 for part in (file.stem.split("-")[1], file.stem.split("-")[3]))
    middle = 0.9
    top = _ENTRANCE + _DEPTH
    floor = shapely.union_all(
        [
            box(middle - 1.75, _ENTRANCE + _DOOR, middle + 1.75, top),
            box(middle - entrance / 2, _ENTRANCE, middle + entrance / 2, _ENTRANCE + _DOOR),
            box(middle - 1.75, _HALF, middle + 1.75, _ENTRANCE),
            box(0.0, -_HALF, 1.8, _HALF),
            box(middle - exit_ / 2, -_HALF - 0.1, middle + exit_ / 2, -_HALF),
            box(middle - 2.5, -_HALF - 5.0, middle + 2.5, -_HALF - 0.1),
        ]
    )
    venue = flat(
        floor,
        sources={"start": box(middle - 1.75, _ENTRANCE + 1.0, middle + 1.75, top)},
        exits={"end": box(middle - 2.5, -_HALF - 5.0, middle + 2.5, -_HALF - 3.5)},
        lines=(MeasurementLine("middle", GROUND, LineString([(0.0, 0.0), (1.8, 0.0)])),),
    )
    moments = tuple(first_seen(file)["time"])
    demand = Demand("start", "end", moments=moments, profiles=_EVERYBODY)
    return scenario(venue, [demand], seed=seed, duration=300.0, profiles=[PARTICIPANT])


def two_way(file: Path, *, seed: int) -> Scenario:
    """A run "bot-360-WWW-WWW": a corridor of 3.6 m walked from both ends, entrances of WWW, ways out beside them."""
    entrance = int(file.stem.split("-")[2]) / 100.0
    floor = [box(0.0, -_HALF, 3.6, _HALF)]
    zones = []
    for side, name in ((1, "north"), (-1, "south")):
        near, far = sorted((side * _HALF, side * _ENTRANCE_TWO_WAY))
        behind = sorted((side * _ENTRANCE_TWO_WAY, side * (_ENTRANCE_TWO_WAY + _DEPTH)))
        door = sorted((side * _ENTRANCE_TWO_WAY, side * (_ENTRANCE_TWO_WAY + _DOOR)))
        floor += [box(-2.7, near, 6.3, far), box(1.8 - entrance / 2, door[0], 1.8 + entrance / 2, door[1])]
        floor.append(box(0.0, door[side > 0] if side > 0 else behind[0], 3.6, behind[1] if side > 0 else door[0]))
        start = sorted((side * (_ENTRANCE_TWO_WAY + 1.0), side * (_ENTRANCE_TWO_WAY + _DEPTH)))
        zones.append(Zone(name, GROUND, box(0.0, start[0], 3.6, start[1]), SOURCE))
        for where, x in (("west", -2.7), ("east", 5.1)):
            zones.append(Zone(f"{name}-{where}", GROUND, box(x, near, x + 1.2, far), frozenset({"exit"})))
    lines = (MeasurementLine("middle", GROUND, LineString([(3.6, 0.0), (0.0, 0.0)])),)
    venue = Venue(name="case", levels=(Level(GROUND, shapely.union_all(floor)),), zones=tuple(zones), lines=lines)  # type: ignore[arg-type]
    seen = first_seen(file)
    demands = [
        Demand(name, f"to {to}", moments=tuple(seen["time"][np.sign(seen["y"]) == side]), profiles=_EVERYBODY)
        for side, name, to in ((1, "north", "south"), (-1, "south", "north"))
    ]
    journeys = [Journey(f"to {to}", (LeaveBy((f"{to}-west", f"{to}-east")),)) for to in ("north", "south")]
    return scenario(venue, demands, seed=seed, duration=300.0, journeys=journeys, profiles=[PARTICIPANT])


def bottleneck(file: Path, *, seed: int) -> Scenario:
    """The run "ao-300-400": 350 people before boards 1 m deep with a gap of 3 m, in the place they are first seen."""
    seen = first_seen(file, scale=1.0)
    west, east, depth = -2.2, 4.0, 8.0
    floor = shapely.union_all([box(-9.1, -11.0, 10.9, -0.5), box(-0.6, -0.5, 2.4, 0.5), box(-9.1, 0.5, 10.9, 8.5)])
    # Those seen later stood farther back, at the density of those seen at once.
    together = seen["y"][seen["time"] < 0.5]
    density = together.size / ((east - west) * (together.max() - together.min()))
    back = max(len(seen) / (density * (east - west)), depth)
    venue = flat(
        floor,
        sources={"start": box(west, together.max() - back, east, together.max())},
        exits={"end": box(-9.1, 6.0, 10.9, 8.5)},
        lines=(MeasurementLine("middle", GROUND, LineString([(2.4, 0.0), (-0.6, 0.0)])),),
    )
    demand = present("start", "end", len(seen), profile=PARTICIPANT.name)
    return scenario(venue, [demand], seed=seed, duration=200.0, profiles=[PARTICIPANT])


def read_corridor(case: Scenario, area: shapely.Polygon, *, window: Sequence[float] = (0.0, np.inf)) -> Measures:
    """Run a scenario and read it: see `read_tracks`."""
    return read_tracks(track(case), case.venue.levels[0], area, window=window)


def read_tracks(
    found: Tracks, level: Level, area: shapely.Polygon, *, window: Sequence[float], every: int = 2
) -> Measures:
    """Density and speed in a measurement area over a window of time [s], and who crosses the line "middle" when.

    Args:
        every: frames from one density to the next.
    """
    density, speed, time = density_and_speed(found, level, area, every=every)
    chosen = (time >= window[0]) & (time <= window[1])
    times, _ = found.crossings["middle"]
    return {
        "density": density[chosen].tolist(),
        "speed": speed[chosen].tolist(),
        "crossings": times.tolist(),
        "flow_all": flow(times),
        "flow_mid": flow(times, low=0.1, high=0.9),
        "crossed": int(times.size),
        "last": found.time_of_last,
    }
