"""Machine code beside Numba's own files, for a process that runs it without importing Numba.

A file holds one compiled function: its fingerprint, a line of JSON that says what the code is
called and what it calls, and the object code. Its name has a hash of the types of its arguments,
and of all that the code was made for and by.
"""

from __future__ import annotations

import contextlib
import functools
import json
import os
import struct
import sys
from collections.abc import Callable, Iterable, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple

import numpy as np

from deltarule.kernels.cache.store import write_whole
from deltarule.signed_files import fingerprint

#: What Numba's threads are called by machine code, without what stands before some of the names.
THREADS = (
    "numba_parallel_for do_scheduling_signed do_scheduling_unsigned allocate_sched "
    "deallocate_sched get_num_threads set_num_threads get_thread_id set_parallel_chunksize "
    "get_parallel_chunksize get_sched_size"
).split()
#: How many bytes a fingerprint has.
_LENGTH = len(fingerprint())


class Code(NamedTuple):
    """A compiled function: its symbol, that of machine code that machine code calls, and what it
    calls by name itself.

    By their symbols, `environments` are the types of numbers of which it gives arrays to Python.
    """

    symbol: str
    inner: str
    environments: dict[str, list[str]]
    calls: list[str]
    in_threads: bool
    object_code: bytes


class NotKept(Exception):
    """A function has to be loaded or compiled by Numba."""


def type_of(argument: object) -> str:
    """What counts of an argument, as text. Raises NotKept for one that is Numba's business."""
    if isinstance(argument, np.ndarray):
        if argument.flags.carray:
            return f"{argument.dtype.str} {argument.ndim}"
    elif isinstance(argument, tuple):
        if argument and all(type(a) is int for a in argument):
            return f"tuple {len(argument)}"
    elif type(argument) in (bool, int, float):
        return type(argument).__name__
    raise NotKept(type(argument).__name__)


def type_of_kind(kind: Sequence | int | None) -> str:
    """The same of what `loading.kind` says of an argument, or a part of its arguments."""
    if kind is None or isinstance(kind, bool):
        return "int" if kind is None else "bool"
    return f"tuple {kind}" if isinstance(kind, int) else f"{np.dtype(kind[0]).str} {kind[1]}"


def kind_of_type(said: str) -> tuple[str, int] | int | bool | None:
    """What `loading.kind` says of arguments of a type. Raises NotKept for one without a kind."""
    name, _, many = said.partition(" ")
    if name == "tuple":
        return int(many)
    if many:
        return np.dtype(name).name, int(many)
    if name not in ("int", "bool"):
        raise NotKept(said)
    return None if name == "int" else True


def place(file: str | Path, function: str, line: int, types: Iterable[str]) -> Path:
    """Where the code of a function of a kernel's file is kept; its name begins as Numba's do."""
    version = f"py{sys.version_info[0]}{sys.version_info[1]}{getattr(sys, 'abiflags', '')}"
    source, name = Path(file), fingerprint(", ".join(types), made_for())
    return source.parent / "__pycache__" / f"{source.stem}.{function}-{line}.{version}.{name}.code"


@functools.cache
def made_for() -> str:
    """The processor, and the versions of what code is made and called by."""
    import llvmlite.binding as llvm

    said = [sys.version, np.__version__, llvm.get_host_cpu_name()]
    said.append(llvm.get_host_cpu_features().flatten())
    for package in ("numba", "llvmlite"):
        found = find_spec(package)
        version = os.path.join(os.path.dirname((found and found.origin) or ""), "_version.py")
        state = os.stat(version)
        said.append(f"{version} {state.st_size} {state.st_mtime_ns}")
    return "\n".join(said)


def read(path: Path) -> Code:
    """The code that a file holds. Raises NotKept where there is none, or it is damaged."""
    try:
        data = path.read_bytes()
    except OSError:
        raise NotKept(path.name) from None
    body = data[_LENGTH:]
    if fingerprint(body).encode() != data[:_LENGTH]:
        with contextlib.suppress(OSError):
            path.unlink()
        raise NotKept(path.name)
    said, _, code = body.partition(b"\n")
    return Code(**json.loads(said), object_code=code)


def keep(function, signature, result, object_code: Callable[[], bytes]) -> None:
    """Keep what Numba has compiled for a signature, where it can be run without Numba.

    `signature` is of types, or Numba's signature of a function that C calls; `object_code` gives
    the code of the `result`.
    """
    by_c = not isinstance(signature, tuple)
    types = () if by_c else tuple(_type_of_numbas(t) for t in signature)
    others = result.referenced_envs or result._find_referenced_environments()
    environments = {e.env_name: e for e in (result.environment, *others)}.values()
    constants = [c for e in environments for c in e.consts]
    if None in types or not all(isinstance(c, np.dtype) for c in constants):
        return
    source = function.__code__
    path = place(source.co_filename, function.__name__, source.co_firstlineno, types)
    if path.exists():
        return
    code, described = object_code(), result.fndesc
    calls = _undefined(code)
    symbol = described.llvm_cfunc_wrapper_name if by_c else described.llvm_cpython_wrapper_name
    variables = result.library._get_module_for_linking().global_variables
    defined = {v.name for v in variables if not v.is_declaration}
    said = {
        "symbol": symbol,
        "inner": described.llvm_func_name,
        "environments": {
            e.env_name: [c.str for c in e.consts]
            for e in sorted(environments, key=lambda e: e.env_name)
            if e.env_name in defined
        },
        "calls": sorted(calls),
        "in_threads": not calls.isdisjoint(THREADS),
    }
    body = json.dumps(said).encode() + b"\n" + code
    write_whole(path, fingerprint(body).encode() + body)


def _undefined(object_code: bytes) -> set[str]:
    """What machine code calls or reads that stands elsewhere: symbols without a section (ELF)."""
    import llvmlite.binding as llvm

    sections = llvm.ObjectFileRef.from_data(object_code).sections()
    parts = {s.name(): s.data() for s in sections}
    names = parts[b".strtab"]
    symbols = [(s[0], s[3]) for s in struct.iter_unpack("<IBBHQQ", parts[b".symtab"])]
    found = {names[at : names.index(b"\0", at)].decode() for at, section in symbols if not section}
    return found - {""}


def _type_of_numbas(kind) -> str | None:
    """A type of Numba's as `type_of` says it; None for one that it never says."""
    from numba import types
    from numba.np.numpy_support import as_dtype

    if isinstance(kind, types.Array):
        plain = kind == types.Array(kind.dtype, kind.ndim, "C")
        return f"{as_dtype(kind.dtype).str} {kind.ndim}" if plain else None
    if isinstance(kind, types.UniTuple):
        return f"tuple {kind.count}" if kind.dtype == types.int64 else None
    return {types.int64: "int", types.boolean: "bool", types.float64: "float"}.get(kind)
