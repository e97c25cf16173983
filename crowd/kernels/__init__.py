"""Pure functions on arrays, compiled by numba: the physics of people in motion. They know no objects and no files.

Compiled kernels are kept in a folder named after all sources. Numba by itself looks only whether the file of a kernel
has changed, and would go on with what it took in from another file before that was changed. The folder is that of the
process: other code that numba compiles later in it is kept there too, unless NUMBA_CACHE_DIR names another.
"""

import atexit
import contextlib
import hashlib
import os
import shutil
import tempfile
from collections.abc import Iterable
from pathlib import Path

from numba.core import config


def cache_folder(sources: Path) -> Path:
    """Where the compiled kernels of a folder of sources belong: another place for other sources."""
    said = hashlib.sha256()
    for file in sorted(sources.glob("*.py")):
        said.update(file.name.encode() + b"\0" + file.read_bytes() + b"\0")
    return sources / "__pycache__" / said.hexdigest()[:16]


def first_writable(folders: Iterable[Path]) -> Path:
    """The first of some folders that can be made and written to, else one for this process alone."""
    for folder in folders:
        with contextlib.suppress(OSError):
            folder.mkdir(parents=True, exist_ok=True)
            tempfile.TemporaryFile(dir=folder).close()
            return folder
    own = Path(tempfile.mkdtemp(prefix="inpa-kernels-"))
    atexit.register(shutil.rmtree, own, ignore_errors=True)
    return own


if "NUMBA_CACHE_DIR" not in os.environ:
    _folder = cache_folder(Path(__file__).parent)
    # An installation for all users cannot be written to, and a service may have no home.
    _home = Path(os.path.expanduser("~"), ".cache", "inpa", _folder.name)
    os.environ["NUMBA_CACHE_DIR"] = str(first_writable((_folder, _home) if _home.is_absolute() else (_folder,)))
config.reload_config()  # numba has read its environment when it was imported
