"""The plugin of pytest: the functions of a file that was handed in are tests."""

import contextlib
import io
import subprocess
import sys
from importlib.metadata import entry_points

import pytest


def test_the_plugin_costs_nothing_until_it_is_asked():
    code = (
        "import sys, deltarule.testing.pytest_plugin\n"
        "print([n for n in ('numpy', 'sympy', 'rich') if n in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.stdout == "[]\n"


def test_the_functions_of_a_file_are_tests(tmp_path, monkeypatch):
    path = tmp_path / "handed_in.py"
    path.write_text(
        "def relu_forward(x):\n    return (x > 0) * x, x\n"
        "def relu_backward(dout, cache):\n    return dout\n"
    )
    (tmp_path / "test_besides.py").write_text("raise SystemExit('not to be collected')\n")
    installed = any(e.name == "deltarule" for e in entry_points(group="pytest11"))
    words = [] if installed else ["-p", "deltarule.testing.pytest_plugin"]
    # pytest 9 looks five times for garbage at its end, which in a large process takes seconds.
    words += ["-p", "no:cacheprovider", "-p", "no:xdist", "-p", "no:unraisableexception"]
    words += ["--rootdir", str(tmp_path), "-c", "/dev/null", "--deltarule", str(path)]
    monkeypatch.chdir(tmp_path)
    with contextlib.redirect_stdout(io.StringIO()) as said:
        status = pytest.main(words)
    shown = said.getvalue()
    assert status == 1 and "collected 2 items" in shown
    assert "1 failed, 1 passed" in shown and "relu_backward (line 4): " in shown
    assert "Traceback" not in shown and "SystemExit" not in shown
