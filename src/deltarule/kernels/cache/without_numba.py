"""Kernels' files without Numba: what they import of it is stood for, their code is loaded.

A kernel whose functions are compiled needs of Numba only what loads them (`native_engine`). So its
file is run with other things under Numba's names. What turns out not to be kept, or cannot be
loaded, is Numba's business: the file is then imported as usual, and that runs.
"""

from __future__ import annotations

import builtins
import os
import sys
import threading
from collections.abc import Callable, Sequence
from functools import partial
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

from deltarule.kernels.cache import kept_machine_code
from deltarule.kernels.cache.bytecode import CheckedLoader
from deltarule.kernels.cache.kept_machine_code import NotKept
from deltarule.kernels.cache.store import module_name

#: Kernels' modules that were imported without Numba, by name.
_imported: dict[str, ModuleType] = {}
#: What each of them finds, also those that are being imported. A file takes in what the file before
#: it has made of Numba's names: whose function it is that these are given, it says itself.
_known: dict[str, _Known] = {}
#: Held by the thread that makes a function ready which machine code calls by its name.
_one_at_a_time = threading.RLock()
#: Has another process compile a function (`second_process.deliver`), where there is one.
deliver: Callable[..., bool] | None = None
#: Variables with which Numba does what it always does.
_HARMLESS = {"NUMBA_NUM_THREADS"}


def possible() -> bool:
    """Whether Numba is not there yet, and has no settings that are other than usual."""
    unusual = any(v.startswith("NUMBA_") and v not in _HARMLESS for v in os.environ)
    unusual = unusual or os.path.exists(".numba_config.yaml")
    return sys.platform == "linux" and "numba" not in sys.modules and not unusual


def imported(path: Path, needs: Sequence[str], usual: Callable[[], ModuleType]) -> ModuleType:
    """A kernel's file as a module, after those that it needs. Raises NotKept.

    `usual` imports it with Numba.
    """
    name = module_name(path.stem)
    if name in _imported and _imported[name].__file__ == str(path):
        return _imported[name]
    for k, file in enumerate(needs):
        imported(Path(file), needs[:k], usual)
    loader = CheckedLoader(name, str(path))
    spec = spec_from_file_location(name, path, loader=loader)
    if spec is None:
        raise NotKept(name)
    made = module_from_spec(spec)
    known = _known[name] = _Known(made, usual)
    known_builtins = {**vars(builtins), "__import__": known.import_}
    vars(made).update(__needs__=list(needs), __builtins__=known_builtins)
    loader.exec_module(made)
    outside = vars(made).get("OUTSIDE", {})
    for called, link in outside.items():
        if not isinstance(link, Link):
            outside[called] = Link(called, link, usual, vars(made))
    _imported[name] = made
    return made


class Link:
    """Makes a function that is called by its name ready: out of what is kept, else by Numba."""

    def __init__(
        self, name: str, make: Callable[..., int], usual: Callable[[], ModuleType], module: dict
    ):
        self._name, self._make, self._usual, self._module = name, make, usual, module

    def __call__(self) -> int:
        """Where it lies. Threads that share a loop may all be the first to call it."""
        with _one_at_a_time:
            try:
                return _kept(self._make, self._module, self._name)
            except Exception:  # whatever is in the file
                return self._make(self._usual().OUTSIDE[self._name]())


def _kept(
    get: Callable[[], Any], module: dict, function: str, types: Sequence | None = None
) -> Any:
    """What `get` makes of the kept code of a function, once another process has compiled that.

    Raises NotKept where none does.
    """
    try:
        return get()
    except NotKept as error:
        path = Path(module["__file__"]).parent / "__pycache__" / str(error)
        kinds = types and [kept_machine_code.kind_of_type(one) for one in types]
        if deliver is None or not deliver(module, function, path.exists, kinds):
            raise
    return get()


class _Known:
    """What a kernel's file finds under the names that it imports."""

    def __init__(self, module: ModuleType, usual: Callable[[], ModuleType]):
        self.module, self.usual = module, usual

    def import_(self, name: str, globals=None, locals=None, names=(), level: int = 0):
        """What imports for it."""
        if name in _imported:
            return _imported[name]
        if name == "numba":
            return self._numba()
        if name.startswith("numba.") or name == "llvmlite" and "ir" in (names or ()):
            return self._inside()
        return builtins.__import__(name, globals, locals, names, level)

    def _numba(self) -> Any:
        return SimpleNamespace(
            njit=self._compiled,
            carray=_UNUSED,
            prange=range,
            types=_UNUSED,
            config=SimpleNamespace(DISABLE_JIT=False),
            get_num_threads=_thread_count,
        )

    def _inside(self) -> Any:
        """Names of modules inside Numba, and of what writes code for LLVM."""
        callback = lambda function, *_: Callback(function, _of(function).module)  # noqa: E731
        callback._targetdescr = _UNUSED  # pyright: ignore
        return SimpleNamespace(cgutils=_UNUSED, ir=_UNUSED, CFunc=callback, intrinsic=_as_it_is)

    def _compiled(self, function: Callable | None = None, **options) -> Any:
        """What stands for functions that are compiled: those that are kept are loaded."""
        if function is None:
            return lambda function: self._compiled(function, **options)
        of = _of(function)
        return Loaded(function, of.module, of.usual) if options.get("cache") else function


