"""Runs cases, each seed and variant in a worker process, and judges them when all their runs are in."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from crowd.ensemble import processors, run_side_by_side
from crowd.errors import Interrupted
from crowd.parameters import Parameters
from crowd.validation.case import Case, Measures, Outcome, Verdict
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
    data: Path | None,
    workers: int | None = None,
    begin: Callable[[], None] = lambda: None,
    done: Callable[[Row | None], None] = lambda row: None,
) -> list[Row]:
    """Run and judge cases.

    Args:
        cases: what to run. data: folder of measured data, None: there is none; cases whose data are not there are
            skipped with a reason.
        workers: processes; None: as many as there are processors.
        begin: called before the first run. done: called when a run has ended, with the row if its case is complete.

    Returns:
        One row for each case, in their order.

    Raises:
        Interrupted: someone stopped it; the processes have ended.
    """
    jobs, rows = _plan(cases, data)
    folder = data or Path()
    by_key = {case.key: case for case in cases}
    ended: dict[Job, Finished | str] = {}
    count = {key: sum(job.key == key for job in jobs) for key in by_key}

    def one_ended(number: int, finished: Finished | None, failure: str) -> None:
        job = jobs[number]
        ended[job] = failure if finished is None else finished
        mine = {j: result for j, result in ended.items() if j.key == job.key}
        row = None
        if len(mine) == count[job.key]:
            row = rows[job.key] = judge(by_key[job.key], [j for j in jobs if j.key == job.key], mine, folder)
        done(row)

    begin()
    try:
        run_side_by_side(run_job, jobs, workers=workers or processors(), done=one_ended)
    except KeyboardInterrupt:
        left = len(jobs) - len(ended)
        raise Interrupted(f"interrupted with {left} of {len(jobs)} runs to go; nothing of it is kept") from None
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


def missing_data(case: Case, data: Path | None) -> str:
    """Why a case cannot be run for want of measured data; empty if it can."""
    if not case.data or (data is not None and (data / case.data).exists()):
        return ""
    if data is None:
        return f"not run: it needs the measured data {case.data!r}; give their folder with --data"
    return f"not run: the measured data {case.data!r} are not in the folder given with --data"


def jobs_of(case: Case, data: Path) -> list[Job]:
    """All runs of a case, seed by seed; its variants are those of the first seed."""
    variants = tuple(case.trials(1, data))
    return [Job(case.key, variant, seed, data) for seed in range(1, case.seeds + 1) for variant in variants]


def count_runs(cases: Sequence[Case], data: Path | None) -> int:
    """How many runs `validate` will make."""
    return len(_plan(cases, data)[0])


def _plan(cases: Sequence[Case], data: Path | None) -> tuple[list[Job], dict[str, Row]]:
    """All runs, and the rows of cases that cannot be run: their data are missing, or they cannot be built."""
    jobs: list[Job] = []
    rows: dict[str, Row] = {}
    for case in cases:
        if reason := missing_data(case, data):
            rows[case.key] = _not_run(case, Verdict(Outcome.SKIPPED, Outcome.SKIPPED, {}, reason=reason))
            continue
        try:
            jobs += jobs_of(case, data or Path())  # cases that read no data do not look into it
        except Exception as error:  # one case that cannot be built takes no other row with it
            rows[case.key] = _not_run(case, _broken(f"it could not be built: {type(error).__name__}: {error}"))
    return jobs, rows


def judge(case: Case, jobs: Sequence[Job], ended: Mapping[Job, Finished | str], data: Path) -> Row:
    """The row of a case whose runs have all ended; a run that failed fails the case, with its reason."""
    results = [ended[job] for job in jobs]
    failures = [r for r in results if isinstance(r, str)]
    finished = [r for r in results if isinstance(r, Finished)]
    if failures:
        verdict = _broken(f"{len(failures)} of {len(results)} runs failed: {failures[0]}")
    else:
        runs: dict[str, list[Measures]] = {}
        for job, result in zip(jobs, finished, strict=True):
            runs.setdefault(job.variant, []).append(result.measures)
        try:
            verdict = case.judge(runs, data)
        except Exception as error:  # one case that cannot be judged takes no other row with it
            verdict = _broken(f"it could not be judged: {type(error).__name__}: {error}")
    return make_row(
        case,
        verdict,
        seeds=sorted({job.seed for job in jobs}),
        digests=[f.digest for f in finished],
        parameters=Parameters().digest(),
        sets=sorted({entry for f in finished for entry in f.sets}),
    )


def _broken(reason: str) -> Verdict:
    return Verdict(Outcome.FAIL, Outcome.FAIL, {}, reason=" ".join(reason.split()))


def _not_run(case: Case, verdict: Verdict) -> Row:
    return make_row(case, verdict, seeds=(), digests=(), parameters=Parameters().digest(), sets=())
