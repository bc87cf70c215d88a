"""The cache folder: kernels as files named by their content, and a manifest to find them by.

Files are written beside their place and then linked into it, so that other processes see all of
a file or nothing, and a kernel that is there is never touched: Numba's own cache goes by the
time of its last change. Nothing here needs SymPy.
"""

from __future__ import annotations

import hashlib
import json
import os
import sys
import tempfile
from pathlib import Path

from deltarule.notation.errors import DeltaruleError


def folder(given: str | Path | None = None) -> Path:
    """The cache folder: the one given, else DELTARULE_CACHE, else the user's usual one.

    Raises DeltaruleError where it cannot be made.
    """
    chosen = Path(given or os.environ.get("DELTARULE_CACHE") or _usual()).expanduser().absolute()
    try:
        (chosen / "kernels").mkdir(parents=True, exist_ok=True)
        (chosen / "manifest").mkdir(exist_ok=True)
    except OSError as error:
        raise DeltaruleError(
            f"the cache folder cannot be made: {error.strerror}",
            str(chosen),
            "set DELTARULE_CACHE to a folder that you may write to",
        ) from None
    return chosen


def _usual() -> Path:
    if sys.platform == "win32":
        base = os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local"
    elif sys.platform == "darwin":
        base = Path.home() / "Library" / "Caches"
    else:
        base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(base) / "deltarule"


def fingerprint(*parts: str | bytes) -> str:
    """A short hash of some texts."""
    digest = hashlib.sha256()
    for part in parts:
        data = part.encode() if isinstance(part, str) else part
        digest.update(len(data).to_bytes(8, "little") + data)
    return digest.hexdigest()[:20]


def sources(*folders: Path) -> str:
    """A fingerprint of the Python files in some folders, by name, size and time of change."""
    told = []
    for place in folders:
        for path in sorted(place.glob("*.py")):
            state = path.stat()
            told.append(f"{path} {state.st_size} {state.st_mtime_ns}")
    return fingerprint(*told)


def module_name(stem: str) -> str:
    """What the module of a kept file is called."""
    return f"deltarule_kernel_{stem}"


def keep_kernel(cache: Path, stem: str, text: str) -> Path:
    """The file that holds a text, written if it is not there; its stem tells the text's hash."""
    path = cache / "kernels" / f"{stem}.py"
    if not _holds(path, text):
        _put(path, text, keep=not path.exists())
    return path


def find(cache: Path, key: str) -> dict | None:
    """What the manifest says under a key; None where that is missing, damaged or gone."""
    try:
        entry = json.loads((cache / "manifest" / f"{key}.json").read_text(encoding="utf-8"))
        path = Path(entry["file"])
        there = all(Path(file).is_file() for file in (path, *entry["needs"]))
        return entry if there and path.stem.endswith(entry["hash"]) else None
    except (OSError, ValueError, KeyError, TypeError):
        return None


def record(cache: Path, key: str, entry: dict) -> None:
    """Write an entry of the manifest."""
    _put(cache / "manifest" / f"{key}.json", json.dumps(entry, indent=1), keep=False)


def _holds(path: Path, text: str) -> bool:
    try:
        return path.read_text(encoding="utf-8") == text
    except (OSError, UnicodeDecodeError):
        return False


def _put(path: Path, text: str, keep: bool) -> None:
    """Write a file in one step; with `keep`, another process that was first wins.

    Raises DeltaruleError where the folder takes no files.
    """
    try:
        _write(path, text, keep)
    except OSError as error:
        raise DeltaruleError(
            f"the cache folder cannot be written: {error.strerror}",
            str(path.parent),
            "set DELTARULE_CACHE to a folder that you may write to",
        ) from None


def _write(path: Path, text: str, keep: bool) -> None:
    handle, name = tempfile.mkstemp(prefix=f".{path.stem}.", suffix=".part", dir=path.parent)
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as stream:
            stream.write(text)
        if not keep or not _linked(name, path):
            os.replace(name, path)
            return
        os.unlink(name)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def _linked(name: str, path: Path) -> bool:
    """Whether the file is in its place now; False where the file system has no links."""
    try:
        os.link(name, path)
    except FileExistsError:
        return True
    except OSError:
        return False
    return True
