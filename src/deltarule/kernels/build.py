"""From a derivation's name and settings to its kernel's module, by way of the cache."""

from __future__ import annotations

import atexit
import importlib.util
import sys
import tempfile
import threading
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from importlib.abc import Loader
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

from deltarule.errors import DeltaruleError
from deltarule.kernels.cache import second_process, store, without_numba
from deltarule.kernels.cache.bytecode import CheckedLoader
from deltarule.kernels.cache.loading import quickly
from deltarule.kernels.freed_memory import keep_freed_memory
from deltarule.kernels.garbage import seldom_collected
from deltarule.language.catalogue import find

if TYPE_CHECKING:
    from deltarule.networks.network import Network


def module(
    name: str | Network,
    settings: Mapping,
    dtype: str,
    parallel: bool,
    cache: str | Path | None = None,
    progress: Callable[[str], None] | None = None,
    transforms: bool | None = None,
    unit: tuple[str, ...] = (),
    short: tuple[str, ...] = (),
) -> ModuleType:
    """The kernel's module, derived and written if the cache does not hold it yet.

    Its arrays have no axes of the sizes that are named `unit`; rows are short whose length sizes
    tell that are named `short`.
    """
    place = store.folder(cache)
    path = find(name) if isinstance(name, str) else Path(name.name)
    said = path.read_bytes() if isinstance(name, str) else _said(name)
    key = _key(path, said, settings, dtype, parallel, transforms, unit, short)
    entry, made = store.find(place, key), None
    if entry is None:
        if progress:
            progress(f"deriving {path.stem}")
        second_process.begin(dtype)
        what = str(path) if isinstance(name, str) else name
        made, read = _derived(what, settings, dtype, parallel, transforms, unit, short)
        try:
            entry = _written(place, key, path, made, read)
        except OSError as error:
            entry = _written(store.instead_of(place, error), key, path, made, read)
    second = second_process.running()
    keep_freed_memory()
    get = imported if made and (second is None or second.alone) else at_hand
    return get(Path(entry["file"]), progress, entry["needs"])


def source(
    name: str | Network,
    settings: Mapping,
    dtype: str = "float64",
    parallel: bool = False,
    transforms: bool | None = None,
) -> str:
    """The text of a kernel's file, which needs NumPy and Numba alone."""
    return _module(name, settings, dtype, parallel, transforms).text()


def _module(
    name: str | Network,
    settings: Mapping,
    dtype: str,
    parallel: bool,
    transforms: bool | None,
    unit: tuple[str, ...] = (),
    short: tuple[str, ...] = (),
):
    from deltarule.kernels.module.source import Module
    from deltarule.kernels.passes.program import program

    return Module(
        program(name, dict(settings)), dtype, parallel, transforms, unit=unit, short=short
    )


def _said(network: Network) -> str:
    """All that a network says: its text, and every node of its equations with its kind."""
    from sympy import preorder_traversal

    nodes = (n for e in network.equations for n in preorder_traversal(e.rhs))
    kinds = (f"{type(n).__name__} {len(n.args) if n.args else n}" for n in nodes)
    return "\n".join((repr(network), *kinds))


def _derived(
    name: str | Network,
    settings: Mapping,
    dtype: str,
    parallel: bool,
    transforms: bool | None,
    unit: tuple[str, ...],
    short: tuple[str, ...],
) -> tuple[tuple, dict[str, str]]:
    """The texts of a kernel's files, and fingerprints of the derivations that were read."""
    from deltarule.language.load import files_read

    with files_read() as read, seldom_collected():
        made = _module(name, settings, dtype, parallel, transforms, unit, short).files()
    return made, {str(file): store.fingerprint(file.read_bytes()) for file in read}


def _written(place: Path, key: str, path: Path, made: tuple, read: dict[str, str]) -> dict:
    """What the manifest says of a kernel, once its files are in the cache."""
    text, shared = made
    needs = [str(store.keep_kernel(place, stem, content)) for stem, content in shared]
    kept = store.keep_kernel(place, f"{path.stem}_{store.fingerprint(text)}", text)
    entry = {"file": str(kept), "needs": needs, "read": read, "derivation": str(path)}
    store.record(place, key, entry)
    return entry


def _key(
    path: Path,
    said: bytes | str,
    settings: Mapping,
    dtype: str,
    parallel: bool,
    transforms: bool | None,
    unit: tuple[str, ...],
    short: tuple[str, ...],
) -> str:
    """What a kernel is found by; `said` is the derivation's file, or all that a network says."""
    home = Path(__file__).resolve().parent.parent
    return store.fingerprint(
        said,
        str(path.resolve()) if isinstance(said, bytes) else path.name,
        repr(sorted((k, str(v)) for k, v in settings.items())),
        f"{dtype} {parallel} {transforms} {unit} {short} {sys.version_info[:2]}",
        store.sources(home),
    )


#: Held while a module is made: no other thread finds half of one.
_importing = threading.RLock()


def at_hand(
    path: Path, progress: Callable[[str], None] | None = None, needs: Sequence[str] = ()
) -> ModuleType:
    """A kernel's file as a module; without Numba, if that has not been imported yet."""
    usual = partial(imported, path, progress, needs)
    if not without_numba.possible():
        return usual()
    try:
        return without_numba.imported(path, needs, usual)
    except Exception:  # a file that does with Numba's names what nobody has thought of
        return usual()


def imported(
    path: Path, progress: Callable[[str], None] | None = None, needs: Sequence[str] = ()
) -> ModuleType:
    """A kernel's file as a module, after those that it needs; Numba reloads what it compiled."""
    with _importing:
        return _imported(path, progress, needs)


def _imported(
    path: Path, progress: Callable[[str], None] | None, needs: Sequence[str]
) -> ModuleType:
    for k, file in enumerate(needs):
        imported(Path(file), progress, needs[:k])
    name = store.module_name(path.stem)
    if name in sys.modules and sys.modules[name].__file__ == str(path):
        return sys.modules[name]
    spec = importlib.util.spec_from_file_location(name, path, loader=CheckedLoader(name, str(path)))
    if spec is None or spec.loader is None:
        raise DeltaruleError(f"{path} is no Python file", str(path), "empty the cache folder")
    found = importlib.util.module_from_spec(spec)
    found.__dict__["__needs__"] = list(needs)
    sys.modules[name] = found
    try:
        with quickly(progress):
            _run(spec.loader, found)
        from deltarule.kernels.cache.linking import made_once

        made_once(found)
    except BaseException:
        del sys.modules[name]
        raise
    return found


def _run(loader: Loader, found: ModuleType) -> None:
    """Run a kernel's file. Where Numba may write nowhere, it gets a folder for this process."""
    try:
        loader.exec_module(found)
    except RuntimeError:
        import numba

        place = tempfile.TemporaryDirectory(prefix="deltarule-")
        atexit.register(place.cleanup)
        numba.config.CACHE_DIR = place.name  # pyright: ignore
        loader.exec_module(found)
