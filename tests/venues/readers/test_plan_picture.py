"""A plan painted over becomes a venue: dark is wall, light is floor, colours are zones."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from PIL import Image, ImageDraw, ImageFont

from venues import BadInput, check_venue
from venues.capacity import compute_capacity
from venues.readers.import_map import import_map
from venues.readers.sketch import ImportOptions
from venues.venue import texts_in

SCALE = ImportOptions(scale=40.0)


def painted(folder: Path, *, soft: bool = False) -> Path:
    """Paint a hall of 40 m x 25 m with a wall, a column, people from the left and two exits on the right."""
    picture = Image.new("RGB", (800, 500), "white")
    brush = ImageDraw.Draw(picture)
    brush.rectangle((0, 0, 799, 499), outline="black", width=8)
    brush.rectangle((396, 0, 403, 350), fill="black")
    brush.ellipse((160, 210, 220, 270), fill="black")
    brush.rectangle((10, 200, 49, 299), fill="#00ff00")
    for top in (100, 300):
        brush.rectangle((750, top, 789, top + 99), fill="#ff0000")
    if soft:
        # As drawing programs do: edges of mixed colours.
        picture = picture.resize((1600, 1000), Image.Resampling.BICUBIC)
    picture.save(folder / "plan.png")
    return folder / "plan.png"


@pytest.mark.parametrize("soft", [False, True])
def test_walls_zones_and_sizes_are_those_painted(tmp_path: Path, soft: bool) -> None:
    """A pixel is 5 cm; outlines are right to about one, so areas to its length times one."""
    venue, _ = import_map(painted(tmp_path, soft=soft), SCALE)
    assert {zone.name for zone in venue.zones} == {"source", "exit-1", "exit-2"}
    assert venue.zone("source").polygon.area == pytest.approx(2.0 * 5.0, abs=14 * 0.05)
    west, south, east, north = venue.zone("exit-1").polygon.bounds
    assert (west, south, east, north) == pytest.approx((37.5, 5.0, 39.5, 10.0), abs=0.1)
    free = 784 * 484 - 8 * 343 - 3.1416 * 30.5**2
    assert venue.levels[0].floor.area == pytest.approx(free * 0.05**2, rel=0.01)
    assert [problem for problem in check_venue(venue) if problem.severity == "error"] == []


@pytest.mark.parametrize("scale", [40.0, 200.0, 600.0])
def test_an_exit_is_as_wide_as_painted_however_coarse_the_plan(tmp_path: Path, scale: float) -> None:
    """A door of 100 of 800 pixels in a recess: its sides lie along walls and are no part of its width."""
    picture = Image.open(painted(tmp_path))
    brush = ImageDraw.Draw(picture)
    brush.rectangle((700, 0, 799, 499), fill="black")
    brush.rectangle((700, 200, 760, 299), fill="#ff0000")
    picture.save(tmp_path / "plan.png")
    venue, _ = import_map(tmp_path / "plan.png", ImportOptions(scale=scale))
    (way_out,) = compute_capacity(venue).exits
    assert way_out.width == pytest.approx(100 / 800 * scale, rel=0.03)


def test_without_a_scale_a_picture_is_refused_with_its_size(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match=r"800 x 500 pixels\) has no scale"):
        import_map(painted(tmp_path))


def test_of_a_colour_of_the_palette_the_role_in_the_legend_counts(tmp_path: Path) -> None:
    legend = ImportOptions(scale=40.0, roles={"#00ff00": "exit", "#FF0000": "waiting"})
    venue, _ = import_map(painted(tmp_path), legend)
    assert {zone.name for zone in venue.zones} == {"exit", "waiting-1", "waiting-2", "inside"}


def test_colours_of_a_legend_add_to_the_palette_and_missing_ones_are_told(tmp_path: Path) -> None:
    picture = Image.open(painted(tmp_path))
    brush = ImageDraw.Draw(picture)
    brush.rectangle((500, 100, 600, 200), fill="#8000ff")
    brush.rectangle((500, 300, 600, 400), fill="#ff0080")
    picture.save(tmp_path / "plan.png")
    legend = ImportOptions(scale=40.0, roles={"#FF0080": "waiting", "#123456": "queue"})
    venue, report = import_map(tmp_path / "plan.png", legend)
    assert {zone.name for zone in venue.zones} == {"source", "exit-1", "exit-2", "stage", "waiting"}
    assert [note.places for note in report.notes("left_out")] == [["#123456 queue"]]


def test_a_colour_that_a_legend_calls_a_wall_is_no_floor(tmp_path: Path) -> None:
    plain, _ = import_map(painted(tmp_path), SCALE)
    ImageDraw.Draw(picture := Image.open(painted(tmp_path))).rectangle((500, 100, 599, 199), fill="#ff0080")
    picture.save(tmp_path / "plan.png")
    walled, _ = import_map(tmp_path / "plan.png", ImportOptions(scale=40.0, roles={"#ff0080": "wall"}))
    assert plain.levels[0].floor.area - walled.levels[0].floor.area == pytest.approx(25.0, abs=1.0)


@pytest.mark.parametrize(
    ("role", "right"),
    [("line", "write the line into the scenario or the venue file, or paint a gate"), ("stairs", "venue file")],
)
def test_a_role_that_cannot_be_painted_is_refused_with_what_to_do_instead(
    tmp_path: Path, role: str, right: str
) -> None:
    with pytest.raises(BadInput, match="cannot be painted") as refused:
        import_map(painted(tmp_path), ImportOptions(scale=40.0, roles={"#804000": role}))
    assert (right in str(refused.value), "did you mean" in str(refused.value)) == (True, False)


@pytest.mark.parametrize(("role", "says"), [("stairs", "cannot be painted"), ("building", "no colour for 'walkable'")])
def test_a_legend_that_cannot_be_painted_is_refused(tmp_path: Path, role: str, says: str) -> None:
    with pytest.raises(BadInput, match=says):
        import_map(painted(tmp_path), ImportOptions(scale=40.0, roles={"#ffffff": role}))


def test_a_colour_that_is_not_in_the_legend_is_told_with_place_area_and_what_it_is_taken_for(tmp_path: Path) -> None:
    picture = Image.open(painted(tmp_path))
    brush = ImageDraw.Draw(picture)
    brush.rectangle((500, 100, 599, 199), fill="#ff4060")
    for grey, left in ((64, 100), (70, 200), (200, 300)):
        brush.rectangle((left, 300, left + 49, 349), fill=(grey, grey, grey))
    picture.save(tmp_path / "plan.png")
    _, report = import_map(tmp_path / "plan.png", SCALE)
    strange = [note for note in report.notes("assumed") if "not in the legend" in note.what]
    patch = next(note for note in strange if "#ff4060" in note.what).values
    assert (patch["near"], patch["role"], round(patch["away"])) == ("#ff0000", "exit", 115)
    assert (25 < patch["x"] < 30, 15 < patch["y"] < 20) == (True, True)
    assert patch["area"] == pytest.approx(25.0)
    assert len(strange) == 2, "the greys are one line"


@pytest.mark.parametrize("soft", [False, True])
def test_of_a_plan_in_the_colours_of_the_palette_no_strange_patch_is_told(tmp_path: Path, soft: bool) -> None:
    _, report = import_map(painted(tmp_path, soft=soft), SCALE)
    assert [note.what for note in report.notes("assumed") if "RGB" in note.what] == []


def test_a_picture_that_would_fill_the_memory_is_refused_unread(tmp_path: Path) -> None:
    Image.new("1", (9_000, 9_000)).save(tmp_path / "large.png")
    with pytest.raises(BadInput, match="9000 x 9000 pixels"):
        import_map(tmp_path / "large.png", SCALE)


def test_a_dark_picture_has_no_floor(tmp_path: Path) -> None:
    Image.new("RGB", (100, 100), "black").save(tmp_path / "dark.png")
    with pytest.raises(BadInput, match="nothing on it is floor"):
        import_map(tmp_path / "dark.png", SCALE)


@pytest.mark.parametrize("gap", [0, 4])
def test_an_exit_behind_a_wall_or_a_gap_too_narrow_for_a_body_stays_and_is_an_error(tmp_path: Path, gap: int) -> None:
    picture = Image.open(painted(tmp_path))
    brush = ImageDraw.Draw(picture)
    brush.rectangle((730, 280, 740, 499), fill="black")
    brush.rectangle((730, 280, 799, 290), fill="black")
    if gap:
        brush.rectangle((730, 340, 740, 340 + gap - 1), fill="white")
    picture.save(tmp_path / "plan.png")
    venue, _ = import_map(tmp_path / "plan.png", SCALE)
    errors = [problem for problem in check_venue(venue) if problem.severity == "error"]
    assert [(error.place, "nobody can reach this exit" in error.what) for error in errors] == [("exit-1", True)]


def test_an_exit_painted_outside_the_walls_is_one_error_and_no_other_line(tmp_path: Path) -> None:
    """On a picture with a dark margin of 100 pixels beside the hall of 800."""
    picture = Image.new("RGB", (900, 500), "black")
    picture.paste(Image.open(painted(tmp_path)))
    ImageDraw.Draw(picture).rectangle((840, 200, 879, 279), fill="#ff0000")
    picture.save(tmp_path / "plan.png")
    venue, report = import_map(tmp_path / "plan.png", ImportOptions(scale=45.0))
    (problem,) = check_venue(venue)
    assert (problem.severity, problem.place, "outside the walls" in problem.what) == ("error", "exit-3", True)
    assert (problem.x, problem.y) == pytest.approx((43.0, 13.0), abs=1.0)
    assert not any("cut off" in line for line in report.lines())


def test_a_gap_narrower_than_a_body_is_told_at_its_place_with_its_width(tmp_path: Path) -> None:
    """A room of 4 m x 10 m in a corner, 5 cm a pixel, with a way in of 4 pixels at (36.75, 7.9)."""
    picture = Image.open(painted(tmp_path))
    brush = ImageDraw.Draw(picture)
    brush.rectangle((500, 280, 510, 499), fill="black")
    brush.rectangle((500, 280, 700, 290), fill="black")
    brush.rectangle((700, 280, 710, 499), fill="black")
    brush.rectangle((500, 340, 510, 343), fill="white")
    picture.save(tmp_path / "plan.png")
    venue, _ = import_map(tmp_path / "plan.png", SCALE)
    (gap,) = (problem for problem in check_venue(venue) if "nobody fits through" in problem.what)
    assert (gap.x, gap.y) == pytest.approx((505 * 0.05, 25.0 - 342 * 0.05), abs=0.3)
    assert gap.values["width"] == pytest.approx(0.2, abs=0.03)
    assert gap.values["area"] == pytest.approx(189 * 201 * 0.05**2, rel=0.02), (
        "the floor, not where bodies' middles fit"
    )


def test_an_exit_painted_as_a_thin_line_is_told_as_left_out_and_counts_as_lost(tmp_path: Path) -> None:
    picture = Image.open(painted(tmp_path))
    ImageDraw.Draw(picture).line((600, 450, 700, 450), fill="#ff0000", width=2)
    picture.save(tmp_path / "plan.png")
    venue, report = import_map(tmp_path / "plan.png", SCALE)
    assert {zone.name for zone in venue.zones} == {"source", "exit-1", "exit-2"}
    (thin,) = (line for line in report.lines("en") if "exit painted thinner than 3 pixels" in line)
    assert "at (30.0, 2.5)" in thin
    assert report.ways_lost == 1


@pytest.mark.parametrize("soft", [False, True])
def test_soft_edges_and_clean_areas_are_no_strokes(tmp_path: Path, soft: bool) -> None:
    _, report = import_map(painted(tmp_path, soft=soft), SCALE)
    assert report.ways_lost == 0
    assert not [line for line in report.lines("en") if "thinner" in line]


def test_places_are_called_as_the_file_of_roles_says_by_colour_and_by_the_name_on_the_plan(tmp_path: Path) -> None:
    names = {"#FF0000": "북문", "source": "지하철 출구"}
    venue, report = import_map(painted(tmp_path), ImportOptions(scale=40.0, names=names))
    assert {zone.name for zone in venue.zones} == {"지하철 출구", "북문-1", "북문-2"}
    assert any("source is called 지하철 출구" in line for line in report.lines())


@pytest.mark.parametrize(("key", "says"), [("exit-9", "did you mean 'exit-"), ("#123456", "has no role")])
def test_a_name_for_what_is_not_on_the_plan_is_refused(tmp_path: Path, key: str, says: str) -> None:
    with pytest.raises(BadInput, match=says):
        import_map(painted(tmp_path), ImportOptions(scale=40.0, names={key: "북문"}))


def with_a_bar(folder: Path, colour: str, *, bent: bool = False) -> Path:
    """Paint a bar of 1.75 m x 0.25 m across the way past the wall, or an angle of two bars."""
    picture = Image.open(painted(folder))
    brush = ImageDraw.Draw(picture)
    brush.rectangle((398, 351, 402, 385), fill=colour)
    brush.rectangle((396, 386, 403, 499), fill="black")
    if bent:
        brush.rectangle((600, 100, 604, 200), fill=colour)
        brush.rectangle((600, 196, 700, 200), fill=colour)
    picture.save(folder / "plan.png")
    return folder / "plan.png"


def test_a_gate_is_painted_as_a_bar_from_wall_to_wall(tmp_path: Path) -> None:
    """The wall ends at 7.45 m above the lower edge, the bar is 35 pixels of 5 cm."""
    venue, _ = import_map(
        with_a_bar(tmp_path, "#804000"),
        ImportOptions(scale=40.0, roles={"#804000": "gate"}, names={"#804000": "개찰구"}),
    )
    (gate,) = venue.gates
    assert gate.name == "개찰구"
    assert gate.clear_width == pytest.approx(35 * 0.05, abs=0.1)
    assert gate.line.centroid.coords[0] == pytest.approx((20.0, 6.6), abs=0.1)
    assert not [problem for problem in check_venue(venue) if "walk round" in problem.what]


def test_a_wall_of_a_colour_with_a_name_is_a_barrier_and_one_without_a_name_is_no_floor(tmp_path: Path) -> None:
    roles = {"#804000": "wall"}
    named = ImportOptions(scale=40.0, roles=roles, names={"#804000": "무대 앞 난간"})
    venue, _ = import_map(with_a_bar(tmp_path, "#804000"), named)
    (barrier,) = venue.levels[0].thin_walls
    assert (barrier.name, round(barrier.line.length, 1)) == ("무대 앞 난간", 1.7)
    plain, _ = import_map(with_a_bar(tmp_path, "#804000"), ImportOptions(scale=40.0, roles=roles))
    assert plain.levels[0].thin_walls == ()
    assert venue.levels[0].floor.area > plain.levels[0].floor.area


def test_a_gate_that_is_not_straight_is_told_as_lost(tmp_path: Path) -> None:
    _, report = import_map(
        with_a_bar(tmp_path, "#804000", bent=True), ImportOptions(scale=40.0, roles={"#804000": "gate"})
    )
    assert any("a gate that is not straight" in line for line in report.lines())
    assert report.ways_lost == 1


def test_lettering_on_the_floor_is_told_as_dark_spots_with_their_number_and_places(tmp_path: Path) -> None:
    picture = Image.open(painted(tmp_path))
    ImageDraw.Draw(picture).text((500, 400), "HALL", fill="black", font=ImageFont.load_default(30))
    picture.save(tmp_path / "plan.png")
    _, report = import_map(tmp_path / "plan.png", SCALE)
    _, plain = import_map(painted(tmp_path), SCALE)
    assert not [note for note in plain.notes("assumed") if "dark spot" in note.what]
    (spots,) = (note for note in report.notes("assumed") if "dark spot" in note.what)
    assert spots.count == 4
    assert "at (25." in spots.places[0]


def with_a_board(folder: Path, *patch: tuple[int, int, int, int]) -> Path:
    """Put a framed board of 13 m x 6.5 m below the hall, with red patches on it."""
    picture = Image.new("RGB", (800, 700), "white")
    picture.paste(Image.open(painted(folder)))
    brush = ImageDraw.Draw(picture)
    brush.rectangle((500, 550, 760, 680), outline="black", width=4)
    for place in patch:
        brush.rectangle(place, fill="#ff0000")
    picture.save(folder / "plan.png")
    return folder / "plan.png"


def test_a_legend_beside_the_plan_is_left_out_and_named(tmp_path: Path) -> None:
    venue, report = import_map(with_a_board(tmp_path, (520, 570, 560, 610)), SCALE)
    (legend,) = (note for note in report.notes("left_out") if "is the legend of the plan" in note.what)
    assert "78 m2, exit" in legend.places[0]
    plain, _ = import_map(painted(tmp_path), SCALE)
    assert {zone.name for zone in venue.zones} == {zone.name for zone in plain.zones}
    assert venue.levels[0].floor.area == pytest.approx(plain.levels[0].floor.area, rel=1e-3)


def on_a_page(folder: Path, *patches: tuple[int, int, int, int]) -> Path:
    """Paint a street of 40 m x 8 m between two rows of houses on a white page, way in and out at its ends; patches."""
    picture = Image.new("RGB", (600, 500), "white")
    brush = ImageDraw.Draw(picture)
    for top in (100, 280):
        brush.rectangle((100, top, 499, top + 99), fill="black")
    brush.rectangle((100, 200, 119, 279), fill="#00ff00")
    brush.rectangle((480, 200, 499, 279), fill="#ff0000")
    for patch in patches:
        brush.rectangle(patch, fill="#ff0000")
    brush.text((150, 440), "Exit", fill="black", font=ImageFont.load_default(30))
    picture.save(folder / "page.png")
    return folder / "page.png"


PAGE = ImportOptions(scale=60.0)


@pytest.mark.parametrize("patches", [[], [(100, 440, 130, 470)]], ids=["bare", "with a legend"])
def test_the_margin_of_the_page_beyond_the_ways_in_and_out_is_no_floor(
    tmp_path: Path, patches: list[tuple[int, int, int, int]]
) -> None:
    venue, report = import_map(on_a_page(tmp_path, *patches), PAGE)
    assert venue.levels[0].floor.area == pytest.approx(40.0 * 8.0, rel=0.01)
    assert {zone.name for zone in venue.zones} == {"source", "exit"}
    assert any("is the margin of the page" in note.what for note in report.notes("left_out"))
    (way_out,) = compute_capacity(venue).exits
    assert way_out.width == pytest.approx(8.0, abs=0.2)


@pytest.mark.parametrize(
    "patch", [(0, 0, 30, 30), (200, 380, 260, 399)], ids=["at the edge of the picture", "at the wall of a house"]
)
def test_ground_round_a_place_on_which_people_come_or_leave_is_no_margin(
    tmp_path: Path, patch: tuple[int, int, int, int]
) -> None:
    venue, report = import_map(on_a_page(tmp_path, patch), PAGE)
    assert len(venue.zones) == 3
    assert not any("is the margin of the page" in note.what for note in report.notes("left_out"))
    assert venue.levels[0].floor.area > 1_500.0


def test_streets_with_the_only_way_in_on_them_are_no_margin(tmp_path: Path) -> None:
    """A yard whose gate is a way out, in a town in whose streets people come up from underground."""
    picture = Image.new("RGB", (600, 500), "white")
    brush = ImageDraw.Draw(picture)
    brush.rectangle((200, 100, 400, 300), fill="black")
    brush.rectangle((220, 120, 380, 300), fill="white")
    brush.rectangle((220, 280, 380, 300), fill="#ff0000")
    brush.rectangle((100, 400, 120, 420), fill="#00ff00")
    picture.save(tmp_path / "town.png")
    venue, _ = import_map(tmp_path / "town.png", PAGE)
    assert {zone.name for zone in venue.zones} == {"source", "exit"}


def test_an_open_field_with_ways_out_in_its_middle_is_no_margin(tmp_path: Path) -> None:
    picture = Image.new("RGB", (600, 500), "white")
    for left, colour in ((100, "#00ff00"), (400, "#ff0000")):
        ImageDraw.Draw(picture).rectangle((left, 200, left + 60, 260), fill=colour)
    picture.save(tmp_path / "field.png")
    venue, _ = import_map(tmp_path / "field.png", PAGE)
    assert venue.levels[0].floor.area == pytest.approx(60.0 * 50.0, rel=0.01)


@pytest.mark.parametrize("gap", [0, 2])
def test_a_white_page_round_a_plan_drawn_in_lines_is_warned_of_with_its_area(tmp_path: Path, gap: int) -> None:
    """A hall of 40 m x 25 m in the middle of a page of 60 m x 45 m, its outline 40 cm thick; a gap of 10 cm in it."""
    picture = Image.new("RGB", (1200, 900), "white")
    picture.paste(Image.open(painted(tmp_path)), (200, 200))
    if gap:
        ImageDraw.Draw(picture).rectangle((500, 190, 500 + gap - 1, 210), fill="white")
    picture.save(tmp_path / "page.png")
    _, report = import_map(tmp_path / "page.png", PAGE)
    (page,) = (note for note in report.notes("warnings") if "edge of the picture" in note.what)
    assert page.values["area"] == pytest.approx(60.0 * 45.0 - 40.0 * 25.0, rel=0.01)
    assert page.values["along"] == 1.0


def test_a_street_that_leaves_the_picture_is_told_and_a_dark_rim_is_not(tmp_path: Path) -> None:
    picture = Image.open(painted(tmp_path))
    ImageDraw.Draw(picture).rectangle((0, 50, 10, 89), fill="white")
    picture.save(tmp_path / "street.png")
    (told,) = (
        [note for section in ("warnings", "assumed") for note in report.notes(section) if "edge of the p" in note.what]
        for _, report in [import_map(tmp_path / "street.png", SCALE)]
    )
    assert [round(note.values["along"] * 2 * (800 + 500)) for note in told] == pytest.approx([40], abs=8)
    _, closed = import_map(painted(tmp_path), SCALE)
    assert not [note for note in (*closed.notes("warnings"), *closed.notes("assumed")) if "edge of the p" in note.what]


def test_an_import_counts_the_dark_things_that_stand_free_and_the_zones_of_each_kind(tmp_path: Path) -> None:
    """The round column stands free; the wall in the middle touches the outline."""
    _, report = import_map(painted(tmp_path), SCALE)
    told = {lang: "\n".join(report.lines(lang)) for lang in ("en", "ko")}
    assert "dark things that stand free in it: 1 " in told["en"]
    assert "3 zones: source 1, exit 2" in told["en"]
    assert "구역 3개: 유입구 1, 출구 2" in told["ko"]


def test_a_painted_place_is_called_by_its_role_in_korean_and_keeps_its_name(tmp_path: Path) -> None:
    venue, report = import_map(painted(tmp_path), SCALE)
    assert {zone.name: zone.labels["ko"] for zone in venue.zones} == {
        "source": "유입구", "exit-1": "출구 1", "exit-2": "출구 2",
    }  # fmt: skip
    assert any("출구 1 [exit-1], 출구 2 [exit-2]" in line for line in report.lines("ko"))
    assert any(line.endswith("people leave at 2: exit-1, exit-2") for line in report.lines("en"))
    named, _ = import_map(painted(tmp_path), ImportOptions(scale=40.0, names={"exit-1": "북문"}))
    assert named.zone("북문").labels == {}


def test_a_place_that_is_cut_off_with_its_exit_at_its_edge_is_told_and_stays(tmp_path: Path) -> None:
    venue, report = import_map(with_a_board(tmp_path, (504, 570, 560, 610)), SCALE)
    (cut_off,) = (note for note in report.notes("assumed") if "is cut off from the rest" in note.what)
    assert "78 m2, exit" in cut_off.places[0]
    assert len(venue.zones) == 4


def test_a_report_of_a_plan_in_korean_has_korean_roles_and_units(tmp_path: Path) -> None:
    """A board with an exit at its edge and a white floor: cut off, and told with its area and role."""
    _, report = import_map(with_a_board(tmp_path, (504, 570, 560, 610)), SCALE)
    told = "\n".join(report.lines("ko"))
    assert "78 m², 출구" in told
    assert "#00ff00 유입구, #ff0000 출구" in told
    assert "어둡지도 회색도 아닌 곳: 바닥으로 봄" in told
    assert not re.search(r"m2|(?<=\d) %|\(으\)로", told)


def test_a_partition_in_the_middle_of_the_floor_is_not_told_as_lettering(tmp_path: Path) -> None:
    """0.15 m x 5 m has less ink than a letter may have, and no letter is 5 m long."""
    picture = Image.open(painted(tmp_path))
    ImageDraw.Draw(picture).rectangle((500, 300, 600, 302), fill="black")
    picture.save(tmp_path / "plan.png")
    _, report = import_map(tmp_path / "plan.png", SCALE)
    assert not [note for note in report.notes("assumed") if "dark spot" in note.what]
    (line,) = (note for note in report.notes("assumed") if "is a partition" in note.what)
    assert "5.0 m" in line.places[0] or "5.1 m" in line.places[0]


def with_doors(folder: Path) -> Path:
    """Paint the hall with its ways in and out up to the walls: each is 100 pixels wide."""
    picture = Image.open(painted(folder))
    brush = ImageDraw.Draw(picture)
    brush.rectangle((8, 200, 49, 299), fill="#00ff00")
    for top in (100, 300):
        brush.rectangle((750, top, 791, top + 99), fill="#ff0000")
    picture.save(folder / "plan.png")
    return folder / "plan.png"


@pytest.mark.parametrize(
    ("scale", "says"),
    [
        (5.0, ""),
        (6.5, "even the widest way in or out is 0.8"),
        (40.0, ""),
        (150.0, "even the narrowest way in or out is 18"),
        (200.0, "a pixel is 25 cm wide"),
        (2_000.0, "the whole floor has 2,3"),
    ],
)
def test_a_scale_that_is_unlikely_is_doubted_in_one_line(tmp_path: Path, scale: float, says: str) -> None:
    """Of 800 pixels a way in or out takes 100; at 5 m they are too small to be kept, which is an error instead."""
    venue, report = import_map(with_doors(tmp_path), ImportOptions(scale=scale))
    told = [note.what for note in report.notes("warnings")]
    assert [says in what and "--scale" in what and "--units" not in what for what in told] == [True] * bool(says), told
    assert len(report.notes("errors")) == (scale < 6.0)
    assert any("--scale" in text for text, _ in texts_in(venue.simplifications, "en")) is bool(says), (
        "reports of runs say it"
    )


def test_an_import_of_a_picture_tells_its_size_and_its_narrowest_and_widest_way_first(tmp_path: Path) -> None:
    """The way in, of 100 pixels of 5 cm, is made 60 pixels wide; edges are right to a pixel or two."""
    picture = Image.open(with_doors(tmp_path))
    ImageDraw.Draw(picture).rectangle((8, 200, 49, 239), fill="white")
    picture.save(tmp_path / "plan.png")
    _, report = import_map(tmp_path / "plan.png", ImportOptions(scale=40.0, names={"source": "남문"}))
    lines = list(report.lines())
    assert lines[2].endswith("whole picture: 40.0 x 25.0 m (800 x 500 pixels, 5 cm each)")
    assert "lower left corner" in lines[3]
    assert re.match(r"  - narrowest way in or out: 남문, 3.[01] m; widest: exit", lines[4]), lines[4]


def test_where_every_painted_way_in_is_lost_none_is_invented(tmp_path: Path) -> None:
    """A way in of 10 x 8 pixels of 5 cm has 0.2 m2; both ways out stay."""
    picture = Image.open(painted(tmp_path))
    brush = ImageDraw.Draw(picture)
    brush.rectangle((10, 200, 49, 299), fill="white")
    brush.rectangle((10, 200, 19, 207), fill="#00ff00")
    picture.save(tmp_path / "plan.png")
    venue, report = import_map(tmp_path / "plan.png", SCALE)
    assert {zone.name for zone in venue.zones} == {"exit-1", "exit-2"}
    assert len(report.notes("errors")) == 1


@pytest.mark.parametrize(
    ("name", "right"), [("plan.jpg", r"\.png"), ("hall.dwg", r"\.dxf"), ("town.osm.pbf", r"\.osm")]
)
def test_a_map_of_another_format_is_refused_with_the_one_to_save_it_in(tmp_path: Path, name: str, right: str) -> None:
    (tmp_path / name).write_bytes(b"x")
    with pytest.raises(BadInput, match=right):
        import_map(tmp_path / name, SCALE)


def test_a_frame_painted_round_a_square_leaves_its_middle_free(tmp_path: Path) -> None:
    picture = Image.new("RGB", (600, 400), "white")
    brush = ImageDraw.Draw(picture)
    brush.rectangle((0, 0, 599, 399), outline="#ff0000", width=20)
    brush.rectangle((280, 180, 320, 220), fill="#00ff00")
    picture.save(tmp_path / "plan.png")
    venue, _ = import_map(tmp_path / "plan.png", ImportOptions(scale=60.0))
    assert venue.zone("exit").polygon.area == pytest.approx(60 * 40 - 56 * 36, rel=0.02)
    assert not venue.zone("exit").polygon.intersects(venue.zone("source").polygon)


def test_a_picture_of_16_bits_is_refused_instead_of_taken_for_white(tmp_path: Path) -> None:
    Image.new("I;16", (200, 100), 20_000).save(tmp_path / "plan.png")
    with pytest.raises(BadInput, match="save it as PNG of 8 bits"):
        import_map(tmp_path / "plan.png", SCALE)
