"""What the keys and the mouse do: clock, speed, camera, level. Here is no pygame, so it is tested without a window.

Not here: which key of a keyboard is which command (`window.py`), what is drawn (`scene.py`, `panel.py`).
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field

from viz.viewer.camera import Camera

#: Simulated seconds in a second.
SPEEDS = (0.25, 0.5, 1.0, 2.0, 5.0, 10.0, 20.0, 50.0)
START_SPEED = 2.0
#: A frame [s]; how far the keys for it leap [s]; longest time between two looks at the clock that counts [s].
FRAME, LEAP, LONGEST_LOOK = 0.5, 30.0, 0.25
ZOOM_STEP = 1.2
#: Looks at the clock that tell at which speed it goes.
LOOKS = 60

Bounds = tuple[float, float, float, float]


@dataclass
class ViewModel:
    """State of the window.

    Args:
        bounds: west, south, east, north of the venue [m].
        levels: number of levels and planes of links.
        width, height: of the map [pixels].
        end: last time there is [s]; of a replay, else infinite.
        replay: whether one can go back.

    Attributes:
        clock: time that is wanted on the screen [s].
    """

    bounds: Bounds
    levels: int
    width: int
    height: int
    end: float
    replay: bool
    level: int = 0
    clock: float = 0.0
    paused: bool = False
    speed: float = START_SPEED
    quitting: bool = False
    camera: Camera = field(init=False)
    _fitted: bool = field(init=False, default=True)
    _passed: float = field(init=False, default=0.0)
    _looks: deque[tuple[float, float]] = field(init=False)

    def __post_init__(self) -> None:
        self._looks = deque(maxlen=LOOKS)
        self.fit()

    @property
    def reached(self) -> float | None:
        """Speed at which the clock has gone of late [simulated s / s]; None before that can be told."""
        if len(self._looks) < LOOKS or self.paused:
            return None
        (first, then), (last, now) = self._looks[0], self._looks[-1]
        return (now - then) / max(last - first, 1e-9)

    def fit(self) -> None:
        """Show the whole venue."""
        self.camera = Camera.fitted(self.bounds, width=self.width, height=self.height)
        self._fitted = True

    def resize(self, width: int, height: int) -> None:
        """Take a map of another size; a whole venue stays whole."""
        self.width, self.height = width, height
        self.camera = self.camera.resized(width, height)
        if self._fitted:
            self.fit()

    def wheel(self, steps: float, at: tuple[float, float]) -> None:
        """Zoom in (positive steps) or out around the cursor."""
        self.camera, self._fitted = self.camera.zoomed(ZOOM_STEP**steps, at), False

    def drag(self, right: float, down: float) -> None:
        """Move the map with the mouse."""
        self.camera, self._fitted = self.camera.panned(right, down), False

    def press(self, command: str) -> None:
        """Do what a key says; a command that means nothing here does nothing.

        Args:
            command: pause, faster, slower, fit, level (the next), level:N, quit, home; of a replay also back, forward,
                back_far, forward_far, end.
        """
        if command in ("pause", "faster", "slower"):
            self._looks.clear()
        if command == "pause":
            self.paused = not self.paused
        elif command in ("faster", "slower"):
            step = 1 if command == "faster" else -1
            self.speed = SPEEDS[min(max(SPEEDS.index(self.speed) + step, 0), len(SPEEDS) - 1)]
        elif command == "fit" or (command == "home" and not self.replay):
            self.fit()
        elif command == "level":
            self.level = (self.level + 1) % self.levels
        elif command.startswith("level:"):
            number = int(command.removeprefix("level:")) - 1
            self.level = number if number < self.levels else self.level
        elif command == "quit":
            self.quitting = True
        elif self.replay:
            self._seek(command)

    def _seek(self, command: str) -> None:
        if command in ("back", "forward"):
            self.paused = True
        steps = {"back": -FRAME, "forward": FRAME, "back_far": -LEAP, "forward_far": LEAP}
        targets = {"home": 0.0, "end": self.end}
        self._set_clock(targets.get(command, self.clock + steps.get(command, 0.0)))

    def pass_time(self, seconds: float) -> None:
        """Let real time pass [s]."""
        self._passed += seconds
        if not self.paused:
            self._set_clock(self.clock + self.speed * min(seconds, LONGEST_LOOK))

    def hold_to(self, shown: float) -> None:
        """Do not run ahead of what there is to show: the instant at `shown` [s]."""
        self.clock = min(self.clock, shown + FRAME)
        self._looks.append((self._passed, shown))

    def _set_clock(self, time: float) -> None:
        self.clock = min(max(time, FRAME if self.replay else 0.0), self.end)
