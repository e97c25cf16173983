"""The place, before anyone walks in it: venues as frozen geometry in metres, read, written and checked."""

from venues.catalogue import load_venue, names
from venues.check import check_venue
from venues.connectivity import connected
from venues.elements import Camera, Loudspeaker, Sign
from venues.errors import BadInput
from venues.geojson import from_geojson, read_venue, to_geojson, write_venue
from venues.link_floor import Opening, Strip
from venues.places import ZONE_KINDS, Gate, Level, Link, MeasurementArea, MeasurementLine, Obstacle, Slope, Wall, Zone
from venues.problems import Problem
from venues.venue import Venue, label

__all__ = [
    "ZONE_KINDS",
    "BadInput",
    "Camera",
    "Gate",
    "Level",
    "Link",
    "Loudspeaker",
    "MeasurementArea",
    "MeasurementLine",
    "Obstacle",
    "Opening",
    "Problem",
    "Sign",
    "Slope",
    "Strip",
    "Venue",
    "Wall",
    "Zone",
    "check_venue",
    "connected",
    "from_geojson",
    "label",
    "load_venue",
    "names",
    "read_venue",
    "to_geojson",
    "write_venue",
]
