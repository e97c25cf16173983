"""A gate of a map is never wider or more open than the map says; what cannot be read is told."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from shapely.geometry import LineString, Point, box

from tests.venues.readers.made_maps import write_features
from venues.places import Gate
from venues.readers.import_map import import_map
from venues.readers.import_report import ImportReport
from venues.readers.sketch import ImportOptions

LINE = LineString([(10, 5), (14, 5)])


def imported(folder: Path, **given: Any) -> tuple[Gate, ImportReport]:
    """Return the one gate of a map, 4 m long, and the report."""
    features = [({"role": "walkable"}, box(0, 0, 30, 20)), (given, LINE)]
    venue, report = import_map(write_features(folder / "map.geojson", features), ImportOptions(crs="local"))
    (gate,) = venue.gates
    return gate, report


def assumed(report: ImportReport) -> str:
    return "; ".join(note.what for note in report.notes("assumed"))


def test_a_gate_by_its_role_keeps_all_that_the_map_says_of_it(tmp_path: Path) -> None:
    said = {"open": False, "capacity": 0.1, "direction": "backward", "clear_width": 0.9, "bank": "west"}
    gate, _ = imported(tmp_path, role="gate", **said)
    assert {key: getattr(gate, key) for key in said} == said


@pytest.mark.parametrize("how", [{"role": "gate"}, {"kind": "gate", "name": "g", "level": "0"}])
@pytest.mark.parametrize(
    ("said", "is_open"),
    [(True, True), (1, True), ("Yes", True), ("true", True), (0, False), ("false", False), ("no", False)],
)
def test_whether_a_gate_is_open_is_read_as_tables_write_it(
    tmp_path: Path, how: dict[str, str], said: object, is_open: bool
) -> None:
    gate, report = imported(tmp_path, **how, open=said)
    assert gate.open is is_open
    assert "is shut" not in assumed(report)


@pytest.mark.parametrize("how", [{"role": "gate"}, {"kind": "gate", "name": "g", "level": "0"}])
def test_a_gate_of_which_nobody_can_read_whether_it_is_open_is_shut_and_told(
    tmp_path: Path, how: dict[str, str]
) -> None:
    gate, report = imported(tmp_path, **how, open="at weekends")
    assert not gate.open
    assert "a gate whose 'open' cannot be read is shut ('at weekends')" in assumed(report)


@pytest.mark.parametrize("how", [{"role": "gate"}, {"kind": "gate", "name": "g", "level": "0"}])
def test_a_gate_whose_width_cannot_be_read_is_told_as_wide_as_its_line(tmp_path: Path, how: dict[str, str]) -> None:
    gate, report = imported(tmp_path, **how, clear_width="0.9m wide")
    assert gate.clear_width == pytest.approx(4.0)
    assert "clear_width='0.9m wide'" in assumed(report)
    assert "as wide as its line" in assumed(report)


def test_of_several_widths_the_first_that_can_be_read_counts(tmp_path: Path) -> None:
    gate, report = imported(tmp_path, role="gate", clear_width="narrow", width="0.9 m")
    assert gate.clear_width == pytest.approx(0.9)
    assert "width" not in assumed(report)


@pytest.mark.parametrize("how", [{"role": "gate"}, {"kind": "gate", "name": "g", "level": "0"}])
@pytest.mark.parametrize(("key", "said"), [("capacity", "many"), ("capacity", -1), ("direction", "in")])
def test_a_gate_whose_capacity_or_direction_cannot_be_read_is_shut_and_told(
    tmp_path: Path, how: dict[str, str], key: str, said: object
) -> None:
    gate, report = imported(tmp_path, **how, **{key: said})
    assert not gate.open
    assert f"a gate whose {key} cannot be read is shut ({said!r})" in assumed(report)


def test_capacity_and_direction_are_read_as_tables_write_them(tmp_path: Path) -> None:
    gate, report = imported(tmp_path, role="gate", capacity="0.5", direction="Forward", width="1 m")
    assert (gate.capacity, gate.direction, gate.open) == (0.5, "forward", True)
    assert assumed(report).count("gate") == 0


def test_cameras_of_a_layer_are_taken_and_what_it_says_not_is_assumed_and_told(tmp_path: Path) -> None:
    features = [
        ({"role": "walkable"}, box(0, 0, 30, 20)),
        ({"role": "camera", "name": "C1", "reach": "35"}, Point(2, 2)),
        ({"role": "sign", "name": "board"}, box(4, 4, 6, 6)),
    ]
    venue, report = import_map(write_features(tmp_path / "map.geojson", features), ImportOptions(crs="local"))
    camera, board = venue.camera("C1"), venue.sign("board")
    assert (camera.reach, camera.field_of_view, board.position) == (35.0, 360.0, Point(5, 5))
    assert "a camera without a field_of_view that can be read has 360 degrees" in assumed(report)
    assert "a camera without a reach" not in assumed(report)
