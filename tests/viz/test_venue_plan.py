"""The plan of a venue shows what a reader needs, as it is."""

from __future__ import annotations

import dataclasses
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import to_rgba
from matplotlib.figure import Figure
from matplotlib.text import Text
from shapely.geometry import Polygon, box

from venues import (
    ZONE_KINDS,
    BadInput,
    Gate,
    Level,
    MeasurementArea,
    MeasurementLine,
    Obstacle,
    Venue,
    Zone,
    label,
    load_venue,
    names,
)
from venues.sentences import korean
from venues.shapes import bottleneck, stairs
from viz import link_layers, palette
from viz.fonts import missing_glyphs
from viz.plan import WORDS, build_venue_plan, draw_venue_plan


def texts_of(figure: Figure) -> list[str]:
    """Return every text of a figure that is drawn, on one line each."""
    found = [text.get_text().replace("\n", " ") for text in figure.findobj(Text) if isinstance(text, Text)]
    return [text for text in found if text]


@pytest.mark.parametrize("lang", ["en", "ko"])
def test_the_plan_names_every_gate_zone_line_and_slope(lang: str) -> None:
    venue = load_venue("itaewon-alley")
    written = texts_of(build_venue_plan(venue, lang=lang))
    items: list[Zone | Gate | MeasurementLine | MeasurementArea] = [*venue.zones, *venue.gates]
    for item in [*items, *venue.lines, *venue.areas]:
        assert any(text.startswith(f"{label(item, lang)} [{item.name}]") for text in written), item.name
    for gate in venue.gates:
        assert any(gate.name in text and f"{gate.clear_width:.1f} m" in text for text in written)
    for slope in venue.slopes:
        assert any(f"{slope.angle:g}°" in text for text in written)
    assert label(venue, lang) in written
    assert any("CC0-1.0" in text for text in written)


def test_the_key_in_korean_has_the_words_of_the_labels_of_painted_places() -> None:
    words, key = korean()["words"], WORDS["ko"]
    assert {kind: key[kind] for kind in ZONE_KINDS if not key[kind].startswith(words[kind])} == {}
    assert key["both"].startswith(words["entrance"])


@pytest.mark.parametrize("name", names())
@pytest.mark.parametrize("lang", ["en", "ko"])
def test_labels_do_not_cover_each_other_and_stay_on_the_map(name: str, lang: str) -> None:
    figure = build_venue_plan(load_venue(name), lang=lang)
    assert isinstance(figure.canvas, FigureCanvasAgg)
    renderer = figure.canvas.get_renderer()
    for ax in figure.axes:
        boxes = {text.get_text(): text.get_window_extent(renderer) for text in ax.texts if "\n" in text.get_text()}
        assert len(boxes) > 3
        for (one, first), (other, second) in combinations(boxes.items(), 2):
            assert not first.overlaps(second), f"{one!r} covers {other!r}"
        for text, extent in boxes.items():
            assert ax.bbox.contains(*extent.p0), text
            assert ax.bbox.contains(*extent.p1), text


@pytest.mark.parametrize("name", names())
@pytest.mark.parametrize("lang", ["en", "ko"])
def test_no_name_covers_a_number_of_metres_along_the_edges(name: str, lang: str) -> None:
    figure = build_venue_plan(load_venue(name), lang=lang)
    assert isinstance(figure.canvas, FigureCanvasAgg)
    figure.canvas.draw()
    renderer = figure.canvas.get_renderer()
    for ax in figure.axes:
        numbers = [text for axis in (ax.xaxis, ax.yaxis) for text in axis.get_ticklabels()]
        named = [text for text in ax.texts if "\n" in text.get_text()]
        assert len(numbers) > 5
        assert len(named) > 3
        for name_on_map in named:
            box_of_name = name_on_map.get_window_extent(renderer)
            for number in numbers:
                assert not box_of_name.overlaps(number.get_window_extent(renderer)), name_on_map.get_text()


@pytest.mark.parametrize("kind", ["stairs", "ramp"])
@pytest.mark.parametrize("lang", ["en", "ko"])
def test_floor_that_only_steps_lead_to_is_hatched_and_named_in_the_key(kind: str, lang: str) -> None:
    venue = stairs()
    figure = build_venue_plan(
        dataclasses.replace(venue, links=(dataclasses.replace(venue.links[0], kind=kind),)), lang=lang
    )
    hatched = [p for ax in figure.axes for p in ax.patches if p.get_facecolor() == to_rgba(palette.CUT_OFF)]
    assert bool(hatched) == (WORDS[lang]["cut off"] in texts_of(figure)) == (kind == "stairs")
    assert (WORDS[lang]["step-free"] in texts_of(figure)) == (kind == "ramp")


def test_the_headings_of_levels_are_clear_of_the_title() -> None:
    tall = box(0, 0, 30, 100)
    figure = build_venue_plan(Venue("tower", (Level("lower", tall), Level("upper", tall, elevation=3.0))))
    assert isinstance(figure.canvas, FigureCanvasAgg)
    renderer = figure.canvas.get_renderer()
    heads = [text.get_window_extent(renderer) for text in figure.texts[:2]]
    for ax in figure.axes:
        (title,) = [text for text in ax.findobj(Text) if isinstance(text, Text) and text.get_text().endswith(" m)")]
        assert not any(head.overlaps(title.get_window_extent(renderer)) for head in heads)


