"""What became of the people of each train, from the table `trips/` and the timetable of the scenario.

Each row balances: who was on a train to get off has left, is inside, or is still in the train. Not here: how long
people waited outside (`crowd.risk.people`).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from crowd.risk.tables import Series, coordinates
from crowd.trains import Trains

_ROUNDING = 1e-3  # [s] of times kept as float32


@dataclass(frozen=True)
class TrainCount:
    """One train: what its people were doing when the next one came.

    Args:
        trains: name of the trains it is one of.
        number: 1 for the first.
        opened: when its doors opened [s].
        until: when the next of these trains opened its doors, or the end of the recording [s]; counted then.
        people: who came with it to get off.
        left: of these, who had left the venue.
        inside: of these, who were in the venue.
        in_train: of these, who had not got off yet.
        last_off: when the last of them got off [s], nan if not all did.
        last_out: when the last of them left [s], nan if not all did.
        boarded: who left by this train.
        stayed: who were in the venue to leave by these trains when its doors closed.
    """

    trains: str
    number: int
    opened: float
    until: float
    people: int
    left: int
    inside: int
    in_train: int
    last_off: float
    last_out: float
    boarded: int
    stayed: int

    @property
    def got_off(self) -> int:
        """Persons who got off."""
        return self.left + self.inside


def assess_trains(trips: pd.DataFrame, scenario: Any, *, until: float) -> tuple[TrainCount, ...]:
    """Count the people of each train.

    Args:
        trips: with `crowd.risk.people.TRIP_COLUMNS` and `journey`, one row for each person of the run.
        scenario: what was run; its trains, demands and journeys are read.
        until: end of the simulated time [s].

    Returns:
        In order of time; trains that opened their doors before the end.
    """
    rows = [row for trains in scenario.trains for row in _counts(trains, trips, scenario, until)]
    return tuple(sorted(rows, key=lambda row: (row.opened, row.trains)))


def _counts(trains: Trains, trips: pd.DataFrame, scenario: Any, until: float) -> Iterator[TrainCount]:
    """The trains of one timetable."""
    bringing = [demand for demand in scenario.demands if _trains_of(demand) == trains.name]
    people = sum(demand.alighting.people for demand in bringing)
    arrived, entered, left = (coordinates(trips, column) for column in ("arrived", "entered", "left"))
    # Nobody else comes in by these doors; who gets off arrives within the dwell, which is shorter than the headway.
    by_train = trips["source"].isin({demand.source for demand in bringing}).to_numpy()
    number = np.round((arrived - trains.first - 0.5 * trains.dwell) / trains.every)
    boards = {j.name for j in scenario.journeys if j.trains is not None and j.trains.name == trains.name}
    boarding = trips["journey"].isin(boards).to_numpy()
    openings = trains.openings(until)
    for k, opened in enumerate(map(float, openings)):
        mine = by_train & (number == k)
        then, closed = (float(openings[k + 1]) if k + 1 < openings.size else until), opened + trains.dwell
        out, off = _upto(left[mine], then), _upto(entered[mine], then)
        gone, there = _upto(left[boarding], closed), _upto(entered[boarding], closed)
        yield TrainCount(
            trains=trains.name,
            number=k + 1,
            opened=opened,
            until=then,
            people=people,
            left=out,
            inside=off - out,
            in_train=people - off,
            last_off=_last(entered[mine], people),
            last_out=_last(left[mine], people),
            boarded=gone - _upto(left[boarding], opened),
            stayed=there - gone,
        )


def _trains_of(demand: Any) -> str | None:
    """Name of the trains that bring a demand's people."""
    return None if demand.alighting is None else str(demand.alighting.trains.name)


def _upto(times: Series, end: float) -> int:
    """How many times are known and not after `end`."""
    return int(np.count_nonzero(times <= end + _ROUNDING))


def _last(times: Series, people: int) -> float:
    """The last of as many times as there are people, nan if some are not known."""
    known = times[np.isfinite(times)]
    return float(known.max()) if people and len(known) >= people else float("nan")
