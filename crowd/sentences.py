"""The sentences of the package by language: what reports and comparisons say, read from `crowd/data/report`.

Not here: names and definitions of numbers (`crowd.quantities`), the strings of pages (`viz.html_report`).
"""

from __future__ import annotations

import tomllib
from functools import cache
from importlib import resources
from typing import Any

LANGUAGES = ("en", "ko")


@cache
def sentences(lang: str) -> dict[str, Any]:
    """Every sentence of a language."""
    text = resources.files("crowd").joinpath("data", "report", f"{lang}.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


def say(lang: str, section: str, key: str, **values: Any) -> str:
    """The sentence `key` of a section, with its blanks filled."""
    return str(sentences(lang)[section][key]).format(**values)
