"""What the check found is marked on the plan, on the level it is on."""

from __future__ import annotations

import dataclasses
from itertools import combinations
from pathlib import Path

import pytest
from matplotlib.figure import Figure
from matplotlib.text import Text
from PIL import Image
from shapely.geometry import box

from venues import BadInput, Level, Problem, Venue, Zone, check_venue
from venues.shapes import corridor, stairs
from viz.plan import shown_levels
from viz.problem_map import COLOURS, LISTED, build_problem_map, draw_problems


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


def texts(figure: Figure) -> list[Text]:
    return [text for text in figure.findobj(Text) if isinstance(text, Text) and text.get_text()]


def hall_of_faults(count: int) -> tuple[Venue, list[Problem]]:
    """Return a hall with an exit in its middle, and faults that all lie there."""
    middle = Zone("exit-2", "0", box(18, 8, 22, 12), frozenset({"exit"}), {"ko": "출구 2"})
    venue = Venue("hall", (Level("0", box(0, 0, 40, 20)),), (middle,))
    called = {"en": "exit-2", "ko": "출구 2 [exit-2]"}
    finding, advice = "the way to {area:.1f} m2 of floor is {width:.2f} m wide here: nobody fits through", "widen it"
    values = {"area": 12.0, "width": 0.1}
    return venue, [Problem("error", "exit-2", 20.0, 10.0, finding, advice, values, called) for _ in range(count)]


@pytest.mark.parametrize(
    ("lang", "says"), [("en", "2.  exit-2 (20, 10): the way to 12.0 m2"), ("ko", "2.  출구 2 [exit-2] (20, 10): ")]
)
def test_each_fault_is_listed_below_the_plan_with_its_number_and_what_is_wrong(lang: str, says: str) -> None:
    venue, problems = hall_of_faults(3)
    figure = build_problem_map(venue, problems, lang=lang)
    listed = [text for text in texts(figure) if text.get_text().startswith(says)]
    assert len(listed) == 1
    renderer = figure.canvas.get_renderer()  # type: ignore[attr-defined]
    extent = listed[0].get_window_extent(renderer)
    assert (extent.x0 >= 0, extent.y0 >= 0, extent.x1 <= figure.bbox.width) == (True, True, True)
    (source,) = (text for text in texts(figure) if text.get_text().startswith(("Source", "출처")))
    assert extent.y1 < source.get_window_extent(renderer).y0 < figure.axes[0].bbox.y0


def test_marks_of_faults_at_one_place_hide_neither_each_other_nor_the_label(tmp_path: Path) -> None:
    venue, problems = hall_of_faults(8)
    figure = build_problem_map(venue, problems)
    (ax,) = figure.axes
    figure.savefig(tmp_path / "faults.png")
    numbers = [text for text in ax.texts if text.get_text().isdigit() and text.get_zorder() > 20]
    # Without the line to the place, which the box of an annotation holds too.
    marks_at = [Text.get_window_extent(text) for text in numbers]
    assert len(marks_at) == 8
    assert not [pair for pair in combinations(marks_at, 2) if pair[0].overlaps(pair[1])]
    (named,) = (text.get_window_extent() for text in ax.texts if text.get_text() == "exit-2")
    assert not any(mark.overlaps(named) for mark in marks_at)
    assert not named.contains(*ax.transData.transform((20.0, 10.0))), "the place is ringed"


def test_more_faults_than_the_list_holds_are_counted_in_its_last_line() -> None:
    venue, problems = hall_of_faults(LISTED + 7)
    assert any(text.get_text() == "and 7 more" for text in texts(build_problem_map(venue, problems)))


def test_a_picture_in_an_unknown_format_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match=r"\.svg"):
        draw_problems(corridor(), [], tmp_path / "plan.jpg")


def test_a_level_of_landings_gets_no_map_of_its_own() -> None:
    venue = stairs()
    landings = Level("landings", box(0, 0, 2, 2))
    assert shown_levels(dataclasses.replace(venue, levels=(*venue.levels, landings))) == list(venue.levels)
