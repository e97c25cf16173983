"""What a scenario sets apart from place, people and their ways: read off the scenario, so nothing is forgotten."""

from __future__ import annotations

from crowd.journeys import LeaveBy
from crowd.parameters import Parameters
from crowd.profiles import PROFILES, Profile
from crowd.scenario import Scenario


def overrides(scenario: Scenario) -> tuple[str, ...]:
    """What differs from the default model, one entry each, sorted.

    Entries: "parameter contact.friction = 0.2", "walker test-person: speed_mean = 1, speed_sd = 0", "gate door:
    capacity = 1.33 /s", "measure close door", "pre-movement uniform 10 100", "groups of 3", "familiar east 0.8",
    "informed 0.3".
    """
    found = [
        f"parameter {name} = {value:g}"
        for name, value in scenario.parameters.as_dict().items()
        if value != Parameters().as_dict()[name]
    ]
    found += [f"walker {profile.name}: {_changes(profile)}" for profile in scenario.profiles if _changes(profile)]
    found += [f"gate {g.name}: capacity = {g.capacity:g} /s" for g in scenario.venue.gates if g.capacity is not None]
    found += [f"measure {measure.name}" for measure in scenario.measures]
    delays = {demand.pre_movement for demand in scenario.demands}
    found += [f"pre-movement {d.kind} {d.a:g} {d.b:g}" for d in delays if d.kind != "fixed" or d.a != 0.0]
    found += [f"groups {d.group or f'of {d.group_size}'}" for d in scenario.demands if d.group or d.group_size > 1]
    found += [f"informed {journey.informed:g}" for journey in scenario.journeys if journey.informed > 0.0]
    leaving = [stage for journey in scenario.journeys for stage in journey.stages if isinstance(stage, LeaveBy)]
    found += [f"familiar {name} {share:g}" for stage in leaving for name, share in stage.familiar]
    return tuple(sorted(set(found)))


def kinds(entries: tuple[str, ...]) -> set[str]:
    """What is set, without names and values: "parameter contact.friction", "walker speed_mean", "gate capacity", ..."""
    found: set[str] = set()
    for entry in entries:
        what, _, rest = entry.partition(" ")
        if what == "parameter":
            found.add(f"parameter {rest.split(' = ')[0]}")
        elif what == "walker":
            found |= {f"walker {part.split(' = ')[0]}" for part in rest.partition(": ")[2].split(", ")}
        elif what == "gate":
            found.add("gate capacity")
        else:
            found.add(what)
    return found


def _changes(profile: Profile) -> str:
    """The traits in which a profile differs from the shipped one of its name, else from the adult."""
    shipped = PROFILES.get(profile.name, PROFILES["adult"])
    before, now = (
        {"speed_distribution": p.speed_distribution, "step_free": p.step_free} | p.numbers() for p in (shipped, profile)
    )
    names = dict.fromkeys((*now, *before))
    return ", ".join(f"{name} = {_shown(now.get(name))}" for name in names if now.get(name) != before.get(name))


def _shown(value: object) -> str:
    return f"{value:g}" if isinstance(value, float | int) else str(value or "the model's")
