"""Compiled kernels compute what their Python says."""

import importlib
import os
import pkgutil
import subprocess
import sys
from pathlib import Path

import numpy as np
from numba.core.dispatcher import Dispatcher

from crowd import kernels
from tests.crowd.kernels.cases import CASES, results

MODULES = [importlib.import_module(f"crowd.kernels.{m.name}") for m in pkgutil.iter_modules(kernels.__path__)]


def test_each_kernel_equals_its_uncompiled_self(tmp_path: Path) -> None:
    file = tmp_path / "plain.npz"
    root = str(Path(__file__).parents[3])
    environment = {**os.environ, "NUMBA_DISABLE_JIT": "1", "PYTHONPATH": root}
    command = [sys.executable, "-m", "tests.crowd.kernels.cases", str(file)]
    subprocess.run(command, check=True, env=environment, cwd=root)
    plain = np.load(file)
    for name, array in results().items():
        np.testing.assert_allclose(array, plain[name], rtol=1e-9, atol=1e-12, err_msg=name)


def test_every_kernel_has_a_case() -> None:
    covered = {name for names in CASES for name in names.split()}
    kernels = {
        name
        for module in MODULES
        for name, item in vars(module).items()
        if isinstance(item, Dispatcher) and not name.startswith("_") and item.__module__ == module.__name__
    }
    assert kernels - covered == set()
