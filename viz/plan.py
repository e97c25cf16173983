"""A venue on one sheet: every level to one scale with its zones, gates, slopes and lines, a key, the source.

Levels stand side by side, or one above the other where that makes them larger.

Not here: how the single things look (`layers.py`).
"""

from __future__ import annotations

import textwrap
from collections.abc import Mapping, Sequence
from pathlib import Path

import shapely
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.legend_handler import HandlerTuple
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.transforms import Bbox
from shapely.geometry import Point

from venues.connectivity import Piece, cut_off_by_steps
from venues.errors import BadInput
from venues.places import STEPPED_KINDS, Level
from venues.refusals import told
from venues.venue import Venue, label
from viz import element_layers, layers, link_layers, palette
from viz.labels import Tag, font_family, place_tags

#: Sheet [inches]: width of the maps together, least and most height of a map, room above and below.
MAP_WIDTH, LEAST_HEIGHT, MOST_HEIGHT, HEAD, FOOT = 13.0, 3.2, 11.0, 0.9, 1.5
DPI = 130
#: Room for a title between two maps that stand one above the other [inches].
BETWEEN = 0.35
#: West, south, east, north [m].
Frame = tuple[float, float, float, float]
#: Pictures that can be written.
FORMATS = (".png", ".pdf", ".svg")
#: Room around the floor for labels, as a share of the floor's larger side, and for the scale bar below it.
MARGIN, STRIP = 0.12, 0.02
#: Ground on both sides of a gate that labels keep off [m] (by eye).
GATE_ROOM = 1.0
#: Half the side of the box that labels keep off round a marked place [pixels] (by eye).
MARK = 16.0
#: A level of pieces smaller than this, with nothing on it but ends of stairs, is no map of its own [m2] (by eye).
LARGEST_LANDING = 15.0

WORDS = {
    "en": {
        "source": "people arrive here",
        "exit": "people leave here",
        "both": "people arrive and leave here",
        "section": "named part of the floor",
        "gate": "gate, open; arrows: ways allowed",
        "gate shut": "gate, shut",
        "forward": "forward side of a gate",
        "line": "line where people are counted; arrow: forward",
        "area": "measurement area",
        "slope": "slope; arrow: uphill",
        "link": "stairs, escalator",
        "step-free": "lift, ramp: a way without steps",
        "cut off": "no way here without steps",
        "wall": "wall or edge of the floor",
        "outside": "outside the venue: nobody walks here",
        "obstacle": "obstacle",
        "waiting": "waiting area",
        "stage": "stage",
        "queue": "queue",
        "refuge": "refuge",
        "no-go": "nobody may enter",
        "first-aid": "first aid post",
        "emergency-lane": "emergency lane",
        "camera": "camera and what it sees",
        "loudspeaker": "loudspeaker and its reach",
        "sign": "sign and its reach",
        "floor": "floor",
        "origin": "Source",
        "licence": "Licence",
        "date": "Drawn",
        "names": "a scenario uses the names shown, or where there are two the one in [brackets]",
        "known": "known simplifications, listed in the venue file",
    },
    "ko": {
        "source": "유입구(들어오는 곳)",
        "exit": "출구(나가는 곳)",
        "both": "출입구(들어오고 나가는 곳)",
        "section": "이름 붙인 구역",
        "gate": "열린 게이트, 화살표는 통행 방향",
        "gate shut": "닫힌 게이트",
        "forward": "게이트의 정방향",
        "line": "통과 인원 집계선, 화살표는 정방향",
        "area": "측정 구역",
        "slope": "경사, 화살표는 오르막",
        "link": "계단, 에스컬레이터",
        "step-free": "승강기, 경사로(계단 없는 길)",
        "cut off": "계단 없이는 갈 수 없는 바닥",
        "wall": "벽 또는 바닥의 경계",
        "outside": "보행 구역 밖",
        "obstacle": "장애물",
        "waiting": "대기 구역",
        "stage": "무대 앞 관람 구역",
        "queue": "대기열",
        "refuge": "대피 공간",
        "no-go": "출입 금지 구역",
        "first-aid": "응급 의료소",
        "emergency-lane": "긴급차량 통로",
        "camera": "카메라와 보이는 범위",
        "loudspeaker": "확성기와 들리는 범위",
        "sign": "안내판과 읽히는 범위",
        "floor": "바닥",
        "origin": "출처",
        "licence": "이용 조건",
        "date": "작성일",
        "names": "시나리오에는 표시된 이름을 쓰고, [대괄호]가 있으면 그 안의 이름을 씀",
        "known": "가지 단순화 사항은 장소 파일에 적혀 있음",
    },
}


