"""Flows through bottlenecks as seven series measured them, by width."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

#: Measured flows: width [m] -> [1/s], the lowest and the highest of a source that published several (data files of
#: jpscore's validation suite, where Liddle is "EG" and Liao is "AO"; Daamen's highest are given without a width,
#: taken as that of the widest doorway, 2.75 m, the only one with less than 2.25 /(m s): Fire Technology 48, 55).
MEASURED: Mapping[str, Mapping[float, tuple[float, ...]]] = {
    "Kretz et al. 2006": {
        0.4: (0.88, 0.90),
        0.5: (1.01, 1.04),
        0.6: (1.12,),
        0.7: (1.22, 1.25),
        0.8: (1.39, 1.46),
        0.9: (1.53, 1.63),
        1.0: (1.71, 2.02),
        1.2: (2.03, 2.29),
    },
    "Seyfried et al. 2009": {0.8: (1.29,), 0.9: (1.67,), 1.0: (1.90,), 1.1: (2.12,), 1.2: (2.36,)},
    "Liddle et al. 2009": {
        0.9: (1.59,),
        1.0: (1.83,),
        1.1: (1.99,),
        1.2: (2.31,),
        1.4: (2.71,),
        1.6: (2.84,),
        1.8: (3.55,),
        2.0: (3.55,),
        2.2: (4.06,),
        2.5: (5.12,),
    },
    "Müller 1981": {0.6: (1.48,), 0.9: (2.26,), 1.2: (2.75,), 1.5: (3.57,), 1.8: (3.82,)},
    "Nagai et al. 2006": {0.8: (1.74,), 1.2: (2.58,), 1.6: (3.26,), 2.0: (3.87,)},
    "Daamen et al. 2010": {
        0.5: (1.06, 1.11),
        0.85: (2.28, 2.35),
        1.0: (2.54, 2.77),
        1.1: (2.47, 2.62),
        1.65: (3.59, 3.9),
        2.75: (5.68, 6.47),
    },
    "Liao et al. 2014": {2.4: (5.80,), 3.0: (6.70,), 3.6: (8.44,), 4.4: (9.53,), 5.0: (11.58,)},
}
#: Widths that are judged, and those below one and a half bodies, which are only shown [m].
WIDTHS = (0.8, 0.9, 1.0, 1.1, 1.2, 1.4, 1.5, 1.6, 1.8, 2.0, 2.2, 2.4, 2.5, 3.0, 3.6, 4.4, 5.0)
NARROW = (0.5, 0.6, 0.7)
#: Widths that nobody looked at before all constants were chosen; only shown, too [m].
HELD_OUT = (0.4, 2.75)
#: How far from a width it may have been measured [m].
_NEAR = 0.05


def measured_at(width: float) -> tuple[float, ...]:
    """All flows measured at a width, 0.05 m to either side [1/s]; a flow belongs to one width of ours only."""
    ours = np.array(NARROW + WIDTHS + HELD_OUT)
    near = [
        values
        for series in MEASURED.values()
        for w, values in series.items()
        # Between two of our widths the wider one, as in the published table.
        if abs(w - width) < _NEAR + 1e-9 and width == ours[np.argmin(np.abs(ours - w - 1e-6))]
    ]
    return tuple(sorted(v for values in near for v in values))
