"""Functions of any name: what their arguments and what they return mean, and what is refused."""

from pathlib import Path

import pytest

from deltarule.errors import DeltaruleError
from deltarule.sandbox import Sandbox
from deltarule.submissions import check_submission
from deltarule.submissions.findings import FunctionVerdict
from deltarule.submissions.like_derivation import Like, convention_like

TEXT = (Path(__file__).parent / "plain_functions.py").read_text()
BOTH = ("layer", "layer_back")


def made(functions, derivation="dense", names=None, returns="", **options):
    return convention_like(
        TEXT, "mine.py", Like(functions, derivation, options, names or {}, returns)
    )


@pytest.fixture(scope="module")
def sandbox():
    with Sandbox() as made:
        yield made


@pytest.mark.parametrize(
    ("functions", "derivation", "names", "returns", "said"),
    [
        (BOTH, "dense", {"img": "x"}, "", "img is x, w is W, out is y, dout is the gradient by y"),
        (("of_arguments",), "dense", {}, "", "dL_dy is the gradient by y"),
        (("unnamed",), "dense", {}, "dx,dW", "dout is the gradient by y"),
        (("unnamed",), "dense", {"a": "gradient x"}, "a,-", "a is the gradient by x"),
        (("as_table",), "label_cross_entropy", {}, "", "loss is E, dz is the gradient by z"),
        (("relu_back",), "activation", {}, "", "dz is the gradient by z"),
        (("norm",), "batch_norm", {}, "", "eps is epsilon"),
        (("table_of_inputs",), "dense", {}, "", "dW is the gradient by W"),
        (("error", "error_prime"), "mean_squared_error", {}, "dyhat", "gradient by yhat"),
    ],
)
def test_right_functions_of_any_name_are_right(
    sandbox, functions, derivation, names, returns, said
):
    course, note = made(functions, derivation, names, returns)
    assert said in note
    report = check_submission(TEXT, "mine.py", sandbox, course)
    assert [(f.name, f.verdict) for f in report.functions] == [
        (name, FunctionVerdict.RIGHT) for name in functions
    ]
    assert all(f.outputs for f in report.functions)


def test_a_wrong_one_is_wrong(sandbox):
    course, _ = made(("halved",))
    (found,) = check_submission(TEXT, "mine.py", sandbox, course).functions
    assert found.verdict is FunctionVerdict.WRONG


@pytest.mark.parametrize(
    ("functions", "arguments", "fact", "remedy"),
    [
        (
            ("error_prime",),
            {"derivation": "mean_squared_error"},
            "its return statements",
            "name it",
        ),
        (
            ("error", "error_prime"),
            {"derivation": "mean_squared_error"},
            "its return statements do not say what error_prime returns",
            "--returns dx,dw,db",
        ),
        (("changed",), {}, "its return statements do not say what changed", "name it"),
        (("layr",), {}, "there is no function layr", "did you mean 'layer'?"),
        (("layer",), {}, "img means nothing in dense", "--map img=NAME"),
        (("layer_back",), {}, "cache means nothing in dense", "--function FORWARD"),
        (("unnamed",), {}, "its return statements do not say what unnamed", "--returns dx,dw,db"),
        (("unnamed",), {"returns": "dx,dV"}, "dV means nothing in dense", "--returns dx,-"),
        (("layer",), {"names": {"img": "xx"}}, "xx means nothing in dense", "it has x, W, b, y"),
        (
            ("layer",),
            {"names": {"img": "x", "im": "x"}},
            "no argument or returned value is called",
            "did you mean 'img'",
        ),
        (
            ("halved",),
            {"derivation": "conv2d", "names": {"x": "W"}},
            "it takes no x, which conv2d",
            "--map NAME=x",
        ),
        (
            ("of_arguments",),
            {"derivation": "conv2d"},
            "W may mean w or the number W",
            "say which: --map W=…",
        ),
        (("halved",), {"derivation": "no_layer"}, "there is no derivation called no_layer", ""),
        (("layer",), {"names": {"img": "x: n d"}}, "'n d' says no layout of axes", "n d -> d n"),
    ],
)
def test_nothing_is_guessed(functions, arguments, fact, remedy):
    with pytest.raises(DeltaruleError) as error:
        made(functions, **arguments)
    assert error.value.fact.startswith(fact) and remedy in (error.value.remedy or "")
