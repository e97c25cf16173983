"""The types of single entries of a scenario file: quantities with units (read to SI), names, points, moments.

Not here: which table has which entries (`crowd.scenario.schema`), the units themselves (`crowd.scenario.units`).
"""

from __future__ import annotations

from datetime import datetime, time
from functools import partial
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, Discriminator, Field, Tag, WithJsonSchema

from crowd.scenario.units import DENSITY, DURATION, FORCE, LENGTH, MASS, RATE, SPEED, Quantity, parse_quantity
from venues.doors import MAX_REACH
from venues.refusals import told

LONGEST_NAME, LONGEST_SENTENCE = 200, 10_000


def _read(quantity: Quantity) -> BeforeValidator:
    """Return what turns a written quantity into SI."""
    return BeforeValidator(partial(parse_quantity, quantity=quantity))


def _seen(quantity: Quantity) -> WithJsonSchema:
    """Return how an editor sees a quantity."""
    words = f"{quantity.name} with its unit, like {quantity.example!r}, at most {quantity.limit}"
    return WithJsonSchema({"type": "string", "description": words, "examples": [quantity.example]})


def _check_printable(text: str, *, longest: int) -> str:
    if not text.strip() or len(text) > longest or not text.isprintable():
        raise ValueError(told("must be 1 to {most:,} printable characters on one line", most=longest))
    return text


def _parse_start(value: object) -> object:
    """Return a date and time written as text as what TOML itself would give."""
    if isinstance(value, str):
        try:
            return datetime.fromisoformat(value)
        except ValueError:
            return value
    return value


def _check_moment(value: object) -> object:
    if isinstance(value, datetime | time | str):
        return value
    raise ValueError(told("must be a clock time like '22:15', or a time from the start like '5 min'"))


def _as_pair(value: object) -> object:
    """Return a list of two as the pair it means."""
    if isinstance(value, list | tuple) and len(value) == 2:
        return tuple(value)
    raise ValueError(told("must be a list of two"))


Rate = Annotated[float, _read(RATE), _seen(RATE)]
Length = Annotated[float, _read(LENGTH), _seen(LENGTH)]
Duration = Annotated[float, _read(DURATION), _seen(DURATION)]
Speed = Annotated[float, _read(SPEED), _seen(SPEED)]
Force = Annotated[float, _read(FORCE), _seen(FORCE)]
Mass = Annotated[float, _read(MASS), _seen(MASS)]
Density = Annotated[float, _read(DENSITY), _seen(DENSITY)]
Name = Annotated[str, AfterValidator(partial(_check_printable, longest=LONGEST_NAME))]
AlertDensities = Annotated[
    Annotated[Density, Tag("everywhere")] | Annotated[dict[Name, Density], Tag("in a zone")],
    Discriminator(lambda given: "in a zone" if isinstance(given, dict) else "everywhere"),
]
Sentence = Annotated[str, AfterValidator(partial(_check_printable, longest=LONGEST_SENTENCE))]
Share = Annotated[float, Field(gt=0.0, le=1.0)]
Coordinate = Annotated[float, Field(ge=-MAX_REACH, le=MAX_REACH)]
Point = Annotated[tuple[Coordinate, Coordinate], BeforeValidator(_as_pair)]
Moment = Annotated[
    datetime | time | str,
    BeforeValidator(_check_moment),
    WithJsonSchema(
        {
            "type": "string",
            "description": "a clock time, a date and time, or a time from the start",
            "examples": ["22:15", "2022-10-29T22:15:00+09:00", "5 min"],
        }
    ),
]
MomentAndRate = Annotated[tuple[Moment, Rate], BeforeValidator(_as_pair)]
MedianAndSpread = Annotated[tuple[Duration, Annotated[float, Field(ge=0.0, le=5.0)]], BeforeValidator(_as_pair)]
_Shape = Annotated[float, Field(gt=0.0, le=100.0)]
ShapeAndScale = Annotated[tuple[_Shape, Duration], BeforeValidator(_as_pair)]
ScaleAndShape = Annotated[tuple[Duration, _Shape], BeforeValidator(_as_pair)]
Start = Annotated[datetime, BeforeValidator(_parse_start)]
Labels = dict[str, Name]
