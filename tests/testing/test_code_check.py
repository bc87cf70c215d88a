"""`deltarule.check` and the assertions: what runs where, and what is said."""

import importlib.util
import inspect
from pathlib import Path

import pytest

import deltarule
from deltarule.errors import DeltaruleError
from deltarule.submissions import FunctionVerdict
from deltarule.submissions.reading.older_semantics import numpy_refuses_arrays
from deltarule.testing import assert_gradient, assert_submission

FILE = str(Path(__file__).parent / "layers_of_mine.py")


def loaded():
    spec = importlib.util.spec_from_file_location("layers_of_mine", FILE)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


own_layers = loaded()


def test_functions_of_ones_own_run_in_this_process():
    found = deltarule.check(own_layers.relu_backward)
    assert found and found.right and not found.failures
    ((backward),) = found.functions
    line = inspect.getsourcelines(own_layers.relu_backward)[1]
    assert (backward.name, backward.line) == ("relu_backward", line)
    assert "none, it runs in this process" in str(found)
    assert "1 of 1 function right" in str(found) and found.values()["right"] == 1


def test_a_function_that_is_defined_here_needs_no_module():
    def gain(x, W, b):
        return x @ W + b

    assert deltarule.check(gain, like="dense").right
    names: dict = {}
    exec("def gain(x, W, b):\n    return 2 * (x @ W) + b", names)  # noqa: S102 - no source is there
    with pytest.raises(DeltaruleError) as error:
        deltarule.check(names["gain"], like="dense")
    assert error.value.remedy.startswith("name it: --returns")
    found = deltarule.check(names["gain"], like="dense", returns="y")
    assert [f.verdict for f in found.functions] == [FunctionVerdict.WRONG]


def test_a_module_is_checked_as_a_whole():
    found = deltarule.check(own_layers, only="relu")
    assert [f.name for f in found.functions] == ["relu_forward", "relu_backward"] and found.right


def test_what_numpy_refuses_here_is_said_with_its_remedy_and_no_statement_was_left_out():
    report = deltarule.check(own_layers, only="softmax_loss")
    (found,) = report.functions
    refuses = numpy_refuses_arrays()
    assert (found.verdict is FunctionVerdict.CRASHED) is refuses
    assert found.remedy.startswith("write .item() behind an array of one entry") is refuses
    assert "did not run" not in str(report)


def test_what_is_wrong_is_said_as_the_command_says_it():
    with pytest.raises(AssertionError) as error:
        assert_gradient(own_layers.scale, like="dense")
    text = str(error.value)
    assert "scale (line 15): wrong" in text and "why: " in text and "right is y[n, m] = " in text
    assert "from layers_of_mine import scale" in text


@pytest.mark.parametrize(
    ("function", "verdict", "finding"),
    [
        (own_layers.changes, FunctionVerdict.CHANGES, "changes its argument z in place"),
        (own_layers.raises, FunctionVerdict.CRASHED, "raised an error: ValueError: matmul"),
    ],
)
def test_the_same_verdicts_as_in_a_sandbox(function, verdict, finding):
    (here,) = deltarule.check(function, like="activation", returns="h").functions
    (there,) = deltarule.check(
        FILE, like="activation", returns="h", only=function.__name__
    ).functions
    assert (here.verdict, here.line) == (there.verdict, there.line) and here.verdict is verdict
    assert here.finding == there.finding and here.finding.startswith(finding)


def test_a_file_runs_in_a_sandbox():
    found = assert_submission(FILE, only="relu_f", convention="cs231n")
    assert "sandbox: none" not in str(found) and len(found.functions) == 1


def test_a_notebook_shows_the_same_table():
    found = deltarule.check(own_layers.scale_back, like="dense", names={"dy": "gradient y"})
    shown = found._repr_html_()
    assert shown.startswith("<pre") and "scale_back" in shown and "1 of 1 function right" in shown
    finding = found.functions[0]
    finding.finding = "<script>[bold]"
    assert "<script>" not in found._repr_html_() and "[bold]" in found._repr_html_()


def test_no_message_steers_the_screen(tmp_path):
    path = tmp_path / "own.py"
    path.write_text("def relu_forward(x):\n    raise ValueError('\\x1b[2J\\u202e')\n")
    with pytest.raises(AssertionError) as error:
        assert_submission(path)
    assert "\\x1b[2J\\u202e" in str(error.value) and "\x1b" not in str(error.value)


def test_what_cannot_be_checked_is_refused():
    with pytest.raises(DeltaruleError, match="int is no function, class or module"):
        deltarule.check(3)
    with pytest.raises(DeltaruleError, match="there is nothing to check"):
        deltarule.check()
    with pytest.raises(TypeError, match="takes no stride without like="):
        deltarule.check(own_layers.scale, stride=2)
    with pytest.raises(DeltaruleError, match="there is no file nowhere.py"):
        assert_submission("nowhere.py")
