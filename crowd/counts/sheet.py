"""The cells of a table that somebody keeps in a spreadsheet: CSV (UTF-8, CP949) or xlsx; nothing is computed.

Not here: what the cells mean (`crowd.counts.table`).
"""

from __future__ import annotations

import csv
import io
import warnings
import zipfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from pathlib import Path
from typing import Any

from crowd.errors import ScenarioError, no_such, shown
from crowd.scenario.text_file import LARGEST_FILE
from venues.refusals import told

LARGEST_UNPACKED = 400_000_000  # [bytes] assumed: a workbook packs its text about tenfold
LARGEST_ROWS = 20_000  # assumed: a row a minute for a week is half of it
LARGEST_COLUMNS = 200  # assumed: more ways in than any venue has

Cell = str | int | float | bool | datetime | time | timedelta | None


class Formula(str):
    """A cell that holds a formula; it is shown and never computed."""


@dataclass(frozen=True)
class Row:
    """One row of a table that is not empty: its number in the file, from 1, and its cells."""

    number: int
    cells: tuple[Cell, ...]


@dataclass(frozen=True)
class Sheet:
    """A table as it is written.

    Args:
        file: name of the file, without its folder.
        rows: its rows, empty ones and comments ("# ..." in CSV) left out.
        assumed_encoding: in which a CSV file was read that is not UTF-8; empty of other files.
    """

    file: str
    rows: tuple[Row, ...]
    assumed_encoding: str = ""


def read_sheet(path: Path, *, sheet: str | None = None) -> Sheet:
    """Return the cells of a CSV or xlsx file.

    Args:
        path: the file.
        sheet: which sheet of a workbook; by default its only one.

    Raises:
        ScenarioError: no such file, too large, of another kind, damaged, or a formula; one line.
    """
    kind = path.suffix.lower()
    if kind not in (".csv", ".xlsx"):
        raise ScenarioError(told("{file} is no .csv and no .xlsx file; save the table as one of them", file=path.name))
    _check_size(path)
    if kind == ".xlsx":
        rows, assumed = _rows_of_workbook(path, sheet), ""
    elif sheet is not None:
        raise ScenarioError(
            told(
                "--sheet {sheet}: {file} is a CSV file, which has no sheets; leave it out",
                sheet=shown(sheet),
                file=path.name,
            )
        )
    else:
        text, assumed = _text_of(path)
        rows = _rows_of_text(text, file=path.name)
    return Sheet(path.name, tuple(_filled(rows, file=path.name)), assumed)


def _check_size(path: Path) -> None:
    try:
        if not path.is_file():
            raise ScenarioError(
                told("table {path!r} is not there, or is not a file; name an existing file", path=str(path))
            )
        size = path.stat().st_size
    except OSError as error:
        raise ScenarioError(
            told("table {path!r} cannot be read: {why}; check its path", path=str(path), why=told(str(error.strerror)))
        ) from None
    if size > LARGEST_FILE:
        raise ScenarioError(
            told(
                "table {path!r} has {size:,.0f} MB; it must have at most {most:.0f} MB",
                path=str(path),
                size=size / 1e6,
                most=LARGEST_FILE / 1e6,
            )
        )


def _filled(rows: Iterable[Row], *, file: str) -> Iterator[Row]:
    """Yield the rows that hold something; refuse more of them than anybody writes."""
    for count, row in enumerate(rows, start=1):
        if count > LARGEST_ROWS:
            raise ScenarioError(
                told("{file}: more than {most:,} rows; keep one row for each time", file=file, most=LARGEST_ROWS)
            )
        if any(cell is not None for cell in row.cells[LARGEST_COLUMNS:]):
            raise ScenarioError(
                told(
                    "{file} row {row}: more than {most} columns; keep one for each zone",
                    file=file,
                    row=row.number,
                    most=LARGEST_COLUMNS,
                )
            )
        if any(cell is not None for cell in row.cells):
            yield row