def draw_venue_plan(venue: Venue, path: str | Path, lang: str = "en") -> None:
    """Write the plan of a venue as a picture; the ending of `path` chooses the format.

    Raises:
        BadInput: if the format is unknown or the folder does not exist.
    """
    path = check_picture(path)
    build_venue_plan(venue, lang=lang).savefig(path, dpi=DPI)


def check_picture(path: str | Path) -> Path:
    """Return the path of a picture; refuse a format that cannot be written and a folder that does not exist."""
    path = Path(path)
    if path.suffix not in FORMATS:
        raise BadInput(
            told(
                "the picture {path!r} ends in {ending!r}; write one of {endings}",
                path=str(path),
                ending=path.suffix,
                endings=", ".join(FORMATS),
            )
        )
    if not path.parent.is_dir():
        raise BadInput(told("the picture {path!r} is in a folder that does not exist; make it first", path=str(path)))
    return path


def build_venue_plan(
    venue: Venue, *, lang: str = "en", below: float = 0.0, marked: Mapping[str, Sequence[Point]] | None = None
) -> Figure:
    """Return the plan of a venue as a figure, for writing or for a look at its parts.

    Args:
        venue: the place.
        lang: language of what is written.
        below: height left free at the foot of the sheet, for what somebody adds [inches].
        marked: level -> places [m] that labels keep off.
    """
    levels = shown_levels(venue)
    cut_off = [piece for piece in cut_off_by_steps(venue) if piece.level in {level.name for level in levels}]
    bounds = _even([_frame(level.walkable.bounds) for level in levels])
    stacked = _is_stacked(bounds)
    widths = [east - west for west, _, east, _ in bounds]
    heights = [north - south for _, south, _, north in bounds]
    share = sum(heights) / max(widths) if stacked else max(heights) / sum(widths)
    tall = min(max(MAP_WIDTH * share, LEAST_HEIGHT), MOST_HEIGHT) + (len(bounds) - 1) * stacked * BETWEEN
    head = HEAD + BETWEEN * (len(venue.levels) > 1)
    foot = FOOT + below
    sheet = tall + head + foot
    figure = Figure(figsize=(MAP_WIDTH + 0.6, sheet), dpi=DPI, facecolor="white")
    FigureCanvasAgg(figure)
    # The highest level on top, or all in one row.
    order = sorted(range(len(bounds)), key=lambda number: -levels[number].elevation if stacked else number)
    grid = figure.add_gridspec(
        len(bounds) if stacked else 1,
        1 if stacked else len(bounds),
        width_ratios=None if stacked else widths,
        height_ratios=[heights[number] for number in order] if stacked else None,
        left=0.3 / (MAP_WIDTH + 0.6),
        right=1 - 0.3 / (MAP_WIDTH + 0.6),
        bottom=foot / sheet,
        top=1 - head / sheet,
        wspace=0.02,
        hspace=BETWEEN * len(bounds) / (tall - (len(bounds) - 1) * stacked * BETWEEN),
    )
    for place, number in enumerate(order):
        west, south, east, north = bounds[number]
        ax = figure.add_subplot(grid[place], label=levels[number].name)
        ax.set(xlim=(west, east), ylim=(south, north))
        layers.draw_coordinates(ax)
        ax.set_aspect("equal")
        ax.apply_aspect()
        taken = [_around(ax, point) for point in (marked or {}).get(levels[number].name, ())]
        taken += [_draw_scale(ax, lang=lang)] if number == 0 else []
        _draw_level(ax, venue, levels[number].name, lang=lang, taken=taken, cut_off=cut_off)
    _write_head(figure, venue, lang=lang, sheet=sheet)
    _write_key(figure, venue, lang=lang, top=(foot - 0.03) / sheet, cut_off=bool(cut_off))
    _write_foot(figure, venue, lang=lang, bottom=(below + 0.1) / sheet)
    return figure


def shown_levels(venue: Venue) -> list[Level]:
    """Return the levels of a venue without those that are landings only: the stairs to them show where they are."""
    busy = {zone.level for zone in venue.zones} | {gate.level for gate in venue.gates}
    busy |= {area.level for area in venue.areas} | {line.level for line in venue.lines}
    busy |= {element.level for element in venue.elements}
    shown = [
        level
        for level in venue.levels
        if level.name in busy or any(part.area > LARGEST_LANDING for part in shapely.get_parts(level.walkable))
    ]
    return shown or list(venue.levels)


def _frame(bounds: Frame) -> Frame:
    """Return the part of the plane to show: bounds with room for labels and, below, for the scale bar."""
    west, south, east, north = bounds
    side = max(east - west, north - south)
    margin = MARGIN * side
    return (west - margin, south - margin - STRIP * side, east + margin, north + margin)


