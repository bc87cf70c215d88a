"""Numba does not look twice for the same: what it does for any code, left out for kernels.

Kernels hold no inner functions and no generators, and nobody listens to how their compiling goes.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from types import BuiltinFunctionType, CodeType

from numba.core import (
    ccallback,
    codegen,
    compiler,
    compiler_machinery,
    event,
    ir,
    postproc,
    targetconfig,
    transforms,
)
from numba.core.base import BaseContext
from numba.np import linalg

from deltarule.kernels.cache import lean_lowering, lean_typing, wide_vectors

#: What functions without inner functions can do without; it looks at every statement several times.
_FOR_INNER_FUNCTIONS = "InlineClosureLikes"
#: Locks of Numba's that are taken ten thousand times in a kernel, and passes; each is an event.
_SILENT = frozenset({"numba:compiler_lock", "numba:llvm_lock", "numba:run_pass"})
#: How names of functions begin that call another for C or for Python.
_WRAPPERS = "cfunc.", "_ZN7cpython"
#: The functions that are called by a name of C's; of others no such name is made.
_by_name: set[CodeType] = set()
#: The lists of what modules register, by the tables of them that contexts have.
_registered: dict[tuple, list[list]] = {}
#: Of kinds of options the number by which they are looked up: that of their names.
_hashes: dict[type, int] = {}
#: Parts of statements that are no variables, and hold none.
_WITHOUT_VARIABLES = frozenset(
    {str, int, bool, type(None), BuiltinFunctionType, ir.Loc, ir.Const, ir.Global, ir.FreeVar}
)
#: How much there was to be read when a context last read what Numba's modules register.
_read: dict[int, tuple[int, ...]] = {}


@contextmanager
def lean() -> Iterator[None]:
    """Compile in less time what is compiled here.

    The machine code is the same, but that its vectors fill the registers (see `wide_vectors`).
    """
    for owner, name, value in _REPLACED:
        setattr(owner, name, value)
    try:
        yield
    finally:
        for owner, name, value in _USUAL:
            setattr(owner, name, value)


def _passes(state, *name):
    """The passes over a function, which are fewer if it defines no other function."""
    identity = getattr(state, "func_id", None)
    if identity is not None and state.flags.no_cpython_wrapper and identity.code not in _by_name:
        state.flags.no_cfunc_wrapper = True
    manager = _usual_passes(state, *name)
    loops = state.flags.auto_parallel.enabled
    if identity is not None and not loops and not _has_inner(identity.code):
        manager.passes = [p for p in manager.passes if p[0].__name__ != _FOR_INNER_FUNCTIONS]
    return manager


def _has_inner(code: CodeType) -> bool:
    return any(isinstance(constant, CodeType) for constant in code.co_consts)


def _refresh(self) -> None:
    """Have a context read what modules register, if more is registered than when it last did."""
    known = self._registries, self.typing_context._registries  # which it shares with its copies
    key = id(known[0])
    now = len(sys.modules), *map(len, _lists(*known))
    if _read.get(key) != now:
        _read_linear_algebra()
        _usual_refresh(self)
        _read[key] = now  # what the reading itself has added is for the next time


def _read_linear_algebra() -> None:
    """Read what Numba has of NumPy's functions, without SciPy, which no kernel needs.

    Numba imports SciPy's linear algebra to see whether it is there; here that is seen without.
    """
    if "numba.np.arraymath" in sys.modules or find_spec("scipy") is None:
        return
    usual = linalg.ensure_blas
    linalg.ensure_blas = lambda: None
    try:
        from numba.np import arraymath

        arraymath.ensure_blas = usual  # pyright: ignore
    finally:
        linalg.ensure_blas = usual


def _lists(*known: dict) -> list[list]:
    """The lists of what modules register, also later on, while a function is compiled."""
    key = tuple((id(registries), len(registries)) for registries in known)
    if key not in _registered:
        of_all = (vars(registry).values() for registries in known for registry in registries)
        _registered[key] = [part for parts in of_all for part in parts if isinstance(part, list)]
    return _registered[key]


def _same_options(self, other):
    """Whether two sets of options are alike; those that neither sets are."""
    if type(self) is not type(other):
        return _usual_equality(self, other)
    mine, others = self._values, other._values
    if mine == others:
        return True
    return all(getattr(self, name) == getattr(other, name) for name in mine.keys() | others.keys())


def _hash_of_options(self) -> int:
    """By the names of all options, as Numba has it."""
    kind = type(self)
    if kind not in _hashes:
        _hashes[kind] = _usual_hash(self)
    return _hashes[kind]


def _variables(self, value) -> list:
    """The variables in a part of a statement; most parts are one, or have none."""
    kind = type(value)
    if kind is ir.Var:
        return [value]
    if kind in _WITHOUT_VARIABLES:
        return []
    if kind is dict:
        parts = value.values()
    elif kind is ir.Expr:
        parts = value._kws.values()
    elif kind is list or kind is tuple:
        parts = value
    else:
        return _usual_variables(self, value)
    found = []
    for part in parts:
        kind = type(part)
        if kind is ir.Var:
            found.append(part)
        elif kind not in _WITHOUT_VARIABLES:
            found += _variables(self, part)
    return found


def _for_c(self):
    """What C calls by a name."""
    _by_name.add(self._pyfunc.__code__)
    return _usual_for_c(self)


def _run_pass(self, index, one, state) -> None:
    """One pass over a function, and no record of how long it took and what it was about."""
    one.analysis = self._analysis
    changed = one.run_initialization(state)
    changed |= one.run_pass(state)
    changed |= one.run_finalizer(state)
    if isinstance(one, compiler_machinery.LoweringPass):
        return  # nobody looks at the statements any more
    if changed and compiler_machinery._pass_registry.get(type(one)).mutates_CFG:
        postproc.PostProcessor(state.func_ir).run()


def _start(kind, *data, **more) -> None:
    if kind not in _SILENT:
        _usual_start(kind, *data, **more)


def _end(kind, *data, **more) -> None:
    if kind not in _SILENT:
        _usual_end(kind, *data, **more)


def _lifetimes(self, emit_dels: bool = False, extend_lifetimes: bool = False) -> None:
    """What is known of the variables' lives after a pass, found when somebody asks."""
    function = self.func_ir
    if emit_dels or function.is_generator:
        _usual_lifetimes(self, emit_dels, extend_lifetimes)
        return
    function.blocks = transforms.canonicalize_cfg(function.blocks)
    function.variable_lifetime = postproc.VariableLifetime(function.blocks)
    function.generator_info = None


