"""Compiling in two processes: what one has made the other loads, and none waits for a dead one."""

import os
import subprocess
import sys
import time
from types import SimpleNamespace

import numpy as np
import pytest
from numba import types

import deltarule
from deltarule.kernels.cache import claims, second_process
from deltarule.kernels.cache.called_anyway import called_anyway
from deltarule.kernels.cache.kept_machine_code import NotKept, kind_of_type, type_of_kind
from deltarule.kernels.cache.linking import Link
from deltarule.kernels.cache.loading import claim_of, entry, kind, signature

#: A kernel that calls what kernels share.
PRODUCT = """
from deltarule.language import *
N, D, n, d = *sizes("N D"), *indices("n d")
A, x, y = input("A", N, D), input("x", D), output("y", N)
y[n] = 2 * Sum[d](A[n, d] * x[d])
"""


@pytest.fixture
def second(monkeypatch):
    """A second process, which the tests do without otherwise."""
    monkeypatch.setattr(second_process, "_wanted", lambda: True)
    second_process.begin()
    made = second_process.running()
    assert made is not None
    yield made
    made.end()
    assert not made.folder.exists()
    second_process._second = claims.shared = None


def claimed(folder) -> list:
    """What is claimed, and not what is done."""
    return [path for path in folder.iterdir() if not path.name.startswith("done ")]


def test_a_pass_is_compiled_in_the_second_process_and_loaded_in_this_one(
    second, tmp_path, with_shared_parts
):
    with_shared_parts(tmp_path)
    path, said = tmp_path / "product.py", []
    path.write_text(PRODUCT, encoding="utf-8")
    made = deltarule.kernel(str(path), cache=tmp_path)
    A, x, dy = np.arange(15.0).reshape(5, 3), np.arange(3.0), np.arange(5.0)
    run, taken, filled = made.module.ready_backward(A, x, dy)
    for _ in range(2):  # the second time it was asked for already
        second_process.ask(run, taken, said.append)
    assert said == ["compiling backward_loops in a second process"]
    folder = tmp_path / "kernels" / "__pycache__"
    while not list(folder.glob("product_*backward_loops*.sum")) or claimed(second.folder):
        assert second.alive()
        time.sleep(0.02)
    entry(run, taken)(*taken)
    assert (filled["x"] == 2 * dy @ A).all()
    assert sum(run.stats.cache_hits.values()) == 1
    # A process that died at work has left its claim, and is not waited for.
    second.process.kill()
    (second.folder / claim_of(made.module.forward_loops)).touch()
    values, gradients = made.both(A=A, x=x, dy=dy)
    assert (values["y"] == 2 * A @ x).all()
    assert (gradients["A"] == 2 * np.outer(dy, x)).all()


def test_kinds_of_arguments_are_types_of_numba():
    f = types.Array(types.float32, 2, "C")
    kinds = [kind(np.zeros((1, 2), np.float32)), kind(3), 4, True]
    assert signature(kinds) == (f, types.int64, types.UniTuple(types.int64, 4), types.boolean)


def test_what_is_claimed_is_waited_for_until_it_is_given_back_or_the_other_is_gone(tmp_path):
    answers = iter([True, True, False, False])
    both = claims.Claims(tmp_path, lambda: next(answers))
    assert both.take("one")
    assert not both.take("one")
    both.wait("one")  # once it is alive, then it is not
    assert both.take("one")
    both.give_back("one")
    both.give_back("one")
    both.wait("one")
    assert claims.Claims(tmp_path / "gone", lambda: True).take("one")


CALLS = """
def outer(plan, x):
    helped(plan)
    for n in range(3):
        while x:
            inner(data(x))
    if plan:
        one_way(x)
    last(x)

def helped(plan):
    if not plan:
        return other_way(plan)
    other_way(plan)

def inner(x):
    deepest(x)
    first(x)
"""


def test_what_a_function_calls_in_any_case_is_known_before_it_runs(tmp_path):
    (tmp_path / "calls.py").write_text(CALLS, encoding="utf-8")
    known = {"one_way", "other_way", "last", "deepest", "first", "helped"}

    def anyway(name, known):
        return called_anyway(name, [str(tmp_path / "calls.py")], known)

    assert anyway("outer", known) == ["helped", "deepest", "first", "last"]
    assert anyway("outer", {*known, "inner"}) == ["helped", "inner", "last"]
    assert anyway("helped", known) == anyway("nowhere", known) == []


