"""Whether the model does what guidelines ask and measurements show: cases, their runs, the rows they leave.

Everything here runs the public model as any user would; nothing of the model may import this room. Not here: pictures
and the page (`viz.validation_page`), checks of single functions (`tests`).
"""

from crowd.validation.case import Case, Curve, Outcome, Trial, Verdict
from crowd.validation.not_applicable import NOT_APPLICABLE
from crowd.validation.publication import failed, publication
from crowd.validation.rows import Row
from crowd.validation.runner import count_runs, validate
from crowd.validation.suites import SUITES, chosen_cases

__all__ = [
    "NOT_APPLICABLE", "SUITES", "Case", "Curve", "Outcome", "Row", "Trial", "Verdict",
    "chosen_cases", "count_runs", "failed", "publication", "validate",
]  # fmt: skip
