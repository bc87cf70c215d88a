"""Shapes, sizes and other arguments of a person's function, as they are written and varied."""

from itertools import product
from typing import NamedTuple

import numpy as np
import pytest

from deltarule.errors import DeltaruleError
from deltarule.gradcheck.user_code.check_functions import check_own
from deltarule.gradcheck.user_code.companions import companion, roles
from deltarule.gradcheck.user_code.constants import alternatives, apart, plan
from deltarule.gradcheck.user_code.extents import extents
from deltarule.gradcheck.user_code.function import own_functions
from deltarule.gradcheck.user_code.precision import DOUBLE, HALF, SINGLE, precision_of
from deltarule.gradcheck.user_code.rounds import Tolerance
from deltarule.gradcheck.user_code.shapes import in_docstring, parts_in_docstring, stated


class Steps(NamedTuple):
    """A named tuple, as somebody may give it for a constant."""

    down: int
    across: int


@pytest.mark.parametrize(
    ("text", "sizes", "found"),
    [
        ("N D", {"N": 2, "D": 3}, (2, 3)),
        ("N, H + D", {"N": 2, "H": 5, "D": 3}, (2, 8)),
        ("4*H", {"H": 3}, (12,)),
        ("", {}, ()),
        ("N,", {"N": 1}, (1,)),
        ("(H + 2*P - K)//S + 1", {"H": 8, "P": 1, "K": 3, "S": 2}, (4,)),
        ("N H+D 2", {"N": 1, "H": 2, "D": 3}, (1, 5, 2)),
        ("H − 1", {"H": 4}, (3,)),
    ],
)
def test_extents(text, sizes, found):
    assert tuple(e.at(sizes) for e in extents(text)) == found


@pytest.mark.parametrize("text", ["N +", "N,,D", ",N", "(N", "N)", "N!", "2 ** N"])
def test_what_is_no_extent_is_refused(text):
    with pytest.raises(DeltaruleError, match="states no shape"):
        stated(text, "x")


@pytest.mark.parametrize(
    ("docstring", "text"),
    [
        ("x [N, D], w [D, M]", "N, D"),
        ("x: [N, D]", "N, D"),
        ("takes x (N, D)", "N, D"),
        ("- x: array of shape (N, D)", "N, D"),
        ("max [A], x [N]", "N"),
        ("x (the input)", None),
        ("x [N] below C, y [N]", "N below C"),
        ("x (N,) positive", "N, positive"),
    ],
)
def test_shapes_in_docstrings(docstring, text):
    assert in_docstring(docstring, "x") == text


def test_parts_end_where_another_argument_begins():
    docstring = "x [N, D], params: W [D, M], b [M], y [N]"
    assert parts_in_docstring(docstring, "params", {"x", "params", "y"}) == {"W": "D, M", "b": "M"}


def test_defaults_come_first_and_everything_is_varied():
    own = {"stride": 4, "dilation": 1, "bias": True, "eps": 1e-5, "mode": "full", "pool": (2, 2)}
    first, *others = plan(own, {}, {"mode": ("full", "same")})
    assert first == own
    for name, value in own.items():
        assert any(row[name] != value for row in others), name
    assert {row["stride"] for row in others} >= {1, 2, 3}
    assert all(row["stride"] == 4 for row in plan(own, {"stride": 4}))
    assert any(row["stride"] != row["dilation"] for row in others)
    assert len(list(apart(own, others[0]))) == 6
    assert all(0 < v < 1 for v in alternatives("rate", 0.5))


def test_a_named_tuple_of_constants_keeps_its_names():
    found = alternatives("stride", Steps(1, 2))
    assert Steps(2, 3) in found
    assert all(isinstance(value, Steps) for value in found)


def test_every_two_values_of_two_arguments_stand_beside_each_other():
    rows = list(plan({"stride": 2, "pad": 1, "bias": True}, {}))
    assert {(r["stride"], r["pad"]) for r in rows} == set(product((1, 2, 3), (0, 1, 2)))
    assert {(r["pad"], r["bias"]) for r in rows} == set(product((0, 1, 2), (True, False)))
    assert len(list(plan(dict.fromkeys(("stride", "pad", "groups", "k", "d"), 1), {}))) <= 13


