"""Trains at a platform: when they come, when their doors are open, when people may board.

Holds: `Trains`, a timetable with one headway. Not here: who gets off (`crowd.demand`), where people wait and board
(`crowd.journeys`).
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from crowd.errors import ScenarioError
from venues.refusals import Told, told

DWELL = 30.0  # [s] doors open, assumed: a busy metro station outside the peak minutes
BOARDING_SHARE = 1.0 / 3.0  # assumed: people get off first for a third of the dwell
_SHORTEST = 1.0  # [s] headway, assumed: no doors open more often
_CLOSE = 1e-6  # [s] rounding of clock times


@dataclass(frozen=True)
class Trains:
    """Trains that stand at the same doors one after the other.

    Args:
        name: what demands and stages call them.
        first: when the doors of the first open [s since the start], 0 or later.
        every: time from one opening to the next [s].
        dwell: how long the doors stay open [s], shorter than `every`.
        boarding_after: how long those who get off go first [s], shorter than `dwell`; by default a third of it.
        count: how many trains come; None: they go on to the end.
        labels: language code -> text.

    Raises:
        ScenarioError: a number that is not finite or out of order.
    """

    name: str
    first: float
    every: float
    dwell: float = DWELL
    boarding_after: float = None  # type: ignore[assignment]  # a float once made
    count: int | None = None
    labels: Mapping[str, str] = field(default_factory=dict, hash=False)

    def __post_init__(self) -> None:
        if self.boarding_after is None:
            object.__setattr__(self, "boarding_after", BOARDING_SHARE * self.dwell)
        if not (math.isfinite(self.first) and self.first >= 0.0):
            self._refuse("first", self.first, told("0 s after the start or later"))
        if not (math.isfinite(self.every) and self.every >= _SHORTEST):
            right = told("{least:g} s or more, the time from one train to the next", least=_SHORTEST)
            self._refuse(told("headway 'every'"), self.every, right)
        if not 0.0 < self.dwell < self.every:
            right = told("positive and shorter than the headway, {every:g} s", every=self.every)
            self._refuse("dwell", self.dwell, right)
        if not 0.0 <= self.boarding_after < self.dwell:
            right = told("0 or more and shorter than the dwell, {dwell:g} s", dwell=self.dwell)
            self._refuse("boarding_after", self.boarding_after, right)
        if self.count is not None and self.count < 1:
            raise ScenarioError(
                told("count of trains {name!r} is {count!r}; it must be 1 or more", name=self.name, count=self.count)
            )

    def _refuse(self, what: str, value: float, right: Told) -> None:
        raise ScenarioError(
            told(
                "{what} of trains {name!r} is {value:g} s; it must be {right}",
                what=what,
                name=self.name,
                value=value,
                right=right,
            )
        )

    def openings(self, end: float) -> np.ndarray:
        """Return when the doors open before a time: (k,) [s since the start]."""
        most = max(math.ceil((end - self.first) / self.every - _CLOSE), 0)
        return self.first + self.every * np.arange(most if self.count is None else min(most, self.count))

    def number(self, times: np.ndarray | float) -> np.ndarray:
        """Return the index of the train that came last at or before some times: (n,) int, -1 before the first."""
        since = np.floor((np.asarray(times, float) - self.first + _CLOSE) / self.every)
        return np.clip(since, -1, np.inf if self.count is None else self.count - 1).astype(np.int64)

    def standing(self, time: float) -> bool:
        """Return whether a train stands with open doors at a time [s]."""
        return self._since_opening(time) < self.dwell - _CLOSE

    def boarding(self, time: float) -> bool:
        """Return whether people may board at a time [s]: a train stands, and those who get off have had their time."""
        return self.boarding_after - _CLOSE <= self._since_opening(time) < self.dwell - _CLOSE

    def next_boarding(self, times: np.ndarray) -> np.ndarray:
        """Return from when on people may board who are there at some times: (n,) [s], inf after the last train."""
        times = np.asarray(times, float)
        number = np.maximum(self.number(times), 0)
        gone = times > self.first + self.every * number + self.dwell - _CLOSE
        number = number + gone
        begins = np.maximum(self.first + self.every * number + self.boarding_after, times)
        return begins if self.count is None else np.where(number < self.count, begins, np.inf)

    def closing(self, times: np.ndarray) -> np.ndarray:
        """Return when the doors close of the train that came last before some times: (n,) [s]."""
        return self.first + self.every * self.number(times) + self.dwell

    def _since_opening(self, time: float) -> float:
        """Time since doors opened last [s], inf before the first train."""
        number = int(self.number(time))
        return time - self.first - self.every * number if number >= 0 else math.inf
