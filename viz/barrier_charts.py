"""Charts of the load on barriers: along each at its worst moment, and over time, against what it is built for.

Not here: the numbers themselves (`crowd.risk.barriers`).
"""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from crowd.recording.tables import INTERVAL
from crowd.report.words import Words, words_of
from crowd.risk import BarrierLoad, RiskAssessment
from viz import palette
from viz.charts import clock_axis, light_frame, new_figure
from viz.labels import wrap_name

MOST_BARRIERS = 6
WORDS = {
    "en": {
        "load": "load [N/m]",
        "along": "distance along the barrier [m]",
        "mean": "mean of {interval:g} s on about 1 m",
        "moment": "largest moment (0.1 s) in these {interval:g} s",
        "highest": "highest metre, mean of {interval:g} s",
        "whole": "mean over the whole barrier",
        "design": "design load",
        "worst": "{name}: {interval:g} s up to {time}",
        "time": "{name}: over time",
        "left_out": "{count} more barriers, with smaller loads, are not drawn; the table has all.",
    },
    "ko": {
        "load": "하중 [N/m]",
        "along": "차단벽을 따라 잰 거리 [m]",
        "mean": "약 1 m 구간의 {interval:g}초 평균",
        "moment": "해당 {interval:g}초 중 순간(0.1초) 최대",
        "highest": "가장 큰 1 m 구간({interval:g}초 평균)",
        "whole": "차단벽 전체 평균",
        "design": "설계하중",
        "worst": "{name}: {time}까지의 {interval:g}초",
        "time": "{name}: 시간에 따른 변화",
        "left_out": "하중이 더 작은 차단벽 {count}개는 그림에서 생략하였으며 표에 모두 있다.",
    },
}


def draw_barrier_loads(risk: RiskAssessment, lang: str) -> Figure | None:
    """For each barrier that bore a load, the worst first: its load along it, and over time; None without any."""
    bore = [load for load in risk.barriers if load.highest is not None]
    if not bore:
        return None
    pressed, left_out = bore[:MOST_BARRIERS], len(bore[MOST_BARRIERS:])
    words = words_of(risk, lang)
    figure = new_figure(2.1 * len(pressed) + 0.7)
    axes = figure.subplots(len(pressed), 2, squeeze=False, sharey="row")
    for (left, right), load in zip(axes, pressed, strict=True):
        _draw_along(left, load, words)
        _draw_over_time(right, load, risk, words)
        top = max(float(np.nanmax(load.peak)), load.design_load)
        left.set_ylim(0.0, 1.12 * top)
    axes[-1, 0].set_xlabel(WORDS[lang]["along"], fontsize=9)
    handles, labels = axes[0, 0].get_legend_handles_labels()
    more = axes[0, 1].get_legend_handles_labels()
    named = dict(zip([*labels, *more[1]], [*handles, *more[0]], strict=True))
    note = WORDS[lang]["left_out"].format(count=left_out) if left_out else None
    style: dict[str, Any] = {"fontsize": 8.5, "title_fontsize": 8.5, "frameon": False}
    figure.legend(named.values(), named.keys(), title=note, loc="outside lower center", ncols=3, **style)
    return figure


def _draw_along(ax: Axes, load: BarrierLoad, words: Words) -> None:
    """Bars of the mean load of each piece in the worst interval, and a mark at its largest moment."""
    said = WORDS[words.lang]
    assert load.highest is not None
    mean, peak = load.profile(load.highest.time)
    ax.bar(
        load.along,
        mean,
        width=0.92 * load.lengths,
        color=palette.SERIES[0],
        label=said["mean"].format(interval=INTERVAL),
    )
    moment = said["moment"].format(interval=INTERVAL)
    ax.plot(load.along, peak, linestyle="", marker="_", ms=7, mew=1.6, color=palette.TEXT, label=moment)
    ax.set_xlim(0.0, load.length)
    ax.set_ylabel(said["load"], fontsize=9)
    _finish(ax, load, words, title=said["worst"], time=words.clock(load.highest.time))


def _draw_over_time(ax: Axes, load: BarrierLoad, risk: RiskAssessment, words: Words) -> None:
    """The highest load anywhere on the barrier and the mean over all of it, interval by interval; 0 between them."""
    said = WORDS[words.lang]
    every = np.union1d(load.times, np.arange(INTERVAL, risk.simulated + 1e-6, INTERVAL))
    highest, whole = np.zeros((2, len(every)))
    at = np.searchsorted(every, load.times)
    highest[at], whole[at] = np.nanmax(load.mean, axis=1), load.total / load.length
    label = said["highest"].format(interval=INTERVAL)
    ax.step(every, highest, where="pre", color=palette.SERIES[0], linewidth=1.6, label=label)
    style: dict[str, Any] = {"color": palette.SERIES[1], "linestyle": "--", "linewidth": 1.6}
    ax.step(every, whole, where="pre", label=said["whole"], **style)
    _finish(ax, load, words, title=said["time"], time="")
    clock_axis(
        ax, words.start, end=risk.simulated, say=lambda seconds, whole: words.clock(seconds, whole_minutes=whole)
    )


def _finish(ax: Axes, load: BarrierLoad, words: Words, *, title: str, time: str) -> None:
    """Design load, frame and title."""
    said = WORDS[words.lang]
    style: dict[str, Any] = {"color": palette.LEVELS["serious"], "linestyle": (0, (1, 1)), "linewidth": 1.8}
    ax.axhline(load.design_load, label=said["design"], **style)
    light_frame(ax)
    name = wrap_name(load.wall.labels.get(words.lang, load.wall.name)).split("\n")[0]
    ax.set_title(title.format(name=name, time=time, interval=INTERVAL), fontsize=9, loc="left", pad=3)
