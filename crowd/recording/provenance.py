"""Provenance: with what, on what and from what a run was made, for its manifest.

Holds: versions, processor, digests, and the constants of contact that a reader of forces must know.
Not here: the shape of the manifest (`crowd.recording.manifest`).
"""

from __future__ import annotations

import importlib.metadata
import math
import platform
from pathlib import Path
from typing import Any

import numpy as np

import crowd
from crowd.model import CrowdModel
from crowd.movement.motion import contact_step
from crowd.parameters import RADIUS_SPREAD
from crowd.recording.manifest import Manifest
from crowd.scenario import Scenario

LIBRARIES = ("numpy", "scipy", "numba", "llvmlite", "mesa", "pandas", "pyarrow", "shapely", "pyproj")
JAMMING_SHARE = 0.84  # share of floor that jammed discs of unequal size cover (O'Hern et al. 2003)


def new_manifest(model: CrowdModel, *, threads: int, record: str, field_spacing: float) -> Manifest:
    """Return the manifest of a run that is about to begin.

    Args:
        model: before its first step.
        threads: of the kernels.
        record: `full` or `fields`.
        field_spacing: between probe points [m].
    """
    scenario = model.scenario
    return Manifest(
        inpa=crowd.__version__,
        versions=library_versions(),
        cpu=cpu_model(),
        threads=threads,
        seed=scenario.seed,
        scenario=scenario.name,
        labels=dict(scenario.labels),
        start=scenario.start.isoformat(),
        duration=scenario.duration,
        whole_duration=scenario.whole_duration,
        simulated_seconds=0.0,
        completed=False,
        wall_seconds=0.0,
        record=record,
        field_spacing=field_spacing,
        levels=[level.name for level in scenario.venue.planes],
        alert_preset=scenario.alert_preset,
        hashes=digests(scenario),
        contact=contact_summary(model),
        warnings=[],
    )


def digests(scenario: Scenario) -> dict[str, str]:
    """SHA-256 of the scenario and of its parts; a run that is resumed must have the same."""
    return {
        "scenario": scenario.digest(),
        "venue": scenario.venue.digest(),
        "parameters": scenario.parameters.digest(),
        "demand": scenario.demand_digest(),
    }


def contact_summary(model: CrowdModel) -> dict[str, float]:
    """What sets the size of contact forces.

    Returns:
        step [s], stiffness [N/m at stiffness_mass], stiffness_mass [kg], friction [-], radius_mean [m] and
        mass_min [kg] of the people expected (0 if nobody is), jamming_density [1/m2]: above it forces are set
        by the assumed body size, `0.84 / (pi mean((1.06 r)^2))`, r the mechanical radius and 6 % the width of the
        range that forces are given over; left out if nobody is expected.

    References:
        O'Hern, Silbert, Liu & Nagel 2003 (random jamming of discs at a share of 0.84).
    """
    constants, people = model.parameters.contact, model.people
    expected = len(people) > 0
    found = {
        "step": contact_step(model.parameters)[0],
        "stiffness": constants.stiffness,
        "stiffness_mass": constants.stiffness_mass,
        "friction": constants.friction,
        "radius_mean": float(people.radius.mean()) if expected else 0.0,
        "mass_min": float(people.mass.min(initial=math.inf)) if expected else 0.0,
    }
    if expected:
        widest = RADIUS_SPREAD * constants.body * people.radius
        found["jamming_density"] = JAMMING_SHARE / (math.pi * float(np.mean(widest**2)))
    return found


def library_versions() -> dict[str, str]:
    """Versions of Python and of the libraries that have a say in the numbers."""
    found = {"python": platform.python_version()}
    for name in LIBRARIES:
        found[name] = importlib.metadata.version(name)
    return found


def cpu_model() -> str:
    """Name of the processor; the same bytes are promised for one processor model only."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        lines = []
    named = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return named[0] if named else platform.processor() or platform.machine()


def environment_changes(manifest: Manifest) -> list[str]:
    """What is not as it was when the run began: one text per version or processor that differs.

    Args:
        manifest: of the run that is to be resumed.
    """
    now: dict[str, Any] = {**library_versions(), "cpu": cpu_model()}
    then = {**manifest.versions, "cpu": manifest.cpu}
    return [
        f"resumed with {name} {now.get(name, 'missing')}, begun with {then[name]}: numbers may differ"
        for name in sorted(then)
        if now.get(name) != then[name]
    ]
