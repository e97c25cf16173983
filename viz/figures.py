"""Charts over time of one run or of several: density and levels, flows, the queue outside, runs compared.

Each function returns a matplotlib Figure without global state; `viz.charts.to_png` writes it. Not here: maps
(`risk_maps.py`) and the numbers themselves (`crowd.risk`).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from itertools import pairwise
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from crowd.alert_levels import LARGEST_GAP
from crowd.report.words import Words, words_of
from crowd.risk import LineFlow, RiskAssessment, ZoneRisk
from viz import palette
from viz.charts import HATCHES, LABEL_BOX, UNKNOWN, clock_axis, light_frame, new_figure
from viz.labels import wrap_name
from viz.own_thresholds import own_thresholds_note

MOST_ZONES = 30
MOST_LINES = 8
WORDS = {
    "en": {
        "density": "level density [people/m²]",
        "unknown": "not known",
        "normal": "no level",
        "flow": "people per minute",
        "forward": "forward",
        "backward": "backward",
        "gridlock": "gridlock",
        "outside": "people waiting outside",
        "minutes": "minutes from the start",
        "run": "run",
        "left_out": "{count} more zones, none at a higher level, are not drawn; the table has all.",
    },
    "ko": {
        "density": "경보 판정 밀도 [명/m²]",
        "unknown": "알 수 없음",
        "normal": "해당 없음",
        "flow": "분당 통과 인원(명)",
        "forward": "정방향",
        "backward": "역방향",
        "gridlock": "통행 정체",
        "outside": "진입 대기 인원(명)",
        "minutes": "시작 후 경과 시간(분)",
        "run": "실행",
        "left_out": "나머지 {count}개 구역(단계가 더 높지 않음)은 그림에서 생략하였으며 표에 모두 있다.",
    },
}


def draw_level_time_line(risk: RiskAssessment, lang: str) -> Figure:
    """Level density of the densest place over time, and below it the level of each zone as bars."""
    words = words_of(risk, lang)
    zones = _zones_drawn(risk)
    figure = new_figure(2.6 + 0.27 * len(zones) + 0.5)
    upper, lower = figure.subplots(2, 1, height_ratios=[2.4, 0.27 * len(zones) + 0.2], sharex=True)
    _draw_density(upper, risk, words)
    for row, zone in enumerate(zones):
        _draw_zone_bar(lower, zone, risk, words, row=row)
    lower.set_ylim(len(zones) - 0.4, -0.6)
    names = [wrap_name(words.place(zone.name)).split("\n")[0] for zone in zones]
    lower.set_yticks(range(len(zones)), names, fontsize=8.5)
    lower.tick_params(axis="y", length=0)
    lower.tick_params(axis="x", labelsize=8.5)
    for side in ("top", "right", "left"):
        lower.spines[side].set_visible(False)
    _clock(lower, risk, words)
    _draw_level_key(figure, risk, words, left_out=len(risk.zones) - len(zones))
    return figure


def draw_flows(risk: RiskAssessment, lang: str) -> Figure | None:
    """Crossings of the busiest lines by minute: forward upwards, backward downwards; None without lines."""
    lines = sorted(risk.lines, key=lambda line: line.forward + line.backward, reverse=True)[:MOST_LINES]
    if not lines:
        return None
    words, said = words_of(risk, lang), WORDS[lang]
    rows = (len(lines) + 1) // 2
    figure = new_figure(1.55 * rows + 0.7)
    axes = figure.subplots(rows, 2, squeeze=False, sharex=True, sharey=True).ravel()
    for ax, line in zip(axes, lines, strict=False):
        _draw_line(ax, line, words, said)
    for ax in axes[len(lines) :]:
        ax.set_visible(False)
    top = max((m.forward for line in lines for m in line.minutes), default=1)
    bottom = max((m.backward for line in lines for m in line.minutes), default=1)
    axes[0].set_ylim(-1.25 * max(bottom, 1), 1.25 * max(top, 1))
    ticks = axes[0].get_yticks()
    axes[0].set_yticks(ticks, [f"{abs(tick):g}" for tick in ticks])
    axes[0].set_ylim(-1.25 * max(bottom, 1), 1.25 * max(top, 1))
    for ax in axes[:2]:
        _clock(ax, risk, words)
        ax.tick_params(labelbottom=True)
    figure.supylabel(said["flow"], fontsize=9)
    return figure


def draw_outside(risk: RiskAssessment, lang: str) -> Figure | None:
    """How many people waited outside over time; None if nobody did or nobody knows."""
    people = risk.people
    if people is None or people.peak_outside is None or people.peak_outside.value <= 0.0:
        return None
    words = words_of(risk, lang)
    figure = new_figure(1.9)
    ax = figure.subplots()
    ax.fill_between(people.times, people.outside, step="pre", color=palette.SERIES[0], alpha=0.25)
    ax.step(people.times, people.outside, where="pre", color=palette.SERIES[0], linewidth=1.8)
    ax.set_ylim(bottom=0.0)
    ax.set_ylabel(WORDS[lang]["outside"], fontsize=9)
    light_frame(ax)
    _clock(ax, risk, words)
    return figure


def draw_comparison(assessments: Sequence[RiskAssessment], labels: Sequence[str], lang: str) -> Figure:
    """Level density and queue outside of several runs over one time axis; each has its colour and dashes.

    Args:
        assessments: the runs.
        labels: what each is called.
        lang: "en" or "ko".
    """
    said, dashes = WORDS[lang], ("-", "--", ":", "-.")
    figure = new_figure(4.6)
    upper, lower = figure.subplots(2, 1, height_ratios=[2, 1], sharex=True)
    for number, (risk, label) in enumerate(zip(assessments, labels, strict=True)):
        style: dict[str, Any] = {
            "color": palette.SERIES[number % len(palette.SERIES)],
            "linestyle": dashes[number % len(dashes)],
        }
        zone = risk.whole or risk.worst_zone
        if zone is not None:
            upper.plot(zone.times, zone.level_density, linewidth=1.8, label=f"{number + 1}. {label}", **style)
        if risk.people is not None:
            lower.plot(risk.people.times, risk.people.outside, linewidth=1.8, **style)
    _draw_thresholds(upper, assessments[0], lang, assessments[0].whole or assessments[0].worst_zone)
    upper.set_ylabel(said["density"], fontsize=9)
    lower.set_ylabel(said["outside"], fontsize=9)
    lower.set_ylim(bottom=0.0)
    for ax in (upper, lower):
        light_frame(ax)
    upper.legend(loc="upper left", fontsize=9, frameon=True, framealpha=0.9, edgecolor="none")
    _shared_clock(lower, assessments, lang)
    return figure


def _zones_drawn(risk: RiskAssessment) -> tuple[ZoneRisk, ...]:
    """The worst zones, as many as there is room for, and the whole venue below them."""
    zones = risk.zones_worst_first
    if risk.whole is None or len(zones) <= MOST_ZONES:
        return zones[:MOST_ZONES]
    return (*zones[: MOST_ZONES - 1], risk.whole)


def _draw_density(ax: Axes, risk: RiskAssessment, words: Words) -> None:
    zone = risk.whole or risk.worst_zone
    if zone is not None:
        ax.plot(zone.times, zone.level_density, color=palette.TEXT, linewidth=1.6)
    _draw_thresholds(ax, risk, words.lang, zone)
    ax.set_ylabel(WORDS[words.lang]["density"], fontsize=9)
    light_frame(ax)


def _draw_thresholds(ax: Axes, risk: RiskAssessment, lang: str, zone: ZoneRisk | None) -> None:
    """A line at each threshold of the zone drawn, named at its right end, and room above the highest one."""
    thresholds = risk.preset.thresholds(None if zone is None else zone.name)
    colours = palette.level_colours(risk.preset.keys)
    for level, threshold, colour in zip(risk.preset.levels, thresholds, colours, strict=True):
        ax.axhline(threshold, color=colour, linewidth=1.8, linestyle=(0, (1, 1)), zorder=1)
        text = f" {level.labels[lang]} {threshold:g}"
        ax.annotate(text, (1.0, threshold), xycoords=("axes fraction", "data"), fontsize=8.5, va="center")
    ax.set_ylim(0.0, max(1.15 * thresholds[-1], 1.05 * ax.get_ylim()[1]))


def _draw_zone_bar(ax: Axes, zone: ZoneRisk, risk: RiskAssessment, words: Words, *, row: int) -> None:
    """One zone: a pale bar, a patch for each stretch of a level, grey where the density is not known."""
    keys, colours = risk.preset.keys, palette.level_colours(risk.preset.keys)
    _patch(ax, 0.0, risk.simulated, row, colour=palette.LEVELS["normal"], hatch="")
    for start, end in _unknown_spans(zone, until=risk.simulated):
        _patch(ax, start, end, row, colour=UNKNOWN["facecolor"], hatch=UNKNOWN["hatch"])
    for key, start, end in zone.level_periods:
        rank = keys.index(key) + 1
        _patch(ax, start, max(end, start + 1.0), row, colour=colours[rank - 1], hatch=HATCHES[rank])
        if end - start > 0.07 * risk.simulated:
            label = risk.preset.label(rank, words.lang)
            ax.text((start + end) / 2, row, label, fontsize=7.5, ha="center", va="center", bbox=LABEL_BOX)


def _patch(ax: Axes, start: float, end: float, row: int, *, colour: str, hatch: str) -> None:
    ax.add_patch(
        Rectangle(
            (start, row - 0.38),
            end - start,
            0.76,
            facecolor=colour,
            edgecolor="white",
            hatch=hatch,
            linewidth=0,
        )
    )


def _unknown_spans(zone: ZoneRisk, *, until: float) -> list[tuple[float, float]]:
    """Stretches without a level density, as `unknown_time` counts them: samples without a number, and gaps [s]."""
    if not len(zone.times):
        return [(0.0, until)]
    steps = pairwise([0.0, *zone.times.tolist(), max(until, float(zone.times[-1]))])
    gaps = [(before, after) for before, after in steps if after - before > LARGEST_GAP]
    holes = np.isnan(zone.level_density)
    edges = np.flatnonzero(np.diff(np.concatenate(([0], holes.astype(int), [0]))))
    ends = np.append(zone.times, zone.times[-1])
    return gaps + [(float(zone.times[a]), float(ends[b])) for a, b in edges.reshape(-1, 2)]


def _draw_level_key(figure: Figure, risk: RiskAssessment, words: Words, *, left_out: int) -> None:
    """The levels by colour; over them how many zones are left out, and which have thresholds of their own."""
    said, colours = WORDS[words.lang], palette.level_colours(risk.preset.keys)
    entries = [(said["normal"], palette.LEVELS["normal"], "")]
    for rank, level in enumerate(risk.preset.levels, start=1):
        entries.append((f"{level.labels[words.lang]} ≥ {level.threshold:g}", colours[rank - 1], HATCHES[rank]))
    if any(zone.unknown > 0.0 for zone in risk.zones):
        entries.append((said["unknown"], UNKNOWN["facecolor"], UNKNOWN["hatch"]))
    patches = [
        Rectangle((0, 0), 1, 1, facecolor=colour, hatch=hatch, edgecolor="white", linewidth=0, label=label)
        for label, colour, hatch in entries
    ]
    notes = [said["left_out"].format(count=left_out)] if left_out else []
    notes += [note] if (note := own_thresholds_note(risk, words, under="bars")) else []
    style: dict[str, Any] = {"fontsize": 8.5, "title_fontsize": 8.5, "frameon": False}
    figure.legend(handles=patches, title="\n".join(notes), loc="outside lower center", ncols=len(patches), **style)


def _draw_line(ax: Axes, line: LineFlow, words: Words, said: dict[str, str]) -> None:
    starts = [minute.start + 30.0 for minute in line.minutes]
    for sign, colour, hatch in ((1, palette.SERIES[0], ""), (-1, palette.SERIES[1], "///")):
        counts = [sign * (minute.forward if sign > 0 else minute.backward) for minute in line.minutes]
        ax.bar(starts, counts, width=48.0, color=colour, hatch=hatch, edgecolor="white", linewidth=0.3)
    for lock in line.gridlocks:
        ax.axvspan(lock.start, lock.end, color=palette.OBSTACLE, alpha=0.45, zorder=0)
        middle = ((lock.start + lock.end) / 2, 0.97)
        ax.annotate(
            said["gridlock"],
            middle,
            xycoords=("data", "axes fraction"),
            fontsize=8,
            ha="center",
            va="top",
        )
    ax.axhline(0.0, color=palette.TEXT, linewidth=0.8)
    light_frame(ax)
    ax.set_title(words.place(line.name), fontsize=9, loc="left", pad=3)
    style: dict[str, Any] = {
        "fontsize": 7.5,
        "color": palette.TEXT,
        "xycoords": "axes fraction",
        "ha": "left",
        "bbox": LABEL_BOX,
    }
    ax.annotate(f"▲ {said['forward']}", (0.01, 0.95), va="top", **style)
    ax.annotate(f"▼ {said['backward']}", (0.01, 0.05), va="bottom", **style)


def _clock(ax: Axes, risk: RiskAssessment, words: Words) -> None:
    clock_axis(
        ax,
        words.start,
        end=risk.simulated,
        say=lambda seconds, whole: words.clock(seconds, whole_minutes=whole),
    )


def _shared_clock(ax: Axes, assessments: Sequence[RiskAssessment], lang: str) -> None:
    """Clock times if all runs start together, else minutes from each one's start."""
    words = [words_of(risk, lang) for risk in assessments]
    end = max(risk.simulated for risk in assessments)
    if len({word.start for word in words}) == 1:
        clock_axis(
            ax,
            words[0].start,
            end=end,
            say=lambda seconds, whole: words[0].clock(seconds, whole_minutes=whole),
        )
        return
    clock_axis(ax, datetime(2000, 1, 1), end=end, say=lambda seconds, whole: f"{seconds / 60:g}")
    ax.set_xlabel(WORDS[lang]["minutes"], fontsize=9)
