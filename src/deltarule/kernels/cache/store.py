"""The cache folder: kernels as files named by their content, and a manifest to find them by.

Files are written beside their place and then linked into it, so that other processes see all of
a file or nothing, and a kernel that is there is never touched: Numba's own cache goes by the
time of its last change. Nothing here needs SymPy.
"""

from __future__ import annotations

import functools
import json
import os
import sys
import tempfile
from pathlib import Path

from deltarule.errors import DeltaruleError
from deltarule.kernels.cache.fallback import temporary, usable
from deltarule.kernels.cache.held_texts import hold
from deltarule.signed_files import fingerprint


def folder(given: str | Path | None = None) -> Path:
    """The cache folder: the one given, else DELTARULE_CACHE, else the user's usual one.

    Where it cannot be made, a temporary one with a warning. Raises DeltaruleError where there is
    no room for that either.
    """
    chosen = Path(given or os.environ.get("DELTARULE_CACHE") or _usual()).expanduser().absolute()
    place = usable(chosen)
    try:
        return _made(place)
    except OSError as error:
        return instead_of(place, error)


def instead_of(place: Path, error: OSError) -> Path:
    """A temporary cache folder, with a warning. Raises DeltaruleError where there is no room."""
    try:
        return _made(temporary(place, error))
    except OSError as worse:
        raise DeltaruleError(
            f"no folder takes the kernel: {worse.strerror or worse}",
            str(place),
            "make room, or set DELTARULE_CACHE to a folder that you may write to",
        ) from None


def _made(place: Path) -> Path:
    (place / "kernels").mkdir(parents=True, exist_ok=True)
    (place / "manifest").mkdir(exist_ok=True)
    return place


def _usual() -> Path:
    if sys.platform == "win32":
        base = os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local"
    elif sys.platform == "darwin":
        base = Path.home() / "Library" / "Caches"
    else:
        base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(base) / "deltarule"


@functools.cache
def sources(home: Path) -> str:
    """A fingerprint of all Python files below a folder, by name, size and time of change.

    It is taken once a process: what a process has imported does not change any more.
    """
    states = ((path, os.stat(path)) for path in source_files(home))
    return fingerprint(*(f"{path} {s.st_size} {s.st_mtime_ns}" for path, s in states))


def source_files(home: Path) -> list[str]:
    """The paths of all Python files below a folder, in folders of folders and behind links too."""
    found = []
    for place, folders, names in os.walk(home, followlinks=True):
        folders.sort()
        found += [f"{place}/{name}" for name in sorted(names) if name.endswith(".py")]
    return found


def module_name(stem: str) -> str:
    """What the module of a kept file is called."""
    return f"deltarule_kernel_{stem}"


def keep_kernel(cache: Path, stem: str, text: str) -> Path:
    """The file that holds a text, written if it is not there; its stem tells the text's hash.

    Raises OSError where the folder takes no files.
    """
    path = cache / "kernels" / f"{stem}.py"
    if not _holds(path, text):
        write_whole(path, text, keep=not path.exists())
    hold(path, text.encode())
    return path


def find(cache: Path, key: str) -> dict | None:
    """What the manifest says under a key; None where that is missing, damaged or gone."""
    try:
        entry = json.loads((cache / "manifest" / f"{key}.json").read_text(encoding="utf-8"))
        files = [*map(Path, entry["needs"]), Path(entry["file"])]
        same = all(fingerprint(Path(f).read_bytes()) == h for f, h in entry["read"].items())
        return entry if same and all(map(sound, files)) else None
    except (OSError, ValueError, KeyError, TypeError):
        return None


def sound(path: Path) -> bool:
    """Whether a kernel's file holds the text whose hash its name ends with; then we hold it too."""
    text = path.read_bytes()
    if path.stem.rpartition("_")[2] != fingerprint(text):
        return False
    hold(path, text)
    return True


def record(cache: Path, key: str, entry: dict) -> None:
    """Write an entry of the manifest. Raises OSError where the folder takes no files."""
    write_whole(cache / "manifest" / f"{key}.json", json.dumps(entry, indent=1))


def _holds(path: Path, text: str) -> bool:
    try:
        return path.read_text(encoding="utf-8") == text
    except (OSError, UnicodeDecodeError):
        return False


def write_whole(path: Path, text: str | bytes, keep: bool = False) -> None:
    """Write a file in one step; with `keep`, another process that was first wins.

    Nobody waits for the disk: whoever reads a file that is kept here tests its fingerprint.
    """
    data = text.encode() if isinstance(text, str) else text
    handle, name = tempfile.mkstemp(prefix=f".{path.stem}.", suffix=".part", dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(data)
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
