"""The tables of a recording: their columns, types and units. Every reader and writer of them looks here.

Holds: one Arrow schema per table, the text of each column's meaning, its precision, and the way from rows to an Arrow
table.
Not here: how the rows are computed (`crowd.recording.recorder`) and where they are kept
(`crowd.recording.run_directory`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import pyarrow as pa

from crowd.quantities import EXPOSURE_DENSITIES

#: Between the instants of `people` [s].
HALF_SECOND = 0.5
#: Over which the rows of `fields` and `walls` are means and largest values [s].
INTERVAL = 10.0
NAME = pa.dictionary(pa.int32(), pa.string())

# people: every 0.5 s, one row per person inside; forces and dose are of the half second that ends at `time`.
PEOPLE = pa.schema(
    [
        ("time", pa.float64()),  # [s] since the start of the scenario
        ("id", pa.int32()),
        ("x", pa.float32()),  # [m]
        ("y", pa.float32()),  # [m]
        ("level", pa.int8()),  # index into the manifest's levels
        ("speed", pa.float32()),  # [m/s] displacement over the last 0.5 s
        ("contact_force_mean", pa.float32()),  # [N]
        ("contact_force_max", pa.float32()),  # [N]
        ("dose", pa.float32()),  # [-]
    ]
)

# zones: every second, one row per zone, measurement area and the whole venue (`venue`).
ZONES = pa.schema(
    [
        ("time", pa.float64()),  # [s]
        ("zone", NAME),
        ("people", pa.int32()),
        ("density", pa.float32()),  # [1/m2] people / floor of the zone
        ("level_density", pa.float32()),  # [1/m2] largest in the zone: moving 3 x 3 m window, 10 s mean
        ("level_x", pa.float32()),  # [m] where it is
        ("level_y", pa.float32()),  # [m]
        ("local_density_max", pa.float32()),  # [1/m2] largest Gaussian local density
        ("speed_mean", pa.float32()),  # [m/s] NaN while nobody is there
        ("crowd_pressure_max", pa.float32()),  # [1/s2] 0 where nothing can be computed
        ("turbulent_area", pa.float32()),  # [m2] pressure high, and density for 10 s
        ("congestion_number", pa.float32()),  # [-] mean over its people; NaN while they stand
        ("opposed_people", pa.int32()),  # people at a local density of 1 /m2 among whom many come the other way
        ("dense_people", pa.int32()),  # people at a local density of 5 /m2 or more
        ("dense_vx", pa.float32()),  # [m/s] their mean velocity, NaN while there are none
        ("dense_vy", pa.float32()),  # [m/s]
        ("contact_force_max", pa.float32()),  # [N] largest within this second
        ("contact_force_10s_max", pa.float32()),  # [N] largest 10 s mean of one person
        ("dose_max", pa.float32()),  # [-]
        *((f"above_{step}", pa.int32()) for step in EXPOSURE_DENSITIES),  # people at a higher local density
        ("above_600_N", pa.int32()),  # people whose 10 s mean of contact_force is above 600 N
        ("between_100_600_N", pa.int32()),  # ... from 100 to 600 N: long exposure, not rated
    ]
)

# lines: every second, one row per measurement line and gate.
LINES = pa.schema(
    [
        ("time", pa.float64()),  # [s]
        ("line", NAME),
        ("forward", pa.int32()),  # people over the line in this second, from its right side to its left
        ("backward", pa.int32()),
        ("density_left", pa.float32()),  # [1/m2] within 2 m of the line on its left side
        ("density_right", pa.float32()),  # [1/m2]
    ]
)

# fields: every 10 s, one row per probe point next to which someone was in these 10 s.
FIELDS = pa.schema(
    [
        ("time", pa.float64()),  # [s] end of the interval
        ("level", pa.int8()),
        ("x", pa.float32()),  # [m]
        ("y", pa.float32()),  # [m]
        ("density", pa.float32()),  # [1/m2] mean Gaussian local density
        ("density_max", pa.float32()),  # [1/m2]
        ("level_density_max", pa.float32()),  # [1/m2]
        ("speed", pa.float32()),  # [m/s] mean over the seconds with people near the point, NaN if none
        ("vx", pa.float32()),  # [m/s] as speed
        ("vy", pa.float32()),  # [m/s]
        ("crowd_pressure_max", pa.float32()),  # [1/s2] NaN if never defined
        ("contact_force_mean", pa.float32()),  # [N] mean over the people and half seconds at this point
        ("contact_force_max", pa.float32()),  # [N] largest of anyone at this point
    ]
)

# walls: every 10 s, one row per wall or barrier bin that bore a load.
WALLS = pa.schema(
    [
        ("time", pa.float64()),  # [s] end of the interval
        ("level", pa.int8()),
        ("x0", pa.float32()),  # [m]
        ("y0", pa.float32()),
        ("x1", pa.float32()),
        ("y1", pa.float32()),
        ("load_mean", pa.float32()),  # [N/m]
        ("load_max", pa.float32()),  # [N/m]
    ]
)

# counts: every second, one row per source; cumulative.
COUNTS = pa.schema(
    [
        ("time", pa.float64()),  # [s]
        ("source", NAME),
        ("expected", pa.int32()),
        ("entered", pa.int32()),
        ("left", pa.int32()),
        ("waiting_outside", pa.int32()),
        ("diverted", pa.int32()),
    ]
)

# trips: one row per person, written when they have left or when the run ends.
TRIPS = pa.schema(
    [
        ("id", pa.int32()),
        ("source", NAME),
        ("journey", NAME),
        ("profile", NAME),
        ("arrived", pa.float32()),  # [s] at the edge of the venue
        ("entered", pa.float32()),  # [s] NaN: still waiting outside at the end
        ("left", pa.float32()),  # [s] NaN: still inside or outside at the end
        ("free_travel_time", pa.float32()),  # [s] alone, at one's own speed
        ("diverted", pa.bool_()),
        ("delay", pa.float32()),  # [s] left - arrived - free_travel_time; NaN unless left
    ]
)

EVENTS = pa.schema([("time", pa.float64()), ("kind", NAME), ("place", NAME), ("detail", NAME)])

SCHEMAS: dict[str, pa.Schema] = {
    "people": PEOPLE,
    "zones": ZONES,
    "lines": LINES,
    "fields": FIELDS,
    "walls": WALLS,
    "counts": COUNTS,
    "trips": TRIPS,
    "events": EVENTS,
}

# Values of the two large tables are rounded to whole multiples of these, so that they pack well; float32 holds them
# exactly (places up to 16 km from the origin). Half a step is far below what the model knows: assumed.
_STEP = 2.0**-10  # m, m/s, 1/m2: about a millimetre
_FORCE_STEP = 0.5  # [N]
STEPS: dict[str, dict[str, float]] = {
    "people": {
        **dict.fromkeys(("x", "y", "speed"), _STEP),
        **dict.fromkeys(("contact_force_mean", "contact_force_max"), _FORCE_STEP),
        "dose": 2.0**-13,
    },
    "fields": {
        **dict.fromkeys(("x", "y", "density", "density_max", "level_density_max", "speed", "vx", "vy"), _STEP),
        **dict.fromkeys(("contact_force_mean", "contact_force_max"), _FORCE_STEP),
        "crowd_pressure_max": 2.0**-14,  # [1/s2]
    },
}

# What the columns above_600_N, between_100_600_N, turbulent_area, dense_people and opposed_people count.
HARMFUL_FORCE = 600.0  # [N] about Evans & Hayden 1971 (623 N), via Lee & Hughes 2006
LONG_EXPOSURE_FORCE = 100.0  # [N] assumed: long exposure, not rated
TURBULENT_PRESSURE = 0.02  # [1/s2] Helbing, Johansson & Al-Abideen 2007
TURBULENT_DENSITY = 5.0  # [1/m2] assumed: free walkers at 1 /m2 already give a pressure of 0.07
TURBULENT_TIME = 10  # [s] assumed: for so long the density has been at least that
PACKED_DENSITY = 5.0  # [1/m2] assumed: from here on a crowd moves as a whole
OPPOSED_DENSITY = 1.0  # [1/m2] assumed: below, people pass each other without touching
OPPOSED_SHARE = 0.2  # [-] assumed: of the people around; fewer are single people who go back

Rows = Mapping[str, Any]


def table_names(*, record: str) -> tuple[str, ...]:
    """Names of the tables that a run writes.

    Args:
        record: `full`, or `fields` which leaves the people out.
    """
    return tuple(name for name in SCHEMAS if record == "full" or name != "people")


def to_arrow(name: str, chunks: Sequence[Rows]) -> pa.Table:
    """Put rows that came piece by piece into one Arrow table.

    Args:
        name: of the table.
        chunks: each maps every column to an array or list, all of one length (a number stands for all rows).

    Returns:
        The table in the schema of `name`; no rows if there are no chunks.
    """
    schema, steps = SCHEMAS[name], STEPS.get(name, {})
    columns = [_column(field, chunks, steps.get(field.name)) for field in schema]
    return pa.Table.from_arrays(columns, schema=schema)


def _column(field: pa.Field, chunks: Sequence[Rows], step: float | None) -> pa.Array:
    pieces = [_repeated(chunk, field.name) for chunk in chunks]
    if pa.types.is_dictionary(field.type):
        texts = [str(text) for piece in pieces for text in piece]
        return pa.array(texts, pa.string()).dictionary_encode()
    kind = field.type.to_pandas_dtype()
    if not pieces:
        return pa.array(np.empty(0, dtype=kind), field.type)
    if step is not None:
        pieces = [np.rint(np.asarray(piece) / step) * step for piece in pieces]
    return pa.array(np.concatenate([np.asarray(piece, dtype=kind) for piece in pieces]), field.type)


def _repeated(chunk: Rows, column: str) -> Iterable[Any]:
    value = chunk[column]
    if isinstance(value, str | float | int):
        length = max(len(v) for v in chunk.values() if not isinstance(v, str | float | int))
        return [value] * length if isinstance(value, str) else np.full(length, value)
    return value
