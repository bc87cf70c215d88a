"""Lines that are gradients of other lines: what they are called, and what is derived from them.

About 3 s of CPU for all of them.
"""

import pytest

from deltarule import load
from deltarule.calculus.gradient_equations import inner_gradients
from deltarule.gradcheck.choose import check_derivation
from deltarule.networks.respelled import respelled

HEAD = '''"""T."""
from deltarule.language import *
N, D, T = sizes("N D T")
n, d, t = indices("n d t")
x, w = input("x", N, D), parameter("w", D)
'''
FILES = {
    "squares": """
s = intermediate("s", N)
s[n] = Sum[d](w[d] * x[n, d] ** 2)
g = gradient(s, x)
P = loss("P", Sum[n, d](g[n, d] ** 2))
""",
    "of a maximum": """
s = intermediate("s", N)
s[n] = Max[d](w[d] * x[n, d]) ** 2
g = gradient(s, x)
P = loss("P", Sum[n, d](g[n, d] ** 2))
""",
    "of what is put out": """
y = output("y", N)
z = output("z", N, D)
y[n] = Sum[d](tanh(w[d] * x[n, d]))
z[n, d] = gradient(y, x)[n, d] * w[d]
""",
    "of a loss": """
E = loss("E", Sum[n, d](exp(w[d] * x[n, d])))
g = gradient(E, x)
P = loss("P", Sum[n, d](g[n, d] ** 2))
""",
    "by what is computed": """
a, s = intermediate("a", N, D), intermediate("s", N)
a[n, d] = sin(w[d] * x[n, d])
s[n] = Product[d](a[n, d])
g = gradient(s, a)
P = loss("P", Sum[n, d](g[n, d] ** 2))
""",
    "through time": """
u = input("u", T)
h0 = parameter("h0")
h, s = state("h", T, before=h0), intermediate("s")
h[t] = tanh(h[t - 1] + u[t])
s[()] = h[T - 1] * Sum[n, d](w[d] * x[n, d])
g = gradient(s, u)
P = loss("P", Sum[t](g[t] ** 2))
""",
    "through a tree": """
p, u = input("p", T, earlier=0), input("u", T)
h, s = state("h", T, before=parameter("h0")), intermediate("s")
h[t] = tanh(h[p[t]] + u[t])
s[()] = Sum[t](h[t] ** 2) * Sum[n, d](w[d] * x[n, d])
g = gradient(s, u)
P = loss("P", Sum[t](g[t] ** 2))
""",
    "third": """
s = intermediate("s", N, D)
s[n, d] = sin(w[d] * x[n, d])
s_x = gradient(s, x)
s_xx = gradient(s_x, x)
s_xxx = gradient(s_xx, x)
P = loss("P", Sum[n, d]((s_xxx[n, d] + s[n, d]) ** 2))
""",
    "a layer": """
E = layer("sobolev_loss", x, suffix="2")
P = loss("P", E ** 2 + Sum[d](w[d] ** 2))
""",
}


def network_of(name, tmp_path):
    path = tmp_path / "mine.py"
    path.write_text(HEAD + FILES[name], encoding="utf-8")
    return load(path)


@pytest.mark.parametrize("name", FILES)
def test_the_gradient_of_what_reads_a_gradient_is_what_dual_numbers_say(name, tmp_path):
    """The lines themselves are held against dual numbers of what they are gradients of."""
    network = network_of(name, tmp_path)
    checks = check_derivation(network).checks
    assert all(c.right for c in checks)
    inner = {c.name for c in checks if c.name.startswith("dS_")}
    assert len(inner) >= len(network.derived) > 0


def test_lines_are_called_as_derivatives_are_written_and_have_their_steps():
    network = load("pinn")
    names = [lines.name for lines in network.derived]
    assert names == ["u_x", "u_t", "u_xx"]
    found = inner_gradients(network)
    assert [g.name for g in found] == ["dS_u/dx", "dS_u/dt", "dS_u_x/dh", "dS_u_x/dx"]
    assert all(g.steps and all(s.verified for s in g.steps) for g in found)
    for lines, gradient in zip(network.derived, (found[0], found[1], found[3]), strict=True):
        (line,) = network.equation_of(lines.name)
        assert line.rhs == respelled(gradient.expr, {"dS_u_x/dh": "u_xh"})
