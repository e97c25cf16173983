"""Paired differences: the quantities that are compared, the interval of a mean difference, the words about it.

The interval is Student's t on the differences seed by seed. Between scenarios that do not differ the differences are
symmetric, and there t covers what it promises even for few seeds, which a bootstrap of so few does not: of 5 normal
differences around zero t excludes zero in 5 of 100 repetitions, BCa in 16 (measured). Below `FEWEST_SEEDS` there is no
interval. Not here: runs (`crowd.ensemble`), the comparison as a whole (`crowd.compare`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from scipy import stats

from crowd.quantities import QUANTITIES
from crowd.sentences import say, sentences

FEWEST_SEEDS = 5
CONFIDENCE = 0.95

Verdict = Literal["helps", "harms", "unclear", "same", "unknown"]
"""The interval is on the good or bad side of zero; it holds zero or there is none; all equal; no pair is known."""


@dataclass(frozen=True)
class Outcome:
    """One number of a run that is compared.

    Args:
        name: in JSON; its label and unit by language are sentences of the section "outcomes".
        quantity: row of `crowd.quantities.QUANTITIES` with its digits.
        less_is_better: which way is good.
        read: from a run's summary and the key of the highest alert level to the number; None if not known.
    """

    name: str
    quantity: str
    less_is_better: bool
    read: Callable[[Mapping[str, Any], str], float | None]

    def label(self, lang: str = "en") -> str:
        """What it is called."""
        return str(sentences(lang)["outcomes"][self.name]["label"])

    def unit(self, lang: str = "en") -> str:
        """Its unit as shown."""
        return str(sentences(lang)["outcomes"][self.name]["unit"])

    def shown(self, value: float | None, lang: str = "en", *, signed: bool = False) -> str:
        """A value with the digits of its quantity, without unit; a small difference (signed) with at least one."""
        if value is None:
            return say(lang, "differences", "not_known")
        digits = max(QUANTITIES[self.quantity].decimals, int(signed and 0.0 < abs(value) < 10.0))
        text = f"{value:{'+' if signed else ''},.{digits}f}"
        return text if any(c in "123456789" for c in text) else text.lstrip("+-")


def _time_to_highest(summary: Mapping[str, Any], key: str) -> float | None:
    if summary["verdict"] == "unknown":
        return None
    return float(summary["first_time_of_level"].get(key, summary["simulated_seconds"]))


OUTCOMES = (
    Outcome("peak_density", "level_density", True, lambda s, key: s["peak_density"]),
    Outcome("exposure_above_5", "exposure", True, lambda s, key: s["exposure_person_seconds"]["5"]),
    Outcome("time_to_highest_level", "duration", False, _time_to_highest),
    Outcome("peak_contact_force_10s", "contact_force_10s", True, lambda s, key: s["peak_contact_force_10s"]),
    Outcome("people_waiting_outside", "waiting", True, lambda s, key: s["people_waiting_outside"]),
    Outcome("mean_delay", "delay", True, lambda s, key: s["mean_delay"]),
    Outcome("people_left", "people", False, lambda s, key: s["people_left"]),
)
"""What is compared, in the order it is shown. A level that was not reached counts as reached at the end."""


@dataclass(frozen=True)
class Difference:
    """One quantity of one scenario minus that of the first, over seeds.

    Args:
        outcome: the quantity.
        scenario: label of the scenario that is held against the first.
        by_seed: difference for each seed; None where one of the two is not known.
        mean: over the known pairs; None if there is none.
        low, high: interval of the mean; None below `FEWEST_SEEDS` pairs.
    """

    outcome: Outcome
    scenario: str
    by_seed: tuple[float | None, ...]
    mean: float | None
    low: float | None
    high: float | None

    @property
    def known(self) -> tuple[float, ...]:
        """Differences of the pairs that are known."""
        return tuple(value for value in self.by_seed if value is not None)

    @property
    def lower(self) -> int:
        """Seeds in which the scenario has less."""
        return sum(value < 0.0 for value in self.known)

    @property
    def higher(self) -> int:
        """Seeds in which the scenario has more."""
        return sum(value > 0.0 for value in self.known)

    @property
    def verdict(self) -> Verdict:
        """What may be said of it."""
        if not self.known:
            return "unknown"
        if not any(self.known):
            return "same"
        if self.low is None or self.high is None or self.low <= 0.0 <= self.high:
            return "unclear"
        return "helps" if (self.high < 0.0) == self.outcome.less_is_better else "harms"

    def interval(self, lang: str = "en") -> str:
        """The interval as shown."""
        if self.low is None or self.high is None:
            return say(lang, "differences", "no_interval")
        low, high = (self.outcome.shown(value, lang, signed=True) for value in (self.low, self.high))
        return say(lang, "differences", "interval", low=low, high=high)

    def seeds(self, lang: str = "en") -> str:
        """In how many seeds it went the way of the mean."""
        pairs = len(self.known)
        if self.mean is None:
            return say(lang, "differences", "no_interval")
        equal = pairs - self.lower - self.higher
        key, count = ("equal_in", equal) if self.mean == 0.0 else (f"{self._way}_in", getattr(self, self._way))
        return say(lang, "differences", key, count=count, pairs=pairs)

    def verdict_said(self, lang: str = "en") -> str:
        """The verdict in a word or two."""
        return say(lang, "differences", self.verdict)

    def sentence(self, first: str, lang: str = "en", *, called: str | None = None) -> str:
        """What differs, by how much, how sure.

        Args:
            first: what the first scenario is called.
            lang: "en" or "ko".
            called: what this scenario is called; None: its label.
        """
        pairs = len(self.known)
        lost = len(self.by_seed) - pairs
        key = {"unknown": "all_unknown", "same": "all_same", "unclear": f"unclear_{self._way}"}.get(
            self.verdict, self._way
        )
        return say(
            lang, "differences", f"few_{self._way}" if pairs and self.low is None and any(self.known) else key,
            scenario=called or self.scenario, first=first, name=self.outcome.label(lang), unit=self.outcome.unit(lang),
            size=self._size(lang), interval=self.interval(lang), seeds=self.seeds(lang), pairs=pairs,
            lost=say(lang, "differences", "lost", count=lost) if lost else "", fewest=FEWEST_SEEDS,
            verdict=self.verdict_said(lang),
        )  # fmt: skip

    @property
    def _way(self) -> Literal["lower", "higher"]:
        return "lower" if self.mean is not None and self.mean < 0.0 else "higher"

    def _size(self, lang: str) -> str:
        """How large the mean difference is, as shown."""
        text = self.outcome.shown(abs(self.mean or 0.0), lang, signed=True).lstrip("+")
        least = 0.1 ** max(1, QUANTITIES[self.outcome.quantity].decimals)
        return text if float(text.replace(",", "")) else say(lang, "differences", "less_than", value=f"{least:g}")


def compute_difference(
    outcome: Outcome, scenario: str, values: Sequence[float | None], first: Sequence[float | None]
) -> Difference:
    """The paired difference of a quantity between a scenario and the first, seed by seed.

    Args:
        outcome: the quantity.
        scenario: label of the scenario.
        values, first: its values and those of the first, for the same seeds; None where not known.
    """
    pairs = zip(values, first, strict=True)
    by_seed = tuple(None if a is None or b is None else float(a) - float(b) for a, b in pairs)
    known = np.array([value for value in by_seed if value is not None])
    low, high = mean_interval(known)
    return Difference(outcome, scenario, by_seed, float(known.mean()) if len(known) else None, low, high)


def mean_interval(differences: np.ndarray) -> tuple[float, float] | tuple[None, None]:
    """Student's t interval of a mean; None below `FEWEST_SEEDS`; a point where all are equal.

    Args:
        differences: (k,) one for each pair.

    References:
        Student 1908.
    """
    if len(differences) < FEWEST_SEEDS:
        return None, None
    if np.ptp(differences) == 0.0:
        return float(differences[0]), float(differences[0])
    interval = stats.ttest_1samp(differences, 0.0).confidence_interval(CONFIDENCE)
    return float(interval.low), float(interval.high)
