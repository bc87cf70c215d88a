"""A wheel of the deltarule that is running, made of its own files: what a bundle brings along.

It holds the files of the package and the metadata of its installation, as any wheel does (PyPA,
"Binary distribution format"). The same files give the same bytes. No compiler, builder or package
index takes part: the package is Python throughout.
"""

from __future__ import annotations

import base64
import hashlib
import io
import os
import zipfile
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from importlib.resources import files
from pathlib import Path

from deltarule.errors import DeltaruleError

#: The earliest time that an archive can hold.
NO_TIME = (1980, 1, 1, 0, 0, 0)
#: Folders and files that running leaves behind.
_LEFT_BEHIND = ("__pycache__", ".")
_WHEEL = "Wheel-Version: 1.0\nGenerator: deltarule\nRoot-Is-Purelib: true\nTag: py3-none-any\n"


@cache
def own_wheel() -> tuple[str, bytes]:
    """The file's name, and the wheel.

    Raises DeltaruleError where deltarule runs without being installed.
    """
    try:
        installed = distribution("deltarule")
    except PackageNotFoundError:
        raise DeltaruleError(
            "deltarule runs here without being installed, so that its metadata are missing",
            "the wheel of the bundle",
            "install it (pip install .), or name a wheel with --wheel FILE",
        ) from None
    stem = f"deltarule-{installed.version}"
    content = {f"deltarule/{name}": data for name, data in _package()}
    content |= {f"{stem}.dist-info/{n}": data for n, data in _metadata(installed).items()}
    record = f"{stem}.dist-info/RECORD"
    content[record] = _record(content, record)
    return f"{stem}-py3-none-any.whl", _archived(content)


def _package() -> Iterator[tuple[str, bytes]]:
    """The package's files by their paths in it; links of a checkout are followed."""
    root = Path(str(files("deltarule")))
    for folder, folders, names in os.walk(root, followlinks=True):
        folders[:] = sorted(n for n in folders if not n.startswith(_LEFT_BEHIND))
        for name in sorted(names):
            if not name.startswith(_LEFT_BEHIND) and not name.endswith(".pyc"):
                path = Path(folder, name)
                yield path.relative_to(root).as_posix(), path.read_bytes()


def _metadata(installed: Distribution) -> dict[str, bytes]:
    kept = {n: installed.read_text(n) for n in ("METADATA", "entry_points.txt")}
    found = {n: text.encode() for n, text in kept.items() if text}
    return {**found, "WHEEL": _WHEEL.encode()}


def _record(content: Mapping[str, bytes], own: str) -> bytes:
    """Each file with its hash and size, as installers compare them; its own without."""
    lines = []
    for name in sorted(content):
        digest = base64.urlsafe_b64encode(hashlib.sha256(content[name]).digest())
        lines.append(f"{name},sha256={digest.decode().rstrip('=')},{len(content[name])}")
    return "\n".join([*lines, f"{own},,", ""]).encode()


def _archived(content: Mapping[str, bytes]) -> bytes:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in sorted(content, key=lambda n: (".dist-info/" in n, n)):
            entry = zipfile.ZipInfo(name, NO_TIME)
            entry.create_system, entry.external_attr = 3, 0o100644 << 16
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, content[name])
    return data.getvalue()
