"""Demand: who comes in where and when.

Holds: `Demand` (a piecewise linear rate, people at one time, people at moments of their own, or people off trains),
`PreMovement`, the draw of arrival times.
Not here: tables of counts in files (`crowd.scenario.demand_table`), the queue outside the venue (`crowd.model`).
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from scipy.special import gammaincinv, ndtr, ndtri

from crowd.errors import ScenarioError
from crowd.kernels import draws
from crowd.trains import Trains
from venues.refusals import told

Array = npt.NDArray[np.float64]

LARGEST_RATE = 1e4 / 60.0  # [1/s] assumed: 10,000 people a minute is more than any one way in carries
LARGEST_GROUP = 100  # assumed: more people than a school class do not keep together
PRE_MOVEMENT_KINDS = ("fixed", "uniform", "normal", "lognormal", "gamma", "weibull")


class Alighting(NamedTuple):
    """People who get off every train: how many from each, and over how long from its opening on [s]."""

    trains: Trains
    people: int
    spread: float


class Burst(NamedTuple):
    """People who are in the source zone together at one time: time [s since the start] and their number."""

    time: float
    people: int


@dataclass(frozen=True)
class PreMovement:
    """How long people stay where they appear before they set off.

    Args:
        kind: "fixed" (a), "uniform" (from a to b), "normal" (mean a, standard deviation b, none below 0),
            "lognormal" (median a, standard deviation b of the logarithm), "gamma" (shape a, scale b),
            "weibull" (scale a, shape b).
        a: first number [s], of "gamma" [1].
        b: second number [s], of "lognormal" and "weibull" [1].

    Raises:
        ScenarioError: an unknown kind, a number not finite or negative, from > to, or a shape, scale or median of 0.
    """

    kind: str = "fixed"
    a: float = 0.0
    b: float = 0.0

    def __post_init__(self) -> None:
        if self.kind not in PRE_MOVEMENT_KINDS:
            raise ScenarioError(
                told(
                    "pre_movement {kind!r} is unknown; known are {known}",
                    kind=self.kind,
                    known=", ".join(PRE_MOVEMENT_KINDS),
                )
            )
        if not all(math.isfinite(v) and v >= 0.0 for v in (self.a, self.b)):
            raise ScenarioError(
                told(
                    "pre_movement {kind} has {a!r}, {b!r}; both must be finite and 0 or more",
                    kind=self.kind,
                    a=self.a,
                    b=self.b,
                )
            )
        if self.kind == "uniform" and self.b < self.a:
            raise ScenarioError(
                told("pre_movement uniform runs from {a:g} s to {b:g} s; it must not run backwards", a=self.a, b=self.b)
            )
        if self.kind == "lognormal" and self.a == 0.0:
            raise ScenarioError(told("pre_movement lognormal has median 0 s; it must be positive"))
        if self.kind in ("gamma", "weibull") and 0.0 in (self.a, self.b):
            raise ScenarioError(
                told(
                    "pre_movement {kind} has {a!r}, {b!r}; shape and scale must be positive",
                    kind=self.kind,
                    a=self.a,
                    b=self.b,
                )
            )

    def delays(self, uniforms: Array) -> Array:
        """Return delays by inverting the distribution function.

        Args:
            uniforms: (n,) in (0, 1).

        Returns:
            (n,) delays [s], 0 or more.
        """
        if self.kind == "uniform":
            return self.a + (self.b - self.a) * uniforms
        if self.kind == "lognormal":
            return self.a * np.exp(self.b * ndtri(uniforms))
        if self.kind == "gamma":
            return self.b * gammaincinv(self.a, uniforms)
        if self.kind == "weibull":
            return self.a * (-np.log1p(-uniforms)) ** (1.0 / self.b)
        if self.kind == "normal" and self.b > 0.0:
            below = ndtr(-self.a / self.b)
            return np.maximum(self.a + self.b * ndtri(below + uniforms * (1.0 - below)), 0.0)
        return np.full(uniforms.shape, self.a)


@dataclass(frozen=True)
class Demand:
    """People of one source on one journey.

    The rate is linear between its points and zero before the first and after the last.

    Args:
        source: name of the source zone.
        journey: name of the journey.
        times: (k,) increasing times of the points [s since the start], k = 0 or k >= 2.
        rates: (k,) rates [1/s].
        burst: people present at one time, or None; a demand has one of points, burst, moments and alighting.
        moments: (n,) times at which one person each comes, in order [s since the start]: a count at a turnstile.
        profiles: pairs of profile name and share, kept in the order of names; the shares sum to 1.
        pre_movement: delay before setting off.
        name: name of the demand; by default source and journey. The chance of its people hangs on it.
        alighting: people who get off trains whose doors the source is, or None.
        group_size: how many of them belong together, as families do: they come at once, set off together and keep
            together; 1: each is alone.
        group: name of a group that all people of all demands of this name form, present from the same time on.

    Raises:
        ScenarioError: numbers not finite, negative, absurd or out of order; shares that do not sum to 1; groups of
            both kinds at once.
    """

    source: str
    journey: str
    times: tuple[float, ...] = ()
    rates: tuple[float, ...] = ()
    burst: Burst | None = None
    profiles: tuple[tuple[str, float], ...] = (("adult", 1.0),)
    pre_movement: PreMovement = field(default_factory=PreMovement)
    name: str = ""
    alighting: Alighting | None = None
    moments: tuple[float, ...] = ()
    group_size: int = 1
    group: str = ""

    def __post_init__(self) -> None:
        if not self.name:
            object.__setattr__(self, "name", f"{self.source}:{self.journey}")
        object.__setattr__(self, "profiles", tuple(sorted(self.profiles)))
        kinds = [bool(self.times), self.burst is not None, self.alighting is not None, bool(self.moments)]
        if kinds.count(True) != 1:
            raise ScenarioError(
                told(
                    "demand {name!r} needs either a rate in time, or a number of people at a time, or moments, "
                    "or trains",
                    name=self.name,
                )
            )
        self._check_moments()
        self._check_alighting()
        self._check_points()
        self._check_shares()
        self._check_groups()
        if self.burst is not None and not (math.isfinite(self.burst.time) and self.burst.people >= 0):
            raise ScenarioError(
                told(
                    "demand {name!r} has {burst!r}; time must be finite and people 0 or more",
                    name=self.name,
                    burst=self.burst,
                )
            )

    @classmethod
    def steady(cls, source: str, journey: str, *, rate: float, duration: float, name: str = "") -> Demand:
        """Return adults arriving at one rate [1/s] from the start for a duration [s]."""
        return cls(source, journey, times=(0.0, duration), rates=(rate, rate), name=name)

    @classmethod
    def present(cls, source: str, journey: str, *, people: int, time: float = 0.0, name: str = "") -> Demand:
        """Return a number of adults who are in the source zone at a time [s since the start]."""
        return cls(source, journey, burst=Burst(time, people), name=name)

    @property
    def key(self) -> int:
        """Key of the demand for keyed draws, a function of its name alone."""
        return draws.name_key(self.name)

    def expected(self, start: float, end: float) -> float:
        """Return the expected number of people from one time to another, the second not included.

        Args:
            start, end: times [s since the start].
        """
        if self.burst is not None:
            return float(self.burst.people) if start <= self.burst.time < end else 0.0
        if self.moments:
            return float(np.subtract(*np.searchsorted(self.moments, (end, start))))
        if self.alighting is not None:
            emptied = [_trains_emptied(self.alighting, time) for time in (start, end)]
            return self.alighting.people * (emptied[1] - emptied[0])
        between = _cumulative(np.array([start, end]), times=np.array(self.times), rates=np.array(self.rates))
        return float(between[1] - between[0])

    def _check_points(self) -> None:
        """Raise unless the points are finite, increasing in time and in the range of rates."""
        if len(self.times) != len(self.rates) or len(self.times) == 1:
            raise ScenarioError(
                told(
                    "demand {name!r} has {times} times, {rates} rates; give 2 or more",
                    name=self.name,
                    times=len(self.times),
                    rates=len(self.rates),
                )
            )
        for before, after in zip(self.times, self.times[1:], strict=False):
            if not before < after < math.inf:
                raise ScenarioError(
                    told(
                        "demand {name!r} has time {after!r} s after {before!r} s; times must increase",
                        name=self.name,
                        after=after,
                        before=before,
                    )
                )
        for time, rate in zip(self.times, self.rates, strict=True):
            if not 0.0 <= rate <= LARGEST_RATE * (1.0 + 1e-12):
                raise ScenarioError(
                    told(
                        "demand {name!r} has rate {rate!r} /s at {time:g} s; at most {most:.0f}",
                        name=self.name,
                        rate=rate,
                        time=time,
                        most=LARGEST_RATE,
                    )
                )

    def _check_moments(self) -> None:
        """Raise unless moments are finite, not before the start and in order."""
        for before, moment in zip((0.0, *self.moments), self.moments, strict=False):
            if not (math.isfinite(moment) and moment >= before):
                raise ScenarioError(
                    told(
                        "demand {name!r} has moment {moment!r} s after {before:g} s; "
                        "moments must be finite, not before the start, and in order",
                        name=self.name,
                        moment=moment,
                        before=before,
                    )
                )

    def _check_alighting(self) -> None:
        """Raise unless people get off within the dwell of a train."""
        if self.alighting is None:
            return
        trains, people, spread = self.alighting
        if people < 1:
            raise ScenarioError(
                told(
                    "demand {name!r} has {people!r} people off each train; it must be 1 or more",
                    name=self.name,
                    people=people,
                )
            )
        if not 0.0 <= spread <= trains.dwell:
            raise ScenarioError(
                told(
                    "demand {name!r} lets people off for {spread:g} s; "
                    "it must be at most the dwell of trains {trains!r}, {dwell:g} s",
                    name=self.name,
                    spread=spread,
                    trains=trains.name,
                    dwell=trains.dwell,
                )
            )

    def _check_groups(self) -> None:
        """Raise unless the people are in groups of one kind only."""
        if not 1 <= self.group_size <= LARGEST_GROUP:
            raise ScenarioError(
                told(
                    "demand {name!r} has group_size {size!r}; it must be from 1 to {most}",
                    name=self.name,
                    size=self.group_size,
                    most=LARGEST_GROUP,
                )
            )
        if self.group and (self.burst is None or self.group_size > 1):
            raise ScenarioError(
                told(
                    "demand {name!r} is part of group {group!r}; "
                    "only people present at a time can be, and without 'group_size'",
                    name=self.name,
                    group=self.group,
                )
            )

    def _check_shares(self) -> None:
        """Raise unless the profiles' shares are positive and sum to 1."""
        shares = [share for _, share in self.profiles]
        if not shares or not all(0.0 < share <= 1.0 for share in shares) or abs(sum(shares) - 1.0) > 1e-6:
            raise ScenarioError(
                told(
                    "demand {name!r} has profile shares {shares!r}; they must be positive and sum to 1",
                    name=self.name,
                    shares=shares,
                )
            )


