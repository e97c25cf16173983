"""The capacity of a venue as lines of text, in English or Korean.

Not here: the figures (`capacity.py`), the Korean sentences (`data/capacity.ko.toml`).
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from functools import partial
from typing import Any

from venues.capacity import COUNTS, EMERGENCY_TIMES, ENTRY_TIME, EXIT_TIME, LEAST_EXIT, SEEN_FLOW, Capacity
from venues.sentences import in_language

#: Most names in one line.
LISTED = 12


def tell_capacity(found: Capacity, lang: str = "en") -> Iterator[str]:
    """Yield the figures as lines of text."""
    yield from _limits(found, lang)
    yield from _passages(found, lang)
    yield in_language(
        "arithmetic on the drawing, an upper limit: necks in the floor itself and crossing streams are not in it", lang
    )


def _limits(found: Capacity, lang: str) -> Iterator[str]:
    """Yield the floor and the four limits."""
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
    if len(found.parts) > 1:
        yield say(
            "warning: the floor falls into {count} parts that no way joins, the smallest of {least:,.0f} m2; all of "
            "them count: take off what is no part of the venue, as a legend or a margin",
            count=len(found.parts),
            least=found.parts[-1],
        )
    if math.isnan(found.entry):
        yield say("entry in {minutes:g} min: not computed: no place to stand is drawn", minutes=ENTRY_TIME)
    else:
        yield say("entry in {minutes:g} min: {people:,.0f}", minutes=ENTRY_TIME, people=found.entry)
    by_guide = (say("{people:,.0f} ({guide})", people=most, guide=name) for name, most in found.holding.items())
    yield say("holding: {by_guide!s}", by_guide=", ".join(by_guide))
    yield say(
        "exit in {minutes:g} min: {people:,.0f}; with the worst exit lost {without:,.0f}",
        minutes=EXIT_TIME,
        people=found.exit,
        without=found.exit_without_worst,
    )
    yield say(
        "emergency exit, lifts and escalators still: {early:,.0f} in {soon:g} min, {late:,.0f} in {slow:g} min",
        early=found.emergency[0],
        late=found.emergency[1],
        soon=EMERGENCY_TIMES[0],
        slow=EMERGENCY_TIMES[1],
    )
    more = ", ..." if len(found.full) > LISTED else ""
    yield say("what sets the exit flow: {names!s}", names=(", ".join(found.full[:LISTED]) or say("nothing")) + more)
    yield say(
        "final capacity (least of the four; holding by {guide}, emergency exit in {minutes:g} min): {people:,.0f}, "
        "limited by {limit}; at the {flow:g} people/min/m seen at stadiums {seen:,.0f}",
        guide=COUNTS,
        minutes=found.emergency_time,
        people=found.final,
        # An exit is a place, and another word in Korean.
        limit="exit flow" if found.limit == "exit" else found.limit,
        flow=SEEN_FLOW,
        seen=found.final_seen,
    )


def _passages(found: Capacity, lang: str) -> Iterator[str]:
    """Yield the exits, who cannot leave by which, and the narrowest places."""
    say = partial(_say, lang)
    yield say("exits, widest first (width, flow by the Green Guide, flow seen at stadiums):")
    for way in found.exits:
        told = say(
            "{name!s} (level {level!s}): {width:.2f} m, {flow:,.0f}/min, {seen:,.0f}/min",
            name=way.name,
            level=way.level,
            width=way.width,
            flow=way.flow,
            seen=way.seen,
        )
        narrow = say("; under {least:g} m, too narrow for an exit", least=LEAST_EXIT) if way.width < LEAST_EXIT else ""
        yield f"  {told}{narrow}"
    for step_free in found.step_free:
        if step_free.barred:
            names = ", ".join(step_free.barred)
            told = say("who takes no steps cannot leave by {way!s} from {names!s}", way=step_free.name, names=names)
            yield f"  {told}"
    yield say("narrowest places:")
    for way in found.narrowest:
        told = say(
            "{width:.2f} m {kind} {name!s} (level {level!s}): {flow:,.0f}/min",
            width=way.width,
            kind=way.kind,
            name=way.name,
            level=way.level,
            flow=way.flow,
        )
        yield f"  {told}"


def _say(lang: str, sentence: str, **values: Any) -> str:
    """Return a sentence in a language, its blanks filled."""
    return in_language(sentence, lang, values)
