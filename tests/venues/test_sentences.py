"""Whatever an import, the check and the capacity say can be read in Korean as in English, with the same values."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from string import Formatter

import pytest
import shapely
from shapely.geometry import Polygon, box

from venues import Level, Venue, Zone, check_venue, load_venue, names
from venues.capacity import STANDING, compute_capacity
from venues.capacity_text import tell_capacity
from venues.places import LINK_KINDS
from venues.problems import SEVERITIES
from venues.readers.import_map import FILES, TEXTS
from venues.readers.import_report import SECTIONS
from venues.sentences import in_language, korean

ROOM = Path(__file__).parents[2] / "venues"
#: What says a sentence, and which of its arguments are one.
NOTES = ("fail", "warn", "size", "take", "repair", "assume", "leave")
SAYING = {name: [0] for name in (*NOTES, "in_language", "say")} | {"problem_at": [3, 4]}
HELD_IN, CONSTANTS = {"what", "mend", "lead", "where"}, {"NO_ZONE", "TOO_SMALL"}


def constants(node: ast.AST) -> Iterator[str]:
    """Yield the texts in an expression that are no part of a longer one."""
    for part in ast.walk(node):
        if isinstance(part, ast.Constant) and isinstance(part.value, str) and part.value:
            yield part.value


def said() -> dict[str, str]:
    """Return every sentence that the package says, and where."""
    found: dict[str, str] = {}
    for file in (*ROOM.glob("*.py"), *(ROOM / "readers").glob("*.py")):
        own = "problem_at" in (text := file.read_text(encoding="utf-8")) or file.name == "capacity_text.py"
        for node in ast.walk(ast.parse(text)):
            expressions: list[ast.AST] = []
            if isinstance(node, ast.Call):
                name = getattr(node.func, "attr", getattr(node.func, "id", ""))
                expressions = [node.args[k] for k in SAYING.get(name, ()) if k < len(node.args)]
            elif isinstance(node, ast.Assign):
                targets = {
                    part.id for target in node.targets for part in ast.walk(target) if isinstance(part, ast.Name)
                }
                expressions = [node.value] if targets & (CONSTANTS | HELD_IN if own else CONSTANTS) else []
            elif file.name == "lanes.py" and isinstance(node, ast.Yield) and isinstance(node.value, ast.Tuple):
                expressions = [node.value.elts[0]]
            found |= {sentence: f"{file.name}:{node.lineno}" for part in expressions for sentence in constants(part)}  # type: ignore[attr-defined]
    return found


def blanks(sentence: str) -> list[str]:
    return sorted(f"{name}!{conversion}:{spec}" for _, name, spec, conversion in Formatter().parse(sentence) if name)


def test_every_sentence_that_is_said_has_one_in_korean() -> None:
    heads = {*SECTIONS.values(), *(form for form, _ in (*FILES.values(), *TEXTS.values()))}
    known = korean()["sentences"]
    assert {sentence: where for sentence, where in said().items() if sentence not in known} == {}
    assert heads <= set(known)


def test_every_sentence_in_korean_has_the_blanks_of_the_english_one() -> None:
    assert {one for one, own in korean()["sentences"].items() if blanks(one) != blanks(own)} == set()


def test_no_sentence_in_korean_leaves_the_particle_or_the_unit_open() -> None:
    """A particle for both endings, a unit in plain letters, or a percent sign after a space."""
    wrong = re.compile(r"\([으이]\)|} ?m2|} %")
    assert {own for own in korean()["sentences"].values() if wrong.search(own)} == set()


def test_a_word_that_fills_a_blank_is_translated_and_a_name_in_quotes_is_not() -> None:
    words = korean()["words"]
    assert {*SEVERITIES, *LINK_KINDS, "gate, shut", "entry", "holding", "exit", "exit flow", "emergency exit"} <= set(
        words
    )
    assert {guide for guide in STANDING if guide.islower() or " " in guide} - set(words) <= {"NFPA 101"}
    venue = Venue("hall", (Level("0", Zone("exit", "0", square(10.0), frozenset({"source"})).polygon),))
    (problem, *_) = check_venue(venue)
    assert problem.text("ko").startswith("오류: hall, 위치 ("), problem.text("ko")
    assert "'source'" in problem.text("ko")


def square(side: float) -> Polygon:
    return shapely.box(0.0, 0.0, side, side)


@pytest.mark.parametrize("name", names())
def test_what_is_said_of_a_shipped_venue_is_as_many_lines_in_both_languages(name: str) -> None:
    venue = load_venue(name)
    problems = check_venue(venue)
    for problem in problems:
        place = problem.called.get("en", problem.place)
        assert problem.place in place
        assert problem.text("en") == f"{problem.severity}: {place} at ({problem.x:g}, {problem.y:g}): " + (
            f"{problem.what}; {problem.mend}"
        )
        assert problem.text("ko") != problem.text("en")
    found = compute_capacity(venue)
    english, own = (list(tell_capacity(found, lang)) for lang in ("en", "ko"))
    assert len(english) == len(own)


def test_a_sentence_without_translation_is_not_passed_on_in_english() -> None:
    with pytest.raises(KeyError):
        in_language("a sentence nobody wrote", "ko")


def test_a_place_called_like_a_word_of_ours_keeps_its_name_in_korean() -> None:
    zones = (
        Zone("source", "street", box(0, 0, 2, 5), frozenset({"source"})),
        Zone("exit", "street", box(18, 0, 20, 5), frozenset({"exit"})),
    )
    hall = Venue("hall", (Level("street", box(0, 0, 20, 5)),), zones)
    assert "exit(출구, 층 street)" in "\n".join(tell_capacity(compute_capacity(hall), "ko"))
