"""Random numbers without a state: each draw is a function of (seed, person key, purpose, tick).

A person's traits and noise therefore depend on nobody else: closing a gate somewhere leaves the chance of
everyone else unchanged, and any number of threads draws the same numbers.

References: Salmon et al. 2011, "Parallel random numbers: as easy as 1, 2, 3" (counter-based generators);
Steele, Lea & Flood 2014, "Fast splittable pseudorandom number generators" (the SplitMix64 mixing function).
"""

import math

import numba as nb
import numpy as np

# What a draw is for. Two draws of one person in one tick need two purposes. 12 was used once.
ARRIVAL = 1
PROFILE = 2
SPEED = 3
RADIUS = 4
MASS = 5
PRE_MOVEMENT = 6
COMPLIANCE = 7
PLACE_X = 8
PLACE_Y = 9
HEADING_NOISE = 10
SPOT_X = 11
DOOR = 13
PRESSES = 14
EXIT_TASTE = 15
FAMILIAR = 16
INFORMED = 17
GROUP_PLACE = 18
HEADWAY = 19

_GOLDEN = np.uint64(0x9E3779B97F4A7C15)
_MIX_A = np.uint64(0xBF58476D1CE4E5B9)
_MIX_B = np.uint64(0x94D049BB133111EB)
_S30 = np.uint64(30)
_S27 = np.uint64(27)
_S31 = np.uint64(31)
_S11 = np.uint64(11)
_TWO_POW_53 = 9007199254740992.0


@nb.njit(cache=True, inline="always")
def _mix(z: np.uint64) -> np.uint64:
    """SplitMix64's finaliser: a bijection of 64-bit integers that spreads every input bit."""
    z = (z ^ (z >> _S30)) * _MIX_A
    z = (z ^ (z >> _S27)) * _MIX_B
    return z ^ (z >> _S31)


@nb.njit(cache=True)
def uniform(seed: int, key: int | np.uint64, purpose: int, tick: int | np.uint64) -> float:
    """One uniform number in the open interval (0, 1).

    Args:
        seed: seed of the run.
        key: uint64 person key.
        purpose: one of this module's constants.
        tick: index of the tick or of the trial.
    """
    z = _mix(np.uint64(seed) + _GOLDEN)
    z = _mix(z ^ np.uint64(key))
    z = _mix(z + np.uint64(purpose) * _GOLDEN)
    z = _mix(z ^ np.uint64(tick))
    return (np.float64(z >> _S11) + 0.5) / _TWO_POW_53


@nb.njit(cache=True)
def normal(seed: int, key: int | np.uint64, purpose: int, tick: int) -> float:
    """One standard normal number (Box & Muller 1958)."""
    u = uniform(seed, key, purpose, tick)
    # The second uniform lives on the ticks counted from 2^63, which no run reaches.
    w = uniform(seed, key, purpose, np.uint64(tick) + np.uint64(0x8000000000000000))
    return math.sqrt(-2.0 * math.log(u)) * math.cos(2.0 * math.pi * w)


@nb.njit(cache=True)
def uniforms(seed: int, keys: np.ndarray, purpose: int, tick: int) -> np.ndarray:
    """Uniform numbers in (0, 1), one for each key: (n,) uint64 -> (n,) float64."""
    out = np.empty(keys.size)
    for i in range(keys.size):
        out[i] = uniform(seed, keys[i], purpose, tick)
    return out


@nb.njit(cache=True, parallel=True)
def sway(
    noise: np.ndarray, rows: np.ndarray, memory: float, spread: float, seed: int, keys: np.ndarray, tick: int
) -> None:  # fmt: skip
    """One tick of a process with a memory for some people: noise <- memory noise + spread N(0, 1).

    Args:
        noise: (p,) of everyone, updated at `rows` (n,). keys: (p,) uint64. tick: its index.
    """
    for i in nb.prange(rows.size):
        row = rows[i]
        noise[row] = memory * noise[row] + spread * normal(seed, keys[row], HEADING_NOISE, tick)


@nb.njit(cache=True)
def series(seed: int, key: int | np.uint64, purpose: int, first: int, count: int) -> np.ndarray:
    """Uniform numbers of one key at the ticks first, first + 1, ...: (count,) float64."""
    out = np.empty(count)
    for i in range(count):
        out[i] = uniform(seed, key, purpose, first + i)
    return out


def name_key(text: str) -> int:
    """A 64-bit key of a name that is the same on every machine (FNV-1a over UTF-8)."""
    value = 0xCBF29CE484222325
    for byte in text.encode():
        value = ((value ^ byte) * 0x100000001B3) & 0xFFFFFFFFFFFFFFFF
    return value


def person_keys(source_key: int, numbers: np.ndarray) -> np.ndarray:
    """Keys of people: the source they come from and their number there, (n,) int -> (n,) uint64."""
    return np.uint64(source_key) + (numbers.astype(np.uint64) + np.uint64(1)) * _GOLDEN
