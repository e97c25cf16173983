from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from crowd.cli import app
from crowd.command_line import command_inputs, terminal
from crowd.command_line.demo import Plan, run_side_by_side
from crowd.errors import DiskFull, Interrupted
from tests.conftest import TINY, write_tiny
from venues import names, to_geojson, write_venue
from venues.shapes import corridor

SUMMARY = {
    "scenario", "seed", "simulated_seconds", "wall_seconds", "people_entered", "people_left", "people_inside",
    "peak_density", "peak_density_at", "highest_level", "first_time_of_level", "exposure_person_seconds",
    "peak_contact_force", "crowd_pressure_peak", "gridlock", "people_expected", "people_waiting_outside",
    "people_diverted", "mean_delay", "run_dir", "warnings",
}  # fmt: skip
Digests = Callable[[Path], dict[str, str]]


def crowd(*words: str | Path) -> Result:
    """Run a command in this process."""
    return CliRunner().invoke(app, [str(word) for word in words])


def files(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*"))


def assert_refused(result: Result, *, naming: str) -> None:
    """Check for exit code 2, nothing on stdout, and one line on stderr that names the thing."""
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.count("\n") == 1
    assert naming in result.stderr


def test_help_needs_neither_numba_nor_pandas_nor_matplotlib() -> None:
    script = (
        "import sys; from typer.testing import CliRunner; from crowd.cli import app;"
        "CliRunner().invoke(app, ['--help']);"
        "print([m for m in ('numba', 'pandas', 'matplotlib', 'pyarrow', 'scipy') if m in sys.modules])"
    )
    found = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "[]"


def _break(monkeypatch: pytest.MonkeyPatch, error: Exception) -> Result:
    def broken(name: str) -> None:
        raise error

    monkeypatch.setattr("venues.load_venue", broken)
    return crowd("venue", "check", "itaewon-alley", "--lang", "ko")


def test_a_fault_of_the_program_is_told_as_one_with_the_lines_to_report(monkeypatch: pytest.MonkeyPatch) -> None:
    result = _break(monkeypatch, KeyError("somewhere"))
    *lines, last = result.stderr.splitlines()
    assert (result.exit_code, result.stdout) == (70, "")
    assert "KeyError: 'somewhere'" in lines[-1]
    assert last.startswith("crowd: inpa 프로그램 자체의 오류입니다.")


def test_too_little_memory_is_told_in_one_line_without_lines_of_code(monkeypatch: pytest.MonkeyPatch) -> None:
    result = _break(monkeypatch, MemoryError())
    assert (result.exit_code, result.stderr.count("\n")) == (70, 1)
    assert result.stderr.startswith("crowd: 메모리가 부족합니다.")


@pytest.mark.parametrize("words", [[], ["--help"], ["venue"], ["scenario"], ["run", "--help"]])
def test_help_is_shown_where_nothing_is_asked_for(words: list[str]) -> None:
    result = crowd(*words)
    assert (result.exit_code, result.stdout.startswith("Usage:")) == (0, True)


def test_venues_as_json_lists_every_shipped_venue() -> None:
    assert [entry["name"] for entry in json.loads(crowd("venues", "--json").stdout)] == names()


def test_scenarios_as_json_name_their_venues() -> None:
    found = {entry["name"]: entry["venue"] for entry in json.loads(crowd("scenarios", "--json").stdout)}
    alley = dict.fromkeys(("itaewon-one-way", "itaewon-two-way"), "itaewon-alley")
    assert {**alley, "plaza-concert": "festival-plaza"}.items() <= found.items()
    assert set(found.values()) <= set(names())


def test_schema_is_one_json_schema_of_the_scenario_file() -> None:
    assert "demand" in json.loads(crowd("schema").stdout)["properties"]


def test_a_venue_without_errors_passes_its_check() -> None:
    assert crowd("venue", "check", "itaewon-alley").exit_code == 0


def test_a_venue_with_an_error_fails_its_check_and_names_it(tmp_path: Path) -> None:
    document = to_geojson(corridor())
    for feature in document["features"]:
        if feature["properties"]["kind"] == "zone":
            feature["properties"]["kinds"] = ["exit"]
    (tmp_path / "no-source.geojson").write_text(json.dumps(document), encoding="utf-8")
    result = crowd("venue", "check", tmp_path / "no-source.geojson", "--json")
    problems = json.loads(result.stdout)["problems"]
    assert (result.exit_code, problems[0]["severity"]) == (1, "error")


def test_a_venue_is_drawn_into_the_file_that_was_named(tmp_path: Path) -> None:
    assert crowd("venue", "show", "itaewon-alley", "--out", tmp_path / "map.png").exit_code == 0
    assert (tmp_path / "map.png").read_bytes().startswith(b"\x89PNG")


def test_run_as_json_prints_one_document_with_the_promised_members(tiny_file: Path) -> None:
    result = crowd("run", tiny_file, "--until", "10 s", "--out", tiny_file.parent / "out", "--json")
    assert set(json.loads(result.stdout)) >= SUMMARY


def test_nobody_is_dropped_between_expected_entered_and_waiting(tiny_file: Path) -> None:
    result = crowd("run", tiny_file, "--until", "60 s", "--out", tiny_file.parent / "out", "--json")
    summary = json.loads(result.stdout)
    assert summary["people_expected"] == summary["people_entered"] + summary["people_waiting_outside"]
    assert summary["people_entered"] == summary["people_left"] + summary["people_inside"]


@pytest.mark.parametrize("until", ["20 s", "20", "21:50:20", "2022-10-29T21:50:20+09:00"])
def test_until_is_understood_as_duration_seconds_and_clock_time(until: str, tiny_file: Path) -> None:
    result = crowd("run", tiny_file, "--until", until, "--out", tiny_file.parent / "out", "--json")
    assert json.loads(result.stdout)["simulated_seconds"] == 20.0


def test_the_seed_of_the_command_line_stands_before_the_scenario_s(tiny_file: Path) -> None:
    out = tiny_file.parent / "out"
    result = crowd("run", tiny_file, "--until", "5 s", "--seed", "99", "--out", out, "--json")
    assert json.loads(result.stdout)["seed"] == 99


def test_a_run_without_a_directory_goes_into_a_new_one_under_runs(
    tiny_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tiny_file.parent)
    run_dir = json.loads(crowd("run", "tiny.toml", "--until", "5 s", "--json").stdout)["run_dir"]
    assert run_dir.startswith("runs/tiny-seed7-")
    assert (tiny_file.parent / run_dir / "manifest.json").exists()


def test_a_name_that_is_no_file_name_gives_a_directory_that_is_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = write_tiny(tmp_path, text=TINY.replace('name = "tiny"', 'name = "../<축제> & more"', 1))
    monkeypatch.chdir(tmp_path)
    run_dir = json.loads(crowd("run", file, "--until", "5 s", "--json").stdout)["run_dir"]
    assert run_dir.startswith("runs/축제-more-seed7-")


def test_a_path_with_spaces_and_hangul_works(tmp_path: Path) -> None:
    folder = tmp_path / "이태원 골목"
    folder.mkdir()
    file = write_tiny(folder, name="시나리오 1.toml")
    result = crowd("run", file, "--until", "5 s", "--out", folder / "결과 1")
    assert (result.exit_code, (folder / "결과 1" / "manifest.json").exists()) == (0, True)


BAD_RUNS = {
    "an unknown scenario": (["run", "itaewon-twoway"], "itaewon-twoway"),
    "a scenario file that is not there": (["run", "nowhere.toml"], "nowhere.toml"),
    "a scenario that is no TOML": (["run", "broken.toml"], "broken.toml"),
    "an unknown venue": (["run", "venue.toml"], "atlantis"),
    "an unknown zone": (["run", "zone.toml"], "wst"),
    "an unknown profile": (["run", "profile.toml"], "giants"),
    "an unknown measure": (["run", "measure.toml"], "teleport"),
    "a rate without unit": (["run", "unit.toml"], "12"),
    "a rate that is no number": (["run", "nan.toml"], "nan"),
    "a negative rate": (["run", "negative.toml"], "-12"),
    "an absurd rate": (["run", "absurd.toml"], "1e9"),
    "ten million people": (["run", "many.toml"], "10,000,000 people"),
    "an end after the end": (["run", "tiny.toml", "--until", "3 h"], "until"),
    "an end that is no time": (["run", "tiny.toml", "--until", "soon"], "soon"),
    "no thread": (["run", "tiny.toml", "--threads", "0"], "--threads 0"),
    "half a thread": (["run", "tiny.toml", "--threads", "0.5"], "--threads"),
    "a negative seed": (["run", "tiny.toml", "--seed", "-1"], "-1"),
    "an unknown record": (["run", "tiny.toml", "--record", "all"], "all"),
    "an unknown alert preset": (["run", "preset.toml"], "mars"),
    "an unknown option": (["run", "tiny.toml", "--sead", "3"], "--sead"),
    "no scenario": (["run"], "SCENARIO"),
    "an unknown command": (["fly"], "fly"),
    "a run to resume that is none": (["resume", "nowhere"], "nowhere"),
    "a run to report that is none": (["report", "nowhere"], "nowhere"),
    "an unknown language": (["report", "nowhere", "--lang", "fr"], "fr"),
    "an unknown venue to check": (["venue", "check", "atlantis"], "atlantis"),
    "a venue that is no JSON": (["venue", "check", "broken.geojson"], "broken.geojson"),
    "a picture of no known kind": (["venue", "show", "itaewon-alley", "--out", "map.txt"], "map.txt"),
    "a crowd nobody can measure": (["bench", "--people", "0"], "--people 0"),
    "a density nobody can measure": (["bench", "--density", "nan"], "--density nan"),
}
CHANGED = {
    "venue.toml": ('"tiny.geojson"', '"atlantis"'),
    "zone.toml": ('source = "west"', 'source = "wst"'),
    "profile.toml": ('rate = "12/min"', 'rate = "12/min"\nprofile = "giants"'),
    "measure.toml": ("[[journeys]]", '[[measures]]\nkind = "teleport"\n\n[[journeys]]'),
    "unit.toml": ('"12/min"', "12"),
    "nan.toml": ('"12/min"', '"nan/min"'),
    "negative.toml": ('"12/min"', '"-12/min"'),
    "absurd.toml": ('"12/min"', '"1e9/min"'),
    "many.toml": ('rate = "12/min"', 'people = 10000000\nat = "10 s"'),
    "preset.toml": ("seed = 7", 'seed = 7\nalert_preset = "mars"'),
}


@pytest.mark.parametrize("case", BAD_RUNS)
def test_bad_input_is_one_line_and_exit_code_2_and_nothing_is_written(
    case: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_tiny(tmp_path)
    for name, (old, new) in CHANGED.items():
        write_tiny(tmp_path, name=name, text=TINY.replace(old, new, 1))
    for name in ("broken.toml", "broken.geojson"):
        (tmp_path / name).write_text("= { nothing", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    before = files(tmp_path)
    words, naming = BAD_RUNS[case]
    assert_refused(crowd(*words), naming=naming)
    assert files(tmp_path) == before


def test_a_directory_that_holds_another_run_is_refused_in_one_line(tiny_file: Path, tiny_run: Path) -> None:
    assert_refused(crowd("run", tiny_file, "--out", tiny_run), naming="holds another run")


@pytest.mark.parametrize("words", [["validate", "--case", "rimea-01"], ["report", "RUN"]], ids=lambda words: words[0])
def test_results_are_not_written_over_what_something_else_wrote(
    words: list[str], tiny_run: Path, tmp_path: Path
) -> None:
    words = [str(tiny_run) if word == "RUN" else word for word in words]
    for name in ("report.html", "VALIDATION.md"):
        (tmp_path / name).write_text("mine", encoding="utf-8")
    assert_refused(crowd(*words, "--out", tmp_path), naming="that crowd did not write")
    assert_refused(crowd(*words, "--out", tmp_path / "report.html"), naming="is no directory one can write to")
    assert_refused(crowd(*words, "--out", tiny_run / "people"), naming="which holds a run")


def test_a_folder_beside_a_run_that_is_written_by_way_of_it_is_no_folder_in_it(tiny_run: Path) -> None:
    assert crowd("report", tiny_run, "--out", tiny_run / ".." / "beside").exit_code == 0


def test_a_damaged_manifest_is_refused_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "manifest.json").write_text('{"schema_version": 1}', encoding="utf-8")
    assert_refused(crowd("resume", tmp_path), naming="manifest.json")


def test_a_stop_request_ends_with_130_and_one_line_that_says_how_to_go_on(
    tiny_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stop(*args: object, **options: object) -> None:
        raise Interrupted("interrupted at 3.0 s; go on with: crowd resume somewhere")

    monkeypatch.setattr(sys.modules["crowd.run"], "run", stop)
    result = crowd("run", tiny_file)
    assert (result.exit_code, result.stderr.count("\n")) == (130, 1)


def test_a_full_disk_ends_with_3_and_one_line(tiny_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fill(*args: object, **options: object) -> None:
        raise DiskFull("no room left on the disk")

    monkeypatch.setattr(sys.modules["crowd.run"], "run", fill)
    result = crowd("run", tiny_file)
    assert (result.exit_code, result.stderr.count("\n")) == (3, 1)


def test_a_completed_run_says_that_there_is_nothing_to_resume(tiny_run: Path) -> None:
    result = crowd("resume", tiny_run)
    assert result.exit_code == 0
    assert "nothing to resume" in result.stderr


def test_a_broken_run_is_resumed_by_the_command_to_the_same_bytes(
    tiny_file: Path, tiny_run: Path, digests: Digests
) -> None:
    out = tiny_file.parent / "out"
    script = """if True:
        import os, signal, sys
        from crowd.recording.recorder import Recorder
        observe = Recorder.observe
        def observe_and_ask(self, snapshot):
            observe(self, snapshot)
            if snapshot.time == 75.0:
                os.kill(os.getpid(), signal.SIGINT)
        Recorder.observe = observe_and_ask
        from crowd.cli import app
        app(["run", sys.argv[1], "--out", sys.argv[2]])
        """
    words = [sys.executable, "-c", script, str(tiny_file), str(out)]
    stopped = subprocess.run(words, capture_output=True, text=True, timeout=300)
    assert (stopped.returncode, "crowd resume" in stopped.stderr.splitlines()[-1]) == (130, True)
    assert crowd("resume", out).exit_code == 0
    assert digests(out) == digests(tiny_run)


def test_a_report_is_written_into_the_directory_of_the_run(tiny_file: Path) -> None:
    out = tiny_file.parent / "out"
    crowd("run", tiny_file, "--until", "20 s", "--out", out)
    pages = json.loads(crowd("report", out, "--lang", "ko", "--json").stdout)["reports"]
    assert pages == [str(out / "report.html")]
    assert (out / "report.html").exists()


def test_reports_of_two_runs_come_with_a_page_that_compares_them(tiny_file: Path) -> None:
    runs = [tiny_file.parent / name for name in ("one", "two")]
    for seed, out in enumerate(runs):
        crowd("run", tiny_file, "--until", "20 s", "--seed", str(seed), "--out", out)
    pages = crowd("report", *runs).stdout.split()
    assert pages == [str(folder / "report.html") for folder in (*runs, tiny_file.parent / "comparison")]
    before = files(tiny_file.parent)
    assert_refused(crowd("report", *runs, "--out", runs[0]), naming="holds a run")
    assert_refused(crowd("report", runs[0], "--out", runs[1]), naming="holds a run")
    assert files(tiny_file.parent) == before


def test_the_report_of_one_run_goes_where_it_is_told(tiny_file: Path) -> None:
    out, there = tiny_file.parent / "out", tiny_file.parent / "there"
    crowd("run", tiny_file, "--until", "20 s", "--out", out)
    assert crowd("report", out, "--out", there).stdout.split() == [str(there / "report.html")]
    assert ((there / "report.html").exists(), (out / "report.html").exists()) == (True, False)


def test_bench_as_json_gives_rows_with_person_seconds_per_second() -> None:
    rows = json.loads(crowd("bench", "--people", "200", "--threads", "1", "--json").stdout)
    assert all(row["person_seconds_per_second"] > 0 for row in rows)


def test_numbers_that_are_not_finite_are_null_in_json(capsys: pytest.CaptureFixture[str]) -> None:
    terminal.print_json({"a": float("nan"), "b": [float("inf"), 1.5]})
    assert json.loads(capsys.readouterr().out) == {"a": None, "b": [None, 1.5]}


def test_hangul_reaches_a_console_that_knows_only_ascii(tiny_file: Path) -> None:
    environment = {**os.environ, "PYTHONIOENCODING": "ascii", "LC_ALL": "C", "PYTHONUTF8": "0"}
    script = "import sys; from crowd.cli import app; app(['venues'])"
    found = subprocess.run([sys.executable, "-c", script], capture_output=True, env=environment, check=True)
    assert "이태원" in found.stdout.decode("utf-8")


def test_a_large_recording_is_announced(tiny_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(command_inputs, "LARGE", 1.0)
    result = crowd("run", tiny_file, "--until", "5 s", "--out", tiny_file.parent / "out")
    assert "--record fields" in result.stderr


def test_runs_side_by_side_have_the_bytes_of_a_run_alone(tiny_file: Path, tiny_run: Path, digests: Digests) -> None:
    folder = tiny_file.parent
    seen: set[int] = set()
    plans = [Plan(str(tiny_file), folder / name) for name in ("one", "two")]
    run_side_by_side(plans, show=lambda run, *told: seen.add(run))
    assert seen == {0, 1}
    assert digests(folder / "one") == digests(folder / "two") == digests(tiny_run)


def test_a_run_beside_another_that_fails_is_reported_with_its_reason(tiny_file: Path) -> None:
    folder = tiny_file.parent
    write_venue(corridor(), folder / "other.geojson")
    plans = [Plan(str(tiny_file), folder / "one", 2.0), Plan("no-such-scenario", folder / "two", 2.0)]
    with pytest.raises(ValueError, match="no-such-scenario"):
        run_side_by_side(plans, show=lambda *told: None)


def test_the_force_range_spans_all_variants_and_stays_with_the_run(tiny_run: Path, tmp_path: Path) -> None:
    run_dir = Path(shutil.copytree(tiny_run, tmp_path / "run"))
    found = json.loads(crowd("force-range", run_dir, "--json").stdout)
    peaks = [variant["contact_force"] for variant in found["variants"].values()]
    assert len(peaks) == 6
    assert (found["low"], found["high"]) == (min(peaks), max(peaks))
    assert json.loads((run_dir / "manifest.json").read_text())["force_range"] == found


def test_the_force_range_of_a_run_with_other_constants_is_refused(tiny_run: Path, tmp_path: Path) -> None:
    run_dir = Path(shutil.copytree(tiny_run, tmp_path / "run"))
    manifest = json.loads((run_dir / "manifest.json").read_text())
    manifest["hashes"]["parameters"] = "of other defaults"
    (run_dir / "manifest.json").write_text(json.dumps(manifest))
    assert_refused(crowd("force-range", run_dir), naming="run it again with this version")


def test_the_force_range_of_a_run_that_broke_off_is_refused(tiny_run: Path, tmp_path: Path) -> None:
    run_dir = Path(shutil.copytree(tiny_run, tmp_path / "run"))
    manifest = json.loads((run_dir / "manifest.json").read_text())
    (run_dir / "manifest.json").write_text(json.dumps({**manifest, "completed": False}))
    assert_refused(crowd("force-range", run_dir), naming="not complete")
