"""The model's uncertainty on synthetic pairs whose bias and spread are known."""

from __future__ import annotations

import math

import numpy as np
import pytest

from crowd.validation.case import Pair
from crowd.validation.uncertainty import EXPERIMENTS, FEW, Uncertainty, uncertainties

POINTS = 20_000
BIAS, SPREAD = 1.2, 0.15


def pairs(quantity: str = "speed at density", *, calibration: bool = False, points: int = POINTS) -> list[Pair]:
    """Truths of 0.2 to 1.4 m/s; measured and predicted each with a lognormal error of the right mean."""
    draws = np.random.default_rng(1)
    truth = draws.uniform(0.2, 1.4, points)
    known = EXPERIMENTS[quantity].value
    measured = truth * np.exp(draws.normal(-0.5 * known**2, known, points))
    model = BIAS * truth * np.exp(draws.normal(-0.5 * SPREAD**2, SPREAD, points))
    return [Pair(quantity, m, e, calibration) for m, e in zip(model, measured, strict=True)]


def found(given: list[Pair], quantity: str = "speed at density", *, calibration: bool = False) -> Uncertainty:
    return next(u for u in uncertainties(given) if (u.quantity, u.calibration) == (quantity, calibration))


def test_a_known_bias_is_found() -> None:
    # McGrattan and Toman's bias is of the mean: standard error of 20,000 points 0.16 / sqrt(n) = 0.1 %.
    bias = found(pairs()).bias
    assert bias == pytest.approx(BIAS, rel=0.005)


def test_the_spread_of_the_model_is_found_without_that_of_the_measurements() -> None:
    one = found(pairs())
    assert one.scatter == pytest.approx(math.hypot(SPREAD, 0.05), rel=0.02)
    assert one.model_sd == pytest.approx(SPREAD, rel=0.02)


def test_a_model_that_says_what_was_measured_has_no_bias_and_no_spread() -> None:
    one = found([Pair("bottleneck flow", f, f, False) for f in (1.2, 1.9, 2.5)], "bottleneck flow")
    assert [one.bias, one.model_sd] == pytest.approx([1.0, 0.0])


def test_no_more_than_half_of_the_variance_is_laid_on_the_measurements() -> None:
    given = [Pair("bottleneck flow", f * (1.0 + s), f, False) for f in (1.0, 2.0, 3.0) for s in (-0.02, 0.02)]
    one = found(given, "bottleneck flow")
    assert one.scatter is not None
    assert one.scatter < EXPERIMENTS["bottleneck flow"].value
    assert one.model_sd == pytest.approx(one.scatter / math.sqrt(2.0))


def test_points_for_calibration_are_counted_apart() -> None:
    given = pairs(points=30) + pairs(calibration=True, points=12)
    assert (found(given).points, found(given, calibration=True).points) == (30, 12)


@pytest.mark.parametrize(("points", "few"), [(FEW - 1, True), (FEW, False)])
def test_few_points_are_said_to_be_few(points: int, few: bool) -> None:
    assert found(pairs(points=points)).few is few


def test_standstill_cannot_be_compared_and_is_counted() -> None:
    one = found([*pairs(points=15), Pair("speed at density", 0.0, 0.4, False)])
    assert (one.points, one.unusable) == (15, 1)


def test_one_point_has_a_bias_and_no_spread() -> None:
    one = found([Pair("evacuation time", 110.0, 100.0, False)], "evacuation time")
    assert one.bias == pytest.approx(1.1)
    assert one.model_sd is None


def test_a_quantity_without_independent_points_is_told() -> None:
    told = {one.quantity: one.points for one in uncertainties([])}
    assert told == dict.fromkeys(EXPERIMENTS, 0)
