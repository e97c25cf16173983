"""The sentences of the package by language: what reports and comparisons say, and what commands say on the terminal.

They are read from `crowd/data/report` and `crowd/data/commands`.

Not here: names and definitions of numbers (`crowd.quantities`), the strings of pages (`viz.html_report`).
"""

from __future__ import annotations

import tomllib
from functools import cache
from importlib import resources
from typing import Any

#: Folders of `crowd/data` with a file for each language.
_FOLDERS = ("report", "commands")


@cache
def sentences(lang: str) -> dict[str, Any]:
    """Every sentence of a language."""
    found: dict[str, Any] = {}
    for folder in _FOLDERS:
        text = resources.files("crowd").joinpath("data", folder, f"{lang}.toml").read_text(encoding="utf-8")
        found |= tomllib.loads(text)
    return found


def say(lang: str, section: str, key: str, **values: Any) -> str:
    """The sentence `key` of a section, with its blanks filled."""
    return str(sentences(lang)[section][key]).format(**values)
