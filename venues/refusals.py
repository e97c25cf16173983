"""What a refusal says, kept apart from the values it says it of, so that the one line can be read in another language.

A refusal is written in English where it is raised, with blanks for its values; `told` fills the blanks and remembers
both. Tables from English sentences to those of another language are data (`data/refusals.ko.toml`, and one in
`crowd/data`). Not here: which language somebody reads (`crowd.command_line.terminal`), sentences that are no refusals
(`venues.sentences`).
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from functools import cache
from importlib import resources
from typing import Any


class Told(str):
    """An English text that remembers the sentence it was made of and the values of its blanks.

    Attributes:
        sentence: with a blank in braces for each value.
        values: of the blanks.
    """

    sentence: str
    values: Mapping[str, Any]


def told(sentence: str, /, **values: Any) -> Told:
    """Return an English sentence with its blanks filled.

    Args:
        sentence: with a blank in braces for each value, filled as `str.format` does.
        values: of the blanks. One that was told itself is translated with the sentence, an error stands for its
            message, and what hangs on the language is a function of it; all else is shown as it is in every language.

    Raises:
        KeyError: a blank without a value.
    """
    kept = {name: message_of(value) if isinstance(value, BaseException) else value for name, value in values.items()}
    text = Told(sentence.format(**{name: value("en") if callable(value) else value for name, value in kept.items()}))
    text.sentence, text.values = sentence, kept
    return text


def message_of(error: BaseException) -> Told:
    """Return the message of an error as it was told: `str(error)` would forget what it was made of."""
    first = error.args[0] if error.args else None
    return first if isinstance(first, Told) else told("{value}", value=str(error))


def either(names: Iterable[str]) -> Told:
    """Return one name or several as those to choose from, with an "or" before the last."""
    *others, last = names
    return told("{first} or {last}", first=either(others), last=last) if others else told("{value}", value=last)


@cache
def refusals(package: str, lang: str) -> Mapping[str, str]:
    """Return what a package refuses in a language, by the English sentence; words that fill blanks among them."""
    found: dict[str, str] = {}
    text = resources.files(package).joinpath("data", f"refusals.{lang}.toml").read_text(encoding="utf-8")
    for table in tomllib.loads(text).values():
        found |= table
    return found


def translated(message: str, lang: str, sentences: Mapping[str, str]) -> str:
    """Return a message in another language than English, or in English where its sentence has no translation.

    Args:
        message: what `told` made, or any text, which stays as it is.
        lang: language of the sentences.
        sentences: English sentence -> the same in that language, with the same blanks.
    """
    if not isinstance(message, Told) or message.sentence not in sentences:
        return str(message)
    said = {}
    for name, value in message.values.items():
        said[name] = value(lang) if callable(value) else value
        if isinstance(value, Told):
            said[name] = translated(value, lang, sentences)
    return sentences[message.sentence].format(**said)
