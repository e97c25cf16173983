"""The files of a validation: VALIDATION.md, a picture for each row with curves, and all numbers."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from viz.charts import to_png
from viz.validation_page.charts import draw_curves
from viz.validation_page.page import validation_page

#: Where the pictures of the published page are, from the top of a checkout.
PUBLISHED_PICTURES = "examples/pictures/validation"


def write_validation(document: Mapping[str, Any], folder: Path) -> list[Path]:
    """Write the page, `validation/*.png` and `validation.json` into a folder, made if it is not there."""
    folder.mkdir(parents=True, exist_ok=True)
    numbers = folder / "validation.json"
    text = json.dumps(document, ensure_ascii=False, indent=1, allow_nan=False)
    numbers.write_text(text + "\n", encoding="utf-8", newline="")
    return [*write_page(document, folder, pictures="validation"), numbers]


def write_page(document: Mapping[str, Any], folder: Path, *, pictures: str) -> list[Path]:
    """Write VALIDATION.md and its pictures; those of rows that are gone are removed.

    Args:
        document: of `crowd.validation.publication`.
        folder: of the page. pictures: folder of the pictures, from there.

    Returns:
        The files written, the page first.
    """
    page, gallery = folder / "VALIDATION.md", folder / pictures
    gallery.mkdir(parents=True, exist_ok=True)
    for old in gallery.glob("*.png"):
        old.unlink()
    page.write_text(validation_page(document, pictures=pictures), encoding="utf-8", newline="")
    written = [page]
    for row in document["rows"]:
        figure = draw_curves(row["curves"])
        if figure is not None:
            written.append(gallery / f"{row['key']}.png")
            written[-1].write_bytes(to_png(figure))
    return written
