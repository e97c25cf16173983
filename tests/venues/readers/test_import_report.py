"""A report of an import names licence, default and place in both languages (every sentence: `test_sentences.py`)."""

from __future__ import annotations

import json
from pathlib import Path

from venues.readers.import_map import import_map
from venues.readers.import_report import SECTIONS, ImportReport
from venues.readers.sketch import ImportOptions
from venues.venue import texts_in


def test_a_report_in_korean_names_licence_default_and_place() -> None:
    report = ImportReport("역.osm", "OpenStreetMap XML")
    report.licence = "ODbL 1.0"
    report.assume("{role} without a width: {width:g} m wide", "way 17 중앙 계단", role="stairs", width=2.0)
    told = "\n".join(report.lines("ko"))
    assert "폭이 없는 계단: 2 m로 봄: 길 17 중앙 계단" in told
    assert "지도 이용 조건(라이선스): ODbL 1.0" in told
    assert "제외한 것: 없음" in told
    assert not any(title in told for title in SECTIONS.values())


def test_the_reason_why_something_was_left_out_is_korean_too(tmp_path: Path) -> None:
    def feature(kind: str, geometry: str, coordinates: object) -> dict[str, object]:
        shape = {"type": geometry, "coordinates": coordinates}
        return {"type": "Feature", "properties": {"role": kind, "name": kind}, "geometry": shape}

    floor = [[[0, 0], [30, 0], [30, 8], [0, 8], [0, 0]]]
    features = [feature("walkable", "Polygon", floor), feature("link", "MultiLineString", [[[10, 0], [10, 8]]])]
    file = tmp_path / "hall.geojson"
    file.write_text(json.dumps({"type": "FeatureCollection", "features": features}), encoding="utf-8")
    _, report = import_map(file, ImportOptions(crs="local"))
    (note,) = report.notes("left_out")
    assert "it has 1 lines" in note.what
    assert "층 연결 제외, 이유: 선이 1개입니다. 시작과 끝의 두 개여야 합니다." in note.text("ko")


def test_a_venue_tells_in_both_languages_what_was_assumed_of_it(tmp_path: Path) -> None:
    file = tmp_path / "hall.wkt"
    file.write_text("POLYGON ((0 0, 50 0, 50 5, 0 5, 0 0))", encoding="utf-8")
    venue, _ = import_map(file)
    for lang, lead in (("en", "Assumed on import: "), ("ko", "지도를 가져올 때의 가정: ")):
        notes = texts_in(venue.simplifications, lang)
        assert notes
        assert all(text.startswith(lead) and own for text, own in notes)
