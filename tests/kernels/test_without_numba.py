"""Compiled kernels in a process that does not import Numba: the same numbers, and sooner."""

import os
import subprocess
import sys

import numpy as np
import pytest

import deltarule
from deltarule.kernels.cache import kept_machine_code, native_engine
from deltarule.kernels.cache.kept_machine_code import Code, NotKept

USE = """
import sys, numpy as np, deltarule
{first}
told = []
made = deltarule.kernel("softmax", cache={cache!r}, progress=told.append)
z = np.random.default_rng(0).normal(size=(4, 5))
{use}
y = made.forward(z=z)
dz = made.backward(z=z, dp=z)["z"]
small = made.bind(z=z, dp=z).both()[1]["z"]
print(y.tobytes().hex(), dz.tobytes().hex(), (dz == small).all(), told, "numba" in sys.modules)
{last}
"""


@pytest.fixture(scope="module")
def cache(tmp_path_factory):
    """A folder with a kernel that is compiled, and bound."""
    place = tmp_path_factory.mktemp("cache")
    made = deltarule.kernel("softmax", cache=place)
    z = np.ones((4, 5))
    made.both(z=z, dp=z)
    made.bind(z=z, dp=z).both()
    return place


@pytest.fixture
def used(cache):
    """A function that uses the kernel in a process of its own, and gives what that prints."""

    def made(first="", use="", last="", **environment) -> str:
        code = USE.format(first=first, use=use, last=last, cache=str(cache))
        told = {**os.environ, **environment}
        done = subprocess.run(
            [sys.executable, "-c", code], capture_output=True, text=True, env=told
        )
        assert not done.stderr
        return done.stdout

    return made


def kept(cache) -> list:
    return sorted(cache.glob("kernels/__pycache__/*.code"))


def test_the_numbers_are_the_same_to_the_last_digit(used):
    alone = used()
    assert alone.endswith(" True [] False\n")
    assert used(first="import numba") == alone.replace("False", "True")


@pytest.mark.parametrize(
    "told", [{"NUMBA_OPT": "2"}, {"NUMBA_DISABLE_JIT": "1"}, {"NUMBA_THREADING_LAYER": "omp"}]
)
def test_numba_runs_kernels_itself_where_it_is_told_to_be_other_than_usual(used, told):
    assert used(**told).endswith(" True\n")


def test_numba_can_be_imported_afterwards(used):
    last = (
        "import numba\n"
        "total = numba.njit(lambda x: np.zeros(3).sum() + x.sum())\n"
        "assert made.module.forward_loops.entry and total(np.ones(3)) == 3.0\n"
        "assert (deltarule.kernel('softmax', cache=made.recipe[1][1]['cache']).forward(z=z) == y)"
        ".all()"
    )
    assert used(last=last) == used()


@pytest.mark.parametrize("damage", [lambda data: data[:-1], lambda data: b"", lambda data: None])
def test_damaged_code_is_loaded_by_numba_and_kept_anew(used, cache, damage):
    path = next(p for p in kept(cache) if ".forward_loops-" in p.name)
    whole, wanted = path.read_bytes(), used()
    left = damage(whole)
    path.unlink()
    if left is not None:
        path.write_bytes(left)
    assert used() == wanted.replace("False\n", "True\n")
    assert path.read_bytes() == whole
    assert used() == wanted


TWO = """
import numpy as np, deltarule
from deltarule.typed.typed_layer import layer
random = np.random.default_rng(0)
x, w = random.normal(size=(3, 5)), random.normal(size=(5, 4))
for factor in (2, 3):
    made = deltarule.kernel(layer("y_nm = %d Σ_d x_nd w_dm" % factor), cache={cache!r})
    y = made.forward(x=x, w=w)
    for array in (y, *made.backward(x=x, w=w, dy=y).values()):
        print(array.tobytes().hex())
print(made.module.__name__)
"""


def test_a_pass_that_is_not_kept_is_that_of_its_own_kernel(tmp_path):
    """Both kernels share a file, and what stands for Numba in it."""

    def run(processes) -> str:
        told = {**os.environ, "DELTARULE_PROCESSES": processes}
        code = [sys.executable, "-c", TWO.format(cache=str(tmp_path))]
        return subprocess.run(code, capture_output=True, text=True, env=told, check=True).stdout

    wanted = run("1")
    stem = wanted.split()[-1].removeprefix("deltarule_kernel_")
    for processes, missing in (("1", "forward_loops"), ("1", "backward_loops"), ("2", "loops")):
        gone = list(tmp_path.rglob(f"{stem}.*{missing}-*"))
        assert gone
        for path in gone:
            path.unlink()
        assert run(processes) == wanted


def test_what_is_not_there_is_not_linked():
    """Linking it would end the process."""
    code = Code("f", "f", {}, ["no_such_function_anywhere"], False, b"")
    with pytest.raises(NotKept, match="no_such_function_anywhere"):
        native_engine.engine().address(code, {})


def test_arguments_that_are_numbas_business():
    row = np.ones(6)
    known = [row, row.reshape(2, 3), 1, True, 0.5, (1, 2)]
    types = ["<f8 1", "<f8 2", "int", "bool", "float", "tuple 2"]
    assert list(map(kept_machine_code.type_of, known)) == types
    fixed = row.copy()
    fixed.flags.writeable = False
    for argument in (row[::2], fixed, row.astype(">f8")[::2], (), (1, 0.5), np.float32(1), "x"):
        with pytest.raises(NotKept):
            kept_machine_code.type_of(argument)


def test_code_is_for_one_processor_and_one_version(cache, monkeypatch):
    place = kept_machine_code.place("f.py", "f", 1, ("int",))
    monkeypatch.setattr(kept_machine_code, "made_for", lambda: "another processor")
    assert kept_machine_code.place("f.py", "f", 1, ("int",)) != place


def test_threads_without_numba_are_as_many_as_are_asked_for():
    code = (
        "import sys\n"
        "from deltarule.kernels.cache.native_engine import threads\n"
        "from deltarule.kernels.threads import in_threads\n"
        "found = threads()\n"
        "counts = [found.get()]\n"
        "for wanted in (1, 2, 99):\n"
        "    with in_threads(wanted):\n"
        "        counts.append(found.get())\n"
        "print(*counts, found.get(), 'numba' in sys.modules)\n"
        "import numba\n"
        "numba.get_num_threads()\n"
        "with in_threads(1):\n"
        "    print(numba.get_num_threads(), found.get())\n"
        "print(numba.get_num_threads(), found.get())\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        env={**os.environ, "NUMBA_NUM_THREADS": "3"},
    )
    assert done.stdout == "3 1 2 3 3 False\n1 1\n3 3\n", done.stderr