def arrival_times(demand: Demand, *, seed: int, duration: float) -> Array:
    """Draw the times at which the people of a demand arrive: an inhomogeneous Poisson process.

    The k-th arrival is where the cumulative rate L(t) reaches the sum of k unit exponentials, each keyed by
    (seed, demand, arrival number): a longer run has the same first arrivals, another demand changes nothing.
    A burst arrives whole, at its time; people with moments at theirs, whatever the seed. Off every train
    come exactly its people, at times drawn evenly over the time it takes to get off, each keyed by (seed, demand,
    number); of a train at the end of the run, those until the end.

    Args:
        demand: who comes.
        seed: seed of the run.
        duration: end of the run [s]; arrivals from 0 to it.

    Returns:
        (n,) increasing arrival times [s since the start].

    References:
        Cinlar 1975, Introduction to Stochastic Processes, sect. 4.7 (time change of a Poisson process).
    """
    if demand.burst is not None:
        inside = 0.0 <= demand.burst.time < duration
        return np.full(demand.burst.people if inside else 0, demand.burst.time)
    if demand.moments:
        moments = np.array(demand.moments)
        return moments[moments < duration]
    if demand.alighting is not None:
        return _times_off_trains(demand.alighting, seed=seed, key=demand.key, duration=duration)
    times, rates = np.array(demand.times), np.array(demand.rates)
    before, upto = _cumulative(np.array([0.0, duration]), times=times, rates=rates)
    count = int(upto - before + 10.0 * math.sqrt(upto - before)) + 20
    sums = before + _exponential_sums(seed, demand.key, count=count)
    while sums[-1] < upto:
        count *= 2
        sums = before + _exponential_sums(seed, demand.key, count=count)
    arrivals = np.maximum(_inverse_cumulative(sums[sums < upto], times=times, rates=rates), 0.0)
    return arrivals[arrivals < duration]


