"""The words of a report: places that exist, forces that harm, Korean without English."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
import pytest
import shapely
from shapely.geometry import MultiPolygon, box

from crowd.interventions import Barrier, SetGate
from crowd.journeys import Journey, LeaveBy, Wait
from crowd.report import forces, report_data, short_doubts, statements, survey
from crowd.report.headline import headline_data
from crowd.report.words import LANGUAGES, sentences, words_of
from crowd.risk import assess_risk
from crowd.scenario import Scenario
from crowd.triggers import AtTime, Measure
from tests.claims.test_links import lift_house
from tests.made_recording import MadeRecording, calm, count_rows, crush
from viz.html_report.strings import page_strings


def run(recording: MadeRecording, lang: str = "en") -> dict[str, Any]:
    data: dict[str, Any] = report_data([assess_risk(recording)], lang)["runs"][0]
    return data


def card(data: dict[str, Any], key: str) -> dict[str, Any]:
    return next(entry for entry in data["key_numbers"] if entry["key"] == key)


def between_zones(x: float = 30.0, y: float = 1.5) -> MadeRecording:
    """Only the rows of the whole venue reach a level, at a spot east of every zone."""
    recording = calm()
    recording.set_zone("venue", level_density=lambda t: np.where(t > 100.0, 5.5, 0.8), level_x=x, level_y=y)
    recording.tables["fields"] = recording.tables["fields"].iloc[:0]
    return recording


@pytest.mark.parametrize(
    ("lang", "said"),
    [
        ("en", "a spot outside every named zone, 2 m west of middle-area (5.0, 1.5) reaches the level Serious"),
        ("ko", "middle-area에서 서쪽으로 2 m 지점(5.0, 1.5)이 심각 단계"),
    ],
)
def test_a_spot_outside_every_zone_is_named_by_what_it_lies_near(lang: str, said: str) -> None:
    data = run(between_zones(x=5.0), lang)
    assert said in data["headline"]["text"]
    spot = said.partition(",")[0]
    assert spot in card(data, "highest_level")["note"]
    assert spot in card(data, "peak_density")["note"]


def test_a_level_that_no_zone_reached_is_told_by_the_spot_where_it_began() -> None:
    recording = between_zones()
    recording.set_zone("venue", level_x=lambda t: np.where(t > 200.0, 40.0, 30.0))
    assert "(30.0, 1.5) reaches" in run(recording)["headline"]["text"]


def test_a_spot_in_a_zone_is_never_said_to_be_outside() -> None:
    assert "a spot in west (1.0, 1.5) reaches" in run(between_zones(x=1.0))["headline"]["text"]


def stacked(x: float, y: float, *, worst: str) -> MadeRecording:
    """Two floors one above the other; the whole venue reaches a level at a spot that both have, worst on one."""
    venue = lift_house("stairs")
    planes = [plane.name for plane in venue.planes]
    recording = between_zones(x=x, y=y)
    recording.venue, recording.manifest["levels"] = replace(venue, labels={}), planes
    table = pd.DataFrame({"level": [0, 1], "x": x, "y": y, "time": 200.0, "density_max": 1.0, "contact_force_max": 0.0})
    recording.tables["fields"] = table.assign(level_density_max=[5.5 if name == worst else 1.0 for name in planes[:2]])
    return recording


@pytest.mark.parametrize(
    ("lang", "worst", "said"),
    [
        ("en", "low", "a spot outside every named zone, 2 m east of in-low (low, 5.0, 7.0)"),
        ("en", "high", "a spot outside every named zone (high, 5.0, 7.0)"),
        ("ko", "low", "in-low에서 동쪽으로 2 m 지점(low, 5.0, 7.0)"),
        ("ko", "high", "구역 밖 지점(high, 5.0, 7.0)"),
    ],
)
def test_a_spot_on_stacked_levels_is_told_with_the_level_on_which_it_was_worst(
    lang: str, worst: str, said: str
) -> None:
    assert said in card(run(stacked(5.0, 7.0, worst=worst), lang), "highest_level")["note"]


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_whole_venue_is_never_a_place(lang: str) -> None:
    recording = between_zones()
    recording.set_zone("venue", contact_force_max=900.0, contact_force_10s_max=700.0)
    recording.set_zone("venue", level_density=lambda t: np.where(t < 20.0, np.nan, t / 60.0))
    data = run(recording, lang)
    said = [data["headline"]["text"], *data["headline"]["doubts"]]
    said += [entry["note"] for entry in data["key_numbers"]]
    said += [text for row in data["survey"] for text in row["simulated"]]
    assert sentences(lang)["whole_venue"] not in " ".join(said)


def test_the_line_of_the_console_has_the_first_doubts_in_brackets() -> None:
    recording = calm(density=1.0)
    recording.set_zone("east", level_density=lambda t: 0.5 + t / 50.0)
    times = recording.tables["counts"]["time"].to_numpy()
    recording.tables["counts"] = count_rows("west", times, rate=10.0, outside=lambda t: np.full(len(t), 34))
    risk = assess_risk(recording)
    assert short_doubts(risk, "en") == " (still rising at the end; 34 wait outside, 60 still inside)"


def test_the_line_of_the_console_has_no_brackets_without_a_doubt() -> None:
    assert short_doubts(assess_risk(calm(density=3.5)), "en") == ""


def test_the_card_of_force_leads_with_the_mean_of_ten_seconds() -> None:
    recording = calm(density=2.4)
    recording.set_zone("east", contact_force_max=900.0, contact_force_10s_max=50.0)
    entry = card(run(recording), "sustained_force")
    assert entry["text"] == "about 50 N"
    assert "bumps of walking people included: about 900 N" in entry["note"]


def bumped(mean: float, *, density: float = 0.29) -> MadeRecording:
    """A force of 517 N for a moment, at minute 2 in the east; `mean` is that of 10 s."""
    recording = calm(density=density)
    recording.set_zone("east", contact_force_max=lambda t: np.where(t == 120.0, 517.0, 0.0), contact_force_10s_max=mean)
    recording.tables["fields"]["contact_force_max"] = 0.0
    return recording


@pytest.mark.parametrize(
    ("lang", "said"),
    [
        (
            "en",
            "0.29 people/m² at most): people who stand apart bump into each other in the model; no such press lasts",
        ),
        (
            "ko",
            "0.29명/m² 이하로, 떨어져 걷던 사람들이 모형에서 부딪친 값이며 이런 압박이 지속된 것은 아님",
        ),
    ],
)
def test_a_moment_of_force_where_people_stand_apart_is_called_a_bump(lang: str, said: str) -> None:
    note = card(run(bumped(20.0), lang), "sustained_force")["note"]
    assert said in note


@pytest.mark.parametrize("recording", [bumped(400.0), bumped(20.0, density=2.0)], ids=["it lasts", "it is dense"])
def test_no_force_that_lasts_or_comes_in_a_crowd_is_called_a_bump(recording: MadeRecording) -> None:
    assert "two walkers" not in card(run(recording), "sustained_force")["note"]


@pytest.mark.parametrize(("lang", "said"), [("en", "mean of 10 s"), ("ko", "10초 평균")])
def test_exposure_to_force_is_said_to_be_the_mean_of_ten_seconds(lang: str, said: str) -> None:
    page = page_strings(lang)
    names = sentences(lang)["comparison"]
    places = [page["columns"]["force_600"], page["captions"]["exposure"], names["exposure_force"]]
    assert all(said in text for text in places)
    rows = report_data([assess_risk(crush()), assess_risk(crush())], lang)["comparison"]["rows"]
    forces = [row["label"] for row in rows]
    assert forces.index(names["sustained_force"]) < forces.index(names["peak_force"])


def test_a_density_that_is_not_the_level_density_is_called_local() -> None:
    limits = " ".join(run(crush())["limits"])
    assert "At a local density of" in limits


def test_exposure_is_told_as_people_for_a_time() -> None:
    recording = calm()
    recording.set_zone("venue", above_5=lambda t: np.where((t > 60.0) & (t <= 180.0), 20.0, 0.0))
    assert card(run(recording), "exposure_5")["note"] == "as 20 people for 2 min"
    assert "평균 20명이 2분" in card(run(recording, "ko"), "exposure_5")["note"]


def test_nobody_outside_at_the_end_is_not_said_to_wait() -> None:
    recording = calm()
    times = recording.tables["counts"]["time"].to_numpy()
    queue = lambda t: np.where(t < 100.0, 9, 0)  # noqa: E731
    recording.tables["counts"] = count_rows("west", times, rate=1.0, outside=queue)
    assert card(run(recording, "ko"), "outside")["note"].endswith("; 종료 시점 0명")


@pytest.mark.parametrize(
    ("kind", "place", "detail", "shown"),
    [
        ("overlap", "(0.4, 22.3)", "bodies overlap by 17% of a diameter; forces are uncertain", "지름의 17 %"),
        ("held", "(1.0, 2.0)", "a body was pressed into a wall or beyond the speed limit and was held", "속도 한계"),
        ("waiting outside", "west", "more than 50 people wait outside", "50명을 넘음"),
        ("no way", "east west", "people inside wait: no way leads there", "길이 없어"),
        ("no open way", "east", "a closed gate or barrier cuts people off; they walk up to it and wait", "닫힌 게이트"),
    ],
)
def test_warnings_of_the_model_are_korean_on_a_korean_page(kind: str, place: str, detail: str, shown: str) -> None:
    recording = calm(warnings=[f"{place}: {detail}"])
    recording.tables["events"] = pd.DataFrame(
        {"time": [9.0], "kind": [f"warning: {kind}"], "place": [place], "detail": [detail]}
    )
    (warning,) = run(recording, "ko")["warnings"]
    assert warning["text"]
    assert warning["place"] == place.replace(" w", ", w")
    assert shown in warning["detail"]
    recording.tables["events"] = recording.tables["events"].iloc[:0]
    (noted,) = run(recording, "ko")["warnings"]
    assert shown in noted["detail"]
    assert place.replace(" w", ", w") in noted["detail"]


def test_a_warning_nobody_knows_keeps_its_own_words() -> None:
    assert run(calm(warnings=["something new"]), "ko")["warnings"][0]["detail"] == "something new"


def test_the_warnings_that_are_translated_are_those_of_the_model() -> None:
    import inspect

    from crowd import model

    source = inspect.getsource(model)
    for words in (
        "of a diameter; forces are uncertain",
        "people wait outside",
        "people inside wait: no way leads there",
        "a body was pressed into a wall or beyond the speed limit and was held",
        "a closed gate or barrier cuts people off; they walk up to it and wait",
    ):
        assert words in source


def test_units_and_sources_are_korean_on_a_korean_page() -> None:
    quantities = report_data([assess_risk(calm())], "ko")["quantities"]
    units, sources = ({quantity[key] for quantity in quantities} for key in ("unit", "reference"))
    assert {"명", "인·초"} <= units
    assert not any("person" in unit for unit in units)
    assert not any("definition" in source or "assumed" in source for source in sources)


def test_constants_of_contact_have_units() -> None:
    rows = {row["label"]: row["value"] for row in run(calm(), "ko")["provenance"]}
    assert rows["접촉 모형 상수"].startswith("계산 간격 0.005초, 강성 20,000 N/m")


@dataclass
class _Scenario:
    measures: tuple[Measure, ...]
    areas: tuple[Any, ...] = ()
    lines: tuple[Any, ...] = ()
    journeys: tuple[Any, ...] = ()
    demands: tuple[Any, ...] = ()


@dataclass
class _Measured(MadeRecording):
    scenario: Any = None


@pytest.mark.parametrize("lang", LANGUAGES)
def test_recorded_measures_have_the_words_of_the_assumptions_and_a_barrier_its_ends(lang: str) -> None:
    made = calm()
    barrier, gate = Barrier("ground", ((1.0, 2.0), (3.5, 4.0))), SetGate("west", open=False)
    measures = tuple(Measure(what, AtTime(10.0)) for what in (barrier, gate))
    made.tables["events"] = pd.DataFrame(
        {"time": [10.0, 10.0], "kind": "measure", "place": [m.name for m in measures], "detail": "in force"}
    )
    data = run(_Measured(made.manifest, made.venue, made.tables, scenario=_Scenario(measures)), lang)
    for event in data["events"]:
        assert any(event["place"] in text for text in data["assumptions"])
    assert "(1, 2)" in data["events"][0]["place"]
    assert "(3.5, 4)" in data["events"][0]["place"]


@pytest.mark.parametrize("section", [key for key, value in sentences("en").items() if isinstance(value, dict)])
def test_both_languages_have_the_same_sentences(section: str) -> None:
    if section != "glossary":
        assert set(sentences("en")[section]) == set(sentences("ko")[section])


def test_floor_that_nobody_can_come_to_is_no_capacity_of_the_space() -> None:
    made, with_legend = calm(), calm()
    level = made.venue.levels[0]
    floor = MultiPolygon([*shapely.get_parts(level.walkable), box(0.0, 50.0, 10.0, 60.0)])
    with_legend.venue = replace(made.venue, levels=(replace(level, walkable=floor),))
    told = [next(row for row in run(one)["survey"] if "m²" in str(row)) for one in (made, with_legend)]
    assert told[0] == told[1]


@pytest.mark.parametrize(("lang", "said"), [("en", "stays there until 21:51:40"), ("ko", "21:51:40까지 그곳에")])
def test_who_stays_where_until_when_is_an_assumption_of_the_report(lang: str, said: str) -> None:
    made = calm()
    journey = Journey("event", (Wait("east", until=100.0), LeaveBy(("east",))))
    scenario = _Scenario((), journeys=(journey,))
    told = run(_Measured(made.manifest, made.venue, made.tables, scenario=scenario), lang)["assumptions"]
    assert any(said in text for text in told)


def test_places_that_are_called_alike_are_told_apart_by_their_names() -> None:
    recording = crush()
    alike = tuple(replace(zone, labels={"ko": "입구"}) for zone in recording.venue.zones)
    recording.venue = replace(recording.venue, zones=alike)
    words = words_of(assess_risk(recording), "ko")
    assert [words.place(zone.name) for zone in alike] == [f"입구 [{zone.name}]" for zone in alike]
    assert words_of(assess_risk(crush()), "ko").place("station-exit-1") == "역 1번 출구"


@pytest.mark.parametrize(("lang", "said"), [("en", "Scenario: <b>Calm</b> & cold."), ("ko", "시나리오: 춥고 한산함.")])
def test_what_the_scenario_assumes_stands_among_the_assumptions(lang: str, said: str) -> None:
    scenario = replace(
        Scenario.read("itaewon-two-way"), assumptions=({"en": "<b>Calm</b> & cold.", "ko": "춥고 한산함."},)
    )
    risk = replace(assess_risk(calm()), scenario=scenario)
    assert said in report_data([risk], lang)["runs"][0]["assumptions"]


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (-1.2, {"en": "−1 s", "ko": "−1초"}),
        (-61.0, {"en": "−1 min 1 s", "ko": "−1분 1초"}),
        (-120.0, {"en": "−2 min", "ko": "−2분"}),
        (-0.3, {"en": "0 s", "ko": "0초"}),
        (61.0, {"en": "1 min 1 s", "ko": "1분 1초"}),
    ],
)
def test_a_negative_length_of_time_is_the_same_length_with_a_minus(seconds: float, said: dict[str, str]) -> None:
    risk = assess_risk(calm())
    assert {lang: words_of(risk, lang).duration(seconds) for lang in said} == said


@pytest.mark.parametrize("lang", LANGUAGES)
def test_no_force_is_zero_even_where_a_force_would_be_an_order_of_magnitude(lang: str) -> None:
    recording = calm(density=0.0, contact={})
    recording.tables["fields"]["contact_force_max"] = 0.0
    data = run(recording, lang)
    assert card(data, "sustained_force")["text"] == "0 N"
    assert data["zones"][0]["contact_force"]["momentary"] == {
        "newtons": 0, "order_newtons": None, "range_newtons": None, "seconds": 1.0, "time": None, "text": "0 N",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("lang", "headline"),
    [
        ("en", "is reached: density stays at 0.00 people/m², and the lowest level starts at 2"),
        ("ko", "(최고 밀도 0.00명/m², 최저 단계 기준 2명/m²)"),
    ],
)
def test_nobody_at_all_has_no_place_and_no_time(lang: str, headline: str) -> None:
    recording = calm(density=0.0)
    recording.tables["fields"]["contact_force_max"] = 0.0
    data = run(recording, lang)
    assert headline in data["headline"]["text"]
    said = [text for row in data["survey"][1:] for text in row["simulated"]]
    said += [card(data, key)["note"] for key in ("peak_density", "sustained_force")]
    assert [text for text in said if "21:50" in text or "middle-area" in text] == []


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_capacity_of_a_line_is_said_with_the_flows_of_the_venue(lang: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(survey, "SEEN_FLOW", 61.0)
    monkeypatch.setattr(survey, "LEVEL_FLOW", 83.0)
    texts = next(row["simulated"] for row in run(calm(), lang)["survey"] if "60 m²" in row["simulated"][0])
    assert "183" in texts[1]
    assert "249" in texts[1]
    assert "61" in texts[-1]
    assert "83" in texts[-1]


@pytest.mark.parametrize(("lang", "said"), [("en", "after 45 s below"), ("ko", "미만이 45초 지속된")])
def test_the_rule_of_levels_says_how_long_one_holds(lang: str, said: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(statements, "HOLD_TIME", 45.0)
    assert any(said in text for text in run(calm(), lang)["assumptions"])


@pytest.mark.parametrize(
    ("lang", "radius", "stiffness"),
    [("en", "radius −3 to +4 %", "15,000 to 40,000 N/m"), ("ko", "반지름 −3~+4 %", "15,000~40,000 N/m")],
)
def test_a_range_of_force_says_which_bodies_were_run(
    lang: str, radius: str, stiffness: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    bodies = {"contact.body": (0.97, 1.04), "contact.stiffness": (1.5e4, 4e4)}
    variants = {f"{name} {value}": {name: value} for name, values in bodies.items() for value in values}
    monkeypatch.setattr(forces, "VARIANTS", variants)
    data = run(crush(force_range={"low": 812.0, "high": 7213.0, "low_10s": 49.0, "high_10s": 2852.0}), lang)
    assert any(radius in text and stiffness in text for text in data["limits"])
    assert any(radius in text for text in data["headline"]["doubts"])


@pytest.mark.parametrize(("lang", "said"), [("en", "flow: not known"), ("ko", "산정하지 못함")])
def test_the_survey_says_so_if_nothing_counts_the_flow(lang: str, said: str) -> None:
    made = calm()
    del made.tables["lines"]
    told = [" ".join(run(one, lang)["survey"][3]["simulated"]) for one in (calm(), made)]
    assert [said in text for text in told] == [False, True]


@pytest.mark.parametrize(
    ("lang", "said"), [("en", "The district sends staff to the place."), ("ko", "자치구 직원이 현장에 나갑니다.")]
)
def test_what_is_done_at_a_level_stands_under_the_headline_with_the_time_it_was_reached(lang: str, said: str) -> None:
    risk = assess_risk(crush())
    actions = {entry["text"]: entry["time"] for entry in run(crush(), lang)["headline"]["actions"]}
    assert actions[said] == words_of(risk, lang).clock(risk.first_times["alert"])


@pytest.mark.parametrize(
    ("lang", "said"), [("en", "None of it is part of the simulation"), ("ko", "모의실험에 반영되지 않았으며")]
)
def test_what_is_done_is_never_taken_for_a_part_of_the_simulation(lang: str, said: str) -> None:
    simulated, measured = crush(), crush()
    measured.manifest["measured"] = {"source": "tracks.txt"}
    titles = [
        headline_data(risk, words_of(risk, lang))["actions_title"] for risk in map(assess_risk, (simulated, measured))
    ]
    assert [said in title for title in titles] == [True, False]


def test_nothing_is_done_at_a_level_that_was_not_reached() -> None:
    recording = between_zones()
    recording.set_zone("venue", level_density=lambda t: np.where(t > 100.0, 3.5, 0.8))
    assert [entry["label"] for entry in run(recording)["headline"]["actions"]] == ["Caution", "Alert"]


def test_an_authority_that_published_no_actions_is_not_credited_with_any() -> None:
    recording = crush()
    recording.manifest["alert_preset"] = "five-step"
    assert run(recording)["headline"]["actions"] == []
