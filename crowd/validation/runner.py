"""Runs cases, each seed and variant in a worker process, and judges them when all their runs are in."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from crowd.ensemble import processors, run_side_by_side
from crowd.parameters import Parameters
from crowd.validation.case import Case, Outcome, Runs, Verdict
from crowd.validation.overrides import overrides
from crowd.validation.rows import Row, make_row


class Job(NamedTuple):
    """One run of a case: a worker builds it again from these, so that nothing but names is handed over."""

    key: str
    variant: str
    seed: int
    data: Path


class Finished(NamedTuple):
    """What a run leaves: its measures, the digest of its scenario and what that sets."""

    measures: Any
    digest: str
    sets: tuple[str, ...]


def validate(
    cases: Sequence[Case],
    *,
    data: Path,
    workers: int | None = None,
    done: Callable[[int, int, Row | None], None] = lambda ended, total, row: None,
) -> list[Row]:
    """Run and judge cases.

    Args:
        cases: what to run. data: folder of measured data; cases whose data are not there are skipped with a reason.
        workers: processes; None: as many as there are processors.
        done: called when a run has ended with the runs ended and all of them, and the row if a case is complete.

    Returns:
        One row for each case, in their order.
    """
    rows: dict[str, Row] = {}
    jobs: list[Job] = []
    for case in cases:
        if case.data and not (data / case.data).exists():
            rows[case.key] = _not_run(case, f"measured data {case.data!r} are not in {data}; give --data")
        else:
            jobs += _jobs_of(case, data)
    by_key = {case.key: case for case in cases}
    ended: dict[Job, Finished | str] = {}
    count = {key: sum(job.key == key for job in jobs) for key in by_key}

    def one_ended(number: int, finished: Finished | None, failure: str) -> None:
        job = jobs[number]
        ended[job] = failure if finished is None else finished
        mine = {j: result for j, result in ended.items() if j.key == job.key}
        row = None
        if len(mine) == count[job.key]:
            row = rows[job.key] = _judge(by_key[job.key], [j for j in jobs if j.key == job.key], mine, data)
        done(len(ended), len(jobs), row)

    run_side_by_side(run_job, jobs, workers=workers or processors(), done=one_ended)
    return [rows[case.key] for case in cases]


def run_job(job: Job) -> Finished:
    """Make one run; called in a worker process, with one thread."""
    import numba

    from crowd.validation.suites import case_of

    numba.set_num_threads(1)
    trial = case_of(job.key).trials(job.seed, job.data)[job.variant]
    if trial.scenario is None:
        return Finished(trial.measure(None), f"{job.variant} {job.seed}", ())
    return Finished(trial.measure(trial.scenario), trial.scenario.digest(), overrides(trial.scenario))


def _jobs_of(case: Case, data: Path) -> Iterable[Job]:
    """All runs of a case, longest cases' seeds side by side."""
    return [
        Job(case.key, variant, seed, data) for seed in range(1, case.seeds + 1) for variant in case.trials(seed, data)
    ]


def _judge(case: Case, jobs: Sequence[Job], ended: dict[Job, Finished | str], data: Path) -> Row:
    """The row of a case whose runs have all ended; a run that failed fails the case, with its reason."""
    results = [ended[job] for job in jobs]
    failures = [r for r in results if isinstance(r, str)]
    finished = [r for r in results if isinstance(r, Finished)]
    if failures:
        reason = f"{len(failures)} of {len(results)} runs failed: {failures[0]}"
        verdict = Verdict(Outcome.FAIL, Outcome.FAIL, {}, reason=reason)
    else:
        variants = dict.fromkeys(job.variant for job in jobs)
        runs: Runs = {
            name: [ended[job].measures for job in jobs if job.variant == name]  # type: ignore[union-attr]
            for name in variants
        }
        verdict = case.judge(runs, data)
    return make_row(
        case,
        verdict,
        seeds=sorted({job.seed for job in jobs}),
        digests=[f.digest for f in finished],
        parameters=Parameters().digest(),
        sets=sorted({entry for f in finished for entry in f.sets}),
    )


def _not_run(case: Case, reason: str) -> Row:
    verdict = Verdict(Outcome.SKIPPED, Outcome.SKIPPED, {}, reason=reason)
    return make_row(case, verdict, seeds=(), digests=(), parameters=Parameters().digest(), sets=())
