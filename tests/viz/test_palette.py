"""Colours that mean different things can be told apart."""

from __future__ import annotations

from itertools import pairwise

import matplotlib
import numpy as np
import pytest
from matplotlib.colors import to_rgb

from viz.palette import DENSITY_MAP, LEVELS, ZONES, level_colours

#: Linear-light simulation of protanopia and deuteranopia at full strength (Machado et al. 2009, table 1).
BLINDNESS = {
    "none": np.eye(3),
    "protanopia": np.array(
        [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]]
    ),
    "deuteranopia": np.array(
        [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]]
    ),
}


def compute_lightness(colour: object) -> float:
    """Return CIE 1976 lightness L* (0 to 100) of an sRGB colour."""
    luminance = float(_linear(colour) @ np.array([0.2126, 0.7152, 0.0722]))
    return 116 * np.cbrt(luminance) - 16 if luminance > 0.008856 else 903.3 * luminance


def _linear(colour: object) -> np.ndarray:
    rgb: np.ndarray = np.array(to_rgb(colour))  # type: ignore[arg-type]
    return np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)


@pytest.mark.parametrize("sight", BLINDNESS)
def test_neighbouring_alert_levels_differ_for_every_sight(sight: str) -> None:
    """sRGB distance above 0.2 of the unit cube: clearly different patches (assumed)."""
    seen = [np.clip(BLINDNESS[sight] @ _linear(colour), 0, 1) ** (1 / 2.2) for colour in LEVELS.values()]
    for one, other in pairwise(seen):
        assert np.linalg.norm(one - other) > 0.2


def test_alert_levels_from_caution_on_darken() -> None:
    lightness = [compute_lightness(LEVELS[key]) for key in ("caution", "alert", "serious", "crisis")]
    assert all(one - other > 10 for one, other in pairwise(lightness))


@pytest.mark.parametrize("sight", BLINDNESS)
def test_sources_and_exits_differ_for_every_sight(sight: str) -> None:
    one, other = (
        np.clip(BLINDNESS[sight] @ _linear(ZONES[kind]), 0, 1) ** (1 / 2.2) for kind in ("source", "exit")
    )
    assert np.linalg.norm(one - other) > 0.2


def test_the_density_map_only_darkens() -> None:
    colours = matplotlib.colormaps[DENSITY_MAP](np.linspace(0, 1, 64))[:, :3]
    assert (np.diff([compute_lightness(tuple(colour)) for colour in colours]) < 0).all()


def test_presets_with_words_of_their_own_get_the_worst_colours() -> None:
    assert level_colours(["caution", "serious"]) == [LEVELS["caution"], LEVELS["serious"]]
    assert level_colours(["dense", "fluid"]) == [LEVELS["serious"], LEVELS["crisis"]]
    with pytest.raises(ValueError, match="7 alert levels"):
        level_colours(list("abcdefg"))
