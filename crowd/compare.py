"""Scenarios against each other on the same seeds: what helps, by how much, how sure.

Holds: the comparison of two or more scenarios, the first of which is what the others are held against. Not here: the
runs (`crowd.ensemble`), quantities and intervals (`crowd.differences`), picture and page (`viz.comparison`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from crowd.alert_levels import load_preset
from crowd.differences import CONFIDENCE, OUTCOMES, Difference, Outcome, compute_difference
from crowd.ensemble import SeedRun, run_ensemble
from crowd.errors import ScenarioError
from crowd.scenario import Scenario
from crowd.scenario.checks import check_seed
from crowd.sentences import say
from venues.refusals import told
from venues.sentences import LANGUAGES

MOST_SEEDS = 1000


@dataclass(frozen=True)
class Remark:
    """Something that a reader of a comparison must know.

    Args:
        key: of its sentence in the section "remarks".
        values: what fills the blanks of the sentence.
    """

    key: str
    values: Mapping[str, Any] = field(default_factory=dict)

    def text(self, lang: str) -> str:
        """The remark as a sentence."""
        return say(lang, "remarks", self.key, **self.values)


@dataclass(frozen=True)
class Comparison:
    """Scenarios on the same seeds.

    Args:
        scenarios: names; the first is what the others are held against.
        titles: what each is called for people, by language, where its author says so.
        seeds: of the runs.
        duration: simulated in each run [s].
        highest_level: name of the highest alert level, which all were judged by, by language; key: its key.
        runs: by scenario, then by seed.
        values: label -> name of the quantity -> its value for each seed, None where it is not known.
        differences: by quantity, then by scenario.
        remarks: what else differs between the scenarios.
    """

    scenarios: tuple[str, ...]
    titles: tuple[Mapping[str, str], ...]
    seeds: tuple[int, ...]
    duration: float
    highest_level: Mapping[str, str]
    key: str
    runs: tuple[SeedRun, ...]
    values: Mapping[str, Mapping[str, tuple[float | None, ...]]]
    differences: tuple[Difference, ...]
    remarks: tuple[Remark, ...]

    @property
    def failures(self) -> tuple[SeedRun, ...]:
        """Runs that failed; their seed is missing from every pair they belong to."""
        return tuple(run for run in self.runs if run.summary is None)

    def failure_texts(self, lang: str = "en") -> tuple[str, ...]:
        """One line for each run that failed."""
        called = self.called(lang)
        return tuple(
            say(lang, "remarks", "failed", scenario=called[self.scenarios[r.scenario]], seed=r.seed, reason=r.failure)
            for r in self.failures
        )

    def called(self, lang: str) -> dict[str, str]:
        """What each scenario is called for people: its title, or its name if two would be called the same."""
        titles = [own.get(lang, name) for own, name in zip(self.titles, self.scenarios, strict=True)]
        return dict(zip(self.scenarios, titles if len(set(titles)) == len(titles) else self.scenarios, strict=True))

    def sentences(self, lang: str = "en") -> tuple[str, ...]:
        """What differs, by how much, how sure, one line for each difference."""
        called = self.called(lang)
        first = called[self.scenarios[0]]
        return tuple(d.sentence(first, lang, called=called[d.scenario]) for d in self.differences)

    def headlines(self, lang: str = "en") -> tuple[str, ...]:
        """How often the highest level is reached; for each scenario which numbers it helps, harms, or may change."""
        called, found = self.called(lang), [self._reached(lang)]
        for name in self.scenarios[1:]:
            own = [d for d in self.differences if d.scenario == name]
            parts = []
            for verdict in ("helps", "harms", "unclear", "same", "unknown"):
                labels = [d.outcome.label(lang) for d in own if d.verdict == verdict]
                if labels:
                    said = {"count": len(labels), "all": len(own), "names": ", ".join(labels)}
                    parts.append(say(lang, "headlines", verdict, **said))
            said = {"scenario": called[name], "first": called[self.scenarios[0]], "parts": "; ".join(parts)}
            found.append(say(lang, "headlines", "whole", **said))
        return tuple(found)

    def table(self, lang: str = "en") -> tuple[list[str], list[list[str]]]:
        """Heads and rows of a table with all differences, as shown."""
        called, first = self.called(lang), self.scenarios[0]
        keys = ("quantity", "scenario", "own_mean", "first_mean", "difference", "interval", "seeds", "verdict")
        rows = [
            [
                f"{d.outcome.label(lang)} [{d.outcome.unit(lang)}]",
                called[d.scenario],
                *(d.outcome.shown(self.mean(name, d.outcome), lang) for name in (d.scenario, first)),
                d.outcome.shown(d.mean, lang, signed=True),
                d.interval(lang),
                d.seeds(lang),
                d.verdict_said(lang),
            ]
            for d in self.differences
        ]
        return [say(lang, "seed_tables", key, first=called[first]) for key in keys], rows

    def notes(self, lang: str = "en") -> tuple[str, ...]:
        """What else differs between the scenarios, and what limits the answer."""
        return tuple(remark.text(lang) for remark in (*self.remarks, *self._limits()))

    def _reached(self, lang: str) -> str:
        """How often each scenario reached the highest level."""
        parts, called = [], self.called(lang)
        for number, name in enumerate(self.scenarios):
            own = [run.summary for run in self.runs if run.scenario == number and run.summary is not None]
            count = sum(self.key in summary["first_time_of_level"] for summary in own)
            parts.append(say(lang, "headlines", "reached_in", count=count, all=len(own), scenario=called[name]))
        return say(lang, "headlines", "reached", level=self.highest_level[lang], parts="; ".join(parts))

    def _limits(self) -> list[Remark]:
        """What limits the answer."""
        known = [run.summary for run in self.runs if run.summary is not None]
        packed = sum(bool(s["force_is_order_of_magnitude"]) for s in known)
        force = [Remark("packed", {"count": packed, "all": len(known)})] if packed else []
        chance = Remark("intervals", {"count": len(self.differences)})
        return [Remark("not_reached"), *force, chance, Remark("assumptions")]

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
            "highest_level": self.highest_level["en"],
            "confidence": CONFIDENCE,
            "quantities": [
                {"name": o.name, "label": o.label(), "unit": o.unit(), "better": "less" if o.less_is_better else "more"}
                for o in OUTCOMES
            ],
            "values": {label: {name: list(v) for name, v in own.items()} for label, own in self.values.items()},
            "differences": [_plain(d, self.scenarios[0]) for d in self.differences],
            "failures": [
                {"scenario": self.scenarios[r.scenario], "seed": r.seed, "reason": r.failure} for r in self.failures
            ],
            "headlines": list(self.headlines()),
            "notes": list(self.notes()),
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
    return compare_runs(chosen, used, runs, remarks=differing_remarks(given, end))


def of_same_length(scenarios: Sequence[Scenario], *, until: float | None) -> tuple[list[Scenario], float]:
    """Cut scenarios off at one time and return it [s].

    Raises:
        ScenarioError: fewer than two scenarios, a time outside one of them, or an alert preset that cannot be used.
    """
    if len(scenarios) < 2:
        raise ScenarioError(told("{count} scenario cannot be compared; name two or more", count=len(scenarios)))
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
        raise ScenarioError(
            told(
                "{count} seeds cannot be compared; their number must be from 1 to {most}", count=count, most=MOST_SEEDS
            )
        )
    chosen = tuple(range(first, first + seeds)) if isinstance(seeds, int) else tuple(seeds)
    if len(set(chosen)) < len(chosen):
        twice = next(seed for seed, times in Counter(chosen).items() if times > 1)
        raise ScenarioError(told("seed {seed} is given twice; a seed counts once", seed=twice))
    for seed in chosen:
        check_seed(seed)
    return chosen


def compare_runs(
    scenarios: Sequence[Scenario], seeds: Sequence[int], runs: Sequence[SeedRun], *, remarks: Sequence[Remark] = ()
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
    level = {lang: preset.label(len(preset.keys), lang) for lang in LANGUAGES}
    titles = tuple(scenario.labels for scenario in scenarios)
    end = scenarios[0].duration
    return Comparison(
        names, titles, tuple(seeds), end, level, preset.keys[-1], tuple(runs), values, differences, tuple(remarks)
    )


def labels_of(scenarios: Sequence[Scenario]) -> tuple[str, ...]:
    """Names of scenarios, numbered where one comes again."""
    labels: list[str] = []
    for scenario in scenarios:
        number = 1
        while (label := scenario.name if number == 1 else f"{scenario.name} ({number})") in labels:
            number += 1
        labels.append(label)
    return tuple(labels)


def differing_remarks(scenarios: Sequence[Scenario], end: float) -> list[Remark]:
    """What differs between scenarios besides their measures."""
    remarks = []
    if len({scenario.venue.digest() for scenario in scenarios}) > 1:
        names = ", ".join(dict.fromkeys(scenario.venue.name for scenario in scenarios))
        remarks.append(Remark("venues", {"names": names}))
    if len({scenario.demand_digest() for scenario in scenarios}) > 1:
        remarks.append(Remark("demand"))
    if len({scenario.parameters.digest() for scenario in scenarios}) > 1:
        remarks.append(Remark("parameters"))
    first = scenarios[0]
    if any((s.alert_preset, s.alert_levels) != (first.alert_preset, first.alert_levels) for s in scenarios):
        remarks.append(Remark("alert_levels", {"preset": first.alert_preset}))
    if any(scenario.duration > end for scenario in scenarios):
        remarks.append(Remark("end", {"seconds": f"{end:g}"}))
    return remarks


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
