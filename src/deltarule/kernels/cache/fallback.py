"""A temporary cache folder in place of one that takes no files; it is said once."""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
import warnings
from pathlib import Path

_instead: dict[Path, Path] = {}


def usable(chosen: Path) -> Path:
    """The folder, or what this process has in its place."""
    return _instead.get(chosen, chosen)


def temporary(chosen: Path, error: OSError) -> Path:
    """A folder for this process in place of one that takes no files, with a warning.

    Raises OSError where there is no room for a temporary one either.
    """
    if chosen in _instead:
        return _instead[chosen]
    made = _instead[chosen] = Path(tempfile.mkdtemp(prefix="deltarule-"))
    atexit.register(_remove, made, os.getpid())
    warnings.warn(
        f"the cache folder {chosen} takes no files ({error.strerror or error}): kernels are "
        f"compiled anew in every process, in {made}; set DELTARULE_CACHE to a folder that you "
        "may write to",
        RuntimeWarning,
        stacklevel=2,
    )
    return made


def _remove(folder: Path, owner: int) -> None:
    """A child that was forked leaves the folder to its parent."""
    if os.getpid() == owner:
        shutil.rmtree(folder, ignore_errors=True)
