"""The same crowd in JuPedSim, for comparison: its anticipation velocity model, the nearest to ours.

Not here: our own time (`crowd.benchmark`). JuPedSim is an extra (`bench`) and has no contact forces.

References: Xu, Shi, Tordeux & Chraibi 2021 (anticipation velocity model).
"""

from __future__ import annotations

import math
import time

from crowd.errors import ScenarioError
from venues.refusals import told

#: Simulated time that is timed, and before it [s]; its time step is 0.01 s.
_TIMED, _WARM_UP, _STEP = 1.0, 0.2, 0.01
#: Its radius of a person [m], and above the density [1/m2] where that fits no more.
_RADIUS, _SMALL_RADIUS, _SMALL_ABOVE = 0.2, 0.15, 6.0
#: Free floor ahead of the crowd, so that nobody leaves while it is timed [m].
AHEAD = 30.0


def jupedsim_person_seconds(people: int, density: float) -> float:
    """Person-seconds that JuPedSim simulates per wall second on one core.

    People stand in a triangular lattice (it refuses bodies that overlap) in a square, and walk one way.

    Args:
        people: how many. density: where they start [1/m2].

    Raises:
        ScenarioError: JuPedSim is not installed.
    """
    try:
        import jupedsim
    except ImportError:
        raise ScenarioError(told("JuPedSim is not installed; 'inpa[bench]' brings it")) from None
    side = math.sqrt(people / density)
    simulation = jupedsim.Simulation(
        model=jupedsim.AnticipationVelocityModel(),
        geometry=[(0, 0), (side + AHEAD, 0), (side + AHEAD, side), (0, side)],
        dt=_STEP,
    )
    far = side + AHEAD
    stage = simulation.add_exit_stage(
        [(far - 1.5, 0.5), (far - 0.5, 0.5), (far - 0.5, side - 0.5), (far - 1.5, side - 0.5)]
    )
    journey = simulation.add_journey(jupedsim.JourneyDescription([stage]))
    radius = _SMALL_RADIUS if density > _SMALL_ABOVE else _RADIUS
    for place in _lattice(density, side, margin=radius + 0.01):
        simulation.add_agent(
            jupedsim.AnticipationVelocityModelAgentParameters(
                position=place, journey_id=journey, stage_id=stage, desired_speed=1.34, radius=radius
            )
        )
    inside = simulation.agent_count()
    simulation.iterate(round(_WARM_UP / _STEP))
    start = time.perf_counter()
    simulation.iterate(round(_TIMED / _STEP))
    return inside * _TIMED / (time.perf_counter() - start)


def _lattice(density: float, side: float, *, margin: float) -> list[tuple[float, float]]:
    """Places of a triangular lattice of a density in a square, those too near its edge left out."""
    apart = math.sqrt(2.0 / (math.sqrt(3.0) * density))
    depth = apart * math.sqrt(3.0) / 2.0
    return [
        (x, y)
        for row in range(int(side / depth) + 1)
        for column in range(int(side / apart) + 1)
        if margin < (x := (column + 0.5 * (row % 2) + 0.25) * apart) < side
        and margin < (y := (row + 0.5) * depth) < side - margin
    ]
