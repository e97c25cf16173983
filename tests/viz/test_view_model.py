"""What keys and mouse do, without a window."""

from __future__ import annotations

import numpy as np
import pytest

from viz.viewer.camera import Camera
from viz.viewer.view_model import LOOKS, SPEEDS, ViewModel

BOUNDS = (-20.0, 0.0, 40.0, 30.0)


def view(*, replay: bool = False, levels: int = 3) -> ViewModel:
    return ViewModel(BOUNDS, levels, 900, 600, end=120.0 if replay else float("inf"), replay=replay)


def test_a_point_on_the_ground_comes_back_from_the_screen() -> None:
    camera = view().camera
    right, down = camera.to_screen(np.array([3.5]), np.array([7.25]))
    assert camera.to_world(float(right[0]), float(down[0])) == pytest.approx((3.5, 7.25))


def test_north_is_up() -> None:
    _, down = view().camera.to_screen(np.array([0.0, 0.0]), np.array([0.0, 10.0]))
    assert down[1] < down[0]


def test_the_whole_venue_is_on_the_map_at_first() -> None:
    right, down = view().camera.to_screen(np.array(BOUNDS[::2]), np.array(BOUNDS[1::2]))
    assert 0 < right[0] < right[1] < 900
    assert 0 < down[1] < down[0] < 600


@pytest.mark.parametrize("steps", [-40.0, -3.0, 1.0, 60.0])
def test_zooming_keeps_the_ground_under_the_cursor(steps: float) -> None:
    model, cursor = view(), (700.0, 120.0)
    before = model.camera.to_world(*cursor)
    model.wheel(steps, cursor)
    assert model.camera.to_world(*cursor) == pytest.approx(before)
    assert model.camera.scale != view().camera.scale


def test_the_ground_follows_the_mouse_when_dragged() -> None:
    model = view()
    grasped = model.camera.to_world(300.0, 200.0)
    model.drag(55.0, -20.0)
    assert model.camera.to_world(355.0, 180.0) == pytest.approx(grasped)


@pytest.mark.parametrize("key", ["fit", "home"])
def test_after_wandering_off_one_key_shows_the_whole_venue_again(key: str) -> None:
    model = view()
    model.wheel(10, (10.0, 10.0))
    model.drag(500, 500)
    model.press(key)
    assert model.camera == Camera.fitted(BOUNDS, width=900, height=600)


def test_a_whole_venue_stays_whole_in_a_window_of_another_size_and_a_chosen_look_stays_chosen() -> None:
    whole, chosen = view(), view()
    chosen.wheel(5, (100.0, 100.0))
    scale, middle = chosen.camera.scale, (chosen.camera.x, chosen.camera.y)
    for model in (whole, chosen):
        model.resize(500, 400)
    assert whole.camera == Camera.fitted(BOUNDS, width=500, height=400)
    assert (chosen.camera.scale, (chosen.camera.x, chosen.camera.y)) == (scale, middle)


def test_the_clock_goes_at_the_chosen_speed_and_not_while_paused() -> None:
    model = view()
    model.press("faster")
    model.pass_time(0.1)
    assert model.clock == pytest.approx(0.1 * SPEEDS[SPEEDS.index(2.0) + 1])
    before = model.clock
    model.press("pause")
    model.pass_time(0.1)
    assert model.clock == before


def test_speed_stays_within_its_steps() -> None:
    model = view()
    for _ in range(20):
        model.press("faster")
    assert model.speed == SPEEDS[-1]
    for _ in range(20):
        model.press("slower")
    assert model.speed == SPEEDS[0]


def test_the_clock_waits_for_a_run_that_is_slower_than_wanted_and_the_speed_reached_is_known() -> None:
    model = view()
    assert model.reached is None
    for look in range(LOOKS + 1):
        model.pass_time(0.1)
        model.hold_to(0.05 * look)
    assert model.clock == pytest.approx(0.05 * LOOKS + 0.5)
    assert model.reached == pytest.approx(0.5)


def test_arrows_step_and_leap_in_a_replay_and_stay_within_it() -> None:
    model = view(replay=True)
    model.press("forward_far")
    model.press("forward")
    assert (model.clock, model.paused) == (30.5, True)
    model.press("back")
    assert model.clock == 30.0
    model.press("end")
    model.press("forward")
    assert model.clock == 120.0
    model.press("home")
    model.press("back_far")
    assert model.clock == 0.5


def test_a_live_run_cannot_be_sought_in() -> None:
    model = view()
    for key in ("forward", "forward_far", "end", "back"):
        model.press(key)
    assert (model.clock, model.paused) == (0.0, False)


def test_levels_are_chosen_one_after_the_other_or_by_number_if_there_is_one() -> None:
    model = view(levels=3)
    model.press("level:3")
    assert model.level == 2
    model.press("level:7")
    assert model.level == 2
    model.press("level")
    assert model.level == 0
