"""Runs side by side, each in a process of its own: what `crowd demo` runs.

Holds: the processes and what they tell each other. Not here: reports and the console (`crowd.cli`). numba is
imported in the child processes only, so each can have one thread.
"""

from __future__ import annotations

import multiprocessing
import queue
import shlex
import signal
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Any

from crowd.errors import EXIT_BAD_INPUT, EXIT_DISK_FULL, BadInput, DiskFull, Interrupted, ModelError
from venues.refusals import Told, told

if TYPE_CHECKING:
    from crowd.recording.recorder import Recorder
    from crowd.snapshot import Snapshot

SCENARIOS = ("itaewon-two-way", "itaewon-one-way")
MANIFEST = "manifest.json"
FAILURES: dict[int, type[Exception]] = {EXIT_BAD_INPUT: BadInput, EXIT_DISK_FULL: DiskFull}
PATIENCE = 0.5  # [s] between looks at whether a process still lives

Show = Callable[[int, float, int, float], None]


@dataclass(frozen=True)
class Plan:
    """One of the runs.

    Args:
        scenario: name of a shipped scenario, or its file.
        out: directory of the run.
        until: stop at this time [s], None: at the end.
    """

    scenario: str
    out: Path
    until: float | None = None


def run_side_by_side(plans: Sequence[Plan], *, show: Show) -> None:
    """Run several scenarios at once, each with one thread.

    Args:
        plans: the runs.
        show: called with number of the run, simulated time [s], people inside, largest level density so far.

    Raises:
        Interrupted, DiskFull: the runs can be resumed.
        BadInput, ModelError: one of them failed.
    """
    context = multiprocessing.get_context("spawn")
    news = context.Queue()
    processes = [context.Process(target=_run, args=(i, plan, news)) for i, plan in enumerate(plans)]
    with _started(processes) as stopped:
        failures = _follow(processes, news, show)
    begun = [plan.out for plan in plans if (plan.out / MANIFEST).exists()]
    hint = "; ".join(f"crowd resume {shlex.quote(str(out))}" for out in begun)
    if stopped():
        going_on = told("interrupted; go on with: {commands}", commands=hint)
        raise Interrupted(going_on if begun else told("interrupted before anything ran"))
    for code, text in sorted(failures, reverse=True):
        raise FAILURES.get(code, ModelError)(text)


def _follow(processes: Sequence[Any], news: Any, show: Show) -> list[tuple[int, Told]]:
    """Show what the processes tell until all have ended; return exit code and words of what failed."""
    failures: list[tuple[int, Told]] = []
    ended: set[int] = set()
    while len(ended) < len(processes):
        gone = {i for i, process in enumerate(processes) if not process.is_alive()} - ended
        try:
            number, kind, said = news.get(timeout=PATIENCE)
        except queue.Empty:
            failures += [
                (1, told("run {number} ended with code {code}", number=i + 1, code=processes[i].exitcode))
                for i in sorted(gone)
            ]
            ended |= gone
            continue
        if kind == "at":
            show(number, *said)
            continue
        ended.add(number)
        failures += [said] if kind == "failed" else []
    for process in processes:
        process.join()
    return failures


def _run(number: int, plan: Plan, news: Any) -> None:
    """Run one plan in a child process."""

    def tell(snapshot: Snapshot, recorder: Recorder) -> None:
        if recorder.half_seconds % 4 == 0:
            news.put((number, "at", (snapshot.time, len(snapshot.id), recorder.peak_level_density)))

    try:
        from crowd.run import run
        from crowd.scenario import Scenario

        run(Scenario.read(plan.scenario), out=plan.out, threads=1, observers=[tell], until=plan.until)
    except (BadInput, DiskFull, Interrupted, ModelError) as error:
        code = getattr(error, "exit_code", EXIT_BAD_INPUT)
        news.put((number, "failed", (code, told("{where}: {what}", where=plan.scenario, what=error))))
    else:
        news.put((number, "done", None))


@contextmanager
def _started(processes: Sequence[Any]) -> Iterator[Callable[[], bool]]:
    """Start the processes; hand a stop request on to them and wait for them instead of leaving them alone.

    They begin with Ctrl-C ignored, since a terminal sends it to all of them: one request is enough.
    """
    asked: list[int] = []

    def forward(number: int, frame: FrameType | None) -> None:
        asked.append(number)
        for process in processes:
            if process.is_alive():
                process.terminate()

    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        for process in processes:
            process.start()
        for number in before:
            signal.signal(number, forward)
        yield lambda: bool(asked)
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
