"""The viewer on a screen in memory: keys come as pygame's events."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pygame
import pytest
from typer.testing import CliRunner, Result

from crowd.alert_levels import load_preset
from crowd.cli import app
from crowd.errors import RecordingError
from crowd.interventions import Metering, SetGate
from crowd.recording import Recording
from crowd.run import probes_of, run
from crowd.scenario import Scenario
from crowd.triggers import AtTime, Measure
from tests.conftest import TINY, write_tiny
from venues import Gate, Venue, load_venue
from venues.catalogue import names as venue_names
from venues.refusals import told
from venues.shapes import corridor
from venues.venue import label
from viz import palette
from viz.fonts import missing_glyphs
from viz.viewer import view_live
from viz.viewer.camera import Camera
from viz.viewer.frames import Frame, LinesNow, LineState, LocalDensity, alert_now, empty_frame
from viz.viewer.ink import SHADES, font, mixed, shade_of, shades
from viz.viewer.live import Live
from viz.viewer.panel import BAR, WIDTH, Column, Panel
from viz.viewer.replay import Replay
from viz.viewer.scene import FAINT, Scene, draw_people
from viz.viewer.screen import prepare_screen
from viz.viewer.view_model import ViewModel
from viz.viewer.window import SIZE, Window, open_window
from viz.viewer.words import WORDS

#: Of the panel in a new window [pixels].
HEIGHT = SIZE[1] - BAR
Digests = Callable[[Path], dict[str, str]]


@pytest.fixture(autouse=True)
def screen_in_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SDL_VIDEODRIVER", "dummy")
    prepare_screen(None)


@pytest.fixture
def busy_file(tmp_path: Path) -> Path:
    """The tiny scenario with two people a second, so that there is something to see soon."""
    return write_tiny(tmp_path, name="busy.toml", text=TINY.replace('"12/min"', '"120/min"'))


@pytest.fixture
def replay(tiny_run: Path) -> Replay:
    return Replay(Recording(tiny_run))


@pytest.fixture
def window(replay: Replay, tiny_run: Path) -> Iterator[Window]:
    facts, venue = replay.facts, Recording(tiny_run).venue
    with open_window(venue, facts, lang="en", title="tiny", recorded=replay.end) as opened:
        pygame.event.clear()
        yield opened


def press(*keys: int) -> None:
    for key in keys:
        pygame.event.post(pygame.event.Event(pygame.KEYDOWN, key=key, unicode=""))


def crowd(*words: str | int | Path) -> Result:
    return CliRunner().invoke(app, [str(word) for word in words])


def assert_refused(result: Result, *, naming: str) -> None:
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.count("\n") == 1
    assert naming in result.stderr


def pixels(file: Path) -> np.ndarray:
    """Colours of a picture: (width, height, 3)."""
    return np.asarray(pygame.surfarray.array3d(pygame.image.load(str(file))))


def count(picture: np.ndarray, colour: tuple[int, int, int]) -> int:
    return int((picture == np.array(colour)).all(axis=2).sum())


def test_space_stops_the_clock_and_starts_it_again(window: Window, replay: Replay) -> None:
    window.view.press("forward_far")
    window.view.press("pause")
    window.view.press("pause")
    press(pygame.K_SPACE)
    window.look(replay, 0.2)
    stopped = replay.frame.time
    for _ in range(10):
        window.look(replay, 0.2)
    assert replay.frame.time == stopped
    press(pygame.K_SPACE)
    for _ in range(10):
        window.look(replay, 0.2)
    assert replay.frame.time == pytest.approx(stopped + 10 * 0.2 * window.view.speed, abs=0.5)


def test_the_wheel_keeps_the_ground_under_the_cursor(
    window: Window, replay: Replay, monkeypatch: pytest.MonkeyPatch
) -> None:
    cursor = (200, 410)
    monkeypatch.setattr(pygame.mouse, "get_pos", lambda: cursor)
    before, scale = window.view.camera.to_world(*cursor), window.view.camera.scale
    pygame.event.post(pygame.event.Event(pygame.MOUSEWHEEL, x=0, y=3, flipped=False))
    window.look(replay, 0.0)
    assert window.view.camera.scale > scale
    assert window.view.camera.to_world(*cursor) == pytest.approx(before)


def test_a_drag_over_the_map_moves_it_and_one_over_the_panel_does_not(window: Window, replay: Replay) -> None:
    for start, moves in (((1270, 300), False), ((300, 300), True)):
        before = window.view.camera
        for kind, more in (
            (pygame.MOUSEBUTTONDOWN, {"button": 1}), (pygame.MOUSEMOTION, {"rel": (40, 9), "buttons": (1, 0, 0)}),
            (pygame.MOUSEBUTTONUP, {"button": 1}),
        ):  # fmt: skip
            pygame.event.post(pygame.event.Event(kind, pos=start, **more))
        window.look(replay, 0.0)
        assert (window.view.camera != before) is moves


@pytest.mark.parametrize("time", [0.5, 42.3, 60.0, 60.5, 130.0])
def test_a_replay_shows_the_recorded_instant(replay: Replay, tiny_run: Path, time: float) -> None:
    replay.follow(time)
    shown, tables = replay.frame, Recording(tiny_run)
    people, counts = tables.table("people"), tables.table("counts")
    rows = people[people["time"] == np.floor(2 * time) / 2]
    assert shown.time == np.floor(2 * time) / 2
    np.testing.assert_allclose(shown.x, rows["x"])
    np.testing.assert_allclose(shown.y, rows["y"])
    second = counts[counts["time"] == np.floor(time)]
    assert (shown.entered, shown.left) == (second["entered"].sum(), second["left"].sum())


def test_what_was_seen_live_is_what_the_replay_shows(busy_file: Path, tmp_path: Path) -> None:
    live = Live(Scenario.read(busy_file), out=tmp_path / "run")
    live.advance(75)
    seen = live.frame
    replay = Replay(live.close())
    assert replay.advance(75) == 75
    for name in ("time", "entered", "left", "waiting_outside", "alert", "alert_zone", "lines"):
        assert getattr(seen, name) == getattr(replay.frame, name)
    assert len(seen.x) > 10
    assert seen.densest > 0.0
    # positions are recorded to 1 mm
    for name in ("x", "y", "level", "density", "densest", "densest_so_far"):
        np.testing.assert_allclose(getattr(seen, name), getattr(replay.frame, name), rtol=1e-4, atol=1e-3)


def test_closing_leaves_a_complete_recording_with_the_bytes_of_a_run_until_then(
    busy_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, digests: Digests
) -> None:
    look = Window.look

    def look_and_close(window: Window, source: Any, seconds: float) -> None:
        if source.frame.time > 4.0:
            press(pygame.K_q)
        look(window, source, seconds)

    monkeypatch.setattr(Window, "look", look_and_close)
    closed = view_live(Scenario.read(busy_file), out=tmp_path / "closed")
    reached = closed.manifest.simulated_seconds
    assert closed.manifest.completed
    assert 4.0 < reached < 130.0
    assert reached == int(reached)
    assert Recording(tmp_path / "closed").table("people")["time"].max() == reached
    run(Scenario.read(busy_file), out=tmp_path / "until", until=reached)
    assert digests(tmp_path / "closed") == digests(tmp_path / "until")


def test_a_run_that_breaks_off_by_itself_says_why(tiny_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*args: Any, **more: Any) -> None:
        raise RecordingError(told("the disk is gone"))

    monkeypatch.setattr("viz.viewer.live.run", fail)
    with pytest.raises(RecordingError, match="the disk is gone"):
        view_live(Scenario.read(tiny_file), out=tiny_file.parent / "run")


def test_a_picture_of_a_run_shows_people_and_the_legend_in_the_colours_of_the_palette(
    busy_file: Path, tmp_path: Path
) -> None:
    file = tmp_path / "live.png"
    result = crowd("view", busy_file, "--frames", 60, "--screenshot", file, "--record", tmp_path / "run")
    assert result.exit_code == 0
    assert Recording(tmp_path / "run").manifest.simulated_seconds >= 30.0
    picture = pixels(file)
    ground, panel = picture[:960], picture[970:]
    # all the shades stand in the scale, at least 12 high
    assert min(count(panel, colour) for colour in shades()) > 12
    people = sum(count(ground, colour) for colour in shades())
    # twenty or so people are in this corridor, each some hundred pixels large
    assert people > 2000
    assert count(ground, (255, 255, 255)) > 10_000  # floor


def test_a_picture_of_a_recording_shows_its_frame_and_too_many_frames_are_told(tiny_run: Path, tmp_path: Path) -> None:
    assert crowd("view", tiny_run, "--frames", 2, "--screenshot", tmp_path / "2.png").stderr == ""
    beyond = crowd("view", tiny_run, "--frames", 999, "--screenshot", tmp_path / "999.png", "--lang", "ko")
    assert (beyond.exit_code, beyond.stdout.strip()) == (0, str(tmp_path / "999.png"))
    assert beyond.stderr == WORDS["ko"]["beyond"].format(there=260) + "\n"
    first, last = (pixels(tmp_path / name)[:960] for name in ("2.png", "999.png"))
    people = [sum(count(picture, colour) for colour in shades()) for picture in (first, last)]
    assert people[0] < people[1] / 3


def test_without_pygame_one_line_says_how_to_get_it(tiny_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pygame", None)
    result = crowd("view", tiny_file, "--record", tiny_file.parent / "run")
    assert_refused(result, naming='pip install "inpa[viewer]"')
    assert not (tiny_file.parent / "run").exists()


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="elsewhere there is always a screen")
@pytest.mark.parametrize("display", ["", ":4711"])
def test_without_a_screen_one_line_says_what_to_do(
    tiny_file: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str], display: str
) -> None:
    pygame.display.quit()
    for name in ("SDL_VIDEODRIVER", "WAYLAND_DISPLAY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("DISPLAY", display)
    result = crowd("view", tiny_file, "--record", tiny_file.parent / "run")
    assert_refused(result, naming="--frames N --screenshot FILE")
    assert capfd.readouterr().err == ""  # nor do the libraries below say anything
    assert not (tiny_file.parent / "run").exists()


def test_a_recording_without_people_is_refused(tiny_file: Path) -> None:
    run(Scenario.read(tiny_file), out=tiny_file.parent / "fields", record="fields", until=2.0)
    assert_refused(crowd("view", tiny_file.parent / "fields"), naming="without people")


@pytest.mark.parametrize(
    ("words", "naming"),
    [
        (["--frames", "5"], "--screenshot"),
        (["--frames", "0", "--screenshot", "a.png"], "--frames 0"),
        (["--frames", "5", "--screenshot", "a.jpg"], ".png"),
        (["--frames", "5", "--screenshot", "no/where.png"], "no/where.png"),
        (["--record", "elsewhere"], "--record"),
        (["--seed", "3"], "--seed"),
    ],
)
def test_what_a_replay_cannot_do_is_refused(tiny_run: Path, words: list[str], naming: str) -> None:
    assert_refused(crowd("view", tiny_run, *words), naming=naming)


def test_a_gate_that_a_measure_shuts_is_shown_shut_while_it_is_in_force(tiny_file: Path) -> None:
    scenario = Scenario.read(tiny_file)
    level = scenario.venue.levels[0]
    door = Gate("door", level.name, scenario.venue.lines[0].line)
    venue = Venue("gated", (level,), zones=scenario.venue.zones, gates=(door,))
    shut, metered = SetGate("door", open=False), Metering("door", 0.5)
    lines = LinesNow(venue, (Measure(shut, AtTime(4.0)), Measure(metered, AtTime(8.0))))
    assert [line.state for line in lines.enforce(())[0]] == ["open"]
    assert [line.state for line in lines.enforce((shut.name,))[0]] == ["shut"]
    states, closed = lines.enforce((metered.name,))
    assert ([line.state for line in states], len(closed)) == (["metered"], 1)


def test_people_are_drawn_on_their_level_only() -> None:
    surface = pygame.Surface((100, 100))
    camera = Camera(0.0, 0.0, 40.0, 100, 100)
    there = Frame(1.0, np.array([0.0]), np.array([0.0]), np.array([1]), np.array([6.0]))
    draw_people(surface, there, camera=camera, level=0)
    assert not pygame.surfarray.array3d(surface).any()
    draw_people(surface, there, camera=camera, level=1)
    assert tuple(pygame.surfarray.array3d(surface)[50, 50]) == shades()[int(shade_of(np.array([6.0]))[0])]


def test_colours_only_get_darker_with_density() -> None:
    weight = np.array([0.2126, 0.7152, 0.0722])  # luminance, sRGB primaries
    luminance = ((np.array(shades()) / 255.0) ** 2.2) @ weight
    assert len(luminance) == SHADES
    assert (np.diff(luminance) < 0.0).all()


def test_density_around_a_person_is_not_seen_through_a_wall(tiny_run: Path) -> None:
    venue = Recording(tiny_run).venue
    density = LocalDensity(probes_of(venue, ()))
    alone = density.around(np.array([5.25]), np.array([1.25]), np.array([0]), closed=())
    # one person on a point of the grid, far from walls: 1 / (pi R^2), over a share of floor near 1
    assert alone[0] == pytest.approx(1.0 / np.pi, rel=0.15)


def test_the_alert_level_rises_at_once_and_falls_after_a_minute() -> None:
    preset = load_preset("seoul")
    times = np.arange(1.0, 63.0)
    density = np.full((62, 1), 1.0)
    level = lambda: alert_now(times, density, zones=["alley"], preset=preset)[0]  # noqa: E731
    assert level() == 0
    density[-1] = 3.2
    assert level() == 2
    density[-1], density[-40] = 1.0, 5.5
    assert level() == 3
    density[-40], density[0] = 1.0, 5.5
    assert level() == 0


def test_the_alert_level_is_that_of_the_zone_with_the_strictest_numbers() -> None:
    preset = load_preset("seoul", {"bridge": {"caution": 0.5, "alert": 0.8, "serious": 1.0}})
    density = np.full((5, 2), 0.9)
    assert alert_now(np.arange(5.0), density, zones=["alley", "bridge"], preset=preset) == (2, "bridge")


def test_the_panel_gives_the_number_of_the_zone_that_holds_the_level_not_the_general_one(
    replay: Replay, tiny_run: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    venue = Recording(tiny_run).venue
    zone = venue.zones[0].name
    facts = replace(replay.facts, alert_levels={zone: {"caution": 1.0}})
    said: list[str] = []
    monkeypatch.setattr("viz.viewer.panel.Column.write", lambda column, text, **style: said.append(text))
    view = ViewModel((0.0, 0.0, 1.0, 1.0), 1, 100, 100, end=10.0, replay=True)
    frame = replace(replay.frame, alert=1, alert_zone=zone)
    Panel(venue, facts, lang="en", replay=True).draw(pygame.Surface((312, 800)), frame, view, state="running")
    assert "Caution, from 1 people/m²" in said
    assert f"own threshold 1: {label(venue.zones[0], 'en')}" in said
    assert not any("from 2" in text for text in said)


def said_by_panel(
    venue: Venue, facts: Any, *, lang: str = "en", level: int = 0, lines: tuple[LineState, ...] | None = None
) -> dict[str, float]:
    """What a panel of the usual height writes: text -> where it ends [pixels from the top]."""
    said: dict[str, float] = {}
    write = Column.write

    def noted(column: Column, text: str, **style: Any) -> None:
        top = column.y
        write(column, text, **style)
        said[text] = top + font(style.get("size", 14)).get_height()

    view = ViewModel((0.0, 0.0, 1.0, 1.0), len(venue.planes), 100, 100, end=10.0, replay=True)
    view.press(f"level:{level + 1}")
    frame = empty_frame(1.0, LinesNow(venue, ()).enforce(())[0] if lines is None else lines)
    panel = Panel(venue, facts, lang=lang, replay=True)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(Column, "write", noted)
        panel.draw(pygame.Surface((WIDTH, HEIGHT)), frame, view, state="running")
    return said


@pytest.mark.parametrize("lang", ["en", "ko"])
@pytest.mark.parametrize("name", venue_names())
def test_the_whole_panel_is_in_sight_on_every_level_of_the_shipped_venues(name: str, lang: str, replay: Replay) -> None:
    venue = load_venue(name)
    own = {zone.name: {"caution": 1.0} for zone in venue.zones[:3]}
    facts = replace(replay.facts, labels={lang: 12 * "long "}, alert_levels=own)
    for level in range(len(venue.planes)):
        assert max(said_by_panel(venue, facts, lang=lang, level=level).values()) <= HEIGHT


def test_the_key_explains_what_is_on_the_level_and_nothing_else(replay: Replay) -> None:
    venue = load_venue("transfer-station")
    platform, concourse = (
        next(number for number, plane in enumerate(venue.planes) if plane.name == name)
        for name in ("line-1-platform", "concourse")
    )
    assert WORDS["en"]["metered"] not in said_by_panel(venue, replay.facts, level=platform)
    assert WORDS["en"]["metered"] in said_by_panel(venue, replay.facts, level=concourse)
    barrier = LineState("", platform, (0.0, 0.0, 1.0, 0.0), "shut", 0)
    said = said_by_panel(venue, replay.facts, level=platform, lines=(barrier,))
    assert WORDS["en"]["shut"] in said


@pytest.fixture
def empty_map() -> np.ndarray:
    """A corridor of 15 m x 3 m without people, 20 pixels a metre: 300 x 60 in the middle of the picture."""
    venue, surface = corridor(length=15.0, width=3.0), pygame.Surface((400, 160))
    camera = Camera(7.5, 1.5, 20.0, 400, 160)
    Scene(venue, "en").draw(surface, empty_frame(0.0), camera=camera, level=0)
    return np.asarray(pygame.surfarray.array3d(surface))


def test_names_stand_off_the_floor_where_nobody_walks_over_them(empty_map: np.ndarray) -> None:
    colours = palette.FLOOR, palette.WALL, palette.ZONES["source"]
    plain = {*(mixed(colour, 1.0) for colour in colours), mixed(palette.ZONES["source"], FAINT)}
    assert {tuple(pixel) for pixel in empty_map[50:350, 50:110].reshape(-1, 3).tolist()} == plain
    assert len({tuple(pixel) for pixel in empty_map[:48].reshape(-1, 3).tolist()}) > 5  # letters have soft edges


def test_zones_have_a_rim_in_the_full_colour_that_palettes_are_tested_with(empty_map: np.ndarray) -> None:
    assert count(empty_map, mixed(palette.ZONES["source"], 1.0)) > 2 * 2 * 50  # two zones, 2 wide, 50 of 60 high


def test_both_languages_say_the_same_things_in_letters_the_font_has() -> None:
    assert WORDS["ko"].keys() == WORDS["en"].keys()
    assert not missing_glyphs([text for words in WORDS.values() for text in words.values()])