def _times_off_trains(alighting: Alighting, *, seed: int, key: int, duration: float) -> Array:
    """Return (n,) increasing times [s] at which people get off trains, before the end of the run [s]."""
    openings = alighting.trains.openings(duration)
    keys = draws.person_keys(key, np.arange(openings.size * alighting.people))
    shares = draws.uniforms(seed, keys, draws.ARRIVAL, 0).reshape(openings.size, alighting.people)
    times = np.sort(openings[:, None] + alighting.spread * shares, axis=1).ravel()
    return times[times < duration]


def _trains_emptied(alighting: Alighting, time: float) -> float:
    """Return how many trains people have got off before a time [s], parts of a train too."""
    since = time - alighting.trains.openings(time)
    return float(np.minimum(since / alighting.spread, 1.0).sum()) if alighting.spread > 0.0 else float(since.size)


def _exponential_sums(seed: int, key: int, *, count: int) -> Array:
    """Return (count,) partial sums of keyed unit exponentials."""
    keys = draws.person_keys(key, np.arange(count))
    return np.cumsum(-np.log(draws.uniforms(seed, keys, draws.ARRIVAL, 0)))


def _knot_sums(times: Array, *, rates: Array) -> Array:
    """Return (k,) integrals of a piecewise linear rate from its first point to each point [1]."""
    return np.concatenate([[0.0], np.cumsum(0.5 * (rates[1:] + rates[:-1]) * np.diff(times))])


