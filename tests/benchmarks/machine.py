"""The machine and the libraries that were measured."""

from __future__ import annotations

import ctypes
import importlib.metadata
import platform
from datetime import UTC, datetime
from pathlib import Path

#: What each library's speed rests on.
_RESTS_ON = {
    "deltarule": ("numba", "llvmlite"),
    "torch": ("torch",),
    "jax": ("jax", "jaxlib"),
    "numpy": ("numpy",),
}


def cpu() -> str:
    """The processor's name, and the widest vectors that it has."""
    name = platform.processor() or platform.machine()
    flags = ""
    try:
        for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
            key, _, value = (part.strip() for part in line.partition(":"))
            if key == "model name":
                name = value
            flags = value if key == "flags" else flags
    except OSError:
        pass
    wide = next((w for w in ("avx512f", "avx2", "avx") if w in flags.split()), "")
    return f"{name}, {wide.upper().removesuffix('F').replace('AVX512', 'AVX-512')}".rstrip(", ")


def header() -> dict:
    """When and on what a run is made; the libraries tell their own versions."""
    return {
        "date": datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC"),
        "cpu": cpu(),
        "system": f"{platform.system()} {platform.release().split('-')[0]}",
        "python": platform.python_version(),
    }


def versions(library: str) -> dict[str, str]:
    """The versions of what a library's speed rests on; NumPy's with the BLAS that it found."""
    found = {name: importlib.metadata.version(name) for name in _RESTS_ON[library]}
    if library == "numpy":
        found["blas"] = blas()
    return found


def blas() -> str:
    """The BLAS that NumPy has loaded, and the core that it takes the processor for."""
    import numpy as np

    told = np.show_config("dicts")["Build Dependencies"]["blas"]
    name = f"{told.get('name', 'unknown')} {told.get('version', '')}".strip()
    try:
        mapped = Path("/proc/self/maps").read_text(encoding="utf-8").split()
    except OSError:
        return name
    for path in sorted({p for p in mapped if "openblas" in p and ".so" in p}):
        loaded = ctypes.CDLL(path)
        for symbol in (
            "scipy_openblas_get_corename64_",
            "openblas_get_corename64_",
            "openblas_get_corename",
        ):
            if hasattr(loaded, symbol):
                tell = getattr(loaded, symbol)
                tell.restype = ctypes.c_char_p
                return f"{name}, {tell().decode()} kernels"
    return name
