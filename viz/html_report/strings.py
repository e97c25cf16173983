"""The words of the page in one language: headings, heads of columns, captions (`strings/*.toml`)."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib import resources
from typing import Any


@cache
def page_strings(lang: str) -> dict[str, Any]:
    """Every word of the page in a language ("en" or "ko")."""
    text = (
        resources.files("viz").joinpath("html_report", "strings", f"{lang}.toml").read_text(encoding="utf-8")
    )
    return tomllib.loads(text)
