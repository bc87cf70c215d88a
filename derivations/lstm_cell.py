"""One step of a long short-term memory: s = f c + i g, h′ = o tanh(s), c′ = s.

The gates are i, f, o = σ(W_x x + W_h h + b), and g = tanh(…) likewise; h and c come from the step
before. The cell s is handed on as c′. What follows reads h′ and c′, so a gradient comes back to
each of the two.
"""

from deltarule.language import *

N, D, H = sizes("N D H")
n, d, k, m = indices("n d k m")

x = input("x", N, D)
h0, c0 = input("h0", N, H), input("c0", N, H)


def gate(name, phi):
    """φ(W_x x + W_h h + b), the weights being its own."""
    W_x, W_h = parameter(f"W_x{name}", D, H), parameter(f"W_h{name}", H, H)
    b, s = parameter(f"b_{name}", H), intermediate(f"s_{name}", N, H)
    gate = intermediate(name, N, H)
    s[n, m] = Sum[d](x[n, d] * W_x[d, m]) + Sum[k](h0[n, k] * W_h[k, m]) + b[m]
    gate[n, m] = phi(s[n, m])
    return gate[n, m]


i, f, o = gate("i", sigmoid), gate("f", sigmoid), gate("o", sigmoid)
g = gate("g", tanh)
s = intermediate("s", N, H)
c, h = output("c", N, H), output("h", N, H)
s[n, m] = f * c0[n, m] + i * g
c[n, m] = s[n, m]
h[n, m] = o * tanh(s[n, m])