def test_while_the_other_process_compiles_something_this_one_compiles_what_that_calls(
    tmp_path, monkeypatch
):
    (tmp_path / "calls.py").write_text(CALLS, encoding="utf-8")
    made, module = [], SimpleNamespace(__file__=str(tmp_path / "calls.py"), __needs__=[])
    names = ("outer", "inner", "deepest", "first", "one_way", "last")

    def link(name) -> Link:
        return Link(f"{name}_float32_1", lambda: made.append(name) or 1, module)

    module.OUTSIDE = {f"{name}_float32_1": link(name) for name in names}
    shared = claims.Claims(tmp_path, lambda: True)
    monkeypatch.setattr(claims, "shared", shared)
    assert shared.take("outer_float32_1") and shared.take("inner_float32_1")
    monkeypatch.setattr(shared, "wait", lambda name: made.append(f"waits for {name}"))
    assert module.OUTSIDE["outer_float32_1"]() == 1
    assert made == ["deepest", "first", "last", "waits for outer_float32_1", "outer"]


USE = """
import os, sys, numpy as np, deltarule
from deltarule.kernels.cache import second_process
second_process._wanted = lambda: {wanted}
made = deltarule.kernel("softmax", cache={cache!r})
z = np.random.default_rng(0).normal(size=(4, 5))
{then}
y, dz = made.forward(z=z), made.backward(z=z, dp=z)["z"]
small = made.bind(z=z, dp=z).both()[1]["z"]
print(y.tobytes().hex(), dz.tobytes().hex(), (dz == small).all(), "numba" in sys.modules)
"""


def used(cache, wanted: bool, then: str = "") -> str:
    code = USE.format(cache=str(cache), wanted=wanted, then=then)
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert not done.stderr
    return done.stdout


@pytest.mark.slow
def test_a_process_without_numba_has_all_compiled_by_two_others(cache, tmp_path):
    alone = used(cache, wanted=False)
    alone = alone.replace(" False\n", " True\n")  # where it was compiled before, without Numba
    assert alone.endswith(" True True\n")
    assert used(tmp_path / "others", wanted=True) == alone.replace(" True\n", " False\n")
    # What they do not deliver is compiled with Numba here.
    killed = "second_process.running().process.kill()"
    assert used(tmp_path / "killed", wanted=True, then=killed) == alone
    lost = "second_process.SecondProcess.ask = lambda *_, **__: (0, True); "
    lost += "(second_process.running().folder / 'done 0').touch()"
    assert used(tmp_path / "lost", wanted=True, then=lost) == alone


SERVES = """
import sys
from deltarule.kernels.cache import compiling
compiling.PATIENCE = 0.2
compiling.serve(sys.argv[1], "float64", *map(int, sys.argv[2:]))
"""


@pytest.mark.slow
@pytest.mark.parametrize("many", [1, 2])
@pytest.mark.parametrize("closed", [False, True])
def test_processes_end_when_nobody_wants_anything_any_more(tmp_path, many, closed):
    folder = tmp_path / "claims"
    folder.mkdir()
    pipes = [os.pipe() for _ in range(many)]
    reads = [read for read, _ in pipes]
    code = SERVES.replace("0.2", "60") if closed else SERVES
    said = [sys.executable, "-c", code, str(folder), *map(str, reads)]
    # The output ends with the last process that has it.
    made = subprocess.Popen(said, pass_fds=reads, stdout=subprocess.PIPE)
    for read, write in pipes:
        os.close(read)
        if closed:
            os.close(write)
    assert made.communicate(timeout=50) == (b"", None)
    assert made.returncode == 0
    assert not folder.exists()
    for _, write in pipes:
        if not closed:
            os.close(write)


def test_kinds_of_arguments_are_found_again_in_what_is_kept():
    kinds = [("float32", 2), None, 4, True]
    assert [kind_of_type(type_of_kind(kind)) for kind in kinds] == kinds
    with pytest.raises(NotKept):
        kind_of_type("float")