def _text_of(path: Path) -> tuple[str, str]:
    """Return the text of a CSV file and, where it is not UTF-8, the encoding it was read in."""
    try:
        content = path.read_bytes()
    except OSError as error:
        raise ScenarioError(
            told(
                "table {path!r} cannot be read: {why}; check its rights", path=str(path), why=told(str(error.strerror))
            )
        ) from None
    for encoding, assumed in (("utf-8-sig", ""), ("cp949", "cp949")):  # the second as Korean Windows saves CSV
        try:
            return content.decode(encoding), assumed
        except UnicodeDecodeError:
            continue
    raise ScenarioError(told("{file} is neither UTF-8 nor CP949 text; save it as 'CSV UTF-8'", file=path.name))


def _rows_of_text(text: str, *, file: str) -> Iterator[Row]:
    reader = csv.reader(io.StringIO(text), strict=True)
    try:
        for cells in reader:
            stripped = [cell.strip() for cell in cells]
            if not (stripped and stripped[0].startswith("# ")):  # without the space it is what Excel could not show
                yield Row(reader.line_num, tuple(_marked(cell) if cell else None for cell in stripped))
    except csv.Error as error:
        raise ScenarioError(
            told(
                "{file} row {row}: not a table ({why}); save it as CSV with commas",
                file=file,
                row=reader.line_num,
                why=error,
            )
        ) from None


def _marked(text: str) -> str:
    return Formula(text) if text.startswith("=") else text


def _rows_of_workbook(path: Path, sheet: str | None) -> Iterator[Row]:
    """Yield the rows of a sheet; cells with a formula as `Formula`."""
    with _opened(path) as book:
        names = [one.title for one in book.worksheets]
        if sheet is None and len(names) != 1:
            known = ", ".join(repr(name) for name in names) or told("none")
            raise ScenarioError(
                told(
                    "{file} has {count} sheets; choose one with --sheet: {known}",
                    file=path.name,
                    count=len(names),
                    known=known,
                )
            )
        if sheet is not None and sheet not in names:
            raise ScenarioError(told("{where}: {what}", where=path.name, what=no_such("sheet", sheet, names)))
        table = book[names[0] if sheet is None else sheet]
        table.reset_dimensions()  # the size that a file states may be wrong
        for number, cells in enumerate(table.iter_rows(), start=1):
            yield Row(number, tuple(_value(cell) for cell in cells))


@contextmanager
def _opened(path: Path) -> Iterator[Any]:
    """Open a workbook for reading, whatever is wrong with it told in one line."""
    from openpyxl import load_workbook

    try:
        with zipfile.ZipFile(path) as packed:
            unpacked = sum(part.file_size for part in packed.infolist())
        if unpacked > LARGEST_UNPACKED:
            raise ScenarioError(
                told(
                    "{file} unpacks to {size:,.0f} MB; at most {most:.0f} MB are read",
                    file=path.name,
                    size=unpacked / 1e6,
                    most=LARGEST_UNPACKED / 1e6,
                )
            )
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", UserWarning)  # openpyxl tells of styles and pictures it leaves out
            book = load_workbook(path, read_only=True)
            try:
                yield book
            finally:
                book.close()
    except ScenarioError:
        raise
    except Exception as error:  # openpyxl fails on damaged files in as many ways as there are damages
        why = " ".join(str(error).split())[:100]
        raise ScenarioError(
            told(
                "{file} cannot be read as a workbook ({why}); "
                "open it in a spreadsheet, without a password, and save it again as .xlsx",
                file=path.name,
                why=why,
            )
        ) from None


def _value(cell: Any) -> Cell:
    """Return the value of a workbook's cell; text stripped, nothing where it is blank."""
    if cell.data_type == "f":
        text = cell.value if isinstance(cell.value, str) else getattr(cell.value, "text", "=")
        return Formula(text)
    if isinstance(cell.value, str):
        return cell.value.strip() or None
    value: Cell = cell.value
    return value


def in_words(cell: Cell) -> str:
    """Return a cell as a message shows it."""
    if cell is None:
        return told("blank")
    return shown(cell) if isinstance(cell, int | float) else shown(str(cell))