def _optimize_functions(self, module) -> None:
    """Function by function, by one list of passes; what is only declared has no code.

    What calls a function for C or Python is optimised with it at the end.
    """
    module.data_layout = self._codegen._data_layout
    passes, builder = self._codegen._function_pass_manager()
    for function in module.functions:
        if not function.is_declaration and not function.name.startswith(_WRAPPERS):
            passes.run(function, builder)


_REPLACED: list[tuple] = [
    (compiler.DefaultPassBuilder, "define_nopython_pipeline", staticmethod(_passes)),
    (BaseContext, "refresh", _refresh),
    (event, "start_event", _start),
    (event, "end_event", _end),
    (postproc.PostProcessor, "run", _lifetimes),
    (compiler_machinery.PassManager, "_runPass", _run_pass),
    (ccallback.CFunc, "_compile_uncached", _for_c),
    (targetconfig.TargetConfig, "__eq__", _same_options),
    (targetconfig.TargetConfig, "__hash__", _hash_of_options),
    (ir.Inst, "_rec_list_vars", _variables),
    *lean_lowering.REPLACED,
    *lean_typing.REPLACED,
    *wide_vectors.REPLACED,
]
if codegen.CPUCodegen._function_pass_manager.__code__.co_argcount == 1:  # from Numba 0.63 on
    _REPLACED.append((codegen.CPUCodeLibrary, "_optimize_functions", _optimize_functions))
_USUAL: list[tuple] = [(owner, name, vars(owner)[name]) for owner, name, _ in _REPLACED]
_usual_passes: Callable = compiler.DefaultPassBuilder.define_nopython_pipeline
_usual_refresh: Callable = BaseContext.refresh
_usual_start, _usual_end = event.start_event, event.end_event
_usual_for_c: Callable = ccallback.CFunc._compile_uncached
_usual_lifetimes: Callable = postproc.PostProcessor.run
_usual_equality: Callable = targetconfig.TargetConfig.__eq__
_usual_hash: Callable = targetconfig.TargetConfig.__hash__
_usual_variables: Callable = ir.Inst._rec_list_vars
