"""The example venue and its scenario use what `venues/FORMAT.md` describes, and work."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from crowd import CrowdModel, Scenario
from crowd.errors import ScenarioError
from crowd.interventions import SetGate
from venues import ZONE_KINDS, Gate, check_venue, from_geojson, read_venue
from venues.features import KINDS

ROOT = Path(__file__).parents[2]
PLAZA = ROOT / "examples" / "plaza"
TEXT = (ROOT / "venues" / "FORMAT.md").read_text(encoding="utf-8")


def test_the_example_venue_has_nothing_wrong_and_every_kind_of_feature() -> None:
    venue = read_venue(PLAZA / "plaza.geojson")
    assert check_venue(venue) == []
    features = json.loads((PLAZA / "plaza.geojson").read_text(encoding="utf-8"))["features"]
    used = {feature["properties"]["kind"] for feature in features}
    assert used == set(KINDS) - {"link"}, "links are not walked in this version"
    assert set().union(*(zone.kinds for zone in venue.zones)) == set(ZONE_KINDS)
    assert venue.gate("west-gate").posts


def test_people_are_conserved_in_the_first_seconds_of_the_example_scenario() -> None:
    scenario = Scenario.read(PLAZA / "plaza.toml")
    kinds = {type(measure.intervention).__name__ for measure in scenario.measures}
    assert kinds == {"SetGate", "Metering", "OneWay", "Barrier", "KeepRight"}
    closing = next(measure for measure in scenario.measures if isinstance(measure.intervention, SetGate))
    assert closing.trigger.time == 300.0
    model = CrowdModel(scenario)
    while model.time < 20.0:
        model.step()
        expected, entered, left, outside, _ = model.snapshot().source_counts.sum(axis=0)
        assert expected == entered + outside
        assert entered == left + model.people.present().size
    assert entered > 60


def described() -> Iterator[tuple[str, dict[str, set[str]]]]:
    """Yield each kind of the page's table of features, with the properties it must and may have."""
    for kind, must, may in re.findall(r"^\| `([a-z]+)` \| [^|]*\|([^|]*)\|([^|]*)\|$", TEXT, re.MULTILINE):
        yield kind, {"must": set(re.findall(r"`(\w+)`", must)), "may": set(re.findall(r"`(\w+)`", may))}


def test_the_page_describes_the_format_as_it_is_read() -> None:
    assert dict(described()) == {
        kind: {"must": set(must), "may": set(may)} for kind, (_, must, may) in KINDS.items()
    }
    for kind in ZONE_KINDS:
        assert re.search(rf"^\| .*`{kind}`.* \|", TEXT, re.MULTILINE), kind
    examples = [json.loads(line) for line in re.findall(r'^(\{"kind": .*\})$', TEXT, re.MULTILINE)]
    assert [example["kind"] for example in examples] == list(KINDS)
    for example in examples:
        _, must, may = KINDS[example["kind"]]
        assert set(must) <= set(example) - {"kind"} <= {*must, *may}


def test_the_small_venue_on_the_page_is_one() -> None:
    document = re.search(r"```json\n(.*?)```", TEXT, re.DOTALL)
    assert document
    assert check_venue(from_geojson(json.loads(document[1]))) == []


def test_the_page_is_linked_from_the_readme() -> None:
    assert "(venues/FORMAT.md)" in (ROOT / "README.md").read_text(encoding="utf-8")


def test_a_scenario_refuses_a_venue_with_an_error() -> None:
    scenario = Scenario.read(PLAZA / "plaza.toml")

    def narrowed(gate: Gate) -> Gate:
        return replace(gate, clear_width=0.05) if gate.name == "west-gate" else gate

    venue = replace(scenario.venue, gates=tuple(narrowed(gate) for gate in scenario.venue.gates))
    with pytest.raises(ScenarioError, match=r"'west-gate' at \(4, 15\): clear width 0.05 m: nobody fits through"):
        replace(scenario, venue=venue)
    wide = replace(scenario.venue, gates=tuple(replace(gate, clear_width=0.8) for gate in scenario.venue.gates))
    replace(scenario, venue=wide)  # a warning is no reason
