"""Functions that are called by name are compiled when they are first called, and no other is."""

import inspect
import os
import signal
import subprocess
import sys
import threading
import time

import numpy as np
import pytest

from deltarule.kernels import build

USE = """
import sys, numpy as np
from pathlib import Path
from deltarule.kernels.build import at_hand
module = at_hand(Path({file!r}), None, {needs!r})
x = np.full(3, 4.0)
for up in {ways!r}:
    module.changed(x, up)
    print(x[2], "numba" in sys.modules)
"""


@pytest.fixture
def module(two_ways):
    return build.imported(two_ways[0], None, two_ways[1])


def compiled(place) -> set[str]:
    found = place.glob("kernels/__pycache__/two_ways_*.nbi")
    return {path.name.split(".")[1].rpartition("-")[0] for path in found}


def test_of_two_ways_the_one_is_compiled_that_is_taken(module, tmp_path):
    x = np.full(3, 4.0)
    for up, value, names in ((True, 8, {"changed", "doubled"}), (False, 4, {"halved"})):
        module.changed(x, up)
        assert (x == value).all()
        assert names <= compiled(tmp_path)
        assert ("halved" in compiled(tmp_path)) is not up


@pytest.mark.usefixtures("interruptible")
def test_a_signal_is_raised_once_the_call_that_it_came_into_has_its_result(module):
    [name] = [name for name in module.OUTSIDE if name.startswith("doubled_")]
    make, x, began = module.OUTSIDE[name], np.full(3, 4.0), []

    def slowly():
        threading.Timer(0.1, os.kill, (os.getpid(), signal.SIGINT)).start()
        time.sleep(0.3)
        began.append(make())
        return began[0]

    module.OUTSIDE[name] = slowly
    with pytest.raises(KeyboardInterrupt):
        module.changed(x, True)
    assert began and (x == 8).all()
    module.changed(x, True)
    assert (x == 16).all()


WAY_IN = """
import ctypes, signal, sys, numpy as np
from pathlib import Path
from deltarule.kernels import build
signal.signal(signal.SIGINT, signal.default_int_handler)
module = build.imported(Path({file!r}), None, {needs!r})
x = np.full(3, 4.0)
usual = {{name: module.OUTSIDE[name] for name in module.OUTSIDE}}
def of(name):
    def made():
        if {fails!r}:
            raise ValueError("no room")
        found = usual[name]()
        ctypes.pythonapi.PyErr_SetInterrupt()  # seen on the way into the next function
        return found
    return made
for name in usual:
    module.OUTSIDE[name] = of(name)
try:
    module.both(x)
except {expected}:
    print("raised", x[0])
for name in usual:
    module.OUTSIDE[name] = usual[name]
x[:] = 4
module.both(x)
print("then", x[0])
"""


@pytest.mark.parametrize(
    ("fails", "expected"), [(False, "KeyboardInterrupt"), (True, "ValueError")]
)
def test_nothing_is_lost_on_the_way_into_the_next_function(two_ways, fails, expected):
    """What was computed is whole where a signal came; what cannot be made is raised."""
    code = WAY_IN.format(file=str(two_ways[0]), needs=two_ways[1], fails=fails, expected=expected)
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    value = 4.0 if fails else 8.0
    assert done.stdout.startswith(f"raised {value}\n"), done.stderr
    assert done.stdout.endswith("then 8.0\n") and done.returncode == 0


class Refused(ValueError):
    """An error with words of its own, as deltarule's have."""

    def __init__(self, fact, place):
        super().__init__(f"{fact}; {place}")
        self.fact, self.place = fact, place


def test_what_cannot_be_made_is_raised_by_the_call_each_time(module):
    [name] = [name for name in module.OUTSIDE if name.startswith("doubled_")]
    make, x = module.OUTSIDE[name], np.full(3, 4.0)

    def fails():
        raise Refused("no room", "the disk")

    module.OUTSIDE[name] = fails
    for _ in range(3):
        after = []
        with pytest.raises(Refused, match="^no room; the disk$") as caught:
            module.changed(x, True)
            after.append("went on")
        assert (caught.value.fact, caught.value.place, after) == ("no room", "the disk", [])
    module.OUTSIDE[name] = make
    x[:] = 4
    module.changed(x, True)
    assert (x == 8).all()


def test_what_cannot_be_made_is_raised_in_the_thread_that_calls_it(module):
    [name] = [name for name in module.OUTSIDE if name.startswith("doubled_")]
    module.OUTSIDE[name] = None
    found = []

    def run():
        try:
            module.changed(np.full(3, 4.0), True)
        except TypeError as error:
            found.append(str(error))

    threads = [threading.Thread(target=run) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == ["'NoneType' object is not callable"] * 4


def test_there_is_room_for_compiling_at_the_bottom_of_a_recursion(module):
    x = np.full(3, 4.0)
    module.changed(x, True)

    def below(left):
        return below(left - 1) if left else module.changed(x, False)

    below(sys.getrecursionlimit() - len(inspect.stack(0)) - 20)
    assert (x == 4).all()


PLANTED = """
import numpy as np, deltarule
from deltarule.errors import DeltaruleError
from deltarule.kernels.cache import lean_compiling
usual = lean_compiling._usual_for_c
def fails(self):
    raise MemoryError("no room for code")
made = deltarule.kernel("dense")
rng = np.random.default_rng(0)
given = {"x": rng.normal(size=(64, 96)), "W": rng.normal(size=(96, 80)), "b": np.ones(80)}
for use in (lambda: made.forward(**given), lambda: made.bind(**given).forward()):
    lean_compiling._usual_for_c = fails
    try:
        use()
    except DeltaruleError as error:
        print(error.fact, "|", error.remedy, "|", type(error.__cause__).__name__)
lean_compiling._usual_for_c = usual
print(np.allclose(made.forward(**given), given["x"] @ given["W"] + 1))
"""


@pytest.mark.slow
def test_a_kernel_says_what_cannot_be_compiled_and_can_be_called_again(tmp_path):
    settings = {**os.environ, "DELTARULE_CACHE": str(tmp_path), "DELTARULE_PROCESSES": "1"}
    done = subprocess.run(
        [sys.executable, "-c", PLANTED], capture_output=True, text=True, env=settings
    )
    words = (
        "multiply_outside cannot be compiled: MemoryError: no room for code | "
        "set DELTARULE_CACHE to a new folder; should it fail there too, please report it | "
        "MemoryError\n"
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, words * 2 + "True\n", "")


@pytest.mark.slow
def test_a_process_without_numba_imports_it_for_the_way_that_no_other_took(two_ways):
    def printed(ways) -> str:
        code = USE.format(file=str(two_ways[0]), needs=two_ways[1], ways=ways)
        done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
        assert not done.stderr
        return done.stdout

    assert printed([True]) == "8.0 True\n"
    assert printed([True]) == "8.0 False\n"
    assert printed([True, False, True]) == "8.0 False\n4.0 True\n8.0 True\n"
