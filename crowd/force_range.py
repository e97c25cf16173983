"""How far the force hangs on what is assumed about bodies: the same scenario and seed with other bodies.

Discs jam at a density that their assumed size sets; above it the force follows from that assumption, so a report
gives a range. One constant is changed at a time: radius, stiffness, and how hard people press who are held up.
"""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable, Mapping
from concurrent.futures import ProcessPoolExecutor, as_completed
from typing import TYPE_CHECKING, Any

from crowd.parameters import RADIUS_SPREAD

if TYPE_CHECKING:
    from crowd.scenario import Scenario

#: What is varied: overrides of constants by the words a report uses for them.
VARIANTS: Mapping[str, Mapping[str, float]] = {
    "radius -6 %": {"contact.body": 0.94},
    "radius +6 %": {"contact.body": RADIUS_SPREAD},
    "stiffness 10,000 N/m": {"contact.stiffness": 1e4},
    "stiffness 50,000 N/m": {"contact.stiffness": 5e4},
    "everyone held up pushes 100 N": {"contact.crowd_push": 100.0},
}


def force_range(
    scenario: Scenario, *, as_assumed: Mapping[str, float], done: Callable[[str], None] = lambda name: None
) -> dict[str, Any]:
    """Run all variants, each in a process of its own.

    Args:
        scenario: what was run. as_assumed: its contact_force and contact_force_10s [N].
        done: called with the name of each variant when it has ended.

    Returns:
        low, high: smallest and largest peak of contact_force over the variants [N]; low_10s, high_10s: of its 10 s
        mean [N]; variants: name -> {contact_force, contact_force_10s}.
    """
    found: dict[str, Mapping[str, float]] = {"as assumed": as_assumed}
    with ProcessPoolExecutor(mp_context=multiprocessing.get_context("spawn")) as pool:
        tasks = {pool.submit(peak_forces, scenario, overrides): name for name, overrides in VARIANTS.items()}
        for task in as_completed(tasks):
            found[tasks[task]] = task.result()
            done(tasks[task])
    peaks = [variant["contact_force"] for variant in found.values()]
    means = [variant["contact_force_10s"] for variant in found.values()]
    return {
        "low": min(peaks),
        "high": max(peaks),
        "low_10s": min(means),
        "high_10s": max(means),
        "variants": {name: dict(found[name]) for name in ("as assumed", *VARIANTS)},
    }


def peak_forces(scenario: Scenario, overrides: Mapping[str, float]) -> dict[str, float]:
    """Largest contact force and largest 10 s mean of it in one run with some constants changed [N]."""
    import numba

    from crowd.model import CrowdModel

    numba.set_num_threads(1)
    model = CrowdModel(scenario.with_parameters(overrides))
    peak = mean = 0.0
    while model.running:
        model.step()
        if model.time % 0.5 == 0.0:
            snapshot = model.snapshot()
            peak = max(peak, float(snapshot.contact_force_max.max(initial=0.0)))
            mean = max(mean, float(snapshot.contact_force_10s.max(initial=0.0)))
    return {"contact_force": peak, "contact_force_10s": mean}