def test_hostile_names_are_drawn_as_they_are(tmp_path: Path) -> None:
    venue = bottleneck()
    gate = dataclasses.replace(venue.gates[0], name="$\\frac{$ a_b^c <b>", open=False)
    venue = dataclasses.replace(venue, name="<script>alert(1)</script> $x$", gates=(gate,))
    figure = build_venue_plan(venue)
    assert "<script>alert(1)</script> $x$" in texts_of(figure)
    assert any(text.startswith("$\\frac{$ a_b^c <b> 1.2 m, shut") for text in texts_of(figure))
    assert not any(text.get_parse_math() for text in figure.findobj(Text) if "$" in text.get_text())
    draw_venue_plan(venue, tmp_path / "plan.png")


def test_obstacles_with_a_name_are_named() -> None:
    venue = bottleneck()
    solids = (Obstacle(box(2, 2, 3, 3), "pillar", {"ko": "기둥"}), box(4, 2, 5, 3))
    level = Level("ground", venue.levels[0].walkable, obstacles=solids)
    venue = dataclasses.replace(venue, levels=(level,))
    assert "pillar" in texts_of(build_venue_plan(venue))
    assert "기둥" in texts_of(build_venue_plan(venue, lang="ko"))


@pytest.mark.parametrize("change", [{}, {"direction": "backward"}, {"open": False}])
@pytest.mark.parametrize("reverse", [False, True])
def test_a_triangle_stands_on_the_forward_side_of_every_gate(change: dict[str, Any], reverse: bool) -> None:
    venue = bottleneck()
    gate = dataclasses.replace(venue.gates[0], **change)
    if reverse:
        gate = dataclasses.replace(gate, line=gate.line.reverse())
    figure = build_venue_plan(dataclasses.replace(venue, gates=(gate,)))
    ax = figure.axes[0]
    marks = [line for line in ax.lines if isinstance(line.get_marker(), tuple)]
    assert len(marks) == 1
    at = marks[0].get_transform().transform(marks[0].get_xydata())[0]
    x, _ = ax.transData.inverted().transform(at)
    assert (x > gate.line.coords[0][0]) == (gate.normal[0] > 0)
    assert WORDS["en"]["forward"] in [text.get_text() for text in figure.legends[0].get_texts()]


def test_the_posts_of_a_gate_narrower_than_its_line_are_drawn_as_walls() -> None:
    venue = bottleneck()
    narrow = dataclasses.replace(venue, gates=(dataclasses.replace(venue.gates[0], clear_width=0.9),))
    walls = [
        sum(line.get_color() == palette.WALL for line in build_venue_plan(one).axes[0].lines) for one in (venue, narrow)
    ]
    assert walls[1] == walls[0] + 2


@pytest.mark.parametrize(
    ("shape", "titles"),
    [(box(0, 0, 60, 10), ["upper (+3 m)", "lower (+0 m)"]), (box(0, 0, 10, 60), ["lower (+0 m)", "upper (+3 m)"])],
)
def test_levels_have_one_scale_and_stand_above_each_other_where_that_makes_them_larger(
    shape: Polygon, titles: list[str]
) -> None:
    figure = build_venue_plan(Venue("floors", levels=(Level("lower", shape), Level("upper", shape, elevation=3.0))))
    assert [ax.get_title(loc="left") for ax in figure.axes] == titles
    scales = [ax.bbox.width / (ax.get_xlim()[1] - ax.get_xlim()[0]) for ax in figure.axes]
    assert scales[0] == pytest.approx(scales[1], rel=1e-6)


def test_the_scale_bar_is_as_long_as_it_says() -> None:
    """The four parts of the bar end to end measure the length written at its end."""
    ax = build_venue_plan(load_venue("itaewon-alley")).axes[0]
    bar = [patch.get_path().get_extents() for patch in ax.patches if patch.get_zorder() == 9]
    length = max(part.x1 for part in bar) - min(part.x0 for part in bar)
    assert f"{length:g} m" in [text.get_text() for text in ax.texts]


@pytest.mark.parametrize(("name", "word"), [("plan.xyz", ".png"), ("none/plan.png", "folder")])
def test_a_picture_that_cannot_be_written_is_refused(tmp_path: Path, name: str, word: str) -> None:
    with pytest.raises(BadInput, match=word):
        draw_venue_plan(bottleneck(), tmp_path / name)


def test_equal_venues_give_equal_pictures(tmp_path: Path) -> None:
    for name in ("a.png", "b.png"):
        draw_venue_plan(bottleneck(), tmp_path / name)
    assert (tmp_path / "a.png").read_bytes() == (tmp_path / "b.png").read_bytes()


@pytest.mark.parametrize("lang", sorted(WORDS))
def test_the_shipped_font_has_every_character_of_the_plan(lang: str) -> None:
    venue: Venue = load_venue("itaewon-alley")
    texts = [*texts_of(build_venue_plan(venue, lang=lang)), *WORDS[lang].values(), *link_layers.WORDS[lang].values()]
    assert missing_glyphs(texts) == ()
    assert set(WORDS[lang]) == set(WORDS["en"])


def test_every_map_tells_where_x_and_y_are_so_that_a_place_in_a_report_is_found() -> None:
    """A number stands where it says, on every level, within the frame."""
    figure = build_venue_plan(load_venue("metro-station"))
    figure.canvas.draw()
    for ax in figure.axes:
        for axis, name, limits in ((ax.xaxis, "x", ax.get_xlim()), (ax.yaxis, "y", ax.get_ylim())):
            places, texts = axis.get_ticklocs(), [text.get_text() for text in axis.get_ticklabels()]
            assert len(texts) >= 3
            assert texts == [f"{name} {places[0]:g} m", *(f"{place:g}" for place in places[1:])]
            assert limits[0] < min(places) < max(places) < limits[1]
