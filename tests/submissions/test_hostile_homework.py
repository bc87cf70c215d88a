"""Hostile homework: none passes, none stops what stands beside it, each is reported.

DELTARULE_FULL=1 pytest tests/submissions/test_hostile_homework.py     # every case in every way
"""

import os
import textwrap
from functools import lru_cache

import pytest
from hostile_answers import ANSWERS
from hostile_reading import READING
from hostile_using import ENDLESS, USING

from deltarule.errors import DeltaruleError
from deltarule.sandbox import Isolation, Limits, Sandbox
from deltarule.submissions import FunctionVerdict, check_submission

#: An honest function, one that attacks, and another honest one behind it.
FILE = """
import numpy as np
def affine_forward(x, w, b):
    return x.reshape(len(x), -1) @ w + b, (x, w)
def affine_backward(dout, cache):
    x, w = cache
    return (dout @ w.T).reshape(x.shape), x.reshape(len(x), -1).T @ dout, dout.sum(0)
def relu_forward(x):
    return np.maximum(x, 0), x
def relu_backward(dout, x, path="/etc/passwd", port=1, pid=1):
    {attack}
def softmax_loss(x, y):
    e = np.exp(x - x.max(1, keepdims=True))
    d = e / e.sum(1, keepdims=True)
    loss = np.log(e.sum(1)) + x.max(1) - x[np.arange(len(x)), y]
    d[np.arange(len(x)), y] -= 1
    return loss.mean(), d / len(x)
"""
LIMITS = Limits(
    seconds=0.25, processor=10, memory=700 << 20, scratch=2 << 20, scratch_files=64,
    answer=8 << 20, output=100_000,
)  # fmt: skip
CASES = {name: case[0] for name, case in {**READING, **USING, **ANSWERS, **ENDLESS}.items()}
#: Every other case runs, in one way: half of them in bubblewrap, a quarter in either other.
TURNS = (Isolation.BUBBLEWRAP, Isolation.NAMESPACES, Isolation.BUBBLEWRAP, Isolation.LIMITS)
FULL = os.environ.get("DELTARULE_FULL") == "1"
WAYS = [
    (name, way)
    for k, name in enumerate(list(CASES)[:: 1 if FULL else 2])
    for way in (Isolation if FULL else (TURNS[k % len(TURNS)],))
]


@pytest.fixture(scope="module")
def isolated():
    """A sandbox by a way of isolation; where the machine has no such layer, by any."""

    @lru_cache
    def made(way):
        try:
            return Sandbox(LIMITS, way, unsafe=True)
        except DeltaruleError:
            return Sandbox(LIMITS)

    yield made
    for way in Isolation:
        made(way).close()


@pytest.fixture(scope="module")
def sandbox():
    with Sandbox(LIMITS) as made:
        yield made


@pytest.mark.parametrize(("name", "way"), WAYS, ids=lambda x: getattr(x, "name", x))
def test_an_attack_passes_for_nothing_and_stops_nothing(isolated, name, way):
    sandbox = isolated(way)
    body = textwrap.indent(textwrap.dedent("        " + CASES[name].strip()), "    ").strip()
    report = check_submission(FILE.format(attack=body), "own.py", sandbox, "cs231n")
    found = {f.name: f for f in report.functions}
    attack = found.pop("relu_backward")
    assert not attack.verdict.passes and attack.finding, attack
    assert attack.verdict is not FunctionVerdict.CONVENTION
    assert len(found) == 4 and all(f.verdict is FunctionVerdict.RIGHT for f in found.values())


@pytest.mark.parametrize("body", ["while True: pass", "import os; os._exit(0)", "raise SystemExit"])
def test_an_attack_when_the_file_is_loaded_is_reported(sandbox, body):
    text = f"def relu_forward(x): return x\nclass Layer:\n    {body}\n"
    report = check_submission(text, "own.py", sandbox)
    assert report.functions == [] and "could not load" in report.error and not report.right


def test_what_is_no_definition_does_not_run(sandbox):
    text = "import numpy as np\ndef relu_forward(x): return np.maximum(x, 0), x\nwhile True: pass\n"
    (found,) = check_submission(text, "own.py", sandbox).functions
    assert found.verdict is FunctionVerdict.RIGHT


def test_what_cannot_be_loaded_costs_itself_alone(sandbox):
    text = (
        "import numpy as np\nfrom absent import fast\n"
        "def affine_forward(x, w, b): return fast(x, w, b), None\n"
        "def relu_forward(x): return np.maximum(x, 0), x\n"
        "def relu_backward(dout, cache): print dout\n"
    )
    report = check_submission(text, "own.py", sandbox)
    verdicts = {f.name: f.verdict.value for f in report.functions}
    assert verdicts == {
        "affine_forward": "could not be checked",
        "relu_forward": "right",
        "relu_backward": "could not load",
    }
    said = {f.name: f.finding for f in report.functions}
    assert "absent.fast" in said["affine_forward"] and "print" in said["relu_backward"]
    assert {f.line for f in report.functions} == {3, 4, 5}


def test_of_several_modes_the_wrong_one_is_said(sandbox):
    text = (
        "import numpy as np\n"
        "def dropout_forward(x, dropout_param):\n"
        "    mask = (np.random.rand(*x.shape) < dropout_param['p']) / dropout_param['p']\n"
        "    return x * mask, mask\n"
    )
    (found,) = check_submission(text, "own.py", sandbox).functions
    assert found.verdict is FunctionVerdict.WRONG and found.finding.startswith("in test mode: out")
