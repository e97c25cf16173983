"""People in a venue and numbers about them: scenarios, the model, runs, recordings and their risk."""

import ctypes
import os
import sys
from contextlib import suppress
from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

# Before numba loads OpenMP: waiting threads that spin made a run with two threads ten times slower on a busy
# machine with two processors (67 s instead of 6 s for 100 s of the Itaewon alley).
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")


def _keep_memory() -> None:
    """Let the C library keep what is freed for the next array, where it can be told to (glibc).

    Left alone it gives every large array back and asks for it anew a tick later, and the system clears it page by page:
    some 2,000 page faults a tick at 50,000 people, which two threads wait for as long as one.
    """
    mmap_threshold, trim_threshold = -3, -1  # malloc.h
    with suppress(AttributeError, OSError):
        mallopt = ctypes.CDLL(None).mallopt
        mallopt(mmap_threshold, 1 << 30)
        mallopt(trim_threshold, (1 << 31) - 1)


if sys.platform == "linux":
    _keep_memory()

if TYPE_CHECKING:
    from crowd.compare import compare
    from crowd.model import CrowdModel
    from crowd.recording import Recording
    from crowd.risk import assess_risk
    from crowd.run import resume, run
    from crowd.scenario import Scenario

__all__ = ["CrowdModel", "Recording", "Scenario", "assess_risk", "compare", "resume", "run"]

_HOMES = {
    "CrowdModel": "crowd.model",
    "Recording": "crowd.recording",
    "Scenario": "crowd.scenario",
    "assess_risk": "crowd.risk",
    "compare": "crowd.compare",
    "resume": "crowd.run",
    "run": "crowd.run",
}


class _Package(ModuleType):
    """Imports public names when they are first asked for: numba and pandas take seconds.

    A module that is named like a public function (`crowd.run`) does not take its name away.
    """

    def __getattr__(self, name: str) -> Any:
        if name not in _HOMES:
            raise AttributeError(f"module 'crowd' has no attribute {name!r}")
        return getattr(import_module(_HOMES[name]), name)

    def __setattr__(self, name: str, value: object) -> None:
        if not (name in _HOMES and isinstance(value, ModuleType)):
            super().__setattr__(name, value)


sys.modules[__name__].__class__ = _Package
