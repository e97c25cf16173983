from __future__ import annotations

import csv
import errno
import json
import math
import os
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner, Result

from crowd.cli import app
from crowd.compare import Comparison, compare, compare_runs
from crowd.differences import OUTCOMES, compute_difference
from crowd.ensemble import KILLED, SeedRun, SeedTask, run_side_by_side
from crowd.errors import DiskFull, ScenarioError
from crowd.scenario import Scenario
from tests.conftest import TINY, write_tiny
from viz.comparison import write_comparison

BUSY = TINY.replace('"12/min"', '"150/min"').replace('"6/min"', '"150/min"')
ONE_WAY = BUSY.replace('name = "tiny"', 'name = "tiny-one-way"', 1).replace(
    '[[demand]]\nname = "back"\nsource = "east"\njourney = "west"\nrate = "150/min"\n', ""
)
PEAK, EXPOSURE = OUTCOMES[0], OUTCOMES[1]
LEFT = OUTCOMES[-1]


def crowd(*words: str | Path) -> Result:
    return CliRunner().invoke(app, [str(word) for word in words])


def summary(**changes: float | str | None) -> dict:
    """A run's summary with every number that is compared."""
    numbers = {"peak_density": 3.0, "peak_contact_force_10s": 20.0, "people_waiting_outside": 0, "mean_delay": 4.0}
    plain = {"people_left": 30, "verdict": "reached", "simulated_seconds": 60.0, "force_is_order_of_magnitude": False}
    return {**numbers, **plain, "exposure_person_seconds": {"5": 0.0}, "first_time_of_level": {}, **changes}


@pytest.fixture(scope="module")
def one_way(tmp_path_factory: pytest.TempPathFactory) -> Comparison:
    """A corridor walked both ways and one way, on five seeds."""
    folder = tmp_path_factory.mktemp("corridor")
    files = [write_tiny(folder, name=f"{i}.toml", text=text) for i, text in enumerate((BUSY, ONE_WAY))]
    return compare(*files, seeds=5, until=40.0)


def made(runs: list[SeedRun], folder: Path, *, seeds: int = 6) -> Comparison:
    """A comparison of runs that were never made."""
    scenario = Scenario.read(write_tiny(folder))
    return compare_runs([scenario, scenario], range(seeds), runs)


def test_a_scenario_differs_from_itself_by_exactly_zero(tiny_file: Path) -> None:
    found = compare(tiny_file, tiny_file, seeds=2, until=30.0)
    assert {value for difference in found.differences for value in difference.known} == {0.0}


def test_walking_one_way_lowers_the_density_of_a_corridor_in_every_seed(one_way: Comparison) -> None:
    found = one_way.difference("peak_density")
    assert (found.verdict, found.seeds()) == ("helps", "lower in 5 of 5")


def test_the_sentence_says_what_helps_by_how_much_and_how_sure(one_way: Comparison) -> None:
    found = one_way.difference("peak_density")
    assert found.mean is not None
    said = found.sentence("tiny")
    assert said.startswith(f"tiny-one-way against tiny: peak level density lower by {-found.mean:.2f} people/m²")
    assert said.endswith(f"(95 % interval {found.interval()}), lower in 5 of 5 seeds: helps")


def test_the_page_needs_no_other_file(one_way: Comparison, tmp_path: Path) -> None:
    page = write_comparison(one_way, tmp_path)[0].read_text(encoding="utf-8")
    assert "data:image/png;base64," in page
    assert "http" not in page


def test_the_headlines_say_how_often_it_gets_worst_and_what_each_scenario_helps(tmp_path: Path) -> None:
    worst, mild = summary(first_time_of_level={"serious": 12.0}, peak_density=6.0), summary()  # type: ignore[arg-type]
    varied = [{**worst, "peak_density": 6.0 + 0.1 * seed} for seed in range(6)]
    runs = [SeedRun(0, seed, varied[seed]) for seed in range(6)] + [SeedRun(1, seed, mild) for seed in range(6)]
    reached, answer = made(runs, tmp_path).headlines()
    assert reached == (
        "The highest alert level (Serious) is reached in 6 of 6 seeds of tiny; 0 of 6 seeds of tiny (2)."
    )
    helped = "helps in 2 of 7 numbers (peak level density, time until the highest alert level)"
    assert answer.startswith(f"tiny (2) against tiny: {helped}; the same in 5 (")


def test_a_difference_that_may_be_chance_is_never_called_no_difference() -> None:
    found = compute_difference(PEAK, "other", [1.0, 3.0, 1.0, 3.0, 1.5], [2.0, 2.1, 2.0, 2.2, 2.1])
    said = found.sentence("first")
    assert found.verdict == "unclear"
    assert "no difference" not in said
    assert said.endswith("not certain, may be chance")


