"""What the check found is marked on the plan, on the level it is on."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest
from PIL import Image
from shapely.geometry import box

from venues import BadInput, Level, check_venue
from venues.shapes import corridor, stairs
from viz.plan import shown_levels
from viz.problem_map import COLOURS, draw_problems


def marks(path: Path, colour: str) -> int:
    """Count the pixels of a picture that have the colour of a mark."""
    wanted = tuple(int(colour[k : k + 2], 16) for k in (1, 3, 5))
    with Image.open(path) as picture:
        return sum(count for count, pixel in picture.convert("RGB").getcolors(1 << 24) or [] if pixel == wanted)


def test_a_warning_is_marked_and_a_clean_plan_has_no_mark(tmp_path: Path) -> None:
    venue = stairs()
    problems = check_venue(venue)
    assert problems
    draw_problems(venue, problems, tmp_path / "marked.png")
    draw_problems(venue, [], tmp_path / "clean.png")
    assert marks(tmp_path / "marked.png", COLOURS["warning"]) > 100
    assert marks(tmp_path / "clean.png", COLOURS["warning"]) == 0


def test_a_picture_in_an_unknown_format_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match=r"\.svg"):
        draw_problems(corridor(), [], tmp_path / "plan.jpg")


def test_a_level_of_landings_gets_no_map_of_its_own() -> None:
    venue = stairs()
    landings = Level("landings", box(0, 0, 2, 2))
    assert shown_levels(dataclasses.replace(venue, levels=(*venue.levels, landings))) == list(venue.levels)
