"""A DXF file opened: recovered where it is damaged, with what the library warns of told in one line.

Not here: what is drawn in it (`dxf.py`).
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from venues.errors import BadInput
from venues.readers.import_report import ImportReport
from venues.refusals import told

#: Largest file [bytes]; ezdxf reads about 5 MB a second.
MAX_FILE = 40_000_000
#: What ezdxf runs into in a damaged file, beside its own errors.
BROKEN = (ValueError, TypeError, KeyError, IndexError, AttributeError, RecursionError)


class _Warnings(logging.Handler):
    """Collects what ezdxf would write on stderr."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.texts: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Keep a message."""
        self.texts.append(record.getMessage())


@contextmanager
def warnings_told(report: ImportReport) -> Iterator[None]:
    """Tell the report, in one line, what ezdxf warns of."""
    logger, kept = logging.getLogger("ezdxf"), _Warnings()
    spread = logger.propagate
    logger.addHandler(kept)
    logger.propagate = False
    try:
        yield
    finally:
        logger.removeHandler(kept)
        logger.propagate = spread
        if kept.texts:
            count, first = len(kept.texts), kept.texts[0]
            report.repair("ezdxf warns of {count} faults in the file, as {first!s:.100}", count=count, first=first)


def load_document(path: Path, report: ImportReport) -> Any:
    """Return the document of a file, recovered where it is damaged.

    Raises:
        BadInput: if it is too large, or cannot be read.
    """
    size = path.stat().st_size
    if size > MAX_FILE:
        raise BadInput(
            told(
                "{file} has {size:.0f} MB; at most {most:.0f} MB can be read: delete what is no part of the place",
                file=path.name,
                size=size / 1e6,
                most=MAX_FILE / 1e6,
            )
        )
    try:
        import ezdxf
        from ezdxf import recover
    except ImportError:
        raise BadInput(
            told("reading {form} needs {library}; install it: pip install inpa[maps]", form="DXF", library="ezdxf")
        ) from None
    broken = (OSError, ezdxf.DXFError, *BROKEN)
    with suppress(*broken):
        return ezdxf.readfile(path)
    try:
        document, _ = recover.readfile(path)
    except broken as wrong:
        raise BadInput(
            told(
                "{file} is no DXF that can be read ({why:.80}); save it again as DXF 2010 or newer",
                file=path.name,
                why=str(wrong),
            )
        ) from None
    report.repair("the file is damaged; what could be recovered was read")
    return document
