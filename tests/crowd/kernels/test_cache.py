"""Compiled kernels are not used any more once any of their sources has changed."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import crowd.kernels as kernels

SOURCES = Path(kernels.__file__).parent


def test_a_change_in_any_source_leads_to_another_folder(tmp_path: Path) -> None:
    copy = Path(shutil.copytree(SOURCES, tmp_path / "kernels", ignore=shutil.ignore_patterns("__pycache__")))
    before = kernels.cache_folder(copy)
    drive = copy / "drive.py"
    drive.write_text(drive.read_text().replace("0.025", "0.030"))
    assert kernels.cache_folder(copy) != before


@pytest.mark.parametrize("asked", [None, "elsewhere"])
def test_kernels_are_kept_in_that_folder_unless_another_is_asked_for(asked: str | None) -> None:
    others = {name: value for name, value in os.environ.items() if name != "NUMBA_CACHE_DIR"}
    program = "import crowd.kernels; from numba.core import config; print(config.CACHE_DIR)"
    environment = others if asked is None else {**others, "NUMBA_CACHE_DIR": asked}
    told = subprocess.run([sys.executable, "-c", program], env=environment, capture_output=True, text=True, check=True)
    assert told.stdout.strip() == (asked or str(kernels.cache_folder(SOURCES)))


def test_an_installation_nobody_may_write_to_keeps_its_kernels_elsewhere(tmp_path: Path) -> None:
    locked = tmp_path / "a file, so that nothing can be made in it"
    locked.touch()
    home = tmp_path / "home"
    assert kernels.first_writable((locked / "kernels", home)) == home
    own = kernels.first_writable((locked / "kernels",))
    assert own.is_dir()
    assert tmp_path not in own.parents
    own.rmdir()