def _even(frames: list[Frame]) -> list[Frame]:
    """Return the frames of one sheet: of one width where levels stand one above the other, else of one height."""
    if _is_stacked(frames):
        west, east = min(frame[0] for frame in frames), max(frame[2] for frame in frames)
        return [(west, south, east, north) for _, south, _, north in frames]
    half = max(north - south for _, south, _, north in frames) / 2
    middles = [(south + north) / 2 for _, south, _, north in frames]
    return [(f[0], y - half, f[2], y + half) for f, y in zip(frames, middles, strict=True)]


def _is_stacked(frames: list[Frame]) -> bool:
    """Return whether levels come out larger one above the other than side by side."""
    widths = [east - west for west, _, east, _ in frames]
    heights = [north - south for _, south, _, north in frames]
    beside = min(MAP_WIDTH / sum(widths), MOST_HEIGHT / max(heights))
    return min(MAP_WIDTH / max(widths), MOST_HEIGHT / sum(heights)) > beside


def _around(ax: Axes, point: Point) -> Bbox:
    """Return the box round a marked place [pixels]."""
    x, y = ax.transData.transform((point.x, point.y))
    return Bbox.from_extents(x - MARK, y - MARK, x + MARK, y + MARK)


def _draw_level(ax: Axes, venue: Venue, level: str, *, lang: str, taken: list[Bbox], cut_off: list[Piece]) -> None:
    """Draw one level with its labels, which keep off the boxes that are taken [pixels]."""
    layers.draw_floor(ax, venue, level)
    link_layers.draw_cut_off(ax, venue, level, pieces=cut_off)
    slopes = layers.draw_slopes(ax, venue, level, lang=lang)
    zones = layers.draw_zones(ax, venue, level, lang=lang)
    areas = layers.draw_areas(ax, venue, level, lang=lang)
    lines = layers.draw_lines(ax, venue, level, lang=lang)
    gates = layers.draw_gates(ax, venue, level, lang=lang)
    links = link_layers.draw_links(ax, venue, level, lang=lang)
    elements = element_layers.draw_elements(ax, venue, level, lang=lang)
    sections = [tag for tag in zones if tag.colour == palette.FAINT_TEXT]
    named: list[Tag] = [tag for tag in zones if tag.colour != palette.FAINT_TEXT]
    solids = layers.name_obstacles(venue, level, lang=lang)
    fences = layers.name_walls(venue, level, lang=lang)
    order = [*gates, *links, *named, *elements, *areas, *slopes, *lines, *fences, *solids, *sections]
    strips = [strip.polygon for strip in venue.strips if level in (strip.link.from_level, strip.link.to_level)]
    doors = [gate.line.buffer(GATE_ROOM) for gate in venue.gates if gate.level == level]
    place_tags(ax, order, floor=venue.level(level).floor, taken=taken, signs=shapely.union_all([*strips, *doors]))
    if len(venue.levels) > 1:
        title = f"{label(venue.level(level), lang)} ({venue.level(level).elevation:+g} m)"
        ax.set_title(title, loc="left", fontsize=12, family=font_family(), parse_math=False)


def _draw_scale(ax: Axes, *, lang: str) -> Bbox:
    """Draw scale bar and north arrow in the strip below the floor; return the box they take [pixels]."""
    west, east = ax.get_xlim()
    south, north = ax.get_ylim()
    length = layers.choose_scale_length(east - west)
    step = min(east - west, north - south) * 0.04
    layers.draw_north_arrow(ax, west + step, south + 0.5 * step, length=1.6 * step, lang=lang)
    layers.draw_scale_bar(ax, west + 3.2 * step, south + 0.6 * step, length=length)
    corners = [(west, south), (west + 4.5 * step + length, south + 2.6 * step)]
    return Bbox(ax.transData.transform(corners))


def _write_head(figure: Figure, venue: Venue, *, lang: str, sheet: float) -> None:
    """Write the title and the size of the venue."""
    words = WORDS.get(lang, WORDS["en"])
    west, south, east, north = shapely.total_bounds([level.walkable for level in venue.levels])
    area = sum(level.floor.area for level in venue.levels)
    extent = f"{east - west:.0f} m × {north - south:.0f} m"
    size = f"[{venue.name}]  ·  {extent}  ·  {words['floor']} {area:,.0f} m²  ·  {words['names']}"
    style = {"family": font_family(), "parse_math": False, "ha": "left", "va": "top", "color": palette.TEXT}
    left = 0.3 / (MAP_WIDTH + 0.6)
    title = textwrap.shorten(label(venue, lang), 90, placeholder=" …")
    figure.text(left, 1 - 0.14 / sheet, title, fontsize=17, **style)  # type: ignore[arg-type]
    style["color"] = palette.FAINT_TEXT
    figure.text(left, 1 - 0.56 / sheet, size, fontsize=10.5, **style)  # type: ignore[arg-type]


