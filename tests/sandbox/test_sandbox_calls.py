"""Honest files in a sandbox: what is passed, kept and told; and what a sandbox itself refuses."""

import os
import signal
from time import monotonic, sleep

import numpy as np
import pytest

from deltarule.errors import DeltaruleError
from deltarule.sandbox import Isolation, Kept, Other, Sandbox, Verdict

OWN = """
import warnings
import numpy as np
from dataclasses import dataclass

SCALE = 3

@dataclass
class Linear:
    W: np.ndarray
    def forward(self, x):
        self.x = x
        return x @ self.W
    def backward(self, dy):
        self.dW = self.x.T @ dy
        return dy @ self.W.T

def forward(x, w, params=None):
    return x @ w, (x, w, Linear(w), params)

def backward(dout, cache):
    x, w, _, params = cache
    return {"dx": dout @ w.T, "dw": x.T @ dout, "stride": params["stride"]}

def spoils(x, *, w):
    w += 1
    print("here", "is", x.shape)
    warnings.warn("careful")
    return w.astype(np.float32).T[::-1], np.int64(3), (1.5, None, "a", [True]), float("nan")

def fails(x):
    return x + "a"
"""
X, W = np.arange(6.0).reshape(2, 3), np.ones((3, 4))


@pytest.fixture
def own(sandbox):
    """The file, loaded."""
    with sandbox.submission() as submission:
        loaded = submission.load(OWN, "layers.py")
        assert loaded.returned, str(loaded)
        yield submission


def test_what_a_forward_pass_keeps_reaches_the_backward_pass(own):
    out = own.call("forward", X, W, {"stride": 2}, only=[0])
    assert out.returned and np.array_equal(out.value[0], X @ W) and out.value[1] is None
    back = own.call("backward", out.value[0], Kept(out.number, (1,)))
    assert np.array_equal(back.value["dw"], X.T @ X @ W) and back.value["stride"] == 2


def test_classes_have_methods_and_attributes(own):
    layer = own.call("Linear", W)
    assert layer.verdict is Verdict.OTHER and layer.value == Other("Linear")
    kept = Kept(layer.number)
    assert np.array_equal(own.call("forward", X, of=kept).value, X @ W)
    own.call("backward", np.ones((2, 4)), of=kept)
    assert np.array_equal(own.get("dW", of=kept).value, X.T @ np.ones((2, 4)))
    assert own.get("SCALE").value == 3


def test_values_keep_their_types_and_what_happened_is_told(own):
    out = own.call("spoils", X, w=W.copy())
    array, number, several, nan = out.value
    assert array.dtype == np.float32 and array.shape == (4, 3) and np.all(array == 2)
    assert type(number) is np.int64 and several == (1.5, None, "a", [True]) and np.isnan(nan)
    assert out.changed == ["w"] and out.printed == ["here is (2, 3)"]
    assert out.warned == ["UserWarning: careful"]


def test_errors_are_told_with_their_lines(own):
    out = own.call("fails", 1)
    assert str(out).startswith("raised an error: TypeError: unsupported operand")
    assert out.line == OWN.splitlines().index('    return x + "a"') + 1
    assert own.call("nothing", X).verdict is Verdict.MISSING
    assert own.call("forward", X).verdict is Verdict.RAISED and own.alive


@pytest.mark.parametrize(
    ("text", "words", "line"),
    [
        ("x = 1\n1 / 0", "raised an error: ZeroDivisionError: division by zero", 2),
        ("def f(:\n  pass", "raised an error: SyntaxError: invalid syntax", 1),
        ("import torch", "raised an error: ModuleNotFoundError: No module named 'torch'", 1),
        ("import os; os._exit(3)", "exited early: its process ended, with status 3", None),
        ("\0", "raised an error: SyntaxError: source code string cannot contain null bytes", None),
    ],
)
def test_files_that_cannot_be_loaded_are_told(sandbox, text, words, line):
    with sandbox.submission() as own:
        loaded = own.load(text, "own.py")
        assert str(loaded) in (words, words.replace("SyntaxError", "ValueError"))
        assert loaded.line == line


