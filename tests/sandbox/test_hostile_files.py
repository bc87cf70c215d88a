"""Hostile files: none learns an answer, gets out, stops the next one or is taken for right."""

import os
import socket
from dataclasses import replace

import numpy as np
import pytest
from hostile_answers import ANSWERS
from hostile_reading import READING
from hostile_using import ENDLESS, USING, WORKING

from deltarule.sandbox import Limits, Verdict

CASES = {**READING, **USING, **ANSWERS}
HONEST = "import os\ndef double(x): return 2 * x\ndef here(): return os.listdir('.')\n"
X = np.arange(3.0)


@pytest.fixture(scope="module")
def port():
    """A port that this process listens on."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        yield listening.getsockname()[1]


def _text(body: str) -> str:
    return f"import numpy as np\ndef attack(x, path, port, pid):\n        {body.strip()}\n"


def _attacked(sandbox, text, secret, port=1, limits=None, seconds=None):
    """What became of an attack, and whether its process still answers."""
    with sandbox.submission(limits) as own:
        assert own.load(text, "own.py").returned
        own.limits = replace(own.limits, seconds=seconds) if seconds else own.limits
        return own.call("attack", X, str(secret), port, os.getpid()), own.alive


def _the_next_is_answered(sandbox):
    with sandbox.submission() as own:
        assert own.load(HONEST).returned
        assert np.array_equal(own.call("double", X).value, 2 * X)
        assert own.call("here").value == []


@pytest.mark.parametrize("name", CASES)
def test_hostile_files_gain_nothing(sandbox, secret, port, name):
    body, verdicts, words = CASES[name]
    outcome, alive = _attacked(sandbox, _text(body), secret, port)
    assert outcome.verdict in verdicts, str(outcome)
    assert words in outcome.detail, str(outcome)
    for number in secret.read_text().split():
        assert number not in repr(outcome)
    assert not np.array_equal(outcome.value, 2 * X)
    if name in USING or not alive:
        _the_next_is_answered(sandbox)


@pytest.mark.parametrize("name", ENDLESS)
def test_what_never_ends_is_ended(sandbox, secret, name):
    body, verdict = ENDLESS[name]
    outcome, _ = _attacked(sandbox, _text(body), secret, seconds=0.15)
    assert outcome.verdict is (verdict or Verdict.SECONDS), str(outcome)
    assert outcome.detail == "0.15 s for one call"
    _the_next_is_answered(sandbox)


def test_processor_time_ends_and_no_signal_helps(sandbox, secret):
    limits = Limits(seconds=30, processor=1, memory=700 << 20)
    outcome, _ = _attacked(sandbox, WORKING, secret, limits=limits)
    assert outcome.verdict is Verdict.PROCESSOR and outcome.detail == "1 s"
    _the_next_is_answered(sandbox)


def test_what_it_tried_is_told(sandbox, secret):
    body = (
        "try: open(path)\n        except OSError: pass\n        import os\n        try: os.fork()"
    )
    outcome, _ = _attacked(sandbox, _text(body + "\n        except OSError: pass"), secret)
    assert outcome.verdict is Verdict.RETURNED
    assert outcome.tried == [f"open {secret}", "fork"]
