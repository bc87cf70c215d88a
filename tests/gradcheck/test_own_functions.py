"""A person's own functions: every convention is understood, every mistake found and named."""

from pathlib import Path

import numpy as np
import pytest

from deltarule.errors import DeltaruleError
from deltarule.gradcheck.user_code.check_functions import check_own
from deltarule.gradcheck.user_code.function import own_functions

LAYERS = Path(__file__).with_name("own_layers.py")


def checked(name, **settings):
    (function,) = own_functions(LAYERS, name)
    return check_own(function, **settings)


@pytest.mark.parametrize(
    ("name", "method"),
    [
        ("dense", "complex step"),
        ("affine_forward", "complex step"),
        ("relu", "complex step"),
        ("absolute", "central differences"),
        ("cross_entropy", "complex step"),
        ("scaled", "complex step"),
    ],
)
def test_right_gradients_are_right(name, method):
    result = checked(name)
    assert result.right and result.checks
    assert {c.method for c in result.checks} <= {method, "subgradients by differences"}
    assert bool(result.why) == (method == "central differences")
    smooth = [c.error for c in result.checks if c.method == method]
    assert max(smooth) < (1e-13 if method == "complex step" else 1e-8)
    assert any(c.edges for c in result.checks) == (name in ("relu", "absolute"))


WRONG = {
    "sign": ("x", "its sign is wrong"),
    "no_sum": ("b", "the sum over axis 0 is missing"),
    "mean_for_sum": ("b", "it is divided by N: a mean where there is a sum"),
    "one_row": ("b", "along N, the first alone counts where all are added up"),
    "transposed": ("w", "it is transposed"),
    "square_weights": ("w", "it is transposed"),
    "twice": ("x", "it is 2 times what it should be"),
    "no_upstream": ("x", "the gradient from outside is left out"),
    "every_maximum": ("x", "a tie passes on more or less than there is"),
    "not_a_number": ("x", "it holds what is no number"),
}


@pytest.mark.parametrize("name", WRONG)
def test_a_mistake_is_found_and_named(name):
    tensor, hint = WRONG[name]
    result = checked(name)
    wrong = [c for c in result.checks if not c.right]
    assert wrong and {c.tensor for c in wrong} == {tensor} and not result.faults
    assert all(hint in c.note for c in wrong)


FAULTS = {
    "exchanged_and_fails": "exchanged_and_fails_backward fails at H = 8, K = 2, stride = 2, "
    "dilation = 3: IndexError: ",
    "in_place": "in_place_backward changes the gradient from outside in place",
    "fails": "fails_backward fails at N = 2, D = 3, M = 5: ValueError: matmul",
    "forgotten": "forgotten_backward gives no gradient by w",
}


@pytest.mark.parametrize("name", FAULTS)
def test_other_faults_are_told(name):
    result = checked(name)
    assert not result.right and all(c.right for c in result.checks)
    assert len(result.faults) == 1 and result.faults[0].startswith(FAULTS[name])


def test_without_a_companion_gradients_are_measured():
    result = checked("alone")
    assert result.measured and {c.tensor for c in result.checks} == {"x", "w"}
    assert all(np.isclose(c.derived, c.measured) for c in result.checks)


SMALL = {"N": 2, "C": 1, "F": 2, "H": 4, "W": 3, "K": 2, "L": 2}


def test_strides_and_padding_are_varied():
    result = checked("conv", sizes=SMALL)
    assert result.right
    told = {(c.settings["stride"], c.settings["pad"]) for c in result.checks}
    assert told == {(s, p) for s in (1, 2, 3) for p in (0, 1, 2)}  # each beside each


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "settings", "tensors", "hint"),
    [
        ("conv_cut", {"pad": 0}, {"x"}, "it is wrong at pad = 0 alone"),
        ("conv_no_stride", {"stride": 2}, {"x", "w"}, "it is right at stride = 1 alone"),
    ],
)
def test_what_a_usual_stride_and_padding_would_hide_is_found(name, settings, tensors, hint):
    result = checked(name, sizes=SMALL)
    wrong = [c for c in result.checks if not c.right]
    assert {c.tensor for c in wrong} == tensors
    assert all(c.settings[n] == k for c in wrong[:1] for n, k in settings.items())
    assert all(hint in c.note for c in wrong)
    (function,) = own_functions(LAYERS, name, constants={"stride": 1, "pad": 1})
    assert check_own(function, sizes=SMALL).right


