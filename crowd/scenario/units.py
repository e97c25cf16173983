"""Quantities as people write them ("120/min", "3.2 m", "25 min") to numbers in SI.

Holds: the units that are understood, the limits beyond which a value is refused, and the one parser.
Not here: clock times (`crowd.scenario.clock`), and which entry of a file is which quantity (`crowd.scenario.schema`).
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass

from crowd.demand import LARGEST_RATE
from crowd.errors import BadInput, shown
from venues.refusals import told

DAY = 86_400.0  # [s]

_NUMBER = re.compile(r"^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?")
_NOT_FINITE = re.compile(r"^[+-]?(?:nan|inf(?:inity)?)", re.IGNORECASE)


@dataclass(frozen=True)
class Quantity:
    """A kind of quantity: its units and the range that makes sense for a crowd.

    Args:
        name: the field's word, with its article, like "a rate".
        units: unit as written -> its size in SI.
        largest: largest magnitude accepted [SI].
        limit: the largest value in words, for messages.
        example: a well-written value.
        signed: whether a value below zero makes sense.
    """

    name: str
    units: Mapping[str, float]
    largest: float
    limit: str
    example: str
    signed: bool = False


_SECONDS = {"s": 1.0, "sec": 1.0, "second": 1.0, "seconds": 1.0, "min": 60.0, "minute": 60.0, "minutes": 60.0}
_SECONDS |= {"h": 3600.0, "hour": 3600.0, "hours": 3600.0, "d": DAY, "day": DAY, "days": DAY}
_SECONDS |= {"초": 1.0, "분": 60.0, "시간": 3600.0}
_PER = {f"{who}/{unit}": 1.0 / _SECONDS[unit] for who in ("", "1", "people", "persons") for unit in ("s", "min", "h")}
_LENGTHS = {"m": 1.0, "cm": 0.01, "mm": 0.001, "km": 1000.0}

# The limits are assumed: far above what a venue sees, low enough to catch a slipped digit or a wrong unit.
RATE = Quantity("a rate", _PER, LARGEST_RATE, "10,000/min", "120/min")
LENGTH = Quantity("a length", _LENGTHS, 50_000.0, "50 km", "3.2 m")
DURATION = Quantity("a duration", _SECONDS, 7 * DAY, "7 days", "25 min")
OFFSET = Quantity("a time from the start", _SECONDS, 7 * DAY, "7 days", "5 min", signed=True)
SPEED = Quantity("a speed", {"m/s": 1.0, "km/h": 1.0 / 3.6}, 10.0, "10 m/s", "1.34 m/s")
FORCE = Quantity("a force", {"N": 1.0, "kN": 1000.0}, 5000.0, "5 kN", "100 N")
MASS = Quantity("a mass", {"kg": 1.0}, 500.0, "500 kg", "72 kg")
DENSITY = Quantity(
    "a density",
    {f"{who}/{m2}": 1.0 for who in ("", "1", "people", "persons") for m2 in ("m2", "m^2", "m²")},
    20.0,
    "20/m2",
    "5/m2",
)


def parse_quantity(text: object, quantity: Quantity) -> float:
    """Return a written quantity in SI.

    Args:
        text: what the file holds; anything but text is refused, since a bare number has no unit.
        quantity: which kind of quantity it must be.

    Returns:
        The value [SI unit of the quantity], finite, within its limit.

    Raises:
        BadInput: no unit, another unit, not a finite number, negative, or absurdly large.
    """
    right = told(
        "write {quantity} with its unit, like {example!r}", quantity=told(quantity.name), example=quantity.example
    )
    if not isinstance(text, str):
        raise BadInput(told("{text} has no unit; {right}", text=shown(text), right=right))
    written = text.strip()
    if _NOT_FINITE.match(written):
        raise BadInput(told("{text} is not a finite number; {right}", text=shown(text), right=right))
    number = _NUMBER.match(written)
    if number is None:
        raise BadInput(
            told("{text} is not {quantity}; {right}", text=shown(text), quantity=told(quantity.name), right=right)
        )
    value = float(number.group()) * _size_of(written[number.end() :], text=text, quantity=quantity)
    _refuse_absurd(value, text=text, quantity=quantity)
    return value


def _size_of(unit: str, *, text: str, quantity: Quantity) -> float:
    """Return the size of a written unit in SI."""
    name = re.sub(r"\s*/\s*", "/", unit.strip())
    if name in quantity.units:
        return quantity.units[name]
    right = told(
        "write {quantity} with its unit, like {example!r}", quantity=told(quantity.name), example=quantity.example
    )
    if not name:
        raise BadInput(told("{text} has no unit; {right}", text=shown(text), right=right))
    known = ", ".join(list(quantity.units)[:12])
    raise BadInput(
        told(
            "{text} has unit {unit}; known are {known}; {right}",
            text=shown(text),
            unit=shown(name),
            known=known,
            right=right,
        )
    )


def _refuse_absurd(value: float, *, text: str, quantity: Quantity) -> None:
    """Raise BadInput where a value is outside the range of its quantity."""
    said = {"text": shown(text), "quantity": told(quantity.name), "most": told(quantity.limit)}
    if not math.isfinite(value):
        raise BadInput(told("{text} is not a finite number; {quantity} is at most {most}", **said))
    if value < 0.0 and not quantity.signed:
        raise BadInput(
            told("{text} is negative; {quantity} is 0 or more, like {example!r}", **said, example=quantity.example)
        )
    if abs(value) > quantity.largest * (1.0 + 1e-12):
        raise BadInput(told("{text} is absurdly large; {quantity} is at most {most}", **said))
