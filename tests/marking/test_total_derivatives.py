"""∂A/∂B means the total derivative; the direct part through one equation has a name of its own."""

from __future__ import annotations

import numpy as np
import pytest
from by_hand import printed

from deltarule.marking import mark
from deltarule.marking.sheet_files.sheets import Run, Sheet
from deltarule.spelling.names import latex, parse_reference, pretty

X = np.array([[1.0, 0.3], [2.0, -0.4], [4.5, 0.9]])
EPSILON = 1e-5


def normalised(x):
    return (x - x.mean(0)) / np.sqrt(x.var(0) + EPSILON)


def change(function, of: tuple, wrt: tuple) -> float:
    """∂function[of]/∂x[wrt] by differences."""
    step = np.zeros_like(X)
    step[wrt] = 1e-6
    return float((function(X + step)[of] - function(X - step)[of]) / 2e-6)


def marked(quantity: str, value: float):
    given = {"x": X, "gamma": np.ones(2), "beta": np.zeros(2), "dL/dy": np.ones((3, 2))}
    run = Run(
        "by hand",
        "batch_norm",
        given={n: printed(v, 2, n) for n, v in given.items()},
        published={quantity: printed(np.array(value), 4, quantity)},
    )
    return mark(Sheet("by hand", "", "test.py", (run,)))


@pytest.mark.parametrize(
    ("quantity", "value"),
    [
        ("dxhat[0,0]/dx[0,0]", change(normalised, (0, 0), (0, 0))),
        ("dxhat[0,1]/dx[2,1]", change(normalised, (0, 1), (2, 1))),
        ("direct dxhat/dx[0,0]", 1 / np.sqrt(X.var(0)[0] + EPSILON)),
        ("dxhat/dx[1,0]", change(normalised, (1, 0), (1, 0))),
        ("dv[1]/dx[2,1]", change(lambda x: x.var(0), (1,), (2, 1))),
        ("dv/dx[2,1]", change(lambda x: x.var(0), (1,), (2, 1))),
    ],
)
def test_a_derivative_is_total_unless_it_is_called_direct(quantity, value):
    assert [v.verdict for v in marked(quantity, value).verdicts] == ["right"]


def test_which_entry_is_meant_has_to_be_said():
    (unread,) = marked("dxhat/dx", 0.5).verdicts
    fact, remedy = unread.finding.split(" (dxhat/dx): ")
    assert fact == "dxhat/dx does not say which entry of xhat is meant"
    assert remedy == "write dxhat[0,0]/dx; the direct part alone is direct dxhat/dx"


def test_the_direct_part_is_spelled_in_all_ways():
    reference = parse_reference("direct ∂x̂/∂x[0,1]")
    assert str(reference) == "direct dxhat/dx[0,1]"
    assert parse_reference(str(reference)) == reference
    assert pretty("direct dxhat/dx") == "direct ∂x̂/∂x"
    assert latex("direct dxhat/dx").endswith(r"_{\text{direct}}")
