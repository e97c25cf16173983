from __future__ import annotations

import errno
import json
import os
import shutil
import signal
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numba
import numpy as np
import pyarrow.parquet as pq
import pytest

from crowd.errors import DiskFull, Interrupted, RecordingError, ScenarioError
from crowd.population import Population
from crowd.recording import Recording
from crowd.recording.recorder import Recorder
from crowd.recording.run_directory import RunDirectory
from crowd.run import resume, run
from crowd.scenario import Scenario
from crowd.snapshot import Snapshot

Digests = Callable[[Path], dict[str, str]]


class PowerCut(BaseException):
    """The process is gone: nothing after it runs."""


def at(time: float, action: Callable[[], Any]) -> Callable[[Snapshot, Recorder], None]:
    """Return an observer that acts once, when the clock shows a time."""

    def observe(snapshot: Snapshot, recorder: Recorder) -> None:
        if snapshot.time == time:
            action()

    return observe


def cut_power() -> None:
    raise PowerCut


def broken_run(file: Path, *, time: float = 75.0) -> Path:
    """Run the scenario until the power fails, and return the directory."""
    out = file.parent / "broken"
    with pytest.raises(PowerCut):
        run(Scenario.read(file), out=out, observers=[at(time, cut_power)])
    return out


@pytest.fixture(scope="module")
def stopped(tmp_path_factory: pytest.TempPathFactory, tiny_run: Path) -> Path:
    """Directory of a run that broke off after its first checkpoint; copy before use."""
    folder = tmp_path_factory.mktemp("stopped")
    shutil.copy(tiny_run / "scenario.toml", folder / "tiny.toml")
    shutil.copy(tiny_run / "venue.geojson", folder / "venue.geojson")
    return broken_run(folder / "tiny.toml")


@pytest.fixture
def stopped_copy(stopped: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(stopped, tmp_path / "stopped"))


def test_a_run_killed_by_sigkill_and_resumed_has_the_bytes_of_an_unbroken_run(
    tiny_file: Path, tiny_run: Path, digests: Digests
) -> None:
    script = """if True:
        import os, signal, sys
        from crowd.run import run
        from crowd.scenario import Scenario
        def die(snapshot, recorder):
            if snapshot.time == 75.0:
                os.kill(os.getpid(), signal.SIGKILL)
        run(Scenario.read(sys.argv[1]), out=sys.argv[2], observers=[die])
        """
    out = tiny_file.parent / "killed"
    killed = subprocess.run([sys.executable, "-c", script, str(tiny_file), str(out)], timeout=300)
    assert killed.returncode == -signal.SIGKILL
    resume(out)
    assert digests(out) == digests(tiny_run)


def test_a_run_that_died_before_its_first_checkpoint_begins_again_to_the_same_bytes(
    tiny_file: Path, tiny_run: Path, digests: Digests
) -> None:
    out = broken_run(tiny_file, time=30.0)
    resume(out)
    assert digests(out) == digests(tiny_run)


def test_a_run_that_died_between_two_tables_of_a_part_resumes_to_the_same_bytes(
    tiny_file: Path, tiny_run: Path, digests: Digests, monkeypatch: pytest.MonkeyPatch
) -> None:
    replace = os.replace

    def replace_until_second_part(source: Path, target: Path) -> None:
        if target.name == "part-00001.parquet" and target.parent.name == "fields":
            raise PowerCut
        replace(source, target)

    out = tiny_file.parent / "broken"
    with monkeypatch.context() as patch:
        patch.setattr(os, "replace", replace_until_second_part)
        with pytest.raises(PowerCut):
            run(Scenario.read(tiny_file), out=out)
    assert (out / "lines" / "part-00001.parquet").exists()
    resume(out)
    assert digests(out) == digests(tiny_run)


