"""Does PedPy see the same density and flow in our recording as we do?

PedPy is the reference tool for measured trajectories. A recording hands it people and floor as its own objects; Voronoi
cells and crossings of a line, computed there and here, must agree. Needs `pip install pedpy`.
"""

from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from crowd import Scenario, run
from crowd.demand import Demand
from crowd.individual_density import CUT_OFF
from crowd.journeys import Journey, LeaveBy
from venues.shapes import bottleneck

EXODUS = Scenario(
    name="bottleneck",
    venue=bottleneck(width=1.0, room_length=5.0, room_width=5.0),
    start=datetime(2026, 1, 1, tzinfo=UTC),
    duration=30.0,
    demands=(Demand.present("start", "out", people=40),),
    journeys=(Journey("out", (LeaveBy(("exit",)),)),),
)


def main(folder: Path) -> dict[str, float]:
    """Run, and compute density and flow with both."""
    recording = run(EXODUS, out=folder / "run")
    import pedpy  # after the run, since it turns on the log of every package, Mesa's line for each step among them

    people, floor = recording.to_pedpy()["ground"].trajectories, recording.to_pedpy()["ground"].walkable_area
    cut_off = pedpy.Cutoff(radius=CUT_OFF.radius, quad_segments=CUT_OFF.quad_segments)
    cells = pedpy.compute_individual_voronoi_polygons(traj_data=people, walkable_area=floor, cut_off=cut_off)
    area = pedpy.MeasurementArea(recording.venue.area("before").polygon)
    theirs, _ = pedpy.compute_voronoi_density(individual_voronoi_data=cells, measurement_area=area)
    ours = recording.voronoi_density("before")
    apart = float(np.abs(ours["voronoi_density"].to_numpy() - theirs["density"].to_numpy()).max())

    line = pedpy.MeasurementLine(recording.venue.line("bottleneck").line)
    n_t, _ = pedpy.compute_n_t(traj_data=people, measurement_line=line)
    lines = recording.table("lines")
    passed = int(lines.loc[lines["line"] == "bottleneck", "forward"].sum())
    print(f"Before the bottleneck the Voronoi density rises to {ours['voronoi_density'].max():.2f} people/m2;")
    print(f"PedPy's differs from ours by {apart:.1e} at most, in {len(ours)} instants.")
    print(f"We count {passed} people through, PedPy {n_t['cumulative_pedestrians'].max()}.")
    counted = int(n_t["cumulative_pedestrians"].max())
    return {"peak": float(ours["voronoi_density"].max()), "apart": apart, "passed": passed, "pedpy": counted}


if __name__ == "__main__":
    with TemporaryDirectory() as folder:
        main(Path(folder))
