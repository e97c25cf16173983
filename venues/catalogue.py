"""The venues shipped with the package, by name."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

from venues.errors import BadInput, name_known
from venues.geojson import read_venue
from venues.refusals import told
from venues.venue import Venue

_DATA = Path(str(files("venues"))) / "data"


def names() -> list[str]:
    """Return the names of the shipped venues, sorted."""
    return sorted(path.stem for path in _DATA.glob("*.geojson"))


def load_venue(name_or_path: str | Path) -> Venue:
    """Return a shipped venue by its name, or the venue in a file.

    Args:
        name_or_path: a name of `names()`, or the path of a GeoJSON file.

    Raises:
        BadInput: if there is neither, or the file is refused.
    """
    if str(name_or_path) in names():
        return read_venue(_DATA / f"{name_or_path}.geojson")
    path = Path(name_or_path)
    if path.suffix or path.exists():
        return read_venue(path)
    raise BadInput(
        told(
            "there is no venue {name!r}, neither shipped nor as a file; {known}",
            name=str(name_or_path),
            known=name_known(names(), str(path)),
        )
    )
