"""The sentences of the package by language: what reports and comparisons say, and what commands say on the terminal.

They are read from `crowd/data/report` and `crowd/data/commands`; what is refused is written in English where it is
refused, and in Korean in the `refusals.ko.toml` of `venues/data` and `crowd/data`.

Not here: names and definitions of numbers (`crowd.quantities`), the strings of pages (`viz.html_report`).
"""

from __future__ import annotations

import tomllib
from functools import cache
from importlib import resources
from typing import Any

from venues.refusals import message_of, refusals, told, translated

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


def refusal(error: BaseException | str, lang: str) -> str:
    """Return the one line that says in a language what was refused; in English where it has no such line.

    Args:
        error: what was raised, or its message.
        lang: one of `venues.sentences.LANGUAGES`.
    """
    message = error if isinstance(error, str) else message_of(error)
    if lang == "en":
        return str(message)
    if isinstance(error, OSError) and error.strerror and error.filename is not None and error.filename2 is None:
        why, file = told(error.strerror), error.filename
        message = told("[Errno {number}] {why}: {file!r}", number=error.errno, why=why, file=file)
    return translated(message, lang, {**refusals("venues", lang), **refusals("crowd", lang)})


def say(lang: str, section: str, key: str, **values: Any) -> str:
    """The sentence `key` of a section, with its blanks filled."""
    return str(sentences(lang)[section][key]).format(**values)
