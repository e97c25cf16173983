"""Scenarios against each other on the same seeds: what helps, by how much, how sure.

Holds: the comparison of two or more scenarios, the first of which is what the others are held against. Not here: the
runs (`crowd.ensemble`), quantities and intervals (`crowd.differences`), picture and page (`viz.comparison`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from crowd.alert_levels import load_preset
from crowd.differences import CONFIDENCE, OUTCOMES, Difference, Outcome, compute_difference
from crowd.ensemble import SeedRun, run_ensemble
from crowd.errors import ScenarioError
from crowd.scenario import Scenario
from crowd.scenario.checks import check_seed

MOST_SEEDS = 1000


@dataclass(frozen=True)
class Comparison:
    """Scenarios on the same seeds.

    Args:
        scenarios: labels; the first is what the others are held against.
        seeds: of the runs.
        duration: simulated in each run [s].
        highest_level: name of the highest alert level, which all were judged by.
        runs: by scenario, then by seed.
        values: label -> name of the quantity -> its value for each seed, None where it is not known.
        differences: by quantity, then by scenario.
        notes: what else differs between the scenarios, and what limits the answer.
    """

    scenarios: tuple[str, ...]
    seeds: tuple[int, ...]
    duration: float
    highest_level: str
    runs: tuple[SeedRun, ...]
    values: Mapping[str, Mapping[str, tuple[float | None, ...]]]
    differences: tuple[Difference, ...]
    notes: tuple[str, ...]

    @property
    def failures(self) -> tuple[SeedRun, ...]:
        """Runs that failed; their seed is missing from every pair they belong to."""
        return tuple(run for run in self.runs if run.summary is None)

    @property
    def failure_texts(self) -> tuple[str, ...]:
        """One line for each run that failed."""
        return tuple(f"{self.scenarios[r.scenario]}, seed {r.seed}: failed: {r.failure}" for r in self.failures)

    @property
    def sentences(self) -> tuple[str, ...]:
        """What differs, by how much, how sure, one line for each difference."""
        return tuple(difference.sentence(self.scenarios[0]) for difference in self.differences)

    def mean(self, scenario: str, outcome: Outcome) -> float | None:
        """Mean of a quantity over the seeds in which it is known."""
        known = [value for value in self.values[scenario][outcome.name] if value is not None]
        return float(np.mean(known)) if known else None

    def difference(self, quantity: str, scenario: str | None = None) -> Difference:
        """The difference of a quantity; without a scenario that of the second."""
        wanted = (quantity, scenario or self.scenarios[1])
        return next(d for d in self.differences if (d.outcome.name, d.scenario) == wanted)

    def data(self) -> dict[str, Any]:
        """All of it as plain data, as `crowd compare --json` prints it."""
        return {
            "scenarios": list(self.scenarios),
            "seeds": list(self.seeds),
            "simulated_seconds": self.duration,
            "highest_level": self.highest_level,
            "confidence": CONFIDENCE,
            "quantities": [
                {"name": o.name, "label": o.label, "unit": o.unit, "better": "less" if o.less_is_better else "more"}
                for o in OUTCOMES
            ],
            "values": {label: {name: list(v) for name, v in own.items()} for label, own in self.values.items()},
            "differences": [_plain(d, self.scenarios[0]) for d in self.differences],
            "failures": [
                {"scenario": self.scenarios[r.scenario], "seed": r.seed, "reason": r.failure} for r in self.failures
            ],
            "notes": list(self.notes),
        }


def compare(
    *scenarios: Scenario | str | Path,
    seeds: int | Sequence[int] = 8,
    until: float | None = None,
    workers: int | None = None,
    begin: Callable[[], None] = lambda: None,
    done: Callable[[SeedRun], None] = lambda run: None,
) -> Comparison:
    """Run scenarios on the same seeds and compare them with the first.

    A script that calls this needs `if __name__ == "__main__":`, since the runs are processes of their own.

    Args:
        scenarios: two or more: scenarios, names of shipped ones, or files.
        seeds: how many, counted from the seed of the first scenario; or which.
        until: stop every run at this time [s]; None: at the earliest end of the scenarios.
        workers: runs at once; None: as many as there are processors.
        begin: called when the input has been checked and the runs are about to start.
        done: called with each run when it has ended.

    Raises:
        ScenarioError: fewer than two scenarios, no number of seeds, or input that cannot be run; nothing has run.
    """
    given = [s if isinstance(s, Scenario) else Scenario.read(s) for s in scenarios]
    chosen, end = of_same_length(given, until=until)
    used = chosen_seeds(seeds, first=chosen[0].seed)
    begin()
    runs = run_ensemble(chosen, used, workers=workers, done=done)
    return compare_runs(chosen, used, runs, notes=differing_notes(given, end))


def of_same_length(scenarios: Sequence[Scenario], *, until: float | None) -> tuple[list[Scenario], float]:
    """Cut scenarios off at one time and return it [s].

    Raises:
        ScenarioError: fewer than two scenarios, a time outside one of them, or an alert preset that cannot be used.
    """
    if len(scenarios) < 2:
        raise ScenarioError(f"{len(scenarios)} scenario cannot be compared; name two or more")
    load_preset(scenarios[0].alert_preset, scenarios[0].alert_levels)
    end = min(scenario.duration for scenario in scenarios) if until is None else until
    return [scenario.with_until(end) for scenario in scenarios], end


def chosen_seeds(seeds: int | Sequence[int], *, first: int) -> tuple[int, ...]:
    """The seeds of the runs: so many from `first` on, or those given.

    Raises:
        ScenarioError: none, too many, one twice, or one that is no seed.
    """
    count = seeds if isinstance(seeds, int) else len(seeds)
    if not 1 <= count <= MOST_SEEDS:
        raise ScenarioError(f"{count} seeds cannot be compared; their number must be from 1 to {MOST_SEEDS}")
    chosen = tuple(range(first, first + seeds)) if isinstance(seeds, int) else tuple(seeds)
    if len(set(chosen)) < len(chosen):
        twice = next(seed for seed, times in Counter(chosen).items() if times > 1)
        raise ScenarioError(f"seed {twice} is given twice; a seed counts once")
    for seed in chosen:
        check_seed(seed)
    return chosen


def compare_runs(
    scenarios: Sequence[Scenario], seeds: Sequence[int], runs: Sequence[SeedRun], *, notes: Sequence[str] = ()
) -> Comparison:
    """Compare runs that have been made, as `run_ensemble` returns them."""
    names = labels_of(scenarios)
    preset = load_preset(scenarios[0].alert_preset, scenarios[0].alert_levels)
    values: dict[str, dict[str, tuple[float | None, ...]]] = {}
    for number, name in enumerate(names):
        own = [run.summary for run in runs if run.scenario == number]
        values[name] = {o.name: tuple(None if s is None else o.read(s, preset.keys[-1]) for s in own) for o in OUTCOMES}
    differences = tuple(
        compute_difference(outcome, name, values[name][outcome.name], values[names[0]][outcome.name])
        for outcome in OUTCOMES
        for name in names[1:]
    )
    level = preset.label(len(preset.keys), "en")
    said = (*notes, *_reached_notes(names, runs, preset.keys[-1], level), *_limits(runs, len(differences)))
    return Comparison(names, tuple(seeds), scenarios[0].duration, level, tuple(runs), values, differences, said)


def labels_of(scenarios: Sequence[Scenario]) -> tuple[str, ...]:
    """Names of scenarios, numbered where one comes again."""
    labels: list[str] = []
    for scenario in scenarios:
        number = 1
        while (label := scenario.name if number == 1 else f"{scenario.name} ({number})") in labels:
            number += 1
        labels.append(label)
    return tuple(labels)


def differing_notes(scenarios: Sequence[Scenario], end: float) -> list[str]:
    """What differs between scenarios besides their measures."""
    notes = []
    if len({scenario.venue.digest() for scenario in scenarios}) > 1:
        names = ", ".join(dict.fromkeys(scenario.venue.name for scenario in scenarios))
        notes.append(f"the venues differ ({names}): a difference may be due to the place")
    if len({scenario.demand_digest() for scenario in scenarios}) > 1:
        notes.append("the demand differs: a difference may be due to who comes and when")
    if len({scenario.parameters.digest() for scenario in scenarios}) > 1:
        notes.append("constants of the model differ between the scenarios")
    if len({(s.alert_preset, tuple(sorted(s.alert_levels.items()))) for s in scenarios}) > 1:
        notes.append(f"alert levels differ; all are judged by those of the first ({scenarios[0].alert_preset})")
    if any(scenario.duration > end for scenario in scenarios):
        notes.append(f"every run ends at {end:g} s, before the end of at least one of the scenarios")
    return notes


def _reached_notes(names: Sequence[str], runs: Sequence[SeedRun], key: str, level: str) -> list[str]:
    """How often each scenario reached the highest level."""
    parts = []
    for number, name in enumerate(names):
        own = [run.summary for run in runs if run.scenario == number and run.summary is not None]
        parts.append(f"{sum(key in s['first_time_of_level'] for s in own)} of {len(own)} seeds of {name}")
    return [f"the highest alert level ({level}) was reached in {', in '.join(parts)}; else its time is the end"]


def _limits(runs: Sequence[SeedRun], intervals: int) -> list[str]:
    """What limits the answer."""
    known = [run.summary for run in runs if run.summary is not None]
    packed = sum(bool(s["force_is_order_of_magnitude"]) for s in known)
    notes = []
    if packed:
        notes.append(
            f"in {packed} of {len(known)} runs bodies may be packed beyond jamming: there the force is an order of "
            "magnitude"
        )
    notes.append(
        f"each of the {intervals} intervals is for itself: of differences that are none, 1 in 20 shows by chance"
    )
    notes.append("seeds are other draws of the same assumed demand and model; they say nothing of those assumptions")
    return notes


def _plain(difference: Difference, first: str) -> dict[str, Any]:
    return {
        "quantity": difference.outcome.name,
        "scenario": difference.scenario,
        "against": first,
        "by_seed": list(difference.by_seed),
        "pairs": len(difference.known),
        "mean": difference.mean,
        "low": difference.low,
        "high": difference.high,
        "lower_in": difference.lower,
        "higher_in": difference.higher,
        "verdict": difference.verdict,
        "sentence": difference.sentence(first),
    }