def _of(function: Callable) -> _Known:
    """What belongs to the file that a function stands in."""
    return _known[function.__module__]


class Loaded:
    """A compiled function of a kernel's file, for all the types for which it is kept."""

    def __init__(self, function: Callable, module: ModuleType, usual: Callable[[], ModuleType]):
        self.py_func, self._module, self._usual = function, module, usual
        self.__name__, self.__module__ = function.__name__, function.__module__
        self.__doc__ = function.__doc__
        #: What Python calls, by the types of its arguments.
        self.overloads: dict[tuple[str, ...], Callable] = {}
        self._codes: dict[tuple[str, ...], kept_machine_code.Code] = {}

    def entry(self, types: tuple[str, ...]) -> Callable:
        """What to call with arguments of these types. Raises NotKept."""
        if types not in self.overloads:
            self.overloads[types] = self._found(types)
        return self.overloads[types]

    def is_kept(self, types: tuple[str, ...]) -> bool:
        """Whether it is compiled for arguments of these types."""
        return types in self.overloads or _place(self.py_func, types).exists()

    def _found(self, types: tuple[str, ...]) -> Callable:
        from deltarule.kernels.cache.native_engine import engine

        linker = engine()
        try:
            read = partial(_read, self.py_func, types, self._module)
            code = _kept(read, self.py_func.__globals__, self.__name__, types)
            made = linker.function(code, self._module, self.__name__)
            self._codes[types] = code
            return made
        except NotKept:
            raise
        except Exception as error:  # whatever is in the file
            raise NotKept(str(error)) from None

    def address(self, arguments: Sequence) -> int | None:
        """Where the code lies that machine code calls; None where it is not loaded."""
        from deltarule.kernels.cache.native_engine import engine

        code = self._codes.get(tuple(map(kept_machine_code.type_of, arguments)))
        return None if code is None else engine().inner(code) or None

    def with_numba(self) -> Callable:
        """The same function, as Numba has it."""
        return getattr(self._usual(), self.__name__)

    def __call__(self, *arguments):
        """Run it."""
        try:
            types = tuple(map(kept_machine_code.type_of, arguments))
        except NotKept:
            return self.with_numba()(*arguments)
        try:
            run = self.entry(types)
        except NotKept:
            run = self.overloads[types] = self.with_numba()
        return run(*arguments)


class Callback:
    """A function that machine code calls by its name."""

    def __init__(self, function: Callable, module: ModuleType):
        self._function, self._module = function, module
        self.address: int | None = None
        self._cache = self._sig = _UNUSED

    def enable_caching(self) -> None:
        """It is kept anyway."""

    def compile(self) -> None:
        """Load it. Raises NotKept."""
        from deltarule.kernels.cache.native_engine import engine

        code = _read(self._function, (), self._module)
        self.address = engine().address(code, vars(self._module))


def _read(function: Callable, types: tuple[str, ...], module: ModuleType) -> kept_machine_code.Code:
    """The code of a function. Raises NotKept."""
    from deltarule.kernels.cache.native_engine import threads

    code = kept_machine_code.read(_place(function, types))
    if code.in_threads:
        threads()
    return code


def _place(function: Callable, types: tuple[str, ...]) -> Path:
    source = function.__code__
    return kept_machine_code.place(source.co_filename, source.co_name, source.co_firstlineno, types)


def _thread_count() -> int:
    from deltarule.kernels.cache.native_engine import threads

    return threads().get()


def _as_it_is(function: Callable) -> Callable:
    return function


class _Unused:
    """What a file builds up of Numba's types and LLVM's, and never looks at again."""

    def __getattr__(self, name: str) -> _Unused:
        if name.startswith("__"):
            raise AttributeError(name)
        return self

    def __setattr__(self, name: str, value: object) -> None:
        pass

    def __call__(self, *_, **__) -> _Unused:
        return self

    def __contains__(self, _: object) -> bool:
        return False


_UNUSED = _Unused()
