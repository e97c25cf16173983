"""One language, one clock, one venue: how a report says numbers, times and names.

Not here: which sentences are said (`run`, `comparison`).
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from crowd.quantities import QUANTITIES
from crowd.risk import RiskAssessment
from crowd.sentences import say, sentences
from venues.sentences import LANGUAGES, label_and_name
from venues.venue import WHOLE_VENUE

__all__ = ["LANGUAGES", "Words", "sentences", "words_of"]


@dataclass(frozen=True)
class Words:
    """The sentences of one language, with the clock of one run and the names of its places.

    Args:
        lang: "en" or "ko".
        start: date and time of the start, with its offset from UTC.
        names: place -> what to call it.
    """

    lang: str
    start: datetime
    names: Mapping[str, str]

    def say(self, section: str, key: str, **values: Any) -> str:
        """The sentence `key` of a section, with its blanks filled."""
        return say(self.lang, section, key, **values)

    def word(self, key: str) -> str:
        """A word that stands outside any section."""
        return str(sentences(self.lang)[key])

    def unit(self, key: str) -> str:
        """A unit, as it is written after a number."""
        return str(sentences(self.lang)["units"][key])

    def place(self, name: str) -> str:
        """What to call a zone, area, line or gate."""
        return self.names.get(name, name)

    def clock(self, seconds: float | None, *, whole_minutes: bool = False) -> str:
        """Clock time in the time zone of the scenario, with the day if it is not the day of the start."""
        if seconds is None or not math.isfinite(seconds):
            return self.word("unknown")
        moment = self.start + timedelta(seconds=math.floor(seconds))
        text = moment.strftime("%H:%M" if whole_minutes else "%H:%M:%S")
        if moment.date() == self.start.date():
            return text
        return self.say("format", "other_day", month=self._month(moment), day=moment.day, clock=text)

    def day(self) -> str:
        """The day of the start, with its weekday."""
        start = self.start
        weekday = sentences(self.lang)["format"]["weekdays"][start.weekday()]
        said = {"weekday": weekday, "day": start.day, "month": self._month(start), "year": start.year}
        return self.say("format", "day", **said)

    def time_zone(self) -> str:
        """Offset of the clock from UTC, like "UTC+09:00"."""
        return f"UTC{self.start.strftime('%z')[:3]}:{self.start.strftime('%z')[3:5]}"

    def duration(self, seconds: float | None) -> str:
        """A length of time in minutes and seconds; a negative one has a minus before it."""
        if seconds is None or not math.isfinite(seconds):
            return self.word("unknown")
        whole = round(seconds)
        return f"−{self._duration(-whole)}" if whole < 0 else self._duration(whole)

    def _duration(self, seconds: int) -> str:
        minutes, rest = divmod(seconds, 60)
        if not minutes:
            return self.say("format", "seconds", seconds=rest)
        if not rest:
            return self.say("format", "minutes", minutes=f"{minutes:,}")
        return self.say("format", "minutes_seconds", minutes=f"{minutes:,}", seconds=rest)

    def number(self, value: float | None, quantity: str) -> str:
        """A number with the digits its quantity is shown with."""
        shown = QUANTITIES[quantity].shown(value)
        if shown is None:
            return self.word("unknown")
        return f"{shown:,.{QUANTITIES[quantity].decimals}f}"

    def with_unit(self, value: float | None, quantity: str, *, unit: str) -> str:
        """A number and its unit, set apart or not as the language does."""
        number = self.number(value, quantity)
        if number == self.word("unknown"):
            return number
        return self.say("format", "with_unit", value=number, unit=self.unit(unit))

    def _month(self, moment: datetime) -> str:
        return str(sentences(self.lang)["format"]["months"][moment.month - 1])


def words_of(risk: RiskAssessment, lang: str) -> Words:
    """The words for one run."""
    venue = risk.venue
    items = (
        *venue.planes, *venue.zones, *venue.gates, *venue.links, *venue.areas, *venue.lines, *venue.elements,
        *getattr(risk.scenario, "areas", ()), *getattr(risk.scenario, "lines", ()),
    )  # fmt: skip
    names = {item.name: item.labels.get(lang, item.name) for item in items}
    # Where two places are called alike it must be said which one is meant.
    often = Counter(names.values())
    alike = [item for item in items if often[names[item.name]] > 1]
    names |= {item.name: label_and_name(item.name, item.labels, lang) for item in alike}
    names[WHOLE_VENUE] = str(sentences(lang)["whole_venue"])
    return Words(lang, datetime.fromisoformat(str(risk.manifest["start"])), names)
