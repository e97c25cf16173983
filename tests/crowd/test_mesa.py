"""The tools that Mesa users know work on the model, and do not change what it computes."""

from typing import Any

import mesa
import numpy as np
import pytest

from crowd.demand import Demand
from crowd.errors import ScenarioError
from crowd.model import CrowdModel
from crowd.person import Person
from crowd.population import Status
from crowd.scenario import Scenario
from tests.scenes import scenario, two_ways


def crossing(duration: float = 20.0) -> Scenario:
    return scenario(two_ways(), [Demand.steady("west", "east", rate=1.5, duration=duration)], duration=duration)


class Counted(CrowdModel):
    """A model with a collector, as Mesa users write one; on the level of a module, so that it can be pickled."""

    def __init__(self, **parameters: Any) -> None:
        super().__init__(**parameters)
        inside = {"inside": lambda model: model.people.present().size, "time": "time"}
        people = {"x": lambda person: person.position[0], "dose": "dose"}
        self.datacollector = mesa.DataCollector(inside, people)
        self.datacollector.collect(self)

    def step(self) -> None:
        super().step()
        self.datacollector.collect(self)


def after(seconds: float, model: CrowdModel) -> CrowdModel:
    while model.time < seconds:
        model.step()
    return model


def test_agents_select_finds_the_same_people_as_the_arrays() -> None:
    model = after(15.0, CrowdModel(crossing()))
    found = model.agents.select(lambda person: person.position[0] > 10.0 and person.status == Status.WALKING)
    rows = model.people.present()
    assert sorted(person.row for person in found) == rows[model.people.x[rows] > 10.0].tolist()
    assert 0 < len(found) < len(model.agents)


def test_agent_sets_group_and_average_people() -> None:
    model = after(15.0, CrowdModel(crossing()))
    rows = model.people.present()
    assert model.agents.agg("speed", np.mean) == pytest.approx(model.people.speed[rows].mean())
    assert list(model.agents.groupby("journey").groups) == ["east"]


def test_agents_by_type_is_not_out_of_date_when_nobody_asked_for_agents() -> None:
    model = after(15.0, CrowdModel(crossing()))
    assert model.agent_types == []
    assert len(model.agents_by_type[Person]) == model.people.present().size
    assert model.agent_types == [Person]


def test_an_agent_of_a_users_own_stays_beside_the_people() -> None:
    model = after(5.0, CrowdModel(crossing()))
    steward = mesa.Agent(model)
    assert steward in model.agents
    assert len(model.agents) == model.people.present().size + 1


def test_asking_for_handles_changes_nothing() -> None:
    asked, left_alone = CrowdModel(crossing()), CrowdModel(crossing())
    while asked.running:
        asked.step()
        asked.agents.shuffle_do("__str__")
        left_alone.step()
    assert asked.people.x.tobytes() == left_alone.people.x.tobytes()


def test_a_collector_holds_the_numbers_of_each_step_and_of_each_person() -> None:
    model = Counted(scenario=crossing(10.0))
    while model.running:
        model.step()
    numbers = model.datacollector.get_model_vars_dataframe()
    assert numbers["time"].to_numpy() == pytest.approx(np.arange(101) * 0.1)
    assert numbers["inside"].iloc[-1] == model.people.present().size
    people = model.datacollector.get_agent_vars_dataframe()
    last = people.xs(100, level="Step")["x"]
    # By id of the tables, though people came in while it collected.
    assert last.sort_index().to_numpy() == pytest.approx(model.people.x[model.people.present()])
    assert last.sort_index().index.tolist() == model.people.present().tolist()


def test_batch_run_in_two_processes_gives_the_numbers_of_single_runs() -> None:
    parameters = {"scenario": crossing(10.0), "rng": [1, 2]}
    rows = mesa.batch_run(Counted, parameters, number_processes=2, max_steps=1000, display_progress=False)
    found = {row["rng"]: row["inside"] for row in rows}
    for seed in (1, 2):
        model = after(9.9, CrowdModel(crossing(10.0), seed=seed))
        # Mesa takes the row of the step before the last.
        assert found[seed] == model.people.present().size


def test_a_shipped_scenario_is_known_by_its_name() -> None:
    model = CrowdModel("itaewon-two-way", seed=np.int64(3))
    assert model.scenario.digest() == Scenario.read("itaewon-two-way").with_seed(3).digest()


def test_seed_and_rng_are_two_names_of_one_number() -> None:
    assert CrowdModel(crossing(), rng=5).scenario.seed == CrowdModel(crossing(), seed=5).scenario.seed == 5
    with pytest.raises(ScenarioError, match="give one of both"):
        CrowdModel(crossing(), seed=5, rng=6)
