"""Walker profiles: how fast, how wide, how heavy people are, and how hard they press.

Holds: `Profile` and the shipped profiles, whose numbers and sources stand in `crowd/data/profiles.toml`.
Not here: the draw of a person's traits (`crowd.population`), constants of the model (`crowd.parameters`).
"""

from __future__ import annotations

import math
import tomllib
from dataclasses import dataclass, fields
from importlib import resources

from crowd.errors import ScenarioError
from venues.refusals import either, told

SPEED_DISTRIBUTIONS = ("normal", "uniform")
#: Speeds that a profile may have of its own.
STAIRS = ("stairs_up", "stairs_down")
#: Largest value of each trait that is accepted [SI]; assumed, to catch a slipped digit.
_LARGEST = {"speed": 5.0, "radius": 0.5, "mass": 300.0}
_UNIT = {"speed": "m/s", "radius": "m", "mass": "kg"}
LARGEST_PRESSING_FORCE = 2000.0  # [N] assumed: above what one person can keep up


@dataclass(frozen=True)
class Profile:
    """Traits of a kind of walker; each is normally distributed and cut off at its limits unless said otherwise.

    Args:
        name: the name that a demand refers to.
        speed_mean, speed_sd, speed_min, speed_max: free walking speed on the level [m/s].
        speed_distribution: "normal", or "uniform" between the limits, which then give mean and standard deviation.
        stairs_up_min, stairs_up_max, stairs_down_min, stairs_down_max: free speed on stairs along the incline [m/s],
            uniform; who is the fastest of ten on the level is so on stairs. None: the model's share of the level speed.
        radius_mean, radius_sd, radius_min, radius_max: disc of a clothed body's cross-section [m].
        mass_mean, mass_sd, mass_min, mass_max: mass [kg].
        pressing_force: force with which a person presses on when held up [N]; 0 is a patient person.
        step_free: whether such a person takes no steps: they, and those who belong to them, go by lifts and ramps only.
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
    speed_distribution: str = "normal"
    stairs_up_min: float | None = None
    stairs_up_max: float | None = None
    stairs_down_min: float | None = None
    stairs_down_max: float | None = None
    radius_mean: float = 0.175
    radius_sd: float = 0.01
    radius_min: float = 0.15
    radius_max: float = 0.21
    mass_mean: float = 72.0
    mass_sd: float = 12.0
    mass_min: float = 40.0
    mass_max: float = 120.0
    pressing_force: float = 0.0
    step_free: bool = False
    source: str = "assumed"

    def __post_init__(self) -> None:
        if self.speed_distribution not in SPEED_DISTRIBUTIONS:
            raise ScenarioError(
                told(
                    "profile {name!r} has speed_distribution {value!r}; it must be {right}",
                    name=self.name,
                    value=self.speed_distribution,
                    right=either(SPEED_DISTRIBUTIONS),
                )
            )
        if self.speed_distribution == "uniform":
            object.__setattr__(self, "speed_mean", (self.speed_min + self.speed_max) / 2.0)
            object.__setattr__(self, "speed_sd", (self.speed_max - self.speed_min) / math.sqrt(12.0))
        for trait in _LARGEST:
            self._check_trait(trait)
        for trait in STAIRS:
            self._check_stairs(trait)
        self._check_number("pressing_force", largest=LARGEST_PRESSING_FORCE, unit="N")

    def _check_trait(self, trait: str) -> None:
        """Raise unless 0 < smallest <= mean <= largest and the spread is finite and not negative."""
        for part in ("mean", "sd", "min", "max"):
            self._check_number(f"{trait}_{part}", largest=_LARGEST[trait], unit=_UNIT[trait])
        low, mean, high = (getattr(self, f"{trait}_{part}") for part in ("min", "mean", "max"))
        if not 0.0 < low <= mean <= high:
            raise ScenarioError(
                told(
                    "profile {name!r} has {trait} {low:g}, {mean:g}, {high:g} {unit}; "
                    "0 < {trait}_min <= {trait}_mean <= {trait}_max must hold",
                    name=self.name,
                    trait=trait,
                    low=low,
                    mean=mean,
                    high=high,
                    unit=_UNIT[trait],
                )
            )

    def _check_stairs(self, trait: str) -> None:
        """Raise unless a speed on stairs is not given at all, or 0 < smallest <= largest."""
        low, high = (getattr(self, f"{trait}_{end}") for end in ("min", "max"))
        if low is None and high is None:
            return
        if low is None or high is None:
            raise ScenarioError(
                told(
                    "profile {name!r} has one of {trait}_min and {trait}_max; it must have both or none",
                    name=self.name,
                    trait=trait,
                )
            )
        for end in ("min", "max"):
            self._check_number(f"{trait}_{end}", largest=_LARGEST["speed"], unit="m/s")
        if not 0.0 < low <= high:
            raise ScenarioError(
                told(
                    "profile {name!r} has {trait} {low:g}, {high:g} m/s; 0 < {trait}_min <= {trait}_max must hold",
                    name=self.name,
                    trait=trait,
                    low=low,
                    high=high,
                )
            )

    def _check_number(self, entry: str, *, largest: float, unit: str) -> None:
        value = getattr(self, entry)
        if not (math.isfinite(value) and 0.0 <= value <= largest):
            raise ScenarioError(
                told(
                    "profile {name!r} has {entry} {value!r}; it must be from 0 to {most:g} {unit}",
                    name=self.name,
                    entry=entry,
                    value=value,
                    most=largest,
                    unit=unit,
                )
            )

    def numbers(self) -> dict[str, float]:
        """Return every number that the profile has by its name [SI]."""
        values = {f.name: getattr(self, f.name) for f in fields(self)}
        return {name: value for name, value in values.items() if type(value) in (int, float)}


def _shipped() -> dict[str, Profile]:
    """Return the profiles of the tables by name, in their order."""
    text = resources.files("crowd").joinpath("data", "profiles.toml").read_text(encoding="utf-8")
    data = tomllib.loads(text)
    found = {}
    for table in data["tables"]:
        for name, row in table["rows"].items():
            own = table.get("common", {}) | dict(zip(table["columns"], row, strict=True))
            body = data["bodies"][own.pop("body")]
            traits = body | own | {"source": f"{table['source']}; {body['source']}"}
            found[name] = Profile(name, **traits)
    return found


#: The shipped profiles by name. Slopes change their speeds in the model; so do stairs unless a profile has its own.
PROFILES: dict[str, Profile] = _shipped()
