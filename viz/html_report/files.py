"""The files of a report: `report.html`, `report.json` with just its numbers, and tables for spreadsheets.

Not here: what is in the tables (`viz.html_report.tables`).
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Sequence
from pathlib import Path

from crowd.alert_levels import Overrides
from crowd.csv_text import csv_text
from crowd.recording.safe_files import write_whole
from crowd.report import report_data
from crowd.risk import RecordingLike, assess_risk
from viz.html_report.page import render_page
from viz.html_report.pictures import comparison_picture, run_pictures
from viz.html_report.tables import csv_tables

TABLES = ("summary.csv", "minutes.csv", "flows.csv")
FILES = ("report.html", "report.json", *TABLES)


def write_report(
    recordings: Sequence[RecordingLike],
    out_dir: str | Path,
    lang: str = "en",
    *,
    preset: str | None = None,
    overrides: Overrides | None = None,
) -> Path:
    """Write the report of one recording, or of several side by side.

    Args:
        recordings: one or more.
        out_dir: directory to write into; made if it is not there. An older report in it is replaced; one in
            another language stays beside the new one as `report.<language>.html`, with its data.
        lang: "en" or "ko".
        preset: alert preset; None takes the one each scenario names.
        overrides: thresholds of this place.

    Returns:
        Path of `report.html`; `report.json` and the tables are beside it.
    """
    assessments = [assess_risk(recording, preset, overrides) for recording in recordings]
    data = report_data(assessments, lang)
    pictures = [run_pictures(risk, run, lang) for risk, run in zip(assessments, data["runs"], strict=True)]
    labels = [run["label"] for run in data["runs"]]
    together = comparison_picture(assessments, labels, lang) if len(assessments) > 1 else None
    page = render_page(data, pictures, comparison=together)
    folder = Path(out_dir)
    folder.mkdir(parents=True, exist_ok=True)
    _set_aside_other_language(folder, lang)
    numbers = json.dumps(data, ensure_ascii=False, indent=1, allow_nan=False) + "\n"
    write_whole(folder / "report.json", numbers.encode())
    for name, rows in zip(TABLES, csv_tables(assessments, data["runs"]), strict=True):
        write_whole(folder / name, csv_text(rows).encode())
    write_whole(folder / "report.html", page.encode())
    return folder / "report.html"


def _set_aside_other_language(folder: Path, lang: str) -> None:
    """Move a report in another language to names of its own; drop such a copy of the language now written."""
    page = folder / FILES[0]
    found = re.search(r'<html lang="(\w+)">', page.read_text(encoding="utf-8")[:500]) if page.exists() else None
    for path in (folder / name for name in FILES):
        path.with_suffix(f".{lang}{path.suffix}").unlink(missing_ok=True)
        if found and found[1] != lang and path.exists():
            os.replace(path, path.with_suffix(f".{found[1]}{path.suffix}"))
