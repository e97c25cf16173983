"""Rows made by hand, so that page, table and report are tested against numbers somebody wrote down."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

from crowd.validation import Curve, Outcome, Row
from crowd.validation.case import Pair

_DENSITY, _SPEED = "density [people/m²]", "speed [m/s]"


def made_row(key: str = "rimea-99", **changes: Any) -> Row:
    """A row that passes and has nothing to draw."""
    made = Row(
        key=key,
        suite=key.partition("-")[0],
        title=f"A made test, {key}",
        source="made for tests",
        setup="One person walks | along a made corridor.",
        criterion="Within 1 %.",
        tier=0,
        seeds=(1,),
        setup_digest="5" * 64,
        parameters_digest="d" * 64,
        overrides=("walker test-person: speed_mean = 1.33",),
        standard=Outcome.PASS,
        project=Outcome.PASS,
        measured={"time [s]": 30.1},
        margin=0.5,
        reason="",
        curves={},
        pairs=(),
    )
    return replace(made, **changes)


def failed_row(key: str = "nist-9.9", **changes: Any) -> Row:
    """A row that misses our criterion only."""
    reason = "Doors of 0.5 m pass half of what people do."
    return made_row(key, project=Outcome.FAIL, margin=-0.25, reason=reason, **changes)


def diagram_row() -> Row:
    """A corridor's diagram beside measured points and a handbook, with the pairs it gives."""
    x = (0.8, 1.3, 1.8, 2.2, 2.8, 3.2)
    measured = (1.15, 1.10, 0.89, 0.53, 0.37, 0.32)
    model = (1.12, 1.01, 0.80, 0.58, 0.40, 0.30)
    fine = tuple(0.5 + 0.1 * k for k in range(46))
    weidmann = tuple(1.34 * (1.0 - math.exp(-1.913 * (1.0 / d - 1.0 / 5.4))) for d in fine)
    axes = (_DENSITY, _SPEED)
    low, high = (tuple(f * y for y in model) for f in (0.94, 1.06))
    return made_row(
        "experiments-made-corridor",
        title="One-way corridor of 1.8 m",
        curves={
            "model, 10 seeds": Curve("model", x, model, *axes, low, high),
            "measured, 9 runs": Curve(
                "measured", x, measured, *axes, tuple(y - 0.08 for y in measured), tuple(y + 0.08 for y in measured)
            ),
            "Weidmann 1993": Curve("reference", fine, weidmann, *axes),
        },
        pairs=tuple(Pair("speed at density", m, e, False) for m, e in zip(model, measured, strict=True)),
    )


def widths_row() -> Row:
    """Flow over width beside seven series."""
    axes = ("width [m]", "flow [people/s]")
    series = {
        "Kretz 2006": ((0.4, 0.5, 0.7, 0.9, 1.2), (0.89, 1.02, 1.23, 1.58, 2.16)),
        "Seyfried 2009": ((0.8, 0.9, 1.0, 1.1, 1.2), (1.29, 1.67, 1.90, 2.12, 2.36)),
        "Müller 1981": ((0.6, 0.9, 1.2, 1.5, 1.8), (1.48, 2.26, 2.75, 3.57, 3.82)),
        "Nagai 2006": ((0.8, 1.2, 1.6, 2.0), (1.74, 2.58, 3.26, 3.87)),
        "Daamen 2010": ((0.5, 1.0, 1.65, 2.75), (1.08, 2.65, 3.75, 6.1)),
        "AO 2009": ((2.4, 3.0, 3.6, 4.4, 5.0), (5.80, 6.70, 8.44, 9.53, 11.58)),
    }
    x = (0.5, 0.7, 0.8, 0.9, 1.0, 1.2, 1.6, 2.4, 3.0, 4.4, 5.0)
    model = tuple(2.2 * w - 0.2 for w in x)
    return made_row(
        "experiments-made-widths",
        title="Flow through openings",
        standard=Outcome.DOCUMENTED,
        reason="Müller's people pressed.",
        curves={
            "model, 10 seeds": Curve("model", x, model, *axes),
            **{name: Curve("measured", *points, *axes) for name, points in series.items()},
        },
        pairs=tuple(
            Pair("bottleneck flow", 2.2 * w - 0.2, f, True)
            for xs, ys in series.values()
            for w, f in zip(xs, ys, strict=True)
        ),
    )


def stairs_row() -> Row:
    """Two pairs of axes, each with a band."""
    x, axes = (0.6, 0.8, 1.0, 1.2, 1.4, 1.5), (_DENSITY, "speed along the slope [m/s]")
    low, high = (0.66, 0.60, 0.55, 0.50, 0.48, 0.48), (1.12, 1.00, 0.89, 0.81, 0.76, 0.73)
    cloud = tuple(0.5 + 1.2 * k / 99 for k in range(100))
    samples = tuple(0.95 - 0.3 * d + 0.05 * math.sin(40.0 * d) for d in cloud)
    down = (_DENSITY, "speed down [m/s]")
    return failed_row(
        "rimea-98",
        title="Diagram on stairs",
        standard=Outcome.FAIL,
        curves={
            "measured band, up": Curve("band", x, (), *axes, low, high),
            "model, up": Curve("model", x, (0.9, 0.85, 0.75, 0.7, 0.6, 0.4), *axes),
            "measured band, down": Curve("band", x, (), *down, low, high),
            "model, down": Curve("model", cloud, samples, *down),
            "measured cloud, down": Curve("measured", cloud, tuple(y + 0.1 for y in samples), *down),
        },
    )


def made_rows() -> list[Row]:
    """Every kind of row that a page must show."""
    skipped = made_row(
        "experiments-made-push",
        standard=Outcome.SKIPPED,
        project=Outcome.SKIPPED,
        seeds=(),
        margin=None,
        measured={},
        reason="not run: it needs the measured data 'push'; give their folder with --data",
        overrides=(),
    )
    still = made_row("mechanics-made", pairs=(Pair("push displacement", 0.0, 0.4, False),))
    return [made_row(), stairs_row(), failed_row(), diagram_row(), widths_row(), skipped, still]
