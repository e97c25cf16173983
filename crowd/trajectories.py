"""Measured trajectories: read from a file and checked, before anything is made of them.

Knows the text files of the Pedestrian Dynamics Data Archive (`id frame x y z`, blank-separated, `#` comments) and the
sqlite format of JuPedSim. Frame rate and unit come from the file or from the caller, never from a guess.
Not here: what a recording is made of (`crowd.assess`), writing (`crowd.recording.exchange`).
"""

from __future__ import annotations

import math
import re
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import numpy as np
import pandas as pd

from crowd.errors import TrajectoryError, shown

FASTEST = 12.0  # [m/s] assumed: a sprinter
WAVERS = 0.5  # [m] assumed: a head that is taken for its neighbour for a frame
LARGEST_FILE = 2_000_000_000  # [bytes] assumed: what fits into the memory of a laptop
LONGEST_GAP = 1.0  # [s] assumed: a person unseen for longer may have gone anywhere
LONGEST_RUN = 86_400.0  # [s] assumed: a day; more is a wrong frame number
FRAME_RATES = (1.0, 1000.0)  # [1/s] assumed: what cameras do
UNITS = {"m": 1.0, "cm": 0.01}
_SQLITE = b"SQLite format 3\0"
_RATE = re.compile(r"#.*\bframe[ _-]?rate\b\s*[:=]?\s*(\S+)", re.IGNORECASE)
_UNIT = re.compile(r"#.*(?:\b[xyz]\s*[/\[(]\s*|\bin\s+\[?)(cm|m|centimet(?:er|re)s?|met(?:er|re)s?)\b", re.IGNORECASE)
_COLUMNS = ("id", "frame", "x", "y")
Where = Callable[[int], str]
T = TypeVar("T", float, str)


@dataclass(frozen=True, eq=False)
class Trajectories:
    """People of one run, rows sorted by person and frame.

    Args:
        file: where they come from.
        id: (n,) int64. frame: (n,) int64. x, y: (n,) [m].
        frame_rate: [1/s].
        unit: of the file, "m" or "cm".
        row: (n,) int64 which row of the file each is, for `where`.
        where: row -> "file: line 7".
    """

    file: Path
    id: np.ndarray
    frame: np.ndarray
    x: np.ndarray
    y: np.ndarray
    frame_rate: float
    unit: str
    row: np.ndarray
    where: Where


def load_trajectories(path: str | Path, *, frame_rate: float | None = None, unit: str | None = None) -> Trajectories:
    """Read measured trajectories and check them.

    Args:
        path: text file of the archive, or JuPedSim's sqlite.
        frame_rate: [1/s], if the file does not say.
        unit: "m" or "cm", if the file does not say.

    Raises:
        TrajectoryError: one line naming file, row, value and remedy.
    """
    file = Path(path)
    if not file.is_file():
        raise TrajectoryError(f"{file} is no file; name a text file 'id frame x y z' or JuPedSim sqlite")
    size = file.stat().st_size
    if size > LARGEST_FILE:
        raise TrajectoryError(f"{file} has {size:,} bytes, at most {LARGEST_FILE:,} are read; cut the run into pieces")
    if unit is not None and unit not in UNITS:
        raise TrajectoryError(f"{file}: unit {unit!r} is unknown; it must be --unit m or --unit cm")
    if frame_rate is not None:
        _check_rate(f"{file}: --fps", frame_rate)
    try:
        with open(file, "rb") as stream:
            is_sqlite = stream.read(len(_SQLITE)) == _SQLITE
        read = _read_sqlite if is_sqlite else _read_text
        data, said_rate, said_unit, where = read(file)
    except UnicodeDecodeError as error:
        raise TrajectoryError(f"{file}: byte {error.start} is no UTF-8 text; save the file as UTF-8 text") from None
    if not len(data):
        raise TrajectoryError(f"{file} holds no rows; it must hold lines 'id frame x y z'")
    rate = _agreed(file, "frame rate", said_rate, frame_rate, option="--fps 25")
    _check_rate(str(file), float(rate))
    used = str(_agreed(file, "unit", said_unit, unit, option="--unit m or --unit cm"))
    return _checked(file, data, float(rate), used, where)


