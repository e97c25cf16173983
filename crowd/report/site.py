"""What the equipment of a venue means for a run: which cameras see the densest place, which loudspeakers reach it, how
far first aid is, how full the emergency lanes became, by which exits people who take no steps cannot leave.

Not here: what a camera sees (`venues.coverage`).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from shapely.geometry import Point

from crowd.report.spots import place_text
from crowd.report.words import Words
from crowd.risk import Place, RiskAssessment
from venues.coverage import covering
from venues.elements import Element
from venues.places import Zone
from venues.step_free import compute_step_free_exits


def site_data(risk: RiskAssessment, words: Words) -> list[str]:
    """The sentences; none for a venue of one level with none of all that."""
    return [*_densest(risk, words), *_lanes(risk, words), *_exits(risk, words)]


def _densest(risk: RiskAssessment, words: Words) -> Iterator[str]:
    """What covers the densest place, and where help is; what is not drawn in the venue is not missed."""
    venue = risk.venue
    posts = [zone for zone in venue.zones if "first-aid" in zone.kinds]
    if not venue.elements and not posts:
        return
    place = None if risk.worst_density is None else risk.worst_density[1]
    if place is None or place.x is None or place.y is None or place.level is None:
        yield words.say("site", "place_unknown")
        return
    groups: tuple[tuple[str, Sequence[Element]], ...]
    groups = (("camera", venue.cameras), ("loudspeaker", venue.loudspeakers), ("sign", venue.signs))
    for kind, items in groups:
        if items:
            names = covering(venue, items, place.level, place.x, place.y)
            said = ", ".join(words.place(name) for name in names)
            where = place_text(place, risk, words)
            yield words.say("site", kind if names else f"no_{kind}", place=where, names=said)
    if posts:
        yield _first_aid(posts, place, Point(place.x, place.y), risk=risk, words=words)


def _first_aid(posts: Sequence[Zone], place: Place, here: Point, *, risk: RiskAssessment, words: Words) -> str:
    """How far the nearest first aid post on the level of a place is, as the crow flies."""
    near = [(post.polygon.distance(here), post.name) for post in posts if post.level == place.level]
    where = place_text(place, risk, words)
    if not near:
        return words.say("site", "no_first_aid", place=where)
    distance, name = min(near)
    return words.say("site", "first_aid", place=where, post=words.place(name), distance=f"{distance:.0f}")


def _lanes(risk: RiskAssessment, words: Words) -> Iterator[str]:
    """How full each emergency lane became."""
    judged = {zone.name: zone for zone in risk.zones}
    for lane in risk.venue.zones:
        if "emergency-lane" not in lane.kinds:
            continue
        zone, name = judged.get(lane.name), words.place(lane.name)
        peak = None if zone is None else zone.peaks["level_density"]
        people = None if zone is None else zone.peaks["people"]
        if peak is None or people is None:
            yield words.say("site", "lane_unknown", lane=name)
        elif people.value == 0.0:
            yield words.say("site", "lane_empty", lane=name)
        else:
            yield words.say(
                "site", "lane", lane=name, people=words.number(people.value, "people"), at=words.clock(people.time),
                peak=words.number(peak.value, "level_density"), time=words.clock(peak.time),
            )  # fmt: skip


def _exits(risk: RiskAssessment, words: Words) -> Iterator[str]:
    """By which exits people who take no steps cannot leave, and which profiles of the scenario these are."""
    profiles = [profile.name for profile in getattr(risk.scenario, "profiles", ()) if profile.step_free]
    who = words.say("site", "profiles", names=", ".join(profiles)) if profiles else ""
    for way in compute_step_free_exits(risk.venue):
        if way.barred:
            sources = ", ".join(words.place(name) for name in way.barred)
            yield words.say("site", "barred", who=who, exit=words.place(way.name), sources=sources)
