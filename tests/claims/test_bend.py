"""A crowd uses the width of a bend, and nobody goes a longer way for a crowd that is not there."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import shapely
from shapely.geometry import box

from crowd.model import CrowdModel
from crowd.scenario import Scenario
from crowd.validation.scenes import flat, present, scenario

_L = shapely.union_all([box(0, 0, 20, 10), box(10, 10, 20, 20)])


def bend(people: int) -> Scenario:
    """A corner of 10 m width: legs of 10 m before and behind it; the inner edge is at (10, 10)."""
    venue = flat(_L, sources={"start": box(0, 0, 6, 10)}, exits={"end": box(10, 18, 20, 20)})
    return scenario(venue, [present("start", "end", people)], seed=1, duration=120.0)


def distances_from_inner_edge(model: CrowdModel) -> np.ndarray:
    """Distances from the inner edge of people who are in the bend [m], over the run."""
    out = []
    while model.running:
        model.step()
        p, rows = model.people, model.people.present()
        here = (p.x[rows] > 10.0) & (p.y[rows] < 10.0)
        out.append(np.hypot(p.x[rows] - 10.0, p.y[rows] - 10.0)[here])
    return np.concatenate(out)


def test_a_crowd_spreads_over_the_width_of_a_bend() -> None:
    # Blind people queue at the edge, nine of ten within 2.2 m of it; those who see pass 1.7 times as far from it.
    blind = bend(200)
    blind = replace(blind, parameters=blind.parameters.with_overrides({"congestion.look_again": 300.0}))
    seeing, not_seeing = (np.quantile(distances_from_inner_edge(CrowdModel(s)), 0.9) for s in (bend(200), blind))
    assert seeing > 1.4 * not_seeing


def test_a_lone_walker_cuts_the_corner() -> None:
    # A body, its clearance and a cell.
    assert np.median(distances_from_inner_edge(CrowdModel(bend(1)))) < 1.5
