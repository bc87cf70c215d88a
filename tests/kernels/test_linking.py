"""Functions that are made once, in those that Python calls: other code of Numba does not notice."""

from types import SimpleNamespace

import numpy as np
import pytest
from numba import njit, prange
from numba.core import codegen, cpu

from deltarule.kernels.cache import lean_compiling, linking
from deltarule.kernels.cache.linking import made_once

inner = njit(no_cpython_wrapper=True, no_cfunc_wrapper=True)


@pytest.mark.slow
def test_what_waits_is_made_with_what_calls_it_and_serves_other_functions():
    @inner
    def lowest(n):
        return np.ones(n).sum()

    @inner
    def middle(n):
        return 2 * lowest(n)

    @njit
    def highest(n):
        def same(value):
            return value

        return same(middle(n)) + lowest(n)

    def replaced():
        lean = [vars(owner)[name] for owner, name, _ in lean_compiling._REPLACED]
        return *lean, codegen.JITCPUCodegen._library_class, cpu.CPUContext.get_executable

    usual = replaced()
    made_once(SimpleNamespace(highest=highest))
    assert highest(3) == 9
    assert replaced() == usual
    [waiting] = (one.library for one in middle.overloads.values())
    assert not waiting._finalized
    # Code that somebody else compiles afterwards calls the same functions: now they are made.
    assert njit(lambda n: middle(n) + np.ones(n).size)(4) == 12
    assert waiting._finalized


def test_bodies_of_parallel_loops_are_made_with_what_calls_them_and_not_apart(monkeypatch):
    """Of two the process that compiles would run one, and those that load it the other."""
    made, finalize = [], linking._Waiting.finalize

    def counted(library):
        made.append(library.name)
        finalize(library)

    monkeypatch.setattr(linking._Waiting, "finalize", counted)

    @njit(parallel=True, no_cpython_wrapper=True, no_cfunc_wrapper=True)
    def doubled(x):
        for i in prange(x.size):
            x[i] *= 2

    @njit(parallel=True)
    def twice(x):
        doubled(x)
        for i in prange(x.size):
            x[i] += x[0] * 0 + 1

    made_once(SimpleNamespace(twice=twice))
    x = np.arange(4.0)
    twice(x)
    assert x.tolist() == [1, 3, 5, 7]
    assert {name.rpartition(".")[2] for name in made} - {"nrt"} == {"twice"}


@pytest.mark.slow
def test_loops_in_threads_bring_the_counting_of_references_with_them():
    """A process without Numba has it not."""

    @njit(no_cpython_wrapper=True, no_cfunc_wrapper=True)
    def one(x, w, i):
        room = np.empty(w[0])
        room[0] = i
        x[i] = room[0]

    @njit(parallel=True)
    def filled(x, w):
        first, last = w
        for i in prange(x.size):
            one(x, (first, last), i)

    made_once(SimpleNamespace(filled=filled))
    x = np.zeros(5)
    filled(x, (3, 4))
    assert x.tolist() == [0, 1, 2, 3, 4]
    [made] = filled.overloads.values()
    functions = made.library._final_module.functions
    missing = {f.name for f in functions if f.is_declaration and not f.name.startswith("llvm.")}
    assert missing and not any(name.startswith(("NRT_incref", "NRT_decref")) for name in missing)


def test_of_numbers_that_are_written_down_none_has_a_function_of_its_own():
    @njit(no_cpython_wrapper=True, no_cfunc_wrapper=True)
    def larger(n, by):
        return n + by

    @njit
    def all_of_them(n):
        return larger(n, 1) + larger(2, n) + larger(3, 4)

    made_once(SimpleNamespace(larger=larger, all_of_them=all_of_them))
    assert all_of_them(5) == 20
    assert [str(s) for s in larger.signatures] == ["(int64, int64)"]


def test_what_numba_registers_while_it_compiles_is_found_by_what_is_compiled_next():
    """Of each type of arguments `max` registers how it is made, and later ones others."""
    functions = [njit(lambda a, b: max(a, b)) for _ in range(3)]
    made_once(SimpleNamespace(**{f"f{k}": f for k, f in enumerate(functions)}))
    one, other, third = functions
    assert (one(2, 3), one(2.5, 3), one(np.uint32(2), np.uint64(3))) == (3, 3, 3)
    assert (other(np.int8(4), 3), other(np.float32(1), np.float64(2))) == (4, 2)
    assert third(np.uint8(4), np.int16(3)) == 4 and njit(lambda a, b: min(a, b))(1, 2.5) == 1