@pytest.mark.parametrize(
    ("name", "gradient"),
    [
        ("f", "f_backward"),
        ("f_forward", "f_backward"),
        ("f", "f_grad"),
        ("f", "d_f"),
        ("f", "df"),
        ("f", "grad_f"),
        ("forward", "backward"),
        ("conv_forward_naive", "conv_backward_naive"),
        ("f", "f_prime"),
        ("f_fwd", "f_bwd"),
        ("f", "f_vjp"),
    ],
)
def test_companions_by_name(name, gradient):
    def found(x, dy):
        return dy

    assert companion(name, {name: len, gradient: found, "other": len}) is found


@pytest.mark.parametrize(
    ("backward", "extra", "kinds"),
    [
        (lambda x, dy: 0, 0, "argument upstream"),
        (lambda dout, cache: 0, 1, "upstream cache"),
        (lambda y, dy, x: 0, 0, "value upstream argument"),
        (lambda g, mask: 0, 1, "upstream cache"),
        (lambda x, dy, ds: 0, 1, "argument upstream upstream"),
        (lambda x, dy, eps=1e-5, debug=False: 0, 0, "argument upstream"),
        (lambda x, dy=1.0: 0, 0, "argument upstream"),
        (lambda W, u: 0, 0, "leaf upstream"),
        (lambda dy, a, b: 0, 2, "upstream piece piece"),
    ],
)
def test_what_parameters_of_a_companion_get(backward, extra, kinds):
    assert [r.kind for r in roles(backward, ["x"], ["x", "W"], extra)] == kinds.split()


@pytest.mark.parametrize(
    ("function", "precision"),
    [
        (np.tanh, DOUBLE),
        (lambda x: np.tanh(x.astype(np.float32)), SINGLE),
        (lambda x: np.tanh(x.astype(np.float32)).astype(float), SINGLE),
        (lambda x: x.astype(np.float16).astype(float) ** 2, HALF),
        (lambda x: np.maximum(x, 0), DOUBLE),
        (lambda x: 1e4 + x, DOUBLE),
        (np.sign, DOUBLE),
    ],
)
def test_precision_is_told_from_values(function, precision):
    def line(seed):
        x, d = np.random.default_rng(seed).normal(size=(2, 3))
        return lambda t: function(x + t * d)

    assert all(precision_of(line(seed)) is precision for seed in range(20))


def layers(tmp_path, text):
    path = tmp_path / "layers.py"
    path.write_text("import numpy as np\n" + text, encoding="utf-8")
    return own_functions(path)[0]


def test_tolerances_may_be_given(tmp_path):
    own = layers(tmp_path, 'def f(x: "N"): return x\ndef f_backward(x, dy): return 1.001 * dy\n')
    assert not check_own(own).right
    assert check_own(own, tolerance=Tolerance(relative=0.01)).right
    assert check_own(own, tolerance=Tolerance(absolute=10.0)).right
    assert not check_own(own, tolerance=Tolerance(relative=1e-4)).right


@pytest.mark.parametrize(
    ("body", "drawn"),
    [
        ("np.log(x)", "x drawn above 0.5"),
        ("np.arccosh(x)", "x drawn above 1.1"),
        ("np.sqrt(x) + np.log(1 - x)", "x drawn between"),
    ],
)
def test_values_stay_inside_the_domain(tmp_path, body, drawn):
    result = check_own(
        layers(tmp_path, f'def f(x: "N"): return {body}\ndef f_backward(x, dy): return 0 * dy\n')
    )
    assert any(note.startswith(drawn) for note in result.notes)
    assert all(c.measured and np.isfinite(c.measured) for c in result.checks)


def test_a_default_that_the_companion_does_not_take_is_told(tmp_path):
    own = layers(
        tmp_path, 'def f(x: "N", a=2): return a * x\ndef f_backward(x, dy): return 2 * dy\n'
    )
    result = check_own(own)
    assert result.right and result.notes == ["f_backward takes no a: checked at the default alone"]


def test_what_nothing_fits_is_told(tmp_path):
    own = layers(
        tmp_path,
        'def f(x, k):\n    "x [N]"\n    return x * k.missing\n'
        "def f_backward(x, k, dy): return dy, dy\n",
    )
    with pytest.raises(DeltaruleError) as caught:
        check_own(own)
    assert caught.value.fact == "nothing tells the shape of k"