def _agreed(file: Path, what: str, said: T | None, given: T | None, *, option: str) -> T:
    """What the file says, else what was given; both only if they are the same."""
    if said is not None and given is not None and said != given:
        raise TrajectoryError(f"{file}: {what} {given} was given but the file says {said}; leave the option out")
    found = given if said is None else said
    if found is None:
        raise TrajectoryError(f"{file} does not say its {what}; say it: {option}")
    return found


def _check_rate(what: str, rate: float) -> None:
    low, high = FRAME_RATES
    if not (math.isfinite(rate) and low <= rate <= high):
        raise TrajectoryError(f"{what}: frame rate is {rate:g} /s; it must be from {low:g} to {high:g} /s: --fps 25")


def _read_text(file: Path) -> tuple[np.ndarray, float | None, str | None, Where]:
    """Rows (n, 4), frame rate and unit of the header, and the way from a row to its line."""
    rate, unit = _read_header(file)
    try:
        table = pd.read_csv(
            file, sep=r"\s+", comment="#", header=None, usecols=range(4), dtype=np.float64, encoding="utf-8-sig"
        )
        data = table.to_numpy()
    except UnicodeDecodeError:
        raise
    except (ValueError, pd.errors.ParserError):  # also an empty file; slowly, to say which line it is
        data = _read_lines(file)
    return data, rate, unit, lambda row: f"{file}: line {_line_number(file, row)}"


def _read_header(file: Path) -> tuple[float | None, str | None]:
    rate: float | None = None
    unit: str | None = None
    with open(file, encoding="utf-8-sig") as lines:
        for number, line in enumerate(lines, start=1):
            text = line.strip()
            if text and not text.startswith("#"):
                break
            if rate is None and (found := _RATE.match(text)):
                rate = _header_rate(file, number, found[1])
            if unit is None and (found := _UNIT.match(text)):
                unit = "cm" if found[1].lower().startswith("c") else "m"
    return rate, unit


def _header_rate(file: Path, number: int, text: str) -> float:
    try:
        return float(re.sub(r"(fps|hz|/s)$", "", text, flags=re.IGNORECASE))
    except ValueError:
        words = f"frame rate is {shown(text)}; it must be a number, like '# framerate: 25'"
        raise TrajectoryError(f"{file}: line {number}: {words}") from None


def _rows_of(file: Path) -> Iterator[tuple[int, list[str]]]:
    """Lines that hold something besides comments, with their numbers."""
    with open(file, encoding="utf-8-sig") as lines:
        for number, line in enumerate(lines, start=1):
            words = line.partition("#")[0].split()
            if words:
                yield number, words


def _read_lines(file: Path) -> np.ndarray:
    """Read line by line; the way for files that are not a plain table."""
    rows = []
    for number, words in _rows_of(file):
        if len(words) < 4:
            right = "'id frame x y z' with blanks between them"
            raise TrajectoryError(f"{file}: line {number}: {shown(' '.join(words))} has too few numbers; write {right}")
        try:
            rows.append([float(word) for word in words[:4]])
        except ValueError:
            bad = next(word for word in words[:4] if not _is_number(word))
            right = "'id frame x y z', and # before comments"
            raise TrajectoryError(f"{file}: line {number}: {shown(bad)} is no number; write {right}") from None
    return np.array(rows, np.float64).reshape(-1, 4)


def _is_number(word: str) -> bool:
    try:
        float(word)
    except ValueError:
        return False
    return True


def _line_number(file: Path, row: int) -> int:
    return next((number for k, (number, _) in enumerate(_rows_of(file)) if k == row), 0)


