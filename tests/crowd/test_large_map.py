"""A large map costs what the people in it cost, in memory and in what is looked at."""

from __future__ import annotations

import tracemalloc

import numpy as np
import pytest
from shapely.geometry import LineString, box

from crowd.demand import Demand
from crowd.interventions import SetGate
from crowd.model import CrowdModel
from crowd.movement.congestion import Congestion
from crowd.recording.recorder import Recorder
from crowd.run import probes_of
from crowd.scenario import Scenario
from crowd.triggers import AtTime, Measure
from tests import scenes
from venues import Gate, Level, Venue, Zone


def square(side: float) -> Scenario:
    """Fifty people near one exit of an open square; another exit is far away."""
    venue = Venue(
        name="square",
        levels=(Level("ground", box(0, 0, side, side)),),
        zones=(
            Zone("start", "ground", box(20, 20, 30, 30), scenes.SOURCE),
            Zone("end", "ground", box(0, 0, 4, 4), scenes.EXIT),
            Zone("far", "ground", box(side - 4, side - 4, side, side), scenes.EXIT),
        ),
    )
    return scenes.scenario(venue, [Demand.present("start", "end", people=50)])


def watched(side: float) -> tuple[CrowdModel, Recorder]:
    """Ten seconds of it, recorded."""
    model = CrowdModel(square(side))
    recorder = Recorder(model.scenario, probes_of(model.venue, ()), record="full")
    for _ in range(100):
        model.step()
        if model.steps % 5 == 0:
            recorder.observe(model.snapshot())
    return model, recorder


@pytest.fixture(scope="module")
def small() -> tuple[CrowdModel, Recorder]:
    return watched(100.0)


def test_two_square_kilometres_with_fifty_people_take_a_few_megabytes(small: tuple[CrowdModel, Recorder]) -> None:
    tracemalloc.start()
    try:
        kept = watched(1414.0)
        held, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert kept[0].people.present().size == 50
    # 32 million cells and 8 million points of floor took 10 GB; a byte for each cell alone would be 32 MB.
    assert held < 20e6


def test_people_walk_alike_on_a_small_and_on_a_large_map(small: tuple[CrowdModel, Recorder]) -> None:
    large = watched(1414.0)
    for name in ("x", "y", "vx", "vy"):
        here, there = (getattr(model.people, name) for model, _ in (small, large))
        np.testing.assert_array_equal(here, there)
    fields = [recorder.take_part()["fields"] for _, recorder in (small, large)]
    assert len(fields[0]) > 50
    assert fields[0].equals(fields[1])


@pytest.mark.parametrize("east", [15.0, 15.5, 16.0, 23.5, 24.0])
def test_people_wait_at_a_closed_gate_wherever_the_edge_of_a_tile_lies(east: float) -> None:
    gate = Gate("gate", "ground", LineString([(east, 0.0), (east, 3.0)]))
    venue = Venue(
        name="corridor",
        levels=(Level("ground", box(0, 0, 40, 3)),),
        zones=(
            Zone("start", "ground", box(east - 3.0, 0.5, east - 0.4, 2.5), scenes.SOURCE),
            Zone("end", "ground", box(38, 0, 40, 3), scenes.EXIT),
        ),
        gates=(gate,),
    )
    shut = (Measure(SetGate("gate", open=False), AtTime(0.0)),)
    model = CrowdModel(scenes.scenario(venue, [Demand.present("start", "end", people=12)], measures=shut))
    for _ in range(150):
        model.step()
    present = model.people.present()
    assert present.size == 12
    assert model.people.x[present].max() < east
    assert not model.routes.is_open(model.people, present).any(), "also of those who stand at the gate"


@pytest.mark.parametrize("smoothing", [1.0, 2.5, 4.0])
def test_a_crowd_is_seen_where_it_stands_however_far_speeds_are_averaged(smoothing: float) -> None:
    model = CrowdModel(square(80.0))
    constants = model.parameters.congestion._replace(smoothing=smoothing)
    congestion = Congestion(model.routes.ways, constants, tick=model.tick)
    x, y = (axis.ravel() for axis in np.meshgrid(np.linspace(39, 41, 20), np.linspace(39, 41, 20)))
    for _ in range(6):
        congestion.observe(x, y, np.zeros(x.size, np.int64), np.full(x.size, 0.1))
    assert congestion.crowded().size > 0
