"""Walker profiles: how fast, how wide, how heavy people are, and how hard they press.

Holds: `Profile` and the shipped profiles, each number with a source or the word "assumed".
Not here: the draw of a person's traits (`crowd.population`), constants of the model (`crowd.parameters`).
"""

from __future__ import annotations

import math
from dataclasses import dataclass, fields

from crowd.errors import ScenarioError

#: Largest value of each trait that is accepted [SI]; assumed, to catch a slipped digit.
_LARGEST = {"speed": 5.0, "radius": 0.5, "mass": 300.0}
_UNIT = {"speed": "m/s", "radius": "m", "mass": "kg"}
LARGEST_PRESSING_FORCE = 2000.0  # [N] assumed: above what one person can keep up


@dataclass(frozen=True)
class Profile:
    """Traits of a kind of walker; each is normally distributed and cut off at its limits.

    Args:
        name: the name that a demand refers to.
        speed_mean, speed_sd, speed_min, speed_max: free walking speed on the level [m/s].
        radius_mean, radius_sd, radius_min, radius_max: disc of a clothed body's cross-section [m].
        mass_mean, mass_sd, mass_min, mass_max: mass [kg].
        pressing_force: force with which a person presses on when held up [N]; 0 is a patient person.
        source: where the numbers come from.

    Raises:
        ScenarioError: a value that is not finite, out of order or out of range.

    References:
        Weidmann 1993 (free speed 1.34 +- 0.26 m/s; limits 0.5 and 2.2 as commonly used with it).
    """

    name: str
    speed_mean: float = 1.34
    speed_sd: float = 0.26
    speed_min: float = 0.5
    speed_max: float = 2.2
    radius_mean: float = 0.175
    radius_sd: float = 0.01
    radius_min: float = 0.15
    radius_max: float = 0.21
    mass_mean: float = 72.0
    mass_sd: float = 12.0
    mass_min: float = 40.0
    mass_max: float = 120.0
    pressing_force: float = 0.0
    source: str = "assumed"

    def __post_init__(self) -> None:
        for trait in _LARGEST:
            self._check_trait(trait)
        self._check_number("pressing_force", largest=LARGEST_PRESSING_FORCE, unit="N")

    def _check_trait(self, trait: str) -> None:
        """Raise unless 0 < smallest <= mean <= largest and the spread is finite and not negative."""
        for part in ("mean", "sd", "min", "max"):
            self._check_number(f"{trait}_{part}", largest=_LARGEST[trait], unit=_UNIT[trait])
        low, mean, high = (getattr(self, f"{trait}_{part}") for part in ("min", "mean", "max"))
        if not 0.0 < low <= mean <= high:
            right = f"0 < {trait}_min <= {trait}_mean <= {trait}_max must hold"
            raise ScenarioError(
                f"profile {self.name!r} has {trait} {low:g}, {mean:g}, {high:g} {_UNIT[trait]}; {right}"
            )

    def _check_number(self, entry: str, *, largest: float, unit: str) -> None:
        value = getattr(self, entry)
        if not (math.isfinite(value) and 0.0 <= value <= largest):
            raise ScenarioError(
                f"profile {self.name!r} has {entry} {value!r}; it must be from 0 to {largest:g} {unit}"
            )

    def numbers(self) -> dict[str, float]:
        """Return every number of the profile by its name [SI]."""
        return {f.name: getattr(self, f.name) for f in fields(self) if f.name not in ("name", "source")}


_BODY = "radius: disc of the cross-section of a clothed body, 0.085-0.125 m2; mass assumed"
_SMALL = {"radius_mean": 0.145, "radius_min": 0.12, "radius_max": 0.18}

#: The shipped profiles by name. Speeds on the level; slopes and stairs change them in the model.
PROFILES: dict[str, Profile] = {
    profile.name: profile
    for profile in (
        Profile("adult", source=f"speed: Weidmann 1993; {_BODY}"),
        Profile(
            "child",
            speed_mean=0.90,
            speed_sd=0.30,
            speed_min=0.3,
            speed_max=1.6,
            **_SMALL,
            mass_mean=35.0,
            mass_sd=10.0,
            mass_min=18.0,
            mass_max=65.0,
            source="speed and ratio of radii: FDS+Evac default child; mass assumed",
        ),
        Profile(
            "elderly",
            speed_mean=0.80,
            speed_sd=0.30,
            speed_min=0.3,
            speed_max=1.4,
            mass_mean=65.0,
            source=f"speed: FDS+Evac default elderly; {_BODY}",
        ),
        Profile(
            "walking-stick",
            speed_mean=0.81,
            speed_sd=0.38,
            speed_min=0.2,
            speed_max=1.6,
            mass_mean=65.0,
            source=f"speed: Boyce, Shields & Silcock 1999, limits assumed; {_BODY}",
        ),
        Profile(
            "rollator",
            speed_mean=0.57,
            speed_sd=0.29,
            speed_min=0.2,
            speed_max=1.1,
            mass_mean=65.0,
            source=f"speed: Boyce, Shields & Silcock 1999, limits assumed; the frame takes no room; {_BODY}",
        ),
        Profile(
            "pressing-adult",
            pressing_force=100.0,
            source=f"speed: Weidmann 1993; pressing force assumed; {_BODY}",
        ),
    )
}
