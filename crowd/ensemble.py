"""Scenarios over seeds: each run in a process of its own with one thread, on all processors.

Holds: the processes, and what is kept of a run (the numbers of its assessment; its recording is removed). A run that
fails or whose process is killed is reported with its reason, never dropped. Not here: what differs between scenarios
(`crowd.compare`). numba is imported in the child processes only.
"""

from __future__ import annotations

import multiprocessing
import os
import queue
import shutil
import signal
import tempfile
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from crowd.errors import Interrupted
from crowd.scenario import Scenario
from venues.refusals import told

GUARD = "if __name__ == '__main__':"
KILLED = f"its process was killed or ended early; if a script made this comparison, put it under {GUARD}"
PATIENCE = 0.2  # [s] between requests to end


@dataclass(frozen=True)
class SeedTask:
    """One run to be made.

    Args:
        scenario: what is run, with its seed.
        folder: where its recording is, for as long as it is needed.
        preset, levels: alert preset and densities that replace its own; the same for all that is compared.
    """

    scenario: Scenario
    folder: Path
    preset: str
    levels: Mapping[str, float]


@dataclass(frozen=True)
class SeedRun:
    """What is kept of one run.

    Args:
        scenario: its number among the scenarios of the ensemble.
        seed: its seed.
        summary: the keys of `crowd run --json` (`run_dir` is None); None if the run failed.
        failure: why it failed, else empty.
    """

    scenario: int
    seed: int
    summary: Mapping[str, Any] | None
    failure: str = ""


def run_ensemble(
    scenarios: Sequence[Scenario],
    seeds: Sequence[int],
    *,
    workers: int | None = None,
    done: Callable[[SeedRun], None] = lambda run: None,
) -> tuple[SeedRun, ...]:
    """Run every scenario with every seed.

    Args:
        scenarios: what to run; all are judged by the alert levels of the first.
        seeds: of the runs, the same for every scenario.
        workers: processes at once; None: as many as there are processors.
        done: called with each run when it has ended, in any order.

    Returns:
        By scenario, then by seed: one entry for each, failed or not.

    Raises:
        Interrupted: someone stopped it; the processes have ended.
        RuntimeError: called while a child process imports the script that made it.
    """
    if getattr(multiprocessing.current_process(), "_inheriting", False):
        raise RuntimeError("a script starts its runs again in each of their processes; put it under " + GUARD)
    keys = [(number, seed) for number in range(len(scenarios)) for seed in seeds]
    judged: dict[str, Any] = {"preset": scenarios[0].alert_preset, "levels": dict(scenarios[0].alert_levels)}
    runs: dict[int, SeedRun] = {}

    def ended(index: int, summary: Mapping[str, Any] | None, failure: str) -> None:
        runs[index] = SeedRun(*keys[index], summary, failure)
        done(runs[index])

    with tempfile.TemporaryDirectory(prefix="crowd-ensemble-", ignore_cleanup_errors=True) as folder:
        tasks = [
            SeedTask(scenarios[number].with_seed(seed), Path(folder) / f"{number}-{seed}", **judged)
            for number, seed in keys
        ]
        try:
            run_side_by_side(run_task, tasks, workers=workers or processors(), done=ended)
        except KeyboardInterrupt:
            left = len(keys) - len(runs)
            raise Interrupted(
                told("interrupted with {left} of {count} runs to go; nothing of it is kept", left=left, count=len(keys))
            ) from None
    return tuple(runs[index] for index in range(len(keys)))


def run_task(task: SeedTask) -> Mapping[str, Any]:
    """Run, assess and forget one recording; called in a child process."""
    from crowd.risk import assess_risk
    from crowd.run import run

    try:
        recording = run(task.scenario, out=task.folder, threads=1, record="fields")
        return {**assess_risk(recording, task.preset, task.levels).summary(), "run_dir": None}
    finally:
        shutil.rmtree(task.folder, ignore_errors=True)


def run_side_by_side(
    work: Callable[[Any], Any],
    tasks: Sequence[Any],
    *,
    workers: int,
    done: Callable[[int, Any, str], None],
) -> None:
    """Do tasks in processes.

    Each worker is a pool of one process, so that a process that dies takes exactly one task with it, which is named,
    and the others go on.

    Args:
        work: a function of a module, done in the child.
        tasks: its arguments.
        workers: processes at once.
        done: called as tasks end with the number of the task, its result, and why it failed (empty if it did not).
    """
    waiting, stop = deque(enumerate(tasks)), threading.Event()
    ended: queue.SimpleQueue[tuple[int, Any, str]] = queue.SimpleQueue()
    slots = [
        threading.Thread(target=_work_off, args=(work, waiting, ended, stop)) for _ in range(min(workers, len(tasks)))
    ]
    others = set(multiprocessing.active_children())
    with _termination_is_interrupt():
        try:
            for slot in slots:
                slot.start()
            for _ in tasks:
                done(*ended.get())
        except BaseException:
            stop.set()
            while any(slot.is_alive() for slot in slots):
                for process in set(multiprocessing.active_children()) - others:
                    process.terminate()
                time.sleep(PATIENCE)
            raise
        for slot in slots:
            slot.join()


def processors() -> int:
    """Number of processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _work_off(work: Callable[[Any], Any], waiting: deque, ended: queue.SimpleQueue, stop: threading.Event) -> None:
    """Take tasks until none is left, one process at a time, a new one if it dies."""
    pool: ProcessPoolExecutor | None = None
    if hasattr(signal, "pthread_sigmask"):  # inherited by its processes: Ctrl-C does not reach them while they start
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    while waiting and not stop.is_set():
        try:
            number, task = waiting.popleft()
        except IndexError:  # another worker took the last one
            break
        try:
            pool = pool or ProcessPoolExecutor(
                1, mp_context=multiprocessing.get_context("spawn"), initializer=_leave_interrupts_to_the_parent
            )
            ended.put((number, pool.submit(work, task).result(), ""))
        except BrokenProcessPool:
            ended.put((number, None, KILLED))
            pool = None
        except Exception as error:
            ended.put((number, None, " ".join(f"{type(error).__name__}: {error}".split())))
    if pool is not None:
        pool.shutdown()


def _leave_interrupts_to_the_parent() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)


@contextmanager
def _termination_is_interrupt() -> Iterator[None]:
    """Let a request to terminate end the child processes too, as Ctrl-C does."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
