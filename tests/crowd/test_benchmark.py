from __future__ import annotations

import sys

import pytest

from crowd.against_jupedsim import jupedsim_person_seconds
from crowd.benchmark import Case, Row, measure
from crowd.errors import ScenarioError


@pytest.fixture(scope="module")
def row() -> Row:
    return measure(Case(venue="square", density=4.0, people=300, threads=1))


def test_the_shares_of_the_phases_add_up_to_the_whole(row: Row) -> None:
    shares = {name: float(value) for name, value in row.items() if name.startswith("share_")}
    assert len(shares) == 7
    assert sum(shares.values()) == pytest.approx(1.0)
    assert min(shares.values()) > 0.0


def test_the_crowd_that_is_timed_has_the_density_asked_for(row: Row) -> None:
    assert row["people"] == 300
    assert row["density_found"] == 4.0


def test_a_venue_is_filled_at_the_density_asked_for() -> None:
    found = measure(Case(venue="itaewon-alley", density=0.3, people=0, threads=1))
    # 1103 m2 of street; not everyone finds a place at once, and some leave in the two seconds before the time is taken.
    assert 0.8 * 331 <= float(found["people"]) <= 331


def test_a_missing_jupedsim_is_said_in_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "jupedsim", None)
    with pytest.raises(ScenarioError, match="JuPedSim is not installed"):
        jupedsim_person_seconds(100, 1.0)
