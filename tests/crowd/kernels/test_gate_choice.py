"""Choosing among gates in turn, and whether the way to one is free."""

import math

import numpy as np
import pytest

from crowd.kernels.gate_choice import choose_in_turn, way_is_free

NONE = math.inf


def chosen(
    walk: list[list[float]],
    *,
    gate: list[int] | None = None,
    beyond: list[list[float]] | None = None,
    rate: tuple[float, ...] = (0.5, 0.5),
    held: bool = False,
) -> list[int]:
    """Gates of people who choose one after the other at 1 m/s; `gate` those they have."""
    ways = np.array(walk)
    count = len(ways)
    gates = np.array(gate if gate is not None else [-1] * count)
    own = np.where(gates >= 0, ways[np.arange(count), gates], np.inf)
    choose_in_turn(
        np.arange(count), ways, np.array(beyond) if beyond else np.zeros(ways.shape), np.ones(count),
        np.full(count, held), np.arange(count), gates, own, np.array(rate), 0.3, 0.2, 2.0,
    )  # fmt: skip
    return gates.tolist()


def test_a_lone_person_takes_the_gate_with_the_shorter_way_on_both_sides_of_it() -> None:
    assert chosen([[5.0, 3.0]]) == [1]
    assert chosen([[5.0, 3.0]], beyond=[[100.0, 103.0]]) == [0]


def test_a_gate_that_is_out_of_the_question_is_not_taken() -> None:
    assert chosen([[NONE, 9.0]]) == [1]
    assert chosen([[NONE, NONE]]) == [-1]


def test_people_who_choose_one_after_the_other_spread_over_equal_gates() -> None:
    # Each is 0.1 m behind the one before, as far from both gates; a gate serves one in 2 s, and nobody waits less.
    gates = chosen([[4.0 + 0.1 * k, 4.0 + 0.1 * k] for k in range(20)])
    assert gates.count(0) == gates.count(1) == 10


def test_a_slow_gate_gets_the_share_of_its_rate() -> None:
    gates = chosen([[1.0 + 0.01 * k, 1.0 + 0.01 * k] for k in range(60)], rate=(2.0, 0.5))
    assert gates.count(1) == pytest.approx(12, abs=2)


def test_people_behind_one_are_no_queue() -> None:
    assert chosen([[1.0, 2.0], *([[5.0, NONE]] * 8)], gate=[-1, *([0] * 8)])[0] == 0


@pytest.mark.parametrize(("ahead", "stays"), [(6, True), (12, False)])
def test_a_choice_is_changed_only_for_a_clear_gain(ahead: int, stays: bool) -> None:
    # Both queues take 2 s a person: 6 against 5 people save 2 s less the walk, 12 against 5 save 14 s.
    people = [[9.0, 9.5], *([[1.0, NONE]] * ahead), *([[NONE, 1.0]] * 5)]
    gates = chosen(people, gate=[0, *([0] * ahead), *([1] * 5)])
    assert (gates[0] == 0) is stays


def test_two_who_are_held_up_before_each_others_gates_change_over() -> None:
    ways = [[1.0, 0.8], [0.8, 1.0]]
    assert chosen(ways, gate=[0, 1], rate=(3.0, 3.0)) == [0, 1]
    assert chosen(ways, gate=[0, 1], rate=(3.0, 3.0), held=True) == [1, 0]


def test_who_stands_in_a_queue_does_not_count_as_held_up() -> None:
    people = [[3.0, 2.9], [1.0, NONE], [1.0, NONE], [NONE, 1.0], [NONE, 1.0]]
    assert chosen(people, gate=[0, 0, 0, 1, 1], held=True)[0] == 0


def test_a_mirrored_crowd_chooses_mirrored_gates() -> None:
    draw = np.random.default_rng(1).uniform(1.0, 9.0, (50, 3))
    rates = (0.4, 0.5, 0.9)
    one, other = chosen(draw.tolist(), rate=rates), chosen(draw[:, ::-1].tolist(), rate=rates[::-1])
    assert [2 - gate for gate in other] == one


@pytest.mark.parametrize(("half", "free"), [(0.01, [False, True, True, True]), (0.2, [False, True, True, False])])
def test_a_wall_is_in_the_way_of_who_would_touch_it_and_of_nobody_else(half: float, free: list[bool]) -> None:
    walls = np.array([[1.0, -1.0, 1.0, 1.0]])
    aim_x, aim_y = np.array([2.0, 2.0, 0.5, 2.0]), np.array([0.0, 3.0, 0.0, 2.4])
    x = y = np.zeros(4)
    assert way_is_free(x, y, aim_x, aim_y, np.full(4, half), walls).tolist() == free


def test_a_post_narrower_than_a_body_is_in_its_way() -> None:
    post, at, aim = np.array([[1.0, -0.1, 1.0, 0.1]]), np.zeros(1), np.array([2.0])
    assert not way_is_free(at, at, aim, at, np.array([0.2]), post).any()
