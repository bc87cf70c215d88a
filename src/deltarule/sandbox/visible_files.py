"""What a sandbox sees of the file system: Python without packages, NumPy, system libraries."""

from __future__ import annotations

import os
import sys
import sysconfig
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from deltarule.errors import DeltaruleError

INSIDE, PACKAGES, SCRATCH = "/room/inside", "/room/packages", "/scratch"
_SYSTEM = ("/lib", "/lib64", "/usr/lib", "/usr/lib64", "/etc/ld.so.cache")
_DEVICES = ("/dev/null", "/dev/urandom", "/dev/random", "/dev/zero")
_START = "import sys; sys.path += {paths!r}; from inside.{entry} import start; start()"
#: All that a sandbox has in its environment when it starts; submissions have nothing.
ENVIRONMENT = {
    "LC_ALL": "C.UTF-8",
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
}


@dataclass(frozen=True)
class VisibleFiles:
    """`binds` are (outside, inside), all read-only; `covered` are folders shown empty."""

    python: str
    binds: tuple[tuple[str, str], ...]
    covered: tuple[str, ...]

    def command(self, paths: Sequence[str], entry: str, about: str, settings: str) -> list[str]:
        """What starts a process at a file of `inside`, with these folders to import from.

        `about` is what it is given besides its settings.
        """
        start = _START.format(paths=list(paths), entry=entry)
        return [self.python, "-I", "-S", "-B", "-c", start, about, settings]


def visible_files(packages: Iterable[str]) -> VisibleFiles:
    """What is seen, with these packages. Raises DeltaruleError where one is not installed."""
    python = os.path.realpath(getattr(sys, "_base_executable", None) or sys.executable)
    library = str(Path(sysconfig.get_paths(vars={"base": sys.base_prefix})["stdlib"]).parent)
    own = [python, *_outermost([os.path.realpath(library), *_SYSTEM])]
    if library not in own and not library.startswith(("/usr/lib", "/lib")):
        own.append(library)
    binds = [(path, path) for path in (*own, *_DEVICES) if os.path.exists(path)]
    binds.append((str(Path(__file__).parent / "inside"), INSIDE))
    binds += [pair for name in packages for pair in _package(name)]
    covered = [str(f) for path in own if os.path.isdir(path) for f in _site_folders(Path(path))]
    return VisibleFiles(python, tuple(dict.fromkeys(binds)), tuple(dict.fromkeys(covered)))


def _outermost(paths: Iterable[str]) -> list[str]:
    """These paths without those that lie in another."""
    found: list[str] = []
    for path in sorted(set(paths), key=len):
        if not any(path.startswith(f + "/") for f in found):
            found.append(path)
    return found


def _site_folders(library: Path) -> list[Path]:
    """Where packages are installed below a folder of libraries."""
    if library.is_symlink():
        return []
    found = [*library.glob("python*/site-packages"), *library.glob("python*/dist-packages")]
    return [f for f in found if f.is_dir() and not f.is_symlink()]


def _package(name: str) -> list[tuple[str, str]]:
    spec = find_spec(name)
    if spec is None or not spec.origin:
        raise DeltaruleError(
            f"the package {name} is not installed", "the sandbox", f"pip install {name}"
        )
    path = Path(spec.origin)
    path = path.parent if path.name == "__init__.py" else path
    libraries = path.with_name(f"{name}.libs")
    found = [path, libraries] if libraries.is_dir() else [path]
    return [(str(p), f"{PACKAGES}/{p.name}") for p in found]
