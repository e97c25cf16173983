"""Tests of the guidelines that ask for what this model does not have, and why: data for the page."""

from __future__ import annotations

from typing import NamedTuple


class NotApplicable(NamedTuple):
    """A test that is not made: the suite, its key, what it asks, why it is left out."""

    suite: str
    key: str
    title: str
    why: str


_SMOKE = "The model has no smoke: people see as far as the floor allows and walk as fast as the crowd allows."
_GAS = "The model has no toxic gas and no dose of it; the harm that it counts is that of contact forces."

NOT_APPLICABLE = (
    NotApplicable("nist", "nist-2.5", "Walking speed and visibility in smoke", _SMOKE),
    NotApplicable("nist", "nist-2.6", "Incapacitation by toxic gas", _GAS),
    NotApplicable("iso", "iso-18", "Walking speed and visibility in smoke", _SMOKE),
    NotApplicable("iso", "iso-19", "Incapacitation by toxic gas", _GAS),
)