def test_the_korean_page_calls_scenarios_as_their_authors_do_and_has_no_english_sentence(
    one_way: Comparison, tmp_path: Path
) -> None:
    page = write_comparison(one_way, tmp_path, lang="ko")[0].read_text(encoding="utf-8")
    shown = re.sub(r"<style>.*?</style>|<[^>]*>", " ", page, flags=re.DOTALL)
    assert '<html lang="ko">' in page
    assert "최고 경보 판정 밀도" in shown
    assert "시드 5개 중 5개에서 감소" in shown
    assert "@font-face" in page
    assert set(re.findall(r"[A-Za-z]{2,}", shown)) <= {"tiny", "one", "way"}  # both have one label, so names are shown


def test_scenarios_with_labels_of_their_own_are_called_by_them(one_way: Comparison) -> None:
    named = replace(one_way, titles=({"ko": "양방향"}, {"ko": "일방통행"}))
    assert named.called("ko") == {"tiny": "양방향", "tiny-one-way": "일방통행"}
    assert named.called("en") == {"tiny": "tiny", "tiny-one-way": "tiny-one-way"}
    assert named.sentences("ko")[0].startswith("「양방향」 대비 「일방통행」: 최고 경보 판정 밀도 ")


@pytest.mark.parametrize("seeds", [5, 8, 20])
@pytest.mark.parametrize(
    "draw",
    [
        lambda rng, n: rng.normal(5.0, 1.0, n),
        lambda rng, n: rng.lognormal(3.0, 1.0, n),
        lambda rng, n: rng.poisson(1.0, n).astype(float),
        lambda rng, n: np.where(rng.random(n) < 0.5, 0.0, rng.exponential(100.0, n)),
    ],
    ids=["normal", "long tail", "small counts", "often none"],
)
def test_disjoint_seeds_of_one_outcome_exclude_zero_in_at_most_9_of_100_repetitions(
    draw: Callable[[np.random.Generator, int], np.ndarray], seeds: int
) -> None:
    # With a true rate of 5 % a hundred repetitions exceed 9 with a chance of 3 %; the draws are fixed.
    rng = np.random.default_rng(20221029)
    excluded = 0
    for _ in range(100):
        found = compute_difference(EXPOSURE, "other", draw(rng, seeds).tolist(), draw(rng, seeds).tolist())
        excluded += found.verdict in ("helps", "harms")
    assert excluded <= 9


def test_a_difference_of_one_deviation_is_found_with_twenty_seeds() -> None:
    rng = np.random.default_rng(1)
    found = compute_difference(PEAK, "other", rng.normal(4.0, 0.5, 20).tolist(), rng.normal(5.0, 0.5, 20).tolist())
    assert found.verdict == "helps"


def test_more_people_who_leave_are_a_help() -> None:
    assert compute_difference(LEFT, "other", [12, 13, 12, 14, 13], [1, 2, 3, 2, 1]).verdict == "helps"


def test_four_seeds_give_no_interval() -> None:
    found = compute_difference(PEAK, "other", [1.0, 1.1, 1.2, 1.0], [3.0, 3.1, 3.3, 3.0])
    assert (found.low, found.high, found.verdict) == (None, None, "unclear")
    assert "fewer than 5 seeds give no interval" in found.sentence("first")


def test_a_number_that_is_not_known_leaves_its_pair_out_and_is_said() -> None:
    found = compute_difference(PEAK, "other", [1.0, None, 1.2, 1.0, 1.1, 1.0], [2.0, 2.0, 2.1, 2.0, 2.2, 2.1])
    assert (found.by_seed[1], len(found.known)) == (None, 5)
    assert "not known in both in 1 more" in found.sentence("first")


def test_a_level_that_is_not_reached_counts_as_reached_at_the_end(tmp_path: Path) -> None:
    early = summary(first_time_of_level={"serious": 12.0})  # type: ignore[arg-type]
    runs = [SeedRun(0, 0, early), SeedRun(1, 0, summary())]
    assert made(runs, tmp_path, seeds=1).difference("time_to_highest_level").by_seed == (48.0,)


def test_a_failed_run_is_reported_and_takes_its_pair_out(tmp_path: Path) -> None:
    runs = [SeedRun(n, seed, summary()) for n in (0, 1) for seed in range(6)]
    runs[8] = SeedRun(1, 2, None, "ModelError: somebody left the floor")
    found = made(runs, tmp_path)
    assert found.failure_texts() == ("tiny (2), seed 2: failed: ModelError: somebody left the floor",)
    assert found.difference("peak_density").by_seed[2] is None


def _die_of_three(number: int) -> int:
    if number == 3:
        os._exit(9)
    if number == 4:
        raise ValueError("four")
    return 10 * number


