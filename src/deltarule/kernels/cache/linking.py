"""Machine code that is made once: what only compiled functions call is linked into them as it is.

Numba optimises every function, and translates it, before it is copied into those that call it,
where both are done again with all that they call: a chain of five functions is optimised five
times. Here a function that Python cannot call (`no_cpython_wrapper`) waits as it was written,
until one that Python can call is made, with all that it calls in one go. One that is asked for
by anything else is made then, as Numba would have.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from types import ModuleType

import llvmlite.binding
from numba import _dynfunc  # pyright: ignore
from numba.core import codegen, cpu
from numba.core.compiler_lock import global_compiler_lock
from numba.core.dispatcher import Dispatcher

from deltarule.kernels.garbage import seldom_collected

_usual: Callable = cpu.CPUContext.get_executable


class _Waiting(codegen.JITCodeLibrary):
    """The code of a function, which may wait; `_places` are where it looks for its constants."""

    _waits = False

    def __init__(self, *arguments):
        super().__init__(*arguments)
        self._places: list[tuple] = []

    def wait(self, place: str, constants: object) -> None:
        """Not to be made before it is needed."""
        self._waits = True
        self._places.append((place, constants))

    def add_linking_library(self, library) -> None:
        """What it calls; that is made with it, if it waits."""
        if not _waiting(library):
            library._ensure_finalized()
        self._linking_libraries.append(library)

    def finalize(self) -> None:
        """Make it, with all that it calls."""
        self._codegen._check_llvm_bugs()
        self._raise_if_finalized()
        seen, found, places = {self}, list(self._linking_libraries), list(self._places)
        for library in found:  # it grows
            if library in seen:
                continue
            seen.add(library)
            self._reload_init.update(library._reload_init)
            if _waiting(library):
                found += library._linking_libraries
                places += library._places
                module = library._as_written()
            else:
                module = library._get_module_for_linking()
            self._final_module.link_in(module, preserve=True)
        self._optimize_final_module()
        self._final_module.verify()
        self._finalize_final_module()
        for place, constants in places:
            if self._codegen._engine.is_symbol_defined(place):
                self._codegen.set_env(place, constants)

    def _ensure_finalized(self) -> None:
        if not self._finalized:
            self._shared_module = None
            self.finalize()

    def _as_written(self):
        """Its code for several to link, as `_get_module_for_linking` has it once it is made."""
        if self._shared_module is None:
            self._shared_module = module = self._final_module.clone()
            seen_outside = llvmlite.binding.Linkage.external
            for function in module.functions:
                if not function.is_declaration and function.linkage == seen_outside:
                    function.linkage = "linkonce_odr"
        return self._shared_module


def _waiting(library: object) -> bool:
    return isinstance(library, _Waiting) and library._waits and not library._finalized


def _active() -> bool:
    return codegen.JITCPUCodegen._library_class is _Waiting


def _executable(context: cpu.CPUContext, library, fndesc, env):
    """What Python calls; of a function that it cannot call, only what stands for it in Numba."""
    if isinstance(library, _Waiting) and not library._finalized:
        try:
            library._final_module.get_function(fndesc.llvm_cpython_wrapper_name)
        except NameError:
            library.wait(context.get_env_name(fndesc), env)
            module, name = fndesc.lookup_module(), fndesc.qualname.split(".")[-1]
            return _dynfunc.make_function(module, name, fndesc.qualname, 0, env, (library,))
    return _usual(context, library, fndesc, env)


def made_once(module: ModuleType) -> None:
    """Let the compiled functions of a module be made in one go with all that they call."""
    for function in vars(module).values():
        if isinstance(function, Dispatcher) and "compile" not in vars(function):
            function.compile = partial(_compile, function.compile)


def _compile(compile_: Callable, signature):
    """What `compile_` gives for a signature."""
    if _active():
        return compile_(signature)
    with global_compiler_lock, seldom_collected():
        before = codegen.JITCPUCodegen._library_class
        codegen.JITCPUCodegen._library_class = _Waiting
        cpu.CPUContext.get_executable = _executable
        try:
            return compile_(signature)
        finally:
            codegen.JITCPUCodegen._library_class = before
            cpu.CPUContext.get_executable = _usual
