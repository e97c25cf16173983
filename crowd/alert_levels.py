"""Density alert levels: which city calls what density by which name, and how a level comes and goes in time.

Presets are data (`crowd/data/alert_presets.toml`), always overridable per place. A preset whose numbers were
never published cannot be used until someone gives the numbers. Not here: colours (`viz.palette`), and what a
zone went through (`crowd.risk`).
"""

from __future__ import annotations

import math
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from importlib import resources
from itertools import pairwise

import numpy as np
from numpy.typing import ArrayLike, NDArray

from crowd.errors import ScenarioError, no_such, shown
from venues.refusals import told
from venues.sentences import LANGUAGES

DEFAULT_PRESET = "seoul"
HOLD_TIME = 60.0
"""A level falls when the density has stayed below it for this long [s]; it rises at once."""

LARGEST_GAP = 5.0
"""Samples further apart are a gap, and a gap is not time below a level [s], assumed."""


@dataclass(frozen=True)
class AlertLevel:
    """One level: reached when the level density is at or above `threshold`.

    Args:
        key: name in tables and JSON, like "serious".
        threshold: density [1/m2]; None if it was never published.
        labels: name by language.
        actions: what the authority then does, by language; empty if that was not published.
    """

    key: str
    threshold: float | None
    labels: Mapping[str, str]
    actions: Mapping[str, str]


@dataclass(frozen=True)
class Preset:
    """The levels of one authority, from the lowest to the highest.

    Args:
        name: name of the preset.
        labels: name by language.
        levels: from low to high.
        sources: where the numbers come from, by language.
        zones: thresholds that hold in one zone only: zone -> level key -> density [1/m2].
        overridden: whether a number differs from the published preset.
    """

    name: str
    labels: Mapping[str, str]
    levels: tuple[AlertLevel, ...]
    sources: Mapping[str, str]
    zones: Mapping[str, Mapping[str, float]]
    overridden: bool = False

    @property
    def keys(self) -> tuple[str, ...]:
        """Keys of the levels, from low to high."""
        return tuple(level.key for level in self.levels)

    def thresholds(self, zone: str | None = None) -> tuple[float, ...]:
        """Densities of the levels from low to high, as they hold in `zone` [1/m2]."""
        own = self.zones.get(zone, {}) if zone is not None else {}
        return tuple(own.get(level.key, level.threshold or math.inf) for level in self.levels)

    @property
    def zones_apart(self) -> tuple[str, ...]:
        """Zones in which a level has a density of its own."""
        return tuple(zone for zone in self.zones if self.thresholds(zone) != self.thresholds())

    def label(self, index: int, lang: str) -> str:
        """Name of level number `index` (1 is the lowest); empty for 0."""
        return self.levels[index - 1].labels[lang] if index else ""


Overrides = Mapping[str, float | Mapping[str, float]]


def preset_names() -> tuple[str, ...]:
    """Names of the shipped presets."""
    return tuple(_table())


def load_preset(name: str = DEFAULT_PRESET, overrides: Overrides | None = None) -> Preset:
    """A shipped preset, with the thresholds of this place.

    Args:
        name: name of a shipped preset.
        overrides: level key -> density [1/m2] for everywhere, or zone name -> (level key -> density).

    Raises:
        ScenarioError: unknown preset or level, thresholds that do not rise, or thresholds nobody published.
    """
    if name not in _table():
        unknown = no_such("alert preset", name, _table())
        raise ScenarioError(told("{unknown}: edit 'alert_preset'", unknown=unknown))
    preset = _table()[name]
    everywhere = {key: value for key, value in (overrides or {}).items() if not isinstance(value, Mapping)}
    zones = {key: dict(value) for key, value in (overrides or {}).items() if isinstance(value, Mapping)}
    for given in (everywhere, *zones.values()):
        _check_keys(preset, given)
    levels = tuple(replace(level, threshold=everywhere.get(level.key, level.threshold)) for level in preset.levels)
    changed = replace(preset, levels=levels, zones=zones, overridden=bool(overrides))
    for zone in (None, *zones):
        _check_thresholds(changed, zone)
    return changed


