"""Commands as programs: what they import, how they end, pipes and colours."""

import json
import os
import subprocess
import sys

import pytest

LIBRARY = ("sympy", "numpy", "flint", "numba")
HEAVY = (*LIBRARY, "rich", "pydantic")


def one_after_the_other(unwanted, then=""):
    """Commands in one process, each with what it must not have imported; the first that has, and
    one that lets BLAS begin threads, ends it with status 1. Lines of Python may follow.
    """
    code = (
        "import os, sys\n"
        "from deltarule.cli.main import deltarule_main\n"
        f"for line, unwanted in {unwanted!r}.items():\n"
        "    sys.argv = ['deltarule', *line.split()]\n"
        "    try: deltarule_main()\n"
        "    except SystemExit: pass\n"
        "    found = [name for name in unwanted if name in sys.modules]\n"
        "    if found: sys.exit(f'{line} imports {found}')\n"
        "    if os.environ['OPENBLAS_NUM_THREADS'] != '1': sys.exit(line)\n" + then
    )
    unset = {n: v for n, v in os.environ.items() if n != "OPENBLAS_NUM_THREADS"}
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=unset)


def test_help_imports_nothing_heavy():
    done = one_after_the_other(
        dict.fromkeys(["--version", "check gradient --help", "--help"], HEAVY)
    )
    assert done.returncode == 0, done.stderr
    for command in ("derive", "trace", "check", "train"):
        assert command in done.stdout


def test_the_list_of_derivations_needs_none_of_them():
    done = one_after_the_other({"derive --list": LIBRARY})
    assert done.returncode == 0, done.stderr
    assert "lstm" in done.stdout


def test_commands_import_what_they_need():
    """All in one process, one after the other; with its name what brought it in."""
    never = ("numba", "pydantic", "typer", "sympy.combinatorics")
    words, formulas = "deltarule.matrix_form.find", "deltarule.formulas"
    done = one_after_the_other(
        {
            "check slide": (*never, words, formulas),
            "trace slide": (*never, formulas),
            "check gradient dense --no-kernel": (*never, formulas),
            "derive dense": (*never, formulas),
        },
        "from sympy.tensor.tensor import TensorHead\n"
        "if TensorHead.__module__ != 'sympy.tensor.tensor': sys.exit('no tensors')\n"
        "if 'sympy.combinatorics' not in sys.modules: sys.exit('another module')\n",
    )
    assert done.returncode == 0, done.stderr
    for shown in ("Backward", "of 8 right", "dual numbers"):
        assert shown in done.stdout


@pytest.mark.parametrize(
    ("words", "status"),
    [
        (["--help"], 0),
        (["derive", "nothing"], 2),
        (["nonsense"], 2),
        (["trace", "--decimals", "x"], 2),
    ],
)
def test_exit_status(program, words, status):
    done = program(*words)
    assert done.returncode == status
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    "words", [["derive", "conv", "--steps"], ["derive", "conv", "--json"], ["derive", "--list"]]
)
def test_a_closed_pipe_ends_quietly(program, words):
    done = program(*words, pipe="head -n 1")
    assert done.stdout.count("\n") == 1
    assert done.stderr == ""


def test_verdicts_end_with_their_status_through_a_closed_pipe(program):
    done = program("check", "slide", pipe="head -n 1")
    assert done.returncode == 1 and done.stderr == ""


def test_colour_is_for_terminals_and_can_be_refused(program, invoke):
    forced = program("derive", "dense", env={"FORCE_COLOR": "1", "TERM": "xterm-256color"})
    assert "\x1b[" in forced.stdout
    refused = program(
        "derive", "dense", env={"FORCE_COLOR": "1", "NO_COLOR": "1", "TERM": "xterm-256color"}
    )
    assert "\x1b[36m" not in refused.stdout and ";36m" not in refused.stdout
    assert "\x1b[" not in invoke("derive", "dense").out


def test_a_stream_without_unicode_gets_utf_8(program):
    done = program("derive", "dense", "--brief", env={"PYTHONIOENCODING": "latin-1"})
    assert done.returncode == 0


def test_commands_of_their_own_are_the_same(invoke):
    code = "from deltarule.cli.main import derive_main; derive_main()"
    alone = subprocess.run(
        [sys.executable, "-c", code, "dense", "--json"], capture_output=True, text=True
    )
    assert json.loads(alone.stdout) == json.loads(invoke("derive", "dense", "--json").out)


def test_a_refusal_does_not_go_to_the_file_of_the_command_before(invoke, tmp_path):
    assert invoke("derive", "dense", "--html", str(tmp_path / "dense.html")).status == 0
    refused = invoke("derive", "--brief", "--json")
    assert refused.status == 2 and "is not shown as JSON" in refused.out + refused.err