def test_sizes_and_constants_may_be_given():
    (function,) = own_functions(LAYERS, "scaled", constants={"factor": 5})
    result = check_own(function, sizes={"N": 4})
    assert result.right and all(c.settings["N"] == 4 for c in result.checks)


def test_a_file_is_checked_whole():
    names = [f.name for f in own_functions(LAYERS)]
    assert names[:3] == ["dense", "affine_forward", "relu"]
    assert "alone" not in names and "Layer" not in names  # which has nothing to check


def test_what_fails_but_for_two_arguments_exchanged_is_told():
    (told,) = checked("exchanged_and_fails").faults
    assert told.endswith("; stride and dilation are exchanged in it")


TOLD = [
    (
        "def f(x): return x\ndef f_backward(x, dy): return dy",
        "nothing tells the shape of x",
        'say x [N, D] in its docstring, or add --shape "x=N D"',
    ),
    (
        'def f(x: "N +"): return x\ndef f_backward(x, dy): return dy',
        "'N +' states no shape",
        "write N D, N below C or N D positive",
    ),
    (
        "def f(x): return x",
        "no function in layers.py has a gradient",
        "name the gradient of f f_backward, or ask for one function: layers.py:f",
    ),
    ("def f(", "the file is not Python: '(' was never closed", "mend the line"),
    ("1 / 0", "ZeroDivisionError: division by zero", "run the file by itself and mend it"),
    (
        'def f(n: "N below 3"): return n * 1.0\ndef f_backward(n, dy): return dy',
        "f takes no real array",
        "give it an argument: x",
    ),
]


@pytest.mark.parametrize(("text", "fact", "remedy"), TOLD)
def test_a_file_that_cannot_be_read_is_told(tmp_path, text, fact, remedy):
    path = tmp_path / "layers.py"
    path.write_text(text + "\n", encoding="utf-8")
    with pytest.raises(DeltaruleError) as caught:
        own_functions(path)
    assert caught.value.fact == fact and caught.value.remedy == remedy
    assert caught.value.place is not None and "layers.py" in caught.value.place


RUN = [
    (
        "return x @ x\ndef f_backward(x, dy): return dy",
        "f at N = 2, D = 3: ValueError: matmul",
        "give sizes that fit: --set N=4",
    ),
    (
        "return x / 0\ndef f_backward(x, dy): return dy",
        "f at N = 2, D = 3: its value is no number",
        "say where they lie: x [N positive]; or give sizes that fit: --set N=4",
    ),
    (
        "import sys; sys.exit(0)\ndef f_backward(x, dy): return dy",
        "f at N = 2, D = 3: it ends the program: sys.exit(0)",
        "let it return, or raise an error",
    ),
    (
        "x += 1; return x\ndef f_backward(x, dy): return dy",
        "f at N = 2, D = 3: it changes x in place",
        "work on x.copy()",
    ),
    (
        'return "x"\ndef f_backward(x, dy): return dy',
        "f at N = 2, D = 3: it gives no array of numbers",
        "return one array, or a number",
    ),
    (
        "import random; return x * random.random()\ndef f_backward(x, dy): return dy",
        "f at N = 2, D = 3: it gives another value when it is called again",
        "fix the seed of whatever it draws",
    ),
    (
        "return x\ndef f_backward(x, u, v): return u",
        "f_backward takes v, which is nothing that is known",
        "it may take the function's own arguments, its value y, and the gradient dy",
    ),
    (
        "return x\ndef f_backward(x): return x",
        "f_backward takes no gradient from outside, and f gives an array",
        "add an argument dy to it",
    ),
]


@pytest.mark.filterwarnings("ignore:divide by zero")
@pytest.mark.parametrize(("body", "fact", "remedy"), RUN)
def test_a_function_that_fails_is_told(tmp_path, body, fact, remedy):
    path = tmp_path / "layers.py"
    path.write_text(f'def f(x: "N D"):\n    {body}\n', encoding="utf-8")
    with pytest.raises(DeltaruleError) as caught:
        check_own(own_functions(path)[0])
    assert caught.value.fact.startswith(fact) and caught.value.remedy == remedy
