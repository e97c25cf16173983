"""DXF drawings become venues: layers to roles, units, blocks, curves, loose lines."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import pytest

from tests.venues.readers.made_maps import blocks_of_blocks
from venues import BadInput
from venues.readers.import_map import import_map
from venues.readers.import_report import ImportReport
from venues.readers.roles import role_of
from venues.readers.sketch import ImportOptions

ezdxf = pytest.importorskip("ezdxf")


def drawing(units: int = 6) -> Any:
    """Return a new drawing; units 4 are millimetres, 6 metres."""
    document = ezdxf.new("R2010")
    document.units = units
    return document


def saved(document: Any, folder: Path) -> Path:
    document.saveas(folder / "plan.dxf")
    return folder / "plan.dxf"


def hall(units: int, metre: float) -> Any:
    """Return a hall of 30 m x 20 m drawn in loose lines, with a vault of 15 m radius, columns in blocks and an exit."""
    document = drawing(units)
    space = document.modelspace()
    for start, end in (((0, 0), (30, 0)), ((30, 0), (30, 20)), ((0, 20), (0, 0))):
        ends = [(x * metre, y * metre) for x, y in (start, end)]
        space.add_line(*ends, dxfattribs={"layer": "A-FLOR"})
    space.add_arc((15 * metre, 20 * metre), 15 * metre, 0, 180, dxfattribs={"layer": "A-FLOR"})
    column = document.blocks.new("COLUMN")
    column.add_circle((0, 0), 0.3 * metre)
    for x in (8, 15, 22):
        space.add_blockref("COLUMN", (x * metre, 10 * metre), dxfattribs={"layer": "A-COLS"})
    way_out = [(x * metre, y * metre) for x, y in ((0, 0), (0, 3), (2, 3), (2, 0))]
    space.add_lwpolyline(way_out, close=True, dxfattribs={"layer": "exit"})
    return document


@pytest.mark.parametrize(("units", "metre"), [(4, 1000.0), (5, 100.0), (6, 1.0), (2, 1 / 0.3048)])
def test_a_hall_has_its_area_in_whatever_units_it_is_drawn(tmp_path: Path, units: int, metre: float) -> None:
    """Arcs are drawn 1 cm off at most: of the vault less than 1 cm x its length is lost."""
    venue, _ = import_map(saved(hall(units, metre), tmp_path))
    area = 30 * 20 + math.pi * 15**2 / 2
    assert venue.levels[0].walkable.area == pytest.approx(area, abs=0.01 * math.pi * 15)


def test_columns_in_blocks_stand_where_the_blocks_are(tmp_path: Path) -> None:
    venue, _ = import_map(saved(hall(4, 1000.0), tmp_path))
    centres = sorted(one.polygon.centroid.x for one in venue.levels[0].solids)
    assert centres == pytest.approx([8, 15, 22], abs=0.01)


def test_loose_lines_and_curves_are_told_as_repaired(tmp_path: Path) -> None:
    _, report = import_map(saved(hall(6, 1.0), tmp_path))
    told = " ".join(note.what for note in report.notes("repaired"))
    assert "4 loose lines joined to 1 outlines (walkable)" in told
    assert "curves drawn as lines that stay within 1 cm" in told


def test_units_that_are_not_said_are_asked_for(tmp_path: Path) -> None:
    file = saved(hall(0, 1.0), tmp_path)
    with pytest.raises(BadInput, match="--units"):
        import_map(file)
    venue, _ = import_map(file, ImportOptions(units="m"))
    assert venue.levels[0].walkable.bounds[2] == pytest.approx(30)


def test_layers_get_their_roles_and_levels_from_the_person(tmp_path: Path) -> None:
    document = drawing()
    for layer, x in (("X-1", 0), ("X-2", 50)):
        points = [(x, 0), (x + 30, 0), (x + 30, 20), (x, 20)]
        document.modelspace().add_lwpolyline(points, close=True, dxfattribs={"layer": layer})
    options = ImportOptions(roles={"X-*": "walkable"}, levels={"X-2": "2"})
    venue, _ = import_map(saved(document, tmp_path), options)
    assert venue.levels[0].name == "0"
    assert (
        import_map(saved(document, tmp_path), ImportOptions(roles={"X-2": "walkable"}, levels={"X-2": "2"}))[0]
        .levels[0]
        .name
        == "2"
    )


def test_a_spline_becomes_a_wall(tmp_path: Path) -> None:
    document = hall(6, 1.0)
    points = [(5, 3), (8, 5), (12, 3), (15, 5)]
    document.modelspace().add_spline(points, dxfattribs={"layer": "A-WALL"})
    venue, _ = import_map(saved(document, tmp_path))
    assert venue.levels[0].wall_lines[0].length > 11


def test_a_block_that_contains_itself_is_refused(tmp_path: Path) -> None:
    document = drawing()
    one, two = document.blocks.new("A"), document.blocks.new("B")
    one.add_blockref("B", (0, 0))
    two.add_blockref("A", (1, 1))
    document.modelspace().add_blockref("A", (0, 0))
    with pytest.raises(BadInput, match="A > B > A"):
        import_map(saved(document, tmp_path))


def test_blocks_nested_too_deep_are_not_said_to_contain_themselves(tmp_path: Path) -> None:
    import ezdxf

    document = ezdxf.new(units=6)
    document.blocks.new("L0").add_line((0, 0), (1, 1))
    for depth in range(1, 15):
        document.blocks.new(f"L{depth}").add_blockref(f"L{depth - 1}", (0, 0))
    document.modelspace().add_blockref("L14", (0, 0))
    document.saveas(tmp_path / "deep.dxf")
    with pytest.raises(BadInput, match=r"block 'L2' lies 13 blocks deep .*; at most 12 can be read: take blocks apart"):
        import_map(tmp_path / "deep.dxf")


def test_blocks_of_blocks_that_would_fill_the_memory_are_refused_before_they_are_taken_apart(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="21,111,111,111 entities"):
        import_map(blocks_of_blocks(tmp_path / "blocks.dxf"))


def square(x: float, y: float, side: float) -> list[tuple[float, float]]:
    return [(x, y), (x + side, y), (x + side, y + side), (x, y + side)]


def test_a_loop_inside_a_hatch_is_a_hole_in_the_floor(tmp_path: Path) -> None:
    document = drawing()
    hatch = document.modelspace().add_hatch(dxfattribs={"layer": "WALKABLE"})
    for ring in ([(0, 0), (30, 0), (30, 20), (0, 20)], square(10, 5, 10)):
        hatch.paths.add_polyline_path(ring, is_closed=True)
    venue, _ = import_map(saved(document, tmp_path))
    assert venue.levels[0].walkable.area == pytest.approx(30 * 20 - 10 * 10)


@pytest.mark.parametrize("name", ["GROUND-FLOOR-OBSTACLES", "GROUND-FLOOR-WALLS", "PLATFORM-BUILDING"])
def test_what_stands_on_a_floor_is_no_floor_though_its_layer_names_the_floor(tmp_path: Path, name: str) -> None:
    document = drawing()
    for layer, ring in (("GROUND-FLOOR-WALKABLE", square(0, 0, 30)), (name, square(10, 10, 5))):
        document.modelspace().add_lwpolyline(ring, close=True, dxfattribs={"layer": layer})
    level = import_map(saved(document, tmp_path))[0].levels[0]
    assert len(level.obstacles) + len(level.walls) + (level.floor.area < 900) >= 1


@pytest.mark.parametrize("loose", [False, True])
def test_an_outline_inside_another_one_of_the_floor_is_told_with_its_layer(tmp_path: Path, loose: bool) -> None:
    document = drawing()
    for ring in (square(0, 0, 30), square(10, 10, 5)):
        if loose:
            for start, end in zip(ring, ring[1:] + ring[:1], strict=True):
                document.modelspace().add_line(start, end, dxfattribs={"layer": "A FLOOR"})
        else:
            document.modelspace().add_lwpolyline(ring, close=True, dxfattribs={"layer": "A FLOOR"})
    _, report = import_map(saved(document, tmp_path))
    assert any("layer 'A FLOOR': 1 outlines inside other ones" in note.what for note in report.notes("assumed"))


@pytest.mark.parametrize(
    ("layer", "role"),
    [
        ("GROUND-FLOOR-EXIT", "exit"),
        ("GROUND-FLOOR-GATE", "gate"),
        ("Platform_Waiting", "waiting"),
        ("1층 바닥 출구", "exit"),
        ("EXIT-FLOOR", "walkable"),
        ("A-FLOR", "walkable"),
        ("GROUND-FLOOR-WALKABLE", "walkable"),
    ],
)
def test_what_the_name_of_a_layer_says_after_the_floor_is_on_the_floor(layer: str, role: str) -> None:
    assert role_of(layer, ImportOptions(), ImportReport("map", "")) == role


def test_a_drawing_of_open_lines_on_the_floor_is_refused_in_one_line(tmp_path: Path) -> None:
    document = drawing()
    document.modelspace().add_line((0, 0), (30, 0), dxfattribs={"layer": "A-FLOR"})
    with pytest.raises(BadInput, match="nothing on the map is floor"):
        import_map(saved(document, tmp_path))


def test_a_drawing_whose_layers_have_roles_but_hold_words_only_says_what_was_left_out(tmp_path: Path) -> None:
    document = drawing()
    document.modelspace().add_text("HALL", dxfattribs={"layer": "A-FLOR"})
    document.layers.add("A-FLOR")
    with pytest.raises(BadInput, match=r"no layer with a role holds lines or areas \(left out: 1 TEXT entities"):
        import_map(saved(document, tmp_path), ImportOptions(roles={"A-FLOR": "walkable"}))


def test_what_the_library_warns_of_is_a_line_of_the_report_and_nothing_on_the_console(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = saved(hall(6, 1.0), tmp_path)
    lines = file.read_text(encoding="utf-8").split("\n")
    handles = [number for number, line in enumerate(lines) if line.strip() == "LINE"]
    # The second line gets the handle of the first.
    lines[handles[1] + 2] = lines[handles[0] + 2]
    file.write_text("\n".join(lines), encoding="utf-8")
    _, report = import_map(file)
    assert any("ezdxf warns of" in line and "handle" in line for line in report.lines())
    assert capsys.readouterr() == ("", "")


def test_a_layer_that_is_off_is_left_out_however_its_name_is_written(tmp_path: Path) -> None:
    document = hall(6, 1.0)
    document.layers.add("A-WALL").off()
    document.modelspace().add_line((2, 2), (8, 2), dxfattribs={"layer": "a-wall"})
    _, report = import_map(saved(document, tmp_path))
    assert any("off or frozen" in note.what for note in report.notes("left_out"))
