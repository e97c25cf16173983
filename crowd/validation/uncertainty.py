"""Model uncertainty as fire-safety engineering states it: a bias factor and a relative standard deviation by quantity.

After McGrattan & Toman 2011 (Metrologia 48, 173), as NUREG-1824 supplement 1 and ISO 24679-1 ask for: for pairs of
predicted M and measured E, ln(M/E) is taken as normal. With its mean m and standard deviation u, and the relative
standard deviation s_E of the measurements,

    s_M^2 = u^2 - s_E^2,    bias = exp(m + (s_M^2 - s_E^2) / 2).

A prediction M then stands for a true value of mean M / bias and standard deviation s_M M / bias. No model can be shown
to be more precise than what it is compared with, so s_E counts with u / sqrt(2) at most.

Not here: what is compared (`Pair`s of the cases).
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from crowd.validation.case import Pair


class Scatter(NamedTuple):
    """Relative standard deviation of a measured quantity, and where it is from."""

    value: float
    source: str


#: How well each quantity is measured. A small value charges the scatter to the model.
EXPERIMENTS = {
    "speed at density": Scatter(0.05, "assumed: mean of a density bin of many frames; cameras err far less"),
    "bottleneck flow": Scatter(0.10, "scatter of seven series about a straight line, 0.25 /s at a mean of 2.6 /s"),
    "evacuation time": Scatter(0.05, "assumed: one drill repeated by the same people"),
    "push displacement": Scatter(0.10, "assumed: heads lean, so their displacement is not quite the body's"),
}
#: Fewer points than this say little (assumed; a standard deviation of ten is itself uncertain by a quarter).
FEW = 10


@dataclass(frozen=True)
class Uncertainty:
    """How far the model is off in one quantity.

    Args:
        quantity: what was compared. calibration: whether constants were chosen with these points in view.
        points: pairs that count. unusable: pairs that do not, because one value is not above 0.
        bias: bias factor, model over measurement; None without points.
        model_sd: relative standard deviation of the model; None for fewer than two points.
        scatter: standard deviation u of ln(M/E). experiment_sd: that counted for the measurements.
        source: of the latter.
    """

    quantity: str
    calibration: bool
    points: int
    unusable: int
    bias: float | None
    model_sd: float | None
    scatter: float | None
    experiment_sd: float
    source: str

    @property
    def few(self) -> bool:
        """Whether there are too few points to rely on."""
        return self.points < FEW


def uncertainties(pairs: Iterable[Pair]) -> tuple[Uncertainty, ...]:
    """One entry for each quantity and kind of points: first those not used for calibration, then those that were.

    A quantity without independent points has an entry too, with no points: it is told, not left out.
    """
    groups: dict[tuple[str, bool], list[Pair]] = {(quantity, False): [] for quantity in EXPERIMENTS}
    for pair in pairs:
        groups.setdefault((pair.quantity, pair.calibration), []).append(pair)
    order = [*EXPERIMENTS, *sorted({quantity for quantity, _ in groups} - set(EXPERIMENTS))]
    keys = sorted(groups, key=lambda key: (order.index(key[0]), key[1]))
    return tuple(_uncertainty(*key, groups[key]) for key in keys)


def _uncertainty(quantity: str, calibration: bool, pairs: Sequence[Pair]) -> Uncertainty:
    experiment = EXPERIMENTS.get(quantity, Scatter(0.0, "not known: all scatter is charged to the model"))
    usable = [pair for pair in pairs if pair.model > 0.0 and pair.measured > 0.0]
    logs = np.array([math.log(pair.model / pair.measured) for pair in usable])
    bias = model_sd = scatter = None
    experiment_sd = experiment.value
    if logs.size == 1:
        bias = math.exp(logs[0])
    elif logs.size > 1:
        scatter = float(np.std(logs, ddof=1))
        experiment_sd = min(experiment.value, scatter / math.sqrt(2.0))
        model_sd = math.sqrt(scatter**2 - experiment_sd**2)
        bias = math.exp(float(np.mean(logs)) + 0.5 * (model_sd**2 - experiment_sd**2))
    return Uncertainty(
        quantity=quantity,
        calibration=calibration,
        points=len(usable),
        unusable=len(pairs) - len(usable),
        bias=bias,
        model_sd=model_sd,
        scatter=scatter,
        experiment_sd=experiment_sd,
        source=experiment.source,
    )