def _read_sqlite(file: Path) -> tuple[np.ndarray, float | None, str | None, Where]:
    """Rows (n, 4), frame rate and unit of a JuPedSim file, and the way to name a row."""
    connection = sqlite3.connect(f"{file.resolve().as_uri()}?mode=ro", uri=True)
    try:
        order = "SELECT id, frame, pos_x, pos_y FROM trajectory_data ORDER BY id, frame"
        rows = pd.DataFrame(connection.execute(order), columns=list(_COLUMNS))
        rate = connection.execute("SELECT value FROM metadata WHERE key = 'fps'").fetchone()
        data = rows.apply(pd.to_numeric, errors="coerce").to_numpy(np.float64)
        return data, None if rate is None else float(rate[0]), "m", lambda row: f"{file}: row {row + 1} by id and frame"
    except (sqlite3.DatabaseError, ValueError, TypeError) as error:
        right = "it must be a trajectory file as JuPedSim writes it"
        raise TrajectoryError(f"{file} is not JuPedSim's sqlite ({shown(str(error))}); {right}") from None
    finally:
        connection.close()


def _checked(file: Path, data: np.ndarray, rate: float, unit: str, where: Where) -> Trajectories:
    """Refuse rows that cannot be, and sort the rest by person and frame."""
    _check_numbers(data, where)
    ids, frames = data[:, 0].astype(np.int64), data[:, 1].astype(np.int64)
    order = np.lexsort((frames, ids))
    same = np.diff(ids[order]) == 0
    step = np.diff(frames[order])
    for k in np.flatnonzero(same & (step == 0))[:1]:
        first, second = order[k], order[k + 1]
        what = f"id {ids[second]} frame {frames[second]} is there twice"
        raise TrajectoryError(f"{where(int(second))}: {what} (before: {where(int(first))}); keep one of the rows")
    for k in np.flatnonzero(same & (np.diff(order) < 0))[:1]:
        late = int(order[k])
        what = f"id {ids[late]} frame {frames[late]} stands after a later frame of the same id"
        raise TrajectoryError(f"{where(late)}: {what}; sort the rows by id and frame")
    for k in np.flatnonzero(same & (step > max(LONGEST_GAP * rate, 1.0)))[:1]:
        row = int(order[k + 1])
        what = f"id {ids[row]} frame {frames[row]} comes {step[k] / rate:.1f} s after its frame before"
        raise TrajectoryError(f"{where(row)}: {what}; at most {LONGEST_GAP:g} s: give a new id after the gap")
    span = (frames.max() - frames.min()) / rate
    if not 1.0 <= span <= LONGEST_RUN:
        row = int(frames.argmax())
        what = f"frame {frames[row]} is {span:g} s after the first"
        right = f"a run must last from 1 to {LONGEST_RUN:,.0f} s: mend the frames or --fps"
        raise TrajectoryError(f"{where(row)}: {what}; {right}")
    x, y = (UNITS[unit] * data[order, k] for k in (2, 3))
    moved = np.hypot(np.diff(x), np.diff(y))
    for k in np.flatnonzero(same & (moved > FASTEST * step / rate + WAVERS))[:1]:
        row = int(order[k + 1])
        what = f"id {ids[row]} frame {frames[row]} is {moved[k]:.1f} m from its frame before, {step[k] / rate:.2f} s"
        right = f"people run {FASTEST:g} m/s at most: mend the row, the unit (--unit) or the frame rate (--fps)"
        raise TrajectoryError(f"{where(row)}: {what} earlier; {right}")
    return Trajectories(file, ids[order], frames[order], x, y, rate, unit, order, where)


def _check_numbers(data: np.ndarray, where: Where) -> None:
    right: Sequence[str] = ("a whole number", "a whole number", "a finite number", "a finite number")
    whole = np.array([True, True, False, False])
    with np.errstate(invalid="ignore"):
        bad = ~np.isfinite(data) | (whole & ((data != np.round(data)) | (np.abs(data) > 2**31 - 1)))
    for row, column in np.argwhere(bad)[:1]:
        value = data[row, column]
        what = f"{_COLUMNS[column]} is {'nan or missing' if np.isnan(value) else f'{value:g}'}"
        raise TrajectoryError(f"{where(int(row))}: {what}; it must be {right[column]}: mend the row or take it out")