def test_a_killed_process_is_named_and_the_others_go_on() -> None:
    ended: dict[int, tuple[int | None, str]] = {}

    def done(index: int, result: int | None, failure: str) -> None:
        ended[index] = (result, failure)

    run_side_by_side(_die_of_three, [1, 3, 4, 5], workers=2, done=done)
    assert ended == {0: (10, ""), 1: (None, KILLED), 2: (None, "ValueError: four"), 3: (50, "")}


def test_other_venues_are_allowed_and_said() -> None:
    from crowd.compare import differing_remarks
    from tests import scenes

    pair = [scenes.scenario(venue, []) for venue in (scenes.run_up(), scenes.plug())]
    said = [remark.text("en") for remark in differing_remarks(pair, 60.0)]
    assert said == ["the venues differ (run-up, plug): a difference may be due to the place"]


def test_a_seed_given_twice_is_refused(tiny_file: Path) -> None:
    with pytest.raises(ScenarioError, match="seed 3 is given twice"):
        compare(tiny_file, tiny_file, seeds=[3, 4, 3])


@pytest.mark.parametrize(
    ("words", "naming"),
    [
        (["itaewon-two-way"], "1 scenario cannot be compared; name two or more"),
        (["itaewon-two-way", "itaewon-sideways"], "unknown scenario 'itaewon-sideways'"),
        (["itaewon-two-way", "itaewon-one-way", "--seeds", "0"], "0 seeds"),
        (["itaewon-two-way", "itaewon-one-way", "--seeds", "1001"], "1001 seeds"),
        (["itaewon-two-way", "itaewon-one-way", "--until", "9 h"], "until"),
    ],
)
def test_a_comparison_that_cannot_be_made_is_refused_in_one_line(words: list[str], naming: str) -> None:
    result = crowd("compare", *words)
    assert (result.exit_code, result.stdout, result.stderr.count("\n")) == (2, "", 1)
    assert naming in result.stderr


def test_compare_as_json_prints_one_document_and_progress_on_stderr(tiny_file: Path) -> None:
    result = crowd("compare", tiny_file, tiny_file, "--seeds", "1", "--until", "10 s", "--json")
    assert json.loads(result.stdout)["scenarios"] == ["tiny", "tiny (2)"]
    assert "2 of 2 runs have ended" in result.stderr


def test_compare_in_korean_prints_korean(tiny_file: Path) -> None:
    result = crowd("compare", tiny_file, tiny_file, "--seeds", "1", "--until", "10 s", "--lang", "ko")
    assert "시드 1개, 각 10초" in result.stdout
    assert "참고: 위험단계에 도달하지 않은 실행은 종료 시각을 도달 시간으로 보았다" in result.stdout


def test_compare_leaves_page_picture_and_numbers_and_a_table(tiny_file: Path) -> None:
    out = tiny_file.parent / "비교 결과"
    result = crowd("compare", tiny_file, tiny_file, "--seeds", "1", "--until", "10 s", "--out", out)
    kinds = ("csv", "html", "json", "png")
    assert sorted(path.name for path in out.iterdir()) == [f"comparison.{kind}" for kind in kinds]
    table = list(csv.reader((out / "comparison.csv").read_bytes().decode("utf-8-sig").splitlines()))
    runs = json.loads((out / "comparison.json").read_text(encoding="utf-8"))["runs"]
    assert [row[:2] for row in table[1:]] == [["tiny", "7"], ["tiny (2)", "7"]]
    assert [float(row[2]) for row in table[1:]] == pytest.approx([run["peak_density"] for run in runs])
    assert "peak level density [people/m²]" in result.stdout


def test_a_comparison_there_is_no_room_for_leaves_every_older_file_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before, now = (
        made([SeedRun(number, 0, summary(peak_density=peak)) for number in range(2)], tmp_path, seeds=1)
        for peak in (3.0, 4.0)
    )
    older = {path: path.read_bytes() for path in write_comparison(before, tmp_path / "out")}

    def full(descriptor: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(DiskFull):
        write_comparison(now, tmp_path / "out")
    assert {path: path.read_bytes() for path in (tmp_path / "out").iterdir()} == older


def test_a_comparison_never_leaves_json_that_only_python_reads(tmp_path: Path) -> None:
    runs = [SeedRun(0, 0, summary(mean_delay=math.nan)), SeedRun(1, 0, summary())]
    with pytest.raises(ValueError, match="not JSON compliant"):
        write_comparison(made(runs, tmp_path, seeds=1), tmp_path / "out")
    assert list((tmp_path / "out").iterdir()) == []


def test_a_comparison_with_failed_runs_says_so_and_ends_with_code_1(
    tiny_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from crowd import ensemble

    monkeypatch.setattr(ensemble, "run_task", _fail)
    result = crowd("compare", tiny_file, tiny_file, "--seeds", "1")
    assert result.exit_code == 1
    assert "tiny, seed 7: failed: RuntimeError: made to fail" in result.stderr


def _fail(task: SeedTask) -> None:
    raise RuntimeError("made to fail")
