"""Whether a packed crowd sways round: a warning sign before a crush (Gu et al., Nature 638 (2025) 112-119).

Dense crowds in confinement can turn into chiral oscillators: hundreds of people are carried round in slow orbits that
nobody wants. Such motion is a peak of the two-sided spectrum of v_x + i v_y, at a positive frequency if it goes round
counter-clockwise, at a negative one if clockwise. A push that runs to and fro has both. Not here: the mean velocity of
the packed people itself (`crowd.recording.observed_areas`).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.ndimage import binary_closing, label
from scipy.signal import welch
from scipy.stats import chi2, theilslopes

from crowd.risk.tables import Series, coordinates, numbers, sample_time

FEWEST = 20
"""Packed people whose mean velocity is that of a crowd, not of persons, assumed."""

SHORTEST = 120.0
"""How long they must be packed for a spectrum to tell anything [s], assumed."""

SEGMENT = 256.0
"""Longest stretch of one spectrum; a longer time gives the mean of several [s], assumed."""

LEAST_TURNS = 3
"""Turns within one stretch: fewer cannot be told from a drift, assumed."""

FASTEST = 0.2
"""Highest frequency looked at [Hz], assumed: about four times what was seen at 9 /m2 (18 s a turn)."""

LEAST_RADIUS = 0.1
"""Radius of an orbit below which people shift from foot to foot [m], assumed."""

FALSE_ALARM = 1e-4
"""Chance of a peak as high as that in noise alone, over all frequencies together, assumed."""

CHIRAL = 0.5
"""Chirality from which on a motion goes round, assumed."""

HOLE = 5
"""So many samples without packed people are filled from both sides; more end a stretch, assumed."""

COLUMNS = ("dense_people", "dense_vx", "dense_vy")


@dataclass(frozen=True)
class Oscillation:
    """A packed crowd that goes round.

    Args:
        start, end: the time that was looked at [s].
        frequency: turns per second, positive counter-clockwise [Hz].
        radius: of the mean orbit [m].
        ratio: how far the peak stands above the noise at its frequency (1: not at all).
        chirality: power one way round minus the other way, over both; 1 for an orbit, 0 for to and fro.
    """

    start: float
    end: float
    frequency: float
    radius: float
    ratio: float
    chirality: float

    @property
    def period(self) -> float:
        """Time of a turn [s]."""
        return 1.0 / abs(self.frequency)

    @property
    def sense(self) -> int:
        """1 counter-clockwise as seen on the plan, -1 clockwise, 0 to and fro."""
        return int(np.sign(self.frequency)) if self.chirality >= CHIRAL else 0


def assess_oscillation(table: pd.DataFrame) -> Oscillation | None:
    """The clearest orbital motion of a zone's packed people, None if there is none or it cannot be told.

    Args:
        table: rows of one zone of the table `zones/` with `COLUMNS`, sorted by time.
    """
    times, people = table["time"].to_numpy(dtype=float), numbers(table, "dense_people")
    velocity = coordinates(table, "dense_vx") + 1j * coordinates(table, "dense_vy")
    packed = (people >= FEWEST) & np.isfinite(velocity)
    if not packed.any():
        return None
    times, velocity, step = times[packed], velocity[packed], sample_time(times)
    found = [find_oscillation(part, step=step, start=start) for start, part in _stretches(times, velocity, step)]
    return max((one for one in found if one is not None), key=lambda one: one.ratio, default=None)


def find_oscillation(velocity: NDArray[np.complex128], *, step: float, start: float = 0.0) -> Oscillation | None:
    """The peak of the spectrum of v_x + i v_y, if it stands clear of the noise.

    Noise is a power law of the frequency fitted to the whole band (Theil-Sen, so that a peak does not lift it): the
    motion of a crowd has most of its power where it is slow. The spectrum is Welch's, with its chi-squared scatter.

    Args:
        velocity: (k,) mean velocity of the packed people [m/s], no gaps.
        step: between the samples [s]. start: of the first sample [s].

    Returns:
        The orbit; None if the time is too short, or the peak noise, or the orbit small.
    """
    length = min(len(velocity), round(SEGMENT / step))
    if len(velocity) * step < SHORTEST:
        return None
    f, power = welch(velocity, fs=1.0 / step, nperseg=length, return_onesided=False, detrend="linear")
    band = (np.abs(f) >= LEAST_TURNS / (length * step)) & (np.abs(f) <= FASTEST)
    f, power = f[band], power[band]
    if not power.all():  # a crowd that does not move at all
        return None
    noise, freedom = _noise(f, power, pieces=2 * (len(velocity) // length) - 1)
    ratio = power / noise
    k = int(np.argmax(ratio))
    frequency, own = _peak(f, power - noise, k, width=1.0 / (length * step))
    radius = np.sqrt(max(own, 0.0)) / (2.0 * np.pi * abs(frequency))
    limit = chi2.isf(FALSE_ALARM / len(f), freedom) / freedom
    if ratio[k] <= limit or radius < LEAST_RADIUS:
        return None
    mirrored = float(power[np.argmin(np.abs(f + f[k]))])
    return Oscillation(
        start=float(start),
        end=float(start + step * (len(velocity) - 1)),
        frequency=frequency,
        radius=float(radius),
        ratio=float(ratio[k]),
        chirality=float((power[k] - mirrored) / (power[k] + mirrored)),
    )


def _noise(f: Series, power: Series, *, pieces: int) -> tuple[Series, float]:
    """Mean power of the noise at each frequency, and the degrees of freedom of the spectrum (Welch 1967, Hann)."""
    freedom = 36.0 * pieces**2 / (19.0 * pieces - 1.0)
    slope, intercept, _, _ = theilslopes(np.log(power), np.log(np.abs(f)))
    median = np.exp(intercept) * np.abs(f) ** slope
    return median * freedom / chi2.median(freedom), freedom


def _peak(f: Series, excess: Series, k: int, *, width: float) -> tuple[float, float]:
    """Frequency of a peak as the mean over its bins (those of a Hann window), and its power [m2/s2]."""
    near = np.abs(f - f[k]) < 2.5 * width
    weight = np.maximum(excess[near], 0.0)
    return float((f[near] * weight).sum() / weight.sum()), float(weight.sum() * width)


def _stretches(
    times: Series, velocity: NDArray[np.complex128], step: float
) -> list[tuple[float, NDArray[np.complex128]]]:
    """Start [s] and evenly spaced velocities of each time in which people were packed without a break."""
    at = np.round((times - times[0]) / step).astype(int)
    known = np.zeros(at[-1] + 1, dtype=bool)
    known[at] = True
    whole, count = label(known | binary_closing(known, np.ones(HOLE + 1)))
    filled = np.interp(np.arange(len(known)), at, velocity)
    parts = [np.flatnonzero(whole == k) for k in range(1, count + 1)]
    return [(float(times[0] + step * part[0]), filled[part]) for part in parts]
