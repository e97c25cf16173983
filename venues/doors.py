"""The checks every item of a venue passes when it is made: names, numbers, polygons, lines.

Each raises `BadInput` with one line; none of them mends anything. What is wrong with a map as a whole
(gaps, unreachable exits) is found in `check.py`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np
import shapely
from shapely.geometry import LineString, MultiPolygon, Polygon
from shapely.geometry.base import BaseGeometry

from venues.errors import BadInput, name_known
from venues.refusals import Told, told

#: A venue reaches at most this far from its origin [m]; farther means degrees, millimetres or a national
#: grid.
MAX_REACH = 50_000.0
#: No gate, stair or line is wider than this [m] (assumed: the widest boulevards are near 100 m).
MAX_WIDTH = 1_000.0
#: Longest name of anything in a venue [characters] (assumed: a name must fit on a plan).
MAX_NAME = 200
#: Longest text about a venue: source, licence, what is simplified [characters] (assumed: a page).
MAX_TEXT = 5_000
#: Directions in which a gate, link or line may be passed.
DIRECTIONS = ("both", "forward", "backward")


def check_name(what: Told, name: object) -> None:
    """Refuse a name that is empty, too long, or holds characters that cannot be printed on one line."""
    if not isinstance(name, str) or not name.strip():
        raise BadInput(
            told("{what} has the name {name!r}; a name must be a text that is not empty", what=what, name=name)
        )
    if len(name) > MAX_NAME:
        raise BadInput(
            told(
                "{what} has a name of {count} characters; at most {most} are allowed",
                what=what,
                count=len(name),
                most=MAX_NAME,
            )
        )
    if not name.isprintable():
        raise BadInput(told("{what} has the name {name!r}; a name must be printable on one line", what=what, name=name))


def check_text(what: Told, text: object) -> None:
    """Refuse what is no text, or one that is too long or cannot be printed on one line; it may be empty."""
    if not isinstance(text, str) or not text.isprintable():
        raise BadInput(told("{what} is {value!r:.60}; it must be a text printable on one line", what=what, value=text))
    if len(text) > MAX_TEXT:
        raise BadInput(
            told(
                "{what} has {count:,} characters; at most {most:,} are allowed",
                what=what,
                count=len(text),
                most=MAX_TEXT,
            )
        )


def check_labels(what: Told, labels: object, *, longest: int = MAX_NAME) -> dict[str, str]:
    """Return labels (language code -> text) as a plain dict, or refuse them."""
    if not isinstance(labels, Mapping):
        raise BadInput(
            told(
                "{what} has labels {labels!r}; write a table such as {{'en': 'Gate 2', 'ko': '2번 문'}}",
                what=what,
                labels=labels,
            )
        )
    for language, text in labels.items():
        if not all(isinstance(word, str) and word.strip() and word.isprintable() for word in (language, text)):
            raise BadInput(
                told(
                    "{what} has the label {language!r:.60}: {text!r:.60}; "
                    "both must be texts that are not blank, printable on one line",
                    what=what,
                    language=language,
                    text=text,
                )
            )
        if len(text) > longest:
            raise BadInput(
                told(
                    "{what} has a label of {count:,} characters; at most {most:,} are allowed",
                    what=what,
                    count=len(text),
                    most=longest,
                )
            )
    return dict(labels)


def check_number(what: Told, value: object, *, low: float, high: float, unit: str, open_low: bool = False) -> float:
    """Return a finite number within [low, high], or (low, high] if `open_low`; refuse everything else."""
    # Whole numbers of a file have any number of digits; held against the bounds as they are they never become infinite.
    number = isinstance(value, int | float) and not isinstance(value, bool)
    if number and (low < value if open_low else low <= value) and value <= high:  # type: ignore[operator]
        return float(value)  # type: ignore[arg-type]
    said = {"what": what, "value": value, "unit": told(unit), "low": low, "high": high}
    if open_low:
        raise BadInput(
            told(
                "{what} is {value!r:.60} {unit}; it must be a number greater than {low:g} and at most {high:g} {unit}",
                **said,
            )
        )
    raise BadInput(
        told("{what} is {value!r:.60} {unit}; it must be a number at least {low:g} and at most {high:g} {unit}", **said)
    )


def check_choice(what: Told, value: object, choices: Iterable[str]) -> None:
    """Refuse a word that is not one of `choices`."""
    known = list(choices)
    if value not in known:
        raise BadInput(
            told("{what} is {value!r}; {known}", what=what, value=value, known=name_known(known, str(value)))
        )


def check_polygon(what: Told, polygon: object, *, several: bool = False) -> None:
    """Refuse what is not a valid polygon with an area: wrong type, NaN, out of reach, self-crossing, flat.

    Args:
        what: the thing the polygon belongs to, for the message.
        polygon: the shape [m].
        several: whether a MultiPolygon is allowed too.
    """
    allowed = (Polygon, MultiPolygon) if several else (Polygon,)
    if not isinstance(polygon, allowed):
        raise BadInput(
            told("{what} has a {shape} as its shape; it must be a polygon", what=what, shape=type(polygon).__name__)
        )
    if polygon.is_empty:
        raise BadInput(told("{what} has an empty polygon; it must enclose an area", what=what))
    check_coordinates(what, polygon)
    if not polygon.is_valid:
        raise BadInput(
            told(
                "{what} has a polygon that crosses or touches itself: {why}; redraw it without crossings",
                what=what,
                why=shapely.is_valid_reason(polygon),
            )
        )
    if polygon.area <= 0.0:
        raise BadInput(
            told("{what} has a polygon of area {area:g} m2; it must enclose an area", what=what, area=polygon.area)
        )


def check_line(what: Told, line: object, *, two_points: bool = True) -> None:
    """Refuse what is not a line with a length; `two_points` asks for a straight one."""
    if not isinstance(line, LineString) or line.is_empty:
        raise BadInput(
            told(
                "{what} has {shape} {line:.60} as its line; it must be a line of two points",
                what=what,
                shape=type(line).__name__,
                line=str(line),
            )
        )
    check_coordinates(what, line)
    if two_points and len(line.coords) != 2:
        raise BadInput(
            told("{what} has a line of {count} points; it must have exactly two", what=what, count=len(line.coords))
        )
    if line.length <= 0.0:
        x, y = line.coords[0][:2]
        raise BadInput(
            told("{what} at ({x:.1f}, {y:.1f}) has a line of length 0 m; its two ends must differ", what=what, x=x, y=y)
        )


def check_coordinates(what: Told, shape: BaseGeometry) -> None:
    """Refuse coordinates that are not finite, not flat, or farther than `MAX_REACH` from the origin."""
    if shapely.has_z(shape):
        raise BadInput(
            told(
                "{what} has coordinates of three numbers; write x and y only, heights are a level's 'elevation'",
                what=what,
            )
        )
    points = shapely.get_coordinates(shape)
    broken = points[~np.isfinite(points).all(axis=1)]
    if broken.size:
        x, y = broken[0]
        raise BadInput(told("{what} has the coordinate ({x}, {y}); both numbers must be finite", what=what, x=x, y=y))
    far = points[(np.abs(points) > MAX_REACH).any(axis=1)]
    if far.size:
        x, y = far[0]
        raise BadInput(
            told(
                "{what} has the coordinate ({x:.1f}, {y:.1f}), more than {most:g} km from the origin; "
                "a venue is drawn in metres around its own origin",
                what=what,
                x=x,
                y=y,
                most=MAX_REACH / 1000,
            )
        )
