"""The sentences of this package by language: what an import, the check and the capacity say.

Every sentence is written in English where it is said, with blanks for its values; the files in `data` that end in
`.ko.toml` say the same in Korean. Not here: the sentences of reports of runs (`crowd.sentences`).
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib import resources
from string import Formatter
from typing import Any

from venues.refusals import Told, refusals, translated

#: Languages a sentence can be read in.
LANGUAGES = ("en", "ko")
#: Files of Korean sentences, each with tables of sentences and of the words that fill their blanks.
_FILES = ("import-report", "check", "capacity")


@cache
def korean() -> dict[str, dict[str, str]]:
    """The Korean sentences by the English ones, the words that fill their blanks, and what places are called."""
    found: dict[str, dict[str, str]] = {}
    for name in _FILES:
        text = resources.files("venues").joinpath("data", f"{name}.ko.toml").read_text(encoding="utf-8")
        for table, entries in tomllib.loads(text).items():
            found[table] = found.get(table, {}) | entries
    return found


class _Name(str):
    """A text that is somebody's own and no word of ours."""


class _InKorean(Formatter):
    """Fills blanks; a word of ours is translated, a name (`{name!r}`, `{name!s}`) is not."""

    def convert_field(self, value: Any, conversion: Any) -> Any:
        """Return a value as it is converted; what `!s` makes stays as it is."""
        return _Name(value) if conversion == "s" else super().convert_field(value, conversion)

    def format_field(self, value: Any, format_spec: str) -> str:
        """Return a value as it is printed; the reason of a refusal is one."""
        if isinstance(value, Told):
            return str(super().format_field(translated(value, "ko", refusals("venues", "ko")), format_spec))
        said = value if isinstance(value, _Name) or not isinstance(value, str) else korean()["words"].get(value, value)
        return str(super().format_field(said, format_spec))


def in_language(sentence: str, lang: str, values: Mapping[str, Any] | None = None) -> str:
    """Return an English sentence of this package in a language, its blanks filled.

    Args:
        values: of the blanks; one that hangs on the language is a function of it.

    Raises:
        KeyError: if the language lacks the sentence.
    """
    said = {key: value(lang) if callable(value) else value for key, value in (values or {}).items()}
    if lang == "en":
        return sentence.format(**said)
    return _InKorean().vformat(korean()["sentences"][sentence], (), said)


def label_and_name(name: str, labels: Mapping[str, str], lang: str) -> str:
    """Return what a thing is called in a language with, where that is another one, the name to be typed in brackets."""
    label = labels.get(lang, name)
    return name if label == name else f"{label} [{name}]"
