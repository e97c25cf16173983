"""In the first three minutes of the Itaewon evening, when is the first alert level reached, where, and how dense is it?

Runs the shipped scenario, cut short, judges what was recorded, and writes the report that a safety officer reads.
The demand of this scenario is assumed: one run of it is not a forecast.
"""

import sys
import tempfile
from pathlib import Path

from crowd import Scenario, assess_risk, run
from crowd.risk import RiskAssessment
from viz.html_report import write_report


def main(folder: Path) -> RiskAssessment:
    """Run, judge, report."""
    scenario = Scenario.read("itaewon-two-way").with_until(180.0)
    recording = run(scenario, out=folder / "run")
    risk = assess_risk(recording)
    if risk.worst_density is None:
        raise SystemExit("nothing was recorded that could be judged")
    peak, place = risk.worst_density
    print(f"The highest density is {peak.value:.1f} people/m2, {peak.time:.0f} s after the start, in {place.zone}.")
    for level, seconds in risk.first_times.items():
        print(f"Level {level!r} is first reached at {scenario.clock(seconds):%H:%M:%S}.")
    exposure = risk.exposure["3"]
    print(f"People spend {exposure:.0f} person seconds above 3 people/m2; doubts noted: {len(risk.doubts)}.")
    print(f"The report is in {write_report([recording], folder, lang='en')}.")
    return risk


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else tempfile.mkdtemp()))
