"""Compiled kernels are not used any more once any of their sources has changed."""

import os
import shutil
from pathlib import Path

import crowd.kernels as kernels

SOURCES = Path(kernels.__file__).parent


def test_a_change_in_any_source_leads_to_another_folder(tmp_path: Path) -> None:
    copy = Path(shutil.copytree(SOURCES, tmp_path / "kernels", ignore=shutil.ignore_patterns("__pycache__")))
    before = kernels.cache_folder(copy)
    drive = copy / "drive.py"
    drive.write_text(drive.read_text().replace("0.025", "0.030"))
    assert kernels.cache_folder(copy) != before


def test_kernels_are_kept_in_that_folder_unless_another_is_asked_for() -> None:
    assert Path(os.environ["NUMBA_CACHE_DIR"]) == kernels.cache_folder(SOURCES)
