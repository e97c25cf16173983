"""The published validation as reports read it: what constants it is of, how far the model is off, what fails.

The document is `crowd/data/validation.json`, written by `make validation`. Not here: how it is made
(`crowd.validation`).
"""

from __future__ import annotations

import json
from importlib import resources
from typing import Any

SCHEMA_VERSION = 1


def published_validation() -> dict[str, Any] | None:
    """The shipped document; None if there is none, or one that this version cannot read."""
    file = resources.files("crowd").joinpath("data", "validation.json")
    try:
        document = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    readable = isinstance(document, dict) and document.get("schema_version") == SCHEMA_VERSION
    return document if readable else None
