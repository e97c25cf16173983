"""The parts of a step: how people come in, where they go next, by which way, through which gate, and how they move.

`floor` is what kernels see of a venue; `wayfinding` and `march` make fields of travel times on it, `charts` hold what
is read off them, and `routes` says whose way is which, round crowds too (`congestion`, `detour`). `arrivals` lets
people in, `itineraries` leads them along their journeys, `exits` and `banks` let them choose among exits and gates,
`gates`, `metering` and `lifts` let them pass, `motion` moves them.
Not here: the order of these in a step (`crowd.model`), the formulas (`crowd.kernels`).
"""
