"""Person: a Mesa agent that is only a handle on a row of the population."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import mesa
import numpy as np

from crowd.population import Status

if TYPE_CHECKING:
    from crowd.model import CrowdModel

_READ = ("speed", "radius", "mass", "pressing_force", "dose", "contact_force_10s", "entered", "diverted", "arrival")


class Person(mesa.Agent):
    """A handle on one person; asking it reads the arrays, it keeps nothing itself.

    Attributes:
        row: the person's row, their id in every table and Mesa's `unique_id`.
    """

    # Mesa carries no types; without these `__getattr__` would answer for its attributes.
    model: CrowdModel
    remove: Callable[[], None]

    def __init__(self, model: CrowdModel, row: int) -> None:
        super().__init__(model)
        self.row = self.unique_id = row

    def __getattr__(self, name: str) -> float:
        if name in _READ:
            value: float = getattr(self.model.people, name)[self.row].item()
            return value
        known = ", ".join(("position", "velocity", "walking_speed", "status", "journey", *_READ))
        raise AttributeError(f"a person has no {name!r}; there are {known}")

    @property
    def position(self) -> tuple[float, float]:
        """Where the person is [m]; `pos` belongs to Mesa's spaces and is not used."""
        people = self.model.people
        return float(people.x[self.row]), float(people.y[self.row])

    @property
    def velocity(self) -> tuple[float, float]:
        """Velocity [m/s]."""
        people = self.model.people
        return float(people.vx[self.row]), float(people.vy[self.row])

    @property
    def walking_speed(self) -> float:
        """Magnitude of the velocity [m/s]; `speed` is the free walking speed."""
        return float(np.hypot(*self.velocity))

    @property
    def status(self) -> Status:
        """WALKING or WAITING while in the venue."""
        return Status(int(self.model.people.status[self.row]))

    @property
    def journey(self) -> str:
        """Name of the person's journey."""
        name: str = self.model.scenario.journeys[self.model.people.journey[self.row]].name
        return name


def hold_handles(model: CrowdModel) -> None:
    """Register a handle with the model for everyone in the venue, and for nobody else."""
    handles: dict[int, Person] = {person.row: person for person in model._agents_by_type.get(Person, ())}
    present = set(model.people.present().tolist())
    for row in sorted(handles.keys() - present):
        handles[row].remove()
    for row in sorted(present - handles.keys()):
        Person(model, row)
