"""Measured trajectories: read from a file and checked, before anything is made of them.

Knows the text files of the Pedestrian Dynamics Data Archive (`id frame x y z`, blank-separated, `#` comments) and the
sqlite format of JuPedSim. Frame rate and unit come from the file or from the caller, never from a guess.
Not here: what a recording is made of (`crowd.assess`), writing (`crowd.recording.exchange`).
"""

from __future__ import annotations

import math
import re
import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import numpy as np
import pandas as pd

from crowd.errors import TrajectoryError, shown
from venues.refusals import Told, either, told

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
Where = Callable[[int], Told]
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
        raise TrajectoryError(
            told("{file} is no file; name a text file 'id frame x y z' or JuPedSim sqlite", file=file)
        )
    size = file.stat().st_size
    if size > LARGEST_FILE:
        raise TrajectoryError(
            told(
                "{file} has {size:,} bytes, at most {most:,} are read; cut the run into pieces",
                file=file,
                size=size,
                most=LARGEST_FILE,
            )
        )
    if unit is not None and unit not in UNITS:
        raise TrajectoryError(
            told("{file}: unit {unit!r} is unknown; it must be --unit m or --unit cm", file=file, unit=unit)
        )
    if frame_rate is not None:
        _check_rate(told("{where}: {what}", where=file, what="--fps"), frame_rate)
    try:
        with open(file, "rb") as stream:
            is_sqlite = stream.read(len(_SQLITE)) == _SQLITE
        read = _read_sqlite if is_sqlite else _read_text
        data, said_rate, said_unit, where = read(file)
    except UnicodeDecodeError as error:
        raise TrajectoryError(
            told("{file}: byte {byte} is no UTF-8 text; save the file as UTF-8 text", file=file, byte=error.start)
        ) from None
    if not len(data):
        raise TrajectoryError(told("{file} holds no rows; it must hold lines 'id frame x y z'", file=file))
    rate = _agreed(file, told("frame rate"), said_rate, frame_rate, option="--fps 25")
    _check_rate(str(file), float(rate))
    used = str(_agreed(file, told("unit"), said_unit, unit, option=either(("--unit m", "--unit cm"))))
    return _checked(file, data, float(rate), used, where)


def _agreed(file: Path, what: Told, said: T | None, given: T | None, *, option: str) -> T:
    """What the file says, else what was given; both only if they are the same."""
    if said is not None and given is not None and said != given:
        raise TrajectoryError(
            told(
                "{file}: {what} {given} was given but the file says {said}; leave the option out",
                file=file,
                what=what,
                given=given,
                said=said,
            )
        )
    found = given if said is None else said
    if found is None:
        raise TrajectoryError(
            told("{file} does not say its {what}; say it: {option}", file=file, what=what, option=option)
        )
    return found


def _check_rate(what: str, rate: float) -> None:
    low, high = FRAME_RATES
    if not (math.isfinite(rate) and low <= rate <= high):
        raise TrajectoryError(
            told(
                "{what}: frame rate is {rate:g} /s; it must be from {low:g} to {high:g} /s: --fps 25",
                what=what,
                rate=rate,
                low=low,
                high=high,
            )
        )


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
    return data, rate, unit, lambda row: _line(file, _line_number(file, row))


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
        raise TrajectoryError(
            told(
                "{where}: frame rate is {value}; it must be a number, like '# framerate: 25'",
                where=_line(file, number),
                value=shown(text),
            )
        ) from None


def _line(file: Path, number: int) -> Told:
    """Return what a line of a file is called in messages."""
    return told("{file}: line {number}", file=file, number=number)


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
            raise TrajectoryError(
                told(
                    "{where}: {value} has too few numbers; write 'id frame x y z' with blanks between them",
                    where=_line(file, number),
                    value=shown(" ".join(words)),
                )
            )
        try:
            rows.append([float(word) for word in words[:4]])
        except ValueError:
            bad = next(word for word in words[:4] if not _is_number(word))
            raise TrajectoryError(
                told(
                    "{where}: {value} is no number; write 'id frame x y z', and # before comments",
                    where=_line(file, number),
                    value=shown(bad),
                )
            ) from None
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
        said = None if rate is None else float(rate[0])
        return data, said, "m", lambda row: told("{file}: row {row} by id and frame", file=file, row=row + 1)
    except (sqlite3.DatabaseError, ValueError, TypeError) as error:
        raise TrajectoryError(
            told(
                "{file} is not JuPedSim's sqlite ({why}); it must be a trajectory file as JuPedSim writes it",
                file=file,
                why=shown(str(error)),
            )
        ) from None
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
        raise TrajectoryError(
            told(
                "{where}: id {id} frame {frame} is there twice (before: {before}); keep one of the rows",
                where=where(int(second)),
                id=ids[second],
                frame=frames[second],
                before=where(int(first)),
            )
        )
    for k in np.flatnonzero(same & (np.diff(order) < 0))[:1]:
        late = int(order[k])
        raise TrajectoryError(
            told(
                "{where}: id {id} frame {frame} stands after a later frame of the same id; "
                "sort the rows by id and frame",
                where=where(late),
                id=ids[late],
                frame=frames[late],
            )
        )
    for k in np.flatnonzero(same & (step > max(LONGEST_GAP * rate, 1.0)))[:1]:
        row = int(order[k + 1])
        raise TrajectoryError(
            told(
                "{where}: id {id} frame {frame} comes {gap:.1f} s after its frame before; "
                "at most {most:g} s: give a new id after the gap",
                where=where(row),
                id=ids[row],
                frame=frames[row],
                gap=step[k] / rate,
                most=LONGEST_GAP,
            )
        )
    span = (frames.max() - frames.min()) / rate
    if not 1.0 <= span <= LONGEST_RUN:
        row = int(frames.argmax())
        raise TrajectoryError(
            told(
                "{where}: frame {frame} is {span:g} s after the first; "
                "a run must last from 1 to {most:,.0f} s: mend the frames or --fps",
                where=where(row),
                frame=frames[row],
                span=span,
                most=LONGEST_RUN,
            )
        )
    x, y = (UNITS[unit] * data[order, k] for k in (2, 3))
    moved = np.hypot(np.diff(x), np.diff(y))
    for k in np.flatnonzero(same & (moved > FASTEST * step / rate + WAVERS))[:1]:
        row = int(order[k + 1])
        raise TrajectoryError(
            told(
                "{where}: id {id} frame {frame} is {moved:.1f} m from its frame before, {gap:.2f} s earlier; "
                "people run {most:g} m/s at most: mend the row, the unit (--unit) or the frame rate (--fps)",
                where=where(row),
                id=ids[row],
                frame=frames[row],
                moved=moved[k],
                gap=step[k] / rate,
                most=FASTEST,
            )
        )
    return Trajectories(file, ids[order], frames[order], x, y, rate, unit, order, where)


def _check_numbers(data: np.ndarray, where: Where) -> None:
    right = (told("a whole number"), told("a whole number"), told("a finite number"), told("a finite number"))
    whole = np.array([True, True, False, False])
    with np.errstate(invalid="ignore"):
        bad = ~np.isfinite(data) | (whole & ((data != np.round(data)) | (np.abs(data) > 2**31 - 1)))
    for row, column in np.argwhere(bad)[:1]:
        value = data[row, column]
        raise TrajectoryError(
            told(
                "{where}: {column} is {value}; it must be {right}: mend the row or take it out",
                where=where(int(row)),
                column=_COLUMNS[column],
                value=told("nan or missing") if np.isnan(value) else f"{value:g}",
                right=right[column],
            )
        )
