"""One mistake is charged once: to the function that makes it, not to those that call that one."""

import homework
import pytest

from deltarule.sandbox import Sandbox
from deltarule.submissions import FunctionVerdict, check_submission

RIGHT, CALLS = FunctionVerdict.RIGHT, FunctionVerdict.CALLS
UNCHECKED, PARTLY = FunctionVerdict.UNCHECKED, FunctionVerdict.PARTLY
DEEP = next(s for s in homework.references("deeplearning_ai") if s.name == "deep").text
LINEAR = "linear_forward", "linear_backward"
WITH_ACTIVATION = "linear_activation_forward", "linear_activation_backward"
TANH = """
class Tanh:
    def forward(self, Z):
        self.A = (np.exp(Z) - np.exp(-Z)) / (np.exp(Z) + np.exp(-Z))
        return self.A
    def backward(self, dLdA):
        return dLdA * (1 - self.A**2)
"""


@pytest.fixture(scope="module")
def sandbox():
    with Sandbox(unsafe=True) as made:
        yield made


def found(sandbox, function, old, new):
    """What is found of a deep network of which one function is another."""
    text = homework.edited(DEEP, function, old, new)
    wanted = {*LINEAR, *WITH_ACTIVATION, "L_model_backward"}
    report = check_submission(text, "deep.py", sandbox, "deeplearning_ai", wanted.__contains__)
    return {f.name: f for f in report.functions}


def test_functions_follow_from_the_one_that_they_call(sandbox):
    by_name = found(sandbox, "linear_backward", "A_prev.T) / m", "A_prev.T)")
    assert {n: f.verdict for n, f in by_name.items()} == {
        **dict.fromkeys((LINEAR[0], WITH_ACTIVATION[0]), RIGHT),
        **dict.fromkeys((WITH_ACTIVATION[1], "L_model_backward"), CALLS),
        LINEAR[1]: PARTLY,
    }
    following = by_name["L_model_backward"]
    words = "linear_backward, which it calls, is wrong: dW is not divided by N"
    assert following.finding == words and not following.causes and not following.test
    assert following.remedy == "let linear_backward be right first" and CALLS.passes


def test_a_mistake_of_ones_own_beside_it_is_charged(sandbox):
    text = DEEP.replace("A_prev.T) / m", "A_prev.T)")
    text = homework.edited(text, "linear_activation_backward", "return dA_prev", "return -dA_prev")
    report = check_submission(
        text, "deep.py", sandbox, "deeplearning_ai", WITH_ACTIVATION.__contains__
    )
    assert [f.verdict.passes for f in report.functions] == [True, False]
    wanted = {*LINEAR, *WITH_ACTIVATION}.__contains__
    report = check_submission(text, "deep.py", sandbox, "deeplearning_ai", wanted)
    own = next(f for f in report.functions if f.name == WITH_ACTIVATION[1])
    assert own.verdict in (PARTLY, FunctionVerdict.WRONG)
    assert own.notes == ["it calls linear_backward, which is wrong, too"]


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [("np.dot(W, A)", "np.dot(W.T, A)", "crashed"), ("return Z, cache", "pass", "is not finished")],
)
def test_what_cannot_work_for_another_function_could_not_be_checked(sandbox, old, new, words):
    by_name = found(sandbox, "linear_forward", old, new)
    first, *others = by_name.values()
    assert first.name == "linear_forward" and len(others) == 4
    assert {f.verdict for f in others} == {UNCHECKED}
    assert by_name[WITH_ACTIVATION[0]].finding.endswith(f"it calls linear_forward, which {words}")
    assert all(not f.causes and not f.test for f in others)


def test_an_overflow_of_an_activation_is_not_charged_to_the_cell_that_uses_it(sandbox):
    cell = next(s for s in homework.references("mytorch") if s.name == "rnn_cell").text
    text = cell.replace("np.tanh(", "Tanh().forward(") + TANH
    report = check_submission(text, "rnn_cell.py", sandbox, "mytorch", lambda name: True)
    verdicts = {f.name: f.verdict for f in report.functions}
    assert verdicts["Tanh.forward"] is PARTLY and verdicts["RNNCell.forward"] is CALLS
    slope = next(f for f in report.functions if f.name == "Tanh.backward")
    assert slope.finding.endswith("own forward pass, which overflows at large numbers")