def _cumulative(moments: Array, *, times: Array, rates: Array) -> Array:
    """Return (m,) integrals of a piecewise linear rate, zero outside its points, up to each moment [1]."""
    inside = np.clip(moments, times[0], times[-1])
    left = np.clip(np.searchsorted(times, inside, side="right") - 1, 0, times.size - 2)
    since = inside - times[left]
    slope = (np.diff(rates) / np.diff(times))[left]
    return _knot_sums(times, rates=rates)[left] + since * (rates[left] + 0.5 * slope * since)


def _inverse_cumulative(sums: Array, *, times: Array, rates: Array) -> Array:
    """Return (n,) times [s] at which the integral of a piecewise linear rate reaches each sum.

    Within a segment of rate r and slope a: t = t_k + 2 c / (r + sqrt(r^2 + 2 a c)), c the rest of the sum.
    """
    if not sums.size:
        return np.empty(0)
    knots = _knot_sums(times, rates=rates)
    left = np.clip(np.searchsorted(knots, sums, side="left") - 1, 0, times.size - 2)
    rest, rate = sums - knots[left], rates[left]
    slope = (np.diff(rates) / np.diff(times))[left]
    since = 2.0 * rest / (rate + np.sqrt(np.maximum(rate * rate + 2.0 * slope * rest, 0.0)))
    return np.minimum(times[left] + since, times[left + 1])
