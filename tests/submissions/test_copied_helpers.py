"""Helpers that a course hands out are no homework where a file merely copies them."""

from deltarule.sandbox import Sandbox
from deltarule.submissions import check_submission

TEXT = '''\
import numpy as np
def softmax(x):
    """Softmax."""
    e_x = np.exp(x - np.max(x))
    return e_x / e_x.sum(axis=0)
'''
COST = "def compute_cost(AL, Y):\n    return -np.mean(Y * np.log(AL) + (1 - Y) * np.log(1 - AL))\n"


def checked(text, only=None):
    with Sandbox(unsafe=True) as sandbox:
        return check_submission(text, "hw.py", sandbox, "deeplearning_ai", only)


def test_a_copy_is_left_out_with_a_note():
    report = checked(TEXT + COST)
    assert [f.name for f in report.functions] == ["compute_cost"] and report.right
    (note,) = (n for n in report.notes if "hands out" in n)
    assert note.startswith("softmax: as the course hands out, not checked; -k softmax")


def test_what_is_asked_for_stands_alone_or_is_otherwise_is_checked():
    own = TEXT.replace("np.max(x)", "np.max(x, axis=0)")
    for text, only in ((TEXT + COST, lambda n: n == "softmax"), (TEXT, None), (own + COST, None)):
        report = checked(text, only)
        assert "softmax" in {f.name for f in report.functions}
        assert not any("hands out" in n for n in report.notes)
