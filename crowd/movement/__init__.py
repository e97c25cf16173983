"""The parts of a step: how people come in, where they go next, by which way, through which gate, and how they move.

`floor` is what kernels see of a venue, `wayfinding` a field of travel times on it, `gates` what is open, `routes` the
ways of the moment; `arrivals` lets people in, `itineraries` leads them along their journeys, `motion` moves them.
Not here: the order of these in a step (`crowd.model`), the formulas (`crowd.kernels`).
"""
