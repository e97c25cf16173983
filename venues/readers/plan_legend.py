"""What the colours of a painted plan stand for: the default palette, and what a person says of colours.

Not here: the picture (`plan_picture.py`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial

import numpy as np

from venues.errors import BadInput, name_known
from venues.readers.import_report import ImportReport
from venues.readers.sketch import ZONE_ROLES, ImportOptions
from venues.refusals import Told, told
from venues.sentences import korean

#: Colour -> role where no file of roles says otherwise. Colours far from each other, so that soft edges are not taken
#: for a third one; "building" is what is no floor, as everything dark.
PALETTE = {
    "#ffffff": "walkable",
    "#000000": "building",
    "#808080": "building",
    "#00ff00": "source",
    "#ff0000": "exit",
    "#ff00ff": "entrance",
    "#ffff00": "waiting",
    "#ff8000": "queue",
    "#8000ff": "stage",
    "#00ffff": "refuge",
    "#0000ff": "section",
}
#: Roles of what is no floor, and all that can be painted.
SOLID = ("building", "wall", "obstacle", "closed")
PAINTED = ("walkable", "ignore", "gate", *SOLID, *ZONE_ROLES)
#: Where people are counted, which a scenario may have of its own -> what can be painted and is counted too.
MEASURED = {"line": "gate", "area": "section"}


@dataclass(frozen=True)
class Legend:
    """What colours stand for.

    Attributes:
        roles: colour -> role, in the order in which colours are numbered. names: colour -> what is called so.
        own: colours of which the person says the role.
    """

    roles: Mapping[str, str]
    names: Mapping[str, str]
    own: frozenset[str] = frozenset()

    def is_barrier(self, colour: str) -> bool:
        """Return whether a colour is a thin wall that people press on: as in a venue file, a wall with a name."""
        return self.roles[colour] == "wall" and colour in self.names

    def solid(self) -> list[int]:
        """Return the numbers of the colours that are no floor."""
        return [n for n, (key, role) in enumerate(self.roles.items()) if role in SOLID and not self.is_barrier(key)]

    def shaped(self) -> list[int]:
        """Return the numbers of the colours each patch of which is a thing of its own."""
        return [
            number
            for number, (colour, role) in enumerate(self.roles.items())
            if role in ZONE_ROLES or role == "gate" or self.is_barrier(colour)
        ]


@dataclass(frozen=True)
class Painted:
    """A picture whose pixels have roles.

    Attributes:
        pixels: (height, width, 3) uint8. roles: (height, width) int, numbers of colours in the legend.
        strange: (height, width) bool, pixels whose colour is near none of the legend.
        metre: side of a pixel [m].
    """

    pixels: np.ndarray
    roles: np.ndarray
    strange: np.ndarray
    legend: Legend
    metre: float

    def floor(self) -> np.ndarray:
        """Return where people can stand: (height, width) bool."""
        return ~np.isin(self.roles, self.legend.solid())

    def place(self, row: int, column: int) -> tuple[float, float]:
        """Return the middle of a pixel [m]; y goes up."""
        return (column + 0.5) * self.metre, (self.roles.shape[0] - row - 0.5) * self.metre


def _listed(colours: Mapping[str, str], lang: str) -> str:
    """Return colours with what they stand for, in the words of a language."""
    words = korean()["words"] if lang == "ko" else {}
    return ", ".join(f"{colour} {words.get(role, role)}" for colour, role in colours.items())


def _instead(role: str) -> Told:
    """Return what can be done about a role that cannot be painted."""
    if role in MEASURED:
        return told(
            "write the {role} into the scenario or the venue file, or paint a {other}, which is counted too",
            role=told(role),
            other=MEASURED[role],
        )
    return told(
        "draw it in the venue file that the import writes (venues/FORMAT.md); painted can be {roles}",
        roles=", ".join(PAINTED),
    )


def read_legend(options: ImportOptions, report: ImportReport) -> Legend:
    """Return the legend: the default palette, and what the person says of colours added to it or in its place.

    Raises:
        BadInput: a colour that is none, a role that cannot be painted, a name for a colour without a role.
    """
    own = {colour.lower(): role for colour, role in options.roles.items() if colour.startswith("#")}
    for colour, role in own.items():
        if len(colour) != 7 or any(sign not in "0123456789abcdef" for sign in colour[1:]):
            raise BadInput(told("the colour {colour!r} of the legend is none; write it like #ff8000", colour=colour))
        if role not in PAINTED:
            raise BadInput(
                told(
                    "the colour {colour!r} is {role!r}, which cannot be painted; {right}",
                    colour=colour,
                    role=role,
                    right=_instead(role),
                )
            )
    palette = {colour: role for colour, role in PALETTE.items() if colour not in own}
    report.assume("colours are those of the default palette: {palette!s}", palette=partial(_listed, palette))
    if own:
        report.take("colours of the file of roles, beside the default palette: {added!s}", added=partial(_listed, own))
    roles = PALETTE | own
    for role in ("walkable", "building"):
        if role not in roles.values():
            raise BadInput(told("the legend leaves no colour for {role!r}; say which colour is {role}", role=role))
    names = {colour.lower(): name for colour, name in options.names.items() if colour.startswith("#")}
    for colour in names:
        if colour not in roles:
            raise BadInput(
                told(
                    "[names] has the colour {colour!r}, which has no role; {known}",
                    colour=colour,
                    known=name_known(roles, colour),
                )
            )
    return Legend(roles, names, frozenset(own))
