"""Which course a file is of; what belongs to another one; links."""

import pytest

from deltarule.errors import DeltaruleError
from deltarule.sandbox import Sandbox
from deltarule.submissions import check_submission
from deltarule.submissions.convention_files import convention
from deltarule.submissions.reading import read_submission
from deltarule.submissions.recognised import of_other_courses, recognised

LSTM = ("x", "prev_h", "prev_c", "Wx", "Wh", "b")


@pytest.mark.parametrize(
    ("parameters", "course"),
    [
        ({"sigmoid": ("x",), "lstm_step_forward": LSTM}, "cs231n"),
        ({"softmax": ("x",), "affine_forward": ("x", "w", "b")}, "cs231n"),
        ({"relu_backward": ("dout", "cache")}, "cs231n"),
        ({"relu_backward": ("dA", "cache")}, "deeplearning_ai"),
        ({"lstm_cell_forward": ("xt", "a_prev", "c_prev", "parameters")}, "deeplearning_ai"),
        ({"Linear": (), "ReLU": ()}, "mytorch"),
        ({"sigmoid": ("Z",)}, "deeplearning_ai"),
    ],
)
def test_a_helper_decides_no_course(parameters, course):
    found = recognised(parameters)
    assert found is not None and found.name == course


def test_of_no_known_function_there_is_no_course():
    assert recognised({"my_own": ("x",)}) is None


def test_functions_of_another_course_are_said_to_be_left():
    notes = list(of_other_courses(convention("cs231n"), ["affine_forward", "linear_forward"]))
    assert len(notes) == 1
    assert notes[0].startswith("not checked: linear_forward, of Deep Learning Specialization")
    assert notes[0].endswith("check with --convention deeplearning_ai")


def test_the_note_stands_in_the_report():
    text = (
        "import numpy as np\n"
        "def relu_forward(x): return np.maximum(x, 0), x\n"
        "def relu_backward(dout, cache): return dout * (cache > 0)\n"
        "def linear_forward(A, W, b): return W @ A + b, None\n"
    )
    with Sandbox() as sandbox:
        report = check_submission(text, "own.py", sandbox)
        unknown = check_submission("def f(x): return x\n", "own.py", sandbox)
    assert [f.name for f in report.functions] == ["relu_forward", "relu_backward"]
    assert any(note.startswith("not checked: linear_forward") for note in report.notes)
    assert not unknown.known and "--like DERIVATION" in unknown.notes[-1]


def test_a_link_is_not_followed(tmp_path):
    (tmp_path / "secret.txt").write_text("root:*:1\n")
    link = tmp_path / "own.py"
    link.symlink_to(tmp_path / "secret.txt")
    with pytest.raises(DeltaruleError, match="own.py is a link to another file") as error:
        read_submission(link)
    assert error.value.remedy == "name that file itself" and "root:" not in str(error.value)
