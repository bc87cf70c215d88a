"""Numbers in derivation files: decimals are exact; what is no number is refused when it is read."""

import pytest

from deltarule.calculus import derive
from deltarule.errors import DeltaruleError
from deltarule.language.literals import decimal
from deltarule.language.load import load
from deltarule.spelling.text import text

HEAD = '''"""A layer."""
from deltarule.language import *
N, D = sizes("N D")
n, d = indices("n d")
'''
GIVEN = 'x, y = input("x", N), output("y", N)\n'


@pytest.fixture
def read(tmp_path):
    def network(lines, **options):
        path = tmp_path / "layer.py"
        path.write_text(HEAD + lines, encoding="utf-8")
        return load(path, **options)

    return network


@pytest.mark.parametrize(
    ("value", "exact"),
    [
        (0.5, "1/2"),
        (1e-3, "1/1000"),
        (0.1, "1/10"),
        (0.1 * 3, "3/10"),
        (-2.5e6, "-2500000"),
        (0.1234567890123, "1234567890123/10000000000000"),
        (1 / 3, "1/3"),
        (2 / 7, "2/7"),
        (0.3141592653589793, "0.3141592653589793"),
        (0.0, "0"),
        (1e300, "1e300"),
    ],
)
def test_decimals(value, exact):
    from fractions import Fraction

    found = decimal(value)
    assert Fraction(int(found.p), int(found.q)) == Fraction(exact)


@pytest.mark.parametrize(
    ("formula", "shown"),
    [
        ("0.5*x[n]**2", "x[n]²/2"),
        ("x[n]*1e-3", "0.001·x[n]"),
        ("x[n]**0.5", "√x[n]"),
        ("abs(x[n])", "|x[n]|"),
        ("where(x[n] > 0.5, 1.0, 0)", "[x[n] > 1/2]"),
        ("tanh(0.25*x[n])", "tanh(x[n]/4)"),
        ("Sum[d:D](0.5*x[n])", "Σ_{d=0…D − 1} x[n]/2"),
    ],
)
def test_floats_in_equations(read, formula, shown):
    network = read(f"{GIVEN}y[n] = {formula}")
    assert text(network.equations[0].rhs) == shown


def test_floats_in_scalars_options_and_attributes(read):
    network = read(
        f'{GIVEN}a = scalar("a", 0.1)\np = option("p", 0.25)\nS = attribute("S", stride=2.0)\n'
        "y[n] = a * p * x[n]",
        p="1e-2",
    )
    assert [str(v) for v in network.scalars.values()] == ["1/10"]
    assert "1/100" in str(network.equations[0].rhs) or "/100" in str(network.equations[0].rhs)
    assert network.options["stride"].default == 2


@pytest.mark.parametrize(
    ("lines", "fact", "remedy"),
    [
        (GIVEN + "y[n] = x[n] * float('nan')", "NaN stands in the formula", "write a finite"),
        (GIVEN + "y[n] = x[n] + float('inf')", "∞ stands in the formula", "for padding declare"),
        (GIVEN + "y[n] = x[n] * oo", "∞ stands in the formula", "for padding declare"),
        (GIVEN + "y[n] = x[n*n]", "x[n²] is read at n², which multiplies indices", "read at sums"),
        (GIVEN + "a = scalar('a', float('nan'))", "a = nan is no number", "give a a finite"),
        (GIVEN + "a = scalar('a', 'abc')", "a = abc is no number", "give a a finite number"),
        (
            GIVEN + "S = attribute('S', stride=1.5)",
            "the usual value of stride, 1.5, is no whole",
            "give a whole number",
        ),
        ("x = input('x', -3)", "an axis is declared to have -3 entries", "an axis has a whole"),
        ("x = input('x', 0)", "an axis is declared to have 0 entries", "an axis has a whole"),
        ("x = input('x', 2.5)", "an axis is declared to have 5/2 entries", "an axis has a whole"),
        ("x = input('x', 10**30)", "an axis is declared to have 1000", "use a size for what is"),
        (
            "x, u = input('x', N), intermediate('u', N)\nu[n] = x[n]",
            "nothing is put out: layer declares no output and no loss",
            "declare what comes out",
        ),
    ],
)
def test_refused_when_read(read, lines, fact, remedy):
    with pytest.raises(DeltaruleError) as refused:
        read(lines)
    assert refused.value.fact.startswith(fact)
    assert refused.value.remedy.startswith(remedy)
    assert "layer.py" in refused.value.place


def test_an_option_that_is_no_number(read):
    with pytest.raises(DeltaruleError) as refused:
        read(GIVEN + "p = option('p', 0.5)\ny[n] = p*x[n]", p="much")
    assert refused.value.fact == "p = much is not a number"


def test_a_single_size_and_index(read):
    for lines in ('N, = sizes("N")\nn, = indices("n")\n', 'N = sizes("N")\nn = indices("n")\n'):
        network = read(lines + GIVEN + "y[n] = x[n]/N")
        assert text(network.equations[0].rhs) == "x[n]/N"


def test_an_index_that_is_bound_has_a_name_of_its_own(read):
    network = read(GIVEN + "y[n] = Sum[n](x[n])")
    assert text(network.equations[0].rhs) == "Σ_{n′} x[n′]"
    assert text(derive(network).gradients["x"].expr) == "Σ_{n′} ∂L/∂y[n′]"
