"""The pictures of a page as data in it, each with a text for those who cannot see it."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from matplotlib.figure import Figure

from crowd.report.forces import peak_force_data
from crowd.report.spots import place_text
from crowd.report.words import Words, words_of
from crowd.risk import RiskAssessment
from viz.barrier_charts import draw_barrier_loads
from viz.charts import DPI, to_png
from viz.figures import draw_comparison, draw_flows, draw_level_time_line, draw_outside
from viz.html_report.strings import page_strings
from viz.risk_maps import draw_density_map, draw_force_map


@dataclass(frozen=True)
class Picture:
    """A picture inside a page.

    Args:
        data: a data URI.
        alt: what it shows, in words.
        width, height: of the PNG [pixels].
    """

    data: str
    alt: str
    width: int
    height: int


def run_pictures(risk: RiskAssessment, run: dict[str, Any], lang: str) -> dict[str, Picture | None]:
    """The pictures of one run by the name of their section; None where there is nothing to draw.

    Args:
        risk: the run.
        run: its data, for the words.
        lang: "en" or "ko".
    """
    alt = page_strings(lang)["alt"]
    numbers = {entry["key"]: entry for entry in run["key_numbers"]}
    numbers["peak_force"] = _moment_of_force(risk, words_of(risk, lang))
    figures = {
        "density_map": (draw_density_map(risk, lang), "peak_density"),
        "time_line": (draw_level_time_line(risk, lang) if risk.zones else None, "highest_level"),
        "force_map": (draw_force_map(risk, lang), "peak_force"),
        "flows": (draw_flows(risk, lang), "highest_level"),
        "barriers": (draw_barrier_loads(risk, lang), "highest_level"),
        "outside": (draw_outside(risk, lang), "outside"),
    }
    return {
        name: _picture(
            figure,
            alt[name].format(venue=run["venue"], peak=numbers[number]["text"], where=_where(numbers[number]["note"])),
        )
        for name, (figure, number) in figures.items()
    }


def _where(note: str) -> str:
    """When and where in brackets, empty if there is nothing to say of it."""
    return f" ({note})" if note else ""


def _moment_of_force(risk: RiskAssessment, words: Words) -> dict[str, str]:
    """The largest force of a moment, which the map of forces shows, and where it was."""
    said = peak_force_data(risk, words)
    if risk.worst_force is None or risk.worst_force[0].value <= 0.0:
        return {"text": said["text"], "note": ""}
    place = place_text(risk.worst_force[1], risk, words)
    return {"text": said["text"], "note": words.say("key_numbers", "at", time=said["time"], place=place)}


def comparison_picture(assessments: Sequence[RiskAssessment], labels: Sequence[str], lang: str) -> Picture | None:
    """The picture that sets runs side by side."""
    return _picture(draw_comparison(assessments, labels, lang), page_strings(lang)["alt"]["comparison"])


def _picture(figure: Figure | None, alt: str) -> Picture | None:
    if figure is None:
        return None
    width, height = (round(side * DPI) for side in figure.get_size_inches())
    data = base64.b64encode(to_png(figure)).decode("ascii")
    return Picture(f"data:image/png;base64,{data}", alt, width, height)
