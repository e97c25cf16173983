"""How the evacuation of a building depends on the walkers: speeds, their spread, reaction time."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from itertools import pairwise
from pathlib import Path

import numpy as np
import shapely
from shapely.geometry import LineString, Polygon, box

from crowd.journeys import Journey, LeaveBy
from crowd.parameters import Parameters
from crowd.scenario import Scenario
from crowd.validation.case import Case, Curve, Measures, Outcome, Runs, Trial, Verdict, outcome
from crowd.validation.measures import mean_of
from crowd.validation.readings import track
from crowd.validation.scenes import EXIT, SOURCE, SPEEDS, present, scenario, walker
from venues import Level, Link, Venue, Zone

_LONGEST = 1800.0
#: Rooms on both sides of two corridors, from the south, on the ground and on the floors above (RiMEA 8);
#: people in each.
_GROUND_ROOMS, _UPPER_ROOMS, _EACH = (9, 8, 8, 11), (11, 8, 8, 11), 4
#: A room, its door, the walls, and the corridors [m] (rooms and door: RiMEA 8; the rest assumed, its figure is not
#: dimensioned).
_WIDE, _DEEP, _DOOR, _WALL, _CORRIDOR = 2.0, 3.0, 1.0, 0.2, 2.0
_FLOORS, _RISE, _GOING, _STAIR = 3, 3.0, 5.0, 1.4
#: How far a door's floor reaches into the rooms on both sides, so that they are one [m].
_JOINT = 0.01
#: Southern ends of the four rows of rooms and of the two corridors [m].
_ROWS = (0.0, _DEEP + 2 * _WALL + _CORRIDOR, 9.0, 9.0 + _DEEP + 2 * _WALL + _CORRIDOR)
_CORRIDORS = (_DEEP + _WALL, 9.0 + _DEEP + _WALL)
_LENGTH = 11 * (_WIDE + _WALL)
#: Where the stairs are: south ends of the flight to the floor above the ground and of the one above that [m].
_FLIGHTS = (6.0, 8.0)
_SPEEDS = (0.5, 0.75, 1.0)
_SPREADS = (0.1, 0.25)
_REACTIONS = (0.5, 0.7)


def _rooms(counts: Sequence[int]) -> tuple[list[Polygon], list[Polygon]]:
    """Rooms of a storey, and their doors."""
    rooms, doors = [], []
    for row, (count, south) in enumerate(zip(counts, _ROWS, strict=True)):
        door = south + _DEEP if row % 2 == 0 else south - _WALL
        for k in range(count):
            west = k * (_WIDE + _WALL)
            rooms.append(box(west, south, west + _WIDE, south + _DEEP))
            middle = west + _WIDE / 2
            doors.append(box(middle - _DOOR / 2, door - _JOINT, middle + _DOOR / 2, door + _WALL + _JOINT))
    return rooms, doors


def _storey(number: int) -> tuple[Level, list[Zone]]:
    """A storey: rooms, two corridors, a hall west of them, and west of that what the stairs need."""
    rooms, doors = _rooms(_UPPER_ROOMS if number else _GROUND_ROOMS)
    hall = box(-2, 0, 0, _CORRIDORS[1] + _CORRIDOR)
    ways = [hall, *(box(0, south, _LENGTH, south + _CORRIDOR) for south in _CORRIDORS)]
    if number == 0:
        ways.append(box(-1.5, -2, -0.5, 0))
    if number == 1:
        # Between the two flights one turns on a landing, which people of this storey reach beside them.
        ways += [box(-2 - _GOING - 2, 6, -2 - _GOING, 12), box(-2 - _GOING, 10, -2, 12)]
    name = f"floor {number}"
    zones = [Zone(f"room {number}.{k}", name, room, SOURCE) for k, room in enumerate(rooms)]
    floor = shapely.union_all([*rooms, *doors, *ways])
    return Level(name, floor, elevation=number * _RISE), zones  # type: ignore[arg-type]


def _building() -> Venue:
    storeys = [_storey(number) for number in range(_FLOORS)]
    east, west = -2.0, -2.0 - _GOING
    links = []
    for number, (south, top, foot) in enumerate(zip(_FLIGHTS, (west, east), (east, west), strict=True), start=1):
        lines = (LineString([(x, south), (x, south + _STAIR)]) for x in (top, foot))
        head, base = (line if foot < top else line.reverse() for line in lines)
        length = float(np.hypot(_GOING, _RISE))
        names = f"floor {number}", f"floor {number - 1}"
        links.append(Link(f"stair {number}", "stairs", names[0], head, names[1], base, _STAIR, length))
    out = Zone("out", "floor 0", box(-1.5, -2, -0.5, -0.5), EXIT)
    levels = tuple(level for level, _ in storeys)
    zones = (out, *(zone for _, rooms in storeys for zone in rooms))
    return Venue(name="building", levels=levels, zones=zones, links=tuple(links))


def _evacuation(seed: int, *, speed: float = 1.0, sd: float = 0.0, reaction: float | None = None) -> Scenario:
    venue = _building()
    rooms = [zone.name for zone in venue.zones if zone.name != "out"]
    demands = [present(room, "out", _EACH, profile="test-person", name=room) for room in rooms]
    changed = {} if reaction is None else {"contact.reaction_time": reaction}
    return scenario(
        venue,
        demands,
        seed=seed,
        duration=_LONGEST,
        journeys=[Journey("out", (LeaveBy(("out",)),))],
        profiles=[walker(speed=speed, sd=sd)],
        parameters=Parameters().with_overrides(changed),
    )


def _time(case: Scenario) -> Measures:
    return {"time": track(case, every=10).time_of_last}


def _trials(seed: int, data: Path) -> dict[str, Trial]:
    case = partial(_evacuation, seed)
    found = {f"{v:g} m/s": case(speed=v) for v in _SPEEDS}
    found |= {f"1 m/s, sd {sd:g}": case(sd=sd) for sd in _SPREADS}
    found |= {f"1 m/s, reaction {tau:g} s": case(reaction=tau) for tau in _REACTIONS}
    return {name: Trial(_time, scene) for name, scene in found.items()}


def _judge(runs: Runs, data: Path) -> Verdict:
    times = {name: mean_of(ran, "time") for name, ran in runs.items()}
    by_speed = tuple(times[f"{v:g} m/s"] for v in _SPEEDS)
    falls = min(1.0 - after / before for before, after in pairwise(by_speed))
    elasticity = float(np.log(by_speed[-1] / by_speed[0]) / np.log(_SPEEDS[-1] / _SPEEDS[0]))
    return Verdict(
        standard=Outcome.DOCUMENTED,
        project=outcome(falls >= 0.0),
        measured={
            **{f"{name}: time [s]": time for name, time in times.items()},
            "elasticity of the time to the speed": elasticity,
        },
        margin=falls,
        reason="the guideline asks for the graphs only",
        curves={"model": Curve("model", _SPEEDS, by_speed, "speed of all [m/s]", "time to leave [s]")},
    )


CASES = (
    Case(
        key="rimea-08",
        suite="rimea",
        title="Parameter study",
        source="RiMEA 4.1.1, annex 1, test 8",
        setup="448 people, four in each room of 2 x 3 m, leave a building of three storeys by one stair between "
        "storeys and one door of 1 m: all at 0.5, 0.75 or 1 m/s; 1 m/s with a spread; 1 m/s with a slower reaction.",
        criterion="Graphs of the results; ours: the faster people walk, the shorter it takes.",
        tier=2,
        seeds=5,
        trials=_trials,
        judge=_judge,
        sets=(*SPEEDS, "parameter contact.reaction_time"),
    ),
)
