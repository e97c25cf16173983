"""A scenario: all that a run needs, in one frozen object, and the TOML file that people write it in.

From the file to the object: `text_file` opens, `schema` says which entries there are, `entry_types`, `units` and
`clock` what a single one means, `messages` what is wrong with it; `demand_table` reads counts; `parts` makes parts
of entries, `checks` holds them against each other, `scenario` is the whole, `resolved` the way back to TOML.
Not here: what the parts are (`crowd.demand`, `crowd.journeys`, `crowd.triggers` and others), the run (`crowd.run`).
"""

from crowd.scenario.scenario import Scenario, scenario_names
from crowd.scenario.schema import scenario_json_schema

__all__ = ["Scenario", "scenario_json_schema", "scenario_names"]
