"""Write VALIDATION.md and its pictures of the checkout one stands in again, from the shipped rows."""

from __future__ import annotations

import sys
from pathlib import Path

from crowd.published import published_validation
from viz.validation_page.files import PUBLISHED_PICTURES, write_page

if __name__ == "__main__":
    document = published_validation()
    if document is None or not Path("pyproject.toml").is_file():
        sys.exit("no crowd/data/validation.json, or not the top of a checkout; run make validation there")
    sys.stdout.write("".join(f"{file}\n" for file in write_page(document, Path(), pictures=PUBLISHED_PICTURES)))
