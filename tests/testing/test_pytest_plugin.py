"""The plugin of pytest: the functions of a file that was handed in are tests."""

import subprocess
import sys


def test_the_plugin_costs_nothing_until_it_is_asked():
    code = (
        "import sys, deltarule.testing.pytest_plugin\n"
        "print([n for n in ('numpy', 'sympy', 'rich') if n in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.stdout == "[]\n"


def test_the_functions_of_a_file_are_tests(tmp_path):
    path = tmp_path / "handed_in.py"
    path.write_text(
        "def relu_forward(x):\n    return (x > 0) * x, x\n"
        "def relu_backward(dout, cache):\n    return dout\n"
    )
    (tmp_path / "test_besides.py").write_text("raise SystemExit('not to be collected')\n")
    words = ["-p", "deltarule.testing.pytest_plugin", "-p", "no:cacheprovider", "-p", "no:xdist"]
    words += ["--rootdir", str(tmp_path), "-c", "/dev/null", "--deltarule", str(path)]
    done = subprocess.run(
        [sys.executable, "-m", "pytest", *words], capture_output=True, text=True, cwd=tmp_path
    )
    assert done.returncode == 1 and "collected 2 items" in done.stdout
    assert "1 failed, 1 passed" in done.stdout and "relu_backward (line 4): " in done.stdout
    assert "Traceback" not in done.stdout and "SystemExit" not in done.stdout