def test_an_ended_submission_says_why(sandbox):
    with sandbox.submission() as own:
        own.load("import os\ndef f(): os._exit(1)")
        own.call("f")
        again = own.call("f")
    assert (
        str(again) == ("exited early: before this call (its process ended, with status 1)")
        and not own.alive
    )


def test_arguments_of_other_types_are_refused(own):
    with pytest.raises(DeltaruleError) as caught:
        own.call("forward", np.float64, {"a": {1, 2}})
    assert caught.value.fact == "an argument of type type cannot be sent"
    with pytest.raises(DeltaruleError):
        own.call("forward", X, [X, {1, 2}])


def test_the_layers_are_told(sandbox):
    layers = sandbox.layers
    assert str(layers).startswith(layers.isolation.value)
    assert layers.seccomp and layers.landlock == 0 or f"Landlock {layers.landlock}" in str(layers)


def test_a_sandbox_that_is_ended_from_outside_is_started_again(sandbox):
    with sandbox.submission() as own:
        own.load(OWN)
        os.kill(sandbox._worker.pid, signal.SIGKILL)
        out = own.call("forward", X, W)
    assert not out.returned
    with sandbox.submission() as own:
        assert own.load(OWN).returned and own.call("forward", X, W, only=[0]).returned


def test_a_folder_that_cannot_be_emptied_goes_with_its_process(sandbox):
    with sandbox.submission() as own:
        own.load(OWN)
        worker = sandbox._worker
        worker._how({"ended": {"clean": False}})
    with sandbox.submission() as own:
        assert own.load(OWN).returned and sandbox._worker is not worker


DAEMON = """
import os, time
def leaves(path):
    if os.fork() == 0:
        os.setsid()
        if os.fork() == 0:
            while True: time.sleep(0.01)
        os._exit(0)
    return 1
"""


@pytest.mark.parametrize("way", [Isolation.NAMESPACES, Isolation.LIMITS], ids=lambda w: w.name)
def test_daemons_end_with_their_submission_without_filters_too(way):
    """Where the kernel lets a submission fork, nothing of it outlives it."""
    try:
        made = Sandbox(isolation=way, unsafe=True, without=("seccomp", "landlock"))
    except DeltaruleError as error:
        pytest.skip(f"this machine has no layer {way.value}: {error.fact}")
    with made as sandbox:
        with sandbox.submission() as own:
            own.load(DAEMON)
            assert own.call("leaves", "x").value == 1
            assert len(_below(sandbox._worker.pid)) > 1
        deadline = monotonic() + 10
        while _below(sandbox._worker.pid) and monotonic() < deadline:
            sleep(0.01)
        assert not _below(sandbox._worker.pid)


def _below(pid: int) -> list[int]:
    """The descendants of a process."""
    parents = {}
    for name in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open(f"/proc/{name}/stat", encoding="ascii", errors="replace") as file:
                parents[int(name)] = int(file.read().rpartition(")")[2].split()[1])
        except OSError:
            continue
    found, more = [], [pid]
    while more:
        more = [child for child, parent in parents.items() if parent in more]
        found += more
    return found


def test_limits_alone_are_an_explicit_choice():
    with pytest.raises(DeltaruleError) as caught:
        Sandbox(isolation=Isolation.LIMITS)
    assert caught.value.fact == "process limits alone do not keep a file from reading other files"
    assert "unsafe=True" in str(caught.value.remedy)


def test_packages_that_are_not_there_are_told():
    with pytest.raises(DeltaruleError) as caught:
        Sandbox(packages=("numpy", "no_such_package"))
    assert "the package no_such_package is not installed" in caught.value.fact


def test_no_way_at_all_is_told(monkeypatch):
    from deltarule.sandbox import sandboxes

    monkeypatch.setattr(sandboxes, "on_linux", lambda: False)
    with pytest.raises(DeltaruleError) as caught:
        Sandbox()
    assert caught.value.fact == "a sandbox needs Linux"
