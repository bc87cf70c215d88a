"""Machine code that is made once: what only compiled functions call is linked into them as it is.

Numba optimises every function, and translates it, before it is copied into those that call it,
where both are done again with all that they call: a chain of five functions is optimised five
times. Here a function that Python cannot call (`no_cpython_wrapper`) waits as it was written,
until one that Python can call is made, with all that it calls in one go. One that is asked for
by anything else is made then, as Numba would have. The bodies of parallel loops wait too: made
before, they stood twice in memory, and the process that compiled them ran others than those that
load them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from types import ModuleType

import llvmlite.binding
from numba import _dynfunc  # pyright: ignore
from numba.core import codegen, cpu, types
from numba.core.compiler_lock import global_compiler_lock
from numba.core.dispatcher import Dispatcher
from numba.parfors import parfor_lowering

from deltarule.kernels.cache import claims
from deltarule.kernels.cache.called_anyway import called_anyway
from deltarule.kernels.cache.lean_compiling import lean
from deltarule.kernels.cache.loading import claim_of
from deltarule.kernels.cache.uncompiled import uncompiled
from deltarule.kernels.garbage import seldom_collected

_usual: Callable = cpu.CPUContext.get_executable
_usual_loop: Callable = parfor_lowering.call_parallel_gufunc
#: What the functions are called that Numba makes of the bodies of parallel loops.
_BODY = "__numba_parfor_gufunc"


class _Waiting(codegen.JITCodeLibrary):
    """The code of a function, which may wait; `_places` are where it looks for its constants."""

    #: Whether the call of a parallel loop is being written: what is made for that waits.
    in_loop = False

    def __init__(self, *arguments):
        super().__init__(*arguments)
        self._waits = _Waiting.in_loop
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
        places = list(self._places)
        for library in _order(self):
            if hasattr(library, "_reload_init"):  # newer than Numba 0.61
                self._reload_init.update(library._reload_init)
            if _waiting(library):
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
        if not self._finalized and not (self._waits and _Waiting.in_loop):
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


def _order(first: _Waiting) -> list:
    """All that a function calls. What nobody has asked for yet would be left out when it is linked.

    So the body of a parallel loop comes after what hands it to the threads, and what is made
    already, as Numba's counting of references, after all that waits.
    """
    seen, found, bodies = {first}, [], []
    new = list(first._linking_libraries)
    while new or bodies:
        library = (new or bodies).pop(0)
        if library in seen:
            continue
        if library._name.startswith(_BODY) and new:
            bodies.append(library)
            continue
        seen.add(library)
        found.append(library)
        if _waiting(library):
            new += library._linking_libraries
    return sorted(found, key=lambda library: not _waiting(library))


def _waiting(library: object) -> bool:
    return isinstance(library, _Waiting) and library._waits and not library._finalized


def _active() -> bool:
    """Whether this thread is compiling already."""
    return codegen.JITCPUCodegen._library_class is _Waiting and global_compiler_lock.is_locked()


def _executable(context: cpu.CPUContext, library, fndesc, env):
    """What Python calls; of a function that it cannot call, only what stands for it in Numba."""
    if isinstance(library, _Waiting) and not library._finalized and not _called(library, fndesc):
        library.wait(context.get_env_name(fndesc), env)
        module, name = fndesc.lookup_module(), fndesc.qualname.split(".")[-1]
        return _dynfunc.make_function(module, name, fndesc.qualname, 0, env, (library,))
    return _usual(context, library, fndesc, env)


def _called(library: _Waiting, fndesc) -> bool:
    """Whether Python can call it."""
    try:
        library._final_module.get_function(fndesc.llvm_cpython_wrapper_name)
    except NameError:
        return False
    return _BODY not in fndesc.qualname


def _loop(*arguments):
    """The call of a parallel loop; its body waits."""
    _Waiting.in_loop = True
    try:
        return _usual_loop(*arguments)
    finally:
        _Waiting.in_loop = False


class Link:
    """Makes a function that is called by its name ready, when it is first called.

    Where the other process is compiling it, what it calls is made ready before it is waited for.
    """

    def __init__(self, name: str, make: Callable[[], int], module: ModuleType):
        self.name, self._make, self._module = name, make, module
        self._made = False

    def __call__(self) -> int:
        """Load it, or compile it; where it lies. Raises DeltaruleError where that fails."""
        said = uncompiled(_function(self.name), str(self._module.__file__))
        with said, claims.claimed(self.name, self._go_ahead), made_in_one_go():
            self._made = True
            return self._make()

    def _go_ahead(self) -> None:
        """Make ready what it calls in any case, unless the other process is at that as well."""
        outside = {_function(name): link for name, link in self._module.OUTSIDE.items()}
        files = [*self._module.__needs__, str(self._module.__file__)]
        for name in called_anyway(_function(self.name), files, outside):
            link = outside[name]
            if link._made:
                continue
            if claims.shared is not None and claims.shared.taken(link.name):
                link._go_ahead()
            else:
                link()


def _function(name: str) -> str:
    """The function of such a name: behind it follow a type and a version."""
    return name.rsplit("_", 2)[0]


def made_once(module: ModuleType) -> None:
    """Let the compiled functions of a module be made in one go with all that they call."""
    outside = vars(module).get("OUTSIDE", {})
    for name, link in outside.items():
        if not isinstance(link, Link):
            outside[name] = Link(name, link, module)
    for function in vars(module).values():
        if isinstance(function, Dispatcher) and "compile" not in vars(function):
            function.compile = partial(_compile, claim_of(function), function.compile)


def _compile(name: str, compile_: Callable, signature):
    """What `compile_` gives for a signature.

    Called by compiled functions it is one for all integers: Numba would make one for each.
    """
    if _active():
        signature = tuple(map(types.unliteral, signature))
        known = compile_.__self__.overloads.get(signature)  # pyright: ignore
        return compile_(signature) if known is None else known.entry_point
    function = compile_.__self__.py_func  # pyright: ignore
    said = uncompiled(function.__name__, function.__code__.co_filename)
    with said, claims.claimed(name), made_in_one_go():
        return compile_(signature)


@contextmanager
def made_in_one_go() -> Iterator[None]:
    """Functions that are compiled here wait for those that Python calls, and Numba is lean."""
    if _active():
        yield
        return
    with global_compiler_lock, seldom_collected(), lean():
        before = codegen.JITCPUCodegen._library_class
        codegen.JITCPUCodegen._library_class = _Waiting
        cpu.CPUContext.get_executable = _executable
        parfor_lowering.call_parallel_gufunc = _loop
        try:
            yield
        finally:
            codegen.JITCPUCodegen._library_class = before
            cpu.CPUContext.get_executable = _usual
            parfor_lowering.call_parallel_gufunc = _usual_loop
