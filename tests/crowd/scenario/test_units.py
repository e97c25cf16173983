"""Quantities as text: what they are in SI, and what is refused."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crowd.errors import BadInput
from crowd.scenario.units import DENSITY, DURATION, FORCE, LENGTH, MASS, OFFSET, RATE, SPEED, Quantity, parse_quantity

# Expected values from the definition of the units.
WRITTEN = [
    ("120/min", RATE, 2.0),
    ("120 / min", RATE, 2.0),
    ("7200 people/h", RATE, 2.0),
    ("2.5/s", RATE, 2.5),
    ("3.2 m", LENGTH, 3.2),
    ("320cm", LENGTH, 3.2),
    ("25 min", DURATION, 1500.0),
    ("1.5 h", DURATION, 5400.0),
    ("25분", DURATION, 1500.0),
    ("-5 min", OFFSET, -300.0),
    ("4.824 km/h", SPEED, 1.34),
    ("0.1 kN", FORCE, 100.0),
    ("72 kg", MASS, 72.0),
    ("5/m2", DENSITY, 5.0),
    ("1e2/min", RATE, 100.0 / 60.0),
]

REFUSED = [
    (120, RATE, "no unit"),
    ("120", RATE, "no unit"),
    (True, RATE, "no unit"),
    (None, RATE, "no unit"),
    ("120 m", RATE, "has unit 'm'"),
    ("5m", DURATION, "has unit 'm'"),
    ("1,5 m", LENGTH, "has unit"),
    ("wide", LENGTH, "not a length"),
    ("nan m", LENGTH, "not a finite number"),
    ("inf/min", RATE, "not a finite number"),
    ("1e999 m", LENGTH, "not a finite number"),
    ("-5/min", RATE, "negative"),
    ("10001/min", RATE, "absurdly large"),
    ("8 days", DURATION, "absurdly large"),
    ("__import__('os')", LENGTH, "not a length"),
]


@pytest.mark.parametrize(("text", "quantity", "value"), WRITTEN)
def test_a_written_quantity_has_its_value_in_si(text: str, quantity: Quantity, value: float) -> None:
    assert parse_quantity(text, quantity) == pytest.approx(value, rel=1e-15)


@pytest.mark.parametrize(("text", "quantity", "words"), REFUSED)
def test_what_is_no_sensible_quantity_is_refused_with_a_reason(text: object, quantity: Quantity, words: str) -> None:
    with pytest.raises(BadInput, match=words):
        parse_quantity(text, quantity)


def test_a_quantity_at_its_limit_is_accepted() -> None:
    assert parse_quantity("10000/min", RATE) == pytest.approx(1e4 / 60.0)
    assert parse_quantity("7 days", DURATION) == 7 * 86_400.0


@given(st.floats(min_value=0.0, max_value=50_000.0))
def test_a_number_written_by_repr_reads_back_as_the_same_bits(value: float) -> None:
    assert parse_quantity(f"{value!r} m", LENGTH) == value


@given(st.text())
def test_any_text_is_a_finite_quantity_or_refused_in_one_line(text: str) -> None:
    words = ""
    value = 0.0
    try:
        value = parse_quantity(text, RATE)
    except BadInput as error:
        words = str(error)
    assert len(words.splitlines()) <= 1
    assert 0.0 <= value <= 1e4 / 60.0 * (1 + 1e-9)