def alert_levels(times: ArrayLike, density: ArrayLike, thresholds: Sequence[float]) -> NDArray[np.int8]:
    """The level at each sample: it rises at once, and falls after `HOLD_TIME` below.

    A sample without a number (nan), and a gap between samples, is not time below: the level stays.

    Args:
        times: (k,) increasing [s].
        density: (k,) level density; nan where it is unknown [1/m2].
        thresholds: (m,) rising; a level is reached at or above its threshold [1/m2].

    Returns:
        (k,) 0 for no level, 1 for the lowest, up to m.
    """
    when, values = np.asarray(times, dtype=float), np.asarray(density, dtype=float)
    states = np.zeros((len(thresholds), len(when)), dtype=bool)
    for row, threshold in enumerate(thresholds):
        states[row] = _held(when, values, threshold)
    return states.sum(axis=0).astype(np.int8)


def _held(times: NDArray[np.float64], density: NDArray[np.float64], threshold: float) -> NDArray[np.bool_]:
    """Whether one level holds, sample by sample; shapes as in `alert_levels`."""
    held = np.zeros(len(times), dtype=bool)
    active, below_since, before = False, math.inf, -math.inf
    for k, (time, value) in enumerate(zip(times.tolist(), density.tolist(), strict=True)):
        if value >= threshold:
            active, below_since = True, math.inf
        elif math.isnan(value) or time - before > LARGEST_GAP:
            below_since = math.inf if math.isnan(value) else time
        else:
            below_since = min(below_since, time)
            active = active and time - below_since < HOLD_TIME
        held[k], before = active, time
    return held


def periods(times: ArrayLike, states: ArrayLike) -> list[tuple[int, float, float]]:
    """Stretches of one level: (level, from, to) [s], in order, without those of level 0.

    A stretch ends where the next one begins; the last one ends at the last sample.
    """
    when, level = np.asarray(times, dtype=float), np.asarray(states)
    if not len(when):
        return []
    edges = [0, *(np.flatnonzero(np.diff(level)) + 1).tolist(), len(when) - 1]
    pairs = pairwise(edges)
    return [(int(level[a]), float(when[a]), float(when[b])) for a, b in pairs if level[a]]


@cache
def _table() -> dict[str, Preset]:
    text = resources.files("crowd").joinpath("data", "alert_presets.toml").read_text(encoding="utf-8")
    return {entry["name"]: _preset(entry) for entry in tomllib.loads(text)["presets"]}


def _preset(entry: dict) -> Preset:
    levels = tuple(
        AlertLevel(
            level["key"],
            level.get("threshold"),
            labels={lang: level[lang] for lang in LANGUAGES},
            actions={lang: level["action"][lang] for lang in LANGUAGES if "action" in level},
        )
        for level in entry["levels"]
    )
    labels, sources = (
        {"en": entry["en"], "ko": entry["ko"]},
        {"en": entry["source"], "ko": entry["source_ko"]},
    )
    return Preset(entry["name"], labels, levels, sources, {})


def _check_keys(preset: Preset, given: Mapping[str, object]) -> None:
    for key, value in given.items():
        if key not in preset.keys:
            unknown = no_such("alert level", key, preset.keys)
            raise ScenarioError(
                told("{unknown} in preset {preset}: edit 'alert_preset'", unknown=unknown, preset=shown(preset.name))
            )
        if not isinstance(value, int | float) or not 0.0 < value < 20.0:
            raise ScenarioError(
                told(
                    "threshold {value} of alert level {level} must be a density between 0 and 20 /m2",
                    value=shown(value),
                    level=shown(key),
                )
            )


def _check_thresholds(preset: Preset, zone: str | None) -> None:
    own = preset.zones.get(zone, {}) if zone is not None else {}
    missing = [level.key for level in preset.levels if own.get(level.key, level.threshold) is None]
    if missing and zone is None:
        names = ", ".join(map(repr, missing))
        raise ScenarioError(
            told(
                "alert preset {preset} has no published density for {names}: give one for each in the overrides",
                preset=shown(preset.name),
                names=names,
            )
        )
    values = preset.thresholds(zone)
    if any(low >= high for low, high in pairwise(values)):
        raise ScenarioError(
            told(
                "alert thresholds {values} of preset {preset}{where} must rise",
                values=values,
                preset=shown(preset.name),
                where=told(" in zone {zone}", zone=shown(zone)) if zone is not None else "",
            )
        )
