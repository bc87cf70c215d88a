"""Commands run inside the test's process, and as programs of their own."""

import os
import subprocess
import sys
from dataclasses import dataclass

import pytest
from click.testing import CliRunner
from once import sharing

from deltarule.cli.programs import app


@dataclass
class Outcome:
    """What a command said and how it ended."""

    status: int
    out: str
    err: str


@pytest.fixture(autouse=True, scope="module")
def derivations_are_shared():
    """What one command derived is there for the next."""
    rooms = ("cli.derive", "cli.trace", "tracing.gradient_flow", "kernels.passes.program")
    with sharing(*(f"deltarule.{room}" for room in rooms)):
        yield


@pytest.fixture
def invoke(monkeypatch):
    """`invoke("derive", "dense", width=60)`: one command, on a screen of some width."""

    def run(*words, width=80):
        monkeypatch.setenv("COLUMNS", str(width))
        result = CliRunner().invoke(app, [str(word) for word in words])
        return Outcome(result.exit_code, result.stdout, result.stderr)

    return run


@pytest.fixture
def program():
    """`program("derive", "dense")`: the installed command, as a process of its own."""

    def run(*words, env=None, pipe=None):
        command = [
            sys.executable,
            "-c",
            "from deltarule.cli.main import deltarule_main; deltarule_main()",
            *words,
        ]
        settings = {**os.environ, "COLUMNS": "80", **(env or {})}
        if pipe:
            return subprocess.run(
                ["bash", "-c", f'set -o pipefail; "$@" | {pipe}', "bash", *command],
                env=settings,
                capture_output=True,
                text=True,
                timeout=60,
            )
        return subprocess.run(command, env=settings, capture_output=True, text=True, timeout=60)

    return run
