"""Whether the model does what guidelines ask and measurements show: cases, their runs, the rows they leave.

Everything here runs the public model as any user would; nothing of the model may import this room. Not here: pictures
and the page (`viz.validation`), checks of single functions (`tests`).
"""

from crowd.validation.case import Case, Curve, Outcome, Trial, Verdict
from crowd.validation.rows import Row
from crowd.validation.runner import validate
from crowd.validation.suites import SUITES, chosen_cases

__all__ = ["SUITES", "Case", "Curve", "Outcome", "Row", "Trial", "Verdict", "chosen_cases", "validate"]
