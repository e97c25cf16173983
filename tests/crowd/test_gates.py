"""Where the lines of gates are, and where a body can pass them."""

import numpy as np
import pytest
from shapely.geometry import LineString, box

from crowd.movement.gates import Gates
from venues import Gate, Level, Venue


def gates() -> Gates:
    """A gate of 0.6 m at y = 0, from x = 0 on, and one of 3 m from x = 5 on."""
    lines = (LineString([(0.0, 0.0), (0.6, 0.0)]), LineString([(5.0, 0.0), (8.0, 0.0)]))
    return Gates.of(
        Venue(
            name="two-gates",
            levels=(Level("ground", box(-5, -5, 15, 5)),),
            gates=tuple(Gate(f"g{k}", "ground", line) for k, line in enumerate(lines)),
        ),
        (),
    )


def test_the_way_into_a_narrow_gate_leads_to_its_middle_and_straight_on() -> None:
    x, y = np.array([0.3, 0.0, 1.1]), np.array([-0.5, -0.4, 0.6])
    assert gates().way_in(0, x, y) == pytest.approx([0.5, 0.7, 1.4])


def test_the_way_into_a_wide_gate_leads_straight_on_but_for_a_body_at_either_end() -> None:
    x, y = np.array([6.0, 5.0, 8.0]), np.array([-0.5, -0.4, 0.4])
    assert gates().way_in(1, x, y) == pytest.approx([0.5, 0.7, 0.7])


def test_who_stands_at_a_post_is_nearer_to_the_line_but_not_to_the_way_in() -> None:
    at_the_post, before_the_middle = np.array([0.02, -0.35]), np.array([0.3, -0.4])
    x, y = np.stack((at_the_post, before_the_middle), axis=1)
    line, way_in = gates().distance(0, x, y)[0], gates().way_in(0, x, y)
    assert line[0] < line[1]
    assert way_in[0] > way_in[1]