def _write_key(figure: Figure, venue: Venue, *, lang: str, top: float, cut_off: bool) -> None:
    """Explain the signs that occur on this plan, from a height of the sheet downwards."""
    words = WORDS.get(lang, WORDS["en"])
    signs = _signs(venue)
    if cut_off:
        signs["cut off"] = Patch(facecolor=palette.CUT_OFF, edgecolor="white", hatch="xx", lw=0)
    legend = figure.legend(
        handles=list(signs.values()),
        labels=[words[name] for name in signs],
        handler_map={tuple: HandlerTuple(ndivide=1, pad=0)},
        loc="upper left",
        bbox_to_anchor=(0.3 / (MAP_WIDTH + 0.6), top),
        ncols=4,
        frameon=False,
        borderaxespad=0,
        prop={"family": font_family(), "size": 9.5},
    )
    for text in legend.get_texts():
        text.set_parse_math(False)


def _signs(venue: Venue) -> dict[str, object]:
    """Return the legend's signs of what occurs in a venue, by their word."""
    signs: dict[str, object] = {"wall": Line2D([], [], color=palette.WALL, lw=1.4)}
    signs["outside"] = Patch(facecolor=palette.OUTSIDE)
    kinds = [zone.kinds for zone in venue.zones]
    for kind in layers.KIND_ORDER:
        colour = palette.ZONES[kind]
        if kind == "section" and any(kind in group for group in kinds):
            signs[kind] = Line2D([], [], color=colour, linestyle=":")
        elif any(kind in group and not {"source", "exit"} <= group for group in kinds):
            signs[kind] = Patch(facecolor=colour, alpha=0.55, edgecolor=colour)
    if any({"source", "exit"} <= group for group in kinds):
        source, way_out = palette.ZONES["source"], palette.ZONES["exit"]
        signs["both"] = (
            Patch(facecolor=source, alpha=0.55),
            Patch(facecolor="none", edgecolor=way_out, hatch="////", lw=0),
        )
    if any(gate.open for gate in venue.gates):
        signs["gate"] = Line2D([], [], color=palette.GATE, lw=4)
    if any(not gate.open for gate in venue.gates):
        signs["gate shut"] = Line2D([], [], color=palette.GATE_SHUT, lw=4)
    if venue.gates:
        signs["forward"] = Line2D([], [], color=palette.GATE, marker="^", ms=layers.FORWARD_SIZE, mew=0, linestyle="")
    if any(link.kind in STEPPED_KINDS for link in venue.links):
        signs["link"] = Line2D([], [], color=palette.LINK, lw=5)
    if any(link.kind not in STEPPED_KINDS for link in venue.links):
        signs["step-free"] = Line2D([], [], color=palette.STEP_FREE, lw=5)
    if venue.lines:
        signs["line"] = Line2D([], [], color=palette.LINE, lw=1.5, linestyle=(0, (3, 1.5)))
    if venue.areas:
        signs["area"] = Patch(facecolor="#EBD6E4", edgecolor=palette.AREA, lw=1.4)
    if venue.slopes:
        signs["slope"] = Patch(facecolor="none", edgecolor=palette.SLOPE, hatch="...", lw=0.8, alpha=0.7)
    if any(level.obstacles for level in venue.levels):
        signs["obstacle"] = Patch(facecolor=palette.OBSTACLE)
    return signs | element_layers.element_signs(venue)


def _write_foot(figure: Figure, venue: Venue, *, lang: str, bottom: float) -> None:
    """Write where the drawing comes from and on which terms it may be used, from a height of the sheet upwards."""
    words = WORDS.get(lang, WORDS["en"])
    parts = [
        f"{words['origin']}: {venue.source or '–'}",
        f"{words['licence']}: {venue.licence or '–'}",
        f"{words['date']}: {venue.date or '–'}",
    ]
    if venue.simplifications:
        parts.append(f"{len(venue.simplifications)}{' ' if lang != 'ko' else ''}{words['known']}")
    text = "\n".join(textwrap.wrap("  ·  ".join(parts), 230, max_lines=3, placeholder=" …"))
    style = {"family": font_family(), "parse_math": False, "ha": "left", "va": "bottom", "fontsize": 8}
    left = 0.3 / (MAP_WIDTH + 0.6)
    figure.text(left, bottom, text, color=palette.FAINT_TEXT, **style)  # type: ignore[arg-type]
