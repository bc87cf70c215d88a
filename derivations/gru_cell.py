"""One step of a gated recurrent unit, as cuDNN has it: h′ = (1 − z) g + z h.

The reset gate r acts after the weights, g = tanh(W_xg x + b_xg + r ∘ (W_hg h + b_hg)), and every
gate has two biases. The state h comes from the step before; there is one example.
"""

from deltarule.language import *

D, H = sizes("D H")
d, k, m = indices("d k m")

x, h0 = input("x", D), input("h0", H)


def weighted(name):
    """W_x x + b_x, and W_h h + b_h, of weights of its own."""
    W_x, W_h = parameter(f"W_x{name}", H, D), parameter(f"W_h{name}", H, H)
    b_x, b_h = parameter(f"b_x{name}", H), parameter(f"b_h{name}", H)
    return Sum[d](W_x[m, d] * x[d]) + b_x[m], Sum[k](W_h[m, k] * h0[k]) + b_h[m]


def gate(name):
    """σ(W_x x + b_x + W_h h + b_h)."""
    s, gate = intermediate(f"s_{name}", H), intermediate(name, H)
    new, old = weighted(name)
    s[m] = new + old
    gate[m] = sigmoid(s[m])
    return gate


r, z = gate("r"), gate("z")
new, old = weighted("g")
u, s_g, g = intermediate("u", H), intermediate("s_g", H), intermediate("g", H)
h = output("h", H)
u[m] = old
s_g[m] = new + r[m] * u[m]
g[m] = tanh(s_g[m])
h[m] = (1 - z[m]) * g[m] + z[m] * h0[m]
