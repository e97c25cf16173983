"""RiskAssessment to the plain data of a report: numbers as they are shown, and the sentences around them.

`words` is one language and one clock, `run` the data of one run, `headline`, `key_numbers`, `forces`,
`survey`, `statements` and `spots` parts of it, `comparison` sets runs side by side. Sentences are data
(`crowd/data/report/*.toml`). Not here: pictures, layout, HTML (`viz`).
"""

from crowd.report.data import LANGUAGES, report_data
from crowd.report.headline import short_doubts

__all__ = ["LANGUAGES", "report_data", "short_doubts"]
