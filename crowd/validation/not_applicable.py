"""Tests of the guidelines that do not apply to this model, each with the reason; they are published, never dropped."""

from __future__ import annotations

from typing import NamedTuple


class NotApplicable(NamedTuple):
    """A test that is not run: suite, key, what it asks, and why it does not apply."""

    suite: str
    key: str
    title: str
    why: str


_SMOKE = "The model has no smoke: visibility is always that of clear air. Crush, not fire, is what it is for."
_GAS = "The model has no gases and no dose of them; the dose it has is of contact force."

NOT_APPLICABLE = (
    NotApplicable("nist", "nist-2.5", "Walking speed at reduced visibility", _SMOKE),
    NotApplicable("nist", "nist-2.6", "Incapacitation by toxic gas", _GAS),
    NotApplicable("iso", "iso-18", "Walking speed in smoke", _SMOKE),
    NotApplicable("iso", "iso-19", "Incapacitation by toxic gas", _GAS),
)