def test_a_run_that_died_before_its_manifest_said_completed_resumes_to_the_same_bytes(
    tiny_file: Path, tiny_run: Path, digests: Digests, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tiny_file.parent / "broken"
    with monkeypatch.context() as patch:
        patch.setattr(RunDirectory, "write_manifest", _only_first(RunDirectory.write_manifest))
        with pytest.raises(PowerCut):
            run(Scenario.read(tiny_file), out=out)
    resume(out)
    assert digests(out) == digests(tiny_run)


def _only_first(write: Callable[..., None]) -> Callable[..., None]:
    def write_once(self: RunDirectory, manifest: Any) -> None:
        if manifest.completed:
            raise PowerCut
        write(self, manifest)

    return write_once


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_stop_request_between_ticks_leaves_a_run_that_resumes_to_the_same_bytes(
    number: signal.Signals, tiny_file: Path, tiny_run: Path, digests: Digests
) -> None:
    out = tiny_file.parent / "stopped"
    with pytest.raises(Interrupted, match=r"^interrupted at 75\.\d s; go on with: crowd resume .*stopped$"):
        run(Scenario.read(tiny_file), out=out, observers=[at(75.0, lambda: signal.raise_signal(number))])
    resume(out)
    assert digests(out) == digests(tiny_run)


def test_stop_requests_are_ordinary_again_after_a_run(tiny_file: Path) -> None:
    before = signal.getsignal(signal.SIGINT)
    run(Scenario.read(tiny_file), out=tiny_file.parent / "out", until=1.0)
    assert signal.getsignal(signal.SIGINT) is before


def full_disk(after: int) -> Callable[[int], None]:
    """Return an fsync that finds no room from its n-th call on."""
    calls = 0

    def fsync(handle: int) -> None:
        nonlocal calls
        calls += 1
        if calls > after:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    return fsync


def test_a_disk_that_fills_up_leaves_a_run_that_resumes_to_the_same_bytes(
    tiny_file: Path, tiny_run: Path, digests: Digests, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tiny_file.parent / "full"
    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", full_disk(after=24))
        with pytest.raises(DiskFull, match=r"no room left .* crowd resume .*full$"):
            run(Scenario.read(tiny_file), out=out)
    resume(out)
    assert digests(out) == digests(tiny_run)


def test_no_room_found_by_arrow_while_writing_is_a_full_disk(tiny_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def write_table(*args: Any, **options: Any) -> None:
        raise OSError(errno.ENOSPC, "Error writing bytes to file")

    monkeypatch.setattr(pq.ParquetWriter, "write_table", write_table)
    with pytest.raises(DiskFull):
        run(Scenario.read(tiny_file), out=tiny_file.parent / "full", until=61.0)


def test_a_disk_without_room_for_the_first_file_leaves_no_directory(
    tiny_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "fsync", full_disk(after=0))
    with pytest.raises(DiskFull):
        run(Scenario.read(tiny_file), out=tiny_file.parent / "full")
    assert not (tiny_file.parent / "full").exists()


def test_one_thread_and_two_give_the_same_bytes(tiny_file: Path, tiny_run: Path, digests: Digests) -> None:
    most = numba.config.NUMBA_NUM_THREADS  # type: ignore[attr-defined]
    if most < 2:
        pytest.skip("one processor")
    for threads in (1, 2):
        run(Scenario.read(tiny_file), out=tiny_file.parent / str(threads), threads=threads)
    numba.set_num_threads(most)
    one, two = digests(tiny_file.parent / "1"), digests(tiny_file.parent / "2")
    assert one == two == digests(tiny_run)


def test_another_seed_gives_other_bytes(tiny_file: Path, tiny_run: Path, digests: Digests) -> None:
    run(Scenario.read(tiny_file).with_seed(8), out=tiny_file.parent / "other", until=60.0)
    part = "people/part-00000.parquet"
    assert digests(tiny_file.parent / "other")[part] != digests(tiny_run)[part]


def test_resuming_a_completed_run_writes_nothing(tiny_run: Path, tmp_path: Path) -> None:
    copy = Path(shutil.copytree(tiny_run, tmp_path / "copy"))
    before = {file: file.stat().st_mtime_ns for file in copy.rglob("*")}
    assert resume(copy).manifest.completed
    assert {file: file.stat().st_mtime_ns for file in copy.rglob("*")} == before


def test_a_directory_that_holds_another_run_is_refused_and_left_as_it_is(
    tiny_file: Path, stopped_copy: Path, digests: Digests
) -> None:
    before = digests(stopped_copy)
    with pytest.raises(RecordingError, match="holds another run"):
        run(Scenario.read(tiny_file), out=stopped_copy)
    assert digests(stopped_copy) == before


def test_a_directory_that_holds_a_file_is_refused_and_left_as_it_is(tiny_file: Path, tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "letter.txt").write_text("mine")
    with pytest.raises(RecordingError, match="holds files"):
        run(Scenario.read(tiny_file), out=tmp_path / "out")
    assert [file.name for file in (tmp_path / "out").iterdir()] == ["letter.txt"]


def test_an_output_that_is_a_file_is_refused(tiny_file: Path) -> None:
    with pytest.raises(RecordingError, match="is a file"):
        run(Scenario.read(tiny_file), out=tiny_file)


def test_an_output_below_a_file_is_refused(tiny_file: Path) -> None:
    with pytest.raises(RecordingError, match="cannot be made"):
        run(Scenario.read(tiny_file), out=tiny_file / "below")


def test_an_empty_directory_may_be_used(tiny_file: Path, tmp_path: Path) -> None:
    (tmp_path / "한글 폴더").mkdir()
    assert run(Scenario.read(tiny_file), out=tmp_path / "한글 폴더", until=2.0).manifest.completed


@pytest.mark.parametrize(
    "wrong", [{"threads": 0}, {"threads": 10_000}, {"record": "all"}, {"until": 131.0}, {"until": 0.0}]
)
def test_an_option_that_cannot_be_used_leaves_nothing_behind(wrong: dict[str, Any], tiny_file: Path) -> None:
    with pytest.raises(ScenarioError):
        run(Scenario.read(tiny_file), out=tiny_file.parent / "out", **wrong)
    assert not (tiny_file.parent / "out").exists()


def test_a_tick_that_does_not_fit_the_half_second_of_the_tables_is_refused(tiny_file: Path) -> None:
    text = tiny_file.read_text(encoding="utf-8") + '\n[parameters]\n"steering.tick" = 0.04\n'
    tiny_file.write_text(text, encoding="utf-8")
    with pytest.raises(ScenarioError, match=r"steering\.tick"):
        run(Scenario.read(tiny_file), out=tiny_file.parent / "out")


def test_a_scenario_changed_after_the_run_began_is_refused(stopped_copy: Path) -> None:
    file = stopped_copy / "scenario.toml"
    file.write_text(file.read_text(encoding="utf-8").replace("seed = 7", "seed = 8"), encoding="utf-8")
    with pytest.raises(RecordingError, match=r"scenario\.toml was changed since the run began"):
        resume(stopped_copy)


def test_a_venue_changed_after_the_run_began_is_refused(stopped_copy: Path) -> None:
    file = stopped_copy / "venue.geojson"
    file.write_text(file.read_text(encoding="utf-8").replace('"middle"', '"centre"'), encoding="utf-8")
    with pytest.raises(RecordingError, match="was changed"):
        resume(stopped_copy)


def test_a_run_of_an_older_version_is_told_as_that_and_not_as_a_changed_scenario(stopped_copy: Path) -> None:
    arrays = dict(np.load(stopped_copy / "checkpoint"))
    with (stopped_copy / "checkpoint").open("wb") as file:
        np.savez(file, **{**arrays, "header": _header(arrays, schema_version=3)})
    manifest = json.loads((stopped_copy / "manifest.json").read_text(encoding="utf-8"))
    manifest["hashes"] |= dict.fromkeys(("scenario", "parameters"), "of other defaults")
    (stopped_copy / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    with pytest.raises(RecordingError, match=r"written by an older inpa \(schema 3\)"):
        resume(stopped_copy)


def test_people_cannot_be_restored_from_a_state_that_lacks_an_array() -> None:
    with pytest.raises(ValueError, match="'headway' is missing"):
        Population(2).restore({name: array for name, array in Population(2).state().items() if name != "headway"})


def test_a_missing_part_is_named(stopped_copy: Path) -> None:
    (stopped_copy / "lines" / "part-00000.parquet").unlink()
    with pytest.raises(RecordingError, match=r"lines/part-00000\.parquet is missing"):
        resume(stopped_copy)


def test_two_processes_cannot_write_into_one_run(stopped_copy: Path) -> None:
    with RunDirectory(stopped_copy).locked(), pytest.raises(RecordingError, match="is in use"):
        resume(stopped_copy)


def test_a_directory_without_a_run_cannot_be_resumed(tmp_path: Path) -> None:
    with pytest.raises(RecordingError, match="holds no run"):
        resume(tmp_path)


X = "model/people.x"
DAMAGES: dict[str, Callable[[dict[str, np.ndarray]], dict[str, Any]]] = {
    "an array is missing": lambda arrays: {k: v for k, v in arrays.items() if k != X},
    "an array is too short": lambda arrays: {**arrays, X: arrays[X][:3]},
    "an array is of another type": lambda arrays: {**arrays, X: arrays[X].astype("U8")},
    "the probes are others": lambda arrays: {**arrays, "recorder/recent": np.zeros((10, 3))},
    "the time is another": lambda arrays: {**arrays, "recorder/half_seconds": np.array(7)},
    "the header is no JSON": lambda arrays: {**arrays, "header": np.frombuffer(b"{", dtype=np.uint8)},
    "the header is a list": lambda arrays: {**arrays, "header": np.frombuffer(b"[1]", dtype=np.uint8)},
    "the part is negative": lambda arrays: {**arrays, "header": _header(arrays, part=-1)},
    "the part is another": lambda arrays: {**arrays, "header": _header(arrays, part=4)},
    "the version is later": lambda arrays: {**arrays, "header": _header(arrays, schema_version=5)},
    "it holds pickled objects": lambda arrays: {**arrays, X: np.array([print], dtype=object)},
}


def _header(arrays: dict[str, np.ndarray], **changes: Any) -> np.ndarray:
    header = {**json.loads(arrays["header"].tobytes()), **changes}
    return np.frombuffer(json.dumps(header).encode(), dtype=np.uint8)


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_checkpoint_with_something_wrong_is_refused_in_one_line(damage: str, stopped_copy: Path) -> None:
    path = stopped_copy / "checkpoint"
    arrays = dict(np.load(path))
    with path.open("wb") as file:
        np.savez(file, **DAMAGES[damage](arrays))
    with pytest.raises(RecordingError) as raised:
        resume(stopped_copy)
    assert "\n" not in str(raised.value)


@pytest.mark.parametrize("length", [0, 1, 100, 5000, -1])
def test_a_truncated_checkpoint_is_refused_in_one_line(length: int, stopped_copy: Path) -> None:
    path = stopped_copy / "checkpoint"
    path.write_bytes(path.read_bytes()[:length])
    with pytest.raises(RecordingError, match="is damaged") as raised:
        resume(stopped_copy)
    assert "\n" not in str(raised.value)


def test_a_checkpoint_that_unpacks_to_more_than_itself_is_refused(stopped_copy: Path) -> None:
    with zipfile.ZipFile(stopped_copy / "checkpoint", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("header.npy", bytes(1_000_000))
    with pytest.raises(RecordingError, match="is damaged"):
        resume(stopped_copy)


@pytest.mark.parametrize("share", [0.1, 0.3, 0.5, 0.7, 0.9])
def test_a_flipped_bit_in_a_checkpoint_is_noticed_or_changes_nothing(
    share: float, stopped_copy: Path, tiny_run: Path, digests: Digests
) -> None:
    path = stopped_copy / "checkpoint"
    data = bytearray(path.read_bytes())
    data[int(share * len(data))] ^= 1
    path.write_bytes(bytes(data))
    # Some bytes of the archive, like an entry's date, mean nothing.
    noticed = False
    try:
        resume(stopped_copy)
    except RecordingError:
        noticed = True
    assert noticed or digests(stopped_copy) == digests(tiny_run)


def test_a_run_without_its_checkpoint_begins_again_to_the_same_bytes(
    stopped_copy: Path, tiny_run: Path, digests: Digests
) -> None:
    (stopped_copy / "checkpoint").unlink()
    resume(stopped_copy)
    assert digests(stopped_copy) == digests(tiny_run)


@pytest.mark.parametrize(
    "text",
    ["", "no JSON", "[]", "{}", "null", '{"schema_version": 2}', "[" * 100_000, "\x00", '{"duration": NaN}'],
    ids=["empty", "text", "list", "no members", "null", "later version", "deep", "zero byte", "NaN"],
)
def test_a_damaged_manifest_is_refused_in_one_line(text: str, stopped_copy: Path) -> None:
    (stopped_copy / "manifest.json").write_text(text)
    with pytest.raises(RecordingError, match=r"manifest\.json") as raised:
        resume(stopped_copy)
    assert "\n" not in str(raised.value)


@pytest.mark.parametrize(
    "change",
    [
        {"threads": 0},
        {"duration": -1.0},
        {"record": "all"},
        {"completed": "perhaps"},
        {"levels": 3},
        {"start": "yesterday"},
        {"start": "9999-12-31T23:59:59+00:00"},
        {"simulated_seconds": 1e12},
        {"force_range": {"low": 1.0, "high": {}}},
    ],
)
def test_a_manifest_with_a_wrong_member_is_refused_in_one_line(change: dict[str, Any], stopped_copy: Path) -> None:
    path = stopped_copy / "manifest.json"
    path.write_text(json.dumps({**json.loads(path.read_text(encoding="utf-8")), **change}))
    with pytest.raises(RecordingError, match=next(iter(change))) as raised:
        resume(stopped_copy)
    assert "\n" not in str(raised.value)


def test_a_run_that_broke_off_can_be_read_up_to_its_checkpoint(stopped: Path) -> None:
    recording = Recording(stopped)
    assert recording.times[-1] == recording.manifest.simulated_seconds == 60.0


def test_a_run_resumed_with_another_library_version_says_so(stopped_copy: Path) -> None:
    path = stopped_copy / "manifest.json"
    manifest = json.loads(path.read_text(encoding="utf-8"))
    manifest["versions"]["numba"] = "0.1"
    path.write_text(json.dumps(manifest), encoding="utf-8")
    assert any("numba" in warning for warning in resume(stopped_copy).manifest.warnings)


def test_without_people_recorded_everything_else_has_the_same_bytes(
    tiny_file: Path, tiny_run: Path, digests: Digests
) -> None:
    out = tiny_file.parent / "fields"
    run(Scenario.read(tiny_file), out=out, record="fields")
    assert digests(out) == {k: v for k, v in digests(tiny_run).items() if not k.startswith("people/")}


def test_the_public_name_run_is_the_function_even_after_its_module_was_imported() -> None:
    import crowd
    import crowd.run

    assert crowd.run is run


def test_a_run_ended_early_is_complete_and_has_the_bytes_of_a_run_until_then(
    tiny_file: Path, tmp_path: Path, digests: Callable[[Path], dict[str, str]]
) -> None:
    seen: list[float] = []
    scenario = Scenario.read(tiny_file)
    ended = run(
        scenario,
        out=tmp_path / "ended",
        observers=[lambda snapshot, _: seen.append(snapshot.time)],
        end_now=lambda: seen[-1] > 63.2,
    )
    assert (ended.manifest.completed, ended.manifest.simulated_seconds, seen[-1]) == (True, 64.0, 64.0)
    run(scenario, out=tmp_path / "until", until=64.0)
    assert digests(tmp_path / "ended") == digests(tmp_path / "until")
    assert resume(tmp_path / "ended").manifest.simulated_seconds == 64.0


@pytest.mark.parametrize("name", ["scenario.toml", "venue.geojson"])
def test_what_was_edited_beside_the_tables_is_not_taken_for_what_was_run(name: str, stopped_copy: Path) -> None:
    path = stopped_copy / name
    path.write_text(path.read_text(encoding="utf-8") + "\n", encoding="utf-8")
    recording = Recording(stopped_copy)
    with pytest.raises(RecordingError, match=rf"{name} was changed since the run began"):
        _ = recording.scenario if name == "scenario.toml" else recording.venue
