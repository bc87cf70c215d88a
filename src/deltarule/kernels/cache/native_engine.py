"""Machine code that is kept, linked and called in a process that has not imported Numba.

llvmlite links it, as it does for Numba, and the parts of Numba that are written in C are loaded
without the package around them: importing that takes longer than all the rest. Should Numba be
imported later, it finds the same parts, in the state in which they are.
"""

from __future__ import annotations

import builtins
import ctypes
import functools
import os
import sys
from collections.abc import Callable, Iterable
from importlib.machinery import EXTENSION_SUFFIXES, ExtensionFileLoader
from importlib.util import find_spec, module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType
from typing import Any

import llvmlite.binding as llvm
import numpy as np

from deltarule.kernels.cache.kept_machine_code import THREADS, Code, NotKept
from deltarule.processors import processors


class Engine:
    """What links machine code, and makes functions of it that Python calls."""

    def __init__(self):
        llvm.initialize_native_target()
        llvm.initialize_native_asmprinter()
        self._parts = [_extension(f"numba.{name}") for name in ("_dynfunc", "_helperlib")]
        runtime = _extension("numba.core.runtime._nrt_python")
        for symbol, address in _symbols(*self._parts, runtime):
            llvm.add_symbol(symbol, address)
        target = llvm.Target.from_triple(llvm.get_process_triple())
        machine = target.create_target_machine(
            cpu=llvm.get_host_cpu_name(),
            features=llvm.get_host_cpu_features().flatten(),
            reloc="static" if target.name.startswith("x86") else "default",
            codemodel="jitdefault",
            jit=True,
        )
        self._linker = llvm.create_mcjit_compiler(llvm.parse_assembly(""), machine)
        dynfunc: Any = self._parts[0]
        self._make, self._environment = dynfunc.make_function, dynfunc.Environment

    def address(self, code: Code, scope: dict) -> int:
        """Where a function's code lies, once it is linked. Raises NotKept where it cannot be.

        `scope` is what Python knows at the place of its source.
        """
        for name in code.calls:
            if not llvm.address_of_symbol(name):
                raise NotKept(name)  # linking would end the process
        self._linker.add_object_file(llvm.ObjectFileRef.from_data(code.object_code))
        self._linker.finalize_object()
        for name, dtypes in code.environments.items():
            environment = _kept_for_good(self._environment(scope))
            environment.consts[:] = map(np.dtype, dtypes)
            place = self._linker.get_global_value_address(name)
            ctypes.c_void_p.from_address(place).value = id(environment)
        return self._linker.get_function_address(code.symbol)

    def inner(self, code: Code) -> int:
        """Where that lies of a function that is linked, which machine code calls."""
        return self._linker.get_function_address(code.inner)

    def function(self, code: Code, module: ModuleType, name: str) -> Callable:
        """A function that Python calls."""
        address = self.address(code, vars(module))
        return self._make(module, name, name, address, self._environment(vars(module)), self)


@functools.cache
def engine() -> Engine:
    """The engine of this process. Raises NotKept where this Numba has other parts."""
    try:
        return Engine()
    except (OSError, ImportError, AttributeError, TypeError, RuntimeError) as error:
        raise NotKept(str(error)) from None


def threads() -> Threads:
    """The threads of this process, started when they are first asked for. Raises NotKept."""
    global started
    if started is None:
        try:
            started = Threads()
        except (OSError, ImportError, AttributeError, ValueError) as error:
            raise NotKept(str(error)) from None
    return started


class Threads:
    """OpenMP's threads, as Numba starts them for its parallel loops."""

    def __init__(self):
        pool: Any = _extension("numba.np.ufunc.omppool")
        for symbol in THREADS:
            llvm.add_symbol(symbol, getattr(pool, symbol.removeprefix("numba_")))
        given = os.environ.get("NUMBA_NUM_THREADS")
        self.most = int(given) if given else processors()
        self.set: Callable[[int], None] = _taking_an_integer(pool.set_num_threads)
        self.get: Callable[[], int] = ctypes.CFUNCTYPE(ctypes.c_int)(pool.get_num_threads)
        _taking_an_integer(pool.launch_threads)(self.most)
        self.set(self.most)


def _taking_an_integer(address: int) -> Callable[[int], None]:
    return ctypes.CFUNCTYPE(None, ctypes.c_int)(address)


def _symbols(dynfunc: Any, helpers: Any, runtime: Any) -> Iterable[tuple[str, int]]:
    """What machine code of Numba's may call: names, and where they lie."""
    yield "_Py_NoneStruct", id(None)
    for part in (helpers, dynfunc):
        yield from ((f"numba_{name}", address) for name, address in part.c_helpers.items())
    for name, address in runtime.c_helpers.items():
        yield (name if name.startswith("_") else f"NRT_{name}"), address
    # Numba writes this one itself, to be inlined, and does the same.
    yield "NRT_MemInfo_data_fast", runtime.c_helpers["MemInfo_data"]
    for kind in vars(builtins).values():
        if isinstance(kind, type) and issubclass(kind, BaseException):
            yield f"PyExc_{kind.__name__}", id(kind)


def _extension(name: str) -> ModuleType:
    """A part of Numba that is written in C. Raises ImportError where there is none.

    It is not among the imported modules afterwards: Numba imports it as if for the first time.
    """
    package = find_spec("numba")
    if package is None or package.origin is None:
        raise ImportError(name)
    stem = Path(package.origin).parent.joinpath(*name.split(".")[1:])
    paths = (stem.with_name(stem.name + suffix) for suffix in EXTENSION_SUFFIXES)
    path = str(next((path for path in paths if path.exists()), stem))
    spec = spec_from_file_location(name, path, loader=ExtensionFileLoader(name, path))
    if spec is None or spec.loader is None:
        raise ImportError(name)
    known = name in sys.modules
    try:
        made = module_from_spec(spec)
        spec.loader.exec_module(made)
    finally:
        if not known:
            sys.modules.pop(name, None)
    return made


#: The threads, if there are any.
started: Threads | None = None
_for_good: list[object] = []


def _kept_for_good(thing: Any) -> Any:
    """Machine code knows it by its place in memory."""
    _for_good.append(thing)
    return thing
