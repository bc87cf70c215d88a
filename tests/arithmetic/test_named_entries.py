"""Entries that are read at numbers, x[n, 3]: axes have them at every setting that is tried."""

import numpy as np
import pytest

import deltarule
from deltarule.arithmetic.evaluate import Values, evaluate
from deltarule.arithmetic.floats import Float64
from deltarule.arithmetic.settings import setting
from deltarule.arithmetic.trials import trials
from deltarule.errors import DeltaruleError
from deltarule.expressions.nodes import read
from deltarule.expressions.symbols import Index, Size
from deltarule.gradcheck.choose import check_derivation

#: Equations, an axis, and the last entry of it that is read at a number.
READ = (
    ("y[n] = x[n,3]*x[n,1]", "M", 3),
    ("w[n] = max(0, min(a[n,2], b[n,2]) - max(a[n,0], b[n,0]))", "M", 2),
    ("y[i,j] = R[5,i]*R[0,j]", "N", 5),
    ("h[t,k] = tanh(h[t-1,k] + h[t-1,4]*x[t,2])", "K", 4),
)


@pytest.mark.parametrize(("text", "axis", "last"), READ)
def test_axes_have_the_entries_that_are_named(text, axis, last):
    network = deltarule.layer(text)
    tried = [*trials(network), *(setting(network, number) for number in range(4))]
    assert {s[axis] for s in tried} >= {last + 1, last + 2}
    assert min(s[axis] for s in tried) == last + 1
    assert len(deltarule.derive(network).settings) >= 3
    checks = check_derivation(network).checks
    assert checks and all(check.right for check in checks)


def test_what_has_no_value_is_said_with_its_equation(tmp_path):
    path = tmp_path / "own.py"
    path.write_text(
        'from deltarule.language import *\nN = sizes("N")\nn = index("n", N)\n'
        'x, z, y = input("x", N), intermediate("z", N), output("y", N)\n'
        "z[n] = x[n] ** 2\ny[n] = z[n] * x[floor(n)]\n"
    )
    with pytest.raises(DeltaruleError) as caught:
        deltarule.derive(deltarule.load(str(path)))
    assert caught.value.place == "own.py, line 6"
    values, t = Values({"r": np.zeros(2)}, {Size("T"): 2}, {}, {}), Index("t")
    with pytest.raises(DeltaruleError) as caught:
        evaluate(read("r", t + 1), ((t, Size("T")),), values, Float64())
    assert caught.value.fact == "r is read at [2], outside its shape [2]"
    assert caught.value.remedy == (
        "mend the subscripts, give an index that runs less far there a letter of its own, or "
        "declare what lies outside, in a file as r = input(…, outside=0)"
    )
