"""The capacity of a venue as lines of text, in English or Korean.

Not here: the figures (`capacity.py`), the Korean sentences (`data/capacity.ko.toml`).
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from functools import partial
from typing import Any

from venues.capacity import (
    COUNTS,
    EMERGENCY_TIMES,
    ENTRY_TIME,
    EXIT_TIME,
    LEAST_EXIT,
    SEEN_FLOW,
    STANDING,
    Capacity,
    Passage,
)
from venues.sentences import in_language

#: Most names in one line.
LISTED = 12


def tell_capacity(found: Capacity, lang: str = "en") -> Iterator[str]:
    """Yield the figures as lines of text: the one that governs first, then what it is the least of."""
    yield from _limits(found, lang)
    yield from _floor(found, lang)
    yield from _comparisons(found, lang)
    yield from _passages(found, lang)
    yield in_language(
        "arithmetic on the drawing, an upper limit: necks in the floor itself and crossing streams are not in it", lang
    )


def _limits(found: Capacity, lang: str) -> Iterator[str]:
    """Yield the capacity and the four limits that it is the least of."""
    say = partial(_say, lang)
    # An exit is a place, and another word in Korean.
    least = "exit flow" if found.limit == "exit" else found.limit
    yield say("CAPACITY: at most {people:,.0f} people, limited by {limit}", people=found.final, limit=least)
    yield say("the four limits, of which the least is the capacity:")
    entry = say("not computed: no place to stand is drawn")
    if not math.isnan(found.entry):
        entry = say("{people:,.0f} people in {minutes:g} min", people=found.entry, minutes=ENTRY_TIME)
    emergency = say(
        "{people:,.0f} people in {minutes:g} min, lifts and escalators standing still",
        people=found.emergency_exit,
        minutes=found.emergency_time,
    )
    limits = {
        "entry": entry,
        "holding": say(
            "{people:,.0f} people standing on {area:,.0f} m2, {density:g} per m2 ({guide})",
            people=found.holding[COUNTS],
            area=found.standing_area,
            density=STANDING[COUNTS],
            guide=COUNTS,
        ),
        "exit flow": say("{people:,.0f} people in {minutes:g} min", people=found.exit, minutes=EXIT_TIME),
        "emergency exit": emergency,
    }
    for name, told in limits.items():
        mark = say("  <- the least") if name == least else ""
        yield "  " + say("{limit}: {told!s}{mark!s}", limit=name, told=told, mark=mark)


def _floor(found: Capacity, lang: str) -> Iterator[str]:
    """Yield the floor, and what of it does not count."""
    say = partial(_say, lang)
    where = "waiting areas and stages"
    if found.on_all_floor:
        where = "all of it: no waiting area, queue or stage is drawn"
    yield say(
        "floor: {area:,.0f} m2 on {levels} level(s); people may stand on {standing:,.0f} m2 ({where}); "
        "seats are not counted",
        area=sum(found.areas.values()),
        levels=len(found.areas),
        standing=found.standing_area,
        where=say(where),
    )
    if not found.on_all_floor:
        yield say(
            "floor outside those zones, as streets and squares to walk on, is not counted: where people are to stand, "
            "draw a zone of kind waiting (in a picture yellow, #ffff00)"
        )
    for lost in found.left_out:
        yield say(
            "left out of the floor: {area:,.0f} m2 at ({x:.1f}, {y:.1f}), level {level!s}: nothing joins it both to "
            "where people come in and to where they leave (a legend, a margin, a yard?)",
            **vars(lost),
        )
    if len(found.parts) > 1:
        yield say(
            "warning: the floor that counts falls into {count} parts that no way joins, the smallest of {least:,.0f} "
            "m2, each with its own ways in and out: take off what is no part of the venue",
            count=len(found.parts),
            least=found.parts[-1],
        )


def _comparisons(found: Capacity, lang: str) -> Iterator[str]:
    """Yield figures that the capacity is not made of: other rules, a lost exit, more time, the flow that is seen."""
    say = partial(_say, lang)
    yield say("to compare with, none of them is the capacity:")
    others = ((name, most) for name, most in found.holding.items() if name != COUNTS)
    by_guide = ", ".join(say("{people:,.0f} ({guide})", people=most, guide=name) for name, most in others)
    yield "  " + say("standing by other rules: {by_guide!s}", by_guide=by_guide)
    yield "  " + say(
        "exit in {minutes:g} min with the worst exit lost: {people:,.0f}",
        minutes=EXIT_TIME,
        people=found.exit_without_worst,
    )
    yield "  " + say(
        "emergency exit in {soon:g} min: {early:,.0f}, in {slow:g} min: {late:,.0f}",
        early=found.emergency[0],
        late=found.emergency[1],
        soon=EMERGENCY_TIMES[0],
        slow=EMERGENCY_TIMES[1],
    )
    yield "  " + say(
        "capacity if no more pass than was seen at stadiums ({flow:g} people/min/m): {people:,.0f}",
        flow=SEEN_FLOW,
        people=found.final_seen,
    )
    more = ", ..." if len(found.full) > LISTED else ""
    yield say("what sets the exit flow: {names!s}", names=(", ".join(found.full[:LISTED]) or say("nothing")) + more)


def _passages(found: Capacity, lang: str) -> Iterator[str]:
    """Yield the exits, who cannot leave by which, and the narrowest places."""
    say = partial(_say, lang)
    yield say("exits, widest first (width, flow by the Green Guide, flow seen at stadiums):")
    for way in found.exits:
        narrow = say("; under {least:g} m, too narrow for an exit", least=LEAST_EXIT) if way.width < LEAST_EXIT else ""
        yield f"  {_passage(way, lang)}{narrow}"
    for step_free in found.step_free:
        if step_free.barred:
            names = ", ".join(step_free.barred)
            told = say("who takes no steps cannot leave by {way!s} from {names!s}", way=step_free.name, names=names)
            yield f"  {told}"
    yield say("narrowest places:")
    for way in found.narrowest:
        yield f"  {_passage(way, lang)}"


def _passage(way: Passage, lang: str) -> str:
    """Return a passage with its width and flows."""
    sentence = "{name!s} ({kind}, level {level!s}): {width:.2f} m, {flow:,.0f}/min, {seen:,.0f}/min"
    return in_language(sentence, lang, vars(way))


def _say(lang: str, sentence: str, **values: Any) -> str:
    """Return a sentence in a language, its blanks filled."""
    return in_language(sentence, lang, values)
