"""From a Recording alone to a RiskAssessment: how bad, where, from when, and how far that can be trusted.

`source` and `tables` read what was recorded, `zones`, `lines`, `barriers`, `people` and `places` judge it,
`streams` and `oscillation` find opposed streams and packed crowds that sway,
`doubts` says why the truth may be worse, `assessment` puts it together. Not here: words and layout
(`crowd.report`, `viz`).
"""

from crowd.risk.assessment import RiskAssessment, Verdict, assess_risk
from crowd.risk.barriers import BarrierLoad
from crowd.risk.doubts import Doubt
from crowd.risk.lines import Gridlock, LineFlow
from crowd.risk.oscillation import Oscillation
from crowd.risk.people import Journeys, PeopleCounts, SourceCounts, Waits
from crowd.risk.places import Place
from crowd.risk.streams import Opposed
from crowd.risk.tables import Peak, RecordingLike
from crowd.risk.trains import TrainCount
from crowd.risk.zones import LeadTime, ZoneRisk

__all__ = [
    "assess_risk",
    "RiskAssessment",
    "Verdict",
    "ZoneRisk",
    "LeadTime",
    "LineFlow",
    "BarrierLoad",
    "Gridlock",
    "Opposed",
    "Oscillation",
    "PeopleCounts",
    "SourceCounts",
    "Waits",
    "Journeys",
    "TrainCount",
    "Place",
    "Doubt",
    "Peak",
    "RecordingLike",
]
