"""Pure functions on arrays, compiled by numba: the physics of people in motion. They know no objects and no files.

Compiled kernels are kept in a folder named after all sources. Numba by itself looks only whether the file of a kernel
has changed, and would go on with what it took in from another file before that was changed. The folder is that of the
process: other code that numba compiles later in it is kept there too, unless NUMBA_CACHE_DIR names another.
"""

import hashlib
import os
from pathlib import Path

from numba.core import config


def cache_folder(sources: Path) -> Path:
    """Where the compiled kernels of a folder of sources belong: another place for other sources."""
    said = hashlib.sha256()
    for file in sorted(sources.glob("*.py")):
        said.update(file.name.encode() + b"\0" + file.read_bytes() + b"\0")
    return sources / "__pycache__" / said.hexdigest()[:16]


os.environ.setdefault("NUMBA_CACHE_DIR", str(cache_folder(Path(__file__).parent)))
config.reload_config()  # numba has read its environment when it was imported
